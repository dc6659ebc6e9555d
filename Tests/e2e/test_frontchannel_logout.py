"""OpenID Connect Front-Channel Logout 1.0, in browsers: apps are told by frames of the page after a sign-out."""

import contextlib
import queue

import pytest

from accessibility import NARROWEST, assert_accessible
from chromium import new_page
from frontchannel_app import FrontchannelApp
from oidc import claims, encode
from waiting import wait_for
from test_pages import address, sign_in
from visitor import ChromiumVisitor, FirefoxVisitor


@pytest.fixture(scope="module")
def apps(provider):
    apps = [FrontchannelApp(provider, name) for name in ("Time sheets", "Photo prints")]
    yield apps
    for app in apps:
        app.close()


@pytest.fixture
def user(provider):
    return provider.add_user()


def sign_in_to(apps, page, user):
    """The ID token that each app was given."""
    tokens = []
    for app in apps:
        request = app.party.request()
        page.goto(address(app.party, request))
        if not tokens:
            sign_in(page, user)
        page.wait_for_url(f"{app.url}/callback?*")
        answer = app.answers.get(timeout=10)
        tokens.append(app.party.exchange(answer["code"], request.verifier).json()["id_token"])
    return tokens


def logout_address(app, **parameters):
    return f"{app.party.issuer}/logout?{encode(parameters)}"


def assert_told(apps, tokens, provider):
    for app, token in zip(apps, tokens, strict=True):
        assert app.told.get(timeout=10) == {
            "from": "postern", "iss": provider.issuer, "sid": claims(token)["sid"], "dest": "iframe", "referrer": None,
        }
        with pytest.raises(queue.Empty):
            app.told.get_nowait()


@pytest.fixture(params=["with scripts", "without scripts", "firefox"])
def visitor(request, chromium):
    if request.param == "firefox":
        with contextlib.closing(FirefoxVisitor(request.getfixturevalue("firefox"))) as visitor:
            yield visitor
    else:
        with new_page(chromium, java_script_enabled=request.param == "with scripts") as page:
            yield ChromiumVisitor(page.context, page)


def test_each_app_is_told_and_then_the_browser_goes_on(provider, apps, user, visitor):
    """Sections 2 and 3, and RP-Initiated Logout section 3: all frames have loaded before state comes back."""
    tokens = []
    for app in apps:
        request = app.party.request()
        visitor.open(address(app.party, request))
        if not tokens:
            visitor.sign_in(user)
        answer = app.answers.get(timeout=10)
        tokens.append(app.party.exchange(answer["code"], request.verifier).json()["id_token"])
    hint = {"id_token_hint": tokens[0], "post_logout_redirect_uri": apps[0].after, "state": "a b"}
    visitor.open(logout_address(apps[0], **hint))
    visitor.waits_until(lambda: visitor.address == f"{apps[0].after}?state=a%20b")
    assert_told(apps, tokens, provider)
    visitor.open(address(apps[0].party, apps[0].party.request(prompt="none")))
    assert apps[0].answers.get(timeout=10)["error"] == "login_required"


def test_when_another_signs_in_the_apps_of_whoever_was_there_are_told(provider, apps, user, visitor):
    """Section 3: that ends the former user's session. The new one's sign-in goes on."""
    request = apps[1].party.request()
    visitor.open(address(apps[1].party, request))
    visitor.sign_in(user)
    code = apps[1].answers.get(timeout=10)["code"]
    token = apps[1].party.exchange(code, request.verifier).json()["id_token"]
    other, request = provider.add_user(), apps[0].party.request(prompt="login")
    visitor.open(address(apps[0].party, request))
    visitor.sign_in(other)
    answer = apps[0].answers.get(timeout=10)
    assert_told([apps[1]], [token], provider)
    known = claims(apps[0].party.exchange(answer["code"], request.verifier).json()["id_token"])
    assert known["sub"] == other.sub and apps[0].told.empty()


def test_a_frame_that_hangs_holds_nobody_up(provider, apps, user, chromium):
    """Where no script runs, a link leads on."""
    apps[1].hangs.set()
    try:
        for scripts in (True, False):
            with new_page(chromium, java_script_enabled=scripts) as page:
                tokens = sign_in_to(apps, page, user)
                hint = {"id_token_hint": tokens[0], "post_logout_redirect_uri": apps[0].after}
                if scripts:
                    page.clock.install()
                page.goto(logout_address(apps[0], **hint), wait_until="commit")
                if scripts:
                    wait_for(lambda page=page: has_gone_on(page, apps[0]), "the page waits no longer")
                else:
                    page.get_by_role("link", name="Continue to Time sheets").click()
                page.wait_for_url(apps[0].after)
                assert_told(apps, tokens, provider)
    finally:
        apps[1].hangs.clear()


def has_gone_on(page, app):
    """After the five seconds that the page waits, by its own clock."""
    page.clock.fast_forward(5000)
    return page.url == app.after


def test_without_an_app_to_go_back_to_the_page_stays(provider, apps, user, chromium):
    """It names the apps. WCAG 2.2 AA, from the narrowest screen on; a hidden frame is no stop on the way by tab."""
    with new_page(chromium, viewport={"width": NARROWEST, "height": 640}) as page:
        tokens = sign_in_to(apps, page, user)
        page.goto(logout_address(apps[0]))
        with page.expect_navigation():
            page.get_by_role("button", name="Sign out").click()
        assert page.get_by_role("heading", level=1).inner_text() == "You are signed out"
        assert sorted(page.get_by_role("listitem").all_inner_texts()) == ["Photo prints", "Time sheets"]
        assert page.locator("iframe:visible").count() == 0
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROWEST
        assert_accessible(page)
        assert_told(apps, tokens, provider)
