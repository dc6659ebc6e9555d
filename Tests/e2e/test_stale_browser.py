"""docs/stale-browsers.md, row by row, in Chromium and in Firefox: whatever a browser does, its user gets to the app, or to
a page that leads on."""

import contextlib
import http.server
import threading
import urllib.parse

import pytest

from administration import Caller
from chromium import new_profile
from frontchannel_app import FrontchannelApp
from oidc import claims, encode
from test_pages import App, address, app, first, third, user  # noqa: F401
from visitor import SIGN_IN, ChromiumVisitor, FirefoxVisitor

ALLOW = "[value=allow]"


@pytest.fixture(params=["chromium", "firefox"])
def visitor(request):
    if request.param == "chromium":
        with contextlib.closing(request.getfixturevalue("chromium").new_context(locale="en-GB")) as context:
            yield ChromiumVisitor(context)
    else:
        with contextlib.closing(FirefoxVisitor(request.getfixturevalue("firefox"))) as visitor:
            yield visitor


@pytest.fixture(params=["chromium", "firefox"])
def cautious_visitor(request):
    """One who changes the browser's settings."""
    if request.param == "chromium":
        with new_profile(request.getfixturevalue("chromium")) as context:
            yield ChromiumVisitor(context)
    else:
        with contextlib.closing(FirefoxVisitor(request.getfixturevalue("firefox"))) as visitor:
            yield visitor


def starts(visitor, party, **changes):
    request = party.request(**changes)
    visitor.open(address(party, request))
    return request


@pytest.mark.parametrize("asks", [False, True], ids=["no consent", "with consent"])
def test_back_after_the_sign_in(visitor, app, first, third, user, asks):
    """Neither a dead end nor a loop: whoever is signed in gets back to the app, with a code that is good."""
    party = third if asks else first
    request = starts(visitor, party)
    visitor.sign_in(user)
    if asks:
        visitor.sees("Allow access for Photo prints?")
        visitor.click(ALLOW)
    codes = [visitor.arrives(app, request)["code"]]
    visitor.back()
    visitor.arrives(app, request)
    visitor.waits_until(lambda: app.queries[-1].get("code") != codes[0])
    assert party.exchange(app.queries[-1]["code"], request.verifier).status == 200


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["first tab first", "second tab first"])
def test_two_tabs_at_the_login_page(visitor, app, first, user, order):
    """A page that is open since before the sign-in in the other tab is neither stale nor in the way."""
    requests = [starts(visitor, first)]
    visitor.open_tab()
    requests.append(starts(visitor, first))
    for index in order:
        visitor.turn_to(index)
        visitor.sign_in(user)
        visitor.arrives(app, requests[index])


def test_a_bookmark_of_the_login_page(visitor, app, first, user):
    """After a wrong password that page is the answer to a form; its address begins the same request again. A browser that is
    started anew asks for it likewise."""
    request = starts(visitor, first)
    visitor.fill("username", user.name)
    visitor.fill("password", "not it")
    visitor.click(SIGN_IN)
    visitor.waits_until(lambda: "/login" in visitor.address)
    bookmark = visitor.address
    visitor.open(f"{app.url}/")
    visitor.lose_cookies()
    visitor.open(bookmark)
    visitor.sees("Sign in")
    visitor.sign_in(user)
    visitor.arrives(app, request)
    visitor.open(bookmark)
    visitor.arrives(app, request)


@pytest.mark.parametrize("endpoint", ["login", "consent"])
def test_a_bookmark_of_an_address_alone(visitor, provider, endpoint):
    """Nobody knows what it was for: the page at the root says what to do."""
    visitor.open(f"{provider.issuer}/{endpoint}")
    visitor.sees("This is a sign‑in service")
    assert "Open the app" in visitor.text


def begins_again(visitor, app, user, request):
    """By the button of an error page, and comes to where the way led."""
    visitor.click("a.button")
    visitor.sees("Sign in")
    visitor.sign_in(user)
    visitor.arrives(app, request)


