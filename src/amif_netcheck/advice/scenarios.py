"""The recorded computers of `amif-netcheck demo`, and what is the matter with each."""

from __future__ import annotations

from amif_netcheck.advice.language import N_, Language

SCENARIOS: dict[str, str] = {
    "ready": N_("all is well"),
    "vpn": N_("a VPN carries the meeting"),
    "wifi-far": N_("the Wi-Fi is too far away"),
    "busy-line": N_("the line is thin, and the television is on"),
    "no-headset": N_("a headset is plugged in, but not used"),
    "no-network": N_("no connection at all"),
    "everything-wrong": N_("nearly all of this at once"),
}
DEFAULT = "wifi-far"
_NAMES = {"everything-wrong": N_("nearly everything wrong")}
"""Of those that the list above names by what stands before them."""


def scenario_name(scenario: str, language: Language) -> str:
    """A known scenario in a person's language; another one by its own name."""
    words = _NAMES.get(scenario, SCENARIOS.get(scenario, ""))
    return language.text(words) if words else scenario


INPUT_ERRORS = {
    "misspelt_scenario": N_("Unknown scenario “{name}”; did you mean “{close}”?"),
    "unknown_scenario": N_("Unknown scenario “{name}”; known scenarios: {names}"),
}
"""By the code of an `InputError`."""
