"""scripts/install, into a folder; what it installs is what systemd can start."""

import os
import re
import shutil
import socket
import subprocess
import time

import pytest

from provider import ROOT, temporary_folder

PROGRAMS = os.environ.get("POSTERN_BIN") or str(ROOT / ".build/debug")


@pytest.fixture(scope="module")
def installed():
    """A folder with an installation at /opt/postern in it."""
    with temporary_folder() as folder:
        # A relative folder is the caller's.
        run = subprocess.run(
            [ROOT / "scripts/install", "--destdir", "root", "--prefix", "/opt/postern"], cwd=folder,
            env={**os.environ, "POSTERN_BIN": PROGRAMS}, capture_output=True, text=True, check=False)
        assert run.returncode == 0, run.stderr
        yield folder / "root"


def test_what_is_installed_finds_its_pages_and_makes_an_installation(installed, tmp_path):
    postern = [installed / "opt/postern/bin/postern", "--config", tmp_path / "postern.yaml"]
    subprocess.run([*postern, "init"], check=True, capture_output=True)
    check = subprocess.run([*postern, "check"], check=True, capture_output=True, text=True).stdout
    assert f"{installed}/opt/postern/share/postern" in check
    assert (installed / "opt/postern/share/doc/postern/operate.md").exists()


def output(*command):
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


def test_the_packages_that_a_machine_gets_hold_every_library_of_the_programs(installed):
    """No more and no less, as a machine that doesn't build has none of them. A debug build's Swift is in no package."""
    named = set(output("bash", "-c", "source scripts/packages.sh; echo ${packages_libraries[@]}").split())
    libraries = {
        name for program in ("postern", "postern-fcgi")
        for name in re.findall(r"(\S+) => /(?:usr/)?lib/", output("ldd", installed / "opt/postern/bin" / program))}
    assert "libfcgi.so.0" in libraries
    needed = set()
    for library in libraries:
        package = output("dpkg", "-S", f"*/{library}").split(":")[0]
        provided = output("dpkg-query", "-W", "-f", "${Provides}", package)
        needed.add(next(iter(named & {package, *re.findall(r"[^\s,()=]+", provided)}), package))
    # apt is linked with these, so they are on every Debian.
    assert needed - {"libc6", "libgcc-s1", "libstdc++6"} == named


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="there is no systemd here")
def test_systemd_finds_nothing_wrong_with_the_units_of_a_pool(installed, tmp_path):
    """It looks for the program as well, so that is named where it is for now."""
    for kind in ("socket", "service"):
        text = (installed / f"etc/systemd/system/postern@.{kind}").read_text()
        assert "/usr/local" not in text
        (tmp_path / f"postern@fast.{kind}").write_text(text.replace("/opt/postern", f"{installed}/opt/postern"))
    run = subprocess.run(
        ["systemd-analyze", "verify", tmp_path / "postern@fast.service", tmp_path / "postern@fast.socket"],
        capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")


def test_the_units_the_example_of_nginx_and_the_configuration_name_the_same_sockets(installed, tmp_path):
    socket = (installed / "etc/systemd/system/postern@.socket").read_text()
    service = (installed / "etc/systemd/system/postern@.service").read_text()
    assert "ListenStream=/var/lib/postern/run/%i.sock\n" in socket
    assert "--config /var/lib/postern/postern.yaml %i\n" in service
    assert "server unix:/var/lib/postern/run/fast.sock;" in (ROOT / "nginx/postern-http.conf").read_text()
    assert "alias /usr/local/share/postern/nginx/static/;" in (ROOT / "nginx/postern-locations.conf").read_text()
    postern = [installed / "opt/postern/bin/postern", "--config", tmp_path / "postern.yaml"]
    subprocess.run([*postern, "init"], check=True, capture_output=True)
    pools = subprocess.run([*postern, "pools"], check=True, capture_output=True, text=True).stdout
    assert f"fast\t{tmp_path}/run/fast.sock\t" in pools


@pytest.mark.parametrize("name, said", [("fats", "has no pool fats"), ("fast", "is not there")])
def test_a_pool_that_can_not_start_says_why(installed, tmp_path, name, said):
    """With a status after which systemd leaves it alone."""
    status = 78
    assert f"RestartPreventExitStatus=64 {status}\n" in (
        installed / "etc/systemd/system/postern@.service").read_text()
    postern = [installed / "opt/postern/bin/postern", "--config", tmp_path / "postern.yaml"]
    if name != "fast":
        subprocess.run([*postern, "init"], check=True, capture_output=True)
    run = subprocess.run(
        [installed / "opt/postern/bin/postern-pool", "--config", tmp_path / "postern.yaml", name],
        capture_output=True, text=True, check=False, timeout=30)
    assert run.returncode == status
    assert said in run.stderr


@pytest.mark.parametrize("options, status", [(["--pool", "fats"], 64), ([], 78)])
def test_a_process_that_can_not_start_takes_its_time(installed, tmp_path, options, status):
    """multiwatch starts again at once what ends, and never gives up."""
    programs = installed / "opt/postern/bin"
    file = tmp_path / "postern.yaml"
    subprocess.run([programs / "postern", "--config", file, "init"], check=True, capture_output=True)
    (tmp_path / "state.key").unlink()
    with temporary_folder() as folder, socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(folder / "sock"))
        listening.listen()
        began = time.monotonic()
        run = subprocess.run(
            [programs / "postern-fcgi", "--config", file, *options], stdin=listening, capture_output=True, text=True,
            check=False, timeout=30)
        assert time.monotonic() - began >= 2
    assert run.returncode == status
    assert "fats" in run.stderr or "state.key" in run.stderr
