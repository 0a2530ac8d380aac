"""What a platform can be asked. Every answer may be `Unavailable`; nothing here judges, and only `carry_out` changes anything.

`Platform` itself is a system that we know nothing of: it answers what psutil and Python's own library know everywhere, and
`unsupported` to the rest. A system is one folder, `platforms/<name>/`, whose `platform.py` holds one subclass that overrides
the questions it can answer, each in a file of its own beside it, with the parsers apart from the calls so that recorded
output can be read on any system; `platforms.current` names it, and `.ci/run` checks its types for that system alone.
Questions are blocking, and are asked from several threads at once. None asks for more rights than the person's own, nor lets
the system ask the person for any. The language of the interface is a question of `platforms.language`.
"""

from __future__ import annotations

import socket
import sys
import threading
from typing import Self

from amif_netcheck.model.facts import Battery, Camera, Computer, EthernetLink, Reason, Unavailable, WifiLink
from amif_netcheck.model.fix import Fix, FixKind, FixOutcome, FixRequest, FixResult
from amif_netcheck.platforms.answers import (
    Address,
    ByteCounters,
    CameraUser,
    CpuSample,
    Egress,
    Gateway,
    Interface,
    MemorySample,
    Neighbour,
    Port,
    ProxySetting,
    Sound,
    TrafficByProcess,
)

_NAMES = {"darwin": "macos", "win32": "windows"}


