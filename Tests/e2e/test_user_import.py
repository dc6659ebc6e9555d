"""Users from CSV, htpasswd and JSON lines, by the command line, and their sign-in afterwards."""

import json
import subprocess

import pytest

from command_line import _made, postern  # noqa: F401
from provider import Person

PASSWORD = "correct horse"


@pytest.fixture
def write(postern):
    """Writes a file beside the installation, and gives back its name."""

    def write(name, text):
        (postern.folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
        return name

    return write


def htpasswd(name, password, kind="-B"):
    """A line by Apache's own program."""
    made = subprocess.run(["htpasswd", "-nbm" if kind == "-m" else f"-nb{kind[1:]}", name, password],
                          capture_output=True, text=True, check=True)
    return made.stdout.strip() + "\n"


# --- several addresses


def test_the_claim_email_is_the_primary_address_with_its_own_proof(provider, party):
    person = provider.add_user(None, None, "--email", "work@example.com", "--attribute", "email_verified=true")

    def claims():
        browser = provider.browser()
        party.sign_in(browser, person)
        return party.userinfo(party.tokens(browser)["access_token"]).json()

    def email(*options):
        provider.postern("user", "set", person.name, *options)
        answer = claims()
        assert "other_emails" not in answer
        return answer.get("email"), answer.get("email_verified")

    assert email("--add-email", "home@example.com") == ("work@example.com", True)
    assert email("--primary-email", "home@example.com") == ("home@example.com", False)
    assert email("--primary-email", "work@example.com") == ("work@example.com", True)
    assert email("--verified-email", "home@example.com", "--primary-email", "home@example.com",
                 "--remove-email", "work@example.com") == ("home@example.com", True)
    assert email("--email", "work@example.com") == ("work@example.com", False)


def test_an_app_gets_all_addresses_by_a_claim_of_its_own(provider):
    party = provider.add_client()
    person = provider.add_user(None, None, "--email", "a@example.com", "--add-email", "b@example.com")
    provider.postern("claim", "add", "other_emails", "--client", party.client_id, "--attribute", "other_emails")
    provider.postern("claim", "add", "all_emails", "--client", party.client_id, "--expression",
                     "json_insert(json_array(user ->> 'email'), '$[#]', user ->> '$.other_emails[0].address')")
    browser = provider.browser()
    party.sign_in(browser, person)
    claims = party.userinfo(party.tokens(browser)["access_token"]).json()
    assert claims["other_emails"] == [{"address": "b@example.com", "verified": False}]
    assert claims["all_emails"] == ["a@example.com", "b@example.com"]


def test_addresses_are_shown_and_refused(postern):
    added = postern.json("user", "add", "ada", "--no-password", "--add-email", "a@example.com", "--add-email",
                         "b@example.com", "--verified-email", "b@example.com")
    assert added["attributes"] == {
        "email": "a@example.com", "other_emails": [{"address": "b@example.com", "verified": True}]}
    assert "b@example.com (verified)" in postern("user", "show", "ada")
    assert "--primary-email" in postern.error("user", "set", "ada", "--remove-email", "a@example.com")
    assert "has no address c@example.com" in postern.error("user", "set", "ada", "--primary-email", "c@example.com")
    assert 'email is "c"' in postern.error("user", "set", "ada", "--add-email", "c")
    assert postern.json("user", "show", "ada") == {**added, "upstreams": []}


# --- CSV


def test_a_spreadsheet_is_imported(postern, write):
    file = write("users.csv", b"\xef\xbb\xbf" + (
        'username,name,email,email_verified,department,attribute:level,password\r\n'
        'ada,"Lovelace, Ada",ada@example.com,TRUE,"R&D\r\nEngines",3,correct horse\r\n'
        'Rene\u0301e,"""R""",,,,,\r\n').encode())
    said = postern("user", "import", file, "--dry-run")
    assert said.startswith("Would add 2 users") and "Nothing was changed." in said
    assert postern.json("user", "list") == []
    assert postern("user", "import", file).splitlines() == [
        "Added 2 users, changed 0, left 0 as they are.",
        '1 user of those new can\'t sign in until "user set-password".',
    ]
    ada, renee = postern.json("user", "show", "ada"), postern.json("user", "show", "Ren\u00e9e")
    assert ada["has_password"] and not renee["has_password"]
    assert ada["attributes"] == {
        "department": "R&D\r\nEngines", "email": "ada@example.com", "email_verified": True, "level": 3,
        "name": "Lovelace, Ada"}
    assert renee["attributes"] == {"name": '"R"'}


def test_every_fault_is_told_and_nothing_is_imported(postern, write):
    postern("user", "add", "here", "--no-password")
    file = write("users.csv", "username,email,password\nada,ada,correct horse\nhere,,\neve\x1b[2J,,short\nbob,,secret7\n,,\n")
    lines = postern.error("user", "import", file).splitlines()
    assert lines == [
        'users.csv:2: email is "ada"; write an address such as ada@example.com',
        'users.csv:3: there is a user "here" already; change them with --update, or take the line out',
        'users.csv:4: username is "eve\\u{1b}[2J": a user name can\'t have control or invisible characters',
        "users.csv:5: the password has fewer than 8 characters; choose a longer one",
        "users.csv:6: there is no username",
        "postern: nothing was imported, since 5 lines are faulty",
    ]
    assert [user["username"] for user in postern.json("user", "list")] == ["here"]
    report = json.loads(postern.run("user", "import", file, "--json", status=1).stdout)
    assert not report["imported"] and report["refused"] == 5
    assert [fault["line"] for fault in report["faults"]] == [2, 3, 4, 5, 6]


def test_the_format_must_be_known(postern, write):
    assert "--format" in postern.error("user", "import", "-", status=64)
    assert "--format" in postern.error("user", "import", write("users.txt", "username\n"), status=64)
    assert "--update" in postern.error("user", "import", "a.csv", "--replace-passwords", status=64)
    assert "none.csv can't be read" in postern.error("user", "import", "none.csv")
    report = postern.json("user", "import", "-", "--format", "csv", given="username\nada\n")
    assert report["imported"] and [user["result"] for user in report["users"]] == ["added"]
    assert report["users"][0]["sub"] == postern.json("user", "show", "ada")["sub"]


# --- htpasswd


def test_a_user_of_htpasswd_signs_in_with_the_old_password(provider, party):
    line = htpasswd("anna-of-nginx", PASSWORD)
    assert ":$2y$" in line
    provider.postern("user", "import", "-", "--format", "htpasswd", input="# staff\n" + line)
    person = Person("anna-of-nginx", PASSWORD, sub="")

    def exported():
        lines = provider.postern("user", "export", "--with-password-hashes").splitlines()
        return next(user for user in map(json.loads, lines) if user["username"] == person.name)

    before = exported()
    assert before["password_hash"] in line
    for _ in range(2):
        browser = provider.browser()
        party.sign_in(browser, person)
        assert party.userinfo(party.tokens(browser)["access_token"]).json()["sub"] == before["sub"]
        assert exported()["password_hash"].startswith("$y$"), "the hash is improved at the first sign-in"
    provider.postern("user", "import", "-", "--format", "htpasswd", "--update", input=line)
    assert exported()["password_hash"].startswith("$y$"), "and an import keeps the better one"


@pytest.mark.parametrize("kind, said", [("-m", "Apache's MD5"), ("-s", "unsalted SHA-1"), ("-d", "DES"), ("-p", "no known kind")])
def test_a_weak_hash_is_refused_with_the_advice(postern, write, kind, said):
    weak = htpasswd("weak", "passw0rd", kind)
    file = write(".htpasswd", htpasswd("good", PASSWORD) + weak)
    told = postern.error("user", "import", file)
    assert told.startswith(".htpasswd:2: ") and said in told and "htpasswd -B" in told
    assert weak.split(":")[1].strip() not in told
    assert postern.json("user", "list") == []


# --- JSON lines


def test_users_move_to_another_server(postern, tmp_path_factory):
    postern("user", "add", "ada", "--password-stdin", "--email", "ada@example.com", "--add-email", "a@example.org",
            "--verified-email", "ada@example.com", "--attribute", 'address={"locality":"London"}', given=PASSWORD)
    other = type(postern)(tmp_path_factory.mktemp("other"))
    other("init", "--issuer", "https://login.example.com/oidc")
    for server in (postern, other):
        server("role", "add", "clerk")
        server("group", "add", "staff of all", "--role", "clerk")
    postern("user", "add", "Zo\u00eb \"x\"", "--no-password", "--role", "clerk", "--group", "staff of all")
    postern("user", "disable", "Zo\u00eb \"x\"")
    assert "password_hash" not in postern("user", "export")
    lines = postern("user", "export", "--with-password-hashes")
    assert '"groups":["staff of all"]' in lines and '"roles":["clerk"]' in lines
    other("user", "import", "-", "--format", "jsonl", given=lines)
    assert other("user", "export", "--with-password-hashes") == lines
    assert other.json("user", "list") == postern.json("user", "list")
    postern("group", "remove", "staff of all")
    postern("role", "remove", "clerk")
    assert "left 2 as they are" in other("user", "import", "-", "--format", "jsonl", "--update", given=lines)


def test_a_subject_that_is_an_apps_id_is_refused(postern):
    client = postern.json("client", "add", "Shop", "--redirect-uri", "https://shop.example.com/")["client_id"]
    line = json.dumps({"username": "ada", "sub": client})
    assert "is the id of an app" in postern.error("user", "import", "-", "--format", "jsonl", given=line)
    assert postern.json("user", "list") == []


def test_many_users_take_no_time(postern, tmp_path_factory):
    many = type(postern)(tmp_path_factory.mktemp("many"))
    many("init", "--issuer", "https://login.example.com/oidc")
    line = "user{0},$2y$05$mjWjggRqHp0TaC40LarTo.rnmLD5Ap9Vsi/4NwWfITP/1Tf/MCgt6,User {0},user{0}@example.com\n"
    rows = "username,password_hash,name,email\n" + "".join(line.format(number) for number in range(5000))
    assert "Added 5000 users" in many("user", "import", "-", "--format", "csv", given=rows)
    assert len(many("user", "export").splitlines()) == 5000
    assert "left 5000 as they are" in many("user", "import", "-", "--format", "csv", "--update", given=rows)
