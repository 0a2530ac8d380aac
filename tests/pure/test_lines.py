"""Lines of a terminal, by cells."""

from __future__ import annotations

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from amif_netcheck.output.escape import for_terminal
from amif_netcheck.output.lines import wrapped


@given(st.text(alphabet="abc défé,-.", max_size=300), st.integers(10, 100))
def test_usual_texts_are_broken_as_ever(text: str, width: int) -> None:
    expected = textwrap.wrap(
        text, width, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
    )
    assert wrapped(text, width, "  ") == expected


@pytest.mark.parametrize(
    "text",
    [
        "3. Réunion – 議事録と予算の会議" * 9,
        "会議 " * 60,
        "Salle 🎥 du conseil " * 12,
        "한국어 회의 https://visio.example.org/salle " * 5,
    ],
)
@pytest.mark.parametrize("width", [59, 79])
def test_wide_letters_take_their_cells(text: str, width: int) -> None:
    lines = wrapped(for_terminal(text), width, "   ")
    assert max(map(cell_len, lines)) <= width
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(line.startswith("   ") for line in lines[1:])


def test_a_link_stays_whole() -> None:
    link = "https://visio.example.org/" + "x" * 80
    assert link in [line.strip() for line in wrapped(f"会議 {link} 会議", 40, "  ")]
