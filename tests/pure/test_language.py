"""French and English: catalogs complete, numbers as CLDR writes them, typography of French sentences."""

from __future__ import annotations

import re
import sys
from itertools import chain

import babel.numbers
import babel.units
import pytest
from babel.messages.catalog import Message
from hypothesis import given
from hypothesis import strategies as st
from tools import update_catalogs

from amif_netcheck.advice.language import LANGUAGES, NARROW_SPACE, SPACE, Language, best_of
from amif_netcheck.advice.lookup import WORDS, general, say
from amif_netcheck.advice.tips import TIPS
from amif_netcheck.advice.unknown import REASONS
from amif_netcheck.advice.words import FindingWords
from amif_netcheck.checks.registry import SPECS
from amif_netcheck.model.facts import Reason
from amif_netcheck.model.finding import Finding, Severity
from amif_netcheck.platforms.language import of_interface
from amif_netcheck.platforms.macos import languages as macos_languages
from amif_netcheck.platforms.windows import languages as windows_languages
from amif_netcheck.run.checklist import IDS

FRENCH, ENGLISH = Language("fr"), Language("en")
TEXTS = [message for message in update_catalogs.texts() if message.id]


def forms(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string or [])


@pytest.mark.parametrize("code", update_catalogs.TRANSLATED)
def test_every_text_is_translated_and_no_old_one_is_left(code: str) -> None:
    catalog = update_catalogs.read(code)
    translated = {message.id: message for message in catalog if message.id}
    assert {message.id for message in TEXTS} == set(translated)
    assert not [message.id for message in translated.values() if message.fuzzy or not all(forms(message))]
    assert catalog.plural_forms.startswith("nplurals=2")


def test_plurals_are_translated() -> None:
    """The tool keeps the English forms of a new plural, which look like a translation."""
    plurals = [message for message in update_catalogs.read("fr") if isinstance(message.id, (tuple, list))]
    assert plurals
    assert not [message.id for message in plurals if set(forms(message)) & set(message.id)]


@pytest.mark.parametrize("code", update_catalogs.TRANSLATED)
def test_what_the_program_reads_is_what_the_catalog_says(code: str) -> None:
    """Fails when the compiled catalog is older: run tools/update_catalogs.py, or install again."""
    compiled = Language(code)
    for message in update_catalogs.read(code):
        if message.id and isinstance(message.id, str):
            assert compiled.text(message.id) == message.string


def test_english_is_the_source_itself() -> None:
    """Every text and both forms of every plural, without a catalog of English."""
    plurals = [message.id for message in TEXTS if not isinstance(message.id, str)]
    assert plurals
    for one, many in plurals:
        assert [ENGLISH.plural(one, many, count) for count in (0, 1, 2, 1000)] == [many, one, many, many]
    for message in TEXTS:
        if isinstance(message.id, str):
            assert ENGLISH.text(message.id) == message.id
    assert not update_catalogs.catalog_path("en").exists()


@pytest.mark.parametrize("code", update_catalogs.TRANSLATED)
def test_translations_keep_the_placeholders(code: str) -> None:
    for message in update_catalogs.read(code):
        if not message.id:
            continue
        original = message.id if isinstance(message.id, str) else message.id[-1]
        for form in forms(message):
            assert sorted(re.findall(r"\{\w*\}|%\(?\w*\)?[srd]", form)) == sorted(
                re.findall(r"\{\w*\}|%\(?\w*\)?[srd]", original)
            ), original


def test_french_keeps_its_punctuation_from_going_to_the_next_line() -> None:
    for message in update_catalogs.read("fr"):
        for form in forms(message) if message.id else []:
            assert not re.search(r"(?<![\u202f\u00a0\d\w\[(/-])[:;?!](?!//)", form), form
            assert not re.search(r"[ ](?:[:;?!»]|%(?![(sr]))", form), form
            assert not re.search(r"\w[;?!»]", form), form
            assert "« " not in form, form
            assert "'" not in form, form


@pytest.mark.parametrize(
    ("count", "french", "english"),
    [(0, "0 point sur 100", "0 points out of 100"), (1, "1 point sur 100", "1 point out of 100"), (2, "2 points sur 100", "2 points out of 100")],
)  # fmt: skip
def test_plurals(count: int, french: str, english: str) -> None:
    one, many = "{count} point out of 100", "{count} points out of 100"
    assert FRENCH.plural(one, many, count).format(count=count) == french
    assert ENGLISH.plural(one, many, count).format(count=count) == english


