"""What nginx does by itself: caching, limits, answers while a pool is down, headers, its log."""

import concurrent.futures
import contextlib
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time

import pytest

from accessibility import assert_accessible
from oidc import Browser, encode
from pools import Pools
from ports import unused_port
from provider import faketime_library, running_provider, temporary_folder
from waiting import wait_for

REFERENCE = r"[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}"
CACHED = [".well-known/openid-configuration", "jwks"]
PAGES = ["authorize", "login", "consent"]
APIS = ["token", "userinfo", "health"]
API = "admin/api/v1/clients"


def assert_told(answer, kind, body, path, error):
    """RFC 6749, section 5.2's form; of the administration API a problem (RFC 9457)."""
    told = json.loads(body)
    if path.startswith("admin/api/v1/"):
        assert kind == "application/problem+json"
        assert told["type"] == "about:blank" and told["status"] == answer.status and told["title"]
        assert re.search(REFERENCE, told["refusal"]) and told["detail"]
    else:
        assert kind == "application/json"
        assert told["error"] == error
        assert re.search(REFERENCE, told["error_description"])


@pytest.fixture(scope="module")
def own():
    """A provider whose pools these tests stop and start."""
    with running_provider() as running:
        yield running


@pytest.fixture
def uncached(own):
    """The provider with an empty cache, which nginx wasn't told of."""
    for file in kept(own):
        file.unlink()
    return own


def kept(provider):
    return [path for path in (provider.folder / "run/cache").rglob("*") if path.is_file()]


@pytest.fixture
def restarted(own):
    """The provider with an empty cache and no one counted, and whole again afterwards."""
    own.up()
    yield own
    own.up()


def log_lines(provider):
    return (provider.folder / "run/access.log").read_text().splitlines()


def logged(provider, text, after=0):
    """The log's line that holds this, beyond so many lines: nginx writes it when the answer has gone."""
    return wait_for(
        lambda: next((line for line in log_lines(provider)[after:] if text in line), None), f"{text} is logged",
        timeout=10)


def handled(provider, browser, method, path):
    """The answer to one request, and what the log says of it: a field's name to its value."""
    before = len(log_lines(provider))
    answer = browser.send(method, f"/oidc/{path}")
    return answer, dict(re.findall(r"(\w+)=(\S+)", logged(provider, f" {method} /oidc/{path} ", before)))


@pytest.mark.parametrize("query", ["", "?x=1"])
def test_the_metadata_stands_where_oauth_clients_look(provider, query):
    """RFC 8414 section 3: for an issuer with a path, the well-known word comes before it."""
    browser = provider.browser()
    answer = browser.get(f"/.well-known/oauth-authorization-server/oidc{query}")
    assert answer.status == 200 and answer.json()["issuer"] == provider.issuer
    assert answer.body == browser.get("/oidc/.well-known/openid-configuration").body
    assert answer.all("Access-Control-Allow-Origin") == ["*"]
    assert browser.post("/.well-known/oauth-authorization-server/oidc", {}).status == 405
    assert browser.get("/.well-known/oauth-authorization-server/other").status == 404


# --- the cache ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", CACHED)
def test_a_head_that_comes_first_keeps_the_whole_answer(uncached, path):
    browser = uncached.browser()
    first, log = handled(uncached, browser, "HEAD", path)
    assert log["cache"] == "MISS"
    assert first.status == 200 and first.body == b""
    limit = time.monotonic() + 5
    while True:
        answer, log = handled(uncached, browser, "GET", path)
        assert answer.json()
        if log["cache"] == "HIT":
            break
        assert time.monotonic() < limit, "a HEAD was not kept"
    head, log = handled(uncached, browser, "HEAD", path)
    assert log["cache"] == "HIT" and head.body == b""
    assert head.header("Content-Type") == answer.header("Content-Type")


