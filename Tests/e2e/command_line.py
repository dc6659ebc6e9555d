"""`postern`, run as a program. No server is needed."""

import json
import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ISSUER = "https://login.example.com/oidc"
METADATA = {"client_name": "Demo", "redirect_uris": ["https://app.example.com/callback"]}


def program() -> str:
    """The newest build, or the one in POSTERN_BIN."""
    named = os.environ.get("POSTERN_BIN")
    if named:
        return str(Path(named) / "postern")
    builds = [ROOT / ".build" / kind / "postern" for kind in ("release", "debug")]
    return str(max((build for build in builds if build.exists()), key=lambda build: build.stat().st_mtime))


class CommandLine:
    """`postern` in a folder of its own."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("POSTERN_") and name not in ("CREDENTIALS_DIRECTORY", "NO_COLOR")
        }

    def run(self, *words: str, given: str | bytes = b"", status: int = 0, **environment: str):
        given = given.encode() if isinstance(given, str) else given
        done = subprocess.run(
            [program(), *words], input=given, capture_output=True, cwd=self.folder, timeout=60,
            env=self.environment | environment,
        )
        assert done.returncode == status, (done.returncode, done.stdout, done.stderr)
        if status:
            assert b"Fatal error" not in done.stderr
        return done

    def __call__(self, *words: str, **options) -> str:
        return self.run(*words, **options).stdout.decode()

    def json(self, *words: str, **options):
        return json.loads(self(*words, "--json", **options))

    def error(self, *words: str, status: int = 1, **options) -> str:
        done = self.run(*words, status=status, **options)
        assert done.stdout == b"", "what went wrong belongs on standard error"
        return done.stderr.decode()


@pytest.fixture
def folder(tmp_path):
    return CommandLine(tmp_path)


@pytest.fixture(scope="module")
def _made(tmp_path_factory):
    """An installation, and what its folder held at first."""
    made = CommandLine(tmp_path_factory.mktemp("installation"))
    made("init", "--issuer", ISSUER)
    return made, {path: path.read_bytes() for path in made.folder.rglob("*") if path.is_file()}


@pytest.fixture
def postern(_made):
    """An installation; what earlier tests made is gone."""
    made, first = _made
    for path in made.folder.rglob("*"):
        if path.is_file() and path not in first:
            path.unlink()
    for path, content in first.items():
        path.write_bytes(content)
    return made
