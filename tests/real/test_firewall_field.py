"""What the field found: real proxies, name servers, filters and kill switches, and what we say of them (`docs/field.md`)."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import Popen
from typing import Any

import pytest

from tests.lab.addresses import AWAY, AWAY_IPV6, BOX, BOX_IPV6, HOME, OTHERS, OTHERS_IPV6
from tests.lab.namespaces import end
from tests.lab.office import LOGIN_PORT
from tests.lab.services import coturn
from tests.real.street import NEEDED, NO_UDP, NOTHING_PASSES, Street, firewall, outcomes, place
from tests.real.support import Network, Run

pytestmark = pytest.mark.real(*NEEDED)

_CASES = tomllib.loads((Path(__file__).parents[1] / "data" / "field" / "firewall.toml").read_text())["case"]
_STUN = ("stun-a.example:3478", "stun-b.example:3478")
_NOTES = ("firewall.proxy", "firewall.names_slow", "firewall.ipv6_broken", "firewall.names_invented")


def says(test: str) -> list[str]:
    """What the page of the field promises for a test of this file, as `code` or `code/variant`."""
    return next(list(case["says"]) for case in _CASES if case["test"].endswith(f"::{test}"))


def said(run: Run) -> list[str]:
    """What was found, notes of no consequence aside."""
    assert run.stderr == ""
    return [
        finding["code"] + (f"/{finding['variant']}" if finding["variant"] else "")
        for finding in run.findings("firewall")
        if finding["code"] not in _NOTES
    ]


def is_open(run: Run) -> bool:
    """Was nothing found but that all is open, by whichever way?"""
    return {finding.partition("/")[0] for finding in said(run)} == {"firewall.open"}


@contextmanager
def running(process: Popen[bytes]) -> Iterator[None]:
    try:
        yield
    finally:
        end(process)


@contextmanager
def filtered(street: Street, where: str, hook: str, *rules: str) -> Iterator[None]:
    """Rules of nftables at home or on the box."""
    namespace = getattr(street.office, where)
    namespace.nft(hook, *rules)
    try:
        yield
    finally:
        namespace.run("nft", "delete", "table", "inet", "amif")


# --- UDP by family ----------------------------------------------------------------------------------------------------


def test_udp_in_one_family(street: Street) -> None:
    office = street.office
    with (
        running(coturn(office.internet, AWAY_IPV6)),
        running(coturn(office.internet, OTHERS_IPV6[0])),
    ):
        office.rules("meta nfproto ipv4 udp dport != 53 drop")
        run = street.check("--meeting", "one.example", stun=_STUN)
        assert said(run) == says("test_udp_in_one_family")
        assert run.finding("firewall")["params"]["family"] == "ipv4"
        assert outcomes(run, "udp", "stun-a.example", 3478) == {"ipv4": "silent", "ipv6": "answered"}
        # A meeting that is reached both ways goes by the other one.
        assert is_open(street.check("--meeting", "meet.example", stun=_STUN))
        office.rules("meta nfproto ipv6 udp dport != 53 drop")
        assert is_open(street.check("--meeting", "one.example", stun=_STUN))


# --- certificates -----------------------------------------------------------------------------------------------------


def test_a_product_that_inspects_the_meeting_alone(street: Street) -> None:
    run = street.check("--meeting", "inspected.example")
    assert said(run) == says("test_a_product_that_inspects_the_meeting_alone")
    assert "Zscaler" in run.finding("firewall")["summary"]


def test_a_products_block_page(street: Street) -> None:
    run = street.check("--meeting", "blocked.example")
    assert said(run) == says("test_a_products_block_page")
    assert (run.code, run.finding("firewall")["params"]["product"]) == (3, "Fortinet FortiGate")


# --- proxies ----------------------------------------------------------------------------------------------------------


def by_proxy(url: str) -> dict[str, str]:
    return dict.fromkeys(("http_proxy", "https_proxy"), url)


@pytest.mark.parametrize(
    "url",
    [f"http://{BOX}:3999", "http://198.51.100.99:3128", f"socks5://{BOX}:1999"],
    ids=["refused", "silent", "socks"],
)
def test_a_dead_proxy(street: Street, url: str) -> None:
    street.office.rules("ip daddr 198.51.100.99 drop")
    run = street.check("--meeting", "meet.example", more=by_proxy(url))
    assert said(run) == says("test_a_dead_proxy")
    assert "firewall.proxy" not in firewall(run)
    assert outcomes(run, "web", "meet.example", 443)["ipv4"] == "answered"


def test_a_proxy_without_a_name(street: Street) -> None:
    run = street.check("--meeting", "meet.example", more=by_proxy("http://proxy.example:3128"))
    assert said(run) == says("test_a_proxy_without_a_name")
    assert "proxy.example" in run.findings("firewall")[0]["summary"]


@pytest.mark.parametrize(
    "exception", ["*.example", "meet.*", f"{AWAY}/24"], ids=["wildcard", "inner-wildcard", "network"]
)
def test_exceptions(street: Street, exception: str) -> None:
    """The meeting is asked without the proxy, which is dead."""
    dead = by_proxy(f"http://{BOX}:3999") | {"no_proxy": exception}
    host = AWAY if "/" in exception else "meet.example"
    run = street.check("--meeting", host, more=dead)
    assert firewall(run)["firewall.proxy_dead"] == "info"
    assert "proxy" not in outcomes(run, "web", host, 443)


@pytest.mark.parametrize(
    ("exceptions", "severity"),
    [
        ("*.example,10.0.0.0/8\nReversedException=false", "info"),
        ("meet.example\nReversedException=true", "warning"),
    ],
    ids=["all-but", "only"],
)
def test_exceptions_of_the_desktop(street: Street, exceptions: str, severity: str, tmp_path: Path) -> None:
    (tmp_path / "kioslaverc").write_text(
        f"[Proxy Settings]\nProxyType=1\nhttpsProxy=http://{BOX} 3999\nNoProxyFor={exceptions}\n"
    )
    kde = {"XDG_CURRENT_DESKTOP": "KDE", "XDG_CONFIG_HOME": str(tmp_path)}
    assert firewall(street.check("--meeting", "meet.example", more=kde)) == {"firewall.proxy_dead": severity}


_DANTE = """logoutput: stderr
internal: {box} port = 1080
external: wan0
clientmethod: none
socksmethod: none
user.unprivileged: nobody
client pass {{ from: 0.0.0.0/0 to: 0.0.0.0/0 }}
socks pass {{ from: 0.0.0.0/0 to: 0.0.0.0/0 }}
"""


def _dante(street: Street) -> Popen[bytes]:
    config = street.folder / "danted.conf"
    config.write_text(_DANTE.format(box=BOX))
    return street.office.box.start("danted", "-f", str(config), listens=("tcp", 1080))


def _microsocks(street: Street) -> Popen[bytes]:
    return street.office.box.start("microsocks", "-i", BOX, "-p", "1080", listens=("tcp", 1080))


@pytest.mark.real("danted", "microsocks")
@pytest.mark.parametrize("start", [_dante, _microsocks], ids=["dante", "microsocks"])
def test_socks_as_the_only_way(street: Street, start: Callable[[Street], Popen[bytes]]) -> None:
    street.office.rules(*NOTHING_PASSES)
    socks = {"ALL_PROXY": f"socks5://{BOX}:1080"}
    with running(start(street)):
        assert said(street.check("--meeting", "meet.example", more=socks)) == says(
            "test_socks_as_the_only_way"
        )
    gone = street.check("--meeting", "meet.example", more=socks)
    assert said(gone) == ["firewall.proxy_dead", "firewall.nothing_answers"]


def _tinyproxy(street: Street, *lines: str) -> Popen[bytes]:
    config = street.folder / "tinyproxy.conf"
    street.office.box.etc("resolv.conf", f"nameserver {BOX}\n")
    config.write_text("\n".join([f"Listen {BOX}", "Port 8888", "Timeout 5", "MaxClients 9", *lines]) + "\n")
    return street.office.box.start("tinyproxy", "-d", "-c", str(config), listens=("tcp", 8888))


@pytest.mark.real("tinyproxy")
def test_a_proxy_that_wants_a_password(street: Street) -> None:
    with running(_tinyproxy(street, "BasicAuth maire secret")):
        proxy = by_proxy(f"http://{BOX}:8888")
        run = street.check("--meeting", "meet.example", more=proxy)
        assert said(run) == says("test_a_proxy_that_wants_a_password")
        known = by_proxy(f"http://maire:secret@{BOX}:8888")
        assert said(street.check("--meeting", "meet.example", more=known)) == []


@pytest.mark.real("tinyproxy")
def test_a_proxy_that_does_not_get_through(street: Street) -> None:
    """It answers for a server that it can't reach, as the box itself has no way there."""
    with (
        running(_tinyproxy(street)),
        filtered(street, "box", "output", f"ip daddr {AWAY} tcp dport 443 reject with tcp reset"),
        filtered_ipv6(street),
    ):
        proxy = by_proxy(f"http://{BOX}:8888")
        beside = street.check("--meeting", "meet.example", more=proxy)
        assert said(beside) == ["firewall.proxy_in_the_way/failed"]
        street.office.rules(f"ip daddr {AWAY} tcp dport 443 drop", f"ip6 daddr {AWAY_IPV6} drop")
        run = street.check("--meeting", "meet.example", more=proxy)
        assert said(run) == says("test_a_proxy_that_does_not_get_through")


