"""A crash loses nothing that was answered (RFC 6749 section 10.5: a code is redeemed once, whatever happens)."""

from load import Load
from pools import Pools
from provider import running_provider

KILLS = 6


def test_what_was_answered_is_in_the_database_after_kill_9_of_every_process():
    with running_provider() as provider:
        party, user = provider.add_client(), provider.add_user()
        pools = Pools(provider)
        with Load(provider, party, user) as load:
            for _ in range(KILLS):
                load.wait_for_grants(40)
                pools.kill_all()
            load.wait_for_grants(40)

        replays = [party.exchange(*code) for code in load.codes[-5:]]
        # The last kill finds whatever is still in memory only.
        pools.kill_all()

        assert load.failures, "the kills came in the middle of requests"
        for failure in load.failures:
            assert isinstance(failure, OSError) or failure.status == 503, failure
        for replay in replays:
            assert replay.status == 400 and replay.json()["error"] == "invalid_grant", "no crash revives a code"

        database = provider.database
        grants = dict(database.rows("SELECT id, is_revoked FROM authorization_grant"))
        lost = [grant for grant in load.grants if grant not in grants]
        assert not lost, f"{len(lost)} of {len(load.grants)} grants were answered and lost"
        assert len(set(load.grants)) == len(load.grants)
        revoked = {grant for grant, is_revoked in grants.items() if is_revoked}
        assert revoked == set(load.grants[-5:]), "and only what was replayed is revoked"

        sessions = {digest for (digest,) in database.rows("SELECT digest FROM session")}
        assert not [digest for digest in load.sessions if digest not in sessions]
        assert database.rows("PRAGMA integrity_check") == [("ok",)]
        assert database.rows("PRAGMA foreign_key_check") == []
