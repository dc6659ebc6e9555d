"""The administrator's console, as a person uses it in Chromium, and as somebody who shouldn't tries to."""

import json
import json
import re
import secrets
import urllib.parse

import pytest
import requests

from accessibility import assert_accessible
from chromium import new_page

PAGES = [
    "", "apps", "new-app", "new-app/web", "new-app/service", "apps/{app}", "apps/{app}/connect", "apps/{app}/try",
    "apps/{app}/secret", "apps/{app}/remove", "tokens", "new-token", "users", "new-user", "users/{sub}",
    "users/{sub}/change", "users/{sub}/password", "users/{sub}/sign-out", "users/{sub}/remove", "scopes", "new-scope",
    "new-role", "new-group", "keys", "audit", "audit?user={name}&event=session.", "roles/console-role/remove",
    "tokens/{token}/withdraw",
]


@pytest.fixture(scope="module")
def admin(provider):
    return provider.add_user(None, None, "--full-name", "Ada Admin", "--role", "postern:admin")


@pytest.fixture(scope="module")
def app(provider):
    return provider.add_client(client_name="Time <b>sheets</b>")


def sign_in(page, user):
    page.locator("[name=username]").fill(user.name)
    page.locator("[name=password]").fill(user.password)
    page.locator("form button:not([name=cancel])").click()


def enter(page, provider, user, path=""):
    page.goto(f"{provider.base}/admin/{path}")
    sign_in(page, user)


def field(page, name, value):
    page.locator(f"[name={name}]").fill(value)


def send(page):
    page.locator("form[method=post] button").click()


def detail(page, label):
    return page.locator("dl > div", has=page.locator("dt", has_text=label)).locator("dd").first.inner_text()


def test_the_bare_address_leads_to_the_console(provider):
    answer = requests.get(f"{provider.base}/admin", timeout=10, allow_redirects=False)
    assert answer.status_code == 301 and answer.headers["Location"] == f"{provider.base}/admin/"


def test_an_app_is_added_tried_and_removed(provider, page, admin):
    """Signing in leads to where the person began; the app that is made here signs a user in."""
    enter(page, provider, admin, "new-app/web")
    assert page.url == f"{provider.base}/admin/new-app/web"
    name = f"Orders {secrets.token_hex(3)}"
    field(page, "client_name", name)
    field(page, "redirect_uris", "https://orders.example/callback\nhttp://orders.example/")
    send(page)
    fault = page.locator("#redirect_uris-error").inner_text()
    assert "http://orders.example/" in fault and "https" in fault, "the error stands beside its field"
    assert page.locator("[name=client_name]").input_value() == name, "and nothing that was typed is lost"
    field(page, "redirect_uris", "https://orders.example/callback")
    send(page)
    client_id, secret = detail(page, "Client id"), detail(page, "Client secret")
    assert len(secret) == 43 and client_id in page.locator("pre").first.inner_text()

    party = provider.add_client().__class__(
        issuer=provider.issuer, client_id=client_id, redirect_uri="https://orders.example/callback", secret=secret,
        auth="basic")
    assert party.tokens(provider.browser(), provider.add_user())["id_token"]

    page.goto(f"{provider.base}/admin/apps?search={urllib.parse.quote(name[:9])}")
    page.get_by_role("link", name=name).click()
    assert secret not in page.content()
    page.get_by_role("link", name="Try it").click()
    send(page)
    assert f"{admin.name} is granted openid profile email" in page.content()
    assert page.get_by_role("heading", name="In the ID token").is_visible()

    page.goto(f"{provider.base}/admin/apps/{client_id}")
    page.get_by_role("link", name="Remove").click()
    send(page)
    assert page.get_by_role("status").inner_text().startswith("The app was removed")
    assert party.start(provider.browser(), party.request()).status == 400

    told = provider.postern("audit", "--json", "--app", client_id, "--event", "client.").splitlines()
    removed, added = (json.loads(line) for line in told)
    assert removed["event"] == "client.removed" and added["event"] == "client.added"
    for row in (removed, added):
        assert row["actor"] == {"kind": "user", "id": admin.sub} and row["via"] == "console" and row["address"]
    assert secret not in "".join(told)


def test_a_list_breaks_no_word_of_ours(provider, page, admin):
    provider.add_client(client_name="An app with a name that is longer than people give " * 3)
    page.set_viewport_size({"width": 1280, "height": 900})
    enter(page, provider, admin, "apps")
    lines = page.get_by_role("cell", name="confidential", exact=True).first.evaluate(
        "cell => { const text = document.createRange(); text.selectNodeContents(cell);"
        " return new Set([...text.getClientRects()].map(line => line.top)).size }")
    assert lines == 1
    assert page.locator(".scroll").evaluate("box => box.scrollWidth <= box.clientWidth")


