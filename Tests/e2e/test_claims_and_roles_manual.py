"""docs/claims-and-roles.md: its commands are run as they stand, in their order, and do what it says."""

import json
import re
import shlex

import pytest

from oidc import claims
from provider import ROOT, running_provider

MANUAL = (ROOT / "docs/claims-and-roles.md").read_text()


def blocks(language=""):
    """The blocks of the manual in that language."""
    found = re.findall(r"^```(\w*)\n(.*?)^```$", MANUAL, re.MULTILINE | re.DOTALL)
    return [text for marked, text in found if marked == language]


@pytest.fixture(scope="module")
def manual():
    with running_provider() as provider:
        provider.apps = {name: provider.add_client(client_id=name) for name in ("shop", "crm", "orders")}
        provider.people = {name: provider.add_user(name) for name in ("ada", "grace")}
        for block in blocks():
            for line in block.splitlines():
                program, *words = shlex.split(line)
                assert program == "postern", line
                provider.postern(*words)
        yield provider


def granted(manual, person, app, scope, **changes):
    user = manual.people[person]
    return manual.apps[app].tokens(manual.browser(), user, scope=scope, **changes)


def test_a_role_for_some(manual):
    assert granted(manual, "ada", "shop", "openid clerk")["scope"] == "openid clerk"
    assert granted(manual, "grace", "shop", "openid clerk")["scope"] == "openid"
    assert granted(manual, "grace", "shop", "openid orders:read")["scope"] == "openid orders:read"


def test_a_role_of_one_app(manual):
    assert granted(manual, "ada", "shop", "openid editor")["scope"] == "openid editor"
    manual.postern("client", "set", "crm", "--scope", "openid editor")
    assert granted(manual, "ada", "crm", "openid editor")["scope"] == "openid"


def test_a_mendix_user_role(manual):
    role = "mx:app:userrole:6f9619ff-8b86-d011-b42d-00c04fc964ff"
    assert role in MANUAL
    assert granted(manual, "ada", "orders", f"openid {role}")["scope"] == f"openid {role}"


def test_an_app_that_asks_for_nothing(manual):
    assert granted(manual, "ada", "shop", None)["scope"] == "openid clerk"


def test_where_an_app_finds_its_roles(manual):
    shown = next(json.loads(block) for block in blocks("json") if '"groups"' in block)
    tokens = granted(manual, "ada", "shop", "openid clerk editor")
    userinfo = manual.apps["shop"].userinfo(tokens["access_token"]).json()
    for place in (claims(tokens["id_token"]), claims(tokens["access_token"]), userinfo):
        assert {name: place[name] for name in shown} == shown