@pytest.mark.parametrize("path", CACHED)
def test_a_query_that_comes_first_changes_nothing(uncached, path):
    """One kept answer for each endpoint, whatever was asked for: else anybody could fill the cache, or poison it."""
    browser = uncached.browser()
    answers = {
        browser.get(f"/oidc/{path}{query}", headers=headers).body
        for query in ("?x=1", "", "?x=2&x=3", "?" + "y" * 3000)
        for headers in ({}, {"Accept-Language": "de"}, {"Cookie": "a=b"}, {"Origin": "https://evil.example"},
                        {"Host": "evil.example"}, {"X-Forwarded-Host": "evil.example"}, {"Authorization": "Bearer x"})
    }
    assert len(answers) == 1
    assert b"evil" not in answers.pop()
    assert len(kept(uncached)) <= 2


@pytest.mark.parametrize("path", CACHED)
def test_any_page_may_read_it_and_no_cookie_comes_with_it(uncached, path):
    for method in ("GET", "HEAD"):
        answer = uncached.browser().send(method, f"/oidc/{path}", headers={"Origin": "https://spa.example"})
        assert answer.all("Access-Control-Allow-Origin") == ["*"]
        assert not answer.all("Access-Control-Allow-Credentials")
        assert not answer.all("Set-Cookie")
        assert re.search(r"\bmax-age=\d+", answer.header("Cache-Control"))


@pytest.mark.parametrize("path", CACHED)
def test_a_refusal_is_never_kept(uncached, path):
    browser = uncached.browser()
    for _ in range(3):
        answer, log = handled(uncached, browser, "POST", path)
        assert answer.status == 405
        assert log["upstream"] == "405"
    assert browser.get(f"/oidc/{path}").status == 200


def test_what_is_kept_outlives_the_pool_for_an_hour_at_most(restarted):
    """RFC 5861, section 4. faketime moves nginx's clock, while the pools are down."""
    browser = restarted.browser()
    expected = {path: browser.get(f"/oidc/{path}").body for path in CACHED}
    for path in CACHED:
        control = browser.get(f"/oidc/{path}").header("Cache-Control")
        fresh, stale = (int(re.search(rf"\b{name}=(\d+)", control).group(1)) for name in ("max-age", "stale-if-error"))
        assert stale <= 3600
    Pools(restarted).stop("fast")
    for path, body in expected.items():
        assert browser.get(f"/oidc/{path}").body == body
    for seconds, status in ((fresh + 60, 200), (fresh + stale - 60, 200), (fresh + stale + 60, 503)):
        with nginx_later(restarted, seconds):
            for path in CACHED:
                answer = restarted.browser().get(f"/oidc/{path}")
                assert answer.status == status, (path, seconds)
                assert status == 503 or answer.body == expected[path]


@contextlib.contextmanager
def nginx_later(provider, seconds):
    """nginx alone, `seconds` from now, with what it kept."""
    run = provider.folder / "run"
    os.kill(int((run / "nginx.pid").read_text()), signal.SIGQUIT)
    wait_for_port(provider.port, listening=False)
    start_nginx(provider, {**os.environ, "LD_PRELOAD": faketime_library(), "FAKETIME": f"+{seconds}s"})
    wait_for_port(provider.port, listening=True)
    yield


