"""Debian's Chromium, one for the whole run; each test gets a profile of its own."""

import contextlib
import os
import shutil
import tempfile

import pytest
from playwright.sync_api import sync_playwright


def options():
    program = shutil.which("chromium")
    assert program, "chromium is not installed"
    # Its sandbox refuses to run as root.
    return {"executable_path": program, "args": ["--no-sandbox"] if os.geteuid() == 0 else []}


@pytest.fixture(scope="session")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**options())
        yield browser
        browser.close()


@contextlib.contextmanager
def new_profile(chromium):
    """A context with settings: a Chromium of its own, which takes a second to start."""
    with tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True) as folder:
        context = chromium.browser_type.launch_persistent_context(folder, locale="en-GB", **options())
        try:
            yield context
        finally:
            context.close()


@contextlib.contextmanager
def new_page(chromium, **options):
    """A page in a new profile. What its console complains of fails the test."""
    context = chromium.new_context(**{"locale": "en-GB", **options})
    page = context.new_page()
    complaints = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    try:
        yield page
    finally:
        context.close()
    # A browser reports each answer of 400 and more; those the tests look at themselves.
    unexpected = [text for text in complaints if not text.startswith("Failed to load resource: the server responded")]
    assert not unexpected, unexpected


@pytest.fixture
def page(chromium):
    with new_page(chromium) as page:
        yield page
