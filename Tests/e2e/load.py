"""Many users at once, who write down what they were told."""

import hashlib
import http.client
import threading
import urllib.parse

from oidc import grant_id


class Load:
    """Threads that sign in and redeem codes until the block ends.

    `grants` and `sessions` hold what was answered with success, `failures` every other answer.
    """

    def __init__(self, provider, party, user, threads=6, flows_per_session=8):
        self.provider, self.party, self.user = provider, party, user
        self.flows_per_session = flows_per_session
        self.grants, self.codes, self.sessions, self.failures, self.errors = [], [], [], [], []
        self.repeated = 0
        self._progress = threading.Condition()
        self._ending = threading.Event()
        self._threads = [threading.Thread(target=self._run) for _ in range(threads)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._ending.set()
        for thread in self._threads:
            thread.join()

    def wait_for_grants(self, more, timeout=60):
        """Waits until so many more codes have been redeemed."""
        with self._progress:
            target = len(self.grants) + more
            assert self._progress.wait_for(lambda: len(self.grants) >= target or self.errors, timeout), "nothing goes on"
        assert not self.errors, self.errors

    def _run(self):
        try:
            while not self._ending.is_set():
                self._one_session()
        except Exception as error:
            with self._progress:
                self.errors.append(error)
                self._progress.notify_all()

    def _one_session(self):
        browser, back = self.provider.browser(), self.provider.browser()
        try:
            page = self._expect(browser, 200, lambda: self.party.start(browser, self.party.request()))
            signed_in = page and self._expect(
                browser, 303, lambda: browser.submit(page, username=self.user.name, password=self.user.password))
            if not signed_in:
                return
            self.sessions.append(hashlib.sha256(browser.cookies["postern"].encode()).digest())
            for _ in range(self.flows_per_session):
                if self._ending.is_set() or not self._one_flow(browser, back):
                    return
        finally:
            self.repeated += browser.repeated + back.repeated
            browser.close()
            back.close()

    def _one_flow(self, browser, back):
        request = self.party.request()
        answer = self._expect(browser, 302, lambda: self.party.start(browser, request))
        if not answer:
            return False
        code = urllib.parse.parse_qs(urllib.parse.urlsplit(answer.location).query)["code"][0]
        tokens = self._expect(back, 200, lambda: self.party.exchange(code, request.verifier, back=back))
        if not tokens:
            return False
        with self._progress:
            self.grants.append(grant_id(tokens.json()["access_token"]))
            self.codes.append((code, request.verifier))
            self._progress.notify_all()
        return True

    def _expect(self, browser, status, send):
        try:
            answer = send()
        except (OSError, http.client.HTTPException) as error:
            self.failures.append(error)
            return None
        if answer.status == status:
            return answer
        self.failures.append(answer)
        return None
