"""Programs that use a sound card without a sound server: `/proc/asound`."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

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
    found = []
    for path in sorted(proc.glob("card*/pcm*[pc]/sub*/status"))[:_MOST]:
        try:
            text = path.read_text(errors="replace")
        except OSError:  # its card was unplugged
            continue
        holder = parse_status(text, SoundUse.RECORDS if path.parts[-3].endswith("c") else SoundUse.PLAYS)
        if holder is not None:
            found.append(holder)
    return tuple(found)


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
