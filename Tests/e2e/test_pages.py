"""The pages as people meet them, in Chromium: what they show, how they are used, what they load, in which language."""

import contextlib
import http.server
import re
import threading
import urllib.parse

import playwright.sync_api
import pytest
import requests

from accessibility import NARROWEST, assert_accessible
from chromium import new_page

# The limit for a whole page: what the server sends for it, headers included, when nothing is cached.
WEIGHT = 20_000


BACK = b'<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>The app</title><h1>Back at the app</h1>'


class App(http.server.BaseHTTPRequestHandler):
    """Where the provider sends people back to: another site, which keeps what it was sent."""

    def do_GET(self):
        self.server.queries.append(dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.path).query)))
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(BACK)))
        self.end_headers()
        self.wfile.write(BACK)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def app():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), App) as server:
        server.queries = []
        server.url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture(scope="module")
def first(provider, app):
    """An administrator's app, which needs no consent."""
    return provider.add_client(client_name="Time sheets", redirect_uris=[f"{app.url}/callback"])


@pytest.fixture(scope="module")
def third(provider, app):
    """An app that users are asked about; what it says of itself is on the consent page."""
    return provider.add_client(
        client_name="Photo prints", redirect_uris=[f"{app.url}/callback"], first_party=False,
        client_uri="https://prints.example/", policy_uri="https://prints.example/privacy",
        tos_uri="https://prints.example/terms", scope="openid profile email address phone")


@pytest.fixture
def user(provider):
    return provider.add_user(None, None, "--full-name", "Wilhelmina Featherstonehaugh-Cholmondeley")


def address(party, request):
    return f"{party.issuer}/authorize?{urllib.parse.urlencode(request.parameters)}"


def start(page, party, **changes):
    request = party.request(**changes)
    answer = page.goto(address(party, request))
    return request, answer


def sign_in(page, user, password=None):
    page.locator("[name=username]").fill(user.name)
    page.locator("[name=password]").fill(password or user.password)
    page.locator("form button:not([name=cancel])").click()


def is_back(page, app, request):
    """Whether the page is the app's, with a code for this request."""
    try:
        page.wait_for_url(f"{app.url}/callback?*")
    except playwright.sync_api.TimeoutError:
        raise AssertionError(f"{page.url} says: {page.inner_text('body')}") from None
    query = app.queries[-1]
    assert query["state"] == request.state and "code" in query, query
    return query["code"]


# --- every page ---------------------------------------------------------------------------------------------------

# How someone gets to see each page, and what its heading says in English and German. A function leaves the browser on
# the page, and gives back the status of the answer that showed it.


def login(page, party, **_):
    return start(page, party)[1].status


def wrong_password(page, party, user, **_):
    start(page, party)
    with page.expect_navigation() as shown:
        sign_in(page, user, "not it")
    assert page.locator("[name=password]").get_attribute("aria-invalid") == "true"
    return shown.value.status


def too_many_attempts(page, party, user, provider, **_):
    # Most guesses come from another address: an account has its own limit.
    guesser = provider.browser()
    guess = party.start(guesser, party.request())
    start(page, party)
    while guess.status == 200:
        guess = guesser.submit(guess, username=user.name, password="guess")
    status = 200
    while status == 200:
        # The first wait is short and may be over; each failure makes the next one longer.
        with page.expect_navigation() as shown:
            sign_in(page, user, "guess")
        status = shown.value.status
    assert int(shown.value.headers["retry-after"]) >= 1
    return status


def stale(page, third, user, **_):
    """A page that was left open until its session had ended."""
    consent(page, third, user)
    page.context.clear_cookies(name=re.compile("postern$"))
    with page.expect_navigation() as shown:
        page.locator("[value=allow]").click()
    assert page.get_by_role("alert").is_visible()
    return shown.value.status


def consent(page, third, user, **_):
    start(page, third, scope="openid profile email address phone")
    with page.expect_navigation() as shown:
        sign_in(page, user)
    return shown.value.status


def unknown_client(page, party, **_):
    return start(page, party, client_id="nobody")[1].status


