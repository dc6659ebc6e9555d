"""What the Mendix OIDC SSO module relies on, line by line: a relying party that does what that module does."""

import secrets
import time

import pytest
import requests
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from oidc import claims, decoded
from test_grants import refresh

ROLE = "mx:app:userrole:3e3c0f6a-8d54-4d8b-9a55-0c0a8a3f1a01"
OTHER = "mx:app:userrole:77777777-8d54-4d8b-9a55-0c0a8a3f1a01"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@pytest.fixture(scope="module")
def metadata(provider):
    answer = requests.get(f"{provider.issuer}/.well-known/openid-configuration", timeout=10)
    return answer.json()


@pytest.fixture(scope="module")
def clerk(provider):
    for role in (ROLE, OTHER):
        provider.postern("role", "add", role)
    return provider.add_user(None, None, "--full-name", "Cleo Clerk", "--email", "cleo@example.com", "--role", ROLE)


@pytest.fixture(scope="module")
def app(provider, clerk):
    """As the module registers itself: without a token_endpoint_auth_method, and with refresh tokens."""
    party = provider.add_client(
        preset="mendix", token_endpoint_auth_method=None, grant_types=["authorization_code", "refresh_token"],
        redirect_uris=["https://orders.example/oauth/v2/callback"],
        post_logout_redirect_uris=["https://orders.example/"],
        scope=f"openid profile email offline_access {ROLE} {OTHER}")
    party.scope = f"openid profile email offline_access {ROLE} {OTHER}"
    return party


def test_discovery_has_all_that_the_module_reads(metadata):
    assert {"iss", "sub", "aud", "exp", "iat", "name", "email", "preferred_username"} <= set(
        metadata["claims_supported"])
    assert metadata["acr_values_supported"]
    assert {"query", "form_post"} <= set(metadata["response_modes_supported"])
    assert metadata["code_challenge_methods_supported"] == ["S256"]
    assert {"client_secret_basic", "client_secret_post", "private_key_jwt"} <= set(
        metadata["token_endpoint_auth_methods_supported"])
    assert {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"} <= set(
        metadata["token_endpoint_auth_signing_alg_values_supported"])
    assert metadata["introspection_endpoint"] and metadata["end_session_endpoint"]
    assert not [scope for scope in metadata["scopes_supported"] if scope.startswith("mx:")]


def test_a_sign_in_with_all_that_the_module_sends(app, agent, clerk, metadata):
    """PKCE, nonce, state, acr_values, prompt, login_hint and ui_locales; roles from the access token's scope."""
    request = app.request(
        acr_values="1 2", prompt="login", login_hint=clerk.name, ui_locales="nl de", response_mode="query")
    page = app.start(agent, request)
    assert page.form.fields["username"] == clerk.name
    assert page.header("Content-Language") == "de"
    answer = agent.submit(page, username=clerk.name, password=clerk.password)
    assert answer.query["state"] == request.state
    tokens = app.exchange(answer.query["code"], request.verifier).json()
    assert tokens["scope"].split() == ["openid", "profile", "email", "offline_access", ROLE]
    keys = KeySet.import_key_set(requests.get(metadata["jwks_uri"], timeout=10).json())
    id_token = jwt.decode(tokens["id_token"], keys, algorithms=["RS256"]).claims
    assert id_token["aud"] == app.client_id and id_token["nonce"] == request.parameters["nonce"]
    assert id_token["scope"] == tokens["scope"]
    assert id_token["name"] == "Cleo Clerk" and id_token["email"] == "cleo@example.com"
    assert id_token["preferred_username"] == id_token["username"] == clerk.name
    access = jwt.decode(tokens["access_token"], keys, algorithms=["ES256"])
    assert access.header["typ"] == "at+jwt"
    assert access.claims["aud"] == access.claims["client_id"] == app.client_id
    assert access.claims["name"] == "Cleo Clerk"
    roles = [name for name in access.claims["scope"].split() if name.startswith("mx:app:userrole:")]
    assert roles == [ROLE], "the one that the user holds"


@pytest.mark.parametrize("method", ["basic", "post"])
def test_a_client_without_a_method_uses_either(app, agent, clerk, method):
    """PKCE can be switched off in the app."""
    request = app.request(pkce=False)
    code = app.sign_in(agent, clerk, request).query["code"]
    if method == "post":
        fields = {"client_id": app.client_id, "client_secret": app.secret}
        answer = app.exchange(code, None, headers={}, **fields)
    else:
        answer = app.exchange(code, None, headers=app.basic())
    assert answer.status == 200 and answer.json()["id_token"]


