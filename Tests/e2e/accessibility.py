"""What every page must hold for people who can't see it well, use no mouse, or have a small screen."""

from axe_playwright_python.sync_playwright import Axe

TAGS = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
# What changes with the colours, and with the place that there is.
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
PLACE = {"type": "rule", "values": ["target-size", "scrollable-region-focusable", "color-contrast"]}
NARROWEST = 320


def assert_accessible(page):
    """Fails with axe-core's findings (WCAG 2.2 AA and its best practices), or if the page must be scrolled sideways.

    Takes a Playwright page that shows what is to be checked, in light and in dark, and leaves it as it was.
    """
    viewport = page.viewport_size
    scheme = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'")
    try:
        for colours, rules in (("light", TAGS), ("dark", COLOURS)):
            page.emulate_media(color_scheme=colours)
            _assert_no_violations(page, colours, rules)
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": NARROWEST, "height": 640})
        _assert_no_violations(page, f"{NARROWEST} px", PLACE)
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= NARROWEST, f"{page.url} is {width} px wide on a screen of {NARROWEST}"
    finally:
        page.emulate_media(color_scheme=scheme)
        if viewport:
            page.set_viewport_size(viewport)


def _assert_no_violations(page, setting, rules):
    # A colour on its way to another is measured as neither of them.
    page.evaluate("Promise.all(document.getAnimations().map(animation => animation.finished))")
    results = Axe().run(page, options={"runOnly": rules})
    assert results.response["passes"], "axe-core checked nothing"
    assert not results.response["violations"], f"{page.url} ({setting}):\n{results.generate_report()}"
    # "incomplete" is what axe-core can't decide; contrast on a plain ground it can.
    undecided = [rule["id"] for rule in results.response["incomplete"]]
    assert not undecided, f"{page.url} ({setting}): undecided {undecided}"
