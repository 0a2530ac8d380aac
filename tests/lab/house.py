"""The emulated house: a participant, a television, the box that translates addresses, the line, and the Internet.

    home 192.168.1.20 ──[Wi-Fi line]──┐
                                      lan0  box 192.168.1.1  wan0 ──[line]── eth0  internet 198.51.100.7, …
    tv   192.168.1.30 ────────────────┘

All addresses are private or reserved for documentation. IPv6 goes the same way without translation.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from tests.lab.addresses import (
    AWAY,
    AWAY_IPV6,
    BOX,
    BOX_IPV6,
    BOX_OUTSIDE,
    HOME,
    HOME_IPV6,
    OTHERS,
    OTHERS_IPV6,
    TV,
    TV_IPV6,
)
from tests.lab.line import Line
from tests.lab.namespaces import Network
from tests.lab.services import Transfer, transfer
from tests.lab.settings import WAYS
from tests.lab.trace import Trace

_LAN_IPV6 = "2001:db8:1::/64"

_NAT = f"""
add table ip house
add chain ip house out {{ type nat hook postrouting priority 100; }}
add rule ip house out oifname "wan0" ip saddr 192.168.1.0/24 snat to {BOX_OUTSIDE}
"""


class House:
    """A house on `network`. Its line, and its Wi-Fi if it has one, begin without any fault: `line.set`, `wifi.set`."""

    def __init__(self, network: Network, *changes: str, wifi: str | None = None, seed: int = 1) -> None:
        """`changes` are settings of the line, `wifi` those of a second one between home and the box."""
        self._network = network
        self._hosts: dict[str, str] = {}
        self._ports = iter(range(5401, 5500))
        self.home, self.tv, self.box, self.internet = (
            network.namespace(label) for label in ("home", "tv", "box", "internet")
        )
        self.line = Line(network, (self.box, "wan0"), (self.internet, "eth0"), seed=seed)
        self._build_box()
        self._build_internet()
        self.wifi: Line | None = None
        if wifi is None:
            network.pair(self.home, "eth0", self.box, "lan1")
            self.box.ip("link", "set", "lan1", "master", "lan0")
        else:
            self.wifi = self._build_wifi(seed + 1)
            self.wifi.set(wifi)
        network.pair(self.tv, "eth0", self.box, "lan2")
        self.box.ip("link", "set", "lan2", "master", "lan0")
        for member, address, ipv6 in ((self.home, HOME, HOME_IPV6), (self.tv, TV, TV_IPV6)):
            member.ip_batch(
                f"address add {address}/24 dev eth0",
                f"address add {ipv6}/64 dev eth0 nodad",
                f"route add default via {BOX}",
                f"route add default via {BOX_IPV6}",
            )
        if self.wifi is not None:
            self._introduce()
        self.line.set(*changes)

    @classmethod
    def of_call(
        cls, network: Network, call: Mapping[str, Any], *, seed: int = 1, recordings: Path | None = None
    ) -> Self:
        """A house with the `line` of a recorded call: `a2b`, `b2a`, and `cross` and `events` if there were any.

        The cross traffic is under way and the events are scheduled when this returns; a line that follows a recorded one
        (`trace=NAME,at=MS`, a file of the folder `recordings`) has begun to.
        """
        line = call["line"]
        ways = {name: _without_trace(line[name]) for name in WAYS}
        made = cls(network, *(settings for settings, _trace in ways.values()), seed=seed)
        for cross in line.get("cross", ()):
            made.stream(cross["from"], cross["dir"], cross.get("streams", 1))
        made.line.schedule(line.get("events", ()))
        traces = {name: trace for name, (_settings, trace) in ways.items() if trace}
        if traces:
            made.line.follow({name: _trace(trace, recordings) for name, trace in traces.items()})
        return made

    def stream(self, member: str, way: str, streams: int = 1) -> Transfer:
        """Cross traffic, as much as goes: `home` or `tv` sends (`up`) or receives (`down`) until `Transfer.end`."""
        inside = {"home": self.home, "tv": self.tv}[member]
        more = {"up": (), "down": ("--reverse",)}[way]
        port = next(self._ports)
        return transfer(self._network, inside, self.internet, AWAY, *more, port=port, streams=streams)

    def hosts(self, names: Mapping[str, str]) -> None:
        """Names and their addresses, beside those given before, for who lives here."""
        self._hosts |= names
        content = "".join(f"{address} {name}\n" for name, address in self._hosts.items())
        for member in (self.home, self.tv):
            member.etc("hosts", content)

    def _build_box(self) -> None:
        self.box.sysctl("net.ipv4.ip_forward", "1")
        self.box.sysctl("net.ipv6.conf.all.forwarding", "1")
        self.box.ip_batch(
            "link add lan0 type bridge",
            "link set lan0 up",
            f"address add {BOX}/24 dev lan0",
            f"address add {BOX_IPV6}/64 dev lan0 nodad",
            f"address add {BOX_OUTSIDE}/32 dev wan0",
            "route add default dev wan0",
            "route add ::/0 dev wan0",
        )
        self.box.run("nft", "-f", "-", text=_NAT)

    def _build_internet(self) -> None:
        self.internet.ip_batch(
            *(f"address add {address}/32 dev lo" for address in (AWAY, *OTHERS)),
            *(f"address add {address}/128 dev lo nodad" for address in (AWAY_IPV6, *OTHERS_IPV6)),
            f"route add {BOX_OUTSIDE} dev eth0 src {AWAY}",
            f"route add {_LAN_IPV6} dev eth0 src {AWAY_IPV6}",
        )

    def _build_wifi(self, seed: int) -> Line:
        """The air is a namespace of its own, so that home has an ordinary card and no TAP device."""
        air = self._network.namespace("air")
        self._network.pair(self.home, "eth0", air, "eth0")
        line = Line(self._network, (air, "radio0"), (self.box, "lan1"), tap=True, seed=seed)
        air.ip_batch(
            "link add bridge0 type bridge",
            "link set eth0 master bridge0",
            "link set radio0 master bridge0",
            "link set bridge0 up",
        )
        self.box.ip("link", "set", "lan1", "master", "lan0")
        return line

    def _introduce(self) -> None:
        """Home and box know each other's hardware addresses, so that no question for them is counted or lost."""
        for asking, interface, other, other_interface, addresses in (
            (self.home, "eth0", self.box, "lan0", (BOX, BOX_IPV6)),
            (self.box, "lan0", self.home, "eth0", (HOME, HOME_IPV6)),
        ):
            hardware = other.run("cat", f"/sys/class/net/{other_interface}/address").strip()
            asking.ip_batch(
                *(f"neigh replace {each} lladdr {hardware} dev {interface}" for each in addresses)
            )


def _without_trace(written: str) -> tuple[str, dict[str, str]]:
    """A way's settings, and what there is of a recording to follow: `trace`, `at`."""
    name, _colon, change = written.partition(":")
    fields = dict(part.split("=") for part in change.split(","))
    trace = {str(key): fields.pop(key) for key in ("trace", "at") if key in fields}
    return f"{name}:" + ",".join(f"{key}={value}" for key, value in fields.items()), trace


def _trace(written: Mapping[str, str], recordings: Path | None) -> Trace:
    if recordings is None:
        raise ValueError("this line follows a recorded one: name the folder of the recordings")
    return Trace.read(recordings / Path(written["trace"]).name, begin_ms=float(written.get("at", 0)))
