"""Our own test point over a cable with losses made by nftables: each is counted the way it happened, to the packet."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.lab.addresses import AWAY
from tests.lab.cable import straight
from tests.lab.namespaces import Namespace
from tests.real.caller import PLAN, TRAIN
from tests.real.support import Network

pytestmark = pytest.mark.real

PORT = 8443
CALLER = Path(__file__).parent / "caller.py"
PACKETS = {"audio": 100, "video": 313}
_MEDIA_LENGTHS = "udp length { 180, 1208 }"  # with the header: not what opens or ends a call


def serving(inside: Namespace, *arguments: str) -> None:
    command = (sys.executable, "-m", "amif_netcheck", "serve", "--port", str(PORT), *arguments)
    inside.start(*command, listens=("tcp", PORT))


def asked(inside: Namespace, what: str, address: str = AWAY) -> Any:
    return json.loads(inside.run(sys.executable, str(CALLER), what, address, str(PORT)))


@pytest.mark.real("nft with numgen")
@pytest.mark.parametrize(("up", "down"), [(0, 0), (7, 0), (0, 7), (13, 7)])
def test_lost_echoes_are_counted_the_way_they_were_lost(network: Network, up: int, down: int) -> None:
    home, away = straight(network)
    serving(away)
    if up:
        away.nft("input", f"udp dport {PORT} numgen inc mod {up} {up - 1} counter name dropped drop")
    if down:
        home.nft("input", f"udp sport {PORT} numgen inc mod {down} {down - 1} counter name dropped drop")
    told = asked(home, "echo")
    dropped_up = away.dropped() if up else 0
    dropped_down = home.dropped() if down else 0
    assert dropped_up == (TRAIN // up if up else 0)
    assert (told["up"], told["down"], told["unknown"]) == (dropped_up, dropped_down, 0)
    assert told["received"] == TRAIN - dropped_up - dropped_down


@pytest.mark.real("nft with numgen")
def test_what_is_lost_after_the_last_answer_was_lost_anywhere(network: Network) -> None:
    home, away = straight(network)
    serving(away)
    away.nft("input", f"udp dport {PORT} numgen inc mod 100000 90-99 counter name dropped drop")
    told = asked(home, "echo")
    assert (told["up"], told["down"], told["unknown"]) == (0, 0, away.dropped())


@pytest.mark.real("nft with numgen")
@pytest.mark.parametrize(("up", "down"), [(0, 0), (10, 0), (0, 10), (20, 5)])
def test_lost_packets_of_a_call_are_counted_the_way_they_were_lost(
    network: Network, up: int, down: int
) -> None:
    home, away = straight(network)
    serving(away)
    for way, inside, port in ((up, away, "dport"), (down, home, "sport")):
        if way:
            chance = f"numgen inc mod {way} {way - 1}"
            inside.nft("input", f"udp {port} {PORT} {_MEDIA_LENGTHS} {chance} counter name dropped drop")
    told = asked(home, "call")
    for name, way, inside in (("up", up, away), ("down", down, home)):
        assert {kind: sent for kind, (sent, _lost) in told[name].items()} == PACKETS
        lost = sum(lost for _sent, lost in told[name].values())
        assert lost == (inside.dropped() if way else 0)
        assert lost == (sum(PACKETS.values()) // way if way else 0)
    assert PLAN.seconds == 2
    payload = 100 * 172 + 313 * 1200
    headers = 413 * (14 + 20 + 8)
    sent, received = told["ledger"]
    assert payload + headers <= sent < payload + headers + 2000
    assert received <= payload + headers + 2000


def test_a_machine_with_several_addresses_answers_from_the_one_that_was_asked(network: Network) -> None:
    home, away = straight(network)
    away.ip("address", "add", "198.51.100.8/24", "dev", "eth0")
    for inside, address in ((home, "2001:db8::20"), (away, "2001:db8::7"), (away, "2001:db8::8")):
        inside.ip("address", "add", f"{address}/64", "dev", "eth0", "nodad")
    serving(away)
    for address in (AWAY, "198.51.100.8", "2001:db8::7", "2001:db8::8"):
        told = asked(home, "echo", address)
        assert told == {"received": TRAIN, "up": 0, "down": 0, "unknown": 0}, address
    assert {kind: lost for kind, (_sent, lost) in asked(home, "call", "198.51.100.8")["down"].items()} == {
        "audio": 0,
        "video": 0,
    }


def test_the_same_without_ipv6(network: Network) -> None:
    home, away = straight(network)
    away.ip("address", "add", "198.51.100.8/24", "dev", "eth0")
    serving(away, "--host", "0.0.0.0")
    assert asked(home, "echo", "198.51.100.8")["received"] == TRAIN


def test_a_port_for_which_rights_are_missing_is_one_line(network: Network) -> None:
    inside = network.namespace("poor")
    inside.sysctl("net.ipv4.ip_unprivileged_port_start", "1024")
    command = (
        *("setpriv", "--bounding-set", "-net_bind_service", sys.executable, "-m", "amif_netcheck"),
        *("serve", "--host", "127.0.0.1", "--port", "443", "--lang", "en"),
    )
    process = network.start(inside, *command, environment=network.environment())
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (2, b"")
    assert (
        err
        == b"amif-netcheck: port 443 of \xe2\x80\x9c127.0.0.1\xe2\x80\x9d can't be used (access is refused); choose others with --host and --port\n"
    )
