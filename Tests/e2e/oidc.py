"""A relying party and a browser that can be wrong on purpose: every byte they send is the test's to choose.

They use nothing but the standard library, so what a test sees is what nginx sent.
"""

import base64
import hashlib
import html.parser
import http.client
import json
import random
import re
import secrets
import urllib.parse
from dataclasses import dataclass, field

FORM = "application/x-www-form-urlencoded"


def encode(fields):
    """Form-encodes pairs or a dict. Values may be bytes; None leaves a field out."""
    pairs = fields.items() if isinstance(fields, dict) else fields
    return urllib.parse.urlencode([(name, value) for name, value in pairs if value is not None])


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decoded(part):
    """The JSON of one part of a JWT, unverified."""
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def claims(token):
    return decoded(token.split(".")[1])


def grant_id(access_token):
    """The grant that an access token hangs on stands before the dot of its jti."""
    return claims(access_token)["jti"].split(".")[0]


def s256(verifier):
    return base64url(hashlib.sha256(verifier.encode()).digest())


class Forms(html.parser.HTMLParser):
    """The first form of a page, with the fields a browser would send, and the page's text."""

    def __init__(self, page):
        super().__init__()
        self.action = None
        self.fields = {}
        self.attributes = {}
        self.texts = []
        self.links = []
        self._inside = False
        self.feed(page)
        self.text = re.sub(r"\s+", " ", " ".join(self.texts))

    @property
    def path(self):
        return self.action and urllib.parse.urlsplit(self.action).path

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "form" and self.action is None:
            self.action, self._inside = attributes.get("action"), True
        if tag == "a" and "href" in attributes:
            self.links.append(attributes["href"])
        if tag == "input" and self._inside and "name" in attributes:
            self.attributes[attributes["name"]] = attributes
            if attributes.get("type") not in ("checkbox", "submit"):
                self.fields[attributes["name"]] = attributes.get("value", "")

    def handle_endtag(self, tag):
        if tag == "form":
            self._inside = False

    def handle_data(self, data):
        self.texts.append(data)


@dataclass
class Answer:
    status: int
    headers: list
    body: bytes

    def header(self, name):
        """The header's value, or None. More than one of a name is the test's business: see `all`."""
        return next(iter(self.all(name)), None)

    def all(self, name):
        return [value for key, value in self.headers if key.lower() == name.lower()]

    @property
    def text(self):
        return self.body.decode()

    def json(self):
        assert (self.header("Content-Type") or "").split(";")[0] == "application/json", self
        return json.loads(self.body)

    @property
    def form(self):
        return Forms(self.text)

    @property
    def location(self):
        return self.header("Location")

    @property
    def query(self):
        """The parameters of the URI that it redirects to; each may come once only."""
        assert self.status in (302, 303), self
        pairs = urllib.parse.parse_qsl(
            urllib.parse.urlsplit(self.location).query, keep_blank_values=True, strict_parsing=True)
        assert len(dict(pairs)) == len(pairs), self.location
        return dict(pairs)

    @property
    def is_page(self):
        return (self.header("Content-Type") or "").startswith("text/html")


