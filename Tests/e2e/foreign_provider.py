"""Providers that nobody here wrote, as upstreams: what the tests need to know of each."""

import os
import socket
import subprocess

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from waiting import wait_for
from ports import unused_port
from provider import faketime_library

SECRET = "a-secret-of-the-broker-of-32-bytes-and-more"


class ForeignProvider:
    """A process with a folder of its own. Its users are made before it starts, and all of them are editors."""

    name = None
    scope = None
    """What it is asked for."""
    expression = "EXISTS (SELECT 1 FROM json_each(upstream, '$.groups') WHERE value = 'editors')"

    def __init__(self, folder, users):
        self.folder = folder
        self.users = users
        self.port = unused_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self._process = None

    def command(self):
        raise NotImplementedError

    def up(self, ahead=None):
        """Returns when it answers. `ahead`: so many seconds its clock is fast."""
        clock = {"LD_PRELOAD": faketime_library(), "FAKETIME": f"+{ahead}s"} if ahead else {}
        with open(self.folder / "log", "a") as log:
            self._process = subprocess.Popen(
                self.command(), cwd=self.folder, env={**os.environ, **clock}, stdin=subprocess.DEVNULL, stdout=log,
                stderr=subprocess.STDOUT)
        wait_for(self._listens, f"{self.name} listens", timeout=90)

    def _listens(self):
        assert self._process.poll() is None, (self.folder / "log").read_text()
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def down(self):
        if self._process:
            self._process.terminate()
            self._process.wait(30)
            self._process = None

    def configuration(self, secret_file):
        """As an item of `upstreams`."""
        return f"""
  - name: {self.name}
    title: {self.name.title()}
    issuer: {self.issuer}
    client_id: broker
    client_secret_file: {secret_file}
    scope: {self.scope}
    recheck: 5s
    logout: true
    roles: {{ editor: "{self.expression}" }}
"""


def new_key():
    """As PEM."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode()


def public_part(key):
    return serialization.load_pem_private_key(key.encode(), None).public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()
