"""Apps in files: `postern plan`, `apply` and `export`, and the sign-ins of what they made, through nginx."""

import contextlib
import json
import os
import pathlib
import pty
import re
import secrets
import shutil
import subprocess

import pytest
import requests

from administration import Caller
from oidc import RelyingParty, claims
from provider import running_provider

ROOT = pathlib.Path(__file__).resolve().parents[2]
CALLBACK = "https://shop.example/callback"

SHOP = """
scopes:
  - { name: orders, description: See your orders }
roles:
  - { name: clerk }
  - { name: editor, client: shop }
groups:
  - { name: staff, roles: [clerk, editor@shop] }
clients:
  - client_id: shop
    client_name: Shop
    redirect_uris:
      - https://shop.example/callback
    scope: [openid, profile, offline_access, orders, clerk, editor]
    grant_types: [authorization_code, refresh_token]
claims:
  custom:
    - { name: department, attribute: department, scope: profile }
    - { name: tenant, client: shop, value: { id: 7 }, in: [id_token] }
"""


class Files:
    """A provider with a `clients.d`, and the commands that read it."""

    def __init__(self, provider):
        self.provider = provider
        self.folder = provider.config.parent / "clients.d"
        self.folder.mkdir(exist_ok=True)

    def write(self, text, name="shop.yaml"):
        (self.folder / name).write_text(text)

    def run(self, *arguments, status=0, **environment):
        run = subprocess.run(
            [self.provider.programs / "postern", *arguments, "--config", self.provider.config], text=True, input="",
            capture_output=True, timeout=60, check=False, env={**os.environ, **environment})
        assert run.returncode == status, (run.returncode, run.stdout, run.stderr)
        return run.stdout if status != 1 else run.stderr

    def plan(self, *options, status=2, **environment):
        return json.loads(self.run("plan", "--json", *options, status=status, **environment))

    def apply(self, *options, **environment):
        return json.loads(self.run("apply", "--json", *options, **environment))

    def clear(self):
        for file in self.folder.iterdir():
            shutil.rmtree(file) if file.is_dir() else file.unlink()
        self.run("apply", "--prune")


@pytest.fixture(scope="module")
def running():
    with running_provider() as provider:
        yield provider


@pytest.fixture
def files(running):
    """Nothing is declared, before and after."""
    files = Files(running)
    yield files
    files.clear()


def steps(plan):
    return [f"{step['action']} {step['kind']} {step['name']}" for step in plan["steps"]]


def secret_of(plan, client="shop"):
    return next(step["client_secret"] for step in plan["steps"] if step["kind"] == "client" and step["name"] == client)


def party(files, secret, client="shop", redirect_uri=CALLBACK, **options):
    return RelyingParty(files.provider.issuer, client, redirect_uri, secret, **options)


def test_a_declared_app_signs_in_at_the_next_request(files):
    files.write(SHOP)
    made = files.apply()
    app = party(files, secret_of(made))
    user = files.provider.add_user(
        None, None, "--group", "staff", "--attribute", 'department="sales"', "--full-name", "Ann")
    browser = files.provider.browser()
    tokens = app.tokens(browser, user, scope="openid profile orders clerk editor")
    assert tokens["scope"] == "openid profile orders clerk editor", "first-party: nobody is asked"
    assert claims(tokens["id_token"])["tenant"] == {"id": 7}
    assert "name" not in claims(tokens["id_token"]), "preset standard"
    assert app.userinfo(tokens["access_token"]).json()["department"] == "sales"
    # A change, in the session that is there.
    files.write(SHOP.replace("orders, clerk, editor]", "orders, editor]").replace("{ id: 7 }", "{ id: 8 }"))
    changed = files.apply()
    assert steps(changed) == ["change client shop", "change claim tenant"]
    tokens = app.tokens(browser, scope="openid profile orders clerk editor")
    assert tokens["scope"] == "openid profile orders editor"
    assert claims(tokens["id_token"])["tenant"] == {"id": 8}
    files.write(SHOP.replace("https://shop.example/callback", "https://shop.example/other"))
    files.apply()
    assert app.start(browser, app.request()).status == 400, "the redirect URI is another's now"
    assert "code" in party(files, None, redirect_uri="https://shop.example/other").start(browser, app.request(
        redirect_uri="https://shop.example/other")).query


def test_it_is_applied_once(files):
    files.write(SHOP)
    with files.provider.database.unchanged():
        plan = files.plan()
    assert plan["add"] == 7 and len(plan["steps"]) == 7
    assert not any("client_secret" in step for step in plan["steps"])
    assert secret_of(files.apply())
    with files.provider.database.unchanged():
        assert files.plan(status=0)["steps"] == []
        assert files.apply()["steps"] == []
        assert files.run("plan") == "Nothing to do: all that is declared is there.\n"


