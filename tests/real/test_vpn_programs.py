"""VPN programs as they are in Debian: does the meeting go through, and what is the program called?"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from tests.real.support import Network, finished
from tests.real.tunnels import MEETING, participant_and_vpn_server, split_with_the_meeting
from tests.real.vpn_programs import PROGRAMS, ROUTES_ITSELF, nebula

pytestmark = pytest.mark.real("/dev/net/tun", "ping")


@pytest.mark.parametrize(
    "program",
    [pytest.param(name, marks=pytest.mark.real(*needs)) for name, (_, needs) in PROGRAMS.items()],
)
def test_a_program_beside_the_meeting_and_under_it(network: Network, tmp_path: Path, program: str) -> None:
    start, _ = PROGRAMS[program]
    tunnel = start(*participant_and_vpn_server(network), tmp_path)
    if program not in ROUTES_ITSELF:
        idle = network.check(tunnel.home, "--only", "vpn", "--meeting", MEETING)
        assert idle.finding("vpn")["code"] == "vpn.none"
        assert [seen["product"] for seen in idle.fact("vpn.tunnels")] == [tunnel.product]
        split_with_the_meeting(tunnel)
    assert tunnel.carries(MEETING)
    finding = network.check(tunnel.home, "--only", "vpn", "--meeting", MEETING).finding("vpn")
    assert (finding["code"], finding["severity"]) == ("vpn.carries_meeting", "warning")
    assert finding["params"] == {"interface": tunnel.interface, "product": tunnel.product, "tunnel": "split"}


@pytest.mark.real("nebula", "nebula-cert", "setpriv")
def test_somebody_without_rights_is_told_the_same(network: Network, tmp_path: Path) -> None:
    tunnel = nebula(*participant_and_vpn_server(network), tmp_path)
    as_nobody = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all")
    command = (
        *as_nobody,
        sys.executable,
        "-m",
        "amif_netcheck",
        "--only",
        "vpn",
        "--meeting",
        MEETING,
        "--json",
    )
    environment = network.environment() | {"HOME": "/nonexistent"}
    process = network.start(tunnel.home, *command, environment=environment)
    finding = finished(process, time.monotonic()).finding("vpn")
    assert (finding["code"], finding["params"]["product"]) == ("vpn.carries_meeting", "Nebula")
