"""What the modules of the OpenID Foundation's conformance suite have in common: an app that registers itself, signs a
user in, and checks all that comes of it.

Requests are made by Authlib, tokens are verified by joserfc; nobody here wrote either.
"""

import re
import secrets
import time
import urllib.parse
from dataclasses import dataclass, field

import pytest
import requests
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from oidc import Forms

# A module that the suite runs by `form_post` as well.
BY_BOTH_MODES = pytest.mark.parametrize("mode", [None, "form_post"], ids=["query", "form_post"])
CALLBACK = "https://conformance.example/callback"
AFTER_LOGOUT = "https://conformance.example/post_logout_redirect"
# What a token of OpenID Connect Core section 2 may say without being asked.
UNASKED = {
    "iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "azp", "at_hash", "nbf", "jti", "sid"}
ERROR_MEMBERS = {"error", "error_description", "error_uri", "state", "iss"}


class KeyJWT(PrivateKeyJWT):
    """Authlib lets an assertion live for an hour; the suite, for a minute."""

    def sign(self, auth, token_endpoint):
        self.claims = {"exp": int(time.time()) + 60, **self.extra}
        return super().sign(auth, token_endpoint)

    def __init__(self, *arguments, extra=None, **options):
        super().__init__(*arguments, **options)
        self.extra = extra or {}


def new_key():
    return RSAKey.generate_key(2048, {"kid": secrets.token_hex(4), "use": "sig"})


@dataclass
class Suite:
    provider: object
    metadata: dict
    user: object
    initial_access_token: str

    def post_registration(self, **metadata):
        body = {
            "client_name": "Conformance", "redirect_uris": [CALLBACK], "grant_types": ["authorization_code"],
            "response_types": ["code"], "contacts": ["certification@example.com"],
            "token_endpoint_auth_method": "client_secret_basic", **metadata,
        }
        return requests.post(
            self.metadata["registration_endpoint"], timeout=30,
            json={name: value for name, value in body.items() if value is not None},
            headers={"Authorization": f"Bearer {self.initial_access_token}"})

    def register(self, mode=None, key=None, assertion=None, **metadata):
        """OpenID Connect Registration section 3.2, RFC 7591 section 3.2.1: 201, with all that manages it."""
        if key and not {"jwks", "jwks_uri"} & set(metadata):
            metadata["jwks"] = {"keys": [key.as_dict(private=False)]}
        answer = self.post_registration(**metadata)
        assert answer.status_code == 201, answer.text
        assert answer.headers["Content-Type"].split(";")[0] == "application/json"
        registered = answer.json()
        assert "error" not in registered and registered["client_id"]
        assert registered["registration_client_uri"].startswith(self.metadata["registration_endpoint"])
        assert registered["registration_access_token"]
        if registered["token_endpoint_auth_method"].startswith("client_secret"):
            assert registered["client_secret"] and registered["client_secret_expires_at"] == 0
        for name, value in metadata.items():
            assert value is None or registered[name] == value
        return App(self, registered, mode=mode, key=key, assertion=assertion or {})

    def keys(self):
        return requests.get(self.metadata["jwks_uri"], timeout=10).json()

    def refused_registration(self, **metadata):
        """OpenID Connect Registration section 3.3."""
        answer = self.post_registration(**metadata)
        assert answer.status_code == 400 and answer.headers["Content-Type"].split(";")[0] == "application/json"
        assert "client_id" not in answer.json()
        return answer.json()["error"]


@dataclass
class Tokens:
    response: dict
    claims: dict
    header: dict

    @property
    def access_token(self):
        return self.response["access_token"]

    @property
    def id_token(self):
        return self.response["id_token"]


@dataclass
class App:
    suite: Suite
    registered: dict
    # `form_post`, or None: the answer comes in the query.
    mode: str | None = None
    key: object = None
    # Claims of its client assertions that are another than Authlib's.
    assertion: dict = field(default_factory=dict)
    # Where it finds the provider, if that is at another moment: see `go`.
    moment: object = None

    def __post_init__(self):
        method = self.registered["token_endpoint_auth_method"]
        self.redirect_uri = self.registered["redirect_uris"][0]
        self.session = OAuth2Session(
            client_id=self.registered["client_id"], redirect_uri=self.redirect_uri, scope="openid",
            client_secret=self.key if method == "private_key_jwt" else self.registered.get("client_secret"),
            token_endpoint_auth_method=method)
        if method == "private_key_jwt":
            self.rotate(self.key)

    @property
    def client_id(self):
        return self.registered["client_id"]

    def rotate(self, key):
        self.session.client_secret = key
        self.session.client_auth_methods = {}
        self.session.register_client_auth_method(KeyJWT(
            self.suite.metadata["token_endpoint"], alg="RS256", headers={"kid": key.kid} if key.kid else None,
            extra=self.assertion))

    def go(self, moment, browser):
        """To the same provider at another moment."""
        self.moment = moment
        browser.close()
        browser.port = moment.port

    def endpoint(self, name):
        uri = self.suite.metadata[name]
        return uri.replace(f":{self.suite.provider.port}/", f":{self.moment.port}/") if self.moment else uri

    def request(self, **changes):
        """The URL of an authorization request with these parameters changed; None takes one out."""
        asked = {"nonce": secrets.token_urlsafe(12), "state": secrets.token_urlsafe(12), "response_mode": self.mode}
        asked |= changes
        scope = asked.pop("scope", None)
        self.session.scope = scope or "openid"
        self.nonce, self.state, self.scope = asked["nonce"], asked["state"], self.session.scope
        url, _ = self.session.create_authorization_url(
            self.suite.metadata["authorization_endpoint"],
            **{name: value for name, value in asked.items() if value is not None and name != "response_type"})
        for name in (name for name, value in changes.items() if value is None and name in ("response_type", "redirect_uri")):
            url = re.sub(rf"(?<=[?&]){name}=[^&]*&?", "", url)
        return url

    def open(self, browser, method="GET", **changes):
        """Whatever the authorization endpoint answers."""
        url = self.request(**changes)
        if method == "GET":
            return browser.get(url)
        answer = browser.post(
            urllib.parse.urlsplit(url).path, urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query))
        # A cross-site POST carries no SameSite=Lax cookie.
        return browser.follow(answer) if answer.status == 303 and "/authorize?" in answer.location else answer

    def sign_in(self, browser, **options):
        """From the request through the pages to the answer, its fields checked."""
        return self.answer(self.pass_pages(browser, self.open(browser, **options)))

    def pass_pages(self, browser, response):
        """Signs in and consents, where it is asked for."""
        if response.is_page and "password" in response.form.attributes:
            response = self.log_in(browser, response)
        if response.status == 303 and urllib.parse.urlsplit(response.location).path.endswith("/authorize"):
            response = browser.follow(response)
        if response.is_page and "decision" in response.text:
            response = browser.submit(response, decision="allow")
        return response

    def log_in(self, browser, page):
        assert page.status == 200 and "password" in page.form.attributes, page.form.text
        return browser.submit(page, username=self.suite.user.name, password=self.suite.user.password)

    def answer(self, response):
        """The fields of an answer that came as it was asked for: in the query, or in a form that posts itself (OAuth 2.0
        Form Post Response Mode section 2)."""
        if self.mode != "form_post":
            assert response.status in (302, 303) and response.location, response
            target, _, query = response.location.partition("?")
            registered, _, own = self.redirect_uri.partition("?")
            assert target == registered
            fields = dict(urllib.parse.parse_qsl(query, strict_parsing=True))
            for name, value in urllib.parse.parse_qsl(own):
                assert fields.pop(name) == value, "a query of the redirect URI is kept"
        else:
            assert response.status == 200 and response.is_page and response.location is None, response
            form: Forms = response.form
            assert form.action == self.redirect_uri and 'method="post"' in response.text
            fields = form.fields
        assert fields["iss"] == self.suite.metadata["issuer"]
        assert fields.get("state") == self.state
        return fields

    def assert_error(self, response, *errors):
        """OpenID Connect Core section 3.1.2.6, RFC 6749 section 4.1.2.1."""
        fields = self.answer(response)
        assert fields["error"] in errors, fields
        assert set(fields) <= ERROR_MEMBERS
        assert re.fullmatch(r"[\x20-\x21\x23-\x5b\x5d-\x7e]+", fields["error_description"])

    def code(self, fields):
        assert set(fields) <= {"code", "state", "iss"}, fields
        assert len(fields["code"]) * 8 >= 128
        return fields["code"]

    def fetch(self, fields, **options):
        """Tokens for the code that came, verified."""
        code = self.code(fields)
        received = f"{self.redirect_uri.partition('?')[0]}?{urllib.parse.urlencode({'code': code, 'state': self.state})}"
        response = self.session.fetch_token(
            self.endpoint("token_endpoint"), authorization_response=received, state=self.state, **options)
        assert response["token_type"] == "Bearer" and response["expires_in"] > 0
        return self.verified(response)

    def verified(self, response, nonce=True):
        """OpenID Connect Core section 3.1.3.7, with the checks that every module of the suite makes."""
        algorithm = self.registered["id_token_signed_response_alg"]
        decoded = jwt.decode(
            response["id_token"], KeySet.import_key_set(self.suite.keys()), algorithms=[algorithm])
        claims = CodeIDToken(
            decoded.claims, decoded.header,
            {
                "iss": {"essential": True, "value": self.suite.metadata["issuer"]},
                "aud": {"essential": True, "value": self.client_id}, "sub": {"essential": True},
            },
            {
                "nonce": self.nonce if nonce else None, "client_id": self.client_id,
                "access_token": response["access_token"],
            })
        claims.validate(now=int(time.time()) + (self.moment.seconds if self.moment else 0), leeway=0)
        assert ("nonce" in claims) == bool(self.nonce) or not nonce
        assert decoded.header["kid"] and len(claims["sub"].encode()) <= 255
        assert set(claims) <= UNASKED, "nobody asked for more"
        # Where others give 0, or a session's that isn't this one's.
        assert 0 < claims["auth_time"] <= claims["iat"]
        assert claims["sid"] not in (self.suite.user.name, claims["sub"])
        return Tokens(response, dict(claims), decoded.header)

    def tokens(self, browser, **options):
        """A whole flow, by whatever it takes."""
        return self.fetch(self.answer(self.pass_pages(browser, self.open(browser, **options))))

    def userinfo(self, tokens, method="GET", **options):
        """OpenID Connect Core section 5.3.2."""
        options = options or {"headers": {"Authorization": f"Bearer {tokens.access_token}"}}
        return requests.request(method, self.endpoint("userinfo_endpoint"), timeout=10, **options)

    def person(self, tokens, **options):
        answer = self.userinfo(tokens, **options)
        assert answer.status_code == 200 and answer.headers["Content-Type"].split(";")[0] == "application/json"
        person = answer.json()
        assert person["sub"] == tokens.claims["sub"]
        return person

    def unregister(self):
        """RFC 7592 section 2.3."""
        answer = requests.delete(
            self.registered["registration_client_uri"], timeout=10,
            headers={"Authorization": f"Bearer {self.registered['registration_access_token']}"})
        assert answer.status_code == 204 and answer.content == b""

    def log_out(self, browser, **parameters):
        """RP-Initiated Logout section 2."""
        asked = {name: value for name, value in parameters.items() if value is not None}
        return browser.get(self.suite.metadata["end_session_endpoint"] + "?" + urllib.parse.urlencode(asked))

    def is_signed_in(self, browser):
        """Whoever isn't would have to be shown a page (OpenID Connect Core section 3.1.2.6)."""
        fields = self.answer(self.open(browser, prompt="none"))
        assert "code" in fields or fields["error"] == "login_required", fields
        return "code" in fields
