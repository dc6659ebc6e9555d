"""Upstreams that nobody here wrote, from the first sign-in to the last."""

import contextlib
import json
import re
import secrets
import urllib.parse

import pytest

from django_upstream import Django
from foreign_provider import SECRET
from glewlwyd import Glewlwyd
from logout_receiver import LogoutReceiver, verified
from oidc import Browser, claims
from waiting import wait_for
from provider import running_provider, temporary_folder

KINDS = [Glewlwyd, Django]
USERS = ["amy", "bob", "carol", "dora", "erin", "fred", "gil", "hana"]
AFTER = "http://localhost/after"


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A broker, and who signs people in for it."""
    file = tmp_path_factory.mktemp("broker") / "secret"
    file.write_text(SECRET)
    file.chmod(0o600)
    with contextlib.ExitStack() as stack:
        others = {}
        for kind in KINDS:
            folder = stack.enter_context(temporary_folder())
            others[kind.name] = kind(folder, {name: secrets.token_urlsafe(12) for name in USERS})
            stack.callback(others[kind.name].down)
        upstreams = "".join(other.configuration(file) for other in others.values())
        broker = stack.enter_context(running_provider(lambda text: f"{text}\nupstreams:{upstreams}"))
        for other in others.values():
            other.prepare(broker)
        broker.postern("role", "add", "editor")
        yield broker, others


@pytest.fixture
def broker(world):
    return world[0]


@pytest.fixture(params=[kind.name for kind in KINDS])
def upstream(world, request):
    return world[1][request.param]


@pytest.fixture(scope="module")
def receiver():
    receiver = LogoutReceiver()
    yield receiver
    receiver.down()


@pytest.fixture(scope="module")
def app(world, receiver):
    return world[0].add_client(
        scope="openid profile email offline_access editor", backchannel_logout_uri=receiver.uri,
        post_logout_redirect_uris=[AFTER],
        grant_types=["authorization_code", "refresh_token"])


class Person:
    def __init__(self, broker, upstream, there=None):
        self.upstream = upstream
        self.here = broker.browser()
        self.there = there or Browser(upstream.base)

    def set_out(self, app, request):
        """From the app's request to the address there that they are sent to."""
        hidden = app.start(self.here, request).form.fields
        return self.here.post(
            f"/oidc/upstream/{self.upstream.name}", {"attempt": hidden["attempt"], "token": hidden["token"]}).location

    def try_to_sign_in(self, app, name=None, **changes):
        """From the app's request to what they are sent back with from there, and what that leads to; without a name the
        session there must do."""
        request = app.request(**changes)
        away = self.set_out(app, request)
        return request, self.here.follow(self.upstream.sign_in(self.there, away, name))

    def sign_in(self, app, name=None, scope="openid profile email editor"):
        request, answer = self.try_to_sign_in(app, name, scope=scope)
        assert "code" in answer.query, answer
        return app.exchange(answer.query["code"], request.verifier).json()


def refresh(app, tokens):
    return app.exchange(
        "", "", grant_type="refresh_token", refresh_token=tokens["refresh_token"], code=None, redirect_uri=None,
        code_verifier=None)


def why(broker, page):
    """What the administrator is told of a refusal."""
    refusal = re.search(r"[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}", page.form.text).group()
    # A pool writes refusals down about a second later.
    wait_for(lambda: broker.run("why", refusal).returncode == 0, "the refusal is explained")
    return broker.postern("why", refusal)


def test_the_first_and_the_second_sign_in_are_of_one_user(broker, upstream, app):
    person = Person(broker, upstream)
    tokens = person.sign_in(app, "amy")
    token = claims(tokens["id_token"])
    assert token["iss"] == broker.issuer
    info = app.userinfo(tokens["access_token"]).json()
    assert info["name"] == "Amy" and info["email"] == "amy@corp.example" and info["email_verified"] is False
    # With another browser here, and the session there: no page.
    again = Person(broker, upstream, person.there).sign_in(app)
    assert claims(again["id_token"])["sub"] == token["sub"]


def test_a_group_that_they_leave_there_is_a_role_less_here(broker, upstream, app):
    person = Person(broker, upstream)
    assert "editor" in person.sign_in(app, "bob")["scope"].split()
    upstream.leave_group("bob")
    assert "editor" not in Person(broker, upstream, person.there).sign_in(app)["scope"].split()


