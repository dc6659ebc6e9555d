"""Access tokens at userinfo: the errors of RFC 6750 section 3."""

import base64
import hashlib
import hmac
import json

import pytest

from oidc import base64url, claims, decoded, encode
from provider import running_provider
from refusals import assert_bearer_error, changes, nothing_changes  # noqa: F401


@changes
def test_no_token_is_asked_for_without_an_error(provider, party, agent):
    """RFC 6750 section 3.1: no error code where no authentication came."""
    for headers in ({}, {"Authorization": "Basic eDp5"}):
        answer = agent.get(f"{party.path}/userinfo", headers=headers)
        assert answer.status == 401 and "error" not in answer.header("WWW-Authenticate")


@changes
def test_a_token_in_header_and_body_is_refused(provider, party, token):
    """RFC 6750 section 2: no more than one method."""
    with provider.database.unchanged():
        answer = party.back.post(
            f"{party.path}/userinfo", {"access_token": token}, {"Authorization": f"Bearer {token}"})
        assert_bearer_error(answer, "invalid_request", 400)
        answer = party.back.post(f"{party.path}/userinfo", [("access_token", token)] * 2)
        assert_bearer_error(answer, "invalid_request", 400)
    assert party.back.post(f"{party.path}/userinfo", {"access_token": token}).status == 200


@pytest.mark.parametrize(
    "content_type", ["application/json", "text/plain", "multipart/form-data; boundary=x", "", None])
@changes
def test_a_token_in_a_body_of_another_content_type_is_refused(provider, party, token, content_type):
    """RFC 6750 section 2.2: the header must say that the body is a form."""
    headers = {} if content_type is None else {"Content-Type": content_type}
    with provider.database.unchanged():
        answer = party.back.send("POST", f"{party.path}/userinfo", encode({"access_token": token}), headers)
        assert_bearer_error(answer, "invalid_request", 400)


def test_a_token_in_the_query_is_not_looked_at(party, session, provider):
    """RFC 6750 section 2.3 and RFC 9700 section 4.3.2: it would stand in logs."""
    answer = party.back.get(f"{party.path}/userinfo?access_token=x")
    assert answer.status == 401 and "error" not in answer.header("WWW-Authenticate")


@changes
def test_a_malformed_or_forged_token_is_refused(provider, party, session):
    """RFC 6750 section 3.1; RFC 8725 sections 3.1, 3.2 and 3.11: the algorithm and type are ours to say."""
    tokens = party.tokens(session)
    good = tokens["access_token"]
    header, payload, signature = good.split(".")
    key = next(key for key in party.back.get(f"{party.path}/jwks").json()["keys"] if key["kid"] == decoded(header)["kid"])

    def part(value):
        return base64url(json.dumps(value, separators=(",", ":")).encode())

    def hs256(secret):
        head = part({"alg": "HS256", "typ": "at+jwt", "kid": key["kid"]})
        return f"{head}.{payload}." + base64url(hmac.digest(secret, f"{head}.{payload}".encode(), hashlib.sha256))

    flipped = "B" if signature[20] == "A" else "A"
    other_claims = part({**claims(good), "sub": "someone-else"})
    invalid = [
        "x", "a.b.c", good[:-5], good + "A", good + ".x", f"{header}.{payload}", f"{header}.{payload}.",
        f"{header}.{payload}.{signature[:20]}{flipped}{signature[21:]}",
        f"{header}.{other_claims}.{signature}",
        tokens["id_token"],
        *[f"{part({'alg': alg, 'typ': 'at+jwt', 'kid': key['kid']})}.{payload}." for alg in ("none", "None", "NONE")],
        f"{part({'alg': 'none', 'typ': 'at+jwt', 'kid': key['kid']})}.{payload}.{signature}",
        hs256(json.dumps(key).encode()), hs256(json.dumps(key, separators=(",", ":")).encode()), hs256(public_pem(key)),
        hs256(key["x"].encode()), hs256(b""),
        f"{part({**decoded(header), 'typ': 'JWT'})}.{payload}.{signature}",
        f"{part({**decoded(header), 'kid': 'unknown'})}.{payload}.{signature}",
        f"{part({'alg': 'ES256', 'typ': 'at+jwt', 'jwk': key})}.{payload}.{signature}",
        # r = s = 0 (CVE-2022-21449)
        f"{header}.{payload}.{base64url(bytes(64))}",
        own_key_token(header, payload),
        part({"a": 1}) + "." * 5, "A" * 8000, "[" * 3000,
    ]
    with provider.database.unchanged():
        for text in invalid:
            answer = party.userinfo(text)
            assert answer.status in (400, 401), (text, answer)
            error = "invalid_token" if answer.status == 401 else "invalid_request"
            assert_bearer_error(answer, error, answer.status)
            body = party.back.post(f"{party.path}/userinfo", {"access_token": text})
            assert body.status in (400, 401), (text, body)
    assert party.userinfo(good).json()["sub"] == claims(good)["sub"]


def public_pem(key):
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    def number(text):
        return int.from_bytes(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), "big")

    public = ec.EllipticCurvePublicNumbers(number(key["x"]), number(key["y"]), ec.SECP256R1()).public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def own_key_token(header, payload):
    """The same token, well signed by a key of the forger's."""
    from joserfc import jws
    from joserfc.jwk import ECKey

    return jws.serialize_compact(
        decoded(header), base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)), ECKey.generate_key("P-256"))


@changes
def test_a_token_of_another_issuer_is_refused(provider, party):
    """RFC 9068 section 4."""
    with running_provider() as foreign:
        user = foreign.add_user()
        stranger = foreign.add_client()
        token = stranger.tokens(foreign.browser(), user)["access_token"]
        assert stranger.userinfo(token).status == 200
    with provider.database.unchanged():
        assert_bearer_error(party.userinfo(token), "invalid_token", 401)
