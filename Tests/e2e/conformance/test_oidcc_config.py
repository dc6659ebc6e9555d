"""The plan "Config": `OIDCCConfigTestPlan`. Its one module is part of the plans of logout and "Dynamic" as well."""

import re
import urllib.parse

import requests
from authlib.oidc.discovery import OpenIDProviderMetadata, get_well_known_url

from waiting import wait_for


def test_oidcc_discovery_endpoint_verification(provider, metadata):
    """OpenID Connect Discovery sections 3 and 4.3, RFC 8414 section 2; Authlib checks each member's form."""
    assert get_well_known_url(provider.issuer, external=True) == provider.issuer + "/.well-known/openid-configuration"
    assert metadata["issuer"] == provider.issuer
    # Authlib takes no http, which the issuer of a test has: an endpoint is https where its issuer is.
    endpoints = {name: uri for name, uri in metadata.items() if name.endswith("_endpoint") or name == "jwks_uri"}
    assert all(uri.startswith(provider.issuer + "/") for uri in endpoints.values())
    secure = {name: uri.replace("http://", "https://") for name, uri in endpoints.items()}
    OpenIDProviderMetadata({**metadata, **secure, "issuer": provider.issuer.replace("http://", "https://")}).validate()
    assert {"authorization_endpoint", "token_endpoint", "userinfo_endpoint", "registration_endpoint", "jwks_uri"} <= set(endpoints)

    for name, value in metadata.items():
        assert value not in ([], "", None), name
        if name.endswith("_supported") and isinstance(value, list):
            assert all(isinstance(item, str) for item in value) and len(set(value)) == len(value), name
    assert "code" in metadata["response_types_supported"] and "authorization_code" in metadata["grant_types_supported"]
    assert set(metadata["subject_types_supported"]) <= {"public", "pairwise"}
    assert "RS256" in metadata["id_token_signing_alg_values_supported"]
    assert "RS256" in metadata["request_object_signing_alg_values_supported"]
    assert metadata["claims_parameter_supported"] and metadata["request_parameter_supported"]
    assert metadata["request_uri_parameter_supported"]
    assert "openid" in metadata["scopes_supported"]
    assert all(re.fullmatch(r"[\x21\x23-\x5b\x5d-\x7e]+", scope) for scope in metadata["scopes_supported"])
    assert metadata["ui_locales_supported"] == ["de", "en"], "in BCP 47's own casing"
    assert "sub" in metadata["claims_supported"] and "S256" in metadata["code_challenge_methods_supported"]


def test_the_published_keys_are_what_the_suite_wants(metadata):
    """What every module begins with: distinct `kid`s, no private halves (OpenID Connect Core section 10.1)."""
    keys = requests.get(metadata["jwks_uri"], timeout=10).json()["keys"]
    assert len({key["kid"] for key in keys}) == len(keys) > 0
    assert all(key["use"] == "sig" and not {"d", "p", "q", "k"} & key.keys() for key in keys)


def test_rfc_8414s_location_says_the_same(provider):
    parts = urllib.parse.urlsplit(provider.issuer)
    uri = f"{parts.scheme}://{parts.netloc}/.well-known/oauth-authorization-server{parts.path}"

    def the_same():
        # Both as of now: what other tests turn on shows here once nginx asks again, which may be between the two.
        answers = [requests.get(address, timeout=10) for address in (get_well_known_url(provider.issuer, external=True), uri)]
        assert all(answer.status_code == 200 for answer in answers)
        return answers[0].json() == answers[1].json()

    wait_for(the_same, "both documents to be of one moment")
