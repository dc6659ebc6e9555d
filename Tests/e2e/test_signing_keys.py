"""Signing keys that change: OpenID Connect Core, section 10.1.1."""

import json
import shutil

import pytest
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError
from joserfc.jwk import KeySet

from oidc import decoded, encode
from waiting import wait_for
from provider import running_provider

HOUR, DAY = 3600, 86400


def with_keys(settings, lifetimes=""):
    """Adds settings to the section `keys` of the configuration that init writes."""
    def edit(text):
        assert "\nkeys:\n" in text
        return text.replace("\nkeys:\n", f"\nkeys:\n  {settings}\n") + lifetimes
    return edit


@pytest.fixture(scope="module")
def rotating():
    with running_provider(with_keys("publish_ahead: 3h", "lifetimes: { access_token: 12h, id_token: 12h }\n")) as one:
        yield one


@pytest.fixture
def single():
    with running_provider() as one:
        yield one


def kid(token):
    return decoded(token.split(".")[0])["kid"]


def key_set(provider):
    return provider.browser().get("/oidc/jwks").json()


def kids(keys):
    return {key["kid"] for key in keys["keys"]}


def verify(token, keys):
    return jwt.decode(token, KeySet.import_key_set(keys), algorithms=["ES256", "RS256"]).claims


def listed(provider):
    """The keys by algorithm and status."""
    return {(key["alg"], key["status"]): key for key in json.loads(provider.postern("key", "list", "--json"))}


def empty_cache(provider):
    """What nginx keeps is fetched again, without telling nginx."""
    for path in (provider.folder / "run/cache").iterdir():
        path.unlink()


def is_active(party, token, back=None):
    answer = (back or party.back).post(f"{party.path}/introspect", {"token": token}, party.basic())
    return answer.json()["active"]


def userinfo(party, token, back):
    return back.get(f"{party.path}/userinfo", headers={"Authorization": f"Bearer {token}"}).status


def test_a_change_of_keys_is_noticed_by_nobody(rotating):
    party, ann = rotating.add_client(), rotating.add_user()
    first_set = key_set(rotating)
    before = party.tokens(rotating.browser(), ann)

    published = json.loads(rotating.postern("key", "rotate", "--json"))
    assert sorted((key["alg"], key["step"]) for key in published) == [
        (name, "published") for name in ("ES256", "EdDSA", "PS256", "RS256")]
    again = rotating.postern("key", "rotate")
    assert again.count("is published already, and signs from") == 4
    # nginx keeps the old set for a while, and all that is signed until then can be verified by it.
    assert kids(key_set(rotating)) == kids(first_set)
    between = party.tokens(rotating.browser(), ann)
    for token in ("access_token", "id_token"):
        assert kid(between[token]) == kid(before[token])
        verify(between[token], first_set)
    empty_cache(rotating)
    kept = key_set(rotating)
    assert kids(kept) == kids(first_set) | {key["kid"] for key in published}

    with rotating.later(3 * HOUR + 60) as later:
        wait_for(lambda: ("ES256", "next") not in listed(rotating), "the pools let the next keys sign by themselves")
        after = tokens_at(party, later, ann)
        later_set = key_set(later)
        for token in ("access_token", "id_token"):
            assert kid(after[token]) in {key["kid"] for key in published}
            verify(after[token], kept)
            verify(before[token], later_set)
            with pytest.raises((InvalidKeyIdError, ValueError)):
                verify(after[token], first_set)
        back = later.browser()
        for tokens in (before, between, after):
            assert userinfo(party, tokens["access_token"], back) == 200
            assert is_active(party, tokens["access_token"], back)
        hint = party.request(prompt="none", id_token_hint=before["id_token"])
        answer = later.browser().get(f"{party.path}/authorize?{encode(hint.parameters)}")
        assert answer.query["error"] == "login_required", "a hint of a former key is understood"

    # The pools that ran all the while have seen it too, without a restart.
    assert kid(party.tokens(rotating.browser(), ann)["access_token"]) == kid(after["access_token"])
    assert listed(rotating)["ES256", "retired"]["kid"] == kid(before["access_token"])
    assert "published until" in rotating.postern("key", "list")


def tokens_at(party, later, user):
    """A whole flow at the same provider later."""
    browser, request = later.browser(), party.request()
    answer = party.sign_in(browser, user, request)
    token = party.exchange(answer.query["code"], request.verifier, back=later.browser())
    assert token.status == 200, token
    return token.json()


def test_keys_change_by_themselves_once_whoever_looks(single):
    with single.later(82 * DAY):
        pass
    assert {status for _, status in listed(single)} == {"active"}
    first = {alg: key["kid"] for (alg, _), key in listed(single).items()}
    # Two processes of the pool find the same to be done.
    with single.later(83 * DAY + 60):
        wait_for(lambda: len(listed(single)) == 8, "the next keys are published")
        now = listed(single)
        assert {alg for alg, status in now if status == "next"} == set(first)
        assert all(now[alg, "active"]["kid"] == key for alg, key in first.items())
        assert all("signs_from" in now[alg, "next"] for alg in first)
    following = {alg: listed(single)[alg, "next"]["kid"] for alg in first}
    with single.later(90 * DAY + 180):
        wait_for(lambda: {status for _, status in listed(single)} == {"active", "retired"}, "they sign")
        assert {alg: listed(single)[alg, "active"]["kid"] for alg in first} == following
    rows = [json.loads(line) for line in single.postern("audit", "--event", "key.", "--json").splitlines()]
    made = [row for row in rows if row["actor"]["kind"] == "system"]
    assert sorted(row["event"] for row in made) == ["key.added"] * 4 + ["key.changed"] * 8
    assert all(row["via"] == "system" for row in made)
    assert len(single.database.rows("SELECT kid FROM signing_key")) == 8


