"""Plans whose probes answer at once, hang or crash, and waiting for what the app draws."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from textual.pilot import Pilot
from textual.widgets import Footer

from amif_netcheck.advice.language import Language
from amif_netcheck.model.facts import Fact, Unavailable
from amif_netcheck.model.report import Mode
from amif_netcheck.platforms.recorded import Machine, Recorded
from amif_netcheck.probes.context import Context
from amif_netcheck.run.plan import RunPlan
from amif_netcheck.run.probing import ProbeSpec
from amif_netcheck.tui.app import NetcheckApp
from amif_netcheck.tui.session import Session
from tests.builders import TUNNELLED, link, near, traffic, train, vpn, ways

Answer = Fact | Unavailable | Callable[[Context, float], Fact | Unavailable]

GOOD: dict[str, Answer] = {
    "proximity": near().proximity,
    "traffic": traffic().traffic,
    "vpn": vpn().vpn,
    "link": link(train()).link,
}
VPN_ON = vpn(ways(TUNNELLED)).vpn
PATIENCE_S = 90.0
SIZES = {"60x20": (60, 20), "80x24": (80, 24), "120x40": (120, 40)}


def answering(answer: Answer) -> ProbeSpec:
    """A probe with that answer, or that is that function."""

    def run(context: Context, until: float) -> Fact | Unavailable:
        return answer(context, until) if callable(answer) else answer

    return ProbeSpec(run, usual_s=0.1, deadline_s=60.0, quick_usual_s=0.1, quick_deadline_s=60.0)


def plan(**answers: Answer) -> RunPlan:
    """Four rows, all well but for what is given."""
    probes = {subject: answering(answer) for subject, answer in {**GOOD, **answers}.items()}
    return RunPlan(
        context=Context(platform=Recorded(Machine(os="linux")), offline=True),
        asked=tuple(GOOD),
        timeout_s=60.0,
        mode=Mode.PARTIAL,
        probes=probes,
    )


def hang(context: Context, until: float) -> Fact | Unavailable:
    """A library that listens to nobody."""
    del context, until
    time.sleep(600)
    raise AssertionError


class Driven:
    """An app under test."""

    def __init__(self, app: NetcheckApp, pilot: Pilot[Any]) -> None:
        self.app, self.pilot = app, pilot
        self.session = app.session

    async def until(self, condition: Callable[[], Any]) -> None:
        """Let the app work until `condition` holds."""
        end = time.monotonic() + PATIENCE_S
        while not condition():
            assert time.monotonic() < end, f"waited in vain; on screen:\n{self.screen()}"
            await self.pilot.pause()
            await asyncio.sleep(0.005)

    async def done(self) -> None:
        """Until a run has ended and its outcome is drawn."""
        await self.until(lambda: self.session.report is not None and not self.session.running)
        await self.settled()

    async def settled(self) -> None:
        """Until nothing on the screen changes any more, and the footer has its keys."""
        seen: list[str] = []

        def steady() -> bool:
            seen.append(self.screen())
            footers = self.app.screen.query(Footer)
            keyed = all(len(footer.children) > 0 for footer in footers)
            return keyed and len(seen) > 2 and len(set(seen[-3:])) == 1

        await self.until(steady)

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.settled()

    def screen(self) -> str:
        """What is on the screen, as text; French no-break spaces are written as spaces."""
        strips = self.app.screen._compositor.render_strips()
        lines = ["".join(segment.text for segment in strip).rstrip() for strip in strips]
        return "\n".join(lines).translate({0xA0: " ", 0x202F: " "}) + "\n"


@asynccontextmanager
async def driven(
    wanted: RunPlan, language: str = "fr", size: tuple[int, int] = (80, 24), **more: Any
) -> AsyncIterator[Driven]:
    """The app on `wanted`, with Pilot."""
    app = NetcheckApp(Session(wanted, Language(language), **more))
    async with app.run_test(size=size) as pilot:
        yield Driven(app, pilot)
