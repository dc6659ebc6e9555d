"""The modules of "Basic" and "Dynamic" about request objects (OpenID Connect Core section 6, RFC 9101).

Those with unsigned ones are skipped for a provider that doesn't list `none`; what happens to them here is checked all the
same. Those of "Basic" run by `form_post` as well, as `test_oidcc_basic.py` does.
"""

import secrets
import time
import urllib.parse

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from oidc import base64url
from refusals import assert_page
from suite import BY_BOTH_MODES, new_key

OCT = OctKey.generate_key(256)


@pytest.fixture(scope="module")
def key():
    return new_key()


@pytest.fixture
def app(suite, served, key, mode):
    path = "/requesturi/" + secrets.token_urlsafe(48)
    app = suite.register(
        mode, key=key, request_object_signing_alg="RS256",
        request_uris=[served.uri(path) + "#" + base64url(secrets.token_bytes(32))])
    app.path = path
    yield app
    app.unregister()


def parameters(app, **changes):
    """All that an authorization request says, as the suite puts it into a request object."""
    url = app.request(**changes)
    return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query))


def signed(app, key, **changes):
    claims = {**parameters(app), "iss": app.client_id, "aud": app.suite.metadata["issuer"], **changes}
    return jwt.encode({"alg": "RS256", "kid": key.kid}, claims, key)


def unsigned(app, **changes):
    payload = jwt.encode({"alg": "HS256"}, parameters(app, **changes), OCT, algorithms=["HS256"]).split(".")[1]
    return base64url(b'{"alg":"none"}') + "." + payload + "."


def ask(app, browser, **fields):
    """With what OpenID Connect Core section 6.1 wants beside the object, and no more."""
    beside = {"client_id": app.client_id, "response_type": "code", "scope": "openid", **fields}
    return browser.get(app.suite.metadata["authorization_endpoint"] + "?" + urllib.parse.urlencode(beside))


@pytest.mark.parametrize("media_type", ["application/oauth-authz-req+jwt", "application/jwt"])
def test_oidcc_request_uri_signed_rs256(app, served, key, agent, metadata, media_type):
    """The suite serves `application/jwt`; RFC 9101 section 5.2.3 has the other."""
    assert "RS256" in metadata["request_object_signing_alg_values_supported"]
    served.serve(app.path, signed(app, key).encode(), Content_Type=media_type)
    page = ask(app, agent, request_uri=app.registered["request_uris"][0])
    app.person(app.fetch(app.answer(app.log_in(agent, page))))


def test_a_signed_request_by_value(app, key, agent):
    page = ask(app, agent, request=signed(app, key, exp=int(time.time()) + 60))
    app.person(app.fetch(app.answer(app.log_in(agent, page))))


def test_a_signed_request_by_cross_site_post(app, key, agent):
    """It goes on by a GET that carries cookies, and what was signed goes with it."""
    fields = {"client_id": app.client_id, "response_type": "code", "scope": "openid", "request": signed(app, key)}
    answer = agent.post(urllib.parse.urlsplit(app.suite.metadata["authorization_endpoint"]).path, fields)
    assert answer.status == 303
    app.fetch(app.answer(app.log_in(agent, agent.follow(answer))))


def test_an_app_that_must_sign_is_heard_in_nothing_else(suite, key, agent):
    app = suite.register(key=key, require_signed_request_object=True)
    app.assert_error(app.open(agent), "invalid_request")
    object = signed(app, key)
    page = ask(app, agent, request=object, prompt="none")
    app.fetch(app.answer(app.log_in(agent, page)))
    app.unregister()


@BY_BOTH_MODES
def test_oidcc_unsigned_request_object_supported_correctly_or_rejected_as_unsupported(app, agent, metadata):
    assert "none" not in metadata["request_object_signing_alg_values_supported"]
    app.assert_error(ask(app, agent, request=unsigned(app)), "request_not_supported")


@BY_BOTH_MODES
def test_oidcc_request_uri_unsigned(app, served, agent):
    """And `oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported`."""
    served.serve(app.path, unsigned(app).encode())
    app.assert_error(ask(app, agent, request_uri=app.registered["request_uris"][0]), "request_uri_not_supported")


@BY_BOTH_MODES
def test_oidcc_ensure_request_object_with_redirect_uri(app, key, agent):
    """The object's redirect URI counts; of an object that isn't taken, not even that leads away."""
    page = ask(app, agent, request=signed(app, key), redirect_uri="https://conformance.example/invalid")
    app.fetch(app.answer(app.log_in(agent, page)))
    assert_page(ask(
        app, agent, request=unsigned(app), redirect_uri="https://conformance.example/invalid"))


def test_an_app_without_keys_is_told_that_it_may_not(suite, served, key, agent):
    app = suite.register()
    app.assert_error(ask(app, agent, request=signed(app, key)), "request_not_supported")
    answer = ask(app, agent, request_uri=served.uri("/x"), redirect_uri=app.redirect_uri, state=app.state)
    app.assert_error(answer, "request_uri_not_supported")
    app.unregister()


@pytest.mark.parametrize("changes", [
    {"aud": "https://other.example/"}, {"iss": "other"}, {"exp": 1}, {"nbf": 2_000_000_000_000}, {"request": "e30.e30.e30"}])
def test_what_a_request_object_says_wrongly_is_told_to_the_app(app, key, agent, changes):
    app.assert_error(ask(app, agent, request=signed(app, key, **changes)), "invalid_request_object")


def test_another_key_and_another_address_are_told_to_the_app(app, served, agent):
    app.assert_error(ask(app, agent, request=signed(app, new_key())), "invalid_request_object")
    beside = {"redirect_uri": app.redirect_uri, "state": app.state}
    app.assert_error(ask(app, agent, request_uri=served.uri("/elsewhere"), **beside), "invalid_request_uri")
    uri = app.registered["request_uris"][0]
    app.assert_error(ask(app, agent, request_uri=uri, **beside), "invalid_request_uri")
