"""Every page of the administrator's console, for people who can't see it well, use no mouse, or have a small screen."""

import json

import pytest
import requests

from accessibility import assert_accessible
from chromium import new_page
from console import admin, app, enter  # noqa: F401

PAGES = [
    "", "apps", "new-app", "new-app/web", "new-app/service", "apps/{app}", "apps/{app}/connect", "apps/{app}/try",
    "apps/{app}/secret", "apps/{app}/remove", "apps/{waiting}", "apps/{waiting}/approve",
    "apps/{app}/consents", "apps/{app}/grants", "apps/{app}/new-claim",
    "new-claim", "claims/{claim}", "claims/{claim}/remove", "apps?unused_since=90d", "tokens", "new-token", "users", "new-user", "users/{sub}",
    "users/{sub}/change", "users/{sub}/password", "users/{sub}/sign-out", "users/{sub}/remove", "scopes", "new-scope",
    "new-role", "new-group", "keys", "audit", "audit?user={name}&event=session.", "roles/console-role/remove",
    "tokens/{token}/withdraw",
]


@pytest.fixture(scope="module")
def console(provider, chromium, admin):
    with new_page(chromium, java_script_enabled=True) as page:
        enter(page, provider, admin)
        yield page


@pytest.fixture(scope="module")
def waiting(provider):
    """The id of an app that waits for approval."""
    token = provider.postern("token", "issue", "--needs-approval").split()[-1]
    made = requests.post(
        f"{provider.issuer}/register", timeout=10, headers={"Authorization": f"Bearer {token}"},
        json={"client_name": "Waits", "redirect_uris": ["https://waits.example/"], "scope": "openid"})
    return made.json()["client_id"]


@pytest.fixture(scope="module")
def token(provider):
    provider.postern("role", "add", "console-role")
    return json.loads(provider.postern("token", "issue", "--json"))["id"]


@pytest.fixture(scope="module")
def claim(provider, app):
    added = provider.postern(
        "claim", "add", "tea", "--value", '"<i>green</i>"', "--client", app.client_id, "--json")
    return json.loads(added)["id"]


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_for_everyone(provider, console, path, app, waiting, admin, token, claim):
    """WCAG 2.2 AA, in light and dark, down to 320 px, and complete without a script."""
    console.goto(
        f"{provider.base}/admin/" + path.format(
            app=app.client_id, waiting=waiting, sub=admin.sub, name=admin.name, token=token,
            claim=claim))
    assert console.locator("h1").count() == 1 and "can’t be shown" not in console.content()
    assert "<b>sheets" not in console.content()
    assert console.locator("nav [aria-current=page]").count() == 1, "one tab says where this is"
    described = console.locator("[aria-describedby]").evaluate_all(
        "all => all.flatMap(one => one.getAttribute('aria-describedby').split(' '))")
    for explanation in described:
        assert explanation and console.locator(f"#{explanation}").count() == 1
    assert_accessible(console)
