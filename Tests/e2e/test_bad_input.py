"""What is wrong gets its specification's error or a page that helps, and leaves no trace in the database."""

import base64
import hashlib
import hmac
import json
import re
import secrets
import time
import urllib.parse

import pytest

from oidc import FORM, base64url, claims, decoded, encode, s256
from provider import running_provider

VERIFIER = base64url(bytes(range(32)))


@pytest.fixture(autouse=True)
def nothing_changes(request, provider):
    """Wraps every test that is about a refusal alone; those that sign in first say so by a marker of their own."""
    if request.node.get_closest_marker("changes"):
        yield
        return
    # What the fixtures make is made before the snapshot.
    for name in ("alice", "party", "other_party", "public_party", "session"):
        if name in request.fixturenames:
            request.getfixturevalue(name)
    with provider.database.unchanged():
        yield


changes = pytest.mark.changes


def assert_page(answer, status=400, containing=None):
    """An error that is shown, and sends nobody anywhere (RFC 6749 section 4.1.2.1)."""
    assert answer.status == status, answer
    assert answer.is_page and answer.location is None
    assert answer.header("Cache-Control") == "no-store"
    assert "frame-ancestors 'none'" in answer.header("Content-Security-Policy")
    if containing:
        assert containing in answer.form.text


def assert_redirect(answer, party, error, state):
    """An error for the client (RFC 6749 section 4.1.2.1), with `iss` (RFC 9207 section 2)."""
    assert answer.location and answer.location.startswith(party.redirect_uri + "?"), answer
    query = answer.query
    assert query["error"] == error, query
    assert query.get("state") == state
    assert query["iss"] == party.issuer
    assert re.search(r"\(refusal [0-9a-f]{12}\)$", query["error_description"])
    assert "code" not in query


def assert_error(answer, error, status=400):
    """RFC 6749 section 5.2."""
    assert answer.status == status, answer
    body = answer.json()
    assert body["error"] == error, body
    assert re.fullmatch(r"[\x20-\x21\x23-\x5b\x5d-\x7e]+", body["error_description"])
    assert answer.header("Cache-Control") == "no-store"
    assert "access_token" not in body


# --- the authorization request ------------------------------------------------------------------------------------


def test_an_unknown_client_is_told_to_the_user_only(party, agent):
    """RFC 6749 section 4.1.2.1."""
    assert_page(party.start(agent, party.request(client_id="nobody")), containing="We don’t know this app")


@pytest.mark.parametrize(
    "uri",
    [
        "https://app.example/callback/",
        "https://app.example/Callback",
        "https://APP.example/callback",
        "HTTPS://app.example/callback",
        "https://app.example:443/callback",
        "https://app.example:8443/callback",
        "https://app.example/callback?x=1",
        "https://app.example/callback?",
        "https://app.example/callback#",
        "https://app.example/callback%2F",
        "https://app.example/call%62ack",
        "https://app.example/./callback",
        "https://app.example.evil.example/callback",
        "https://app.example@evil.example/callback",
        "https://app.example\\@evil.example/callback",
        "http://app.example/callback",
        "//app.example/callback",
        "/callback",
        "javascript:alert(1)",
        "https://app.example/callback\u0301",
        " https://app.example/callback",
        "https://app.example/" + "a" * 1100,
    ],
)
def test_a_redirect_uri_that_is_not_byte_for_byte_the_registered_one_is_refused_on_a_page(party, agent, uri):
    """RFC 6749 section 3.1.2.4, RFC 9700 section 2.1, OpenID Connect Core section 3.1.2.1."""
    assert_page(party.start(agent, party.request(redirect_uri=uri)), containing="not set up correctly")


@pytest.mark.parametrize("name", ["client_id", "redirect_uri"])
def test_without_client_or_redirect_uri_there_is_nobody_to_answer_but_the_user(party, agent, name):
    """RFC 6749 section 4.1.2.1."""
    assert_page(party.start(agent, party.request(**{name: None})))
    assert_page(party.start(agent, party.request(**{name: ""})))


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"response_type": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "code id_token"}, "unsupported_response_type"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"scope": 'open"id'}, "invalid_scope"),
        ({"scope": "openid\u00e9"}, "invalid_scope"),
        ({"scope": "a" * 5000}, "invalid_request"),
        ({"nonce": "n" * 513}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "s256"}, "invalid_request"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge": "a" * 42}, "invalid_request"),
        ({"code_challenge": "a" * 44}, "invalid_request"),
        ({"code_challenge": "+" * 43}, "invalid_request"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"prompt": "create"}, "invalid_request"),
        ({"max_age": "-1"}, "invalid_request"),
        ({"max_age": "1e3"}, "invalid_request"),
        ({"max_age": "99999999999999999999"}, "invalid_request"),
        ({"max_age": "\u0661"}, "invalid_request"),
        ({"login_hint": "x" * 257}, "invalid_request"),
        ({"ui_locales": "x" * 257}, "invalid_request"),
        ({"request": "eyJhbGciOiJub25lIn0.e30."}, "request_not_supported"),
        ({"request_uri": "https://app.example/request"}, "request_uri_not_supported"),
        ({"registration": "{}"}, "registration_not_supported"),
    ],
)
def test_any_other_fault_is_told_to_the_client(party, agent, change, error):
    """RFC 6749 section 4.1.2.1, OpenID Connect Core section 3.1.2.6, RFC 7636 section 4.4.1."""
    request = party.request(**change)
    assert_redirect(party.start(agent, request), party, error, request.state)


def test_a_public_client_without_pkce_is_refused(provider, agent, public_party):
    """RFC 9700 section 2.1.1, RFC 7636 section 4.4.1."""
    request = public_party.request(pkce=False)
    assert_redirect(public_party.start(agent, request), public_party, "invalid_request", request.state)


