"""The administration API: who may call it, what it does, and that it is what its OpenAPI document says."""

import concurrent.futures
import json
import os
import pathlib
import secrets
import subprocess
import sys
import urllib.parse

import pytest
import requests

from oidc import claims
from provider import running_provider

HERE = pathlib.Path(__file__).parent
ALL = "postern:admin"


class Caller:
    """A service that administers, by an access token of its own."""

    def __init__(self, provider, scope=ALL, **metadata):
        self.provider = provider
        self.base = f"{provider.issuer}/admin/api/v1"
        self.client = provider.add_client(
            client_name="A pipeline", grant_types=["client_credentials"], redirect_uris=[], scope=scope,
            resources=[self.base], **metadata)
        self.token = self.ask(resource=self.base).json()["access_token"]

    def ask(self, **fields):
        return requests.post(
            f"{self.provider.issuer}/token", timeout=10, auth=(self.client.client_id, self.client.secret),
            data={"grant_type": "client_credentials", **fields})

    def __call__(self, method, path, body=None, token=None, content_type="application/json", **headers):
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        headers["Authorization"] = f"Bearer {token or self.token}"
        if body is not None:
            headers["Content-Type"] = content_type
        return requests.request(
            method, f"{self.base}/{path}", headers=headers, timeout=30,
            data=json.dumps(body) if body is not None else None)


@pytest.fixture(scope="module")
def admin(provider):
    return Caller(provider)


def assert_problem(answer, status, words=""):
    """RFC 9457."""
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status and problem["title"] and words in problem["detail"], problem
    return problem


def path(*parts):
    return "/".join(urllib.parse.quote(part, safe="") for part in parts)


# --- who may ---------------------------------------------------------------------------------------------------------


def test_without_a_token(admin):
    answer = requests.get(f"{admin.base}/clients", timeout=10)
    assert_problem(answer, 401)
    assert answer.headers["WWW-Authenticate"].startswith('Bearer realm="administration"')


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
        assert 'error="insufficient_scope"' in answer.headers["WWW-Authenticate"]
    for name in allowed:
        assert caller("POST", name, {}).status_code in (403, 405)


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


# --- what it does ----------------------------------------------------------------------------------------------------


def test_a_client_from_its_registration_to_its_end(provider, admin):
    new = {
        "client_id": f"a/b c:{secrets.token_hex(4)}".replace(" ", "+"), "client_name": "Orders",
        "client_secret": "sixteen or more.", "redirect_uris": ["https://orders.example/callback"], "preset": "mendix",
    }
    made = admin("POST", "clients", new)
    assert made.status_code == 201 and made.json()["client_secret"] == new["client_secret"]
    assert made.json()["preset"] == "mendix" and made.json()["first_party"] is True
    location = made.headers["Location"].removeprefix(admin.base + "/")
    read = admin("GET", location)
    assert read.headers["ETag"] == made.headers["ETag"] and "client_secret" not in read.json()

    again = admin("POST", "clients", new)
    assert again.status_code == 200 and again.json()["client_id"] == new["client_id"], "the answer may have been lost"
    for change in ({"client_name": "Other"}, {"preset": "standard"}, {"client_secret": "another secret!!"}):
        assert_problem(admin("POST", "clients", new | change), 409, "taken")

    changed = admin("PATCH", location, {"client_name": "Renamed"}, If_Match=read.headers["ETag"])
    assert changed.status_code == 200 and changed.json()["client_name"] == "Renamed"
    late = admin("PATCH", location, {"client_name": "Late"}, If_Match=read.headers["ETag"])
    assert_problem(late, 412)
    assert_problem(admin("PATCH", location, {"client_name": "Blind"}), 428)
    assert_problem(admin("PATCH", location, {"redirect_uris": ["http://a.example/"]}, If_Match="*"), 400)["member"]
    assert admin("GET", location).json()["client_name"] == "Renamed"

    assert_problem(admin("DELETE", location, If_Match=read.headers["ETag"]), 412)
    assert admin("DELETE", location).status_code == 204
    assert_problem(admin("GET", location), 404)


def test_a_new_secret_overlaps_with_the_old_one(provider, admin):
    party = provider.add_client(grant_types=["client_credentials"], redirect_uris=[], scope="")

    def works(secret, back=provider):
        return requests.post(
            f"{back.base}/token", auth=(party.client_id, secret), timeout=10,
            data={"grant_type": "client_credentials"}).status_code != 401

    answer = admin("POST", path("clients", party.client_id, "secret"), {"overlap": 3600})
    new = answer.json()["client_secret"]
    assert works(party.secret) and works(new)
    with provider.later(3601) as future:
        assert not works(party.secret, future) and works(new, future)
    last = admin("POST", path("clients", party.client_id, "secret"), {}).json()["client_secret"]
    assert works(last) and not works(new) and not works(party.secret)


def test_lists_come_in_pages(provider, admin):
    prefix = f"p{secrets.token_hex(4)}"
    for number in range(5):
        admin("POST", "users", {"username": f"{prefix}-{number}"})
    found, after = [], {}
    while True:
        page = admin("GET", "users?" + urllib.parse.urlencode({"search": prefix, "limit": 2, **after})).json()
        found += [user["username"] for user in page["items"]]
        if "next" not in page:
            break
        after = {"after": page["next"]}
    assert found == [f"{prefix}-{number}" for number in range(5)]
    whole = admin("GET", "clients?limit=200").json()
    first = admin("GET", "clients?limit=1").json()
    second = admin("GET", f"clients?limit=1&after={first['next']}").json()
    assert first["items"] + second["items"] == whole["items"][:2]
    for wrong in ("limit=0", "limit=201", "limit=x", "after=x", "after=" + first["next"] + "&limit=1&limit=2"):
        assert_problem(admin("GET", f"clients?{wrong}"), 400)


