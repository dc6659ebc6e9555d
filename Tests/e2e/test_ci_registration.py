"""Jobs of a CI system register apps by the identity token that it signs for each (RFC 7591, RFC 8725)."""

import base64
import concurrent.futures
import hashlib
import hmac
import json
import secrets
import subprocess
import time

import pytest
import requests
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from key_server import KeyServer
from provider import running_provider
from test_registration import manage
from test_why import why

REDIRECT = "https://shop.apps.example/callback"


class CI:
    """A CI system: an issuer with discovery and keys, which signs what a test says."""

    def __init__(self):
        self.server = KeyServer()
        self.issuer = self.server.uri("")
        self.key = self.new_key()
        self.publish(self.key)
        self.server.serve(
            "/.well-known/openid-configuration",
            {"issuer": self.issuer, "jwks_uri": self.server.uri("/keys")})

    @staticmethod
    def new_key():
        return RSAKey.generate_key(2048, {"kid": secrets.token_hex(4), "use": "sig", "alg": "RS256"})

    def publish(self, *keys):
        self.server.publish("/keys", *keys)

    def claims(self, audience, **changes):
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": audience, "sub": "project_path:team/shop:ref_type:branch:ref:main",
            "iat": now, "nbf": now - 5, "exp": now + 600, "jti": secrets.token_hex(16), "project_path": "team/shop",
            "ref": "main", "ref_protected": "true", "project_id": "7", **changes,
        }
        return {name: value for name, value in claims.items() if value is not None}

    def token(self, audience, key=None, algorithm="RS256", header=(), **changes):
        key = key or self.key
        fields = {"alg": algorithm, "kid": key.kid, "typ": "JWT", **dict(header)}
        return jwt.encode(fields, self.claims(audience, **changes), key, algorithms=[algorithm])


@pytest.fixture(scope="module")
def ci():
    system = CI()
    yield system
    system.server.close()


RULES = """
registration:
  ci:
    - name: shop
      issuer: {issuer}
      claims: {{ project_path: team/shop, ref: main, ref_protected: "true" }}
      redirect_hosts: ["*.apps.example"]
      scope: openid profile email
    - name: waits
      issuer: {issuer}
      claims: {{ project_path: team/waits }}
      needs_approval: true
    - name: down
      issuer: {down}
      claims: {{ project_path: team/shop }}
    - name: misnamed
      issuer: {misnamed}
      claims: {{ project_path: team/shop }}
"""


@pytest.fixture(scope="module")
def provider(ci):
    down, misnamed = ci.server.uri("/down"), ci.server.uri("/misnamed")
    ci.server.serve("/down/.well-known/openid-configuration", b"", status=503)
    ci.server.serve(
        "/misnamed/.well-known/openid-configuration", {"issuer": ci.issuer, "jwks_uri": ci.server.uri("/keys")})
    rules = RULES.format(issuer=ci.issuer, down=down, misnamed=misnamed)
    with running_provider(lambda text: text + rules) as running:
        yield running


def register(provider, token, **metadata):
    metadata = {"client_name": "Shop", "redirect_uris": [REDIRECT], "scope": "openid profile email", **metadata}
    return requests.post(
        f"{provider.base}/register", json=metadata, headers={"Authorization": f"Bearer {token}"}, timeout=30)


def assert_refused(provider, token, words=""):
    with provider.database.unchanged():
        answer = register(provider, token)
    assert answer.status_code == 401 and answer.json()["error"] == "invalid_token", answer.text
    assert words in answer.json()["error_description"], answer.text
    assert answer.headers["WWW-Authenticate"].startswith('Bearer realm="registration"')
    return answer.json()["error_description"].split("(refusal ")[1][:12]


def test_a_pipeline_with_curl(provider, ci, tmp_path):
    """As docs/self-registration.md has it for GitLab."""
    token = ci.token(provider.issuer)
    made = tmp_path / "registration.json"
    command = [
        "curl", "--fail-with-body", "-sS", f"{provider.issuer}/register", "-o", made, "-H",
        f"Authorization: Bearer {token}", "-H", "Content-Type: application/json", "-d",
        json.dumps({"client_name": "Shop", "redirect_uris": [REDIRECT], "scope": "openid profile email"}),
    ]
    assert subprocess.run(command, check=False).returncode == 0
    registered = json.loads(made.read_text())
    assert registered["client_secret"] and "awaits_approval" not in registered
    assert subprocess.run(command, check=False, stdout=subprocess.DEVNULL).returncode != 0, "it serves once"
    assert "used before" in json.loads(made.read_text())["error_description"]

    refused = manage(
        "PUT", registered, client_id=registered["client_id"], scope="openid", redirect_uris=["https://evil.example/"])
    assert refused.status_code == 400 and refused.json()["error"] == "invalid_redirect_uri", "the rule binds changes"
    row = json.loads(provider.postern("audit", "--json", "--app", registered["client_id"]))
    assert row["event"] == "client.added" and row["via"] == "registration"
    assert row["actor"] == {"kind": "ci-job", "id": "shop project_path:team/shop:ref_type:branch:ref:main"}
    assert "CI shop: project_path" in provider.postern("audit", "--app", registered["client_id"])