class Platform:
    """One operating system, or a recording of one. All questions block for a short time at most."""

    name: str = _NAMES.get(sys.platform, sys.platform)

    @property
    def _unsupported(self) -> Unavailable:
        return Unavailable(reason=Reason.UNSUPPORTED, detail=f"{self.name} is not asked this yet")

    def renewed(self) -> Self:
        """The platform for another run: what is read once for all who ask in a run is read anew."""
        return self

    # --- the way out ----------------------------------------------------------------------------

    def interfaces(self) -> tuple[Interface, ...] | Unavailable:
        """All interfaces, with their addresses."""
        return self._unsupported

    def egress(self, address: Address) -> tuple[str, str] | Unavailable:
        """(source address, interface name) of packets to `address`; sends nothing.

        `NOT_PRESENT` when there is no route, `BLOCKED` when a route forbids it.
        """
        del address
        return self._unsupported

    def call_egresses(
        self, address: Address, media_ports: tuple[int, ...]
    ) -> tuple[Egress, ...] | Unavailable:
        """All ways that packets of a call to `address` may take: its page by TCP 443, picture and sound by UDP.

        Beside `media_ports`, the ports that a routing rule singles out are looked at. Sends nothing; fails as `egress` does.
        """
        del media_ports
        egress = self.egress(address)
        return egress if isinstance(egress, Unavailable) else (Egress(source=egress[0], interface=egress[1]),)

    def gateway(self) -> Gateway | Unavailable:
        """The box on the default route of real hardware, IPv4 first, also while a tunnel hides that route."""
        return self._unsupported

    def networks(self, interface: str) -> tuple[str, ...] | Unavailable:
        """The local networks of an interface, such as `192.168.1.0/24`: its addresses with their prefixes."""
        del interface
        return self._unsupported

    def neighbours(self, interface: str) -> tuple[Neighbour, ...] | Unavailable:
        """The devices behind an interface that answered lately; sends nothing."""
        del interface
        return self._unsupported

    def tunnel_owners(self) -> dict[str, str]:
        """Tunnel interface -> name of the process that holds it open, as far as we may see it."""
        return {}

    def proxy_settings(self) -> tuple[ProxySetting, ...] | Unavailable:
        """The proxies of the desktop's own settings, beside the environment's; nothing is looked up or executed."""
        return self._unsupported

    # --- the hardware under it ------------------------------------------------------------------

    def computer(self) -> Computer | Unavailable:
        """What kind of computer this is."""
        return self._unsupported

    def port(self, interface: str) -> Port | Unavailable:
        """The hardware that `interface` stands on: itself, or the port under a bridge, bond or VLAN."""
        del interface
        return self._unsupported

    def ethernet(self, interface: str) -> EthernetLink | Unavailable:
        """What the cable of a port carries."""
        from amif_netcheck.platforms import ethernet

        return ethernet.link(interface)

    def wifi(self, interface: str, until: float) -> WifiLink | Unavailable:
        """The radio link of a port, by `until` (`time.monotonic`). Asks for no scan and no location."""
        del interface, until
        return self._unsupported

    def metered(self) -> bool | Unavailable:
        """Is the line a phone's or another that is probably paid by volume?"""
        return self._unsupported

    # --- what goes through ----------------------------------------------------------------------

    def counters(self, interface: str) -> ByteCounters | Unavailable:
        """The byte counters of one interface."""
        from amif_netcheck.platforms import portable

        return portable.counters(interface)

    def traffic_by_process(self, until: float, stop: threading.Event) -> TrafficByProcess | Unavailable:
        """What each process exchanges with other computers from here on, until `until` (`time.monotonic`) or `stop`."""
        del until, stop
        return self._unsupported

    def acked_bytes(self, sock: socket.socket, sent: int) -> int | Unavailable:
        """Of `sent` bytes that were handed to a TCP connection of ours, those that the other side has confirmed.

        Headers and TLS count too, out of order or not. 0 when the connection is closed.
        """
        del sock, sent
        return self._unsupported

    def resent_bytes(self, sock: socket.socket) -> int | Unavailable:
        """Bytes that a TCP connection of ours has sent once more, every time counted; of the payload, TLS included."""
        del sock
        return self._unsupported

    def echo_socket(self, address: str, scope: int) -> socket.socket | Unavailable:
        """A datagram socket that carries ICMP echo messages to and from `address`; the caller closes it.

        Where a system has calls in place of such sockets, it is one end of a pair, and a thread calls at the other.
        """
        del address, scope
        return self._unsupported

    # --- programs and load ----------------------------------------------------------------------

    def processes(self) -> dict[int, str] | Unavailable:
        """Running programs: process id -> name."""
        from amif_netcheck.platforms import portable

        return portable.processes()

    def work(self) -> CpuSample | Unavailable:
        """What the processor has done so far, and for which processes."""
        from amif_netcheck.platforms import portable

        return portable.work()

    def memory(self) -> MemorySample | Unavailable:
        """How the main memory is filled."""
        from amif_netcheck.platforms import portable

        return portable.memory()

    def battery(self) -> Battery | Unavailable:
        """The computer's own battery; `NOT_PRESENT` when it has none."""
        from amif_netcheck.platforms import portable

        return portable.battery()

    def power_saver(self) -> bool | Unavailable:
        """Does the computer save power at the price of speed?"""
        return self._unsupported

    def restart_pending(self) -> bool | Unavailable:
        """Does an update wait for a restart?"""
        return self._unsupported

    def update_in_progress(self) -> bool | Unavailable:
        """Is an update, or a program, being installed at this moment?"""
        return self._unsupported

    # --- sound ----------------------------------------------------------------------------------

    def sound(self, until: float) -> Sound:
        """Sound streams of programs (not of monitors, meters and filters) and sound devices, by `until` (monotonic)."""
        del until
        return Sound(streams=self._unsupported, devices=self._unsupported)

    def microphone_allowed(self, until: float) -> bool | Unavailable:
        """What the person has answered when asked whether programs like this one may use the microphone; asks nobody."""
        del until
        return self._unsupported

    def missing_for_sound(self) -> str:
        """What this system calls that which has to be installed before we can record; empty when nothing can be named."""
        return ""

    # --- cameras --------------------------------------------------------------------------------

    def cameras(self, until: float) -> tuple[Camera, ...] | Unavailable:
        """The cameras that programs can choose, by `until` (`time.monotonic`); takes no picture, lights no lamp."""
        del until
        return self._unsupported

    def camera_users(self, until: float) -> tuple[CameraUser, ...] | Unavailable:
        """The programs that have a camera which is none of a program's own, by `until`; empty only where surely nobody has.

        To be asked before `cameras`, whose questions to a driver can look like use.
        """
        del until
        return self._unsupported

    def camera_allowed(self, until: float) -> bool | Unavailable:
        """What the person has answered when asked whether programs like this one may use the camera; asks nobody."""
        del until
        return self._unsupported

    # --- fixes ----------------------------------------------------------------------------------

    @property
    def fixable(self) -> frozenset[FixKind]:
        """What this platform may be able to do for the person."""
        return frozenset()

    def offers(self, request: FixRequest, until: float) -> tuple[Fix, ...]:
        """What can be done now about a request of a kind in `fixable`, by `until` (`time.monotonic`); changes nothing."""
        del request, until
        return ()

    def carry_out(self, fix: Fix, until: float) -> FixResult:
        """Do what was offered, by `until` (`time.monotonic`): only ever called after the person's yes to exactly this."""
        del fix, until
        return FixResult(outcome=FixOutcome.GONE)
