"""The shape of a finding's words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from amif_netcheck.advice.language import N_

AGAIN = N_("Then run this check again.")
"""The last step of most lists."""
RESTART_BOX = N_(
    "Turn your box off, wait ten seconds, turn it on again, and wait until its lights are steady."
)
RESTART_COMPUTER = N_("Restart the computer.")
IF_IT_GOES_ON = N_("If it goes on, restart the computer before the meeting.")
LENGTHY = {RESTART_BOX: 5, RESTART_COMPUTER: 5, IF_IT_GOES_ON: 5}
"""Steps that take longer than their finding, in minutes."""


@dataclass(frozen=True)
class FindingWords:
    """English texts, marked with `N_`; `{…}` are a finding's params.

    `{degree}` is how low something is, by the finding's severity. `title` needs no params; `headline` is the finding in a row, figures included, in at most `advice.headline.CELLS` cells:
    it has one name from outside at most, which is shortened where it must be; `summary` is what was found, `meaning` why it matters in a meeting, `steps` what to do,
    `steps_on` what to do on one system (`linux`, `macos`, `windows`), before `steps`. `otherwise`: before all that
    come the steps for the applications that the finding names (`advice.applications`); this one, with `{name}` in it, is
    for each of them that has none of its own. `steps_managed`: what to do instead where the organisation manages
    the thing (`Desk.managed`).
    """

    title: str
    headline: str
    summary: str
    meaning: str = ""
    steps: tuple[str, ...] = ()
    steps_on: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    otherwise: str = ""
    steps_managed: tuple[str, ...] = ()


class _Missing(dict[str, str]):
    """A param that an older report does not have is left out of its sentence."""

    def __missing__(self, key: str) -> str:
        return "—"


def fill(template: str, written: Mapping[str, str]) -> str:
    """`template` with the params of a finding, as its language writes them."""
    return template.format_map(_Missing(written))
