"""Consent (OpenID Connect Core section 3.1.2.4): asked of users where an app isn't the administrator's own."""

import pytest
import requests

from oidc import claims


@pytest.fixture
def third(provider):
    return provider.add_client(
        client_name="Third & Sons", first_party=False, policy_uri="https://app.example/privacy",
        client_uri="https://app.example/")


@pytest.fixture
def bob(provider):
    return provider.add_user(None, None, "--full-name", "Bob Builder")


def asked(party, browser, user, request):
    """The consent page after a sign-in: it has an address of its own, so that a reload sends no password."""
    answer = party.sign_in(browser, user, request)
    assert answer.status == 303, answer
    page = browser.follow(answer)
    assert page.status == 200 and page.form.path.endswith("/consent"), page.form.text
    return page


def test_an_administrators_app_does_not_ask(party, provider, bob):
    """OpenID Connect Core section 3.1.2.4: consent may be given by other means."""
    assert party.sign_in(provider.browser(), bob).query["code"]


def test_allowing_answers_with_a_code_and_is_remembered(provider, third, bob, agent):
    request = third.request()
    page = asked(third, agent, bob, request)
    for text in ("Third & Sons", "Bob Builder", "Your profile", "Your e-mail address"):
        assert text in page.form.text
    assert "gave this name itself" not in page.form.text, "an administrator did"
    assert "https://app.example/privacy" in page.form.links
    answer = agent.submit(page, decision="allow")
    assert answer.status == 303 and answer.query["state"] == request.state
    tokens = third.exchange(answer.query["code"], request.verifier).json()
    assert claims(tokens["id_token"])["sub"] == bob.sub
    assert provider.database.rows("SELECT scope FROM consent WHERE sub = ?", bob.sub) == [("openid profile email",)]
    # Again, with the same or less: nobody is asked.
    assert third.start(agent, third.request()).query["code"]
    assert third.start(agent, third.request(scope="openid", prompt="none")).query["code"]
    # In another browser: only the password.
    assert third.sign_in(provider.browser(), bob).query["code"]


def test_an_app_that_has_registered_itself_is_called_unchecked_unless_it_was_approved(provider, third, bob):
    def page(*options):
        token = provider.postern("token", "issue", "--third-party", *options).split()[-1]
        made = requests.post(
            f"{provider.issuer}/register", headers={"Authorization": f"Bearer {token}"}, timeout=10,
            json={"client_name": "Itself", "redirect_uris": [third.redirect_uri]}).json()
        if options:
            provider.postern("client", "approve", made["client_id"], "--if-version", "1", "--third-party")
        party = third.__class__(
            issuer=provider.issuer, client_id=made["client_id"], redirect_uri=third.redirect_uri,
            secret=made["client_secret"], auth="basic")
        return asked(party, provider.browser(), bob, party.request())

    assert "gave this name itself" in page().form.text
    assert "gave this name itself" not in page("--needs-approval").form.text


def test_denying_answers_access_denied_and_remembers_nothing(provider, third, bob, agent):
    """RFC 6749 section 4.1.2.1."""
    request = third.request()
    page = asked(third, agent, bob, request)
    with provider.database.unchanged():
        answer = agent.submit(page, decision="deny")
        assert answer.query["error"] == "access_denied" and answer.query["state"] == request.state
        assert answer.query["iss"] == provider.issuer
        # Whatever isn't "allow" is no.
        assert agent.submit(page, decision="ALLOW").query["error"] == "access_denied"
        assert agent.submit(page).query["error"] == "access_denied"
        page = third.start(agent, third.request())
        assert page.form.path.endswith("/consent"), "and the next request asks again"


def test_more_than_was_allowed_is_asked_for_anew(provider, third, bob, agent):
    third.scope = "openid email"
    agent.submit(asked(third, agent, bob, third.request()), decision="allow")
    page = third.start(agent, third.request(scope="openid phone"))
    assert page.form.path.endswith("/consent")
    refused = third.start(agent, third.request(scope="openid phone", prompt="none"))
    assert refused.query["error"] == "consent_required"
    assert agent.submit(page, decision="allow").query["code"]
    # What was allowed before still is.
    assert third.start(agent, third.request(scope="openid email phone")).query["code"]


