"""Client authentication (OpenID Connect Core, section 9; RFC 7521, section 4.2; RFC 7523, section 3) from outside."""

import base64
import concurrent.futures
import hashlib
import hmac
import json
import secrets
import ssl
import subprocess
import time

import pytest
import requests
from authlib.integrations.requests_client import OAuth2Session
from authlib.oauth2.rfc7523 import ClientSecretJWT, PrivateKeyJWT
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from key_server import KeyServer, drip, flood
from oidc import base64url
from provider import running_provider

TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ALGORITHMS = ["RS256", "PS256", "ES256", "ES384", "ES512", "EdDSA"]
CURVES = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521"}


def key_for(algorithm, kid=None):
    options = {"kid": kid or secrets.token_hex(4), "use": "sig"}
    if algorithm in CURVES:
        return ECKey.generate_key(CURVES[algorithm], options)
    if algorithm == "EdDSA":
        return OKPKey.generate_key("Ed25519", options)
    return RSAKey.generate_key(2048, options)


@pytest.fixture(scope="module")
def server():
    running = KeyServer()
    yield running
    running.close()


@pytest.fixture(scope="module")
def metadata(provider):
    return requests.get(f"{provider.issuer}/.well-known/openid-configuration", timeout=10).json()


def assertion(party, key, algorithm, header=(), **changes):
    """A good one of this party with these claims changed; None takes one out."""
    now = int(time.time())
    claims = {
        "iss": party.client_id, "sub": party.client_id, "aud": party.issuer, "iat": now, "exp": now + 60,
        "jti": secrets.token_urlsafe(12), **changes,
    }
    fields = {"alg": algorithm, "typ": "JWT", **({"kid": key.kid} if getattr(key, "kid", None) else {}), **dict(header)}
    claims = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(fields, claims, key, algorithms=[algorithm])


def ask(party, text, **fields):
    """A token request whose client is right or wrong; its code is wrong, so a client that was believed is told that."""
    answer = party.back.post(
        f"{party.path}/token",
        {
            "grant_type": "authorization_code", "code": "AAAA", "redirect_uri": party.redirect_uri,
            "client_assertion_type": TYPE, "client_assertion": text, **fields,
        })
    assert answer.header("Cache-Control") == "no-store"
    return answer.status, answer.json()["error"]


BELIEVED = (400, "invalid_grant")
REFUSED = (401, "invalid_client")


def keyed(provider, *keys, **metadata):
    keys = {"keys": [key.as_dict(private=False) for key in keys]}
    return provider.add_client(token_endpoint_auth_method="private_key_jwt", jwks=keys, **metadata)


# --- Authlib does each method -----------------------------------------------------------------------------------------


class ShortLived:
    """Authlib lets an assertion live for an hour, and gives no other way to say less than claims of one's own."""

    def sign(self, auth, token_endpoint):
        self.claims = {"exp": int(time.time()) + 60}
        return super().sign(auth, token_endpoint)


class SecretJWT(ShortLived, ClientSecretJWT):
    pass


class KeyJWT(ShortLived, PrivateKeyJWT):
    pass


def sign_in(provider, metadata, user, party, secret, method):
    name = method if isinstance(method, str) else method.name
    with OAuth2Session(
        client_id=party.client_id, client_secret=secret, token_endpoint_auth_method=name,
        redirect_uri=party.redirect_uri, scope="openid", code_challenge_method="S256",
    ) as client:
        if not isinstance(method, str):
            client.register_client_auth_method(method)
        verifier = secrets.token_urlsafe(48)
        url, state = client.create_authorization_url(metadata["authorization_endpoint"], code_verifier=verifier)
        browser = provider.browser()
        answer = browser.submit(browser.get(url), username=user.name, password=user.password)
        return client.fetch_token(
            metadata["token_endpoint"], authorization_response=answer.location, state=state, code_verifier=verifier)


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post", "none"])
def test_authlib_by_secret_or_none(provider, metadata, alice, method):
    party = provider.add_client(token_endpoint_auth_method=method)
    assert method in metadata["token_endpoint_auth_methods_supported"]
    assert sign_in(provider, metadata, alice, party, party.secret, method)["id_token"]


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
def test_authlib_by_client_secret_jwt(provider, metadata, alice, algorithm):
    party = provider.add_client(
        token_endpoint_auth_method="client_secret_jwt", token_endpoint_auth_signing_alg=algorithm)
    assert "client_secret_jwt" in metadata["token_endpoint_auth_methods_supported"]
    assert algorithm in metadata["token_endpoint_auth_signing_alg_values_supported"]
    method = SecretJWT(metadata["token_endpoint"], alg=algorithm)
    assert sign_in(provider, metadata, alice, party, OctKey.import_key(party.secret), method)["id_token"]


