"""Apps that wait for an administrator's approval, by each way to register and each way to approve."""

import json
import secrets

import pytest
import requests

from administration import Caller, assert_problem, path
from console import detail, enter, field, send
from oidc import RelyingParty
from provider import running_provider
from test_registration import manage, register
from test_why import why

REDIRECT = "https://new.example/callback"


def waiting(provider, *options, **metadata):
    token = json.loads(provider.postern("token", "issue", "--needs-approval", "--json", *options))["token"]
    answer = register(provider, token, client_name=f"Orders {secrets.token_hex(3)}", **metadata)
    assert answer.status_code == 201 and answer.json()["awaits_approval"] is True, answer.text
    return answer.json()


def approve(provider, id, *options):
    """As it is now."""
    version = json.loads(provider.postern("client", "show", id, "--json"))["version"]
    return provider.postern("client", "approve", id, "--if-version", str(version), *options)


def party(provider, registered):
    return RelyingParty(
        issuer=provider.issuer, client_id=registered["client_id"], redirect_uri=REDIRECT,
        secret=registered["client_secret"], auth="basic")


@pytest.fixture(scope="module")
def admin(provider):
    return Caller(provider)


def test_it_waits_until_somebody_approves_it(provider):
    registered = waiting(provider)
    app, ann = party(provider, registered), provider.add_user()
    page = app.start(provider.browser(), app.request())
    assert page.status == 403 and not page.location
    assert "approval" in page.text and "new.example" not in page.text
    assert f"postern client approve {registered['client_id']}" in why(provider, page)
    for parameters in ({"prompt": "none"}, {"response_mode": "form_post"}):
        assert app.start(provider.browser(), app.request(**parameters)).status == 403

    token = requests.post(
        f"{provider.issuer}/token", auth=(app.client_id, app.secret), timeout=10,
        data={"grant_type": "authorization_code", "code": "x", "redirect_uri": REDIRECT})
    assert token.status_code == 400 and token.json()["error"] == "unauthorized_client"
    assert "approval" in token.json()["error_description"]
    wrong = requests.post(
        f"{provider.issuer}/token", auth=(app.client_id, "wrong"), timeout=10, data={"grant_type": "refresh_token"})
    assert wrong.json()["error"] == "invalid_client", "who doesn't know its secret learns nothing there"

    assert "waits for an administrator's approval" in provider.run("explain", ann.name, app.client_id).stdout
    assert "waits for approval" in provider.postern("client", "list")
    assert "an administrator's approval" in provider.postern("client", "show", app.client_id)
    unseen = provider.run("client", "approve", app.client_id)
    assert unseen.returncode == 64 and "--if-version" in unseen.stderr
    assert "Approved the app" in approve(provider, app.client_id)
    assert app.tokens(provider.browser(), ann)["id_token"], "and nobody is asked for consent"
    approved = json.loads(provider.postern("audit", "--json", "--app", app.client_id, "--event", "client.approved"))
    assert approved["before"] == {"awaits_approval": True} and approved["via"] == "command-line"


def test_it_looks_after_itself_while_it_waits(provider):
    registered = waiting(provider)
    assert manage("GET", registered).json() == registered
    changed = manage(
        "PUT", registered, client_id=registered["client_id"], redirect_uris=["https://moved.example/"],
        awaits_approval=False)
    assert changed.status_code == 200 and changed.json()["awaits_approval"] is True
    shown = json.loads(provider.postern("client", "show", registered["client_id"], "--json"))
    assert shown["redirect_uris"] == ["https://moved.example/"] and shown["awaits_approval"] is True
    stale = provider.run("client", "approve", registered["client_id"], "--if-version", str(shown["version"] - 1))
    assert stale.returncode == 1 and "has changed since version" in stale.stderr
    assert manage("DELETE", registered).status_code == 204


def test_what_was_approved_binds(provider):
    registered = waiting(provider)
    approve(provider, registered["client_id"], "--third-party")
    members = {"client_id": registered["client_id"], "client_name": registered["client_name"]}
    with provider.database.unchanged():
        elsewhere = manage("PUT", registered, redirect_uris=["https://evil.example/"], **members)
    assert elsewhere.status_code == 400 and elsewhere.json()["error"] == "invalid_redirect_uri"
    assert "approved" in elsewhere.json()["error_description"]
    assert manage("PUT", registered, redirect_uris=[REDIRECT], contacts=["a@new.example"], **members).status_code == 200
    assert json.loads(provider.postern("client", "show", registered["client_id"], "--json"))["first_party"] is False


def test_the_command_line_says_what_it_does_not_do(provider):
    party = provider.add_client()
    assert "Approved" in provider.postern("client", "approve", party.client_id), "again is a success"
    otherwise = provider.run("client", "approve", party.client_id, "--third-party")
    assert otherwise.returncode != 0 and "approved already" in otherwise.stderr
    assert provider.run("client", "approve", "nobody").returncode != 0
    told = json.loads(provider.postern("token", "issue", "--needs-approval", "--json"))
    assert told["needs_approval"] is True


