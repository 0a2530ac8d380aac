"""What can be done on this computer for the person: offered, done on their yes alone, and told afterwards. No words here."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct


class FixKind(Enum):
    """What a fix does."""

    CHOOSE_DEVICE = "choose_device"  # what one hears with and speaks into
    PAUSE_PLAYER = "pause_player"
    CLOSE_APPLICATION = "close_application"  # it is asked to; never killed
    DISCONNECT_VPN = "disconnect_vpn"


class FixRequest(Struct, frozen=True, kw_only=True):
    """A fix that a finding calls for; `about` is what the finding names.

    `choose_device`: the device's name, then the directions (`output`, `input`). `pause_player`, `close_application`: names
    of processes. `disconnect_vpn`: the tunnel's interface.
    """

    kind: FixKind
    about: tuple[str, ...]


class Fix(Struct, frozen=True, kw_only=True):
    """One thing that can be done now. `params` name it for people (private names, for the screen alone).

    `target` is what the system knows it by; only the platform that made it reads it.
    """

    kind: FixKind
    params: dict[str, str]
    target: tuple[str, ...]


class FixOutcome(Enum):
    """What came of it."""

    DONE = "done"
    GONE = "gone"  # what it was about is not there any more; all is as it was before
    REFUSED = "refused"  # the system does not let us; all is as it was before
    UNFINISHED = "unfinished"  # not known to be done in time, whole or in part
    FAILED = "failed"  # not done, or in part


class FixResult(Struct, frozen=True, kw_only=True):
    """`detail` is for the log."""

    outcome: FixOutcome
    detail: str = ""
