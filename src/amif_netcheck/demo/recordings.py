"""One scenario, three systems: what was seen, and how a system calls it or can't see it.

A scenario (`<name>.json`) has `facts`, as the model writes them, and under `on` what differs on a system, as a merge patch
(RFC 7396). `systems.json` has for each system its release, what it calls things (`names`: `"@wifi"` in a scenario stands for
the name of the Wi-Fi interface; `names_in` has, by language, those that differ where the system speaks it), and under `facts` what that system never tells: laid over whatever a scenario measured.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources
from typing import Any

import msgspec
from msgspec import Struct

from amif_netcheck.model.facts import Facts
from amif_netcheck.model.report import System

_MARK = "@"
_ABSENT = "unavailable"


class RecordedComputer(Struct, frozen=True, kw_only=True):
    """A computer: its system, and all that the probes saw on it."""

    system: System
    facts: Facts


class Scenario(Struct, frozen=True, kw_only=True):
    """See the module."""

    facts: dict[str, Any]
    on: dict[str, dict[str, Any]] = {}


class SystemWords(Struct, frozen=True, kw_only=True):
    """See the module."""

    release: str
    names: dict[str, str]
    names_in: dict[str, dict[str, str]] = {}
    facts: dict[str, Any] = {}


def scenario(name: str) -> Scenario:
    """The file of a known scenario."""
    return msgspec.json.decode(_read(name), type=Scenario)


def systems() -> dict[str, SystemWords]:
    """By the name of the system."""
    return msgspec.json.decode(_read("systems"), type=dict[str, SystemWords])


def recorded(name: str, system: str, language: str = "") -> RecordedComputer:
    """The computer of a known scenario, as `system` would have seen it, in that language; no call is foretold on it yet."""
    story, words = scenario(name), systems()[system]
    facts = patched(untold(story.facts, words.facts), story.on.get(system, {}))
    return RecordedComputer(
        system=System(os=system, release=words.release),
        facts=msgspec.convert(named(facts, words.names | words.names_in.get(language, {})), Facts),
    )


def patched(value: Any, patch: Any) -> Any:
    """`value` with a merge patch of RFC 7396: null takes a member away, lists are replaced whole."""
    if not isinstance(patch, dict):
        return patch
    members = dict(value) if isinstance(value, dict) else {}
    for key, change in patch.items():
        if change is None:
            members.pop(key, None)
        else:
            members[key] = patched(members.get(key), change)
    return members


def untold(value: Any, overlay: Mapping[str, Any]) -> Any:
    """`value` with the members of `overlay` that it has, too; what is unavailable as a whole stays so."""
    if not isinstance(value, dict) or value.get("state") == _ABSENT:
        return value
    laid = {}
    for key, own in value.items():
        over = overlay.get(key)
        is_part = isinstance(over, dict) and "state" not in over
        laid[key] = own if over is None else untold(own, over) if is_part else over
    return laid


def named(value: Any, names: Mapping[str, str]) -> Any:
    """`value` with the system's own names in the place of `@…`."""
    if isinstance(value, dict):
        return {key: named(each, names) for key, each in value.items()}
    if isinstance(value, list):
        return [named(each, names) for each in value]
    if isinstance(value, str) and value.startswith(_MARK):
        return names[value.removeprefix(_MARK)]
    return value


def _read(name: str) -> bytes:
    return resources.files(__package__).joinpath(f"{name}.json").read_bytes()
