"""An upstream that is added to a running provider, by the administration API and in the console."""

import json
import secrets

import pytest

from accessibility import assert_accessible
from administration import Caller, assert_problem
from console import admin, detail, enter, field, send  # noqa: F401
from oidc import encode
from test_broker import Person, central  # noqa: F401
from waiting import wait_for


@pytest.fixture(scope="module")
def api(provider):
    return Caller(provider)


def registered(central, provider, name):
    """What the central provider knows us by, for an upstream of that name."""
    client, secret = f"broker-{name}", secrets.token_urlsafe(32)
    central.postern(
        "client", "add", "--from", "-", input=json.dumps({
            "client_id": client, "client_secret": secret, "client_name": "The broker",
            "redirect_uris": [f"{provider.issuer}/callback/{name}"], "scope": "openid profile email",
        }))
    return {"issuer": central.issuer, "client_id": client, "client_secret": secret, "recheck": "never"}


def signed_in(user, name, title, provider, central, party):
    """Somebody who has come to the app by that upstream."""
    person = Person(provider, central)
    page = party.start(person.at[provider.issuer], party.request())
    assert f"Continue with {title}" in page.form.text
    hidden = page.form.fields
    away = person.at[provider.issuer].post(
        f"/oidc/upstream/{name}", {"attempt": hidden["attempt"], "token": hidden["token"]})
    there = person.follow(away, party.redirect_uri)
    answer = person.follow(
        person.at[central.issuer].submit(there, username=user.name, password=user.password), party.redirect_uri)
    assert answer.query["code"], answer
    return person


def test_one_is_added_by_the_api_to_a_running_provider_and_people_sign_in_by_it(provider, central, api, party):
    members = registered(central, provider, "added")
    made = api("POST", "upstreams", {"name": "added", "title": "Added Corp", **members})
    assert made.status_code == 201, made.text
    assert members["client_secret"] not in made.text and made.json()["redirect_uri"].endswith("/callback/added")
    try:
        tested = api("POST", "upstreams/added/test").json()
        assert tested["passed"] and all(finding["status"] != "fault" for finding in tested["findings"]), tested

        user = central.add_user()
        person = signed_in(user, "added", "Added Corp", provider, central, party)

        made = api("POST", "upstreams/added/trace").json()
        traced = Person(provider, central)
        there = traced.follow(traced.at[provider.issuer].get(made["link"]), "nowhere")
        traced.follow(
            traced.at[central.issuer].submit(there, username=user.name, password=user.password), "nowhere")
        trace = api("GET", "upstreams/added/trace").json()
        assert trace["state"] == "signed in", trace
        whole = json.dumps(trace)
        assert f"Signed in as {user.name}" in whole and members["client_secret"] not in whole

        listed = api("GET", "upstreams/added").json()
        assert listed["linked_people"] == 1
        assert_problem(api("DELETE", "upstreams/added"), 409, "1 person is linked")
        assert_problem(
            api("PATCH", "upstreams/added", {"issuer": "https://elsewhere.example"}, If_Match="*"), 400, "linked")
    finally:
        removed = api("DELETE", "upstreams/added?linked=true")
    assert removed.status_code == 204
    page = party.start(provider.browser(), party.request())
    assert "Added Corp" not in page.form.text
    gone = party.start(person.at[provider.issuer], party.request())
    assert "password" in gone.form.fields, "a session from there is over"
    rows = [json.loads(line) for line in provider.postern("audit", "--event", "upstream.", "--json").splitlines()]
    assert {row["event"] for row in rows} >= {"upstream.added", "upstream.removed"}
    assert members["client_secret"] not in json.dumps(rows)


def test_the_command_line_does_the_same(provider, central):
    members = registered(central, provider, "typed")
    added = json.loads(provider.postern(
        "upstream", "add", "typed", "--issuer", f"{central.issuer}/.well-known/openid-configuration", "--client-id",
        members["client_id"], "--client-secret-stdin", "--member", 'users="none"', "--json",
        input=members["client_secret"]))
    assert added["issuer"] == central.issuer and added["users"] == "none" and added["has_client_secret"]
    provider.postern("upstream", "set", "typed", "--title", "Typed Corp", "--member", "users=null")
    shown = json.loads(provider.postern("upstream", "show", "typed", "--json"))
    assert shown["title"] == "Typed Corp" and "users" not in shown
    assert "Typed Corp" in provider.postern("upstream", "list")
    provider.postern("upstream", "test", "typed")
    said = provider.postern("upstream", "remove", "typed", "--yes", "--linked")
    assert "1 person is linked" in said, "by the issuer, whose upstream it was before"
    assert "typed" not in provider.postern("upstream", "list")