@contextmanager
def filtered_ipv6(street: Street) -> Iterator[None]:
    """The box itself has no way by IPv6."""
    box = street.office.box
    box.ip("route", "del", "default", "via", "2001:db8:9::7")
    try:
        yield
    finally:
        box.ip("route", "add", "default", "via", "2001:db8:9::7")


@pytest.mark.real("mitmdump")
def test_a_proxy_that_opens_what_goes_through_it(street: Street) -> None:
    folder = street.folder / "mitmproxy"
    options = ("--listen-host", BOX, "-p", "8090", "--ssl-insecure", "--set", f"confdir={folder}", "-q")
    proxy = by_proxy(f"http://{BOX}:8090")
    box = street.office.box
    box.etc("resolv.conf", f"nameserver {BOX}\n")
    with running(box.start("mitmdump", *options, listens=("tcp", 8090))):
        beside = street.check("--meeting", "meet.example", more=proxy)
        assert said(beside) == says("test_a_proxy_that_opens_what_goes_through_it")
        assert beside.findings("firewall")[0]["params"]["product"] == "mitmproxy"
        street.office.rules("tcp dport 443 drop")
        alone = street.check("--meeting", "meet.example", more=proxy)
        assert said(alone) == ["firewall.meeting_inspected/named_refused"]
        trusted = street.folder / "trusted.pem"
        trusted.write_text(street.system.read_text() + (folder / "mitmproxy-ca-cert.pem").read_text())
        known = street.check("--meeting", "meet.example", more=proxy | {"SSL_CERT_FILE": str(trusted)})
        assert said(known) == ["firewall.meeting_inspected/named"]


