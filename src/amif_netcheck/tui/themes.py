"""Four sets of colours. Blue and orange tell apart what red and green do not, for one man in twelve."""

from __future__ import annotations

from textual.theme import Theme

from amif_netcheck.advice.language import N_

DARK = Theme(
    name="amif-dark",
    primary="#7aa2f7",
    success="#73c991",
    warning="#e5b567",
    error="#ff7b72",
    foreground="#e6e6e6",
    background="#16181d",
    surface="#16181d",
    panel="#262a33",
    dark=True,
)
LIGHT = Theme(
    name="amif-light",
    primary="#1f4e9c",
    success="#1a6b33",
    warning="#8a4b00",
    error="#b3151b",
    foreground="#1b1b1b",
    background="#ffffff",
    surface="#ffffff",
    panel="#e8ecf3",
    dark=False,
)
CONTRAST = Theme(
    name="amif-contrast",
    primary="#ffff00",
    success="#00ff00",
    warning="#ffff00",
    error="#ff8080",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#303030",
    dark=True,
)
COLOUR_BLIND = Theme(
    name="amif-colour-blind",
    primary="#56b4e9",
    success="#56b4e9",
    warning="#f0e442",
    error="#ff9a3c",
    foreground="#f0f0f0",
    background="#14161a",
    surface="#14161a",
    panel="#2a2e36",
    dark=True,
)
"""From the palette of Okabe and Ito (2008)."""

THEMES: tuple[tuple[Theme, str], ...] = (
    (DARK, N_("Colours: dark")),
    (LIGHT, N_("Colours: light")),
    (CONTRAST, N_("Colours: high contrast")),
    (COLOUR_BLIND, N_("Colours: for colour-blind eyes")),
)
