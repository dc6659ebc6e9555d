"""The administrator's console, as somebody who shouldn't tries to use it."""

import json
import re
import secrets
import urllib.parse

import pytest

from console import admin, app, enter, field, send  # noqa: F401


def test_a_user_without_a_role_is_told_so(provider, page):
    enter(page, provider, provider.add_user())
    assert page.locator("nav").count() == 0
    page.locator("summary").click()
    assert "a role that begins with postern:" in page.content()
    assert page.goto(f"{provider.base}/admin/apps").status == 403


def test_a_user_who_may_little_sees_little(provider, page):
    clerk = provider.add_user(None, None, "--role", "postern:users:read")
    enter(page, provider, clerk, "users")
    assert page.locator("nav li").all_inner_texts() == ["Home", "Users"]
    assert page.get_by_role("link", name="New user").count() == 0
    page.goto(f"{provider.base}/admin/users/{clerk.sub}")
    assert page.get_by_role("link", name="Change").count() == 0
    page.goto(f"{provider.base}/admin/apps")
    assert "postern:clients:read, which you don’t hold" in page.get_by_role("alert").inner_text()


def test_who_may_only_look_is_led_into_no_form(provider, page):
    reader = provider.add_user(None, None, "--role", "postern:clients:read")
    party = provider.add_client(client_name="Looked at")
    enter(page, provider, reader, "apps")
    assert page.get_by_role("link", name="New app").count() == 0
    assert "one needs the role postern:clients:write" in page.content()
    page.goto(f"{provider.base}/admin/apps/{party.client_id}")
    assert page.locator("form").count() == 0 and "one needs the role postern:clients:write" in page.content()
    for path in ("new-app", "new-app/web", f"apps/{party.client_id}/remove", f"apps/{party.client_id}/secret",
                 f"apps/{party.client_id}/change", f"apps/{party.client_id}/approve", "new-user", "new-token"):
        answer = page.goto(f"{provider.base}/admin/{path}")
        assert answer.status == 403 and page.locator("form").count() == 0, path
        assert "which you don’t hold. Ask somebody who does." in page.get_by_role("alert").inner_text()
    page.goto(f"{provider.base}/admin/apps/{party.client_id}/try")
    page.get_by_role("button", name="Try it").click()
    assert f"{reader.name} is granted" in page.content(), "that changes nothing, so they may"


def test_no_link_tells_of_what_was_never_done(provider, page, admin):
    party = provider.add_client()
    enter(page, provider, admin, "apps")
    for made in ("app-removed", "app-removed.", "app-removed.x"):
        page.goto(f"{provider.base}/admin/apps?done={made}")
        assert page.get_by_role("status").count() == 0, made
    page.goto(f"{provider.base}/admin/apps/{party.client_id}/remove")
    send(page)
    assert page.get_by_role("status").is_visible()
    notice = page.url.split("?")[1]
    page.goto(f"{provider.base}/admin/users?{notice}")
    assert page.get_by_role("status").count() == 0, "it is told where it was done"


def test_a_token_with_grants_and_resources(provider, page, admin):
    enter(page, provider, admin, "new-token")
    page.locator("[name=grant-authorization_code]").uncheck()
    page.locator("[name=grant-refresh_token]").uncheck()
    send(page)
    assert "tick at least one" in page.content()
    page.locator("[name=grant-client_credentials]").check()
    field(page, "resources", "https://api.example/")
    send(page)
    told = json.loads(provider.postern("token", "list", "--json"))[0]
    assert told["grant_types"] == ["client_credentials"] and told["resources"] == ["https://api.example/"]


def test_a_role_that_is_taken_away_ends_the_console_at_once(provider, page):
    chief = provider.add_user(None, None, "--role", "postern:admin")
    enter(page, provider, chief, "apps")
    assert page.locator("table").is_visible()
    provider.postern("user", "set", chief.name, "--remove-role", "postern:admin")
    assert page.goto(f"{provider.base}/admin/apps").status == 403


