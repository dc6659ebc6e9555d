"""A user's own page, in Chromium: apps, sessions, password and language."""

import pytest

from accessibility import assert_accessible


@pytest.fixture
def user(provider):
    return provider.add_user(None, None, "--full-name", "Wilhelmina Featherstonehaugh")


def sign_in(page, provider, user):
    page.goto(f"{provider.issuer}/account")
    page.locator("[name=username]").fill(user.name)
    page.locator("[name=password]").fill(user.password)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Your account").wait_for()


def test_a_user_looks_after_their_account(provider, user, page):
    """Whoever isn't signed in comes back here after it; what is shown is theirs, and what is ended has ended."""
    app = provider.add_client(
        client_name="Photo prints", first_party=False, scope="openid email offline_access",
        grant_types=["authorization_code", "refresh_token"])
    elsewhere = provider.browser()
    request = app.request(scope="openid email offline_access", prompt="consent")
    answer = elsewhere.submit(elsewhere.follow(app.sign_in(elsewhere, user, request)), decision="allow")
    tokens = app.exchange(answer.query["code"], request.verifier).json()

    sign_in(page, provider, user)
    assert page.url == f"{provider.issuer}/account/"
    assert_accessible(page)
    text = page.locator("main").inner_text()
    for part in ("Photo prints", "Your e-mail address", "Has access while you are away", "This browser", "for Account"):
        assert part in text, text
    page.get_by_role("button", name="Take back Photo prints").click()
    page.get_by_role("status").wait_for()
    assert "No app has asked you for anything." in page.locator("main").inner_text()
    refused = app.back.post(
        f"{app.path}/token", {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}, app.basic())
    assert refused.json()["error"] == "invalid_grant"

    assert app.start(elsewhere, app.request(scope="openid")).form.path.endswith("/consent"), "asked again"
    page.get_by_role("button", name="Sign out everywhere else").click()
    page.get_by_text("That is signed out.").wait_for()
    assert app.start(elsewhere, app.request(scope="openid")).form.path.endswith("/login")

    page.get_by_label("Present password").fill("not it, I fear")
    page.get_by_label("New password, at least 8 characters").fill("quite another one")
    page.get_by_label("New password once more").fill("quite another one")
    page.get_by_role("button", name="Change the password").click()
    assert "is not right" in page.get_by_role("alert").inner_text()
    assert_accessible(page)
    page.get_by_label("Present password").fill(user.password)
    page.get_by_label("New password, at least 8 characters").fill("quite another one")
    page.get_by_label("New password once more").fill("quite another one")
    page.get_by_role("button", name="Change the password").click()
    page.get_by_text("Your password is changed").wait_for()

    page.get_by_label("Your language").select_option("Deutsch")
    page.get_by_role("button", name="Choose").click()
    page.get_by_role("heading", name="Ihr Konto").wait_for()
    page.get_by_role("link", name="Abmelden").click()
    page.get_by_role("heading", name="Abmelden?").wait_for()


@pytest.mark.parametrize("path, names", [("account", ("Account", "Konto")), ("admin", ("Console", "Konsole"))])
def test_the_sign_in_to_our_own_pages_names_them_in_the_language_of_the_page(provider, path, names):
    for language, name in zip(("en", "de"), names):
        browser = provider.browser()
        answer = browser.get(f"/oidc/{path}/", headers={"Accept-Language": language})
        while answer.location:
            answer = browser.get(answer.location, headers={"Accept-Language": language})
        assert name in answer.form.text, answer.form.text


def test_the_account_page_names_apps_in_its_language(provider, page, user):
    party = provider.add_client(**{"client_name": "Time sheets", "client_name#de": "Stundenzettel"})
    party.sign_in(provider.browser(), user)
    sign_in(page, provider, user)
    page.locator("[name=language]").select_option("de")
    page.locator("form", has=page.locator("[name=language]")).get_by_role("button").click()
    page.get_by_role("heading", name="Ihr Konto").wait_for()
    text = page.locator("main").inner_text()
    assert "für Konto" in text and "für Stundenzettel" in text, text
