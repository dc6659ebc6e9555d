"""The plan "Third-Party-Initiated Login": `OIDCC3rdPartyInitLoginTestPlan`."""

import requests


def test_oidcc_3rd_party_init_login(suite):
    uri = "https://conformance.example/login"
    app = suite.register(initiate_login_uri=uri)
    answer = requests.get(
        app.registered["registration_client_uri"], timeout=10,
        headers={"Authorization": f"Bearer {app.registered['registration_access_token']}"})
    assert answer.status_code == 200 and answer.headers["Content-Type"].split(";")[0] == "application/json"
    assert answer.json()["initiate_login_uri"] == uri
    app.unregister()


def test_oidcc_3rd_party_init_login_nohttps(suite):
    refused = suite.refused_registration(initiate_login_uri="http://conformance.example/login")
    assert refused == "invalid_client_metadata"


def test_a_fragment_is_refused(suite):
    """OpenID Connect Core section 4 adds parameters to it, and what is behind a fragment is sent to nobody."""
    refused = suite.refused_registration(initiate_login_uri="https://conformance.example/login#start")
    assert refused == "invalid_client_metadata"
