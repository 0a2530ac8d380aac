"""What a network lets through: real filters (nftables), STUN servers (coturn), web servers (nginx), names (dnsmasq)."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator

import pytest

from tests.lab.addresses import AWAY, AWAY_IPV6, BOX
from tests.lab.services import coturn
from tests.real.street import NEEDED, NO_UDP, NOTHING_PASSES, Street, firewall, outcomes, place
from tests.real.support import Network

pytestmark = pytest.mark.real(*NEEDED)


# --- nothing in the way -------------------------------------------------------------------------------


@pytest.mark.parametrize("more", [(), ("--quick",)], ids=["full", "quick"])
def test_where_all_passes_it_is_open(street: Street, more: tuple[str, ...]) -> None:
    run = street.check("--meeting", "https://meet.example/abc", *more)
    assert firewall(run) == {"firewall.open": "ok"}
    assert (run.report["verdict"], run.code) == ("ready", 0)
    assert outcomes(run, "web", "meet.example", 443) == {"ipv4": "answered", "ipv6": "answered"}
    assert place(run, "web", "meet.example", 443)["certificate"]["trust"] == "public"
    assert outcomes(run, "udp", "one.example", 3478) == {"ipv4": "answered"}
    assert run.fact("firewall.portal")["page"] == "as_expected"
    assert run.fact("firewall.resolver")["invents"] is False
    # Where the meeting answers as it should, nobody else is asked.
    assert [each["role"] for each in run.fact("firewall.web")] == ["meeting"]


def test_without_a_meeting_well_known_servers_are_asked(street: Street) -> None:
    run = street.check()
    assert firewall(run) == {"firewall.open": "ok"}
    assert [each["role"] for each in run.fact("firewall.web")] == ["public", "public"]


@pytest.fixture
def sent(street: Street) -> Iterator[Callable[[], int]]:
    """How many packets of TCP and UDP home has sent; what the kernel asks its neighbours is not ours."""
    street.office.home.nft("output", "meta l4proto { tcp, udp } counter name dropped accept")
    try:
        yield street.office.home.dropped
    finally:
        street.office.home.run("nft", "delete", "table", "inet", "amif")


def test_offline_nothing_is_sent(street: Street, sent: Callable[[], int]) -> None:
    run = street.check("--meeting", "meet.example", "--offline")
    assert sent() == 0
    assert firewall(run) == {"firewall.unknown": "unknown"}
    assert run.fact("firewall")["reason"] == "not_requested"


def test_without_any_network_it_is_unknown_and_the_line_says_why(network: Network) -> None:
    run = network.check(network.namespace("alone"), "--quick", "--only", "firewall,link")
    assert run.codes("firewall") == {"firewall.unknown": "unknown"}
    assert run.fact("firewall")["reason"] == "not_present"
    assert run.report["next_action"]["code"] == "link.no_network"


def test_what_it_sends_is_little(street: Street, sent: Callable[[], int]) -> None:
    street.check("--meeting", "meet.example")
    assert 20 < sent() < 80


# --- UDP ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "outcome", "how"),
    [
        pytest.param("drop", "silent", "silent", id="dropped"),
        pytest.param("reject with icmpx admin-prohibited", "forbidden", "forbidden", id="forbidden"),
        pytest.param("reject with icmpx port-unreachable", "refused", "refused", id="refused"),
    ],
)
def test_blocked_udp_is_a_warning_never_green(street: Street, rule: str, outcome: str, how: str) -> None:
    street.office.rules(f"meta l4proto udp udp dport != 53 {rule}")
    run = street.check("--meeting", "meet.example")
    assert firewall(run) == {"firewall.udp_blocked": "warning"}
    assert (run.report["verdict"], run.code) == ("limited", 1)
    for server in ("one.example", "two.example"):
        assert outcomes(run, "udp", server, 3478) == {"ipv4": outcome}
    params = run.finding("firewall")["params"]
    assert (params["ports"], params["how"], params["servers"]) == (["443", "3478"], how, 2)


def test_a_filter_on_this_computer_is_one_too(street: Street) -> None:
    street.office.home.nft("output", "meta l4proto udp udp dport != 53 drop")
    try:
        run = street.check("--meeting", "meet.example")
    finally:
        street.office.home.run("nft", "delete", "table", "inet", "amif")
    assert firewall(run) == {"firewall.udp_blocked": "warning"}
    assert outcomes(run, "udp", "one.example", 3478) == {"ipv4": "forbidden"}


def test_a_lost_question_is_no_block(street: Street) -> None:
    rule = "udp dport 3478 meter asked { ip daddr limit rate over 1/day burst 1 packets } accept"
    street.office.rules(rule, "udp dport 3478 counter drop")
    assert firewall(street.check("--meeting", "meet.example")) == {"firewall.open": "ok"}


def test_a_test_server_that_is_down_is_not_the_networks_fault(street: Street) -> None:
    stun = street.office.stun[1]
    stun.send_signal(signal.SIGSTOP)
    try:
        run = street.check("--meeting", "meet.example")
        assert firewall(run) == {"firewall.open": "ok"}
        assert outcomes(run, "udp", "two.example", 3478) == {"ipv4": "silent"}
        alone = street.check("--meeting", "two.example", stun=("two.example:3478",))
        assert firewall(alone) == {"firewall.udp_unknown": "unknown"}
        assert alone.code == 4
    finally:
        stun.send_signal(signal.SIGCONT)


def test_a_test_point_next_door_says_nothing_of_the_route_error(street: Street) -> None:
    street.office.rules(*NO_UDP)
    point = coturn(street.office.box, BOX)
    try:
        run = street.check("--meeting", "meet.example", "--speed-server", f"http://{BOX}:3478")
    finally:
        point.kill()
        point.wait(10)
    assert outcomes(run, "udp", BOX, 3478) == {"ipv4": "answered"}
    assert firewall(run) == {"firewall.udp_blocked": "warning"}


# --- the way to the meeting -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "outcome", "code"),
    [
        ("reject with icmpx admin-prohibited", "forbidden", "firewall.meeting_forbidden"),
        ("reject with tcp reset", "refused", "firewall.meeting_refused"),
        ("drop", "silent", "firewall.meeting_silent"),
        ("reject with icmpx host-unreachable", "unreachable", "firewall.meeting_silent"),
    ],
    ids=["forbidden", "refused", "silent", "unreachable"],
)
def test_a_meeting_that_is_held_back_is_critical_and_said_how(
    street: Street, rule: str, outcome: str, code: str
) -> None:
    street.office.rules(
        f"ip daddr {AWAY} tcp dport 443 {rule}", f"ip6 daddr {AWAY_IPV6} tcp dport 443 {rule}"
    )
    run = street.check("--meeting", "meet.example")
    assert firewall(run) == {code: "critical"}
    assert (run.report["verdict"], run.code) == ("not_ready", 3)
    assert outcomes(run, "web", "meet.example", 443) == {"ipv4": outcome, "ipv6": outcome}
    assert outcomes(run, "web", "two.example", 443) == {"ipv4": "answered"}


def test_a_connection_that_is_broken_off_is_filtered(street: Street) -> None:
    """What looks into the first message of TLS and does not like the name in it."""
    street.office.rules("tcp dport 443 tcp flags & psh == psh reject with tcp reset")
    run = street.check("--meeting", "meet.example")
    assert firewall(run) == {"firewall.meeting_cut": "critical"}


def test_a_name_that_nobody_knows_is_told_from_a_server_that_is_silent(street: Street) -> None:
    run = street.check("--meeting", "unknown.example")
    assert firewall(run) == {"firewall.meeting_no_name": "critical"}
    assert outcomes(run, "web", "unknown.example", 443) == {"nothing": "no_name"}


def test_where_nothing_answers_nothing_is_known(street: Street) -> None:
    street.office.rules(*NOTHING_PASSES)
    run = street.check("--meeting", "meet.example")
    assert firewall(run) == {"firewall.nothing_answers": "unknown"}
    assert run.code == 4


# --- names and IPv6 ---------------------------------------------------------------------------------------------


def test_a_filter_that_sinks_the_meetings_name(street: Street) -> None:
    run = street.check("--meeting", "sunk.example")
    assert firewall(run)["firewall.meeting_sunk"] == "critical"


def test_a_name_server_that_answers_everything(street: Street) -> None:
    office = street.office
    liar = office.box.start(
        *(
            "dnsmasq",
            "--keep-in-foreground",
            "--conf-file=/dev/null",
            "--user=root",
            "--pid-file=",
            "--no-resolv",
        ),
        *("--no-hosts", "--port=5353", f"--address=/#/{AWAY}"),
        listens=("udp", 5353),
    )
    office.rules(nat=("udp dport 53 redirect to :5353",))
    try:
        run = street.check("--meeting", "meet.example")
    finally:
        liar.kill()
        liar.wait(10)
    assert firewall(run) == {"firewall.names_invented": "info"}


def test_slow_names_are_a_remark_and_keep_nobody_from_the_meeting(street: Street) -> None:
    slow = street.office.box.stand_in("slow_names", "0.0.0.0", "5353", listens=("udp", 5353))
    street.office.rules(nat=("udp dport 53 redirect to :5353",))
    try:
        run = street.check("--meeting", "meet.example")
    finally:
        slow.kill()
        slow.wait(10)
    found = firewall(run)
    assert found["firewall.names_slow"] == "info"
    assert "critical" not in found.values()
    assert run.fact("firewall.resolver.slowest_s") >= 2.1


def test_ipv6_that_is_there_and_leads_nowhere(street: Street) -> None:
    street.office.rules("meta nfproto ipv6 drop")
    run = street.check("--meeting", "meet.example")
    assert firewall(run) == {"firewall.ipv6_broken": "info"}
    assert outcomes(run, "web", "meet.example", 443) == {"ipv4": "answered", "ipv6": "silent"}


# --- private ----------------------------------------------------------------------------------------------------


def test_a_report_for_the_desk_names_no_host_no_address_and_no_authority(street: Street) -> None:
    street.office.rules(*NO_UDP)
    run = street.check("--meeting", "nobody.example", private=False, proxy="http://proxy.example:3128")
    assert not [word for word in ("nobody.example", AWAY, "proxy.example", "Nobody") if word in run.stdout]
    assert run.codes("firewall")


def test_a_meeting_given_by_its_address_proves_nothing_so_others_are_asked(street: Street) -> None:
    run = street.check("--meeting", AWAY)
    assert firewall(run) == {"firewall.open": "ok"}
    assert [each["role"] for each in run.fact("firewall.web")] == ["meeting", "public", "public"]
    assert place(run, "web", AWAY, 443)["certificate"]["reason"] == "not_requested"