@pytest.mark.parametrize("name", ["client_id", "redirect_uri"])
def test_a_repeated_client_id_or_redirect_uri_is_refused_on_a_page(party, agent, name):
    """RFC 6749 sections 3.1 and 4.1.2.1."""
    request = party.request()
    pairs = [*request.parameters.items(), (name, request.parameters[name])]
    assert_page(agent.get(f"{party.path}/authorize?{encode(pairs)}"))


@pytest.mark.parametrize("name", ["response_type", "scope", "nonce", "code_challenge", "prompt", "unheard_of"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_any_other_repeated_parameter_is_told_to_the_client(party, agent, name, method):
    """RFC 6749 section 3.1: parameters must not be included more than once."""
    request = party.request()
    pairs = [*request.parameters.items(), (name, "a"), (name, "a")]
    if method == "GET":
        answer = agent.get(f"{party.path}/authorize?{encode(pairs)}")
    else:
        answer = agent.post(f"{party.path}/authorize", pairs)
    assert_redirect(answer, party, "invalid_request", request.state)


@pytest.mark.parametrize("hint", ["x", "a.b.c", "e30.e30.e30", "h" * 4097])
def test_a_useless_id_token_hint_is_told_to_the_client(party, agent, hint):
    """OpenID Connect Core section 3.1.2.1: what isn't an ID token of ours says nothing about anyone."""
    request = party.request(id_token_hint=hint)
    assert_redirect(party.start(agent, request), party, "invalid_request", request.state)


@pytest.mark.parametrize("state", [["a", "a"], ["s" * 1025]])
def test_a_state_that_cannot_be_sent_back_is_left_out_of_the_refusal(party, agent, state):
    """RFC 6749 section 4.1.2.1."""
    pairs = [*party.request(state=None).parameters.items(), *[("state", text) for text in state]]
    assert_redirect(agent.get(f"{party.path}/authorize?{encode(pairs)}"), party, "invalid_request", None)


@pytest.mark.parametrize("bytes", ["%FF", "%C0%AF", "%ED%A0%80", "%F4%90%80%80", "%00", "a%00b", "%", "%zz", "%4"])
@pytest.mark.parametrize("name", ["state", "client_id", "redirect_uri", "unheard_of", "%FFname"])
def test_bytes_that_are_no_text_are_refused_on_a_page(party, agent, name, bytes):
    """RFC 6749 Appendix B: application/x-www-form-urlencoded UTF-8."""
    query = encode({k: v for k, v in party.request().parameters.items() if k != name})
    assert_page(agent.get(f"{party.path}/authorize?{query}&{name}={bytes}"))


@changes
def test_a_state_that_would_not_fit_into_an_answer_is_refused_before_anyone_signs_in(provider, agent):
    """nginx takes 4096 bytes of headers; a brace in a state has one byte, and three in a URL."""
    uri = "https://large.example/" + "a" * 900
    large = provider.add_client(client_name="Large", redirect_uris=[uri])
    with provider.database.unchanged():
        answer = large.start(agent, large.request(state="{" * 1024, nonce="n" * 512))
        assert_redirect(answer, large, "invalid_request", None)
    assert large.start(agent, large.request(state="s" * 1024, nonce="n" * 512)).status == 200


def test_a_request_line_beyond_the_limit_is_refused(party, agent):
    """RFC 9110 section 15.5.15."""
    answer = party.start(agent, party.request(unheard_of="a" * 40_000))
    assert answer.status == 414 and answer.location is None


def test_many_parameters_are_refused(party, agent):
    request = party.request()
    pairs = [*request.parameters.items(), *[(f"p{number}", "") for number in range(300)]]
    assert_page(agent.get(f"{party.path}/authorize?{encode(pairs)}"))


# --- methods, content types, sizes --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("endpoint", "methods", "allow"),
    [
        ("authorize", ["PUT", "DELETE", "PATCH"], {"GET", "HEAD", "POST"}),
        ("login", ["GET", "PUT"], {"POST"}),
        ("consent", ["GET", "DELETE"], {"POST"}),
        ("token", ["GET", "PUT", "DELETE"], {"POST"}),
        ("userinfo", ["PUT", "DELETE"], {"GET", "HEAD", "POST"}),
        ("jwks", ["POST", "PUT"], {"GET", "HEAD"}),
        (".well-known/openid-configuration", ["POST", "DELETE"], {"GET", "HEAD"}),
    ],
)
def test_a_wrong_method_is_answered_by_405_and_what_is_allowed(provider, party, agent, endpoint, methods, allow):
    """RFC 9110 section 15.5.6; RFC 6749 section 3.2: the token endpoint takes POST only."""
    for method in methods:
        answer = agent.send(method, f"{party.path}/{endpoint}", headers={"Content-Length": "0"})
        assert answer.status == 405, (method, answer)
        allowed = {name.strip() for name in answer.header("Allow").split(",")}
        assert allow <= allowed and method not in allowed
        if endpoint in ("token", "userinfo", "jwks"):
            assert answer.json()["error"]


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencodedx", "", None],
)
@pytest.mark.parametrize("endpoint", ["authorize", "login", "consent", "token"])
def test_a_form_of_another_content_type_is_refused(party, agent, endpoint, content_type):
    """RFC 6749 section 3.2 and Appendix B."""
    fields = {**party.request().parameters, **party.exchange_request("x", VERIFIER)[0]}
    headers = {} if content_type is None else {"Content-Type": content_type}
    answer = agent.send("POST", f"{party.path}/{endpoint}", encode(fields), {**headers, **party.basic()})
    if endpoint == "token":
        assert_error(answer, "invalid_request")
    else:
        assert_page(answer)


@pytest.mark.parametrize(
    "content_type", ["application/json", "text/plain", "multipart/form-data; boundary=x", "", None])
@changes
def test_a_token_in_a_body_of_another_content_type_is_refused(provider, party, token, content_type):
    """RFC 6750 section 2.2: the header must say that the body is a form."""
    headers = {} if content_type is None else {"Content-Type": content_type}
    with provider.database.unchanged():
        answer = party.back.send("POST", f"{party.path}/userinfo", encode({"access_token": token}), headers)
        assert_bearer_error(answer, "invalid_request", 400)