@given(st.floats(min_value=-1e7, max_value=1e7), st.sampled_from(LANGUAGES))
def test_numbers_are_written_as_cldr_writes_them(value: float, code: str) -> None:
    rounded = float(f"{value:.1f}")  # Babel rounds the binary value's shortest decimal, we its exact one
    expected = babel.numbers.format_decimal(rounded, "#,##0.#", locale=code)
    assert Language(code).number(value) == ("0" if rounded == 0 else expected)


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("value", [0.0, 0.4, 2.4, 9.94, 12.0, 640.0])
def test_units_are_written_as_cldr_writes_them(code: str, value: float) -> None:
    language = Language(code)
    decimals = 0 if value >= 10 else 1
    shown = round(value, decimals)
    cldr = babel.units.format_unit(shown, "duration-millisecond", length="short", locale=code)
    assert language.quantity(value, "ms").replace(SPACE, " ") == str(cldr).replace(SPACE, " ").replace(
        NARROW_SPACE, " "
    )
    percent = babel.numbers.format_percent(
        shown / 100, "#,##0.#%" if code == "en" else f"#,##0.#{NARROW_SPACE}%", locale=code
    )
    assert language.quantity(value, "pct") == percent


def test_french_per_cent_and_seconds() -> None:
    assert FRENCH.quantity(2.4, "pct") == "2,4\u202f%"
    assert FRENCH.quantity(1234, "ms") == "1,2\u00a0s"
    assert FRENCH.quantity(0.5, "mbit_s") == "0,5\u00a0Mbit/s"
    assert FRENCH.params({"down_mbit_s": 1.25, "applications": ["a", "b", "c"]}) == {
        "down_mbit_s": "1,2\u00a0Mbit/s",
        "applications": "a, b et c",
    }
    one = {"applications": ["OneDrive", "x"], "families": ["cloud_sync", ""]}
    assert FRENCH.params(one)["applications"] == "OneDrive (synchronisation de fichiers) et x"


PARAMS: dict[str, str | int | float | list[str]] = {
    "product": "WireGuard", "interface": "wg0", "ip_inside": "ipv4", "ip_outside": "ipv6", "applications": ["rclone"], "likely": ["rclone"], "families": ["backup"], "devices": ["chromecast"],
    "down_mbit_s": 5.0, "up_mbit_s": 1.0, "value_ms": 300.0, "limit_ms": 200.0, "value_pct": 3.0, "limit_pct": 1.0,
    "source": "Teams", "rtt_ms": 10.0, "jitter_ms": 1.0, "loss_pct": 0.0, "lost_pct": 9.0, "sent": 3,
    "value_mbit_s": 0.15, "limit_mbit_s": 0.5, "advised_mbit_s": 2.5, "download_mbit_s": 90.0, "upload_mbit_s": 40.0, "grade": "D", "grade_source": "DSLReports", "added_ms": 210.0, "value_s": 0.3, "limit_s": 0.2,
    "cpu_pct": 5.0, "available_pct": 60.0,
    "rate_mbit_s": 1000, "signal_pct": 80.0,
    "device": "Jabra", "device_kind": "headset", "device_bus": "usb", "package": "libportaudio2", "server": "proxy.example", "value_khz": 8, "way": "TURN/TLS", "service": "Zoom", "size": "720p", "media_ports": ["443"], "minutes": 7, "limit_khz": 16,
}  # fmt: skip


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("name", sorted(WORDS))
def test_every_finding_says_something_whole(code: str, name: str) -> None:
    finding_code, _, variant = name.partition("/")
    finding = Finding(code=finding_code, severity=Severity.WARNING, variant=variant, params=PARAMS)
    said = say(finding, Language(code), "linux")
    assert said.title
    assert said.summary.endswith((".", "»."))
    assert "{" not in said.summary + "".join(said.steps)
    assert "—" not in said.summary, "a param is missing"


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_sentence_for_a_participant_names_a_source_or_a_year(code: str) -> None:
    language = Language(code)
    for name, words in WORDS.items():
        steps = (*words.steps, *chain.from_iterable(words.steps_on.values()), words.otherwise)
        for english in (words.title, words.headline, words.summary, words.meaning, *steps):
            text = language.text(english)
            assert not re.search(r"ITU|UIT|DSLReports|earlyoom|lmkd|Skype|source|\b(19|20)\d\d\b", text), name
    assert not any("Skype" in language.text(tip.tip) for tip in TIPS.values())