# --- this computer ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "rules",
    [
        ('oifname != "lo" drop',),
        ('oifname != "lo" reject',),
        (f"ip daddr {BOX} udp dport 53 accept", 'oifname != "lo" drop'),
    ],
    ids=["dropped", "rejected", "names-only"],
)
def test_a_kill_switch(street: Street, rules: tuple[str, ...]) -> None:
    with filtered(street, "home", "output", *rules):
        run = street.check("--meeting", "meet.example", only="firewall,link")
    assert said(run) == says("test_a_kill_switch")
    assert run.fact("firewall.sending_forbidden") is True
    assert run.report["next_action"]["code"] == "firewall.sending_forbidden"
    assert not {"link.no_names", "link.no_answer"} & set(run.codes("link")), "their remedy is another"


def test_routes_that_forbid_every_way_out(network: Network) -> None:
    home = network.namespace("home")
    for family in ("-4", "-6"):
        home.ip(family, "route", "add", "prohibit", "default")
    run = network.check(home, "--quick", "--only", "firewall", "--meeting", AWAY)
    assert said(run) == ["firewall.sending_forbidden"]


# --- portals ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [
        '302 "http://$host/login"',
        '302 "/login"',
        '302 "$scheme://$host$request_uri"',
        '301 "https://$host$request_uri"',
        *(f'{status} "<html>login"' for status in (403, 503, 511)),
    ],
)
def test_a_portal_at_the_same_host(street: Street, answer: str) -> None:
    """All names lead to it; it shows a certificate of its own."""
    liar = street.office.box.start(
        *("dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--user=root", "--pid-file="),
        *("--no-resolv", "--no-hosts", "--port=5353", f"--address=/#/{AWAY}"),
        listens=("udp", 5353),
    )
    with running(liar), running(street.office.login_page(answer)):
        street.office.rules(
            nat=("udp dport 53 redirect to :5353", f"tcp dport 80 dnat ip to {BOX}:{LOGIN_PORT}")
        )
        run = street.check("--meeting", "page.example", web=("elsewhere.example:443",))
    assert said(run) == says("test_a_portal_at_the_same_host")