def test_what_a_rule_does_not_permit_spends_nothing(provider, ci):
    token = ci.token(provider.issuer)
    for metadata in (
            {"redirect_uris": ["https://evil.example/"]}, {"scope": "openid phone"},
            {"grant_types": ["client_credentials"]}):
        answer = register(provider, token, **metadata)
        assert answer.status_code == 400, answer.text
    assert register(provider, token).status_code == 201


def test_one_token_at_the_same_moment_from_two_connections(provider, ci):
    for _ in range(5):
        token = ci.token(provider.issuer)
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            statuses = sorted(pool.map(lambda _: register(provider, token).status_code, range(2)))
        assert statuses == [201, 401]


def test_an_audience_in_an_array_of_one(provider, ci):
    assert register(provider, ci.token([provider.issuer])).status_code == 201


NOW = object()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"iss": "https://ci.example"}, "none of ours"), ({"iss": None}, "none of ours"),
        ({"aud": "https://other.example"}, "aud of the CI token"), ({"aud": None}, "aud of the CI token"),
        ({"aud": [None, "https://other.example"]}, "aud of the CI token"), ({"aud": []}, "aud of the CI token"),
        ({"project_path": "team/other"}, "claims of the CI token"), ({"project_path": None}, "claims of the CI token"),
        ({"ref": ["main"]}, "claims of the CI token"), ({"ref_protected": True}, "claims of the CI token"),
        ({"ref": "Main"}, "claims of the CI token"),
        ({"jti": None}, "jti"), ({"jti": ""}, "jti"), ({"jti": 7}, "jti"), ({"sub": None}, "sub"),
        ({"exp": None}, "exp and iat"), ({"iat": None}, "exp and iat"), ({"exp": "tomorrow"}, "exp and iat"),
        ({"iat": -7200, "nbf": -7200, "exp": -3700}, "expired"), ({"iat": 3600, "exp": 4000}, "not valid yet"),
        ({"nbf": 300}, "not valid yet"), ({"exp": 86400}, "more than an hour"),
        ({"iat": -86400, "exp": 60}, "more than an hour"),
    ])
def test_a_token_that_no_rule_takes(provider, ci, changes, words):
    now = int(time.time())
    changes = {
        name: now + value if name in ("exp", "iat", "nbf") and isinstance(value, int) else value
        for name, value in changes.items()}
    if isinstance(changes.get("aud"), list):
        changes["aud"] = [value or provider.issuer for value in changes["aud"]]
    assert_refused(provider, ci.token(provider.issuer, **changes), words)


def forged(provider, ci, header, signature):
    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=")

    text = part({"typ": "JWT", "kid": ci.key.kid, **header}) + b"." + part(ci.claims(provider.issuer))
    return (text + b"." + signature(text)).decode()


def test_algorithms_that_the_rule_does_not_name(provider, ci):
    """RFC 8725, sections 2.1 and 3.1."""
    assert_refused(provider, forged(provider, ci, {"alg": "none"}, lambda _: b""), "alg")
    for secret in (ci.key.as_pem(private=False), json.dumps(ci.key.as_dict(private=False)).encode()):
        def sign(text, secret=secret):
            return base64.urlsafe_b64encode(hmac.new(secret, text, hashlib.sha256).digest()).rstrip(b"=")
        assert_refused(provider, forged(provider, ci, {"alg": "HS256"}, sign), "alg")
    curve = ECKey.generate_key("P-256", {"kid": "curve", "use": "sig"})
    ci.publish(ci.key, curve)
    try:
        assert_refused(provider, ci.token(provider.issuer, key=curve, algorithm="ES256"), "alg")
    finally:
        ci.publish(ci.key)


