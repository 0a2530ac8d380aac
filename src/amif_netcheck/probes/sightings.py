"""From what each source saw to devices: one device has several addresses and services. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_address

from amif_netcheck.catalog.devices import Traits, neighbour_label, recognise
from amif_netcheck.measure.mdns import Host
from amif_netcheck.measure.ssdp import Responder
from amif_netcheck.measure.upnp import Description
from amif_netcheck.model.facts import Device, DeviceKind, Source
from amif_netcheck.platforms.answers import Neighbour
from amif_netcheck.platforms.text import clean, title

Network = IPv4Network | IPv6Network

_LOCAL_BIT = 0x02  # IEEE 802: an address that its owner made up
_LONGEST_NAME = 80
_LONGEST_GIVEN_NAME = 40
_MOST_ADDRESSES = 8
_MOST_NAMES = 8
_MODEL_KEYS = ("md", "model", "am", "ty", "box_model_name", "box_model", "usb_mdl")
_MAKER_KEYS = ("manufacturer", "integrator", "usb_mfg")

_BEFORE_NAME = re.compile(r"(?:[0-9A-Fa-f]{12}|RINCON_\w+)@|\d{1,3}(?:\.\d{1,3}){3} - |[\d-]+\.\d+ |\[TV\] ")
"""What a name may begin with: a number of the device (AirPlay, Sonos), its address, its kind (Samsung)."""
_AFTER_NAME = re.compile(r" \[[0-9A-Fa-f:]+\]$| - RINCON_\w+$|@RINCON_\w+$")
_SERIAL = re.compile(
    r"(?<![^\W_])(?:(?=\d*[a-f])(?=[a-f]*\d)[0-9a-f]{4,}|[0-9a-f]{12,}|\d{6,}|(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}"
    r"|[a-z]+(?=[0-9a-f]*\d)[0-9a-f]{8,}|\d{1,3}(?:\.\d{1,3}){3}|amzn\..*|rincon_.*)(?![^\W_])"
)
"""Numbers that nobody gave: hexadecimal ones, hardware and IP addresses."""

_ORDER = tuple(DeviceKind)
"""What matters most for the line comes first, after the box."""


@dataclass(eq=False)
class Sighting:
    """A device as far as it was seen."""

    addresses: set[str] = field(default_factory=set)
    mac: str = ""
    names: list[str] = field(default_factory=list)
    given_names: list[str] = field(default_factory=list)
    models: list[str] = field(default_factory=list)
    services: set[str] = field(default_factory=set)
    upnp: list[str] = field(default_factory=list)
    seen_by: set[Source] = field(default_factory=set)

    @property
    def has_ipv4(self) -> bool:
        """Does it have an address that tells it from others behind the same hardware?"""
        return any(":" not in address for address in self.addresses)


class Sightings:
    """Gathers devices on `networks`; addresses elsewhere, and this computer's `own`, are left out."""

    def __init__(self, networks: Sequence[Network], own: Iterable[str]) -> None:
        self._networks = networks
        self._own = frozenset(own)
        self._by_address: dict[str, Sighting] = {}
        self._all: dict[Sighting, None] = {}

    def table(self, neighbours: Iterable[Neighbour]) -> int:
        """What the system's table holds. Several IPv4 addresses behind one card are several devices behind a repeater."""
        by_mac: dict[str, list[str]] = defaultdict(list)
        for neighbour in neighbours:
            if self._is_there(neighbour.address):
                by_mac[neighbour.mac].append(neighbour.address)
        seen = 0
        for mac, addresses in by_mac.items():
            ipv4 = [address for address in addresses if ":" not in address]
            groups = [addresses] if len(ipv4) < 2 else [[address] for address in ipv4]  # noqa: PLR2004
            for group in groups:
                sighting = self._at(group, Source.TABLE)
                sighting.mac = sighting.mac or mac
                seen += 1
        return seen

    def mdns(self, hosts: Iterable[Host]) -> int:
        """Hosts that announced services."""
        seen = set()
        for host in hosts:
            addresses = sorted(address for address in host.addresses if self._is_there(address))
            if not addresses or host.addresses & self._own:
                continue
            sighting = self._at(addresses[:_MOST_ADDRESSES], Source.MDNS)
            texts = {key: value for key, value in host.texts.items() if value}
            sighting.services |= host.services
            sighting.models += _models(texts)
            sighting.names += [texts.get("fn", ""), *host.instances[:1]]
            sighting.given_names += [texts.get("fn", ""), *host.instances[:_MOST_NAMES], texts.get("ty", "")]
            seen.add(sighting)
        return len(seen)

    def ssdp(self, responders: Iterable[Responder], described: dict[str, Description]) -> int:
        """Hosts that answered a search, with their descriptions by address."""
        seen = 0
        for responder in responders:
            if not self._is_there(responder.address):
                continue
            sighting = self._at([responder.address], Source.SSDP)
            description = described.get(responder.address, Description())
            sighting.upnp += [*description.types, *responder.targets]
            sighting.models += [
                text
                for text in (
                    description.model,
                    f"{description.maker} {description.model}".strip(),
                    description.name,
                    responder.server,
                )
                if text
            ]
            sighting.names.append(description.name)
            sighting.given_names += [description.room, description.name]
            seen += 1
        return seen

    def devices(self, box: frozenset[str], vendor_of: Callable[[str], str]) -> list[Device]:
        """All of them, the box (whose addresses are `box`) first, then what matters most for the line."""
        devices = [
            _device(sighting, is_box=bool(sighting.addresses & box), vendor_of=vendor_of)
            for sighting in self._all
        ]
        return sorted(devices, key=lambda device: (_ORDER.index(device.kind), _numeric(device.addresses)))

    def _is_there(self, address: str) -> bool:
        try:
            parsed = ip_address(address)
        except ValueError:
            return False
        if address in self._own or parsed.is_multicast or parsed.is_loopback or parsed.is_unspecified:
            return False
        return parsed.is_link_local or any(parsed in network for network in self._networks)

    def _at(self, addresses: Sequence[str], source: Source) -> Sighting:
        """The device at these addresses, which are its own from now on unless another device was seen there."""
        known = list(
            dict.fromkeys(self._by_address[address] for address in addresses if address in self._by_address)
        )
        known.sort(key=lambda sighting: not sighting.has_ipv4)
        sighting = known[0] if known else Sighting()
        for other in known[1:]:
            if not other.has_ipv4:
                self._absorb(sighting, other)
        for address in addresses:
            self._by_address.setdefault(address, sighting)
            if self._by_address[address] is sighting:
                sighting.addresses.add(address)
        sighting.seen_by.add(source)
        self._all[sighting] = None
        return sighting

    def _absorb(self, sighting: Sighting, other: Sighting) -> None:
        for address in other.addresses:
            self._by_address[address] = sighting
        sighting.addresses |= other.addresses
        sighting.mac = sighting.mac or other.mac
        sighting.names += other.names
        sighting.given_names += other.given_names
        sighting.models += other.models
        sighting.services |= other.services
        sighting.upnp += other.upnp
        sighting.seen_by |= other.seen_by
        self._all.pop(other, None)


