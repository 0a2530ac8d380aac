"""Generic netlink: families of messages by name, and their answers' attributes as bytes."""

from __future__ import annotations

import struct

from amif_netcheck.platforms.linux.netlink import GENERIC, NetlinkSocket, attribute, attributes, unsigned

# linux/genetlink.h
_CONTROL, _GET_FAMILY, _FAMILY_ID, _FAMILY_NAME = 16, 3, 1, 2
_GENERIC = struct.Struct("=BBH")  # command, version, reserved
_MOST_ANSWERS = 4096


class GenericNetlink(NetlinkSocket):
    """See `NetlinkSocket`."""

    def __init__(self, until: float) -> None:
        """Open it; raises what `NetlinkSocket` does."""
        super().__init__(GENERIC, until)

    def family(self, name: str) -> int | None:
        """The number of a family of messages; None when this kernel has no such family.

        Raises:
            OSError: see `NetlinkSocket.ask`.
        """
        question = attribute(_FAMILY_NAME, name.encode() + b"\0")
        try:
            answers = self.command(_CONTROL, _GET_FAMILY, question)
        except FileNotFoundError:
            return None
        numbers = (unsigned(dict(attributes(answer)).get(_FAMILY_ID, b"")) for answer in answers)
        return next((number for number in numbers if number is not None), None)

    def command(self, family: int, command: int, question: bytes, *, dump: bool = False) -> list[bytes]:
        """The attributes of every answer; with `dump` all there is, not one thing.

        Raises:
            OSError: see `NetlinkSocket.dump`.
        """
        ask = self.dump if dump else self.ask
        answers = ask(family, _GENERIC.pack(command, 0, 0) + question, most=_MOST_ANSWERS)
        return [answer[_GENERIC.size :] for answer in answers]
