"""What current providers were seen to do wrong. The rest of it is checked in the modules' tests, by the name that
docs/conformance.md has."""

import json
import secrets

import pytest

from refusals import assert_page


@pytest.fixture
def app(suite):
    app = suite.register(grant_types=["authorization_code", "refresh_token"])
    yield app
    app.unregister()


def test_auth_time_is_of_the_session_that_the_code_is_of(app, provider, later):
    """Two browsers of one user, half a minute apart; the codes are exchanged the other way round."""
    early, late = provider.browser(), provider.browser()
    asked = {"nonce": secrets.token_urlsafe(12), "state": secrets.token_urlsafe(12)}
    answer = app.sign_in(early, **asked)
    app.go(later, late)
    second = app.tokens(late, **asked)
    first = app.fetch(answer)
    early.close()
    early.port = later.port
    again = app.tokens(early, prompt="none")
    assert again.claims["auth_time"] == first.claims["auth_time"] < second.claims["auth_time"]
    assert again.claims["sid"] == first.claims["sid"] != second.claims["sid"]


def test_auth_time_is_kept_by_every_refresh(app, agent, later):
    options = {"scope": "openid offline_access", "prompt": "consent"}
    first = app.tokens(agent, **options)
    app.go(later, agent)
    refresh_token = first.response["refresh_token"]
    for _ in range(2):
        response = app.session.refresh_token(app.endpoint("token_endpoint"), refresh_token=refresh_token)
        claims = app.verified(response, nonce=False).claims
        assert claims["auth_time"] == first.claims["auth_time"] and claims["sid"] == first.claims["sid"]
        assert claims["iat"] >= first.claims["iat"] + 29
        refresh_token = response["refresh_token"]


@pytest.mark.parametrize("mode", ["query", "form_post"])
def test_a_long_state_comes_back_in_every_error(suite, agent, mode):
    app = suite.register("form_post" if mode == "form_post" else None)
    for wrong in ({"prompt": "none"}, {"response_type": None}, {"scope": 'openid "quoted"'}, {"max_age": "soon"},
                  {"request": "e30.e30."}, {"request_uri": "https://conformance.example/request"}):
        # `app.answer` compares it.
        fields = app.answer(app.open(agent, state=secrets.token_hex(64), **wrong))
        assert "error" in fields
    app.unregister()


def test_values_are_escaped_once_in_a_form(suite, agent):
    app = suite.register("form_post")
    state = "a&amp;b\"<'>%20+ =é&lt;"
    app.sign_in(agent, state=state)
    app.assert_error(app.open(agent, prompt="login", max_age="x", state=state), "invalid_request")
    app.unregister()


def test_a_replayed_code_ends_its_refresh_token_too(app, agent, metadata):
    fields = app.sign_in(agent, scope="openid offline_access", prompt="consent")
    tokens = app.fetch(fields)
    secret = (app.client_id, app.registered["client_secret"])

    def ask(**asked):
        answer = app.session.post(metadata["token_endpoint"], withhold_token=True, auth=secret, data=asked)
        return answer.status_code, answer.json()["error"]

    replay = {"grant_type": "authorization_code", "code": fields["code"], "redirect_uri": app.redirect_uri}
    assert ask(**replay) == (400, "invalid_grant")
    assert ask(grant_type="refresh_token", refresh_token=tokens.response["refresh_token"]) == (400, "invalid_grant")
    assert app.userinfo(tokens).status_code == 401


def test_a_wrong_redirect_uri_is_told_before_anybody_signs_in(app, agent):
    page = agent.get(app.request().replace("%2Fcallback", "%2Felsewhere"))
    assert_page(page)
    assert "password" not in page.form.attributes


def test_a_challenge_binds_the_code_though_the_app_need_not_send_one(app, agent):
    challenge = {"code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "code_challenge_method": "S256"}
    for verifier in (None, "x" * 43):
        fields = app.sign_in(agent, prompt="login", **challenge)
        with pytest.raises(Exception, match="invalid_grant"):
            app.fetch(fields, **({"code_verifier": verifier} if verifier else {}))


def test_credentials_in_the_header_are_form_decoded(suite, agent):
    """RFC 6749 section 2.3.1. Authlib doesn't encode them, as many apps don't; so both are taken."""
    client_id, secret = f"app/{secrets.token_hex(4)}~+%", "s+e%2Fc ret:" + secrets.token_hex(16)
    app = suite.register(client_id=client_id, client_secret=secret)
    fields = app.sign_in(agent)
    party = suite.provider.add_client()
    encoded = party.basic(client_id, secret)
    answer = app.session.post(
        suite.metadata["token_endpoint"], withhold_token=True, headers=encoded, data={
            "grant_type": "authorization_code", "code": fields["code"], "redirect_uri": app.redirect_uri})
    assert answer.status_code == 200, answer.text
    app.tokens(agent)
    app.unregister()


@pytest.mark.parametrize("prompt, asked", [
    ("login consent", ["password", "decision"]), ("select_account", ["password"]), ("consent", ["decision"]),
    ("select_account login", ["password"]), ("none", [])])
def test_each_prompt_asks_what_it_says_and_nothing_else(app, agent, prompt, asked):
    """OpenID Connect Core section 3.1.2.1."""
    app.tokens(agent)
    response, seen = app.open(agent, prompt=prompt), []
    while response.is_page or "/authorize?" in response.location:
        if response.location:
            response = agent.follow(response)
        elif "password" in response.form.attributes:
            seen.append("password")
            response = app.log_in(agent, response)
        else:
            assert 'name="decision"' in response.text
            seen.append("decision")
            response = agent.submit(response, decision="allow")
    assert seen == asked
    app.fetch(app.answer(response))


def test_an_acr_may_be_wished_for_or_wanted(suite, agent):
    """OpenID Connect Core section 5.5.1.1."""
    app = suite.register(default_acr_values=["urn:nobody:knows", "1"])
    assert app.tokens(agent).claims["acr"] == "1"
    assert app.tokens(agent, acr_values="urn:nobody:knows").claims["acr"] == "1"

    def claims(**acr):
        return json.dumps({"id_token": {"acr": acr}})

    assert app.tokens(agent, claims=claims(value="urn:nobody:knows")).claims["acr"] == "1"
    assert app.tokens(agent, claims=claims(essential=True, values=["2", "1"])).claims["acr"] == "1"
    refused = app.open(agent, claims=claims(essential=True, value="urn:nobody:knows"))
    app.assert_error(refused, "unmet_authentication_requirements")
    app.unregister()
