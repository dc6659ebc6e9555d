"""A server on this machine that publishes whatever a test tells it to, at `jwks_uri` and elsewhere."""

import contextlib
import http.server
import json
import threading
import time

from ports import unused_port


class KeyServer:
    """Each path answers by a function of the request; `asked` counts the requests of each."""

    def __init__(self, context=None):
        self.port = unused_port()
        self.asked = {}
        self.answers = {}
        owner = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                with owner._lock:
                    owner.asked[self.path] = owner.asked.get(self.path, 0) + 1
                    answer = owner.answers.get(self.path)
                    owner.agent = self.headers.get("User-Agent")
                with contextlib.suppress(OSError):
                    answer(self) if answer else self.send_error(404)

            def log_message(self, *_):
                pass

        self._lock = threading.Lock()
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self._server.daemon_threads = True
        if context:
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.scheme = "https" if context else "http"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def uri(self, path, host="127.0.0.1"):
        return f"{self.scheme}://{host}:{self.port}{path}"

    def serve(self, path, body, status=200, **headers):
        def answer(request):
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            request.send_response(status)
            for name, value in headers.items():
                request.send_header(name.replace("_", "-"), value)
            request.send_header("Content-Length", str(len(data)))
            request.end_headers()
            request.wfile.write(data)

        self.answers[path] = answer
        return self.uri(path)

    def publish(self, path, *keys, **headers):
        """The public halves of joserfc's keys."""
        return self.serve(path, {"keys": [key.as_dict(private=False) for key in keys]}, **headers)

    def close(self):
        self._server.shutdown()
        self._server.server_close()


def drip(request):
    """An answer that never ends, byte by byte."""
    request.send_response(200)
    request.end_headers()
    while True:
        request.wfile.write(b" ")
        time.sleep(0.2)


def flood(request):
    """One that never ends, as fast as it goes."""
    request.send_response(200)
    request.end_headers()
    while True:
        request.wfile.write(b" " * 65536)
