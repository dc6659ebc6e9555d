"""Ports for servers that a test starts."""

import itertools
import random
import socket

# Below the ports that outgoing connections are given (32768 up): between choosing one and listening on it, a client's
# connection must not get it. Each is given once, so two servers never get the same.
_candidates = itertools.cycle(random.sample(range(20000, 32768), 12768))


def unused_port():
    for port in _candidates:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("", port))
            except OSError:
                continue
            return port
