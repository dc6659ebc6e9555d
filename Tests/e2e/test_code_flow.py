"""The Authorization Code flow as OpenID Connect Core section 3.1 has it, from the request to userinfo."""

import re
import string
import time
import urllib.parse

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from oidc import base64url, claims, decoded, encode


@pytest.fixture(scope="session")
def keys(provider):
    return provider.browser().get(f"{urllib.parse.urlsplit(provider.issuer).path}/jwks").json()


def verified(token, keys, algorithm, type):
    """What another implementation makes of a token, by our published keys."""
    decoded_token = jwt.decode(token, KeySet.import_key_set(keys), algorithms=[algorithm])
    assert decoded_token.header["alg"] == algorithm
    assert decoded_token.header["typ"] == type
    assert decoded_token.header["kid"] in [key["kid"] for key in keys["keys"]]
    return decoded_token.claims


def test_the_published_keys_are_public(keys):
    """RFC 7517 sections 4 and 5, RFC 7518 section 6."""
    assert {key["alg"] for key in keys["keys"]} == {"RS256", "PS256", "ES256", "EdDSA"}
    for key in keys["keys"]:
        assert key["use"] == "sig" and key["kid"]
        assert not {"d", "p", "q", "dp", "dq", "qi", "k"} & key.keys()
    assert len({key["kid"] for key in keys["keys"]}) == len(keys["keys"])


def test_the_one_redirect_uri_goes_without_saying_but_in_openid_connect(party, alice, provider):
    """RFC 6749 sections 3.1.2.3 and 4.1.3; OpenID Connect Core section 3.1.2.1."""
    browser = provider.browser()
    request = party.request(redirect_uri=None, scope="profile")
    answer = party.sign_in(browser, alice, request)
    assert answer.location.startswith(party.redirect_uri + "?") and answer.query["state"] == request.state
    code = answer.query["code"]
    refused = party.exchange(code, request.verifier, redirect_uri="https://evil.example/")
    assert refused.status == 400 and refused.json()["error"] == "invalid_grant"
    tokens = party.exchange(code, request.verifier, redirect_uri=None)
    assert tokens.status == 200 and tokens.json()["scope"] == "profile" and "id_token" not in tokens.json()
    assert party.start(browser, party.request(redirect_uri=None)).status == 400


