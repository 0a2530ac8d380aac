"""A system that we have no backend for yet: every question is answered with `unsupported`, never guessed."""

from __future__ import annotations

import sys

from amif_netcheck.model.facts import Reason, Unavailable
from amif_netcheck.platforms.base import Address, ByteCounters, Connection, Gateway, Interface, TcpSocket

_NAMES = {"darwin": "macos", "win32": "windows"}


class Unsupported:
    """Answers `Unavailable(unsupported)` to everything."""

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

    def connections(self) -> tuple[Connection, ...] | Unavailable:
        """See `Platform`."""
        return self._answer

    def processes(self) -> dict[int, str] | Unavailable:
        """See `Platform`."""
        return self._answer

    def tunnel_owners(self) -> dict[str, str]:
        """See `Platform`."""
        return {}
