"""scripts/stack: whatever the machine did meanwhile, `up` starts and `down` ends what is ours, and nothing else."""

import http.client
import os
import pathlib
import signal
import socket
import subprocess

import pytest

from ports import unused_port
from provider import ROOT, Provider, running_provider, temporary_folder
from waiting import wait_for


def stack(*arguments):
    return subprocess.run(
        [ROOT / "scripts/stack", *map(str, arguments)], stdin=subprocess.DEVNULL, text=True, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, timeout=120, check=False)


@pytest.fixture
def folder():
    with temporary_folder() as folder:
        yield folder
        stack("down", folder)


@pytest.fixture
def running(folder):
    provider = Provider(folder)
    provider.up_alone = stack("up", folder, "--port", provider.port)
    assert provider.up_alone.returncode == 0, provider.up_alone.stdout
    return provider


def discovery_status(port):
    connection = http.client.HTTPConnection("localhost", port, timeout=10)
    try:
        connection.request("GET", "/oidc/.well-known/openid-configuration")
        return connection.getresponse().status
    except ConnectionRefusedError:
        return None
    finally:
        connection.close()


def is_alive(pid):
    try:
        return (pathlib.Path("/proc") / str(pid) / "stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def children(pid):
    return [int(child) for child in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def pids(folder):
    """Masters and workers of everything that runs in the folder."""
    masters = [int(file.read_text()) for file in (folder / "run").glob("*.pid")]
    return masters + [child for master in masters for child in children(master)]


def test_down_ends_everything_and_up_starts_it_again(running):
    everything = pids(running.folder)
    assert len(everything) >= 8, "nginx with its workers, and two pools"
    assert stack("down", running.folder).returncode == 0
    assert not [pid for pid in everything if is_alive(pid)]
    assert discovery_status(running.port) is None
    assert not list((running.folder / "run").glob("*.sock"))
    assert stack("up", running.folder, "--port", running.port).returncode == 0
    assert discovery_status(running.port) == 200


def test_a_pool_has_the_processes_that_the_configuration_says():
    with running_provider(lambda text: text + "pools: { fast: { processes: 3 }, slow: { processes: 2 } }\n") as running:
        for pool, processes in (("fast", 3), ("slow", 2)):
            master = int((running.folder / f"run/{pool}.pool.pid").read_text())
            wait_for(lambda: len(children(master)) == processes, "all processes run", timeout=20)


def takes_signals(pid):
    """Whether it has begun so far that it reads SIGTERM by itself. Before, it has nothing to drain, and just ends."""
    status = (pathlib.Path("/proc") / str(pid) / "status").read_text()
    blocked = next(line for line in status.splitlines() if line.startswith("SigBlk:")).split()[1]
    return int(blocked, 16) >> (signal.SIGTERM - 1) & 1


def test_down_drains_and_kills_nothing(running):
    masters = [int((running.folder / f"run/{pool}.pool.pid").read_text()) for pool in ("fast", "slow")]
    wait_for(
        lambda: len(workers := [child for master in masters for child in children(master)]) == 3
        and all(takes_signals(worker) for worker in workers), "all processes run")
    stack("down", running.folder)
    log = running.log("fast") + running.log("slow")
    assert log.count("draining") == 3
    assert "crash" not in log


def test_down_twice_or_of_nothing_is_no_error(running):
    assert stack("down", running.folder).returncode == 0
    assert stack("down", running.folder).returncode == 0
    assert stack("down", running.folder / "never").returncode == 0
    assert not (running.folder / "never").exists()


def test_up_twice_is_a_restart(running):
    before = pids(running.folder)
    assert stack("up", running.folder).returncode == 0
    assert not [pid for pid in before if is_alive(pid)]
    assert discovery_status(running.port) == 200


@pytest.mark.parametrize("victims", ["masters", "everything"])
def test_after_kill_9_up_starts_again(running, victims):
    """What a killed master leaves behind goes on listening: `up` ends it first."""
    masters = [int(file.read_text()) for file in (running.folder / "run").glob("*.pid")]
    everything = pids(running.folder)
    for pid in masters if victims == "masters" else everything:
        os.kill(pid, signal.SIGKILL)
    wait_for(lambda: not [pid for pid in masters if is_alive(pid)], "all masters end", timeout=20)
    run = stack("up", running.folder)
    assert run.returncode == 0, run.stdout
    assert not [pid for pid in everything if is_alive(pid)]
    assert discovery_status(running.port) == 200


def test_after_kill_9_down_ends_what_is_left(running):
    everything = pids(running.folder)
    for file in (running.folder / "run").glob("*.pid"):
        os.kill(int(file.read_text()), signal.SIGKILL)
    assert stack("down", running.folder).returncode == 0
    wait_for(lambda: not [pid for pid in everything if is_alive(pid)], "everything ends", timeout=20)


def test_stale_pid_files_and_sockets_end_no_stranger(folder):
    """After a power cut a pid file may name anybody: a program of another kind, or of another folder's stack."""
    with temporary_folder() as other_folder:
        other = Provider(other_folder)
        assert stack("up", other_folder, "--port", other.port).returncode == 0
        others = pids(other_folder)
        stranger = subprocess.Popen(["sleep", "300"])
        try:
            run = folder / "run"
            run.mkdir()
            (run / "nginx.pid").write_text(f"{(other_folder / 'run/nginx.pid').read_text().strip()}\n")
            (run / "fast.pool.pid").write_text(str(stranger.pid))
            (run / "slow.pool.pid").write_text((other_folder / "run/slow.pool.pid").read_text())
            (run / "odd.pool.pid").write_text("1; echo\n")
            for name in ("fast", "slow"):
                with socket.socket(socket.AF_UNIX) as stale:
                    stale.bind(str(run / f"{name}.sock"))
            port = unused_port()
            up = stack("up", folder, "--port", port)
            assert up.returncode == 0, up.stdout
            assert discovery_status(port) == 200
            assert stack("down", folder).returncode == 0
            assert stranger.poll() is None
            assert all(is_alive(pid) for pid in others)
            assert discovery_status(other.port) == 200
        finally:
            stranger.kill()
            stranger.wait()
            stack("down", other_folder)


def test_two_on_one_database(running):
    """`up DIR2 --config DIR/postern.yaml`: pools and nginx of its own, and the same users."""
    with temporary_folder() as second_folder:
        second = Provider(second_folder, config=running.config)
        second.issuer = running.issuer
        try:
            run = stack("up", second_folder, "--port", second.port, "--config", running.config)
            assert run.returncode == 0, run.stdout
            user, party = running.add_user(), running.add_client()
            for there in (running, second):
                request = party.request()
                answer = party.sign_in(there.browser(), user, request)
                assert "code" in answer.query
            assert stack("down", second_folder).returncode == 0
            assert discovery_status(running.port) == 200
        finally:
            stack("down", second_folder)


def test_a_folder_whose_name_is_longer_than_a_sockets_path(folder):
    """unix(7): a socket's path has at most 107 bytes."""
    long_folder = folder / ("a" * 100) / "with a blank" / ("b" * 60)
    long_folder.mkdir(parents=True)
    before = set(pathlib.Path("/tmp").glob(f"postern-{os.geteuid()}-*"))
    port = unused_port()
    try:
        run = stack("up", long_folder, "--port", port)
        assert run.returncode == 0, run.stdout
        assert discovery_status(port) == 200
    finally:
        assert stack("down", long_folder).returncode == 0
    assert set(pathlib.Path("/tmp").glob(f"postern-{os.geteuid()}-*")) <= before


def test_a_folder_with_a_blank_in_its_name(folder):
    odd = folder / "my files"
    port = unused_port()
    try:
        run = stack("up", odd, "--port", port)
        assert run.returncode == 0, run.stdout
        assert discovery_status(port) == 200
    finally:
        stack("down", odd)


def test_a_port_in_use_is_named_and_nothing_is_left(folder):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        run = stack("up", folder, "--port", port)
        assert run.returncode == 1
        assert f"port {port} is in use" in run.stdout
        assert "--port" in run.stdout
    assert not list((folder / "run").glob("*.pid"))


def test_a_configuration_with_a_mistake_is_told_with_its_line(running):
    text = running.config.read_text()
    running.config.write_text(text.replace("issuer:", "issur:"))
    run = stack("up", running.folder)
    assert run.returncode == 1
    assert "postern.yaml:" in run.stdout
    assert 'Did you mean "issuer"?' in run.stdout


def test_a_file_that_nginx_refuses_is_shown(folder, tmp_path):
    programs = Provider(folder).programs
    (tmp_path / "postern-fcgi").symlink_to(programs / "postern-fcgi")
    (tmp_path / "postern").write_text(
        f"""#!/bin/sh
case "$*" in *--locations*) echo 'add_header X "a", b;' ;; *) exec "{programs}/postern" "$@" ;; esac
""")
    (tmp_path / "postern").chmod(0o755)
    run = subprocess.run(
        [ROOT / "scripts/stack", "up", folder, "--port", str(unused_port())], stdin=subprocess.DEVNULL, text=True,
        env={**os.environ, "POSTERN_BIN": str(tmp_path)}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    assert run.returncode == 1 and "nginx does not take its configuration" in run.stdout
    assert "of 21 bytes\nadd_header X \"a\", b;\n--- the end of " in run.stdout, run.stdout


def test_a_database_that_is_none_is_told(running):
    stack("down", running.folder)
    for file in running.folder.glob("postern.db*"):
        file.unlink()
    (running.folder / "postern.db").write_bytes(b"this is no database" * 1000)
    run = stack("up", running.folder)
    assert run.returncode == 1
    assert "database" in run.stdout
    assert not list((running.folder / "run").glob("*.pid"))


@pytest.mark.parametrize("arguments", [
    (), ("up",), ("sideways", "x"), ("up", "--port", "1"), ("down", "x", "--port", "1"), ("up", "x", "--port"),
])
def test_a_wrong_call_is_answered_by_the_right_one(arguments):
    run = stack(*arguments)
    assert run.returncode == 64
    assert "scripts/stack up DIR [--port N]" in run.stdout
