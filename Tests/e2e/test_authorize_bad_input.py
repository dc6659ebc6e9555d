"""The authorization request: what is wrong with it is told to the user, or to the client (RFC 6749 section 4.1.2.1)."""

import pytest

from oidc import encode
from refusals import assert_page, assert_redirect, changes, nothing_changes  # noqa: F401


def test_an_unknown_client_is_told_to_the_user_only(party, agent):
    """RFC 6749 section 4.1.2.1."""
    assert_page(party.start(agent, party.request(client_id="nobody")), containing="We don’t know this app")


@pytest.mark.parametrize(
    "uri",
    [
        "https://app.example/callback/",
        "https://app.example/Callback",
        "https://APP.example/callback",
        "HTTPS://app.example/callback",
        "https://app.example:443/callback",
        "https://app.example:8443/callback",
        "https://app.example/callback?x=1",
        "https://app.example/callback?",
        "https://app.example/callback#",
        "https://app.example/callback%2F",
        "https://app.example/call%62ack",
        "https://app.example/./callback",
        "https://app.example.evil.example/callback",
        "https://app.example@evil.example/callback",
        "https://app.example\\@evil.example/callback",
        "http://app.example/callback",
        "//app.example/callback",
        "/callback",
        "javascript:alert(1)",
        "https://app.example/callback\u0301",
        " https://app.example/callback",
        "https://app.example/" + "a" * 1100,
    ],
)
def test_a_redirect_uri_that_is_not_byte_for_byte_the_registered_one_is_refused_on_a_page(party, agent, uri):
    """RFC 6749 section 3.1.2.4, RFC 9700 section 2.1, OpenID Connect Core section 3.1.2.1."""
    assert_page(party.start(agent, party.request(redirect_uri=uri)), containing="not set up correctly")


@pytest.mark.parametrize("name", ["client_id", "redirect_uri"])
def test_without_client_or_redirect_uri_there_is_nobody_to_answer_but_the_user(party, agent, name):
    """RFC 6749 section 4.1.2.1."""
    assert_page(party.start(agent, party.request(**{name: None})))
    assert_page(party.start(agent, party.request(**{name: ""})))


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"response_type": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "code id_token"}, "unsupported_response_type"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"scope": 'open"id'}, "invalid_scope"),
        ({"scope": "openid\u00e9"}, "invalid_scope"),
        ({"scope": "a" * 5000}, "invalid_request"),
        ({"nonce": "n" * 513}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "s256"}, "invalid_request"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge": "a" * 42}, "invalid_request"),
        ({"code_challenge": "a" * 44}, "invalid_request"),
        ({"code_challenge": "+" * 43}, "invalid_request"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"prompt": "create"}, "invalid_request"),
        ({"max_age": "-1"}, "invalid_request"),
        ({"max_age": "1e3"}, "invalid_request"),
        ({"max_age": "99999999999999999999"}, "invalid_request"),
        ({"max_age": "\u0661"}, "invalid_request"),
        ({"request": "eyJhbGciOiJub25lIn0.e30."}, "request_not_supported"),
        ({"request_uri": "https://app.example/request"}, "request_uri_not_supported"),
        ({"registration": "{}"}, "registration_not_supported"),
    ],
)
def test_any_other_fault_is_told_to_the_client(party, agent, change, error):
    """RFC 6749 section 4.1.2.1, OpenID Connect Core section 3.1.2.6, RFC 7636 section 4.4.1."""
    request = party.request(**change)
    assert_redirect(party.start(agent, request), party, error, request.state)


def test_a_wish_that_is_too_long_is_passed_over(party, agent):
    """OpenID Connect Core section 3.1.2.1: what can't be met is no error."""
    request = party.request(login_hint="x" * 257, ui_locales="x" * 257, claims_locales="x" * 257, acr_values="x" * 1025)
    page = party.start(agent, request)
    assert page.status == 200 and "x" * 257 not in page.text


