"""The token request and its client's authentication: errors of RFC 6749 section 5.2, and a code that stays good."""

import base64
import re

import pytest

from oidc import FORM, base64url, encode
from refusals import assert_error, changes, nothing_changes  # noqa: F401

VERIFIER = base64url(bytes(range(32)))


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"grant_type": None}, "invalid_request"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "refresh_token"}, "unauthorized_client"),
        ({"code": None}, "invalid_request"),
        ({"code": "x"}, "invalid_grant"),
        ({"code": "~x"}, "invalid_grant"),
        ({"code": "~" + "A" * 43}, "invalid_grant"),
        ({"code": "\u00e9"}, "invalid_grant"),
        ({"redirect_uri": None}, "invalid_request"),
        ({"redirect_uri": "https://app.example/callback/"}, "invalid_grant"),
        ({"redirect_uri": "https://other.example/callback"}, "invalid_grant"),
        ({"code_verifier": None}, "invalid_grant"),
        ({"code_verifier": "x" * 43}, "invalid_grant"),
        ({"code_verifier": "x" * 42}, "invalid_grant"),
        ({"code_verifier": "x" * 129}, "invalid_grant"),
        ({"code_verifier": "+" * 43}, "invalid_grant"),
        ({"client_id": "nobody"}, "invalid_request"),
    ],
)
@changes
def test_a_faulty_token_request_gets_its_error_and_leaves_the_code_good(provider, party, fresh_code, change, error):
    """RFC 6749 sections 4.1.3 and 5.2, RFC 7636 section 4.6."""
    code, verifier = fresh_code
    with provider.database.unchanged():
        assert_error(party.exchange(code, verifier, **change), error)
    assert party.exchange(code, verifier).status == 200, "the code itself was not spent by it"


@changes
def test_a_verifier_for_a_code_without_challenge_is_refused(provider, party, session):
    """RFC 9700 section 2.1.1: or PKCE could be cut out on the way."""
    code = party.start(session, party.request(pkce=False)).query["code"]
    with provider.database.unchanged():
        assert_error(party.exchange(code, VERIFIER), "invalid_grant")
    assert party.exchange(code, None).status == 200


@pytest.mark.parametrize("name", ["grant_type", "code", "redirect_uri", "code_verifier", "unheard_of"])
@changes
def test_a_repeated_parameter_of_a_token_request_is_refused(provider, party, fresh_code, name):
    """RFC 6749 section 3.2."""
    fields, headers = party.exchange_request(*fresh_code)
    pairs = [*fields.items(), (name, fields.get(name, "a")), *([] if name in fields else [(name, "a")])]
    with provider.database.unchanged():
        assert_error(party.back.post(f"{party.path}/token", pairs, headers), "invalid_request")


@pytest.mark.parametrize("name", ["client_id", "client_secret"])
@changes
def test_a_repeated_id_or_secret_is_refused(provider, post_party, alice, name):
    """RFC 6749 section 3.2: which of two is meant isn't known, also where both are the same."""
    request = post_party.request()
    code = post_party.sign_in(provider.browser(), alice, request).query["code"]
    fields, _ = post_party.exchange_request(code, request.verifier)
    with provider.database.unchanged():
        for second in (fields[name], "other"):
            answer = post_party.back.post(f"{post_party.path}/token", [*fields.items(), (name, second)])
            assert_error(answer, "invalid_request")
    assert post_party.exchange(code, request.verifier).status == 200


@pytest.mark.parametrize(
    ("change", "error", "status"),
    [
        ({"client_id": "c" * 256}, "invalid_request", 400),
        ({"client_secret": "s" * 256}, "invalid_request", 400),
        ({"client_secret": "s" * 255}, "invalid_client", 401),
        ({"code": "c" * 12_000}, "invalid_grant", 400),
        ({"redirect_uri": "https://app.example/" + "a" * 12_000}, "invalid_grant", 400),
        ({"code_verifier": "v" * 12_000}, "invalid_grant", 400),
    ],
)
@changes
def test_an_oversized_parameter_of_a_token_request_gets_its_error(
        provider, post_party, alice, change, error, status):
    """RFC 6749 section 5.2."""
    request = post_party.request()
    code = post_party.sign_in(provider.browser(), alice, request).query["code"]
    with provider.database.unchanged():
        assert_error(post_party.exchange(code, request.verifier, **change), error, status)
    assert post_party.exchange(code, request.verifier).status == 200


