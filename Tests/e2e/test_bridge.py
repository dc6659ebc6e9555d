"""The bridge as a process: FastCGI byte by byte, behind nginx, draining, and as a CGI program."""

import http.client
import json
import os
import pathlib
import random
import select
import signal
import socket
import subprocess
import tempfile
import threading

import fastcgi
import pytest
from waiting import wait_for

ROOT = pathlib.Path(__file__).resolve().parents[2]
NOOP = pathlib.Path(os.environ.get("POSTERN_BIN", ROOT / ".build/debug")) / "noop-fcgi"
FORM = "application/x-www-form-urlencoded"


class Responder:
    """A `noop-fcgi` on a listening socket that the test holds as well, as a supervisor would."""

    def __init__(self, directory, threads=4, environment=None):
        self.path = pathlib.Path(directory) / "noop.sock"
        self.listening = socket.socket(socket.AF_UNIX)
        self.listening.bind(str(self.path))
        self.listening.listen(256)
        self.log = open(pathlib.Path(directory) / "noop.log", "w+b")
        self.process = subprocess.Popen(
            [NOOP, "--threads", str(threads)], stdin=self.listening, stderr=self.log,
            env={**os.environ, **(environment or {})})

    def connect(self, **named):
        return fastcgi.Connection(self.path, **named)

    def logged(self):
        return pathlib.Path(self.log.name).read_text()

    def end(self):
        """Ends it as a supervisor does: nothing is open, so it drains at once."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            finally:
                self.process.kill()
                self.process.wait()
        self.listening.close()
        self.log.close()


@pytest.fixture
def directory():
    # Short, because a socket's path is limited; open, because nginx's workers must reach it.
    with tempfile.TemporaryDirectory(prefix="bridge-") as name:
        os.chmod(name, 0o755)
        yield pathlib.Path(name)


@pytest.fixture
def responder(directory):
    responder = Responder(directory)
    yield responder
    alive = responder.process.poll() is None
    responder.end()
    if alive:
        assert responder.process.returncode == 0


def expect_health(responder, connections=8):
    """More connections than there are workers, all with a request: a worker that was lost would show."""
    together = [responder.connect() for _ in range(connections)]
    for connection in together:
        connection.send(fastcgi.request("noop"))
    for connection in together:
        assert connection.answer().status == 200
        connection.close()


# FastCGI specification, sections 3.3 and 3.4: records, padding, name-value pairs


def test_one_connection_serves_many_requests(responder):
    with responder.connect() as connection:
        for number in range(50):
            answer = connection.ask("echo", "POST", b"x" * number, QUERY_STRING=f"n={number}")
            assert (answer.status, answer.protocol_status, answer.stderr) == (200, 0, b"")
            echo = json.loads(answer.body)
            assert (echo["body"], echo["query"]) == ("78" * number, f"n={number}")


def test_a_connection_is_closed_if_the_web_server_does_not_keep_it(responder):
    with responder.connect() as connection:
        assert connection.ask("noop", keep=False).status == 200
        assert connection.is_closed()


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 255, 8000])
@pytest.mark.parametrize("padding", [0, 1, 7, 255])
def test_streams_in_records_of_any_size_and_padding(responder, size, padding):
    body = b"a=1&b=" + bytes(random.Random(size).choices(b"xyz", k=3000))
    with responder.connect() as connection:
        for _ in range(2):
            answer = connection.ask(
                "echo", "POST", body, size=size, padding=padding, CONTENT_TYPE=FORM, HTTP_X_PROBE="p" * 300)
            echo = json.loads(answer.body)
            assert bytes.fromhex(echo["body"]) == body
            assert echo["probe"] == "p" * 300
            assert echo["formFields"] == [["a", "1"], ["b", body[6:].decode()]]


@pytest.mark.parametrize("size", [1, 5, 9])
def test_a_request_that_arrives_in_odd_pieces(responder, size):
    data = fastcgi.request("echo", "POST", b"a=1", CONTENT_TYPE=FORM, padding=3, long=True)
    with responder.connect() as connection:
        for start in range(0, len(data), size):
            connection.send(data[start:start + size])
        assert json.loads(connection.answer().body)["formFields"] == [["a", "1"]]
        assert connection.ask("noop").status == 200


def test_a_request_that_is_cut_short_anywhere(responder):
    data = fastcgi.request("echo", "POST", b"a=1", CONTENT_TYPE=FORM)
    for end in range(len(data)):
        with responder.connect() as connection:
            connection.send(data[:end])
            connection.socket.shutdown(socket.SHUT_WR)
            # Not answered: at most the stream is ended.
            with pytest.raises(fastcgi.Closed):
                answer = connection.answer()
                assert answer.status is None
                connection.read(1)
    expect_health(responder)


def test_other_request_ids_are_answered_under_their_own(responder):
    with responder.connect() as connection:
        for id in (2, 255, 256, 65535):
            assert connection.ask("noop", id=id).status == 200


def test_records_of_another_request_are_left_out(responder):
    with responder.connect() as connection:
        connection.send(
            fastcgi.record(fastcgi.PARAMS, b"stray", id=7) + fastcgi.begin()
            + fastcgi.record(fastcgi.STDIN, b"stray", id=7)
            + fastcgi.records(fastcgi.PARAMS, fastcgi.pairs(fastcgi.parameters("echo", "POST", b"own")), 8000)
            + fastcgi.record(fastcgi.STDIN, b"stray", id=7) + fastcgi.records(fastcgi.STDIN, b"own", 8000))
        assert json.loads(connection.answer().body)["body"] == b"own".hex()


def test_a_second_request_on_a_busy_connection_is_refused_not_mixed_in(responder):
    """Section 5.5: FCGI_CANT_MPX_CONN."""
    with responder.connect() as connection:
        connection.send(
            fastcgi.begin() + fastcgi.begin(id=2)
            + fastcgi.records(fastcgi.PARAMS, fastcgi.pairs(fastcgi.parameters("noop")), 8000)
            + fastcgi.record(fastcgi.STDIN))
        assert connection.answer(id=2).protocol_status == 1
        assert connection.answer().status == 200


# Sections 4 and 5: management records, roles, aborts


def test_get_values_and_then_a_request(responder):
    with responder.connect() as connection:
        # In one piece, for libfcgi answers only when it has read on. No web server is known to ask.
        asked = fastcgi.pairs([("FCGI_MPXS_CONNS", ""), ("FCGI_OTHER", "")])
        connection.send(fastcgi.record(fastcgi.GET_VALUES, asked, id=0) + fastcgi.request("noop"))
        assert connection.record() == (fastcgi.GET_VALUES_RESULT, 0, fastcgi.pairs([("FCGI_MPXS_CONNS", "0")]))
        assert connection.answer().status == 200
        assert connection.ask("noop").status == 200


def test_an_unknown_management_record_is_answered_as_such(responder):
    with responder.connect() as connection:
        connection.send(fastcgi.record(99, id=0) + fastcgi.request("noop"))
        kind, id, content = connection.record()
        assert (kind, id, content[0]) == (fastcgi.UNKNOWN, 0, 99)
        assert connection.answer().status == 200
        connection.send(fastcgi.record(99, b"with content", id=0))
        assert connection.record()[0] == fastcgi.UNKNOWN
        assert connection.is_closed()
    expect_health(responder)


@pytest.mark.parametrize("data", [
    pytest.param(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", id="not FastCGI"),
    pytest.param(fastcgi.record(fastcgi.BEGIN, b"\0\1\1\0\0\0\0\0", version=2), id="another version"),
    pytest.param(fastcgi.record(fastcgi.BEGIN, b"\0\1\1"), id="a short beginning"),
    pytest.param(fastcgi.record(fastcgi.BEGIN, b"\0\1\1\0\0\0\0\0", id=0), id="no request id"),
    # libfcgi doesn't take padding here, which is allowed but which no web server sends.
    pytest.param(fastcgi.begin(padding=8) + fastcgi.record(fastcgi.PARAMS), id="a padded beginning"),
    pytest.param(fastcgi.begin(role=9), id="a role that is not there"),
    pytest.param(fastcgi.begin(role=fastcgi.AUTHORIZER) + fastcgi.record(fastcgi.PARAMS), id="authorizer"),
    pytest.param(
        fastcgi.begin(role=fastcgi.FILTER) + fastcgi.record(fastcgi.PARAMS) + fastcgi.record(fastcgi.STDIN),
        id="filter"),
    pytest.param(fastcgi.begin() + fastcgi.record(77, b"x"), id="an unknown record in a request"),
    pytest.param(fastcgi.begin() + fastcgi.record(fastcgi.ABORT), id="abort among the parameters"),
    pytest.param(
        fastcgi.begin() + fastcgi.records(fastcgi.PARAMS, b"\x04\x09NAMEval", 99), id="a value longer than its record"),
    pytest.param(fastcgi.begin() + fastcgi.records(fastcgi.PARAMS, b"\x84\0", 99), id="half a length"),
    pytest.param(
        fastcgi.begin() + fastcgi.records(fastcgi.PARAMS, fastcgi.length(1 << 24) + fastcgi.length(1 << 24) + b"A", 99),
        id="lengths without bytes"),
])
def test_what_is_no_request_closes_the_connection_and_nothing_else(responder, data):
    with responder.connect() as other:
        assert other.ask("noop").status == 200
        with responder.connect() as connection:
            connection.send(data)
            assert connection.is_closed()
        assert other.ask("noop").status == 200
    expect_health(responder)


def test_an_abort_in_the_body_ends_the_request_unanswered(responder):
    content = fastcgi.pairs(fastcgi.parameters("echo", "POST", b"12345"))
    with responder.connect() as connection:
        connection.send(
            fastcgi.begin() + fastcgi.records(fastcgi.PARAMS, content, 99) + fastcgi.record(fastcgi.STDIN, b"123")
            + fastcgi.record(fastcgi.ABORT))
        answer = connection.answer()
        assert (answer.status, answer.body) == (None, b"")
        assert connection.is_closed()
    expect_health(responder)


# Bodies


@pytest.mark.parametrize(("handler", "method", "body", "length", "status"), [
    ("echo", "POST", b"x" * 65536, None, 200),
    ("echo", "POST", b"x" * 65537, None, 413),
    ("echo", "POST", b"x" * 2_000_000, None, 413),
    ("echo", "POST", b"x" * 2_000_000, "3", 413),
    ("echo", "POST", b"abc", "", 413),
    ("echo", "POST", b"abc", "4", 400),
    ("echo", "POST", b"abc", "three", 400),
    ("echo", "POST", b"abc", "-3", 400),
    ("nobody", "POST", b"x" * 200_000, None, 404),
    (None, "POST", b"x" * 200_000, None, 404),
    ("noop", "PUT", b"x" * 200_000, None, 405),
    ("big", "POST", b"x" * 200_000, None, 405),
    ("throw", "POST", b"x" * 60_000, None, 500),
], ids=lambda value: str(len(value)) if isinstance(value, bytes) else str(value))
def test_a_refused_body_leaves_the_connection_good(responder, handler, method, body, length, status):
    with responder.connect() as connection:
        for _ in range(3):
            named = {} if length is None else {"CONTENT_LENGTH": length}
            assert connection.ask("noop", POSTERN_HANDLER=handler, method=method, body=body, **named).status == status
            echo = json.loads(connection.ask("echo", "POST", b"a=1", CONTENT_TYPE=FORM).body)
            assert echo["formFields"] == [["a", "1"]]


@pytest.mark.parametrize("size", [0, 1, 8000, 8184, 8192, 20_000, 1_000_000])
def test_an_answer_of_any_size(responder, size):
    with responder.connect() as connection:
        answer = connection.ask("big", QUERY_STRING=str(size))
        assert answer.body == (b"0123456789" * (size // 10 + 1))[:size]
        assert answer["Content-Length"] == str(size)
        head = connection.ask("big", "HEAD", QUERY_STRING=str(size))
        assert (head.body, head.headers) == (b"", answer.headers)


# Methods and failures


def test_a_wrong_method_is_told_the_right_ones(responder):
    with responder.connect() as connection:
        answer = connection.ask("noop", "DELETE")
        assert (answer.status, answer["Allow"]) == (405, "GET, HEAD, POST")
        assert connection.ask("noop", "OPTIONS").status == 405


def test_a_handler_that_throws_is_a_500_and_the_worker_goes_on(directory):
    responder = Responder(directory, threads=1)
    try:
        with responder.connect() as connection:
            for number in range(20):
                id = f"{number:012x}"
                answer = connection.ask("throw", REQUEST_ID=id + "f" * 20)
                assert (answer.status, answer.body) == (500, f"Internal Server Error {id}\n".encode())
                assert f"at handler throw, request {id}" in responder.logged()
            assert connection.ask("noop").status == 200
    finally:
        responder.end()


def test_headers_that_nginx_would_not_take_are_a_500(responder):
    with responder.connect() as connection:
        good = connection.ask("headers", QUERY_STRING="200")
        assert good.status == 200 and len(good.headers) == 202
        answer = connection.ask("headers", QUERY_STRING="300")
        assert answer.status == 500 and len(answer.headers) == 2
        assert "headersTooLarge" in responder.logged()


def test_a_web_server_that_goes_away_early_is_borne(responder):
    for _ in range(20):
        connection = responder.connect()
        connection.send(fastcgi.request("big", QUERY_STRING="1000000"))
        connection.close()
    expect_health(responder)


# Many connections, few threads


def test_ten_times_more_kept_connections_than_threads_starve_nobody(responder):
    silent = [responder.connect() for _ in range(40)]
    kept = [responder.connect() for _ in range(40)]
    for _ in range(5):
        for connection in kept:
            assert connection.ask("noop").status == 200
        for connection in kept:
            connection.send(fastcgi.request("slow", QUERY_STRING="1"))
        for connection in reversed(kept):
            assert connection.answer().status == 200
    for connection in silent + kept:
        assert connection.ask("noop").status == 200
        connection.close()


# Draining


def wait_for_line(responder, line):
    wait_for(lambda: line in responder.logged(), f"the line {line!r}", timeout=30)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGQUIT, signal.SIGUSR1])
def test_a_drain_serves_open_connections_until_the_web_server_closes_them(responder, number):
    with responder.connect() as one, responder.connect() as other:
        assert one.ask("noop").status == 200
        assert other.ask("noop").status == 200
        one.send(fastcgi.request("slow", QUERY_STRING="300"))
        responder.process.send_signal(number)
        wait_for_line(responder, "draining")
        assert one.answer().status == 200
        for connection in (one, other, one):
            assert connection.ask("echo", "POST", b"a=1").status == 200
        one.close()
        assert other.ask("noop").status == 200
        assert responder.process.poll() is None
    assert responder.process.wait(10) == 0


def test_a_drain_leaves_new_connections_to_other_processes(responder):
    with responder.connect() as kept:
        assert kept.ask("noop").status == 200
        responder.process.send_signal(signal.SIGTERM)
        wait_for_line(responder, "draining")
        with responder.connect() as late:
            late.send(fastcgi.request("noop"))
            # It waits in the queue of the socket, which is open still.
            assert kept.ask("noop").status == 200
            assert not select.select([late.socket], [], [], 0.2)[0]
            second = subprocess.Popen([NOOP], stdin=responder.listening, stderr=responder.log)
            assert late.answer().status == 200
            kept.close()
            assert responder.process.wait(10) == 0
        second.send_signal(signal.SIGTERM)
        assert second.wait(10) == 0


def test_an_idle_process_ends_at_once(responder):
    expect_health(responder)
    responder.process.send_signal(signal.SIGTERM)
    assert responder.process.wait(5) == 0


def test_a_second_signal_cuts_the_drain_short(responder):
    with responder.connect() as kept:
        assert kept.ask("noop").status == 200
        responder.process.send_signal(signal.SIGTERM)
        wait_for_line(responder, "draining")
        responder.process.send_signal(signal.SIGTERM)
        assert responder.process.wait(10) == 0
        assert "drain cut short, 1 open" in responder.logged()


def test_a_handler_that_does_not_return_can_not_hold_the_process(responder):
    with responder.connect() as kept:
        kept.send(fastcgi.request("slow", QUERY_STRING="60000"))
        with responder.connect() as other:
            assert other.ask("noop").status == 200
        responder.process.send_signal(signal.SIGTERM)
        wait_for_line(responder, "draining")
        responder.process.send_signal(signal.SIGTERM)
        assert responder.process.wait(10) == 1


def test_workers_that_can_not_begin_end_the_process(directory):
    responder = Responder(directory, environment={"NOOP_REFUSE_TO_START": "1"})
    try:
        assert responder.process.wait(10) == 1
        assert "a worker could not begin" in responder.logged()
    finally:
        responder.end()


# A CGI program (RFC 3875)


def cgi(handler, method="GET", body=b"", **others):
    environment = {**os.environ, **dict(fastcgi.parameters(handler, method, body, **others))}
    return subprocess.run([NOOP], input=body, capture_output=True, env=environment, timeout=20)


def test_cgi_answers_one_request_and_exits():
    done = cgi("echo", "POST", b"a=1&a=2", CONTENT_TYPE=FORM, QUERY_STRING="q=%20", HTTP_COOKIE="x=1; x=2",
               POSTERN_TAIL="/tail", HTTPS="on", REMOTE_ADDR="192.0.2.1", HTTP_X_PROBE="p")
    answer = fastcgi.Answer(done.stdout, done.stderr, done.returncode, 0)
    assert (done.returncode, answer.status, done.stderr) == (0, 200, b"")
    assert answer["Content-Length"] == str(len(answer.body))
    echo = json.loads(answer.body)
    assert echo["formFields"] == [["a", "1"], ["a", "2"]]
    assert echo["queryFields"] == [["q", " "]]
    assert echo["cookies"] == [["x", "1"], ["x", "2"]]
    assert (echo["tail"], echo["isTLS"], echo["remoteAddress"], echo["probe"]) == ("/tail", True, "192.0.2.1", "p")


@pytest.mark.parametrize(("handler", "method", "body", "others", "status"), [
    ("noop", "HEAD", b"", {}, 200),
    ("empty", "GET", b"", {}, 204),
    ("nobody", "GET", b"", {}, 404),
    ("noop", "PUT", b"abc", {}, 405),
    ("echo", "POST", b"x" * 70_000, {}, 413),
    ("echo", "POST", b"abc", {"CONTENT_LENGTH": "5"}, 400),
    ("echo", "POST", b"abc", {"CONTENT_LENGTH": "5x"}, 400),
    ("throw", "GET", b"", {}, 500),
], ids=lambda value: str(len(value)) if isinstance(value, bytes) else str(value))
def test_cgi_refuses_as_fastcgi_does(handler, method, body, others, status):
    done = cgi(handler, method, body, **others)
    answer = fastcgi.Answer(done.stdout, done.stderr, done.returncode, 0)
    assert (done.returncode, answer.status) == (0, status)
    if method == "HEAD" or status == 204:
        assert answer.body == b""


def test_cgi_reads_no_more_than_was_announced():
    """RFC 3875 section 4.2: what follows is not the program's, and the server need not end the stream."""
    environment = {**os.environ, **dict(fastcgi.parameters("echo", "POST", b"abc"))}
    with subprocess.Popen([NOOP], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment) as process:
        process.stdin.write(b"abcdef")
        process.stdin.flush()
        answer = fastcgi.Answer(process.stdout.read(), b"", 0, 0)
        assert json.loads(answer.body)["body"] == b"abc".hex()