def start_nginx(provider, environment=None):
    run = provider.folder / "run"
    subprocess.run(
        ["nginx", "-e", run / "nginx.error.log", "-c", run / "nginx.conf"], check=True, env=environment, timeout=30,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@contextlib.contextmanager
def bare_nginx(folder, http):
    """An nginx with these directives at http level."""
    temporary = "".join(
        f'{name}_temp_path "{folder}/{name}";' for name in ("client_body", "fastcgi", "proxy", "scgi", "uwsgi"))
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(
        f"{user} pid {folder}/nginx.pid; events {{}} http {{ access_log off; {temporary} {http} }}")
    command = ["nginx", "-e", folder / "error.log", "-c", folder / "nginx.conf"]
    test = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert test.returncode == 0 and "[warn]" not in test.stderr, test.stderr
    # It stays behind as a daemon and would hold a pipe open, so what it says is read from its log.
    started = subprocess.run(
        command, check=False, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    assert started.returncode == 0, (folder / "error.log").read_text()
    try:
        yield
    finally:
        os.kill(int((folder / "nginx.pid").read_text()), signal.SIGQUIT)


def wait_for_port(port, listening):
    def listens():
        probe = Browser(f"http://localhost:{port}")
        try:
            probe.get("/")
            return True
        except OSError:
            return False
        finally:
            probe.close()

    wait_for(lambda: listens() == listening, f"port {port} is {'taken' if listening else 'free'}", timeout=15)


# --- a pool that is down ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def down(own):
    own.up()
    Pools(own).stop("fast")
    Pools(own).stop("slow")
    # Nothing is kept of discovery and keys either.
    shutil.rmtree(own.folder / "run/cache")
    os.kill(int((own.folder / "run/nginx.pid").read_text()), signal.SIGQUIT)
    wait_for_port(own.port, listening=False)
    start_nginx(own)
    wait_for_port(own.port, listening=True)
    yield own
    own.up()


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE"])
@pytest.mark.parametrize("path", APIS + CACHED + [API])
def test_a_stopped_pool_is_told_in_json_by_what_speaks_json(down, path, method):
    """RFC 9110, section 15.6.4."""
    answer = down.browser().send(method, f"/oidc/{path}", headers={"Content-Length": "0"})
    assert answer.status == 503
    assert int(answer.header("Retry-After")) > 0
    assert answer.header("Cache-Control") == "no-store"
    assert answer.all("Access-Control-Allow-Origin") == ["*"]
    if method != "HEAD":
        assert_told(answer, answer.header("Content-Type"), answer.body, path, "temporarily_unavailable")


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT"])
@pytest.mark.parametrize("path", PAGES)
def test_a_stopped_pool_is_told_on_a_page_by_what_shows_pages(down, path, method):
    answer = down.browser().send(method, f"/oidc/{path}?state=x", headers={"Content-Length": "0"})
    assert answer.status == 503
    assert int(answer.header("Retry-After")) > 0
    assert answer.header("Cache-Control") == "no-store"
    assert answer.header("Content-Type").startswith("text/html")
    if method != "HEAD":
        assert re.search(rf"Reference\s+({REFERENCE})", answer.form.text)


def test_the_page_for_a_stopped_pool_is_accessible_and_its_reference_is_logged(down, page):
    answer = page.goto(f"{down.base}/authorize?state=hidden")
    assert answer.status == 503
    assert_accessible(page)
    reference = page.locator("code").inner_text()
    line = logged(down, f"reference={reference}")
    assert " GET /oidc/authorize 503 " in line and "hidden" not in line


# --- what isn't there, what is too much ---------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT"])
@pytest.mark.parametrize("path", [
    "nothing", "token/", "token/x", "authorize/../nothing", "Token", "static/nothing.css", "static/errors/503.html",
    "static/errors/", "static/../../../../../../etc/passwd", "static..%2fpostern.yaml", ".well-known/", "%00",
])
def test_what_is_not_there_is_a_page_of_ours(provider, agent, path, method):
    answer = agent.send(method, f"/oidc/{path}", headers={"Content-Length": "0"})
    if path == "%00" or path.startswith("static/.."):
        # nginx refuses a path that leaves the root, or holds a NUL, before it looks for a place.
        assert answer.status in (400, 404)
    else:
        # A file takes no PUT, whether it is there or not.
        assert answer.status == (405 if "nothing.css" in path and method == "PUT" else 404)
        assert answer.header("Content-Type").startswith("text/html")
        assert_headers_of_a_page(answer)
    assert answer.location is None
    assert b"root:" not in answer.body


@pytest.mark.parametrize("path", ["", "static/style.css"])
def test_a_method_that_a_file_does_not_take_is_refused_with_what_it_takes(agent, path):
    """RFC 9110 section 15.5.6."""
    answer = agent.send("DELETE", f"/oidc/{path}")
    assert answer.status == 405 and answer.all("Allow") == ["GET, HEAD"]
    assert_headers_of_a_page(answer)
    assert agent.get("/oidc/nothing").all("Allow") == []


def assert_headers_of_a_page(answer):
    policy = answer.all("Content-Security-Policy")
    assert len(policy) == 1 and "default-src 'none'" in policy[0] and "frame-ancestors 'none'" in policy[0]
    assert answer.all("X-Content-Type-Options") == ["nosniff"]
    assert answer.all("Referrer-Policy") == ["no-referrer"]
    assert len(answer.all("Cache-Control")) == 1


@pytest.mark.parametrize("path", ["authorize", "nothing", "static/index.html", ""])
def test_each_page_has_one_policy_and_tells_no_version(provider, party, agent, path):
    """Two content security policies intersect, so a page has either the handler's or nginx's."""
    answer = agent.get(f"/oidc/{path}?{encode(party.request().parameters)}")
    assert_headers_of_a_page(answer)
    assert answer.all("Server") == ["nginx"]


def test_no_answer_over_http_asks_for_https(provider, agent):
    """RFC 6797, section 7.2."""
    for path in ("authorize", "nothing", "jwks", "static/style.css", "token"):
        assert not agent.get(f"/oidc/{path}").all("Strict-Transport-Security")


@pytest.mark.parametrize("path", PAGES)
def test_a_body_beyond_the_limit_gets_a_page(provider, agent, path):
    """RFC 9110, section 15.5.14."""
    answer = agent.post(f"/oidc/{path}", {"filler": "x" * 100_000})
    assert answer.status == 413
    assert answer.header("Content-Type").startswith("text/html")
    assert re.search(REFERENCE, answer.form.text)


@pytest.mark.parametrize("path", APIS + CACHED + [API])
def test_a_body_beyond_the_limit_gets_json_where_json_is_spoken(provider, agent, path):
    answer = agent.post(f"/oidc/{path}", {"filler": "x" * 100_000})
    assert answer.status == 413
    assert_told(answer, answer.header("Content-Type"), answer.body, path, "invalid_request")


@pytest.mark.parametrize("path", APIS + CACHED + [API, "register", "register/x"])
def test_what_nginx_refuses_before_it_knows_the_location_is_told_likewise(provider, agent, path):
    """A NUL in the path, an address that is too long, TRACE."""
    for method, tail, status in (("GET", "%00", 400), ("POST", f"?a={'x' * 20000}", 414), ("TRACE", "", 405)):
        answer = agent.send(method, f"/oidc/{path}{tail}", headers={"Content-Length": "0"})
        assert answer.status == status, (method, tail[:9])
        assert answer.header("Cache-Control") == "no-store"
        assert_told(answer, answer.header("Content-Type"), answer.body, path, "invalid_request")
        assert (answer.header("Allow") is not None) == (status == 405), "RFC 9110, section 15.5.6"
    for other in ("/oidc/authorize", "/another-app"):
        answer = agent.send("TRACE", other)
        assert answer.status == 405 and answer.all("Content-Type") == ["text/html"], "nginx's own"


def test_nobody_asks_for_what_nginx_refuses_by(agent):
    assert agent.get("/oidc/refused/malformed").status == 404


def test_headers_that_are_too_large_get_json_where_json_is_spoken(provider, agent):
    """RFC 6750, section 3.1: a token that can't be one is a malformed request."""
    large = {"Authorization": f"Bearer {'x' * 9000}"}
    for path in ("admin/api/v1/clients", "userinfo", "register/x"):
        answer = agent.get(f"/oidc/{path}", headers=large)
        assert answer.status == 400, path
        assert_told(answer, answer.header("Content-Type"), answer.body, path, "invalid_request")
    for path in ("/oidc/authorize", "/another-app"):
        answer = agent.get(path, headers=large)
        assert answer.status == 400 and answer.header("Content-Type").startswith("text/html"), path


def malformed(provider, path):
    """The answer to a chunked body whose first chunk has no length (RFC 9112, section 7.1), from nginx itself."""
    with socket.create_connection(("127.0.0.1", provider.port), timeout=10) as connection:
        connection.sendall(
            f"POST /oidc/{path} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nnone\r\n".encode())
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        return answer, answer.read()


@pytest.mark.parametrize("path", APIS + CACHED + [API])
def test_what_is_no_request_is_told_in_json_where_json_is_spoken(provider, path):
    answer, body = malformed(provider, path)
    assert answer.status == 400
    assert answer.headers["Cache-Control"] == "no-store"
    assert_told(answer, answer.headers["Content-Type"], body, path, "invalid_request")


@pytest.mark.parametrize("path", PAGES)
def test_what_is_no_request_is_told_on_a_page_where_pages_are_shown(provider, path):
    answer, body = malformed(provider, path)
    assert answer.status == 400
    assert re.search(rf"Reference\s+<code>{REFERENCE}".encode(), body)


@pytest.mark.parametrize("path, kind", [("token", "application/json"), ("jwks", "application/json"),
                                        ("authorize", "text/html")])
def test_a_server_that_denies_an_address_says_it_as_the_endpoint_speaks(own, path, kind):
    """Our locations take on what the administrator's server block allows and denies."""
    with temporary_folder() as folder:
        port = unused_port()
        for name in ("http", "locations", "fastcgi"):
            text = own.postern("nginx", f"--{name}")
            text = re.sub(r"^fastcgi_cache_path \S+", f"fastcgi_cache_path {folder}/cache", text, flags=re.MULTILINE)
            text = text.replace("/var/log/nginx/postern.log", f"{folder}/access.log")
            (folder / f"postern-{name}.conf").write_text(text)
        with bare_nginx(folder, f"""
            include postern-http.conf;
            server {{ listen 127.0.0.1:{port}; deny all; include postern-locations.conf; }}"""):
            wait_for_port(port, listening=True)
            answer = Browser(f"http://localhost:{port}", "127.0.0.1").get(f"/oidc/{path}")
            assert answer.status == 403
            assert answer.header("Content-Type").startswith(kind)
            assert re.search(REFERENCE.encode(), answer.body), "it is ours, not nginx's own"
            if kind == "application/json":
                assert answer.json()["error"] == "access_denied"


@pytest.mark.parametrize("name", ["style.css", "favicon.svg", "index.html"])
def test_static_files_are_kept_by_browsers(provider, agent, name):
    answer = agent.get(f"/oidc/static/{name}")
    assert answer.status == 200
    assert "max-age" in answer.header("Cache-Control")
    again = agent.get(f"/oidc/static/{name}", headers={"If-None-Match": answer.header("ETag")})
    assert again.status == 304


def test_the_front_door(provider, page):
    page.goto(provider.base)
    assert page.url == provider.base + "/"
    assert_accessible(page)
    page.get_by_role("link", name=re.compile("metadata")).click()
    assert page.url.endswith("/.well-known/openid-configuration")


# --- rates --------------------------------------------------------------------------------------------------------


def statuses_of_a_storm(provider, path, number):
    """Posts as fast as eight connections can. 401, 400 and 200 are the handler's: nginx's refusal is 429."""
    def some(count):
        browser = provider.browser("127.0.0.1")
        return [browser.post(f"/oidc/{path}", {}) for _ in range(count)]

    with concurrent.futures.ThreadPoolExecutor(8) as threads:
        return [answer for answers in threads.map(some, [number // 8] * 8) for answer in answers]


def test_who_floods_the_login_form_is_slowed_down_by_a_page(restarted):
    """RFC 6585, section 4."""
    answers = statuses_of_a_storm(restarted, "login", 160)
    refused = [answer for answer in answers if answer.status == 429]
    assert refused and len(refused) < len(answers) - 25
    for answer in refused:
        assert int(answer.header("Retry-After")) > 0
        assert answer.header("Content-Type").startswith("text/html")
        assert_headers_of_a_page(answer)
    # To look at the pages costs nothing, and is not refused.
    assert restarted.browser().get("/oidc/login").status == 302


def test_who_floods_the_token_endpoint_is_slowed_down_by_json(restarted):
    answers = statuses_of_a_storm(restarted, "token", 2400)
    refused = [answer for answer in answers if answer.status == 429]
    assert len(answers) - len(refused) >= 400, "a whole company behind one address"
    if not refused:
        pytest.skip("this machine is too slow to exceed the limit")
    for answer in refused:
        assert int(answer.header("Retry-After")) > 0
        assert answer.json()["error"] == "temporarily_unavailable"


def test_an_ipv6_network_is_one_address(own):
    """Who has one IPv6 address has 2^64 of them. nginx is told addresses by a header here, and one request a minute."""
    with temporary_folder() as folder:
        port = unused_port()
        text = own.postern("nginx", "--http").replace("rate=200r/s", "rate=1r/m")
        text = re.sub(r"^fastcgi_cache_path \S+", f"fastcgi_cache_path {folder}/cache", text, flags=re.MULTILINE)
        (folder / "postern-http.conf").write_text(text)
        with bare_nginx(folder, f"""
            include postern-http.conf;
            limit_req_status 429;
            server {{
                listen 127.0.0.1:{port};
                set_real_ip_from 127.0.0.1;
                real_ip_header X-Address;
                location / {{ limit_req zone=postern_token; try_files /none =404; }}
            }}"""):
            wait_for_port(port, listening=True)
            browser = Browser(f"http://localhost:{port}", "127.0.0.1")

            def status(address):
                return browser.get("/", headers={"X-Address": address}).status

            assert status("2001:db8:0:1::1") == 404
            assert status("2001:db8:0:1:ffff::2") == 429
            # 0x0a is a line feed, 0 ends a C string.
            assert status("2001:db8:0:a::a0a") == 404
            assert status("2001:db8:0:a:a0a::") == 429
            assert status("2001:db8:a0a:a0a::1") == 404
            assert status("2001:db8:a0a:a0a::2") == 429
            assert status("192.0.2.1") == 404
            assert status("192.0.2.2") == 404
            assert status("192.0.2.1") == 429
            # IPv4 on a socket for both families.
            assert status("::ffff:192.0.2.3") == 404
            assert status("::ffff:192.0.2.4") == 404
            assert status("::ffff:192.0.2.3") == 429


# --- names of others, and what is written down --------------------------------------------------------------------


@pytest.mark.parametrize("path", ["", "/oidc", "/oidc/", "/oidc/authorize", "/oidc/login", "/oidc/nothing",
                                  "/oidc/static", "/oidc/static/errors", "/oidc/.well-known"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_another_hosts_name_is_never_in_a_location(provider, agent, path, method):
    for headers in ({"Host": "evil.example"}, {"Host": "evil.example:80", "X-Forwarded-Host": "evil.example"}):
        answer = agent.send(method, path or "/", headers={**headers, "Content-Length": "0"})
        assert "evil" not in str(answer.headers)
        assert b"evil" not in answer.body


def test_the_access_log_holds_no_query_and_no_referrer(provider, party, alice, agent):
    request = party.request(state="secret-state", login_hint="secret-hint")
    answer = party.sign_in(agent, alice, request)
    code = answer.query["code"]
    agent.get(f"/oidc/nothing?code={code}", headers={"Referer": f"https://app.example/?code={code}"})
    agent.get(f"/oidc?code={code}")
    agent.post(f"/oidc/token?code={code}", {"filler": "x" * 100_000})
    logged(provider, " POST /oidc/token 413 ")
    log = (provider.folder / "run/access.log").read_text()
    assert "/oidc/authorize" in log and "/oidc/nothing" in log
    for secret in ("secret-state", "secret-hint", code, "?"):
        assert secret not in log
    assert "secret" not in (provider.folder / "run/nginx.error.log").read_text()


def test_the_reference_on_an_error_page_is_that_of_the_log(provider, agent):
    answer = agent.get("/oidc/authorize?client_id=unknown")
    reference = re.search(REFERENCE, answer.form.text).group()
    line = logged(provider, f"reference={reference}")
    assert "handler=authorize" in line and " 400 " in line
    wait_for(lambda: reference.replace("-", "") in provider.log("fast"), "the handler logs the reference", timeout=10)


# --- TLS: the complete example ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def tls(own):
    """nginx with the example server as printed, for an issuer of its own and the sockets of a running provider."""
    own.up()
    with temporary_folder() as folder:
        port, plain = unused_port(), unused_port()
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
             "-subj", "/CN=login.example.com", "-keyout", folder / "key.pem", "-out", folder / "cert.pem"],
            check=True, capture_output=True)
        environment = {**os.environ, "POSTERN_ISSUER": f"https://login.example.com:{port}/oidc"}
        for name in ("http", "locations", "fastcgi", "server"):
            text = subprocess.run(
                [own.programs / "postern", "--config", own.config, "nginx", f"--{name}"], env=environment, check=True,
                capture_output=True, text=True).stdout
            text = re.sub(r"^fastcgi_cache_path \S+", f"fastcgi_cache_path {folder}/cache", text, flags=re.MULTILINE)
            text = text.replace("/var/log/nginx/postern.log", f"{folder}/access.log")
            text = re.sub(r"/etc/letsencrypt/\S+/fullchain.pem", f"{folder}/cert.pem", text)
            text = re.sub(r"/etc/letsencrypt/\S+/privkey.pem", f"{folder}/key.pem", text)
            text = text.replace("listen 80;", f"listen {plain};").replace("listen [::]:80;", "")
            text = re.sub(r"listen \[::\]:\d+ ssl http2;", "", text)
            (folder / f"postern-{name}.conf").write_text(text)
        with bare_nginx(folder, "include postern-http.conf; include postern-server.conf;"):
            wait_for_port(plain, listening=True)
            yield port, plain


def over_tls(port, path, *options):
    run = subprocess.run(
        ["curl", "-sik", "--connect-to", f"::127.0.0.1:{port}", f"https://login.example.com:{port}{path}", *options],
        capture_output=True, text=True, check=False, timeout=30)
    head, _, body = run.stdout.partition("\r\n\r\n")
    return run.returncode, head.lower(), body


@pytest.mark.parametrize("path", ["/oidc/authorize", "/oidc/jwks", "/oidc/nothing", "/oidc/static/style.css",
                                  "/oidc/health", "/oidc", "/", "/elsewhere"])
def test_every_answer_over_tls_asks_to_stay_there(tls, path):
    """RFC 6797, section 7.1: one Strict-Transport-Security header on each answer."""
    _, head, _ = over_tls(tls[0], path)
    assert head.count("strict-transport-security: max-age=31536000") == 1
    assert head.count("strict-transport-security") == 1


def test_old_tls_is_refused(tls):
    """RFC 9325, section 3.1.1."""
    assert over_tls(tls[0], "/oidc/jwks", "--tls-max", "1.1")[0] != 0
    assert over_tls(tls[0], "/oidc/jwks", "--tls-max", "1.2")[0] == 0


def test_plain_http_is_sent_to_the_configured_name(tls):
    port, plain = tls
    run = subprocess.run(
        ["curl", "-si", "-H", "Host: evil.example", f"http://127.0.0.1:{plain}/oidc/authorize?x=1"],
        capture_output=True, text=True, check=True)
    assert f"Location: https://login.example.com:{port}/oidc/authorize?x=1" in run.stdout
    assert "evil" not in run.stdout


def test_the_redirect_to_the_front_door_is_to_the_issuer(tls):
    _, head, _ = over_tls(tls[0], "/oidc", "-H", "Host: evil.example")
    assert f"location: https://login.example.com:{tls[0]}/oidc/" in head
