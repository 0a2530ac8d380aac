"""The ordered list by the time that is left; and the meeting's link, typed or pasted in the app."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from textual.events import Paste

from amif_netcheck import demo
from amif_netcheck.advice import sound_test, unknown
from amif_netcheck.advice.language import Language
from amif_netcheck.advice.lookup import WORDS, say
from amif_netcheck.advice.words import AGAIN
from amif_netcheck.catalog.meeting_services import MeetingService
from amif_netcheck.cli import plan as planning
from amif_netcheck.errors import InputError
from amif_netcheck.meeting import selection
from amif_netcheck.meeting.appointment import Appointment
from amif_netcheck.meeting.telephones import DialIn
from amif_netcheck.model.choices import SYSTEMS
from amif_netcheck.model.finding import Finding, Severity
from amif_netcheck.run.plan import RunPlan
from amif_netcheck.settings import Settings
from amif_netcheck.tui.screens.agenda import AgendaScreen
from amif_netcheck.tui.screens.checklist import ChecklistScreen
from amif_netcheck.tui.screens.meeting import LinkInput, MeetingScreen
from amif_netcheck.tui.session import Session
from amif_netcheck.tui.steps import taken_here
from tests.tui.scenes import VPN_ON, driven, plan

pytestmark = pytest.mark.timeout(400)

NOW = datetime(2026, 12, 1, 10, tzinfo=UTC)
LINK = "https://visio.example.org/salle?x=1"
for_meeting = partial(planning.for_meeting, Settings())


def invited(minutes: int) -> RunPlan:
    phones = (DialIn(number="+33 1 23 45 67 89", code="1234#"),)
    starts = NOW + timedelta(minutes=minutes)
    return replace(
        demo.plan("everything-wrong", system="windows", speed=demo.AT_ONCE),
        appointment=Appointment(starts=starts, phones=phones),
    )


def headings(shown: str) -> list[str]:
    names = ("D’abord", "Ensuite", "Si vous avez le temps", "Après la réunion", "Si cela ne peut pas")
    return [name for line in shown.splitlines() for name in names if line.strip().startswith(name)]


@pytest.mark.parametrize("minutes", [120, 3])
async def test_the_list_is_in_order_and_what_does_not_fit_waits(minutes: int) -> None:
    async with driven(invited(minutes), size=(100, 100), now=lambda: NOW) as it:
        await it.done()
        await it.press("o")
        assert isinstance(it.app.screen, AgendaScreen)
        shown = it.screen()
        assert shown.splitlines()[0].strip().startswith("Que faire, dans l’ordre (réunion : dans ")
        found = headings(shown)
        assert found[:2] == ["D’abord", "Ensuite"]
        late = minutes == 3
        assert ("Après la réunion" in found) is late
        assert (found[-1] == "Si cela ne peut pas") is late
        assert ("+33 1 23 45 67 89" in shown) is late
        numbers = [line.split(".")[0].strip() for line in shown.splitlines() if " min)" in line]
        assert len(numbers) >= 5
        await it.press("o")
        assert isinstance(it.app.screen, ChecklistScreen)


async def test_where_all_is_well_there_is_nothing_to_do() -> None:
    async with driven(plan()) as it:
        await it.done()
        await it.press("o")
        assert "Rien à faire" in it.screen()


async def test_before_the_run_has_ended_the_list_says_so() -> None:
    async with driven(demo.plan("vpn", speed=0.01)) as it:
        await it.until(lambda: it.session.running)
        await it.press("o")
        assert "à la fin de la vérification" in it.screen()


@pytest.mark.parametrize(
    ("pasted", "link"),
    [
        (LINK, LINK),
        (f"  {LINK}\n", LINK),
        (f"Bonjour,\nvoici le lien : <{LINK}>.\nÀ demain", LINK),
        ("visio.example.org\n", "visio.example.org"),
        (
            "Le site : https://www.example.org/agenda\nLa réunion : https://meet.jit.si/Bureau\n",
            "https://meet.jit.si/Bureau",
        ),
        ("\n\nSalle du conseil\nà dix heures", "Salle du conseil"),
        ("x" * 5000, "x" * 2000),
    ],
)
async def test_the_link_is_found_in_what_was_pasted(pasted: str, link: str) -> None:
    async with driven(plan(), read_meeting=for_meeting, find_link=planning.link_in) as it:
        await it.done()
        await it.press("v")
        it.app.screen.query_one(LinkInput).post_message(Paste(pasted))
        await it.until(lambda: it.app.screen.query_one(LinkInput).value == link)


INVITATIONS = Path("tests/data/invitations")


def written_about(file: Path) -> str:
    """What the calendar's text says, as a mail that somebody forwards."""
    unfolded = re.sub(r"\r?\n[ \t]", "", file.read_text(encoding="utf-8"))
    texts = re.findall(r"^(?:DESCRIPTION|LOCATION)[^:]*:(.*)$", unfolded, re.MULTILINE)
    plain = "\n".join(texts).replace("\\n", "\n").replace("\\,", ",").replace("\\;", ";")
    return f"Bonjour,\n\nPlus d'informations : https://www.amif.example/agenda\n{plain}\nÀ demain"


