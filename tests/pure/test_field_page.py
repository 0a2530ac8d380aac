"""The page of real programs tried: made of the cases, each of which is a test."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tools import field_page
from tools.field_page import CASES, PAGE, ROOT, Case

from amif_netcheck.checks.registry import SPECS

ALL = [pytest.param(case, id=f"{path.stem}-{number}") for path in sorted(CASES.glob("*.toml")) for number, case in enumerate(field_page.cases(path))]  # fmt: skip


def test_the_page_is_made_of_the_cases() -> None:
    assert PAGE.read_text(encoding="utf-8") == field_page.page()


def test_each_file_of_cases_is_on_the_page() -> None:
    assert {path.stem for path in CASES.iterdir()} <= set(field_page._TITLES)


@pytest.mark.parametrize("case", ALL)
def test_each_case_is_a_test_and_its_codes_are_findings(case: Case) -> None:
    file, _, function = case.test.partition("::")
    source = Path(ROOT, file).read_text(encoding="utf-8")
    assert re.search(rf"^(async )?def {re.escape(function)}\(", source, re.MULTILINE)
    if not isinstance(case.says, str):
        assert case.says
        for code, _, variant in (words.partition("/") for words in case.says):
            assert not variant or variant in SPECS[code].variants