def test_a_public_client_without_pkce_is_refused(provider, agent, public_party):
    """RFC 9700 section 2.1.1, RFC 7636 section 4.4.1."""
    request = public_party.request(pkce=False)
    assert_redirect(public_party.start(agent, request), public_party, "invalid_request", request.state)


@pytest.mark.parametrize("name", ["client_id", "redirect_uri"])
def test_a_repeated_client_id_or_redirect_uri_is_refused_on_a_page(party, agent, name):
    """RFC 6749 sections 3.1 and 4.1.2.1."""
    request = party.request()
    pairs = [*request.parameters.items(), (name, request.parameters[name])]
    assert_page(agent.get(f"{party.path}/authorize?{encode(pairs)}"))


@pytest.mark.parametrize("name", ["response_type", "scope", "nonce", "code_challenge", "prompt", "unheard_of"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_any_other_repeated_parameter_is_told_to_the_client(party, agent, name, method):
    """RFC 6749 section 3.1: parameters must not be included more than once."""
    request = party.request()
    pairs = [*request.parameters.items(), (name, "a"), (name, "a")]
    if method == "GET":
        answer = agent.get(f"{party.path}/authorize?{encode(pairs)}")
    else:
        answer = agent.post(f"{party.path}/authorize", pairs)
    assert_redirect(answer, party, "invalid_request", request.state)


@pytest.mark.parametrize("hint", ["x", "a.b.c", "e30.e30.e30", "h" * 4097])
def test_a_useless_id_token_hint_is_told_to_the_client(party, agent, hint):
    """OpenID Connect Core section 3.1.2.1: what isn't an ID token of ours says nothing about anyone."""
    request = party.request(id_token_hint=hint)
    assert_redirect(party.start(agent, request), party, "invalid_request", request.state)


@pytest.mark.parametrize("state", [["a", "a"], ["s" * 1025]])
def test_a_state_that_cannot_be_sent_back_is_left_out_of_the_refusal(party, agent, state):
    """RFC 6749 section 4.1.2.1."""
    pairs = [*party.request(state=None).parameters.items(), *[("state", text) for text in state]]
    assert_redirect(agent.get(f"{party.path}/authorize?{encode(pairs)}"), party, "invalid_request", None)


@pytest.mark.parametrize("bytes", ["%FF", "%C0%AF", "%ED%A0%80", "%F4%90%80%80", "%00", "a%00b", "%", "%zz", "%4"])
@pytest.mark.parametrize("name", ["state", "client_id", "redirect_uri", "unheard_of", "%FFname"])
def test_bytes_that_are_no_text_are_refused_on_a_page(party, agent, name, bytes):
    """RFC 6749 Appendix B: application/x-www-form-urlencoded UTF-8."""
    query = encode({k: v for k, v in party.request().parameters.items() if k != name})
    assert_page(agent.get(f"{party.path}/authorize?{query}&{name}={bytes}"))


@changes
def test_a_state_that_would_not_fit_into_an_answer_is_refused_before_anyone_signs_in(provider, agent):
    """nginx takes 4096 bytes of headers; a brace in a state has one byte, and three in a URL."""
    uri = "https://large.example/" + "a" * 900
    large = provider.add_client(client_name="Large", redirect_uris=[uri])
    with provider.database.unchanged():
        answer = large.start(agent, large.request(state="{" * 1024, nonce="n" * 512))
        assert_redirect(answer, large, "invalid_request", None)
    assert large.start(agent, large.request(state="s" * 1024, nonce="n" * 512)).status == 200


def test_a_request_line_beyond_the_limit_is_refused(party, agent):
    """RFC 9110 section 15.5.15."""
    answer = party.start(agent, party.request(unheard_of="a" * 40_000))
    assert answer.status == 414 and answer.location is None


def test_many_parameters_are_refused(party, agent):
    request = party.request()
    pairs = [*request.parameters.items(), *[(f"p{number}", "") for number in range(300)]]
    assert_page(agent.get(f"{party.path}/authorize?{encode(pairs)}"))
