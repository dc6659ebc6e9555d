import pytest

from chromium import chromium, page  # noqa: F401
from firefox import firefox  # noqa: F401
from provider import (  # noqa: F401
    agent, alice, fresh_code, other_party, party, post_party, provider, public_party, session, token)


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