@pytest.mark.parametrize("published", [False, True], ids=["jwks", "jwks_uri"])
@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_authlib_by_private_key_jwt(provider, metadata, alice, server, algorithm, published):
    key = key_for(algorithm)
    if published:
        uri = server.publish(f"/{algorithm}", key)
        party = provider.add_client(token_endpoint_auth_method="private_key_jwt", jwks_uri=uri)
    else:
        party = keyed(provider, key, token_endpoint_auth_signing_alg=algorithm)
    assert party.secret is None
    assert algorithm in metadata["token_endpoint_auth_signing_alg_values_supported"]
    method = KeyJWT(metadata["token_endpoint"], alg=algorithm, headers={"kid": key.kid})
    assert sign_in(provider, metadata, alice, party, key, method)["id_token"]
    if published:
        assert server.agent == "Postern"


# --- what is wrong ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def key():
    return key_for("ES256")


@pytest.fixture(scope="module")
def keyed_party(provider, key):
    return keyed(provider, key)


@pytest.mark.parametrize("changes", [
    {"aud": "https://other.example/"}, {"aud": None}, {"aud": ["ISSUER", "ISSUER/token"]}, {"aud": ["ISSUER", "x"]},
    {"exp": None}, {"exp": "+365d"}, {"exp": "-1h"}, {"iat": "+1h"}, {"nbf": "+1h"}, {"jti": None}, {"jti": ""},
    {"iss": "other"}, {"sub": "other"}, {"iss": "other", "sub": "other"},
], ids=json.dumps)
def test_claims_that_are_wrong(provider, keyed_party, key, changes):
    times = {"+365d": 365 * 86400, "-1h": -3600, "+1h": 3600}

    def real(value):
        if isinstance(value, list):
            return [real(item) for item in value]
        if value in times:
            return int(time.time()) + times[value]
        return value.replace("ISSUER", keyed_party.issuer) if isinstance(value, str) else value

    changed = {name: real(value) for name, value in changes.items()}
    with provider.database.unchanged():
        assert ask(keyed_party, assertion(keyed_party, key, "ES256", **changed)) == REFUSED
    assert ask(keyed_party, assertion(keyed_party, key, "ES256")) == BELIEVED


def test_the_audience_may_be_the_token_endpoint_too(keyed_party, key):
    for audience in (keyed_party.issuer, f"{keyed_party.issuer}/token", [keyed_party.issuer]):
        assert ask(keyed_party, assertion(keyed_party, key, "ES256", aud=audience)) == BELIEVED


def test_an_assertion_serves_once(keyed_party, key):
    text = assertion(keyed_party, key, "ES256")
    assert ask(keyed_party, text) == BELIEVED
    assert ask(keyed_party, text) == REFUSED
    assert ask(keyed_party, assertion(keyed_party, key, "ES256", jti=json.loads(
        base64.urlsafe_b64decode(text.split(".")[1] + "=="))["jti"])) == REFUSED


def test_of_many_that_come_at_once_one_is_believed(provider, key):
    """Check and change are one, over all threads and processes of the pool."""
    party = keyed(provider, key)
    for _ in range(5):
        text = assertion(party, key, "ES256")

        def once(_):
            return requests.post(
                f"{party.issuer}/token", timeout=20, data={
                    "grant_type": "authorization_code", "code": "AAAA", "redirect_uri": party.redirect_uri,
                    "client_assertion_type": TYPE, "client_assertion": text}).json()["error"]

        with concurrent.futures.ThreadPoolExecutor(12) as pool:
            errors = list(pool.map(once, range(12)))
        assert sorted(errors) == ["invalid_client"] * 11 + ["invalid_grant"], errors
        # Eleven refusals are near the limit of one address.
        party = keyed(provider, key)


