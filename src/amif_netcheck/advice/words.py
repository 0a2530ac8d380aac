"""The shape of a finding's words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from amif_netcheck.advice.language import N_

AGAIN = N_("Then run this check again.")
"""The last step of most lists."""
RESTART_BOX = N_(
    "Turn your box off, wait ten seconds, turn it on again, and wait until its lights are steady."
)
RESTART_COMPUTER = N_("Restart the computer.")
IF_IT_GOES_ON = N_("If it goes on, restart the computer before the meeting.")
REINSTALL = N_("Install this program anew: a part of it is missing.")
INSTALL_PORTAUDIO = N_("Have your IT desk install PortAudio.")
INSTALL_PACKAGE = N_("Install the package {package}, or have your IT desk do so.")
PLUG = N_("Check its plug, then do the sound test: amif-netcheck --sound-test.")
SOUND_TEST = N_("Do the sound test again.")
SOUND_TEST_OR_RESTART = N_("Do the sound test again; if it fails again, restart the computer.")
LET_UPDATE_END = N_("Let it end before the meeting begins, and do not switch the computer off meanwhile.")
RESTART_IF_ASKED = N_("If it asks for a restart, do it now or after the meeting.")
UPDATES = N_("{name}: let the update end before the meeting begins; do not switch the computer off.")
OF_THE_SYSTEM = N_(
    "{name} belongs to the system or to another user: wait a moment; if it goes on, restart the computer before the meeting."
)
RESTART_FOR_UPDATE = N_(
    "If the meeting is more than ten minutes away, restart the computer now; else after the meeting."
)
CALL_PROVIDER = N_(
    "If it goes on, call your Internet provider, or use your phone's connection for this meeting."
)
_SHUT_DOWN_MIN, _RESTART_MIN, _TO_CALL_MIN = 5, 10, 15


@dataclass(frozen=True)
class Lengthy:
    """A step that takes longer than its finding, in minutes.

    Where there is less time, `now` is what can be done at once, and `later` what is for after the meeting; `later` is None
    where that is the step as it stands.
    """

    minutes: int = _SHUT_DOWN_MIN
    now: str = ""
    later: str | None = None


LENGTHY = {
    RESTART_BOX: Lengthy(),
    RESTART_COMPUTER: Lengthy(),
    RESTART_FOR_UPDATE: Lengthy(_RESTART_MIN, later=RESTART_COMPUTER),
    CALL_PROVIDER: Lengthy(
        _TO_CALL_MIN,
        now=N_("If it goes on, use your phone's connection for this meeting."),
        later=N_("If it goes on, call your Internet provider."),
    ),
    IF_IT_GOES_ON: Lengthy(later=N_("If it goes on, restart the computer.")),
    REINSTALL: Lengthy(),
    INSTALL_PORTAUDIO: Lengthy(),
    INSTALL_PACKAGE: Lengthy(),
    SOUND_TEST_OR_RESTART: Lengthy(now=SOUND_TEST, later=N_("If it fails again, restart the computer.")),
    LET_UPDATE_END: Lengthy(now=N_("Do not switch the computer off meanwhile."), later=""),
    RESTART_IF_ASKED: Lengthy(later=N_("If it asks for a restart, do it.")),
    UPDATES: Lengthy(now=N_("{name}: do not switch the computer off while it updates."), later=""),
    OF_THE_SYSTEM: Lengthy(
        now=N_("{name} belongs to the system or to another user: wait a moment."),
        later=N_("If {name} goes on, restart the computer."),
    ),
}


def by_time(steps: Iterable[str], minutes_left: float | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """English steps for now, and those for after the meeting, where there is no time for them before."""
    now, later = [], []
    for step in steps:
        lengthy = LENGTHY.get(step)
        if lengthy is None or minutes_left is None or lengthy.minutes <= minutes_left:
            now.append(step)
        else:
            now.append(lengthy.now)
            later.append(step if lengthy.later is None else lengthy.later)
    return tuple(filter(None, now)), tuple(filter(None, later))


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
