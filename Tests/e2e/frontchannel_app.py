"""An app that users sign in to, and that a frame signs them out of (OpenID Connect Front-Channel Logout 1.0)."""

import contextlib
import http.server
import queue
import threading
import urllib.parse

PAGE = '<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>The app</title><h1>{}</h1>'


class FrontchannelApp:
    """`hangs`: its frame is never answered, until it is cleared."""

    def __init__(self, provider, name):
        self.told = queue.Queue()
        self.answers = queue.Queue()
        self.hangs = threading.Event()
        self._released = threading.Event()
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self.after = f"{self.url}/bye"
        self.party = provider.add_client(
            client_name=name, redirect_uris=[f"{self.url}/callback"], post_logout_redirect_uris=[self.after],
            frontchannel_logout_uri=f"{self.url}/frontchannel?from=postern", frontchannel_logout_session_required=True)

    def _handler(owner):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                parts = urllib.parse.urlsplit(self.path)
                query = dict(urllib.parse.parse_qsl(parts.query))
                if parts.path == "/frontchannel":
                    owner.told.put({**query, "dest": self.headers["Sec-Fetch-Dest"], "referrer": self.headers["Referer"]})
                    if owner.hangs.is_set():
                        owner._released.wait(30)
                        return
                if parts.path == "/callback":
                    owner.answers.put(query)
                body = PAGE.format(parts.path).encode()
                with contextlib.suppress(OSError):
                    self.send_response(200)
                    self.send_header("Content-Type", "text/html; charset=utf-8")
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)

            def log_message(self, *_):
                pass

        return Handler

    def close(self):
        self._released.set()
        self._server.shutdown()
        self._server.server_close()
