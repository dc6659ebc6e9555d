"""`postern audit`: who changed what and who signed in, without secrets, and for good."""

import json
import select
import sqlite3
import subprocess
import time

import pytest
import requests

from provider import running_provider
from waiting import wait_for


def audit(provider, *options):
    """The rows that `audit` prints, the oldest first."""
    lines = provider.postern("audit", "--json", "--limit", "10000", *options).splitlines()
    return [json.loads(line) for line in reversed(lines)]


class Since:
    """What is written from here on."""

    def __init__(self, provider):
        self.provider = provider
        self.position = provider.database.rows("SELECT coalesce(max(position), 0) FROM audit")[0][0]

    def rows(self):
        return [row for row in audit(self.provider) if row["position"] > self.position]

    def events(self):
        return [row["event"] for row in self.rows()]


@pytest.fixture
def since(provider, alice, party):
    return Since(provider)


def assert_nowhere(provider, *secrets):
    """None of them is in any file of the database."""
    for file in provider.folder.glob("postern.db*"):
        content = file.read_bytes()
        for secret in secrets:
            assert secret.encode() not in content, file


def test_a_sign_in_with_app_user_address_and_request(provider, party, alice, since):
    browser = provider.browser()
    party.tokens(browser, alice)
    (row,) = since.rows()
    assert row["event"] == "session.started" and row["via"] == "sign-in"
    assert row["actor"] == {"kind": "user", "id": alice.sub}
    assert row["sub"] == alice.sub and row["client_id"] == party.client_id
    assert row["address"].startswith("127.")
    assert row["after"] == {"username": "alice", "acr": "1", "amr": ["pwd"]} and "before" not in row
    assert abs(time.time() - time.mktime(time.strptime(row["time"], "%Y-%m-%dT%H:%M:%SZ")) + time.timezone) < 60
    assert row["request_id"] in provider.log("slow")
    assert_nowhere(provider, alice.password)


def test_a_code_flow_in_a_session_that_is_there_is_no_row(provider, party, session):
    before = Since(provider)
    for _ in range(3):
        party.tokens(session)
    assert before.rows() == []


def test_a_failed_sign_in_is_a_refusal_and_no_row(provider, party, alice, since):
    browser = provider.browser()
    page = party.start(browser, party.request())
    answer = browser.submit(page, username="alice", password="wr0ng-password")
    assert answer.status == 200
    assert since.rows() == []
    wait_for(
        lambda: provider.database.rows("SELECT 1 FROM refusal WHERE content LIKE '%sign_in_failed%'"),
        "the refusal is written", timeout=10)
    assert_nowhere(provider, "wr0ng-password")


def test_a_change_by_the_command_line_with_before_and_after(provider, since):
    person = provider.add_user("audited", "first-passw0rd", "--email", "audited@one.example")
    provider.postern("user", "set", "audited", "--email", "audited@two.example")
    provider.postern("user", "set-password", "audited", "--password-stdin", input="second-passw0rd")
    provider.postern("user", "disable", "audited")
    added, changed, reset, disabled = since.rows()
    user = subprocess.run(["id", "-un"], capture_output=True, text=True, check=True).stdout.strip()
    for row in (added, changed, reset, disabled):
        assert row["actor"]["kind"] == "command-line" and row["actor"]["id"].split(" ")[0] == user
        assert row["via"] == "command-line" and row["sub"] == person.sub
        assert "address" not in row and "request_id" not in row
        assert row["object"] == {"kind": "user", "id": person.sub}
    assert added["event"] == "user.added" and added["after"]["password"] == "set"
    assert changed["event"] == "user.changed"
    assert changed["before"]["attributes.email"] == "audited@one.example"
    assert changed["after"]["attributes.email"] == "audited@two.example"
    assert reset["event"] == "user.password_reset" and reset["after"] == {"password": "changed"}
    assert disabled["event"] == "user.disabled"
    assert disabled["before"] == {"disabled": False} and disabled["after"] == {"disabled": True}
    hashes = [row[0] for row in provider.database.rows("SELECT password_hash FROM user WHERE password_hash NOT NULL")]
    told = "".join("".join(map(str, row)) for row in provider.database.rows("SELECT * FROM audit"))
    assert not any(password_hash in told for password_hash in hashes)
    assert_nowhere(provider, "first-passw0rd", "second-passw0rd")


def test_a_refused_command_leaves_no_row(provider, since):
    with pytest.raises(AssertionError, match="already"):
        provider.add_user("alice")
    with pytest.raises(AssertionError):
        provider.postern("client", "remove", "nobody", "--yes")
    assert since.rows() == []


