"""Disconnecting a VPN: of a real NetworkManager with real tunnels; and of one that refuses, hangs or changes its mind."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jeepney import Message, new_method_return

from amif_netcheck.model.facts import Carriage, LinkKind
from amif_netcheck.model.fix import Fix, FixKind, FixOutcome, FixRequest, FixResult
from amif_netcheck.output.escape import for_terminal
from amif_netcheck.platforms.answers import Interface
from amif_netcheck.platforms.linux import network
from amif_netcheck.platforms.linux.platform import Linux
from tests.lab.namespaces import Namespace, wait_for
from tests.real import network_manager
from tests.real.bus_services import Service, refusing, silent
from tests.real.buses import Bus
from tests.real.network_manager import NetworkManager
from tests.real.support import Network
from tests.real.tunnels import MEETING, openvpn, participant_and_vpn_server

pytestmark = pytest.mark.real("dbus-daemon")

AMPLE_S = 20.0
"""Far more than any answer needs, for a busy machine."""
VPN = ("--only", "vpn", "--meeting", MEETING)
SHORT_S = 1.5
DONE, GONE, REFUSED = (each.value for each in (FixOutcome.DONE, FixOutcome.GONE, FixOutcome.REFUSED))


# --- a real NetworkManager --------------------------------------------------------------------------

real = pytest.mark.real(*network_manager.NEEDED_FOR_OPENVPN)


@pytest.fixture
def ends(network: Network) -> tuple[Namespace, Namespace]:
    return participant_and_vpn_server(network)


@pytest.fixture
def manager(ends: tuple[Namespace, Namespace]) -> Iterator[NetworkManager]:
    with NetworkManager(ends[0]) as running:
        yield running


def seen_by(manager: NetworkManager, interface: str) -> None:
    """Wait until NetworkManager shows an interface that it did not make."""
    state = "connected (externally)"
    wait_for(lambda: manager.interfaces().get(interface) == state, AMPLE_S, f"{interface} to be seen")


@real
def test_a_real_vpn_is_disconnected(
    network: Network, ends: tuple[Namespace, Namespace], manager: NetworkManager, tmp_path: Path
) -> None:
    home, away = ends
    manager.cable()
    interface = manager.openvpn("Mairie", away, tmp_path)
    finding = network.check(home, *VPN).finding("vpn")
    assert (finding["code"], finding["params"]["interface"]) == ("vpn.carries_meeting", interface)
    seen_by(manager, interface)  # beside the VPN itself

    told = {"connection": "Mairie", "interface": interface}
    assert manager.fixes("eth0", "offers") == [[]]
    offer, done, again = manager.fixes(interface, "offers", "carry_out", "carry_out")
    assert (offer, done) == ([told], [DONE, ""])
    assert again[0] == GONE
    assert network.check(home, *VPN).finding("vpn")["code"] == "vpn.none"
    assert interface not in manager.interfaces()
    assert manager.fixes(interface, "offers") == [[]]

    # The way back that people are told.
    manager.control("connection", "up", "Mairie")
    assert network.check(home, *VPN).finding("vpn")["code"] == "vpn.carries_meeting"


@real
def test_a_user_who_may_not_is_not_offered_it(
    ends: tuple[Namespace, Namespace], manager: NetworkManager, tmp_path: Path
) -> None:
    manager.cable()
    interface = manager.openvpn("Mairie", ends[1], tmp_path)
    words = ("offers", "nobody", "offers", "carry_out", "blindly", "offers", "carry_out")
    by_root, by_nobody, unasked, blind_offer, blind = manager.fixes(interface, *words)
    assert len(by_root) == 1
    assert by_nobody == []
    assert unasked[0] == REFUSED
    # What everybody may read is enough to find it; NetworkManager itself says no.
    assert blind_offer == by_root
    assert blind == [REFUSED, "org.freedesktop.NetworkManager.PermissionDenied"]
    assert ends[0].succeeds("ping", "-c", "1", "-W", "5", "10.9.0.1")


@real
def test_a_real_tunnel_of_its_own_profile(manager: NetworkManager) -> None:
    addresses = ("ipv4.method", "manual", "ipv4.addresses", "10.77.0.2/24")
    manager.connection("Bureau", "type", "tun", "ifname", "tun7", "mode", "tun", *addresses)
    offer, done = manager.fixes("tun7", "offers", "carry_out")
    assert (offer, done) == ([{"connection": "Bureau", "interface": "tun7"}], [DONE, ""])
    assert "tun7" not in manager.inside.ip("link")


@real
def test_what_somebody_else_set_up_is_left_alone(
    ends: tuple[Namespace, Namespace], manager: NetworkManager, tmp_path: Path
) -> None:
    manager.cable()
    tunnel = openvpn(*ends, tmp_path)
    seen_by(manager, tunnel.interface)
    assert manager.fixes(tunnel.interface, "offers") == [[]]


# --- one as the test wants it -----------------------------------------------------------------------

NAME = "org.freedesktop.NetworkManager"
ROOT = "/org/freedesktop/NetworkManager"
ACTIVE = f"{NAME}.Connection.Active"
ACTIVATED, DEACTIVATING, DEACTIVATED = 2, 3, 4
EXTERNAL = 0x80


class Mock(Service):
    """NetworkManager as far as it is asked here. Deactivated connections vanish at once."""

    def __init__(self, address: str) -> None:
        super().__init__(address, NAME)
        self.allowed = "yes"
        self.methods |= {"GetPermissions": self._permissions, "DeactivateConnection": self._deactivate}
        self.properties[ROOT, NAME] = {"ActiveConnections": ("ao", [])}

    def add(
        self,
        name: str,
        kind: str = "wireguard",
        *,
        device: str = "wg0",
        addresses: tuple[str, ...] = (),
        **changed: Any,
    ) -> str:
        """An active connection; its path. `changed`: its properties that are different."""
        paths = self.properties[ROOT, NAME]["ActiveConnections"][1]
        number = len(paths) + 1
        path, of_device, config = (f"{ROOT}/{what}/{number}" for what in ("Active", "Devices", "IP4Config"))
        self.properties[path, ACTIVE] = {
            "Id": ("s", name),
            "Uuid": ("s", f"uuid-of-{name}"),
            "Type": ("s", kind),
            "Vpn": ("b", kind == "vpn"),
            "State": ("u", ACTIVATED),
            "StateFlags": ("u", 0x1C),
            "Devices": ("ao", [of_device]),
            "Ip4Config": ("o", config),
            "Ip6Config": ("o", "/"),
            **changed,
        }
        self.properties[of_device, f"{NAME}.Device"] = {"IpInterface": ("s", device)}
        data = [{"address": ("s", address), "prefix": ("u", 24)} for address in addresses]
        self.properties[config, f"{NAME}.IP4Config"] = {"AddressData": ("aa{sv}", data)}
        paths.append(path)
        return path

    def asked_to_deactivate(self) -> list[str]:
        return [asked[1] for asked in self.asked if asked[0] == "DeactivateConnection"]

    def _permissions(self, message: Message) -> Message:
        return new_method_return(message, "a{ss}", ({f"{NAME}.network-control": self.allowed},))

    def _deactivate(self, message: Message) -> Message:
        del self.properties[message.body[0], ACTIVE]
        return new_method_return(message)


@pytest.fixture
def bus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bus]:
    with Bus(tmp_path, "SYSTEM") as running:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", running.address)
        yield running


@pytest.fixture
def mock(bus: Bus, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mock]:
    have(monkeypatch, tun0=("10.9.0.2", "fe80::9"), wlan0=("192.168.1.20",))
    with Mock(bus.address) as running:
        yield running


def have(monkeypatch: pytest.MonkeyPatch, **addresses: tuple[str, ...]) -> None:
    """This computer's interfaces."""
    found = tuple(
        Interface(name=name, kind=LinkKind.TUN, carriage=Carriage.TUNNEL, up=True, addresses=texts)
        for name, texts in addresses.items()
    )
    monkeypatch.setattr(network.Network, "interfaces", lambda _self: found)


