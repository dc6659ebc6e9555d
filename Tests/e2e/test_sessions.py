"""Sessions: how they begin, what they are worth, and how they end."""

import pytest

from oidc import claims


@pytest.fixture
def carol(provider):
    return provider.add_user()


def test_the_cookies_are_kept_from_scripts_and_from_other_sites(provider, party, carol):
    """RFC 6265bis sections 4.1.2 and 4.1.3. The issuer is http here, so neither Secure nor a prefix."""
    browser = provider.browser()
    page = party.start(browser, party.request())
    answer = browser.submit(page, username=carol.name, password=carol.password)
    for cookie in page.all("Set-Cookie") + answer.all("Set-Cookie"):
        assert {"HttpOnly", "SameSite=Lax", f"Path={party.path}"} <= {part.strip() for part in cookie.split(";")}
    assert set(browser.cookies) == {"postern", "postern-browser"}


def test_a_sign_in_gives_a_new_cookie_each_time(provider, party, carol):
    """RFC 9700 section 4.7 and OWASP: no session is fixed beforehand."""
    browser = provider.browser()
    browser.cookies["postern"] = "A" * 43
    party.sign_in(browser, carol)
    first = browser.cookies["postern"]
    party.sign_in(browser, carol, party.request(prompt="login"))
    second = browser.cookies["postern"]
    assert len({"A" * 43, first, second}) == 3
    old = provider.browser()
    old.cookies = {"postern": first}
    assert party.start(old, party.request(prompt="none")).query["error"] == "login_required"
    assert len(provider.database.rows("SELECT id FROM session WHERE sub = ?", carol.sub)) == 1
    # What the cookie holds is not in the database.
    assert not provider.database.rows("SELECT 1 FROM session WHERE digest = ? OR id = ?", first, first)


def test_another_user_in_the_same_browser_ends_the_first_ones_session(provider, party, carol):
    browser = provider.browser()
    party.sign_in(browser, carol)
    other = provider.add_user()
    tokens = party.tokens(browser, other, prompt="select_account")
    assert claims(tokens["id_token"])["sub"] == other.sub
    assert not provider.database.rows("SELECT 1 FROM session WHERE sub = ?", carol.sub)


def test_a_code_of_a_session_that_has_ended_is_refused(provider, party, carol):
    """RFC 6749 section 5.2."""
    browser, request = provider.browser(), party.request()
    code = party.sign_in(browser, carol, request).query["code"]
    party.sign_in(browser, provider.add_user(), party.request(prompt="login"))
    answer = party.exchange(code, request.verifier)
    assert answer.status == 400 and answer.json()["error"] == "invalid_grant"


def test_two_clients_know_one_session_by_two_names(provider, party, other_party, carol):
    """OpenID Connect Front-Channel Logout section 3: sid; ours is random per session and client."""
    browser = provider.browser()
    one = claims(party.tokens(browser, carol)["id_token"])
    two = claims(other_party.tokens(browser)["id_token"])
    again = claims(party.tokens(browser)["id_token"])
    assert one["sid"] == again["sid"] != two["sid"]
    assert one["sub"] == two["sub"] and one["auth_time"] == two["auth_time"]


def test_tabs_do_not_disturb_each_other(provider, party, other_party, carol):
    """Two login pages in one browser, answered in the other order."""
    browser = provider.browser()
    requests = [party.request(), other_party.request()]
    pages = [party.start(browser, requests[0]), other_party.start(browser, requests[1])]
    for index, relying in ((1, other_party), (0, party)):
        answer = browser.submit(pages[index], username=carol.name, password=carol.password)
        assert relying.exchange(answer.query["code"], requests[index].verifier).status == 200


def test_a_wrong_password_leaves_the_page_usable(provider, party, carol):
    browser, request = provider.browser(), party.request()
    failed = browser.submit(party.start(browser, request), username=carol.name, password="wrong")
    answer = browser.submit(failed, username=carol.name, password=carol.password)
    assert party.exchange(answer.query["code"], request.verifier).status == 200


def test_disabling_a_user_ends_everything_at_once(provider, party, carol):
    """Sessions, codes on their way and access tokens; enabling brings none of it back."""
    browsers = [provider.browser() for _ in range(2)]
    tokens = [party.tokens(browser, carol) for browser in browsers]
    request = party.request()
    code = party.start(browsers[0], request).query["code"]
    provider.postern("user", "disable", carol.name)

    def assert_ended():
        for browser in browsers:
            assert party.start(browser, party.request(prompt="none")).query["error"] == "login_required"
        for token in tokens:
            answer = party.userinfo(token["access_token"])
            assert answer.status == 401 and answer.json()["error"] == "invalid_token"
        assert party.exchange(code, request.verifier).json()["error"] == "invalid_grant"

    assert_ended()
    page = browsers[0].submit(
        party.start(browsers[0], party.request()), username=carol.name, password=carol.password)
    assert page.status == 200 and "not right" in page.form.text
    provider.postern("user", "enable", carol.name)
    assert_ended()
    assert party.tokens(browsers[0], carol)["access_token"]


def test_a_password_that_an_administrator_sets_ends_what_the_old_one_gave(provider, party, carol):
    browser = provider.browser()
    token = party.tokens(browser, carol)["access_token"]
    provider.postern("user", "set-password", carol.name, "--password-stdin", input="another password")
    assert party.start(browser, party.request(prompt="none")).query["error"] == "login_required"
    assert party.userinfo(token).status == 401
    carol.password = "another password"
    assert party.sign_in(browser, carol).query["code"]


def test_a_removed_user_is_gone(provider, party, carol):
    browser = provider.browser()
    token = party.tokens(browser, carol)["access_token"]
    provider.postern("user", "remove", carol.name)
    assert party.start(browser, party.request(prompt="none")).query["error"] == "login_required"
    assert party.userinfo(token).json()["error"] == "invalid_token"


@pytest.mark.parametrize(("hours", "lives"), [(7, True), (9, False)])
def test_a_session_ends_when_it_was_not_used(provider, party, carol, hours, lives):
    """Eight hours, by a clock set ahead."""
    browser = provider.browser()
    party.sign_in(browser, carol)
    with provider.later(hours * 3600) as future:
        client = future.browser()
        client.cookies = dict(browser.cookies)
        answer = party.start(client, party.request(prompt="none"))
        assert ("code" in answer.query) == lives
        assert lives or answer.query["error"] == "login_required"


def test_a_session_ends_after_a_day_however_much_it_is_used(provider, party, carol):
    browser = provider.browser()
    party.sign_in(browser, carol)
    for hours, lives in ((23, True), (25, False)):
        with provider.later(hours * 3600, POSTERN_LIFETIMES_SESSION_IDLE="7d") as future:
            client = future.browser()
            client.cookies = dict(browser.cookies)
            answer = party.start(client, party.request(prompt="none"))
            assert ("code" in answer.query) == lives
            assert lives or answer.query["error"] == "login_required"
