"""Devices of a home in the lab: what announces itself by mDNS or UPnP, and a box that counts bytes. Real daemons."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import escape

from tests.lab.addresses import TV
from tests.lab.house import House
from tests.lab.namespaces import Namespace, Network, wait_for

FREEBOX_PLAYER = "192.168.1.31"
"""A second device in the television's namespace."""

_AVAHI = """
[server]
host-name={host}
use-ipv4=yes
use-ipv6=yes
enable-dbus=no
allow-interfaces=eth0
ratelimit-interval-usec=1000000
ratelimit-burst=1000
[wide-area]
enable-wide-area=no
[publish]
publish-hinfo=no
publish-workstation=no
publish-addresses=no
"""
_ALONE = "mkdir -p {folder} && mount -t tmpfs tmpfs {folder} && exec {command}"
"""Daemons write their process id where only one may: in `ip netns exec` each has a folder of its own there."""


@dataclass(frozen=True)
class Announced:
    """A service for avahi: name, type, TXT record; `host` when it is not the daemon's own."""

    name: str
    type: str
    texts: Mapping[str, str] = field(default_factory=dict)
    host: str = ""
    port: int = 8009

    def as_xml(self) -> str:
        """The file that avahi reads."""
        texts = "".join(
            f"<txt-record>{escape(f'{key}={value}')}</txt-record>" for key, value in self.texts.items()
        )
        host = f"<host-name>{self.host}</host-name>" if self.host else ""
        return (
            '<?xml version="1.0" encoding="utf-8"?><!DOCTYPE service-group SYSTEM "avahi-service.dtd">'
            f"<service-group><name>{escape(self.name)}</name><service><type>{self.type}</type>{host}"
            f"<port>{self.port}</port>{texts}</service></service-group>"
        )


CHROMECAST = Announced("Chromecast-4f2a", "_googlecast._tcp", {"fn": "Télé salon", "md": "Chromecast"})
PLAYER = Announced(
    "Freebox Player", "_airplay._tcp", {"model": "FreeboxPlayer1,1"}, host="freebox-player.local", port=7000
)
PRINTER = Announced("Imprimante du bureau", "_ipp._tcp", {"ty": "HP LaserJet"}, port=631)


def avahi(inside: Namespace, *services: Announced, hosts: Mapping[str, str]) -> None:
    """avahi-daemon that announces `services` of `hosts` (addresses by name), the first of which is its own."""
    inside.etc("avahi/avahi-daemon.conf", _AVAHI.format(host=next(iter(hosts)).removesuffix(".local")))
    inside.etc("avahi/hosts", "".join(f"{address} {name}\n" for name, address in hosts.items()))
    for number, service in enumerate(services):
        inside.etc(f"avahi/services/{number}.service", service.as_xml())
    command = (
        "avahi-daemon -f /etc/avahi/avahi-daemon.conf --no-drop-root --no-chroot --no-rlimits --no-proc-title"
    )
    inside.start(
        "sh", "-c", _ALONE.format(folder="/run/avahi-daemon", command=command), listens=("udp", 5353)
    )


def living_room(tv: Namespace) -> None:
    """A Chromecast at the television's address and a Freebox Player beside it."""
    tv.ip("address", "add", f"{FREEBOX_PLAYER}/24", "dev", "eth0")
    avahi(tv, CHROMECAST, PLAYER, hosts={"tele.local": TV, "freebox-player.local": FREEBOX_PLAYER})


GUEST = "192.168.1.40"
_STRANGERS = Path(__file__).parent / "strangers.py"


def guest(network: Network, place: House, *more: str) -> Namespace:
    """One more machine in the house, at `GUEST` and, if they are named, `more` addresses."""
    made = network.namespace("guest")
    network.pair(made, "eth0", place.box, "lan3")
    place.box.ip("link", "set", "lan3", "master", "lan0")
    made.ip_batch(*(f"address add {address}/24 dev eth0" for address in (GUEST, *more)))
    return made


def stranger(inside: Namespace, *words: str, port: int) -> None:
    """A device with faults (`strangers.py`), speaking when this returns."""
    inside.start(sys.executable, str(_STRANGERS), *words, listens=("udp", port))


_IGD = """
ext_ifname=wan0
ext_ip=11.22.33.44
listening_ip=lan0
port={port}
enable_natpmp=no
enable_upnp=yes
ipv6_disable=yes
secure_mode=yes
notify_interval=60
friendly_name=Livebox
manufacturer_name=Sagemcom
model_name=Livebox 5
uuid=00000000-0000-4000-8000-000000000001
"""


def counting_box(box: Namespace, folder: Path, *, port: int = 5000) -> None:
    """miniupnpd, which many boxes run: it tells the bytes of wan0 (UPnP Internet Gateway Device)."""
    settings = folder / "miniupnpd.conf"
    settings.write_text(_IGD.format(port=port))
    box.start(
        "miniupnpd", "-d", "-f", str(settings), "-P", str(folder / "miniupnpd.pid"), listens=("tcp", port)
    )


_DLNA = """
port=8200
network_interface=eth0
friendly_name=Films de la famille
media_dir={folder}/media
db_dir={folder}/db
log_dir={folder}/log
inotify=no
notify_interval=60
"""


def film_server(inside: Namespace, folder: Path) -> None:
    """minidlna: a UPnP media server."""
    for name in ("media", "db", "log"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    settings = folder / "minidlna.conf"
    settings.write_text(_DLNA.format(folder=folder))
    inside.start(
        *("minidlnad", "-S", "-f", str(settings), "-P", str(folder / "minidlna.pid")), listens=("tcp", 8200)
    )


def known_to(inside: Namespace, address: str) -> None:
    """Make `inside` speak with `address` once, so that its neighbour table holds it."""
    inside.succeeds("ping", "-c", "1", "-W", "2", address)
    wait_for(lambda: "lladdr" in inside.ip("neigh", "show", address), 5, f"{address} in the neighbour table")
