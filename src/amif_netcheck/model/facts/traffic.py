"""What this computer sends and receives now."""

from __future__ import annotations

from msgspec import Struct

from amif_netcheck.model.facts.base import Fact, Unavailable


class Application(Struct, frozen=True, kw_only=True):
    """A program that uses the network.

    `down_mbit_s` and `up_mbit_s` are TCP payload over the window; `connections` counts its open ones, `udp_connections`
    those of them over UDP, and `quic_connections` those over UDP to port 443, where nearly everything is QUIC: systems
    count no bytes for UDP. `unconnected_udp` counts UDP sockets without a peer, as BitTorrent and games use them. `process`
    is what the person started: a helper has the name of the program that it works for. `product` and `family` come from the
    catalog of known applications, empty when it isn't known. `counted` is false where the system counts no bytes for it:
    its rates are then unknown, and written as 0.
    """

    process: str
    product: str = ""
    family: str = ""
    down_mbit_s: float = 0.0
    up_mbit_s: float = 0.0
    connections: int = 0
    udp_connections: int = 0
    quic_connections: int = 0
    unconnected_udp: int = 0
    counted: bool = True


class TrafficFacts(Fact, frozen=True, kw_only=True):
    """Traffic on the interface that carries the meeting, our own traffic taken out.

    Rates are averages over `window_s`, link-layer bytes, in Mbit/s (10^6 bit/s). `applications` come most bytes first.
    `others_hidden`: other accounts have programs on the network that are not among them; `hidden_down_mbit_s` and
    `hidden_up_mbit_s` are the TCP payload of these.
    """

    interface: str
    window_s: float
    down_mbit_s: float
    up_mbit_s: float
    own_down_mbit_s: float
    own_up_mbit_s: float
    applications: tuple[Application, ...] | Unavailable
    others_hidden: bool = False
    hidden_down_mbit_s: float = 0.0
    hidden_up_mbit_s: float = 0.0
