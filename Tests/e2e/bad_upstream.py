"""Upstreams that are right in everything but what a test changes."""

import collections
import contextlib
import http.server
import json
import socket
import threading
import time
import urllib.parse

from joserfc import jwt
from joserfc.jwk import RSAKey

from ports import unused_port


class BadUpstream:
    """One server; each name is an issuer of its own. `answers` has functions of the request by name and part: `discovery`,
    `keys`, `token` or `userinfo`."""

    def __init__(self):
        self.port = unused_port()
        self.key = RSAKey.generate_key(2048, {"kid": "one", "alg": "RS256", "use": "sig"})
        self.answers = {}
        self.nonces = {}
        self.has_many_users = False
        """Whether each sign-in is another's."""
        self.asked = collections.Counter()
        self.hanging = set()
        """The codes, or refresh tokens, that calls were made with which hang."""
        self.let_go = threading.Event()
        owner = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                _, name, *rest = self.path.split("/")
                part = "discovery" if rest[0] == ".well-known" else rest[0]
                self.name = name
                self.fields = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                owner.asked[name, part] += 1
                with contextlib.suppress(OSError):
                    owner.answers.get((name, part), getattr(owner, part))(self)

            do_POST = do_GET

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

        self._server = Server(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self):
        self.let_go.set()
        self._server.shutdown()
        self._server.server_close()

    def issuer(self, name):
        return f"http://127.0.0.1:{self.port}/{name}"

    def metadata(self, name):
        issuer = self.issuer(name)
        return {
            "issuer": issuer, "authorization_endpoint": f"{issuer}/authorize", "token_endpoint": f"{issuer}/token",
            "jwks_uri": f"{issuer}/keys", "userinfo_endpoint": f"{issuer}/userinfo", "response_types_supported": ["code"], "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
        }

    def discovery(self, request):
        send(request, self.metadata(request.name))

    def keys(self, request):
        send(request, {"keys": [self.key.as_dict(private=False)]})

    def token(self, request):
        now, nonce = int(time.time()), self.nonces.get(request.name, "")
        fields = dict(urllib.parse.parse_qsl(request.fields))
        # A user's refresh token is their name.
        user = fields.get("refresh_token") or (nonce if self.has_many_users else f"of-{request.name}")
        claims = {
            "iss": self.issuer(request.name), "sub": user, "aud": "broker", "iat": now, "exp": now + 300, "nonce": nonce}
        send(request, {
            "access_token": user, "token_type": "Bearer", "expires_in": 3600, "refresh_token": user,
            "id_token": jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.key)})

    def userinfo(self, request):
        send(request, {"sub": request.headers["Authorization"].removeprefix("Bearer ")})

    def hang(self, request):
        """Accepts, and says nothing until it is let go, or whoever asks goes away."""
        fields = dict(urllib.parse.parse_qsl(request.fields))
        asked = fields.get("code") or fields["refresh_token"]
        if "refresh_token" in fields:
            self.asked[request.name, "refresh"] += 1
        self.hanging.add(asked)
        request.connection.settimeout(0.05)
        while not self.let_go.is_set():
            with contextlib.suppress(TimeoutError):
                if not request.connection.recv(1):
                    break
        self.hanging.discard(asked)


def send(request, body, status=200, **headers):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    request.send_response(status)
    for name, value in headers.items():
        request.send_header(name, value)
    request.send_header("Content-Length", str(len(data)))
    request.end_headers()
    request.wfile.write(data)


def half_closed(request):
    """Begins an answer, closes its own side, and waits for the other's."""
    request.send_response(200)
    request.send_header("Content-Length", "1000")
    request.end_headers()
    request.wfile.write(b'{"access_token": "at')
    request.wfile.flush()
    request.connection.shutdown(socket.SHUT_WR)
    request.close_connection = True
    request.connection.recv(1)