def test_by_the_api(provider, admin):
    made = admin("POST", "registration-tokens", {"needs_approval": True})
    assert made.status_code == 201 and made.json()["needs_approval"] is True
    registered = register(provider, made.json()["token"]).json()
    where = path("clients", registered["client_id"])
    listed = admin("GET", "clients?awaits_approval=true&limit=200").json()["items"]
    assert registered["client_id"] in [client["client_id"] for client in listed]
    assert all(client["awaits_approval"] for client in listed)
    assert_problem(admin("GET", "clients?awaits_approval=no"), 400)

    seen = admin("GET", where)
    assert seen.json()["awaits_approval"] is True
    assert_problem(admin("POST", f"{where}/approval", {}), 428)
    manage("PUT", registered, client_id=registered["client_id"], redirect_uris=["https://evil.example/"])
    assert_problem(admin("POST", f"{where}/approval", {}, If_Match=seen.headers["ETag"]), 412)
    assert_problem(admin("PATCH", where, {"awaits_approval": False}, If_Match="*"), 400, "approve")
    reader = Caller(provider, "postern:clients:read")
    assert_problem(reader("POST", f"{where}/approval", {}, If_Match="*"), 403)
    seen = admin("GET", where)
    answer = admin("POST", f"{where}/approval", {"first_party": False}, If_Match=seen.headers["ETag"])
    assert answer.status_code == 200 and answer.json()["first_party"] is False, answer.text
    assert "awaits_approval" not in answer.json()
    assert admin("POST", f"{where}/approval", {}, If_Match="*").status_code == 200
    assert_problem(admin("POST", f"{where}/approval", {"first_party": True}, If_Match="*"), 409)
    assert_problem(admin("POST", "clients/nobody/approval", {}, If_Match="*"), 404)


def test_those_that_wait_come_in_pages(provider, admin):
    made = {waiting(provider)["client_id"] for _ in range(3)}
    seen, after = [], ""
    while True:
        page = admin("GET", f"clients?awaits_approval=true&limit=1{after}").json()
        seen += [client["client_id"] for client in page["items"]]
        if "next" not in page:
            break
        after = f"&after={page['next']}"
    assert made <= set(seen) and len(set(seen)) == len(seen)
    by_command = json.loads(provider.postern("client", "list", "--awaits-approval", "--json"))
    assert [client["client_id"] for client in by_command] == seen
    assert_problem(admin("GET", "clients?awaits_approval=true&after=x"), 400, "after")
    for other in ("search=a", "unused_since=1d"):
        assert_problem(admin("GET", f"clients?awaits_approval=true&{other}"), 400, "exclude each other")
    assert_problem(admin("GET", "clients?search=a&unused_since=1d"), 400, "exclude each other")


def test_nobody_approves_what_they_don_t_hold(provider, admin):
    registered = waiting(provider)
    provider.postern("client", "set", registered["client_id"], "--scope", "postern:keys:read")
    writer = Caller(provider, "postern:clients:read postern:clients:write")
    assert_problem(writer("POST", path("clients", registered["client_id"], "approval"), {}, If_Match="*"), 403)


def test_in_the_console(provider, page):
    registered = waiting(provider)
    ada = provider.add_user(None, None, "--role", "postern:admin")
    enter(page, provider, ada)
    row = page.locator("tr", has_text=registered["client_id"])
    row.get_by_role("link", name=registered["client_name"]).click()
    assert page.get_by_role("heading", name="It waits for approval").is_visible()
    page.get_by_role("link", name="Approve").click()
    assert REDIRECT in page.content()
    manage(
        "PUT", registered, client_id=registered["client_id"], client_name="Payroll",
        redirect_uris=["https://evil.example/"])
    send(page)
    assert "changed since you looked" in page.get_by_role("alert").first.inner_text(), "it was something else meanwhile"
    page.goto(page.url)
    assert "https://evil.example/" in page.content()
    send(page)
    assert "was approved" in page.get_by_role("status").inner_text()
    assert page.get_by_role("heading", name="It waits for approval").count() == 0
    page.goto(f"{provider.base}/admin/")
    assert registered["client_id"] not in page.content()


def test_a_registration_token_of_the_console(provider, page):
    ada = provider.add_user(None, None, "--role", "postern:admin")
    enter(page, provider, ada, "new-token")
    field(page, "note", "looked at first")
    page.locator("[name=needs_approval]").check()
    send(page)
    registered = register(provider, detail(page, "Token")).json()
    assert registered["awaits_approval"] is True
    page.goto(f"{provider.base}/admin/apps?search={registered['client_id']}")
    assert "waits for approval" in page.content()


def test_open_registration_upon_approval():
    with running_provider(lambda text: text + "\nregistration: { open: needs_approval }\n") as open_provider:
        made = register(open_provider, None).json()
        assert made["awaits_approval"] is True
        app = party(open_provider, made)
        assert app.start(open_provider.browser(), app.request()).status == 403
        assert json.loads(approve(open_provider, made["client_id"], "--json"))["first_party"] is True
        assert app.tokens(open_provider.browser(), open_provider.add_user())["id_token"]


def test_an_export_has_none_that_waits(provider):
    registered = waiting(provider)
    provider.postern("role", "add", "editor", "--client", registered["client_id"])
    provider.postern("claim", "add", "level", "--value", "1", "--client", registered["client_id"])
    assert registered["client_id"] not in provider.postern("export"), "nor its roles and claims"
    approve(provider, registered["client_id"])
    assert registered["client_id"] in provider.postern("export")
