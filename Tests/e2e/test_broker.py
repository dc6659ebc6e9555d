"""The central identity provider signs users in: here it is another Postern, on a host of its own."""

import json
import re
import secrets
import urllib.parse

import pytest
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session

from apache import Apache, Visitor
from logout_receiver import LogoutReceiver, verified
from oidc import claims
from waiting import wait_for
from provider import Provider, running_provider, temporary_folder

CALLBACK = "http://localhost:{port}/oidc/callback/central"


@pytest.fixture(scope="module")
def central():
    """Another host name than the broker's: browsers share cookies among the ports of one."""
    with temporary_folder() as folder:
        provider = Provider(folder)
        provider.base = provider.issuer = f"http://127.0.0.1:{provider.port}/oidc"
        provider.prepare()
        try:
            provider.up()
            yield provider
        finally:
            provider.down()


@pytest.fixture(scope="module")
def broker(central, tmp_path_factory):
    secret = tmp_path_factory.mktemp("broker") / "central.secret"
    secret.write_text("a secret of the broker's own, of 32 bytes and more\n")
    secret.chmod(0o600)
    upstreams = f"""
upstreams:
  - name: central
    title: Example Corp
    issuer: {central.issuer}
    client_id: broker
    client_secret_file: {secret}
    scope: openid profile email offline_access
    recheck: 5s
    logout: true
    email_domains: [corp.example]
    trusted_email_domains: [corp.example]
    attributes:
      department: upstream ->> 'department'
    roles:
      editor: "EXISTS (SELECT 1 FROM json_each(upstream, '$.groups') WHERE value = 'editors')"
pages:
  contact: help@example.com
"""

    with running_provider(lambda text: text + upstreams) as provider:
        central.postern(
            "client", "add", "--from", "-", input=json.dumps({
                "client_id": "broker", "client_secret": "a secret of the broker's own, of 32 bytes and more",
                "client_name": "The broker", "redirect_uris": [CALLBACK.format(port=provider.port)],
                "grant_types": ["authorization_code", "refresh_token"], "scope": "openid profile email offline_access",
                "backchannel_logout_uri": f"{provider.issuer}/backchannel/central",
                "post_logout_redirect_uris": [f"{provider.issuer}/signed-out/central"],
            }))
        for name, expression in (("groups", "user -> 'groups'"), ("department", "user ->> 'department'")):
            central.postern(
                "claim", "add", name, "--expression", expression, "--client", "broker", "--scope", "profile")
        central.postern("group", "add", "editors")
        provider.postern("role", "add", "editor")
        provider.secret = secret
        yield provider


class Person:
    """A browser that goes from one provider to the other."""

    def __init__(self, broker, central):
        self.at = {provider.issuer: provider.browser() for provider in (broker, central)}

    def browser(self, address):
        return next(browser for issuer, browser in self.at.items() if address.startswith(issuer))

    def follow(self, answer, until):
        """Goes on until it is sent to an address that begins so, or sees a page."""
        while answer.status in (302, 303) and not answer.location.startswith(until):
            answer = self.browser(answer.location).get(answer.location)
        return answer


@pytest.fixture
def person(broker, central):
    return Person(broker, central)


@pytest.fixture(scope="module")
def app(broker):
    return broker.add_client(scope="openid profile email editor")


def sign_in(person, broker, app, user=None, **changes):
    """From the app's request by the button of the login page to the answer; signs in at the other provider as `user`."""
    browser = person.at[broker.issuer]
    request = app.request(**changes)
    return request, pass_through(person, broker, app.start(browser, request), app.redirect_uri, user)


def pass_through(person, broker, page, until, user=None):
    """From the login page's button to an address of the app's; signs in at the other provider as `user`."""
    assert page.status == 200 and "Continue with Example Corp" in page.form.text, page
    hidden = page.form.fields
    away = person.at[broker.issuer].post(
        "/oidc/upstream/central", {"attempt": hidden["attempt"], "token": hidden["token"]})
    answer = person.follow(away, until)
    # One that is known not to answer is said to be so before anybody is there.
    if user and answer.status != 503:
        assert answer.status == 200, answer
        there = person.at[next(issuer for issuer in person.at if issuer != broker.issuer)]
        answer = person.follow(there.submit(answer, username=user.name, password=user.password), until)
    return answer


