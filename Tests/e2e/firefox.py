"""Debian's Firefox, one for the whole run, driven by Marionette; each test begins without cookies, in one tab."""

import os
import pathlib
import shutil
import subprocess
import tempfile

import pytest
from marionette_driver.marionette import Marionette

from ports import unused_port


@pytest.fixture(scope="session")
def firefox():
    program = shutil.which("firefox-esr") or shutil.which("firefox")
    assert program, "firefox is not installed"
    profile = pathlib.Path(tempfile.mkdtemp(prefix="firefox-"))
    port = unused_port()
    (profile / "user.js").write_text(f'user_pref("marionette.port", {port});\nuser_pref("intl.accept_languages", "en");\n')
    process = subprocess.Popen(
        # With system access cookies can be looked after.
        [program, "--headless", "--no-remote", "--marionette", "--remote-allow-system-access", "--profile", profile],
        env={**os.environ, "HOME": str(profile)}, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL)
    try:
        client = Marionette(host="127.0.0.1", port=port, startup_timeout=60)
        client.start_session(timeout=60)
        client.timeout.page_load = 20
        yield client
        client.delete_session()
    finally:
        process.terminate()
        process.wait(30)
        shutil.rmtree(profile, ignore_errors=True)
