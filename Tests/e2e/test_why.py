"""`postern why`: what an administrator learns of a refusal by its id, and what nobody ever does."""

import base64
import fcntl
import json
import re
import subprocess
import threading
import time

import pytest

from oidc import FORM, base64url, encode
from provider import running_provider
from waiting import wait_for


def reference(answer):
    """The id that an answer shows: on its page, in its JSON, or in what it sends to the app."""
    if answer.is_page:
        return re.search(r"\b([0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4})\b", answer.form.text)[1]
    text = answer.query["error_description"] if answer.location else answer.json()["error_description"]
    return re.search(r"\(refusal ([0-9a-f]{12})\)$", text)[1]


def why(provider, answer_or_id, *options):
    """What `why` says, as soon as the pool has written it: that takes about a second."""
    id = answer_or_id if isinstance(answer_or_id, str) else reference(answer_or_id)
    wait_for(lambda: provider.run("why", id).returncode == 0, f"the refusal {id} is written", timeout=10)
    return provider.postern("why", id, *options)


@pytest.fixture(scope="module")
def strict_party(provider):
    return provider.add_client(
        client_name="Strict", client_id="strict-app", redirect_uris=["https://strict.example/callback"],
        require_pkce=True, scope="openid profile email")


def test_a_redirect_uri_off_by_a_slash(provider, party, agent):
    answer = party.start(agent, party.request(redirect_uri=party.redirect_uri + "/"))
    assert answer.status == 400
    said = why(provider, answer)
    assert f"{party.redirect_uri}  (registered now)" in said
    assert "differs at the end: a slash too many" in said
    command = f"postern client set {party.client_id} --add-redirect-uri {party.redirect_uri}/"
    assert command in said
    assert "authorize (GET)" in said


def test_the_command_that_mends_it_does(provider, agent):
    party = provider.add_client(redirect_uris=["https://mended.example/callback"])
    answer = party.start(agent, party.request(redirect_uri="https://mended.example/callback/"))
    said = json.loads(why(provider, answer, "--json"))
    command = next(line for line in said["advice"] if "--add-redirect-uri" in line).split(": postern ")[1]
    provider.postern(*command.split())
    assert party.start(agent, party.request(redirect_uri="https://mended.example/callback/")).status == 200
    assert json.loads(why(provider, answer, "--json"))["difference"] == ["none: it is registered by now"]


def test_a_client_id_off_by_a_letter(provider, strict_party, agent):
    answer = strict_party.start(agent, strict_party.request(client_id="strict-ap"))
    said = why(provider, answer)
    assert "client_id: strict-ap" in said
    assert "the nearest id that is registered now: strict-app" in said


def test_a_wrong_secret(provider, party, fresh_code):
    answer = party.exchange(*fresh_code, headers=party.basic(secret="a wrong s3cret"))
    said = why(provider, answer)
    assert "client's secret: did not match" in said
    assert f"postern client set {party.client_id} --new-secret" in said
    assert "s3cret" not in said


def test_a_wrong_authentication_method(provider, post_party):
    fields = {"grant_type": "authorization_code", "code": "x", "redirect_uri": post_party.redirect_uri}
    answer = post_party.back.post(f"{post_party.path}/token", fields, post_party.basic())
    said = why(provider, answer)
    assert "client_secret_basic came, client_secret_post is registered now" in said


def test_pkce_that_is_missing(provider, strict_party, agent):
    answer = strict_party.start(agent, strict_party.request(pkce=False))
    assert answer.query["error"] == "invalid_request"
    said = why(provider, answer)
    assert "code_challenge: absent" in said
    assert "S256" in said


def test_a_verifier_that_does_not_match(provider, party, fresh_code):
    code, _ = fresh_code
    said = why(provider, party.exchange(code, base64url(bytes(32))))
    assert "code_verifier: did not match" in said


def test_a_code_used_twice(provider, party, fresh_code):
    assert party.exchange(*fresh_code).status == 200
    said = why(provider, party.exchange(*fresh_code))
    assert "the code was used before" in said
    assert "each code once" in said


def test_a_scope_that_is_not_allowed(provider, strict_party, alice):
    request = strict_party.request(scope="clerk emial")
    answer = strict_party.sign_in(provider.browser(), alice, request)
    assert answer.query["error"] == "invalid_scope"
    said = why(provider, answer)
    assert "scope: clerk emial" in said
    assert "openid profile email  (registered now)" in said
    assert "clerk is not allowed now." in said
    assert 'emial is not allowed now. Did you mean "email"?' in said


