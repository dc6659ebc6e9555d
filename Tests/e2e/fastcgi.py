"""A web server's side of FastCGI, record by record, so that tests can send what no web server would."""

import socket
import struct

BEGIN, ABORT, END, PARAMS, STDIN, STDOUT, STDERR, DATA, GET_VALUES, GET_VALUES_RESULT, UNKNOWN = range(1, 12)
RESPONDER, AUTHORIZER, FILTER = 1, 2, 3


def record(kind, content=b"", id=1, padding=0, version=1):
    return struct.pack(">BBHHBB", version, kind, id, len(content), padding, 0) + content + b"\xff" * padding


def records(kind, content, size, id=1, padding=0):
    """The content in records of that size, and the empty record that ends a stream."""
    pieces = [content[i:i + size] for i in range(0, len(content), size)]
    return b"".join(record(kind, piece, id, padding) for piece in pieces) + record(kind, id=id)


def begin(role=RESPONDER, keep=True, id=1, padding=0):
    return record(BEGIN, struct.pack(">HB5x", role, int(keep)), id, padding)


def length(number, long=False):
    return struct.pack(">I", number | 0x80000000) if long or number > 127 else bytes([number])


def pairs(parameters, long=False):
    out = b""
    for name, value in parameters:
        name, value = (part.encode() if isinstance(part, str) else part for part in (name, value))
        out += length(len(name), long) + length(len(value), long) + name + value
    return out


def parameters(handler, method="GET", body=b"", **others):
    given = {"REQUEST_METHOD": method, "POSTERN_HANDLER": handler, "CONTENT_LENGTH": str(len(body)) if body else ""}
    given.update(others)
    return [(name, value) for name, value in given.items() if value is not None]


def request(handler, method="GET", body=b"", size=8000, padding=0, keep=True, id=1, long=False, **others):
    """A whole request as bytes."""
    content = pairs(parameters(handler, method, body, **others), long)
    return (begin(keep=keep, id=id) + records(PARAMS, content, size, id, padding)
            + records(STDIN, body, size, id, padding))


class Answer:
    def __init__(self, stdout, stderr, app_status, protocol_status):
        head, _, self.body = stdout.partition(b"\r\n\r\n")
        self.headers = []
        self.status = None
        for line in head.split(b"\r\n") if head else []:
            name, _, value = line.decode().partition(": ")
            if name == "Status":
                self.status = int(value.split()[0])
            else:
                self.headers.append((name, value))
        self.stderr, self.app_status, self.protocol_status = stderr, app_status, protocol_status

    def __getitem__(self, name):
        return dict(self.headers).get(name)


class Closed(Exception):
    """The responder closed the connection."""


class Connection:
    def __init__(self, path, timeout=20):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(timeout)
        self.socket.connect(str(path))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def close(self):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def read(self, count):
        data = b""
        while len(data) < count:
            try:
                piece = self.socket.recv(count - len(data))
            except ConnectionResetError:
                piece = b""
            if not piece:
                raise Closed(data)
            data += piece
        return data

    def record(self):
        """The next record: its kind, request id and content."""
        version, kind, id, count, padding, _ = struct.unpack(">BBHHBB", self.read(8))
        assert version == 1
        content = self.read(count)
        self.read(padding)
        return kind, id, content

    def answer(self, id=1):
        streams = {STDOUT: b"", STDERR: b""}
        while True:
            kind, came, content = self.record()
            assert came == id
            if kind == END:
                app_status, protocol_status = struct.unpack(">IB3x", content)
                return Answer(streams[STDOUT], streams[STDERR], app_status, protocol_status)
            streams[kind] += content

    def ask(self, handler, *arguments, **named):
        self.send(request(handler, *arguments, **named))
        return self.answer(named.get("id", 1))

    def is_closed(self):
        """Whether the responder closes the connection; what it sends before that doesn't count."""
        try:
            while True:
                self.read(1)
        except Closed:
            return True
        except TimeoutError:
            return False
