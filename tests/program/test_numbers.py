"""Numbers on the command line: what is none, or out of its range, is one line that tells the range."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amif_netcheck.advice.language import Language
from amif_netcheck.cli import grammar
from amif_netcheck.errors import UsageError
from amif_netcheck.model.choices import MAX_MB, TIMEOUT_S

NO_NUMBERS = (
    *(
        "nan",
        "inf",
        "-inf",
        "1e309",
        "1e3",
        "-1",
        "+5",
        "",
        " 5",
        "5 ",
        "٣",
        "５",
        "1_0",
        "0x10",
        "1.",
        ".5",
        "5\n",
    ),
    *("9" * 30, "0" * 30 + "5", "000000000019999999", "1" * 5000),
)


@pytest.mark.parametrize("text", NO_NUMBERS, ids=range(len(NO_NUMBERS)))
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--timeout",), "is no duration; give a number of seconds from 1 to 600"),
        (("--max-mb",), "is no whole number from 1 to 10000"),
        (("demo", "--speed"), "is no speed; give a number from 0.1 to 1,000"),
        (("serve", "--port"), "is no whole number from 0 to 65535"),
        (("serve", "--test-mb"), "is no whole number from 1 to 1000000"),
    ],
)
def test_what_is_no_number_of_the_range(run: Any, arguments: tuple[str, ...], words: str, text: str) -> None:
    assert words in run("--lang", "en", *arguments[:-1], f"{arguments[-1]}={text}").complaint()


@given(st.one_of(st.integers(), st.floats(), st.text()).map(str))
def test_a_number_that_passes_the_grammar_is_within_its_range(text: str) -> None:
    parser = grammar.parser(Language("en"), [])
    for option, name, (least, most) in (("--max-mb", "max_mb", MAX_MB), ("--timeout", "timeout", TIMEOUT_S)):
        with contextlib.suppress(UsageError):
            assert least <= getattr(parser.parse_args([f"{option}={text}"]), name) <= most


@pytest.mark.parametrize(
    ("text", "seconds"), [("7", 7), ("007", 7), ("2.5", 2.5), ("2,5", 2.5), ("600", 600)]
)
def test_numbers_as_people_write_them(text: str, seconds: float) -> None:
    assert grammar.parser(Language("fr"), []).parse_args(["--timeout", text]).timeout == seconds
