"""The link by which an administrator chooses a password."""

import json
import secrets

import pytest
import requests

from accessibility import assert_accessible
from console import admin, field, send, sign_in  # noqa: F401


def link_of(provider, name):
    return provider.postern("admin", "link", name).split()[-1]


def test_the_first_administrator_chooses_a_password(provider, page):
    name = f"u{secrets.token_hex(4)}"
    made = json.loads(provider.postern("init", "--admin", name, "--json"))
    page.goto(made["admin_link"])
    assert page.locator("nav").count() == 0
    field(page, "password", "short")
    send(page)
    assert "8 characters" in page.locator("#password-error").inner_text()
    assert_accessible(page)
    field(page, "password", "correct horse")
    send(page)

    class Person:
        password = "correct horse"

    Person.name = name
    sign_in(page, Person)
    assert page.url == f"{provider.base}/admin/" and page.locator("nav li").count() == 8
    assert page.goto(made["admin_link"]).status == 400, "it serves once"
    token = made["admin_link"].split("=")[1]
    assert not any(token in log.read_text(errors="replace") for log in (provider.folder / "run").glob("*.log"))


def test_a_link_is_over_in_a_quarter_of_an_hour(provider, admin):
    link = link_of(provider, admin.name)
    with provider.later(15 * 60) as later:
        address = link.replace(provider.base, later.base)
        assert requests.get(address, timeout=10).status_code == 400
    assert requests.get(link, timeout=10).status_code == 200


def test_a_newer_link_s_use_ends_the_others(provider):
    chief = provider.add_user(None, None, "--role", "postern:admin")
    links = [link_of(provider, chief.name) for _ in range(2)]
    answer = requests.post(
        links[1].split("?")[0], data={"token": links[1].split("=")[1], "password": "correct horse"}, timeout=10,
        allow_redirects=False)
    assert answer.status_code == 303
    assert [requests.get(link, timeout=10).status_code for link in links] == [400, 400]


@pytest.mark.parametrize("command", [["disable"], ["set-password", "--password-stdin"]])
def test_what_ends_all_sessions_ends_a_link(provider, command):
    chief = provider.add_user(None, None, "--role", "postern:admin")
    link = link_of(provider, chief.name)
    provider.postern("user", command[0], chief.name, *command[1:], input="another passw0rd")
    answer = requests.post(
        link.split("?")[0], data={"token": link.split("=")[1], "password": "correct horse"}, timeout=10,
        allow_redirects=False)
    assert answer.status_code == 400


def test_links_are_for_those_who_administer(provider):
    user = provider.add_user()
    run = provider.run("admin", "link", user.name)
    assert run.returncode == 1 and "administers nothing" in run.stderr


@pytest.mark.parametrize("token", ["", "x", "A" * 43])
def test_links_that_there_are_none_of(provider, token):
    answer = requests.get(f"{provider.base}/admin/link", params={"token": token}, timeout=10)
    assert answer.status_code == 400 and "text/html" in answer.headers["Content-Type"]
