"""The administration API: what it does, and that it is what its OpenAPI document says."""

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

from administration import Caller, admin, assert_problem, path  # noqa: F401
from provider import running_provider
from waiting import wait_for

HERE = pathlib.Path(__file__).parent


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


def test_one_client_made_by_several_at_the_same_moment(admin):
    body = {
        "client_id": f"same-{secrets.token_hex(4)}", "client_secret": secrets.token_urlsafe(24),
        "redirect_uris": ["https://a.example/"]}
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: admin("POST", "clients", body), range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    assert_problem(admin("POST", "clients", {**body, "client_secret": "another secret of it"}), 409, "taken")


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
    for wrong in ("limit=0", "limit=201", "limit=x", "limt=1", "after=x", "after=" + first["next"] + "&limit=1&limit=2"):
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


def test_a_merge_patch_reaches_into_objects(admin):
    """RFC 7396: an object that is there is changed, and null takes out what it names, at every depth."""
    address = {"locality": "Bern", "country": "CH"}
    made = admin("POST", "users", {
        "username": f"u{secrets.token_hex(4)}", "attributes": {"address": address, "name": "Ann"},
        "password": "correct horse", "roles": ["postern:users:read"]})
    location = path("users", made.json()["sub"])

    def change(**body):
        return admin("PATCH", location, body, content_type="application/merge-patch+json", If_Match="*")

    changed = change(attributes={"address": {"locality": None, "region": "BE"}}).json()
    assert changed["attributes"] == {"address": {"country": "CH", "region": "BE"}, "name": "Ann"}
    for name in ("username", "password", "disabled"):
        assert assert_problem(change(**{name: None}), 400)["member"] == name
    assert admin("GET", location).json() == changed, "what is refused changes nothing"
    gone = change(attributes=None, roles=None).json()
    assert gone["attributes"] == {} and gone["roles"] == [] and gone["has_password"] is True

    group = path("groups", f"g{secrets.token_hex(4)}")
    admin("POST", "groups", {"name": group.removeprefix("groups/"), "roles": ["postern:users:read"]})
    assert admin("PATCH", group, {"roles": None}, If_Match="*").json()["roles"] == []


def test_a_condition_as_it_may_be_written(admin):
    """RFC 9110 section 13.1.1: a list of tags, compared strongly, or an asterisk by itself."""
    made = admin("POST", "users", {"username": f"u{secrets.token_hex(4)}"})
    location, tag = path("users", made.json()["sub"]), made.headers["ETag"]
    for good in ('"x" , {}', '{}\t,"x"', '"x",  {} ', '{}', '*', ' * '):
        answer = admin("PATCH", location, {"attributes": {"name": good}}, If_Match=good.format(tag).strip())
        assert answer.status_code == 200, good
        tag = answer.headers["ETag"]
    for bad in ('W/{}', '"x"', '*, "x"', '"x", *', tag.strip('"'), '""', ''):
        assert_problem(admin("PATCH", location, {"attributes": {"name": "x"}}, If_Match=bad.format(tag)), 412)


def test_a_tag_moves_with_what_is_not_shown(admin):
    """Two resets within one second are two states, though nothing of a password is shown."""
    made = admin("POST", "users", {"username": f"u{secrets.token_hex(4)}", "password": "correct horse"})
    tags = [made.headers["ETag"]]
    location = path("users", made.json()["sub"])
    for number in range(3):
        tags.append(admin("PATCH", location, {"password": f"password {number}"}, If_Match=tags[-1]).headers["ETag"])
    assert len(set(tags)) == 4 and admin("GET", location).headers["ETag"] == tags[-1]

    made = admin("POST", "clients", {"redirect_uris": ["https://a.example/"]})
    location = path("clients", made.json()["client_id"])
    assert admin("GET", location).headers["ETag"] == made.headers["ETag"]
    changed = admin("PATCH", location, {"client_secret": "another secret!!"}, If_Match=made.headers["ETag"])
    assert changed.headers["ETag"] == admin("GET", location).headers["ETag"] != made.headers["ETag"]


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
    assert made["issued_by"] == listed[made["id"]]["issued_by"] == {"kind": "client", "id": admin.client.client_id}
    assert f"app {admin.client.client_id}" in provider.postern("token", "list")
    assert admin("DELETE", path("registration-tokens", made["id"])).status_code == 204
    assert_problem(admin("DELETE", path("registration-tokens", made["id"])), 404)