def test_a_user_of_the_central_provider_comes_to_the_app(broker, central, app, person):
    amy = central.add_user(
        "amy", None, "--full-name", "Amy Example", "--email", "amy@corp.example", "--attribute", "email_verified=true",
        "--attribute", 'department="Sales"', "--group", "editors")
    request, answer = sign_in(person, broker, app, amy, scope="openid profile email editor")
    assert answer.query["state"] == request.state and answer.query["iss"] == broker.issuer
    tokens = app.exchange(answer.query["code"], request.verifier).json()
    token = claims(tokens["id_token"])
    assert token["iss"] == broker.issuer and token["sub"] != amy.sub and token["amr"] == ["pwd"]
    assert set(tokens["scope"].split()) == {"openid", "profile", "email", "editor"}
    info = app.userinfo(tokens["access_token"]).json()
    assert info["name"] == "Amy Example" and info["email"] == "amy@corp.example" and info["email_verified"] is True

    shown = json.loads(broker.postern("user", "show", info["preferred_username"], "--json"))
    assert shown["username"] == "amy" and shown["attributes"]["department"] == "Sales"

    # Signed in at both: the next app needs no page, and the second time at the first nobody is asked at all.
    central.postern("user", "set", "amy", "--full-name", "Amy Other")
    other = Person(broker, central)
    other.at[central.issuer] = person.at[central.issuer]
    request, answer = sign_in(other, broker, app)
    tokens = app.exchange(answer.query["code"], request.verifier).json()
    assert claims(tokens["id_token"])["sub"] == token["sub"], "the same user"
    assert app.userinfo(tokens["access_token"]).json()["name"] == "Amy Other", "as the upstream knows them now"


def test_a_group_that_was_taken_away_there_takes_the_role_away_here(broker, central, app, person):
    bob = central.add_user("bob", None, "--group", "editors")
    request, answer = sign_in(person, broker, app, bob, scope="openid editor")
    assert "editor" in app.exchange(answer.query["code"], request.verifier).json()["scope"].split()
    central.postern("user", "set", "bob", "--remove-group", "editors")
    request, answer = sign_in(Person(broker, central), broker, app, bob, scope="openid editor")
    assert app.exchange(answer.query["code"], request.verifier).json()["scope"].split() == ["openid"]


def test_whose_address_is_of_the_upstreams_domain_goes_straight_there(broker, app, person, central):
    browser = person.at[broker.issuer]
    away = app.start(browser, app.request(login_hint="amy@corp.example", ui_locales="de", acr_values="2 1"))
    away = browser.follow(away)
    assert away.location.startswith(f"{central.issuer}/authorize?")
    assert away.query["login_hint"] == "amy@corp.example" and away.query["ui_locales"] == "de"
    assert away.query["acr_values"] == "2 1"

    classes = '{"id_token": {"acr": {"values": ["gold", "silver"]}}}'
    away = browser.follow(app.start(browser, app.request(login_hint="amy@corp.example", claims=classes)))
    assert away.query["acr_values"] == "gold silver"

    # Or types it into our form: the password is for the other one to ask.
    page = app.start(browser, app.request())
    away = browser.submit(page, username="amy@corp.example", password="x")
    assert away.location.startswith(f"{central.issuer}/authorize?")


def test_an_acr_that_only_the_upstream_can_give_is_asked_for_there_once(broker, central, app, person):
    """OpenID Connect Core section 5.5.1.1."""
    sign_in(person, broker, app, central.add_user("gil"))
    browser = person.at[broker.issuer]
    gold = '{"id_token": {"acr": {"essential": true, "value": "gold"}}}'
    request = app.request(login_hint="gil@corp.example", claims=gold)
    away = browser.follow(app.start(browser, request))
    assert away.location.startswith(f"{central.issuer}/authorize?") and away.query["acr_values"] == "gold"
    answer = person.follow(away, app.redirect_uri)
    assert answer.query["error"] == "unmet_authentication_requirements" and answer.query["state"] == request.state


def test_nobody_is_asked_with_prompt_none(broker, central, app, person):
    browser = person.at[broker.issuer]
    request = app.request(prompt="none", login_hint="amy@corp.example")
    answer = person.follow(app.start(browser, request), app.redirect_uri)
    assert answer.query["error"] == "login_required" and answer.query["state"] == request.state


