"""A meeting's ways cut off one by one (nftables): a relay (coturn) over UDP, TCP and TLS, the page (nginx), and what is said.

The bridge of a meeting answers nobody who has not joined, nor does its stand-in here: what passes to its port is seen by a
test server of the desk's on that port, or not at all.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lab.addresses import AWAY, OTHERS
from tests.lab.services import coturn, relay
from tests.real.street import NEEDED, Street, firewall
from tests.real.support import Run

pytestmark = pytest.mark.real(*NEEDED)

BRIDGE_PORT = 10000
RELAY = OTHERS[2]
_TABLE = os.environ.get("AMIF_LADDER_TABLE")
"""A file for the lines of a table: what was cut, and what was said of it."""

PROFILE = """
[profile.mairie]
title = "Visio de la mairie"
hosts = ["meet.example"]
[[profile.mairie.ladder]]
way = "udp"
ports = ["10000"]
[[profile.mairie.ladder]]
way = "turn-udp"
ports = ["3478"]
host = "turn.example"
[[profile.mairie.ladder]]
way = "turn-tcp"
ports = ["3478"]
host = "turn.example"
[[profile.mairie.ladder]]
way = "turn-tls"
ports = ["443"]
host = "turn.example"
[profile.mairie.over_tcp]
effect = "worse"
"""

BRIDGE = "udp dport 10000"
DATAGRAMS = "meta l4proto udp udp dport != 53"
CONNECTION = f"ip daddr {RELAY} tcp dport 3478"
LIKE_WEB = f"ip daddr {RELAY} tcp dport 443"
DROP, REJECT = "drop", "reject with icmpx admin-prohibited"


@pytest.fixture(scope="module", autouse=True)
def relays(built: Street) -> Iterator[None]:
    made, key = built.public_authority.sign("turn.example")
    started = [
        relay(built.office.internet, RELAY, made, key),
        coturn(built.office.internet, OTHERS[0], port=BRIDGE_PORT),
        built.office.internet.stand_in("silent", AWAY, str(BRIDGE_PORT), listens=("udp", BRIDGE_PORT)),
    ]
    yield
    for process in started:
        process.kill()
        process.wait(10)


def checked(street: Street, *cut: str, port_seen: bool = False) -> Run:
    street.office.rules(*cut)
    stun = ("one.example:3478", "two.example:3478", *(["two.example:10000"] if port_seen else []))
    return street.check("--meeting", "https://meet.example/salle", stun=stun, settings=PROFILE)


@pytest.mark.parametrize(
    ("cut", "port_seen", "code", "severity", "way"),
    [
        ((), False, "firewall.open", "ok", "UDP"),
        ((), True, "firewall.open", "ok", "UDP"),
        ((f"{BRIDGE} {REJECT}",), False, "firewall.media_relayed", "info", "TURN/UDP"),
        # Silence alone proves nothing, as bridges are silent; a test server of the desk's on that port tells.
        ((f"{BRIDGE} {DROP}",), False, "firewall.open", "ok", "UDP"),
        ((f"{BRIDGE} {DROP}",), True, "firewall.media_relayed", "info", "TURN/UDP"),
        ((f"{DATAGRAMS} {DROP}",), False, "firewall.udp_blocked", "warning", "TURN/TCP"),
        ((f"{DATAGRAMS} {REJECT}",), False, "firewall.udp_blocked", "warning", "TURN/TCP"),
        (
            (f"{DATAGRAMS} {DROP}", f"{CONNECTION} {DROP}"),
            False,
            "firewall.udp_blocked",
            "warning",
            "TURN/TLS",
        ),
        (
            (f"{DATAGRAMS} {DROP}", f"{CONNECTION} reject with tcp reset"),
            False,
            "firewall.udp_blocked",
            "warning",
            "TURN/TLS",
        ),
        (
            (f"{BRIDGE} {REJECT}", f"ip daddr {RELAY} udp dport 3478 {DROP}"),
            False,
            "firewall.meeting_udp_blocked",
            "warning",
            "TURN/TCP",
        ),
        (
            (f"{BRIDGE} {REJECT}", f"ip daddr {RELAY} udp dport 3478 {DROP}", f"{CONNECTION} {REJECT}"),
            False,
            "firewall.meeting_udp_blocked",
            "warning",
            "TURN/TLS",
        ),
        (
            (f"{DATAGRAMS} {DROP}", f"{CONNECTION} {DROP}", f"{LIKE_WEB} {DROP}"),
            False,
            "firewall.media_blocked",
            "critical",
            "",
        ),
    ],
)
def test_what_is_left_is_said(
    street: Street, cut: tuple[str, ...], port_seen: bool, code: str, severity: str, way: str
) -> None:
    run = checked(street, *cut, port_seen=port_seen)
    _note(cut, run, port_seen=port_seen)
    assert firewall(run) == {code: severity}
    assert run.finding("firewall")["params"].get("way", "") == way


def test_delay_is_measured_to_the_relay_and_without_it_to_the_test_servers(street: Street) -> None:
    def server(*cut: str) -> str:
        street.office.rules(*cut)
        run = street.check(
            "--quick", "--meeting", "https://meet.example/salle", only="link", settings=PROFILE
        )
        return str(run.fact("link.internet.server"))

    assert server() == "turn.example"
    assert server(f"ip daddr {RELAY} udp dport 3478 {DROP}") in {"one.example", "two.example"}


def test_without_a_profile_the_ways_are_those_of_webrtc(street: Street) -> None:
    """At the meeting's own host: coturn answers there by UDP and TCP on 3478."""
    street.office.rules(f"{DATAGRAMS} {DROP}")
    run = street.check("--meeting", "https://meet.example/salle")
    assert firewall(run) == {"firewall.udp_blocked": "warning"}
    assert run.finding("firewall")["params"]["way"] == "TURN/TCP"
    ladder = run.fact("firewall.ladder")
    assert ladder["service"] == "webrtc"
    assert [rung["way"] for rung in ladder["rungs"]] == ["udp", "turn-udp", "turn-tcp", "turn-tls"]
    street.office.rules(f"{DATAGRAMS} {DROP}", "tcp dport 3478 drop")
    run = street.check("--meeting", "https://meet.example/salle")
    assert firewall(run) == {"firewall.udp_blocked": "warning"}
    assert "way" not in run.finding("firewall")["params"]


