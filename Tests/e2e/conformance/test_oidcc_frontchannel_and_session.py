"""The plans "Front-Channel Logout" (`OIDCCFrontchannelRpInitiatedLogoutTestPlan`) and "Session Management"
(`OIDCCSessionManagementTestPlan`). What browsers make of the frames is in `test_frontchannel_logout.py`."""

import html
import re
import secrets
import urllib.parse

import requests

from oidc import encode
from suite import AFTER_LOGOUT
from test_pages import address, sign_in
from test_session_management import app, ask, own  # noqa: F401


def test_oidcc_frontchannel_logout_discovery_endpoint_verification(metadata):
    assert metadata["frontchannel_logout_supported"] and metadata["frontchannel_logout_session_supported"]
    assert metadata["end_session_endpoint"]


def test_oidcc_frontchannel_rp_initiated_logout(suite, agent):
    """The page frames the app's address with `iss` and `sid` and nothing else, and leads on to the app with `state`."""
    uri = "https://conformance.example/frontchannel_logout"
    app = suite.register(  # noqa: F811
        post_logout_redirect_uris=[AFTER_LOGOUT], frontchannel_logout_uri=uri, frontchannel_logout_session_required=True)
    tokens, state = app.tokens(agent), secrets.token_hex(64)
    page = app.log_out(agent, id_token_hint=tokens.id_token, post_logout_redirect_uri=AFTER_LOGOUT, state=state)
    assert page.status == 200 and page.is_page
    frames = [html.unescape(src) for src in re.findall(r'<iframe[^>]* src="([^"]+)"', page.text)]
    target, _, query = frames[0].partition("?")
    assert len(frames) == 1 and target == uri
    assert dict(urllib.parse.parse_qsl(query)) == {"iss": suite.metadata["issuer"], "sid": tokens.claims["sid"]}
    assert f" frame-src {uri}; " in page.header("Content-Security-Policy")
    assert f"{AFTER_LOGOUT}?state={state}" in page.form.links
    assert not app.is_signed_in(agent)
    app.unregister()


def test_oidcc_session_management_discovery_endpoint_verification(own):  # noqa: F811
    found = requests.get(f"{own.issuer}/.well-known/openid-configuration", timeout=10).json()
    assert found["check_session_iframe"].startswith(own.issuer + "/")
    assert found["end_session_endpoint"].startswith(own.issuer + "/")
    frame = requests.get(found["check_session_iframe"], timeout=10)
    assert frame.status_code == 200 and "X-Frame-Options" not in frame.headers
    assert "frame-ancestors 'none'" not in frame.headers["Content-Security-Policy"], "apps frame it"


def test_oidcc_session_management_rp_initiated_logout(own, app, page):  # noqa: F811
    base = f"http://localhost:{app.server_port}"
    party = own.add_client(redirect_uris=[f"{base}/callback"], post_logout_redirect_uris=[f"{base}/bye"])
    request = party.request()
    page.goto(address(party, request))
    sign_in(page, own.add_user())
    page.wait_for_url(f"{base}/callback?*")
    came = app.queries[-1]
    asked = f"{party.client_id} {came['session_state']}"
    assert ask(page, party, asked) == "unchanged"
    token = party.exchange(came["code"], request.verifier).json()["id_token"]
    page.goto(f"{party.issuer}/logout?" + encode(
        {"id_token_hint": token, "post_logout_redirect_uri": f"{base}/bye", "state": "after"}))
    page.wait_for_url(f"{base}/bye?state=after")
    assert ask(page, party, asked) == "changed"