# Behind nginx

CONF = """
daemon off;
{user}
worker_processes 2;
pid {dir}/nginx.pid;
error_log {dir}/nginx.log;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    client_max_body_size 4m;
    client_body_temp_path {dir}/body;
    fastcgi_temp_path {dir}/fastcgi;
    proxy_temp_path {dir}/proxy;
    uwsgi_temp_path {dir}/uwsgi;
    scgi_temp_path {dir}/scgi;
    upstream noop {{
        server unix:{dir}/noop.sock;
        keepalive 64;
        keepalive_timeout 2s;
        keepalive_requests 1000;
        keepalive_time 10s;
    }}
    server {{
        listen 127.0.0.1:{port};
        keepalive_requests 1000000;
        include /etc/nginx/fastcgi_params;
        fastcgi_param POSTERN_HANDLER $handler;
        fastcgi_param POSTERN_TAIL $tail;
        fastcgi_param REQUEST_ID $request_id;
        fastcgi_keep_conn on;
        location ~ ^/(?<handler>[a-z]+)(?<tail>/.*)?$ {{ fastcgi_pass noop; }}
    }}
}}
"""


@pytest.fixture
def nginx(directory):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    conf = directory / "nginx.conf"
    user = "user root;" if os.geteuid() == 0 else ""
    conf.write_text(CONF.format(dir=directory, port=port, user=user))
    process = subprocess.Popen(["nginx", "-e", directory / "nginx.log", "-c", conf])

    def listens():
        assert process.poll() is None, (directory / "nginx.log").read_text()
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return True
        except OSError:
            return False

    wait_for(listens, "nginx listens", timeout=30)
    yield port
    process.send_signal(signal.SIGQUIT)
    try:
        process.wait(10)
    finally:
        process.kill()
        process.wait()