@pytest.mark.parametrize("bytes", ["%FF", "%00", "%zz"])
@changes
def test_bytes_that_are_no_text_are_refused_by_the_token_endpoint(provider, party, fresh_code, bytes):
    """RFC 6749 Appendix B."""
    fields, headers = party.exchange_request(*fresh_code)
    body = f"{encode(fields)}&x={bytes}"
    with provider.database.unchanged():
        answer = party.back.send("POST", f"{party.path}/token", body, {"Content-Type": FORM, **headers})
        assert_error(answer, "invalid_request")


@changes
def test_parameters_of_a_token_request_do_not_count_in_the_query(provider, party, fresh_code):
    """RFC 6749 section 2.3.1: never in the request URI."""
    fields, headers = party.exchange_request(*fresh_code)
    with provider.database.unchanged():
        answer = party.back.post(f"{party.path}/token?{encode(fields)}", {"x": "1"}, headers)
        assert_error(answer, "invalid_request")


@changes
def test_a_code_used_twice_is_refused_and_ends_what_it_gave(provider, party, fresh_code):
    """RFC 6749 sections 4.1.2 and 10.5."""
    code, verifier = fresh_code
    token = party.exchange(code, verifier).json()["access_token"]
    assert party.userinfo(token).status == 200
    assert_error(party.exchange(code, verifier), "invalid_grant")
    answer = party.userinfo(token)
    assert_error(answer, "invalid_token", 401)
    assert_error(party.exchange(code, verifier), "invalid_grant")


@changes
def test_a_replay_by_another_client_or_without_the_verifier_ends_nothing(provider, party, other_party, fresh_code):
    """RFC 6749 section 4.1.2: only the code's own client can be its thief's victim."""
    code, verifier = fresh_code
    token = party.exchange(code, verifier).json()["access_token"]
    with provider.database.unchanged():
        assert_error(other_party.exchange(code, verifier), "invalid_grant")
        assert_error(other_party.exchange(code, verifier, redirect_uri=party.redirect_uri), "invalid_grant")
        assert_error(party.exchange(code, "x" * 43), "invalid_grant")
        assert_error(party.exchange(code, verifier, headers=party.basic(secret="wrong")), "invalid_client", 401)
    assert party.userinfo(token).status == 200


@changes
def test_a_code_of_another_client_is_refused_and_stays_good(provider, party, other_party, fresh_code):
    """RFC 6749 section 4.1.3."""
    code, verifier = fresh_code
    with provider.database.unchanged():
        assert_error(other_party.exchange(code, verifier, redirect_uri=party.redirect_uri), "invalid_grant")
    assert party.exchange(code, verifier).status == 200


@changes
def test_a_code_that_was_changed_on_its_way_is_refused(provider, party, fresh_code):
    """RFC 6749 section 10.10. It is sealed, so no byte of it can be another."""
    code, verifier = fresh_code
    raw = base64.urlsafe_b64decode(code + "=" * (-len(code) % 4))
    damaged = [code[:-1], code + "A", code + "=", code[1:], "~" + code]
    for position in (0, 4, 5, 28, 29, 60, len(raw) - 17, len(raw) - 16, len(raw) - 1):
        other = bytearray(raw)
        other[position] ^= 1
        damaged.append(base64url(bytes(other)))
    with provider.database.unchanged():
        for text in damaged:
            assert_error(party.exchange(text, verifier), "invalid_grant")
    assert party.exchange(code, verifier).status == 200


@changes
def test_another_sealed_value_is_no_code(provider, party, agent, session):
    """Each purpose seals by a key of its own."""
    page = party.start(agent, party.request())
    with provider.database.unchanged():
        for value in (page.form.fields["attempt"], page.form.fields["token"]):
            assert_error(party.exchange(value, VERIFIER), "invalid_grant")


