"""Authlib, a client library that nobody here wrote, signs in by HTTP and verifies the ID token by its own rules."""

import secrets

import pytest
import requests
from authlib.integrations.requests_client import OAuth2Session
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


def verified(id_token, access_token, metadata, party, nonce, algorithm):
    """OpenID Connect Core, section 3.1.3.7."""
    keys = KeySet.import_key_set(requests.get(metadata["jwks_uri"], timeout=10).json())
    decoded = jwt.decode(id_token, keys, algorithms=[algorithm])
    claims = CodeIDToken(
        decoded.claims, decoded.header,
        {
            "iss": {"essential": True, "value": metadata["issuer"]},
            "aud": {"essential": True, "value": party.client_id},
            "auth_time": {"essential": True},
        },
        {"nonce": nonce, "client_id": party.client_id, "access_token": access_token})
    claims.validate(leeway=0)
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
