"""What a new user stumbled over: focus without a sign, keys that did nothing, a bar that went back, a log of others."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from amif_netcheck import __version__, demo, remembered
from amif_netcheck.advice.language import Language
from amif_netcheck.advice.scenarios import SCENARIOS
from amif_netcheck.model.events import CheckStarted, FactReady, Progress
from amif_netcheck.model.facts import Fact, Unavailable
from amif_netcheck.probes.context import Context
from amif_netcheck.remembered import Remembered
from amif_netcheck.tui.own_log import own_log
from amif_netcheck.tui.screens.checklist import ChecklistScreen, Rows
from amif_netcheck.tui.screens.detail import DetailScreen
from amif_netcheck.tui.session import Session, Stage
from amif_netcheck.tui.themes import CONTRAST, LIGHT, MONOCHROME
from amif_netcheck.tui.widgets.detail import Detail
from tests.builders import vpn
from tests.tui.scenes import GOOD, VPN_ON, driven, plan

pytestmark = pytest.mark.timeout(400)


@pytest.mark.parametrize("back", ["escape", "left"])
async def test_beside_the_list_the_focus_is_seen_and_comes_back(back: str) -> None:
    async with driven(plan(vpn=VPN_ON), size=(120, 40)) as it:
        await it.done()
        before = it.app.screen.query_one(Detail).styles.border_left
        await it.press("enter")
        assert it.app.screen.query_one(Detail).styles.border_left != before
        assert "Échap Retour" in it.screen()
        await it.press(back)
        assert it.app.screen.query_one(Rows).has_focus
        assert it.app.screen.query_one(Detail).styles.border_left == before
        assert "Échap Retour" not in it.screen()
        await it.press("up")
        assert isinstance(it.app.screen, ChecklistScreen)
        assert it.app.screen.selected_check == "traffic"


async def test_arrows_move_rows_again_when_the_window_gets_too_small_for_both() -> None:
    async with driven(plan(vpn=VPN_ON), size=(120, 40)) as it:
        await it.done()
        await it.press("enter")
        await it.pilot.resize_terminal(80, 24)
        await it.settled()
        await it.press("up")
        assert isinstance(it.app.screen, ChecklistScreen)
        assert it.app.screen.selected_check == "traffic"


async def test_experts_get_what_they_ask_for_from_the_list_as_well() -> None:
    async with driven(plan(vpn=VPN_ON)) as it:
        await it.done()
        await it.press("x")
        assert isinstance(it.app.screen, DetailScreen)
        await it.until(lambda: "vpn.carries_meeting (warning)" in it.screen())


async def test_after_a_key_it_is_said_when_it_was_checked_and_what_changed() -> None:
    answers = [VPN_ON, VPN_ON, vpn().vpn]

    def look(context: Context, until: float) -> Fact | Unavailable:
        return answers.pop(0)

    noon = datetime(2026, 12, 1, 12, 0, 7, tzinfo=UTC)
    async with driven(plan(vpn=look), now=lambda: noon) as it:
        await it.done()
        await it.press("enter")
        assert "12:00:07" not in it.screen()
        for words in ("Vérifié à 12:00:07 : Attention, comme avant", "Vérifié à 12:00:07 : Attention → OK"):
            await it.press("r")
            await it.until(lambda words=words: words in it.screen())  # type: ignore[misc]


def test_the_bar_never_goes_back_and_says_when_it_is_slow() -> None:
    session = Session(plan(), Language("fr"))
    session.begin(session.plan)
    fractions = []
    for fraction, left_s in ((0.1, 9.0), (0.8, 1.0), (0.5, 12.0), (0.6, 8.0), (0.9, 1.0)):
        session.take(Progress(fraction=fraction, left_s=left_s))
        fractions.append(session.fraction)
        assert session.slow is (len(fractions) > 2)
    assert fractions == sorted(fractions)
    session.begin(session.plan)
    assert not session.slow
    assert session.fraction == 0


def test_a_row_whose_facts_are_in_is_not_measured_any_more() -> None:
    session = Session(demo.plan("ready"), Language("fr"))
    session.begin(session.plan)
    for check in session.rows:
        session.take(CheckStarted(check=check))
    answer = GOOD["proximity"]
    assert not callable(answer)
    session.take(FactReady(path="facts.proximity", fact=answer))
    assert session.rows["proximity"].stage is Stage.HELD  # it is judged with the link
    assert session.rows["link"].stage is Stage.MEASURING


async def test_without_colour_the_worst_is_brightest_and_no_other_colours_are_offered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    greys = [str(getattr(MONOCHROME, name)) for name in ("error", "warning", "secondary", "success")]
    assert greys == sorted(greys, reverse=True)
    monkeypatch.setenv("NO_COLOR", "1")
    async with driven(plan(vpn=VPN_ON)) as it:
        await it.done()
        await it.press("t")
        assert it.app.theme == MONOCHROME.name
        assert len(it.app._notifications) == 1
        assert "t" not in {command.key for command in it.app.commands()}


def test_the_log_of_this_run_alone_and_no_texts_unasked(tmp_path: Path) -> None:
    log, own = tmp_path / "a.log", os.getpid()
    log.write_text(
        "2026-12-01 12:00:00,1 1 WARNING amif_netcheck.other: 192.0.2.1\n"
        f"2026-12-01 12:00:01,1 {own} INFO amif_netcheck.run.engine: 192.0.2.2\n"
        f"2026-12-01 12:00:02,1 {own} WARNING amif_netcheck.run.engine: probe of 192.0.2.3\n"
        "Traceback of 192.0.2.4\n",
        encoding="utf-8",
    )
    told = own_log(log, keep_texts=False).lines(Language("en"))
    assert told == ["This run: 2 lines, 1 of them a warning", "12:00:02 WARNING amif_netcheck.run.engine"]
    assert own_log(log, keep_texts=True).told == (
        "12:00:02 WARNING amif_netcheck.run.engine: probe of 192.0.2.3",
    )
    assert own_log(None, keep_texts=True).lines(Language("en")) == []
    assert own_log(tmp_path / "none", keep_texts=True).lines(Language("fr")) == []


async def test_what_is_saved_says_when_by_what_and_where() -> None:
    Path.home().mkdir(parents=True)
    async with driven(demo.plan("vpn", system="windows", speed=demo.AT_ONCE)) as it:
        await it.done()
        await it.press("f2", "s")
        report = it.session.report
        assert report is not None
        (saved,) = Path.home().glob("amif-netcheck-*.txt")
        first = saved.read_text(encoding="utf-8").splitlines()[0]
        day = report.generated_at[:16].replace("T", " ")
        assert first.startswith(f"amif-netcheck {__version__}, {day}, windows")


async def test_colours_and_language_are_remembered() -> None:
    async with driven(plan(), remember=remembered.keep) as it:
        await it.done()
        assert remembered.recall() == Remembered()
        await it.press("t")
        assert remembered.recall() == Remembered(colours="light")
        await it.press("l")
        assert remembered.recall() == Remembered(colours="light", language="en")
    async with driven(plan(), colours=remembered.recall().colours) as it:
        assert it.app.theme == LIGHT.name
    async with driven(plan(), colours="contrast") as it:
        assert it.app.theme == CONTRAST.name


@pytest.mark.parametrize(
    "content", ["", "[]", "{", '{"colours": "pink", "language": "tlh"}', '{"colours": 3}']
)
def test_what_is_no_memory_of_ours_is_none(content: str) -> None:
    remembered.keep(colours="light")
    (path,) = Path(os.environ["HOME"]).parent.rglob("app.json")
    path.write_text(content, encoding="utf-8")
    assert remembered.recall() == Remembered()


def test_where_nothing_can_be_written_it_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("amif_netcheck.output.files.write_atomically", full)
    remembered.keep(colours="light")
    assert remembered.recall() == Remembered()


@pytest.mark.parametrize(
    ("scenario", "language"), [("everything-wrong", "fr"), ("wifi-far", "en"), ("no-headset", "fr")]
)
async def test_quitting_is_on_the_smallest_screen_whatever_the_row(scenario: str, language: str) -> None:
    async with driven(demo.plan(scenario, system="windows", speed=demo.AT_ONCE), language, (60, 20)) as it:
        await it.done()
        quitting = "q Quitter" if language == "fr" else "q Quit"
        for place in range(len(it.session.rows)):
            it.app.screen.query_one(Rows).index = place
            await it.settled()
            assert it.screen().splitlines()[-1].rstrip().endswith(quitting), place
            await it.press("enter")
            assert it.screen().splitlines()[-1].rstrip().endswith(quitting), place
            await it.press("escape")


async def test_the_palette_tells_the_keys() -> None:
    async with driven(plan(vpn=VPN_ON)) as it:
        await it.done()
        await it.press("ctrl+p")
        for words in ("(r)", "(w)", "(F2)"):
            await it.until(lambda words=words: words in it.screen())  # type: ignore[misc]


@pytest.mark.parametrize("scenario", SCENARIOS)
async def test_a_demonstration_is_named_in_the_persons_language(scenario: str) -> None:
    async with driven(demo.plan(scenario, speed=demo.AT_ONCE), size=(120, 40)) as it:
        await it.done()
        first = it.screen().splitlines()[0]
        assert "Démonstration : " in first
        assert scenario not in first or scenario == "vpn"


async def test_the_desk_is_offered_where_something_is_wrong() -> None:
    async with driven(plan(vpn=VPN_ON), size=(80, 60)) as it:
        await it.done()
        await it.press("enter")
        assert "F2 : ce qu’il faut à votre service informatique" in it.screen()
        await it.press("n")
        assert "F2 : ce qu’il faut" not in it.screen()


def test_the_file_is_json_that_its_owner_can_read() -> None:
    remembered.keep(colours="contrast", language="fr")
    (path,) = Path(os.environ["HOME"]).parent.rglob("app.json")
    assert json.loads(path.read_text(encoding="utf-8")) == {"colours": "contrast", "language": "fr"}
