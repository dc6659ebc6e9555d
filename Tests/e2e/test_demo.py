"""What the README promises: one command, a browser, and an app that has verified an ID token."""

import json
import os
import pty
import re
import signal
import socket
import subprocess

import pytest

from accessibility import assert_accessible
from waiting import wait_for
from ports import unused_port
from provider import ROOT, temporary_folder


ENVIRONMENT = {**os.environ, "POSTERN_BIN": os.environ.get("POSTERN_BIN") or str(ROOT / ".build/debug")}


def quickstart(*arguments, check=True):
    run = subprocess.run(
        [ROOT / "scripts/quickstart", *map(str, arguments)], env=ENVIRONMENT, stdin=subprocess.DEVNULL, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=280, check=False)
    assert not check or run.returncode == 0, run.stdout
    return run.stdout


def two_ports():
    while True:
        port = unused_port()
        if port < 65535:
            return port


class Demo:
    def __init__(self, folder):
        self.folder = folder
        self.port = two_ports()
        self.output = self.start()
        self.url = f"http://localhost:{self.port + 1}"
        self.issuer = f"http://localhost:{self.port}/oidc"

    def start(self):
        return quickstart("--port", self.port, "--dir", self.folder, "--detach")

    def stop(self):
        return quickstart("--stop", "--port", self.port, "--dir", self.folder)

    @property
    def password(self):
        return re.search(r"^ *Password +(\S+)$", self.output, re.MULTILINE).group(1)


@pytest.fixture(scope="module")
def demo():
    with temporary_folder() as folder:
        demo = Demo(folder)
        yield demo
        demo.stop()


def sign_in(page, password):
    page.get_by_label("User name").fill("demo")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def test_a_user_signs_in_to_the_demo_app(demo, page):
    """OpenID Connect Core, section 3.1: from the app to the login page, and back with a verified ID token."""
    assert demo.url in demo.output
    page.goto(demo.url)
    page.get_by_role("link", name="Sign in").click()
    assert page.url.startswith(demo.issuer + "/authorize")
    assert_accessible(page)
    sign_in(page, demo.password)
    page.wait_for_url(demo.url + "/")
    claims = json.loads(page.locator("#id-token").inner_text())
    assert claims["iss"] == demo.issuer
    assert claims["aud"] in ("demo-app", ["demo-app"])
    assert json.loads(page.locator("#userinfo").inner_text())["email"] == "demo@example.com"
    assert page.get_by_role("heading", name="Hello, Demo User").is_visible()


def test_a_second_sign_in_asks_for_no_password(demo, page):
    page.goto(demo.url + "/login")
    sign_in(page, demo.password)
    page.get_by_role("button", name="Leave this app").click()
    page.get_by_role("link", name="Sign in").click()
    assert page.get_by_role("heading", name="Hello, Demo User").is_visible()


def test_a_wrong_password_is_told_and_may_be_mended(demo, page):
    page.goto(demo.url + "/login")
    sign_in(page, "not it")
    assert page.get_by_role("alert").is_visible()
    assert_accessible(page)
    assert page.get_by_label("User name").input_value() == "demo"
    sign_in(page, demo.password)
    assert page.get_by_role("heading", name="Hello, Demo User").is_visible()


def test_who_turns_back_is_told_so_by_the_app(demo, page):
    """RFC 6749, section 4.1.2.1: access_denied."""
    page.goto(demo.url + "/login")
    page.locator("[name=cancel]").click()
    page.wait_for_url(demo.url + "/callback?*")
    assert "access_denied" in page.inner_text("main")


def test_it_goes_on_with_what_is_there(demo, page):
    """Run twice, it has the same password and registers the app once."""
    client = (demo.folder / "demo-app.json").read_text()
    password = demo.password
    demo.output = demo.start()
    assert demo.password == password
    assert (demo.folder / "demo-app.json").read_text() == client
    page.goto(demo.url + "/login")
    sign_in(page, password)
    assert page.get_by_role("heading", name="Hello, Demo User").is_visible()


def test_a_folder_for_another_port_is_not_taken(demo):
    output = quickstart("--port", demo.port - 2, "--dir", demo.folder, "--detach", check=False)
    assert "is for another port" in output


