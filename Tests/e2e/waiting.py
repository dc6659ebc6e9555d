"""Waiting for what comes about by itself: for a condition, never for a time."""

import time


def wait_for(condition, what, timeout=40):
    """What the condition returned, once that is true. `timeout` is in seconds."""
    end = time.monotonic() + timeout
    while not (found := condition()):
        assert time.monotonic() < end, f"timed out before: {what}"
        time.sleep(0.02)
    return found