def test_a_sign_in_that_was_to_be_new_is(broker, central, app, person):
    carol = central.add_user("carol")
    sign_in(person, broker, app, carol)
    browser = person.at[broker.issuer]
    request = app.request(prompt="login")
    page = app.start(browser, request)
    hidden = page.form.fields
    away = browser.post("/oidc/upstream/central", {"attempt": hidden["attempt"], "token": hidden["token"]})
    assert away.query["prompt"] == "login"
    page = person.follow(away, app.redirect_uri)
    assert page.status == 200, "the other one asks, though its session lives"
    answer = person.follow(
        person.at[central.issuer].submit(page, username=carol.name, password=carol.password), app.redirect_uri)
    assert answer.query["code"]


def test_who_signs_out_there_is_signed_out_here_and_every_app_hears_of_it(broker, central, person):
    receiver = LogoutReceiver()
    app = broker.add_client(
        scope="openid profile email editor", backchannel_logout_uri=receiver.uri,
        redirect_uris=["https://told.example/callback"])
    erin = central.add_user("erin")
    request, answer = sign_in(person, broker, app, erin)
    tokens = app.exchange(answer.query["code"], request.verifier).json()
    sid = claims(tokens["id_token"])["sid"]
    there = person.at[central.issuer]
    there.submit(there.get("/oidc/logout"))
    assert verified(receiver.told(), app)["sid"] == sid
    silent = app.start(person.at[broker.issuer], app.request(prompt="none"))
    assert silent.query["error"] == "login_required"
    rows = [json.loads(line) for line in broker.postern("audit", "--json").splitlines()]
    ended = next(row for row in rows if row["event"] == "session.ended")
    assert ended["actor"] == {"kind": "upstream", "id": "central"}
    receiver.down()


class AuthlibApp:
    """An app that keeps its users signed in by refresh tokens, and is told when that ends."""

    def __init__(self, broker):
        self.at = broker.issuer
        self.receiver = LogoutReceiver()
        self.party = broker.add_client(
            scope="openid profile offline_access", backchannel_logout_uri=self.receiver.uri,
            grant_types=["authorization_code", "refresh_token"], redirect_uris=["https://authlib.example/callback"])
        self.session = OAuth2Session(
            self.party.client_id, self.party.secret, redirect_uri=self.party.redirect_uri,
            scope="openid profile offline_access", code_challenge_method="S256")

    def sign_in(self, person, broker, user):
        verifier = secrets.token_urlsafe(48)
        url, state = self.session.create_authorization_url(f"{self.at}/authorize", code_verifier=verifier)
        page = person.at[broker.issuer].get(url)
        answer = pass_through(person, broker, page, self.party.redirect_uri, user)
        self.session.fetch_token(
            f"{self.at}/token", authorization_response=answer.location, state=state, code_verifier=verifier)

    def refresh(self):
        self.session.refresh_token(f"{self.at}/token")

    @property
    def is_active(self):
        answer = self.session.introspect_token(f"{self.at}/introspect", token=self.session.token["access_token"])
        return answer.json()["active"]

    def userinfo(self):
        return self.session.get(f"{self.at}/userinfo").status_code


@pytest.fixture
def authlib_app(broker):
    app = AuthlibApp(broker)
    with app.session:
        yield app
    app.receiver.down()


@pytest.fixture
def apache(broker):
    with temporary_folder() as folder:
        apache = Apache(folder, broker)
        try:
            apache.start()
            yield apache
        finally:
            apache.stop()


@pytest.fixture(params=[False, pytest.param(True, marks=pytest.mark.long)], ids=["asked", "told, and asked"])
def is_told(request, central):
    """Whether the central provider tells that somebody has gone. It tells of their sessions; of the rest it has to be asked."""
    if request.param:
        yield
        return
    told = json.loads(central.postern("client", "show", "broker", "--json"))["backchannel_logout_uri"]
    central.postern("client", "set", "broker", "--from", "-", input='{"backchannel_logout_uri": null}')
    yield
    central.postern("client", "set", "broker", "--from", "-", input=json.dumps({"backchannel_logout_uri": told}))


