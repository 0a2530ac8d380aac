"""What a network lets through: real filters (nftables), proxies (squid), portals (nginx), names (dnsmasq), certificates.

No certificate can be had that the public's authorities signed, so an authority of the test's own takes their place: in the
program's process `certifi` is told where it is; nothing else of the program is changed. The system's authorities come from
`SSL_CERT_FILE`, as an administrator would set it.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.lab.addresses import AWAY, AWAY_IPV6, BOX, OTHERS
from tests.lab.namespaces import wait_for
from tests.lab.office import LOGIN_PORT, PAGE, TEXT, Authority, Office
from tests.real.support import Network, Run, finished

pytestmark = pytest.mark.real("nft", "nginx", "dnsmasq", "turnserver", "openssl")

NO_UDP = ("meta l4proto udp udp dport != 53 drop",)
TWO_STUN = ("one.example:3478", "two.example:3478")
_PROGRAM = (
    "import certifi, sys; public = sys.argv.pop(1); certifi.where = lambda: public;"
    "from amif_netcheck.__main__ import main; sys.exit(main())"
)


@dataclass(frozen=True)
class Street:
    """The office with its services, shared by the tests of this file; each begins with a box that lets all through."""

    network: Network
    office: Office
    folder: Path
    public: Path
    system: Path
    web: subprocess.Popen[bytes]

    def check(
        self,
        *arguments: str,
        stun: tuple[str, ...] = TWO_STUN,
        web: tuple[str, ...] = ("one.example:443", "two.example:443"),
        only: str = "firewall",
        proxy: str = "",
        private: bool = True,
    ) -> Run:
        """Run the program at home for its report."""
        settings = self.folder / "settings.toml"
        settings.write_text(
            f"[link]\nstun = {list(stun)}\n[firewall]\npage = '{PAGE}'\npage_text = '{TEXT}'\nweb = {list(web)}\n"
        )
        environment = self.network.environment() | {"SSL_CERT_FILE": str(self.system)}
        if proxy:
            environment |= {"https_proxy": proxy, "http_proxy": proxy}
        options = (
            "--only",
            only,
            "--config",
            str(settings),
            "--json",
            *(["--include-private"] if private else []),
        )
        started = time.monotonic()
        command = (sys.executable, "-c", _PROGRAM, str(self.public), *options, *arguments)
        return finished(self.network.start(self.office.home, *command, environment=environment), started)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    folder = tmp_path_factory.mktemp("office")
    (folder / "network").mkdir()
    with Network(folder / "network") as network:
        office = Office(network, folder)
        public = Authority(folder / "public", "Public Trust")
        inspecting = Authority(folder / "inspecting", "Zscaler Inc.")
        nobody = Authority(folder / "nobody", "Nobody")
        system = folder / "system.pem"
        system.write_text(public.file.read_text() + inspecting.file.read_text())
        office.names(
            {
                **dict.fromkeys(("meet.example", "six.example"), (AWAY, AWAY_IPV6)),
                **dict.fromkeys(("one.example", "expired.example", "nobody.example"), (AWAY,)),
                **dict.fromkeys(("page.example", "alone.example"), (AWAY,)),
                **dict.fromkeys(("two.example", "inspected.example", "inspected-too.example"), (OTHERS[0],)),
                "sunk.example": ("0.0.0.0",),
                "inside.example": ("192.168.1.1",),
            }
        )
        signed = {name: (AWAY, public.sign(name)) for name in ("meet.example", "one.example")}
        signed["two.example"] = (OTHERS[0], public.sign("two.example"))
        signed["alone.example"] = (AWAY, inspecting.sign("alone.example"))
        for name in ("inspected.example", "inspected-too.example"):
            signed[name] = (OTHERS[0], inspecting.sign(name))
        signed["expired.example"] = (AWAY, public.sign("expired.example", days=-1))
        signed["nobody.example"] = (AWAY, nobody.sign("nobody.example"))
        web = office.web(signed)
        yield Street(network, office, folder, public.file, system, web)


@pytest.fixture
def street(built: Street) -> Street:
    built.office.rules()
    return built


def place(run: Run, kind: str, server: str, port: int) -> Any:
    """One place of the facts."""
    return next(
        each for each in run.fact(f"firewall.{kind}") if (each["server"], each["port"]) == (server, port)
    )


def outcomes(run: Run, kind: str, server: str, port: int) -> dict[str, str]:
    return {each["by"]: each["outcome"] for each in place(run, kind, server, port)["reach"]}


def firewall(run: Run) -> dict[str, str]:
    assert run.stderr == ""
    return run.codes("firewall")


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
    street.office.rules("ip daddr != 192.168.1.1 drop", "meta nfproto ipv6 drop")
    run = street.check("--meeting", "meet.example")
    assert firewall(run) == {"firewall.nothing_answers": "unknown"}
    assert run.code == 4


# --- a captive portal ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "page"),
    [('302 "http://login.hotel.example/?from=$host"', "moved"), ('200 "<html>Bienvenue</html>"', "replaced")],
    ids=["moved", "replaced"],
)
def test_a_captive_portal_is_critical_and_comes_first(street: Street, answer: str, page: str) -> None:
    login = street.office.login_page(answer)
    street.office.rules(
        f"ip daddr != {BOX} drop",
        "meta nfproto ipv6 drop",
        nat=(f"tcp dport 80 dnat ip to {BOX}:{LOGIN_PORT}",),
    )
    try:
        run = street.check("--quick", "--meeting", "meet.example", only="firewall,link")
    finally:
        login.kill()
        login.wait(10)
    assert firewall(run) == {"firewall.captive_portal": "critical"}
    assert run.fact("firewall.portal")["page"] == page
    assert run.report["next_action"]["code"] == "firewall.captive_portal"
    assert run.code == 3


def test_a_filters_page_is_no_portal_where_the_web_works(street: Street) -> None:
    login = street.office.login_page('200 "<html>Page interdite</html>"')
    street.office.rules(nat=(f"tcp dport 80 dnat ip to {BOX}:{LOGIN_PORT}",))
    try:
        run = street.check("--meeting", "meet.example")
    finally:
        login.kill()
        login.wait(10)
    assert firewall(run) == {"firewall.open": "ok"}
    assert run.fact("firewall.portal")["page"] == "replaced"


# --- certificates ---------------------------------------------------------------------------------------------


def test_who_inspects_is_named(street: Street) -> None:
    web = ("inspected-too.example:443",)
    run = street.check("--meeting", "inspected.example", web=web)
    assert firewall(run) == {"firewall.meeting_inspected": "warning"}
    finding = run.finding("firewall")
    assert finding["params"]["product"] == "Zscaler"
    assert "Zscaler" in finding["summary"]
    assert place(run, "web", "inspected.example", 443)["certificate"] == {
        "state": "measured",
        "trust": "system",
        "flaw": None,
        "issuer": "Zscaler Inc. (Zscaler Inc. Root)",
        "product": "Zscaler",
    }
    assert firewall(street.check(web=web)) == {"firewall.inspected_elsewhere": "info"}


def test_a_meeting_whose_authority_is_its_own_is_not_inspected(street: Street) -> None:
    run = street.check("--meeting", "alone.example")
    assert firewall(run) == {"firewall.meeting_own_authority": "info"}


@pytest.mark.parametrize(
    ("meeting", "flaw"),
    [("expired.example", "expired"), ("nobody.example", "unknown_authority"), ("page.example", "other_name")],
)
def test_a_certificate_that_nobody_vouches_for_is_critical(street: Street, meeting: str, flaw: str) -> None:
    run = street.check("--meeting", meeting)
    assert firewall(run) == {"firewall.meeting_certificate_refused": "critical"}
    assert run.finding("firewall")["params"]["flaw"] == flaw


# --- proxies ----------------------------------------------------------------------------------------------------

ONLY_BY_PROXY = ("ip daddr != 192.168.1.1 drop", "meta nfproto ipv6 drop")
PROXY = f"http://{BOX}:3128"


@pytest.fixture
def squid(street: Street, request: pytest.FixtureRequest) -> Iterator[None]:
    process = street.office.squid(*request.param)
    try:
        yield
    finally:
        process.kill()
        process.wait(10)


@pytest.mark.real("squid")
@pytest.mark.parametrize("squid", [("http_access allow all",)], indirect=True, ids=["open"])
def test_through_a_proxy_the_web_works_and_udp_does_not(street: Street, squid: None) -> None:
    street.office.rules(*ONLY_BY_PROXY)
    run = street.check("--meeting", "meet.example", proxy=PROXY)
    assert firewall(run) == {"firewall.udp_blocked": "warning", "firewall.proxy": "info"}
    assert outcomes(run, "web", "meet.example", 443) == {
        "proxy": "answered",
        "ipv4": "silent",
        "ipv6": "silent",
    }
    assert place(run, "web", "meet.example", 443)["certificate"]["trust"] == "public"
    assert run.fact("firewall.proxies") == [
        {"source": "environment", "kind": "manual", "server": BOX, "port": 3128}
    ]


@pytest.mark.real("squid")
@pytest.mark.parametrize("squid", [("http_access deny all",)], indirect=True, ids=["closed"])
def test_a_proxy_that_refuses_the_meeting(street: Street, squid: None) -> None:
    beside = street.check("--meeting", "meet.example", proxy=PROXY)
    assert firewall(beside) == {"firewall.proxy_in_the_way": "warning", "firewall.proxy": "info"}
    street.office.rules(*ONLY_BY_PROXY)
    run = street.check("--meeting", "meet.example", proxy=PROXY)
    assert firewall(run)["firewall.meeting_refused_by_proxy"] == "critical"


@pytest.mark.real("squid")
@pytest.mark.parametrize(
    "squid",
    [("auth_param basic program /bin/cat", "acl known proxy_auth REQUIRED", "http_access allow known")],
    indirect=True,
    ids=["password"],
)
def test_a_proxy_that_asks_who_we_are_leaves_it_open(street: Street, squid: None) -> None:
    street.office.rules(*ONLY_BY_PROXY)
    run = street.check("--meeting", "meet.example", proxy=PROXY)
    assert firewall(run)["firewall.proxy_password"] == "unknown"
    assert run.code == 4


def test_a_web_server_that_accepts_and_says_nothing(street: Street) -> None:
    """Its kernel answers for it."""
    street.web.send_signal(signal.SIGSTOP)
    try:
        run = street.check("--meeting", "meet.example")
    finally:
        street.web.send_signal(signal.SIGCONT)
    assert firewall(run) == {"firewall.meeting_silent": "critical"}
    assert run.report["errors"] == []


def test_ctrl_c_ends_it_at_once(street: Street) -> None:
    street.office.rules("ip daddr != 192.168.1.1 drop", "meta nfproto ipv6 drop")
    command = (sys.executable, "-m", "amif_netcheck", "--only", "firewall", "--meeting", AWAY, "--json")
    environment = street.network.environment()
    process = street.network.start(street.office.home, *command, environment=environment)
    asking = ("ss", "-Htn", "state", "syn-sent")
    wait_for(lambda: street.office.home.run(*asking).strip(), 10, "a question")
    process.send_signal(signal.SIGINT)
    run = finished(process, time.monotonic())
    assert run.code == 130
    assert run.stdout == ""
    assert "Traceback" not in run.stderr


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
