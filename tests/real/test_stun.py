"""The line to a STUN server: a real one (coturn), real losses (nftables), and servers that misbehave."""

from __future__ import annotations

import sys

import pytest

from tests.lab.addresses import AWAY, STUN
from tests.lab.cable import straight
from tests.lab.services import coturn
from tests.real.support import Network, Run

pytestmark = pytest.mark.real

QUICK = ("--quick", "--only", "link", "--stun", STUN)
UNDETERMINED = 4


def could_not_tell(run: Run) -> None:
    """The verdict when the line was not measured: never a loss of packets, never green."""
    assert run.code == UNDETERMINED
    assert run.report["verdict"] == "undetermined"
    assert run.codes("link") == {"link.no_answer": "unknown"}
    assert run.fact("link.internet")["state"] == "unavailable"


@pytest.mark.real("turnserver")
@pytest.mark.parametrize(("more", "requests"), [((), 400), (("--quick",), 100)], ids=["full", "quick"])
def test_a_clean_line_answers_every_request(network: Network, more: tuple[str, ...], requests: int) -> None:
    home, away = straight(network)
    coturn(away)
    run = network.check(home, *more, "--only", "link", "--stun", STUN, "--speed-engine", "none")
    train = run.fact("link.internet")
    assert train["method"] == "stun"
    assert (train["sent"], train["received"], train["loss_pct"]) == (requests, requests, 0)
    assert (train["late"], train["rejected"], train["longest_loss_ms"]) == (0, 0, 0)
    rtt = train["rtt_ms"]
    assert 0 < rtt["min"] <= rtt["median"] <= rtt["p95"] <= rtt["max"]
    assert rtt["median"] < 5  # on a virtual cable
    assert run.codes("link") == {"link.good": "ok"}
    assert (run.report["verdict"], run.code) == ("ready", 0)
    # As many requests at 50 a second, plus at most a second for the last answers.
    assert requests * 0.02 - 0.1 < run.report["duration_s"] < requests * 0.02 + 1.5


@pytest.mark.real("turnserver", "nft with numgen")
@pytest.mark.parametrize(
    ("where", "one_of", "said", "code"),
    [
        ("out", 50, {"link.good": "ok"}, 0),  # two of a hundred are chance
        ("out", 10, {"link.some_loss": "info"}, 0),  # singly lost, it is mended
        ("out", 4, {"link.loss": "warning"}, 1),
        ("back", 4, {"link.loss": "warning"}, 1),
    ],
)
def test_loss_is_what_the_filter_dropped(
    network: Network, where: str, one_of: int, said: dict[str, str], code: int
) -> None:
    home, away = straight(network)
    coturn(away)
    # The counter of `numgen inc` begins at 0. Choosing the server takes one request before the train, so the first
    # packet that is dropped, the fourth or later, is one of the train's.
    filtering, port = (away, "dport") if where == "out" else (home, "sport")
    filtering.nft("input", f"udp {port} 3478 numgen inc mod {one_of} {one_of - 1} counter name dropped drop")
    run = network.check(home, *QUICK)
    train = run.fact("link.internet")
    dropped = filtering.dropped()
    assert dropped == 100 // one_of
    assert train["sent"] - train["received"] == dropped
    assert train["loss_pct"] == pytest.approx(100 * dropped / train["sent"])
    assert train["longest_loss_ms"] == train["interval_ms"]
    assert run.codes("link") == said
    assert run.code == code


@pytest.mark.real("turnserver", "nft with numgen")
@pytest.mark.parametrize(("packets", "severity"), [(10, None), (20, "warning")])
def test_the_longest_hole_is_as_long_as_the_run_that_was_dropped(
    network: Network, packets: int, severity: str | None
) -> None:
    home, away = straight(network)
    coturn(away)
    first, last = 40, 40 + packets - 1
    away.nft("input", f"udp dport 3478 numgen inc mod 100000 {first}-{last} counter name dropped drop")
    run = network.check(home, *QUICK)
    train = run.fact("link.internet")
    assert away.dropped() == packets == train["sent"] - train["received"]
    assert abs(train["longest_loss_ms"] - packets * train["interval_ms"]) <= train["interval_ms"]
    assert run.codes("link").get("link.loss_burst") == severity


@pytest.mark.real("turnserver")
def test_a_silent_server_gives_way_to_the_next(network: Network) -> None:
    home, away = straight(network)
    away.ip("address", "add", "198.51.100.8/24", "dev", "eth0")
    away.stand_in("silent", "198.51.100.8", "3478", listens=("udp", 3478))
    coturn(away)
    run = network.check(home, "--quick", "--only", "link", "--stun", "198.51.100.8:3478", "--stun", STUN)
    train = run.fact("link.internet")
    assert train["address"] == AWAY
    assert train["sent"] == train["received"] == 100
    assert run.code == 0


def test_garbage_beside_the_answers_is_counted_and_does_no_harm(network: Network) -> None:
    home, away = straight(network)
    away.stand_in("garbage_too", AWAY, "3478", listens=("udp", 3478))
    run = network.check(home, *QUICK)
    train = run.fact("link.internet")
    assert train["sent"] == train["received"] == 100
    assert train["rejected"] in {100, 101}  # the one that came with choosing may be read then or later
    assert train["loss_pct"] == 0
    assert run.codes("link") == {"link.good": "ok"}