def test_none_and_a_public_key_as_a_secret(provider):
    key = key_for("RS256")
    party = keyed(provider, key)
    now = int(time.time())
    claims = {"iss": party.client_id, "sub": party.client_id, "aud": party.issuer, "exp": now + 60, "jti": "none"}
    for name in ("none", "None", "NONE"):
        parts = [base64url(json.dumps(part).encode()) for part in ({"alg": name, "kid": key.kid}, claims)]
        assert ask(party, ".".join(parts) + ".") == REFUSED
    for public in (key.as_pem(private=False), json.dumps(key.as_dict(private=False)).encode()):
        parts = [base64url(json.dumps(part).encode()) for part in ({"alg": "HS256", "kid": key.kid}, claims)]
        code = hmac.new(public, ".".join(parts).encode(), hashlib.sha256).digest()
        assert ask(party, ".".join([*parts, base64url(code)])) == REFUSED
    assert ask(party, assertion(party, key, "RS256")) == BELIEVED


def test_a_key_of_another_type_or_another_algorithm(provider):
    rsa, ec = key_for("RS256", "rsa"), key_for("ES256", "ec")
    party = keyed(provider, rsa, token_endpoint_auth_signing_alg="PS256")
    assert ask(party, assertion(party, rsa, "PS256")) == BELIEVED
    assert ask(party, assertion(party, rsa, "RS256")) == REFUSED
    assert ask(party, assertion(party, key_for("PS256", "rsa"), "PS256")) == REFUSED
    assert ask(party, assertion(party, ec, "ES256", header={"kid": "rsa"})) == REFUSED


@pytest.mark.parametrize("member, value, said", [
    ("jwks", {"keys": [RSAKey.generate_key(2048).as_dict(private=True)]}, "private or symmetric"),
    ("jwks", {"keys": [{"kty": "oct", "k": "AAECAwQFBgcICQoLDA0ODw"}]}, "private or symmetric"),
    ("jwks", {"keys": [{"kty": "RSA", "e": "AQAB", "n": base64url(b"\x81" * 128)}]}, "no key that serves"),
    ("jwks", {"keys": []}, "no key that serves"),
    ("jwks_uri", "http://app.example/jwks", "is http"),
    ("jwks_uri", "file:///etc/passwd", "must be an https or http URI"),
])
def test_keys_that_can_not_be_registered(provider, member, value, said):
    asked = {
        "redirect_uris": ["https://app.example/cb"], "token_endpoint_auth_method": "private_key_jwt", member: value}
    run = subprocess.run(
        [provider.programs / "postern", "client", "add", "--from", "-", "--config", provider.config],
        input=json.dumps(asked), text=True, capture_output=True, timeout=60, check=False)
    assert run.returncode == 1 and said in run.stderr, run.stderr


def test_an_assertion_with_a_secret_beside_it(provider, keyed_party, key, party):
    text = assertion(keyed_party, key, "ES256")
    assert ask(keyed_party, text, client_id=keyed_party.client_id, client_secret="x" * 20) == (400, "invalid_request")
    assert ask(keyed_party, text, client_id=party.client_id) == (400, "invalid_request")
    assert ask(keyed_party, text, client_id=keyed_party.client_id) == BELIEVED
    assert ask(keyed_party, "a" * 9000) == REFUSED


def test_an_assertion_of_a_client_with_a_secret(provider, party):
    """One that registered basic, or nothing, sends its secret."""
    undecided = provider.add_client(token_endpoint_auth_method=None)
    for client in (party, undecided):
        text = assertion(client, OctKey.import_key(client.secret), "HS256")
        assert ask(client, text) == REFUSED


def test_whoever_guesses_waits(provider, key):
    party = keyed(provider, key)
    forger = key_for("ES256", key.kid)
    answers = [ask(party, assertion(party, forger, "ES256")) for _ in range(22)]
    assert answers[:21] == [REFUSED] * 21
    assert answers[21] == (429, "temporarily_unavailable")


