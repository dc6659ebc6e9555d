"""The other side of the interoperability tests: signs and verifies with joserfc.

Reads one JSON object from standard input and writes one to standard output.
{"do": "verify", "alg", "jwk", "token"}  ->  {"claims", "header", "thumbprint"}
{"do": "sign", "alg", "claims"}          ->  {"token", "jwk", "private_jwk", "thumbprint"}
"""

import json
import sys

from joserfc import jwt
from joserfc.jwk import ECKey, JWKRegistry, OctKey, OKPKey, RSAKey

CURVES = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521"}


def generate(alg):
    if alg in CURVES:
        return ECKey.generate_key(CURVES[alg])
    if alg == "EdDSA":
        return OKPKey.generate_key("Ed25519")
    if alg.startswith("HS"):
        return OctKey.generate_key(int(alg[2:]))
    return RSAKey.generate_key(2048)


def verify(request):
    key = JWKRegistry.import_key(request["jwk"])
    token = jwt.decode(request["token"], key, algorithms=[request["alg"]])
    return {"claims": token.claims, "header": token.header, "thumbprint": key.thumbprint()}


def sign(request):
    key = generate(request["alg"])
    header = {"alg": request["alg"], "typ": "JWT", "kid": "peer"}
    token = jwt.encode(header, request["claims"], key, algorithms=[request["alg"]])
    return {
        "token": token,
        "jwk": key.as_dict(private=False) if key.key_type != "oct" else None,
        "private_jwk": key.as_dict(private=True),
        "thumbprint": key.thumbprint(),
    }


request = json.load(sys.stdin)
json.dump({"verify": verify, "sign": sign}[request["do"]](request), sys.stdout)
