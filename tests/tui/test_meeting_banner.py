"""The meeting and the time left in the banner, with a clock of the test's own."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from amif_netcheck.advice.language import Language
from amif_netcheck.meeting.appointment import Appointment
from amif_netcheck.run.plan import RunPlan
from amif_netcheck.tui.app import NetcheckApp
from amif_netcheck.tui.session import Session
from amif_netcheck.tui.widgets.verdict import VerdictBanner
from tests.tui.scenes import Driven, driven, plan

pytestmark = pytest.mark.timeout(400)

TEN = datetime(2026, 12, 1, 10, tzinfo=UTC)


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = TEN - timedelta(minutes=12)

    def __call__(self) -> datetime:
        return self.now


def meeting(host: str = "visio.example.org", **appointment: object) -> RunPlan:
    made = plan()
    known: Appointment = Appointment(**{"starts": TEN, **appointment})  # type: ignore[arg-type]
    return replace(made, context=replace(made.context, meeting=host), appointment=known)


def top(it: Driven) -> str:
    return it.screen().splitlines()[0].strip()


async def test_the_time_left_goes_on_by_itself_without_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(VerdictBanner, "TELL_TIME_EVERY_S", 0.02)
    clock = Clock()
    async with driven(meeting(), now=clock) as it:
        await it.done()
        report = it.session.report
        assert top(it) == "Prêt pour la visioconférence ?  Réunion : visio.example.org, dans 12 min"
        for now, words in (
            (TEN - timedelta(minutes=1, seconds=30), "dans 2 min"),
            (TEN - timedelta(seconds=5), "dans 1 min"),
            (TEN, "commence maintenant"),
            (TEN + timedelta(minutes=3), "a commencé il y a 3 min"),
        ):
            clock.now = now
            await it.until(lambda words=words: top(it).endswith(f"Réunion : visio.example.org, {words}"))  # type: ignore[misc]
        assert it.session.report is report
        assert not it.session.running
        await it.press("l")
        assert top(it) == "Meeting: visio.example.org, began 3 min ago" or top(it).endswith(
            "videoconference?  Meeting: visio.example.org, began 3 min ago"
        )
        clock.now = TEN - timedelta(minutes=65)
        await it.until(lambda: top(it).endswith("Meeting: visio.example.org, in 1 h 05"))


@pytest.mark.parametrize(
    ("size", "language", "host", "title", "words"),
    [
        ((60, 20), "fr", "visio.example.org", "", "Réunion : visio.example.org, dans 12 min"),
        ((60, 20), "en", "visio.example.org", "", "Meeting: visio.example.org, in 12 min"),
        ((60, 20), "fr", "visio." + "long." * 20 + "example", "", "dans 12 min"),
        ((60, 20), "fr", "", "", "Prêt pour la visioconférence ?  Réunion : dans 12 min"),
        ((60, 20), "fr", "", "Bureau", "Réunion : Bureau, dans 12 min"),
        ((120, 40), "fr", "visio.example.org", "[bold]Bureau[/] \x1b[31m", "Réunion : [bold]Bureau[/] \\x1b[31m (visio.example.org), dans 12 min"),
        ((120, 40), "fr", "visio.example.org", "Bureau " * 11, "Prêt pour la visioconférence ?  Réunion : visio.example.org, dans 12 min"),
        ((60, 20), "fr", "", "会議" * 20, "会…, dans 12 min"),
        ((80, 24), "fr", "visio.example.org", "議事録と予算の会議" * 9, "Réunion : visio.example.org, dans 12 min"),
        ((80, 24), "en", "", "🎥 Réunion du conseil " * 4, "…, in 12 min"),
        ((60, 20), "fr", "", "\u4dc0\u4dc1☰☱👨‍👩‍👧" * 8, "…, dans 12 min"),
    ],
)  # fmt: skip
async def test_what_there_is_room_for(
    size: tuple[int, int], language: str, host: str, title: str, words: str
) -> None:
    async with driven(meeting(host, title=title), language, size, now=Clock()) as it:
        await it.done()
        assert top(it).endswith(words)
        assert top(it).startswith(("Réunion", "Meeting", "Prêt pour la visioconférence ?"))


async def test_a_wider_terminal_shows_more() -> None:
    async with driven(meeting(title="Bureau"), now=Clock(), size=(60, 20)) as it:
        await it.done()
        assert top(it) == "Réunion : visio.example.org, dans 12 min"
        await it.pilot.resize_terminal(120, 40)
        await it.until(lambda: "Bureau (visio.example.org), dans 12 min" in top(it))
        assert top(it).startswith("Prêt pour la visioconférence ?")


async def test_without_a_time_the_banner_is_as_ever_and_no_clock_runs() -> None:
    clock = Clock()
    async with driven(meeting(starts=None), now=clock) as it:
        await it.done()
        assert top(it) == "Prêt pour la visioconférence ?  Réunion : visio.example.org"


async def test_a_note_is_said_once() -> None:
    note = "a.ics : cette invitation n’a pas de lien [bold]"
    app = NetcheckApp(Session(replace(meeting(""), notes=(note,)), Language("fr"), now=Clock()))
    async with app.run_test(size=(60, 20), notifications=True) as pilot:
        it = Driven(app, pilot)
        await it.done()
        assert "n’a pas de lien [bold]" in " ".join(it.screen().split())
        assert "dans 12 min" in top(it), "nothing covers the time"
        await it.press("a")
        await it.done()
        assert len(app._notifications) == 1
