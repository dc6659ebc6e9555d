"""The administrator's console, as a person uses it in Chromium."""

import json
import re
import secrets
import urllib.parse

import pytest
import requests

from chromium import new_page
from console import admin, app, detail, enter, field, send  # noqa: F401
from waiting import wait_for



def test_the_bare_address_leads_to_the_console(provider):
    answer = requests.get(f"{provider.base}/admin", timeout=10, allow_redirects=False)
    assert answer.status_code == 301 and answer.headers["Location"] == f"{provider.base}/admin/"


def test_an_app_is_added_tried_and_removed(provider, page, admin):
    """Signing in leads to where the person began; the app that is made here signs a user in."""
    enter(page, provider, admin, "new-app/web")
    assert page.url == f"{provider.base}/admin/new-app/web"
    name = f"Orders {secrets.token_hex(3)}"
    field(page, "client_name", name)
    field(page, "redirect_uris", "https://orders.example/callback\nhttp://orders.example/\nhttps://orders.example/#a")
    send(page)
    faults = page.locator("#redirect_uris-error").inner_text().splitlines()
    assert "http://orders.example/" in faults[0] and "https" in faults[0], "the error stands beside its field"
    assert "https://orders.example/#a" in faults[1] and len(faults) == 2, "of each wrong line one"
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
    page.get_by_role("button", name="Try it").click()
    assert f"{admin.name} is granted openid profile email" in page.content()
    assert page.get_by_role("heading", name="In the ID token").is_visible()
    assert f"{provider.issuer}/authorize" in page.content() and "at_hash" in page.content()
    assert "asks from " in page.content() and "unknown address" not in page.content()
    page.reload()
    assert page.get_by_role("heading", name="In the ID token").is_visible(), "it may be reloaded"
    field(page, "user", provider.add_user().name)
    page.get_by_role("button", name="Try it").click()
    assert "from an unknown address" in page.content(), "and not from where the administrator is"
    field(page, "address", "198.51.100.7")
    field(page, "acr", "urn:mfa")
    page.get_by_role("button", name="Try it").click()
    assert "asks from 198.51.100.7, and the user has signed in with acr urn:mfa" in page.content()
    field(page, "address", "office")
    page.get_by_role("button", name="Try it").click()
    assert 'address is "office"' in page.locator("#address-error").inner_text()

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
    provider.add_client(client_name="Ledger of a name that is longer than people give " * 3)
    provider.add_client(client_name="Ledger", client_id="https://ids.example/" + "of-any-length/" * 12)
    page.set_viewport_size({"width": 1280, "height": 900})
    enter(page, provider, admin)
    page.goto(f"{provider.base}/admin/apps?search=Ledger")
    for word in ("confidential", "Ledger"):
        lines = page.get_by_role("cell", name=word, exact=True).first.evaluate(
            "cell => { const text = document.createRange(); text.selectNodeContents(cell.querySelector('bdi'));"
            " return new Set([...text.getClientRects()].map(line => line.top)).size }")
        assert lines == 1, word
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


def test_what_an_app_calls_its_users(provider, page, admin):
    """OpenID Connect Core, section 8: what it is, what changing it does, and what keeps it from being so."""
    party = provider.add_client(client_name="Survey", redirect_uris=["https://a.example/cb", "https://b.example/cb"])
    enter(page, provider, admin, f"apps/{party.client_id}")
    assert "to the app everybody is new" in page.locator("#subject_type-hint").inner_text()
    page.locator("[name=subject_type]").select_option("pairwise")
    send(page)
    assert "a.example, b.example" in page.locator("#subject_type-error").inner_text()
    field(page, "redirect_uris", "https://a.example/cb")
    field(page, "sector_identifier_uri", "http://a.example/")
    send(page)
    assert "https" in page.locator("#sector_identifier_uri-error").inner_text()
    field(page, "sector_identifier_uri", "")
    send(page)
    assert "pairwise" in detail(page, "Calls its users")
    assert page.locator("[name=subject_type]").input_value() == "pairwise"