def test_another_key_there_is_fetched_when_it_signs(broker, upstream, app):
    Person(broker, upstream).sign_in(app, "carol")
    upstream.rotate_key()
    Person(broker, upstream).sign_in(app, "carol")


def test_who_signs_out_here_is_signed_out_there(broker, upstream, app, receiver):
    person = Person(broker, upstream)
    tokens = person.sign_in(app, "hana")
    away = person.here.follow(person.here.get(
        "/oidc/logout?" + urllib.parse.urlencode({
            "id_token_hint": tokens["id_token"], "post_logout_redirect_uri": AFTER, "state": "s"})))
    assert away.location.startswith(upstream.base)
    back = person.here.get(upstream.follow_sign_out(person.there, away.location))
    assert back.location == f"{AFTER}?state=s"
    assert verified(receiver.told(timeout=30), app)["sid"] == claims(tokens["id_token"])["sid"]
    asked = upstream.sign_in(person.there, person.set_out(app, app.request()), name=None)
    assert not asked.location.startswith(broker.issuer), "the session there is over too"


def test_who_is_removed_or_signs_out_there_has_nothing_left_here(world, app, receiver):
    """By what it tells, or because the tokens that it gave have ended. Of all at once, since it takes a while."""
    broker, others = world
    tokens = {}
    for upstream in others.values():
        tokens[upstream.name] = Person(broker, upstream).sign_in(app, "dora", "openid offline_access")
        upstream.remove("dora")
        person = Person(broker, upstream)
        signed_out = person.sign_in(app, "erin")
        tokens[upstream.name, "signs out"] = signed_out
        (sid,), = broker.database.rows(
            "SELECT upstream_sid FROM session WHERE sub = ?", claims(signed_out["id_token"])["sub"])
        upstream.sign_out(person.there, sid)
    told = {verified(receiver.told(timeout=30), app)["sid"] for _ in tokens}
    assert told == {claims(given["id_token"])["sid"] for given in tokens.values()}
    for name in others:
        assert refresh(app, tokens[name]).json()["error"] == "invalid_grant"
        assert app.userinfo(tokens[name]["access_token"]).status == 401


def answer_of(broker, upstream, app):
    """To a sign-in. After an outage it is spared for a moment, and then tried again."""
    answers = []

    def answered():
        answers.append(Person(broker, upstream).try_to_sign_in(app, "gil")[1])
        return answers[-1].status != 503

    wait_for(answered, f"{upstream.name} is asked again")
    return answers[-1]


def test_a_clock_that_is_wrong_is_said_to_be(broker, upstream, app):
    upstream.down()
    upstream.up(ahead=300)
    try:
        page = answer_of(broker, upstream, app)
        assert page.status == 502
        assert "look at the clocks" in why(broker, page)
        looked = json.loads(broker.run("upstream", "test", upstream.name, "--json").stdout)
        clock, = [finding for finding in looked["findings"] if finding["subject"] == "clock"]
        assert clock["status"] == "fault" and "ahead of ours" in clock["text"]
    finally:
        upstream.down()
        upstream.up()
    assert answer_of(broker, upstream, app).query["code"]


def test_an_outage_is_said_so_and_costs_nobody_their_session(broker, upstream, app, receiver):
    person = Person(broker, upstream)
    tokens = person.sign_in(app, "fred", "openid offline_access")
    stranger = Person(broker, upstream)
    back = upstream.sign_in(stranger.there, stranger.set_out(app, app.request()), "gil")
    failed = broker.log("upstream").count("verdict=unreachable")
    upstream.down()
    try:
        page = stranger.here.follow(back)
        assert page.status == 503 and "does not answer" in page.form.text and "password" in page.form.fields
        wait_for(
            lambda: broker.log("upstream").count("verdict=unreachable") > failed, "it is asked, and is down")
        answer = refresh(app, tokens)
        assert answer.status == 200 and receiver.tokens.empty()
    finally:
        upstream.up()
    wait_for(lambda: refreshed_there(broker, answer.json()), "it is asked again")


def refreshed_there(broker, tokens):
    """Whether the upstream has said anew that the user may sign in."""
    (at, now), = broker.database.rows(
        "SELECT checked_at, unixepoch() FROM upstream_link WHERE sub = ?", claims(tokens["access_token"])["sub"])
    return now - at < 5
