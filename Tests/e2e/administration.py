"""The administration API, as a service calls it."""

import json
import urllib.parse

import pytest
import requests

ALL = "postern:admin"


class Caller:
    """A service that administers, by an access token of its own."""

    def __init__(self, provider, scope=ALL, **metadata):
        self.provider = provider
        self.base = f"{provider.issuer}/admin/api/v1"
        self.client = provider.add_client(
            client_name="A pipeline", grant_types=["client_credentials"], redirect_uris=[], scope=scope,
            resources=[self.base], **metadata)
        self.token = self.ask(resource=self.base).json()["access_token"]

    def ask(self, **fields):
        return requests.post(
            f"{self.provider.issuer}/token", timeout=10, auth=(self.client.client_id, self.client.secret),
            data={"grant_type": "client_credentials", **fields})

    def __call__(self, method, path, body=None, token=None, content_type="application/json", **headers):
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        headers["Authorization"] = f"Bearer {token or self.token}"
        if body is not None:
            headers["Content-Type"] = content_type
        return requests.request(
            method, f"{self.base}/{path}", headers=headers, timeout=30,
            data=json.dumps(body) if body is not None else None)

    def raw(self, method, path):
        """Whatever the method's letters."""
        prepared = requests.Request("GET", f"{self.base}/{path}", headers={"Authorization": f"Bearer {self.token}"}).prepare()
        prepared.method = method
        with requests.Session() as session:
            return session.send(prepared, timeout=10)


@pytest.fixture(scope="module")
def admin(provider):
    return Caller(provider)


def assert_problem(answer, status, words=""):
    """RFC 9457."""
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status and problem["title"] and words in problem["detail"], problem
    return problem


def path(*parts):
    return "/".join(urllib.parse.quote(part, safe="") for part in parts)
