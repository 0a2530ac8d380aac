"""Macs for tests: what their tools print and their kernel answers, for one layout of interfaces and routes at a time.

Nothing was copied from a Mac. The blocks of `ifconfig -a -vv` are written by hand, by the formats of Apple's source
(apple-oss-distributions/network_cmds, ifconfig.tproj/ifconfig.c, af_inet.c, af_inet6.c, ifmedia.c, ifbridge.c) and by the order
and values of public outputs: macOS 14.4 and 14.5 in glpi-project/glpi-agent resources/macos/ifconfig/ (without -v), macOS 15.3 in
gravitational/teleport lib/vnet/diag (a VPN's utun, -v). Routes are written as netstat(1) prints them (macOS 13.4 in
sshuttle/sshuttle#864, macOS 14 in netbirdio/netbird#2988 and ivpn/desktop-app#444), and turned into the kernel's bytes by the
structures of xnu's net/route.h, so that both ways in see the same routes. Addresses are of documentation ranges or of homes.
"""

from __future__ import annotations

import errno
import os
import struct
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network

from amif_netcheck.model.facts import Reason, Unavailable
from amif_netcheck.platforms.answers import Address
from amif_netcheck.platforms.macos import ifconfig, netstat, route_messages
from amif_netcheck.platforms.macos.network_answers import MacNetwork
from amif_netcheck.platforms.macos.route_messages import RouteEntry
from amif_netcheck.platforms.macos.wifi import CoreWlanReading, Reader

# --- ifconfig ---------------------------------------------------------------------------------------


def block(
    name: str,
    index: int,
    flags: str,
    *lines: str,
    mtu: int = 1500,
    kind: str = "",
    family: tuple[int, int, int] | None = None,
    extended: str = "",
    functional: str = "",
    effective: str = "",
    constrained: bool = False,
) -> str:
    """One interface; `family` is (IANA type, family, subfamily), `kind` the words that ifconfig has for them."""
    numbers = "" if family is None else f"0x{family[0]:x} family: {family[1]} subfamily: {family[2]}"
    if kind and family:
        numbers = f"{kind} (0x{family[0]:x}) family: {family[1]} subfamily: {family[2]}"
    return "\n".join(
        [
            f"{name}: flags=8863<{flags}> mtu {mtu} index {index}{' constrained' if constrained else ''}",
            "\teflags=412008c0<ACCEPT_RTADV,TXSTART,ARPLL,NOACKPRI,ECN_ENABLE>",
            *([f"\txflags=10004<{extended}>"] if extended else []),
            *(f"\t{line}" for line in lines),
            f"\tgeneration id: {index + 40}",
            *([f"\ttype: {numbers}"] if numbers else []),
            *([f"\tfunctional type: {functional}"] if functional else []),
            "\tlink quality: 100 (good)",
            "\tstate availability: 0 (true)",
            *([f"\teffective interface: {effective}"] if effective else []),
            "\tqosmarking enabled: no mode: none",
            "\tlow power mode: disabled",
            "",
        ]
    )


BROADCAST = "UP,BROADCAST,SMART,RUNNING,SIMPLEX,MULTICAST"
TO_A_POINT = "UP,POINTOPOINT,RUNNING,MULTICAST"


def loopback() -> str:
    return block(
        "lo0",
        1,
        "UP,LOOPBACK,RUNNING,MULTICAST",
        "inet 127.0.0.1 netmask 0xff000000",
        "inet6 ::1 prefixlen 128 ",
        "inet6 fe80::1%lo0 prefixlen 64 scopeid 0x1 ",
        mtu=16384,
        family=(0x18, 1, 0),
        functional="loopback",
    )


