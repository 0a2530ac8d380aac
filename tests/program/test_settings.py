"""Settings: layers, and every kind of bad file as one line that names file, key and what was expected."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from amif_netcheck import settings as settings_file
from amif_netcheck.advice.language import Language
from amif_netcheck.catalog.public_servers import DEFAULT_STUN
from amif_netcheck.errors import UsageError
from amif_netcheck.run.checklist import IDS
from amif_netcheck.settings import LARGEST, load
from tests.program.support import without_roots_rights

ENGLISH, FRENCH = Language("en"), Language("fr")


def test_without_any_file_there_are_defaults() -> None:
    assert load(None, ENGLISH).link.stun == DEFAULT_STUN


def test_the_persons_file_lies_over_the_machines_key_by_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine, person = tmp_path / "machine.toml", tmp_path / "person.toml"
    machine.write_text('language = "en"\ninclude_private = true\n[link]\nstun = ["stun.mairie.example"]\n')
    person.write_text('language = "fr"\n')
    monkeypatch.setattr(settings_file, "paths", lambda: (machine, person))
    loaded = load(None, ENGLISH)
    assert (loaded.language, loaded.include_private, loaded.link.stun) == (
        "fr",
        True,
        ("stun.mairie.example",),
    )


def test_a_file_on_the_command_line_stands_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    machine, explicit = tmp_path / "machine.toml", tmp_path / "explicit.toml"
    machine.write_text("nonsense = 1\n")
    explicit.write_text("timeout_s = 12\n")
    monkeypatch.setattr(settings_file, "paths", lambda: (machine,))
    assert load(explicit, ENGLISH).timeout_s == 12


def test_a_file_of_a_windows_editor_is_read(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_bytes(b'\xef\xbb\xbflanguage = "en"\r\n')
    assert load(path, ENGLISH).language == "en"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("langage = 'fr'", "unknown key “langage”; did you mean “language”?"),
        ("xyzzy = 1", "unknown key “xyzzy”; known keys: language, meeting"),
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
    path.write_text(content)
    with pytest.raises(UsageError) as complaint:
        load(path, ENGLISH)
    assert str(complaint.value).startswith(f"{path}: ")
    assert words in str(complaint.value)
    assert "\n" not in str(complaint.value)


def test_files_that_are_no_settings(tmp_path: Path) -> None:
    binary, large, pipe = tmp_path / "binary", tmp_path / "large", tmp_path / "pipe"
    binary.write_bytes(b"\xff\xfe\x00\x01")
    with large.open("wb") as file:
        file.truncate(LARGEST + 1)
    os.mkfifo(pipe)
    for path, words in (
        (binary, "not a text file in UTF-8"),
        (large, "too large for a settings file"),
        (pipe, "not a settings file"),
        (tmp_path, "not a settings file"),
        (tmp_path / "absent", "can't be read (no such file or folder)"),
    ):
        with pytest.raises(UsageError, match=words.replace("(", r"\(").replace(")", r"\)")):
            load(path, ENGLISH)


def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text("")
    path.chmod(0)
    done = without_roots_rights("list", "--lang", "en", "--config", str(path))
    assert done.stderr == f"amif-netcheck: {path}: can't be read (access is refused)\n"


def test_in_french_too(tmp_path: Path) -> None:
    path = tmp_path / "settings.toml"
    path.write_text("langage = 'fr'")
    with pytest.raises(UsageError, match="réglage inconnu «\u00a0langage\u00a0»\u202f; vouliez-vous dire"):
        load(path, FRENCH)