def test_a_claim_from_its_definition_to_its_end(provider, admin, alice):
    party = provider.add_client()
    body = {"name": "floor", "client_id": party.client_id, "expression": "1 + 2", "in": ["userinfo"]}
    made = admin("POST", "claims", body)
    assert made.status_code == 201 and made.json()["expression"] == "1 + 2"
    where = "claims/" + made.json()["id"]
    assert made.headers["Location"] == f"{admin.base}/{where}"
    again = admin("POST", "claims", body)
    assert again.status_code == 200 and again.json() == made.json(), "the same once more is a success"
    assert_problem(admin("POST", "claims", {**body, "required": True}), 409, "floor")
    listed = admin("GET", f"claims?client_id={party.client_id}").json()["items"]
    assert made.json() in listed
    tokens = party.tokens(provider.browser(), alice)
    assert party.userinfo(tokens["access_token"]).json()["floor"] == 3

    read = admin("GET", where)
    assert read.headers["ETag"] == made.headers["ETag"]
    assert_problem(admin("PATCH", where, {"value": 4}), 428, "If-Match")
    changed = admin("PATCH", where, {"expression": None, "value": 4, "scope": "nonsense"}, If_Match=read.headers["ETag"])
    assert changed.status_code == 200 and changed.json()["value"] == 4 and "expression" not in changed.json()
    assert "nonsense" in changed.json()["warnings"][0]
    assert_problem(admin("PATCH", where, {"value": 5}, If_Match=read.headers["ETag"]), 412)
    assert "floor" not in party.userinfo(tokens["access_token"]).json(), "no scope of that name was granted"
    assert admin("DELETE", where).status_code == 204
    assert_problem(admin("GET", where), 404)


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"name": "sub", "value": 1}, 400, "protocol"),
        ({"name": "a b", "value": 1}, 400, "a b"),
        ({"name": "x"}, 400, "no value"),
        ({"name": "x", "value": 1, "expression": "1"}, 400, "exclude"),
        ({"name": "x", "expression": "1 +"}, 400, "expression"),
        ({"name": "x", "value": 1, "in": ["nowhere"]}, 400, "nowhere"),
        ({"name": "x", "value": 1, "scope": "two names"}, 400, "two names"),
        ({"name": "x", "value": 1, "client_id": "gone"}, 404, "gone"),
        ({"name": "x", "value": 1, "colour": 1}, 400, "colour"),
    ])
def test_a_faulty_claim_is_named(admin, body, status, words):
    before = admin("GET", "claims").json()
    assert_problem(admin("POST", "claims", body), status, words)
    assert admin("GET", "claims").json() == before, "and nothing has changed"


def test_what_a_client_holds(provider, admin, alice):
    """Listed by sign-in, and ended one by one."""
    party = provider.add_client(
        scope="openid offline_access", grant_types=["authorization_code", "refresh_token"])
    party.scope = "openid offline_access"
    browser = provider.browser()
    first, second = party.tokens(browser, alice), party.tokens(browser)
    grants = admin("GET", f"clients/{party.client_id}/grants").json()["items"]
    assert [grant["username"] for grant in grants] == [alice.name] * 2 and grants[0]["refreshable"]
    assert grants[0]["created_at"] >= grants[1]["created_at"] and grants[0]["session_id"] == grants[1]["session_id"]
    page = admin("GET", f"clients/{party.client_id}/grants?limit=1").json()
    rest = admin("GET", f"clients/{party.client_id}/grants?limit=1&after={page['next']}").json()
    assert page["items"] + rest["items"] == grants and "next" not in rest
    where = path("clients", party.client_id, "grants", grants[0]["id"])
    other = provider.add_client()
    assert_problem(admin("DELETE", path("clients", other.client_id, "grants", grants[0]["id"])), 404)
    assert admin("DELETE", where).status_code == 204
    assert_problem(admin("DELETE", where), 404, "ended")
    assert party.userinfo(second["access_token"]).status == 401
    assert party.userinfo(first["access_token"]).status == 200
    row = json.loads(provider.postern(
        "audit", "--app", party.client_id, "--event", "grant.revoked", "--json", "--limit", "1"))
    assert row["actor"] == {"kind": "client", "id": admin.client.client_id} and row["via"] == "api"


def test_who_sees_sessions_alone_learns_no_names(provider, alice):
    party = provider.add_client()
    party.tokens(provider.browser(), alice)
    caller = Caller(provider, "postern:sessions:read")
    grant = caller("GET", f"clients/{party.client_id}/grants").json()["items"][0]
    assert grant["sub"] == alice.sub and "username" not in grant


