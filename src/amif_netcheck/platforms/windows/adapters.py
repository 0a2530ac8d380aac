"""What Windows' interfaces are, and what they stand on: by type, medium and driver, never by the names that people see. Pure.

A VPN's adapter that calls itself Ethernet and a virtual switch look alike; their drivers tell them apart
(`catalog.windows_adapters`). Of a driver that nobody knows, and that drives no hardware, nothing is claimed.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping

from msgspec import Struct

from amif_netcheck.catalog import windows_adapters
from amif_netcheck.catalog.windows_adapters import AdapterRole
from amif_netcheck.model.facts import Carriage, LinkKind
from amif_netcheck.platforms.windows.drivers import AdapterDriver
from amif_netcheck.platforms.windows.ras import RasConnection, RasLine
from amif_netcheck.platforms.windows.tables import InterfaceRow

# ipifcons.h, IF_TYPE_…
OTHER, ETHERNET, PPP, LOOPBACK, PROPRIETARY, WIFI, TUNNEL = 1, 6, 23, 24, 53, 71, 131
WIMAX, MOBILE, MOBILE_2 = 237, 243, 244
# ntddndis.h, NDIS_MEDIUM and NDIS_PHYSICAL_MEDIUM
MEDIA_WAN, MEDIA_IP = 3, 19
MEDIUM_WIRELESS_WAN, MEDIUM_BLUETOOTH = 8, 10

_UP = 1  # ifdef.h, IfOperStatusUp
_HARDWARE_BUSES = {"pci", "usb", "bth", "sd", "pcmcia", "acpi", "vmbus", "xenvif", "xen"}
_TUNNELS = {LinkKind.TUN, LinkKind.TAP, LinkKind.WIREGUARD, LinkKind.IP_TUNNEL, LinkKind.PPP}
_LINES: dict[RasLine | None, Carriage] = {
    RasLine.VPN: Carriage.TUNNEL,
    **dict.fromkeys((RasLine.PPPOE, RasLine.MODEM, RasLine.ISDN), Carriage.DIRECT),
}
_TRANSITION = {11, 13, 14}
"""ifdef.h, TUNNEL_TYPE_…; IP-HTTPS (15) is a VPN's."""
_DEEPEST = 8


class Adapter(Struct, frozen=True, kw_only=True):
    """An interface with its driver. `name` is what people see, made unique; `line` is what Windows dialled there."""

    name: str
    row: InterfaceRow
    driver: AdapterDriver = AdapterDriver()
    line: RasLine | None = None

    @property
    def up(self) -> bool:
        """Can it carry packets now?"""
        return self.row.status == _UP

    @property
    def is_transition(self) -> bool:
        """6to4, ISATAP or Teredo: tunnels that Windows makes by itself for IPv6, and avoids where it can."""
        return self.row.tunnel_type in _TRANSITION

    @property
    def role(self) -> AdapterRole | None:
        """What its driver is known for."""
        known = windows_adapters.adapter(self.driver.component)
        return known.role if known else None

    @property
    def product(self) -> str:
        """The VPN product that its driver, or its adapter's description, belongs to; empty when unknown."""
        return windows_adapters.product_of(self.driver.component, self.row.description)


def of_rows(
    rows: Iterable[InterfaceRow], drivers: Mapping[str, AdapterDriver], dialled: Iterable[RasConnection]
) -> tuple[Adapter, ...]:
    """The adapters, without the filters that lie over them."""
    shown = [row for row in rows if not row.filter]
    names = _unique_names(shown)
    lines = {connection.entry: connection.line for connection in dialled}
    return tuple(
        Adapter(
            name=names[row.index],
            row=row,
            driver=drivers.get(row.guid.casefold(), AdapterDriver()),
            line=None if row.hardware else lines.get(row.alias),
        )
        for row in shown
    )


def kind_of(adapter: Adapter) -> LinkKind:
    """What an interface is."""
    row = adapter.row
    known = windows_adapters.adapter(adapter.driver.component)
    if row.type == LOOPBACK:
        return LinkKind.LOOPBACK
    if adapter.line is not None or row.type == PPP or row.media == MEDIA_WAN:
        return LinkKind.PPP
    return _kind_by_structure(adapter) if known is None else _kind_by_driver(known, row)


def _kind_by_structure(adapter: Adapter) -> LinkKind:
    """Of an adapter whose driver nobody knows."""
    row = adapter.row
    if row.type == TUNNEL or row.tunnel_type:  # Teredo, ISATAP, 6to4, IP-HTTPS
        return LinkKind.IP_TUNNEL
    by_nature = row.type in {MOBILE, MOBILE_2, WIMAX} or row.medium == MEDIUM_BLUETOOTH
    if row.type == OTHER and not row.mac:  # it carries no frames that a network card would
        return LinkKind.UNKNOWN
    if by_nature or row.hardware or (row.connector and adapter.driver.bus in _HARDWARE_BUSES):
        return LinkKind.HARDWARE
    if row.type == WIFI:  # Wi-Fi Direct and the mobile hotspot
        return LinkKind.VIRTUAL
    return LinkKind.TUN if row.media == MEDIA_IP else LinkKind.UNKNOWN


def _kind_by_driver(known: windows_adapters.KnownAdapter, row: InterfaceRow) -> LinkKind:
    if known.role is AdapterRole.TUNNEL:
        if known.kind:
            return LinkKind(known.kind)
        return LinkKind.TUN if row.media == MEDIA_IP else LinkKind.TAP
    if known.role is AdapterRole.DIALLER:
        return LinkKind.PPP
    return LinkKind.HARDWARE if known.role is AdapterRole.GUEST else LinkKind.VIRTUAL


