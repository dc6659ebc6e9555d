"""Glewlwyd, of Debian: a provider in C that is configured by its own API."""

import json
import sqlite3
import urllib.parse

from foreign_provider import SECRET, ForeignProvider, new_key, public_part
from oidc import Browser

CONFIGURATION = """
port={port}
bind_address="127.0.0.1"
external_url="{base}"
login_url="login.html"
api_prefix="api"
log_mode="console"
log_level="INFO"
cookie_secure=0
session_expiration=2419200
session_key="GLEWLWYD2_SESSION_ID"
admin_scope="g_admin"
profile_scope="g_profile"
user_module_path="/usr/lib/glewlwyd/user"
client_module_path="/usr/lib/glewlwyd/client"
user_auth_scheme_module_path="/usr/lib/glewlwyd/scheme"
plugin_module_path="/usr/lib/glewlwyd/plugin"
hash_algorithm="SHA512"
login_api_enabled=true
database = {{ type = "sqlite3" path = "{folder}/glewlwyd.sqlite" }};
"""
SCHEMA = "/usr/share/dbconfig-common/data/glewlwyd/install/sqlite3"


class Glewlwyd(ForeignProvider):
    name = "glewlwyd"
    scope = "openid"

    def __init__(self, folder, users):
        super().__init__(folder, users)
        self.issuer = f"{self.base}/api/oidc"
        (folder / "glewlwyd.conf").write_text(CONFIGURATION.format(port=self.port, base=self.base, folder=folder))
        with open(SCHEMA) as schema, sqlite3.connect(folder / "glewlwyd.sqlite") as database:
            database.executescript(schema.read())

    def command(self):
        return ["glewlwyd", f"--config-file={self.folder}/glewlwyd.conf"]

    def prepare(self, broker):
        """Its plugin for OpenID Connect, the client that the broker is, and its users."""
        self.up()
        self._admin = Browser(self.base)
        self._call(self._admin, "POST", "auth/", username="admin", password="password")
        self._plugin = {
            "iss": self.issuer, "jwt-type": "rsa", "jwt-key-size": "256", "code-duration": 600,
            "refresh-token-duration": 1209600, "access-token-duration": 3600, "allow-non-oidc": False,
            "auth-type-code-enabled": True, "auth-type-refresh-enabled": True, "auth-type-token-enabled": False,
            "auth-type-password-enabled": False, "auth-type-client-enabled": False, "auth-type-implicit-enabled": False,
            "auth-type-none-enabled": False, "refresh-token-rolling": True, "refresh-token-one-use": "always",
            "subject-type": "public", "jwks-show": True, "pkce-allowed": True, "allowed-scope": ["openid"],
            "session-management-allowed": True, "session-cookie-name": "GLEWLWYD2_OIDC_SID",
            "session-cookie-expiration": 2419200, "back-channel-logout-allowed": True,
            "name-claim": "mandatory", "email-claim": "mandatory",
            "claims": [{
                "name": "groups", "user-property": "groups", "type": "string", "mandatory": True, "on-demand": False}],
        }
        self._plug("POST", "mod/plugin/")
        self._let_have("client", "post_logout_redirect_uris")
        self._call(
            self._admin, "POST", "client/", client_id="broker", name="The broker", confidential=True, enabled=True,
            client_secret=SECRET, redirect_uri=[f"{broker.issuer}/callback/{self.name}"],
            authorization_type=["code", "refresh_token"], token_endpoint_auth_method=["client_secret_basic"],
            post_logout_redirect_uris=[f"{broker.issuer}/signed-out/{self.name}"],
            backchannel_logout_uri=f"{broker.issuer}/backchannel/{self.name}",
            backchannel_logout_session_required="1")
        self._let_have("user", "groups")
        for name, password in self.users.items():
            self._call(
                self._admin, "POST", "user/", username=name, name=name.title(), email=f"{name}@corp.example",
                password=password, enabled=True, scope=["openid"], groups=["editors"])

    def _let_have(self, kind, name):
        """Several values of that name, of each user or client."""
        module = self._call(self._admin, "GET", f"mod/{kind}/database")
        module["parameters"]["data-format"][name] = {
            "multiple": True, "read": True, "write": True, "profile-read": True, "profile-write": False}
        self._call(self._admin, "PUT", f"mod/{kind}/database", **module)
        self._call(self._admin, "PUT", f"mod/{kind}/database/reset")

    @staticmethod
    def _call(browser, method, path, **members):
        answer = browser.send(
            method, f"/api/{path}", json.dumps(members) if members else None, {"Content-Type": "application/json"})
        assert answer.status == 200, answer
        return json.loads(answer.body) if answer.body else None

    def _plug(self, method, path):
        key = new_key()
        self._call(
            self._admin, method, path, module="oidc", name="oidc", display_name="OIDC",
            parameters={**self._plugin, "key": key, "cert": public_part(key)})

    def rotate_key(self):
        self._plug("PUT", "mod/plugin/oidc")
        self._call(self._admin, "PUT", "mod/plugin/oidc/reset")

    def sign_in(self, browser, address, name):
        """From its authorization endpoint to the answer; what its page does by scripts, by the API that they call."""
        answer = browser.get(address)
        if not answer.location.startswith(f"{self.base}/login.html?"):
            return answer
        back = answer.query["callback_url"]
        if name:
            self._call(browser, "POST", "auth/", username=name, password=self.users[name])
            self._call(browser, "PUT", "auth/grant/broker", scope="openid")
        return browser.get(back + "&g_continue")

    def leave_group(self, name):
        user = self._call(self._admin, "GET", f"user/{name}")
        self._call(self._admin, "PUT", f"user/{name}", **{**user, "groups": ["readers"]})

    def remove(self, name):
        self._call(self._admin, "DELETE", f"user/{name}")

    def sign_out(self, browser, sid):
        """As its page does, once the user has agreed: it tells the broker."""
        self._call(browser, "DELETE", f"oidc/session/{sid}/")

    def follow_sign_out(self, browser, address):
        """From its end session endpoint to where it leads on; its page asks the user, and then does this."""
        # Its query begins with an ampersand.
        asked = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(browser.get(address).location).query))
        assert asked["prompt"] == "end_session"
        self._call(browser, "DELETE", f"{asked['plugin']}/session/{asked['sid']}/")
        self._call(browser, "DELETE", "auth/")
        return asked["callback_url"]
