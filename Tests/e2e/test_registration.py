"""Apps that register themselves: RFC 7591, RFC 7592 and OpenID Connect Registration, through nginx."""

import concurrent.futures
import json
import secrets

import pytest
import requests
from authlib.integrations.requests_client import OAuth2Session

from oidc import RelyingParty, claims
from provider import running_provider

REDIRECT = "https://new.example/callback"
ROLE = "mx:app:userrole:51f2a6a4-7c6e-4a6e-9d1c-9f6d5c3b2a10"


@pytest.fixture
def issue(provider):
    """Makes an initial access token."""

    def issue(*options):
        return json.loads(provider.postern("token", "issue", "--json", *options))["token"]

    return issue


def register(provider, token, content_type="application/json", data=None, **metadata):
    metadata = {"client_name": "New", "redirect_uris": [REDIRECT], **metadata}
    headers = {"Content-Type": content_type}
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    body = data if data is not None else json.dumps({n: v for n, v in metadata.items() if v is not None})
    return requests.post(f"{provider.base}/register", data=body, headers=headers, timeout=30)


def party(provider, registered):
    return RelyingParty(
        issuer=provider.issuer, client_id=registered["client_id"], redirect_uri=registered["redirect_uris"][0],
        secret=registered.get("client_secret"), auth="basic")


def manage(method, registered, token=None, **members):
    return requests.request(
        method, registered["registration_client_uri"], json=members or None, timeout=30,
        headers={"Authorization": f"Bearer {token or registered['registration_access_token']}"})


def test_the_token_is_the_last_word_that_is_printed(provider):
    token = provider.postern("token", "issue").split()[-1]
    assert register(provider, token).status_code == 201


def test_what_a_mendix_app_does_when_it_first_starts(provider, issue):
    """Registers with an id and a secret of its own, discovers, signs a user in, and reads the roles."""
    client_id = f"orders:{secrets.token_hex(4)}"
    secret = secrets.token_urlsafe(24)
    discovery = requests.get(f"{provider.issuer}/.well-known/openid-configuration", timeout=10).json()
    answer = requests.post(
        discovery["registration_endpoint"], timeout=10, headers={"Authorization": f"Bearer {issue()}"}, json={
            "client_id": client_id, "client_secret": secret, "client_name": "Orders", "redirect_uris": [REDIRECT],
            "grant_types": ["authorization_code", "refresh_token"],
            "scope": f"openid profile email offline_access {ROLE}",
        })
    assert answer.status_code == 201, answer.text
    registered = answer.json()
    assert registered["client_id"] == client_id and registered["client_secret"] == secret
    assert registered["client_secret_expires_at"] == 0 and registered["client_id_issued_at"] > 0
    assert answer.headers["Cache-Control"] == "no-store" and answer.headers["Content-Type"] == "application/json"

    provider.postern("role", "add", ROLE, "--client", client_id)
    clerk = provider.add_user(None, None, "--full-name", "Cleo Clerk", "--role", f"{ROLE}@{client_id}")
    app = party(provider, registered)
    app.scope = f"openid profile email offline_access {ROLE}"
    tokens = app.tokens(provider.browser(), clerk)
    assert ROLE in claims(tokens["access_token"])["scope"].split()
    assert claims(tokens["id_token"])["scope"] == tokens["scope"] and tokens["refresh_token"]
    assert claims(tokens["id_token"])["name"] == "Cleo Clerk", "the token's preset is mendix"


def test_a_pipeline_adds_and_removes_an_app(provider, issue):
    """As docs/self-registration.md does it with curl."""
    token = issue("--uses", "2", "--lifetime", "1h", "--preset", "standard", "--redirect-host", "*.apps.example")
    one = register(provider, token, redirect_uris=["https://one.apps.example/callback"])
    assert one.status_code == 201
    elsewhere = register(provider, token)
    assert elsewhere.status_code == 400 and elsewhere.json()["error"] == "invalid_redirect_uri"
    assert "*.apps.example" in elsewhere.json()["error_description"]
    assert register(provider, token, redirect_uris=["https://two.apps.example/callback"]).status_code == 201
    spent = register(provider, token, redirect_uris=["https://three.apps.example/callback"])
    assert spent.status_code == 401 and spent.json()["error"] == "invalid_token"

    registered = one.json()
    assert manage("GET", registered).json() == registered
    changed = manage(
        "PUT", registered, client_id=registered["client_id"], client_name="Renamed",
        redirect_uris=registered["redirect_uris"])
    assert changed.status_code == 200 and changed.json()["client_name"] == "Renamed"
    assert manage("DELETE", registered).status_code == 204
    gone = manage("GET", registered)
    assert gone.status_code == 401 and gone.headers["WWW-Authenticate"].startswith("Bearer")


