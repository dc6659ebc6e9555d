"""A web application that signs its users in at an OpenID Connect provider, with Authlib and Flask.

Nothing in it is about Postern: it has a discovery URL, a client id and a secret.
"""

import json
import os
import secrets
import sys

from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import OAuth
from flask import Flask, abort, redirect, render_template, request, session, url_for
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from werkzeug.serving import WSGIRequestHandler, make_server


LOGOUT = "http://schemas.openid.net/event/backchannel-logout"


def make_app(issuer, client_id, client_secret, title):
    app = Flask(__name__)
    app.jinja_env.filters["pretty"] = lambda value: json.dumps(value, indent=2, ensure_ascii=False)
    app.secret_key = secrets.token_bytes(32)
    app.jinja_env.globals["title"] = title
    # Cookies don't know ports, so each app's has a name of its own.
    app.config.update(
        SESSION_COOKIE_NAME=client_id.replace("-", "_"), SESSION_COOKIE_SAMESITE="Lax", SESSION_COOKIE_HTTPONLY=True)
    # Sessions that the provider has ended, by their sid. A session is a cookie, so it can't be taken back otherwise.
    ended = set()
    oauth = OAuth(app)
    provider = oauth.register(
        "provider", client_id=client_id, client_secret=client_secret,
        server_metadata_url=f"{issuer}/.well-known/openid-configuration",
        client_kwargs={"scope": "openid profile email", "code_challenge_method": "S256"})

    @app.get("/")
    def home():
        claims, was_ended = session.get("claims"), False
        if claims and claims.get("sid") in ended:
            session.clear()
            claims, was_ended = None, True
        return render_template(
            "home.html", claims=claims, user=session.get("userinfo"), issuer=issuer, was_ended=was_ended)

    @app.get("/login")
    def login():
        return provider.authorize_redirect(url_for("callback", _external=True))

    @app.get("/callback")
    def callback():
        try:
            # Exchanges the code and verifies the ID token: signature, issuer, audience, times and nonce.
            token = provider.authorize_access_token()
        except OAuthError as error:
            return render_template("refused.html", error=error.error, description=error.description), 400
        claims = dict(token["userinfo"])
        userinfo = dict(provider.userinfo(token=token))
        # OpenID Connect Core, section 5.3.2: another user's answer is no answer.
        if userinfo.get("sub") != claims["sub"]:
            return render_template("refused.html", error="the userinfo is another user's", description=None), 400
        session["claims"], session["userinfo"] = claims, userinfo
        return redirect(url_for("home"))

    @app.post("/backchannel")
    def backchannel():
        """OpenID Connect Back-Channel Logout 1.0: the provider says that a session has ended."""
        try:
            ended.add(ended_session(request.form["logout_token"]))
        except (JoseError, ValueError):
            abort(400)
        return "", 204

    def ended_session(token):
        """The sid of a logout token that was verified by section 2.6."""
        keys = KeySet.import_key_set(provider.fetch_jwk_set())
        claims = jwt.decode(token, keys, algorithms=["RS256"]).claims
        jwt.JWTClaimsRegistry(
            iss={"essential": True, "value": issuer}, aud={"essential": True, "value": client_id},
            iat={"essential": True}, exp={"essential": True}, sid={"essential": True},
            events={"essential": True}).validate(claims)
        if LOGOUT not in claims["events"] or "nonce" in claims:
            raise ValueError("it is no logout token")
        return claims["sid"]

    @app.post("/forget")
    def forget():
        session.clear()
        return redirect(url_for("home"))

    @app.after_request
    def never_cached(response):
        if request.endpoint != "static":
            response.headers["Cache-Control"] = "no-store"
        return response

    return app


class Quiet(WSGIRequestHandler):
    # The address of the callback holds the code.
    def log_request(self, code="-", size="-"):
        pass


def main():
    missing = [name for name in ("DEMO_ISSUER", "DEMO_CLIENT", "DEMO_PORT") if not os.environ.get(name)]
    if missing:
        sys.exit(f"demo app: {', '.join(missing)} must be set; scripts/quickstart does")
    # What `postern client add --json` printed, so that the secret is no argument.
    with open(os.environ["DEMO_CLIENT"], encoding="utf-8") as file:
        client = json.load(file)
    app = make_app(
        os.environ["DEMO_ISSUER"], client["client_id"], client["client_secret"],
        os.environ.get("DEMO_TITLE", "Demo app"))
    try:
        server = make_server("localhost", int(os.environ["DEMO_PORT"]), app, threaded=True, request_handler=Quiet)
    except OSError as error:
        sys.exit(f"demo app: port {os.environ['DEMO_PORT']}: {error.strerror}")
    server.serve_forever()


if __name__ == "__main__":
    main()