@pytest.mark.parametrize("size", [60_000, 300_000])
@pytest.mark.parametrize("endpoint", ["login", "consent"])
def test_a_form_of_ours_beyond_the_limit_is_refused(party, agent, endpoint, size):
    """RFC 9110 section 15.5.14. A form carries the request that began it, so it may be larger than that."""
    answer = agent.post(f"{party.path}/{endpoint}", {"filler": "x" * size})
    assert answer.status == 413 and answer.is_page
    assert agent.post(f"{party.path}/{endpoint}", {"filler": "x" * 40_000}).status == 400
    assert agent.get(f"{party.path}/health").status == 200


@pytest.mark.parametrize("size", [20_000, 60_000, 300_000])
@pytest.mark.parametrize("endpoint", ["authorize", "token", "userinfo"])
def test_a_body_beyond_the_limit_is_refused_and_the_next_requests_are_good(party, agent, endpoint, size):
    """RFC 9110 section 15.5.14. What is left unread of a body would poison the connection to the pool."""
    for _ in range(4):
        answer = agent.post(f"{party.path}/{endpoint}", {"filler": "x" * size})
        assert answer.status == 413, answer
        if endpoint in ("token", "userinfo"):
            assert answer.json()["error"] == "invalid_request"
        else:
            assert answer.is_page
        for _ in range(3):
            assert party.start(agent, party.request()).status == 200
            assert agent.get(f"{party.path}/health").json() == {"status": "ok"}


def test_a_body_in_chunks_has_the_same_limit(party, agent):
    """RFC 9112 section 7.1."""
    def chunks(count):
        for _ in range(count):
            yield b"x" * 1000

    for count, status in ((1, 400), (30, 413), (300, 413)):
        answer = agent.send(
            "POST", f"{party.path}/token", chunks(count), {"Content-Type": FORM, "Transfer-Encoding": "chunked"})
        assert answer.status == status, answer
        assert answer.json()["error"] == "invalid_request"
        assert agent.get(f"{party.path}/health").status == 200


# --- the token request --------------------------------------------------------------------------------------------


@pytest.fixture
def session(provider, party, alice):
    """A browser that is signed in, so that a code is one request away."""
    browser = provider.browser()
    party.sign_in(browser, alice)
    return browser


@pytest.fixture
def fresh_code(provider, party, session):
    """A code that nobody has used, with its verifier. To give one changes nothing in the database."""
    request = party.request()
    return party.start(session, request).query["code"], request.verifier


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"grant_type": None}, "invalid_request"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "refresh_token"}, "unsupported_grant_type"),
        ({"code": None}, "invalid_request"),
        ({"code": "x"}, "invalid_grant"),
        ({"code": "~x"}, "invalid_grant"),
        ({"code": "~" + "A" * 43}, "invalid_grant"),
        ({"code": "\u00e9"}, "invalid_grant"),
        ({"redirect_uri": None}, "invalid_request"),
        ({"redirect_uri": "https://app.example/callback/"}, "invalid_grant"),
        ({"redirect_uri": "https://other.example/callback"}, "invalid_grant"),
        ({"code_verifier": None}, "invalid_grant"),
        ({"code_verifier": "x" * 43}, "invalid_grant"),
        ({"code_verifier": "x" * 42}, "invalid_grant"),
        ({"code_verifier": "x" * 129}, "invalid_grant"),
        ({"code_verifier": "+" * 43}, "invalid_grant"),
        ({"client_id": "nobody"}, "invalid_request"),
    ],
)
@changes
def test_a_faulty_token_request_gets_its_error_and_leaves_the_code_good(provider, party, fresh_code, change, error):
    """RFC 6749 sections 4.1.3 and 5.2, RFC 7636 section 4.6."""
    code, verifier = fresh_code
    with provider.database.unchanged():
        assert_error(party.exchange(code, verifier, **change), error)
    assert party.exchange(code, verifier).status == 200, "the code itself was not spent by it"


@changes
def test_a_verifier_for_a_code_without_challenge_is_refused(provider, party, session):
    """RFC 9700 section 2.1.1: or PKCE could be cut out on the way."""
    code = party.start(session, party.request(pkce=False)).query["code"]
    with provider.database.unchanged():
        assert_error(party.exchange(code, VERIFIER), "invalid_grant")
    assert party.exchange(code, None).status == 200


@pytest.mark.parametrize("name", ["grant_type", "code", "redirect_uri", "code_verifier", "unheard_of"])
@changes
def test_a_repeated_parameter_of_a_token_request_is_refused(provider, party, fresh_code, name):
    """RFC 6749 section 3.2."""
    fields, headers = party.exchange_request(*fresh_code)
    pairs = [*fields.items(), (name, fields.get(name, "a")), *([] if name in fields else [(name, "a")])]
    with provider.database.unchanged():
        assert_error(party.back.post(f"{party.path}/token", pairs, headers), "invalid_request")


@pytest.fixture(scope="session")
def post_party(provider):
    return provider.add_client(client_name="Posts", token_endpoint_auth_method="client_secret_post")


@pytest.mark.parametrize("name", ["client_id", "client_secret"])
@changes
def test_a_repeated_id_or_secret_is_refused(provider, post_party, alice, name):
    """RFC 6749 section 3.2: which of two is meant isn't known, also where both are the same."""
    request = post_party.request()
    code = post_party.sign_in(provider.browser(), alice, request).query["code"]
    fields, _ = post_party.exchange_request(code, request.verifier)
    with provider.database.unchanged():
        for second in (fields[name], "other"):
            answer = post_party.back.post(f"{post_party.path}/token", [*fields.items(), (name, second)])
            assert_error(answer, "invalid_request")
    assert post_party.exchange(code, request.verifier).status == 200