def test_one_that_has_another_issuer_since_keeps_its_people(provider, central, party):
    members = registered(central, provider, "moving")
    provider.postern(
        "upstream", "add", "moving", "--issuer", central.issuer, "--client-id", members["client_id"], "--title",
        "Moving Corp", "--client-secret-stdin", "--member", 'recheck="never"', input=members["client_secret"])
    elsewhere = "https://elsewhere.example"

    def move(*issuers):
        return provider.run("upstream", "move", *issuers, "--yes")

    def linked():
        found, = json.loads(provider.postern("user", "list", "--search", user.name, "--json"))
        return found["sub"], found["username"]

    user = central.add_user()
    try:
        person = signed_in(user, "moving", "Moving Corp", provider, central, party)
        here = linked()
        refused = move(f"{central.issuer}/", elsewhere)
        assert refused.returncode != 0 and f'Did you mean "{central.issuer}"' in refused.stderr, refused.stderr
        moved = move(central.issuer, elsewhere)
        assert moved.returncode == 0 and f"to {elsewhere} (moving)" in moved.stdout, moved
        assert json.loads(provider.postern("upstream", "show", "moving", "--json"))["issuer"] == elsewhere
        answer = party.start(person.at[provider.issuer], party.request())
        assert answer.query["code"], "whoever is signed in stays so"
        back = json.loads(provider.postern("upstream", "move", elsewhere, central.issuer, "--yes", "--json"))
        assert back["upstream"] == "moving" and back["to"] == central.issuer and back["people"] >= 1
        signed_in(user, "moving", "Moving Corp", provider, central, party)
        assert linked() == here, "and whoever signs in anew is who they were"
    finally:
        provider.postern("upstream", "remove", "moving", "--yes", "--linked")
    checked = provider.run("check")
    provider.postern("user", "remove", here[1], "--yes")
    assert f"linked by the issuer {central.issuer}, which no upstream has" in checked.stdout + checked.stderr


def test_the_command_line_knows_providers_and_says_what_to_enter_there(provider):
    def add(name, *options):
        return provider.run(
            "upstream", "add", name, "--client-id", "postern", "--client-secret-stdin", *options, input="a secret")

    refused = add("typed", "--preset", "keycloack", "--issuer", "https://idp.example/realms/main")
    assert refused.returncode != 0 and 'Did you mean "keycloak"?' in refused.stderr, refused.stderr
    assert "auth0" in add("typed", "--preset", "x").stderr, "else all are named"
    try:
        realm = add(
            "realm", "--preset", "keycloak", "--issuer",
            "https://idp.example/realms/main/.well-known/openid-configuration").stdout
        for entered in ("callback/realm", "backchannel/realm", "frontchannel/realm"):
            assert f"{provider.issuer}/{entered}\n" in realm, realm
        assert "client authentication" in realm and "openid profile email" in realm
        assert "https://idp.example/realms/main\n" in realm, "its issuer, and not the address of a document"
        hub = add("hub", "--preset", "github", "--member", 'users="none"').stdout
        assert f"{provider.issuer}/callback/hub\n" in hub and "channel" not in hub, "what OAuth alone can take"
    finally:
        for name in ("realm", "hub"):
            provider.run("upstream", "remove", name, "--yes")


def test_the_console_adds_changes_tests_and_removes_one(provider, central, page, admin):
    members = registered(central, provider, "seen")
    enter(page, provider, admin, "upstreams")
    page.get_by_role("link", name="Add an upstream").click()
    for name, value in {"name": "seen", "title": "Seen Corp", **members}.items():
        field(page, name, value)
    field(page, "roles", "no expression")
    send(page)
    assert "is no NAME = EXPRESSION" in page.content(), "what was typed is refused beside its field"
    field(page, "roles", "")
    field(page, "client_secret", members["client_secret"])
    send(page)
    assert "The upstream was added" in page.get_by_role("status").inner_text()
    assert detail(page, "Redirect URI") == f"{provider.issuer}/callback/seen"
    assert members["client_secret"] not in page.content()

    page.get_by_role("link", name="Test it").click()
    send(page)
    assert page.get_by_role("heading", name="People can sign in at it").is_visible(), page.content()
    page.goto(f"{provider.base}/admin/upstreams/seen/change")
    field(page, "title", "Renamed Corp")
    send(page)
    assert page.get_by_role("heading", name="Renamed Corp").is_visible()
    page.get_by_role("link", name="Remove").click()
    assert "1 person is linked to it." in page.content()
    page.locator("[name=linked]").check()
    send(page)
    assert "Renamed Corp" not in page.content()


