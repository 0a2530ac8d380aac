"""The shape of a finding's words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from amif_netcheck.advice.language import N_

AGAIN = N_("Then run this check again.")
"""The last step of most lists."""


@dataclass(frozen=True)
class FindingWords:
    """English texts, marked with `N_`; `{…}` are a finding's params.

    `title` needs no params; `summary` is what was found, `meaning` why it matters in a meeting, `steps` what to do,
    `steps_on` what to do on one system (`linux`, `macos`, `windows`), before `steps`. `otherwise`: before all that
    come the steps for the applications that the finding names (`advice.applications`); this one, with `{name}` in it, is
    for each of them that has none of its own.
    """

    title: str
    summary: str
    meaning: str = ""
    steps: tuple[str, ...] = ()
    steps_on: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    otherwise: str = ""
