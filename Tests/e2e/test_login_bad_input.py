"""The login form: what is wrong with it signs nobody in, and helps nobody to guess."""

import re
import time

import pytest

from oidc import FORM, encode
from refusals import assert_page, changes, nothing_changes  # noqa: F401


def shown(page):
    """What a page says, without what differs each time."""
    return re.sub(r'(name="(?:attempt|token)" value|name="username"[^>]* value)="[^"]*"', "", page.text)


@changes
def test_unknown_wrong_and_disabled_look_alike(provider, party):
    """RFC 9700 and OWASP: a login page doesn't say who is a user. That the hashes are counted alike is a unit test's."""
    known, disabled = provider.add_user(), provider.add_user()
    provider.postern("user", "disable", disabled.name)
    pages = []
    with provider.database.unchanged():
        request = party.request()
        for name, password in (
            (known.name, "wrong password"), ("nobody-of-that-name", "wrong password"),
            (disabled.name, disabled.password), (disabled.name, "wrong password"),
            (known.name, known.password + "x"), (known.name, known.password.swapcase()),
        ):
            browser = provider.browser()
            page = browser.submit(party.start(browser, request), username=name, password=password)
            assert page.status == 200 and "not right" in page.form.text
            assert page.form.fields["username"] == name and page.form.fields["password"] == ""
            assert "postern" not in browser.cookies
            pages.append(shown(page))
    assert len(set(pages)) == 1
    missing = set()
    with provider.database.unchanged():
        for name in (known.name, "nobody-of-that-name", disabled.name):
            browser = provider.browser()
            page = browser.submit(party.start(browser, request), username=name, password="")
            assert page.status == 200 and "enter your password" in page.form.text
            assert page.form.fields["username"] == name
            missing.add(shown(page))
    assert len(missing) == 1
    browser = provider.browser()
    assert "code" in party.sign_in(browser, known).query


@changes
def test_who_guesses_a_password_is_slowed_down(provider, party):
    """RFC 6819 section 4.4.3.6. The right password has to wait as well, or it could be guessed all the same."""
    victim = provider.add_user()
    browser = provider.browser()

    def guess():
        return browser.submit(party.start(browser, party.request()), username=victim.name, password="guess")

    assert [guess().status for _ in range(5)] == [200] * 5, "five are free"
    page = guess()
    # The first wait is a second, and may be over at once; each failure makes the next one longer.
    while page.status == 200 or int(page.header("Retry-After")) < 2:
        if page.status == 429:
            time.sleep(1)
        page = guess()
    assert page.status == 429
    assert "Too many attempts" in page.form.text
    page = browser.submit(page, username=victim.name, password=victim.password)
    assert page.status == 429 and "postern" not in browser.cookies


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("token", None, "too old"),
        ("token", "", "too old"),
        ("token", "x", "too old"),
        ("attempt", None, "couldn’t read"),
        ("attempt", "x", "couldn’t read"),
    ],
)
def test_a_login_form_without_its_token_is_refused(provider, party, agent, alice, field, value, says):
    """RFC 6749 section 10.12; RFC 9700 section 4.7."""
    page = party.start(agent, party.request())
    answer = agent.submit(page, username=alice.name, password=alice.password, **{field: value})
    assert_page(answer, containing=says)
    assert "postern" not in agent.cookies


def test_a_token_of_another_page_does_not_serve(provider, party, agent, alice):
    pages = [party.start(agent, party.request()) for _ in range(2)]
    answer = agent.submit(
        pages[0], username=alice.name, password=alice.password, token=pages[1].form.fields["token"])
    assert_page(answer, containing="too old")
    assert answer.form.links, "it offers to start again"


@pytest.mark.parametrize("name", ["attempt", "token"])
def test_a_sealed_field_that_was_changed_is_refused(provider, party, agent, alice, name):
    page = party.start(agent, party.request())
    value = page.form.fields[name]
    for damaged in (value[:-1], value + "A", value[:40] + ("B" if value[40] == "A" else "A") + value[41:]):
        answer = agent.submit(page, username=alice.name, password=alice.password, **{name: damaged})
        assert_page(answer)
    assert "postern" not in agent.cookies