def redirect_mismatch(page, party, **_):
    return start(page, party, redirect_uri="https://elsewhere.example/")[1].status


def awaited_approval(page, party, provider, **_):
    token = provider.postern("token", "issue", "--needs-approval").split()[-1]
    made = requests.post(
        f"{provider.issuer}/register", timeout=10, headers={"Authorization": f"Bearer {token}"},
        json={"redirect_uris": ["https://waits.example/"]}).json()
    return start(page, party, client_id=made["client_id"])[1].status


def cookies_blocked(page, party, user, **_):
    start(page, party)
    page.context.clear_cookies()
    with page.expect_navigation() as shown:
        sign_in(page, user)
    assert page.get_by_role("link", name=re.compile("^(Start again|.*neu beginnen)")).is_visible()
    return shown.value.status


def redirect_loop(page, party, user, **_):
    start(page, party)
    with page.expect_navigation(url="**/callback?*"):
        sign_in(page, user)
    for _ in range(9):
        _, answer = start(page, party)
        if "/authorize" in page.url:
            return answer.status
    raise AssertionError("it is sent round for ever")


PAGES = [
    (login, 200, "Sign in", "Anmelden"),
    (wrong_password, 200, "Sign in", "Anmelden"),
    (too_many_attempts, 429, "Sign in", "Anmelden"),
    (stale, 200, "Sign in", "Anmelden"),
    (consent, 200, "Allow access for Photo prints?", "Zugriff für Photo prints erlauben?"),
    (unknown_client, 400, "We don’t know this app", "Wir kennen diese Anwendung nicht"),
    (redirect_mismatch, 400, "This app is not set up correctly", "Diese Anwendung ist nicht richtig eingerichtet"),
    (awaited_approval, 403, "This app is not open yet", "Diese Anwendung ist noch nicht freigegeben"),
    (redirect_loop, 429, "This app goes round in circles", "Diese Anwendung dreht sich im Kreis"),
    (cookies_blocked, 400, "Your browser blocks cookies", "Ihr Browser blockiert Cookies"),
]


@contextlib.contextmanager
def only_from(page, *origins):
    """Fails if anything else was asked for, and gives back the requests so far."""
    requests = []
    page.context.on("request", lambda request: requests.append(request))
    yield requests
    assert requests, "a page was loaded"
    hosts = {urllib.parse.urlsplit(request.url).netloc for request in requests if not request.url.startswith("data:")}
    assert hosts <= {urllib.parse.urlsplit(origin).netloc for origin in origins}


def weight(requests):
    sizes = [request.sizes() for request in requests if request.response()]
    return sum(size["responseHeadersSize"] + size["responseBodySize"] for size in sizes)


@pytest.mark.parametrize("case", PAGES, ids=lambda case: case[0].__name__)
def test_every_page_can_be_used_by_everyone(case, provider, app, first, third, user, page):
    """WCAG 2.2 AA by axe-core, in light and dark, wide and narrow; nothing is loaded from anywhere else."""
    show, status, heading, _ = case
    with only_from(page, provider.issuer, app.url) as requests:
        assert show(page=page, party=first, third=third, user=user, provider=provider) == status
        assert page.get_by_role("heading", level=1).inner_text() == heading
        assert page.locator("html").get_attribute("lang") == "en"
        assert page.locator("script, iframe, [style], [onclick], base").count() == 0
        assert {request.resource_type for request in requests} <= {"document", "stylesheet", "image", "other"}
        assert_accessible(page)


@pytest.mark.parametrize("case", PAGES, ids=lambda case: case[0].__name__)
def test_every_page_speaks_another_language_and_fits_a_small_screen(
        case, provider, app, first, third, user, chromium):
    """German words are longer. 400 % of 1280 px is 320 (WCAG 2.2, 1.4.10)."""
    show, status, _, heading = case
    with new_page(chromium, locale="de-AT", viewport={"width": NARROWEST, "height": 640}) as page:
        assert show(page=page, party=first, third=third, user=user, provider=provider) == status
        assert page.get_by_role("heading", level=1).inner_text() == heading
        assert page.locator("html").get_attribute("lang") == "de"
        assert_fits(page, NARROWEST)


