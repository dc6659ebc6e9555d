"""A rolling restart: TERM to the processes, one by one, under a load of POSTs, and nobody notices."""

from load import Load
from pools import Pools
from provider import running_provider


def test_no_request_fails_while_every_process_is_replaced():
    """RFC 9110 section 9.2.2: a POST is not idempotent, so nobody may repeat it for us."""
    with running_provider() as provider:
        party, user = provider.add_client(), provider.add_user()
        pools = Pools(provider)
        first = {name: pools.processes(name) for name in pools.names}
        with Load(provider, party, user, threads=4, flows_per_session=30) as load:
            load.wait_for_grants(20)
            for name, processes in first.items():
                for pid in processes:
                    pools.replace(name, pid)
                    load.wait_for_grants(20)
        for name, processes in first.items():
            assert not processes & pools.processes(name)
        assert load.failures == [] and load.repeated == 0
        assert "drain was cut short" not in provider.log("fast") + provider.log("slow")