def test_a_request_through_nginx(responder, nginx):
    client = http.client.HTTPConnection("127.0.0.1", nginx, timeout=20)
    client.request("POST", "/echo/t%20%C3%A9?q=1", b"a=1", {"Content-Type": FORM, "X-Probe": "p", "Cookie": "c=1; c=2"})
    answer = client.getresponse()
    echo = json.loads(answer.read())
    assert (answer.status, echo["method"], echo["handler"], echo["tail"]) == (200, "POST", "echo", "/t é")
    assert (echo["query"], echo["formFields"], echo["probe"]) == ("q=1", [["a", "1"]], "p")
    assert echo["cookies"] == [["c", "1"], ["c", "2"]]
    assert (echo["remoteAddress"], echo["isTLS"], len(echo["id"])) == ("127.0.0.1", False, 12)
    client.request("HEAD", "/noop")
    head = client.getresponse()
    assert (head.status, head.read(), head.headers["Content-Length"]) == (200, b"", "3")
    # Without a length, nginx counts the body itself.
    client.request("POST", "/echo", iter([b"ab", b"cd"]), {"Transfer-Encoding": "chunked"}, encode_chunked=True)
    assert json.loads(client.getresponse().read())["body"] == b"abcd".hex()


def test_a_refused_large_body_and_good_requests_through_nginx(responder, nginx):
    client = http.client.HTTPConnection("127.0.0.1", nginx, timeout=20)
    for _ in range(20):
        client.request("POST", "/echo", b"x" * 1_000_000)
        answer = client.getresponse()
        answer.read()
        assert answer.status == 413
        client.request("POST", "/echo", b"a=1", {"Content-Type": FORM})
        answer = client.getresponse()
        assert json.loads(answer.read())["formFields"] == [["a", "1"]]