def assert_fits(page, width):
    """Nothing is cut off or must be scrolled to sideways."""
    assert page.viewport_size["width"] == width
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    beyond = page.locator("main *").evaluate_all(
        "(all, width) => all.filter(one => one.getBoundingClientRect().right > width && !one.closest('.unseen'))"
        ".map(one => one.outerHTML)", width)
    assert not beyond


SPACED = """
* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
p { margin-block-end: 2em !important }
"""


@pytest.mark.parametrize(
    ("width", "style"), [(NARROWEST, SPACED), (640, "html { font-size: 200% !important }")], ids=["spaced", "large"])
def test_a_readers_own_style_cuts_nothing_off(provider, first, third, user, chromium, width, style):
    """WCAG 2.2, 1.4.12 (text spacing) and 1.4.4 (text at 200 %), in the language with the longer words."""
    with new_page(chromium, locale="de-DE", bypass_csp=True, viewport={"width": width, "height": 640}) as page:
        for show in (wrong_password, consent, redirect_mismatch):
            show(page=page, party=first, third=third, user=user, provider=provider)
            before = page.locator("h1").evaluate("one => one.getBoundingClientRect().height")
            page.add_style_tag(content=style)
            assert page.locator("h1").evaluate("one => one.getBoundingClientRect().height") > before, "it counts"
            assert_fits(page, width)
            cut = page.locator("main *").evaluate_all(
                "all => all.filter(one => one.clientHeight && one.scrollHeight > one.clientHeight + 1"
                " && getComputedStyle(one).overflowY !== 'visible').map(one => one.outerHTML)")
            assert not [markup for markup in cut if "unseen" not in markup and not markup.startswith("<input")]


@pytest.mark.parametrize("show", [login, consent, unknown_client], ids=lambda show: show.__name__)
def test_a_page_is_light(show, provider, app, first, third, user, page):
    """Below 20 kB with its style sheet and icon, even where nothing is compressed or cached."""
    kept = page.context.request
    show(page=page, party=first, third=third, user=user, provider=provider)
    markup = len(page.content().encode())
    links = page.locator("link[rel=stylesheet], link[rel=icon]").evaluate_all("links => links.map(link => link.href)")
    assert len(links) == 2
    assert markup + sum(len(kept.get(link).body()) for link in links) < WEIGHT


def test_the_first_page_is_light_on_the_wire(provider, first, page):
    with only_from(page, provider.issuer) as requests:
        start(page, first)
        assert 1_000 < weight(requests) < WEIGHT


# --- signing in ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_whole_sign_in(provider, app, third, user, chromium, scripts):
    """OpenID Connect Core section 3.1: a wrong password, the right one, consent, and back at the app with a code."""
    with new_page(chromium, java_script_enabled=scripts) as page, only_from(page, provider.issuer, app.url):
        request, _ = start(page, third)
        sign_in(page, user, "not it")
        assert page.get_by_role("alert").is_visible()
        assert page.locator("[name=username]").input_value() == user.name, "what was typed is still there"
        assert page.locator("[name=password]").input_value() == ""
        sign_in(page, user)
        page.get_by_role("heading", name="Allow access for Photo prints?").wait_for()
        assert "Wilhelmina Featherstonehaugh-Cholmondeley" in page.inner_text("main")
        assert app.url.removeprefix("http://") in page.inner_text("form"), "where the answer goes"
        page.get_by_role("button", name="Allow", exact=True).click()
        code = is_back(page, app, request)
    tokens = third.exchange(code, request.verifier).json()
    assert third.userinfo(tokens["access_token"]).json()["sub"] == user.sub


def test_who_does_not_allow_it_is_sent_back_too(provider, app, third, user, page):
    """RFC 6749 section 4.1.2.1."""
    request, _ = start(page, third)
    sign_in(page, user)
    page.get_by_role("button", name="Don’t allow").click()
    page.wait_for_url(f"{app.url}/callback?*")
    assert app.queries[-1]["error"] == "access_denied" and app.queries[-1]["state"] == request.state


