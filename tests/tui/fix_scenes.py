"""A computer whose VPN can be disconnected, and the page that offers it."""

from __future__ import annotations

import threading
from dataclasses import replace

from amif_netcheck.model.facts import Fact, Reason, Unavailable
from amif_netcheck.model.fix import Fix, FixKind, FixOutcome, FixRequest, FixResult
from amif_netcheck.platforms.recorded import Machine, Recorded
from amif_netcheck.probes.context import Context
from amif_netcheck.run.plan import RunPlan
from amif_netcheck.tui.screens.fix import FixScreen, Step
from tests.builders import vpn
from tests.tui.scenes import VPN_ON, Driven, plan

ONE = Fix(
    kind=FixKind.DISCONNECT_VPN, params={"connection": "Mairie", "interface": "wg0"}, target=("/a/1", "u-1")
)
OTHER = Fix(kind=FixKind.CLOSE_APPLICATION, params={"process": "skypeforlinux"}, target=("1", "2.0"))


class House(Recorded):
    """A computer whose VPN can be disconnected; it answers when it is let."""

    def __init__(self, *offers: Fix, outcome: FixOutcome = FixOutcome.DONE) -> None:
        super().__init__(Machine(os="linux"))
        self.found, self.outcome = offers, outcome
        self.requests: list[FixRequest] = []
        self.done: list[Fix] = []
        self.vpn_on = True
        self.let_look = threading.Event()
        self.let_look.set()
        self.let_do = threading.Event()
        self.let_do.set()
        self.let_look_at_vpn = threading.Event()
        self.let_look_at_vpn.set()
        self.looking_at_vpn = threading.Event()
        self.line_is_gone = False

    @property
    def fixable(self) -> frozenset[FixKind]:
        return frozenset({FixKind.DISCONNECT_VPN})

    def offers(self, request: FixRequest, until: float) -> tuple[Fix, ...]:
        assert self.let_look.wait(60)
        self.requests.append(request)
        return self.found

    def carry_out(self, fix: Fix, until: float) -> FixResult:
        self.done.append(fix)
        assert self.let_do.wait(60)
        if self.outcome is FixOutcome.DONE:
            self.vpn_on = False
        return FixResult(outcome=self.outcome)

    def probe(self, context: Context, until: float) -> Fact | Unavailable:
        seen = VPN_ON if self.vpn_on else vpn().vpn
        self.looking_at_vpn.set()
        assert self.let_look_at_vpn.wait(60)
        return Unavailable(reason=Reason.NOT_PRESENT) if self.line_is_gone else seen

    def plan(self) -> RunPlan:
        made = plan(vpn=self.probe)
        return replace(made, context=replace(made.context, platform=self))


async def opened(it: Driven) -> FixScreen:
    """The page, when it can be answered."""
    await it.done()
    await it.pilot.press("f")
    await it.until(
        lambda: (
            isinstance(it.app.screen, FixScreen)
            and it.app.screen.step is not Step.LOOKING
            and it.app.screen.step is not Step.ASKING
        )
    )
    await it.settled()
    assert isinstance(it.app.screen, FixScreen)
    return it.app.screen


def readable(it: Driven) -> bool:
    return isinstance(it.app.screen, FixScreen) and it.app.screen.step is Step.ANSWERABLE