def test_who_is_disabled_there_loses_every_app_and_an_outage_costs_nobody_one(
        broker, central, person, authlib_app, apache, is_told):
    """By the re-check in the background: nobody comes back for it."""
    fred = central.add_user()
    authlib_app.sign_in(person, broker, fred)
    visitor = Visitor(apache.url)
    page = person.at[broker.issuer].follow(visitor.get("/private/index.html"))
    # Signed in here already, by the first app.
    visitor.get(page.location if page.status != 200 else pass_through(person, broker, page, apache.url).location)
    assert visitor.is_signed_in(), apache.log

    failed, stranger = broker.log("upstream").count("verdict=unreachable"), Person(broker, central)
    way_back = forged_answer(stranger, broker, central, authlib_app.party)
    central.down()
    # Who is on their way is told so on a page with the other ways, and users of here are as well off as ever.
    page = stranger.at[broker.issuer].get(way_back)
    assert page.status == 503 and page.header("Retry-After")
    assert "Example Corp does not answer" in page.form.text and "password" in page.form.fields
    assert authlib_app.party.sign_in(stranger.at[broker.issuer], broker.add_user()).query["code"]
    wait_for(
        lambda: broker.log("upstream").count("verdict=unreachable") > failed, "the upstream is asked, and is down")
    authlib_app.refresh()
    assert authlib_app.userinfo() == 200 and authlib_app.is_active and visitor.is_signed_in()
    assert authlib_app.receiver.tokens.empty()
    central.up()

    central.postern("user", "disable", fred.name)
    assert verified(authlib_app.receiver.told(timeout=30), authlib_app.party)
    wait_for(lambda: not visitor.is_signed_in(), "Apache is told as well")
    wait_for(lambda: authlib_app.userinfo() == 401, "it is asked about them")
    with pytest.raises(OAuthError, match="invalid_grant"):
        authlib_app.refresh()
    assert authlib_app.userinfo() == 401 and not authlib_app.is_active
    answer = person.follow(person.at[broker.issuer].follow(visitor.get("/private/index.html")), apache.url)
    assert answer.status == 200 and "password" in answer.form.fields, "they are asked to sign in, and can't"


def forged(person, broker, central, app):
    """The answer to a code that the central provider never gave."""
    return person.at[broker.issuer].get(forged_answer(person, broker, central, app))


def forged_answer(person, broker, central, app):
    browser = person.at[broker.issuer]
    hidden = app.start(browser, app.request()).form.fields
    away = browser.post("/oidc/upstream/central", {"attempt": hidden["attempt"], "token": hidden["token"]})
    return (
        f"/oidc/callback/central?code=forged&iss={urllib.parse.quote(central.issuer)}"
        f"&state={urllib.parse.quote(away.query['state'])}")


def test_who_is_disabled_here_is_told_so_and_whom_to_ask(broker, central, app, person):
    hal = central.add_user()
    sign_in(person, broker, app, hal)
    broker.postern("user", "disable", hal.name)
    _, answer = sign_in(Person(broker, central), broker, app, hal)
    assert answer.status == 403 and "Your account here is disabled" in answer.form.text, answer
    assert "mailto:help@example.com" in answer.form.links


def test_what_went_wrong_is_told_to_the_administrator(broker, central, app, person):
    answer = forged(person, broker, central, app)
    assert answer.status == 502 and "could not be finished" in answer.form.text
    refusal = re.search(r"[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}", answer.form.text).group()
    # A pool writes refusals down about a second later.
    wait_for(lambda: "invalid_grant" in broker.run("why", refusal).stdout, "the refusal is explained")


def test_the_command_line_says_whether_people_can_sign_in_there(broker, central):
    assert central.issuer in broker.postern("upstream", "list")
    run = broker.run("upstream", "test", "central")
    assert run.returncode == 0 and "FAULT" not in run.stdout, run.stdout
    assert CALLBACK.format(port=broker.port) in run.stdout
    looked = json.loads(broker.postern("upstream", "test", "central", "--json"))
    found = {finding["subject"]: finding["status"] for finding in looked["findings"]}
    assert found == dict.fromkeys(["discovery", "clock", "keys", "client", "redirect URI"], "ok")
    # Another secret than the one that it gave; the pools have read theirs.
    right = broker.secret.read_text()
    broker.secret.write_text("another one that is long enough")
    run = broker.run("upstream", "test", "central")
    broker.secret.write_text(right)
    assert run.returncode == 1 and "the client secret that is kept here" in run.stdout
    assert broker.run("upstream", "test", "centrl").stderr.endswith('Did you mean "central"?\n')