PUBLIC_KEY = {
    "kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}


def test_every_setting_is_here_in_groups(provider, page, admin):
    """What was registered by command is shown, and goes on as it was when something else is changed."""
    party = provider.add_client(
        client_name="Ledger", redirect_uris=["https://ledger.example/"], scope="openid offline_access",
        grant_types=["authorization_code", "refresh_token"], token_endpoint_auth_method="private_key_jwt",
        token_endpoint_auth_signing_alg="ES256", jwks={"keys": [PUBLIC_KEY]}, default_max_age=3600,
        default_acr_values=["1"], logo_uri="https://ledger.example/logo.png", software_id="ledger", software_version="2",
        userinfo_signed_response_alg="ES256", access_token_format="opaque", application_type="web", require_auth_time=True,
        backchannel_logout_uri="https://ledger.example/bye", backchannel_logout_session_required=True)

    def registered():
        return json.loads(provider.postern("client", "show", party.client_id, "--json"))

    before = registered()
    enter(page, provider, admin, f"apps/{party.client_id}")
    assert page.locator("fieldset > legend").count() >= 5
    members = page.locator("form[method=post] [name]").evaluate_all("all => all.map(one => one.name.split('-')[0])")
    unlisted = {"client_id", "client_id_issued_at", "preset", "response_types"}
    assert set(before) - unlisted - set(members) == set(), "each member that is registered has its field"
    field(page, "alias", "ledger")
    send(page)
    assert registered() == {**before, "alias": "ledger"}

    for name, wrong, fault, right in (
            ("default_max_age", "soon", "whole number", "60"), ("jwks", "{", "not JSON", json.dumps({"keys": [PUBLIC_KEY]}))):
        field(page, name, wrong)
        send(page)
        assert fault in page.locator(f"#{name}-error").inner_text()
        field(page, name, right)
    page.get_by_label("Signs users in").uncheck()
    send(page)
    assert "authorization_code" in page.locator("#grant_types-authorization_code-error").inner_text()
    page.get_by_label("Signs users in").check()
    page.get_by_label("Refresh tokens").uncheck()
    send(page)
    after = registered()
    assert after["grant_types"] == ["authorization_code"] and after["default_max_age"] == 60


def test_on_a_long_page_the_notice_leads_to_what_is_wrong(provider, page, admin, app):
    """By keyboard as well: from there the next stop is the field itself."""
    in_sight = """element => {
        const box = element.getBoundingClientRect()
        return box.top >= 0 && box.bottom <= innerHeight
    }"""
    page.set_viewport_size({"width": 360, "height": 640})
    enter(page, provider, admin, f"apps/{app.client_id}")
    field(page, "jwks", "{")
    send(page)
    alert = page.get_by_role("alert").first
    assert "Nothing was changed" in alert.inner_text() and not page.locator("#jwks-error").evaluate(in_sight)
    alert.get_by_role("link", name="Its public keys").focus()
    page.keyboard.press("Enter")
    assert page.locator("label[for=jwks]").evaluate(in_sight) and page.locator("#jwks-error").evaluate(in_sight)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "jwks"
    assert page.locator("[name=jwks]").input_value() == "{", "and nothing that was typed is lost"


def test_an_app_that_needs_a_secret_now_is_given_it(provider, page, admin):
    party = provider.add_client(token_endpoint_auth_method="none")
    enter(page, provider, admin, f"apps/{party.client_id}")
    page.locator("[name=token_endpoint_auth_method]").select_option("client_secret_basic")
    send(page)
    party.secret, party.auth = detail(page, "Client secret"), "basic"
    assert party.tokens(provider.browser(), provider.add_user())["id_token"]
    page.goto(f"{provider.base}/admin/apps/{party.client_id}")
    assert party.secret not in page.content()


def test_whoever_may_only_look_sees_the_settings(provider, page):
    party = provider.add_client(redirect_uris=["https://a.example/callback"], first_party=False, default_max_age=60)
    enter(page, provider, provider.add_user(None, None, "--role", "postern:clients:read"), f"apps/{party.client_id}")
    assert page.locator("form[method=post]").count() == 0
    assert detail(page, "Redirect URIs") == "https://a.example/callback"
    assert detail(page, "How old a sign-in may be") == "60" and detail(page, "Ask users") == "yes"


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


def test_a_former_secret_is_told_of_while_it_is_taken(provider, page, admin):
    app = provider.add_client()
    enter(page, provider, admin)
    for overlap, told in (("1h", True), ("1s", False)):
        assert "former secret" in provider.postern("client", "set", app.client_id, "--new-secret", "--overlap", overlap)
        if not told:
            wait_for(
                lambda: "ormer secret" not in provider.postern("client", "show", app.client_id), "it is taken no more")
        page.goto(f"{provider.base}/admin/apps/{app.client_id}")
        assert page.get_by_text("Former secret").is_visible() == told
        assert ("former secret" in provider.postern("client", "show", app.client_id)) == told


def test_a_registration_token(provider, page, admin):
    enter(page, provider, admin, "new-token")
    field(page, "note", "for the shop")
    field(page, "uses", "none")
    send(page)
    assert "whole number" in page.locator("#uses-error").inner_text()
    field(page, "uses", "1")
    field(page, "scope", "openid email")
    field(page, "redirect_hosts", "*.a.example\na.example")
    send(page)
    token = detail(page, "Token")
    answer = requests.post(
        f"{provider.issuer}/register", timeout=10, json={"redirect_uris": ["https://a.example/"]},
        headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 201
    page.goto(f"{provider.base}/admin/tokens")
    row = page.locator("tr", has_text="for the shop")
    assert "spent" in row.inner_text() and token not in page.content()
    for permitted in ("openid email", "*.a.example a.example", "mendix"):
        assert permitted in row.inner_text()


def test_a_user_from_the_first_day_to_the_last(provider, page, admin):
    name = f"u{secrets.token_hex(4)}"
    enter(page, provider, admin, "new-user")
    for label, value in (("username", name), ("name", "Grace"), ("password", "correct horse")):
        field(page, label, value)
    field(page, "roles", "no-such-role")
    send(page)
    assert "no-such-role" in page.locator("#roles-error").inner_text()
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


def test_custom_claims_of_an_app(provider, page, admin, alice):
    """Defined, changed, told to the app, and removed."""
    party = provider.add_client(client_name="Tea room")
    enter(page, provider, admin, f"apps/{party.client_id}/new-claim")
    field(page, "name", "tea")
    page.locator("[name=kind]").select_option("value")
    field(page, "source", "green")
    send(page)
    assert "JSON" in page.locator("#source-error").inner_text() and page.locator("[name=name]").input_value() == "tea"
    page.locator("[name=kind]").select_option("expression")
    field(page, "source", "user ->> '")
    send(page)
    assert "expression" in page.locator("#source-error").inner_text()
    field(page, "source", "1")
    field(page, "name", "iss")
    send(page)
    assert "protocol" in page.locator("#name-error").inner_text()
    field(page, "name", "tea")
    page.locator("[name=kind]").select_option("value")
    field(page, "source", '"green"')
    send(page)
    row = page.locator("tr", has_text='"green"')
    assert "this app" in row.inner_text() and page.get_by_role("status").is_visible()
    tokens = party.tokens(provider.browser(), alice)
    assert party.userinfo(tokens["access_token"]).json()["tea"] == "green"
    row.get_by_role("link", name="Change").click()
    page.locator("[name=kind]").select_option("expression")
    field(page, "source", "'black'")
    send(page)
    assert party.userinfo(tokens["access_token"]).json()["tea"] == "black"
    page.locator("tr", has_text="'black'").get_by_role("link", name="Change").click()
    page.get_by_role("link", name="Remove").click()
    send(page)
    assert f"/apps/{party.client_id}?done=claim-removed." in page.url
    assert "tea" not in party.userinfo(tokens["access_token"]).json()


def test_a_claim_that_changed_meanwhile(provider, page, admin, app):
    added = provider.postern("claim", "add", "cup", "--value", "1", "--client", app.client_id, "--json")
    enter(page, provider, admin, f"claims/{json.loads(added)['id']}")
    provider.postern("claim", "set", "cup", "--client", app.client_id, "--value", "2")
    send(page)
    assert "changed since you looked" in page.get_by_role("alert").first.inner_text()
    assert json.loads(provider.postern("claim", "show", "cup", "--client", app.client_id, "--json"))["value"] == 2


def test_what_an_app_holds_and_what_users_allow(provider, page, admin):
    user = provider.add_user()
    party = provider.add_client(
        client_name="Diary", first_party=False, scope="openid offline_access",
        grant_types=["authorization_code", "refresh_token"])
    party.scope = "openid offline_access"
    browser = provider.browser()
    request = party.request(prompt="consent")
    answer = browser.submit(browser.follow(party.sign_in(browser, user, request)), decision="allow")
    tokens = party.exchange(answer.query["code"], request.verifier).json()
    enter(page, provider, admin, f"apps/{party.client_id}")
    assert detail(page, "Last used") != "never"
    held = page.locator("section", has=page.get_by_role("heading", name="Signed in to it"))
    assert user.name in held.inner_text() and "is open" in held.inner_text() and "yes" in held.inner_text()
    allowed = page.locator("section", has=page.get_by_role("heading", name="What users allow"))
    assert user.name in allowed.inner_text() and "offline_access" in allowed.inner_text()
    page.goto(f"{provider.base}/admin/apps/{party.client_id}/remove")
    assert "1 grant, 1 consent" in page.content()
    page.goto(f"{provider.base}/admin/apps/{party.client_id}")
    held.get_by_role("link", name="End").click()
    send(page)
    assert "Nobody is." in held.inner_text()
    assert party.userinfo(tokens["access_token"]).status == 401
    allowed.get_by_role("link", name="Withdraw").click()
    send(page)
    assert "No user was asked" in allowed.inner_text()
    assert party.start(browser, party.request()).form.path.endswith("/consent"), "the user is asked again"


def test_a_value_is_copied_by_a_button(provider, chromium, admin, app):
    with new_page(chromium) as page:
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        enter(page, provider, admin, f"apps/{app.client_id}")
        page.get_by_role("button", name="Copy Client id").click()
        page.get_by_role("button", name="Copied").wait_for()
        assert page.evaluate("navigator.clipboard.readText()") == app.client_id
    with new_page(chromium, java_script_enabled=False) as page:
        enter(page, provider, admin, f"apps/{app.client_id}")
        assert page.locator("button", has_text="Copy").count() == 0, "a button that can't do it isn't there"


def test_home_tells_of_apps_that_nobody_uses(provider, page, admin):
    idle, new = provider.add_client(client_name="Idle"), provider.add_client(client_name="New")
    provider.database.change(
        "UPDATE client SET client_id_issued_at = client_id_issued_at - 91 * 86400 WHERE client_id = ?", idle.client_id)
    enter(page, provider, admin)
    section = page.locator("section", has=page.get_by_role("heading", name="Apps that nobody uses"))
    assert "Idle" in section.inner_text() and "never" in section.inner_text()
    page.goto(f"{provider.base}/admin/apps?unused_since=90d")
    names = page.locator("tbody").inner_text()
    assert idle.client_id in names and new.client_id not in names


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
    page.goto(f"{provider.base}/admin/audit?until=30d")
    assert page.locator("[name=until]").input_value() == "30d" and page.locator("tbody").count() == 0


def test_home_counts_sign_ins(provider, page, admin):
    enter(page, provider, admin)
    charts = page.locator("figure svg")
    charts.nth(9).wait_for()
    assert charts.count() == 10
    total = int(page.locator("figcaption strong").first.inner_text())
    assert total >= 1 and str(total) in charts.first.get_attribute("aria-label")
    provider.add_client().sign_in(provider.browser(), provider.add_user())
    page.reload()
    assert int(page.locator("figcaption strong").first.inner_text()) == total + 1


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
    page.wait_for_url("**/admin/scopes?done=scope-added.*")
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
