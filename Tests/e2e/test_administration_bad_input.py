"""The administration API: what is faulty is named, and changes nothing."""

import secrets

import pytest
import requests

from administration import admin, assert_problem, path  # noqa: F401


@pytest.mark.parametrize(
    ("collection", "body", "member"),
    [
        ("users", {"username": "a\u0007"}, "username"), ("users", {"username": "b", "password": "short"}, "password"),
        ("users", {"username": "b", "roles": ["nothing"]}, "roles"),
        ("users", {"username": "b", "groups": ["nothing"]}, "groups"),
        ("users", {"username": "b", "attributes": {"email": "nowhere"}}, "email"),
        ("scopes", {"name": "a b"}, "name"), ("scopes", {"name": ".."}, "name"), ("roles", {"name": "a/./b"}, "name"),
        ("groups", {"name": "."}, "name"), ("scopes", {"name": "a", "description": "x" * 201}, "description"),
        ("roles", {"name": "a@b"}, "name"), ("groups", {"name": " a"}, "name"), ("claims", {"name": "a b", "value": 1}, "name"),
        ("registration-tokens", {"uses": 0}, "uses"), ("registration-tokens", {"scope": "postern:admin"}, "scope"),
        ("registration-tokens", {"note": "a\nb"}, "note"), ("registration-tokens", {"preset": "x"}, "preset"),
        ("registration-tokens", {"grant_types": ["x"]}, "grant_types"), ("registration-tokens", {"scope": '"'}, "scope"),
        ("registration-tokens", {"redirect_hosts": ["*"]}, "redirect_hosts"),
        ("registration-tokens", {"resources": ["x"]}, "resources"),
        ("clients", {"redirect_uris": ["https://a.example/"], "awaits_approval": True}, "awaits_approval"),
    ])
def test_what_is_wrong_is_named_apart(admin, collection, body, member):
    """So that a form shows it beside its field."""
    assert assert_problem(admin("POST", collection, body), 400 if "nothing" not in str(body) else 404)["member"] == member


def test_a_name_that_is_taken_is_named_apart(admin, alice):
    assert assert_problem(admin("POST", "users", {"username": alice.name}), 409)["member"] == "username"


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


@pytest.mark.parametrize(
    ("query", "member", "words"),
    [
        ("limit=0", "limit", 'limit is "0"'), ("limit=x", "limit", 'limit is "x"'), ("after=x", "after", 'after is "x"'),
        ("limit=1&limit=2", "limit", "limit was sent more than once"),
        ("awaits_approval=no", "awaits_approval", 'awaits_approval is "no"'),
    ])
def test_a_faulty_parameter_is_named_with_its_value(admin, query, member, words):
    assert assert_problem(admin("GET", f"clients?{query}"), 400, words)["member"] == member


def test_a_misspelt_member_of_a_client_is_refused(admin):
    body = {"client_id": f"spelt-{secrets.token_hex(4)}", "redirect_uris": ["https://a.example/"]}
    for slip, words in (
            ({"client_nam": "x"}, 'Did you mean "client_name"?'), ({"policy": "x"}, '"policy"'),
            ({"frist_party": False}, 'Did you mean "first_party"?'), ({"contacts#de": []}, '"contacts#de"')):
        assert assert_problem(admin("POST", "clients", {**body, **slip}), 400, words)["member"] == next(iter(slip))
    assert admin("GET", path("clients", body["client_id"])).status_code == 404
    made = admin("POST", "clients", {**body, "client_name#de": "Laden"})
    assert made.status_code == 201
    tag = made.headers["ETag"]
    where = path("clients", body["client_id"])
    assert_problem(admin("PATCH", where, {"redirect_uri": []}, If_Match=tag), 400, 'Did you mean "redirect_uris"?')
    read = admin("GET", where)
    again = admin("PATCH", where, read.json(), If_Match=read.headers["ETag"])
    assert again.status_code == 200 and again.json()["client_name#de"] == "Laden", "what was read may be sent back"


def test_a_member_that_is_there_twice_is_named(admin):
    answer = requests.post(
        f"{admin.base}/scopes", data='{"name": "a", "n\\u0061me": "b"}', timeout=10,
        headers={"Authorization": f"Bearer {admin.token}", "Content-Type": "application/json"})
    assert_problem(answer, 400, 'two members "name"')


def test_a_body_of_another_type(admin):
    for content_type in ("text/plain", "application/x-www-form-urlencoded", "application/jsonx", ""):
        answer = admin("POST", "users", {"username": "a"}, content_type=content_type)
        assert_problem(answer, 415, "application/json")
    assert_problem(admin("POST", "users", [], content_type="application/json; charset=utf-8"), 400, "object")


@pytest.mark.parametrize("tail", ["", "clients/", "clients//x", "clients/a/b", "clients/%ff", "clients/%0", "nothing"])
def test_paths_that_there_are_none_of(admin, tail):
    assert admin("GET", tail).status_code == 404


@pytest.mark.parametrize(("method", "allowed"), [("PUT", "GET, HEAD, POST"), ("DELETE", "GET, HEAD, POST")])
def test_wrong_methods(admin, method, allowed):
    answer = admin(method, "clients")
    assert_problem(answer, 405)
    assert answer.headers["Allow"] == allowed


@pytest.mark.parametrize("method", ["FOO", "PROPFIND"])
def test_methods_that_nobody_knows(admin, method):
    answer = admin.raw(method, "clients")
    assert_problem(answer, 405)
    assert "PATCH" in answer.headers["Allow"]


def test_what_nginx_refuses_is_a_problem_as_well(admin):
    refused = (admin("GET", "clients/a%00b"), 400), (admin("GET", f"clients?search={'x' * 20000}"), 414), (
        admin("TRACE", "clients"), 405), (admin("POST", "clients", {"client_name": "x" * 70000}), 413)
    for answer, status in refused:
        problem = assert_problem(answer, status)
        assert problem["type"] == "about:blank" and len(problem["refusal"]) == 14
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "PATCH" in refused[2][0].headers["Allow"]


def test_the_document_takes_no_parameters(admin):
    assert requests.get(f"{admin.base}/openapi.json", timeout=10).status_code == 200
    assert_problem(requests.get(f"{admin.base}/openapi.json?x=1", timeout=10), 400, '"x"')
    answer = requests.post(f"{admin.base}/openapi.json", timeout=10)
    assert_problem(answer, 405)
    assert answer.headers["Allow"] == "GET, HEAD"