@pytest.mark.parametrize(
    ("change", "error", "status"),
    [
        ({"client_id": "c" * 256}, "invalid_request", 400),
        ({"client_secret": "s" * 256}, "invalid_request", 400),
        ({"client_secret": "s" * 255}, "invalid_client", 401),
        ({"code": "c" * 12_000}, "invalid_grant", 400),
        ({"redirect_uri": "https://app.example/" + "a" * 12_000}, "invalid_grant", 400),
        ({"code_verifier": "v" * 12_000}, "invalid_grant", 400),
    ],
)
@changes
def test_an_oversized_parameter_of_a_token_request_gets_its_error(
        provider, post_party, alice, change, error, status):
    """RFC 6749 section 5.2."""
    request = post_party.request()
    code = post_party.sign_in(provider.browser(), alice, request).query["code"]
    with provider.database.unchanged():
        assert_error(post_party.exchange(code, request.verifier, **change), error, status)
    assert post_party.exchange(code, request.verifier).status == 200


@pytest.mark.parametrize("bytes", ["%FF", "%00", "%zz"])
@changes
def test_bytes_that_are_no_text_are_refused_by_the_token_endpoint(provider, party, fresh_code, bytes):
    """RFC 6749 Appendix B."""
    fields, headers = party.exchange_request(*fresh_code)
    body = f"{encode(fields)}&x={bytes}"
    with provider.database.unchanged():
        answer = party.back.send("POST", f"{party.path}/token", body, {"Content-Type": FORM, **headers})
        assert_error(answer, "invalid_request")


@changes
def test_parameters_of_a_token_request_do_not_count_in_the_query(provider, party, fresh_code):
    """RFC 6749 section 2.3.1: never in the request URI."""
    fields, headers = party.exchange_request(*fresh_code)
    with provider.database.unchanged():
        answer = party.back.post(f"{party.path}/token?{encode(fields)}", {"x": "1"}, headers)
        assert_error(answer, "invalid_request")


@changes
def test_a_code_used_twice_is_refused_and_ends_what_it_gave(provider, party, fresh_code):
    """RFC 6749 sections 4.1.2 and 10.5."""
    code, verifier = fresh_code
    token = party.exchange(code, verifier).json()["access_token"]
    assert party.userinfo(token).status == 200
    assert_error(party.exchange(code, verifier), "invalid_grant")
    answer = party.userinfo(token)
    assert_error(answer, "invalid_token", 401)
    assert_error(party.exchange(code, verifier), "invalid_grant")


@changes
def test_a_replay_by_another_client_or_without_the_verifier_ends_nothing(provider, party, other_party, fresh_code):
    """RFC 6749 section 4.1.2: only the code's own client can be its thief's victim."""
    code, verifier = fresh_code
    token = party.exchange(code, verifier).json()["access_token"]
    with provider.database.unchanged():
        assert_error(other_party.exchange(code, verifier), "invalid_grant")
        assert_error(other_party.exchange(code, verifier, redirect_uri=party.redirect_uri), "invalid_grant")
        assert_error(party.exchange(code, "x" * 43), "invalid_grant")
        assert_error(party.exchange(code, verifier, headers=party.basic(secret="wrong")), "invalid_client", 401)
    assert party.userinfo(token).status == 200


@changes
def test_a_code_of_another_client_is_refused_and_stays_good(provider, party, other_party, fresh_code):
    """RFC 6749 section 4.1.3."""
    code, verifier = fresh_code
    with provider.database.unchanged():
        assert_error(other_party.exchange(code, verifier, redirect_uri=party.redirect_uri), "invalid_grant")
    assert party.exchange(code, verifier).status == 200


@changes
def test_a_code_that_was_changed_on_its_way_is_refused(provider, party, fresh_code):
    """RFC 6749 section 10.10. It is sealed, so no byte of it can be another."""
    code, verifier = fresh_code
    raw = base64.urlsafe_b64decode(code + "=" * (-len(code) % 4))
    damaged = [code[:-1], code + "A", code + "=", code[1:], "~" + code]
    for position in (0, 4, 5, 28, 29, 60, len(raw) - 17, len(raw) - 16, len(raw) - 1):
        other = bytearray(raw)
        other[position] ^= 1
        damaged.append(base64url(bytes(other)))
    with provider.database.unchanged():
        for text in damaged:
            assert_error(party.exchange(text, verifier), "invalid_grant")
    assert party.exchange(code, verifier).status == 200


@changes
def test_another_sealed_value_is_no_code(provider, party, agent, session):
    """Each purpose seals by a key of its own."""
    page = party.start(agent, party.request())
    with provider.database.unchanged():
        for value in (page.form.fields["attempt"], page.form.fields["token"]):
            assert_error(party.exchange(value, VERIFIER), "invalid_grant")


@changes
def test_time_ends_codes_pages_and_tokens(provider, party, agent, alice, session):
    """RFC 6749 section 4.1.2, RFC 6750 section 3.1. An hour from now, by a clock set ahead."""
    request = party.request()
    code = party.start(session, request).query["code"]
    page = party.start(agent, party.request())
    token = party.tokens(session)["access_token"]
    assert party.userinfo(token).status == 200
    with provider.later(3605) as future, provider.database.unchanged():
        client = future.browser()
        answer = party.exchange(code, request.verifier, back=client)
        assert_error(answer, "invalid_grant")
        assert "expired" in answer.json()["error_description"]

        answer = client.get(f"{party.path}/userinfo", headers={"Authorization": f"Bearer {token}"})
        assert_error(answer, "invalid_token", 401)
        assert "expired" in answer.json()["error_description"]

        client.cookies = dict(agent.cookies)
        answer = client.submit(page, username=alice.name, password=alice.password)
        assert answer.status == 200 and answer.location is None
        assert "open for too long" in answer.form.text, "a page that is too old offers to sign in again"
        assert answer.form.action and answer.form.fields["attempt"] != page.form.fields["attempt"]
        # What follows is a sign-in like any other: it is the one change.
        assert "postern" not in client.cookies
    with provider.later(3605) as future:
        client = future.browser()
        client.cookies = dict(agent.cookies)
        again = client.submit(page, username=alice.name, password=alice.password)
        done = client.submit(again, username=alice.name, password=alice.password)
        assert done.query["code"] and done.query["state"], "and that leads to where the user was going"