class Adapters:
    """All adapters, and how they are layered. `stack`: pairs of indexes, the first stands on the second.

    `likely`: pairs that hold where neither that nor the addresses tell what a switch stands on (`likely_ports`).
    """

    def __init__(
        self,
        adapters: Iterable[Adapter],
        stack: Iterable[tuple[int, int]] = (),
        likely: Iterable[tuple[int, int]] = (),
    ) -> None:
        self.all = tuple(adapters)
        self._by_index = {adapter.row.index: adapter for adapter in self.all}
        self._below: dict[int, list[int]] = {}
        for higher, lower in stack:
            self._below.setdefault(higher, []).append(lower)
        self._likely = dict(likely)

    def named(self, name: str) -> Adapter | None:
        """The adapter of that name."""
        return next((adapter for adapter in self.all if adapter.name == name), None)

    def carriage(self, adapter: Adapter) -> Carriage:
        """Is it a tunnel, or does it stand on one alone?"""
        bottoms = {_own_carriage(bottom) for bottom in self._bottoms(adapter)}
        return next(iter(bottoms)) if len(bottoms) == 1 else Carriage.DIRECT

    def tunnel(self, adapter: Adapter) -> Adapter | None:
        """The tunnel that it is or stands on."""
        if self.carriage(adapter) is not Carriage.TUNNEL:
            return None
        return next(iter(self._bottoms(adapter)))

    def ports(self, adapter: Adapter) -> tuple[Adapter, ...]:
        """The hardware that it stands on: itself, or what is under a switch, a bridge or a team; none when nobody knows."""
        hardware = [port for port in self._bottoms(adapter) if kind_of(port) is LinkKind.HARDWARE]
        in_use = [port for port in hardware if port.up]
        return tuple(in_use or hardware)

    def _bottoms(self, adapter: Adapter) -> list[Adapter]:
        """What lies under a switch, bridge or team: hardware before all else, a tunnel where there is none; else itself."""
        if adapter.role is not AdapterRole.STACK:
            return [adapter]
        under = self._layers(adapter.row.index) or self._twins(adapter) or self._bound(adapter)
        hardware = [port for port in under if kind_of(port) is LinkKind.HARDWARE]
        tunnels = [port for port in under if _own_carriage(port) is Carriage.TUNNEL]
        return hardware or tunnels or [adapter]

    def _layers(self, index: int) -> list[Adapter]:
        """All that Windows layers it over, filters passed through."""
        found: dict[int, Adapter] = {}
        level, seen = {index}, {index}
        for _ in range(_DEEPEST):
            level = {lower for higher in level for lower in self._below.get(higher, ())} - seen
            seen |= level
            found |= {lower: self._by_index[lower] for lower in level if lower in self._by_index}
        return [port for port in found.values() if port.role is not AdapterRole.STACK]

    def _bound(self, adapter: Adapter) -> list[Adapter]:
        port = self._by_index.get(self._likely.get(adapter.row.index, 0))
        return [] if port is None else [port]

    def _twins(self, adapter: Adapter) -> list[Adapter]:
        """Hardware with the same address: a switch that carries the local network lends it to the computer, as a team does."""
        mac = adapter.row.mac
        return [
            other
            for other in self.all
            if mac and other is not adapter and mac in {other.row.mac, other.row.permanent_mac}
            and kind_of(other) is LinkKind.HARDWARE
        ]  # fmt: skip


def likely_ports(
    adapters: Iterable[Adapter], addressed: Container[int], leading_out: Container[int]
) -> tuple[tuple[int, int], ...]:
    """What a switch that leads out must stand on: the only hardware that is up and has no address of its own.

    Hardware that is bound to a switch gives its addresses up. `addressed` and `leading_out` are interfaces by index.
    """
    known = tuple(adapters)
    bare = [
        adapter.row.index
        for adapter in known
        if adapter.up and adapter.row.index not in addressed and kind_of(adapter) is LinkKind.HARDWARE
    ]
    return tuple(
        (adapter.row.index, bare[0])
        for adapter in known
        if len(bare) == 1 and adapter.role is AdapterRole.STACK and adapter.row.index in leading_out
    )


def may_be_dialled(adapters: Iterable[Adapter]) -> bool:
    """Is there something without hardware that is up and whose driver nobody knows? Else nobody has to be asked."""
    return any(
        adapter.up and not adapter.row.hardware and adapter.role is None and adapter.row.type != LOOPBACK
        for adapter in adapters
    )


def _own_carriage(adapter: Adapter) -> Carriage:
    """Is this one a tunnel, whatever it stands on? What Windows dialled may be a line: PPPoE, or a modem."""
    kind = kind_of(adapter)
    if kind is LinkKind.PPP:
        return _LINES.get(adapter.line, Carriage.UNKNOWN)
    if kind in _TUNNELS:
        return Carriage.TUNNEL
    return Carriage.UNKNOWN if kind is LinkKind.UNKNOWN else Carriage.DIRECT


def _unique_names(rows: list[InterfaceRow]) -> dict[int, str]:
    """What people see of an interface, by index; the index is added where a name is missing or comes twice."""
    names: dict[int, str] = {}
    for row in rows:
        name = row.alias or row.description
        names[row.index] = f"{name} #{row.index}".strip() if not name or name in names.values() else name
    return names
