"""The administrator's command line: what it makes, prints and refuses. No server is needed."""

import json
import os
import re
import stat
import time
from pathlib import Path

import pytest

from command_line import ISSUER, METADATA, CommandLine, _made, folder, postern  # noqa: F401


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


# --- init and check


def test_init_makes_an_installation_that_check_finds_good(folder):
    os.umask(0o022)
    said = folder("init", "--issuer", ISSUER)
    assert f"Made an installation for {ISSUER}" in said
    for name in ("state.key", "signing.key", "postern.db"):
        assert mode(folder.folder / name) == 0o600
    assert mode(folder.folder / "postern.yaml") == 0o644
    assert (folder.folder / "run").is_dir()
    assert "FAULT" not in folder("check")
    findings = folder.json("check")
    assert {finding["status"] for finding in findings} == {"ok"}
    assert {"configuration", "database", "state key", "signing key", "signing keys", "pages"} <= {
        finding["subject"] for finding in findings
    }


def test_secrets_are_closed_to_others_whatever_the_umask(folder):
    before = os.umask(0)
    try:
        folder("init", "--issuer", ISSUER)
    finally:
        os.umask(before)
    for name in ("state.key", "signing.key", "postern.db"):
        assert mode(folder.folder / name) == 0o600


def test_init_overwrites_nothing(folder):
    (folder.folder / "state.key").write_text("mine")
    (folder.folder / "state.key").chmod(0o600)
    (folder.folder / "postern.yaml").write_text("issuer: http://localhost:9000\n")
    folder("init")
    assert (folder.folder / "state.key").read_text() == "mine"
    assert (folder.folder / "postern.yaml").read_text() == "issuer: http://localhost:9000\n"
    steps = {step["name"]: step["made"] for step in folder.json("init")["steps"]}
    assert not any(steps.values())
    said = folder.error("init", "--issuer", ISSUER)
    assert "is there already, for the issuer http://localhost:9000; nothing was changed" in said


def test_init_with_a_wrong_issuer_leaves_nothing_behind(folder):
    assert "must be https" in folder.error("init", "--issuer", "http://login.example.com")
    assert list(folder.folder.iterdir()) == []


def test_init_makes_the_folder_that_config_names(folder):
    folder("--config", "new/place/postern.yaml", "init", "--issuer", ISSUER)
    assert (folder.folder / "new/place/postern.db").exists()


def test_every_fault_of_a_configuration_is_told_with_its_line(folder):
    (folder.folder / "postern.yaml").write_text("issuer: http://x.example\nstroe: a\nlifetimes:\n  code: soon\n")
    lines = folder.error("pools").splitlines()
    assert lines[0].startswith('postern.yaml:1: issuer is "http://x.example"; it must be https')
    assert lines[1] == 'postern.yaml:2: there is no key "stroe". Did you mean "store"?'
    assert lines[2].startswith('postern.yaml:4: lifetimes.code is "soon"; it must be a number of seconds')
    assert len(lines) == 3
    checked = folder.run("check", status=1).stdout.decode()
    assert checked.count("FAULT") == 3


def test_check_says_what_is_missing_and_how_to_make_it(folder):
    folder("init", "--issuer", ISSUER)
    (folder.folder / "signing.key").unlink()
    checked = folder.run("check", status=1).stdout.decode()
    assert "signing.key is not there" in checked and "FAULT" in checked
    (folder.folder / "state.key").chmod(0o640)
    checked = folder.run("check", status=1).stdout.decode()
    assert f"chmod 600 {folder.folder / 'state.key'}" in checked
    assert "Bring the file back" in folder.error("init")


def test_a_changed_issuer_is_found_before_it_does_harm(postern):
    checked = postern.run("check", status=1, POSTERN_ISSUER="https://new.example.com").stdout.decode()
    assert "the issuer has changed" in checked


# --- the configuration's name


def test_config_may_stand_before_or_after_the_subcommand(postern, tmp_path):
    elsewhere = CommandLine(tmp_path)
    file = str(postern.folder / "postern.yaml")
    expected = postern("pools")
    assert elsewhere("--config", file, "pools") == expected
    assert elsewhere(f"--config={file}", "pools") == expected
    assert elsewhere("pools", "--config", file) == expected
    assert elsewhere("pools", POSTERN_CONFIG=file) == expected
    assert 'is not there; name another with --config, or make one with "postern init"' in elsewhere.error(
        "--config", "none.yaml", "pools"
    )


def test_pools_are_a_line_each_with_tabs(postern):
    rows = [line.split("\t") for line in postern("pools").splitlines()]
    run = postern.folder / "run"
    assert rows == [
        ["fast", f"{run}/fast.sock", "2", "8", "discovery,jwks,authorize,consent,logout,token,userinfo,introspect,revoke,check_session,health"],
        ["slow", f"{run}/slow.sock", "1", "24", "login,logo,register,client-configuration,admin-api,console,account,upstream,callback,backchannel,upstream-jwks,signed-out,frontchannel"],
    ]
    assert [pool["name"] for pool in postern.json("pools")] == ["fast", "slow"]


