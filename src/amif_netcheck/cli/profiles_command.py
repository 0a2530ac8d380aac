"""The command `profiles`: the meeting services that are known, or one of them with the sources of its figures."""

from __future__ import annotations

import argparse
import difflib
from collections.abc import Iterable

import msgspec

from amif_netcheck.advice.language import Language
from amif_netcheck.catalog.meeting_services import MeetingService, service_of, services
from amif_netcheck.cli.delivery import check_output, write_out
from amif_netcheck.errors import ExitCode, UsageError
from amif_netcheck.meeting import targets
from amif_netcheck.model import secrets
from amif_netcheck.output import profiles
from amif_netcheck.output.escape import for_json, for_terminal
from amif_netcheck.settings import Settings


def show(options: argparse.Namespace, settings: Settings, language: Language) -> int:
    """All, or the one that is named or that a meeting has.

    Raises:
        UsageError: there is no such profile.
        InputError: it looks like a meeting's host or link, and is none.
    """
    check_output(options, language)
    known = services(settings.profile)
    if options.profile is not None:
        name = _name(options.profile, known, settings, language)
        known = {name: known[name]}
    if options.format == "json":
        content = _json(known, settings)
    elif options.profile is not None:
        content = _lines(profiles.whole(name, known[name], language, own=name in settings.profile))
    else:
        content = _lines(profiles.table(known, settings.profile, language))
    write_out(lambda: [content], options.output, language)
    return ExitCode.READY


def _name(typed: str, known: dict[str, MeetingService], settings: Settings, language: Language) -> str:
    """The name of a profile as typed, or that of the service of a typed meeting."""
    if typed in known:
        return typed
    if "." in typed:
        return service_of(targets.meeting(typed), settings.profile)[0]
    close = difflib.get_close_matches(typed, known, n=1)
    message = (
        language.text("Unknown profile “{name}”; did you mean “{close}”?").format(name=typed, close=close[0])
        if close
        else language.text("Unknown profile “{name}”; known ones: {known}").format(
            name=typed, known=", ".join(known)
        )
    )
    raise UsageError(message)


def _json(known: dict[str, MeetingService], settings: Settings) -> bytes:
    """One document: what is not published is not there."""
    listed = [
        {"name": name, "own": name in settings.profile, **secrets.hidden(msgspec.to_builtins(service))}
        for name, service in known.items()
    ]
    document = msgspec.json.format(msgspec.json.encode({"profiles": listed}), indent=2) + b"\n"
    return for_json(document.decode()).encode()


def _lines(lines: Iterable[str]) -> bytes:
    return ("\n".join(for_terminal(line) for line in lines) + "\n").encode()
