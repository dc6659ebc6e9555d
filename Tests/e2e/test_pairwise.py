"""Pairwise subject identifiers: OpenID Connect Core, sections 8 and 8.1; OpenID Connect Registration, section 5."""

import json
import re
import secrets
import ssl
import subprocess
import time

import pytest
import requests
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.jwk import KeySet

from key_server import KeyServer, drip, flood
from oidc import RelyingParty, base64url, claims
from provider import running_provider

FORM = re.compile(r"pairwise\.[A-Za-z0-9_-]{43}")
SHOP, BLOG, FAR = "https://shop.example/callback", "https://blog.example/callback", "https://far.example/callback"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """libcurl takes whatever ends in .localhost for this machine."""
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
         "subjectAltName=DNS:sector.localhost,DNS:other.localhost", "-keyout", folder / "key.pem", "-out",
         folder / "cert.pem"],
        check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    server = KeyServer(context)
    server.certificate = folder / "cert.pem"
    server.serve("/uris.json", [SHOP, BLOG])
    yield server
    server.close()


@pytest.fixture(scope="module")
def own(server):
    outbound = f"\noutbound:\n  certificates: {server.certificate}\n  allow: [127.0.0.0/8, '::1']\n"
    with running_provider(lambda text: text + outbound) as running:
        yield running


@pytest.fixture(scope="module")
def ann(own):
    return own.add_user("ann", None, "--email", "ann@example.com")


@pytest.fixture(scope="module")
def sector(server):
    return {
        "subject_type": "pairwise", "sector_identifier_uri": server.uri("/uris.json", "sector.localhost"),
        "grant_types": ["authorization_code", "refresh_token"], "scope": "openid profile email offline_access",
    }


@pytest.fixture(scope="module")
def shop(own, sector):
    return own.add_client(redirect_uris=[SHOP], post_logout_redirect_uris=["https://shop.example/bye"], **sector)


@pytest.fixture(scope="module")
def blog(own, sector):
    return own.add_client(redirect_uris=[BLOG], **sector)


@pytest.fixture(scope="module")
def far(own, sector):
    return own.add_client(redirect_uris=[FAR], **{**sector, "sector_identifier_uri": None})


@pytest.fixture(scope="module")
def metadata(own):
    return requests.get(f"{own.issuer}/.well-known/openid-configuration", timeout=10).json()


def session_of(party):
    return OAuth2Session(
        client_id=party.client_id, client_secret=party.secret, redirect_uri=party.redirect_uri,
        token_endpoint_auth_method="client_secret_basic", scope="openid profile email offline_access",
        code_challenge_method="S256")


def sign_in(client, party, metadata, user, browser):
    nonce, verifier = secrets.token_urlsafe(16), secrets.token_urlsafe(48)
    url, state = client.create_authorization_url(
        metadata["authorization_endpoint"], nonce=nonce, code_verifier=verifier)
    answer = browser.get(url)
    if answer.status == 200:
        answer = browser.submit(answer, username=user.name, password=user.password)
    token = client.fetch_token(
        metadata["token_endpoint"], authorization_response=answer.location, state=state, code_verifier=verifier)
    decoded = jwt.decode(
        token["id_token"], KeySet.import_key_set(requests.get(metadata["jwks_uri"], timeout=10).json()))
    found = CodeIDToken(
        decoded.claims, decoded.header, {"iss": {"value": metadata["issuer"]}, "aud": {"value": party.client_id}},
        {"nonce": nonce, "client_id": party.client_id, "access_token": token["access_token"]})
    found.validate()
    return token, found["sub"]


def test_discovery_tells_both(metadata):
    assert metadata["subject_types_supported"] == ["public", "pairwise"]


def test_authlib_signs_in_and_a_sector_knows_its_user(own, metadata, ann, shop, blog, far):
    """Every answer to an app says the same, and no two sectors are told the same."""
    subs = {}
    for party in (shop, blog, far, own.add_client()):
        with session_of(party) as client:
            token, sub = sign_in(client, party, metadata, ann, own.browser())
            assert client.get(metadata["userinfo_endpoint"]).json()["sub"] == sub, "Core 5.3.2"
            assert claims(token["access_token"])["sub"] == sub
            told = client.introspect_token(metadata["introspection_endpoint"], token["access_token"]).json()
            assert told["active"] and told["sub"] == sub
            if "refresh_token" in token:
                again = client.refresh_token(metadata["token_endpoint"], token["refresh_token"])
                assert claims(again["id_token"])["sub"] == sub, "Core 12.2"
                told = client.introspect_token(
                    metadata["introspection_endpoint"], again["refresh_token"], "refresh_token").json()
                assert told["active"] and told["sub"] == sub
            subs[party.client_id] = sub
    first, second, third, public = subs.values()
    assert first == second != third
    assert FORM.fullmatch(first) and FORM.fullmatch(third)
    assert public == ann.sub