# --- large packets ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "passing", "ways"),
    [
        ("meta length > 1400 drop", 1280, ["ipv4", "ipv6"]),
        ("meta length > 1280 drop", 1280, ["ipv4", "ipv6"]),
        ("meta length > 600 drop", 576, ["ipv4", "ipv6"]),
    ],
    ids=["1400", "1280", "600"],
)
def test_large_packets_that_vanish(street: Street, rule: str, passing: int, ways: list[str]) -> None:
    with filtered(street, "box", "forward", rule):
        run = street.check("--meeting", "meet.example")
    assert said(run) == says("test_large_packets_that_vanish")
    params = run.findings("firewall")[0]["params"]
    assert (params["passing_bytes"], sorted(params["ways"])) == (passing, ways)
    assert (run.findings("firewall")[0]["severity"], run.code) == ("critical", 3)


@pytest.mark.parametrize(
    ("rule", "way"),
    [
        ("meta nfproto ipv6 meta length > 1280 drop", "ipv6"),
        ("meta nfproto ipv4 meta length > 1400 drop", "ipv4"),
        ('iifname "wan0" meta nfproto ipv6 meta length > 600 drop', "ipv6"),
    ],
    ids=["ipv6", "ipv4", "ipv6-one-way"],
)
def test_large_packets_that_vanish_on_one_of_two_ways(street: Street, rule: str, way: str) -> None:
    with filtered(street, "box", "forward", rule):
        run = street.check("--meeting", "meet.example")
    assert said(run) == ["firewall.large_packets_lost"]
    assert run.findings("firewall")[0]["params"]["ways"] == [way]
    assert run.code == 1


def test_a_line_that_tells_its_size_loses_nothing(street: Street) -> None:
    """Its router sends "packet too big", as it should."""
    street.office.box.ip("link", "set", "wan0", "mtu", "1300")
    try:
        run = street.check("--meeting", "meet.example")
    finally:
        street.office.box.ip("link", "set", "wan0", "mtu", "1500")
        for computer in (street.office.home, street.office.internet):  # they remember the size
            computer.ip("-4", "route", "flush", "cache")
            computer.ip("-6", "route", "flush", "cache")
    assert is_open(run)


# --- all closed, one family -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("drop", "firewall.meeting_silent/all_closed"),
        ("reject with tcp reset", "firewall.meeting_refused/all_closed"),
    ],
)
def test_all_of_tcp_443_is_closed(street: Street, rule: str, code: str) -> None:
    street.office.rules(f"tcp dport 443 {rule}")
    run = street.check("--meeting", "meet.example")
    assert said(run) == [code]
    assert "while others do" not in run.finding("firewall")["summary"]


_UNBOUND = """server:
    interface: {listen}
    access-control: 0.0.0.0/0 allow
    access-control: ::/0 allow
    do-daemonize: no
    username: ""
    chroot: ""
    directory: "{folder}"
    pidfile: ""
    use-syslog: no
    module-config: "{modules}"
    local-zone: "example." nodefault
    {more}
remote-control:
    control-enable: no
forward-zone:
    name: "broken.example."
    forward-addr: 127.0.0.1@9  # not asked: it fails at once
forward-zone:
    name: "."
    forward-addr: {box}@53
"""


def _unbound(street: Street, listen: str, *, modules: str = "iterator", more: str = "") -> Popen[bytes]:
    config = street.folder / "unbound.conf"
    config.write_text(
        _UNBOUND.format(listen=listen, folder=street.folder, modules=modules, more=more, box=BOX)
    )
    return street.office.box.start(
        "unbound", "-d", "-c", str(config), listens=("udp", 5353 if "@" in listen else 53)
    )


