"""The full check over the lines of real calls: does it say what two browsers had?

`python -m bench.calls [--mode own|public] [--half open|fit|judge] [--only NAME,…] [--recordings FOLDER] [--save FILE]`, as
root, half a minute a line and mode: measures, and prints predicted against real figures in Markdown for docs/link.md.
`--again [FILE]` plays the calls on facts that were measured before (`tests/data/calls/seen.jsonl.gz` unless named) instead.
Lines that follow a recorded cellular one need the folder of the recordings. Exits with 1 when a bad call is called good.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from msgspec import structs
from tests.lab.addresses import AWAY
from tests.lab.house import House
from tests.real.support import Network

from amif_netcheck.checks import link
from amif_netcheck.model.facts import (
    Facts,
    Foretold,
    ForetoldPicture,
    ForetoldWay,
    LinkFacts,
    Unavailable,
)
from amif_netcheck.model.finding import Severity, worst
from amif_netcheck.prediction.foretell import foretell
from bench.peers import PEERS, Figures

FOLDER = Path(__file__).parent.parent / "tests" / "data" / "calls"
SEEN = FOLDER / "seen.jsonl.gz"
MODES = ("own", "public")
"""With a test point of our own; with servers that know nothing of us (STUN, and LibreSpeed's language)."""
PORT = 8443
_SAID = {
    Severity.OK: "good",
    Severity.INFO: "good",
    Severity.WARNING: "degraded",
    Severity.CRITICAL: "bad",
    Severity.UNKNOWN: "unknown",
}
_SOUND_WITHIN_MS, _SOUND_WITHIN, _FROZEN_WITHIN = 40.0, 0.3, 5.0


def calls(only: str = "", halves: str = "") -> list[dict[str, Any]]:
    """The calls to be compared with; `half` is `open`, or `fit` or `judge` of those over drawn lines."""
    known: list[dict[str, Any]] = []
    for name in ("open", "drawn"):
        texts = (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
        known += [{"half": name, **json.loads(text)} for text in texts]
    return [
        call
        for call in known
        if (not only or call["name"] in only.split(",")) and (not halves or call["half"] in halves.split(","))
    ]


def measure(call: dict[str, Any], mode: str = "own", recordings: Path | None = None) -> LinkFacts:
    """The facts of a full check over the line of one call."""
    with tempfile.TemporaryDirectory() as folder, Network(Path(folder)) as network:
        house = House.of_call(network, call, recordings=recordings)
        serve = (sys.executable, "-m", "amif_netcheck", "serve", "--host", AWAY, "--port", str(PORT))
        house.internet.start(*serve, listens=("tcp", PORT))
        engine = ("http",) if mode == "own" else ("librespeed", "--stun", f"{AWAY}:{PORT}")
        server = f"http://{AWAY}:{PORT}"
        run = network.check(house.home, "--only", "link", "--speed-server", server, "--speed-engine", *engine)
        return msgspec.convert(run.fact("link"), LinkFacts)


def seen(path: Path = SEEN) -> dict[tuple[str, str], LinkFacts]:
    """Facts that were measured before, by call and mode, with the call played on them by today's model."""
    made = {}
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for text in file:
            entry = json.loads(text)
            facts = msgspec.convert(entry["facts"], LinkFacts)
            made[entry["name"], entry["mode"]] = structs.replace(facts, foretold=foretell(facts))
    return made


def verdict(facts: LinkFacts) -> str:
    """What the check says, in the words that the calls are classed by."""
    findings = link.check(Facts(link=facts))
    known = [finding.severity for finding in findings if finding.severity is not Severity.UNKNOWN]
    return _SAID[worst(known or [Severity.UNKNOWN])]


def fair(call: dict[str, Any], said: str) -> bool:
    """Is this verdict right? On a border either is; a bad call is never to be called good."""
    return said in _between(*call["class_range"]) and not (call["class"] == "bad" and said == "good")


def _between(low: str, high: str) -> tuple[str, ...]:
    order = ("good", "degraded", "bad")
    return order[order.index(low) : order.index(high) + 1]


def close(call: dict[str, Any], facts: LinkFacts) -> Iterator[tuple[bool, bool]]:
    """Of each way: is the sound's delay foretold within 40 ms or 30 %, and the share of time frozen within 5 points?"""
    for name in ("up", "down"):
        made, real = _way(facts, name), call.get(name)
        if made is None or not real or real["audio_delay_ms"] is None:
            continue
        delay, was = made.sound.delay_ms.value, real["audio_delay_ms"]
        frozen = made.picture.frozen_pct.value if isinstance(made.picture, ForetoldPicture) else 0.0
        yield (
            abs(delay - was) <= max(_SOUND_WITHIN_MS, _SOUND_WITHIN * was),
            abs(frozen - real["freeze_pct"]) <= _FROZEN_WITHIN,
        )


def _way(facts: LinkFacts, name: str) -> ForetoldWay | None:
    if not isinstance(facts.foretold, Foretold):
        return None
    made = facts.foretold.up if name == "up" else facts.foretold.down
    return None if isinstance(made, Unavailable) else made


def row(call: dict[str, Any], mode: str, facts: LinkFacts) -> str:
    """One line of the table: foretold against real figures, up and down."""
    said = verdict(facts)
    low, high = call["class_range"]
    border = "" if low == high else f" ({low} to {high})"
    mark = "yes" if fair(call, said) else "**no**"
    cells = [_cell(_way(facts, name), call.get(name) or {}) for name in ("up", "down")]
    return f"| {call['name']} | {mode} | {call['class']}{border} | {said} | {mark} | {' | '.join(cells)} |"


def _cell(made: ForetoldWay | None, real: dict[str, Any]) -> str:
    if made is None:
        return "-"
    sound, picture = made.sound, made.picture
    parts = [
        f"{sound.made_up_pct.value:.1f} ({real.get('audio_concealed_pct', '-')}) %",
        f"{sound.delay_ms.value:.0f} ({real.get('audio_delay_ms', '-')}) ms",
    ]
    if isinstance(picture, ForetoldPicture):
        parts += [
            f"{picture.kbit_s.value:.0f} ({real.get('video_kbps', '-')}) kbit/s",
            f"{picture.frozen_pct.value:.0f} ({real.get('freeze_pct', '-')}) %",
        ]
    return ", ".join(parts)


class Tally:
    """How often verdict and figures were right, by half and mode; and the rules of others."""

    def __init__(self) -> None:
        self._right: dict[tuple[str, str, str], list[bool]] = defaultdict(list)

    def note(self, call: dict[str, Any], mode: str, facts: LinkFacts) -> None:
        """One call."""
        group = (call["half"], mode)
        self._right[*group, "verdict"].append(fair(call, verdict(facts)))
        for delay, frozen in close(call, facts):
            self._right[*group, "delay"].append(delay)
            self._right[*group, "frozen"].append(frozen)
        figures = Figures.of(facts)
        may_be = _between(*call["class_range"])
        for name, rule in PEERS.items():
            good = figures is not None and rule(figures)
            self._right[*group, name].append("good" in may_be if good else may_be != ("good",))

    def share(self, half: str, mode: str, what: str = "verdict") -> float:
        """Of 0..1; NaN where there was none."""
        known = self._right[half, mode, what]
        return sum(known) / len(known) if known else float("nan")

    def table(self) -> str:
        """In Markdown."""
        columns = ("verdict", "delay", "frozen", *PEERS)
        lines = [
            f"| lines | mode | calls | {' | '.join(columns)} |",
            "| --- " * (3 + len(columns)) + "|",
        ]
        for half, mode in sorted({key[:2] for key in self._right if self._right[key]}):
            shares = " | ".join(f"{100 * self.share(half, mode, column):.0f} %" for column in columns)
            lines.append(f"| {half} | {mode} | {len(self._right[half, mode, 'verdict'])} | {shares} |")
        return "\n".join(lines)


def main() -> int:
    """Print the tables; 1 when a bad call is called good."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="")
    parser.add_argument("--half", default="", help="open, fit or judge")
    parser.add_argument("--mode", choices=MODES)
    parser.add_argument("--recordings", type=Path)
    parser.add_argument("--save", type=Path)
    parser.add_argument("--again", type=Path, nargs="?", const=SEEN)
    options = parser.parse_args()
    known = seen(options.again) if options.again else {}
    tally, false_greens = Tally(), 0
    print(
        "| line | mode | the call was | we say | agrees | up | down |\n| --- | --- | --- | --- | --- | --- | --- |"
    )
    for call in calls(options.only, options.half):
        for mode in (options.mode,) if options.mode else MODES:
            if options.again and (call["name"], mode) not in known:
                continue
            facts = known.get((call["name"], mode)) or measure(call, mode, options.recordings)
            print(row(call, mode, facts), flush=True)
            tally.note(call, mode, facts)
            false_greens += call["class"] == "bad" and verdict(facts) == "good"
            if options.save:
                with gzip.open(options.save, "at", encoding="utf-8") as file:
                    entry = {"name": call["name"], "mode": mode, "facts": msgspec.to_builtins(facts)}
                    file.write(json.dumps(entry) + "\n")
    print(f"\n{tally.table()}")
    return int(false_greens > 0)


if __name__ == "__main__":
    sys.exit(main())
