"""What to do about an application: by its product where its menus are known, else by what it does."""

from __future__ import annotations

from collections.abc import Mapping

from amif_netcheck.advice.language import N_, Language
from amif_netcheck.advice.words import OF_THE_SYSTEM, UPDATES, by_time
from amif_netcheck.model.finding import ParamValue

_ANY = ""
"""Any system that has no step of its own."""

_PRODUCTS: dict[str, dict[str, str]] = {
    "OneDrive": {
        "windows": N_(
            "{name}: click the cloud near the clock, then the gear wheel, “Pause syncing”, “2 hours”."
        ),
        "macos": N_(
            "{name}: click the cloud in the menu bar, then the gear wheel, “Pause syncing”, “2 hours”."
        ),
    },
    "Google Drive": {
        "windows": N_("{name}: click its icon near the clock, then the gear wheel, “Pause syncing”."),
        "macos": N_("{name}: click its icon in the menu bar, then the gear wheel, “Pause syncing”."),
    },
    "Dropbox": {
        "macos": N_(
            "{name}: click its icon in the menu bar, then your picture or initials, “Pause syncing”."
        ),
        _ANY: N_("{name}: click its icon near the clock, then your picture or initials, “Pause syncing”."),
    },
    "Nextcloud": {
        "macos": N_("{name}: click its icon in the menu bar, then your name, “Pause sync for all”."),
        _ANY: N_("{name}: click its icon near the clock, then your name, “Pause sync for all”."),
    },
    "iCloud": {
        "macos": N_(
            "{name}: it is saving photos or files; in Photos, at the bottom of the library, click “Pause”."
        ),
    },
    "Time Machine": {
        "macos": N_("{name}: click its icon in the menu bar, then “Skip This Backup”."),
    },
    "Windows Update": {
        "windows": N_(
            "{name}: open Settings, “Windows Update”, then “Pause for 1 week”; resume it after the meeting."
        ),
    },
    "Steam": {
        "macos": N_("{name}: choose “Quit Steam” in its menu; closing its window is not enough."),
        _ANY: N_("{name}: choose “Exit” in its menu “Steam”; closing its window is not enough."),
    },
}

_FAMILIES: dict[str, dict[str, str]] = {
    "cloud_sync": {
        "macos": N_("{name}: click its icon in the menu bar and pause it for the length of the meeting."),
        _ANY: N_("{name}: click its icon near the clock and pause it for the length of the meeting."),
    },
    "backup": {
        _ANY: N_("{name}: stop the backup in its menu; it will start again after the meeting."),
    },
    "update": {
        _ANY: UPDATES,
    },
    "streaming": {_ANY: N_("{name}: stop the music or the film, then close it.")},
    "p2p": {_ANY: N_("{name}: pause all its downloads, then close it.")},
    "game": {
        "macos": N_("{name}: quit it with Cmd+Q; closing its window is not enough."),
        _ANY: N_("{name}: close it, also its icon near the clock: it goes on downloading there."),
    },
    "browser": {
        _ANY: N_("{name}: close all tabs but the meeting's, those with videos or downloads first."),
    },
    "call": {
        "macos": N_("{name}: unless your meeting is held with it, quit it with Cmd+Q."),
        _ANY: N_(
            "{name}: unless your meeting is held with it, quit it by its menu or its icon near the clock."
        ),
    },
    "creation": {_ANY: N_("{name}: save your work, then close it.")},
    "virtual_machine": {_ANY: N_("{name}: pause it, or save your work in it and shut it down.")},
    "indexing": {
        _ANY: N_("{name} is putting the computer's files in order: leave it on, it ends by itself."),
    },
    "security": {
        _ANY: N_(
            "{name} protects this computer: never close it. Wait for its scan to end; if it goes on, tell your IT desk."
        ),
    },
    "system": {
        _ANY: OF_THE_SYSTEM,
    },
}


EACH = N_("Each of them")
"""Stands for a name where no case is at hand."""


def steps(
    params: Mapping[str, ParamValue], otherwise: str, language: Language, system: str
) -> tuple[str, ...]:
    """One step for each application that a finding names; `otherwise` for one without its own."""
    return by_time_left(params, otherwise, language, system, None)[0]


def by_time_left(
    params: Mapping[str, ParamValue],
    otherwise: str,
    language: Language,
    system: str,
    minutes_left: float | None,
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The same, and what is for after the meeting for lack of time.

    A finding of an older report names no families: then only products
    are known.
    """
    names, families = params.get("applications") or params.get("likely"), params.get("families")
    if not isinstance(names, list):
        return (), ()
    if not isinstance(families, list) or len(families) != len(names):
        families = [""] * len(names)
    told: tuple[dict[str, None], dict[str, None]] = ({}, {})
    for name, family in zip(names, families, strict=True):
        timed = by_time((_for(name, family, system) or otherwise,), minutes_left)
        for texts, english in zip(told, timed, strict=True):
            texts.update({language.text(step).format(name=name): None for step in english})
    return tuple(told[0]), tuple(told[1])


def _for(name: str, family: str, system: str) -> str:
    """The English step, or empty."""
    for known in (_PRODUCTS.get(name, {}), _FAMILIES.get(family, {})):
        if step := known.get(system) or known.get(_ANY):
            return step
    return ""