def test_a_registration_by_token_a_change_and_a_removal(provider, since):
    token = json.loads(provider.postern("token", "issue", "--json", "--note", "for the orders"))
    answer = requests.post(
        f"{provider.base}/register", timeout=30, headers={"Authorization": f"Bearer {token['token']}"},
        json={"client_id": "audited-orders", "client_secret": "sixteen-or-more-of-it", "redirect_uris": ["https://o.example/"]})
    assert answer.status_code == 201, answer.text
    made = answer.json()
    access = {"Authorization": f"Bearer {made['registration_access_token']}"}
    members = {"client_id": "audited-orders", "redirect_uris": ["https://o.example/2"]}
    answer = requests.put(made["registration_client_uri"], timeout=30, headers=access, json=members)
    assert answer.status_code == 200, answer.text
    changed_secret = "another-secret-of-its-own-32-bytes"
    provider.postern("client", "set", "audited-orders", "--secret-stdin", input=changed_secret)
    provider.postern("client", "remove", "audited-orders", "--yes")

    issued, added, changed, secret, removed = since.rows()
    assert issued["event"] == "registration_token.issued" and issued["object"]["id"] == token["id"]
    assert issued["after"]["note"] == "for the orders" and issued["after"]["uses"] == 1
    assert added["event"] == "client.added" and added["client_id"] == "audited-orders"
    assert added["actor"] == {"kind": "registration-token", "id": token["id"]} and added["via"] == "registration"
    assert added["address"] in ("127.0.0.1", "::1") and len(added["request_id"]) == 12
    assert added["after"]["client_secret"] == "set" and added["after"]["redirect_uris"] == ["https://o.example/"]
    assert changed["event"] == "client.changed" and changed["actor"] == {"kind": "client", "id": "audited-orders"}
    assert changed["before"]["redirect_uris"] == ["https://o.example/"]
    assert changed["after"]["redirect_uris"] == ["https://o.example/2"]
    assert secret["event"] == "client.changed" and secret["after"] == {"client_secret": "changed"}
    assert removed["event"] == "client.removed" and removed["before"]["redirect_uris"] == ["https://o.example/2"]
    assert_nowhere(
        provider, token["token"], made["registration_access_token"], "sixteen-or-more-of-it", changed_secret)


def test_a_change_by_the_administration_api(provider, since):
    api = f"{provider.issuer}/admin/api/v1"
    service = provider.add_client(
        client_name="A pipeline", grant_types=["client_credentials"], redirect_uris=[], scope="postern:admin",
        resources=[api])
    token = requests.post(
        f"{provider.issuer}/token", timeout=10, auth=(service.client_id, service.secret),
        data={"grant_type": "client_credentials", "resource": api}).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    for _ in range(2):
        answer = requests.post(f"{api}/scopes", timeout=10, headers=headers, json={"name": "audited-by-api"})
        assert answer.status_code in (200, 201), answer.text
    assert requests.get(f"{api}/clients", timeout=10, headers=headers).status_code == 200
    *_, row = since.rows()
    assert since.events() == ["client.added", "scope.added"], "the same once more, and reading, change nothing"
    assert row["actor"] == {"kind": "client", "id": service.client_id} and row["via"] == "api"
    assert row["object"] == {"kind": "scope", "id": "audited-by-api"}
    assert row["address"].startswith("127.") and len(row["request_id"]) == 12
    assert audit(provider, "--app", service.client_id)[-1] == row
    assert_nowhere(provider, token)


def test_signing_out(provider, party, session, alice):
    before = Since(provider)
    page = session.get(f"{party.path}/logout")
    assert session.submit(page).status == 200
    (row,) = before.rows()
    assert row["event"] == "session.ended" and row["sub"] == alice.sub
    assert row["actor"] == {"kind": "user", "id": alice.sub}


@pytest.mark.parametrize("sql", [
    "UPDATE audit SET actor = 'someone else'", "DELETE FROM audit", "DELETE FROM audit WHERE at < 1",
    "INSERT OR REPLACE INTO audit SELECT * FROM audit LIMIT 1"])
def test_rows_are_altered_by_nobody(provider, party, sql):
    before = audit(provider)
    run = subprocess.run(
        ["sqlite3", provider.database.path, sql], capture_output=True, text=True, timeout=30, check=False)
    if "at < 1" in sql:
        assert run.returncode == 0, "there is none"
    else:
        assert run.returncode != 0 and "append-only" in run.stderr
    assert audit(provider) == before