def test_the_consent_page_can_be_loaded_anew(provider, app, third, user, page):
    """It has an address, so reloading sends no form again, and it still works."""
    request, _ = start(page, third)
    sign_in(page, user)
    page.get_by_role("heading", name="Allow access for Photo prints?").wait_for()
    answer = page.reload()
    assert answer.request.method == "GET" and answer.status == 200
    page.locator("[value=allow]").click()
    is_back(page, app, request)


def test_an_app_may_sign_in_by_a_pop_up_window(provider, app, first, user, page):
    """The window that opened it waits for word: nothing of ours may cut the two apart."""
    page.goto(f"{app.url}/")
    request = first.request()
    page.evaluate("addEventListener('message', event => { window.heard = event.data })")
    with page.expect_popup() as opened:
        page.evaluate("url => { window.open(url, 'sign in', 'popup') }", address(first, request))
    popup = opened.value
    sign_in(popup, user)
    code = is_back(popup, app, request)
    popup.evaluate("opener.postMessage(location.search, location.origin)")
    page.wait_for_function("window.heard")
    assert code in page.evaluate("window.heard")


# --- keyboard and assistive technology ----------------------------------------------------------------------------


def focused(page):
    return page.evaluate("document.activeElement.name || document.activeElement.innerText.trim()")


def presses(page, key, times):
    for _ in range(times):
        page.keyboard.press(key)
        yield focused(page)


def types(page, field, text):
    """Into the field that has the focus."""
    # Chromium drops keys until it has painted the page.
    page.wait_for_load_state()
    page.evaluate("new Promise(painted => requestAnimationFrame(() => requestAnimationFrame(painted)))")
    assert focused(page) == field
    page.keyboard.type(text)
    assert page.locator(f"[name={field}]").input_value() == text


def test_the_login_form_is_walked_by_tab_in_reading_order(provider, app, first, page):
    """WCAG 2.2, 2.1.1, 2.4.3 and 2.4.7."""
    start(page, first)
    assert focused(page) == "username", "typing can begin at once"
    fields = page.locator("form input:not([type=hidden]), form button").evaluate_all(
        "all => all.map(one => one.name || one.innerText.trim())")
    assert fields[0] == "username" and fields[1] == "password" and fields[-2:] == ["Sign in", "cancel"]
    assert list(presses(page, "Tab", len(fields) - 1)) == fields[1:]
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none", "where the focus is can be seen"
    assert list(presses(page, "Shift+Tab", len(fields) - 1)) == fields[-2::-1]


def test_enter_signs_in_and_does_not_cancel(provider, app, first, user, page):
    request, _ = start(page, first)
    types(page, "username", user.name)
    page.keyboard.press("Tab")
    types(page, "password", "not it")
    page.keyboard.press("Enter")
    page.get_by_role("alert").wait_for()
    assert page.locator("[name=username]").input_value() == user.name, "the name is there already"
    types(page, "password", user.password)
    page.keyboard.press("Enter")
    is_back(page, app, request)


def test_enter_on_the_consent_page_decides_nothing(provider, app, third, user, page):
    """Nobody allows something by typing ahead."""
    start(page, third)
    sign_in(page, user)
    heading = page.get_by_role("heading", name="Allow access for Photo prints?")
    heading.wait_for()
    page.keyboard.press("Enter")
    assert heading.is_visible() and "/authorize?" in page.url
    stops = list(presses(page, "Tab", 5))
    assert stops[:2] == ["decision", "decision"] and "Website" in stops[2]
    assert page.locator("[name=decision]").first.get_attribute("value") == "deny"


def test_a_failure_is_told_with_its_fields(provider, app, first, user, page):
    """WCAG 2.2, 3.3.1 and 4.1.3: what is wrong is text, and fields name it."""
    wrong_password(page, first, user)
    alert = page.get_by_role("alert")
    assert "not right" in alert.inner_text()
    for name in ("username", "password"):
        field = page.locator(f"[name={name}]")
        assert field.get_attribute("aria-invalid") == "true"
        assert field.get_attribute("aria-describedby") == alert.get_attribute("id")
    assert "autocomplete" in page.locator("[name=username]").evaluate("field => field.getAttributeNames()")
    assert page.locator("[name=username]").get_attribute("autocomplete") == "username"
    assert page.locator("[name=password]").get_attribute("autocomplete") == "current-password"