def dead_ends() -> str:
    """What every Mac has beside its network: tunnels that are down, links between its chips, to the neighbours' Macs."""
    return (
        block("gif0", 2, "POINTOPOINT,MULTICAST", mtu=1280, family=(0x37, 10, 0))
        + block("stf0", 3, "", mtu=1280, family=(0x39, 12, 0))
        + block("anpi0", 4, BROADCAST, "ether 3a:11:22:33:44:55", "media: none", "status: inactive",
                kind="Ethernet", family=(6, 2, 6))
        + block("ap1", 5, BROADCAST, "ether 3a:11:22:33:44:56", "media: autoselect (<unknown type>)",
                "status: inactive", kind="Wi-Fi", family=(6, 2, 3))
        + block("awdl0", 6, BROADCAST, "ether 3a:11:22:33:44:57",
                "inet6 fe80::38:11ff:fe22:33%awdl0 prefixlen 64 scopeid 0x6 ", "media: autoselect",
                "status: active", kind="Ethernet", family=(6, 2, 3), functional="awdl")
        + block("llw0", 7, BROADCAST, "ether 3a:11:22:33:44:57",
                "inet6 fe80::38:11ff:fe22:33%llw0 prefixlen 64 scopeid 0x7 ", "media: autoselect",
                "status: inactive", kind="Ethernet", family=(6, 2, 3))
    )  # fmt: skip


def wifi(
    name: str = "en0",
    index: int = 14,
    ipv4: str = "192.168.1.20",
    *,
    ipv6: str = "",
    extended: str = "",
    constrained: bool = False,
    connected: bool = True,
) -> str:
    lines = ["ether a4:83:e7:00:00:01"]
    if connected:
        lines.append(f"inet6 fe80::1c2a:22ff:fe00:1%{name} prefixlen 64 secured scopeid 0x{index:x} ")
        lines += [f"inet {ipv4} netmask 0xffffff00 broadcast 192.168.1.255"] if ipv4 else []
        lines += [f"inet6 {ipv6} prefixlen 64 autoconf secured "] if ipv6 else []
    lines += ["media: autoselect", f"status: {'active' if connected else 'inactive'}"]
    return block(
        name, index, BROADCAST, *lines, kind="Wi-Fi", family=(6, 2, 3), functional="wifi",
        extended=extended, constrained=constrained,
    )  # fmt: skip


def cable(
    name: str = "en0",
    index: int = 14,
    ipv4: str = "192.168.1.30",
    *,
    usb: bool = False,
    media: str = "autoselect (1000baseT <full-duplex,flow-control>)",
    plugged: bool = True,
    extended: str = "",
    ipv6: str = "",
) -> str:
    lines = ["ether 00:e0:4c:00:00:02"]
    lines += [f"inet {ipv4} netmask 0xffffff00 broadcast 192.168.1.255"] if plugged and ipv4 else []
    lines += [f"inet6 {ipv6} prefixlen 64 autoconf secured "] if ipv6 else []
    lines += [
        f"media: {media if plugged else 'autoselect (none)'}",
        f"status: {'active' if plugged else 'inactive'}",
    ]
    return block(
        name, index, BROADCAST, *lines, kind="USB Ethernet" if usb else "Ethernet",
        family=(6, 2, 1 if usb else 0), functional="wired", extended=extended,
    )  # fmt: skip


def apples_tunnels(count: int = 5, first_index: int = 20) -> str:
    """The system's own: to the person's other devices."""
    return "".join(
        block(
            f"utun{number}", first_index + number, TO_A_POINT,
            f"inet6 fe80::a:b:c:{number + 1}%utun{number} prefixlen 64 scopeid 0x{first_index + number:x} ",
            'agent domain:com.apple.rapport type:RapportNetworkAgent flags:0x7c3 desc:"Rapport Network Agent"',
            mtu=1380, family=(1, 17, 0),
        )
        for number in range(count)
    )  # fmt: skip


def tunnel(
    name: str,
    index: int,
    *addresses: str,
    agent: str = "",
    family: tuple[int, int, int] = (1, 17, 0),
    effective: str = "en0",
    is_vpn: bool = True,
) -> str:
    """A VPN's; `agent` is how the system calls the connection, where it keeps it for an application."""
    agents = [
        'agent domain:Skywalk type:NetIf flags:0x8443 desc:"Userspace Networking"',
        f'agent domain:NetworkExtension type:VPN flags:0xf desc:"VPN: {agent}"',
    ]
    return block(
        name, index, TO_A_POINT, *addresses, *(agents if agent else []), mtu=1280, family=family,
        extended="NOAUTONX,IS_VPN" if is_vpn else "", effective=effective,
    )  # fmt: skip


def bridge(name: str, index: int, members: Iterable[str], *lines: str, active: bool = True) -> str:
    return block(
        name, index, BROADCAST, "ether 36:2c:00:00:00:00", *lines, "Configuration:",
        "\tid 0:0:0:0:0:0 priority 0 hellotime 0 fwddelay 0", "\tipfilter disabled flags 0x0",
        *(f"member: {member} flags=3<LEARNING,DISCOVER>" for member in members),
        "media: <unknown type>", f"status: {'active' if active else 'inactive'}", family=(0xD1, 2, 0),
    )  # fmt: skip


