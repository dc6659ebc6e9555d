"""django-oauth-toolkit, from PyPI, as an upstream."""

import json
import pathlib
import sqlite3
import sys

from foreign_provider import SECRET, ForeignProvider, new_key


class Django(ForeignProvider):
    name = "django"
    scope = "openid profile email"

    def __init__(self, folder, users):
        super().__init__(folder, users)
        self.issuer = f"{self.base}/o"
        self._keys = [new_key()]

    def command(self):
        return [sys.executable, pathlib.Path(__file__).with_name("django_provider.py")]

    def prepare(self, broker):
        self._callback = f"{broker.issuer}/callback/{self.name}"
        self._signed_out = f"{broker.issuer}/signed-out/{self.name}"
        self.up()

    def up(self, ahead=None):
        (self.folder / "settings.json").write_text(json.dumps({
            "issuer": self.issuer, "port": self.port, "key": self._keys[0], "former_keys": self._keys[1:],
            "client_id": "broker", "client_secret": SECRET, "callback": self._callback, "signed_out": self._signed_out,
            "users": self.users}))
        super().up(ahead)

    def rotate_key(self):
        self.down()
        self._keys.insert(0, new_key())
        self.up()

    def sign_in(self, browser, address, name):
        """From its authorization endpoint to the answer."""
        answer = browser.get(address)
        if not answer.location.startswith("/login/") or not name:
            return answer
        page = browser.get(answer.location)
        form = page.form.fields
        answer = browser.post(answer.location, {**form, "username": name, "password": self.users[name]})
        return browser.get(answer.location)

    def _change(self, statement, name):
        with sqlite3.connect(self.folder / "django.sqlite", timeout=20) as database:
            database.execute("PRAGMA foreign_keys = OFF")
            database.execute(statement, [name])

    def leave_group(self, name):
        self._change(
            "DELETE FROM auth_user_groups WHERE user_id = (SELECT id FROM auth_user WHERE username = ?)", name)

    def remove(self, name):
        """With what hangs on the user, as Django removes it."""
        for table in ("refreshtoken", "accesstoken", "idtoken", "grant"):
            self._change(
                f"DELETE FROM oauth2_provider_{table} WHERE user_id = (SELECT id FROM auth_user WHERE username = ?)", name)
        self._change("DELETE FROM auth_user WHERE username = ?", name)

    def sign_out(self, browser, sid):
        """OpenID Connect RP-Initiated Logout 1.0; it ends the user's tokens, and tells nobody."""
        answer = browser.post("/o/logout/", {**browser.get("/o/logout/").form.fields, "allow": "true"})
        assert answer.status == 302 and "sessionid" not in browser.cookies

    def follow_sign_out(self, browser, address):
        """From its end session endpoint to where it leads on."""
        return browser.get(address).location
