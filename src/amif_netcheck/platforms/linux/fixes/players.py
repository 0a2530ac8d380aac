"""Pauses what plays, as the keys of a keyboard do: over MPRIS (https://specifications.freedesktop.org/mpris-spec/latest/).

A player is asked for its name and whether it plays and may be paused; never for what it plays.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import psutil

from amif_netcheck.model.fix import Fix, FixKind, FixOutcome, FixResult
from amif_netcheck.platforms.linux import dbus
from amif_netcheck.platforms.linux.fixes import over_dbus
from amif_netcheck.platforms.text import title

_PREFIX = "org.mpris.MediaPlayer2."
_PATH = "/org/mpris/MediaPlayer2"
_ABOUT, _PLAYER = "org.mpris.MediaPlayer2", "org.mpris.MediaPlayer2.Player"
_CAN_BE_PAUSED = {"PlaybackStatus": "Playing", "CanPause": True, "CanControl": True}
_AT_REST = ("Paused", "Stopped")
_PROPERTIES = {**dict.fromkeys(_CAN_BE_PAUSED, _PLAYER), "Identity": _ABOUT}
_PID = "pid"
_STAND_INS = ("playerctld",)
"""They speak for the other players, which are there themselves."""
_MOST_ASKED = 50
_MOST_OFFERED = 4
_POLL_S = 0.1
_ACCEPTS_S = 3.0


def offers(about: tuple[str, ...], until: float) -> tuple[Fix, ...]:
    """One fix for each player that plays and can be paused; those of the processes in `about` first."""
    return over_dbus.offers(until, lambda by: _playing(about, by))


def carry_out(fix: Fix, until: float) -> FixResult:
    """Pause it, and wait by `until` (`time.monotonic`) until it says that it does not play."""
    name, owner = fix.target
    return over_dbus.done(until, lambda by: _pause(name, owner, by))


def _playing(about: tuple[str, ...], until: float) -> tuple[Fix, ...]:
    with dbus.session(until - time.monotonic()) as bus:
        names = _names_by_owner(bus, until)
        questions = {(owner, asked): question for owner in names for asked, question in _questions(owner)}
        replies = dbus.ask(bus, questions, until)
    ranked = []
    for owner, name in names.items():
        player = {asked: reply.value for (of, asked), reply in replies.items() if of == owner}
        if all(player.get(asked) == needed for asked, needed in _CAN_BE_PAUSED.items()):
            ranked.append((_process(player.get(_PID)) not in about, name, _fix(name, owner, player)))
    return tuple(fix for *_, fix in sorted(ranked, key=lambda entry: entry[:2])[:_MOST_OFFERED])


def _names_by_owner(bus: Any, until: float) -> dict[str, str]:
    """The players on the bus. One program with several names is one player."""
    names = sorted(
        name
        for name in dbus.ask_one(bus, _bus_call("ListNames"), until).value
        if name.startswith(_PREFIX) and _short(name) not in _STAND_INS
    )[:_MOST_ASKED]
    owners = dbus.ask(bus, {name: _bus_call("GetNameOwner", name) for name in names}, until)
    return {str(owners[name].value): name for name in reversed(names) if _is_owned(owners.get(name))}


def _questions(owner: str) -> Iterator[tuple[str, Any]]:
    yield _PID, _bus_call("GetConnectionUnixProcessID", owner)
    for name, face in _PROPERTIES.items():
        yield name, _get(owner, face, name)


def _fix(name: str, owner: str, player: dict[str, Any]) -> Fix:
    identity = player.get("Identity")
    shown = title(identity) if isinstance(identity, str) else ""
    return Fix(
        kind=FixKind.PAUSE_PLAYER, params={"player": shown or title(_short(name))}, target=(name, owner)
    )


def _pause(name: str, owner: str, until: float) -> FixResult:
    with dbus.session(until - time.monotonic()) as bus:
        if dbus.ask_one(bus, _bus_call("GetNameOwner", name), until).value != owner:
            return FixResult(outcome=FixOutcome.GONE)
        question = {0: dbus.call(owner, _PATH, _PLAYER, "Pause")}
        answer = dbus.ask(bus, question, min(until, time.monotonic() + _ACCEPTS_S)).get(0)
        if answer is not None and answer.error and _is_there(bus, owner, until):
            return over_dbus.refused_or_failed(answer.error)
        while True:
            status = dbus.ask_one(bus, _get(owner, _PLAYER, "PlaybackStatus"), until)
            if status.error and not _is_there(bus, owner, until):
                return FixResult(outcome=FixOutcome.GONE)
            if not status.error and status.value in _AT_REST:
                return FixResult(outcome=FixOutcome.DONE)
            if time.monotonic() + _POLL_S > until:
                return FixResult(
                    outcome=FixOutcome.UNFINISHED, detail=status.error or f"status {status.value!r}"
                )
            time.sleep(_POLL_S)


def _is_there(bus: Any, owner: str, until: float) -> bool:
    return dbus.ask_one(bus, _bus_call("NameHasOwner", owner), until).value is True


def _is_owned(reply: dbus.Reply | None) -> bool:
    return reply is not None and not reply.error


def _bus_call(method: str, *arguments: str) -> Any:
    return dbus.call(dbus.BUS, dbus.BUS_PATH, dbus.BUS, method, *arguments)


def _get(owner: str, face: str, asked: str) -> Any:
    return dbus.call(owner, _PATH, dbus.PROPERTIES, "Get", face, asked)


def _short(name: str) -> str:
    """`vlc` of `org.mpris.MediaPlayer2.vlc.instance42`."""
    return name.removeprefix(_PREFIX).partition(".")[0]


def _process(pid: object) -> str:
    """The name of a process; of one in a Flatpak, that of what speaks on the bus for it."""
    with suppress(psutil.Error, ValueError):
        return psutil.Process(pid).name() if isinstance(pid, int) else ""
    return ""
