"""Words for `camera`."""

from __future__ import annotations

from amif_netcheck.advice.language import N_
from amif_netcheck.advice.words import AGAIN, FindingWords

_READY = N_("The camera is ready")
_NOT_TOLD = N_("There is a camera")
_ONLY = N_("The only camera is a program's")
_CHOSEN = N_("A program's camera is chosen")
_MADE_UP = N_(
    "It shows nothing while that program is closed, and what the program shows instead of you while it is open."
)
_CHOOSE = N_("In the meeting's own settings, choose your real camera.")
_TAKEN = N_("An application uses the camera")
_TAKEN_MEANING = N_("The meeting may find the camera taken: the others would not see you.")
_WITHOUT = N_("You can also take part with the sound alone: that is what matters most.")
_PLUG = (
    N_("Plug in a webcam, or look for a cover, a switch or a key with a camera on it."),
    _WITHOUT,
    AGAIN,
)
_BY_ICON = N_("Look for a program that shows your picture, also among the icons near the clock, and quit it.")
_BY_LIGHT = N_(
    "Look in the menu bar for the green sign of the camera: a click on it names the program; quit that one."
)
_QUIT_ON = {"linux": (_BY_ICON,), "windows": (_BY_ICON,), "macos": (_BY_LIGHT,)}

WORDS: dict[str, FindingWords] = {
    "camera.ready": FindingWords(
        title=_READY,
        headline=N_("The camera is there and free"),
        summary=N_("The camera is there, and no other application uses it."),
    ),
    "camera.ready/named": FindingWords(
        title=_READY,
        headline=N_("Ready: “{device}”"),
        summary=N_("The camera is there, and no other application uses it: “{device}”."),
    ),
    "camera.use_untold": FindingWords(
        title=_NOT_TOLD,
        headline=N_("It is there; perhaps it is taken"),
        summary=N_("The camera is there; this computer does not tell whether an application uses it."),
        steps_on=_QUIT_ON,
    ),
    "camera.use_untold/named": FindingWords(
        title=_NOT_TOLD,
        headline=N_("“{device}”, perhaps taken"),
        summary=N_(
            "The camera is there (“{device}”); this computer does not tell whether an application uses it."
        ),
        steps_on=_QUIT_ON,
    ),
    "camera.none": FindingWords(
        title=N_("No camera"),
        headline=N_("No camera found"),
        summary=N_("No camera found: the others will hear you and not see you."),
        steps=_PLUG,
    ),
    "camera.refused": FindingWords(
        title=N_("Programs may not use the camera"),
        headline=N_("Camera refused to all programs"),
        summary=N_("This computer refuses the camera to all programs: nobody will see you."),
        meaning=N_("The meeting will ask for the camera and get none, whatever camera is plugged in."),
        steps=(
            N_("If the setting is greyed out, your organisation manages it: call your IT desk."),
            AGAIN,
        ),
        steps_on={
            "linux": (N_("Open Settings, “Privacy”, “Camera”, and switch it on."),),
            "windows": (
                N_(
                    "Open Settings, “Privacy & security” (Windows 10: “Privacy”), “Camera”, and switch on all "
                    "three: “Camera access”, “Let apps access your camera”, “Let desktop apps access your "
                    "camera”."
                ),
            ),
            "macos": (
                N_("Open System Settings, “Privacy & Security”, “Camera”, and allow your meeting's program."),
            ),
        },
    ),
    "camera.in_use": FindingWords(
        title=_TAKEN,
        headline=N_("Taken by {applications}"),
        summary=N_("The camera is already in use by {applications}."),
        meaning=_TAKEN_MEANING,
        steps=(
            N_(
                "Unless this is the meeting itself: hang up, then quit the application (in a browser: close the tab that uses the camera)."
            ),
            AGAIN,
        ),
    ),
    "camera.in_use_unnamed": FindingWords(
        title=_TAKEN,
        headline=N_("Taken by an application"),
        summary=N_("The camera is already in use by an application."),
        meaning=_TAKEN_MEANING,
        steps_on=_QUIT_ON,
        steps=(AGAIN,),
    ),
    "camera.virtual_only": FindingWords(
        title=_ONLY,
        headline=N_("Only a program's camera"),
        summary=N_("The only camera is made by a program."),
        meaning=_MADE_UP,
        steps=_PLUG,
    ),
    "camera.virtual_only/named": FindingWords(
        title=_ONLY,
        headline=N_("Only a program's camera: “{device}”"),
        summary=N_("The only camera is made by a program: “{device}”."),
        meaning=_MADE_UP,
        steps=_PLUG,
    ),
    "camera.virtual_chosen": FindingWords(
        title=_CHOSEN,
        headline=N_("A program's camera is chosen"),
        summary=N_("The chosen camera is made by a program."),
        meaning=_MADE_UP,
        steps=(_CHOOSE, AGAIN),
    ),
    "camera.virtual_chosen/named": FindingWords(
        title=_CHOSEN,
        headline=N_("A program's camera: “{device}”"),
        summary=N_("The chosen camera is made by a program: “{device}”."),
        meaning=_MADE_UP,
        steps=(_CHOOSE, AGAIN),
    ),
}