def test_an_account_of_here_is_connected_on_its_page_and_by_an_invitation(broker, central, app):
    central_user = central.add_user("ina-there", None)
    ina = broker.add_user("ina", None)
    person = Person(broker, central)
    browser = person.at[broker.issuer]

    def there(person, answer):
        """Signs in at the other provider, where it asks, and comes back to the account page."""
        page = person.follow(answer, "no address")
        if "password" in page.form.fields:
            page = person.follow(
                person.at[central.issuer].submit(
                    page, username=central_user.name, password=central_user.password), "no address")
        return page

    page = person.follow(browser.get("/oidc/account/"), "no address")
    page = person.follow(browser.submit(page, username=ina.name, password=ina.password), "no address")
    assert "Connect" in page.text, page
    token = re.search(r'name="token" value="([^"]+)"', page.text)[1]
    page = there(person, browser.post("/oidc/account/ways", {"token": token, "connect": "central"}))
    assert "It is connected" in page.text and "Disconnect" in page.text, page

    second = Person(broker, central)
    _, answer = sign_in(second, broker, app, central_user)
    assert answer.location.startswith(app.redirect_uri), answer
    linked = re.search(r'name="end" value="([^"]+)"', page.text)[1]
    answer = browser.post("/oidc/account/ways", {"token": token, "end": linked})
    assert "done=cut-off" in answer.location, answer

    broker.postern("user", "add", "guest", "--no-password")
    invitation = json.loads(broker.postern("user", "invite", "guest", "--json"))["link"]
    person = Person(broker, central)
    browser = person.at[broker.issuer]
    page = browser.get(invitation)
    assert page.status == 200 and "Continue with Example Corp" in page.form.text, page
    hidden = page.form.fields
    account = there(
        person, browser.post("/oidc/upstream/central", {"attempt": hidden["attempt"], "token": hidden["token"]}))
    assert "You are signed in as" in account.text and "guest" in account.text, account
    assert browser.get(invitation).status == 400


def test_who_signs_out_here_is_signed_out_there_as_well(broker, central, person):
    """RP-Initiated Logout 1.0, on both sides of us."""
    app = broker.add_client(post_logout_redirect_uris=["https://app.example/bye"])
    request, answer = sign_in(person, broker, app, central.add_user())
    hint = app.exchange(answer.query["code"], request.verifier).json()["id_token"]
    fields = {"id_token_hint": hint, "post_logout_redirect_uri": "https://app.example/bye", "state": "as it was"}
    answer = person.at[broker.issuer].get("/oidc/logout?" + urllib.parse.urlencode(fields))
    assert answer.location.startswith(f"{broker.issuer}/signed-out/central?"), answer
    answer = person.follow(answer, "https://app.example/")
    assert answer.location == "https://app.example/bye?state=as%20it%20was", answer
    _, page = sign_in(person, broker, app)
    assert "password" in page.form.fields, "the other provider knows nobody any more"


def test_another_key_there_is_fetched_when_it_signs(broker, central, app, person):
    eva = central.add_user("eva", None)
    assert sign_in(person, broker, app, eva)[1].query["code"]
    central.postern("key", "rotate", "RS256", "--now", "--nginx-cache", str(central.folder / "run/cache"))
    request, answer = sign_in(Person(broker, central), broker, app, eva)
    assert app.exchange(answer.query["code"], request.verifier).status == 200


def test_a_clock_that_is_wrong_is_said_to_be(broker, central, app):
    finn = central.add_user("finn", None)

    def answer():
        """After an outage it is spared for a moment, and then tried again."""
        answers = []

        def answered():
            answers.append(sign_in(Person(broker, central), broker, app, finn)[1])
            return answers[-1].status != 503

        wait_for(answered, "it is asked again")
        return answers[-1]

    with central.with_clock(ahead=300):
        assert answer().status == 502
        looked = json.loads(broker.run("upstream", "test", "central", "--json").stdout)
        clock, = [finding for finding in looked["findings"] if finding["subject"] == "clock"]
        assert clock["status"] == "fault" and "ahead of ours" in clock["text"]
    assert answer().query["code"]
