"""Many sessions of one user, each known to several apps."""

import threading

from oidc import Browser, claims


def sign_in_often(provider, parties, user, count, threads=6):
    """Begins `count` sessions, each in a browser of its own that signs in to every app, in threads.

    Gives back what the apps know the sessions by: a set of (client_id, sid).
    """
    known, errors, left = set(), [], iter(range(count))
    lock = threading.Lock()

    def run():
        try:
            while True:
                with lock:
                    if errors or next(left, None) is None:
                        return
                pairs = _session(provider, parties, user)
                with lock:
                    known.update(pairs)
        except Exception as error:
            errors.append(error)

    workers = [threading.Thread(target=run) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert not errors, errors
    return known


def _session(provider, parties, user):
    browser, back = provider.browser(), Browser(provider.issuer)
    try:
        for number, party in enumerate(parties):
            request = party.request()
            answer = party.start(browser, request) if number else party.sign_in(browser, user, request)
            tokens = party.exchange(answer.query["code"], request.verifier, back=back)
            assert tokens.status == 200, tokens
            yield party.client_id, claims(tokens.json()["id_token"])["sid"]
    finally:
        browser.close()
        back.close()
