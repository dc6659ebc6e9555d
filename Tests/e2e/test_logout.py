"""OpenID Connect RP-Initiated Logout 1.0, and OAuth 2.0 Form Post Response Mode 1.0."""

import pytest

from oidc import encode
from refusals import assert_page
from test_why import why

AFTER = "https://app.example/bye"


@pytest.fixture(scope="module")
def leaving(provider):
    return provider.add_client(post_logout_redirect_uris=[AFTER])


def logout(party, browser, **parameters):
    return browser.get(f"{party.path}/logout?{encode(parameters)}")


def is_signed_in(party, browser):
    answer = party.start(browser, party.request(prompt="none"))
    assert "code" in answer.query or answer.query["error"] == "login_required"
    return "code" in answer.query


def test_an_app_that_proves_the_session_signs_out_at_once(leaving, agent, alice):
    """Section 2: with id_token_hint nobody is asked; section 3: state comes back."""
    tokens = leaving.tokens(agent, alice)
    answer = logout(
        leaving, agent, id_token_hint=tokens["id_token"], post_logout_redirect_uri=AFTER, state="a b+c")
    assert answer.status == 302 and answer.location == f"{AFTER}?state=a%20b%2Bc"
    assert "postern" not in agent.cookies
    assert not is_signed_in(leaving, agent)


def test_an_expired_hint_is_as_good(provider, leaving, alice):
    browser = provider.browser()
    token = leaving.tokens(browser, alice)["id_token"]
    with provider.later(3700) as later:
        browser.port = later.port
        browser.close()
        answer = logout(leaving, browser, id_token_hint=token, post_logout_redirect_uri=AFTER)
        assert answer.location == AFTER


def test_without_a_hint_the_person_is_asked(leaving, agent, alice):
    leaving.tokens(agent, alice)
    page = logout(leaving, agent, client_id=leaving.client_id, post_logout_redirect_uri=AFTER, state="s")
    assert page.status == 200 and "Sign out?" in page.form.text and "Alice Example" in page.form.text
    assert is_signed_in(leaving, agent), "asking is no answer"
    stayed = agent.submit(page, decision="stay")
    assert stayed.status == 200 and "still signed in" in stayed.form.text
    assert is_signed_in(leaving, agent)
    answer = agent.submit(page, decision="sign-out")
    assert answer.status == 303 and answer.location == f"{AFTER}?state=s"
    assert not is_signed_in(leaving, agent)


def test_another_sites_form_signs_nobody_out(provider, leaving, agent, alice):
    leaving.tokens(agent, alice)
    page = logout(leaving, agent)
    for changes in ({"token": None}, {"token": "x"}, {"token": page.form.fields["token"][:-2] + "AA"}):
        answer = agent.submit(page, decision="sign-out", **changes)
        assert answer.status == 200 and "Sign out?" in answer.form.text
    other = provider.browser()
    leaving.tokens(other, alice)
    other.post(f"{leaving.path}/logout", {**page.form.fields, "decision": "sign-out"})
    assert is_signed_in(leaving, other), "the token is another session's"
    assert is_signed_in(leaving, agent)


def test_a_cross_site_post_is_answered_by_a_get(leaving, agent, alice):
    """Section 2: by POST as well. It carries no SameSite=Lax cookie, and the GET that follows does."""
    token = leaving.tokens(agent, alice)["id_token"]
    cookies, agent.cookies = agent.cookies, {}
    answer = agent.post(f"{leaving.path}/logout", {"id_token_hint": token, "post_logout_redirect_uri": AFTER})
    assert answer.status == 303 and answer.location.startswith(leaving.issuer + "/logout?")
    agent.cookies = cookies
    assert agent.follow(answer).location == AFTER
    assert not is_signed_in(leaving, agent)


def test_another_sites_post_takes_no_cookie(leaving, agent, alice):
    """Section 2: without a hint the person is asked, and without a cookie nobody knows whom."""
    leaving.tokens(agent, alice)
    cookies, agent.cookies = agent.cookies, {}
    answer = agent.post(f"{leaving.path}/logout", {})
    assert answer.status == 303 and answer.location == leaving.issuer + "/logout"
    forged = agent.post(f"{leaving.path}/logout", {"again": "1"})
    for each in (answer, forged):
        assert not [cookie for cookie in each.all("Set-Cookie") if cookie.split("=")[0].endswith("postern")]
    agent.cookies = cookies
    assert "Sign out?" in agent.follow(answer).form.text
    assert is_signed_in(leaving, agent)