# --- client authentication ----------------------------------------------------------------------------------------


@changes
def test_a_wrong_secret_is_refused_as_an_unknown_client_is(provider, party, fresh_code):
    """RFC 6749 section 5.2: 401, and WWW-Authenticate where the client used the header."""
    code, verifier = fresh_code
    with provider.database.unchanged():
        answers = [
            party.exchange(code, verifier, headers=party.basic(secret=secret))
            for secret in ("wrong", party.secret + "x", party.secret[:-1], party.secret.swapcase())
        ] + [party.exchange(code, verifier, headers=party.basic(client_id="nobody"))]
        for answer in answers:
            assert_error(answer, "invalid_client", 401)
            assert answer.header("WWW-Authenticate").startswith("Basic ")
        texts = {re.sub("refusal [0-9a-f]+", "", answer.text) for answer in answers}
        assert len(texts) == 1, "nobody can tell one from the other"
        for headers in ({"Authorization": "Basic"}, {"Authorization": "Basic ???"}, {"Authorization": "Bearer x"},
                        {"Authorization": "Basic " + base64.b64encode(b"no colon").decode()}, {}):
            assert_error(party.exchange(code, verifier, headers=headers), "invalid_client", 401)
    assert party.exchange(code, verifier).status == 200


@changes
def test_both_methods_at_once_are_refused(provider, party, fresh_code):
    """RFC 6749 section 2.3: no more than one method in a request."""
    code, verifier = fresh_code
    with provider.database.unchanged():
        answer = party.exchange(code, verifier, client_id=party.client_id, client_secret=party.secret)
        assert_error(answer, "invalid_request")
    assert party.exchange(code, verifier).status == 200


@changes
def test_another_method_than_the_registered_one_is_refused(provider, party, fresh_code, public_party):
    """OpenID Connect Core section 9: the client authenticates by the method it registered."""
    code, verifier = fresh_code
    with provider.database.unchanged():
        answer = party.exchange(
            code, verifier, headers={}, client_id=party.client_id, client_secret=party.secret)
        assert_error(answer, "invalid_client", 401)
        assert_error(party.exchange(code, verifier, headers={}, client_id=party.client_id), "invalid_client", 401)
        answer = public_party.exchange(code, verifier, client_secret="anything")
        assert_error(answer, "invalid_client", 401)


@pytest.fixture(scope="session")
def public_party(provider):
    return provider.add_client(
        client_name="Public", redirect_uris=["https://spa.example/callback"], token_endpoint_auth_method="none")


@changes
def test_who_guesses_a_clients_secret_is_slowed_down(provider, alice):
    """RFC 6749 section 2.3.1: protect an endpoint that takes passwords against guessing."""
    guessed = provider.add_client(client_name="Guessed")
    code = guessed.sign_in(provider.browser(), alice).query["code"]
    statuses = [
        guessed.exchange(code, VERIFIER, headers=guessed.basic(secret=f"guess {number}")).status
        for number in range(25)
    ]
    assert statuses[:20] == [401] * 20 and 429 in statuses[20:]
    answer = guessed.exchange(code, VERIFIER)
    assert answer.status == 429 and int(answer.header("Retry-After")) >= 1, "also for the right secret"
    assert answer.json()["error"] == "temporarily_unavailable", "as nginx says for the same"


# --- the login form -----------------------------------------------------------------------------------------------


def shown(page):
    """What a page says, without what differs each time."""
    return re.sub(r'(name="(?:attempt|token)" value|name="username"[^>]* value)="[^"]*"', "", page.text)


@changes
def test_unknown_wrong_and_disabled_look_alike(provider, party):
    """RFC 9700 and OWASP: a login page doesn't say who is a user. That the hashes are counted alike is a unit test's."""
    known, disabled = provider.add_user(), provider.add_user()
    provider.postern("user", "disable", disabled.name)
    pages = []
    with provider.database.unchanged():
        for name, password in (
            (known.name, "wrong password"), ("nobody-of-that-name", "wrong password"),
            (disabled.name, disabled.password), (disabled.name, "wrong password"), (known.name, ""),
            (known.name, known.password + "x"), (known.name, known.password.swapcase()),
        ):
            browser = provider.browser()
            page = browser.submit(party.start(browser, party.request()), username=name, password=password)
            assert page.status == 200 and "not right" in page.form.text
            assert page.form.fields["username"] == name and page.form.fields["password"] == ""
            assert "postern" not in browser.cookies
            pages.append(shown(page))
    assert len(set(pages)) == 1
    browser = provider.browser()
    assert "code" in party.sign_in(browser, known).query


@changes
def test_who_guesses_a_password_is_slowed_down(provider, party):
    """RFC 6819 section 4.4.3.6. The right password has to wait as well, or it could be guessed all the same."""
    victim = provider.add_user()
    browser = provider.browser()

    def guess():
        return browser.submit(party.start(browser, party.request()), username=victim.name, password="guess")

    assert [guess().status for _ in range(5)] == [200] * 5, "five are free"
    page = guess()
    # The first wait is a second, and may be over at once; each failure makes the next one longer.
    while page.status == 200 or int(page.header("Retry-After")) < 2:
        if page.status == 429:
            time.sleep(1)
        page = guess()
    assert page.status == 429
    assert "Too many attempts" in page.form.text
    page = browser.submit(page, username=victim.name, password=victim.password)
    assert page.status == 429 and "postern" not in browser.cookies


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("token", None, "too old"),
        ("token", "", "too old"),
        ("token", "x", "too old"),
        ("attempt", None, "couldn’t read"),
        ("attempt", "x", "couldn’t read"),
    ],
)
def test_a_login_form_without_its_token_is_refused(provider, party, agent, alice, field, value, says):
    """RFC 6749 section 10.12; RFC 9700 section 4.7."""
    page = party.start(agent, party.request())
    answer = agent.submit(page, username=alice.name, password=alice.password, **{field: value})
    assert_page(answer, containing=says)
    assert "postern" not in agent.cookies


