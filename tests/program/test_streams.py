"""Standard streams that are closed, full, left, or that lack characters: nothing is lost silently."""

from __future__ import annotations

import errno
import io
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
from amif_netcheck.output import likeness, streams
from amif_netcheck.tui.symbols import Symbols
from tests.program.support import HARMLESS
from tests.systems import needs_posix, needs_windows

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
@needs_posix("a shell that closes streams, /dev/full")
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
        encoding="utf-8",
        check=False,
        timeout=60,
        env=environment,
    )
    if code is ExitCode.READY and arguments in {("--json",), ("demo", "--plain")}:
        assert done.returncode in {ExitCode.READY, ExitCode.LIMITED, ExitCode.UNDETERMINED}
    else:
        assert done.returncode == code
    assert done.stderr == complaint


@needs_posix("a shell that closes streams")
def test_a_closed_stdout_does_not_matter_where_a_file_takes_the_report(tmp_path: Path) -> None:
    """Nor does the log, or anything else that is opened, get into its place."""
    target = tmp_path / "report.json"
    command = f"exec {sys.executable} -m amif_netcheck --json {' '.join(HARMLESS)} -o {target} <&- >&- 2>&-"
    done = subprocess.run(["sh", "-c", command], check=False, timeout=60)
    assert json.loads(target.read_text(encoding="utf-8"))["schema_version"] == 1
    assert done.returncode in {ExitCode.READY, ExitCode.LIMITED, ExitCode.UNDETERMINED}


@pytest.mark.parametrize(
    "arguments", [("schema",), ("explain",), ("--version",), ("--help",), ("demo", "--plain")], ids=" ".join
)
def test_who_stops_reading_hears_no_complaint(arguments: tuple[str, ...]) -> None:
    """`| head -1`, and `| more` left by q."""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "amif_netcheck", *arguments],
            stdout=writer,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
        )
    finally:
        os.close(writer)
    assert (done.returncode, done.stderr) == (ExitCode.BROKEN_PIPE, b"")


def test_windows_says_einval_of_a_pipe_that_nobody_reads_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a file it means something else."""
    monkeypatch.setattr(sys, "platform", "win32")
    reader, writer = os.pipe()
    os.close(reader)
    for handle, left in ((writer, True), (os.open(__file__, os.O_RDONLY), False)):
        with open(handle, "rb") as stream:  # noqa: PTH123 - a handle
            monkeypatch.setattr(sys, "stdout", Refusing(stream.fileno()))
            with pytest.raises(streams.StdoutError) as error:
                streams.line("text")
            assert error.value.reader_left is left
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(sys, "stdout", Refusing(-1))
    with pytest.raises(streams.StdoutError) as error:
        streams.line("text")
    assert not error.value.reader_left


class Refusing(io.StringIO):
    """A stdout that takes nothing, with a file descriptor."""

    def __init__(self, handle: int) -> None:
        super().__init__()
        self._handle = handle

    def fileno(self) -> int:
        return self._handle

    def write(self, _text: str) -> int:
        raise OSError(errno.EINVAL, "Invalid argument")


@pytest.mark.parametrize(
    ("system", "wish", "console", "expected"),
    [
        ("win32", "", False, "utf-8"),
        ("win32", "", True, "cp850"),  # a console's is WriteConsoleW's, whatever it says
        ("win32", "cp850", False, "cp850"),
        ("linux", "", False, "cp850"),
        ("darwin", "", False, "cp850"),
    ],
)
def test_on_windows_what_goes_to_a_file_or_a_program_is_utf_8(
    system: str, wish: str, expected: str, monkeypatch: pytest.MonkeyPatch, *, console: bool
) -> None:
    """Also in French, where the code pages lack the narrow space before %."""
    made = [io.TextIOWrapper(io.BytesIO(), encoding="cp850") for _ in range(2)]
    for name, stream in zip(("stdout", "stderr"), made, strict=True):
        monkeypatch.setattr(stream, "isatty", lambda: console)
        monkeypatch.setattr(sys, name, stream)
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setenv("PYTHONIOENCODING", wish)
    streams.make_safe()
    assert [stream.encoding for stream in made] == [expected] * 2
    assert [stream.errors for stream in made] == [likeness.ERRORS] * 2


@needs_windows("elsewhere the locale decides")
def test_what_windows_redirects_is_utf_8(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTHONIOENCODING", raising=False)
    done = subprocess.run(
        [sys.executable, "-m", "amif_netcheck", "--lang", "fr", "demo", "everything-wrong", "--plain"],
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert "\u202f%" in done.stdout.decode("utf-8")


def shown(text: str, encoding: str) -> str:
    """What arrives on a stream of that encoding."""
    likeness.register()
    return text.encode(encoding, likeness.ERRORS).decode(encoding)


def every_text() -> set[str]:
    """All characters of our texts, in both languages, and of our drawings."""
    symbols = (Symbols.fine(), Symbols.plain())
    drawings = "".join(
        "".join((*each.marks.values(), each.full, each.empty, each.levels)) for each in symbols
    )
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