def test_cookies_lost_in_the_middle(visitor, app, first, user):
    request = starts(visitor, first)
    visitor.lose_cookies()
    visitor.sign_in(user)
    visitor.sees("Your browser blocks cookies")
    begins_again(visitor, app, user, request)


def test_cookies_blocked(cautious_visitor, app, first, user):
    """It is said, each time, and once they are allowed the way goes on."""
    visitor = cautious_visitor
    with visitor.blocking_cookies():
        request = starts(visitor, first)
        visitor.sign_in(user)
        visitor.sees("Your browser blocks cookies")
        visitor.click("a.button")
        visitor.sees("Sign in")
        visitor.sign_in(user)
        visitor.sees("Your browser blocks cookies")
    begins_again(visitor, app, user, request)


def test_a_cross_site_post(visitor, app, first, user):
    """It carries no SameSite=Lax cookie; whoever is signed in is seen all the same, and asked nothing."""
    starts(visitor, first)
    visitor.sign_in(user)
    visitor.arrives(app)
    request = first.request()
    visitor.open(f"{app.url}/")
    fields = urllib.parse.urlencode(request.parameters)
    visitor.run(
        f"const form = document.createElement('form'); form.method = 'post'; form.action = '{first.issuer}/authorize';"
        f"for (const [name, value] of new URLSearchParams('{fields}')) {{ const field = document.createElement('input');"
        "field.type = 'hidden'; field.name = name; field.value = value; form.append(field) }"
        "document.body.append(form); form.submit()")
    visitor.arrives(app)
    visitor.waits_until(lambda: app.queries[-1]["state"] == request.state)
    assert "code" in app.queries[-1]


def test_a_session_that_ended_between_authorize_and_consent(visitor, provider, app, third, user):
    """By an administrator, while the consent page was open."""
    request = starts(visitor, third)
    visitor.sign_in(user)
    visitor.sees("Allow access for Photo prints?")
    assert Caller(provider)("DELETE", f"users/{user.sub}/sessions").ok
    visitor.click(ALLOW)
    visitor.sees("Sign in")
    assert "could not be used any more" in visitor.text
    visitor.sign_in(user)
    visitor.sees("Allow access for Photo prints?")
    visitor.click(ALLOW)
    visitor.arrives(app, request)


def test_signed_out_and_in_again_in_another_tab(visitor, app, first, third, user):
    """The consent page is of a session that is over: it allows nothing, and whoever is signed in is asked anew."""
    request = starts(visitor, third)
    visitor.sign_in(user)
    visitor.sees("Allow access for Photo prints?")
    visitor.open_tab()
    visitor.open(f"{third.issuer}/logout")
    visitor.click("[value=sign-out]")
    visitor.sees("You are signed out")
    second = starts(visitor, first)
    visitor.sign_in(user)
    visitor.arrives(app, second)
    visitor.turn_to(0)
    visitor.click(ALLOW)
    visitor.waits_until(lambda: "/consent" in visitor.address)
    visitor.sees("Allow access for Photo prints?")
    visitor.click(ALLOW)
    visitor.arrives(app, request)


@pytest.fixture(scope="module")
def morning(provider):
    with provider.later(12 * 3600) as morning:
        yield morning


def in_the_morning(visitor, provider, morning):
    """The page's form goes to the same provider, twelve hours later."""
    visitor.run(
        "const form = document.querySelector('form');"
        f"form.action = form.action.replace('{provider.base}', '{morning.base}')")


def test_a_login_page_left_open_overnight(visitor, provider, morning, app, first, user):
    request = starts(visitor, first)
    in_the_morning(visitor, provider, morning)
    visitor.sign_in(user)
    visitor.waits_until(lambda: visitor.address.startswith(morning.base))
    visitor.sees("Sign in")
    assert "could not be used any more" in visitor.text
    visitor.sign_in(user)
    visitor.arrives(app, request)


