"""Core Audio's sessions (see `core_audio`), to who plays and who records. Pure.

A session is active while its program holds a stream open, heard or not: programs for calls do so from their start to their
end. A playing one whose meter stays at zero is told as paused; a recording one holds the microphone, whatever is said.
"""

from __future__ import annotations

from collections.abc import Mapping

from amif_netcheck.catalog import started
from amif_netcheck.model.facts import Direction, SoundUse, Unavailable
from amif_netcheck.platforms.answers import SoundStream
from amif_netcheck.platforms.text import title
from amif_netcheck.platforms.windows.core_audio import AudioSession, AudioSnapshot
from amif_netcheck.platforms.windows.processes import SystemProcess, ancestors

_USES = {Direction.OUTPUT: SoundUse.PLAYS, Direction.INPUT: SoundUse.RECORDS}
_INAUDIBLE = 1e-5
"""-100 dB below full scale: dither, not sound."""
_REFERENCE = "@"
"""What a name begins with that is a reference into a library's texts."""


def streams(
    answer: AudioSnapshot, running: Mapping[int, SystemProcess]
) -> tuple[SoundStream, ...] | Unavailable:
    """Active sessions of programs; the system's own sounds are none. `running`: the processes by number."""
    if isinstance(answer.sessions, Unavailable):
        return answer.sessions
    return tuple(
        _stream(session, running) for session in answer.sessions if session.active and not session.system
    )


def _stream(session: AudioSession, running: Mapping[int, SystemProcess]) -> SoundStream:
    """Of a helper (an embedded browser's), in the name of the program that started it."""
    process = running.get(session.pid)
    name = process.name if process is not None else ""
    silent = session.peak is not None and session.peak < _INAUDIBLE
    return SoundStream(
        application="" if session.name.startswith(_REFERENCE) else title(session.name),
        process=started(name, ancestors(session.pid, running)) if name else "",
        pid=session.pid,
        use=_USES[session.direction],
        muted=session.muted,
        paused=session.direction is Direction.OUTPUT and silent and not session.muted,
    )