def test_nobody_gives_what_they_don_t_hold(provider, page):
    clerk = provider.add_user(None, None, "--role", "postern:users:read", "--role", "postern:users:write")
    enter(page, provider, clerk, "new-user")
    field(page, "username", f"u{secrets.token_hex(4)}")
    field(page, "roles", "postern:admin")
    send(page)
    assert "don't hold" in page.get_by_role("alert").first.inner_text()


def form_of(agent, provider, path):
    return agent.get(f"/oidc/admin/{path}")


@pytest.fixture
def agent_in(provider, admin):
    """A browser without a window, signed in to the console."""
    browser = provider.browser()
    answer = browser.get("/oidc/admin/")
    while answer.location:
        answer = browser.follow(answer)
    answer = browser.submit(answer, username=admin.name, password=admin.password)
    while answer.location:
        answer = browser.follow(answer)
    assert answer.status == 200 and "Home" in answer.text
    return browser


def test_a_form_without_its_token_changes_nothing(provider, agent_in):
    page = agent_in.get("/oidc/admin/new-scope")
    token = page.form.fields["token"]
    name = f"x{secrets.token_hex(4)}"
    step, proof = token.split(".", 1)
    for wrong in ({}, {"token": ""}, {"token": "x"}, {"token": f"{step}x.{proof}"}, {"token": proof}, {"token": agent_in.get("/oidc/admin/new-role").form.fields["token"]}):
        answer = agent_in.post("/oidc/admin/new-scope", {"name": name, **wrong})
        assert answer.status == 403 and answer.is_page
    assert name not in provider.postern("scope", "list")
    assert agent_in.post("/oidc/admin/new-scope", {"name": name, "token": token}).status == 303
    assert name in provider.postern("scope", "list")


def test_a_form_serves_once(provider, agent_in, app):
    """Whoever reloads a page that shows a secret sends its form again."""
    where = f"/oidc/admin/apps/{app.client_id}/secret"
    fields = {**agent_in.get(where).form.fields, "overlap": "0"}
    first = agent_in.post(where, fields)
    assert first.status == 200 and "shown this once" in first.text
    with provider.database.unchanged():
        again = agent_in.post(where, fields)
    assert again.status == 409 and "sent before" in again.text and again.form.fields["token"] != fields["token"]


@pytest.mark.parametrize(
    "headers",
    [[("Sec-Fetch-Mode", "cors"), ("Sec-Fetch-Dest", "empty")], [("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "iframe")]])
def test_a_script_or_a_frame_is_no_person(agent_in, headers):
    answer = agent_in.get("/oidc/admin/apps", headers=headers)
    assert answer.status == 403 and "frame-ancestors 'none'" in answer.header("Content-Security-Policy")


def test_pages_let_forms_lead_nowhere_else(agent_in):
    policy = agent_in.get("/oidc/admin/apps").header("Content-Security-Policy")
    assert "form-action 'self'" in policy and "default-src 'none'" in policy
    assert re.findall("script-src ([^;]*)", policy) == ["'self'"], "the script that copies, and none in the page"
    assert agent_in.get("/oidc/admin/apps").header("Cache-Control") == "no-store"


@pytest.mark.parametrize("state", ["https://evil.example/", "//evil.example/", "../../authorize", "nothing", "%00", "a?b"])
def test_arriving_leads_to_the_console_only(provider, agent_in, state):
    answer = agent_in.get("/oidc/admin/signed-in?" + urllib.parse.urlencode({"state": state}))
    assert answer.location == f"{provider.base}/admin/"


@pytest.mark.parametrize("path", ["nothing", "apps/", "apps//x", "apps/%ff", "apps/a/b", "%2e%2e/authorize", "apps/%00"])
def test_addresses_that_there_are_none_of(agent_in, path):
    assert agent_in.get(f"/oidc/admin/{path}").status in (400, 404)


def test_giving_up_the_sign_in(provider, page):
    page.goto(f"{provider.base}/admin/apps")
    page.locator("button[name=cancel]").click()
    assert page.get_by_role("link", name="Start again").is_visible()