class Load:
    """Clients that post, each on a kept connection, and look at every answer."""

    def __init__(self, port, clients, expect_body=True):
        self.port, self.stop, self.failures, self.done = port, threading.Event(), [], [0] * clients
        self.threads = [threading.Thread(target=self.post, args=(number,)) for number in range(clients)]
        for thread in self.threads:
            thread.start()

    def post(self, number):
        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        while not self.stop.is_set():
            body = f"{number}-{self.done[number]}".encode() * (1 + self.done[number] % 50)
            try:
                client.request("POST", "/echo", body)
                answer = client.getresponse()
                data = answer.read()
                if answer.status != 200 or json.loads(data)["body"] != body.hex():
                    self.failures.append((number, answer.status, data))
            except (OSError, http.client.HTTPException) as error:
                self.failures.append((number, repr(error)))
                client.close()
            self.done[number] += 1

    def finish(self):
        self.stop.set()
        for thread in self.threads:
            thread.join(30)


def test_many_clients_on_few_threads_behind_nginx(responder, nginx):
    load = Load(nginx, clients=40)
    try:
        wait_for(lambda: min(load.done) >= 20, "20 answers for each client", timeout=60)
    finally:
        load.finish()
    assert load.failures == []


def children(pid):
    return [int(child) for child in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_a_rolling_restart_under_load_fails_no_post(directory, nginx):
    path, pidfile = directory / "noop.sock", directory / "pool.pid"
    subprocess.run(
        ["spawn-fcgi", "-s", path, "-P", pidfile, "-M", "0666", "--",
         "/usr/bin/multiwatch", "-f", "2", "-r", "1000000", "-t", "1000", "--", NOOP, "--threads", "4"],
        check=True, capture_output=True)
    pool = int(pidfile.read_text())
    try:
        wait_for(lambda: len(children(pool)) == 2, "two processes", timeout=30)
        load = Load(nginx, clients=24)
        try:
            wait_for(lambda: min(load.done) >= 5, "load", timeout=30)
            for number in (signal.SIGUSR1, signal.SIGTERM):
                for child in children(pool):
                    os.kill(child, number)
                    wait_for(lambda: child not in children(pool), "the end of a process")
                    wait_for(lambda: len(children(pool)) == 2, "its successor", timeout=30)
                    so_far = sum(load.done)
                    wait_for(lambda: sum(load.done) > so_far + 200, "answers", timeout=30)
        finally:
            load.finish()
        assert load.failures == []
    finally:
        os.kill(pool, signal.SIGTERM)
        wait_for(lambda: not pathlib.Path(f"/proc/{pool}").exists() or "State:\tZ" in pathlib.Path(
            f"/proc/{pool}/status").read_text(), "the end of the pool")
