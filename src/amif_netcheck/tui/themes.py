"""Four sets of colours, and greys; `secondary` is that of what is good to know. Blue and orange tell apart what red and green do not, for one man in twelve."""

from __future__ import annotations

from typing import Any

from textual.theme import Theme

from amif_netcheck.advice.language import N_


def _theme(*, muted: str, panel: str, **colours: Any) -> Theme:
    """`muted` is what Textual would mix from the others, too faint on some backgrounds."""
    more = {"text-muted": muted, "text-disabled": muted, "scrollbar-background": panel}
    return Theme(panel=panel, variables=more, **colours)


DARK = _theme(
    name="amif-dark",
    primary="#7aa2f7",
    secondary="#7aa2f7",
    success="#73c991",
    warning="#e5b567",
    error="#ff7b72",
    foreground="#e6e6e6",
    background="#16181d",
    surface="#16181d",
    panel="#262a33",
    muted="#a9aeb8",
    dark=True,
)
LIGHT = _theme(
    name="amif-light",
    primary="#1f4e9c",
    secondary="#1f4e9c",
    success="#1a6b33",
    warning="#8a4b00",
    error="#b3151b",
    foreground="#1b1b1b",
    background="#ffffff",
    surface="#ffffff",
    panel="#e8ecf3",
    muted="#565b66",
    dark=False,
)
CONTRAST = _theme(
    name="amif-contrast",
    primary="#ffff00",
    secondary="#00ffff",
    success="#00ff00",
    warning="#ffff00",
    error="#ff9999",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#262626",
    muted="#d0d0d0",
    dark=True,
)
COLOUR_BLIND = _theme(
    name="amif-colour-blind",
    primary="#56b4e9",
    secondary="#e39cd6",
    success="#5aa0ff",
    warning="#fff176",
    error="#f57c1f",
    foreground="#f0f0f0",
    background="#14161a",
    surface="#14161a",
    panel="#2a2e36",
    muted="#b0b4bb",
    dark=True,
)
"""Hues of the palette of Okabe and Ito (2008), their lightness spread until eyes of each kind tell the four statuses apart."""

MONOCHROME = _theme(
    name="amif-monochrome",
    primary="#ffffff",
    secondary="#c4c4c4",
    success="#b4b4b4",
    warning="#e8e8e8",
    error="#ffffff",
    foreground="#f0f0f0",
    background="#000000",
    surface="#000000",
    panel="#262626",
    muted="#c0c0c0",
    dark=True,
)
"""Where NO_COLOR is set: the worse, the brighter."""

THEMES: tuple[tuple[Theme, str], ...] = (
    (DARK, N_("Colours: dark")),
    (LIGHT, N_("Colours: light")),
    (CONTRAST, N_("Colours: high contrast")),
    (COLOUR_BLIND, N_("Colours: for colour-blind eyes")),
)

_PREFIX = "amif-"


def named(colours: str) -> str:
    """The theme's name for that of a set of colours in the settings; empty where there is none of that name."""
    name = _PREFIX + colours
    return name if any(theme.name == name for theme, _ in THEMES) else ""


def colours_of(theme: str) -> str:
    """The other way round."""
    colours = theme.removeprefix(_PREFIX)
    return colours if named(colours) else ""
