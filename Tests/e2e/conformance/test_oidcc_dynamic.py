"""The plan "Dynamic": `OIDCCDynamicTestPlan`. Apps prove who they are by `private_key_jwt`, as the plan has it.

`oidcc-discovery-endpoint-verification` demands the response types `id_token` and `id_token token` and the grant `implicit`
of this profile; those are not built.
"""

import base64
import html
import json
import re

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from provider import running_provider
from refusals import assert_page
from suite import CALLBACK, Suite, new_key
from test_pairwise import server as sectors  # noqa: F401
from test_signing_keys import key_set, kids


PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")


@pytest.fixture(scope="module")
def key():
    return new_key()


@pytest.fixture
def register(suite, key):
    """Registers as the plan does, and unregisters afterwards."""
    apps = []

    def register(**metadata):
        options = {"key": key, "token_endpoint_auth_method": "private_key_jwt", **metadata}
        apps.append(suite.register(**options))
        return apps[-1]

    yield register
    for app in apps:
        app.unregister()


def test_oidcc_server_dynamic(register, agent):
    """`oidcc-server`: the registration endpoint."""
    app = register()
    app.person(app.tokens(agent))


def test_keys_without_kid(register, agent):
    """As in the suite, whose clients have one key: neither their key set nor their assertions name it."""
    key = RSAKey.generate_key(2048, {"alg": "RS256", "use": "sig"})
    public = {name: value for name, value in key.as_dict(private=False).items() if name != "kid"}
    app = register(key=key, jwks={"keys": [public]})
    assert not key.kid and "kid" not in app.registered["jwks"]["keys"][0]
    app.person(app.tokens(agent))


def test_oidcc_idtoken_rs256(register, agent):
    assert register(id_token_signed_response_alg="RS256").tokens(agent).header["alg"] == "RS256"


def test_oidcc_userinfo_rs256(suite, register, agent, metadata):
    assert "RS256" in metadata["userinfo_signing_alg_values_supported"]
    app = register(userinfo_signed_response_alg="RS256")
    tokens = app.tokens(agent)
    answer = app.userinfo(tokens)
    assert answer.status_code == 200 and answer.headers["Content-Type"].split(";")[0] == "application/jwt"
    person = jwt.decode(answer.text, KeySet.import_key_set(suite.keys()), algorithms=["RS256"]).claims
    assert person["iss"] == metadata["issuer"] and person["aud"] == app.client_id
    assert person["sub"] == tokens.claims["sub"] and "nonce" not in person


def test_oidcc_ensure_redirect_uri_in_authorization_request(register, agent):
    app = register(redirect_uris=[CALLBACK, CALLBACK + "/2"])
    assert_page(app.open(agent, redirect_uri=None))


def test_oidcc_redirect_uri_query_ok(register, agent):
    register(redirect_uris=[CALLBACK + "?bar=foo"]).tokens(agent)


def test_oidcc_redirect_uri_query_mismatch(register, agent):
    app = register(redirect_uris=[CALLBACK + "?bar=foo"])
    assert_page(agent.get(app.request().replace("bar%3Dfoo", "foo%3Dbar")))


def test_oidcc_redirect_uri_query_added(register, agent):
    app = register()
    assert_page(agent.get(app.request().replace("%2Fcallback", "%2Fcallback%3Ffoo%3Dbar")))


def test_oidcc_redirect_uri_regfrag(suite):
    assert suite.refused_registration(redirect_uris=[CALLBACK + "#foobar"]) in (
        "invalid_redirect_uri", "invalid_client_metadata")


@pytest.mark.parametrize("member, uri", [
    ("policy_uri", "https://conformance.example/policy"), ("tos_uri", "https://conformance.example/terms")])
def test_oidcc_registration_links(register, agent, member, uri):
    """`oidcc-registration-policy-uri` and `oidcc-registration-tos-uri`: the login page leads there."""
    page = register(**{member: uri}).open(agent)
    assert "password" in page.form.attributes and uri in page.form.links


def test_oidcc_registration_logo_uri(register, served, agent):
    """The login page shows it, from an address of the provider's own."""
    uri = served.serve("/logo.png", PIXEL, Content_Type="image/png")
    page = register(logo_uri=uri).open(agent)
    assert "password" in page.form.attributes and uri not in page.text
    shown = html.unescape(re.search(r'<img class="logo" src="([^"]+)"', page.text)[1])
    for _ in range(2):
        logo = agent.get(shown)
        assert logo.status == 200 and logo.header("Content-Type") == "image/png" and logo.body == PIXEL
    assert served.asked["/logo.png"] == 1


def test_oidcc_registration_jwks_uri(register, served, key, agent):
    app = register(jwks_uri=served.publish("/client1_jwks", key))
    app.person(app.tokens(agent))
    assert served.asked["/client1_jwks"]


@pytest.fixture(scope="module")
def sector_suite(sectors, metadata):  # noqa: F811
    """A provider that trusts the server of the sectors, since a `sector_identifier_uri` is https."""
    outbound = f"\noutbound:\n  certificates: {sectors.certificate}\n  allow: [127.0.0.0/8, '::1']\n"
    with running_provider(lambda text: text + outbound) as running:
        token = json.loads(running.postern("token", "issue", "--json", "--uses", "10"))["token"]
        endpoint = {"registration_endpoint": running.issuer + "/register"}
        yield Suite(running, {**metadata, **endpoint}, None, token)


def test_oidcc_registration_sector_uri(sector_suite, sectors):  # noqa: F811
    uri = sectors.uri("/redirect_uris.json", "sector.localhost")
    sectors.serve("/redirect_uris.json", [CALLBACK, "https://other.example/callback"])
    sector_suite.register(subject_type="pairwise", sector_identifier_uri=uri).unregister()


def test_oidcc_registration_sector_bad(sector_suite, sectors):  # noqa: F811
    uri = sectors.uri("/bad.json", "sector.localhost")
    sectors.serve("/bad.json", ["https://other.example/callback"])
    refused = sector_suite.refused_registration(subject_type="pairwise", sector_identifier_uri=uri)
    assert refused == "invalid_client_metadata"


def test_oidcc_server_rotate_keys(sector_suite):
    provider = sector_suite.provider
    original = kids(key_set(provider))
    run = provider.run("key", "rotate", "--now", "--nginx-cache", provider.folder / "run/cache")
    assert run.returncode == 0, run.stderr
    rotated = kids(key_set(provider))
    assert set(rotated) > set(original), "new keys, and those of before"


def test_oidcc_refresh_token_rp_key_rotation(register, served, agent, metadata):
    old, new = new_key(), new_key()
    app = register(
        key=old, jwks_uri=served.publish("/rotating", old), grant_types=["authorization_code", "refresh_token"])
    first = app.tokens(agent, scope="openid offline_access", prompt="consent")
    served.publish("/rotating", new)
    app.rotate(new)
    # The suite waits for a minute; here a new kid is looked for at once.
    response = app.session.refresh_token(
        metadata["token_endpoint"], refresh_token=first.response["refresh_token"])
    second = app.verified(response, nonce=False)
    assert second.claims["sub"] == first.claims["sub"]
    app.person(second)


def test_oidcc_ensure_client_assertion_with_iss_aud_succeeds(register, agent, metadata):
    register(assertion={"aud": metadata["issuer"]}).tokens(agent)