def test_the_page_of_the_meeting_is_the_way_of_what_looks_like_the_web(street: Street) -> None:
    """As with Jitsi: the relay's name is not known, and TLS to port 443 passes."""
    profile = (
        '[profile.salle]\nhosts = ["meet.example"]\n'
        '[[profile.salle.ladder]]\nway = "udp"\nports = ["10000"]\n'
        '[[profile.salle.ladder]]\nway = "turn-tls"\nports = ["443"]\n'
    )
    street.office.rules(f"{DATAGRAMS} {DROP}")
    run = street.check("--meeting", "https://meet.example/salle", settings=profile)
    (place,) = run.fact("firewall.ladder")["rungs"][1]["places"]
    assert {each["outcome"] for each in place["reach"]} == {"no_relay"}
    assert run.finding("firewall")["variant"] == "like_web"


def _note(cut: tuple[str, ...], run: Run, *, port_seen: bool) -> None:
    if not _TABLE:
        return
    finding = run.findings("firewall")[0]
    rungs = run.fact("firewall.ladder")["rungs"]
    ended = ", ".join(
        f"{rung['way']} {'/'.join(sorted({each['outcome'] for place in rung['places'] for each in place['reach']}))}"
        for rung in rungs
    )
    more = " (test server on 10000)" if port_seen else ""
    with Path(_TABLE).open("a", encoding="utf-8") as table:
        table.write(
            f"| {'; '.join(cut) or 'nothing'}{more} | {ended} | `{finding['code']}` {finding['severity']} |"
            f" {finding['summary']} |\n"
        )
