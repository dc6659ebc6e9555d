"""Authlib, a client library that nobody here wrote, signs in by HTTP and verifies the ID token by its own rules."""

import json
import secrets
import time

import pytest
import requests
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc6750 import InsufficientScopeError, InvalidTokenError
from authlib.oauth2.rfc9068 import JWTBearerTokenValidator
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.jwk import KeySet

ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]


@pytest.fixture(scope="module")
def metadata(provider):
    answer = requests.get(f"{provider.issuer}/.well-known/openid-configuration", timeout=10)
    assert answer.status_code == 200
    return answer.json()


def client_of(party, metadata, method, **options):
    return OAuth2Session(
        client_id=party.client_id, client_secret=party.secret, token_endpoint_auth_method=method,
        redirect_uri=party.redirect_uri, scope="openid profile email", code_challenge_method="S256", **options)


def sign_in(party, client, metadata, browser, user):
    """From the authorization URL that Authlib makes to the tokens that it fetches; the login page in between."""
    nonce, verifier = secrets.token_urlsafe(16), secrets.token_urlsafe(48)
    url, state = client.create_authorization_url(
        metadata["authorization_endpoint"], nonce=nonce, code_verifier=verifier)
    answer = browser.submit(browser.get(url), username=user.name, password=user.password)
    token = client.fetch_token(
        metadata["token_endpoint"], authorization_response=answer.location, state=state, code_verifier=verifier)
    return token, nonce


def verified(id_token, access_token, metadata, party, nonce, algorithm, now=None):
    """OpenID Connect Core, section 3.1.3.7."""
    keys = KeySet.import_key_set(requests.get(metadata["jwks_uri"], timeout=10).json())
    decoded = jwt.decode(id_token, keys, algorithms=[algorithm])
    claims = CodeIDToken(
        decoded.claims, decoded.header,
        {
            "iss": {"essential": True, "value": metadata["issuer"]},
            "aud": {"essential": True, "value": party.client_id},
            "auth_time": {"essential": True},
            "at_hash": {"essential": True},
        },
        {"nonce": nonce, "client_id": party.client_id, "access_token": access_token})
    claims.validate(now=now and int(now), leeway=0)
    return claims


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post", "none"])
def test_authlib_signs_in(provider, metadata, alice, agent, method):
    """OpenID Connect Core, sections 3.1 and 9; RFC 7636."""
    party = provider.add_client(token_endpoint_auth_method=method)
    with client_of(party, metadata, method) as client:
        token, nonce = sign_in(party, client, metadata, agent, alice)
        assert token["token_type"] == "Bearer"
        claims = verified(token["id_token"], token["access_token"], metadata, party, nonce, "RS256")
        assert claims["sub"] == alice.sub
        userinfo = client.get(metadata["userinfo_endpoint"]).json()
        assert userinfo["sub"] == claims["sub"]
        assert userinfo["email"] == "alice@example.com"
        assert userinfo["name"] == "Alice Example"


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_authlib_verifies_each_algorithm(provider, metadata, alice, agent, algorithm):
    """RFC 7518, section 3.1; RFC 8037, section 3.1: the algorithm is the one registered."""
    party = provider.add_client(id_token_signed_response_alg=algorithm)
    assert algorithm in metadata["id_token_signing_alg_values_supported"]
    with client_of(party, metadata, "client_secret_basic") as client:
        token, nonce = sign_in(party, client, metadata, agent, alice)
    assert verified(token["id_token"], token["access_token"], metadata, party, nonce, algorithm)["sub"] == alice.sub