def offered(interface: str = "wg0", within_s: float = AMPLE_S) -> tuple[Fix, ...]:
    request = FixRequest(kind=FixKind.DISCONNECT_VPN, about=(interface,))
    return Linux().offers(request, time.monotonic() + within_s)


def carried_out(fix: Fix, within_s: float = AMPLE_S) -> FixResult:
    return Linux().carry_out(fix, time.monotonic() + within_s)


def test_a_wireguard_profile(mock: Mock) -> None:
    mock.add("Cable", "802-3-ethernet", device="wlan0", addresses=("192.168.1.20",))
    path = mock.add("Mairie")
    (fix,) = offered()
    assert fix.params == {"connection": "Mairie", "interface": "wg0"}
    assert fix.target == (path, "uuid-of-Mairie")
    assert mock.asked_to_deactivate() == []
    assert carried_out(fix) == FixResult(outcome=FixOutcome.DONE)
    assert mock.asked_to_deactivate() == [path]


@pytest.mark.parametrize(
    ("address", "count"),
    [("10.9.0.2", 1), ("10.9.0.3", 0), ("192.168.1.20", 0), ("fe80::9", 0)],
    ids=["its own", "another", "of another interface", "link-local"],
)
def test_a_vpn_is_known_by_its_address(mock: Mock, address: str, count: int) -> None:
    mock.add("Mairie", "vpn", device="wlan0", addresses=(address,))
    assert len(offered("tun0")) == count
    assert offered("wg0") == ()


