"""Ports for servers that a test starts."""

import itertools
import os
import random
import socket

# Below the ports that outgoing connections are given (32768 up): between choosing one and listening on it, a client's
# connection must not get it. Each is given once, and two processes that share the tests have none in common, so two
# servers never get the same.
_processes = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
_number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_ports = range(20000, 32768)[_number::_processes]
_candidates = itertools.cycle(random.sample(_ports, len(_ports)))


def unused_port():
    for port in _candidates:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("", port))
            except OSError:
                continue
            return port
