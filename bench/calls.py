"""The full check over the lines of real calls: does it say what two browsers had?

`python -m bench.calls [--only NAME,…] [--save FILE] [--again FILE]`, as root, about half a minute a line. Prints a table
in Markdown for docs/link.md. `--save` keeps the facts that were measured, one line of JSON each; `--again` judges such
facts with today's limits instead of measuring. Exits with 1 when a bad call is called good, or a clear one otherwise than
it was.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from tests.lab.addresses import AWAY
from tests.lab.house import House
from tests.real.support import Network

from amif_netcheck.checks import link
from amif_netcheck.model.facts import Facts, LinkFacts, Transfer
from amif_netcheck.model.finding import Severity, worst

CALLS = Path(__file__).parent.parent / "tests" / "data" / "calls" / "open.jsonl"
PORT = 8443
SAID = {
    Severity.OK: "good",
    Severity.INFO: "good",
    Severity.WARNING: "degraded",
    Severity.CRITICAL: "bad",
    Severity.UNKNOWN: "unknown",
}


def calls(only: str) -> list[dict[str, Any]]:
    """The calls to be compared with."""
    known = [json.loads(line) for line in CALLS.read_text().splitlines()]
    return [call for call in known if not only or call["name"] in only.split(",")]


def measure(call: dict[str, Any]) -> LinkFacts:
    """The facts of a full check over the line of one call."""
    with tempfile.TemporaryDirectory() as folder, Network(Path(folder)) as network:
        house = House.of_call(network, call)
        serve = (sys.executable, "-m", "amif_netcheck", "serve", "--host", AWAY, "--port", str(PORT))
        house.internet.start(*serve, listens=("tcp", PORT))
        run = network.check(
            house.home, "--only", "link", "--speed-engine", "http", "--speed-server", f"http://{AWAY}:{PORT}"
        )
        return msgspec.convert(run.fact("link"), LinkFacts)


def verdict(facts: LinkFacts) -> str:
    """What the check says, in the words that the calls are classed by."""
    return SAID[worst(finding.severity for finding in link.check(Facts(link=facts)))]


def fair(call: dict[str, Any], said: str) -> bool:
    """Is this verdict right? On a border either is; a bad call is never to be called good."""
    return said in call["class_range"] and not (call["class"] == "bad" and said == "good")


def row(call: dict[str, Any], facts: LinkFacts, said: str) -> str:
    """One line of the table."""
    codes = ", ".join(
        f"`{finding.code}`"
        for finding in link.check(Facts(link=facts))
        if SAID[finding.severity] == said and finding.severity not in {Severity.OK, Severity.INFO}
    )
    low, high = call["class_range"]
    border = "" if low == high else f" ({low} to {high})"
    mark = "yes" if fair(call, said) else "**no**"
    return f"| {call['name']} | {call['class']}{border} | {said} | {mark} | {_rates(facts)} | {codes} |"


def _rates(facts: LinkFacts) -> str:
    return " / ".join(
        f"{each.mbit_s:.1f}" if isinstance(each, Transfer) else "-" for each in (facts.download, facts.upload)
    )


def seen(options: argparse.Namespace) -> Iterator[tuple[dict[str, Any], LinkFacts]]:
    """Each call with the facts of our check over its line, measured now or before."""
    saved: dict[str, LinkFacts] = {}
    if options.again:
        for line in options.again.read_text().splitlines():
            entry = json.loads(line)
            saved[entry["name"]] = msgspec.convert(entry["facts"], LinkFacts)
    for call in calls(options.only):
        if not options.again:
            yield call, measure(call)
        elif call["name"] in saved:
            yield call, saved[call["name"]]


def main() -> int:
    """Print the table; 1 when a verdict is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="")
    parser.add_argument("--save", type=Path)
    parser.add_argument("--again", type=Path)
    options = parser.parse_args()
    wrong = 0
    print(
        "| line | the call was | we say | agrees | Mbit/s down / up | because of |\n| --- | --- | --- | --- | --- | --- |"
    )
    for call, facts in seen(options):
        said = verdict(facts)
        wrong += not fair(call, said)
        print(row(call, facts, said), flush=True)
        if options.save:
            with options.save.open("a") as file:
                file.write(json.dumps({"name": call["name"], "facts": msgspec.to_builtins(facts)}) + "\n")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