def test_a_hint_of_whatever_length_is_the_providers_to_ignore(leaving, agent, alice):
    """Section 2, logout_hint."""
    token = leaving.tokens(agent, alice)["id_token"]
    answer = logout(
        leaving, agent, id_token_hint=token, logout_hint="h" * 2000, post_logout_redirect_uri=AFTER)
    assert answer.location == AFTER


def test_whoever_is_not_signed_in_goes_where_they_were_sent(leaving, agent):
    answer = logout(leaving, agent, client_id=leaving.client_id, post_logout_redirect_uri=AFTER)
    assert answer.location == AFTER
    page = logout(leaving, agent)
    assert page.status == 200 and "signed out" in page.form.text


@pytest.mark.parametrize(
    "parameters",
    [
        {"post_logout_redirect_uri": AFTER + "/"}, {"post_logout_redirect_uri": "https://evil.example/"},
        {"post_logout_redirect_uri": AFTER, "state": "a\r\nb"},
    ])
def test_a_faulty_request_is_a_page_and_signs_nobody_out(leaving, agent, alice, parameters):
    leaving.tokens(agent, alice)
    assert_page(logout(leaving, agent, **{"client_id": leaving.client_id, **parameters}))
    assert is_signed_in(leaving, agent)


@pytest.mark.parametrize("fault", ["damaged", "removed", "removed, named"])
def test_whoever_an_app_signs_out_that_cannot_be_told_is_asked(provider, agent, alice, fault):
    """Sections 2 and 4: what can't be verified is used for nothing, and nobody is led anywhere by it. Whoever is signed in is
    asked all the same, and whoever runs the service is told what it was."""
    party = provider.add_client(post_logout_redirect_uris=[AFTER])
    token = party.tokens(agent, alice)["id_token"]
    fields = {"id_token_hint": token, "post_logout_redirect_uri": AFTER, "state": "s"}
    if fault == "damaged":
        fields["id_token_hint"] = token[:-6] + "AAAAAA"
    else:
        provider.postern("client", "remove", party.client_id, "--yes")
    if fault == "removed, named":
        fields = {**fields, "id_token_hint": None, "client_id": party.client_id}
    fields = {name: value for name, value in fields.items() if value}
    page = logout(party, agent, **fields)
    assert page.status == 200 and "Sign out?" in page.form.text and page.location is None
    assert "recognise the app" in page.form.text and AFTER not in page.text
    told = why(provider, page)
    assert "id_token_hint" in told if "client_id" not in fields else "client_id" in told
    done = agent.submit(page, decision="sign-out")
    assert done.status == 200 and "signed out" in done.form.text and AFTER not in done.text
    again = logout(party, agent, **fields)
    assert again.status == 200 and "signed out" in again.form.text and again.location is None


def test_refresh_tokens_stay(provider, agent, alice):
    """OpenID Connect Back-Channel Logout, section 2.7: offline access is made for that."""
    party = provider.add_client(grant_types=["authorization_code", "refresh_token"])
    party.scope = "openid offline_access"
    tokens = party.tokens(agent, alice)
    logout(party, agent, id_token_hint=tokens["id_token"])
    fields = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    assert party.back.post(f"{party.path}/token", fields, party.basic()).status == 200


def test_the_answer_travels_by_a_form(party, agent, alice):
    """Form Post Response Mode, section 2: the values as they are, once escaped."""
    state = "a \"b\" <c> & 'd' e\u0301"
    request = party.request(response_mode="form_post", state=state)
    page = party.sign_in(agent, alice, request)
    assert page.status == 200 and page.is_page
    assert page.form.action == party.redirect_uri
    assert page.form.fields["state"] == state and page.form.fields["iss"] == party.issuer
    assert "script-src 'self'" in page.header("Content-Security-Policy")
    assert party.exchange(page.form.fields["code"], request.verifier).status == 200


def test_an_error_travels_by_a_form_too(party, agent):
    page = party.start(agent, party.request(response_mode="form_post", prompt="none"))
    assert page.form.action == party.redirect_uri
    assert page.form.fields["error"] == "login_required"
    refused = party.start(agent, party.request(response_mode="fragment"))
    assert refused.query["error"] == "invalid_request"
