"""Words for `sound_apps`."""

from __future__ import annotations

from amif_netcheck.advice.headset import SERVICE_ON
from amif_netcheck.advice.language import N_
from amif_netcheck.advice.words import AGAIN, RESTART_COMPUTER, FindingWords

_UNTOLD = N_("Sound could not be looked at")
_QUIT_BY_ICON = N_(
    "Unless your meeting is held with it, quit it: closing its window is often not enough, use “Quit” in its menu or by its icon near the clock."
)

WORDS: dict[str, FindingWords] = {
    "sound_apps.quiet": FindingWords(
        title=N_("No other application uses sound"),
        headline=N_("No other application uses sound"),
        summary=N_("No other application uses the sound or the microphone."),
    ),
    "sound_apps.plays": FindingWords(
        title=N_("An application plays sound"),
        headline=N_("Sound from {applications}"),
        summary=N_("Sound comes from: {applications}."),
        meaning=N_("It mixes with the voices of the meeting; with loudspeakers, the others hear it too."),
        steps=(
            N_("Close it, or stop what it plays (in a browser: close the tab that has a loudspeaker sign)."),
            AGAIN,
        ),
    ),
    "sound_apps.holds_microphone": FindingWords(
        title=N_("An application uses the microphone"),
        headline=N_("Microphone taken by {applications}"),
        summary=N_("The microphone is already in use by {applications}."),
        meaning=N_(
            "What you say also goes to another call or recording, and the meeting may find the microphone taken."
        ),
        steps=(
            N_(
                "Unless this is the meeting itself: hang up, then quit the application (in a browser: close the tab that uses the microphone)."
            ),
            AGAIN,
        ),
    ),
    "sound_apps.call_open": FindingWords(
        title=N_("An application for calls is open"),
        headline=N_("May ring: {applications}"),
        summary=N_("Also open, may ring during the meeting: {applications}."),
        steps_on={
            "linux": (_QUIT_BY_ICON,),
            "windows": (_QUIT_BY_ICON,),
            "macos": (
                N_(
                    "Unless your meeting is held with it, quit it with Cmd+Q: closing its window is not enough."
                ),
            ),
        },
        steps=(
            N_(
                "To have your meeting recognised, run this check with its link: amif-netcheck --meeting LINK."
            ),
        ),
    ),
    "sound_apps.no_server": FindingWords(
        title=_UNTOLD,
        headline=N_("No sound service answers"),
        summary=N_("Check impossible: no sound service answers on this computer."),
        steps_on=SERVICE_ON,
    ),
    "sound_apps.remote": FindingWords(
        title=_UNTOLD,
        headline=N_("Can't be checked from afar"),
        summary=N_(
            "Check impossible from afar: the sound belongs to whoever sits at the screen of this computer."
        ),
        steps=(N_("Run this check at the computer itself."),),
    ),
    "sound_apps.stopped": FindingWords(
        title=_UNTOLD,
        headline=N_("The sound service hangs"),
        summary=N_("Check impossible: the sound service of this computer hangs."),
        meaning=N_("In the meeting you might neither hear nor be heard."),
        steps=(RESTART_COMPUTER, AGAIN),
    ),
}
