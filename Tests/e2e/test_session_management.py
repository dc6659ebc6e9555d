"""OpenID Connect Session Management 1.0, in Chromium: an app's page notices that whoever is signed in has changed."""

import http.server
import threading

import pytest
import requests

from provider import running_provider
from test_pages import App, address, sign_in

ASK = """([frame, message]) => new Promise(resolve => {
  const iframe = document.createElement("iframe");
  addEventListener("message", event => { if (event.source === iframe.contentWindow) resolve(event.data); });
  iframe.onload = () => iframe.contentWindow.postMessage(message, new URL(frame).origin);
  iframe.src = frame;
  document.body.append(iframe);
})"""


@pytest.fixture(scope="module")
def own():
    with running_provider(lambda text: text + "\nsession_management: true\n") as provider:
        yield provider


@pytest.fixture(scope="module")
def app():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), App) as server:
        server.queries = []
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture(scope="module", params=["localhost", "127.0.0.1"], ids=["same site", "cross-site"])
def party(own, app, request):
    """The issuer is at localhost, and plain http: so its cookie is SameSite=Lax, and kept from frames of other sites."""
    return own.add_client(redirect_uris=[f"http://{request.param}:{app.server_port}/callback"])


@pytest.fixture
def is_told(party):
    return "localhost" in party.redirect_uri


def session_state(page, party, app, user=None, **changes):
    request = party.request(**changes)
    page.goto(address(party, request))
    if user:
        sign_in(page, user)
    page.wait_for_url(f"{party.redirect_uri}?*")
    assert app.queries[-1]["state"] == request.state
    return app.queries[-1].get("session_state")


def ask(page, party, message):
    frame = requests.get(f"{party.issuer}/.well-known/openid-configuration", timeout=10).json()["check_session_iframe"]
    return page.evaluate(ASK, [frame, message])


def test_an_apps_page_notices_who_comes_and_goes(own, party, app, is_told, page):
    """Section 3. Where the browser keeps the cookie from the frame, "error", after which nobody asks for ever."""
    ann, bob = own.add_user(), own.add_user()
    first = session_state(page, party, app, ann)
    assert ask(page, party, f"{party.client_id} {first}") == ("unchanged" if is_told else "error")
    again = session_state(page, party, app)
    assert again != first, "each answer has a salt of its own"
    assert ask(page, party, f"{party.client_id} {first}") == ("unchanged" if is_told else "error")
    assert ask(page, party, f"{party.client_id}2 {again}") == ("changed" if is_told else "error")
    for malformed in ("", "app", "app x.y", "app " + "A" * 43, " " + "A" * 43 + ".x", {"a": 1}):
        assert ask(page, party, malformed) == "error"

    second = session_state(page, party, app, bob, prompt="login")
    assert ask(page, party, f"{party.client_id} {again}") == ("changed" if is_told else "error")
    assert ask(page, party, f"{party.client_id} {second}") == ("unchanged" if is_told else "error")

    page.goto(f"{party.issuer}/logout")
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("heading", name="You are signed out").wait_for()
    page.goto(party.redirect_uri)
    assert ask(page, party, f"{party.client_id} {second}") == ("changed" if is_told else "error")
    nobody = session_state(page, party, app, prompt="none")
    assert ask(page, party, f"{party.client_id} {nobody}") == ("unchanged" if is_told else "error")
    session_state(page, party, app, ann)
    assert ask(page, party, f"{party.client_id} {nobody}") == ("changed" if is_told else "error")


def test_it_is_off_unless_it_is_asked_for(provider, agent):
    metadata = agent.get("/oidc/.well-known/openid-configuration").json()
    assert "check_session_iframe" not in metadata
    assert agent.get("/oidc/check_session").status == 404