def test_an_address_that_two_interfaces_have_proves_nothing(
    mock: Mock, monkeypatch: pytest.MonkeyPatch
) -> None:
    mock.add("Mairie", "vpn", device="wlan0", addresses=("10.9.0.2",))
    have(monkeypatch, tun0=("10.9.0.2",), tun1=("10.9.0.2",))
    assert offered("tun0") == offered("tun1") == ()


def test_two_that_fit_are_none(mock: Mock) -> None:
    mock.add("Mairie", "vpn", device="wlan0", addresses=("10.9.0.2",))
    mock.add("Other", "vpn", device="wlan0", addresses=("10.9.0.2",))
    assert offered("tun0") == ()


@pytest.mark.parametrize(
    "changed",
    [
        {"StateFlags": ("u", 0x1C | EXTERNAL)},
        {"StateFlags": ("s", "none told")},
        {"State": ("u", DEACTIVATING)},
        {"Type": ("s", "802-3-ethernet")},
        {"Type": ("s", "pppoe")},
        {"Uuid": ("u", 7)},
        {"Devices": ("s", "nonsense")},
    ],
    ids=str,
)
def test_what_is_not_offered(mock: Mock, changed: dict[str, Any]) -> None:
    mock.add("Mairie", **changed)
    assert offered() == ()


@pytest.mark.parametrize("allowed", ["auth", "no", "unknown"])
def test_nobody_is_asked_for_a_password(mock: Mock, allowed: str) -> None:
    mock.add("Mairie")
    (fix,) = offered()
    mock.allowed = allowed
    assert offered() == ()
    assert carried_out(fix).outcome is FixOutcome.REFUSED
    assert mock.asked_to_deactivate() == []


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("\x1b[2J\x07[red]<b>\u202e", "\\x1b[2J\\x07[red]<b>\\u202e"),
        ("two\nlines", "two lines"),
        ("x" * 10_000, "x" * 60),
    ],
)
def test_a_hostile_name_is_data(mock: Mock, name: str, shown: str) -> None:
    mock.add(name)
    (fix,) = offered()
    assert for_terminal(fix.params["connection"]) == shown


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (f"{NAME}.PermissionDenied", FixOutcome.REFUSED),
        ("org.freedesktop.DBus.Error.AccessDenied", FixOutcome.REFUSED),
        (f"{NAME}.ConnectionNotActive", FixOutcome.GONE),
        (f"{NAME}.Failed", FixOutcome.FAILED),
    ],
)
def test_it_says_no(mock: Mock, error: str, outcome: FixOutcome) -> None:
    mock.add("Mairie")
    (fix,) = offered()
    mock.methods["DeactivateConnection"] = refusing(error)
    assert carried_out(fix) == FixResult(outcome=outcome, detail=error)


