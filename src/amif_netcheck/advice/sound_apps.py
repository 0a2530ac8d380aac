"""Words for `sound_apps`."""

from __future__ import annotations

from amif_netcheck.advice.language import N_
from amif_netcheck.advice.words import AGAIN, FindingWords

_UNTOLD = N_("Sound could not be looked at")

WORDS: dict[str, FindingWords] = {
    "sound_apps.quiet": FindingWords(
        title=N_("No other application uses sound"),
        summary=N_("No other application uses the sound or the microphone."),
    ),
    "sound_apps.plays": FindingWords(
        title=N_("An application plays sound"),
        summary=N_("Sound is being played by {applications}."),
        meaning=N_("It mixes with the voices of the meeting; with loudspeakers, the others hear it too."),
        steps=(
            N_("Close it, or stop what it plays (in a browser: close the tab that has a loudspeaker sign)."),
            AGAIN,
        ),
    ),
    "sound_apps.holds_microphone": FindingWords(
        title=N_("An application uses the microphone"),
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
        summary=N_("Also open, and able to ring: {applications}."),
        steps=(
            N_(
                "Unless your meeting is held with it, quit it: closing its window is often not enough, use “Quit” in its menu or by its icon near the clock."
            ),
            N_(
                "To have your meeting recognised, run this check with its link: amif-netcheck --meeting LINK."
            ),
        ),
    ),
    "sound_apps.no_server": FindingWords(
        title=_UNTOLD,
        summary=N_("Check impossible: no sound service answers on this computer."),
        steps=(
            N_(
                "Restart the computer; if sound still does not work, tell your IT desk (PipeWire or PulseAudio does not run)."
            ),
        ),
    ),
    "sound_apps.remote": FindingWords(
        title=_UNTOLD,
        summary=N_(
            "Check impossible from afar: the sound belongs to whoever sits at the screen of this computer."
        ),
        steps=(N_("Run this check at the computer itself."),),
    ),
    "sound_apps.stopped": FindingWords(
        title=_UNTOLD,
        summary=N_("Check impossible: the sound service of this computer hangs."),
        meaning=N_("In the meeting you might neither hear nor be heard."),
        steps=(N_("Restart the computer."), AGAIN),
    ),
}