# --- languages ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("locale", "ui_locales", "language"),
    [
        ("de-CH", None, "de"), ("de-DE", "en", "en"), ("en-GB", "xx de-AT en", "de"), ("fr-FR", "xx-YY", "en"),
    ],
)
def test_the_whole_way_is_in_one_language(provider, app, third, user, chromium, locale, ui_locales, language):
    """OpenID Connect Core section 3.1.2.1 (ui_locales), then RFC 9110 section 12.5.4, on each page of the way."""
    words = {
        "en": ("Sign in", "Sign in to Photo prints", "Allow access for Photo prints?"),
        "de": ("Anmelden", "Bei Photo prints anmelden", "Zugriff für Photo prints erlauben?"),
    }[language]
    with new_page(chromium, locale=locale) as page:
        start(page, third, ui_locales=ui_locales)
        for password in ("not it", user.password):
            assert page.locator("html").get_attribute("lang") == language
            assert page.get_by_role("heading", level=1).inner_text() == words[0]
            assert page.title().startswith(words[1])
            sign_in(page, user, password)
        page.locator("[name=decision]").first.wait_for()
        assert page.locator("html").get_attribute("lang") == language
        assert page.get_by_role("heading", level=1).inner_text() == words[2]


# --- what others have written -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ['"\u0301><b>bold</b>', "<\u0301b>", '" autofocus onfocus="alert(1)', "</title><script>alert(1)</script>"])
def test_a_name_is_shown_as_text(provider, app, chromium, text):
    """A quote and a combining mark are one character to some, and still a quote to a browser."""
    party = provider.add_client(client_name=f"App {text}", redirect_uris=[f"{app.url}/callback"], first_party=False)
    user = provider.add_user(None, None, "--full-name", f"Name {text}")
    with new_page(chromium) as page:
        start(page, party, login_hint=f"hint{text}")
        field = page.locator("[name=username]")
        assert field.input_value() == f"hint{text}"
        plain = {"id", "name", "type", "value", "autocomplete", "autocapitalize", "autocorrect", "spellcheck", "dir",
                 "required", "autofocus", "aria-invalid", "aria-describedby"}
        assert set(field.evaluate("field => field.getAttributeNames()")) <= plain
        assert page.locator("p.lead bdi").text_content() == f"App {text}"
        assert f"App {text}" in page.title()
        sign_in(page, user)
        page.locator("[name=decision]").first.wait_for()
        assert f"App {text}" in page.locator("h1").text_content()
        assert f"Name {text}" in page.locator("main").text_content()
        assert page.locator("b, script").count() == 0


def test_a_very_long_name_breaks_no_page(provider, app, user, page):
    """200 characters without a space."""
    party = provider.add_client(client_name="W" * 200, redirect_uris=[f"{app.url}/callback"], first_party=False)
    page.set_viewport_size({"width": NARROWEST, "height": 640})
    start(page, party)
    assert_fits(page, NARROWEST)
    sign_in(page, user)
    page.locator("[name=decision]").first.wait_for()
    assert_fits(page, NARROWEST)


def test_a_name_that_turns_the_writing_round_stays_by_itself(provider, app, page):
    """U+202E would write the words after it backwards; letters that run from right to left may, within the name."""
    party = provider.add_client(
        client_name="\u202e\u05d9\u05d5\u05de\u05df!", redirect_uris=[f"{app.url}/callback"], first_party=False)
    start(page, party)
    name = page.locator("p.lead bdi")
    assert name.text_content() == "\ufffd\u05d9\u05d5\u05de\u05df!"
    assert name.evaluate("name => getComputedStyle(name).unicodeBidi") == "isolate"
    assert "\u202e" not in page.title() and "\u202e" not in page.content()
