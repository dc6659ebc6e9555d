"""OpenID Connect Back-Channel Logout 1.0: apps are told when a session ends, whatever happens meanwhile."""

import contextlib
import threading
import time

import pytest

from administration import Caller
from logout_receiver import LogoutReceiver, verified
from oidc import Browser, claims, encode
from pools import Pools
from provider import running_provider
from waiting import wait_for


@pytest.fixture(scope="module")
def own():
    with running_provider() as provider:
        yield provider


@pytest.fixture
def receiver():
    receiver = LogoutReceiver()
    yield receiver
    with contextlib.suppress(OSError):
        receiver.down()


@pytest.fixture
def party(own, receiver):
    return own.add_client(backchannel_logout_uri=receiver.uri)


@pytest.fixture
def user(own):
    return own.add_user()


def sign_in(party, user, browser=None):
    """The ID token of a session."""
    return party.tokens(browser or Browser(party.issuer), user)["id_token"]


def sign_out(party, browser, id_token):
    answer = browser.get(f"{party.path}/logout?{encode({'id_token_hint': id_token})}")
    assert answer.status == 200 and "signed out" in answer.form.text


def assert_told(receiver, party, id_token, **options):
    """That session, by the names of its ID token."""
    told, known = verified(receiver.told(), party, **options), claims(id_token)
    assert (told["sid"], told["sub"]) == (known["sid"], known["sub"])
    return told


@contextlib.contextmanager
def another_app(provider):
    receiver = LogoutReceiver()
    try:
        yield provider.add_client(backchannel_logout_uri=receiver.uri), receiver
    finally:
        receiver.down()


def due(provider, party):
    """When the app is asked next."""
    return provider.database.rows("SELECT due_at FROM logout_receiver WHERE client_id = ?", party.client_id)


def waiting(provider, party):
    return provider.database.rows(
        "SELECT attempts, fault, next_at, given_up_at FROM logout_delivery WHERE client_id = ?", party.client_id)


def until(condition, what="what was tried is recorded"):
    return wait_for(condition, what, timeout=15)


def hurry(provider, party):
    """As if the time until the next attempt had passed."""
    provider.database.change("UPDATE logout_delivery SET next_at = 1 WHERE client_id = ? AND next_at > 0", party.client_id)
    provider.database.change("UPDATE logout_receiver SET due_at = 1 WHERE client_id = ?", party.client_id)


def test_discovery_says_so(own, party):
    metadata = own.browser().get(f"{party.path}/.well-known/openid-configuration").json()
    assert metadata["backchannel_logout_supported"] is True
    assert metadata["backchannel_logout_session_supported"] is True


def test_signing_out_tells_each_app_by_its_own_names(own, receiver, party, user):
    other_receiver, silent = LogoutReceiver(), own.add_client()
    other = own.add_client(
        backchannel_logout_uri=other_receiver.uri, subject_type="pairwise", id_token_signed_response_alg="ES256")
    browser = own.browser()
    token = sign_in(party, user, browser)
    other_token, _ = other.tokens(browser)["id_token"], silent.tokens(browser)
    started = time.monotonic()
    sign_out(party, browser, token)
    told = assert_told(receiver, party, token)
    other_told = assert_told(other_receiver, other, other_token, algorithm="ES256")
    assert time.monotonic() - started < 10
    assert told["sid"] != other_told["sid"] and told["sub"] != other_told["sub"]
    assert told["jti"] != other_told["jti"]
    assert receiver.is_told_nothing() and other_receiver.is_told_nothing(0.1), "each is told once"
    other_receiver.down()


def test_another_user_in_the_same_browser_ends_the_session(own, receiver, party, user):
    browser = own.browser()
    token = sign_in(party, user, browser)
    other = own.add_user()
    party.sign_in(browser, other, party.request(prompt="login"))
    assert_told(receiver, party, token)


def test_disabling_a_user_tells_of_every_session(own, receiver, party, user):
    tokens = [sign_in(party, user), sign_in(party, user)]
    own.postern("user", "disable", user.name)
    told = {verified(receiver.told(), party)["sid"] for _ in tokens}
    assert told == {claims(token)["sid"] for token in tokens}


def test_signing_out_everywhere_tells_by_the_api(own, receiver, party, user):
    tokens = [sign_in(party, user), sign_in(party, user)]
    answer = Caller(own)("DELETE", f"users/{user.sub}/sessions")
    assert answer.status_code in (200, 204), answer.text
    told = {verified(receiver.told(), party)["sid"] for _ in tokens}
    assert told == {claims(token)["sid"] for token in tokens}