def test_a_server_of_garbage_is_no_measurement(network: Network) -> None:
    home, away = straight(network)
    away.stand_in("garbage", AWAY, "3478", listens=("udp", 3478))
    could_not_tell(network.check(home, *QUICK))


def test_answers_that_all_come_late_are_measured_as_such(network: Network) -> None:
    home, away = straight(network)
    away.stand_in("late", AWAY, "3478", listens=("udp", 3478))
    run = network.check(home, *QUICK)
    train = run.fact("link.internet")
    assert train["late_after_ms"] == 5000
    assert train["rtt_ms"]["min"] > 1000
    assert run.codes("link")["link.delay"] == "critical"


def test_an_answer_after_a_second_counts_as_lost(network: Network) -> None:
    home, away = straight(network)
    away.stand_in("sometimes_late", AWAY, "3478", listens=("udp", 3478))
    run = network.check(home, *QUICK)
    train = run.fact("link.internet")
    assert (train["sent"], train["received"], train["late"]) == (100, 90, 10)
    assert train["loss_pct"] == 10
    assert train["longest_loss_ms"] == 10 * train["interval_ms"]
    assert train["rtt_ms"]["max"] <= train["late_after_ms"]
    assert run.codes("link") == {"link.some_loss": "info"}  # one hole of 0.2 s in 2 s may be chance


def test_answers_that_come_twice_count_once(network: Network) -> None:
    home, away = straight(network)
    away.stand_in("twice", AWAY, "3478", listens=("udp", 3478))
    run = network.check(home, *QUICK)
    train = run.fact("link.internet")
    assert train["sent"] == train["received"] == 100
    assert train["rtt_ms"]["median"] < 20  # the first answer's, not the second's 30 ms
    assert run.codes("link") == {"link.good": "ok"}


@pytest.mark.parametrize(("address", "port"), [("198.51.100.8", 3478), (AWAY, 3479)], ids=["address", "port"])
def test_answers_from_elsewhere_are_not_accepted(network: Network, address: str, port: int) -> None:
    home, away = straight(network)
    away.ip("address", "add", "198.51.100.8/24", "dev", "eth0")
    away.stand_in("honest", AWAY, "3478", address, str(port), listens=("udp", 3478))
    could_not_tell(network.check(home, *QUICK))


@pytest.mark.real("turnserver", "nft with numgen")
@pytest.mark.parametrize("where", ["the computer itself", "the network"])
def test_blocked_udp_is_not_packet_loss(network: Network, where: str) -> None:
    home, away = straight(network)
    coturn(away)
    away.stand_in("sink", AWAY, "443", listens=("tcp", 443))
    rule = "meta l4proto udp counter name dropped drop"
    blocker, hook = (home, "output") if where == "the computer itself" else (away, "input")
    blocker.nft(hook, rule)
    reach = f"import socket; socket.create_connection(('{AWAY}', 443), 2).close()"
    assert home.succeeds(sys.executable, "-c", reach)
    run = network.check(home, *QUICK)
    could_not_tell(run)
    assert blocker.dropped() > 0
    assert run.report["duration_s"] < 5


def test_a_closed_port_is_no_measurement_and_costs_no_time(network: Network) -> None:
    home, _away = straight(network)
    run = network.check(home, *QUICK)
    could_not_tell(run)
    assert run.fact("link.internet")["reason"] == "blocked"
    assert run.report["duration_s"] < 1


@pytest.mark.real("turnserver")
def test_the_server_may_be_named_by_its_ipv6_address(network: Network) -> None:
    home, away = straight(network)
    home.ip("address", "add", "2001:db8::20/64", "dev", "eth0")
    away.ip("address", "add", "2001:db8::7/64", "dev", "eth0")
    coturn(away, "2001:db8::7")
    run = network.check(home, "--quick", "--only", "link", "--stun", "[2001:db8::7]:3478")
    train = run.fact("link.internet")
    assert train["address"] == "2001:db8::7"
    assert train["sent"] == train["received"] == 100


@pytest.mark.real("turnserver", "nft with numgen")
def test_a_server_whose_ipv6_is_dead_is_measured_over_ipv4(network: Network) -> None:
    home, away = straight(network)
    home.ip("address", "add", "2001:db8::20/64", "dev", "eth0")
    away.ip("address", "add", "2001:db8::7/64", "dev", "eth0")
    home.ip("route", "add", "default", "via", AWAY)
    home.etc("hosts", f"2001:db8::7 stun.example\n{AWAY} stun.example\n")
    coturn(away)
    away.nft("input", "ip6 daddr 2001:db8::7 udp dport 3478 counter name dropped drop")
    run = network.check(home, "--quick", "--only", "link", "--stun", "stun.example:3478")
    train = run.fact("link.internet")
    assert away.dropped() > 0
    assert (train["server"], train["address"]) == ("stun.example", AWAY)
    assert train["sent"] == train["received"] == 100
    assert run.code == 0
