"""The shortest network: two computers on one cable."""

from __future__ import annotations

from tests.lab.addresses import AWAY
from tests.lab.namespaces import Namespace, Network


def straight(network: Network) -> tuple[Namespace, Namespace]:
    """A participant and a server; there is no default route, so there is no box to measure."""
    home, away = network.namespace("home"), network.namespace("away")
    network.pair(home, "eth0", away, "eth0")
    home.ip("address", "add", "198.51.100.20/24", "dev", "eth0")
    away.ip("address", "add", f"{AWAY}/24", "dev", "eth0")
    return home, away
