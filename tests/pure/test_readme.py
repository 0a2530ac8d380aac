"""The README shows what the program says."""

from __future__ import annotations

from tools import readme_pictures

from tests.systems import needs_linux


@needs_linux("the pages show the demonstration as Linux does")
def test_the_readme_shows_what_the_program_says_today() -> None:
    """Run tools/readme_pictures.py after changing a text or a rule."""
    text = readme_pictures.README.read_text(encoding="utf-8")
    assert "<!-- shows: demo" in text
    assert readme_pictures.drawn(text) == text