def test_what_is_shown(files):
    files.write(SHOP)
    shown = files.run("plan", status=2)
    assert re.search(r"^\+ client shop +clients\.d/shop\.yaml:10$", shown, re.M), shown
    assert "    client_secret: one is made, and shown when it is applied\n" in shown
    assert shown.endswith("\n7 to add.\n")
    applied = files.run("apply")
    secret = re.search(r"client_secret: (\S+)  \(shown once: keep it now\)", applied).group(1)
    assert party(files, secret).exchange("no-code", "no-verifier").json()["error"] == "invalid_grant"
    files.write(SHOP.replace("client_name: Shop", "client_name: Web shop").replace("profile, offline", "email, offline"))
    shown = files.run("plan", status=2)
    assert "    client_name: Shop -> Web shop\n    scope:\n      - profile\n      + email\n" in shown
    listed = files.run("client", "list")
    assert re.search(r"^shop .* clients\.d/shop\.yaml$", listed, re.M)


def test_several_at_once_make_it_once(files):
    files.write(SHOP)
    command = [files.provider.programs / "postern", "apply", "--json", "--config", files.provider.config]
    runs = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(5)]
    answers = [run.communicate(timeout=60) for run in runs]
    assert [run.returncode for run in runs] == [0] * 5, answers
    added = [json.loads(out)["add"] for out, _ in answers]
    assert sorted(added) == [0, 0, 0, 0, 7]
    secret = next(secret_of(json.loads(out)) for out, _ in answers if json.loads(out)["add"])
    assert party(files, secret).exchange("no-code", "no-verifier").json()["error"] == "invalid_grant"


def test_pruning_ends_what_it_gave(files):
    files.write(SHOP)
    app = party(files, secret_of(files.apply()))
    user = files.provider.add_user(None, None, "--role", "clerk")
    browser = files.provider.browser()
    tokens = app.tokens(browser, user, scope="openid offline_access clerk")
    files.write("roles:\n  - { name: clerk }\n")
    plan = files.plan(status=0)
    assert {thing["name"] for thing in plan["leftovers"]} == {
        "orders", "editor@shop", "staff", "shop", "department", "tenant"}
    assert files.apply()["remove"] == 0, "not without --prune"
    assert app.start(browser, app.request()).query["code"]
    theirs = "theirs" + secrets.token_hex(3)
    files.provider.postern("role", "add", theirs)
    pruned = files.apply("--prune")
    assert pruned["remove"] == 6
    names = steps(pruned)
    assert names.index("remove role editor@shop") < names.index("remove client shop") < names.index("remove scope orders")
    assert app.start(browser, app.request()).status == 400
    assert app.back.post(
        f"{app.path}/token", {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]},
        app.basic()).status == 401
    assert app.userinfo(tokens["access_token"]).status == 401
    held = json.loads(files.provider.postern("user", "show", user.name, "--json"))["roles"]
    assert held == ["clerk"], "what is still declared is still held"
    assert theirs in files.provider.postern("role", "list"), "what the command line made stays"


def test_a_clash_is_told_and_nothing_applied(files):
    provider = files.provider
    client = "hand" + secrets.token_hex(3)
    app = provider.add_client(client_id=client, client_secret="a-secret-of-16-characters")
    files.write(SHOP)
    files.write(f"clients:\n  - client_id: {client}\n    redirect_uris: [https://evil.example/]\n", "clash.yaml")
    for options in ([], ["--adopt"], ["--prune"]):
        with provider.database.unchanged():
            error = files.run("apply", *options, status=1)
        assert f"clash.yaml:2: the client \"{client}\" is there already and belongs to no file" in error
        assert "the command line or the API made it" in error and "redirect_uris" in error
        assert files.run("plan", *options, status=1) == error
    assert app.tokens(provider.browser(), provider.add_user())["access_token"]
    # As it is, it can be handed over, and nothing else changes.
    (files.folder / "shop.yaml").unlink()
    files.write(
        f"clients:\n  - client_id: {client}\n    client_name: An app\n    redirect_uris: [https://app.example/callback]\n"
        "    token_endpoint_auth_method: client_secret_basic\n", "clash.yaml")
    assert [thing["name"] for thing in files.plan(status=0)["unowned"]] == [client]
    assert "declared_in" not in json.loads(provider.postern("client", "show", client, "--json"))
    assert steps(files.apply("--adopt")) == [f"adopt client {client}"]
    assert json.loads(provider.postern("client", "show", client, "--json"))["declared_in"] == "clients.d/clash.yaml"
    assert app.tokens(provider.browser(), provider.add_user())["access_token"], "with the secret that it had"