@pytest.fixture
def ipv6_only(street: Street) -> Iterator[Street]:
    """The office with IPv6 alone, and IPv4 behind NAT64 (tayga) and DNS64 (unbound)."""
    office = street.office
    data = street.folder / "tayga"
    data.mkdir(exist_ok=True)
    config = street.folder / "tayga.conf"
    config.write_text(
        f"tun-device nat64\nipv4-addr 192.168.64.1\nipv6-addr 2001:db8:9::64\nprefix 2001:db8:64::/96\n"
        f"dynamic-pool 192.168.64.0/24\ndata-dir {data}\n"
    )
    office.box.run("tayga", "-c", str(config), "--mktun")
    office.box.ip_batch(
        "link set nat64 up",
        "route add 192.168.64.0/24 dev nat64",
        "route add 2001:db8:64::/96 dev nat64",
    )
    office.internet.ip("route", "add", "192.168.64.0/24", "via", "192.0.2.1")
    office.home.ip_batch(f"route del default via {BOX}", f"address del {HOME}/24 dev eth0")
    office.home.etc("resolv.conf", f"nameserver {BOX_IPV6}\n")
    modules = "dns64 iterator"
    try:
        with (
            running(office.box.start("tayga", "-c", str(config), "-d")),
            running(_unbound(street, BOX_IPV6, modules=modules, more="dns64-prefix: 2001:db8:64::/96")),
        ):
            yield street
    finally:
        office.home.etc("resolv.conf", f"nameserver {BOX}\n")
        office.home.ip_batch(f"address add {HOME}/24 dev eth0", f"route add default via {BOX}")
        office.internet.ip("route", "del", "192.168.64.0/24")
        office.box.ip("link", "del", "nat64")


@pytest.mark.real("tayga", "unbound", "/dev/net/tun")
def test_a_meeting_by_its_ipv4_address_on_a_network_of_ipv6(ipv6_only: Street) -> None:
    run = ipv6_only.check("--meeting", AWAY)
    assert said(run) == says("test_a_meeting_by_its_ipv4_address_on_a_network_of_ipv6")
    assert outcomes(run, "web", AWAY, 443) == {"ipv4": "no_route"}
    # By its name it is reached: DNS64 gives it an IPv6 address.
    named = ipv6_only.check("--meeting", "one.example")
    assert is_open(named)
    assert outcomes(named, "web", "one.example", 443)["ipv6"] == "answered"


# --- names ------------------------------------------------------------------------------------------------------------


@pytest.mark.real("unbound")
def test_names_that_fail_or_are_sunk(street: Street) -> None:
    sinking = "".join(
        f'\n    local-zone: "{name}." always_null'
        for name in ("meet.example", "stun-a.example", "stun-b.example")
    )
    with running(_unbound(street, "0.0.0.0@5353", more=sinking)):
        street.office.rules(nat=("udp dport 53 redirect to :5353",))
        failed = street.check("--meeting", "broken.example")
        assert said(failed) == says("test_names_that_fail_or_are_sunk")
        assert outcomes(failed, "web", "broken.example", 443) == {"nothing": "name_failed"}
        sunk = street.check("--meeting", "meet.example")
        assert said(sunk) == ["firewall.meeting_sunk"]
        street.office.rules(*NO_UDP, nat=("udp dport 53 redirect to :5353",))
        no_proof = street.check("--meeting", "one.example", stun=_STUN)
        # The meeting's own relay answers over TCP and not over UDP: that much is known without test servers.
        assert said(no_proof) == ["firewall.meeting_udp_blocked/connection", "firewall.udp_unknown"]
        assert set(outcomes(no_proof, "udp", "stun-a.example", 3478).values()) == {"sunk"}


@pytest.mark.parametrize(
    ("servers", "variant"),
    [((OTHERS[0], BOX), "/first"), ((BOX, OTHERS[0]), "")],
    ids=["first", "second"],
)
def test_a_dead_name_server_is_named_and_measured_past(
    street: Street, servers: tuple[str, str], variant: str
) -> None:
    street.office.rules(f"ip daddr {OTHERS[0]} udp dport 53 drop")
    street.office.home.etc("resolv.conf", "".join(f"nameserver {server}\n" for server in servers))
    try:
        run = street.check("--meeting", "meet.example", "--quick", only="firewall,link")
    finally:
        street.office.home.etc("resolv.conf", f"nameserver {BOX}\n")
    assert said(run) == [f"firewall.name_server_dead{variant}"]
    assert run.findings("firewall")[0]["params"]["server"] == OTHERS[0]
    assert place(run, "web", "meet.example", 443)["certificate"]["trust"] == "public"
    assert run.fact("link.internet")["state"] == "measured"


def test_every_case_of_the_page_is_a_test_here() -> None:
    here: dict[str, Any] = globals()
    names = [
        case["test"].rpartition("::")[2]
        for case in _CASES
        if case["test"].startswith("tests/real/test_firewall_field.py")
    ]
    assert names
    assert [name for name in names if name not in here] == []