def thunderbolt_ports(first_index: int = 10, *, active: str = "") -> str:
    return "".join(
        block(
            name, first_index + place, BROADCAST, "ether 36:2c:00:00:00:0" + name[-1],
            "media: autoselect <full-duplex>", f"status: {'active' if name == active else 'inactive'}",
            kind="IP over Thunderbolt", family=(6, 2, 4), functional="wired",
        )
        for place, name in enumerate(("en1", "en2", "en3"))
    )  # fmt: skip


# --- routes -----------------------------------------------------------------------------------------

_HEAD = """Routing tables

Internet:
Destination        Gateway            Flags               Netif Expire
127                127.0.0.1          UCS                   lo0
127.0.0.1          127.0.0.1          UH                    lo0
"""
_HEAD_6 = """
Internet6:
Destination                             Gateway                         Flags               Netif Expire
::1                                     ::1                             UHL                   lo0
fe80::%lo0/64                           fe80::1%lo0                     UcI                   lo0
ff00::/8                                ::1                             UmCI                  lo0
"""


def netstat_of(ipv4: Iterable[str], ipv6: Iterable[str] = ()) -> str:
    return _HEAD + "\n".join(ipv4) + "\n" + _HEAD_6 + "\n".join(ipv6) + "\n"


def home(
    interface: str = "en0", index: int = 14, *, scoped: bool = False, gateway: str = "192.168.1.1"
) -> list[str]:
    """The routes of a home's network on one interface; `scoped`: another interface, or a tunnel, has the default route."""
    mark = "I" if scoped else ""
    return [
        f"default            {gateway:<18} UGSc{mark}g               {interface}",
        f"169.254            link#{index}            UCS{mark}                 {interface}      !",
        f"192.168.1          link#{index}            UCS{mark}                 {interface}      !",
        f"192.168.1.1/32     link#{index}            UCS{mark}                 {interface}      !",
        f"192.168.1.1        e4:5d:51:0:0:9a    UHLWIir{mark}             {interface}   1187",
        f"224.0.0/4          link#{index}            UmCS{mark}                {interface}      !",
        f"224.0.0.251        1:0:5e:0:0:fb      UHmLWI{mark}              {interface}",
        f"255.255.255.255/32 link#{index}            UCS{mark}                 {interface}      !",
    ]


def apples_routes(count: int = 5, first_index: int = 20) -> list[str]:
    return [
        line
        for number in range(count)
        for line in (
            f"default                                 fe80::%utun{number}                    UGcIg               utun{number}",
            f"fe80::%utun{number}/64                       fe80::a:b:c:{number + 1}%utun{number}          UcI               utun{number}",
        )
    ]


# --- the kernel -------------------------------------------------------------------------------------


def sockaddr(text: str, scope: int = 0) -> bytes:
    """sockaddr_in or sockaddr_in6; a link's address holds the number of its interface inside, as the kernel keeps it."""
    address = ip_address(text)
    if address.version == 4:
        return struct.pack("=BBH4s8x", 16, 2, 0, address.packed)
    packed = bytearray(address.packed)
    if address.is_link_local:
        packed[2:4] = scope.to_bytes(2, "big")
    return struct.pack("=BBHI16sI", 28, 30, 0, 0, bytes(packed), 0)


def sockaddr_dl(index: int, mac: str = "") -> bytes:
    address = bytes.fromhex(mac.replace(":", ""))
    data = struct.pack("=BBHBBBB", 20, 18, index, 6, 0, len(address), 0) + address
    return data.ljust(20, b"\0")


def mask(prefix: int, version: int) -> bytes:
    """Cut after its last byte that isn't 0; its family means nothing (xnu, rn_addmask and sa_trim)."""
    if prefix == 0:
        return b"\0"
    bits = ((1 << prefix) - 1) << ((32 if version == 4 else 128) - prefix)
    body = bits.to_bytes(4 if version == 4 else 16, "big").rstrip(b"\0")
    start = 4 if version == 4 else 8
    return bytes([start + len(body)]) + b"\xff" * (start - 1) + body