def test_a_token_of_another_page_does_not_serve(provider, party, agent, alice):
    pages = [party.start(agent, party.request()) for _ in range(2)]
    answer = agent.submit(
        pages[0], username=alice.name, password=alice.password, token=pages[1].form.fields["token"])
    assert_page(answer, containing="too old")
    assert answer.form.links, "it offers to start again"


@pytest.mark.parametrize("name", ["attempt", "token"])
def test_a_sealed_field_that_was_changed_is_refused(provider, party, agent, alice, name):
    page = party.start(agent, party.request())
    value = page.form.fields[name]
    for damaged in (value[:-1], value + "A", value[:40] + ("B" if value[40] == "A" else "A") + value[41:]):
        answer = agent.submit(page, username=alice.name, password=alice.password, **{name: damaged})
        assert_page(answer)
    assert "postern" not in agent.cookies


def test_a_form_shown_in_another_browser_is_refused(provider, party, agent, alice):
    """RFC 9700 section 4.7: or someone could be signed in to an account of another's choice."""
    page = party.start(agent, party.request())
    other = provider.browser()
    party.start(other, party.request())
    answer = other.submit(page, username=alice.name, password=alice.password)
    assert_page(answer, 403, "browser you began in")
    assert answer.form.links, "it offers to start again"
    nobody = provider.browser()
    answer = nobody.submit(page, username=alice.name, password=alice.password)
    assert_page(answer, 400, "blocks cookies")
    assert "postern" not in other.cookies and "postern" not in nobody.cookies


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}, {"Sec-Fetch-Dest": "iframe"}])
def test_a_form_that_no_person_sent_is_refused(provider, party, agent, alice, headers):
    """Fetch Metadata: a form of ours is sent by navigating."""
    page = party.start(agent, party.request()).form
    answer = agent.post(
        page.action, {**page.fields, "username": alice.name, "password": alice.password}, headers=headers)
    assert_page(answer, 403, "not sent from our page")


@changes
def test_a_login_form_sent_twice_signs_in_once(provider, party, agent, alice):
    """A double click is no mistake: the second goes on in the first one's session, or to the login page."""
    page = party.start(agent, party.request())
    before = dict(agent.cookies)
    first = agent.submit(page, username=alice.name, password=alice.password)
    assert first.query["code"]
    with provider.database.unchanged():
        signed_in = dict(agent.cookies)
        for cookies in (before, signed_in):
            agent.cookies = dict(cookies)
            second = agent.submit(page, username=alice.name, password=alice.password)
            agent.cookies = dict(signed_in)
            assert agent.follow(second).query["code"] != first.query["code"]
        without = provider.browser()
        without.cookies = dict(before)
        again = without.follow(without.submit(page, username=alice.name, password=alice.password))
        assert again.status == 200 and "sent twice" in again.form.text
        assert set(without.cookies) == {"postern-browser"}
        elsewhere = provider.browser()
        assert_page(elsewhere.submit(page, username=alice.name, password=alice.password))
        party.start(elsewhere, party.request())
        answer = elsewhere.submit(page, username=alice.name, password=alice.password)
        assert answer.status == 403 and answer.location is None
    assert without.submit(again, username=alice.name, password=alice.password).query["code"]


@pytest.mark.parametrize("name", ["username", "password", "attempt", "token"])
def test_a_repeated_field_of_the_login_form_is_refused(provider, party, agent, alice, name):
    form = party.start(agent, party.request()).form
    fields = {**form.fields, "username": alice.name, "password": alice.password}
    assert_page(agent.post(form.action, [*fields.items(), (name, fields[name])]))
    assert "postern" not in agent.cookies


@pytest.mark.parametrize("bytes", ["%FF", "%00", "%zz"])
@pytest.mark.parametrize("name", ["username", "password"])
def test_bytes_that_are_no_text_are_refused_by_the_login_form(party, agent, alice, name, bytes):
    form = party.start(agent, party.request()).form
    fields = {**form.fields, "username": alice.name, "password": alice.password}
    fields.pop(name)
    assert_page(agent.send("POST", form.action, f"{encode(fields)}&{name}=a{bytes}", {"Content-Type": FORM}))


def test_an_oversized_password_is_refused(party, agent, alice):
    """A long one would buy hashing time."""
    page = party.start(agent, party.request())
    assert_page(agent.submit(page, username=alice.name, password="x" * 513))
    assert_page(agent.submit(page, username="x" * 257, password="x"))


# --- what is shown ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ['"\u0301><b>', "<\u0301b>", "'\u0301", "&\u0301amp;", '"\u0338 onfocus="x'])
@changes
def test_a_quote_with_a_combining_mark_stays_inside_its_attribute(provider, agent, text):
    """A template engine that escapes by grapheme lets these through."""
    shown_app = provider.add_client(client_name=f"App {text}", first_party=False)
    user = provider.add_user(None, None, "--full-name", f"Name {text}")
    page = shown_app.start(agent, shown_app.request(login_hint=f"hint{text}"))
    assert page.form.fields["username"] == f"hint{text}"
    assert f"App {text}" in page.form.text
    assert re.sub(r"[\u0300-\u0338]", "", page.text).count("<b>") == 0
    failed = agent.submit(page, username=f"typed{text}", password="x")
    assert failed.form.fields["username"] == f"typed{text}"
    consent = agent.follow(agent.submit(page, username=user.name, password=user.password))
    assert f"Name {text}" in consent.form.text and f"App {text}" in consent.form.text
    for sent in (page, failed, consent):
        for scalar in text:
            if scalar in "\"<>'":
                assert f"{scalar}\u0301" not in sent.text and f"{scalar}\u0338" not in sent.text


# --- bearer tokens ------------------------------------------------------------------------------------------------


