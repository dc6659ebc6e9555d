"""Apache with mod_auth_openidc, the client that most administrators of web servers know, before a page."""

import os
import pathlib
import secrets
import signal
import subprocess

from oidc import Browser
from ports import unused_port
from waiting import wait_for

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
    def __init__(self, folder, provider, method="client_secret_basic", pkce=S256):
        self.folder = folder
        self.pkce = pkce
        self.port = unused_port()
        self.url = f"http://localhost:{self.port}"
        party = provider.add_client(
            client_name="A page behind Apache", redirect_uris=[f"{self.url}/private/callback"],
            token_endpoint_auth_method=method, backchannel_logout_uri=f"{self.url}/private/callback?logout=backchannel")
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
        wait_for((self.folder / "apache.pid").exists, f"Apache runs; its log is {self.folder}/error.log", timeout=20)

    def stop(self):
        file = self.folder / "apache.pid"
        if not file.exists():
            return
        pid = int(file.read_text())
        os.kill(pid, signal.SIGTERM)
        wait_for(lambda: not file.exists(), "Apache ends", timeout=20)

    @property
    def log(self):
        file = self.folder / "error.log"
        return file.read_text() if file.exists() else ""


class Visitor(Browser):
    """Asks for pages as a browser does: what doesn't, the module answers with 401 instead of a redirect."""

    def get(self, target):
        return super().get(target, headers={"Accept": "text/html"})

    def is_signed_in(self):
        return self.get("/private/index.html").status == 200
