"""What an upstream that is broken, or hostile, costs: a page for the user, a line for the administrator, and nothing else."""

import threading

import pytest

from bad_upstream import BadUpstream, half_closed, send
from key_server import drip, flood
from waiting import wait_for
from provider import running_provider

SECRET = "a secret of the broker's own, of 32 bytes and more"


def ten_megabytes(upstream, request):
    """A good key among what is too much."""
    send(request, {"padding": "x" * 10_000_000, "keys": [upstream.key.as_dict(private=False)]})


def private_keys(upstream, request):
    send(request, {"keys": [upstream.key.as_dict(private=True)]})


def no_usable_key(upstream, request):
    key = {**upstream.key.as_dict(private=False), "use": "enc"}
    send(request, {"keys": [key, {"kty": "of another world", "kid": "one"}]})


def other_issuer(upstream, request):
    send(request, {**upstream.metadata(request.name), "issuer": upstream.issuer(request.name) + "/"})


def elsewhere(upstream, request):
    send(request, b"", 302, Location=upstream.issuer("good") + "/" + request.path.split("/", 2)[2])


def endless(upstream, request):
    flood(request)


def slow(upstream, request):
    drip(request)


def closed_halfway(upstream, request):
    half_closed(request)


def in_pieces(upstream, request):
    send(request, b'{"issuer": ')


def another_user(upstream, request):
    send(request, {"sub": "of-another", "name": "Mallory"})


def refused(upstream, request):
    send(request, {"error": "invalid_token"}, 401)


BROKEN, DOWN = "What broke", "What is down"
# Name, part, what it does; what the user sees, and what the administrator reads.
CASES = [
    ("ten-megabytes", "keys", ten_megabytes, BROKEN, "answers more than 131072 bytes"),
    ("private-keys", "keys", private_keys, BROKEN, "is no set of public keys"),
    ("no-usable-key", "keys", no_usable_key, BROKEN, "no key that the upstream publishes verifies it"),
    ("other-issuer", "discovery", other_issuer, BROKEN, "the two must be the same to the byte"),
    ("discovery-elsewhere", "discovery", elsewhere, BROKEN, "answers 302"),
    ("keys-elsewhere", "keys", elsewhere, BROKEN, "answers 302"),
    ("token-elsewhere", "token", elsewhere, BROKEN, "gave no tokens: status 302"),
    ("discovery-endless", "discovery", endless, BROKEN, "answers more than 262144 bytes"),
    ("token-endless", "token", endless, BROKEN, "answers more than 262144 bytes"),
    ("discovery-in-pieces", "discovery", in_pieces, BROKEN, "is no JSON object"),
    ("token-in-pieces", "token", in_pieces, BROKEN, "its answer is no JSON object"),
    ("userinfo-of-another", "userinfo", another_user, BROKEN, "its sub isn't that of the ID token"),
    ("userinfo-refused", "userinfo", refused, BROKEN, "gave no userinfo that can be taken: status 401"),
    ("discovery-half-closed", "discovery", closed_halfway, DOWN, "can't be reached"),
    ("token-half-closed", "token", closed_halfway, DOWN, "doesn't answer"),
    ("token-slow", "token", slow, DOWN, "doesn't answer"),
]
NAMES = [name for name, *_ in CASES] + ["good", "hangs"]


@pytest.fixture(scope="module")
def upstream():
    server = BadUpstream()
    yield server
    server.close()


@pytest.fixture(scope="module")
def broker(upstream, tmp_path_factory):
    secret = tmp_path_factory.mktemp("broker") / "secret"
    secret.write_text(SECRET)
    secret.chmod(0o600)
    items = "".join(f"""
  - name: {name}
    issuer: {upstream.issuer(name)}
    client_id: broker
    client_secret_file: {secret}
    recheck: 5s""" for name in NAMES)
    with running_provider(lambda text: f"{text}\nupstreams:{items}\n") as provider:
        yield provider


@pytest.fixture(scope="module")
def app(broker):
    return broker.add_client(
        scope="openid profile offline_access", grant_types=["authorization_code", "refresh_token"])