def test_hints_and_claims_speak_of_the_user_as_the_app_knows_them(own, ann, shop, blog, far):
    browser = own.browser()
    hint = shop.tokens(browser, ann)["id_token"]
    foreign = far.tokens(browser)["id_token"]
    for party in (shop, blog):
        assert "code" in party.start(browser, party.request(prompt="none", id_token_hint=hint)).query
    for party, other in ((far, hint), (shop, foreign)):
        answer = party.start(browser, party.request(prompt="none", id_token_hint=other))
        assert answer.query["error"] == "login_required"

    def asking(sub):
        wish = json.dumps({"id_token": {"sub": {"value": sub}}})
        return shop.start(browser, shop.request(prompt="none", claims=wish)).query

    assert "code" in asking(claims(hint)["sub"])
    for sub in (ann.sub, claims(foreign)["sub"]):
        assert asking(sub)["error"] == "login_required"

    answer = browser.get(f"{shop.path}/logout?id_token_hint={hint}&post_logout_redirect_uri=https://shop.example/bye")
    assert answer.location == "https://shop.example/bye", "without a question: the hint is of this session"
    assert shop.start(browser, shop.request(prompt="none")).query["error"] == "login_required"


def test_another_host_and_another_key_change_nothing():
    """The salt is the database's: it outlives state.key, and every pool on it has the same."""
    with running_provider() as own:
        ann = own.add_user("ann")
        # Public, so that nothing in the database is sealed under the key that goes.
        party = own.add_client(subject_type="pairwise", token_endpoint_auth_method="none")
        sub = claims(party.tokens(own.browser(), ann)["id_token"])["sub"]
        assert FORM.fullmatch(sub)
        with own.later(5) as second:
            request = party.request()
            code = party.sign_in(second.browser(), ann, request).query["code"]
            answer = party.exchange(code, request.verifier, back=second.browser())
            assert claims(answer.json()["id_token"])["sub"] == sub
        own.down()
        (own.folder / "state.key").write_text(f"postern-key-v1 {base64url(secrets.token_bytes(32))}\n")
        own.up()
        assert claims(party.tokens(own.browser(), ann)["id_token"])["sub"] == sub


def test_administrators_are_told_who_it_is(own, ann, shop):
    sub = claims(shop.tokens(own.browser(), ann)["id_token"])["sub"]
    told = json.loads(own.postern("explain", ann.name, shop.client_id, "--json"))
    assert told["user"]["sub"] == ann.sub
    assert told["claims"]["id_token"]["sub"] == told["claims"]["userinfo"]["sub"] == sub
    row = json.loads(own.postern("audit", "--user", ann.name, "--json").splitlines()[0])
    assert sub not in json.dumps(row)


def register(provider, **members):
    token = json.loads(provider.postern("token", "issue", "--json"))["token"]
    return requests.post(
        f"{provider.base}/register", timeout=30, headers={"Authorization": f"Bearer {token}"},
        json={"redirect_uris": [SHOP], "subject_type": "pairwise", **members})


@pytest.mark.parametrize("name, answer, words", [
    ("other", [BLOG], f"doesn't list the redirect URI \"{SHOP}\""),
    ("object", {"redirect_uris": [SHOP]}, "JSON array"),
    ("page", b"<html></html>", "JSON array"),
    ("huge", [SHOP, "x" * 300_000], "more than 262144 bytes"),
    ("endless", flood, "more than 262144 bytes"),
    ("slow", drip, "can't be fetched now"),
])
def test_a_sector_that_does_not_list_the_app_is_refused(own, server, name, answer, words):
    if callable(answer):
        server.answers["/" + name] = answer
    else:
        server.serve("/" + name, answer)
    uri = server.uri("/" + name, "sector.localhost")
    began = time.monotonic()
    refused = register(own, sector_identifier_uri=uri)
    assert time.monotonic() - began < 8
    assert refused.status_code == 400 and refused.json()["error"] == "invalid_client_metadata"
    told = refused.json()["error_description"]
    assert told.startswith("sector_identifier_uri") and uri in told and words in told


def test_a_redirect_is_not_followed(own, server):
    target = server.serve("/target", [SHOP])
    server.serve("/moved", b"", status=302, Location=target)
    refused = register(own, sector_identifier_uri=server.uri("/moved", "sector.localhost"))
    assert refused.status_code == 400 and "answers 302, a redirect" in refused.json()["error_description"]
    assert "/target" not in server.asked