class Browser:
    """A user agent with cookies of its own and one kept connection; it follows no redirect by itself.

    `base` is where it connects, which may be another stack than the one whose issuer stands in the links. Each has a
    network address of its own, so that the limits by address count it alone. It keeps no count of how often an app was
    answered, since a test asks for codes faster than any person.
    """

    def __init__(self, base, source=None):
        parts = urllib.parse.urlsplit(base)
        self.authority, self.port = parts.netloc, parts.port
        self.source = source or "127." + ".".join(str(random.randint(1, 254)) for _ in range(3))
        self.cookies = {}
        self.connection = None
        self.repeated = 0
        self.counts_answers = False

    def send(self, method, target, body=None, headers=()):
        """Sends one request as it is told to, and keeps the answer's cookies."""
        parts = urllib.parse.urlsplit(target)
        path = parts.path + ("?" + parts.query if parts.query else "")
        fields = {"Host": self.authority, **dict(headers)}
        if self.cookies and "Cookie" not in fields:
            fields["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if self.connection is None:
            self.connection = http.client.HTTPConnection(
                "127.0.0.1", self.port, timeout=30, source_address=(self.source, 0))
        is_kept = self.connection.sock is not None
        try:
            response = self._exchange(method, path, body, fields)
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
            # nginx may close a kept connection before it has read anything of this request, never a fresh one.
            self.connection.close()
            if not is_kept:
                raise
            self.repeated += 1
            response = self._exchange(method, path, body, fields)
        answer = Answer(response.status, response.getheaders(), response.read())
        for cookie in answer.all("Set-Cookie"):
            self._keep(cookie)
        return answer

    def _exchange(self, method, path, body, fields):
        self.connection.request(method, path, body, fields, encode_chunked="Transfer-Encoding" in fields)
        return self.connection.getresponse()

    def _keep(self, cookie):
        pair, *attributes = [part.strip() for part in cookie.split(";")]
        name, value = pair.split("=", 1)
        if name.endswith("postern-answers") and not self.counts_answers:
            return
        if "max-age=0" in [attribute.lower() for attribute in attributes]:
            self.cookies.pop(name, None)
        else:
            self.cookies[name] = value

    def get(self, target, **options):
        return self.send("GET", target, **options)

    def post(self, target, fields, headers=()):
        return self.send("POST", target, encode(fields), {"Content-Type": FORM, **dict(headers)})

    def submit(self, page, **changes):
        """Sends the page's form as it stands, with these changes; None leaves a field out."""
        form = page.form
        assert form.action, f"no form on this page: {page.status} {form.text}"
        return self.post(form.action, {**form.fields, **changes})

    def follow(self, answer):
        return self.get(answer.location)

    def close(self):
        if self.connection:
            self.connection.close()
            self.connection = None


@dataclass
class Request:
    """An authorization request that was sent, with what its answer will be checked against."""

    parameters: dict
    verifier: str | None

    @property
    def state(self):
        return self.parameters.get("state")


@dataclass
class RelyingParty:
    """A client of the provider at `issuer`: `auth` is how it authenticates (basic, post or none)."""

    issuer: str
    client_id: str
    redirect_uri: str
    secret: str | None = None
    auth: str = "basic"
    scope: str = "openid profile email"
    browser: Browser = field(default=None)

    def __post_init__(self):
        self.back = Browser(self.issuer)

    @property
    def path(self):
        return urllib.parse.urlsplit(self.issuer).path

    def request(self, *, pkce=True, **changes):
        """A good authorization request with these parameters changed; None takes one out."""
        verifier = base64url(secrets.token_bytes(32)) if pkce else None
        parameters = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": self.scope,
            "state": secrets.token_urlsafe(12),
            "nonce": secrets.token_urlsafe(12),
        }
        if verifier:
            parameters |= {"code_challenge": s256(verifier), "code_challenge_method": "S256"}
        parameters |= changes
        return Request({name: value for name, value in parameters.items() if value is not None}, verifier)

    def start(self, browser, request):
        return browser.get(f"{self.path}/authorize?{encode(request.parameters)}")

    def sign_in(self, browser, user, request=None):
        """Goes from the authorization request through the login page to the answer at the redirect URI."""
        page = self.start(browser, request or self.request())
        assert page.status == 200, f"{page.status} {page.location or page.form.text}"
        return browser.submit(page, username=user.name, password=user.password)

    def basic(self, client_id=None, secret=None):
        pair = ":".join(
            urllib.parse.quote(text, safe="") for text in (client_id or self.client_id, secret or self.secret or ""))
        return {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}

    def exchange_request(self, code, verifier, /, **changes):
        """Body fields and headers of a good token request."""
        fields = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": self.redirect_uri,
            "code_verifier": verifier,
        }
        headers = {}
        if self.auth == "basic":
            headers = self.basic()
        else:
            fields["client_id"] = self.client_id
        if self.auth == "post":
            fields["client_secret"] = self.secret
        fields |= changes
        return {name: value for name, value in fields.items() if value is not None}, headers

    def exchange(self, code, verifier, /, *, headers=None, back=None, **changes):
        fields, own = self.exchange_request(code, verifier, **changes)
        return (back or self.back).post(f"{self.path}/token", fields, own if headers is None else headers)

    def tokens(self, browser, user=None, **changes):
        """A whole flow, by the session that is there or by signing in as `user`."""
        request = self.request(**changes)
        answer = self.start(browser, request) if user is None else self.sign_in(browser, user, request)
        token = self.exchange(answer.query["code"], request.verifier)
        assert token.status == 200, token
        return token.json()

    def userinfo(self, access_token, **options):
        return self.back.get(
            f"{self.path}/userinfo", headers={"Authorization": f"Bearer {access_token}"}, **options)
