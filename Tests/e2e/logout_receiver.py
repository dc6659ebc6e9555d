"""An app's server that is told of ended sessions (OpenID Connect Back-Channel Logout 1.0), and checks what it is told."""

import contextlib
import http.server
import json
import queue
import threading
import time
import urllib.parse
import urllib.request

from joserfc import jwt
from joserfc.jwk import KeySet

from ports import unused_port

EVENT = "http://schemas.openid.net/event/backchannel-logout"


class LogoutReceiver:
    """`status` is what it answers, or a function of the request that does something else."""

    def __init__(self, port=None):
        self.port = port or unused_port()
        self.status = 200
        self.tokens = queue.Queue()
        self._server = None
        self.up()

    @property
    def uri(self):
        return f"http://127.0.0.1:{self.port}/backchannel"

    def up(self):
        owner = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                assert self.headers["Content-Type"] == "application/x-www-form-urlencoded"
                (name, token), = urllib.parse.parse_qsl(body, strict_parsing=True)
                assert name == "logout_token" and self.path == "/backchannel"
                owner.tokens.put(token)
                with contextlib.suppress(OSError):
                    if callable(owner.status):
                        owner.status()
                        return
                    self.send_response(owner.status)
                    self.end_headers()

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def down(self):
        self._server.shutdown()
        self._server.server_close()

    def told(self, timeout=15):
        """The next token."""
        return self.tokens.get(timeout=timeout)

    def is_told_nothing(self, seconds=2.5):
        with contextlib.suppress(queue.Empty):
            return self.tokens.get(timeout=seconds) is None
        return True


def verified(token, party, algorithm="RS256", age=30):
    """The claims of a logout token of so many seconds at most, checked as section 2.6 wants it; from joserfc, and a key set
    fetched for it."""
    with urllib.request.urlopen(f"{party.issuer}/jwks") as answer:
        keys = KeySet.import_key_set(json.load(answer))
    read = jwt.decode(token, keys, algorithms=[algorithm])
    claims = read.claims
    assert read.header["typ"] == "logout+jwt" and read.header["alg"] == algorithm
    assert claims["iss"] == party.issuer and claims["aud"] == party.client_id
    assert claims["exp"] - claims["iat"] == 120 and abs(claims["iat"] - time.time()) < age
    assert claims["events"] == {EVENT: {}}
    assert claims["jti"] and claims["sub"] and claims["sid"]
    assert "nonce" not in claims
    return claims