def message(
    entry: RouteEntry, *, kind: int = 0x14, pid: int = 0, sequence: int = 0, source: str = ""
) -> bytes:
    """rt_msghdr2 (or rt_msghdr), then the sockaddrs that its mask names, each padded to 4 bytes."""
    version = ip_address(entry.destination).version
    gateway = (
        sockaddr(entry.gateway, entry.interface) if entry.gateway else sockaddr_dl(entry.interface, entry.mac)
    )
    sockaddrs = {0: sockaddr(entry.destination, entry.interface), 1: gateway}
    if not entry.flags & route_messages.HOST:
        sockaddrs[2] = mask(entry.prefix, version)
    if source:
        sockaddrs[5] = sockaddr(source)
    body = b"".join(data.ljust(max(4, (len(data) + 3) & ~3), b"\0") for _, data in sorted(sockaddrs.items()))
    addrs = sum(1 << place for place in sockaddrs)
    metrics = [0, 1500, 0, entry.expires, *[0] * 10]
    flags = entry.flags - (1 << 32) if entry.flags >= 1 << 31 else entry.flags
    header = struct.pack(
        "=HBBHxx6iI14I",
        92 + len(body),
        5,
        kind,
        entry.interface,
        flags,
        addrs,
        pid,
        sequence,
        0,
        0,
        0,
        *metrics,
    )
    return header + body


def ifmibdata(name: str, received: int, sent: int) -> bytes:
    """net/if_mib.h with net/if_var.h's if_data64, packed to 4 bytes."""
    counters = [10, 0, 11, 0, 0, received, sent, 0, 0, 0, 0]
    head = struct.pack("=16s9I", name.encode(), 0, 0x8863, 0, 128, 0, 0, 0, 0, 0)
    data = struct.pack("=8BIIQ11Q", 6, 0, 0, 6, 14, 0, 0, 0, 1500, 0, 10**9, *counters)
    return head + data + struct.pack("=IIII", 0, 0, 0, 0)


@dataclass
class FakeKernel:
    """See `NetworkKernel`; refuses what it wasn't given."""

    names: Mapping[int, str] = field(default_factory=dict)
    table: tuple[RouteEntry, ...] = ()
    arp: tuple[RouteEntry, ...] = ()
    counters: Mapping[int, bytes] = field(default_factory=dict)
    values: Mapping[str, bytes] = field(
        default_factory=lambda: {"hw.model": b"Mac14,2\0", "kern.hv_vmm_present": bytes(4)}
    )
    refuses: bool = False

    def interface_names(self) -> dict[int, str]:
        return dict(self.names)

    def routes(self) -> bytes:
        self._refuse()
        return b"".join(map(message, self.table))

    def neighbours(self) -> bytes:
        self._refuse()
        return b"".join(message(entry, kind=4) for entry in self.arp)

    def interface_data(self, index: int) -> bytes:
        self._refuse()
        if index not in self.counters:
            raise OSError(errno.ENOENT, os.strerror(errno.ENOENT))
        return self.counters[index]

    def route_to(self, address: Address) -> bytes:
        self._refuse()
        entry = best_route(self.table, address)
        if entry is None:
            raise OSError(errno.ESRCH, os.strerror(errno.ESRCH))
        return message(entry, kind=4, pid=os.getpid(), sequence=1)

    def value(self, name: str) -> bytes:
        if name not in self.values:
            raise OSError(errno.ENOENT, os.strerror(errno.ENOENT))
        return self.values[name]

    def _refuse(self) -> None:
        if self.refuses:
            raise OSError(errno.EPERM, os.strerror(errno.EPERM))


def best_route(table: Iterable[RouteEntry], address: Address) -> RouteEntry | None:
    """As the kernel looks up the route of a socket that chose no interface: the longest prefix, then the first."""
    fitting = [
        route
        for route in table
        if not route.scoped
        and not route.flags & route_messages.LINK_LAYER
        and (network := ip_network(f"{route.destination}/{route.prefix}", strict=False)).version
        == address.version
        and address in network
    ]
    return max(fitting, key=lambda route: route.prefix, default=None)


# --- tools ------------------------------------------------------------------------------------------


