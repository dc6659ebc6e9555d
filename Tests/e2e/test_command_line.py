"""The administrator's command line: what it makes, prints and refuses. No server is needed."""

import json
import os
import pty
import re
import stat
import subprocess
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ISSUER = "https://login.example.com/oidc"
METADATA = {"client_name": "Demo", "redirect_uris": ["https://app.example.com/callback"]}


def program() -> str:
    """The newest build, or the one in POSTERN_BIN."""
    named = os.environ.get("POSTERN_BIN")
    if named:
        return str(Path(named) / "postern")
    builds = [ROOT / ".build" / kind / "postern" for kind in ("release", "debug")]
    return str(max((build for build in builds if build.exists()), key=lambda build: build.stat().st_mtime))


class CommandLine:
    """`postern` in a folder of its own."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("POSTERN_") and name not in ("CREDENTIALS_DIRECTORY", "NO_COLOR")
        }

    def run(self, *words: str, given: str | bytes = b"", status: int = 0, **environment: str):
        given = given.encode() if isinstance(given, str) else given
        done = subprocess.run(
            [program(), *words], input=given, capture_output=True, cwd=self.folder, timeout=60,
            env=self.environment | environment,
        )
        assert done.returncode == status, (done.returncode, done.stdout, done.stderr)
        if status:
            assert b"Fatal error" not in done.stderr
        return done

    def __call__(self, *words: str, **options) -> str:
        return self.run(*words, **options).stdout.decode()

    def json(self, *words: str, **options):
        return json.loads(self(*words, "--json", **options))

    def error(self, *words: str, status: int = 1, **options) -> str:
        done = self.run(*words, status=status, **options)
        assert done.stdout == b"", "what went wrong belongs on standard error"
        return done.stderr.decode()


@pytest.fixture
def folder(tmp_path):
    return CommandLine(tmp_path)


@pytest.fixture(scope="module")
def _template(tmp_path_factory):
    made = CommandLine(tmp_path_factory.mktemp("installation"))
    made("init", "--issuer", ISSUER)
    return made


@pytest.fixture
def postern(_template):
    """An installation; what earlier tests made is gone."""
    for client in _template.json("client", "list"):
        _template("client", "remove", client["client_id"])
    for user in _template.json("user", "list"):
        _template("user", "remove", user["username"])
    for kind, name in [("group", "name"), ("role", "role"), ("scope", "name")]:
        for made in _template.json(kind, "list"):
            _template(kind, "remove", made[name])
    return _template


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
        ["fast", f"{run}/fast.sock", "2", "8", "discovery,jwks,authorize,consent,logout,token,userinfo,introspect,revoke,health"],
        ["slow", f"{run}/slow.sock", "1", "24", "login,register,client-configuration,admin-api,console"],
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


# --- users


def test_a_user_comes_and_goes(postern):
    added = postern.json(
        "user", "add", "ada", "--password-stdin", "--full-name", "Ada Lovelace", "--email", "ada@example.com",
        "--attribute", 'locale="en-GB"', given="correct horse\n",
    )
    assert added["username"] == "ada" and added["has_password"] and not added["disabled"]
    assert added["attributes"] == {"email": "ada@example.com", "locale": "en-GB", "name": "Ada Lovelace"}
    assert postern.json("user", "list") == [added]
    table = postern("user", "list").splitlines()
    assert table[0].split() == ["USER", "NAME", "FULL", "NAME", "E-MAIL", "STATUS"]
    assert table[1] == "ada        Ada Lovelace  ada@example.com  active"
    changed = postern.json("user", "set", "ada", "--email", "ada@example.org", "--attribute", "locale=null")
    assert changed["attributes"] == {"email": "ada@example.org", "name": "Ada Lovelace"}
    assert changed["sub"] == added["sub"]
    assert postern.json("user", "disable", "ada")["disabled"]
    assert "disabled" in postern("user", "show", "ada")
    assert not postern.json("user", "enable", "ada")["disabled"]
    assert "Reset the password" in postern("user", "set-password", "ada", "--password-stdin", given="battery staple")
    assert "Removed the user ada" in postern("user", "remove", "ada")
    assert postern.json("user", "list") == []
    assert "There are no users yet" in postern("user", "list")


def test_scopes_roles_and_groups(postern):
    assert "There are no roles yet" in postern("role", "list")
    assert "Defined the scope" in postern("scope", "add", "orders", "--description", "Your orders")
    assert postern.json("scope", "list") == [{"name": "orders", "description": "Your orders"}]
    assert postern.json("scope", "set", "orders", "--description", "All orders")["description"] == "All orders"
    postern("client", "add", "--from", "-", given=json.dumps(METADATA | {"client_id": "crm"}))
    assert postern.json("role", "add", "clerk") == {"role": "clerk", "name": "clerk"}
    assert postern.json("role", "add", "editor", "--client", "crm") == {
        "role": "editor@crm", "name": "editor", "client_id": "crm"}
    assert postern.json("role", "show", "editor", "--client", "crm") == postern.json("role", "show", "editor@crm")
    assert [role["role"] for role in postern.json("role", "list")] == ["clerk", "editor@crm"]
    assert [role["role"] for role in postern.json("role", "list", "--client", "crm")] == ["editor@crm"]
    assert postern("role", "list").splitlines()[1].split() == ["clerk", "all", "apps"]
    made = postern.json("group", "add", "staff", "--role", "clerk", "--role", "editor@crm")
    assert made == {"name": "staff", "roles": ["clerk", "editor@crm"]}
    assert postern.json("group", "set", "staff", "--remove-role", "clerk")["roles"] == ["editor@crm"]
    added = postern.json("user", "add", "ada", "--no-password", "--role", "clerk", "--group", "staff")
    assert (added["roles"], added["groups"]) == (["clerk"], ["staff"])
    assert postern.json("user", "set", "ada", "--role", "editor")["roles"] == ["editor@crm"], "--role sets them"
    assert postern.json("user", "set", "ada", "--add-role", "clerk")["roles"] == ["clerk", "editor@crm"]
    assert postern.json("user", "set", "ada", "--email", "ada@example.com")["roles"] == ["clerk", "editor@crm"]
    changed = postern.json("user", "set", "ada", "--no-roles", "--no-groups")
    assert (changed["roles"], changed["groups"]) == ([], [])
    assert postern("user", "show", "ada").count("staff") == 0
    assert "Removed the role editor@crm" in postern("role", "remove", "editor@crm")
    assert postern.json("group", "show", "staff")["roles"] == []
    assert postern.json("group", "remove", "staff")["name"] == "staff"
    assert "Removed the scope orders" in postern("scope", "remove", "orders")


@pytest.mark.parametrize(
    "words, said",
    [
        (["role", "add", "openid"], '"openid" is built in'),
        (["scope", "add", "two words"], "can't be a scope's name"),
        (["scope", "add", "postern:admin"], "opens Postern itself"),
        (["role", "add", "editor", "--client", "cmr"], 'Did you mean "crm"?'),
        (["role", "add", "clerk"], 'there is a role "clerk" already'),
        (["scope", "add", "clerk"], "already"),
        (["role", "add", "mx:app:userrole:planner"], "must end in the UUID"),
        (["user", "set", "ada", "--role", "editor"], 'write "editor@crm" or "editor@shop"'),
        (["user", "set", "ada", "--role", "clark"], 'Did you mean "clerk"?'),
        (["user", "set", "ada", "--remove-role", "clerk"], "there is none"),
        (["user", "set", "ada", "--group", "stuff"], 'Did you mean "staff"?'),
        (["group", "add", "x", "--role", "editor@shoop"], 'Did you mean "editor@shop"?'),
    ],
)
def test_a_refusal_about_roles_says_what_to_write(postern, words, said):
    for client in ("crm", "shop"):
        postern("client", "add", "--from", "-", given=json.dumps(METADATA | {"client_id": client}))
        postern("role", "add", "editor", "--client", client)
    postern("role", "add", "clerk")
    postern("group", "add", "staff")
    postern("user", "add", "ada", "--no-password")
    before = [postern(kind, "list", "--json") for kind in ("scope", "role", "group", "user")]
    assert said in postern.error(*words)
    assert [postern(kind, "list", "--json") for kind in ("scope", "role", "group", "user")] == before


def test_a_client_of_scopes_that_are_not_there_is_warned_of(postern):
    postern("role", "add", "clerk")
    asked = METADATA | {"client_id": "crm", "scope": "openid clark clerk", "roles_claim": "roles"}
    done = postern.run("client", "add", "--from", "-", "--json", given=json.dumps(asked))
    made = json.loads(done.stdout)
    assert (made["scope"], made["roles_claim"]) == ("openid clark clerk", "roles")
    assert b'"clark", which is neither a scope nor a role' in done.stderr
    assert b'Did you mean "clerk"?' in done.stderr and done.stderr.count(b"\n") == 1
    assert b"clark" in postern.run("client", "show", "crm").stderr
    warned = [finding for finding in postern.json("check") if finding["status"] == "warning"]
    assert ["scopes"] == [finding["subject"] for finding in warned] and "clark" in warned[0]["text"]
    done = postern.run("client", "set", "crm", "--scope", "openid clerk", "--default-scope", "clerk", "--json")
    assert done.stderr == b"" and json.loads(done.stdout)["default_scope"] == "clerk"
    shown = postern("client", "show", "crm")
    assert "asks by default for" in shown and "roles in claim" in shown
    assert {finding["status"] for finding in postern.json("check")} == {"ok"}
    assert "which scope doesn't have" in postern.error("client", "set", "crm", "--scope", "openid")
    assert "roles_claim" in postern.error("client", "set", "crm", "--roles-claim", "sub")


def test_a_password_is_never_printed_unless_it_was_made_here(postern):
    said = postern("user", "add", "ada", "--password-stdin", given="correct horse")
    assert "correct" not in said and "$y$" not in said
    made = postern.json("user", "add", "grace", "--generate-password")
    assert len(made["password"]) >= 20
    assert "password" not in postern.json("user", "show", "grace")
    assert "$y$" not in postern("user", "list", "--json")


@pytest.mark.parametrize(
    "given, said",
    [
        ("short\n", "fewer than 8 characters"),
        ("", "holds no password"),
        ("x" * 512, "more than 511 bytes"),
        ("two lines\nof text", "line break or a NUL"),
        (b"nul\x00in it....", "line break or a NUL"),
        (b"\xff\xfe\xfd\xfc\xfb\xfa\xf9\xf8", "not UTF-8"),
        ("x" * 5000, "more than 4096 bytes"),
    ],
)
def test_a_password_that_nobody_could_use_is_refused(postern, given, said):
    assert said in postern.error("user", "add", "ada", "--password-stdin", given=given)
    assert postern.json("user", "list") == []


def test_without_a_password_or_a_terminal_it_says_what_to_do(postern):
    said = postern.error("user", "add", "ada")
    assert "--password-stdin" in said and "--generate-password" in said
    assert not postern.json("user", "add", "ada", "--no-password")["has_password"]


def test_a_name_is_found_composed_or_decomposed(postern):
    added = postern.json("user", "add", "Rene\u0301e", "--no-password")
    assert added["username"] == "Ren\u00e9e"
    assert postern.json("user", "show", "Ren\u00e9e") == added
    assert postern.json("user", "show", "Rene\u0301e") == added


def test_a_user_who_is_not_there_is_answered_with_the_nearest(postern):
    postern("user", "add", "ada", "--no-password")
    assert postern.error("user", "show", "adda") == 'postern: there is no user "adda". Did you mean "ada"?\n'
    assert 'there is a user "ada" already' in postern.error("user", "add", "ada", "--no-password")


@pytest.mark.parametrize(
    "assignment, said",
    [("sub=1", "said by the service itself"), ("staff=yes", "is not JSON"), ("staff", "must be KEY=JSON"),
     ("email_verified=1", "must be true or false")],
)
def test_an_attribute_that_no_claim_could_hold_is_refused(postern, assignment, said):
    assert said in postern.error("user", "add", "ada", "--no-password", "--attribute", assignment)


def test_a_name_can_not_write_to_the_terminal(postern):
    postern("user", "add", "ada", "--no-password", "--full-name", "A\x1b[2J\u202eda")
    for shown in (postern("user", "list"), postern("user", "show", "ada")):
        assert "\x1b" not in shown and "\u202e" not in shown
        assert "A\\u{1b}[2J\\u{202e}da" in shown


def typed(postern, words, lines):
    """Runs it at a terminal. Returns all that was shown there, and the exit status."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(postern.folder)
        os.execve(program(), ["postern", *words], postern.environment | {"NO_COLOR": "1"})
    shown = b""
    try:
        for prompt, line in lines:
            deadline = time.monotonic() + 20
            while prompt not in shown and time.monotonic() < deadline:
                shown += os.read(terminal, 4096)
            os.write(terminal, line)
        while True:
            part = os.read(terminal, 4096)
            if not part:
                break
            shown += part
    except OSError:
        pass  # Linux says EIO when the other side has gone.
    _, status = os.waitpid(pid, 0)
    os.close(terminal)
    return shown.decode(), os.waitstatus_to_exitcode(status)


def test_at_a_terminal_the_password_is_asked_for_twice_and_not_shown(postern):
    lines = [(b"Password for ada: ", b"correct horse\n"), (b"again: ", b"correct horse\n")]
    shown, status = typed(postern, ["user", "add", "ada"], lines)
    assert status == 0, shown
    assert "correct" not in shown and "Added the user" in shown
    lines[1] = (b"again: ", b"correct house\n")
    shown, status = typed(postern, ["user", "set-password", "ada"], lines)
    assert status == 1 and "not the same; nothing was changed" in shown


def test_at_a_terminal_a_removal_is_asked_about(postern):
    postern("user", "add", "ada", "--no-password")
    shown, status = typed(postern, ["user", "remove", "ada"], [(b"(yes/no)", b"no\n")])
    assert status == 1 and "nothing was removed" in shown
    shown, status = typed(postern, ["user", "remove", "ada"], [(b"(yes/no)", b"yes\n")])
    assert status == 0 and postern.json("user", "list") == []


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
