"""Cookies that were changed, doubled or taken from elsewhere sign nobody in, and shut nobody out."""

import re
import secrets

from oidc import base64url, encode
from refusals import assert_page, assert_redirect, changes, nothing_changes  # noqa: F401


@changes
def test_a_session_cookie_that_was_changed_signs_nobody_in(provider, party, session):
    """The store knows 256 random bits or it doesn't."""
    good = session.cookies["postern"]
    other = ("B" if good[0] == "A" else "A") + good[1:]
    with provider.database.unchanged():
        for value in (other, good[:-1], good + "A", "", "x", "'; DROP TABLE session; --", good.swapcase()):
            browser = provider.browser()
            browser.cookies = {"postern": value}
            page = party.start(browser, party.request())
            assert page.status == 200 and page.form.path.endswith("/login"), value
            request = party.request(prompt="none")
            assert_redirect(party.start(browser, request), party, "login_required", request.state)
    assert party.start(session, party.request()).query["code"]


@changes
def test_a_session_cookie_that_comes_twice_is_refused_and_cleared(provider, party, session):
    """RFC 6265bis section 8.6: another host of the domain may have planted one of them."""
    good = session.cookies["postern"]
    with provider.database.unchanged():
        page = session.send(
            "GET", f"{party.path}/authorize?{encode(party.request().parameters)}",
            headers={"Cookie": f"postern={good}; postern={good}"})
        assert page.status == 200
        assert any(
            cookie.startswith("postern=;") and "max-age=0" in cookie.lower() for cookie in page.all("Set-Cookie"))


@changes
def test_doubled_cookies_do_not_end_every_sign_in(provider, party, alice):
    """Another app of the host set them too. They are cleared where it can have put them, by pages and by redirects."""
    browser = provider.browser()
    page = party.start(browser, party.request())
    token = browser.cookies["postern-browser"]
    doubled = {"Cookie": f"postern-browser={token}; postern-browser={token}"}
    answer = browser.post(
        page.form.action, {**page.form.fields, "username": alice.name, "password": alice.password}, doubled)
    assert_page(answer, containing="blocks cookies")
    cleared = [cookie for cookie in answer.all("Set-Cookie") if cookie.startswith("postern-browser=;")]
    assert all("Max-Age=0" in cookie for cookie in cleared)
    assert {re.search("Path=([^;]*)", cookie)[1] for cookie in cleared} == {"/", party.path}
    assert party.sign_in(browser, alice).query["code"]
    session = browser.cookies["postern"]
    answer = browser.send(
        "GET", f"{party.path}/authorize?{encode(party.request(prompt='none').parameters)}",
        headers={"Cookie": f"postern={session}; postern={session}"})
    assert answer.query["error"] == "login_required" and "postern" not in browser.cookies


@changes
def test_a_browser_cookie_that_was_changed_does_not_serve_a_form(provider, party, agent, alice):
    page = party.start(agent, party.request())
    agent.cookies["postern-browser"] = base64url(secrets.token_bytes(16))
    with provider.database.unchanged():
        assert_page(agent.submit(page, username=alice.name, password=alice.password), 403)
