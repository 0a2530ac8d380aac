"""Real tunnels between a participant and a VPN server: WireGuard (wireguard-go) and OpenVPN, routed in the usual ways."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.lab.addresses import BOX, HOME
from tests.lab.namespaces import Namespace, wait_for
from tests.real.support import Network

VPN_SERVER = "198.51.100.7"
MEETING = "203.0.113.50"
MEETING_IPV6 = "2001:db8:50::50"
OFFICE = "10.20.0.0/16"
_PORT = 4500
_MARK = "51820"
_HANDSHAKE_S = 15
_PACKET = 1100
"""Bytes: no question for an address is as long, which a bridge sends out of every port."""


@dataclass(frozen=True)
class Tunnel:
    """A tunnel that is up and works: nothing but its two ends goes through it yet."""

    home: Namespace
    away: Namespace
    interface: str
    product: str
    peer: str

    def carries(self, address: str) -> bool:
        """Does a real packet to `address` (which has to answer) go through the tunnel?"""
        before = self.home.bytes_out(self.interface)
        packet = ("-c", "1", "-W", "5", "-s", str(_PACKET))
        assert self.home.succeeds("ping", *packet, address), f"{address} does not answer"
        return self.home.bytes_out(self.interface) - before >= _PACKET


def participant_and_vpn_server(network: Network) -> tuple[Namespace, Namespace]:
    """The server stands for all the Internet: box, VPN server and meeting, each with its address."""
    home, away = network.namespace("home"), network.namespace("away")
    network.pair(home, "eth0", away, "eth0")
    home.ip("address", "add", f"{HOME}/24", "dev", "eth0")
    away.ip("address", "add", f"{BOX}/24", "dev", "eth0")
    for address in (VPN_SERVER, MEETING):
        away.ip("address", "add", f"{address}/32", "dev", "lo")
    home.ip("route", "add", "default", "via", BOX)
    # The tunnels that come now would greet their neighbours over IPv6, and `Tunnel.carries` counts bytes.
    home.sysctl("net.ipv6.conf.default.disable_ipv6", "1")
    return home, away


def wireguard(home: Namespace, away: Namespace, folder: Path) -> Tunnel:
    """WireGuard in user space, as the kernel has none here."""
    del folder
    ends = {}
    for side, address in ((home, "10.8.0.2"), (away, "10.8.0.1")):
        # wireguard-go keeps a socket named like its interface in /run, which all namespaces share.
        interface = f"wg{side.label[0]}{side.name[-6:]}"
        side.start("wireguard-go", "-f", interface)
        control = Path("/run/wireguard") / f"{interface}.sock"
        wait_for(control.exists, 5, f"{control}")
        private = side.run("wg", "genkey").strip()
        side.run("wg", "set", interface, "private-key", "/dev/stdin", "fwmark", _MARK, text=private)
        side.ip("address", "add", f"{address}/32", "dev", interface)
        side.ip("link", "set", interface, "up")
        ends[side.name] = interface, side.run("wg", "pubkey", text=private).strip()
    (mine, my_key), (theirs, their_key) = ends[home.name], ends[away.name]
    away.run("wg", "set", theirs, "listen-port", str(_PORT), "peer", my_key, "allowed-ips", "10.8.0.2/32")
    endpoint = ("endpoint", f"{VPN_SERVER}:{_PORT}", "allowed-ips", "0.0.0.0/0,::/0")
    home.run("wg", "set", mine, "peer", their_key, *endpoint)
    away.ip("route", "add", "10.8.0.2/32", "dev", theirs)
    home.ip("route", "add", "10.8.0.1/32", "dev", mine, "proto", "kernel")
    return working(Tunnel(home, away, mine, "WireGuard", "10.8.0.1"))


def openvpn(home: Namespace, away: Namespace, folder: Path, *more: str) -> Tunnel:
    """OpenVPN with certificates that know each other by their fingerprints; `more` are options of the participant."""
    prints = {side: certificate(side, folder) for side in (home, away)}

    def start(side: Namespace, other: Namespace, mine: str, theirs: str, *options: str) -> str:
        interface = f"tun{side.label[0]}{side.name[-6:]}"
        side.start(
            *("openvpn", "--dev", interface, "--dev-type", "tun", "--ifconfig", mine, theirs),
            *("--cert", str(folder / f"{side.name}.crt"), "--key", str(folder / f"{side.name}.key")),
            *("--peer-fingerprint", prints[other], *options),
        )
        return interface

    server = ("--tls-server", "--dh", "none", "--local", VPN_SERVER, "--port", str(_PORT))
    client = ("--tls-client", "--nobind", "--remote", VPN_SERVER, str(_PORT), "--mark", _MARK)
    start(away, home, "10.9.0.1", "10.9.0.2", *server)
    interface = start(home, away, "10.9.0.2", "10.9.0.1", *client, *more)
    return working(Tunnel(home, away, interface, "OpenVPN", "10.9.0.1"))


def certificate(side: Namespace, folder: Path) -> str:
    """Make a key and a certificate; its fingerprint."""
    key, certificate = (str(folder / f"{side.name}.{kind}") for kind in ("key", "crt"))
    curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    subject = ("-subj", f"/CN={side.name}", "-days", "2")
    side.run("openssl", "req", "-x509", *curve, *subject, "-keyout", key, "-out", certificate)
    said = side.run("openssl", "x509", "-in", certificate, "-noout", "-fingerprint", "-sha256")
    return said.strip().partition("=")[2]


def working(tunnel: Tunnel) -> Tunnel:
    """Wait until packets cross it: a tunnel that only looks like one would prove nothing."""
    # Sent through this very interface: before it is there, the peer's address answers over the cable.
    ping = ("ping", "-I", tunnel.interface, "-c", "1", "-W", "1", tunnel.peer)
    wait_for(lambda: tunnel.home.succeeds(*ping), _HANDSHAKE_S, f"an answer through {tunnel.product}")
    assert tunnel.carries(tunnel.peer)
    return tunnel


MAKERS: dict[str, Callable[[Namespace, Namespace, Path], Tunnel]] = {
    "wireguard": wireguard,
    "openvpn": openvpn,
}


# --- what goes through it -------------------------------------------------------------------------


def two_halves(tunnel: Tunnel) -> None:
    """A full tunnel as OpenVPN's `def1` makes it: the default route stays, two halves of the Internet win over it."""
    tunnel.home.ip("route", "add", VPN_SERVER, "via", BOX)
    for half in ("0.0.0.0/1", "128.0.0.0/1"):
        tunnel.home.ip("route", "add", half, "dev", tunnel.interface)


def policy(tunnel: Tunnel) -> None:
    """A full tunnel as wg-quick makes it: a table of its own for all that isn't marked as the tunnel's."""
    tunnel.home.ip("route", "add", "default", "dev", tunnel.interface, "table", _MARK)
    tunnel.home.ip("rule", "add", "not", "fwmark", _MARK, "table", _MARK)
    tunnel.home.ip("rule", "add", "table", "main", "suppress_prefixlength", "0")


def split_with_the_meeting(tunnel: Tunnel) -> None:
    """Only some networks, the meeting's among them."""
    tunnel.home.ip("route", "add", "203.0.113.0/24", "dev", tunnel.interface)


def split_without_the_meeting(tunnel: Tunnel) -> None:
    """Only the office."""
    tunnel.home.ip("route", "add", OFFICE, "dev", tunnel.interface)


def nothing(tunnel: Tunnel) -> None:
    """Up, with an address, and idle."""
