"""The processes of a running provider's pools."""

import os
import signal
import time


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


def wait_for(condition, what, timeout=40):
    end = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < end, f"timed out before: {what}"
        time.sleep(0.02)