def test_consents_are_listed_and_withdrawn(provider, admin):
    user = provider.add_user()
    party = provider.add_client(first_party=False)
    browser, request = provider.browser(), party.request()
    browser.submit(browser.follow(party.sign_in(browser, user, request)), decision="allow")
    consents = admin("GET", f"clients/{party.client_id}/consents").json()["items"]
    assert [(item["sub"], item["username"]) for item in consents] == [(user.sub, user.name)]
    where = path("clients", party.client_id, "consents", user.sub)
    assert admin("DELETE", where).status_code == 204
    assert_problem(admin("DELETE", where), 404)
    assert admin("GET", f"clients/{party.client_id}/consents").json()["items"] == []
    assert not party.start(browser, party.request()).location, "the user is asked again"


def test_when_a_client_was_last_used(provider, admin, alice):
    """It is told to the hour, and a use is no change."""
    party = provider.add_client()
    where = path("clients", party.client_id)
    read = admin("GET", where)
    assert "last_used_at" not in read.json()
    party.tokens(provider.browser(), alice)
    # What is written beside the answers is there a moment later.
    wait_for(lambda: "last_used_at" in admin("GET", where).json(), "the use is noted", timeout=10)
    used = admin("GET", where)
    assert used.json()["last_used_at"] >= used.json()["client_id_issued_at"]
    assert used.headers["ETag"] == read.headers["ETag"]
    assert admin("PATCH", where, {"client_name": "Used"}, If_Match=read.headers["ETag"]).status_code == 200
    assert "last_used_at" in admin("GET", where).json(), "a change forgets no use"


def test_clients_that_nobody_uses(provider, admin, alice):
    idle, busy, new = (provider.add_client() for _ in range(3))
    for party in (idle, busy):
        provider.database.change(
            "UPDATE client SET client_id_issued_at = client_id_issued_at - 3 * 86400 WHERE client_id = ?",
            party.client_id)
    busy.tokens(provider.browser(), alice)

    def unused(since):
        names, after = [], ""
        while True:
            page = admin("GET", f"clients?unused_since={since}&limit=2{after}").json()
            names += [client["client_id"] for client in page["items"]]
            if "next" not in page:
                return names
            after = f"&after={page['next']}"

    wait_for(lambda: busy.client_id not in unused("1d"), "the use is noted", timeout=10)
    names = unused("1d")
    assert idle.client_id in names and new.client_id not in names and len(names) == len(set(names))
    assert idle.client_id not in unused("4d"), "one that wasn't there yet is no idler"
    provider.database.change(
        "UPDATE client SET last_used_at = last_used_at - 2 * 86400 WHERE client_id = ?", busy.client_id)
    assert unused("1d").index(idle.client_id) < unused("1d").index(busy.client_id), "unused the longest first"
    assert_problem(admin("GET", "clients?unused_since=soon"), 400, "soon")
    for pair in ("unused_since=1d&search=a", "awaits_approval=true&search=a", "awaits_approval=true&unused_since=1d"):
        assert_problem(admin("GET", f"clients?{pair}"), 400, "exclude")


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


def test_a_pipeline_with_curl_alone(provider, tmp_path):
    """The script that the manual shows."""
    service = Caller(provider, scope="postern:clients:read postern:clients:write").client
    program = HERE.parent.parent / "docs" / "pipeline.sh"
    described = tmp_path / "app.json"
    described.write_text(json.dumps({
        "client_id": "pipeline-made", "client_name": "Intranet",
        "redirect_uris": ["https://intranet.example/oauth2/callback"], "scope": "openid profile email"}))

    def run(*arguments, secret=service.secret):
        return subprocess.run(
            ["sh", program, *arguments], capture_output=True, text=True, timeout=60,
            env={**os.environ, "ISSUER": provider.issuer, "CLIENT_ID": service.client_id, "CLIENT_SECRET": secret})

    first, again = run("add", described), run("add", described)
    assert first.returncode == again.returncode == 0, first.stderr + again.stderr
    assert json.loads(first.stdout)["client_secret"] and "client_secret" not in json.loads(again.stdout)
    assert run("remove", "pipeline-made").returncode == 0
    gone = run("remove", "pipeline-made")
    assert gone.returncode == 22 and "there is no client" in gone.stdout
    assert run().returncode == 64 and "add APP.json" in run().stderr
    absent = run("add", tmp_path / "absent.json")
    assert absent.returncode == 66 and "absent.json" in absent.stderr
    wrong = run("add", described, secret="of somebody else")
    assert wrong.returncode == 22 and "invalid_client" in wrong.stderr and not wrong.stdout, "why is told"
