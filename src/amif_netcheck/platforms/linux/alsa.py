"""Programs that use a sound card without a sound server: `/proc/asound`."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct, structs

from amif_netcheck.model.facts import SoundUse

_MOST = 256


class Holder(Struct, frozen=True, kw_only=True):
    """A process that holds a stream of a sound card open."""

    pid: int
    use: SoundUse
    paused: bool = False


def holders(proc: Path = Path("/proc/asound")) -> tuple[Holder, ...] | None:
    """Who holds the sound cards' streams; None when this kernel has no sound at all."""
    if not proc.is_dir():
        return None
    known = []
    for path in sorted(proc.glob("card*/pcm*[pc]/sub*/status"))[:_MOST]:
        try:
            text = path.read_text(errors="replace")
        except OSError:  # its card was unplugged
            continue
        holder = parse_status(text, SoundUse.RECORDS if path.parts[-3].endswith("c") else SoundUse.PLAYS)
        if holder is not None:
            known.append(structs.replace(holder, pid=_process(holder.pid, proc.parent)))
    return tuple(known)


def parse_status(text: str, use: SoundUse) -> Holder | None:
    """One stream's status: lines of `name : value`; `closed` when nobody holds it."""
    values = {
        name.strip(): value.strip()
        for name, colon, value in (line.partition(":") for line in text.splitlines())
        if colon
    }
    owner = values.get("owner_pid", "")
    state = values.get("state", "")
    if not owner.isdecimal() or state not in {"RUNNING", "DRAINING", "PAUSED"}:
        return None
    return Holder(pid=int(owner), use=use, paused=state == "PAUSED")


def _process(task: int, proc: Path) -> int:
    """The process that a thread belongs to: who opens a sound card is often a thread, which no list of processes names."""
    try:
        lines = (proc / str(task) / "status").read_text(errors="replace").splitlines()
    except OSError:  # ended meanwhile, or another user's where those are hidden
        return task
    group = next((line.partition(":")[2].strip() for line in lines if line.startswith("Tgid:")), "")
    return int(group) if group.isdecimal() else task
