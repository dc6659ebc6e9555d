"""Scopes, roles and groups: what a user gets through an app (RFC 6749 section 3.3), and where it is read."""

import json
import secrets
import subprocess

import pytest

from accessibility import assert_accessible
from chromium import new_page
from oidc import claims, encode


@pytest.fixture
def names():
    """Names that no other test uses."""
    return lambda name: f"{name}-{secrets.token_hex(3)}"


def scopes(text):
    return text.split(" ") if text else []


def granted(tokens):
    """What was granted, which every place says alike."""
    scope = tokens["scope"]
    assert claims(tokens["access_token"])["scope"] == scope
    if "id_token" in tokens:
        assert claims(tokens["id_token"]).get("scope", scope) == scope
    return scopes(scope)


def test_a_role_is_granted_to_who_holds_it(provider, names):
    role, plain = names("clerk"), names("orders")
    provider.postern("role", "add", role)
    provider.postern("scope", "add", plain)
    app = provider.add_client(preset="mendix", scope=f"openid profile {plain} {role}")
    holder = provider.add_user(None, None, "--role", role)
    other = provider.add_user()
    asked = f"openid {role} {plain} unknown email"
    tokens = app.tokens(provider.browser(), holder, scope=asked)
    assert granted(tokens) == ["openid", role, plain], "email and unknown are not allowed for the app"
    assert claims(tokens["id_token"])["scope"] == f"openid {role} {plain}"
    tokens = app.tokens(provider.browser(), other, scope=asked)
    assert granted(tokens) == ["openid", plain]
    assert "scope" in claims(tokens["id_token"])
    # Who doesn't ask gets nothing.
    assert granted(app.tokens(provider.browser(), holder, scope="openid")) == ["openid"]


def test_only_a_role_and_not_held_is_nothing(provider, names):
    """invalid_scope, but for preset mendix, whose apps read an empty scope."""
    role = names("clerk")
    provider.postern("role", "add", role)
    user = provider.add_user()
    standard = provider.add_client(scope=f"openid {role}")
    assert standard.sign_in(provider.browser(), user, standard.request(scope=role)).query["error"] == "invalid_scope"
    mendix = provider.add_client(scope=f"openid {role}", preset="mendix")
    tokens = mendix.tokens(provider.browser(), user, scope=role)
    assert granted(tokens) == [] and "id_token" not in tokens


def test_another_apps_role_is_not_granted(provider, names):
    role = names("editor")
    one = provider.add_client(scope=f"openid {role}")
    two = provider.add_client(scope=f"openid {role} {role}@{one.client_id}")
    provider.postern("role", "add", role, "--client", one.client_id)
    user = provider.add_user(None, None, "--role", f"{role}@{one.client_id}")
    asked = f"openid {role} {role}@{one.client_id}"
    assert granted(one.tokens(provider.browser(), user, scope=asked)) == ["openid", role]
    assert granted(two.tokens(provider.browser(), user, scope=asked)) == ["openid"]
    # A global one of the same name is another role, which nobody holds; neither is the second app's own.
    provider.postern("role", "add", role)
    assert granted(two.tokens(provider.browser(), user, scope=asked)) == ["openid"]
    provider.postern("role", "add", role, "--client", two.client_id)
    provider.postern("user", "set", user.name, "--add-role", role)
    assert granted(two.tokens(provider.browser(), user, scope=asked)) == ["openid"]
    provider.postern("user", "set", user.name, "--add-role", f"{role}@{two.client_id}")
    assert granted(two.tokens(provider.browser(), user, scope=asked)) == ["openid", role]


def test_what_is_taken_away_is_not_in_the_next_token(provider, names, agent):
    role, group = names("clerk"), names("staff")
    provider.postern("role", "add", role)
    provider.postern("group", "add", group, "--role", role)
    app = provider.add_client(scope=f"openid {role}")
    user = provider.add_user(None, None, "--role", role)
    asked = f"openid {role}"
    assert granted(app.tokens(agent, user, scope=asked)) == ["openid", role]
    # In the session that is there, at the next request.
    provider.postern("user", "set", user.name, "--remove-role", role)
    assert granted(app.tokens(agent, scope=asked)) == ["openid"]
    provider.postern("user", "set", user.name, "--add-group", group)
    assert granted(app.tokens(agent, scope=asked)) == ["openid", role], "a group implies its roles"
    provider.postern("group", "set", group, "--remove-role", role)
    assert granted(app.tokens(agent, scope=asked)) == ["openid"]
    provider.postern("group", "set", group, "--role", role)
    assert granted(app.tokens(agent, scope=asked)) == ["openid", role]
    provider.postern("role", "remove", role)
    provider.postern("role", "add", role)
    assert granted(app.tokens(agent, scope=asked)) == ["openid"], "one that is made later is held by nobody"


def test_a_role_that_goes_between_code_and_token_ends_the_code(provider, names, agent):
    role = names("clerk")
    provider.postern("role", "add", role)
    app = provider.add_client(scope=f"openid {role}")
    user = provider.add_user(None, None, "--role", role)
    request = app.request(scope=f"openid {role}")
    code = app.sign_in(agent, user, request).query["code"]
    provider.postern("user", "set", user.name, "--no-roles")
    with provider.database.unchanged():
        answer = app.exchange(code, request.verifier)
    assert answer.status == 400 and answer.json()["error"] == "invalid_grant"