@pytest.mark.parametrize("command", [
    ["client", "set", "shop", "--name", "Other"],
    ["client", "set", "shop", "--new-secret"],
    ["client", "remove", "shop", "--yes"],
    ["scope", "set", "orders", "--description", "x"],
    ["scope", "remove", "orders", "--yes"],
    ["role", "set", "clerk", "--description", "x"],
    ["role", "remove", "editor", "--client", "shop", "--yes"],
    ["group", "set", "staff", "--remove-role", "clerk"],
    ["group", "remove", "staff", "--yes"],
    ["claim", "set", "department", "--scope", ""],
    ["claim", "remove", "tenant", "--client", "shop", "--yes"],
])
def test_what_is_declared_is_changed_by_its_file_alone(files, command):
    files.write(SHOP)
    files.apply()
    with files.provider.database.unchanged():
        assert "is declared in clients.d/shop.yaml" in files.run(*command, status=1)
    listed = json.loads(files.run(command[0], "list", "--json"))
    assert {thing.get("declared_in") for thing in listed} >= {"clients.d/shop.yaml"}
    # Set free, it is the command line's.
    (files.folder / "shop.yaml").unlink()
    assert files.apply("--release")["release"] == 7
    files.run(*command)
    for kind, name in [("client", "shop"), ("claim", "department"), ("group", "staff"), ("role", "clerk"),
                       ("scope", "orders")]:
        if command[:3] != [kind, "remove", name]:
            files.run(kind, "remove", name, "--yes")


def test_the_api_shows_what_is_declared_and_changes_nothing_of_it(files):
    files.write(SHOP)
    files.apply()
    call = Caller(files.provider)
    with files.provider.database.unchanged():
        for path, body in [
            ("clients/shop", {"client_name": "Other"}), ("scopes/orders", {"description": "x"}),
            ("roles/editor%40shop", {"description": "x"}), ("groups/staff", {"roles": []}),
        ]:
            shown = call("GET", path)
            assert shown.json()["declared_in"] == "clients.d/shop.yaml"
            listed = call("GET", path.split("/")[0]).json()["items"]
            assert shown.json() in listed, "a list shows the same"
            for refused in [
                call("PATCH", path, body, If_Match=shown.headers["ETag"]),
                call("DELETE", path, If_Match=shown.headers["ETag"]),
            ]:
                assert refused.status_code == 409, refused.text
                assert "is declared in clients.d/shop.yaml" in refused.json()["detail"]
        assert call("POST", "clients/shop/secret", {}).status_code == 409
    assert "declared_in" not in call("GET", f"clients/{call.client.client_id}").json()


def test_the_console_shows_what_is_declared_and_offers_no_change(files):
    files.write(SHOP)
    files.apply()
    admin = files.provider.add_user(None, None, "--role", "postern:admin")
    browser = files.provider.browser()
    answer = browser.get("/oidc/admin/")
    while answer.location:
        answer = browser.follow(answer)
    browser.submit(answer, username=admin.name, password=admin.password)
    shown = browser.get("/oidc/admin/apps/shop")
    assert "Declared in clients.d/shop.yaml" in shown.form.text, shown.form.text
    assert "Save changes" not in shown.text and "apps/shop/remove" not in shown.text
    assert "Connection sheet" in shown.text
    listed = browser.get("/oidc/admin/scopes").text
    assert listed.count("Declared in clients.d/shop.yaml") == 5 and "orders/remove" not in listed
    # It makes a client of its own, which no file needs.
    assert "postern-console" not in files.run("export")


def test_an_app_that_registered_itself_can_be_taken_over(files):
    provider = files.provider
    token = provider.postern("token", "issue").split()[-1]
    client = "self" + secrets.token_hex(3)
    made = requests.post(
        f"{provider.issuer}/register", timeout=10, headers={"Authorization": f"Bearer {token}"},
        json={"client_id": client, "redirect_uris": ["https://self.example/"]}).json()
    uri, headers = made["registration_client_uri"], {"Authorization": f"Bearer {made['registration_access_token']}"}
    files.run("export", str(files.folder / "out"), "--undeclared")
    (files.folder / "out" / f"{client}.yaml").rename(files.folder / f"{client}.yaml")
    assert steps(files.apply("--adopt")) == [f"adopt client {client}"]
    with provider.database.unchanged():
        body = {"client_id": client, "redirect_uris": ["https://evil.example/"]}
        for refused in [
            requests.put(uri, json=body, headers=headers, timeout=10), requests.delete(uri, headers=headers, timeout=10),
        ]:
            assert refused.status_code == 403 and refused.json()["error"] == "access_denied", refused.text
        assert requests.get(uri, headers=headers, timeout=10).json()["client_secret"] == made["client_secret"]