def test_a_token_that_is_no_good(provider, party):
    answer = party.userinfo("s3cret.token.of-mine")
    assert answer.status == 401
    said = why(provider, answer)
    assert "userinfo (GET)" in said and "access token" in said
    assert "s3cret" not in said


def test_an_id_is_taken_as_it_is_read(provider, party, agent):
    id = reference(party.start(agent, party.request(client_id="nobody")))
    said = why(provider, id)
    for text in (id.upper(), id.replace("-", ""), id.replace("-", " ")):
        assert why(provider, text) == said
    assert json.loads(why(provider, id, "--json"))["id"] == id.replace("-", "")


@pytest.mark.parametrize(("id", "says"), [("0000-0000-0000", "no record"), ("nonsense", "twelve hexadecimal")])
def test_an_id_that_nobody_knows_leads_to_the_logs(provider, id, says):
    run = subprocess.run(
        [provider.programs / "postern", "why", id, "--config", provider.config], text=True, capture_output=True,
        timeout=60, check=False)
    assert run.returncode == 1
    assert says in run.stderr


def test_no_secret_is_written_down_anywhere():
    """Bad requests of every kind, with secrets wherever one may stand: none is in database, logs or explanations."""
    marks = []

    def secret(kind):
        marks.append(f"s3cret{len(marks)}{kind}" + "x" * 40)
        return marks[-1]

    with running_provider() as provider:
        user = provider.add_user("bob")
        party = provider.add_client()
        other = provider.add_client(client_id="other", redirect_uris=["https://other.example/callback"])
        public = provider.add_client(
            client_id="public", redirect_uris=["https://public.example/callback"], token_endpoint_auth_method="none")
        answers = []

        # The authorization endpoint.
        for change in (
            {"redirect_uri": f"https://app.example/callback?code={secret('query')}&{secret('bare')}"},
            {"redirect_uri": f"https://me:{secret('user')}@app.example/callback#{secret('fragment')}"},
            {"redirect_uri": f"{party.redirect_uri}/?a={secret('query')}", "client_secret": secret("query")},
            {"client_id": "nobody", "password": secret("password")},
            {"id_token_hint": secret("hint")}, {"id_token_hint": f"e30.{secret('hint')}.e30"},
            {"login_hint": secret("hint"), "prompt": "none"}, {"state": secret("state"), "response_type": "token"},
            {"nonce": secret("nonce"), "scope": "clerk", "prompt": "none"},
            {"request": secret("request")}, {"request_uri": "https://x.example/" + secret("uri")},
            {"registration": secret("registration")}, {"code_challenge": secret("challenge")},
            {"prompt": secret("prompt")}, {"max_age": secret("age")}, {secret("name"): secret("value"), "prompt": "x"},
            {"response_mode": secret("mode")}, {"resource": "https://api.example/?a=" + secret("resource")},
        ):
            answers.append(party.start(provider.browser(), party.request(**change)))
        name = secret("repeated")
        query = encode([*party.request().parameters.items(), (name, "1"), (name, "2")])
        answers.append(provider.browser().get(f"{party.path}/authorize?{query}"))
        answers.append(provider.browser().get(f"{party.path}/authorize?attempt={secret('attempt')}"))

        # One by one, as of a flood not all are kept.
        why(provider, answers[-1])
        # The pages.
        browser = provider.browser()
        page = party.start(browser, party.request(state=secret("state")))
        assert browser.submit(page, username=secret("username"), password=secret("password")).status == 200
        answers.append(browser.submit(page, token=secret("token"), password=secret("password")))
        answers.append(browser.submit(page, attempt=secret("attempt"), password=secret("password")))
        answers.append(provider.browser().submit(page, username="bob", password=secret("password")))
        answers.append(browser.post(f"{party.path}/consent", {"token": secret("token"), "attempt": secret("attempt")}))
        answers.append(browser.post(f"{party.path}/login", {secret("name"): "", "attempt": secret("attempt")}))

        why(provider, answers[-1])
        # The token endpoint, with what is good elsewhere among it.
        code = party.sign_in(provider.browser(), user, asked := party.request()).query["code"]
        marks += [code, asked.verifier, party.secret, other.secret, user.password]
        back = party.back
        for change in (
            {"redirect_uri": "https://app.example/?code=" + secret("query")}, {"code_verifier": secret("verifier")},
            {"code_verifier": "short"}, {"code": secret("code")}, {"code": "~" + secret("code")},
            {"grant_type": secret("grant")}, {"grant_type": "refresh_token", "refresh_token": secret("refresh")},
            {"client_assertion": secret("assertion"), "client_assertion_type": secret("type")},
            {"client_secret": secret("secret")}, {"client_id": "other"}, {"scope": None, "password": secret("password"),
                                                                     "username": secret("user"), "code": None},
        ):
            answers.append(party.exchange(code, asked.verifier, **change))
        why(provider, answers[-1])
        answers.append(party.exchange(code, asked.verifier, headers=party.basic(secret=secret("basic"))))
        answers.append(party.exchange(code, asked.verifier, headers={"Authorization": "Basic " + secret("basic")}))
        answers.append(party.exchange(code, asked.verifier, headers={"Authorization": "Bearer " + secret("bearer")}))
        answers.append(party.exchange(code, asked.verifier, headers=other.basic()))
        bare = base64.b64encode(secret("bare").encode()).decode()
        answers.append(party.exchange(code, asked.verifier, headers={"Authorization": "Basic " + bare}))
        answers.append(public.exchange(code, asked.verifier, client_secret=secret("secret")))
        for body in (json.dumps({"client_secret": secret("json")}), secret("plain"), f"{secret('name')}&{secret('name')}"):
            answers.append(back.send("POST", f"{party.path}/token", body, {"Content-Type": FORM}))
            answers.append(back.send("POST", f"{party.path}/token", body, {"Content-Type": "application/json"}))
        assert party.exchange(code, asked.verifier).status == 200
        answers.append(party.exchange(code, asked.verifier))

        why(provider, answers[-1])
        # The token services.
        for path in ("introspect", "revoke"):
            answers.append(back.post(f"{party.path}/{path}", {"token": secret("token")}))
            answers.append(back.post(f"{party.path}/{path}", {"hint": secret("token")}, party.basic()))
            answers.append(
                back.post(f"{party.path}/{path}", {"token": secret("token")}, party.basic(secret=secret("basic"))))
        answers.append(party.userinfo(secret("token")))
        answers.append(party.userinfo(f"e30.{secret('token')}.e30"))
        answers.append(back.post(f"{party.path}/userinfo", {"access_token": secret("token")}))

        assert all(answer.status in (302, 303, 400, 401) for answer in answers), [a.status for a in answers]
        said = [why(provider, reference(answer)) + why(provider, reference(answer), "--json") for answer in answers]
        provider.down()
        written = {
            path.name: path.read_bytes()
            for path in [*provider.folder.glob("postern.db*"), *provider.folder.rglob("*.log")]
        }
        provider.up()
        assert provider.database.rows("SELECT count(*) FROM refusal")[0][0] >= len(answers)
    assert any(name.startswith("postern.db") for name in written) and any(name.endswith(".log") for name in written)
    for mark in marks:
        for name, content in written.items():
            assert mark.encode() not in content, f"{mark} is in {name}"
        for text in said:
            assert mark not in text, f"{mark} is in {text}"
    # What comes escaped is no less a secret.
    assert not any("s3cret" in text for text in said)
    for name, content in written.items():
        assert b"s3cret" not in content, name


