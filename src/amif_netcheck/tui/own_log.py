"""What the log says of this very run: how much, and what went wrong; nothing of other runs, and no names or addresses unasked."""

from __future__ import annotations

import os
import re
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from amif_netcheck.advice.language import Language

_MOST_BYTES = 1024 * 1024
_MOST_TOLD = 20
_ENTRY = re.compile(
    r"(?P<day>\S+) (?P<clock>\S+?)(?:,\d+)? (?P<process>\d+) (?P<level>[A-Z]+) (?P<where>[\w.]+): (?P<words>.*)"
)
_TOLD = ("WARNING", "ERROR", "CRITICAL")


@dataclass(frozen=True)
class OwnLog:
    """`entries` of this process by level; `told` are those that somebody may have to look at, the newest last."""

    entries: Counter[str]
    told: tuple[str, ...] = ()

    def lines(self, language: Language) -> list[str]:
        """To be drawn."""
        count, wrong = self.entries.total(), sum(self.entries[level] for level in _TOLD)
        if not count:
            return []
        told = language.plural("This run: {count} line", "This run: {count} lines", count).format(count=count)
        of_them = language.plural("{count} of them a warning", "{count} of them warnings", wrong)
        return [f"{told}, {of_them.format(count=wrong)}", *self.told]


def own_log(path: Path | None, *, keep_texts: bool, process: int | None = None) -> OwnLog:
    """Read the end of the log. What an entry says is kept only on request: it may name computers and people."""
    process = os.getpid() if process is None else process
    entries: Counter[str] = Counter()
    told = []
    for line in _end_of(path):
        entry = _ENTRY.fullmatch(line)
        if entry is None or int(entry["process"]) != process:
            continue
        entries[entry["level"]] += 1
        if entry["level"] in _TOLD:
            words = f": {entry['words']}" if keep_texts else ""
            told.append(f"{entry['clock']} {entry['level']} {entry['where']}{words}")
    return OwnLog(entries, tuple(told[-_MOST_TOLD:]))


def _end_of(path: Path | None) -> list[str]:
    with suppress(OSError):
        if path is not None:
            with path.open("rb") as file:
                file.seek(0, 2)
                file.seek(max(0, file.tell() - _MOST_BYTES))
                return file.read().decode(errors="replace").splitlines()
    return []
