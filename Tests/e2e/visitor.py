"""What a person does in a browser, whichever it is: tests of what browsers do differently are written once."""

import contextlib
import time

from marionette_driver import By
from marionette_driver.errors import UnknownException
from marionette_driver.marionette import ActionSequence


SIGN_IN = "form button:not([name=cancel])"


class Visitor:
    """`tabs` are in the order in which they were opened; all that is done happens in the current one."""

    def sign_in(self, user):
        self.fill("username", user.name)
        self.fill("password", user.password)
        self.click(SIGN_IN)

    def arrives(self, app, request=None):
        """Waits until the app has its answer, and gives it back: to this request, and no error, where it is named."""
        self.waits_until(lambda: self.address.startswith(f"{app.url}/callback?"))
        self.sees("Back at the app")
        query = app.queries[-1]
        if request:
            assert query["state"] == request.state and "code" in query, query
        return query

    def sees(self, heading):
        self.waits_until(lambda: self.heading == heading)

    def waits_until(self, condition, timeout=15):
        end = time.monotonic() + timeout
        while not condition():
            assert time.monotonic() < end, f"{self.address} says: {self.text}"
            self._pause()

    def _pause(self):
        time.sleep(0.05)


class ChromiumVisitor(Visitor):
    name = "chromium"

    def __init__(self, context, page=None):
        self._context = context
        self._page = page or context.new_page()
        self.tabs = [self._page]

    def _pause(self):
        # What happens in the browser is told meanwhile.
        self._page.wait_for_timeout(50)

    def open(self, address):
        # Where the page goes on by itself, nobody waits for all of it.
        self._page.goto(address, wait_until="domcontentloaded")

    def open_tab(self):
        self.tabs.append(self._context.new_page())
        self.turn_to(-1)

    def turn_to(self, index):
        self._page = self.tabs[index]

    def back(self):
        self._page.go_back(wait_until="commit")

    def fill(self, name, text):
        self._page.locator(f"[name={name}]").fill(text)

    def click(self, selector):
        self._page.locator(selector).click()

    def click_hastily(self, selector, times=2):
        self._page.locator(selector).click(click_count=times, no_wait_after=True)

    def run(self, script):
        self._page.evaluate(f"() => {{ {script} }}")

    def lose_cookies(self, *names):
        for name in names or [cookie["name"] for cookie in self._context.cookies()]:
            self._context.clear_cookies(name=name)

    @contextlib.contextmanager
    def blocking_cookies(self):
        """By the settings, which a context has that is a profile of its own (`new_profile`)."""
        settings = self._context.new_page()
        # Of the page no more is needed than that it may change them.
        settings.goto("chrome://settings/content/siteData", wait_until="commit")
        choose = "value => chrome.send('setDefaultValueForContentType', ['cookies', value])"
        settings.evaluate(choose, "block")
        try:
            yield
        finally:
            settings.evaluate(choose, "allow")
            settings.close()

    @property
    def address(self):
        return self._page.url

    @property
    def heading(self):
        with contextlib.suppress(Exception):
            return self._page.locator("h1").inner_text(timeout=500)

    @property
    def text(self):
        with contextlib.suppress(Exception):
            return self._page.inner_text("body", timeout=500)


class FirefoxVisitor(Visitor):
    name = "firefox"

    def __init__(self, client):
        self._client = client
        self.tabs = [client.current_window_handle]
        self.lose_cookies()

    def open(self, address):
        self._client.navigate(address)

    def open_tab(self):
        self.tabs.append(self._client.open(type="tab", focus=True)["handle"])
        self.turn_to(-1)

    def turn_to(self, index):
        self._client.switch_to_window(self.tabs[index])

    def back(self):
        self._client.go_back()

    def fill(self, name, text):
        field = self._client.find_element(By.NAME, name)
        field.clear()
        field.send_keys(text)

    def click(self, selector):
        self._client.find_element(By.CSS_SELECTOR, selector).click()

    def click_hastily(self, selector, times=2):
        button = self._client.find_element(By.CSS_SELECTOR, selector)
        self._client.execute_script("arguments[0].scrollIntoView({ block: 'center' })", script_args=[button])
        mouse = ActionSequence(self._client, "pointer", "mouse", {"pointerType": "mouse"})
        mouse.pointer_move(0, 0, origin=button)
        for _ in range(times):
            mouse.pointer_down().pointer_up()
        # The page that the clicks are of may be gone before it has answered the last.
        with contextlib.suppress(UnknownException):
            mouse.perform()

    def run(self, script):
        self._client.execute_script(script)

    def lose_cookies(self, *names):
        with self._client.using_context("chrome"):
            self._client.execute_script(
                "const names = arguments[0]; for (const cookie of Services.cookies.cookies)"
                " if (!names.length || names.includes(cookie.name))"
                " Services.cookies.remove(cookie.host, cookie.name, cookie.path, cookie.originAttributes)",
                script_args=[list(names)])

    @contextlib.contextmanager
    def blocking_cookies(self):
        self._set_cookie_behaviour(2)
        try:
            yield
        finally:
            self._set_cookie_behaviour(5)

    def _set_cookie_behaviour(self, value):
        with self._client.using_context("chrome"):
            self._client.execute_script(f"Services.prefs.setIntPref('network.cookie.cookieBehavior', {value})")

    def close(self):
        for handle in self.tabs[1:]:
            self._client.switch_to_window(handle)
            self._client.close()
        self._client.switch_to_window(self.tabs[0])
        self._client.navigate("about:blank")

    @property
    def address(self):
        return self._client.get_url()

    @property
    def heading(self):
        with contextlib.suppress(Exception):
            return self._client.find_element(By.TAG_NAME, "h1").text

    @property
    def text(self):
        with contextlib.suppress(Exception):
            return self._client.find_element(By.TAG_NAME, "body").text
