"""What an administrator ends at the command line: sessions, grants, consents."""

import json

import pytest


def refused(provider, *words, status=1):
    run = provider.run(*words)
    assert run.returncode == status and not run.stdout, run.stderr
    return run.stderr


@pytest.fixture
def user(provider):
    return provider.add_user()


@pytest.fixture
def party(provider):
    """It may refresh, and asks to."""
    party = provider.add_client(scope="openid offline_access", grant_types=["authorization_code", "refresh_token"])
    party.scope = "openid offline_access"
    return party


def refresh(party, tokens):
    fields = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    return party.back.post(f"{party.path}/token", fields, party.basic())


def sessions(provider, user):
    return json.loads(provider.postern("session", "list", user.name, "--json"))


def test_one_session_is_ended(provider, party, user):
    here, there = provider.browser(), provider.browser()
    gone = party.tokens(there, user)
    (session,) = sessions(provider, user)
    assert session["sub"] == user.sub and session["amr"] == ["pwd"]
    kept = party.tokens(here, user)
    assert len(sessions(provider, user)) == 2
    table = provider.postern("session", "list", user.name)
    assert session["id"] in table and "pwd" in table

    assert session["id"] in provider.postern("session", "end", session["id"])
    (left,) = sessions(provider, user)
    assert left["id"] != session["id"]
    assert party.tokens(here)["id_token"], "the other one stays"
    assert not party.start(there, party.request()).location, "this one is asked to sign in"
    for tokens in (kept, gone):
        assert refresh(party, tokens).status == 200, "what is for the time after stays"
    row = json.loads(provider.postern(
        "audit", "--user", user.name, "--event", "session.ended", "--json", "--limit", "1"))
    assert row["actor"]["kind"] == "command-line" and row["sub"] == user.sub


def test_a_user_is_signed_out_everywhere(provider, party, user):
    browser = provider.browser()
    tokens = party.tokens(browser, user)
    assert user.name in provider.postern("session", "end", "--user", user.name)
    assert sessions(provider, user) == []
    assert "nowhere" in provider.postern("session", "list", user.name)
    assert party.userinfo(tokens["access_token"]).status == 401
    assert party.tokens(provider.browser(), user)["id_token"], "and may sign in again"


def test_a_grant_is_revoked(provider, party, user):
    tokens = party.tokens(provider.browser(), user)
    (grant,) = json.loads(provider.postern("grant", "list", party.client_id, "--json"))
    assert grant["username"] == user.name and grant["refreshable"] and grant["session_id"]
    assert user.name in provider.postern("grant", "list", party.client_id)
    other = provider.add_client()
    assert "holds no such grant" in refused(provider, "grant", "revoke", other.client_id, grant["id"])
    assert party.userinfo(tokens["access_token"]).status == 200
    assert grant["id"] in provider.postern("grant", "revoke", party.client_id, grant["id"])
    assert party.userinfo(tokens["access_token"]).status == 401
    assert "may have ended" in refused(provider, "grant", "revoke", party.client_id, grant["id"])
    assert json.loads(provider.postern("grant", "list", party.client_id, "--json")) == []


def test_a_consent_is_withdrawn(provider, user):
    party = provider.add_client(first_party=False)
    browser = provider.browser()
    browser.submit(browser.follow(party.sign_in(browser, user, party.request())), decision="allow")
    (consent,) = json.loads(provider.postern("consent", "list", party.client_id, "--json"))
    assert consent["sub"] == user.sub and consent["username"] == user.name and "openid" in consent["scope"]
    assert user.name in provider.postern("consent", "list", party.client_id)
    assert user.name in provider.postern("consent", "withdraw", party.client_id, user.name)
    assert not party.start(browser, party.request()).location, "the user is asked again"
    assert "nothing" in refused(provider, "consent", "withdraw", party.client_id, user.name)


@pytest.mark.parametrize(
    "words, status, said",
    [
        (["session", "list", "nobody-of-that-name"], 1, "there is no user"),
        (["session", "end", "no-such-session"], 1, "there is no such session"),
        (["session", "end"], 64, "--user NAME"),
        (["session", "end", "an-id", "--user", "ada"], 64, "either"),
        (["session", "end", "--user", "nobody-of-that-name"], 1, "there is no user"),
        (["grant", "list", "no-such-app"], 1, "there is no client"),
        (["grant", "revoke", "no-such-app", "a-grant"], 1, "there is no client"),
        (["consent", "withdraw", "no-such-app", "ada"], 1, "there is no client"),
    ],
)
def test_what_is_not_there_is_named(provider, words, status, said):
    assert said in refused(provider, *words, status=status)
