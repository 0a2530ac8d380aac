"""Networks that several files of tests use, and the addresses in them (all reserved for documentation or private)."""

from __future__ import annotations

from dataclasses import dataclass

from tests.real.support import Namespace, Network

HOME = "192.168.1.20"
BOX = "192.168.1.1"
AWAY = "198.51.100.7"
STUN = f"{AWAY}:3478"


@dataclass(frozen=True)
class House:
    """A participant at home, the box, and a server on the Internet behind it. `eth0` leads to the right, `lan0` home."""

    home: Namespace
    box: Namespace
    away: Namespace


def straight(network: Network) -> tuple[Namespace, Namespace]:
    """A participant and a server on one cable; there is no default route, so there is no box to measure."""
    home, away = network.namespace("home"), network.namespace("away")
    network.pair(home, "eth0", away, "eth0")
    home.ip("address", "add", "198.51.100.20/24", "dev", "eth0")
    away.ip("address", "add", f"{AWAY}/24", "dev", "eth0")
    return home, away


def house(network: Network) -> House:
    """Participant, box, server; the box routes without translating addresses."""
    home, box, away = (network.namespace(label) for label in ("home", "box", "away"))
    network.pair(home, "eth0", box, "lan0")
    network.pair(box, "eth0", away, "eth0")
    home.ip("address", "add", f"{HOME}/24", "dev", "eth0")
    box.ip("address", "add", f"{BOX}/24", "dev", "lan0")
    box.ip("address", "add", "198.51.100.1/24", "dev", "eth0")
    away.ip("address", "add", f"{AWAY}/24", "dev", "eth0")
    home.ip("route", "add", "default", "via", BOX)
    away.ip("route", "add", "default", "via", "198.51.100.1")
    box.sysctl("net.ipv4.ip_forward", "1")
    return House(home, box, away)


def coturn(inside: Namespace, address: str = AWAY) -> None:
    """A real STUN server on port 3478."""
    inside.start(
        "turnserver",
        *("-n", "--no-cli", "--stun-only", "--no-tls", "--no-dtls", "--log-file", "stdout"),
        *("-L", address, "--pidfile", "/dev/null"),
        listens=("udp", 3478),
    )