def test_two_administrators_don_t_overwrite_each_other(provider, page, admin):
    party = provider.add_client(client_name="Shared")
    enter(page, provider, admin, f"apps/{party.client_id}")
    field(page, "client_name", "Mine")
    provider.postern("client", "set", party.client_id, "--name", "Theirs")
    send(page)
    assert "changed since you looked" in page.get_by_role("alert").first.inner_text()
    page.goto(page.url)
    assert page.locator("[name=client_name]").input_value() == "Theirs"
    field(page, "alias", "shared")
    field(page, "client_name", "Ours")
    send(page)
    assert page.get_by_role("status").is_visible() and "Ours" in page.locator("h1").inner_text()


def test_a_new_secret_is_shown_once(provider, page, admin, app):
    party = provider.add_client(grant_types=["client_credentials"], redirect_uris=[], scope="")
    enter(page, provider, admin, f"apps/{party.client_id}/secret")
    page.locator("[name=overlap]").select_option("0")
    send(page)
    new = detail(page, "Client secret")
    for secret, status in ((party.secret, 401), (new, 200)):
        answer = requests.post(
            f"{provider.issuer}/token", auth=(party.client_id, secret), timeout=10,
            data={"grant_type": "client_credentials"})
        assert (answer.status_code == 401) == (status == 401), answer.text