@changes
def test_time_ends_codes_pages_and_tokens(provider, party, agent, alice, session):
    """RFC 6749 section 4.1.2, RFC 6750 section 3.1. An hour from now, by a clock set ahead."""
    request = party.request()
    code = party.start(session, request).query["code"]
    page = party.start(agent, party.request())
    token = party.tokens(session)["access_token"]
    assert party.userinfo(token).status == 200
    with provider.later(3605) as future, provider.database.unchanged():
        client = future.browser()
        answer = party.exchange(code, request.verifier, back=client)
        assert_error(answer, "invalid_grant")
        assert "expired" in answer.json()["error_description"]

        answer = client.get(f"{party.path}/userinfo", headers={"Authorization": f"Bearer {token}"})
        assert_error(answer, "invalid_token", 401)
        assert "expired" in answer.json()["error_description"]

        client.cookies = dict(agent.cookies)
        answer = client.submit(page, username=alice.name, password=alice.password)
        assert answer.status == 200 and answer.location is None
        assert "open for too long" in answer.form.text, "a page that is too old offers to sign in again"
        assert answer.form.action and answer.form.fields["attempt"] != page.form.fields["attempt"]
        # What follows is a sign-in like any other: it is the one change.
        assert "postern" not in client.cookies
    with provider.later(3605) as future:
        client = future.browser()
        client.cookies = dict(agent.cookies)
        again = client.submit(page, username=alice.name, password=alice.password)
        done = client.submit(again, username=alice.name, password=alice.password)
        assert done.query["code"] and done.query["state"], "and that leads to where the user was going"


@changes
def test_a_wrong_secret_is_refused_as_an_unknown_client_is(provider, party, fresh_code):
    """RFC 6749 section 5.2: 401, and WWW-Authenticate wherever (RFC 9110 section 15.5.2)."""
    code, verifier = fresh_code
    with provider.database.unchanged():
        answers = [
            party.exchange(code, verifier, headers=party.basic(secret=secret))
            for secret in ("wrong", party.secret + "x", party.secret[:-1], party.secret.swapcase())
        ] + [party.exchange(code, verifier, headers=party.basic(client_id="nobody"))]
        for answer in answers:
            assert_error(answer, "invalid_client", 401)
            assert answer.header("WWW-Authenticate").startswith("Basic ")
        texts = {re.sub("refusal [0-9a-f]+", "", answer.text) for answer in answers}
        assert len(texts) == 1, "nobody can tell one from the other"
        for headers in ({"Authorization": "Basic"}, {"Authorization": "Basic ???"}, {"Authorization": "Bearer x"},
                        {"Authorization": "Basic " + base64.b64encode(b"no colon").decode()}, {}):
            answer = party.exchange(code, verifier, headers=headers)
            assert_error(answer, "invalid_client", 401)
            assert answer.header("WWW-Authenticate").startswith("Basic ")
            answer = party.exchange(code, verifier, headers={**headers, "Origin": "https://app.example"})
            assert (answer.header("WWW-Authenticate") is None) == (not headers), "no page's browser asks for a password"
    assert party.exchange(code, verifier).status == 200


@changes
def test_both_methods_at_once_are_refused(provider, party, fresh_code):
    """RFC 6749 section 2.3: no more than one method in a request."""
    code, verifier = fresh_code
    with provider.database.unchanged():
        answer = party.exchange(code, verifier, client_id=party.client_id, client_secret=party.secret)
        assert_error(answer, "invalid_request")
    assert party.exchange(code, verifier).status == 200


@changes
def test_another_method_than_the_registered_one_is_refused(provider, party, fresh_code, public_party):
    """OpenID Connect Core section 9: the client authenticates by the method it registered."""
    code, verifier = fresh_code
    with provider.database.unchanged():
        answer = party.exchange(
            code, verifier, headers={}, client_id=party.client_id, client_secret=party.secret)
        assert_error(answer, "invalid_client", 401)
        assert_error(party.exchange(code, verifier, headers={}, client_id=party.client_id), "invalid_client", 401)
        answer = public_party.exchange(code, verifier, client_secret="anything")
        assert_error(answer, "invalid_client", 401)


@changes
def test_who_guesses_a_clients_secret_is_slowed_down(provider, alice):
    """RFC 6749 section 2.3.1: protect an endpoint that takes passwords against guessing."""
    guessed = provider.add_client(client_name="Guessed")
    code = guessed.sign_in(provider.browser(), alice).query["code"]
    statuses = [
        guessed.exchange(code, VERIFIER, headers=guessed.basic(secret=f"guess {number}")).status
        for number in range(25)
    ]
    assert statuses[:20] == [401] * 20 and 429 in statuses[20:]
    answer = guessed.exchange(code, VERIFIER)
    assert answer.status == 429 and int(answer.header("Retry-After")) >= 1, "also for the right secret"
    assert answer.json()["error"] == "temporarily_unavailable", "as nginx says for the same"
