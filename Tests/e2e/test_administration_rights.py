"""The administration API: who may call it, and that nobody gives what they don't hold."""

import secrets

import pytest
import requests

from administration import ALL, Caller, admin, assert_problem, path  # noqa: F401
from oidc import claims


# --- who may ---------------------------------------------------------------------------------------------------------


def test_without_a_token(admin):
    answer = requests.get(f"{admin.base}/clients", timeout=10)
    assert_problem(answer, 401)
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="administration"', "RFC 6750 section 3.1: no error"
    answer = requests.get(f"{admin.base}/clients", timeout=10, headers={"Authorization": "Bearer nothing"})
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


def test_a_token_for_another_audience_opens_nothing(admin):
    token = admin.ask(scope=ALL).json()["access_token"]
    assert claims(token)["scope"] == ALL and claims(token)["aud"] != admin.base
    assert_problem(admin("GET", "clients", token=token), 401, "resource=")


@pytest.mark.parametrize(
    ("scope", "allowed", "refused"),
    [
        ("postern:clients:read", ["clients"], ["users", "roles", "keys", "registration-tokens"]),
        ("postern:users:read postern:keys:read", ["users", "keys"], ["clients", "scopes", "groups"]),
        ("postern:roles:read", ["roles", "scopes", "groups"], ["clients", "users"]),
    ])
def test_each_call_needs_its_scope(provider, scope, allowed, refused):
    caller = Caller(provider, scope)
    for name in allowed:
        assert caller("GET", name).status_code == 200
    for name in refused:
        answer = caller("GET", name)
        assert_problem(answer, 403)
        lacking = answer.json()["detail"].split()[5].rstrip(",")
        assert lacking.startswith("postern:") and lacking not in scope
        challenge = answer.headers["WWW-Authenticate"]
        assert 'error="insufficient_scope"' in challenge and challenge.endswith(f'scope="{lacking}"')
    for name in allowed:
        assert caller("POST", name, {}).status_code in (403, 405)


def test_whoever_sees_roles_alone_learns_no_client(provider):
    caller = Caller(provider, "postern:roles:read")
    there = provider.add_client(client_name=f"Payroll {secrets.token_hex(3)}")
    for guess in (there.client_id[:-1], "Payroll"):
        answer = caller("GET", f"roles?client_id={guess}")
        assert_problem(answer, 404)
        assert there.client_id not in answer.text


def test_a_service_that_is_no_longer_allowed_is_refused_at_once(provider, admin):
    caller = Caller(provider, "postern:users:read")
    assert caller("GET", "users").status_code == 200
    provider.postern("client", "set", caller.client.client_id, "--scope", "postern:keys:read")
    assert_problem(caller("GET", "users"), 403)


def test_a_person_administers_by_their_role_while_they_hold_it(provider, admin):
    ann = provider.add_user(None, None, "--role", "postern:users:read")
    app = provider.add_client(scope="openid postern:users:read postern:clients:read", resources=[admin.base])
    app.scope = "openid postern:users:read postern:clients:read"
    tokens = app.tokens(provider.browser(), ann, resource=admin.base)
    assert tokens["scope"] == "openid postern:users:read"
    assert admin("GET", "users", token=tokens["access_token"]).status_code == 200
    assert_problem(admin("GET", "clients", token=tokens["access_token"]), 403)
    provider.postern("user", "set", ann.name, "--remove-role", "postern:users:read")
    assert_problem(admin("GET", "users", token=tokens["access_token"]), 403)


# --- nobody gives what they don't hold -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def clerk(provider):
    return Caller(
        provider, "postern:clients:read postern:clients:write postern:users:read postern:users:write "
                  "postern:roles:read postern:roles:write")


@pytest.mark.parametrize("scope", ["postern:admin", "openid postern:keys:read"])
def test_a_client_gets_no_right_that_its_maker_lacks(clerk, scope):
    new = {"redirect_uris": ["https://a.example/"], "scope": scope}
    assert_problem(clerk("POST", "clients", new), 403, "you don't hold yourself")
    made = clerk("POST", "clients", {"redirect_uris": ["https://a.example/"]}).json()
    assert_problem(clerk("PATCH", path("clients", made["client_id"]), {"scope": scope}, If_Match="*"), 403)


def test_a_client_with_more_rights_is_out_of_reach(clerk, admin):
    theirs = path("clients", admin.client.client_id)
    assert_problem(clerk("PATCH", theirs, {"client_secret": "x" * 20}, If_Match="*"), 403)
    assert_problem(clerk("POST", f"{theirs}/secret", {}), 403)
    assert_problem(clerk("DELETE", theirs), 403)
    assert admin.ask(resource=admin.base).status_code == 200


def test_a_user_gets_no_right_that_their_maker_lacks(provider, clerk, admin):
    name = f"u{secrets.token_hex(4)}"
    assert_problem(clerk("POST", "users", {"username": name, "roles": [ALL]}), 403)
    group = f"g{secrets.token_hex(4)}"
    assert admin("POST", "groups", {"name": group, "roles": [ALL]}).status_code == 201
    assert_problem(clerk("POST", "users", {"username": name, "groups": [group]}), 403)
    made = clerk("POST", "users", {"username": name}).json()
    for change in ({"roles": [ALL]}, {"groups": [group]}):
        assert_problem(clerk("PATCH", path("users", made["sub"]), change, If_Match="*"), 403)
    assert_problem(clerk("PATCH", path("groups", group), {"roles": []}, If_Match="*"), 403)
    assert_problem(clerk("POST", "groups", {"name": group + "2", "roles": ["postern:audit:read"]}), 403)
    assert clerk("PATCH", path("users", made["sub"]), {"roles": ["postern:users:read"]}, If_Match="*").status_code == 200


def test_a_user_with_more_rights_is_out_of_reach(provider, clerk):
    """Whoever could set their password could sign in as them."""
    chief = provider.add_user(None, None, "--role", ALL)
    theirs = path("users", chief.sub)
    for change in ({"password": "a new password"}, {"disabled": True}, {"attributes": {"email": "x@a.example"}}):
        assert_problem(clerk("PATCH", theirs, change, If_Match="*"), 403)
    assert_problem(clerk("DELETE", theirs), 403)


def test_roles_that_open_postern_are_the_command_line_s(admin):
    assert_problem(admin("POST", "roles", {"name": "postern:all"}), 403)
    assert_problem(admin("DELETE", path("roles", ALL)), 403)
    assert_problem(admin("POST", "registration-tokens", {"scope": "openid postern:admin"}), 400)