def test_a_locked_database_changes_no_refusal(provider, party, agent):
    """No answer waits for its record: while another process writes, it is kept for later."""
    request = party.request(redirect_uri=party.redirect_uri + "/")
    usual = party.start(agent, request)
    with open(f"{provider.database.path}.lock") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        begin = time.monotonic()
        # More than one process has threads.
        answers = [party.start(agent, request) for _ in range(40)]
        assert time.monotonic() - begin < 4
    for answer in answers:
        assert answer.status == usual.status and answer.form.text.replace(reference(answer), "") == (
            usual.form.text.replace(reference(usual), ""))
    assert "a slash too many" in why(provider, answers[0])


def test_a_flood_of_refusals_leaves_few_rows(provider, party):
    """What is kept of a second is bounded, whatever comes."""
    def count():
        return provider.database.rows("SELECT count(*) FROM refusal")[0][0]

    before, begin = count(), time.time()
    browsers = [provider.browser() for _ in range(8)]
    query = encode(party.request(client_id="nobody").parameters)
    threads = [
        threading.Thread(target=lambda browser=browser: [
            browser.get(f"{party.path}/authorize?{query}") for _ in range(150)]) for browser in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    last = party.start(browsers[0], party.request(client_id="nobody"))
    seconds = int(time.time()) - int(begin) + 1
    assert last.status == 400
    assert count() - before <= 2 * 50 * (seconds + 1)
    assert "recorded=no" in provider.log()