def test_the_secret_of_a_file_or_a_variable(files):
    text = SHOP.replace("    client_name", "    client_secret_file: secret\n    client_name")
    files.write(text)
    file = files.provider.config.parent / "secret"
    first, second, third = (secrets.token_urlsafe(24) for _ in range(3))
    file.write_text(first + "\n")
    file.chmod(0o644)
    assert "chmod 600" in files.run("plan", status=1)
    file.chmod(0o600)
    made = files.run("apply", "--json")
    assert first not in made and "client_secret\": \"" not in made
    works = lambda secret: party(files, secret).exchange("no", "no").json()["error"] == "invalid_grant"  # noqa: E731
    assert works(first)
    file.write_text(second)
    plan = files.plan()
    assert plan["steps"][0]["changes"][0]["member"] == "client_secret" and second not in json.dumps(plan)
    files.apply()
    assert works(second) and not works(first)
    files.write(SHOP.replace("    client_name", "    client_secret_env: SHOP_SECRET\n    client_name"))
    assert "the environment variable SHOP_SECRET is not set" in files.run("plan", status=1)
    files.apply(SHOP_SECRET=third)
    assert works(third)
    # Where the files say nothing, it stays, and plan says nothing either.
    files.write(SHOP)
    assert files.plan(status=0)["steps"] == []
    assert works(third)
    fresh = secret_of(files.apply("--new-secret", "shop"))
    assert works(fresh) and not works(third)
    newest = secret_of(files.apply("--new-secret", "shop", "--overlap", "1h"))
    assert works(newest) and works(fresh), "both, for a while"
    exported = files.run("export")
    assert fresh not in exported and "# client_secret_file: secrets/shop" in exported


def test_what_is_exported_is_equal_to_what_is_there(files, tmp_path):
    provider = files.provider
    name = "x" + secrets.token_hex(3)
    provider.add_client(
        client_id=name, client_name="O\"Brien's: #1 ☂", preset="mendix", first_party=False, default_acr_values=["yes"],
        redirect_uris=["https://app.example/cb?a=%22&b", "https://app.example/"], require_pkce=True,
        scope=f"openid {name}", resources=["https://api.example/"])
    provider.postern("role", "add", name, "--client", name, "--description", "A: \"role\"")
    provider.postern("group", "add", f"{name} Zoë", "--role", f"{name}@{name}")
    provider.postern("claim", "add", name, "--value", '{"a": [1, 1.5, null, "true"]}', "--client", name)
    provider.postern("claim", "add", f"/{name}/b", "--expression", "user ->> 'it''s: #1'")
    files.write(SHOP)
    files.apply()
    # Beside what is declared.
    made = files.run("export", str(tmp_path / "out"), "--undeclared").splitlines()
    assert str(tmp_path / "out" / f"{name}.yaml") in made
    assert "would be written over" in files.run("export", str(tmp_path / "out"), "--undeclared", status=1)
    for file in (tmp_path / "out").iterdir():
        (files.folder / file.name).write_text(file.read_text())
    with provider.database.unchanged():
        plan = files.plan(status=0)
    assert plan["steps"] == [] and name in [thing["name"] for thing in plan["unowned"]]
    files.apply("--adopt")
    assert files.plan(status=0) | {"warnings": []} == {
        "steps": [], "leftovers": [], "unowned": [], "warnings": [], "add": 0, "change": 0, "remove": 0, "adopt": 0,
        "move": 0, "release": 0}
    # All of it makes the same elsewhere.
    other = tmp_path / "other"
    (other / "clients.d").mkdir(parents=True)
    config = other / "postern.yaml"
    run = lambda *words: subprocess.run(  # noqa: E731
        [provider.programs / "postern", *words, "--config", config], capture_output=True, text=True, check=True).stdout
    run("init", "--issuer", provider.issuer)
    files.run("export", str(other / "clients.d"))
    run("apply")
    assert run("export") == files.run("export")