def test_what_is_asked_for_is_found(provider, party):
    user = provider.add_user()
    party.tokens(provider.browser(), user)
    provider.add_client(client_id="sought-for", redirect_uris=["https://sought.example/"])
    provider.postern("client", "set", "sought-for", "--name", "Sought")
    found = audit(provider, "--app", "sought-for")
    assert [row["event"] for row in found] == ["client.added", "client.changed"]
    assert audit(provider, "--app", "sought-for", "--event", "client.changed") == found[1:]
    assert audit(provider, "--app", "sought-for", "--until", "2020-01-01") == []
    assert audit(provider, "--app", "sought-for", "--since", "1h") == found
    assert {row["sub"] for row in audit(provider, "--user", user.name)} == {user.sub}
    assert audit(provider, "--user", user.sub) == audit(provider, "--user", user.name)
    newest = provider.postern("audit", "--json", "--limit", "1", "--event", "client.").splitlines()
    assert [json.loads(line) for line in newest] == found[1:]


def test_people_read_a_table(provider, party):
    user = provider.add_user()
    party.tokens(provider.browser(), user)
    heading, first = provider.postern("audit", "--limit", "1", "--user", user.name).splitlines()
    assert heading.split() == ["TIME", "(UTC)", "EVENT", "WHO", "BY", "FROM", "WHAT", "CHANGE"]
    assert f"session.started  {user.name}  sign-in" in first and f"{user.name} at {party.client_id}" in first
    assert provider.postern("audit", "--event", "scope.removed", "--until", "2020-01-01") == "Nothing was written down that matches.\n"


@pytest.mark.parametrize("options, said", [
    (("--event", "clients."), 'no event begins with "clients.". Did you mean "client."?'),
    (("--user", "alcie"), 'there is no user "alcie". Did you mean "alice"?'),
    (("--since", "noon"), 'since is "noon"; it must be a time in UTC'),
    (("--app", "nobody"), 'there is no app with the id "nobody"'),
])
def test_a_slip_is_told(provider, alice, options, said):
    with pytest.raises(AssertionError) as refusal:
        provider.postern("audit", *options)
    assert said in str(refusal.value)


def test_no_row_is_hidden_by_what_it_tells(provider, since):
    odd = "a\x85b\u202ec\x9bd\u2028e\x7ff\U000e0041"
    provider.postern("user", "add", "odd", "--password-stdin", "--attribute", f"note={json.dumps(odd)}", input="x" * 12)
    (row,) = since.rows()
    assert row["after"]["attributes.note"] == odd
    line = provider.postern("audit", "--json", "--limit", "1").removesuffix("\n")
    assert line.isprintable(), ascii(line)


def test_a_program_that_collects_gets_each_row_once(provider, party, tmp_path):
    cursor = tmp_path / "cursor"

    def collect():
        return [json.loads(line) for line in provider.postern("audit", "--json", "--cursor-file", cursor).splitlines()]

    first = collect()
    assert [row["position"] for row in first] == list(range(1, len(first) + 1))
    assert collect() == []
    provider.add_user("collected")
    provider.postern("user", "remove", "collected", "--yes")
    assert [row["event"] for row in collect()] == ["user.added", "user.removed"]
    cursor.write_text("999999")
    with pytest.raises(AssertionError, match="another database"):
        collect()


def test_whoever_follows_sees_what_comes(provider, party):
    run = subprocess.Popen(
        [provider.programs / "postern", "audit", "--json", "--follow", "--config", provider.config],
        stdout=subprocess.PIPE, text=True)
    try:
        # Only what comes after it has begun is followed, and nothing tells when that is.
        names = []
        while not select.select([run.stdout], [], [], 0.5)[0]:
            assert len(names) < 30, "nothing came"
            names.append(f"followed-{len(names)}")
            provider.postern("scope", "add", names[-1])
        row = json.loads(run.stdout.readline())
        assert row["event"] == "scope.added" and row["object"]["kind"] == "scope" and row["object"]["id"] in names
    finally:
        run.terminate()
        run.wait(10)


@pytest.mark.long
def test_rows_go_after_the_time_that_the_configuration_says():
    def edit(text):
        return text + "\naudit: { keep: 2d }\n"

    with running_provider(edit) as own:
        own.add_user("early")
        own.add_user("late")
        # Pools of a time when those have expired prune about a minute after they began.
        with own.later(3 * 86_400):
            wait_for(lambda: len(audit(own)) <= 1, "the rows are pruned", timeout=120)
        (left,) = audit(own)
        assert left["event"] == "user.added", "the last is left, so that no position comes twice"
