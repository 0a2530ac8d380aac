"""The way to the box: what it answers to decides how it is measured; and which side of it a fault is on."""

from __future__ import annotations

import pytest

from tests.lab.addresses import AWAY, BOX, STUN
from tests.lab.house import House
from tests.lab.services import coturn
from tests.real.support import Network

pytestmark = pytest.mark.real("turnserver", "nft with numgen")

QUICK = ("--quick", "--only", "link", "--stun", STUN)
ONE_IN_TEN = "numgen inc mod 10 9 counter name dropped drop"
"""A method is tried with three requests, and a server chosen with four at most: so the tenth is one of the train's."""


@pytest.fixture
def home(network: Network) -> House:
    """A house with a STUN server on the Internet; nobody may send ICMP, which is what a new namespace begins with."""
    made = House(network)
    coturn(made.internet)
    return made


def allow_icmp(house: House) -> None:
    house.home.sysctl("net.ipv4.ping_group_range", "0 2147483647")


def test_icmp_is_used_where_it_is_permitted(network: Network, home: House) -> None:
    allow_icmp(home)
    run = network.check(home.home, *QUICK)
    box = run.fact("link.gateway")
    assert (box["method"], box["address"]) == ("icmp", BOX)
    assert (box["sent"], box["received"], box["loss_pct"]) == (100, 100, 0)
    assert 0 < box["rtt_ms"]["median"] < 5
    assert run.fact("link.internet")["loss_pct"] == 0
    assert run.codes("link") == {"link.good": "ok"}


def test_icmp_loss_is_what_the_box_dropped(network: Network, home: House) -> None:
    allow_icmp(home)
    home.box.nft("input", f"icmp type echo-request {ONE_IN_TEN}")
    run = network.check(home.home, *QUICK)
    box = run.fact("link.gateway")
    assert box["method"] == "icmp"
    assert box["sent"] - box["received"] == home.box.dropped() == 10
    assert box["loss_pct"] == 10
    # The way through the box is what a call uses: echo requests that the box itself leaves out harm nobody.
    assert run.codes("link") == {"link.good": "ok"}


def test_dns_is_used_where_icmp_is_not_permitted(network: Network, home: House) -> None:
    home.box.stand_in("refusing_names", BOX, "53", listens=("udp", 53))
    home.box.nft("input", f"udp dport 53 {ONE_IN_TEN}")
    run = network.check(home.home, *QUICK)
    box = run.fact("link.gateway")
    assert (box["method"], box["address"]) == ("dns", BOX)
    assert box["sent"] - box["received"] == home.box.dropped() == 10
    assert box["loss_pct"] == 10


@pytest.mark.parametrize("port", [None, 80], ids=["refuses", "accepts"])
def test_tcp_tells_the_round_trip_but_not_the_loss(network: Network, home: House, port: int | None) -> None:
    if port is not None:
        home.box.stand_in("sink", BOX, str(port), listens=("tcp", port))
    run = network.check(home.home, *QUICK)
    box = run.fact("link.gateway")
    assert (box["method"], box["address"]) == ("tcp", BOX)
    assert box["sent"] == box["received"] > 10
    assert 0 < box["rtt_ms"]["median"] < 5
    for hidden in ("loss_pct", "longest_loss_ms"):
        assert (box[hidden]["state"], box[hidden]["reason"]) == ("unavailable", "unsupported")
    assert run.codes("link") == {"link.good": "ok"}


def test_a_box_that_answers_nothing_takes_nothing_from_the_internet(network: Network, home: House) -> None:
    allow_icmp(home)
    home.box.nft("input", "iifname lan0 counter name dropped drop")
    run = network.check(home.home, *QUICK)
    box = run.fact("link.gateway")
    assert (box["state"], box["reason"]) == ("unavailable", "timeout")
    assert home.box.dropped() > 0
    train = run.fact("link.internet")
    assert train["sent"] == train["received"] == 100
    assert run.codes("link") == {"link.good": "ok"}
    assert run.code == 0
    assert run.report["duration_s"] < 5


def test_loss_before_the_box_is_placed_at_home(network: Network, home: House) -> None:
    allow_icmp(home)
    # Each kind of request is counted by itself, so that each loses one in ten.
    home.box.nft(
        "prerouting",
        f"iifname lan0 udp dport 3478 {ONE_IN_TEN}",
        f"iifname lan0 icmp type echo-request {ONE_IN_TEN}",
    )
    run = network.check(home.home, *QUICK)
    finding = next(each for each in run.findings("link") if each["code"] == "link.some_loss")
    assert finding["params"]["place"] == "home"
    lost = sum(
        run.fact(f"link.{side}")["sent"] - run.fact(f"link.{side}")["received"]
        for side in ("gateway", "internet")
    )
    assert lost == home.box.dropped() == 20
    assert finding["evidence"] == ["facts.link.internet.loss_pct", "facts.link.gateway.loss_pct"]


@pytest.mark.parametrize("where", ["in the box, towards the Internet", "on the Internet"])
def test_loss_behind_the_box_is_placed_beyond(network: Network, home: House, where: str) -> None:
    allow_icmp(home)
    dropping, hook = (home.internet, "input") if where == "on the Internet" else (home.box, "forward")
    dropping.nft(hook, f"udp dport 3478 {ONE_IN_TEN}")
    run = network.check(home.home, *QUICK)
    finding = next(each for each in run.findings("link") if each["code"] == "link.some_loss")
    assert finding["params"]["place"] == "beyond"
    train = run.fact("link.internet")
    assert train["sent"] - train["received"] == dropping.dropped() == 10
    assert run.fact("link.gateway")["loss_pct"] == 0


def test_with_the_internet_silent_a_box_that_limits_pings_is_not_accused(
    network: Network, home: House
) -> None:
    allow_icmp(home)
    home.box.nft("forward", f"ip daddr {AWAY} drop")
    home.box.nft("input", f"icmp type echo-request {ONE_IN_TEN}")
    run = network.check(home.home, *QUICK)
    assert run.codes("link") == {"link.no_answer": "unknown"}
    assert run.fact("link.gateway")["loss_pct"] == pytest.approx(10, abs=1)
    assert run.report["verdict"] == "undetermined"


def test_a_box_with_ipv6_alone_is_found_at_its_link_local_address(network: Network) -> None:
    home, box, away = (network.namespace(label) for label in ("home", "box", "away"))
    network.pair(home, "eth0", box, "lan0")
    network.pair(box, "eth0", away, "eth0")
    box.sysctl("net.ipv6.conf.all.forwarding", "1")
    for side, interface, address in (
        (home, "eth0", "2001:db8:1::20"),
        (box, "lan0", "2001:db8:1::1"),
        (box, "lan0", "fe80::1"),
        (box, "eth0", "2001:db8:2::1"),
        (away, "eth0", "2001:db8:2::7"),
    ):
        side.ip("address", "add", f"{address}/64", "dev", interface)
    home.ip("route", "add", "default", "via", "fe80::1", "dev", "eth0")
    away.ip("route", "add", "default", "via", "2001:db8:2::1")
    home.sysctl("net.ipv4.ping_group_range", "0 2147483647")
    coturn(away, "2001:db8:2::7")
    run = network.check(home, "--quick", "--only", "link", "--stun", "[2001:db8:2::7]:3478")
    box_train = run.fact("link.gateway")
    assert (box_train["method"], box_train["address"]) == ("icmp", "fe80::1")
    assert box_train["sent"] == box_train["received"] == 100
    assert run.fact("link.internet")["received"] == 100
