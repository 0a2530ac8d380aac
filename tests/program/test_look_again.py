"""Watching one reading, second by second, as the Wi-Fi page does."""

from __future__ import annotations

import contextlib
import socket
from typing import Any

import pytest

from amif_netcheck.measure.names import Names
from amif_netcheck.model.facts import ProximityFacts
from amif_netcheck.platforms.recorded import Machine, Recorded
from amif_netcheck.probes.context import Context
from amif_netcheck.run import engine
from amif_netcheck.run.plan import RunPlan
from tests.recorded.test_probes import BOX, ETH0, LAN

LOOKS = 3


class Renewing(Recorded):
    """Counts the runs that it was made ready for."""

    renewals = 0

    def renewed(self) -> Renewing:
        self.renewals += 1
        return self


async def test_a_signal_is_watched_without_looking_names_up_and_with_fresh_tables(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []

    def getaddrinfo(host: str, *_: Any, **__: Any) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_DGRAM, 17, "", ("198.51.100.7", 0))]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    platform = Renewing(Machine(interfaces=(ETH0,), routes=(LAN,), gateway=BOX))
    plan = RunPlan(context=Context(platform=platform, meeting="visio.example", names=Names()))
    facts: list[object] = []
    async with contextlib.aclosing(engine.look_again(plan, "proximity", every_s=0)) as looks:
        async for fact in looks:
            facts.append(fact)
            if len(facts) == LOOKS:
                break
    assert all(isinstance(fact, ProximityFacts) for fact in facts)
    assert asked == ["visio.example"], "once, however long one watches"
    assert platform.renewals == LOOKS
