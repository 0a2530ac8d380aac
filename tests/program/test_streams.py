"""Standard streams that are closed, full, left, or that lack characters: nothing is lost silently."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tools import update_catalogs

from amif_netcheck.advice.language import LANGUAGES, Language
from amif_netcheck.errors import ExitCode
from amif_netcheck.output import likeness
from amif_netcheck.tui.symbols import Symbols
from tests.program.support import HARMLESS

ENCODINGS = ("ascii", "iso-8859-1", "cp1252", "cp850", "cp437", "iso-8859-15")
CLOSED = "amif-netcheck: the result can't be printed (the output is closed)\n"
FULL = "amif-netcheck: the result can't be printed (the disk is full)\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ("list",),
        ("explain",),
        ("schema",),
        ("--help",),
        ("list", "--help"),
        ("--version",),
        ("--json",),
        ("demo", "--plain"),
    ],
    ids=" ".join,
)
@pytest.mark.parametrize(
    ("redirection", "code", "complaint"),
    [
        (">/dev/full", ExitCode.USAGE, FULL),
        (">&-", ExitCode.USAGE, CLOSED),
        ("<&- >&-", ExitCode.USAGE, CLOSED),
        (">&- 2>&-", ExitCode.USAGE, ""),
        ("2>&- >/dev/null", ExitCode.READY, ""),
        ("2>/dev/full >/dev/null", ExitCode.READY, ""),
    ],
)
def test_streams_that_take_nothing(
    arguments: tuple[str, ...], redirection: str, code: ExitCode, complaint: str
) -> None:
    harmless = HARMLESS if arguments == ("--json",) else ()
    command = " ".join((sys.executable, "-m amif_netcheck --lang en", *harmless, *arguments, redirection))
    if arguments == ("--version",):
        command = command.replace("--lang en ", "")
    environment = {**os.environ, "LANG": "en_GB.UTF-8"}
    done = subprocess.run(
        ["sh", "-c", f"exec {command}"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env=environment,
    )
    if code is ExitCode.READY and arguments in {("--json",), ("demo", "--plain")}:
        assert done.returncode in {ExitCode.READY, ExitCode.LIMITED, ExitCode.UNDETERMINED}
    else:
        assert done.returncode == code
    assert done.stderr == complaint


def test_a_closed_stdout_does_not_matter_where_a_file_takes_the_report(tmp_path: Path) -> None:
    """Nor does the log, or anything else that is opened, get into its place."""
    target = tmp_path / "report.json"
    command = f"exec {sys.executable} -m amif_netcheck --json {' '.join(HARMLESS)} -o {target} <&- >&- 2>&-"
    done = subprocess.run(["sh", "-c", command], check=False, timeout=60)
    assert json.loads(target.read_text())["schema_version"] == 1
    assert done.returncode in {ExitCode.READY, ExitCode.LIMITED, ExitCode.UNDETERMINED}


def test_who_stops_reading_hears_no_complaint() -> None:
    command = f"{sys.executable} -m amif_netcheck schema | head -1"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False, timeout=30)
    assert (done.stdout, done.stderr) == ("{\n", "")


def shown(text: str, encoding: str) -> str:
    """What arrives on a stream of that encoding."""
    likeness.register()
    return text.encode(encoding, likeness.ERRORS).decode(encoding)


def every_text() -> set[str]:
    """All characters of our texts, in both languages, and of our drawings."""
    symbols = (Symbols.fine(), Symbols.plain())
    drawings = "".join("".join((*each.of.values(), each.full, each.empty, each.levels)) for each in symbols)
    forms: list[str] = []
    for message in update_catalogs.read("fr"):
        for text in (message.id, message.string):
            forms += [text] if isinstance(text, str) else list(text or ())
    return {
        *"".join(forms),
        *drawings,
        *Language("fr").quantity(1234.5, "pct"),
        *"€…½²œŒÆæàéïôûçÀÉ«»“”‘’–—→←",
    }


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_every_character_of_ours_has_a_likeness_in_every_encoding(encoding: str) -> None:
    for character in every_text():
        plain = shown(character, encoding)
        assert plain, hex(ord(character))
        assert "\\" not in plain, hex(ord(character))
        assert "?" not in plain or character == "?", hex(ord(character))


@given(st.text(st.characters(exclude_categories=["Cs"])), st.sampled_from(ENCODINGS))
def test_what_an_encoding_has_stays_and_nothing_becomes_a_question_mark(text: str, encoding: str) -> None:
    plain = shown(text, encoding)
    assert plain.count("?") == text.count("?") + sum(
        "?" in likeness.plain(each) for each in text if each != "?"
    )
    for character in text:
        try:
            character.encode(encoding)
        except UnicodeEncodeError:
            continue
        assert character in plain


@pytest.mark.parametrize(
    ("encoding", "text", "plain"),
    [
        ("ascii", "l’égalité : 12\u202f% – « œuf »\u2026", 'l\'egalite : 12 % - " oeuf "...'),
        ("iso-8859-1", "l’égalité : 12\u202f% – « œuf »\u2026", "l'égalité : 12 % - « oeuf »..."),
        ("cp1252", "l’égalité : 12\u202f% – « œuf »\u2026 →", "l’égalité : 12 % – « œuf »… ->"),
        ("cp437", "━━─ █▁ ✓ ✗", "==─ █. v x"),
        ("ascii", "Réseau 漢字 😀", r"Reseau \u6f22\u5b57 \U0001f600"),
    ],
)
def test_the_likeness_reads_as_the_original(encoding: str, text: str, plain: str) -> None:
    assert shown(text, encoding) == plain


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "arguments",
    [("demo", "everything-wrong", "--plain"), ("--help",), ("list",), ("--nonsense",)],
    ids=" ".join,
)
def test_texts_arrive_in_the_streams_own_encoding(
    arguments: tuple[str, ...], language: str, encoding: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "amif_netcheck", "--lang", language, *arguments],
        capture_output=True,
        check=False,
        timeout=60,
        env={**os.environ, "PYTHONIOENCODING": encoding},
    )
    text = (done.stdout + done.stderr).decode(encoding)
    whole = subprocess.run(
        [sys.executable, "-m", "amif_netcheck", "--lang", language, *arguments],
        capture_output=True,
        check=False,
        timeout=60,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )
    assert text == shown((whole.stdout + whole.stderr).decode(), encoding)
    assert "\\u" not in text


def test_a_saved_report_is_drawn_in_the_streams_encoding_and_json_is_always_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    subprocess.run(
        [sys.executable, "-m", "amif_netcheck", "demo", "vpn", "--json", "-o", path], check=False, timeout=60
    )
    for form, encoding in (("--plain", "iso-8859-1"), ("--json", "utf-8")):
        done = subprocess.run(
            [sys.executable, "-m", "amif_netcheck", "--lang", "fr", "replay", form, path],
            capture_output=True,
            check=False,
            timeout=60,
            env={**os.environ, "PYTHONIOENCODING": "iso-8859-1"},
        )
        assert "réunion" in done.stdout.decode(encoding)