def test_a_key_that_leaked_is_worth_nothing_at_once(single):
    party, ann = single.add_client(), single.add_user()
    tokens = party.tokens(single.browser(), ann)
    leaked = kid(tokens["access_token"])
    assert leaked in kids(key_set(single))
    assert is_active(party, tokens["access_token"]) and party.userinfo(tokens["access_token"]).status == 200

    leaving, browser = single.add_client(id_token_signed_response_alg="ES256"), single.browser()
    hint = leaving.tokens(browser, ann)["id_token"]
    assert kid(hint) == leaked

    run = single.run("key", "revoke", leaked, "--json", "--nginx-cache", single.folder / "run/cache")
    assert run.returncode == 0 and not run.stderr, run.stderr
    done = json.loads(run.stdout)
    assert (done["kid"], done["alg"], done["status"]) == (leaked, "ES256", "revoked")

    keys = key_set(single)
    assert leaked not in kids(keys) and done["successor_kid"] in kids(keys), "nginx's cache is empty"
    answer = party.userinfo(tokens["access_token"])
    assert answer.status == 401 and 'error="invalid_token"' in answer.header("WWW-Authenticate")
    assert not is_active(party, tokens["access_token"])
    fresh = party.tokens(single.browser(), ann)
    assert kid(fresh["access_token"]) == done["successor_kid"]
    verify(fresh["access_token"], keys)
    assert party.userinfo(fresh["access_token"]).status == 200
    assert kid(fresh["id_token"]) == kid(tokens["id_token"]), "other keys go on"
    page = browser.get(f"{leaving.path}/logout?id_token_hint={hint}")
    assert page.status == 200 and "Sign out?" in page.form.text, "what it signed proves nothing, and whoever wants to may go"

    again = single.run("key", "revoke", leaked)
    assert again.returncode == 1 and "has been revoked already" in again.stderr
    unknown = single.run("key", "revoke", leaked + "x")
    assert unknown.returncode == 1 and f"Did you mean \"{leaked}\"?" in unknown.stderr
    rows = [json.loads(line) for line in single.postern("audit", "--event", "key.revoked", "--json").splitlines()]
    assert [(row["object"]["id"], row["actor"]["kind"]) for row in rows] == [(leaked, "command-line")]


def test_a_key_that_signs_at_once_comes_with_a_warning(single):
    party, ann = single.add_client(), single.add_user()
    tokens = party.tokens(single.browser(), ann)
    key_set(single)
    run = single.run("key", "rotate", "ES256", "--now", "--nginx-cache", single.folder / "run/cache")
    assert run.returncode == 0
    assert "refuse new tokens until they fetch it again" in run.stdout and "the new key set" in run.stdout
    keys = key_set(single)
    for access_token in (tokens["access_token"], party.tokens(single.browser(), ann)["access_token"]):
        verify(access_token, keys)
        assert party.userinfo(access_token).status == 200
    assert kid(tokens["access_token"]) == listed(single)["ES256", "retired"]["kid"]

    elsewhere = single.run("key", "rotate", "RS256", "--now", "--nginx-cache", single.folder / "none")
    assert elsewhere.returncode == 0 and "--nginx-cache names the folder" in elsewhere.stderr
    for words, text in ((["ES512"], "postern key add ES512"), (["es256"], 'Did you mean "ES256"?')):
        run = single.run("key", "rotate", *words)
        assert run.returncode == 1 and text in run.stderr, run.stderr
    shutil.move(single.config.parent / "signing.key", single.config.parent / "away.key")
    run = single.run("key", "rotate")
    assert run.returncode == 1 and "signing.key is not there" in run.stderr
    shutil.move(single.config.parent / "away.key", single.config.parent / "signing.key")


def test_the_api_tells_when_keys_change(single):
    single.postern("key", "rotate", "RS256")
    caller = single.add_client(
        grant_types=["client_credentials"], redirect_uris=[], scope="postern:keys:read",
        resources=[f"{single.issuer}/admin/api/v1"])
    token = caller.back.post(
        f"{caller.path}/token",
        {"grant_type": "client_credentials", "resource": f"{single.issuer}/admin/api/v1"}, caller.basic()).json()
    answer = caller.back.get(
        f"{caller.path}/admin/api/v1/keys", headers={"Authorization": f"Bearer {token['access_token']}"}).json()
    keys = {(key["alg"], key["status"]): key for key in answer["items"]}
    assert keys == listed(single)
    assert keys["RS256", "next"]["signs_from"] == keys["RS256", "active"]["rotates_at"]
    day = keys["ES256", "active"]["active_since"]
    assert keys["ES256", "active"]["rotates_at"] == day + 90 * DAY
    assert keys["ES256", "active"]["successor_published_at"] == day + 83 * DAY
    assert not any(key["needs_attention"] for key in answer["items"])
