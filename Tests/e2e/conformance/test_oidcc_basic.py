"""The plan "Basic": `OIDCCBasicTestPlan`, and the same by `form_post`: `OIDCCFormPostBasicTestPlan`.

A test is named after its module. What a module skips for a provider that doesn't list `none` is in
`test_oidcc_request_object.py`.
"""

import json
import secrets
import time

import pytest

from oidc import base64url, s256
from refusals import assert_page
from suite import BY_BOTH_MODES
from waiting import wait_for

PROFILE = {
    "name", "family_name", "given_name", "middle_name", "nickname", "preferred_username", "profile", "picture", "website",
    "gender", "birthdate", "zoneinfo", "locale", "updated_at"}
OF_SCOPE = {
    "profile": PROFILE, "email": {"email", "email_verified"}, "address": {"address"},
    "phone": {"phone_number", "phone_number_verified"}}
TYPES = {
    "email_verified": bool, "phone_number_verified": bool, "address": dict, "updated_at": int}


pytestmark = BY_BOTH_MODES


@pytest.fixture
def app(suite, mode):
    app = suite.register(mode)
    yield app
    app.unregister()


def test_oidcc_server(app, agent):
    tokens = app.tokens(agent)
    assert "at_hash" in tokens.claims
    app.person(tokens)


def test_oidcc_response_type_missing(app, agent):
    app.assert_error(app.open(agent, response_type=None), "unsupported_response_type", "invalid_request")


def test_oidcc_idtoken_signature(app, agent):
    tokens = app.tokens(agent)
    assert tokens.header["alg"] == "RS256" and tokens.header["kid"]


def test_oidcc_idtoken_unsigned(suite, mode, metadata):
    """Skipped where `none` isn't listed; and it isn't taken either."""
    assert "none" not in metadata["id_token_signing_alg_values_supported"]
    assert suite.refused_registration(id_token_signed_response_alg="none") == "invalid_client_metadata"


def assert_standard_claims(person):
    """OpenID Connect Core section 5.1."""
    for name, value in person.items():
        assert isinstance(value, TYPES.get(name, str)), name
        assert value not in ("", None)
    assert not {"_claim_names", "_claim_sources"} & person.keys()


def test_oidcc_userinfo_get(app, agent):
    assert_standard_claims(app.person(app.tokens(agent)))


def test_oidcc_userinfo_post_header(app, agent):
    assert_standard_claims(app.person(app.tokens(agent), method="POST"))


def test_oidcc_userinfo_post_body(app, agent):
    tokens = app.tokens(agent)
    assert_standard_claims(app.person(tokens, method="POST", data={"access_token": tokens.access_token}))


def test_oidcc_ensure_request_without_nonce_succeeds_for_code_flow(app, agent):
    assert "nonce" not in app.tokens(agent, nonce=None).claims


@pytest.mark.parametrize("scopes", [["profile"], ["email"], ["address"], ["phone"], ["email", "phone", "address", "profile"]],
                         ids=["profile", "email", "address", "phone", "all"])
def test_oidcc_scope(app, agent, metadata, scopes):
    """`oidcc-scope-profile`, `oidcc-scope-email`, `oidcc-scope-address`, `oidcc-scope-phone` and `oidcc-scope-all`."""
    assert set(scopes) <= set(metadata["scopes_supported"])
    person = app.person(app.tokens(agent, scope=" ".join(["openid", *scopes])))
    assert_standard_claims(person)
    assert person.keys() - {"sub"} == set().union(*(OF_SCOPE[scope] for scope in scopes))


def test_oidcc_alternate_happy_flow(app, agent):
    """The scopes the other way round, and the parameters as well."""
    url = app.request(scope="email openid")
    head, _, query = url.partition("?")
    page = agent.get(head + "?" + "&".join(sorted(query.split("&"), reverse=True)))
    person = app.person(app.fetch(app.answer(app.log_in(agent, page))))
    assert person["email"] == "buffy@example.com"


@pytest.mark.parametrize("display", ["page", "popup"])
def test_oidcc_display(app, agent, display):
    """`oidcc-display-page` and `oidcc-display-popup`."""
    app.tokens(agent, display=display)


def test_oidcc_prompt_login(app, agent, later):
    first = app.tokens(agent)
    app.go(later, agent)
    page = app.open(agent, prompt="login")
    second = app.fetch(app.answer(app.log_in(agent, page)))
    assert second.claims["sub"] == first.claims["sub"]
    assert second.claims["auth_time"] > first.claims["auth_time"]


def test_oidcc_prompt_none_not_logged_in(app, agent):
    state = secrets.token_hex(64)
    app.assert_error(
        app.open(agent, prompt="none", state=state), "interaction_required", "login_required",
        "account_selection_required", "consent_required")


def assert_same_sign_in(app, browser, **second):
    """The second request asks nobody, and speaks of the sign-in of the first."""
    first = app.tokens(browser, max_age="15000")
    response = app.open(browser, **{name: value(first) if callable(value) else value for name, value in second.items()})
    again = app.fetch(app.answer(response))
    assert again.claims["auth_time"] == first.claims["auth_time"]
    assert again.claims["sub"] == first.claims["sub"] and again.claims["sid"] == first.claims["sid"]


def test_oidcc_prompt_none_logged_in(app, agent):
    assert_same_sign_in(app, agent, prompt="none")