def test_prompt_consent_asks_again(provider, third, party, bob, agent):
    """OpenID Connect Core section 3.1.2.1."""
    agent.submit(asked(third, agent, bob, third.request()), decision="allow")
    page = third.start(agent, third.request(prompt="consent"))
    assert page.form.path.endswith("/consent")
    assert agent.submit(page, decision="allow").query["code"]
    page = party.start(agent, party.request(prompt="consent"))
    assert page.form.path.endswith("/consent"), "of an administrator's app as well"


def test_prompt_none_with_a_session_but_no_consent_is_consent_required(provider, third, party, bob, agent):
    """OpenID Connect Core section 3.1.2.6."""
    party.sign_in(agent, bob)
    answer = third.start(agent, third.request(prompt="none"))
    assert answer.query["error"] == "consent_required"


def test_consent_is_not_remembered_for_who_can_be_impersonated(provider, bob, agent):
    """RFC 8252 section 8.6, RFC 9700 section 4.13: a public client on loopback."""
    native = provider.add_client(
        first_party=False, application_type="native", token_endpoint_auth_method="none",
        redirect_uris=["http://127.0.0.1/callback"])
    request = native.request()
    answer = agent.submit(asked(native, agent, bob, request), decision="allow")
    assert native.exchange(answer.query["code"], request.verifier).status == 200
    assert native.start(agent, native.request()).form.path.endswith("/consent")


def test_a_double_click_on_allow_is_no_mistake(provider, third, bob, agent):
    page = asked(third, agent, bob, third.request())
    codes = {agent.submit(page, decision="allow").query["code"] for _ in range(2)}
    assert len(codes) == 2


@pytest.mark.parametrize("field", ["token", "attempt"])
def test_a_consent_form_without_its_token_is_refused(provider, third, bob, agent, field):
    """RFC 6749 section 10.12."""
    page = asked(third, agent, bob, third.request())
    with provider.database.unchanged():
        answer = agent.submit(page, decision="allow", **{field: None})
        assert answer.status == 400 and answer.location is None


def assert_asked_anew(answer):
    assert answer.status == 200 and answer.form.path.endswith("/consent") and answer.location is None


def test_a_consent_form_of_another_browser_or_user_allows_nothing(provider, third, party, bob, agent):
    page = asked(third, agent, bob, third.request())
    mallory = provider.browser()
    party.sign_in(mallory, provider.add_user())
    with provider.database.unchanged():
        assert mallory.submit(page, decision="allow").status == 403
        # The same browser, but someone else is signed in there now.
    eve = provider.add_user()
    party.sign_in(agent, eve, party.request(prompt="login"))
    with provider.database.unchanged():
        answer = agent.submit(page, decision="allow")
        assert_asked_anew(answer)
        assert eve.name in answer.form.text


def test_a_consent_form_with_the_token_of_another_page_allows_nothing(provider, third, bob, agent):
    """The token of one page serves no other."""
    login = third.start(agent, third.request())
    page = asked(third, agent, bob, third.request())
    with provider.database.unchanged():
        for token in (login.form.fields["token"], "x"):
            assert_asked_anew(agent.submit(page, decision="allow", token=token))


def test_a_disabled_user_can_allow_nothing(provider, third, bob, agent):
    page = asked(third, agent, bob, third.request())
    provider.postern("user", "disable", bob.name)
    with provider.database.unchanged():
        answer = agent.submit(page, decision="allow")
        assert answer.status == 200 and answer.form.path.endswith("/login")


def test_removing_the_consent_stops_the_code_on_its_way(provider, third, bob, agent):
    """RFC 9700 section 4.2.4 in spirit: the token endpoint reads user, session, client and consent again."""
    import sqlite3

    request = third.request()
    code = agent.submit(asked(third, agent, bob, request), decision="allow").query["code"]
    with sqlite3.connect(provider.database.path, timeout=10) as connection:
        connection.execute("DELETE FROM consent WHERE sub = ?", (bob.sub,))
    answer = third.exchange(code, request.verifier)
    assert answer.status == 400 and answer.json()["error"] == "invalid_grant"