@pytest.mark.parametrize("words", [["user", "add"], ["client", "add"], ["nonsense"], ["user", "set", "ada"], ["init", "--issue", "x"]])
def test_words_that_make_no_sense_end_with_64(postern, words):
    assert "Usage: postern" in postern.error(*words, status=64) or "--" in postern.error(*words, status=64)


@pytest.mark.parametrize("words", [["nonsense"], ["user", "nonsense"], ["user", "list", "nonsense"], ["nonsense", "x"]])
def test_a_word_that_is_no_command_is_named_also_behind_config(postern, words):
    said = postern.error("--config", "postern.yaml", *words, status=64)
    assert "nexpected argument" in said and "'nonsense'" in said
    assert said == postern.error(*words, status=64)


@pytest.mark.parametrize("words", [[], ["user"], ["client"]])
def test_help_is_given_behind_config_as_well(postern, words):
    help = postern("--config", "postern.yaml", *words)
    assert "SUBCOMMANDS:" in help and help == postern(*words)


@pytest.mark.parametrize(("command", "words"), [
    ("user set", ["ada"]), ("group set", ["staff"]), ("claim add", ["x"]), ("explain", ["a", "b", "--prompt", "x"]),
])
def test_what_a_command_itself_does_not_understand_is_explained_by_its_own_usage(postern, command, words):
    assert f"\nUsage: postern {command} [" in postern.error(*command.split(), *words, status=64).replace(" <", " [")


# --- clients


def test_a_client_is_registered_from_metadata(postern):
    # RFC 7591 section 3.2.1.
    added = postern.json("client", "add", "--from", "-", given=json.dumps(METADATA))
    assert added["client_name"] == "Demo" and added["redirect_uris"] == METADATA["redirect_uris"]
    assert len(added["client_secret"]) == 43 and added["client_secret_expires_at"] == 0
    assert abs(added["client_id_issued_at"] - time.time()) < 60
    assert added["preset"] == "standard" and added["first_party"] is True
    shown = postern.json("client", "show", added["client_id"])
    assert shown == {k: v for k, v in added.items() if not k.startswith("client_secret")}
    assert postern.json("client", "list") == [shown]
    assert added["client_secret"] not in postern("client", "show", added["client_id"])


def test_an_own_id_and_secret_are_kept(postern):
    own = METADATA | {"client_id": "demo", "client_secret": "0123456789abcdef", "preset": "mendix"}
    added = postern.json("client", "add", "--from", "-", given=json.dumps(own))
    assert {k: added[k] for k in own} == own
    said = postern.error("client", "add", "--from", "-", given=json.dumps(own))
    assert 'client_id "demo" is taken' in said


def test_a_client_is_registered_by_name(postern):
    said = postern("client", "add", "My app", "--redirect-uri", "https://a.example/cb", "--redirect-uri", "https://b.example/cb")
    assert "Registered the app" in said and "(shown once: keep it now)" in said
    assert f"{ISSUER}/.well-known/openid-configuration" in said
    (client,) = postern.json("client", "list")
    assert client["redirect_uris"] == ["https://a.example/cb", "https://b.example/cb"]
    public = postern.json(
        "client", "add", "Notes", "--public", "--native", "--third-party", "--client-id", "notes", "--scope", "openid email",
        "--redirect-uri", "http://127.0.0.1/cb",
    )
    assert "client_secret" not in public and public["token_endpoint_auth_method"] == "none"
    assert public["application_type"] == "native" and public["scope"] == "openid email"
    assert public["first_party"] is False and public["client_id"] == "notes"
    own = postern.json(
        "client", "add", "Own", "--secret-stdin", "--redirect-uri", "https://a.example/cb", given="a secret of its own\n")
    assert own["client_secret"] == "a secret of its own"


@pytest.mark.parametrize(
    "change, said",
    [
        ({"redirect_uris": ["http://app.example.com/"]}, "is http; use https"),
        ({"redirect_uris": ["https://app.example.com/#x"]}, "has a fragment"),
        ({"redirect_uris": None}, "redirect_uris is missing"),
        ({"client_secret": "short"}, "fewer than 16 characters"),
        ({"client_id": "has space"}, "printable ASCII without spaces"),
        ({"preset": "lean"}, "there are standard, mendix"),
        ({"tls_client_auth_subject_dn": "CN=x"}, "is not supported"),
    ],
)
def test_faulty_metadata_is_refused_by_member(postern, change, said):
    assert said in postern.error("client", "add", "--from", "-", given=json.dumps(METADATA | change))
    assert postern.json("client", "list") == []


