"""The administrator's command line: users, what they are given, and what is asked at a terminal."""

import json
import os
import pty
import time

import pytest

from command_line import METADATA, _made, postern, program  # noqa: F401


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


def test_users_and_clients_are_found_by_how_they_begin(postern):
    for name, email in (("ada", "countess@example.com"), ("adam", "adam@example.com"), ("eve", "eve@example.com")):
        postern("user", "add", name, "--password-stdin", "--email", email, given="correct horse\n")
    found = lambda *words: [item.get("username") or item["client_id"] for item in postern.json(*words)]
    assert found("user", "list", "--search", "ad") == ["ada", "adam"]
    assert found("user", "list", "--search", "count") == ["ada"]
    assert found("user", "list", "--search", "da") == [] and found("user", "list", "--search", "%") == []
    assert '"x"' in postern("user", "list", "--search", "x")
    for client_id, name in (("time", "Sheets"), ("wiki", "Time to write"), ("shop", "Shop")):
        described = METADATA | {"client_id": client_id, "client_name": name}
        postern("client", "add", "--from", "-", given=json.dumps(described))
    assert found("client", "list", "--search", "time") == ["time", "wiki"], "the ids, and then the names"
    assert '"x"' in postern("client", "list", "--search", "x")
    assert found("client", "list", "--awaits-approval") == []
    assert "No app waits" in postern("client", "list", "--awaits-approval")
    assert "exclude each other" in postern.error("client", "list", "--search", "x", "--awaits-approval", status=64)


def test_scopes_roles_and_groups(postern):
    for role in postern.json("role", "list"):
        assert role["role"].startswith("postern:"), "an installation has those of administration"
        postern("role", "remove", role["role"])
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
    done = postern.run("client", "set", "crm", "--scope", "openid clerk mx:app:userrole:5f3c")
    assert b"must end in the UUID" in done.stderr, "and not the advice to make a role that would be refused"
    assert b"role add" not in done.stderr
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
    shown = {**added, "upstreams": []}
    assert postern.json("user", "show", "Ren\u00e9e") == shown
    assert postern.json("user", "show", "Rene\u0301e") == shown


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