def test_who_needs_to_sign_in_there_again_comes_back_or_chooses(provider, central, api, party):
    """Without a refresh token nobody knows more of them after `recheck`."""
    members = {**registered(central, provider, "again"), "title": "Again Corp", "scope": "openid", "recheck": "5s"}
    assert api("POST", "upstreams", {"name": "again", **members}).status_code == 201
    try:
        person = Person(provider, central)
        browser = person.at[provider.issuer]
        fields = party.start(browser, party.request()).form.fields
        away = browser.post("/oidc/upstream/again", {"attempt": fields["attempt"], "token": fields["token"]})
        there = person.follow(away, party.redirect_uri)
        user_there, local = central.add_user(), provider.add_user()
        answer = person.follow(
            person.at[central.issuer].submit(there, username=user_there.name, password=user_there.password),
            party.redirect_uri)
        assert answer.query["code"], answer

        def asked():
            answer = party.start(browser, party.request())
            return None if answer.location.startswith(party.redirect_uri) else answer

        away = wait_for(asked, "it is time to ask")
        away = browser.follow(away)
        assert away.location.startswith(central.issuer) and away.query["prompt"] == "none"
        assert person.follow(away, party.redirect_uri).query["code"], "who is signed in there still sees no page"

        away = wait_for(asked, "it is time to ask once more")
        person.at[central.issuer] = central.browser()
        page = person.follow(away, party.redirect_uri)
        assert page.status == 200 and "Continue with Again Corp" in page.form.text, page
        answer = person.follow(
            browser.submit(page, username=local.name, password=local.password), party.redirect_uri)
        assert answer.query["code"], "by a password of here"
    finally:
        assert api("DELETE", "upstreams/again?linked=true").status_code == 204


def test_an_address_leads_to_its_upstream_where_there_is_no_password(provider, central, api, page):
    members = {**registered(central, provider, "known"), "title": "Known Corp", "email_domains": ["corp.example"]}
    other = {"issuer": "https://partner.invalid", "client_id": "broker", "client_secret": secrets.token_urlsafe(32)}
    assert api("POST", "upstreams", {"name": "known", **members}).status_code == 201
    assert api("POST", "upstreams", {"name": "partner", "title": "Partner", **other}).status_code == 201
    try:
        app = provider.add_client(client_name="Time sheets", upstreams=["known", "partner"])
        page.goto(f"{provider.base}/authorize?{encode(app.request().parameters)}")
        assert_accessible(page)
        assert page.locator("input[type=password]").count() == 0
        page.get_by_label("E-mail address").fill("amy@elsewhere.example")
        page.keyboard.press("Enter")
        assert "choose below where you sign in" in page.get_by_role("alert").inner_text()
        assert_accessible(page)
        page.get_by_label("E-mail address").fill("amy@corp.example")
        page.get_by_role("button", name="Continue", exact=True).click()
        assert page.url.startswith(central.issuer), page.url
        assert page.get_by_label("User name").input_value() == "amy@corp.example", "nobody types it twice"

        # Beside a password of here the address is enough, and a password that is missing is asked for.
        free = provider.add_client()
        browser = provider.browser()
        form = free.start(browser, free.request())
        assert "required" not in form.form.attributes["password"]
        away = browser.submit(form, username="amy@corp.example")
        assert away.location.startswith(central.issuer) and away.query["login_hint"] == "amy@corp.example"
        again = browser.submit(form, username="nobody")
        assert "enter your password as well" in again.form.text and again.form.fields["username"] == "nobody"
    finally:
        for name in ("known", "partner"):
            assert api("DELETE", f"upstreams/{name}?linked=true").status_code == 204


def test_an_upstream_is_connected_to_an_account_that_is_here(provider, central, api, page):
    """By a form that leads away from us, which browsers follow only where the page's policy lets them."""
    members = {**registered(central, provider, "mine"), "title": "My Corp", "users": "none"}
    here, there = provider.add_user(), central.add_user()
    assert api("POST", "upstreams", {"name": "mine", **members}).status_code == 201
    try:
        page.goto(f"{provider.issuer}/account")
        page.locator("[name=username]").fill(here.name)
        page.locator("[name=password]").fill(here.password)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("button", name="Connect My Corp").click()
        page.wait_for_url(f"{central.issuer}/**")
        page.locator("[name=username]").fill(there.name)
        page.locator("[name=password]").fill(there.password)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("status").wait_for()
        assert page.url.startswith(f"{provider.issuer}/account/"), page.url
        assert page.get_by_role("button", name="Disconnect My Corp").is_visible(), page.locator("main").inner_text()
        known = api("GET", f"users/{here.sub}/upstreams").json()["items"]
        assert [(one["upstream"], one["upstream_sub"]) for one in known] == [("mine", there.sub)]
    finally:
        api("DELETE", "upstreams/mine?linked=true")
        provider.postern("user", "remove", here.name, "--yes")
