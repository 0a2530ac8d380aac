"""Settings: layers, and every kind of bad file as one line that names file, key and what was expected."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec import Struct

from amif_netcheck import settings_files
from amif_netcheck.advice import input_errors
from amif_netcheck.advice.language import Language
from amif_netcheck.catalog.public_servers import DEFAULT_STUN
from amif_netcheck.errors import InputError
from amif_netcheck.measure.throughput.rates import EngineChoice
from amif_netcheck.model.choices import MAX_MB, SPEED_ENGINES, TIMEOUT_S
from amif_netcheck.run.checklist import IDS
from amif_netcheck.settings import (
    FirewallSettings,
    LinkSettings,
    NeighboursSettings,
    Settings,
    of_layers,
)
from amif_netcheck.settings_files import LARGEST
from tests.program.support import without_roots_rights
from tests.systems import WINDOWS, make_pipe

ENGLISH, FRENCH = Language("en"), Language("fr")


def load(path: Path | None) -> Settings:
    return of_layers(settings_files.read(path))


def complaint(path: Path, language: Language = ENGLISH) -> str:
    """The one line about a bad file."""
    with pytest.raises(InputError) as error:
        load(path)
    words = input_errors.describe(error.value, language)
    assert words.startswith(f"{path}{': ' if language is ENGLISH else chr(0xA0) + ': '}")
    assert "\n" not in words
    assert "`" not in words, "words of a library"
    return words


def test_without_any_file_there_are_defaults() -> None:
    assert load(None).link.stun == DEFAULT_STUN


def test_the_persons_file_lies_over_the_machines_key_by_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine, person = tmp_path / "machine.toml", tmp_path / "person.toml"
    machine.write_text(
        'language = "en"\ninclude_private = true\n[link]\nstun = ["stun.mairie.example"]\n', encoding="utf-8"
    )
    person.write_text('language = "fr"\n', encoding="utf-8")
    monkeypatch.setattr(settings_files, "paths", lambda: (machine, person))
    loaded = load(None)
    assert (loaded.language, loaded.include_private, loaded.link.stun) == (
        "fr",
        True,
        ("stun.mairie.example",),
    )


def test_a_file_on_the_command_line_stands_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    machine, explicit = tmp_path / "machine.toml", tmp_path / "explicit.toml"
    machine.write_text("nonsense = 1\n", encoding="utf-8")
    explicit.write_text("timeout_s = 12\n", encoding="utf-8")
    monkeypatch.setattr(settings_files, "paths", lambda: (machine,))
    assert load(explicit).timeout_s == 12


def test_a_file_of_a_windows_editor_is_read(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_bytes(b'\xef\xbb\xbflanguage = "en"\r\n')
    assert load(path).language == "en"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("langage = 'fr'", "unknown key “langage”; did you mean “language”?"),
        ("xyzzy = 1", "unknown key “xyzzy”; known keys: language, "),
        ("[link]\nstunn = []", "unknown key “link.stunn”; did you mean “link.stun”?"),
        ("[lnk]\nstun = []", "unknown key “lnk”"),
        ("language = 3", "key “language”: expected text in quotes, found a number"),
        ("language = 'de'", "key “language”: expected fr, en, found de"),
        ("include_private = 'yes'", "key “include_private”: expected true or false, found text"),
        ("link = 'x'", "key “link”: expected a table, found text"),
        ("timeout_s = 'long'", "key “timeout_s”: expected a number from 1 to 600, found text"),
        ("timeout_s = 0", "key “timeout_s”: expected a number from 1 to 600"),
        ("timeout_s = 1e9", "key “timeout_s”: expected a number from 1 to 600"),
        ("skip = 'vpn'", "key “skip”: expected a list"),
        ("skip = ['vnp']", f"key “skip”: expected {', '.join(IDS)}, found vnp"),
        ("[firewall]\npage = 'https://a.example/ok'", "is no page to compare with"),
        ("[firewall]\nweb = ['a b']", "“a b” is no server"),
        ("[firewall]\npage_text = ''", "key “firewall.page_text”"),
        ("[link]\nstun = []", "key “link.stun”: expected a list"),
        ("skip = [1]", "key “skip”: expected text in quotes, found a number"),
        ("[link]\nstun = [1]", "key “link.stun”: expected text in quotes, found a number"),
        ("[link]\nstun = ['a b']", "“a b” is no server"),
        ("meeting = 'two words'", "“two words” is no meeting"),
        ("language = ", "not valid TOML (Invalid value (at"),
        ("a = " + "[" * 100_000, "not valid TOML"),
        ("\x00", "not valid TOML"),
    ],
)
def test_a_bad_file_is_one_line_that_names_file_and_key(tmp_path: Path, content: str, words: str) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(content, encoding="utf-8")
    assert words in complaint(path)


VALUES = {
    "text": "'x'",
    "number": "7",
    "decimal": "7.5",
    "no number": "nan",
    "endless": "inf",
    "true": "true",
    "list": "[[1]]",
    "table": "{a = 1}",
    "date": "2026-11-29",
    "time": "07:32:00",
    "moment": "2026-11-29T07:32:00Z",
}
TABLES: dict[str, type[Struct]] = {
    "": Settings,
    "firewall.": FirewallSettings,
    "link.": LinkSettings,
    "neighbours.": NeighboursSettings,
}
KEYS = [f"{table}{key}" for table, struct in TABLES.items() for key in struct.__struct_fields__]
RIGHT = {
    "text": {"speed_server", "page_text", "meeting", "site", "contact"},
    "true": {"include_private", "managed", "metered", "sweep"},
}
RIGHT |= {"number": {"timeout_s", "max_mb"}, "decimal": {"timeout_s", "max_mb"}}


@pytest.mark.parametrize("kind", VALUES)
@pytest.mark.parametrize("key", KEYS)
def test_every_kind_of_value_of_every_key_is_taken_or_told(tmp_path: Path, key: str, kind: str) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(f"{key} = {VALUES[kind]}\n", encoding="utf-8")
    if key.rpartition(".")[2] in RIGHT.get(kind, set()):
        load(path)
    elif kind == "table" and f"{key}." in TABLES:
        assert f"unknown key “{key}.a”" in complaint(path)
    else:
        words = complaint(path)
        told = {key, f"{key}.a"}  # a table of the person's own names tells which
        assert any(f"key “{one}”: expected " in words for one in told) or "“x” is no " in words


@pytest.mark.parametrize(("key", "limits"), [("timeout_s", TIMEOUT_S), ("link.max_mb", MAX_MB)])
def test_the_range_that_is_told_is_the_one_that_holds(
    tmp_path: Path, key: str, limits: tuple[int, int]
) -> None:
    path = tmp_path / "settings.toml"
    for limit in limits:
        path.write_text(f"{key} = {limit}", encoding="utf-8")
        load(path)
    for value in (limits[0] - 0.01, limits[1] + 0.01, -1, 0, "1e309", "-inf", "nan", "'x'"):
        path.write_text(f"{key} = {value}", encoding="utf-8")
        assert f"key “{key}”: expected a number from {limits[0]} to {limits[1]}" in complaint(path)


def test_the_documented_settings_are_taken_and_name_the_ranges(tmp_path: Path) -> None:
    document = (Path(__file__).resolve().parents[2] / "docs" / "settings.md").read_text(encoding="utf-8")
    example = document.partition("```toml\n")[2].partition("```")[0]
    path = tmp_path / "settings.toml"
    path.write_text(example, encoding="utf-8")
    load(path)
    for key, (least, most) in (("timeout_s", TIMEOUT_S), ("max_mb", MAX_MB)):
        line = next(line for line in example.splitlines() if line.startswith(f"{key} = "))
        assert f"{least} to {most}" in line


def test_engines_are_those_that_there_are(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    for engine in SPEED_ENGINES:
        path.write_text(f"link.speed_engine = '{engine}'", encoding="utf-8")
        assert load(path).link.speed_engine == EngineChoice(engine).value
    assert {choice.value for choice in EngineChoice} == set(SPEED_ENGINES)
    path.write_text("link.speed_engine = 'fast'", encoding="utf-8")
    assert f"expected {', '.join(SPEED_ENGINES)}, found fast" in complaint(path)


def test_files_that_are_no_settings(tmp_path: Path) -> None:
    binary, large, pipe = tmp_path / "binary", tmp_path / "large", tmp_path / "pipe"
    binary.write_bytes(b"\xff\xfe\x00\x01")
    with large.open("wb") as file:
        file.truncate(LARGEST + 1)
    if not WINDOWS:
        make_pipe(pipe)
    for path, words in (
        (binary, "not a text file in UTF-8"),
        (large, "too large for a settings file"),
        *([] if WINDOWS else [(pipe, "not a settings file")]),
        (tmp_path, "not a settings file"),
        (tmp_path / "absent", "can't be read (no such file or folder)"),
    ):
        assert words in complaint(path)


def test_a_usual_file_that_is_there_and_may_not_be_read_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    path = settings_files.paths()[1]
    path.parent.mkdir(parents=True)
    path.write_text("language = 'en'", encoding="utf-8")
    path.chmod(0)
    done = without_roots_rights("list", "--lang", "en")
    assert done.stderr == f"amif-netcheck: {path}: can't be read (access is refused)\n"


def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text("", encoding="utf-8")
    path.chmod(0)
    done = without_roots_rights("list", "--lang", "en", "--config", str(path))
    assert done.stderr == f"amif-netcheck: {path}: can't be read (access is refused)\n"


def test_in_french_too(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text("langage = 'fr'", encoding="utf-8")
    assert "réglage inconnu «\u00a0langage\u00a0»\u202f; vouliez-vous dire" in complaint(path, FRENCH)