def test_keys_of_others_and_tokens_of_another_kind(provider, ci):
    stranger = ci.new_key()
    assert_refused(provider, ci.token(provider.issuer, key=stranger), "not signed by a key")
    stranger = RSAKey.generate_key(2048, {"kid": ci.key.kid})
    assert_refused(provider, ci.token(provider.issuer, key=stranger), "not signed by a key")
    for typ in ("at+jwt", "logout+jwt"):
        assert_refused(provider, ci.token(provider.issuer, header={"typ": typ}), "not signed by a key")
    own = provider.add_client(grant_types=["client_credentials"], redirect_uris=[], scope="")
    answer = requests.post(
        f"{provider.issuer}/token", auth=(own.client_id, own.secret), data={"grant_type": "client_credentials"},
        timeout=10).json()
    assert_refused(provider, answer["access_token"], "none of ours")


def test_a_new_key_is_found(ci):
    with running_provider(lambda text: text + RULES.format(
            issuer=ci.issuer, down=ci.issuer + "/d", misnamed=ci.issuer + "/m")) as fresh:
        assert register(fresh, ci.token(fresh.issuer)).status_code == 201
        before = ci.server.asked["/keys"]
        new = ci.new_key()
        ci.publish(ci.key, new)
        try:
            assert register(fresh, ci.token(fresh.issuer, key=new)).status_code == 201
            assert register(fresh, ci.token(fresh.issuer, key=new)).status_code == 201
            assert ci.server.asked["/keys"] == before + 1
            for _ in range(5):
                assert register(fresh, ci.token(fresh.issuer, key=ci.new_key())).status_code == 401
            assert ci.server.asked["/keys"] == before + 1, "one fetch a minute"
        finally:
            ci.publish(ci.key)


def test_keys_that_can_not_be_had_now(provider, ci):
    with provider.database.unchanged():
        answer = register(provider, ci.token(provider.issuer, iss=ci.server.uri("/down")))
    assert answer.status_code == 503 and answer.json()["error"] == "temporarily_unavailable"
    assert answer.headers["Retry-After"] and "WWW-Authenticate" not in answer.headers


def test_an_issuer_that_calls_itself_otherwise(provider, ci):
    """OpenID Connect Discovery, section 4.3: no keys are taken from it."""
    answer = register(provider, ci.token(provider.issuer, iss=ci.server.uri("/misnamed")))
    assert answer.status_code == 500 and answer.json()["error"] == "server_error"
    assert "another issuer" in provider.log("slow")


@pytest.mark.parametrize("size", [6_000, 9_000, 40_000])
def test_a_token_of_any_size(provider, ci, size):
    token = ci.token(provider.issuer, filler="x" * int(size * 0.7))
    answer = register(provider, token)
    assert answer.status_code == (201 if len(token) < 8000 else 400), len(token)


@pytest.mark.parametrize("token", ["a.b.c", "..", "e30.e30.e30", "eyJhbGciOiJSUzI1NiJ9..", "x" * 43 + ".x.x"])
def test_what_is_no_jwt(provider, token):
    assert_refused(provider, token, "none of ours")


def test_why_says_which_claim_and_nothing_of_the_token(provider, ci):
    token = ci.token(provider.issuer, project_path="team/other", ref_protected=True)
    told = why(provider, assert_refused(provider, token))
    assert 'project_path "team/shop"  (of the rule shop)' in told
    assert 'project_path came as "team/other"' in told
    assert "ref_protected came as true" in told and "in quotes" in told
    for pool in ("fast", "slow"):
        for part in token.split("."):
            assert part not in provider.log(pool) + told


def test_an_app_may_wait_for_approval(provider, ci):
    made = register(provider, ci.token(provider.issuer, project_path="team/waits")).json()
    assert made["awaits_approval"] is True
    listed = {client["client_id"]: client for client in json.loads(provider.postern("client", "list", "--json"))}
    assert listed[made["client_id"]]["awaits_approval"] is True


def test_check_tells_what_is_wrong_with_its_line(provider, tmp_path):
    config = tmp_path / "postern.yaml"
    text = provider.config.read_text()
    config.write_text(text.replace("claims: { project_path: team/waits }", "claims: {}"))
    run = subprocess.run(
        [provider.programs / "postern", "check", "--config", config], text=True, capture_output=True, check=False)
    line = text[:text.index("team/waits")].count("\n") + 1
    assert run.returncode != 0 and f"postern.yaml:{line}: registration.ci.2.claims names none" in run.stderr + run.stdout