@pytest.fixture
def token(party, session):
    return party.tokens(session)["access_token"]


def assert_bearer_error(answer, error, status):
    """RFC 6750 section 3."""
    assert_error(answer, error, status)
    challenge = answer.header("WWW-Authenticate")
    assert challenge.startswith("Bearer ") and f'error="{error}"' in challenge


@changes
def test_no_token_is_asked_for_without_an_error(provider, party, agent):
    """RFC 6750 section 3.1: no error code where no authentication came."""
    for headers in ({}, {"Authorization": "Basic eDp5"}):
        answer = agent.get(f"{party.path}/userinfo", headers=headers)
        assert answer.status == 401 and "error" not in answer.header("WWW-Authenticate")


@changes
def test_a_token_in_header_and_body_is_refused(provider, party, token):
    """RFC 6750 section 2: no more than one method."""
    with provider.database.unchanged():
        answer = party.back.post(
            f"{party.path}/userinfo", {"access_token": token}, {"Authorization": f"Bearer {token}"})
        assert_bearer_error(answer, "invalid_request", 400)
        answer = party.back.post(f"{party.path}/userinfo", [("access_token", token)] * 2)
        assert_bearer_error(answer, "invalid_request", 400)
    assert party.back.post(f"{party.path}/userinfo", {"access_token": token}).status == 200


def test_a_token_in_the_query_is_not_looked_at(party, session, provider):
    """RFC 6750 section 2.3 and RFC 9700 section 4.3.2: it would stand in logs."""
    answer = party.back.get(f"{party.path}/userinfo?access_token=x")
    assert answer.status == 401 and "error" not in answer.header("WWW-Authenticate")


@changes
def test_a_malformed_or_forged_token_is_refused(provider, party, session):
    """RFC 6750 section 3.1; RFC 8725 sections 3.1, 3.2 and 3.11: the algorithm and type are ours to say."""
    tokens = party.tokens(session)
    good = tokens["access_token"]
    header, payload, signature = good.split(".")
    key = next(key for key in party.back.get(f"{party.path}/jwks").json()["keys"] if key["kid"] == decoded(header)["kid"])

    def part(value):
        return base64url(json.dumps(value, separators=(",", ":")).encode())

    def hs256(secret):
        head = part({"alg": "HS256", "typ": "at+jwt", "kid": key["kid"]})
        return f"{head}.{payload}." + base64url(hmac.digest(secret, f"{head}.{payload}".encode(), hashlib.sha256))

    flipped = "B" if signature[20] == "A" else "A"
    other_claims = part({**claims(good), "sub": "someone-else"})
    invalid = [
        "x", "a.b.c", good[:-5], good + "A", good + ".x", f"{header}.{payload}", f"{header}.{payload}.",
        f"{header}.{payload}.{signature[:20]}{flipped}{signature[21:]}",
        f"{header}.{other_claims}.{signature}",
        tokens["id_token"],
        *[f"{part({'alg': alg, 'typ': 'at+jwt', 'kid': key['kid']})}.{payload}." for alg in ("none", "None", "NONE")],
        f"{part({'alg': 'none', 'typ': 'at+jwt', 'kid': key['kid']})}.{payload}.{signature}",
        hs256(json.dumps(key).encode()), hs256(json.dumps(key, separators=(",", ":")).encode()), hs256(public_pem(key)),
        hs256(key["x"].encode()), hs256(b""),
        f"{part({**decoded(header), 'typ': 'JWT'})}.{payload}.{signature}",
        f"{part({**decoded(header), 'kid': 'unknown'})}.{payload}.{signature}",
        f"{part({'alg': 'ES256', 'typ': 'at+jwt', 'jwk': key})}.{payload}.{signature}",
        # r = s = 0 (CVE-2022-21449)
        f"{header}.{payload}.{base64url(bytes(64))}",
        own_key_token(header, payload),
        part({"a": 1}) + "." * 5, "A" * 8000, "[" * 3000,
    ]
    with provider.database.unchanged():
        for text in invalid:
            answer = party.userinfo(text)
            assert answer.status in (400, 401), (text, answer)
            error = "invalid_token" if answer.status == 401 else "invalid_request"
            assert_bearer_error(answer, error, answer.status)
            body = party.back.post(f"{party.path}/userinfo", {"access_token": text})
            assert body.status in (400, 401), (text, body)
    assert party.userinfo(good).json()["sub"] == claims(good)["sub"]


def public_pem(key):
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    def number(text):
        return int.from_bytes(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), "big")

    public = ec.EllipticCurvePublicNumbers(number(key["x"]), number(key["y"]), ec.SECP256R1()).public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def own_key_token(header, payload):
    """The same token, well signed by a key of the forger's."""
    from joserfc import jws
    from joserfc.jwk import ECKey

    return jws.serialize_compact(
        decoded(header), base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)), ECKey.generate_key("P-256"))


@changes
def test_a_token_of_another_issuer_is_refused(provider, party):
    """RFC 9068 section 4."""
    with running_provider() as foreign:
        user = foreign.add_user()
        stranger = foreign.add_client()
        token = stranger.tokens(foreign.browser(), user)["access_token"]
        assert stranger.userinfo(token).status == 200
    with provider.database.unchanged():
        assert_bearer_error(party.userinfo(token), "invalid_token", 401)


# --- the log ------------------------------------------------------------------------------------------------------


def reference(page):
    return re.search(r"\b[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}\b", page.form.text)[0]


def logged(provider, reference):
    """The lines of all pools that have this reference."""
    return [line for pool in ("fast", "slow") for line in provider.log(pool).splitlines() if reference in line]