def test_every_fault_is_named_and_nothing_applied(files):
    files.write(SHOP)
    files.write(
        "clients:\n  - client_id: a\n    redirect_urls: [https://a.example/]\n  - client_id: shop\n"
        "    redirect_uris: [http://a.example/]\n    client_secret: do-not-print-me-please\nuser: []\n", "bad.yaml")
    with files.provider.database.unchanged():
        error = files.run("apply", status=1)
    folder = f"{files.folder}/bad.yaml"
    for text in [
        f'{folder}:3: there is no key "clients.1.redirect_urls". Did you mean "redirect_uris"?',
        f'{folder}:5: clients.2.redirect_uris "http://a.example/" is http; use https',
        f"{folder}:6: clients.2.client_secret has no place in a file", f'{folder}:7: there is no key "user".',
    ]:
        assert text in error, error
    assert "do-not-print" not in error
    # What can be read, and not be done.
    files.write(
        "clients:\n  - { client_id: a, redirect_uris: [https://a.example/], id_token_signed_response_alg: ES512 }\n"
        "roles:\n  - { name: x, client: nobody }\n", "bad.yaml")
    with files.provider.database.unchanged():
        error = files.run("apply", status=1)
    assert f'{folder}:2: the client "a": id_token_signed_response_alg is ES512, and there is no key for it' in error
    assert f'{folder}:4: the role "x@nobody": there is no client with the id "nobody"' in error


def test_no_name_moves_the_cursor(files):
    files.write("clients:\n  - { client_id: \"a\\e[2J\" }\n", "x\x1b[31m\nall is well.yaml")
    error = files.run("plan", status=1)
    assert "\x1b" not in error and "\\u{1b}[2J" in error and "\\u{1b}[31m\\u{a}all is well.yaml:2: " in error, error


def test_a_faulty_file_in_the_folder_stops_no_pool(files):
    """What is declared there is read by plan and apply; the service has it in its database."""
    files.write(SHOP)
    assert re.search(r"^warning  declared +7 steps to what is declared", files.run("check"), re.M)
    app = party(files, secret_of(files.apply()))
    assert re.search(r"^ok       declared +7 things, all there", files.run("check"), re.M)
    files.write("clients: [", "bad.yaml")
    files.provider.down()
    files.provider.up()
    assert app.tokens(files.provider.browser(), files.provider.add_user())["access_token"]
    found = files.run("check")
    assert re.search(r"^warning  declared +can't be applied: \S+bad.yaml:2: this is not YAML", found, re.M), found
    (files.folder / "bad.yaml").unlink()


def test_a_folder_that_is_not_there_prunes_nothing(files):
    files.write(SHOP)
    files.apply()
    moved = files.folder.rename(files.folder.with_name("moved"))
    with files.provider.database.unchanged():
        assert "is not there, and 7 of what is in the store" in files.run("apply", "--prune", status=1)
    moved.rename(files.folder)


def test_at_a_terminal_it_asks_before_it_removes(files):
    files.write(SHOP)
    files.apply()
    (files.folder / "shop.yaml").unlink()
    command = [files.provider.programs / "postern", "apply", "--prune", "--config", files.provider.config]

    def answer(text):
        terminal, ours = pty.openpty()
        run = subprocess.Popen(command, stdin=ours, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        os.close(ours)
        with contextlib.closing(os.fdopen(terminal, "wb", buffering=0)) as typing:
            typing.write(text.encode())
            out, error = run.communicate(timeout=30)
        return run.returncode, out.decode(), error.decode()

    with files.provider.database.unchanged():
        status, out, error = answer("no\n")
    assert status == 1 and "- client shop" in out and "remove 7 for good?" in out and "nothing was removed" in error
    assert answer("yes\n")[0] == 0
    assert files.plan(status=0)["leftovers"] == []


def test_the_manual_shows_what_happens(files):
    manual = (ROOT / "docs/declared-clients.md").read_text()
    text = re.search(r"```yaml\n(# clients\.d/shop\.yaml\n.*?)```", manual, re.S).group(1)
    files.write(text)
    shown = re.search(r"\$ postern plan\n(.*?)```", manual, re.S).group(1)
    assert files.run("plan", status=2) == shown
    applied = re.search(r"\$ postern apply\n(.*?)```", manual, re.S).group(1)
    hidden = lambda text: re.sub(r"client_secret: \S+", "client_secret: …", text)  # noqa: E731
    assert hidden(files.run("apply")) == hidden(applied)
    changed = re.search(r"## Change it.*?\$ postern plan\n(.*?)```", manual, re.S).group(1)
    files.write(text.replace("callback\n", "callback\n      - https://shop.example.com/second\n").replace("profile, ", ""))
    assert files.run("plan", status=2) == changed
    refused = re.search(r'\$ postern client set shop --name "Web shop"\n(.*?)```', manual, re.S).group(1)
    assert files.run("client", "set", "shop", "--name", "Web shop", status=1) == refused
