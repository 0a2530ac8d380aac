"""What nobody may draw as it is: one definition for terminals and for JSON, over all of Unicode."""

from __future__ import annotations

import json
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from amif_netcheck.output.escape import for_json, for_terminal, is_harmless

UNICODE = [chr(code) for code in range(sys.maxunicode + 1)]
HARMLESS = [character for character in UNICODE if is_harmless(character)]
DECEIVING = {
    "line breaks": "\r\n\x0b\x0c\x85\u2028\u2029",
    "control codes": "\x00\x07\x08\t\x1b\x7f\x9b\x9d",
    "direction": "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
    "joiners, spaces without width, soft hyphen": "\u00ad\u200b\u200c\u200d\u2060\u2061\u2064\u206a\u206f\ufeff\u180e",
    "tags": "\U000e0001\U000e0020\U000e0041\U000e007f",
    "annotations": "\ufff9\ufffa\ufffb",
    "ignorable": "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\ufe00\ufe0f\uffa0\U000e0100\U000e01ef\U0001d173",
    "private use": "\ue000\uf8ff\U000f0000\U0010fffd",
    "no characters": "\ufdd0\ufdef\ufffe\uffff\U0001ffff\U0010ffff\ufff0",
    "surrogates": "\ud800\udbff\udc80\udfff",
}


@pytest.mark.parametrize("kind", DECEIVING)
def test_every_kind_of_deception_is_known(kind: str) -> None:
    assert [hex(ord(character)) for character in DECEIVING[kind] if is_harmless(character)] == []


def test_what_is_harmless_is_seen_or_is_a_space() -> None:
    """Python's own idea of printable, and a terminal library's idea of width: only marks, and parts of a syllable or emoji, have none."""
    for character in HARMLESS:
        kind = unicodedata.category(character)
        assert character.isprintable() or kind == "Zs", hex(ord(character))
        assert cell_len(character) or kind in {"Mn", "Me", "Mc", "Lo", "Sk"}, hex(ord(character))


def test_letters_signs_and_spaces_of_people_are_harmless() -> None:
    assert all(map(is_harmless, "aé œ’–…«\u00a0»\u202f!שלוםسلام漢字かな한국어हिन्दी😀👩🏽❤█▁╭→✓"))


@given(st.text() | st.text(st.sampled_from("".join(DECEIVING.values()) + "aé😀\u0301")))
def test_nothing_that_a_terminal_would_obey_is_drawn(text: str) -> None:
    drawn = for_terminal(text)
    assert all(map(is_harmless, drawn))
    assert for_terminal(drawn) == drawn


@pytest.mark.parametrize(
    ("name", "drawn"),
    [
        ("Salon \U0001f469\u200d\U0001f4bb", "Salon \U0001f469\U0001f4bb"),
        ("\u2764\ufe0f\u200d\U0001f525", "\u2764\U0001f525"),
        ("Jab\u200dra", r"Jab\u200dra"),
        ("می\u200cخواهم", r"می\u200cخواهم"),
        ("Bu\u00adreau", r"Bu\xadreau"),
        ("\U000e0041", r"\U000e0041"),
        ("e" + "\u0301" * 5, "e" + "\u0301" * 3 + r"\u0301\u0301"),
    ],
)
def test_joiners_are_left_out_between_emoji_and_written_elsewhere(name: str, drawn: str) -> None:
    assert for_terminal(name) == drawn


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_json_means_the_same_and_holds_nothing_that_deceives(text: str) -> None:
    written = for_json(json.dumps({"name": text}, ensure_ascii=False, indent=2))
    assert json.loads(written) == {"name": text}
    assert all(map(is_harmless, written.replace("\n", "")))
