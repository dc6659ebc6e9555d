"""Refresh tokens, client credentials and resources (RFC 6749 sections 4.4 and 6, RFC 8707, RFC 9700 section 4.14)."""

import concurrent.futures
import secrets

import pytest
import requests
from authlib.integrations.requests_client import OAuth2Session

from oidc import claims

OFFLINE = ["authorization_code", "refresh_token"]
API = "https://api.example/"


@pytest.fixture(scope="module")
def metadata(provider):
    return requests.get(f"{provider.issuer}/.well-known/openid-configuration", timeout=10).json()


@pytest.fixture(scope="module")
def app(provider):
    party = provider.add_client(grant_types=OFFLINE)
    party.scope = "openid email offline_access"
    return party


@pytest.fixture(scope="module")
def service(provider):
    for name in ("read", "write"):
        provider.postern("scope", "add", name)
    return provider.add_client(
        grant_types=["client_credentials"], redirect_uris=[], scope="read write", resources=[API])


def refresh(party, token, **changes):
    fields = {"grant_type": "refresh_token", "refresh_token": token, **changes}
    return party.back.post(f"{party.path}/token", fields, party.basic())


def test_authlib_refreshes(provider, app, alice, agent, metadata):
    client = OAuth2Session(
        client_id=app.client_id, client_secret=app.secret, redirect_uri=app.redirect_uri, scope=app.scope,
        code_challenge_method="S256")
    verifier = secrets.token_urlsafe(48)
    url, state = client.create_authorization_url(metadata["authorization_endpoint"], code_verifier=verifier)
    answer = agent.submit(agent.get(url), username=alice.name, password=alice.password)
    first = client.fetch_token(
        metadata["token_endpoint"], authorization_response=answer.location, state=state, code_verifier=verifier)
    second = client.refresh_token(metadata["token_endpoint"], refresh_token=first["refresh_token"])
    assert second["refresh_token"] != first["refresh_token"]
    assert second["scope"] == "openid email offline_access"
    assert app.userinfo(second["access_token"]).json()["email"] == "alice@example.com"
    # OpenID Connect Core, section 12.2.
    before, after = claims(first["id_token"]), claims(second["id_token"])
    assert {name: before[name] for name in ("iss", "sub", "aud", "auth_time", "sid")} == {
        name: after[name] for name in ("iss", "sub", "aud", "auth_time", "sid")}


def test_authlib_revokes_and_introspects(app, alice, agent, metadata):
    tokens = app.tokens(agent, alice)
    client = OAuth2Session(client_id=app.client_id, client_secret=app.secret)
    seen = client.introspect_token(metadata["introspection_endpoint"], token=tokens["access_token"]).json()
    assert seen["active"] and seen["sub"] == alice.sub and seen["client_id"] == app.client_id
    answer = client.revoke_token(metadata["revocation_endpoint"], token=tokens["refresh_token"])
    assert answer.status_code == 200
    seen = client.introspect_token(metadata["introspection_endpoint"], token=tokens["access_token"]).json()
    assert seen == {"active": False}
    assert refresh(app, tokens["refresh_token"]).json()["error"] == "invalid_grant"
    assert app.userinfo(tokens["access_token"]).status == 401


def test_two_tabs_that_refresh_at_once_share_one_successor(provider, app, alice, agent):
    """One family, never two living successors, whichever process answers."""
    tokens = app.tokens(agent, alice)
    tabs = [provider.browser() for _ in range(8)]
    fields = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    with concurrent.futures.ThreadPoolExecutor(len(tabs)) as pool:
        answers = list(pool.map(lambda tab: tab.post(f"{app.path}/token", fields, app.basic()), tabs))
    assert {answer.status for answer in answers} == {200}
    successors = {answer.json()["refresh_token"] for answer in answers}
    assert len(successors) == 1
    assert refresh(app, successors.pop()).status == 200


def test_reuse_ends_the_family(app, alice, agent):
    first = app.tokens(agent, alice)
    second = refresh(app, first["refresh_token"]).json()
    third = refresh(app, second["refresh_token"]).json()
    stolen = refresh(app, first["refresh_token"])
    assert stolen.status == 400 and stolen.json()["error"] == "invalid_grant"
    assert refresh(app, third["refresh_token"]).json()["error"] == "invalid_grant"
    assert app.userinfo(third["access_token"]).status == 401


def test_a_late_second_use_is_reuse(provider, app, alice, agent):
    first = app.tokens(agent, alice)
    second = refresh(app, first["refresh_token"]).json()
    with provider.later(11) as later:
        fields = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
        assert later.browser().post(f"{app.path}/token", fields, app.basic()).json()["error"] == "invalid_grant"
    assert refresh(app, second["refresh_token"]).json()["error"] == "invalid_grant"


def test_a_refresh_token_ends(provider, app, alice, agent):
    first = app.tokens(agent, alice)
    with provider.later(15 * 86_400 + 5) as later:
        fields = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
        assert later.browser().post(f"{app.path}/token", fields, app.basic()).json()["error"] == "invalid_grant"