def test_a_form_shown_in_another_browser_is_refused(provider, party, agent, alice):
    """RFC 9700 section 4.7: or someone could be signed in to an account of another's choice."""
    page = party.start(agent, party.request())
    other = provider.browser()
    party.start(other, party.request())
    answer = other.submit(page, username=alice.name, password=alice.password)
    assert_page(answer, 403, "browser you began in")
    assert answer.form.links, "it offers to start again"
    nobody = provider.browser()
    answer = nobody.submit(page, username=alice.name, password=alice.password)
    assert_page(answer, 400, "blocks cookies")
    assert "postern" not in other.cookies and "postern" not in nobody.cookies


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}, {"Sec-Fetch-Dest": "iframe"}])
def test_a_form_that_no_person_sent_is_refused(provider, party, agent, alice, headers):
    """Fetch Metadata: a form of ours is sent by navigating."""
    page = party.start(agent, party.request()).form
    answer = agent.post(
        page.action, {**page.fields, "username": alice.name, "password": alice.password}, headers=headers)
    assert_page(answer, 403, "not sent from our page")


@changes
def test_a_login_form_sent_twice_signs_in_once(provider, party, agent, alice):
    """A double click is no mistake: the second goes on in the first one's session, or to the login page."""
    page = party.start(agent, party.request())
    before = dict(agent.cookies)
    first = agent.submit(page, username=alice.name, password=alice.password)
    assert first.query["code"]
    with provider.database.unchanged():
        signed_in = dict(agent.cookies)
        for cookies in (before, signed_in):
            agent.cookies = dict(cookies)
            second = agent.submit(page, username=alice.name, password=alice.password)
            agent.cookies = dict(signed_in)
            assert agent.follow(second).query["code"] != first.query["code"]
        without = provider.browser()
        without.cookies = dict(before)
        again = without.follow(without.submit(page, username=alice.name, password=alice.password))
        assert again.status == 200 and "sent twice" in again.form.text
        assert set(without.cookies) == {"postern-browser"}
        elsewhere = provider.browser()
        assert_page(elsewhere.submit(page, username=alice.name, password=alice.password))
        party.start(elsewhere, party.request())
        answer = elsewhere.submit(page, username=alice.name, password=alice.password)
        assert answer.status == 403 and answer.location is None
    assert without.submit(again, username=alice.name, password=alice.password).query["code"]


@pytest.mark.parametrize("name", ["username", "password", "attempt", "token"])
def test_a_repeated_field_of_the_login_form_is_refused(provider, party, agent, alice, name):
    form = party.start(agent, party.request()).form
    fields = {**form.fields, "username": alice.name, "password": alice.password}
    assert_page(agent.post(form.action, [*fields.items(), (name, fields[name])]))
    assert "postern" not in agent.cookies


@pytest.mark.parametrize("bytes", ["%FF", "%00", "%zz"])
@pytest.mark.parametrize("name", ["username", "password"])
def test_bytes_that_are_no_text_are_refused_by_the_login_form(party, agent, alice, name, bytes):
    form = party.start(agent, party.request()).form
    fields = {**form.fields, "username": alice.name, "password": alice.password}
    fields.pop(name)
    assert_page(agent.send("POST", form.action, f"{encode(fields)}&{name}=a{bytes}", {"Content-Type": FORM}))


def test_an_oversized_password_is_refused(party, agent, alice):
    """A long one would buy hashing time."""
    page = party.start(agent, party.request())
    assert_page(agent.submit(page, username=alice.name, password="x" * 513))
    assert_page(agent.submit(page, username="x" * 257, password="x"))


@pytest.mark.parametrize("text", ['"\u0301><b>', "<\u0301b>", "'\u0301", "&\u0301amp;", '"\u0338 onfocus="x'])
@changes
def test_a_quote_with_a_combining_mark_stays_inside_its_attribute(provider, agent, text):
    """A template engine that escapes by grapheme lets these through."""
    shown_app = provider.add_client(client_name=f"App {text}", first_party=False)
    user = provider.add_user(None, None, "--full-name", f"Name {text}")
    page = shown_app.start(agent, shown_app.request(login_hint=f"hint{text}"))
    assert page.form.fields["username"] == f"hint{text}"
    assert f"App {text}" in page.form.text
    assert re.sub(r"[\u0300-\u0338]", "", page.text).count("<b>") == 0
    failed = agent.submit(page, username=f"typed{text}", password="x")
    assert failed.form.fields["username"] == f"typed{text}"
    consent = agent.follow(agent.submit(page, username=user.name, password=user.password))
    assert f"Name {text}" in consent.form.text and f"App {text}" in consent.form.text
    for sent in (page, failed, consent):
        for scalar in text:
            if scalar in "\"<>'":
                assert f"{scalar}\u0301" not in sent.text and f"{scalar}\u0338" not in sent.text