def test_a_relative_folder_is_the_callers(tmp_path):
    run = subprocess.run(
        [ROOT / "scripts/quickstart", "--stop", "--dir", "mine"], cwd=tmp_path, env=ENVIRONMENT, text=True,
        capture_output=True, check=False)
    assert f"nothing was started in {tmp_path}/mine" in run.stderr


def test_nobody_else_can_read_its_secrets(demo):
    assert demo.folder.stat().st_mode & 0o077 == 0
    for name in ("demo-password", "demo-app.json", "state.key", "signing.key", "postern.db"):
        assert (demo.folder / name).stat().st_mode & 0o077 == 0, name


def test_control_c_ends_it_all():
    port = two_ports()
    with temporary_folder() as folder:
        ours, theirs = pty.openpty()
        with subprocess.Popen(
                [ROOT / "scripts/quickstart", "--port", str(port), "--dir", folder], env=ENVIRONMENT,
                stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
                # Who runs the tests in the background has it ignored, and bash can't trap what was ignored before.
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)) as run:
            os.close(theirs)
            shown = b""
            while b"Ctrl-C" not in shown:
                shown += os.read(ours, 4096)
            os.killpg(run.pid, signal.SIGINT)
            try:
                assert run.wait(60) == 130
            finally:
                # Popen waits for it, however long it takes.
                if run.poll() is None:
                    os.killpg(run.pid, signal.SIGTERM)
        os.close(ours)
        for listening in (port, port + 1):
            with socket.socket() as probe:
                assert probe.connect_ex(("127.0.0.1", listening)) != 0


class Brokered:
    """`scripts/quickstart --broker`, and what it says on screen."""

    def __init__(self, folder):
        self.folder = folder
        self.port = next(port for port in iter(unused_port, None) if port < 65533)
        self.output = quickstart("--broker", "--port", self.port, "--dir", folder, "--detach")
        self.apps = re.findall(r"http://localhost:\d+$", self.output, re.MULTILINE)[:2]

    def stop(self):
        quickstart("--stop", "--port", self.port, "--dir", self.folder)

    def said(self, pattern):
        return re.search(pattern, self.output, re.MULTILINE).group(1)

    def checks(self):
        return (self.folder / "run/upstream.log").read_text()


def shows(page, address, text):
    page.goto(address)
    return text in page.inner_text("main")


@pytest.mark.long
def test_who_leaves_the_second_provider_loses_both_apps_within_a_minute(page):
    with temporary_folder() as folder:
        demo = Brokered(folder)
        try:
            page.goto(demo.apps[0] + "/login")
            page.get_by_role("button", name="Continue with Example Corp").click()
            page.get_by_label("User name").fill(demo.said(r"^ *Sign in +(\S+)$"))
            page.get_by_label("Password").fill(demo.said(r"^ *Password +(\S+)$"))
            page.get_by_role("button", name="Sign in").click()
            page.wait_for_url(demo.apps[0] + "/")
            page.goto(demo.apps[1] + "/login")
            assert all(shows(page, app, "Hello, Amy Example") for app in demo.apps)

            # For as long as it takes to ask again, the second one is down.
            subprocess.run([ROOT / "scripts/stack", "down", folder / "corp"], check=True, timeout=120)
            wait_for(lambda: "verdict=unreachable" in demo.checks(), "it is asked, and is down", timeout=90)
            assert all(shows(page, app, "Hello, Amy Example") for app in demo.apps)
            subprocess.run([ROOT / "scripts/stack", "up", folder / "corp"], check=True, timeout=120)

            subprocess.run(demo.said(r"^ *(\S+ --config \S+ user disable amy)$").split(), check=True, timeout=60)
            wait_for(
                lambda: all(shows(page, app, "has ended your session") for app in demo.apps),
                "both apps are told within a minute", timeout=60)
            # And she can't come back.
            page.goto(demo.apps[0] + "/login")
            page.get_by_role("button", name="Continue with Example Corp").click()
            page.get_by_label("User name").fill("amy")
            page.get_by_label("Password").fill(demo.said(r"^ *Password +(\S+)$"))
            page.get_by_role("button", name="Sign in").click()
            assert page.get_by_role("alert").is_visible()
        finally:
            demo.stop()
