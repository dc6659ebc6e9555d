"""The plans "RP-Initiated Logout" (`OIDCCRpInitiatedLogoutTestPlan`) and "Back-Channel Logout"
(`OIDCCBackchannelRpInitiatedLogoutTestPlan`)."""

import contextlib
import secrets
import urllib.parse

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from logout_receiver import LogoutReceiver, verified
from oidc import base64url, claims
from suite import AFTER_LOGOUT


@pytest.fixture
def app(suite):
    app = suite.register(post_logout_redirect_uris=[AFTER_LOGOUT])
    yield app
    app.unregister()


@pytest.fixture
def signed_in(app, agent):
    return app.tokens(agent)


@pytest.fixture
def state():
    return secrets.token_hex(64)


def assert_returned(answer, state):
    """RP-Initiated Logout section 3: nothing but `state` comes back."""
    assert answer.status in (302, 303), answer
    target, _, query = answer.location.partition("?")
    assert target == AFTER_LOGOUT and dict(urllib.parse.parse_qsl(query)) == ({"state": state} if state else {})


def assert_stays(app, browser, answer):
    """An error page: nobody is led back."""
    assert answer.is_page and answer.location is None and not answer.form.action, answer
    assert answer.status == 400


def assert_asks(app, browser, page):
    """The page asks whether to sign out; who says so is signed out, and sees the answer."""
    assert page.status == 200 and page.location is None and page.form.action
    assert app.is_signed_in(browser)
    done = browser.submit(page, decision="sign-out")
    assert done.status == 200 and "signed out" in done.form.text
    assert not app.is_signed_in(browser)
    return done


def assert_asks_without_a_way_back(app, browser, page):
    """Sections 2 and 4: what can't be verified is used for nothing."""
    assert "recognise" in page.form.text and AFTER_LOGOUT not in page.text
    assert AFTER_LOGOUT not in assert_asks(app, browser, page).text


def test_oidcc_rp_initiated_logout_discovery_endpoint_verification(metadata):
    assert metadata["end_session_endpoint"].startswith(metadata["issuer"] + "/")


def test_oidcc_rp_initiated_logout(app, agent, signed_in, state):
    answer = app.log_out(agent, id_token_hint=signed_in.id_token, post_logout_redirect_uri=AFTER_LOGOUT, state=state)
    assert_returned(answer, state)
    assert not app.is_signed_in(agent)


@pytest.mark.parametrize("uri", ["https://conformance.example/bad", AFTER_LOGOUT + "?foo=bar"], ids=["bad", "query"])
def test_oidcc_rp_initiated_logout_bad_post_logout_redirect_uri(app, agent, signed_in, state, uri):
    """And `oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri`."""
    assert_stays(app, agent, app.log_out(
        agent, id_token_hint=signed_in.id_token, post_logout_redirect_uri=uri, state=state))


def test_oidcc_rp_initiated_logout_modified_id_token_hint(app, agent, signed_in, state):
    unsigned = base64url(b'{"alg":"none"}') + "." + signed_in.id_token.split(".")[1] + "."
    assert_asks_without_a_way_back(app, agent, app.log_out(
        agent, id_token_hint=unsigned, post_logout_redirect_uri=AFTER_LOGOUT, state=state))


def test_oidcc_rp_initiated_logout_bad_id_token_hint(app, agent, signed_in, state):
    forged = jwt.encode({"alg": "RS256"}, claims(signed_in.id_token), RSAKey.generate_key(2048))
    assert_asks_without_a_way_back(app, agent, app.log_out(
        agent, id_token_hint=forged, post_logout_redirect_uri=AFTER_LOGOUT, state=state))


def test_oidcc_rp_initiated_logout_no_id_token_hint(app, agent, signed_in, state):
    """Nobody knows whose address it is without `client_id`: the person is asked, and stays."""
    done = assert_asks(app, agent, app.log_out(agent, post_logout_redirect_uri=AFTER_LOGOUT, state=state))
    assert done.location is None and AFTER_LOGOUT not in done.text


@pytest.mark.parametrize("parameters", [[], ["state"]], ids=["no-params", "only-state"])
def test_oidcc_rp_initiated_logout_no_params(app, agent, signed_in, state, parameters):
    """And `oidcc-rp-initiated-logout-only-state`: the person says so, and is signed out."""
    assert_asks(app, agent, app.log_out(agent, **{name: state for name in parameters}))


def test_oidcc_rp_initiated_logout_no_post_logout_redirect_uri(app, agent, signed_in, state):
    answer = app.log_out(agent, id_token_hint=signed_in.id_token, state=state)
    assert answer.status == 200 and "signed out" in answer.form.text
    assert not app.is_signed_in(agent)


def test_oidcc_rp_initiated_logout_no_state(app, agent, signed_in):
    assert_returned(app.log_out(agent, id_token_hint=signed_in.id_token, post_logout_redirect_uri=AFTER_LOGOUT), None)
    assert not app.is_signed_in(agent)


# --- back-channel -----------------------------------------------------------------------------------------------------


def test_oidcc_backchannel_logout_discovery_endpoint_verification(metadata):
    assert metadata["backchannel_logout_supported"] and metadata["backchannel_logout_session_supported"]
    assert metadata["end_session_endpoint"]


def test_oidcc_backchannel_rp_initiated_logout(suite, agent, state):
    receiver = LogoutReceiver()
    app = suite.register(
        post_logout_redirect_uris=[AFTER_LOGOUT], backchannel_logout_uri=receiver.uri,
        backchannel_logout_session_required=True)
    tokens = app.tokens(agent)
    answer = app.log_out(agent, id_token_hint=tokens.id_token, post_logout_redirect_uri=AFTER_LOGOUT, state=state)
    assert_returned(answer, state)
    app.issuer = suite.metadata["issuer"]
    told = verified(receiver.told(), app)
    assert told["sub"] == tokens.claims["sub"] and told["sid"] == tokens.claims["sid"]
    assert not app.is_signed_in(agent)
    with contextlib.suppress(OSError):
        receiver.down()
    app.unregister()