@pytest.mark.parametrize("words", [words for words in WORDS.values() if words.meaning], ids=str)
def test_what_matters_can_be_acted_on(words: FindingWords) -> None:
    for system in ("linux", "windows", "macos"):
        assert words.steps_on.get(system, ()) or words.steps


def test_what_does_no_harm_threatens_nobody() -> None:
    mild = Finding(code="link.latency", severity=Severity.INFO, variant="home", params=PARAMS)
    assert say(mild, FRENCH, "linux").meaning == ""


def test_every_reason_check_and_code_has_words() -> None:
    assert set(REASONS) == {reason.value for reason in Reason}
    assert set(TIPS) == set(IDS)
    for code in SPECS:
        said = general(code, FRENCH, "linux")
        assert said.title
        assert "{" not in "".join((said.meaning, *said.steps))


def test_the_languages_differ_in_every_sentence() -> None:
    same = [
        m.id
        for m in TEXTS
        if isinstance(m.id, str) and " " in m.id.strip() and FRENCH.text(m.id) == ENGLISH.text(m.id)
    ]
    assert same == []


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"LANG": "fr_FR.UTF-8"}, "fr"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "de_DE.UTF-8"}, "fr"),
        ({"LANG": "C.UTF-8"}, "fr"),
        ({"LANG": "fro_FR"}, "fr"),
        ({"LANGUAGE": "de:en:fr", "LANG": "fr_FR"}, "en"),
        ({"LC_ALL": "en_US.UTF-8", "LANG": "fr_FR.UTF-8"}, "en"),
        ({"LANG": ""}, "fr"),
    ],
)
def test_language_of_the_system(
    environment: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.setenv(name, environment.get(name, ""))
    assert best_of(of_interface()) == expected


class Kernel32Saying:
    """What GetUserPreferredUILanguages and GetUserDefaultUILanguage answer."""

    def __init__(self, names: str | None, identifier: int) -> None:
        self._names, self._identifier = names, identifier

    def preferred_names(self) -> str | None:
        return self._names

    def default_identifier(self) -> int:
        return self._identifier


@pytest.mark.parametrize(
    ("names", "identifier", "expected"),
    [
        ("fr-FR\0en-US\0\0", 0x409, ["fr-FR", "en-US"]),
        ("\0", 0x40C, ["fr_FR"]),
        (None, 0x40C, ["fr_FR"]),
        (None, 0x409, ["en_US"]),
        (None, 0x1000, []),  # LOCALE_CUSTOM_UNSPECIFIED: a language without a number
    ],
)
def test_languages_of_windows(names: str | None, identifier: int, expected: list[str]) -> None:
    assert windows_languages.preferred(Kernel32Saying(names, identifier)) == expected


@pytest.mark.parametrize(
    ("environment", "names", "expected"),
    [
        ("", "en-GB\0fr-FR\0\0", "en"),
        ("", "de-DE\0fr-CH\0en-US\0\0", "fr"),
        ("", "de-DE\0\0", "fr"),
        ("C.UTF-8", "en-US\0\0", "en"),
        ("fr_FR.UTF-8", "en-US\0\0", "fr"),  # asked for, such as in Git's shell
    ],
)
def test_english_windows_is_spoken_to_in_english(
    environment: str, names: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(windows_languages, "Kernel32", lambda: Kernel32Saying(names, 0x40C))
    monkeypatch.setenv("LANG", environment)
    assert best_of(of_interface()) == expected


@pytest.mark.skipif(sys.platform != "win32", reason="only on Windows: its own answer")
def test_windows_says_its_languages() -> None:
    kernel32 = windows_languages.Kernel32()
    assert kernel32.default_identifier()
    for tag in windows_languages.preferred(kernel32):
        assert re.fullmatch(r"[a-z]{2,3}([-_]\w+)*", tag)
    assert windows_languages.preferred(kernel32)


class CoreFoundationSaying:
    """What CFLocaleCopyPreferredLanguages answers."""

    def __init__(self, *names: str) -> None:
        self._names = names

    def names(self) -> list[str]:
        return list(self._names)


def test_languages_of_macos(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setenv("LANG", "")
    for names, expected in ((("en-FR", "fr-FR"), "en"), (("fr-FR", "en-FR"), "fr"), ((), "fr")):
        monkeypatch.setattr(
            macos_languages, "CoreFoundation", lambda names=names: CoreFoundationSaying(*names)
        )
        assert best_of(of_interface()) == expected


@pytest.mark.skipif(sys.platform == "darwin", reason="not on macOS: it has what is missing here")
def test_a_core_foundation_that_can_not_be_had_says_nothing() -> None:
    assert macos_languages.preferred() == []
