"""All rows stand in a window of usual and of small size, with the footer below: nobody has to scroll to learn what is wrong."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import product

import pytest
from msgspec import structs
from rich.cells import cell_len

from amif_netcheck import demo
from amif_netcheck.advice.scenarios import SCENARIOS
from amif_netcheck.advice.verdicts import STATUS_WORDS
from amif_netcheck.model.report import Status
from amif_netcheck.run.checklist import IDS
from amif_netcheck.tui.screens.checklist import Rows
from amif_netcheck.tui.session import Rechecked
from amif_netcheck.tui.widgets.peek import Peek
from amif_netcheck.tui.widgets.text import PlainText
from amif_netcheck.tui.widgets.tip_row import TipRow
from tests.tui.scenes import PLAIN_SPACES, SIZES, driven

pytestmark = pytest.mark.timeout(400)


@pytest.mark.parametrize("scenario", ["everything-wrong", "no-network", "ready"])
async def test_every_row_is_seen_with_what_was_found(scenario: str) -> None:
    async with driven(demo.plan(scenario, system="windows", speed=demo.AT_ONCE)) as it:
        await it.done()
        for language in ("fr", "en"):
            for name in ("80x24", "60x20", "80x24"):
                await it.pilot.resize_terminal(*SIZES[name])
                await it.settled()
                rows, place = list(it.app.screen.query(TipRow)), it.app.screen.query_one(Rows).region
                assert [row.check for row in rows] == list(IDS)
                assert all(place.contains_region(row.region) for row in rows), (name, language)
                assert it.screen().rstrip("\n").splitlines()[-1].split()[0] in {"Entrée", "Enter"}
                assert all(row.query_one(".headline").region.width > 20 for row in rows)
            await it.press("l")


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("scenario", SCENARIOS)
async def test_no_headline_is_cut_from_80_columns_on(scenario: str, language: str) -> None:
    async with driven(demo.plan(scenario, system="windows", speed=demo.AT_ONCE), language) as it:
        await it.done()
        for size in ((80, 24), (110, 36), (112, 40), (200, 50)):
            await it.pilot.resize_terminal(*size)
            await it.settled()
            for row in it.app.screen.query(TipRow):
                for name in (".name", ".headline"):
                    widget = row.query_one(name, PlainText)
                    assert cell_len(widget._words) <= widget.content_size.width, (size, widget._words)
                    assert widget._words.translate(PLAIN_SPACES) in it.screen()


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (110, 30)])
async def test_below_the_list_no_sentence_is_cut(size: tuple[int, int]) -> None:
    async with driven(demo.plan("everything-wrong", system="windows", speed=demo.AT_ONCE), size=size) as it:
        await it.done()
        peek = it.app.screen.query_one(Peek)
        assert peek.region.bottom == size[1] - 1
        for place in range(len(it.session.rows)):
            it.app.screen.query_one(Rows).index = place
            await it.settled()
            lines = it.screen().splitlines()[peek.region.y : peek.region.bottom]
            assert lines[0].strip().startswith("─ ")
            told = [line for line in lines[1:] if line.strip()]
            assert told, place
            ends = (".", "?", "!", ")", "»") if size[0] >= 80 else (".", "?", "!", ")", "»", "…")
            assert told[-1].rstrip().endswith(ends), (place, told)


@pytest.mark.parametrize(("size", "language"), [("60x20", "fr"), ("80x24", "fr"), ("80x24", "en")])
async def test_that_a_row_was_checked_again_is_told_below_every_row(size: str, language: str) -> None:
    at = datetime(2026, 12, 1, 12, 0, 7, tzinfo=UTC)
    everything = demo.plan("everything-wrong", system="windows", speed=demo.AT_ONCE)
    async with driven(everything, language, SIZES[size], now=lambda: at) as it:
        await it.done()
        peek, rows = it.app.screen.query_one(Peek), it.app.screen.query_one(Rows)
        for place, row in enumerate(it.session.rows.values()):
            assert row.result is not None
            rows.index = place
            for before, findings in product(Status, (row.result.findings, ())):
                earlier = structs.replace(row.result, status=before, findings=findings)
                row.rechecked = Rechecked(at, earlier)
                peek.show(row.check)
                await it.pilot.pause()
                shown = it.screen().splitlines()[peek.region.y : peek.region.bottom]
                told = [line for line in shown if "12:00:07" in line]
                assert len(told) == 1, (row.check, before, shown)
                words = it.session.language.text(STATUS_WORDS[before])
                if before is row.result.status and not findings:
                    assert words in told[0], told
                elif before is row.result.status:
                    as_before = [words, it.session.language.text("unchanged"), "inchangé"]
                    assert any(each in told[0].split("12:00:07")[1] for each in as_before), told
                else:
                    assert f"{words} → " in told[0], told
                assert len([line for line in shown if line.strip()]) > 1 + (told[0] != shown[0])


async def test_in_a_low_window_it_is_told_in_passing_that_a_row_was_checked_again() -> None:
    everything = demo.plan("everything-wrong", system="windows", speed=demo.AT_ONCE)
    async with driven(everything, size=(80, 16)) as it:
        await it.done()
        assert not it.app._notifications
        await it.pilot.press("r")
        await it.until(lambda: len(it.app._notifications) == 1)
        (told,) = it.app._notifications
        assert told.message.startswith("VPN")
        assert "comme avant" in told.message


async def test_after_the_key_the_row_says_when_it_was_checked() -> None:
    at = datetime(2026, 12, 1, 12, 0, 7, tzinfo=UTC)
    everything = demo.plan("everything-wrong", system="windows", speed=demo.AT_ONCE)
    async with driven(everything, now=lambda: at) as it:
        await it.done()
        before = it.session.report
        await it.pilot.press("r")
        await it.until(lambda: it.session.report is not before and not it.session.running)
        await it.until(lambda: "12:00:07" in it.screen())
