"""What tests of refusals share: what a refusal looks like, and that it leaves no trace in the database."""

import re

import pytest

changes = pytest.mark.changes


@pytest.fixture(autouse=True)
def nothing_changes(request, provider):
    """Wraps every test that is about a refusal alone; those that sign in first say so by a marker of their own."""
    if request.node.get_closest_marker("changes"):
        yield
        return
    # What the fixtures make is made before the snapshot.
    for name in ("alice", "party", "other_party", "public_party", "session"):
        if name in request.fixturenames:
            request.getfixturevalue(name)
    with provider.database.unchanged():
        yield


def assert_page(answer, status=400, containing=None):
    """An error that is shown, and sends nobody anywhere (RFC 6749 section 4.1.2.1)."""
    assert answer.status == status, answer
    assert answer.is_page and answer.location is None
    assert answer.header("Cache-Control") == "no-store"
    assert "frame-ancestors 'none'" in answer.header("Content-Security-Policy")
    if containing:
        assert containing in answer.form.text


def assert_redirect(answer, party, error, state):
    """An error for the client (RFC 6749 section 4.1.2.1), with `iss` (RFC 9207 section 2)."""
    assert answer.location and answer.location.startswith(party.redirect_uri + "?"), answer
    query = answer.query
    assert query["error"] == error, query
    assert query.get("state") == state
    assert query["iss"] == party.issuer
    assert re.search(r"\(refusal [0-9a-f]{12}\)$", query["error_description"])
    assert "code" not in query


def assert_error(answer, error, status=400):
    """RFC 6749 section 5.2."""
    assert answer.status == status, answer
    body = answer.json()
    assert body["error"] == error, body
    assert re.fullmatch(r"[\x20-\x21\x23-\x5b\x5d-\x7e]+", body["error_description"])
    assert answer.header("Cache-Control") == "no-store"
    assert "access_token" not in body


def assert_bearer_error(answer, error, status):
    """RFC 6750 section 3."""
    assert_error(answer, error, status)
    challenge = answer.header("WWW-Authenticate")
    assert challenge.startswith("Bearer ") and f'error="{error}"' in challenge