def test_mendix_user_roles(provider, agent):
    role = "mx:app:userrole:6f9619ff-8b86-d011-b42d-00c04fc964ff"
    app = provider.add_client(preset="mendix", scope=f"openid {role}")
    provider.postern("role", "add", role, "--client", app.client_id, "--description", "Planner")
    user = provider.add_user(None, None, "--role", f"{role}@{app.client_id}")
    assert granted(app.tokens(agent, user, scope=f"openid {role}")) == ["openid", role]


def test_an_app_reads_roles_and_groups_in_claims_of_its_own(provider, names, agent):
    roles, plain = [names("b"), names("a")], names("orders")
    for role in roles:
        provider.postern("role", "add", role)
    provider.postern("scope", "add", plain)
    group = names("Zoë's team")
    provider.postern("group", "add", group, "--role", roles[0])
    app = provider.add_client(
        scope=f"openid {plain} {' '.join(roles)}", roles_claim="roles", groups_claim="https://app.example/groups")
    user = provider.add_user(None, None, "--role", roles[1], "--group", group)
    asked = f"openid {roles[0]} {plain} {roles[1]}"
    tokens = app.tokens(agent, user, scope=asked)
    for place in (
        claims(tokens["access_token"]), claims(tokens["id_token"]), app.userinfo(tokens["access_token"]).json(),
    ):
        assert place["roles"] == roles, "the roles among what was granted"
        assert place["https://app.example/groups"] == [group]
    tokens = app.tokens(agent, scope="openid")
    assert claims(tokens["id_token"])["roles"] == [], "what wasn't asked for isn't granted"
    # No app gets them that wasn't told to.
    plain_tokens = provider.add_client(scope="openid").tokens(agent)
    assert not {"roles", "groups", "https://app.example/groups"} & claims(plain_tokens["id_token"]).keys()


def test_an_app_that_names_no_scope_gets_its_default(provider, names, agent):
    """RFC 6749 section 3.3."""
    role = names("clerk")
    provider.postern("role", "add", role)
    app = provider.add_client(scope=f"openid email {role}", default_scope=f"openid {role}")
    user = provider.add_user(None, None, "--role", role)
    assert granted(app.tokens(agent, user, scope=None)) == ["openid", role]
    assert granted(app.tokens(agent, scope="openid email")) == ["openid", "email"]
    provider.postern("client", "set", app.client_id, "--default-scope", "")
    assert app.start(agent, app.request(scope=None)).query["error"] == "invalid_scope"


def test_removing_an_app_removes_its_roles(provider, names):
    role = names("editor")
    app = provider.add_client(scope=f"openid {role}")
    provider.postern("role", "add", role, "--client", app.client_id)
    user = provider.add_user(None, None, "--role", role)
    assert json.loads(provider.postern("user", "show", user.name, "--json"))["roles"] == [f"{role}@{app.client_id}"]
    provider.postern("client", "remove", app.client_id)
    assert json.loads(provider.postern("user", "show", user.name, "--json"))["roles"] == []
    assert role not in provider.postern("role", "list")


def test_discovery_tells_nobody_of_them(provider, names, agent):
    provider.postern("role", "add", names("clerk"))
    provider.postern("scope", "add", names("orders"))
    listed = agent.get("/oidc/.well-known/openid-configuration").json()["scopes_supported"]
    assert "openid" in listed and not [name for name in listed if "clerk" in name or "orders" in name]


def test_consent_shows_descriptions(provider, names, chromium):
    role, plain, bare = names("clerk"), names("orders"), names("bare")
    hostile = "Clerk \"é\u0301\" <b>& more</b>"
    provider.postern("role", "add", role, "--description", hostile)
    provider.postern("role", "add", bare)
    provider.postern("scope", "add", plain, "--description", "See the orders of your whole department, also old ones")
    app = provider.add_client(scope=f"openid {role} {plain} {bare}", first_party=False)
    user = provider.add_user(None, None, "--role", role, "--role", bare)
    query = encode(app.request(scope=f"openid {role} {plain} {bare}").parameters)
    with new_page(chromium) as page:
        page.goto(f"{provider.base}/authorize?{query}")
        page.fill("[name=username]", user.name)
        page.fill("[name=password]", user.password)
        page.click("button[type=submit]")
        page.wait_for_selector("[name=decision]")
        shown = page.locator(".scopes strong").all_inner_texts()
        assert shown == [
            "Who you are", hostile, "See the orders of your whole department, also old ones", bare]
        assert_accessible(page)


def test_a_change_is_not_lost_beside_another(provider, names):
    """Two administrators at once: each change is made of what the other left."""
    roles = [names(f"r{number}") for number in range(6)]
    for role in roles:
        provider.postern("role", "add", role)
    user = provider.add_user()
    running = [
        subprocess.Popen(
            [provider.programs / "postern", "user", "set", user.name, "--add-role", role, "--config", provider.config],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        for role in roles
    ]
    for process in running:
        _, said = process.communicate(timeout=60)
        assert process.returncode == 0, said
    assert json.loads(provider.postern("user", "show", user.name, "--json"))["roles"] == sorted(roles)