def test_nothing_in_a_request_forges_a_line_of_the_log(provider, party, agent):
    """CWE-117: line breaks, terminal escapes and lengths are the sender's choice; a query may be nobody's business."""
    mark = secrets.token_hex(6)
    for change in (
        {"client_id": f"x\n2030-01-01T00:00:00+0000 notice postern: {mark}\x1b[2J"},
        {"redirect_uri": f"https://evil.example/\r\n{mark}\u2028?code=private"},
        {"redirect_uri": f"https://evil.example/{mark}#private"},
        {"redirect_uri": f"https://evil.example/{mark}?\u0301private" + "x" * 3000},
    ):
        page = party.start(agent, party.request(**change))
        assert_page(page)
        [line] = logged(provider, reference(page))
        assert mark in line and re.fullmatch(r"[\x20-\x7e]{1,1000}", line), line
        assert "private" not in line
    for pool in ("fast", "slow"):
        for line in provider.log(pool).splitlines():
            assert not line.startswith("2030") and re.fullmatch(r"[\x20-\x7e]*", line)


@pytest.mark.parametrize("endpoint", ["authorize", "login", "token"])
def test_what_no_handler_answers_is_in_the_log_too(provider, party, agent, endpoint):
    """Everyone who is shown a reference finds its line."""
    for answer in (
        agent.send("PUT", f"{party.path}/{endpoint}", headers={"Content-Length": "0"}),
        agent.post(f"{party.path}/{endpoint}", {"filler": "x" * 60_000}),
    ):
        if endpoint == "token":
            refusal = re.search("refusal ([0-9a-f]{12})", answer.json()["error_description"])[1]
        else:
            refusal = reference(answer).replace("-", "")
        [line] = logged(provider, refusal)
        assert f"status={answer.status}" in line and f"handler={endpoint}" in line


# --- cookies and hosts --------------------------------------------------------------------------------------------


@changes
def test_a_session_cookie_that_was_changed_signs_nobody_in(provider, party, session):
    """The store knows 256 random bits or it doesn't."""
    good = session.cookies["postern"]
    other = ("B" if good[0] == "A" else "A") + good[1:]
    with provider.database.unchanged():
        for value in (other, good[:-1], good + "A", "", "x", "'; DROP TABLE session; --", good.swapcase()):
            browser = provider.browser()
            browser.cookies = {"postern": value}
            page = party.start(browser, party.request())
            assert page.status == 200 and page.form.action.endswith("/login"), value
            request = party.request(prompt="none")
            assert_redirect(party.start(browser, request), party, "login_required", request.state)
    assert party.start(session, party.request()).query["code"]


@changes
def test_a_session_cookie_that_comes_twice_is_refused_and_cleared(provider, party, session):
    """RFC 6265bis section 8.6: another host of the domain may have planted one of them."""
    good = session.cookies["postern"]
    with provider.database.unchanged():
        page = session.send(
            "GET", f"{party.path}/authorize?{encode(party.request().parameters)}",
            headers={"Cookie": f"postern={good}; postern={good}"})
        assert page.status == 200
        assert any(
            cookie.startswith("postern=;") and "max-age=0" in cookie.lower() for cookie in page.all("Set-Cookie"))


@changes
def test_doubled_cookies_do_not_end_every_sign_in(provider, party, alice):
    """Another app of the host set them too. They are cleared where it can have put them, by pages and by redirects."""
    browser = provider.browser()
    page = party.start(browser, party.request())
    token = browser.cookies["postern-browser"]
    doubled = {"Cookie": f"postern-browser={token}; postern-browser={token}"}
    answer = browser.post(
        page.form.action, {**page.form.fields, "username": alice.name, "password": alice.password}, doubled)
    assert_page(answer, containing="blocks cookies")
    cleared = [cookie for cookie in answer.all("Set-Cookie") if cookie.startswith("postern-browser=;")]
    assert all("Max-Age=0" in cookie for cookie in cleared)
    assert {re.search("Path=([^;]*)", cookie)[1] for cookie in cleared} == {"/", party.path}
    assert party.sign_in(browser, alice).query["code"]
    session = browser.cookies["postern"]
    answer = browser.send(
        "GET", f"{party.path}/authorize?{encode(party.request(prompt='none').parameters)}",
        headers={"Cookie": f"postern={session}; postern={session}"})
    assert answer.query["error"] == "login_required" and "postern" not in browser.cookies


@changes
def test_a_browser_cookie_that_was_changed_does_not_serve_a_form(provider, party, agent, alice):
    page = party.start(agent, party.request())
    agent.cookies["postern-browser"] = base64url(secrets.token_bytes(16))
    with provider.database.unchanged():
        assert_page(agent.submit(page, username=alice.name, password=alice.password), 403)


@changes
@pytest.mark.parametrize("header", ["Host", "X-Forwarded-Host", "Forwarded", "X-Forwarded-Proto", "X-Original-URL"])
def test_another_hosts_name_means_nothing(provider, party, alice, header):
    """RFC 9700 section 4.15 and OpenID Connect Core section 2: the issuer is configuration, never a header."""
    value = {"Forwarded": "host=evil.example;proto=https", "X-Forwarded-Proto": "https"}.get(header, "evil.example")
    browser = provider.browser()

    def get(path):
        return browser.send("GET", path, headers={header: value})

    metadata = get(f"{party.path}/.well-known/openid-configuration")
    assert metadata.json()["issuer"] == provider.issuer and "evil" not in metadata.text
    page = get(f"{party.path}/authorize?{encode(party.request().parameters)}")
    assert "evil" not in page.text + str(page.headers) and page.form.action == f"{party.path}/login"
    form = page.form
    answer = browser.post(
        form.action, {**form.fields, "username": alice.name, "password": alice.password}, {header: value})
    assert answer.location.startswith(party.redirect_uri) and answer.query["iss"] == provider.issuer
    for path in ("", "/", "/static/", "/nothing", "/static", "/../oidc"):
        answer = get(party.path + path)
        assert "evil" not in str(answer.headers) + answer.text, path


def test_meta_variables_of_ours_cannot_be_sent_as_headers(provider, party, agent):
    """Only nginx names the handler."""
    answer = agent.send(
        "GET", f"{party.path}/nothing", headers={"POSTERN_HANDLER": "token", "POSTERN-HANDLER": "token"})
    assert answer.status == 404
