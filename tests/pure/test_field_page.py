"""The page of real programs tried: made of the cases, each of which is a test."""

from __future__ import annotations

import subprocess
import sys

import pytest
from tools import field_page
from tools.field_page import CASES, PAGE, ROOT, Case

from amif_netcheck.checks.registry import SPECS
from tests.systems import needs_posix

ALL = [pytest.param(case, id=f"{path.stem}-{number}") for path in sorted(CASES.glob("*.toml")) for number, case in enumerate(field_page.cases(path))]  # fmt: skip


def test_the_page_is_made_of_the_cases() -> None:
    assert PAGE.read_text(encoding="utf-8") == field_page.page()


def test_each_file_of_cases_is_on_the_page() -> None:
    assert {path.stem for path in CASES.iterdir()} <= set(field_page._TITLES)


@pytest.fixture(scope="module")
def nodes() -> set[str]:
    """What pytest finds in the files that the cases name; tests with parameters by their function as well."""
    files = sorted(
        {case.test.partition("::")[0] for path in CASES.glob("*.toml") for case in field_page.cases(path)}
    )
    command = (sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", *files)
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=True, timeout=80)
    found = {line.partition("@")[0] for line in done.stdout.splitlines() if "::" in line}
    return found | {node.partition("[")[0] for node in found}


@needs_posix("the tests of the network, which are collected here")
@pytest.mark.parametrize("case", ALL)
def test_each_case_is_a_test_and_its_codes_are_findings(case: Case, nodes: set[str]) -> None:
    assert case.test in nodes
    if not isinstance(case.says, str):
        assert case.says
        for code, _, variant in (words.partition("/") for words in case.says):
            assert not variant or variant in SPECS[code].variants