@pytest.mark.parametrize("file", sorted(INVITATIONS.glob("*.ics")), ids=lambda file: file.stem)
@pytest.mark.parametrize("year", ["2026", "1999"])
@pytest.mark.parametrize("line_end", ["\n", "\r"])
def test_a_pasted_invitation_leads_to_its_meeting(file: Path, year: str, line_end: str) -> None:
    calendar = file.read_text(encoding="utf-8").replace("2026", year)
    expected = selection.select(str(file), "", None, NOW.replace(hour=8)).host
    for text in (calendar, written_about(file)) if file.stem in {"teams", "zoom", "google"} else (calendar,):
        pasted = line_end.join(text.splitlines())
        made = for_meeting(plan(), pasted, Language("fr"))
        assert made.context.meeting == expected, text
        assert planning.link_in(pasted)


async def test_a_pasted_mail_tells_the_meetings_time_too() -> None:
    starts = datetime.now().astimezone() + timedelta(days=2)
    mail = f"Bonjour,\nla réunion aura lieu le {starts:%d/%m/%Y} à 14h30 : {LINK}\nOrdre du jour : https://visio.example.org/ordre\n"
    async with driven(plan(), read_meeting=for_meeting, find_link=planning.link_in) as it:
        await it.done()
        await it.press("v")
        it.app.screen.query_one(LinkInput).post_message(Paste(mail))
        await it.until(lambda: it.app.screen.query_one(LinkInput).value == LINK)
        await it.press("enter")
        await it.until(lambda: "visio.example.org, dans 2 jours" in it.screen())
        await it.press("enter")
        await it.until(lambda: it.session.plan.appointment.starts is not None)
        told = it.session.plan.appointment.starts
        assert told is not None
        assert (told.date(), told.hour, told.minute) == (starts.date(), 14, 30)


async def test_what_is_changed_after_pasting_is_what_counts() -> None:
    async with driven(plan(), read_meeting=for_meeting, find_link=planning.link_in) as it:
        await it.done()
        await it.press("v")
        it.app.screen.query_one(LinkInput).post_message(Paste(f"Bonjour\n{LINK}\n"))
        await it.until(lambda: it.app.screen.query_one(LinkInput).value == LINK)
        await it.press("2")
        assert it.app.screen.query_one(LinkInput).meant == f"{LINK}2"


async def test_a_typed_link_is_shown_as_understood_and_used_on_a_second_enter() -> None:
    async with driven(plan(vpn=VPN_ON), read_meeting=for_meeting) as it:
        await it.done()
        assert "v : donner le lien de la réunion" in it.screen()
        before = it.session.report
        await it.press("v", *"visio.example.org/q", "enter")
        assert isinstance(it.app.screen, MeetingScreen)
        await it.until(lambda: "Réunion : visio.example.org" in it.screen())
        assert it.session.plan.context.meeting == ""
        assert it.session.report is before
        await it.press("enter")
        await it.until(lambda: it.session.report is not before and not it.session.running)
        await it.settled()
        assert isinstance(it.app.screen, ChecklistScreen)
        assert it.session.plan.context.meeting == "visio.example.org"
        assert "Réunion : visio.example.org" in it.screen().splitlines()[0]


async def test_what_is_no_meeting_is_said_and_nothing_is_used() -> None:
    async with driven(plan(), read_meeting=for_meeting) as it:
        await it.done()
        await it.press("v", *"a b", "enter")
        await it.until(lambda: "« a b » n’est pas" in it.screen() or "« a b »" in it.screen())
        await it.press("escape")
        assert isinstance(it.app.screen, ChecklistScreen)
        assert it.session.plan.context.meeting == ""


async def test_the_clipboard_is_read_when_asked_for_and_never_before() -> None:
    reads: list[int] = []

    def read() -> str:
        reads.append(1)
        return f"Le lien : {LINK}"

    async with driven(
        plan(), read_meeting=for_meeting, find_link=planning.link_in, read_clipboard=read
    ) as it:
        await it.done()
        await it.press("v")
        assert not reads
        await it.pilot.press("ctrl+v")
        await it.until(lambda: it.app.screen.query_one(LinkInput).value == LINK)
        assert len(reads) == 1


async def test_a_clipboard_that_can_not_be_read_is_said_calmly() -> None:
    def read() -> str:
        raise OSError

    async with driven(
        plan(), read_meeting=for_meeting, find_link=planning.link_in, read_clipboard=read
    ) as it:
        await it.done()
        await it.press("v")
        await it.pilot.press("ctrl+v")
        await it.until(lambda: "presse-papiers" in it.screen())


