"""The administrator's console, as tests use it in Chromium."""

import pytest


@pytest.fixture(scope="module")
def admin(provider):
    return provider.add_user(None, None, "--full-name", "Ada Admin", "--role", "postern:admin")


@pytest.fixture(scope="module")
def app(provider):
    return provider.add_client(client_name="Time <b>sheets</b>")


def sign_in(page, user):
    page.locator("[name=username]").fill(user.name)
    page.locator("[name=password]").fill(user.password)
    page.locator("form button:not([name=cancel])").click()


def enter(page, provider, user, path=""):
    page.goto(f"{provider.base}/admin/{path}")
    sign_in(page, user)


def field(page, name, value):
    page.locator(f"[name={name}]").fill(value)


def send(page):
    page.locator("form[method=post] button").click()


def detail(page, label):
    value = page.locator("dl > div", has=page.locator("dt", has_text=label)).locator("dd").first
    return value.locator("code, bdi").first.inner_text()
