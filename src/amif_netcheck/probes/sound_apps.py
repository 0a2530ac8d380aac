"""Which applications play or record now, and which applications for calls are open. Sends nothing, hears nothing."""

from __future__ import annotations

from msgspec import structs

from amif_netcheck.catalog import application as known_application
from amif_netcheck.catalog.calls import CALL, call_application, is_quiet, meeting_application
from amif_netcheck.model.facts import (
    CallApplication,
    SoundApplication,
    SoundAppsFacts,
    SoundUse,
    Unavailable,
)
from amif_netcheck.platforms.answers import Sound, SoundStream
from amif_netcheck.probes.context import Context
from amif_netcheck.probes.own_processes import own_pids

_MOST_APPLICATIONS = 20


def probe(context: Context, until: float) -> SoundAppsFacts | Unavailable:
    """Ask the sound system and the list of processes, by `until` (`time.monotonic`)."""
    sound = context.platform.sound(until)
    processes = context.platform.processes()
    if isinstance(sound.streams, Unavailable) and isinstance(processes, Unavailable):
        return sound.streams
    return SoundAppsFacts(
        applications=_applications(sound, {} if isinstance(processes, Unavailable) else processes),
        calls=processes if isinstance(processes, Unavailable) else _calls(processes),
        meeting_product=meeting_application(context.meeting),
        meeting_given=bool(context.meeting),
        obstacle=sound.obstacle,
    )


def _applications(sound: Sound, processes: dict[int, str]) -> tuple[SoundApplication, ...] | Unavailable:
    """One line for each application and use, recorders first; it is silent only when all of its streams are."""
    if isinstance(sound.streams, Unavailable):
        return sound.streams
    ours = own_pids()
    by_use: dict[tuple[str, SoundUse], SoundApplication] = {}
    for stream in sound.streams:
        process = stream.process or processes.get(stream.pid, "")
        if stream.pid in ours or is_quiet(process) or is_quiet(stream.application):
            continue
        one = _named(stream, process)
        key = (one.product or one.process or one.application, one.use)
        before = by_use.get(key)
        if before is not None:
            one = structs.replace(
                before, muted=before.muted and one.muted, paused=before.paused and one.paused
            )
        by_use[key] = one
    inaudible_last = sorted(
        by_use.values(),
        key=lambda application: (
            application.use is not SoundUse.RECORDS,
            application.paused,
            application.muted,
        ),
    )
    return tuple(inaudible_last[:_MOST_APPLICATIONS])


def _named(stream: SoundStream, process: str) -> SoundApplication:
    """With the name that people know, by its process or by what it calls itself."""
    call = call_application(process) or call_application(stream.application)
    known = known_application(process) or known_application(stream.application)
    return SoundApplication(
        application=stream.application,
        process=process,
        product=call or (known.name if known else ""),
        family=CALL if call else (known.family if known else ""),
        use=stream.use,
        muted=stream.muted,
        paused=stream.paused,
    )


def _calls(processes: dict[int, str]) -> tuple[CallApplication, ...]:
    """Each name of a process once: one application may have several."""
    calls = {(product, process) for process in processes.values() if (product := call_application(process))}
    return tuple(CallApplication(product=product, process=process) for product, process in sorted(calls))
