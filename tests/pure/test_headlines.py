"""Headlines and titles of rows: every one of them fits, in both languages, with the longest that its params can be."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from amif_netcheck.advice.headline import CELLS, NAMES, cells, fitted, shortened
from amif_netcheck.advice.language import LANGUAGES, Language
from amif_netcheck.advice.lookup import DEGREES, WORDS
from amif_netcheck.advice.tips import TIPS
from amif_netcheck.model.finding import ParamValue
from amif_netcheck.output.escape import for_terminal

TITLE_CELLS = 22
LONGEST: dict[str, tuple[float, ...]] = {
    "rate_mbit_s": (10_000,),
    "mbit_s": (1234.56, 0.11),
    "pct": (100, 9.87),
    "ms": (999, 12_345.6),
    "s": (59.94,),
    "khz": (16,),
}
"""By the end of a figure's name: the longest that it is written, whatever is measured."""
_LONG = "Réseau de microphones 漢字 (Technologie Smart Sound pour microphones)"
_APPLICATIONS = ["Microsoft OneDrive for Business Update Service", "Steam", "Teams"]
LONG_NAMES: dict[str, ParamValue] = {
    "device": _LONG,
    "product": _LONG,
    "package": _LONG,
    "service": _LONG,
    "applications": _APPLICATIONS,
    "likely": _APPLICATIONS,
    "devices": ["television", "tv_box", "console", "camera", "nobody_knows_this_kind_of_device"],
    "device_kind": "speakerphone",
    "device_bus": "jack",
}
BOTH = [Language(code) for code in LANGUAGES]


def figures_in(template: str) -> list[str]:
    return [name for name in re.findall(r"\{(\w+)\}", template) if name not in NAMES]


def with_longest(template: str, language: Language, choice: int) -> dict[str, ParamValue]:
    params: dict[str, ParamValue] = dict(LONG_NAMES)
    for name in figures_in(template):
        if name == "degree":
            params[name] = max(map(language.text, DEGREES.values()), key=len)
            continue
        if name == "size":
            params[name] = "720p"
            continue
        end = next(end for end in LONGEST if name.endswith(end))
        params[name] = LONGEST[end][choice % len(LONGEST[end])]
    return params


@pytest.mark.parametrize("language", BOTH, ids=lambda language: language.code)
@pytest.mark.parametrize("choice", [0, 1])
def test_every_headline_fits_with_its_longest_params(language: Language, choice: int) -> None:
    for code, words in WORDS.items():
        template = language.text(words.headline)
        params = with_longest(template, language, choice)
        line = fitted(template, params, language)
        assert 0 < cell_len(line) <= CELLS, f"{code}: {line}"
        written = language.params(params)
        assert all(written[figure] in line for figure in figures_in(template)), code


def test_a_headline_has_one_name_at_most_and_none_that_its_sentence_has_not() -> None:
    for code, words in WORDS.items():
        params = re.findall(r"\{(\w+)\}", words.headline)
        assert len([param for param in params if param in NAMES]) <= 1, code
        assert set(params) <= set(re.findall(r"\{(\w+)\}", words.summary)), code


@pytest.mark.parametrize("language", BOTH, ids=lambda language: language.code)
def test_the_titles_of_rows_are_short(language: Language) -> None:
    for tip in TIPS.values():
        assert cell_len(language.text(tip.title)) <= TITLE_CELLS


@pytest.mark.parametrize(
    ("names", "line"),
    [
        (["OneDrive"], "Sound from OneDrive"),
        (["OneDrive", "Steam"], "Sound from OneDrive and Steam"),
        (["Microsoft OneDrive", "Steam", "Spotify"], "Sound from Microsoft OneDrive and 2 others"),
        (["Microsoft OneDrive", "Steam Client", "VLC"], "Sound from Microsoft OneDrive and 2 others"),
        (["VLC", "Steam", "Microsoft Store App"], "Sound from VLC, Steam and 1 other"),
        (["Réseau de microphones (Technologie Smart Sound)"], "Sound from Réseau de microp…gie Smart Sound)"),
        ([], "Sound from "),
    ],
)
def test_of_several_names_the_first_ones_are_told(names: list[str], line: str) -> None:
    assert fitted("Sound from {applications}", {"applications": names}, Language("en")) == line


def test_devices_are_called_by_what_they_are_and_whose() -> None:
    params: dict[str, ParamValue] = {
        "devices": ["chromecast", "console", "console"],
        "names": ["Salon", "", ""],
    }
    line = fitted("{devices}", params, Language("fr"))
    assert line == "Chromecast «\u00a0Salon\u00a0» et console de jeux (2)"


@given(st.text(max_size=80), st.integers(5, 60))
def test_what_is_shortened_fits_and_keeps_its_ends(text: str, room: int) -> None:
    short = shortened(text, room)
    assert cells(short) <= room
    if short != text:
        begin, _, end = short.partition("…")
        assert text.startswith(begin)
        assert text.endswith(end)


@given(st.text(max_size=40))
def test_a_name_is_never_taken_for_narrower_than_it_is_drawn(name: str) -> None:
    drawn = for_terminal(name)
    marks = sum(cells(character) == 0 for character in name)
    assert cells(name) >= cell_len(drawn) - 6 * marks
