import collections

import pytest

from chromium import chromium, page  # noqa: F401
from firefox import firefox  # noqa: F401
from provider import (  # noqa: F401
    agent, alice, fresh_code, other_party, party, post_party, provider, public_party, session, token)


# They wait for others, test by test.
SLOW = {
    "test_broker.py", "test_crash.py", "test_demo.py", "test_foreign_upstreams.py", "test_install.py",
    "test_rolling_restart.py", "test_stack.py", "test_stale_browser.py"}


def pytest_collection_modifyitems(items):
    """A worker takes file after file in this order, so that none is left alone with a long one at the end."""
    counts = collections.Counter(item.path for item in items)
    items.sort(key=lambda item: (item.path.name not in SLOW, -counts[item.path], item.path))


def pytest_configure(config):
    config.addinivalue_line("markers", "changes: the test changes the database, and says so")
    config.addinivalue_line("markers", "long: takes long; scripts/test --long runs it")


@pytest.hookimpl(tryfirst=True, hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """A failed test shows the end of the logs of the provider that it used."""
    outcome = yield
    report = outcome.get_result()
    used = item.funcargs.get("provider") if hasattr(item, "funcargs") else None
    if report.when == "call" and report.failed and used:
        for log in sorted((used.folder / "run").glob("*.log")):
            lines = log.read_text(errors="replace").splitlines()[-15:]
            if lines:
                report.sections.append((f"the end of {log.name}", "\n".join(lines)))
