import json

import pytest
import requests

from key_server import KeyServer
from suite import Suite


@pytest.fixture(scope="session")
def metadata(provider):
    answer = requests.get(f"{provider.issuer}/.well-known/openid-configuration", timeout=10)
    assert answer.status_code == 200 and answer.headers["Content-Type"].split(";")[0] == "application/json"
    return answer.json()


@pytest.fixture(scope="session")
def buffy(provider):
    """A user of whom everything is known that OpenID Connect Core section 5.1 has a name for."""
    attributes = {
        "given_name": "Buffy", "family_name": "Summers", "middle_name": "Anne", "nickname": "Buff",
        "profile": "https://people.example/buffy", "picture": "https://people.example/buffy.png",
        "website": "https://buffy.example/", "gender": "female", "birthdate": "1981-01-19",
        "zoneinfo": "America/Los_Angeles", "locale": "en-US", "phone_number": "+1 555 0100",
        "phone_number_verified": True, "email_verified": True,
        "address": {"formatted": "1630 Revello Drive\nSunnydale", "locality": "Sunnydale", "country": "US"},
    }
    options = [option for name, value in attributes.items() for option in ("--attribute", f"{name}={json.dumps(value)}")]
    return provider.add_user(None, None, "--full-name", "Buffy Summers", "--email", "buffy@example.com", *options)


@pytest.fixture(scope="session")
def served():
    """Where apps publish: keys, request objects, sectors."""
    server = KeyServer()
    yield server
    server.close()


@pytest.fixture(scope="session")
def suite(provider, metadata, buffy):
    issued = provider.postern(
        "token", "issue", "--json", "--uses", "1000", "--lifetime", "1h", "--preset", "standard")
    return Suite(provider, metadata, buffy, json.loads(issued)["token"])


@pytest.fixture
def mode():
    """By the query, unless the test says otherwise."""


@pytest.fixture(scope="session")
def later(provider):
    """The same provider, half a minute on."""
    with provider.later(30) as future:
        future.seconds = 30
        yield future