@pytest.mark.parametrize("given, said", [("", "is not JSON"), ("[]", "is not a JSON object"), ("{" * 70000, "more than 65536 bytes")])
def test_what_is_no_metadata_is_refused(postern, given, said):
    assert said in postern.error("client", "add", "--from", "-", given=given)


def test_a_client_is_changed(postern):
    postern("client", "add", "App", "--client-id", "app", "--redirect-uri", "https://a.example/cb")
    changed = postern.json(
        "client", "set", "app", "--name", "Better", "--add-redirect-uri", "https://b.example/cb", "--no-first-party")
    assert changed["client_name"] == "Better" and changed["first_party"] is False
    assert changed["redirect_uris"] == ["https://a.example/cb", "https://b.example/cb"]
    assert "client_secret" not in changed
    assert len(postern.json("client", "set", "app", "--new-secret")["client_secret"]) == 43
    changed = postern.json("client", "set", "app", "--from", "-", given='{"contacts": ["ops@example.com"], "client_name": null}')
    assert changed["contacts"] == ["ops@example.com"] and "client_name" not in changed
    assert "preset can't be changed" in postern.error("client", "set", "app", "--from", "-", given='{"preset": "mendix"}')
    assert 'Did you mean "app"?' in postern.error("client", "set", "ap", "--name", "x")
    assert "Removed the app" in postern("client", "remove", "app")


def test_looking_at_clients_needs_no_key(postern):
    key = postern.folder / "state.key"
    key.chmod(0o644)
    try:
        postern("client", "list")
        assert "chmod 600" in postern.error("client", "add", "x", "--redirect-uri", "https://a.example/cb")
    finally:
        key.chmod(0o600)


# --- claims and policy


@pytest.fixture
def app(postern):
    for claim in postern.json("claim", "list"):
        postern("claim", "remove", claim["id"], "--yes")
    postern("client", "add", "App", "--client-id", "app", "--redirect-uri", "https://a.example/cb")
    postern("user", "add", "ann", "--password-stdin", "--full-name", "Ann \u202e Example", given="correct horse 1")
    return "app"


def test_a_claim_comes_and_goes(postern, app):
    made = postern.json("claim", "add", "https://example.com/x", "--value", '{"a": [1]}', "--in", "userinfo,id_token")
    assert made["value"] == {"a": [1]} and made["in"] == ["id_token", "userinfo"] and made["client_id"] is None
    own = postern.json("claim", "add", "https://example.com/x", "--attribute", "x", "--client", app, "--required")
    assert own["client_id"] == app and own["attribute"] == "x" and own["in"] is None and own["required"] is True
    assert [claim["id"] for claim in postern.json("claim", "list", "--client", app)] == [made["id"], own["id"]]
    assert postern.json("claim", "show", "https://example.com/x") == made
    assert postern.json("claim", "show", "https://example.com/x", "--client", app) == own
    changed = postern.json("claim", "set", own["id"], "--expression", "1 + 1", "--scope", "profile", "--in", "")
    assert changed["expression"] == "1 + 1" and "attribute" not in changed and changed["required"] is True
    table = postern("claim", "list")
    assert "as the client's preset says" in table and "attribute" not in table and own["id"] in table
    assert "released by  the scope profile" in postern("claim", "show", own["id"])
    assert "Removed the claim" in postern("claim", "remove", own["id"], "--yes")
    assert "no such claim" in postern.error("claim", "show", own["id"])
    postern("client", "remove", app, "--yes")
    assert [claim["id"] for claim in postern.json("claim", "list")] == [made["id"]]


@pytest.mark.parametrize("words, status, said", [
    (["x"], 64, "--value JSON"), (["x", "--value", "1", "--attribute", "a"], 64, "exclude each other"),
    (["x", "--value", "text"], 1, "a string needs quotes"), (["x", "--value", "null"], 1, "always null"),
    (["iss", "--value", "1"], 1, "overwrite"), (["x", "--value", "1", "--in", "idtoken"], 1, 'Did you mean "id_token"?'),
    (["x", "--value", "1", "--scope", "a b"], 1, "must be one name"),
    (["x", "--value", "1", "--client", "none"], 1, "no client"),
    (["/x", "--value", "1"], 1, "/resource_access/app/roles"),
    (["x", "--expression", "user ->> none"], 1, "no such column: none, at character 10"),
    (["x", "--expression", "readfile('/etc/passwd')"], 1, "no such function"),
    (["x", "--expression", "load_extension('x')"], 1, "may not be used"),
    (["x", "--expression", "1" + " + 1" * 2000], 1, "longer than 4096 bytes"),
    (["x", "--value", '"%s"' % ("a" * 5500)], 1, "has a value of 5502 bytes"),
])
def test_a_claim_that_could_never_be_is_refused(postern, app, words, status, said):
    assert said in postern.error("claim", "add", *words, status=status)
    assert postern.json("claim", "list") == []