def test_a_consent_page_left_open_overnight(visitor, provider, morning, app, third, user):
    """The session is over as well."""
    starts(visitor, third)
    visitor.sign_in(user)
    visitor.sees("Allow access for Photo prints?")
    in_the_morning(visitor, provider, morning)
    visitor.click(ALLOW)
    visitor.sees("Sign in")
    assert "could not be used any more" in visitor.text


@pytest.mark.parametrize("times", [2, 3])
def test_a_double_click_on_sign_in(visitor, app, first, user, times):
    """A browser may drop the answer that a later click overtook, and the cookie in it: then the login page is back."""
    request = starts(visitor, first)
    visitor.fill("username", user.name)
    visitor.fill("password", user.password)
    visitor.click_hastily(SIGN_IN, times)
    visitor.waits_until(lambda: visitor.heading == "Back at the app" or "/authorize?attempt=" in visitor.address)
    if "/authorize?" in visitor.address:
        visitor.sees("Sign in")
        assert "could not be used any more" in visitor.text
        visitor.sign_in(user)
    visitor.arrives(app, request)


def test_a_double_click_on_allow(visitor, app, third, user):
    request = starts(visitor, third)
    visitor.sign_in(user)
    visitor.sees("Allow access for Photo prints?")
    visitor.click_hastily(ALLOW)
    code = visitor.arrives(app, request)["code"]
    assert third.exchange(code, request.verifier).status == 200


@pytest.fixture
def framed(provider):
    app = FrontchannelApp(provider, "Time sheets")
    yield app
    app.close()


def test_a_double_click_on_an_apps_sign_out(visitor, provider, framed, user):
    """No answer is there before both clicks are done. Firefox gives up the first request for the second, whose page tells
    the apps of the session that the first one ended; Chromium asks once."""
    request = framed.party.request()
    visitor.open(address(framed.party, request))
    visitor.sign_in(user)
    code = framed.answers.get(timeout=10)["code"]
    token = framed.party.exchange(code, request.verifier).json()["id_token"]
    visitor.waits_until(lambda: visitor.heading == "/callback")
    out = f"{framed.party.issuer}/logout?{encode({'id_token_hint': token, 'post_logout_redirect_uri': framed.after})}"
    visitor.run(f"document.body.innerHTML = '<a id=out href=\"{out}\">Sign out</a>'")
    with provider.database.held():
        visitor.click_hastily("#out")
    visitor.waits_until(lambda: visitor.address == framed.after)
    assert framed.told.get(timeout=10)["sid"] == claims(token)["sid"] and framed.told.empty()
    visitor.open(address(framed.party, framed.party.request(prompt="none")))
    assert framed.answers.get(timeout=10)["error"] == "login_required"


class LoopingApp(App):
    """It begins anew each time that it is answered, as an app does that can't keep its own session."""

    def do_GET(self):
        if not self.path.startswith("/callback"):
            super().do_GET()
            return
        self.server.queries.append(dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.path).query)))
        self.send_response(302)
        again = address(self.server.party, self.server.party.request())
        self.send_header("Location", again if self.server.loops else f"{self.server.url}/callback/done?")
        self.send_header("Content-Length", "0")
        self.end_headers()


@pytest.fixture
def looping(provider):
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), LoopingApp) as server:
        server.queries, server.loops = [], True
        server.url = f"http://127.0.0.1:{server.server_port}"
        server.party = provider.add_client(client_name="Goes round", redirect_uris=[f"{server.url}/callback"])
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield server
        server.shutdown()


def test_an_app_that_loops(visitor, looping, user):
    """After a few rounds the browser stays with us, and its user decides."""
    starts(visitor, looping.party)
    visitor.sign_in(user)
    visitor.sees("This app goes round in circles")
    assert 4 <= len(looping.queries) <= 7, "neither at once nor for ever"
    rounds = len(looping.queries)
    visitor.click("a.button")
    visitor.sees("This app goes round in circles")
    assert len(looping.queries) > rounds, "it was tried again"
