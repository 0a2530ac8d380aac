"""`--meeting` with a link, a host or an invitation's file, and `--at`: what is planned, what is said, exit codes."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from amif_netcheck.advice.language import Language
from amif_netcheck.cli import plan as planning
from amif_netcheck.cli.grammar import parser
from amif_netcheck.errors import ExitCode, InputError
from amif_netcheck.meeting.appointment import UNKNOWN
from amif_netcheck.meeting.files import LARGEST_CALENDAR
from amif_netcheck.run.checklist import IDS
from amif_netcheck.run.plan import RunPlan
from amif_netcheck.settings import Settings
from tests.program.support import HARMLESS, without_roots_rights
from tests.systems import make_pipe

ENGLISH = Language("en")
SOON = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(hours=2)


def write(path: Path, start: datetime | None = None, *lines: str) -> Path:
    """An invitation to a meeting of an hour."""
    start = SOON if start is None else start
    end = start + timedelta(hours=1)
    body = (
        *("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//EN", "BEGIN:VEVENT", "UID:1"),
        *(f"DTSTART:{start:%Y%m%dT%H%M%SZ}", f"DTEND:{end:%Y%m%dT%H%M%SZ}", "SUMMARY:Très secret", *lines),
        *("END:VEVENT", "END:VCALENDAR", ""),
    )
    path.write_text("\r\n".join(body), encoding="utf-8")
    return path


def plan(*arguments: str, settings: Settings | None = None) -> RunPlan:
    options: argparse.Namespace = parser(ENGLISH, IDS).parse_args([*HARMLESS, *arguments])
    return planning.plan(options, settings or Settings(), ENGLISH)


def test_an_invitation_gives_the_host_the_times_and_the_title(tmp_path: Path) -> None:
    file = write(tmp_path / "Réunion du 1er.ICS", None, "LOCATION:https://visio.example:8443/abc")
    for name in (str(file), file.as_uri(), f" {file} "):
        made = plan("--meeting", name)
        assert (made.context.meeting, made.context.meeting_port) == ("visio.example", 8443)
        assert (made.appointment.starts, made.appointment.ends) == (SOON, SOON + timedelta(hours=1))
        assert made.appointment.title == "Très secret"
        here = SOON.astimezone()
        day = f"{here:%A} {here.day} {here:%B} {here.year}, {here:%H:%M} to {here + timedelta(hours=1):%H:%M}"
        assert made.notes == (f"Read in {file.name}: {day}; visio.example",)
    assert plan("--meeting", str(file)).again().appointment.title == "Très secret"


def test_a_link_a_host_and_nothing_load_no_calendar(tmp_path: Path) -> None:
    script = (
        "import sys; from amif_netcheck.cli.main import main;"
        f"main(['--json', '--meeting', 'https://visio.example/a', '--at', '10:00', *{HARMLESS!r}]);"
        "print('\\n', sorted({'icalendar', 'recurring_ical_events', 'dateutil'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, encoding="utf-8", check=True, timeout=60
    )
    assert done.stdout.endswith("\n []\n")
    assert (plan().appointment, plan().notes) == (UNKNOWN, ())
    assert plan("--meeting", "visio.example").appointment == UNKNOWN


WRAPPED = "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fvisio.example%3A8443%2Fa%3Fb%3Dc&data=05"


def test_a_link_that_a_mail_filter_has_wrapped_leads_to_the_meeting(tmp_path: Path) -> None:
    made = [
        plan("--meeting", f" {WRAPPED} "),
        plan(settings=Settings(meeting=WRAPPED)),
        plan("--meeting", str(write(tmp_path / "a.ics", None, f"URL:{WRAPPED}"))),
    ]
    assert {(each.context.meeting, each.context.meeting_port) for each in made} == {("visio.example", 8443)}


def test_one_link_with_many_parameters_does_not_spoil_an_invitation(tmp_path: Path) -> None:
    many = f"{WRAPPED}{'&a=b' * 60}"
    file = write(tmp_path / "a.ics", None, f"DESCRIPTION:{many} https://zoom.us/j/1")
    assert plan("--meeting", str(file)).context.meeting == "zoom.us"


def test_the_time_that_was_typed_beats_that_of_the_invitation(tmp_path: Path) -> None:
    file = write(tmp_path / "a.ics", None, "URL:https://visio.example/a")
    typed = (datetime.now().astimezone() + timedelta(minutes=90)).replace(second=0, microsecond=0)
    for meeting in (str(file), "visio.example"):
        made = plan("--meeting", meeting, "--at", f"{typed:%H:%M}")
        assert made.context.meeting == "visio.example"
        assert (made.appointment.starts, made.appointment.ends) == (typed, None)
    assert plan("--at", f"{typed:%H:%M}").appointment.starts == typed


def test_typed_beats_the_settings_and_a_file_without_a_link_goes_without_a_host(tmp_path: Path) -> None:
    usual = Settings(meeting="https://usual.example/")
    assert plan(settings=usual).context.meeting == "usual.example"
    made = plan("--meeting", str(write(tmp_path / "a.ics")), settings=usual)
    assert made.context.meeting == ""
    assert made.appointment.starts == SOON
    assert len(made.notes) == 2


@pytest.mark.parametrize("form", ["--json", "--plain"])
def test_what_the_invitation_says_is_in_no_report(
    run: Any, tmp_path: Path, own_home: Path, form: str
) -> None:
    file = write(tmp_path / "a.ics", None, "URL:https://visio.example/abc", "DESCRIPTION:Ordre du jour caché")
    for private in ((), ("--include-private",)):
        ran = run(form, *HARMLESS, *private, "--lang", "en", "--meeting", str(file))
        assert len(ran.err.splitlines()) == 1
        assert ran.err.startswith("amif-netcheck: Read in a.ics: ")
        for words in ("Très secret", "caché", "/abc", f"{SOON:%H:%M}:00", str(file)):
            assert words not in ran.out
    log = "".join(path.read_text(encoding="utf-8") for path in own_home.rglob("*.log"))
    assert "start" in log
    assert "secret" not in log


def test_that_the_meeting_has_begun_is_said(run: Any) -> None:
    began = datetime.now().astimezone() - timedelta(minutes=10)
    ran = run("--json", *HARMLESS, "--lang", "en", "--meeting", "visio.example", "--at", f"{began:%H:%M}")
    (line,) = ran.err.splitlines()
    assert line.startswith("amif-netcheck: Meeting: visio.example, began ")
    assert "began" not in ran.out


def test_that_there_is_no_link_is_said_once_and_stdout_stays_data(run: Any, tmp_path: Path) -> None:
    file = write(tmp_path / "a.ics")
    ran = run("--json", *HARMLESS, "--lang", "fr", "--meeting", str(file))
    assert json.loads(ran.out)["language"] == "fr"
    assert ran.err.count("\n") == 2
    assert "a.ics\u00a0: cette invitation n’a pas de lien" in ran.err


Make = Callable[[Path], object]
CASES: tuple[tuple[str, Make, str], ...] = (
    ("a.ics", lambda path: None, "can't be read (no such file or folder); check its name"),
    ("a.ics", lambda path: path.mkdir(), "no file in this folder speaks of a meeting"),
    ("a.ics", make_pipe, "not a file; give an invitation (.ics)"),
    (
        "a.ics",
        lambda path: path.write_text("See you there", encoding="utf-8"),
        "no invitation, and nothing in it says when or where",
    ),
    ("a.ics", lambda path: path.write_bytes(b"x" * (LARGEST_CALENDAR + 1)), "too large for an invitation"),
    ("a.ics", lambda path: write(path, SOON - timedelta(days=1)), "this meeting is over"),
    ("a.ics", lambda path: write(path, None, "STATUS:CANCELLED"), "this meeting was cancelled"),
    (
        "a.ics",
        lambda path: path.write_text("BEGIN:VCALENDAR\nEND:VCALENDAR\n", encoding="utf-8"),
        "no meeting with a time",
    ),
    (
        "mail.eml",
        lambda path: path.write_text("See you there", encoding="utf-8"),
        "no invitation, and nothing in it says when or where",
    ),
)


@pytest.mark.parametrize(("name", "make", "words"), CASES)
def test_a_bad_invitation_is_one_line_that_helps(
    run: Any, tmp_path: Path, name: str, make: Make, words: str
) -> None:
    file = tmp_path / name
    make(file)
    ran = run("--lang", "en", *HARMLESS, "--meeting", str(file))
    assert ran.code == ExitCode.USAGE
    assert words in ran.complaint()
    assert str(file) in ran.err


def test_a_file_that_we_may_not_read(tmp_path: Path) -> None:
    file = write(tmp_path / "a.ics")
    file.chmod(0)
    done = without_roots_rights("--lang", "en", *HARMLESS, "--meeting", str(file))
    assert done.returncode == ExitCode.USAGE
    assert "a.ics: can't be read (access is refused); check its name" in done.stderr


def test_a_host_is_never_shadowed_by_a_file(
    run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "visio.example", None, "URL:https://other.example/")
    assert plan("--meeting", "./visio.example").context.meeting == "other.example"
    assert plan("--meeting", "https://visio.example").context.meeting == "visio.example"
    ran = run("--lang", "en", *HARMLESS, "--meeting", "visio.example")
    assert ran.code == ExitCode.USAGE
    assert "write ./visio.example for the file, https://visio.example for the server" in ran.complaint()
    (tmp_path / "a.example").mkdir()
    assert plan("--meeting", "a.example").context.meeting == "a.example", "a folder is no invitation"
    assert plan("--meeting", "x" * 60 + ".example").context.meeting == "x" * 60 + ".example"
    with pytest.raises(InputError, match="no_meeting"):
        plan("--meeting", "x" * 5000)


@pytest.mark.parametrize(
    "address", ["https://agenda.example/private-1/basic.ICS?x=y", "webcal://agenda.example/1"]
)
def test_a_calendar_on_the_web_is_not_taken_for_a_meeting(run: Any, address: str) -> None:
    ran = run("--lang", "en", *HARMLESS, "--meeting", address)
    assert ran.code == ExitCode.USAGE
    assert "is a calendar on the web, which is not fetched; save it as a file" in ran.complaint()


@pytest.mark.parametrize("at", ["25:00", "soon", "10"])
def test_a_bad_time_is_one_line_that_helps(run: Any, at: str) -> None:
    ran = run("--lang", "en", *HARMLESS, "--at", at)
    assert ran.code == ExitCode.USAGE
    assert f"“{at}” is no time of the day; write it as 14:30" in ran.complaint()


def test_an_invitation_in_the_settings_is_refused(run: Any, tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text('meeting = "conseil.ics"\n', encoding="utf-8")
    ran = run("--lang", "en", *HARMLESS, "--config", str(file))
    assert ran.code == ExitCode.USAGE
    assert "“conseil.ics” is a file; here give the meeting’s link" in ran.complaint()


def test_a_meeting_of_every_second_since_1970_does_not_hold_the_program(tmp_path: Path) -> None:
    file = write(tmp_path / "a.ics", datetime(1970, 1, 1, tzinfo=UTC), "RRULE:FREQ=SECONDLY")
    done = subprocess.run(
        [sys.executable, "-m", "amif_netcheck", "--lang", "en", *HARMLESS, "--meeting", str(file)],
        capture_output=True, encoding="utf-8", check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode in {ExitCode.READY, ExitCode.LIMITED, ExitCode.UNDETERMINED}
    assert "a.ics: no link is in it" in done.stderr