def test_removing_an_app_ends_what_it_was_granted(provider, issue):
    registered = register(
        provider, issue(), grant_types=["authorization_code", "refresh_token"], scope="openid offline_access").json()
    app = party(provider, registered)
    app.scope = "openid offline_access"
    tokens = app.tokens(provider.browser(), provider.add_user())
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert requests.get(f"{provider.issuer}/userinfo", headers=bearer, timeout=10).status_code == 200
    assert manage("DELETE", registered).status_code == 204
    assert requests.get(f"{provider.issuer}/userinfo", headers=bearer, timeout=10).status_code == 401
    again = requests.post(
        f"{provider.issuer}/token", auth=(app.client_id, app.secret), timeout=10,
        data={"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]})
    assert again.json()["error"] == "invalid_client"


def test_authlib_signs_in_with_what_it_registered(provider, issue):
    registered = register(provider, issue(), token_endpoint_auth_method="client_secret_post").json()
    session = OAuth2Session(
        registered["client_id"], registered["client_secret"], token_endpoint_auth_method="client_secret_post",
        scope="openid", redirect_uri=REDIRECT, code_challenge_method="S256")
    verifier = secrets.token_urlsafe(48)
    uri, state = session.create_authorization_url(f"{provider.issuer}/authorize", code_verifier=verifier)
    browser, ann = provider.browser(), provider.add_user()
    answer = browser.submit(browser.get(uri), username=ann.name, password=ann.password)
    token = session.fetch_token(
        f"{provider.issuer}/token", authorization_response=answer.location, state=state, code_verifier=verifier)
    assert token["id_token"]


def test_one_token_at_the_same_moment_from_many_connections(provider, issue):
    token = issue()
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: register(provider, token).status_code, range(16)))
    assert sorted(set(answers)) == [201, 401] and answers.count(201) == 1


def test_one_id_at_the_same_moment_from_many_connections(provider, issue):
    token = issue("--uses", "100", "--lifetime", "1h")
    name = f"wanted-{secrets.token_hex(4)}"
    # Fewer than ten refusals, which would end the token.
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: register(provider, token, client_id=name).status_code, range(8)))
    assert answers.count(201) == 1 and answers.count(400) == 7


def test_an_expired_token(provider, issue):
    token = issue("--lifetime", "60")
    with provider.later(61) as later:
        answer = register(later, token)
    assert answer.status_code == 401 and "expired" in answer.json()["error_description"]


@pytest.mark.parametrize("authorization", [None, "Bearer", "Bearer x", "Basic eDp5", "Bearer " + "A" * 43, "Bearer ☃"])
def test_without_a_token_of_ours(provider, authorization):
    with provider.database.unchanged():
        headers = {"Content-Type": "application/json"}
        if authorization:
            headers["Authorization"] = authorization.encode()
        answer = requests.post(
            f"{provider.issuer}/register", data=json.dumps({"redirect_uris": [REDIRECT]}), headers=headers, timeout=10)
    assert answer.status_code in (400, 401)
    assert answer.headers["WWW-Authenticate"].startswith('Bearer realm="registration"')


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("", "application/json"), ("{", "application/json"), ("[]", "application/json"), ("null", "application/json"),
        ('{"redirect_uris":["https://a.example/"],"redirect_uris":["https://b.example/"]}', "application/json"),
        ("[" * 30000, "application/json"), ('{"a":' * 5000, "application/json"),
        (b'{"client_name":"\xff"}', "application/json"), (b'{"client_name":"\x00"}', "application/json"),
        ('{"redirect_uris":["https://a.example/"]}', "text/plain"),
        ("redirect_uris=https%3A%2F%2Fa.example%2F", "application/x-www-form-urlencoded"),
    ])
def test_a_body_that_is_no_metadata(provider, issue, body, content_type):
    token = issue()
    before = provider.postern("client", "list", "--json")
    answer = register(provider, token, content_type=content_type, data=body)
    assert answer.status_code == 400 and answer.json()["error"] == "invalid_client_metadata", answer.text
    assert provider.postern("client", "list", "--json") == before