@pytest.mark.changes
def test_what_a_user_or_client_lost_is_not_given_again(provider, agent):
    user = provider.add_user(None, None, "--email", "x@example.com")
    party = provider.add_client(grant_types=OFFLINE)
    party.scope = "openid email offline_access"
    token = party.tokens(agent, user)["refresh_token"]
    provider.postern("client", "set", party.client_id, "--scope", "openid offline_access")
    answer = refresh(party, token).json()
    assert answer["scope"] == "openid offline_access"
    assert refresh(party, answer["refresh_token"], scope="openid email").status == 200, "less is given, not refused"
    provider.postern("user", "disable", user.name)
    assert refresh(party, answer["refresh_token"]).json()["error"] == "invalid_grant"
    provider.postern("user", "enable", user.name)
    assert refresh(party, answer["refresh_token"]).json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    "changes, error",
    [
        ({"refresh_token": None}, "invalid_request"),
        ({"refresh_token": "x"}, "invalid_grant"),
        ({"refresh_token": "x.y"}, "invalid_grant"),
        ({"refresh_token": "\u00e9" * 400}, "invalid_grant"),
        ({"refresh_token": "a" * 1025}, "invalid_request"),
        ({"scope": "openid phone"}, "invalid_scope"),
        ({"scope": 'a"b'}, "invalid_scope"),
        ({"resource": "https://other.example/"}, "invalid_target"),
    ])
def test_a_faulty_refresh_gets_its_error_and_costs_nothing(app, alice, agent, changes, error):
    token = app.tokens(agent, alice)["refresh_token"]
    answer = refresh(app, token, **changes)
    assert answer.status == 400 and answer.json()["error"] == error
    assert refresh(app, token).status == 200


def test_another_clients_token_is_invalid_grant(provider, app, alice, agent):
    thief = provider.add_client(grant_types=OFFLINE)
    token = app.tokens(agent, alice)["refresh_token"]
    assert refresh(thief, token).json()["error"] == "invalid_grant"
    assert refresh(app, token).status == 200


def test_offline_access_needs_a_consent_of_its_own(provider, alice, agent):
    """OpenID Connect Core, section 11: for a client that asks for consent, by prompt=consent alone."""
    party = provider.add_client(grant_types=OFFLINE, first_party=False)
    party.scope = "openid offline_access"
    request = party.request()
    answer = agent.follow(party.sign_in(agent, alice, request))
    assert "offline" not in answer.form.fields.get("scope", "")
    answer = agent.submit(answer, decision="allow")
    tokens = party.exchange(answer.query["code"], request.verifier).json()
    assert tokens["scope"] == "openid" and "refresh_token" not in tokens
    request = party.request(prompt="consent")
    page = party.start(agent, request)
    assert "Access while you are away" in page.form.text
    answer = agent.submit(page, decision="allow")
    tokens = party.exchange(answer.query["code"], request.verifier).json()
    assert tokens["scope"] == "openid offline_access"
    assert refresh(party, tokens["refresh_token"]).status == 200


def test_authlib_gets_a_token_for_a_service(service, metadata):
    client = OAuth2Session(client_id=service.client_id, client_secret=service.secret, scope="read")
    token = client.fetch_token(metadata["token_endpoint"], grant_type="client_credentials")
    assert token["scope"] == "read" and "refresh_token" not in token
    seen = claims(token["access_token"])
    assert seen["sub"] == seen["client_id"] == service.client_id
    assert service.userinfo(token["access_token"]).status == 401


@pytest.mark.parametrize(
    "changes, error",
    [
        ({"scope": "admin"}, "invalid_scope"), ({"scope": "openid"}, "invalid_scope"),
        ({"resource": "https://other.example/"}, "invalid_target"), ({"resource": "api"}, "invalid_target"),
    ])
def test_a_service_gets_no_more_than_it_is_allowed(service, changes, error):
    fields = {"grant_type": "client_credentials", **changes}
    assert service.back.post(f"{service.path}/token", fields, service.basic()).json()["error"] == error


def test_a_client_without_the_grant_is_told_so(party):
    answer = party.back.post(f"{party.path}/token", {"grant_type": "client_credentials"}, party.basic())
    assert answer.status == 400 and answer.json()["error"] == "unauthorized_client"


def test_a_resource_chooses_the_audience(provider, alice, agent):
    party = provider.add_client(grant_types=OFFLINE, resources=[API, "urn:b"])
    party.scope = "openid offline_access"
    request = party.request(resource=API)
    answer = party.sign_in(agent, alice, request)
    tokens = party.exchange(answer.query["code"], request.verifier).json()
    assert claims(tokens["access_token"])["aud"] == API
    assert party.userinfo(tokens["access_token"]).status == 401, "it is for the resource alone"
    tokens = refresh(party, tokens["refresh_token"]).json()
    assert claims(tokens["access_token"])["aud"] == API
    assert refresh(party, tokens["refresh_token"], resource="urn:b").json()["error"] == "invalid_target"
    refused = party.start(agent, party.request(resource="https://other.example/"))
    assert refused.query["error"] == "invalid_target"


def test_scripts_of_clients_pages_call_the_endpoints(provider, party, agent, alice):
    """Fetch Standard, section 3.3."""
    for path in ("token", "userinfo", "revoke"):
        asked = party.back.send(
            "OPTIONS", f"{party.path}/{path}",
            headers={"Origin": "https://app.example", "Access-Control-Request-Method": "POST"})
        assert asked.status == 204, path
        assert asked.all("Access-Control-Allow-Origin") == ["https://app.example"]
        assert "Authorization" in asked.header("Access-Control-Allow-Headers")
        stranger = party.back.send("OPTIONS", f"{party.path}/{path}", headers={"Origin": "https://stranger.example"})
        assert not stranger.all("Access-Control-Allow-Origin")
    token = party.tokens(agent, alice)["access_token"]
    answer = party.back.get(
        f"{party.path}/userinfo",
        headers={"Authorization": f"Bearer {token}", "Origin": "https://app.example"})
    assert answer.status == 200 and answer.all("Access-Control-Allow-Origin") == ["https://app.example"]
    assert not answer.all("Access-Control-Allow-Credentials")
