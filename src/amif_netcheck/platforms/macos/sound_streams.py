"""Who plays and who records, from CoreAudio's process objects, and before macOS 14.2 from `pmset -g assertions`. Pure.

A process that serves an application is told as that application: browsers and many others leave sound to a helper. Whether
what is played can be heard, nobody says.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from amif_netcheck.model.facts import Reason, SoundUse, Unavailable
from amif_netcheck.platforms.answers import SoundStream
from amif_netcheck.platforms.macos.bundles import application, program
from amif_netcheck.platforms.macos.sound_objects import HalProcess
from amif_netcheck.platforms.text import clean

_QUIET = re.compile(
    r"com\.apple\.(corespeech|assistantd|siri|accessibility|voiceover|speech|audiomxd|mediaremote|controlcenter|"
    r"systempreferences|sound-settings|audio\.coreaudiod|loginwindow|powerchime|shortcuts|telephonyutilities)"
    r"|com\.bearisdriving\.bgm|com\.bitgapp\.eqmac|com\.rogueamoeba\.(soundsource|loopback|ace)|ai\.krisp\.",
    re.IGNORECASE,
)
"""By bundle: "Hey Siri" listens all the time; screen readers, chimes, meters, and filters of others' sound."""
_QUIET_PROCESSES = frozenset(
    {
        "coreaudiod",
        "corespeechd",
        "systemsoundserverd",
        "heard",
        "audiomxd",
        "mediaremoted",
        "PowerChime",
        "BGMApp",
    }
)
_SERVES = {"avconferenced": "FaceTime"}
"""A service that calls are held by, and what people call it."""
_OWNER = re.compile(r"^\s*pid (\d{1,9})\((.*)\): \[0x[0-9a-f]+\] ", re.IGNORECASE)
_ON_BEHALF = re.compile(r"^\s+Created for PID: (\d{1,9})", re.IGNORECASE)
_RESOURCES = re.compile(r"^\s+Resources: (.*)$")
_USES = {"audio-in": SoundUse.RECORDS, "audio-out": SoundUse.PLAYS}


class SoundClient(NamedTuple):
    """A process, and what it does with sound."""

    pid: int
    use: SoundUse
    bundle: str = ""


def clients(processes: Iterable[HalProcess]) -> tuple[SoundClient, ...] | Unavailable:
    """What processes do; that one which can't be read does nothing is not said while nobody else does anything."""
    listed = list(processes)
    found = tuple(
        SoundClient(process.pid, use, process.bundle)
        for process in listed
        for use, active in ((SoundUse.RECORDS, process.records), (SoundUse.PLAYS, process.plays))
        if active
    )
    if not found and any(None in {process.records, process.plays} for process in listed):
        return Unavailable(
            reason=Reason.NOT_PERMITTED, detail="what some processes do with sound is kept from us"
        )
    return found


def asserted(text: str) -> tuple[SoundClient, ...]:
    """Whom the sound server keeps the computer awake for, by the lines of `pmset -g assertions`.

    ```text
       pid 448(coreaudiod): [0x0005864a0001878f] 00:00:05 PreventUserIdleSystemSleep named: "com.apple.audio.…"
        Created for PID: 64578.
        Resources: audio-out BuiltInSpeakerDevice
    ```
    """
    found: dict[SoundClient, None] = {}
    of_sound, pid = False, 0
    for line in text.splitlines():
        if owner := _OWNER.match(line):
            of_sound, pid = owner[2] == "coreaudiod", 0
        elif of_sound and (behalf := _ON_BEHALF.match(line)):
            pid = int(behalf[1])
        elif of_sound and pid and (resources := _RESOURCES.match(line)):
            for word in resources[1].split():
                if word in _USES:
                    found[SoundClient(pid, _USES[word])] = None
    return tuple(found)


def streams(
    clients: Iterable[SoundClient],
    paths: dict[int, str],
    *,
    own: int,
    responsible: Callable[[int], int],
) -> tuple[SoundStream, ...]:
    """The streams of programs. `paths` are the programs of all processes, `own` is our process.

    `responsible` is the process that the system holds responsible for another one, 0 where it doesn't know.
    """
    found = []
    for client in dict.fromkeys(clients):
        path = paths.get(client.pid, "")
        name = program(path)
        if client.pid == own or _QUIET.match(client.bundle) or name in _QUIET_PROCESSES:
            continue
        served = _SERVES.get(name) or application(path)
        if not served and path and (pid := responsible(client.pid)) not in {0, client.pid}:
            served = application(paths.get(pid, "")) if _is_service(path) else ""
        found.append(
            SoundStream(
                application="" if path else clean(client.bundle),
                process=served or name,
                pid=client.pid,
                use=client.use,
            )
        )
    return tuple(found)


def _is_service(path: str) -> bool:
    """A part of the system that works for whoever asked: a program started from a terminal is not the terminal's sound."""
    return path.startswith("/System/") and ".xpc/" in path
