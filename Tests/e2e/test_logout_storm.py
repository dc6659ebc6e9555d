"""OpenID Connect Back-Channel Logout 1.0, for very many sessions at once: nobody is forgotten, and nobody else waits."""

import contextlib
import os
import random
import signal
import threading

import pytest

from administration import Caller
from load import Load
from logout_receiver import LogoutReceiver, verified
from oidc import claims
from pools import Pools
from provider import running_provider
from storm import sign_in_often
from waiting import wait_for

SESSIONS = 1000


class Told:
    """What an app was told, by the session's name there; a token of each is kept."""

    def __init__(self, receiver):
        self.receiver, self.tokens = receiver, {}

    def look(self):
        while not self.receiver.tokens.empty():
            token = self.receiver.tokens.get()
            self.tokens[claims(token)["sid"]] = token
        return set(self.tokens)


@pytest.fixture
def receivers():
    """Three that answer, one that never does, and one whose answer is a failure."""
    released = threading.Event()
    everybody = [LogoutReceiver() for _ in range(5)]
    everybody[3].status = lambda: released.wait(60)
    everybody[4].status = 500
    yield everybody
    released.set()
    for receiver in everybody:
        with contextlib.suppress(OSError):
            receiver.down()


@pytest.mark.long
@pytest.mark.timeout(900)
def test_a_thousand_sessions_end_at_once_and_every_app_is_told_of_each(receivers):
    with running_provider() as own:
        parties = [own.add_client(backchannel_logout_uri=receiver.uri) for receiver in receivers]
        user, other, app = own.add_user(), own.add_user(), own.add_client()
        known = sign_in_often(own, parties, user, SESSIONS)
        assert len(known) == SESSIONS * len(parties)
        caller = Caller(own)
        healthy = [Told(receiver) for receiver in receivers[:3]]

        with Load(own, app, other, threads=2) as load:
            load.wait_for_grants(10)
            assert caller("DELETE", f"users/{user.sub}/sessions").status_code == 204
            wait_for(lambda: len(healthy[0].look()) > SESSIONS / 4, "a quarter is told", timeout=60)
            load.wait_for_grants(10)
            assert not load.failures, "token requests of the same moment succeed"
            # In the middle of it, some tokens are on their way.
            kill_senders(own)
            assert any(len(told.look()) < SESSIONS for told in healthy), "it was in the middle"
            wait_for(lambda: all(len(told.look()) == SESSIONS for told in healthy), "all are told", timeout=300)
        for failure in load.failures:
            assert isinstance(failure, OSError) or failure.status == 503, failure

        for told, party in zip(healthy, parties):
            assert told.tokens.keys() == {sid for client, sid in known if client == party.client_id}
            for token in random.sample(sorted(told.tokens.values()), 20):
                assert verified(token, party, age=600)["sub"] == user.sub
        wait_for(lambda: not outbox(own, parties[:3]), "nothing is left for them", timeout=60)
        left = outbox(own, parties[3:])
        assert {(client, sid) for client, sid, _ in left} == {pair for pair in known if pair[0] in ids(parties[3:])}
        tried = [fault for client, _, fault in left if client == parties[4].client_id and fault]
        assert tried and all("500" in fault for fault in tried)
        # What waits for half a minute is told of.
        listed = wait_for(
            lambda: caller("GET", "logout-deliveries?limit=200").json()["items"], "it is listed", timeout=60)
        assert {item["client_id"] for item in listed} <= ids(parties[3:]), "and administrators see it"


def ids(parties):
    return {party.client_id for party in parties}


def outbox(provider, parties):
    rows = provider.database.rows("SELECT client_id, sid, fault FROM logout_delivery")
    return [row for row in rows if row[0] in ids(parties)]


def kill_senders(provider):
    """kill -9 of every process of the pool that tells apps; multiwatch begins new ones."""
    for pid in Pools(provider).processes("fast"):
        os.kill(pid, signal.SIGKILL)
