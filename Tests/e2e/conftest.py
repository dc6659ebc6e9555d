from provider import agent, alice, other_party, party, provider  # noqa: F401


def pytest_configure(config):
    config.addinivalue_line("markers", "changes: the test signs in or redeems, so the database may change")
