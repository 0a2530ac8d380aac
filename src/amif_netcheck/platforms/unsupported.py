"""A system that we have no backend for yet: what psutil does not know is answered with `unsupported`, never guessed."""

from __future__ import annotations

import sys

from amif_netcheck.model.facts import Battery, Computer, EthernetLink, Reason, Unavailable, WifiLink
from amif_netcheck.platforms import portable
from amif_netcheck.platforms.base import (
    Address,
    ByteCounters,
    Gateway,
    Interface,
    Neighbour,
    OwnedSocket,
    Port,
    ProxySetting,
    Sound,
    Storage,
    TcpSocket,
    Unfixable,
    Work,
)

_NAMES = {"darwin": "macos", "win32": "windows"}


class Unsupported(Unfixable):
    """Answers `Unavailable(unsupported)` to everything but the computer's own load."""

    def __init__(self) -> None:
        self.name = _NAMES.get(sys.platform, sys.platform)
        self._answer = Unavailable(reason=Reason.UNSUPPORTED, detail=f"no backend for {self.name} yet")

    def interfaces(self) -> tuple[Interface, ...] | Unavailable:
        """See `Platform`."""
        return self._answer

    def egress(self, address: Address) -> tuple[str, str] | Unavailable:
        """See `Platform`."""
        del address
        return self._answer

    def gateway(self) -> Gateway | Unavailable:
        """See `Platform`."""
        return self._answer

    def computer(self) -> Computer | Unavailable:
        """See `Platform`."""
        return self._answer

    def port(self, interface: str) -> Port | Unavailable:
        """See `Platform`."""
        del interface
        return self._answer

    def ethernet(self, interface: str) -> EthernetLink | Unavailable:
        """See `Platform`."""
        del interface
        return self._answer

    def wifi(self, interface: str, until: float) -> WifiLink | Unavailable:
        """See `Platform`."""
        del interface, until
        return self._answer

    def networks(self, interface: str) -> tuple[str, ...] | Unavailable:
        """See `Platform`."""
        del interface
        return self._answer

    def neighbours(self, interface: str) -> tuple[Neighbour, ...] | Unavailable:
        """See `Platform`."""
        del interface
        return self._answer

    def metered(self) -> bool | Unavailable:
        """See `Platform`."""
        return self._answer

    def counters(self, interface: str) -> ByteCounters | Unavailable:
        """See `Platform`."""
        del interface
        return self._answer

    def tcp_sockets(self) -> tuple[TcpSocket, ...] | Unavailable:
        """See `Platform`."""
        return self._answer

    def connections(self) -> tuple[OwnedSocket, ...] | Unavailable:
        """See `Platform`."""
        return self._answer

    def processes(self) -> dict[int, str] | Unavailable:
        """See `Platform`."""
        return self._answer

    def tunnel_owners(self) -> dict[str, str]:
        """See `Platform`."""
        return {}

    def work(self) -> Work | Unavailable:
        """See `Platform`."""
        return portable.work()

    def memory(self) -> Storage | Unavailable:
        """See `Platform`."""
        return portable.memory()

    def battery(self) -> Battery | Unavailable:
        """See `Platform`."""
        return portable.battery()

    def power_saver(self) -> bool | Unavailable:
        """See `Platform`."""
        return self._answer

    def restart_pending(self) -> bool | Unavailable:
        """See `Platform`."""
        return self._answer

    def installing(self) -> bool | Unavailable:
        """See `Platform`."""
        return self._answer

    def sound(self, until: float) -> Sound:
        """See `Platform`."""
        del until
        return Sound(streams=self._answer, devices=self._answer)

    def portaudio_package(self) -> str:
        """See `Platform`: the wheels for other systems bring the library."""
        return ""

    def proxy_settings(self) -> tuple[ProxySetting, ...] | Unavailable:
        """See `Platform`."""
        return self._answer
