"""What holds at every endpoint: methods, content types, sizes, hosts, and what the log says of a refusal."""

import re
import secrets

import pytest

from oidc import FORM, encode
from refusals import assert_error, assert_page, changes, nothing_changes  # noqa: F401


@pytest.mark.parametrize(
    ("endpoint", "methods", "allow"),
    [
        ("authorize", ["PUT", "DELETE", "PATCH"], {"GET", "HEAD", "POST"}),
        ("login", ["DELETE", "PUT"], {"GET", "HEAD", "POST"}),
        ("consent", ["PUT", "DELETE"], {"GET", "HEAD", "POST"}),
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
    fields = {**party.request().parameters, **party.exchange_request("x", "v" * 43)[0]}
    headers = {} if content_type is None else {"Content-Type": content_type}
    answer = agent.send("POST", f"{party.path}/{endpoint}", encode(fields), {**headers, **party.basic()})
    if endpoint == "token":
        assert_error(answer, "invalid_request")
    else:
        assert_page(answer)


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
    assert "evil" not in page.text + str(page.headers) and page.form.path == f"{party.path}/login"
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