def test_an_outage_is_a_refusal_and_none_of_those_that_are_registered(own, server, ann):
    server.serve("/passing", [SHOP, BLOG])
    uri = server.uri("/passing", "other.localhost")
    made = register(own, sector_identifier_uri=uri).json()
    assert made["subject_type"] == "pairwise" and made["sector_identifier_uri"] == uri
    server.serve("/passing", b"", status=503)
    assert "answers 503" in register(own, sector_identifier_uri=uri).json()["error_description"]

    def put(**members):
        return requests.put(
            made["registration_client_uri"], timeout=30,
            headers={"Authorization": f"Bearer {made['registration_access_token']}"},
            json={"client_id": made["client_id"], "redirect_uris": [SHOP], **members})

    changed = put(client_name="Renamed")
    assert changed.status_code == 200 and changed.json()["subject_type"] == "pairwise"
    assert put(redirect_uris=[BLOG]).json()["error"] == "invalid_client_metadata"
    server.serve("/passing", [BLOG])
    assert put(redirect_uris=[BLOG]).status_code == 200


def test_no_address_of_this_machine_is_called_unless_it_is_listed(server):
    trusting = f"\noutbound:\n  certificates: {server.certificate}\n"
    with running_provider(lambda text: text + trusting) as strict:
        strict.up_strictly()
        uri = server.uri("/inside", "sector.localhost")
        server.serve("/inside", [SHOP])
        refused = register(strict, sector_identifier_uri=uri)
        assert refused.status_code == 400
        assert "is not allowed by outbound.allow" in refused.json()["error_description"]
        run = strict.run(
            "client", "add", "Shop", "--redirect-uri", SHOP, "--subject-type", "pairwise", "--sector-identifier-uri",
            uri)
        assert run.returncode != 0 and "is not allowed by outbound.allow" in run.stderr
    assert "/inside" not in server.asked


def test_an_app_that_moves_while_a_code_is_on_its_way(own, ann):
    """To where another app is: it must not be told what users are called there."""
    made = register(own, redirect_uris=["https://mine.example/callback"]).json()
    app = RelyingParty(
        issuer=own.issuer, client_id=made["client_id"], redirect_uri=made["redirect_uris"][0],
        secret=made["client_secret"], auth="basic")
    request = app.request()
    code = app.sign_in(own.browser(), ann, request).query["code"]
    moved = requests.put(
        made["registration_client_uri"], timeout=30,
        headers={"Authorization": f"Bearer {made['registration_access_token']}"},
        json={"client_id": made["client_id"], "redirect_uris": ["https://theirs.example/callback"]})
    assert moved.status_code == 200 and moved.json()["subject_type"] == "pairwise"
    refused = app.exchange(code, request.verifier)
    assert refused.status == 400 and refused.json()["error"] == "invalid_grant"


def test_commands_and_files_fetch_as_the_service_does(own, server):
    server.serve("/commands", [SHOP, BLOG])
    uri = server.uri("/commands", "sector.localhost")
    options = ["--subject-type", "pairwise", "--sector-identifier-uri", uri]
    refused = own.run("client", "add", "Far", "--redirect-uri", FAR, *options)
    assert refused.returncode != 0 and f"doesn't list the redirect URI \"{FAR}\"" in refused.stderr
    made = json.loads(own.postern("client", "add", "Shop", "--redirect-uri", SHOP, *options, "--json"))
    assert made["subject_type"] == "pairwise" and made["sector_identifier_uri"] == uri
    run = own.run("client", "set", made["client_id"], "--subject-type", "public")
    assert run.returncode == 0 and "another sub of each user" in run.stderr
    run = own.run("client", "set", made["client_id"], "--name", "Renamed")
    assert run.returncode == 0 and "another sub" not in run.stderr

    folder = own.folder / "clients.d"
    folder.mkdir(exist_ok=True)
    file = folder / "blog.yaml"

    def declare(redirect_uri, more=""):
        file.write_text(
            f"clients:\n  - client_id: blog\n    redirect_uris: [{redirect_uri}]\n    subject_type: pairwise\n"
            f"    sector_identifier_uri: {uri}\n{more}")

    declare(FAR)
    refused = own.run("plan")
    assert refused.returncode != 0 and f"doesn't list the redirect URI \"{FAR}\"" in refused.stdout + refused.stderr
    declare(BLOG)
    own.postern("apply", "--yes")
    exported = own.postern("export")
    assert "subject_type: pairwise" in exported and uri in exported
    server.serve("/commands", b"", status=500)
    declare(BLOG, "    client_name: Blog\n")
    own.postern("apply", "--yes")
    file.write_text("clients:\n  - client_id: blog\n    redirect_uris: [https://blog.example/callback]\n")
    planned = own.run("plan")
    assert "another sub of each user" in planned.stdout + planned.stderr