@pytest.mark.long
@pytest.mark.parametrize("hours", [9, 25])
def test_a_session_that_ends_by_time_is_told_of_where_that_is_wanted(own, receiver, party, user, hours):
    """Of disuse after eight hours, and of age after a day. The pools look every minute."""
    token = sign_in(party, user)
    with own.later(hours * 3600):
        assert receiver.is_told_nothing(75)
    token = token if hours < 24 else sign_in(party, user)
    with own.later(hours * 3600, POSTERN_LOGOUT_ON_EXPIRY="true"):
        told = verified(receiver.told(90), party, age=hours * 3600 + 120)
        assert told["sid"] == claims(token)["sid"]


def test_a_removed_user_is_told_of_as_the_app_knows_them(own):
    receiver = LogoutReceiver()
    party = own.add_client(backchannel_logout_uri=receiver.uri, subject_type="pairwise")
    user = own.add_user()
    token = sign_in(party, user)
    own.postern("user", "remove", user.name, "--yes")
    assert_told(receiver, party, token)
    receiver.down()


def test_a_reset_password_tells(own, receiver, party, user):
    token = sign_in(party, user)
    own.run("user", "set-password", user.name, "--password-stdin", input="another long password")
    assert_told(receiver, party, token)


def test_an_app_that_is_down_is_told_when_it_is_back(own, receiver, party, user):
    browser = own.browser()
    token = sign_in(party, user, browser)
    receiver.down()
    sign_out(party, browser, token)
    (attempts, fault, next_at, _), = until(lambda: [row for row in waiting(own, party) if row[0]])
    assert attempts == 1 and "127.0.0.1" in fault
    assert 0 < next_at - time.time() < 30, "first again within 30 s"
    again = due(own, party)
    with another_app(own) as (other, beside):
        second = sign_in(party, user, browser)
        third = sign_in(other, None, browser)
        sign_out(party, browser, second)
        assert_told(beside, other, third)
    assert due(own, party) == again, "what is new asks it no sooner"
    assert sorted(row[0] for row in waiting(own, party)) == [0, 1], "meanwhile nothing is sent to it"
    receiver.up()
    hurry(own, party)
    told = {verified(receiver.told(), party)["sid"] for _ in range(2)}
    assert told == {claims(token)["sid"], claims(second)["sid"]}
    until(lambda: not waiting(own, party))


def test_a_refusal_is_tried_twice_more_and_told_of(own, receiver, party, user):
    receiver.status = 400
    browser = own.browser()
    sign_out(party, browser, sign_in(party, user, browser))
    jtis = [verified(receiver.told(), party)["jti"]]
    for attempts in (1, 2):
        until(lambda: [row for row in waiting(own, party) if row[0] == attempts])
        hurry(own, party)
        jtis.append(verified(receiver.told(), party)["jti"])
    assert len(set(jtis)) == 3, "each attempt has a token of its own"
    (attempts, fault, next_at, given_up_at), = until(lambda: [row for row in waiting(own, party) if row[3]])
    assert attempts == 3 and next_at is None and "400" in fault
    assert receiver.is_told_nothing()
    listed = Caller(own, "postern:sessions:read")("GET", "logout-deliveries").json()["items"]
    (item,) = [item for item in listed if item["client_id"] == party.client_id]
    assert (item["status"], item["attempts"], item["sub"]) == ("given_up", 3, user.sub) and "400" in item["fault"]
    refused = Caller(own, "postern:users:read")("GET", "logout-deliveries")
    assert refused.status_code == 403
    events = own.postern("audit", "--event", "logout.given_up", "--json")
    assert party.client_id in events and "400" in events


def test_one_that_hangs_keeps_nobody_waiting(own, receiver, party, user):
    hanging, released = LogoutReceiver(), threading.Event()
    hanging.status = lambda: released.wait(30)
    slow = own.add_client(backchannel_logout_uri=hanging.uri)
    browsers = [own.browser() for _ in range(8)]
    for browser in browsers:
        slow.tokens(browser, user)
    other = own.add_user()
    browser = own.browser()
    token = sign_in(party, other, browser)
    own.postern("user", "disable", user.name)
    hanging.told()
    started = time.monotonic()
    sign_out(party, browser, token)
    assert_told(receiver, party, token)
    assert time.monotonic() - started < 4, "it waits for no other"
    assert hanging.is_told_nothing(1), "and of what hangs nobody asks twice at once"
    released.set()
    hanging.down()


def test_a_crash_forgets_nobody(own, receiver, party, user):
    """What is to be told is on disk before anybody hears that the session has ended."""
    hold = threading.Event()
    receiver.status = lambda: hold.wait(30)
    browser = own.browser()
    token = sign_in(party, user, browser)
    sign_out(party, browser, token)
    first = assert_told(receiver, party, token)
    Pools(own).kill_all()
    receiver.status = 200
    hold.set()
    own.database.change("UPDATE logout_receiver SET leased_until = 0")
    again = verified(receiver.told(40), party)
    assert again["sid"] == first["sid"] and again["jti"] != first["jti"], "at least once"
    until(lambda: not waiting(own, party))