def test_a_large_constant_is_warned_of(folder):
    folder("init", "--issuer", ISSUER)
    (folder.folder / "run").mkdir(exist_ok=True)
    run = folder.run("claim", "add", "x", "--value", '"%s"' % ("a" * 1000), "--json")
    assert b"warning: the claim" in run.stderr and b"1002 bytes, of the 5500" in run.stderr
    assert json.loads(run.stdout)["name"] == "x"
    assert "1002 bytes, of the 5500" in folder("check")
    run = folder.run("claim", "set", "x", "--in", "userinfo,introspection")
    assert b"warning" not in run.stderr and "1002 bytes" not in folder("check")


def test_explain_shows_what_is_granted_and_why(postern, app):
    postern("claim", "add", "broken", "--expression", "json(user ->> 'name')")
    text = postern("explain", "ann", app, "--scope", "openid profile admin")
    assert text.startswith("ann at App is granted: openid profile\n")
    assert "the client is not allowed it" in text and "its expression failed: malformed JSON" in text
    assert "\u202e" not in text
    told = postern.json("explain", "ann", app, "--scope", "admin")
    assert told["granted"] is None and "invalid_scope" in told["obstacle"]
    assert told["claims"] == {"id_token": {}, "access_token": {}, "userinfo": {}, "introspection": {}}
    postern("user", "disable", "ann")
    text = postern("explain", "ann", app, "--scope", "openid")
    assert "ann can't sign in to App: the user is disabled." in text
    assert re.search("openid +left out +else granted by default", text)
    assert "none" in postern.error("explain", "ann", app, "--prompt", "signin", status=64)
    assert "IPv4 or IPv6" in postern.error("explain", "ann", app, "--address", "office", status=64)
    assert 'Did you mean "ann"?' in postern.error("explain", "anna", app)
    assert "no client" in postern.error("explain", "ann", "none")


def test_check_runs_the_tests_of_the_policy(folder):
    folder("init", "--issuer", ISSUER)
    configuration = folder.folder / "postern.yaml"
    (folder.folder / "run").mkdir(exist_ok=True)
    plain = configuration.read_text()
    rules = """
policy:
  - name: no guests
    client: unknown
    require: coalesce(user ->> 'guest', 0) = 0
policy_tests:
  - name: guests
    client: unknown
    user: { guest: %s }
    scope: openid
    expect: refused
"""
    configuration.write_text(plain + rules % "true")
    text = folder("check")
    assert "1 rule, 1 test passed" in text
    assert 'the rule "no guests" is for unknown, and there is no such client' in text
    folder("scope", "add", "payroll")
    configuration.write_text(
        plain + (rules % "true").replace("policy:", "policy:\n  - {name: office, scope: payrol, require: 1}", 1))
    text = folder("check")
    assert "warning" in text and "the rule \"office\" is about \"payrol\"" in text
    assert "Did you mean \"payroll\"?" in text
    configuration.write_text(plain + rules % "false")
    text = folder.run("check", status=1).stdout.decode()
    assert 'FAULT    policy test' in text and '"guests": expected a refusal, but "openid" is granted' in text
    folder("client", "add", "Unknown", "--client-id", "unknown", "--redirect-uri", "https://a.example/cb")
    folder("user", "add", "eve", "--password-stdin", "--attribute", "guest=true", given="correct horse 1")
    text = folder("explain", "eve", "unknown", "--scope", "openid offline_access admin")
    assert 'refused by the rule "no guests": it gave 0, not 1 (access_denied)' in text
    assert re.search('openid +left out +the whole request is refused by rule "no guests"', text)
    assert re.search("admin +left out +the client is not allowed it", text)


# --- keys and nginx


def test_keys_are_listed_without_their_private_half(postern):
    keys = postern.json("key", "list")
    assert [(key["alg"], key["status"]) for key in keys] == [
        (name, "active") for name in ("RS256", "PS256", "ES256", "EdDSA")
    ]
    for key in keys:
        assert key["public_jwk"]["kid"] == key["kid"]
        assert not {"d", "p", "q", "dp", "dq", "qi"} & key["public_jwk"].keys()
    assert keys[0]["kid"] in postern("key", "list")


@pytest.mark.parametrize("file, part", [
    ("http", "upstream"), ("locations", "location = /oidc/token"), ("fastcgi", "fastcgi_param"), ("server", "server {"),
])
def test_nginx_files_are_printed(postern, file, part):
    assert part in postern("nginx", f"--{file}")


def test_tables_have_no_colour_but_on_a_terminal(postern):
    assert "\x1b" not in postern("key", "list")
