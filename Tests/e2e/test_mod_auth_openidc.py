"""Apache's mod_auth_openidc, the client that most administrators of web servers know, protects a page."""

import urllib.parse

import pytest

from apache import S256, Apache, Visitor
from oidc import encode
from provider import temporary_folder


@pytest.fixture(
    scope="module",
    params=[("client_secret_basic", ""), ("client_secret_basic", S256), ("client_secret_post", S256)],
    ids=["basic", "basic and PKCE", "post and PKCE"])
def apache(provider, request):
    with temporary_folder() as folder:
        apache = Apache(folder, provider, *request.param)
        try:
            apache.start()
            yield apache
        finally:
            apache.stop()


def sign_in(page, user):
    page.get_by_label("User name").fill(user.name)
    page.get_by_label("Password").fill(user.password)
    page.get_by_role("button", name="Sign in").click()


def test_a_user_signs_in_to_a_page_behind_apache(provider, apache, alice, page):
    """OpenID Connect Core, section 3.1: claims of the verified ID token and of userinfo reach the page as headers."""
    page.goto(f"{apache.url}/private/index.html")
    assert page.url.startswith(provider.issuer + "/authorize"), apache.log
    sent = urllib.parse.parse_qs(urllib.parse.urlsplit(page.url).query)
    assert sent.get("code_challenge_method") == (["S256"] if apache.pkce else None)
    with page.expect_response(f"{apache.url}/private/index.html") as shown:
        sign_in(page, alice)
    assert shown.value.status == 200, apache.log
    seen = shown.value.headers["x-seen"].split("|")
    assert seen == [alice.sub, "Alice Example", "alice@example.com", provider.issuer]
    assert shown.value.headers["x-user"] == alice.name


def test_a_claim_decides_who_may_come_in(provider, apache, alice, page):
    page.goto(f"{apache.url}/private/index.html")
    sign_in(page, alice)
    answer = page.goto(f"{apache.url}/private/others/index.html")
    assert answer.status in (401, 403)


def test_a_forged_answer_is_refused_by_apache(provider, apache, page):
    """RFC 6749, section 10.12: an answer that nobody asked for."""
    answer = page.goto(f"{apache.url}/private/callback?code=x&state=y&iss={provider.issuer}")
    assert answer.status >= 400


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("iss", "https://evil.example/oidc", "does not match the issuer provided in the response"),
        ("state", "x" * 27, "unable to restore state"),
        ("code", "x" * 200, "the code is none of ours, or was changed on its way"),
    ],
    ids=["iss", "state", "code"])
def test_an_answer_that_was_changed_on_its_way_is_refused(provider, apache, alice, agent, name, value, reason):
    """RFC 9207, section 2.4; RFC 6749, sections 4.1.3 and 10.12."""
    visitor = Visitor(apache.url)
    answer = visitor.get("/private/index.html")
    assert answer.status == 302 and answer.location.startswith(provider.issuer + "/authorize?")
    good = agent.submit(agent.follow(answer), username=alice.name, password=alice.password).query
    assert good["iss"] == provider.issuer
    logged = len(apache.log)
    # The module's own page of errors has the status 200, so its log tells.
    assert not visitor.get("/private/callback?" + encode({**good, name: value})).location
    assert reason in apache.log[logged:]
    assert not visitor.is_signed_in()


def test_a_code_of_another_browser_is_refused_by_apache(provider, apache, alice, agent):
    """RFC 9700, section 4.7: state binds the answer to the browser that asked."""
    asked, victim = Visitor(apache.url), Visitor(apache.url)
    page = agent.follow(asked.get("/private/index.html"))
    victim.get("/private/index.html")
    sent = agent.submit(page, username=alice.name, password=alice.password)
    assert not victim.get(sent.location).location and not victim.is_signed_in()
    assert asked.get(sent.location).status == 302 and asked.is_signed_in(), "for the browser that asked it is good"