# --- keys at jwks_uri -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def single():
    """One process, so that what it fetches can be counted."""
    with running_provider(lambda text: text + "\npools:\n  fast: { processes: 1, threads: 8 }\n  slow: {}\n") as running:
        yield running


def published(provider, uri):
    return provider.add_client(token_endpoint_auth_method="private_key_jwt", jwks_uri=uri)


def test_a_new_key_causes_one_fetch(single, server):
    """Keys change; the new `kid` is looked for once, and found."""
    old, new = key_for("ES256"), key_for("PS256")
    party = published(single, server.publish("/rotating", old))
    for _ in range(3):
        assert ask(party, assertion(party, old, "ES256")) == BELIEVED
    assert server.asked["/rotating"] == 1
    server.publish("/rotating", old, new)
    for _ in range(3):
        assert ask(party, assertion(party, new, "PS256")) == BELIEVED
        assert ask(party, assertion(party, old, "ES256")) == BELIEVED
    assert server.asked["/rotating"] == 2


def test_a_flood_of_unknown_keys_causes_one_fetch_a_minute(single, server):
    key = key_for("ES256")
    party = published(single, server.publish("/flooded", key))
    assert ask(party, assertion(party, key, "ES256")) == BELIEVED
    for _ in range(15):
        assert ask(party, assertion(party, key_for("ES256"), "ES256")) == REFUSED
    assert server.asked["/flooded"] == 2
    assert ask(party, assertion(party, key, "ES256")) == BELIEVED


def test_many_at_once_cause_one_fetch(single, server):
    key = key_for("EdDSA")
    uri = server.publish("/crowded", key)
    answer = server.answers["/crowded"]
    server.answers["/crowded"] = lambda request: (time.sleep(0.3), answer(request))
    party = published(single, uri)
    body = {"grant_type": "authorization_code", "code": "AAAA", "redirect_uri": party.redirect_uri,
            "client_assertion_type": TYPE}

    def once(_):
        data = {**body, "client_assertion": assertion(party, key, "EdDSA")}
        return requests.post(f"{party.issuer}/token", data=data, timeout=20).json()["error"]

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        assert set(pool.map(once, range(4))) == {"invalid_grant"}
    assert server.asked["/crowded"] == 1


def test_the_keys_that_are_there_serve_while_the_server_is_down(single):
    key = key_for("ES256")
    server = KeyServer()
    party = published(single, server.publish("/jwks", key))
    assert ask(party, assertion(party, key, "ES256")) == BELIEVED
    server.close()
    assert ask(party, assertion(party, key_for("ES256"), "ES256")) == REFUSED
    assert ask(party, assertion(party, key, "ES256")) == BELIEVED


@pytest.mark.parametrize("name, answer, expected", [
    ("garbage", b"<html>no keys here</html>", REFUSED),
    ("empty", b"", REFUSED),
    ("huge", b'{"keys": [' + b" " * 10_000_000 + b"]}", REFUSED),
    ("endless", flood, REFUSED),
    ("private", {"keys": [RSAKey.generate_key(2048, {"kid": "k"}).as_dict(private=True)]}, REFUSED),
    ("symmetric", {"keys": [{"kty": "oct", "k": "AAEC", "kid": "k"}]}, REFUSED),
    ("weak", {"keys": [{"kty": "RSA", "e": "AQAB", "n": base64url(b"\x81" * 128), "kid": "k"}]}, REFUSED),
    ("deep", b'{"keys":' + b"[" * 5000 + b"]" * 5000 + b"}", REFUSED),
])
def test_what_is_no_key_set(single, server, name, answer, expected):
    if callable(answer):
        server.answers["/" + name] = answer
        uri = server.uri("/" + name)
    else:
        uri = server.serve("/" + name, answer)
    party = published(single, uri)
    began = time.monotonic()
    assert ask(party, assertion(party, key_for("ES256", "k"), "ES256")) == expected
    assert time.monotonic() - began < 4
    ask(party, assertion(party, key_for("ES256", "k"), "ES256"))
    assert server.asked["/" + name] <= 2