def test_a_user_from_the_first_day_to_the_last(provider, admin):
    name, role = f"u{secrets.token_hex(4)}", f"r{secrets.token_hex(4)}"
    assert admin("POST", "roles", {"name": role, "description": "Be one"}).status_code == 201
    assert admin("POST", "roles", {"name": role, "description": "Be one"}).status_code == 200
    assert_problem(admin("POST", "roles", {"name": role, "description": "Another"}), 409)
    made = admin(
        "POST", "users", {
            "username": name, "password": "correct horse", "attributes": {"name": "Ann"}, "roles": [role]})
    assert made.status_code == 201 and made.json()["roles"] == [role]
    location = path("users", made.json()["sub"])
    assert_problem(admin("POST", "users", {"username": name}), 409)

    app, browser = provider.add_client(), provider.browser()

    class Person:
        password = "correct horse"

    Person.name = name
    tokens = app.tokens(browser, Person)
    sessions = admin("GET", f"{location}/sessions").json()["items"]
    assert len(sessions) == 1 and sessions[0]["amr"] == ["pwd"]
    assert admin("DELETE", path("sessions", sessions[0]["id"])).status_code == 204
    assert_problem(admin("DELETE", path("sessions", sessions[0]["id"])), 404)
    assert app.start(browser, app.request()).status == 200, "the login page"
    assert app.userinfo(tokens["access_token"]).status == 200, "access tokens stay to their end"
    assert admin("DELETE", f"{location}/sessions").status_code == 204
    assert app.userinfo(tokens["access_token"]).status == 401, "signed out everywhere"

    changed = admin(
        "PATCH", location, {"attributes": {"name": None, "email": "a@a.example"}, "disabled": True},
        If_Match=admin("GET", location).headers["ETag"])
    assert changed.json()["attributes"] == {"email": "a@a.example"} and changed.json()["disabled"] is True
    assert admin("DELETE", location).status_code == 204
    assert_problem(admin("GET", location), 404)


def test_two_administrators_at_the_same_moment(admin):
    made = admin("POST", "clients", {"redirect_uris": ["https://a.example/"]})
    location = path("clients", made.json()["client_id"])

    def change(number):
        return admin("PATCH", location, {"client_name": f"By {number}"}, If_Match=made.headers["ETag"]).status_code

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(change, range(8)))
    assert answers.count(200) == 1 and answers.count(412) == 7


def test_registration_tokens(provider, admin):
    made = admin("POST", "registration-tokens", {"uses": 2, "lifetime": 60, "note": "web team"}).json()
    answer = requests.post(
        made["registration_endpoint"], timeout=10, json={"redirect_uris": ["https://a.example/"]},
        headers={"Authorization": f"Bearer {made['token']}"})
    assert answer.status_code == 201
    listed = {item["id"]: item for item in admin("GET", "registration-tokens?limit=200").json()["items"]}
    assert listed[made["id"]]["uses_left"] == 1 and "token" not in listed[made["id"]]
    assert admin("DELETE", path("registration-tokens", made["id"])).status_code == 204
    assert_problem(admin("DELETE", path("registration-tokens", made["id"])), 404)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"usernam": "a"}, "Did you mean"), ({"username": 7}, "string"), ({}, "missing"), ([], "object"),
        ({"username": "a", "attributes": []}, "object"), ({"username": "a", "roles": "x"}, "array"),
        ({"username": "a", "roles": ["nothing"]}, "nothing"), ({"username": "a", "password": "short"}, "8"),
        ({"username": "a", "attributes": {"sub": "x"}}, "sub"),
    ])
def test_a_faulty_body_is_named(admin, body, words):
    answer = admin("POST", "users", body)
    assert answer.status_code in (400, 404)
    assert_problem(answer, answer.status_code, words)


def test_a_body_of_another_type(admin):
    assert_problem(admin("POST", "users", {"username": "a"}, content_type="text/plain"), 400, "application/json")


@pytest.mark.parametrize("tail", ["", "clients/", "clients//x", "clients/a/b", "clients/%ff", "clients/%0", "nothing"])
def test_paths_that_there_are_none_of(admin, tail):
    assert admin("GET", tail).status_code == 404


@pytest.mark.parametrize(("method", "allowed"), [("PUT", "GET, HEAD, POST"), ("DELETE", "GET, HEAD, POST")])
def test_wrong_methods(admin, method, allowed):
    answer = admin(method, "clients")
    assert_problem(answer, 405)
    assert answer.headers["Allow"] == allowed


def test_the_document_holds_against_the_running_service():
    """Hundreds of calls, made up from the document: none may be answered otherwise than it says."""
    with running_provider() as own:
        caller = Caller(own)
        assert caller("POST", "clients", {"client_id": "another", "redirect_uris": ["https://a.example/"]}).ok
        run = subprocess.run(
            [
                sys.executable, "-m", "schemathesis.cli", "--config-file", HERE / "schemathesis.toml", "run",
                f"{caller.base}/openapi.json", "--url", caller.base, "-H", f"Authorization: Bearer {caller.token}",
                "--phases", "examples,coverage,fuzzing", "--max-examples", "10", "--seed", "1",
                "--generation-database", "none",
            ],
            env={**os.environ, "SCHEMATHESIS_HOOKS": "openapi_hooks", "PYTHONPATH": str(HERE),
                 "POSTERN_OWN_CLIENT": caller.client.client_id},
            cwd=own.folder, capture_output=True, text=True, timeout=240, check=False)
        assert run.returncode == 0, run.stdout[-8000:] + run.stderr[-2000:]
        assert caller("GET", "clients").status_code == 200, "it was called with rights to the end"
