"""The processes of a running provider's pools."""

import os
import pathlib
import signal

from waiting import wait_for


class Pools:
    def __init__(self, provider):
        self.folder = provider.folder / "run"

    @property
    def names(self):
        return sorted(path.name.removesuffix(".pool.pid") for path in self.folder.glob("*.pool.pid"))

    def processes(self, name):
        """Those of a pool that serve or drain, below the multiwatch that spawn-fcgi started."""
        watcher = int((self.folder / f"{name}.pool.pid").read_text())
        with open(f"/proc/{watcher}/task/{watcher}/children") as children:
            return {int(pid) for pid in children.read().split()}

    def stop(self, name):
        """Drains a pool; returns when its last process has ended."""
        watcher = int((self.folder / f"{name}.pool.pid").read_text())
        # What multiwatch has only just forked would lose the signal, and never end.
        wait_for(lambda: self._are_programs(watcher), f"the processes of {name} begin")
        os.kill(watcher, signal.SIGUSR1)
        wait_for(lambda: _has_ended(watcher), f"pool {name} ends", timeout=45)

    @staticmethod
    def _are_programs(watcher):
        with open(f"/proc/{watcher}/task/{watcher}/children") as children:
            pids = children.read().split()
        names = [pathlib.Path(f"/proc/{pid}/comm").read_text().strip() for pid in pids]
        return names and "multiwatch" not in names and _state(watcher) == "S"

    def everything(self):
        return {pid for name in self.names for pid in self.processes(name)}

    def kill_all(self):
        """kill -9 of every process at once; returns when multiwatch has begun as many new ones."""
        before = self.everything()
        for pid in before:
            os.kill(pid, signal.SIGKILL)
        wait_for(lambda: len(self.everything() - before) >= len(before), "multiwatch begins new processes")

    def replace(self, name, pid):
        """TERM to one process; returns when it has drained and a new one stands in its place."""
        before = self.processes(name)
        os.kill(pid, signal.SIGTERM)
        wait_for(lambda: pid not in self.processes(name), f"process {pid} of {name} ends")
        wait_for(lambda: len(self.processes(name)) == len(before), f"{name} is complete again")


def _state(pid):
    """As ps has it; Z has ended, and waits for its parent."""
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "Z"


def _has_ended(pid):
    return _state(pid) == "Z"