@pytest.mark.parametrize("algorithm", ["RS256", "PS256", "ES256", "EdDSA"])
@pytest.mark.parametrize("auth", ["client_secret_basic", "client_secret_post", "none"])
def test_a_user_signs_in(provider, alice, keys, algorithm, auth):
    """OpenID Connect Core sections 3.1.2.5, 3.1.3.3, 3.1.3.6 and 3.1.3.7; RFC 9207; RFC 9068 section 2; RFC 6749
    section 5.1."""
    party = provider.add_client(id_token_signed_response_alg=algorithm, token_endpoint_auth_method=auth)
    browser, request = provider.browser(), party.request()
    before = int(time.time())
    answer = party.sign_in(browser, alice, request)
    assert answer.status == 303 and answer.location.startswith(party.redirect_uri + "?")
    assert answer.header("Cache-Control") == "no-store" and answer.header("Referrer-Policy") == "no-referrer"
    assert answer.query.keys() == {"code", "state", "iss"}
    assert answer.query["state"] == request.state and answer.query["iss"] == provider.issuer
    assert len(answer.location) < 4096

    response = party.exchange(answer.query["code"], request.verifier)
    assert response.status == 200, response
    assert response.header("Cache-Control") == "no-store"
    tokens = response.json()
    assert tokens.keys() == {"access_token", "token_type", "expires_in", "scope", "id_token"}
    assert tokens["token_type"] == "Bearer" and tokens["expires_in"] == 3600
    assert tokens["scope"] == "openid profile email"

    id_token = verified(tokens["id_token"], keys, algorithm, "JWT")
    assert id_token.keys() == {
        "iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "at_hash", "sid", "acr", "amr"}
    assert id_token["iss"] == provider.issuer and id_token["aud"] == party.client_id
    assert id_token["sub"] == alice.sub and id_token["nonce"] == request.parameters["nonce"]
    assert before <= id_token["auth_time"] <= id_token["iat"] <= time.time()
    assert id_token["exp"] == id_token["iat"] + 3600
    assert id_token["amr"] == ["pwd"] and id_token["acr"] == "1"
    assert id_token["at_hash"] == at_hash(tokens["access_token"], algorithm)

    access = verified(tokens["access_token"], keys, "ES256", "at+jwt")
    assert access.keys() == {
        "iss", "sub", "aud", "exp", "iat", "nbf", "jti", "client_id", "scope", "name"}
    assert access["aud"] == provider.issuer and access["client_id"] == party.client_id
    assert access["sub"] == alice.sub and access["scope"] == tokens["scope"] and access["name"] == "Alice Example"

    userinfo = party.userinfo(tokens["access_token"])
    assert userinfo.status == 200 and userinfo.header("Cache-Control") == "no-store"
    info = userinfo.json()
    assert isinstance(info.pop("updated_at"), int)
    assert info == {
        "sub": alice.sub, "name": "Alice Example", "preferred_username": "alice", "email": "alice@example.com",
        "email_verified": True}


def at_hash(token, algorithm):
    """OpenID Connect Core section 3.1.3.6; EdDSA with Ed25519 hashes by SHA-512."""
    import hashlib

    digest = (hashlib.sha512 if algorithm == "EdDSA" else hashlib.sha256)(token.encode()).digest()
    return base64url(digest[: len(digest) // 2])


def test_another_library_accepts_the_id_token(provider, party, alice):
    """OpenID Connect Core section 3.1.3.7, by Authlib's own rules."""
    from authlib.oidc.core import CodeIDToken
    from joserfc.jwk import KeySet

    browser, request = provider.browser(), party.request()
    code = party.sign_in(browser, alice, request).query["code"]
    tokens = party.exchange(code, request.verifier).json()
    keys = KeySet.import_key_set(browser.get(f"{party.path}/jwks").json())
    token = jwt.decode(tokens["id_token"], keys, algorithms=["RS256"])
    id_token = CodeIDToken(
        token.claims, token.header,
        options={"iss": {"values": [provider.issuer]}, "aud": {"values": [party.client_id]}},
        params={
            "nonce": request.parameters["nonce"], "client_id": party.client_id,
            "access_token": tokens["access_token"], "max_age": 60,
        })
    id_token.validate(leeway=0)


def test_the_mendix_preset_puts_profile_and_scope_into_the_id_token(provider, alice):
    """The contract's preset: a Mendix app reads these there, and wants itself as the access token's audience."""
    party = provider.add_client(preset="mendix")
    tokens = party.tokens(provider.browser(), alice)
    id_token, access = claims(tokens["id_token"]), claims(tokens["access_token"])
    assert id_token["scope"] == access["scope"] == "openid profile email"
    assert id_token["name"] == "Alice Example" and id_token["email"] == "alice@example.com"
    assert id_token["preferred_username"] == id_token["username"] == "alice"
    assert access["aud"] == party.client_id
    assert party.userinfo(tokens["access_token"]).json()["email"] == "alice@example.com"


@pytest.mark.parametrize(
    "text",
    [
        "s" * 128,
        "s" * 512,
        string.printable.strip(),
        "a b+c%20d&e=f;g#h?i/j\\k\"l'm<n>o",
        "\u00e9\u0301\u4e2d\U0001f511",
        "%00", "+", " ", "~.-_",
    ],
)
def test_state_and_nonce_come_back_as_they_went(provider, party, alice, text):
    """RFC 6749 section 4.1.2: "the exact value"; OpenID Connect Core section 3.1.2.1: nonce unmodified."""
    browser = provider.browser()
    request = party.request(state=text, nonce=text)
    answer = party.sign_in(browser, alice, request)
    assert answer.query["state"] == text
    tokens = party.exchange(answer.query["code"], request.verifier).json()
    assert claims(tokens["id_token"])["nonce"] == text


def test_without_state_or_nonce_there_is_none_in_the_answer(provider, party, alice):
    """RFC 6749 section 4.1.2; OpenID Connect Core section 3.1.2.1: both are optional in the code flow."""
    browser = provider.browser()
    request = party.request(state=None, nonce=None)
    answer = party.sign_in(browser, alice, request)
    assert answer.query.keys() == {"code", "iss"}
    assert "nonce" not in claims(party.exchange(answer.query["code"], request.verifier).json()["id_token"])


def test_a_request_too_large_for_a_url_travels_by_reference(provider, alice):
    """RFC 6749 Appendix A sets no limit to what a client sends; a header line has one."""
    party = provider.add_client(first_party=False, redirect_uris=["https://app.example/" + "p" * 1000])
    browser = provider.browser()
    request = party.request(state="s" * 1024, nonce="n" * 512)
    page = party.sign_in(browser, alice, request)
    assert page.status == 303 and len(page.location) < 4096
    answer = browser.submit(browser.follow(page), decision="allow")
    assert len(answer.location) < 4096 and answer.query["state"] == "s" * 1024
    tokens = party.exchange(answer.query["code"], request.verifier).json()
    assert claims(tokens["id_token"])["nonce"] == "n" * 512


@pytest.mark.parametrize("prompt", [None, "none"])
def test_a_state_that_grows_in_a_url_comes_back(provider, party, alice, prompt):
    """The longest state there may be, of characters that a URL triples: the code makes room for it."""
    browser = provider.browser()
    if prompt:
        party.sign_in(browser, alice)
    request = party.request(state="{" * 1024, nonce="n" * 512, prompt=prompt)
    answer = party.start(browser, request) if prompt else party.sign_in(browser, alice, request)
    assert answer.query["state"] == request.state and "postern" in browser.cookies
    token = party.exchange(answer.query["code"], request.verifier).json()
    assert claims(token["id_token"])["nonce"] == "n" * 512
    for refused in (party.start(browser, party.request(state=request.state, max_age="x")),
                    party.start(provider.browser(), party.request(state=request.state, prompt="none"))):
        assert refused.query["error"] and refused.query["state"] == request.state


def test_the_largest_answer_fits_into_nginxs_headers(provider, alice):
    """The longest URI and state that are taken together, a new session's cookie, and two that are cleared."""
    uri = "https://app.example/" + "a" * 108
    party = provider.add_client(redirect_uris=[uri])
    browser = provider.browser()
    request = party.request(state="{" * 1024, nonce="n" * 512)
    form = party.start(browser, request).form
    planted = {"Cookie": f"postern-browser={browser.cookies['postern-browser']}; postern=a; postern=b"}
    answer = browser.post(
        form.action, {**form.fields, "username": alice.name, "password": alice.password}, planted)
    assert answer.query["code"] and answer.query["state"] == request.state
    assert len([cookie for cookie in answer.all("Set-Cookie") if cookie.startswith("postern=")]) == 3
    assert party.start(browser, party.request()).query["code"], "the last of them counts"


def test_the_largest_request_can_be_signed_in_to(provider, party, alice):
    """Its page carries it, sealed and escaped, and comes back larger than the request was."""
    browser = provider.browser()
    request = party.request(
        state="\x01" * 1024, nonce="\x01" * 512, login_hint="\x01" * 256, ui_locales="\x01" * 256,
        acr_values="\x01" * 256, scope="openid " + "a" * 4000,
        claims='{"userinfo": {"a": {"value": "' + "c" * 4000 + '"}}}')
    page = browser.post(f"{party.path}/authorize", request.parameters)
    assert page.status == 303, page.form.text
    page = browser.follow(page)
    assert len(encode(page.form.fields)) > 16 * 1024
    answer = browser.submit(page, username=alice.name, password=alice.password)
    assert answer.query["state"] == request.state


def test_a_confidential_client_may_do_without_pkce(provider, party, alice):
    """The contract: Mendix apps can switch PKCE off."""
    browser = provider.browser()
    answer = party.sign_in(browser, alice, party.request(pkce=False))
    assert party.exchange(answer.query["code"], None).status == 200


def test_a_client_that_did_not_say_how_may_authenticate_by_header_and_body(provider, alice):
    """The contract: client_secret_basic and client_secret_post alike."""
    party = provider.add_client(token_endpoint_auth_method=None)
    browser = provider.browser()
    party.sign_in(browser, alice)
    for auth in ("basic", "post"):
        party.auth = auth
        assert party.tokens(browser)["access_token"]


def test_id_and_secret_with_odd_characters_authenticate_encoded_or_not(provider, alice):
    """RFC 6749 section 2.3.1; unencoded ones are accepted where unambiguous."""
    import base64

    party = provider.add_client(client_id="https://app.example/?a=b&c%20d", client_secret="p+ss%word & more:0123456789")
    browser = provider.browser()
    party.sign_in(browser, alice)
    assert party.tokens(browser)["access_token"]
    # A colon ends the id, so an id with one is only sent encoded.
    plain = provider.add_client(client_id="app+%41", client_secret="p+ss%word & more:0123456789")
    request = plain.request()
    code = plain.start(browser, request).query["code"]
    raw = base64.b64encode(f"{plain.client_id}:{plain.secret}".encode()).decode()
    answer = plain.exchange(code, request.verifier, headers={"Authorization": f"Basic {raw}"})
    assert answer.status == 200, answer


def test_a_query_of_the_redirect_uri_is_kept(provider, alice):
    """RFC 6749 section 3.1.2."""
    party = provider.add_client(redirect_uris=["https://app.example/callback?tenant=a%26b"])
    answer = party.sign_in(provider.browser(), alice)
    assert answer.location.startswith("https://app.example/callback?tenant=a%26b&code=")


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "localhost"])
def test_a_native_app_on_loopback_may_choose_its_port(provider, alice, host):
    """RFC 8252 section 7.3."""
    party = provider.add_client(
        application_type="native", token_endpoint_auth_method="none", redirect_uris=[f"http://{host}/callback"])
    browser = provider.browser()
    for uri in (f"http://{host}:49152/callback", f"http://{host}:1/callback"):
        party.redirect_uri = uri
        page = party.start(browser, party.request())
        assert page.status == 200 or page.location.startswith(uri)
    for uri in (f"http://{host}:49152/other", f"http://{host}:49152/callback?x", f"https://{host}:49152/callback"):
        assert party.start(browser, party.request(redirect_uri=uri)).status == 400


def test_a_post_to_authorize_is_the_same_request(provider, party, alice):
    """OpenID Connect Core section 3.1.2.1. Cross-site it carries no Lax cookie: it is sent on as a GET."""
    browser, request = provider.browser(), party.request()
    sent_on = browser.post(f"{party.path}/authorize", request.parameters)
    assert sent_on.status == 303
    page = browser.follow(sent_on)
    answer = browser.submit(page, username=alice.name, password=alice.password)
    assert answer.query["state"] == request.state
    again = browser.post(f"{party.path}/authorize", request.parameters)
    assert again.status == 303 and again.query["code"]
    assert party.exchange(again.query["code"], request.verifier).status == 200


def test_a_head_of_the_login_page_has_no_body(provider, party, agent):
    """RFC 9110 section 9.3.2."""
    target = f"{party.path}/authorize?{encode(party.request().parameters)}"
    answer = agent.send("HEAD", target)
    assert answer.status == 200 and answer.body == b"" and answer.is_page


# --- scope ---------------------------------------------------------------------------------------------------------


def test_scopes_that_the_client_may_not_have_are_left_out(provider, alice):
    """RFC 6749 section 3.3 and what Mendix apps need: the request does not fail, and the answer says what was granted."""
    party = provider.add_client(scope="openid email")
    tokens = party.tokens(provider.browser(), alice, scope="openid profile email address nonsense")
    assert tokens["scope"] == "openid email"
    info = party.userinfo(tokens["access_token"]).json()
    assert info.keys() == {"sub", "email", "email_verified"}


def test_without_openid_there_is_no_id_token_and_no_userinfo(provider, party, alice):
    """OpenID Connect Core section 3.1.2.1."""
    tokens = party.tokens(provider.browser(), alice, scope="profile")
    assert "id_token" not in tokens
    answer = party.userinfo(tokens["access_token"])
    assert answer.status == 403 and answer.json()["error"] == "insufficient_scope"


@pytest.mark.parametrize("scope", [None, "nonsense", " "])
def test_nothing_granted_is_invalid_scope(provider, party, alice, scope):
    """RFC 6749 section 4.1.2.1."""
    request = party.request(scope=scope)
    answer = party.sign_in(provider.browser(), alice, request)
    assert answer.query["error"] == "invalid_scope" and answer.query["state"] == request.state


# --- max_age, prompt, hints ----------------------------------------------------------------------------------------


def test_prompt_none_shows_nothing(provider, party, agent, alice):
    """OpenID Connect Core sections 3.1.2.1 and 3.1.2.6."""
    request = party.request(prompt="none")
    answer = party.start(agent, request)
    assert answer.query["error"] == "login_required" and answer.query["state"] == request.state
    party.sign_in(agent, alice)
    assert party.start(agent, party.request(prompt="none")).query["code"]
    # One second may have to pass before the session is older than 0.
    assert party.start(agent, party.request(prompt="none", max_age="100")).query["code"]


@pytest.mark.parametrize("prompt", ["login", "select_account"])
def test_prompt_login_signs_in_anew(provider, party, agent, alice, prompt):
    """OpenID Connect Core section 3.1.2.1."""
    first = party.tokens(agent, alice)
    request = party.request(prompt=prompt)
    page = party.start(agent, request)
    assert page.status == 200 and page.form.path.endswith("/login")
    # Coming back without having signed in shows it again.
    assert party.start(agent, request).status == 200
    answer = agent.submit(page, username=alice.name, password=alice.password)
    tokens = party.exchange(answer.query["code"], request.verifier).json()
    assert claims(tokens["id_token"])["auth_time"] >= claims(first["id_token"])["auth_time"]
    assert claims(tokens["id_token"])["sid"] == claims(first["id_token"])["sid"], "the same user's session goes on"


def test_max_age_asks_for_a_sign_in_that_is_new_enough(provider, party, agent, alice):
    """OpenID Connect Core sections 3.1.2.1 and 3.1.3.7: and the ID token says when."""
    party.sign_in(agent, alice)
    assert party.start(agent, party.request(max_age="3600")).query["code"]
    page = party.start(agent, party.request(max_age="0"))
    # Within its second a session is 0 seconds old.
    while page.status != 200:
        page = party.start(agent, party.request(max_age="0"))
    request = party.request(max_age="0")
    answer = party.sign_in(agent, alice, request)
    tokens = party.exchange(answer.query["code"], request.verifier).json()
    token = claims(tokens["id_token"])
    assert token["iat"] - token["auth_time"] <= 1
    while party.start(agent, party.request(max_age="0")).status != 200:
        pass
    refused = party.start(agent, party.request(max_age="0", prompt="none"))
    assert refused.query["error"] == "login_required"


def test_a_clients_default_max_age_counts_where_the_request_has_none(provider, agent, alice):
    """OpenID Connect Registration section 2."""
    party = provider.add_client(default_max_age=0)
    party.sign_in(agent, alice)
    while party.start(agent, party.request()).status != 200:
        pass
    assert party.start(agent, party.request(max_age="3600")).query["code"]


def test_an_id_token_hint_asks_for_its_user(provider, party, alice):
    """OpenID Connect Core section 3.1.2.1: the answer is about the hinted user, or there is none."""
    bob = provider.add_user()
    browser = provider.browser()
    hint = party.tokens(browser, alice)["id_token"]
    assert party.start(browser, party.request(id_token_hint=hint)).query["code"]
    assert party.start(browser, party.request(id_token_hint=hint, prompt="none")).query["code"]

    other = provider.browser()
    party.sign_in(other, bob)
    assert party.start(other, party.request(id_token_hint=hint, prompt="none")).query["error"] == "login_required"
    page = party.start(other, party.request(id_token_hint=hint))
    assert page.status == 200 and page.form.path.endswith("/login")
    answer = other.submit(page, username=bob.name, password=bob.password)
    assert answer.query["error"] == "login_required", "not asked for ever"
    assert party.sign_in(other, alice, party.request(id_token_hint=hint)).query["code"]


def test_a_hint_outlives_its_hour(provider, party, alice):
    """It says who, and signs nobody in."""
    browser = provider.browser()
    hint = party.tokens(browser, alice)["id_token"]
    with provider.later(3605) as future:
        late = future.browser()
        late.cookies = dict(browser.cookies)
        assert party.start(late, party.request(id_token_hint=hint, prompt="none")).query["code"]


def test_login_hint_fills_in_the_name(provider, party, agent):
    """OpenID Connect Core section 3.1.2.1."""
    page = party.start(agent, party.request(login_hint="Bob O'Neil <bob@example.com>"))
    assert page.form.fields["username"] == "Bob O'Neil <bob@example.com>"


@pytest.mark.parametrize(
    ("ui_locales", "accepted", "language"),
    [
        (None, None, "en"), ("de", None, "de"), ("de-CH en", "en", "de"), ("xx de", None, "de"), (None, "de", "de"),
        (None, "fr;q=1, de;q=0.5, en;q=0.1", "de"), ("en", "de", "en"), ("../../etc/passwd", None, "en"),
    ],
)
def test_the_page_speaks_the_language_asked_for(provider, party, agent, ui_locales, accepted, language):
    """OpenID Connect Core section 3.1.2.1 (ui_locales), RFC 9110 section 12.5.4."""
    query = encode(party.request(ui_locales=ui_locales).parameters)
    page = agent.send(
        "GET", f"{party.path}/authorize?{query}", headers={"Accept-Language": accepted} if accepted else {})
    assert page.header("Content-Language") == language
    assert re.search(f'<html lang="{language}"', page.text)
    failed = agent.submit(page, username="x", password="x")
    if ui_locales and accepted is None:
        assert failed.header("Content-Language") == language, "and goes on speaking it"


@pytest.mark.parametrize(
    ("change", "accepted", "language"),
    [
        ({"client_id": "nobody", "ui_locales": "de"}, None, "de"), ({"client_id": "nobody"}, "de", "de"),
        ({"client_id": None, "ui_locales": "de"}, "en", "de"), ({"redirect_uri": "https://x.example/"}, "fr", "en"),
    ],
)
def test_a_refusal_speaks_the_language_asked_for(party, agent, change, accepted, language):
    """OpenID Connect Core section 3.1.2.1: also where the request itself can't be answered."""
    headers = {"Accept-Language": accepted} if accepted else {}
    page = agent.send("GET", f"{party.path}/authorize?{encode(party.request(**change).parameters)}", headers=headers)
    assert page.status == 400 and page.header("Content-Language") == language


def test_what_no_handler_answers_speaks_the_browsers_language(party, agent):
    """RFC 9110 section 12.5.4."""
    for method, body, status in (("PUT", None, 405), ("POST", "x" * 60_000, 413)):
        headers = {"Accept-Language": "de", "Content-Length": str(len(body or ""))}
        page = agent.send(method, f"{party.path}/login", body, headers)
        assert page.status == status and page.header("Content-Language") == "de"


def test_who_turns_back_comes_back_to_the_app(provider, party, agent):
    """RFC 6749 section 4.1.2.1, access_denied."""
    request = party.request()
    answer = agent.submit(party.start(agent, request), cancel="yes")
    assert answer.query["error"] == "access_denied" and answer.query["state"] == request.state
    assert answer.query["iss"] == provider.issuer


# --- userinfo, discovery --------------------------------------------------------------------------------------------


def test_userinfo_answers_get_and_post_alike(provider, party, alice):
    """OpenID Connect Core section 5.3.1, RFC 6750 sections 2.1 and 2.2."""
    token = party.tokens(provider.browser(), alice)["access_token"]
    by_header = {"Authorization": f"Bearer {token}"}
    answers = [
        party.back.get(f"{party.path}/userinfo", headers=by_header),
        party.back.get(f"{party.path}/userinfo", headers={"Authorization": f"bearer {token}"}),
        party.back.send("POST", f"{party.path}/userinfo", None, {**by_header, "Content-Length": "0"}),
        party.back.post(f"{party.path}/userinfo", {"access_token": token}),
    ]
    assert [answer.status for answer in answers] == [200] * 4
    assert len({answer.body for answer in answers}) == 1


def test_discovery_names_what_is_there(provider, party, agent):
    """OpenID Connect Discovery sections 3 and 4; RFC 8414 section 2; RFC 9207 section 3."""
    metadata = agent.get(f"{party.path}/.well-known/openid-configuration").json()
    assert metadata["issuer"] == provider.issuer
    assert metadata["authorization_endpoint"] == f"{provider.issuer}/authorize"
    assert metadata["token_endpoint"] == f"{provider.issuer}/token"
    assert metadata["userinfo_endpoint"] == f"{provider.issuer}/userinfo"
    assert metadata["jwks_uri"] == f"{provider.issuer}/jwks"
    assert metadata["response_types_supported"] == ["code"]
    assert metadata["code_challenge_methods_supported"] == ["S256"]
    assert set(metadata["id_token_signing_alg_values_supported"]) == {"RS256", "PS256", "ES256", "EdDSA"}
    assert metadata["authorization_response_iss_parameter_supported"] is True


# --- what ends a grant ----------------------------------------------------------------------------------------------


def test_a_removed_client_and_its_tokens_are_gone_at_once(provider, alice):
    """Changes by the command line are seen at the next request."""
    party = provider.add_client()
    browser = provider.browser()
    token = party.tokens(browser, alice)["access_token"]
    request = party.request()
    code = party.start(browser, request).query["code"]
    provider.postern("client", "remove", party.client_id)
    assert party.userinfo(token).json()["error"] == "invalid_token"
    assert party.exchange(code, request.verifier).json()["error"] == "invalid_client"
    assert party.start(browser, party.request()).status == 400
    assert decoded(token.split(".")[0])["typ"] == "at+jwt"
