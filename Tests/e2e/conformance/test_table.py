"""docs/conformance.md and the tests say the same."""

import pathlib
import re

from provider import ROOT

TABLE = (ROOT / "docs/conformance.md").read_text()
SOURCES = "\n".join(path.read_text() for path in pathlib.Path(__file__).parent.glob("*.py"))
TESTS = set(re.findall(r"def (test_\w+)\(", SOURCES))


def has_test(module):
    return "test_" + module.lower().replace("-", "_") in TESTS or f"`{module}`" in SOURCES


def test_each_module_of_the_table_has_its_test():
    for row in TABLE.splitlines():
        for module in re.findall(r"`(oidcc-[\w-]+)`", row) if row.startswith("|") else []:
            assert has_test(module) or row.rstrip(" |").endswith("open"), row


def test_each_test_of_a_module_is_in_the_table():
    modules = {"test_" + name.lower().replace("-", "_") for name in re.findall(r"`(oidcc-[\w-]+)`", TABLE)}
    # Several modules at once, which its docstring names.
    several = {"test_oidcc_scope", "test_oidcc_display", "test_oidcc_registration_links", "test_oidcc_server_dynamic"}
    assert {test for test in TESTS if test.startswith("test_oidcc_")} - several <= modules


def test_each_test_that_the_table_names_is_there():
    assert set(re.findall(r"`(test_\w+)`", TABLE)) <= TESTS