def test_a_huge_body(provider, issue):
    token = issue()
    answer = register(provider, token, client_name="x" * 70_000)
    assert answer.status_code == 413 and answer.json()["error"] == "invalid_request"
    assert register(provider, token).status_code == 201, "the token still serves"


@pytest.mark.parametrize(
    "uri",
    [
        "javascript:alert(1)", "data:text/html,x", "https://a.example/#x", "https://a.example/*", "https://*.example/",
        "https://u:p@a.example/", "https://bücher.example/", "https://A.example/", "HTTPS://a.example/",
        "http://a.example/", "/callback", "", "https://", "https://a.example\\@b.example/", "https://a.example/ b",
    ])
def test_redirect_uris_that_no_web_app_has(provider, issue, uri):
    with_it = register(provider, issue(), redirect_uris=[uri])
    assert with_it.status_code == 400 and with_it.json()["error"] == "invalid_redirect_uri", with_it.text
    assert with_it.json()["error_description"].startswith("redirect_uris ")


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "\"'><b>", "a\u0301\"\u0301", "𝒵"])
def test_a_name_with_markup_is_shown_as_text(provider, issue, name):
    registered = register(provider, issue("--third-party"), client_name=name).json()
    assert registered["client_name"] == name
    app = party(provider, registered)
    page = app.start(provider.browser(), app.request())
    assert name in page.form.text, "as text, once its escapes are resolved"
    assert "<script>alert" not in page.text


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "HEAD"])
def test_wrong_methods(provider, method):
    answer = requests.request(method, f"{provider.issuer}/register", timeout=10)
    assert answer.status_code == 405 and answer.headers["Allow"] == "POST"


@pytest.mark.parametrize("tail", ["", "a/b", "%00", "..%2f..%2ftoken", "x" * 2000, "%0d%0aX: y"])
def test_odd_registration_uris(provider, issue, tail):
    registered = register(provider, issue()).json()
    answer = requests.get(
        f"{provider.issuer}/register/{tail}", timeout=10, allow_redirects=False,
        headers={"Authorization": f"Bearer {registered['registration_access_token']}"})
    assert answer.status_code in (400, 401, 404)
    assert manage("GET", registered).status_code == 200


def test_a_rotated_registration_token(provider, issue):
    registered = register(provider, issue()).json()
    update = {"client_id": registered["client_id"], "redirect_uris": [REDIRECT]}
    once = manage("PUT", registered, rotate_registration_access_token=True, **update).json()
    again = manage("PUT", registered, rotate_registration_access_token=True, **update)
    assert again.status_code == 200, "the first answer may have been lost"
    newest = again.json()["registration_access_token"]
    assert manage("GET", registered, once["registration_access_token"]).status_code == 401, "another was offered since"
    assert manage("GET", registered, newest).status_code == 200
    assert manage("GET", registered).status_code == 401


def test_open_registration(issue):
    with running_provider(lambda text: text + "\nregistration: { open: true }\n") as open_provider:
        answer = register(open_provider, None, preset="mendix", first_party=True)
        assert answer.status_code == 201
        app, ann, browser = party(open_provider, answer.json()), open_provider.add_user(), open_provider.browser()
        page = app.start(browser, app.request())
        asked = browser.follow(browser.submit(page, username=ann.name, password=ann.password))
        assert asked.status == 200 and "Allow" in asked.text, "its users are asked"
        statuses = [register(open_provider, None).status_code for _ in range(15)]
        assert statuses[0] == 201 and statuses[-1] == 429


def test_tokens_are_listed_and_withdrawn(provider):
    made = json.loads(provider.postern("token", "issue", "--json", "--note", "for the web team"))
    listed = {token["id"]: token for token in json.loads(provider.postern("token", "list", "--json"))}
    assert listed[made["id"]]["state"] == "usable" and listed[made["id"]]["note"] == "for the web team"
    assert made["token"] not in provider.postern("token", "list", "--json")
    assert "for the web team" in provider.postern("token", "list")
    assert listed[made["id"]]["issued_by"] == made["issued_by"] and made["issued_by"]["kind"] == "command-line"
    provider.postern("token", "revoke", made["id"])
    assert register(provider, made["token"]).status_code == 401
