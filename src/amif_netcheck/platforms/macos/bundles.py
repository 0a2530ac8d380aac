"""Paths of programs, and the applications they are part of. Pure."""

from __future__ import annotations

from amif_netcheck.catalog.calls import name_and_family
from amif_netcheck.platforms.text import clean


def application(path: str) -> str:
    """The application that a program is part of, `Google Chrome` of `…/Google Chrome.app/…/Google Chrome Helper`; or empty."""
    bundle = next((part for part in path.split("/") if part.endswith(".app")), "")
    return clean(bundle.removesuffix(".app"))


def program(path: str) -> str:
    """The name of a program: the last part of its path; a login shell's begins with a hyphen, which is left out."""
    return clean(path.rpartition("/")[2].removeprefix("-"))


def is_main(path: str) -> bool:
    """Is this the program that an application is started by, and not one of its helpers?"""
    above, _, within = path.partition(".app/")
    return (
        bool(above)
        and within.startswith("Contents/MacOS/")
        and "/" not in within.removeprefix("Contents/MacOS/")
    )


def shown(path: str) -> str:
    """What a process is called: by its program where we know that, else by its application, as its helpers are known to nobody."""
    name = program(path)
    return name if name_and_family(name)[0] else application(path) or name
