"""The header says what to do, not only what is wrong; and no figure reassures where nothing can be known."""

from __future__ import annotations

import pytest

from amif_netcheck import demo
from amif_netcheck.advice.language import Language
from amif_netcheck.advice.next_step import answer, to_do
from amif_netcheck.advice.scenarios import SCENARIOS
from amif_netcheck.tui.widgets.tip_row import TipRow
from tests.tui.scenes import SIZES, driven

pytestmark = pytest.mark.timeout(400)


@pytest.mark.parametrize("size", [*SIZES.values(), (60, 24), (80, 16)])
@pytest.mark.parametrize("scenario", SCENARIOS)
async def test_the_header_tells_the_first_step_and_pushes_no_row_out(
    scenario: str, size: tuple[int, int]
) -> None:
    async with driven(demo.plan(scenario, speed=demo.AT_ONCE), size=size) as it:
        await it.done()
        report = it.session.report
        assert report is not None
        doing = to_do(report, it.session.language, it.session.system)
        assert bool(doing.step) == (scenario != "ready")
        if doing.step:
            shown = doing.step[:30].translate({0xA0: " ", 0x202F: " "})
            assert f" → {shown}" in it.screen()
        if size[1] >= SIZES["60x20"][1]:
            rows = it.app.screen.query(TipRow)
            assert all(row.region.height > 0 and row.region.bottom <= size[1] - 1 for row in rows)


async def test_it_is_without_the_limits_source() -> None:
    async with driven(demo.plan("wifi-far", speed=demo.AT_ONCE), "en") as it:
        await it.done()
        report = it.session.report
        assert report is not None
        doing = to_do(report, it.session.language, it.session.system)
        assert doing.line.startswith("To fix first: The Wi-Fi signal is weak here (44%), ")
        assert "Cisco" not in doing.line
        assert doing.step.startswith("Sit in the same room as your box")


@pytest.mark.parametrize(("scenario", "told"), [("no-network", False), ("busy-line", True)])
async def test_without_a_network_no_score_reassures(scenario: str, told: bool) -> None:
    async with driven(demo.plan(scenario, speed=demo.AT_ONCE), "en") as it:
        await it.done()
        report = it.session.report
        assert report is not None
        assert report.score is not None
        assert ("points out of" in answer(report, Language("en"))) is told
        assert (" / 100" in it.screen()) is told