def test_private_key_jwt_with_the_keys_of_the_app(provider, agent, clerk, metadata):
    key = RSAKey.generate_key(2048, {"kid": "mx1", "use": "sig"})
    party = provider.add_client(
        preset="mendix", token_endpoint_auth_method="private_key_jwt", jwks={"keys": [key.as_dict(private=False)]})
    request = party.request()
    code = party.sign_in(agent, clerk, request).query["code"]
    now = int(time.time())
    assertion = jwt.encode(
        {"alg": "PS384", "kid": "mx1"},
        {
            "iss": party.client_id, "sub": party.client_id, "aud": metadata["issuer"], "jti": secrets.token_hex(8),
            "iat": now, "exp": now + 60,
        }, key, algorithms=["PS384"])
    answer = party.exchange(
        code, request.verifier, headers={}, client_assertion=assertion, client_assertion_type=ASSERTION)
    assert answer.status == 200, answer


def test_logout_by_the_module(app, agent, clerk):
    tokens = app.tokens(agent, clerk)
    answer = agent.get(
        f"{app.path}/logout?id_token_hint={tokens['id_token']}&client_id={app.client_id}"
        "&post_logout_redirect_uri=https%3A%2F%2Forders.example%2F&state=xyz")
    assert answer.location == "https://orders.example/?state=xyz"
    assert "error" in app.start(agent, app.request(prompt="none")).query


def test_the_apps_api_by_introspection_and_by_itself(app, agent, clerk, metadata):
    token = app.tokens(agent, clerk)["access_token"]
    seen = app.back.post(f"{app.path}/introspect", {"token": token}, app.basic()).json()
    assert seen["active"] and ROLE in seen["scope"].split() and seen["aud"] == app.client_id
    keys = KeySet.import_key_set(requests.get(metadata["jwks_uri"], timeout=10).json())
    local = jwt.decode(token, keys, algorithms=["ES256"]).claims
    assert local["aud"] == app.client_id and local["iss"] == metadata["issuer"]
    tampered = token[:-4] + ("AAAA" if token[-4:] != "AAAA" else "BBBB")
    assert app.back.post(f"{app.path}/introspect", {"token": tampered}, app.basic()).json() == {"active": False}


def test_userinfo_by_get_and_by_post(app, agent, clerk):
    token = app.tokens(agent, clerk)["access_token"]
    assert app.userinfo(token).json()["email"] == "cleo@example.com"
    for fields, headers in (({"access_token": token}, {}), ({}, {"Authorization": f"Bearer {token}"})):
        assert app.back.post(f"{app.path}/userinfo", fields, headers).json()["sub"] == clerk.sub
    for path in ("jwks", ".well-known/openid-configuration", "userinfo", "token"):
        method = "GET" if path[0] in "j." else "OPTIONS"
        answer = app.back.send(method, f"{app.path}/{path}", headers={"Origin": "https://orders.example"})
        assert answer.all("Access-Control-Allow-Origin") in (["*"], ["https://orders.example"]), path


def test_a_refresh_keeps_the_roles_that_are_still_held(provider, app, agent):
    user = provider.add_user(None, None, "--role", ROLE)
    first = app.tokens(agent, user)
    assert ROLE in claims(first["access_token"])["scope"].split()
    provider.postern("user", "set", user.name, "--remove-role", ROLE)
    second = refresh(app, first["refresh_token"]).json()
    assert ROLE not in claims(second["access_token"])["scope"].split()
    assert ROLE not in claims(second["id_token"])["scope"].split()


def test_a_deep_link_ends_where_it_began(app, agent, clerk):
    """The state is the app's to make; an old page leads back to the app, and not to a dead end."""
    first, second = app.request(state="deep-1"), app.request(state="deep-2")
    page, other = app.start(agent, first), app.start(agent, second)
    assert agent.submit(other, username=clerk.name, password=clerk.password).query["state"] == "deep-2"
    assert agent.submit(page, username=clerk.name, password=clerk.password).query["state"] == "deep-1"
    assert decoded(app.tokens(agent)["id_token"].split(".")[0])["alg"] == "RS256"