class FakeTools:
    """Answers a command by its longest beginning that is known; notes what was asked."""

    def __init__(self, **outputs: str | Unavailable) -> None:
        self.outputs: dict[str, str | Unavailable | Callable[[], str | Unavailable]] = dict(outputs)
        self.asked: list[str] = []

    def output(self, *command: str, seconds: float) -> str | Unavailable:
        assert command[0].startswith("/")
        if seconds <= 0:
            return Unavailable(reason=Reason.TIMEOUT, detail="no time was left")
        line = " ".join((command[0].rpartition("/")[2], *command[1:]))
        self.asked.append(line)
        fitting = [known for known in self.outputs if line.startswith(known)]
        if not fitting:
            return Unavailable(reason=Reason.NOT_PRESENT, detail=line)
        answer = self.outputs[max(fitting, key=len)]
        answer = answer() if callable(answer) else answer
        if isinstance(answer, str) and not answer.strip():
            return Unavailable(reason=Reason.ERROR, detail="wrote nothing")
        return answer


NO_SERVICES = "Available network connection services in the current set (*=enabled):\n"


@dataclass
class Mac:
    """A layout: `ifconfig -a -vv`, `netstat -rn`, and the other tools' outputs by the beginning of their command line."""

    ifconfig: str
    netstat: str
    outputs: Mapping[str, str] = field(default_factory=dict)
    model: bytes = b"Mac14,2\0"
    virtual: bool = False

    def tools(self) -> FakeTools:
        tools = FakeTools()
        tools.outputs |= {
            "ifconfig -a": self.ifconfig,
            "netstat -rn": self.netstat,
            "scutil --nc list": NO_SERVICES,
            **self.outputs,
        }
        return tools

    def kernel(self, *, refuses: bool = False) -> FakeKernel:
        names = {link.index: link.name for link in ifconfig.parse(self.ifconfig)}
        table = netstat.parse(self.netstat, {name: index for index, name in names.items()})
        values = {"hw.model": self.model, "kern.hv_vmm_present": int(self.virtual).to_bytes(4, "little")}
        return FakeKernel(names=names, table=table, values=values, refuses=refuses)

    def network(
        self, *, by_tools: bool = False, read_wifi: Reader | None = None, tools: FakeTools | None = None
    ) -> MacNetwork:
        """`by_tools`: the kernel refuses whatever a tool can tell in its place."""
        kernel = self.kernel(refuses=by_tools)
        used = tools or self.tools()
        used.outputs.setdefault("route -n get", lambda: self._route_get(used.asked[-1].split()[-1]))
        return MacNetwork(
            kernel, used, source_address=self._source, read_wifi=read_wifi or no_wifi, processes=dict
        )

    def _source(self, address: Address) -> str:
        """What a connected socket would have."""
        kernel = self.kernel()
        route = best_route(kernel.table, address)
        if route is None:
            raise OSError(errno.ENETUNREACH, os.strerror(errno.ENETUNREACH))
        if route.forbids and kernel.names[route.interface] != "lo0":
            raise OSError(errno.EHOSTUNREACH, os.strerror(errno.EHOSTUNREACH))
        link = next(link for link in ifconfig.parse(self.ifconfig) if link.index == route.interface)
        mine = [
            each.address for each in link.addresses if ip_address(each.address).version == address.version
        ]
        usable = [text for text in mine if not ip_address(text).is_link_local]
        if not usable:
            raise OSError(errno.EADDRNOTAVAIL, os.strerror(errno.EADDRNOTAVAIL))
        return usable[0]

    def _route_get(self, destination: str) -> str:
        """By the format of route.tproj/route.c; nothing on standard output where there is no route."""
        route = best_route(self.kernel().table, ip_address(destination))
        if route is None:
            return ""
        flags = "UP,GATEWAY,DONE,STATIC,PRCLONING" + (",REJECT" if route.forbids else "")
        name = self.kernel().names[route.interface]
        return (
            f"   route to: {destination}\ndestination: default\n       mask: default\n"
            f"    gateway: {route.gateway}\n  interface: {name}\n      flags: <{flags}>\n"
            " recvpipe  sendpipe  ssthresh  rtt,msec    rttvar  hopcount      mtu     expire\n"
            "       0         0         0         0         0         0      1500         0\n"
        )


def no_wifi(interface: str) -> CoreWlanReading | Unavailable:
    return Unavailable(reason=Reason.NOT_PRESENT, detail=f"{interface} is no Wi-Fi")
