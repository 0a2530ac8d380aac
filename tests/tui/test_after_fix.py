"""After a fix: what came of it is told, and its row is checked again, and watched until it has turned."""

from __future__ import annotations

import pytest
from msgspec import structs

from amif_netcheck.model.fix import FixOutcome
from amif_netcheck.model.report import Status, Verdict
from amif_netcheck.tui.app import NetcheckApp
from amif_netcheck.tui.screens.checklist import ChecklistScreen
from amif_netcheck.tui.screens.fix import FixScreen
from tests.tui.fix_scenes import ONE, House, opened
from tests.tui.scenes import driven

pytestmark = pytest.mark.timeout(400)


@pytest.fixture(autouse=True)
def _read_quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FixScreen, "READ_S", 0.01)


@pytest.mark.parametrize(
    ("outcome", "words", "steps"),
    [
        (FixOutcome.REFUSED, "Cet ordinateur ne le permet pas", True),
        (FixOutcome.FAILED, "Cela n’a pas marché", True),
        (FixOutcome.UNFINISHED, "n’a pas confirmé que c’était fait", True),
        (FixOutcome.GONE, "Ce n’est plus là", False),
    ],
)
async def test_what_did_not_work_is_said_with_what_to_do(
    outcome: FixOutcome, words: str, *, steps: bool
) -> None:
    house = House(ONE, outcome=outcome)
    async with driven(house.plan()) as it:
        await opened(it)
        before = it.session.report
        await it.pilot.press("o")
        await it.until(lambda: words in it.screen())
        await it.until(lambda: it.session.report is not before and not it.session.running)
        await it.settled()
        assert ("1. " in it.screen()) is steps
        assert "! Attention" in it.screen()
        assert "C’est fait" not in it.screen()


@pytest.mark.parametrize("outcome", [FixOutcome.DONE, FixOutcome.FAILED])
async def test_a_page_that_is_left_while_it_works_still_has_the_row_checked_again(
    outcome: FixOutcome,
) -> None:
    house = House(ONE, outcome=outcome)
    house.let_do.clear()
    async with driven(house.plan(), size=(120, 40)) as it:
        await opened(it)
        before = it.session.report
        await it.press("o", "escape")
        assert isinstance(it.app.screen, ChecklistScreen)
        await it.press("f")  # one at a time
        assert isinstance(it.app.screen, ChecklistScreen)
        house.let_do.set()
        await it.until(lambda: it.session.report is not before and not it.session.running)
        told = "C’est fait" if outcome is FixOutcome.DONE else "cela n’a pas marché"
        said = [each.message for each in it.app._notifications]
        assert "Un instant" in said[0]  # why a second one is not opened
        assert [told in each for each in said[1:]] == [True]  # though its page is gone
        assert it.session.report is not None
        assert (it.session.report.verdict is Verdict.READY) is (outcome is FixOutcome.DONE)
        assert house.done == [ONE]


async def test_the_check_after_a_fix_waits_for_a_run_that_goes_on() -> None:
    house = House(ONE)
    house.let_do.clear()
    async with driven(house.plan()) as it:
        await opened(it)
        await it.press("o", "escape")
        house.let_look_at_vpn.clear()
        house.looking_at_vpn.clear()
        await it.pilot.press("a")
        await it.until(house.looking_at_vpn.is_set)
        house.let_do.set()  # what the run sees of the VPN is older
        await it.until(lambda: it.session.fixing is None)
        house.let_look_at_vpn.set()
        await it.until(lambda: it.session.report is not None and it.session.report.verdict is Verdict.READY)


async def test_a_question_does_not_outlive_what_it_is_about(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(NetcheckApp, "WATCH_EVERY_S", 0.02)
    house = House(ONE)
    async with driven(house.plan()) as it:
        await it.done()
        await it.pilot.press("w")
        await it.until(lambda: it.session.watching == "vpn")
        await opened(it)
        house.vpn_on = False
        await it.until(lambda: "Ce n’est plus nécessaire" in it.screen() and "✓ OK" in it.screen())
        await it.press("o", "enter")
        assert not house.done


async def test_watching_goes_on_while_the_line_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(NetcheckApp, "WATCH_EVERY_S", 0.02)
    house = House(ONE)
    async with driven(house.plan()) as it:
        await it.done()
        await it.pilot.press("w")
        await it.until(lambda: it.session.watching == "vpn")
        house.line_is_gone = True
        await it.until(lambda: it.session.rows["vpn"].result.status is Status.UNKNOWN)  # type: ignore[union-attr]
        house.looking_at_vpn.clear()
        await it.until(house.looking_at_vpn.is_set)
        assert it.session.watching == "vpn"
        house.line_is_gone, house.vpn_on = False, False
        await it.until(lambda: "✓ OK" in it.screen() and not it.session.watching)


async def test_a_row_that_stays_untold_is_not_watched_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(NetcheckApp, "WATCH_EVERY_S", 0.02)
    monkeypatch.setattr(NetcheckApp, "WATCH_UNKNOWN_S", 0.1)
    house = House(ONE)
    async with driven(house.plan()) as it:
        await it.done()
        await it.pilot.press("w")
        house.line_is_gone = True
        await it.until(lambda: it.session.rows["vpn"].result.status is Status.UNKNOWN)  # type: ignore[union-attr]
        await it.until(lambda: not it.session.watching)


async def test_what_was_looked_at_before_a_fix_does_not_undo_what_came_after(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(NetcheckApp, "WATCH_EVERY_S", 0.02)
    house = House(ONE)
    async with driven(house.plan()) as it:
        await it.done()
        await it.pilot.press("w")
        await it.until(lambda: it.session.watching == "vpn")
        old, fresh = it.session.report, it.session.report
        assert old is not None
        assert fresh is not None
        newer = structs.replace(fresh, duration_s=1.0)
        it.session.report = newer
        it.session.renew(old, old)
        assert it.session.report is newer


async def test_what_takes_effect_later_is_watched_until_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(NetcheckApp, "WATCH_EVERY_S", 0.02)
    house = House(ONE, outcome=FixOutcome.UNFINISHED)
    async with driven(house.plan()) as it:
        await opened(it)
        await it.pilot.press("o")
        await it.until(lambda: "Cette ligne est surveillée" in it.screen())
        assert it.session.watching == "vpn"
        house.vpn_on = False
        await it.until(lambda: not it.session.watching)
        await it.until(lambda: "✓ OK" in it.screen())
        assert "Cette ligne est surveillée" not in it.screen()


async def test_what_came_later_is_told_as_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(NetcheckApp, "WATCH_EVERY_S", 0.02)
    house = House(ONE, outcome=FixOutcome.UNFINISHED)
    async with driven(house.plan()) as it:
        await opened(it)
        await it.pilot.press("o")
        await it.until(lambda: "n’a pas confirmé" in it.screen() and it.session.watching == "vpn")
        house.vpn_on = False
        await it.until(lambda: "C’est fait" in it.screen())
        assert "1. " not in it.screen()


@pytest.mark.parametrize("outcome", [FixOutcome.REFUSED, FixOutcome.FAILED])
async def test_nothing_is_watched_where_nothing_is_going_to_happen(outcome: FixOutcome) -> None:
    house = House(ONE, outcome=outcome)
    async with driven(house.plan()) as it:
        await opened(it)
        before = it.session.report
        await it.pilot.press("o")
        await it.until(lambda: it.session.report is not before and not it.session.running)
        await it.settled()
        assert not it.session.watching