def _device(sighting: Sighting, *, is_box: bool, vendor_of: Callable[[str], str]) -> Device:
    made_up = bool(sighting.mac) and bool(int(sighting.mac[:2], 16) & _LOCAL_BIT)
    vendor = "" if made_up or not sighting.mac else vendor_of(sighting.mac)
    known = recognise(
        Traits(
            models=tuple(dict.fromkeys(sighting.models)),
            services=tuple(sorted(sighting.services)),
            upnp=tuple(dict.fromkeys(sighting.upnp)),
            vendor=vendor,
        )
    )
    if is_box:
        kind = DeviceKind.BOX
        known = known if known is not None and known.kind == DeviceKind.BOX.value else None
    elif known is not None:
        kind = DeviceKind(known.kind)
    else:
        kind = DeviceKind.PRIVATE_ADDRESS if made_up else DeviceKind.OTHER
    return Device(
        kind=kind,
        product=known.id if known else "",
        vendor=vendor,
        name=clean(next((name for name in sighting.names if name), ""))[:_LONGEST_NAME],
        given_name=_given_name(sighting.given_names, known.id if known else kind.value),
        addresses=tuple(
            sorted(sighting.addresses, key=lambda address: _numeric((address,)))[:_MOST_ADDRESSES]
        ),
        mac=sighting.mac,
        seen_by=tuple(source for source in Source if source in sighting.seen_by),
    )


def _given_name(names: Iterable[str], key: str) -> str:
    """The first that a person can tell the device by: no serial number, no address, not what `key` is called anyway."""
    labels = [neighbour_label(key, language).casefold() for language in ("fr", "en")]
    for name in names:
        short = title(_AFTER_NAME.sub("", _BEFORE_NAME.sub("", title(name), count=1)))[
            :_LONGEST_GIVEN_NAME
        ].rstrip()
        plain = short.casefold()
        if (
            any(map(str.isalpha, plain))
            and not _SERIAL.search(plain)
            and not any(plain in label for label in labels)
        ):
            return short
    return ""


def _models(texts: dict[str, str]) -> list[str]:
    """Names of models, alone and with their maker; of a HomeKit accessory its category."""
    models = [clean(texts[key]) for key in _MODEL_KEYS if key in texts]
    makers = [clean(texts[key]) for key in _MAKER_KEYS if key in texts]
    category = [f"hap category {texts['ci']}"] if texts.get("ci", "").isdecimal() else []
    return [*models, *(f"{maker} {model}" for maker in makers for model in models), *makers, *category]


def _numeric(addresses: Sequence[str]) -> tuple[int, int]:
    """IPv4 before IPv6, each by number."""
    if not addresses:
        return 0, 0
    first = ip_address(addresses[0])
    return first.version, int(first)
