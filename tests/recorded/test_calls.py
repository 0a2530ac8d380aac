"""Lines of real calls, measured by the full check: what is said of them is what two browsers had."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest
from bench.calls import CALLS, fair, verdict

from amif_netcheck.model.facts import LinkFacts

SEEN = Path(__file__).parent.parent / "data" / "calls" / "seen.jsonl"
"""Facts of `python -m bench.calls --save`, one line a call."""

FACTS = {
    entry["name"]: msgspec.convert(entry["facts"], LinkFacts)
    for entry in map(json.loads, SEEN.read_text().splitlines())
}
RECORDED = {call["name"]: call for call in map(json.loads, CALLS.read_text().splitlines())}


def test_every_call_was_measured() -> None:
    assert FACTS.keys() == RECORDED.keys()


@pytest.mark.parametrize("name", RECORDED)
def test_a_bad_call_is_never_called_good(name: str) -> None:
    if RECORDED[name]["class"] == "bad":
        assert verdict(FACTS[name]) in {"bad", "degraded"}


@pytest.mark.parametrize("name", RECORDED)
def test_a_clear_call_is_judged_as_it_was(name: str) -> None:
    assert fair(RECORDED[name], verdict(FACTS[name]))