async def test_the_terminals_own_paste_is_taken_too() -> None:
    async with driven(plan(), read_meeting=for_meeting, find_link=planning.link_in) as it:
        await it.done()
        await it.press("v")
        it.app.screen.query_one(LinkInput).post_message(Paste(f"Bonjour\n{LINK}\n"))
        await it.until(lambda: it.app.screen.query_one(LinkInput).value == LINK)


async def test_a_recorded_computer_takes_no_meeting() -> None:
    async with driven(demo.plan("ready", speed=demo.AT_ONCE)) as it:
        await it.done()
        await it.press("v")
        assert isinstance(it.app.screen, ChecklistScreen)
        assert len(it.app._notifications) == 1


@pytest.mark.parametrize("language", ["fr", "en"])
def test_in_the_app_a_step_names_the_key_and_not_a_command(language: str) -> None:
    step = Language(language).text(
        "Run this check again with your meeting's link: amif-netcheck --meeting LINK."
    )
    session = Session(plan(), Language(language), read_meeting=for_meeting)
    assert " v " in taken_here(step, session)
    assert "--meeting" not in taken_here(step, session)
    recorded = Session(plan(), Language(language))
    assert taken_here(step, recorded) == taken_here(step, session)


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("system", SYSTEMS)
def test_no_step_in_the_app_is_a_command_to_type(system: str, language: str) -> None:
    spoken = Language(language)
    session = Session(plan(), spoken, read_meeting=for_meeting)
    again = {spoken.text(AGAIN), spoken.text(sound_test.AGAIN), spoken.text(unknown.AGAIN)}
    for name in WORDS:
        code, _, variant = name.partition("/")
        finding = Finding(code=code, severity=Severity.WARNING, variant=variant)
        for step in say(finding, spoken, system).steps:
            here = taken_here(step, session)
            assert "amif-netcheck" not in here, name
            assert here not in again, name
    plug = spoken.text("Check its plug, then do the sound test: amif-netcheck --sound-test.")
    assert re.search(r"\bm\b", taken_here(plug, session))
    assert re.search(r"\br\b", taken_here(spoken.text(AGAIN), session))


def test_how_the_desk_is_reached_stays_behind_the_key() -> None:
    session = Session(plan(), Language("en"))
    step = Language("en").text(unknown.AGAIN) + " To reach it: 01 23 45."
    assert taken_here(step, session).startswith("Press r ")
    assert taken_here(step, session).endswith(" To reach it: 01 23 45.")


def test_the_time_that_was_known_stays_where_a_link_has_none() -> None:
    known = replace(plan(), appointment=Appointment(starts=NOW, title="Bureau"))
    changed = for_meeting(known, LINK, Language("fr"))
    assert changed.appointment == Appointment(starts=NOW)
    assert changed.context.meeting == "visio.example.org"
    with pytest.raises(InputError):
        for_meeting(known, "a b", Language("fr"))


def test_the_meeting_that_was_typed_is_checked_as_its_service_has_it() -> None:
    desk = MeetingService(title="Visio de la mairie", hosts=("visio.example.org",), like="jitsi")
    changed = planning.for_meeting(Settings(profile={"mairie": desk}), plan(), LINK, Language("fr"))
    assert changed.context.service_name == "mairie"
    assert changed.context.service is not None
    assert changed.context.service.ladder
    changed = for_meeting(changed, "https://meet.jit.si/salle", Language("fr"))
    assert changed.context.service_name == "jitsi"


def test_a_host_that_imitates_the_desks_own_is_told() -> None:
    desk = MeetingService(hosts=("visio.mairie-exemple.fr",))
    settings = Settings(profile={"mairie": desk})

    def notes(link: str) -> int:
        return len(planning.for_meeting(settings, plan(), link, Language("fr")).notes)

    assert notes("https://visio.mairie-exemple.fr/salle") == 0
    assert notes("https://autre.exemple.org/salle") == 0
    assert notes("https://visio.mairie-exernple.fr/salle") == 1
    assert notes("https://visio.mairie-exempIe.fr/salle") == 1


def test_an_invitations_file_will_do(tmp_path: Path) -> None:
    file = tmp_path / "a.ics"
    starts = (datetime.now(UTC) + timedelta(hours=2)).strftime("%Y%m%dT%H%M%SZ")
    lines = ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", "BEGIN:VEVENT", "UID:1", f"DTSTAMP:{starts}")
    more = (f"DTSTART:{starts}", "SUMMARY:Bureau", f"LOCATION:{LINK}", "END:VEVENT", "END:VCALENDAR", "")
    file.write_text("\r\n".join((*lines, *more)), encoding="utf-8")
    changed = for_meeting(plan(), str(file), Language("fr"))
    assert changed.context.meeting == "visio.example.org"
    assert changed.appointment.starts is not None
    assert any("a.ics" in note for note in changed.notes)