def test_it_takes_its_time(mock: Mock) -> None:
    path = mock.add("Mairie")
    (fix,) = offered()
    states = iter([ACTIVATED, DEACTIVATING, DEACTIVATING, DEACTIVATED])
    mock.methods["DeactivateConnection"] = new_method_return
    mock.methods["Get"] = lambda message: new_method_return(message, "v", (("u", next(states)),))
    assert carried_out(fix) == FixResult(outcome=FixOutcome.DONE)
    assert not list(states)
    assert mock.asked[-1] == ("Get", ACTIVE, "State")
    assert path in mock.properties[ROOT, NAME]["ActiveConnections"][1]


def test_it_never_comes_to_an_end(mock: Mock) -> None:
    mock.add("Mairie", State=("u", ACTIVATED))
    (fix,) = offered()
    mock.methods["DeactivateConnection"] = new_method_return
    result = carried_out(fix, SHORT_S)
    assert (result.outcome, result.detail) == (FixOutcome.UNFINISHED, f"state {ACTIVATED}")


@pytest.mark.parametrize("method", ["GetPermissions", "GetAll", "DeactivateConnection", "Get"])
def test_it_hangs(mock: Mock, method: str) -> None:
    mock.add("Mairie")
    (fix,) = offered()
    mock.methods[method] = silent
    started = time.monotonic()
    assert carried_out(fix, SHORT_S).outcome is FixOutcome.UNFINISHED
    assert method == "DeactivateConnection" or offered(within_s=SHORT_S) == ()
    assert time.monotonic() - started < 2 * SHORT_S + 1


def test_it_went_away_before_the_yes(mock: Mock) -> None:
    path = mock.add("Mairie")
    (fix,) = offered()
    mock.properties[path, ACTIVE]["Uuid"] = ("s", "another-one")
    assert carried_out(fix) == FixResult(outcome=FixOutcome.GONE)
    mock.properties[path, ACTIVE] |= {"Uuid": ("s", "uuid-of-Mairie"), "State": ("u", DEACTIVATED)}
    assert carried_out(fix) == FixResult(outcome=FixOutcome.GONE)
    del mock.properties[path, ACTIVE]
    assert carried_out(fix).outcome is FixOutcome.GONE
    assert mock.asked_to_deactivate() == []


def test_networkmanager_went_away(mock: Mock) -> None:
    mock.add("Mairie")
    (fix,) = offered()
    mock.die()
    assert offered() == ()
    # The tunnel may well be there still.
    assert carried_out(fix).outcome is FixOutcome.FAILED


def test_a_bus_that_hangs_is_left_behind(mock: Mock, bus: Bus) -> None:
    mock.add("Mairie")
    (fix,) = offered()
    bus.daemon.send_signal(signal.SIGSTOP)
    try:
        started = time.monotonic()
        assert offered(within_s=SHORT_S) == ()
        assert carried_out(fix, SHORT_S).outcome is FixOutcome.UNFINISHED
        assert time.monotonic() - started < 2 * SHORT_S + 1
    finally:
        bus.daemon.send_signal(signal.SIGCONT)


@pytest.mark.parametrize("address", ["unix:path=/nowhere/at/all", "nonsense", "tcp:host=localhost,port=1"])
def test_without_a_bus_nothing_is_offered(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
    assert offered() == ()
    fix = Fix(kind=FixKind.DISCONNECT_VPN, params={"connection": "x", "interface": "wg0"}, target=("/x", "y"))
    assert carried_out(fix).outcome is FixOutcome.FAILED