def test_oidcc_max_age_1(app, agent, later):
    first = app.tokens(agent)
    app.go(later, agent)
    page = app.open(agent, max_age="1")
    second = app.fetch(app.answer(app.log_in(agent, page)))
    assert second.claims["auth_time"] > first.claims["auth_time"]
    assert second.claims["iat"] - second.claims["auth_time"] <= 5


def test_oidcc_max_age_10000(app, agent):
    assert_same_sign_in(app, agent, max_age="10000")


def test_oidcc_ensure_request_with_unknown_parameter_succeeds(app, agent):
    app.tokens(agent, extra="foobar")


def test_oidcc_id_token_hint(app, agent):
    assert_same_sign_in(app, agent, prompt="none", id_token_hint=lambda first: first.id_token)


def test_oidcc_login_hint(app, agent):
    app.tokens(agent, login_hint="buffy@login.example")


def test_oidcc_ui_locales(app, agent):
    app.tokens(agent, ui_locales="se")


def test_oidcc_claims_locales(app, agent):
    app.tokens(agent, claims_locales="se")


def test_oidcc_ensure_request_with_acr_values_succeeds(app, agent, metadata):
    tokens = app.tokens(agent, acr_values=" ".join(metadata["acr_values_supported"]))
    assert tokens.claims["acr"] in metadata["acr_values_supported"]


def reuse(app, fields):
    answer = app.session.post(
        app.endpoint("token_endpoint"), withhold_token=True, auth=(app.client_id, app.registered["client_secret"]), data={
            "grant_type": "authorization_code", "code": fields["code"], "redirect_uri": app.redirect_uri})
    assert answer.status_code == 400 and answer.headers["Content-Type"].split(";")[0] == "application/json"
    assert answer.json()["error"] == "invalid_grant"


def test_oidcc_codereuse(app, agent):
    fields = app.sign_in(agent)
    tokens = app.fetch(fields)
    reuse(app, fields)
    assert app.userinfo(tokens).status_code == 401, "what the code gave has ended"


def test_oidcc_codereuse_30seconds(app, agent, later):
    fields = app.sign_in(agent)
    tokens = app.fetch(fields)
    assert app.userinfo(tokens).status_code == 200
    app.go(later, agent)
    reuse(app, fields)
    assert app.userinfo(tokens).status_code == 401


def test_oidcc_ensure_registered_redirect_uri(app, agent):
    url = app.request().replace("%2Fcallback", "%2Fcallback%2F" + secrets.token_hex(8))
    assert_page(agent.get(url), containing="address")


def test_oidcc_ensure_post_request_succeeds(app, agent):
    app.tokens(agent, method="POST")


def test_oidcc_server_client_secret_post(suite, mode, agent):
    app = suite.register(mode, token_endpoint_auth_method="client_secret_post")
    app.person(app.tokens(agent))
    app.unregister()


def test_oidcc_claims_essential(app, agent):
    person = app.person(app.tokens(agent, claims=json.dumps({"userinfo": {"name": {"essential": True}}})))
    assert person["name"] == "Buffy Summers"


def test_oidcc_ensure_request_with_valid_pkce_succeeds(app, agent):
    verifier = base64url(secrets.token_bytes(32))
    fields = app.sign_in(agent, code_challenge=s256(verifier), code_challenge_method="S256")
    app.fetch(fields, code_verifier=verifier)


def test_oidcc_refresh_token(suite, mode, metadata, provider):
    assert "refresh_token" in metadata["grant_types_supported"] and "offline_access" in metadata["scopes_supported"]
    grants = ["authorization_code", "refresh_token"]
    apps = [suite.register(mode, grant_types=grants) for _ in range(2)]
    given = []
    answers = []
    for app in apps:
        app.session.register_compliance_hook("refresh_token_response", lambda answer: answers.append(answer) or answer)
        first = app.tokens(
            provider.browser(), scope="openid offline_access", prompt="consent", nonce=secrets.token_urlsafe(32))
        # By another second, the two tokens can be told apart; the first client sends the scope again, the second doesn't.
        wait_for(lambda: int(time.time()) > first.claims["iat"], "the next second")
        app.session.scope = "openid offline_access" if app is apps[0] else None
        response = app.session.refresh_token(
            metadata["token_endpoint"], refresh_token=first.response["refresh_token"])
        # RFC 6749 section 5.1
        assert answers[-1].headers["Cache-Control"] == "no-store"
        assert ("scope=openid+offline_access" in answers[-1].request.body) == (app is apps[0])
        second = app.verified(response, nonce=False)
        assert second.access_token != first.access_token
        # OpenID Connect Core section 12.2
        for name in ("iss", "sub", "aud", "auth_time", "sid"):
            assert second.claims[name] == first.claims[name], name
        assert second.claims["iat"] > first.claims["iat"] and "azp" not in second.claims
        assert len(response["refresh_token"]) * 8 >= 128 and response["refresh_token"].isascii()
        app.person(second)
        given.append(response["refresh_token"])
    refused = apps[0].session.post(
        metadata["token_endpoint"], withhold_token=True, auth=(apps[0].client_id, apps[0].registered["client_secret"]),
        data={"grant_type": "refresh_token", "refresh_token": given[1]})
    assert refused.status_code == 400 and refused.json()["error"] == "invalid_grant"
    for app in apps:
        app.unregister()
