"""A provider in a folder of its own, started by scripts/stack, with the fixtures that most tests share."""

import contextlib
import functools
import json
import os
import pathlib
import secrets
import shutil
import subprocess
import tempfile
from dataclasses import dataclass

import pytest

from database import Database
from oidc import Browser, RelyingParty
from ports import unused_port

ROOT = pathlib.Path(__file__).resolve().parents[2]


@functools.cache
def faketime_library():
    """Preloaded, it moves a program's clock; the command `faketime` can't be used for what goes on in the background.

    Asked once: the command takes a semaphore by its process id, and one that a killed process left makes it fail.
    """
    for _ in range(5):
        run = subprocess.run(
            ["faketime", "-f", "+1s", "sh", "-c", "echo $LD_PRELOAD"], capture_output=True, text=True, check=False)
        if run.returncode == 0 and run.stdout.strip():
            return run.stdout.strip()
    raise AssertionError(f"faketime doesn't work here: {run.stderr}")


@dataclass
class Person:
    name: str
    password: str
    sub: str


class Provider:
    """`scripts/stack` with what a test needs to know of it."""

    # As `scripts/stack` has it: what runs here calls what runs here.
    calls = "http://127.0.0.0/8,http://::1"

    def __init__(self, folder, port=None, config=None, environment=None):
        self.folder = pathlib.Path(folder)
        self.port = port or unused_port()
        self.config = config or self.folder / "postern.yaml"
        self.environment = {**os.environ, **(environment or {})}
        self.base = f"http://localhost:{self.port}/oidc"
        self.issuer = self.base
        self.database = Database(self.config.parent / "postern.db")

    def up(self):
        self._stack("up", self.folder, "--port", self.port, "--config", self.config)

    def up_strictly(self):
        """Again, calling nothing that runs here, as an installation has it."""
        self.down()
        self.calls = ""
        self._stack("up", self.folder, "--port", self.port, "--config", self.config, "--strict")

    def prepare(self):
        """Makes configuration, keys and database, and starts nothing yet."""
        self.postern("init", "--issuer", self.issuer)

    def down(self):
        self._stack("down", self.folder)

    def _stack(self, *arguments):
        run = subprocess.run(
            [ROOT / "scripts/stack", *map(str, arguments)], env=self.environment, stdin=subprocess.DEVNULL, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120, check=False)
        assert run.returncode == 0, run.stdout

    @property
    def programs(self):
        return pathlib.Path(os.environ.get("POSTERN_BIN") or ROOT / ".build/debug")

    def run(self, *arguments, input=None):
        """Runs the administrator's command line."""
        return subprocess.run(
            [self.programs / "postern", *map(str, arguments), "--config", self.config], input=input or "", text=True,
            env={**os.environ, "POSTERN_OUTBOUND_ALLOW": self.calls}, capture_output=True, timeout=60, check=False)

    def postern(self, *arguments, input=None):
        """The same, where it must be done; gives back what it printed."""
        run = self.run(*arguments, input=input)
        assert run.returncode == 0, run.stderr
        return run.stdout

    def add_user(self, name=None, password=None, *options):
        name = name or "u" + secrets.token_hex(4)
        password = password or secrets.token_urlsafe(12)
        made = json.loads(self.postern("user", "add", name, "--password-stdin", "--json", *options, input=password))
        return Person(name, password, made["sub"])

    def add_client(self, **metadata):
        """Registers a client by RFC 7591 metadata; a confidential one of an administrator's unless it says otherwise."""
        auth = metadata.get("token_endpoint_auth_method")
        asked = {
            "client_name": "An app", "redirect_uris": ["https://app.example/callback"],
            "token_endpoint_auth_method": "client_secret_basic", **metadata,
        }
        made = json.loads(self.postern("client", "add", "--from", "-", "--json", input=json.dumps(asked)))
        return RelyingParty(
            issuer=self.issuer, client_id=made["client_id"], redirect_uri=next(iter(asked["redirect_uris"]), None),
            secret=made.get("client_secret"),
            auth={"none": "none", "client_secret_post": "post"}.get(auth, "basic"))

    def browser(self, source=None):
        return Browser(self.base, source)

    def log(self, pool="fast"):
        return (self.folder / "run" / f"{pool}.log").read_text()

    @contextlib.contextmanager
    def with_clock(self, ahead):
        """Runs it by a clock that is so many seconds fast, and afterwards by the right one."""
        right, self.environment = self.environment, {
            **self.environment, "LD_PRELOAD": faketime_library(), "FAKETIME": f"+{ahead}s"}
        try:
            self.down()
            self.up()
            yield
        finally:
            self.down()
            self.environment = right
            self.up()

    @contextlib.contextmanager
    def later(self, seconds, **environment):
        """The same provider, `seconds` from now: pools and nginx of their own, on the same database and keys."""
        with temporary_folder() as folder:
            future = Provider(
                folder, config=self.config,
                environment={"LD_PRELOAD": faketime_library(), "FAKETIME": f"+{seconds}s", **environment})
            future.issuer = self.issuer
            with contextlib.ExitStack() as stack:
                stack.callback(future.down)
                future.up()
                yield future


@contextlib.contextmanager
def temporary_folder():
    # Short, since a unix socket's path has at most 107 bytes.
    folder = tempfile.mkdtemp(prefix="postern-")
    try:
        yield pathlib.Path(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def running_provider(edit=None):
    """A provider of one's own; `edit` changes the text of its configuration before it starts."""
    with temporary_folder() as folder, contextlib.ExitStack() as stack:
        provider = Provider(folder)
        provider.prepare()
        if edit:
            provider.config.write_text(edit(provider.config.read_text()))
        stack.callback(provider.down)
        provider.up()
        yield provider


@pytest.fixture(scope="session")
def provider():
    with running_provider() as running:
        yield running


@pytest.fixture(scope="session")
def alice(provider):
    return provider.add_user(
        "alice", None, "--full-name", "Alice Example", "--email", "alice@example.com", "--attribute",
        "email_verified=true")


@pytest.fixture(scope="session")
def party(provider):
    """A confidential client that an administrator made: it needs no consent."""
    return provider.add_client()


@pytest.fixture(scope="session")
def other_party(provider):
    return provider.add_client(client_name="Another app", redirect_uris=["https://other.example/callback"])


@pytest.fixture(scope="session")
def public_party(provider):
    return provider.add_client(
        client_name="Public", redirect_uris=["https://spa.example/callback"], token_endpoint_auth_method="none")


@pytest.fixture(scope="session")
def post_party(provider):
    return provider.add_client(client_name="Posts", token_endpoint_auth_method="client_secret_post")


@pytest.fixture
def agent(provider):
    return provider.browser()


@pytest.fixture
def session(provider, party, alice):
    """A browser that is signed in, so that a code is one request away."""
    browser = provider.browser()
    party.sign_in(browser, alice)
    return browser


@pytest.fixture
def fresh_code(provider, party, session):
    """A code that nobody has used, with its verifier. To give one changes nothing in the database."""
    request = party.request()
    return party.start(session, request).query["code"], request.verifier


@pytest.fixture
def token(party, session):
    return party.tokens(session)["access_token"]