def set_out(broker, app, upstream, name):
    """From the login page's button to the answer; of the way back, which the user's browser would come by, the address."""
    browser = broker.browser()
    request = app.request(scope="openid offline_access")
    hidden = app.start(browser, request).form.fields
    away = browser.post(f"/oidc/upstream/{name}", {"attempt": hidden["attempt"], "token": hidden["token"]})
    if away.status != 303:
        return browser, request, away, None
    upstream.nonces[name] = away.query["nonce"]
    return browser, request, away, f"/oidc/callback/{name}?code=c&state={away.query['state']}"


def come_back(broker, app, upstream, name):
    browser, request, answer, back = set_out(broker, app, upstream, name)
    return browser, request, browser.get(back) if back else answer


@pytest.mark.parametrize(("name", "part", "does", "kind", "cause"), CASES, ids=[name for name, *_ in CASES])
def test_what_it_says_is_no_sign_in(broker, app, upstream, name, part, does, kind, cause):
    upstream.answers[name, part] = lambda request: does(upstream, request)
    sessions = broker.database.rows("SELECT count(*) FROM session")
    browser, request, page = come_back(broker, app, upstream, name)
    # Keys are fetched anew for a signature that none of them verifies, once.
    assert upstream.asked[name, part] == (2 if does is no_usable_key else 1)
    if kind == BROKEN:
        assert page.status == 502 and "could not be finished" in page.form.text, page
        assert "tell your administrator, with the reference below" in page.form.text
    else:
        assert page.status == 503 and page.header("Retry-After"), page
        assert f"{name} does not answer" in page.form.text and "password" in page.form.fields
        assert "/oidc/upstream/good" in page.text, "the others are offered"
    log = [line for line in broker.log("upstream").splitlines() if f"{name}: " in line]
    assert any(cause in line for line in log), log
    assert broker.database.rows("SELECT count(*) FROM session") == sessions
    assert not any("session" in cookie for cookie in browser.cookies)
    assert app.start(browser, app.request(prompt="none")).query["error"] == "login_required"
    # And whoever goes to another one comes in.
    assert "code" in come_back(broker, app, upstream, "good")[2].query


def test_an_answer_at_another_ones_address_is_taken_for_nobodys(broker, app, upstream):
    """RFC 9700, section 4.4: the code goes to neither of the two."""
    browser, _, _, back = set_out(broker, app, upstream, "good")
    asked = upstream.asked["good", "token"], upstream.asked["hangs", "token"]
    page = browser.get(back.replace("/callback/good", "/callback/hangs"))
    assert page.status == 400 and page.is_page, page
    page = browser.get(f"{back}&iss={upstream.issuer('hangs')}")
    assert page.status == 502 and page.is_page, page
    assert (upstream.asked["good", "token"], upstream.asked["hangs", "token"]) == asked
    assert not any("session" in cookie for cookie in browser.cookies)


def refresh(app, tokens):
    return app.exchange(
        "", "", grant_type="refresh_token", refresh_token=tokens["refresh_token"], code=None, redirect_uri=None,
        code_verifier=None)


def test_one_that_hangs_costs_no_token_request(broker, app, upstream):
    """It takes connections and says nothing, while sign-ins at it pile up; not even of a user who came from there."""
    _, request, answer = come_back(broker, app, upstream, "hangs")
    tokens = app.exchange(answer.query["code"], request.verifier).json()
    waiting = [set_out(broker, app, upstream, "hangs") for _ in range(12)]
    upstream.answers["hangs", "token"] = upstream.hang
    wait_for(lambda: "of-hangs" in upstream.hanging, "the upstream is asked about its user")
    pages = []
    threads = [
        threading.Thread(target=lambda browser=browser, back=back, code=code: pages.append(
            browser.get(back.replace("code=c", f"code=c{code}"))))
        for code, (browser, _, _, back) in enumerate(waiting)]
    for thread in threads:
        thread.start()
    wait_for(lambda: len(upstream.hanging) > 2, "sign-ins hang")
    # All of this is done while they hang.
    hanging = upstream.hanging - {"of-hangs"}
    for _ in range(4):
        tokens = refresh(app, tokens).json()
        assert app.back.post("/oidc/introspect", {"token": tokens["access_token"]}, app.basic()).json()["active"]
    assert app.userinfo(tokens["access_token"]).status == 200
    assert hanging and hanging <= upstream.hanging
    upstream.let_go.set()
    for thread in threads:
        thread.join()
    for page in pages:
        assert page.status == 503 and "hangs does not answer" in page.form.text and "password" in page.form.fields
        assert "/oidc/upstream/good" in page.text, "the others are offered"
