"""Steps as they are taken in the app: where a key does it, the key is named instead of a command to type."""

from __future__ import annotations

from amif_netcheck.advice import link, sound_test, unknown, words
from amif_netcheck.advice.invocation import as_started
from amif_netcheck.advice.language import N_
from amif_netcheck.tui.session import Session

_WITH_LINK = "amif-netcheck --meeting"
"""Stands in the step in every language."""
PRESS_R = N_("Press r to check again.")
_BY_KEY = {
    words.AGAIN: PRESS_R,
    unknown.AGAIN: N_("Press r to check again; if it stays so, press F2: the report for your IT desk."),
    link.IN_A_MINUTE: N_("Press r in a minute to check again."),
    link.LET_IT_FINISH: N_("Press r to check again, and let it finish."),
    words.PLUG: N_("Check its plug, then do the sound test: key m, on the headset's line."),
    sound_test.AGAIN: N_("Then do the sound test again: key m, on the headset's line."),
    words.SOUND_TEST: N_("Do the sound test again: key m, on the headset's line."),
    words.SOUND_TEST_OR_RESTART: N_(
        "Do the sound test again (key m, on the headset's line); if it fails again, restart the computer."
    ),
}
"""What is written for whoever has no keys, and the same in the app; in English."""


def taken_here(step: str, session: Session) -> str:
    """`step` with the key that does it here, or else with commands as this program was started.

    What follows it, such as how the IT desk is reached, stays.
    """
    text = session.language.text
    if _WITH_LINK in step:
        return text("Press v and give your meeting's link: the way to it is checked.")
    for usual, by_key in _BY_KEY.items():
        written = text(usual)
        if step.startswith(written):
            return text(by_key) + step.removeprefix(written)
    return as_started(step)
