"""Apache's mod_auth_openidc, the client that most administrators of web servers know, protects a page."""

import os
import pathlib
import secrets
import signal
import subprocess
import time
import urllib.parse

import pytest

from oidc import Browser, encode
from ports import unused_port
from provider import temporary_folder

S256 = "OIDCPKCEMethod S256"
MODULES = pathlib.Path("/usr/lib/apache2/modules")

CONFIGURATION = """
ServerRoot {folder}
ServerName localhost
Listen 127.0.0.1:{port}
PidFile {folder}/apache.pid
ErrorLog {folder}/error.log
LogLevel warn auth_openidc:info
Mutex file:{folder}
{user}
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authn_core_module {modules}/mod_authn_core.so
LoadModule authz_core_module {modules}/mod_authz_core.so
LoadModule authz_user_module {modules}/mod_authz_user.so
LoadModule dir_module {modules}/mod_dir.so
LoadModule mime_module {modules}/mod_mime.so
LoadModule headers_module {modules}/mod_headers.so
LoadModule auth_openidc_module {modules}/mod_auth_openidc.so
TypesConfig /etc/mime.types
DocumentRoot {folder}/pages

OIDCProviderMetadataURL {issuer}/.well-known/openid-configuration
OIDCClientID {client_id}
OIDCClientSecret {secret}
OIDCProviderTokenEndpointAuth {method}
{pkce}
OIDCScope "openid profile email"
OIDCRedirectURI http://localhost:{port}/private/callback
OIDCCryptoPassphrase {passphrase}
OIDCRemoteUserClaim preferred_username
OIDCSSLValidateServer Off
OIDCCacheType shm

<Directory {folder}/pages>
    Require all granted
</Directory>
<Location /private>
    AuthType openid-connect
    Require valid-user
    # What an application behind Apache would read from its request headers.
    Header set X-Seen "expr=%{{req:OIDC_CLAIM_sub}}|%{{req:OIDC_CLAIM_name}}|%{{req:OIDC_CLAIM_email}}|%{{req:OIDC_CLAIM_iss}}"
    Header set X-User "expr=%{{REMOTE_USER}}"
</Location>
<Location /private/others>
    AuthType openid-connect
    Require claim email:bob@example.com
</Location>
"""


