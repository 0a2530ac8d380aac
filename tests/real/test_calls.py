"""Lines over which calls were bad, each in a house of its own: the whole check, which never calls them good."""

from __future__ import annotations

import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from bench.calls import PORT, calls

from tests.lab.addresses import AWAY
from tests.lab.house import House
from tests.real.support import Network, Run

pytestmark = [
    pytest.mark.real("iperf3", "/dev/net/tun"),
    pytest.mark.timeout(120),
    pytest.mark.xdist_group("busy"),
]
BAD = "up-100k,down-100k,bloat-up1-256k,cut-3s-every-12s"


def test_a_bad_call_is_never_called_good(network: Network) -> None:
    houses = {call["name"]: House.of_call(network, call) for call in calls(BAD)}
    for house in houses.values():
        serve = (sys.executable, "-m", "amif_netcheck", "serve", "--host", AWAY, "--port", str(PORT))
        house.internet.start(*serve, listens=("tcp", PORT))

    def check(house: House) -> Run:
        server = f"http://{AWAY}:{PORT}"
        return network.check(house.home, "--only", "link", "--speed-engine", "http", "--speed-server", server)

    began = time.monotonic()
    with ThreadPoolExecutor() as together:
        runs = dict(zip(houses, together.map(check, houses.values()), strict=True))
    assert time.monotonic() - began < 40
    for name, run in runs.items():
        severities = set(run.codes("link").values())
        assert severities & {"warning", "critical"}, (name, run.codes("link"))
        assert run.report["verdict"] != "ready", name