@pytest.mark.parametrize("algorithm", ["RS384", "PS512", "ES384", "ES512"])
def test_authlib_verifies_an_algorithm_that_was_added(provider, metadata, alice, agent, algorithm):
    """A key is made when it is asked for; apps may then register for it."""
    provider.postern("key", "add", algorithm)
    party = provider.add_client(id_token_signed_response_alg=algorithm)
    with client_of(party, metadata, "client_secret_basic") as client:
        token, nonce = sign_in(party, client, metadata, agent, alice)
    # nginx keeps what it serves for five minutes, so the keys are asked for by the command line.
    listed = json.loads(provider.postern("key", "list", "--json"))
    keys = KeySet.import_key_set({"keys": [key["public_jwk"] for key in listed]})
    claims = jwt.decode(token["id_token"], keys, algorithms=[algorithm]).claims
    assert claims["sub"] == alice.sub and claims["nonce"] == nonce


def test_authlib_notices_another_nonce_and_another_client(provider, metadata, alice, agent, party, other_party):
    """The checks above can fail."""
    with client_of(party, metadata, "client_secret_basic") as client:
        token, nonce = sign_in(party, client, metadata, agent, alice)
    with pytest.raises(Exception, match="nonce"):
        verified(token["id_token"], token["access_token"], metadata, party, "another", "RS256")
    with pytest.raises(Exception, match="aud"):
        verified(token["id_token"], token["access_token"], metadata, other_party, nonce, "RS256")
    with pytest.raises(Exception, match="at_hash"):
        verified(token["id_token"], "another", metadata, party, nonce, "RS256")
    with pytest.raises(Exception, match="expired"):
        verified(token["id_token"], token["access_token"], metadata, party, nonce, "RS256", now=time.time() + 3601)
    with pytest.raises(Exception, match="iss"):
        verified(
            token["id_token"], token["access_token"], {**metadata, "issuer": metadata["issuer"] + "/"}, party, nonce,
            "RS256")


class Resource(JWTBearerTokenValidator):
    """An API that takes access tokens, as Authlib would protect it."""

    def __init__(self, metadata, audience):
        super().__init__(metadata["issuer"], audience)
        self.jwks = KeySet.import_key_set(requests.get(metadata["jwks_uri"], timeout=10).json())

    def get_jwks(self):
        return self.jwks


@pytest.mark.parametrize("preset", ["standard", "mendix"])
def test_authlib_takes_the_access_token_at_an_api(provider, metadata, alice, agent, preset):
    """RFC 9068, section 4. The audience of a Mendix app's token is the app, of any other's the issuer."""
    party = provider.add_client(preset=preset, id_token_signed_response_alg="ES256")
    with client_of(party, metadata, "client_secret_basic") as client:
        token, _ = sign_in(party, client, metadata, agent, alice)
    resource = Resource(metadata, party.client_id if preset == "mendix" else metadata["issuer"])
    claims = resource.authenticate_token(token["access_token"])
    resource.validate_token(claims, ["profile"], None)
    assert claims.header["typ"] == "at+jwt" and claims["sub"] == alice.sub
    with pytest.raises(InsufficientScopeError):
        resource.validate_token(claims, ["administration"], None)
    with pytest.raises(InvalidTokenError):
        elsewhere = Resource(metadata, "https://api.example/")
        elsewhere.validate_token(elsewhere.authenticate_token(token["access_token"]), [], None)
    # Section 5: an ID token is no access token, though issuer, key and, for a Mendix app, audience are the same.
    with pytest.raises(InvalidTokenError):
        resource.validate_token(resource.authenticate_token(token["id_token"]), [], None)


def test_authlib_is_told_why_a_code_is_refused(provider, metadata, alice, agent, party):
    """RFC 6749, section 5.2, as a library reads it: a code serves once."""
    with client_of(party, metadata, "client_secret_basic") as client:
        url, state = client.create_authorization_url(metadata["authorization_endpoint"], code_verifier="v" * 43)
        answer = agent.submit(agent.get(url), username=alice.name, password=alice.password)
        client.fetch_token(
            metadata["token_endpoint"], authorization_response=answer.location, state=state, code_verifier="v" * 43)
        with pytest.raises(OAuthError) as refused:
            client.fetch_token(
                metadata["token_endpoint"], authorization_response=answer.location, state=state,
                code_verifier="v" * 43)
    assert refused.value.error == "invalid_grant" and "refusal" in refused.value.description