def test_a_redirect_is_not_followed(single, server):
    key = key_for("ES256")
    target = server.publish("/target", key)
    party = published(single, server.serve("/redirecting", b"", status=302, Location=target))
    assert ask(party, assertion(party, key, "ES256")) == REFUSED
    assert "/target" not in server.asked


def test_a_server_that_is_not_there(single):
    party = published(single, KeyServer().uri("/unpublished"))
    assert ask(party, assertion(party, key_for("ES256"), "ES256")) == REFUSED, "404"
    server = KeyServer()
    server.close()
    party = published(single, server.uri("/gone"))
    assert ask(party, assertion(party, key_for("ES256"), "ES256")) == (503, "temporarily_unavailable")


def test_slow_servers_keep_no_tokens_waiting(single, server):
    """Of eight threads four may wait for others; whoever needs a fifth is told so, and everyone else is served."""
    slow = [published(single, server.uri(f"/slow{number}")) for number in range(8)]
    for number in range(8):
        server.answers[f"/slow{number}"] = drip
    party = single.add_client()

    def ask_slowly(party):
        began = time.monotonic()
        return ask(party, assertion(party, key_for("ES256"), "ES256")), time.monotonic() - began

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        waiting = [pool.submit(ask_slowly, party) for party in slow]
        done, _ = concurrent.futures.wait(waiting, timeout=2.5, return_when=concurrent.futures.ALL_COMPLETED)
        assert len(done) >= 4, "those beyond the limit are told at once"
        began = time.monotonic()
        for _ in range(10):
            fields, headers = party.exchange_request("AAAA", "v" * 43)
            assert party.back.post(f"{party.path}/token", fields, headers).json()["error"] == "invalid_grant"
        assert time.monotonic() - began < 2
        answers = [future.result() for future in waiting]
    assert {answer for answer, _ in answers} == {(503, "temporarily_unavailable")}
    assert max(seconds for _, seconds in answers) < 7


def test_without_a_list_no_address_of_this_machine_is_called(single, server):
    """Neither by address nor by a name that leads here, by https or http."""
    key = key_for("ES256")
    server.publish("/inside", key)
    strict = running_provider()
    with strict as provider:
        provider.up_strictly()
        for uri in [server.uri("/inside", "localhost"), f"https://localhost:{server.port}/inside"]:
            party = published(provider, uri)
            assert ask(party, assertion(party, key, "ES256")) == REFUSED
        # What is an address already is not even registered.
        for host in ["127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "127.1", "2130706433", "0.0.0.0", "10.0.0.1"]:
            metadata = {
                "redirect_uris": ["https://app.example/callback"], "token_endpoint_auth_method": "private_key_jwt",
                "jwks_uri": f"https://{host}:{server.port}/inside"}
            refused = provider.run("client", "add", "--from", "-", input=json.dumps(metadata))
            assert refused.returncode and "an address that is not called" in refused.stderr, host
        assert "is not allowed by outbound.allow" in provider.log()
    assert "/inside" not in server.asked


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost", "-keyout", folder / "key.pem", "-out", folder / "cert.pem"],
        check=True, capture_output=True)
    return folder


def test_https_is_verified(certificate):
    """A certificate of an authority that is trusted, for the name that was asked for."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    server = KeyServer(context)
    key = key_for("ES256")
    server.publish("/jwks", key)
    trusting = f"\noutbound:\n  certificates: {certificate}/cert.pem\n"
    with running_provider(lambda text: text + trusting) as provider:
        party = published(provider, server.uri("/jwks", "localhost"))
        assert ask(party, assertion(party, key, "ES256")) == BELIEVED
        by_address = published(provider, server.uri("/jwks", "127.0.0.1"))
        assert ask(by_address, assertion(by_address, key, "ES256")) == (503, "temporarily_unavailable")
    with running_provider() as provider:
        party = published(provider, server.uri("/jwks", "localhost"))
        assert ask(party, assertion(party, key, "ES256")) == (503, "temporarily_unavailable")
    server.close()
