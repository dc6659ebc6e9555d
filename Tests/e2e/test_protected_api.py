"""An API behind an nginx that lets only good access tokens through: checked locally (RFC 9068 section 4), or by asking
(RFC 7662). nginx's auth_request hands each request's token to a small gate, as an administrator would set it up."""

import contextlib
import http.server
import subprocess
import threading
import time

import pytest
import requests
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from ports import unused_port

API = "https://api.example/"

NGINX = """
worker_processes 1; daemon on; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
    access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f;
    uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    server {{
        listen 127.0.0.1:{port};
        location = /gate/local {{ internal; proxy_pass http://127.0.0.1:{gate}/local; proxy_pass_request_body off;
                                  proxy_set_header Content-Length ""; }}
        location = /gate/asked {{ internal; proxy_pass http://127.0.0.1:{gate}/asked; proxy_pass_request_body off;
                                  proxy_set_header Content-Length ""; }}
        location = /local {{ auth_request /gate/local; auth_request_set $who $upstream_http_x_subject; try_files /none @api; }}
        location = /asked {{ auth_request /gate/asked; auth_request_set $who $upstream_http_x_subject; try_files /none @api; }}
        location @api {{ add_header X-Subject $who; return 200 "orders\\n"; }}
    }}
}}
"""


class Gate:
    """Answers 204 with the subject, or 401."""

    def __init__(self, issuer, api):
        metadata = requests.get(f"{issuer}/.well-known/openid-configuration", timeout=10).json()
        keys = KeySet.import_key_set(requests.get(metadata["jwks_uri"], timeout=10).json())

        def locally(token):
            decoded = jwt.decode(token, keys, algorithms=["ES256"])
            assert decoded.header["typ"] == "at+jwt"
            claims = decoded.claims
            assert claims["iss"] == issuer and claims["aud"] == API and claims["exp"] > time.time()
            return claims

        def asking(token):
            answer = requests.post(
                metadata["introspection_endpoint"], {"token": token}, auth=(api.client_id, api.secret), timeout=10)
            assert answer.status_code == 200
            claims = answer.json()
            assert claims["active"] and claims["aud"] == API
            return claims

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                scheme, _, token = self.headers.get("Authorization", "").partition(" ")
                try:
                    assert scheme == "Bearer"
                    claims = (locally if self.path == "/local" else asking)(token)
                    self.send_response(204)
                    self.send_header("X-Subject", claims["sub"])
                except (AssertionError, JoseError, ValueError):
                    self.send_response(401)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture(scope="module")
def orders(provider, tmp_path_factory):
    """The API's address, and the client that calls it."""
    api = provider.add_client(grant_types=["client_credentials"], redirect_uris=[], served_resources=[API])
    caller = provider.add_client(grant_types=["client_credentials"], redirect_uris=[], scope="read", resources=[API])
    folder, port = tmp_path_factory.mktemp("api"), unused_port()
    gate = Gate(provider.issuer, api)
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=port, gate=gate.port))
    run = ["nginx", "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")]
    subprocess.run(run, check=True)
    with contextlib.ExitStack() as stack:
        stack.callback(gate.server.shutdown)
        stack.callback(subprocess.run, [*run, "-s", "quit"], check=True)
        yield f"http://127.0.0.1:{port}", caller


def token(caller, **changes):
    fields = {"grant_type": "client_credentials", "resource": API, **changes}
    return caller.back.post(f"{caller.path}/token", fields, caller.basic()).json()["access_token"]


@pytest.mark.parametrize("way", ["local", "asked"])
def test_a_good_token_is_let_through(orders, way):
    base, caller = orders
    answer = requests.get(f"{base}/{way}", headers={"Authorization": f"Bearer {token(caller)}"}, timeout=10)
    assert answer.status_code == 200 and answer.text == "orders\n"
    assert answer.headers["X-Subject"] == caller.client_id


@pytest.mark.parametrize("way", ["local", "asked"])
def test_no_other_is(orders, provider, agent, alice, party, way):
    base, caller = orders
    good = token(caller)
    head, body, signature = good.split(".")
    tokens = party.tokens(agent, alice)
    bad = [
        None, "", "x", f"{head}.{body}.{signature[:-4]}AAAA", f"{head}.{body}.", tokens["access_token"],
        tokens["id_token"], token(caller, resource=None),
    ]
    for text in bad:
        headers = {} if text is None else {"Authorization": f"Bearer {text}"}
        assert requests.get(f"{base}/{way}", headers=headers, timeout=10).status_code == 401, text


def test_what_is_revoked_is_noticed_by_whoever_asks(orders):
    base, caller = orders
    good = token(caller)
    headers = {"Authorization": f"Bearer {good}"}
    caller.back.post(f"{caller.path}/revoke", {"token": good}, caller.basic())
    assert requests.get(f"{base}/asked", headers=headers, timeout=10).status_code == 401
    assert requests.get(f"{base}/local", headers=headers, timeout=10).status_code == 200, "until it ends by itself"


def test_an_opaque_token_needs_asking(orders, provider):
    base, _ = orders
    caller = provider.add_client(
        grant_types=["client_credentials"], redirect_uris=[], scope="read", resources=[API],
        access_token_format="opaque")
    headers = {"Authorization": f"Bearer {token(caller)}"}
    assert requests.get(f"{base}/asked", headers=headers, timeout=10).status_code == 200
    assert requests.get(f"{base}/local", headers=headers, timeout=10).status_code == 401