class Apache:
    def __init__(self, folder, provider, method, pkce):
        self.folder = folder
        self.pkce = pkce
        self.port = unused_port()
        self.url = f"http://localhost:{self.port}"
        party = provider.add_client(
            client_name="A page behind Apache", redirect_uris=[f"{self.url}/private/callback"],
            token_endpoint_auth_method=method)
        for name in ("private", "private/others"):
            (folder / "pages" / name).mkdir(parents=True, exist_ok=True)
            (folder / "pages" / name / "index.html").write_text("<!doctype html><title>Private</title>")
        self.configuration = folder / "apache.conf"
        self.configuration.touch(mode=0o600)
        # As root, Apache's workers change to another user.
        user = "User www-data\nGroup www-data" if os.geteuid() == 0 else ""
        if user:
            folder.chmod(0o711)
        self.configuration.write_text(CONFIGURATION.format(
            folder=folder, port=self.port, modules=MODULES, issuer=provider.issuer, client_id=party.client_id,
            secret=party.secret, method=method, pkce=pkce, passphrase=secrets.token_urlsafe(24), user=user))

    def start(self):
        subprocess.run(
            ["/usr/sbin/apache2", "-f", self.configuration, "-k", "start"], check=True, timeout=30,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        limit = time.monotonic() + 20
        while not (self.folder / "apache.pid").exists():
            assert time.monotonic() < limit, self.log
            time.sleep(0.05)

    def stop(self):
        file = self.folder / "apache.pid"
        if not file.exists():
            return
        pid = int(file.read_text())
        os.kill(pid, signal.SIGTERM)
        limit = time.monotonic() + 20
        while file.exists() and time.monotonic() < limit:
            time.sleep(0.05)

    @property
    def log(self):
        file = self.folder / "error.log"
        return file.read_text() if file.exists() else ""


@pytest.fixture(
    scope="module",
    params=[("client_secret_basic", ""), ("client_secret_basic", S256), ("client_secret_post", S256)],
    ids=["basic", "basic and PKCE", "post and PKCE"])
def apache(provider, request):
    with temporary_folder() as folder:
        apache = Apache(folder, provider, *request.param)
        try:
            apache.start()
            yield apache
        finally:
            apache.stop()


def sign_in(page, user):
    page.get_by_label("User name").fill(user.name)
    page.get_by_label("Password").fill(user.password)
    page.get_by_role("button", name="Sign in").click()


def test_a_user_signs_in_to_a_page_behind_apache(provider, apache, alice, page):
    """OpenID Connect Core, section 3.1: claims of the verified ID token and of userinfo reach the page as headers."""
    page.goto(f"{apache.url}/private/index.html")
    assert page.url.startswith(provider.issuer + "/authorize"), apache.log
    sent = urllib.parse.parse_qs(urllib.parse.urlsplit(page.url).query)
    assert sent.get("code_challenge_method") == (["S256"] if apache.pkce else None)
    with page.expect_response(f"{apache.url}/private/index.html") as shown:
        sign_in(page, alice)
    assert shown.value.status == 200, apache.log
    seen = shown.value.headers["x-seen"].split("|")
    assert seen == [alice.sub, "Alice Example", "alice@example.com", provider.issuer]
    assert shown.value.headers["x-user"] == alice.name


def test_a_claim_decides_who_may_come_in(provider, apache, alice, page):
    page.goto(f"{apache.url}/private/index.html")
    sign_in(page, alice)
    answer = page.goto(f"{apache.url}/private/others/index.html")
    assert answer.status in (401, 403)


def test_a_forged_answer_is_refused_by_apache(provider, apache, page):
    """RFC 6749, section 10.12: an answer that nobody asked for."""
    answer = page.goto(f"{apache.url}/private/callback?code=x&state=y&iss={provider.issuer}")
    assert answer.status >= 400


class Visitor(Browser):
    """Asks for pages as a browser does: what doesn't, the module answers with 401 instead of a redirect."""

    def get(self, target):
        return super().get(target, headers={"Accept": "text/html"})

    def is_signed_in(self):
        return self.get("/private/index.html").status == 200


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("iss", "https://evil.example/oidc", "does not match the issuer provided in the response"),
        ("state", "x" * 27, "unable to restore state"),
        ("code", "x" * 200, "the code is none of ours, or was changed on its way"),
    ],
    ids=["iss", "state", "code"])
def test_an_answer_that_was_changed_on_its_way_is_refused(provider, apache, alice, agent, name, value, reason):
    """RFC 9207, section 2.4; RFC 6749, sections 4.1.3 and 10.12."""
    visitor = Visitor(apache.url)
    answer = visitor.get("/private/index.html")
    assert answer.status == 302 and answer.location.startswith(provider.issuer + "/authorize?")
    good = agent.submit(agent.follow(answer), username=alice.name, password=alice.password).query
    assert good["iss"] == provider.issuer
    logged = len(apache.log)
    # The module's own page of errors has the status 200, so its log tells.
    assert not visitor.get("/private/callback?" + encode({**good, name: value})).location
    assert reason in apache.log[logged:]
    assert not visitor.is_signed_in()


def test_a_code_of_another_browser_is_refused_by_apache(provider, apache, alice, agent):
    """RFC 9700, section 4.7: state binds the answer to the browser that asked."""
    asked, victim = Visitor(apache.url), Visitor(apache.url)
    page = agent.follow(asked.get("/private/index.html"))
    victim.get("/private/index.html")
    sent = agent.submit(page, username=alice.name, password=alice.password)
    assert not victim.get(sent.location).location and not victim.is_signed_in()
    assert asked.get(sent.location).status == 302 and asked.is_signed_in(), "for the browser that asked it is good"