def test_a_registration_token(provider, page, admin):
    enter(page, provider, admin, "new-token")
    field(page, "note", "for the shop")
    field(page, "uses", "none")
    send(page)
    assert "whole number" in page.locator("#uses-error").inner_text()
    field(page, "uses", "1")
    send(page)
    token = detail(page, "Token")
    answer = requests.post(
        f"{provider.issuer}/register", timeout=10, json={"redirect_uris": ["https://a.example/"]},
        headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 201
    page.goto(f"{provider.base}/admin/tokens")
    row = page.locator("tr", has_text="for the shop")
    assert "spent" in row.inner_text() and token not in page.content()


def test_a_user_from_the_first_day_to_the_last(provider, page, admin):
    name = f"u{secrets.token_hex(4)}"
    enter(page, provider, admin, "new-user")
    for label, value in (("username", name), ("name", "Grace"), ("password", "correct horse")):
        field(page, label, value)
    field(page, "roles", "no-such-role")
    send(page)
    assert "no-such-role" in page.get_by_role("alert").first.inner_text()
    assert page.locator("[name=password]").input_value() == "", "a password is never sent back"
    field(page, "roles", "")
    field(page, "password", "correct horse")
    send(page)
    assert page.get_by_role("status").is_visible()

    class Person:
        password = "correct horse"

    Person.name = name
    party, browser = provider.add_client(), provider.browser()
    tokens = party.tokens(browser, Person)
    page.goto(page.url)
    page.get_by_role("link", name="Sign out everywhere").click()
    send(page)
    assert party.userinfo(tokens["access_token"]).status == 401
    page.get_by_role("link", name="Change", exact=True).click()
    page.locator("[name=disabled]").check()
    send(page)
    assert "disabled" in detail(page, "State")
    page.get_by_role("link", name="Remove").click()
    send(page)
    page.goto(f"{provider.base}/admin/users?search={name}")
    assert "Nobody begins with these words" in page.content()


def test_scopes_roles_and_groups(provider, page, admin):
    enter(page, provider, admin, "scopes")
    made = f"x{secrets.token_hex(4)}"
    for noun in ("scope", "role", "group"):
        page.get_by_role("link", name=f"New {noun}").click()
        field(page, "name", f"{made}-{noun}")
        if noun == "group":
            field(page, "roles", f"{made}-role")
        send(page)
        assert page.get_by_role("status").is_visible()
    for noun in ("scope", "role", "group"):
        page.locator("tr", has_text=re.compile(f"^{made}-{noun}")).get_by_role("link", name="Remove").click()
        send(page)
        assert page.get_by_role("status").is_visible()
    assert made not in page.content()
    own = page.locator("tr", has=page.locator("td:first-child", has_text=re.compile("^postern:admin$")))
    assert own.count() == 1 and own.get_by_role("link", name="Remove").count() == 0


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_for_everyone(provider, console, path, app, admin, token):
    """WCAG 2.2 AA, in light and dark, down to 320 px, and complete without a script."""
    console.goto(
        f"{provider.base}/admin/" + path.format(app=app.client_id, sub=admin.sub, name=admin.name, token=token))
    assert console.locator("h1").count() == 1 and "can’t be shown" not in console.content()
    assert "<b>sheets" not in console.content()
    assert_accessible(console)


@pytest.fixture(scope="module")
def token(provider):
    provider.postern("role", "add", "console-role")
    return json.loads(provider.postern("token", "issue", "--json"))["id"]


def test_the_audit_log_tells_what_was_done_here(provider, page, admin):
    enter(page, provider, admin, "new-scope")
    name = f"x{secrets.token_hex(4)}"
    field(page, "name", name)
    send(page)
    page.goto(f"{provider.base}/admin/audit?event=scope.")
    row = page.locator("tr", has_text=name)
    assert "scope.added" in row.inner_text() and admin.name in row.inner_text() and "console" in row.inner_text()
    page.goto(f"{provider.base}/admin/audit?since=tomorrow")
    assert "since" in page.get_by_role("alert").inner_text()
    page.goto(f"{provider.base}/admin/audit?user={admin.name}")
    assert page.locator("tr", has_text="session.started").count() >= 1


def test_home_counts_sign_ins(provider, page, admin):
    enter(page, provider, admin)
    charts = page.locator("figure svg")
    assert charts.count() == 3
    total = int(page.locator("figcaption strong").first.inner_text())
    assert total >= 1 and str(total) in charts.first.get_attribute("aria-label")
    provider.add_client().sign_in(provider.browser(), provider.add_user())
    page.reload()
    assert int(page.locator("figcaption strong").first.inner_text()) == total + 1


@pytest.fixture(scope="module")
def console(provider, chromium, admin):
    with new_page(chromium, java_script_enabled=True) as page:
        enter(page, provider, admin)
        yield page


def test_without_scripts(provider, chromium, admin):
    with new_page(chromium, java_script_enabled=False) as page:
        enter(page, provider, admin, "new-scope")
        name = f"x{secrets.token_hex(4)}"
        field(page, "name", name)
        send(page)
        assert name in page.content()


def test_by_keyboard(provider, page, admin):
    enter(page, provider, admin, "new-scope")
    # Keys that come before a page is painted are lost.
    page.evaluate("new Promise(painted => requestAnimationFrame(() => requestAnimationFrame(painted)))")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the page"
    page.locator("[name=name]").focus()
    name = f"x{secrets.token_hex(4)}"
    page.keyboard.type(name)
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/scopes?done=scope-added")
    assert name in page.content()


def test_dangerous_steps_want_a_fresh_sign_in(provider, chromium, admin):
    party = provider.add_client()
    with new_page(chromium) as page:
        enter(page, provider, admin)
        cookies = page.context.cookies()
        with provider.later(16 * 60) as later:
            page.context.add_cookies([{**cookie, "expires": -1} for cookie in cookies])
            page.goto(f"{later.base}/admin/apps")
            assert page.locator("table").is_visible(), "looking is allowed"
            answer = page.goto(f"{later.base}/admin/apps/{party.client_id}/remove")
            assert answer.ok and page.locator("[name=password]").is_visible()


# --- those who shouldn't ---------------------------------------------------------------------------------------------


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
    assert "don’t hold the role" in page.get_by_role("alert").inner_text()


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
    for wrong in ({}, {"token": ""}, {"token": "x"}, {"token": agent_in.get("/oidc/admin/new-role").form.fields["token"]}):
        answer = agent_in.post("/oidc/admin/new-scope", {"name": name, **wrong})
        assert answer.status == 403 and answer.is_page
    assert name not in provider.postern("scope", "list")
    assert agent_in.post("/oidc/admin/new-scope", {"name": name, "token": token}).status == 303
    assert name in provider.postern("scope", "list")


@pytest.mark.parametrize(
    "headers",
    [[("Sec-Fetch-Mode", "cors"), ("Sec-Fetch-Dest", "empty")], [("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "iframe")]])
def test_a_script_or_a_frame_is_no_person(agent_in, headers):
    answer = agent_in.get("/oidc/admin/apps", headers=headers)
    assert answer.status == 403 and "frame-ancestors 'none'" in answer.header("Content-Security-Policy")


def test_pages_let_forms_lead_nowhere_else(agent_in):
    policy = agent_in.get("/oidc/admin/apps").header("Content-Security-Policy")
    assert "form-action 'self'" in policy and "script-src" not in policy and "default-src 'none'" in policy
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


# --- the first administrator -----------------------------------------------------------------------------------------


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
    assert page.url == f"{provider.base}/admin/" and page.locator("nav li").count() == 7
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


def test_links_are_for_those_who_administer(provider):
    user = provider.add_user()
    run = provider.run("admin", "link", user.name)
    assert run.returncode == 1 and "administers nothing" in run.stderr


@pytest.mark.parametrize("token", ["", "x", "A" * 43])
def test_links_that_there_are_none_of(provider, token):
    answer = requests.get(f"{provider.base}/admin/link", params={"token": token}, timeout=10)
    assert answer.status_code == 400 and "text/html" in answer.headers["Content-Type"]
