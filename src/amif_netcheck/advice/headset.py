"""Words for `headset`."""

from __future__ import annotations

from collections.abc import Mapping

from amif_netcheck.advice.language import N_
from amif_netcheck.advice.words import (
    AGAIN,
    INSTALL_PACKAGE,
    INSTALL_PORTAUDIO,
    PLUG,
    REINSTALL,
    RESTART_COMPUTER,
    FindingWords,
)

_UNTOLD = N_("Sound could not be looked at")
_ECHO = N_(
    "Without a headset, the microphone takes up the loudspeakers and the room: the others hear noise, and themselves."
)
_FAR = N_("The computer's own microphone is far from your mouth: you sound distant, and the room is heard.")
_TAKE = N_("If you have a headset with a microphone or a hands-free kit, plug it in.")

_OUTPUT_ON = {
    "linux": (N_("Open Settings, “Sound”: under “Output”, choose your {device_kind}."),),
    "windows": (
        N_(
            "Click the loudspeaker near the clock, then the arrow beside the volume: choose your {device_kind}."
        ),
    ),
    "macos": (N_("Open System Settings, “Sound”, “Output”: choose your {device_kind}."),),
}
_OUTPUT_ON_NAMED = {
    "linux": (N_("Open Settings, “Sound”: under “Output”, choose “{device}”."),),
    "windows": (
        N_("Click the loudspeaker near the clock, then the arrow beside the volume: choose “{device}”."),
    ),
    "macos": (N_("Open System Settings, “Sound”, “Output”: choose “{device}”."),),
}
_INPUT_ON = {
    "linux": (N_("Open Settings, “Sound”: under “Input”, choose your {device_kind}."),),
    "windows": (N_("Open Settings, “System”, “Sound”: under “Input”, choose your {device_kind}."),),
    "macos": (N_("Open System Settings, “Sound”, “Input”: choose your {device_kind}."),),
}
_INPUT_ON_NAMED = {
    "linux": (N_("Open Settings, “Sound”: under “Input”, choose “{device}”."),),
    "windows": (N_("Open Settings, “System”, “Sound”: under “Input”, choose “{device}”."),),
    "macos": (N_("Open System Settings, “Sound”, “Input”: choose “{device}”."),),
}


def _both(
    outputs: Mapping[str, tuple[str, ...]], inputs: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    return {system: (*outputs[system], *inputs[system]) for system in outputs}


_LOUDER_ON = {
    "linux": (N_("Open Settings, “Sound”: under “Input”, turn the volume up."),),
    "windows": (N_("Open Settings, “System”, “Sound”: under “Input”, turn the volume up."),),
    "macos": (N_("Open System Settings, “Sound”, “Input”, and turn the input volume up."),),
}
_CALLS_ON = {
    "windows": (
        N_(
            "Open Settings, “System”, “Sound”, “More sound settings” (Windows 10: “Sound Control Panel”): right-click "
            "your headset, “Set as Default Communication Device”, in “Playback” and in “Recording”."
        ),
    ),
    "macos": (N_("Open System Settings, “Sound”: choose your headset under “Output” and “Input”."),),
    "linux": (N_("Open Settings, “Sound”: choose your headset under “Output” and “Input”."),),
}
_UNMUTE = N_("Press the volume key of the keyboard, or click the loudspeaker near the clock.")
SERVICE_ON = {
    "linux": (
        RESTART_COMPUTER,
        N_("If sound still does not work, tell your IT desk (PipeWire or PulseAudio does not run)."),
    ),
    "windows": (
        RESTART_COMPUTER,
        N_("If sound still does not work, tell your IT desk (the service “Windows Audio” does not run)."),
    ),
    "macos": (RESTART_COMPUTER, N_("If sound still does not work, tell your IT desk.")),
}
"""Also for `sound_apps`."""

LIBRARY_ON = {
    "linux": (INSTALL_PORTAUDIO,),
    "windows": (REINSTALL,),
    "macos": (REINSTALL,),
}
"""Also for the sound test."""

_IN_THE_MEETING = N_("In the meeting, choose it as well, in the sound settings of the meeting's window.")
_IN_THE_MEETING_ALL = N_(
    "In the meeting, look in its sound settings: choose your headset there, as microphone and as loudspeaker."
)
_CALLS = N_("Calls use another device")
_CALLS_ONLY = N_("Your headset is kept for calls")
_CALLS_MEANING = N_(
    "Several meeting programs follow that choice: your voice and theirs would go through that other device."
)

_NOT_CHOSEN = N_("A headset is plugged in, but not used")
_INPUT_ELSEWHERE = N_("Another microphone than yours listens")
_OUTPUT_ELSEWHERE = N_("The sound does not come out where you expect it")
_WRONG_MICROPHONE = N_(
    "You speak into one microphone, while another one, farther away, listens: you sound distant."
)
_WRONG_OUTPUT = N_(
    "The sound comes out of the loudspeakers: your microphone takes it up, and the others hear themselves."
)

WORDS: dict[str, FindingWords] = {
    "headset.in_use": FindingWords(
        title=N_("Headset or hands-free kit in use"),
        headline=N_("Your {device_kind} is in use"),
        summary=N_("Your {device_kind} is plugged in and chosen."),
    ),
    "headset.in_use/named": FindingWords(
        title=N_("Headset or hands-free kit in use"),
        headline=N_("“{device}” is in use"),
        summary=N_("Your {device_kind} “{device}” is plugged in and chosen."),
    ),
    "headset.not_chosen": FindingWords(
        title=_NOT_CHOSEN,
        headline=N_("Your {device_kind} is not used"),
        summary=N_("Your {device_kind} is plugged in, but this computer does not use it."),
        meaning=_ECHO,
        steps=(_IN_THE_MEETING, AGAIN),
        steps_on=_both(_OUTPUT_ON, _INPUT_ON),
    ),
    "headset.not_chosen/named": FindingWords(
        title=_NOT_CHOSEN,
        headline=N_("“{device}” is not used"),
        summary=N_("Your {device_kind} “{device}” is plugged in, but this computer does not use it."),
        meaning=_ECHO,
        steps=(_IN_THE_MEETING, AGAIN),
        steps_on=_both(_OUTPUT_ON_NAMED, _INPUT_ON_NAMED),
    ),
    "headset.input_elsewhere": FindingWords(
        title=_INPUT_ELSEWHERE,
        headline=N_("Another microphone listens"),
        summary=N_("Your {device_kind} is plugged in, but another microphone listens."),
        meaning=_WRONG_MICROPHONE,
        steps=(_IN_THE_MEETING, AGAIN),
        steps_on=_INPUT_ON,
    ),
    "headset.input_elsewhere/named": FindingWords(
        title=_INPUT_ELSEWHERE,
        headline=N_("Another microphone than “{device}”"),
        summary=N_("Your {device_kind} “{device}” is plugged in, but another microphone listens."),
        meaning=_WRONG_MICROPHONE,
        steps=(_IN_THE_MEETING, AGAIN),
        steps_on=_INPUT_ON_NAMED,
    ),
    "headset.output_elsewhere": FindingWords(
        title=_OUTPUT_ELSEWHERE,
        headline=N_("The sound comes out elsewhere"),
        summary=N_("Your {device_kind} is plugged in, but the sound comes out elsewhere."),
        meaning=_WRONG_OUTPUT,
        steps=(_IN_THE_MEETING, AGAIN),
        steps_on=_OUTPUT_ON,
    ),
    "headset.output_elsewhere/named": FindingWords(
        title=_OUTPUT_ELSEWHERE,
        headline=N_("The sound does not reach “{device}”"),
        summary=N_("Your {device_kind} “{device}” is plugged in, but the sound comes out elsewhere."),
        meaning=_WRONG_OUTPUT,
        steps=(_IN_THE_MEETING, AGAIN),
        steps_on=_OUTPUT_ON_NAMED,
    ),
    "headset.own_microphone": FindingWords(
        title=N_("Headphones, with the computer's own microphone"),
        headline=N_("Headphones, but the computer's microphone"),
        summary=N_("You hear through headphones, and the computer's own microphone listens."),
        meaning=_FAR,
        steps=(_TAKE, N_("Otherwise sit close to the computer, in a quiet room."), AGAIN),
    ),
    "headset.webcam_microphone": FindingWords(
        title=N_("The webcam's microphone listens"),
        headline=N_("Headphones, but the webcam's microphone"),
        summary=N_("You hear through headphones, and the webcam's microphone listens."),
        meaning=N_("A webcam's microphone is far from your mouth: you sound distant, and the room is heard."),
        steps=(_TAKE, N_("Otherwise sit close to the webcam, in a quiet room."), AGAIN),
    ),
    "headset.loudspeaker": FindingWords(
        title=N_("Loudspeakers instead of a headset"),
        headline=N_("Loudspeakers: your microphone hears them"),
        summary=N_("The sound comes out of loudspeakers, which your microphone hears too."),
        meaning=_ECHO,
        steps=(_TAKE, N_("Otherwise turn the loudspeakers down, away from the microphone."), AGAIN),
    ),
    "headset.built_in": FindingWords(
        title=N_("No headset"),
        headline=N_("No headset: the computer's own sound"),
        summary=N_("No headset: the computer's own microphone and loudspeakers are used."),
        meaning=_ECHO,
        steps=(
            _TAKE,
            N_("Otherwise sit close to the computer, in a quiet room, with its sound turned down."),
            AGAIN,
        ),
    ),
    "headset.unseen": FindingWords(
        title=N_("Is the headset plugged in?"),
        headline=N_("Your {device_kind}: plugged in?"),
        summary=N_("Your {device_kind} is chosen, but this computer can't tell whether it is plugged in."),
        steps=(PLUG,),
    ),
    "headset.untold": FindingWords(
        title=N_("Sound goes through a program"),
        headline=N_("Headset or not? Could not be told"),
        summary=N_(
            "Can't tell whether you use a headset: the sound goes through a program or an unknown device."
        ),
        steps=(N_("Look in the sound settings which device that program uses."),),
    ),
    "headset.no_microphone": FindingWords(
        title=N_("No microphone"),
        headline=N_("No microphone: nobody will hear you"),
        summary=N_("No microphone: nobody will hear you."),
        meaning=N_("This computer finds no microphone at all."),
        steps=(N_("Plug in a headset with a microphone, or a webcam that has one."), AGAIN),
    ),
    "headset.no_output": FindingWords(
        title=N_("Nothing to hear with"),
        headline=N_("No headset and no loudspeakers"),
        summary=N_("No headset and no loudspeakers: you will hear nobody."),
        meaning=N_("This computer finds nothing that sound could come out of."),
        steps=(N_("Plug in a headset."), AGAIN),
    ),
    "headset.input_muted": FindingWords(
        title=N_("The microphone is off"),
        headline=N_("The microphone is off"),
        summary=N_("The microphone is switched off: nobody will hear you."),
        meaning=N_(
            "It is off for the whole computer; the button in the meeting's window can't switch it on."
        ),
        steps=(
            N_(
                "Press the microphone key of the keyboard or of the headset, or look for a small switch on its cable."
            ),
            AGAIN,
        ),
        steps_on={
            "linux": (
                N_("Open Settings, “Sound”: under “Input”, switch the microphone on and turn its volume up."),
            ),
            "windows": (
                N_(
                    "Open Settings, “System”, “Sound”: under “Input”, switch the microphone on and turn its volume up."
                ),
            ),
            "macos": (N_("Open System Settings, “Sound”, “Input”, and turn the input volume up."),),
        },
    ),
    "headset.input_low": FindingWords(
        title=N_("The microphone is turned down"),
        headline=N_("Microphone turned down to {value_pct}"),
        summary=N_(
            "The microphone is turned down to {value_pct} (better: {limit_pct} or more): you will hardly be heard."
        ),
        meaning=N_("The others have to turn you up, and hear noise with you."),
        steps=(AGAIN,),
        steps_on=_LOUDER_ON,
    ),
    "headset.input_nothing": FindingWords(
        title=N_("The microphone is turned down to nothing"),
        headline=N_("Microphone at {value_pct}: you are not heard"),
        summary=N_("The microphone is turned down to {value_pct}: nobody will hear you."),
        meaning=N_("It is down for the whole computer, not only in the meeting."),
        steps=(AGAIN,),
        steps_on=_LOUDER_ON,
    ),
    "headset.microphone_refused": FindingWords(
        title=N_("Programs may not use the microphone"),
        headline=N_("Microphone refused to all programs"),
        summary=N_("This computer refuses the microphone to all programs: nobody will hear you."),
        meaning=N_("The meeting will ask for the microphone and get none, whatever headset is plugged in."),
        steps=(
            N_("If the setting is greyed out, your organisation manages it: call your IT desk."),
            AGAIN,
        ),
        steps_on={
            "linux": (N_("Open Settings, “Privacy”, “Microphone”, and switch it on."),),
            "windows": (
                N_(
                    "Open Settings, “Privacy & security” (Windows 10: “Privacy”), “Microphone”, and switch on all "
                    "three: “Microphone access”, “Let apps access your microphone”, “Let desktop apps access your "
                    "microphone”."
                ),
            ),
            "macos": (
                N_(
                    "Open System Settings, “Privacy & Security”, “Microphone”, and allow your meeting's program."
                ),
            ),
        },
    ),
    "headset.calls_elsewhere": FindingWords(
        title=_CALLS,
        headline=N_("Calls use another device"),
        summary=N_("For calls, this computer uses another device than the one that is chosen."),
        meaning=_CALLS_MEANING,
        steps=(_IN_THE_MEETING_ALL, AGAIN),
        steps_on=_CALLS_ON,
    ),
    "headset.calls_elsewhere/named": FindingWords(
        title=_CALLS,
        headline=N_("Calls use “{device}”"),
        summary=N_("For calls, this computer uses another device than the one that is chosen: “{device}”."),
        meaning=_CALLS_MEANING,
        steps=(_IN_THE_MEETING_ALL, AGAIN),
        steps_on=_CALLS_ON,
    ),
    "headset.calls_only": FindingWords(
        title=_CALLS_ONLY,
        headline=N_("Your {device_kind}: for calls only"),
        summary=N_(
            "This computer keeps your {device_kind} for calls; in a browser, the meeting would use another device."
        ),
        meaning=_ECHO,
        steps=(_IN_THE_MEETING, AGAIN),
        steps_on=_both(_OUTPUT_ON, _INPUT_ON),
    ),
    "headset.calls_only/named": FindingWords(
        title=_CALLS_ONLY,
        headline=N_("“{device}”: for calls only"),
        summary=N_(
            "This computer keeps your {device_kind} “{device}” for calls; in a browser, the meeting would use another device."
        ),
        meaning=_ECHO,
        steps=(_IN_THE_MEETING, AGAIN),
        steps_on=_both(_OUTPUT_ON_NAMED, _INPUT_ON_NAMED),
    ),
    "headset.calls_apart": FindingWords(
        title=_CALLS,
        headline=N_("For calls: your {device_kind}"),
        summary=N_("For calls, this computer uses your {device_kind}, and for all else another device."),
        steps=(_IN_THE_MEETING_ALL,),
    ),
    "headset.calls_apart/named": FindingWords(
        title=_CALLS,
        headline=N_("For calls: “{device}”"),
        summary=N_(
            "For calls, this computer uses your {device_kind} “{device}”, and for all else another device."
        ),
        steps=(_IN_THE_MEETING_ALL,),
    ),
    "headset.output_muted": FindingWords(
        title=N_("The sound is off"),
        headline=N_("The computer's sound is off"),
        summary=N_("The sound of this computer is off: you will hear nobody."),
        meaning=N_("It is off for the whole computer, not only in the meeting."),
        steps=(AGAIN,),
        steps_on={
            "linux": (_UNMUTE,),
            "windows": (_UNMUTE,),
            "macos": (N_("Press the volume key of the keyboard, or click the loudspeaker in the menu bar."),),
        },
    ),
    "headset.telephone_sound": FindingWords(
        title=N_("Your headset sounds like a telephone"),
        headline=N_("Sounds like an old telephone ({value_khz})"),
        summary=N_("Over Bluetooth your headset sounds like an old telephone ({value_khz})."),
        meaning=N_("You are heard, but muffled; long meetings become tiring."),
        steps=(N_("Use the headset with its cable if it has one, or another headset."), AGAIN),
    ),
    "headset.battery": FindingWords(
        title=N_("The headset's battery is low"),
        headline=N_("The headset's battery is at {value_pct}"),
        summary=N_("The battery of your headset is at {value_pct}."),
        meaning=N_("It may be empty before the meeting ends."),
        steps=(N_("Charge it now, or keep another headset at hand."),),
    ),
    "headset.no_device": FindingWords(
        title=N_("No sound device"),
        headline=N_("No sound device found"),
        summary=N_("This computer finds neither a microphone nor anything to hear with."),
        steps=(N_("Plug in a headset."), AGAIN),
    ),
    "headset.no_server": FindingWords(
        title=_UNTOLD,
        headline=N_("No sound service answers"),
        summary=N_("Check impossible: no sound service answers on this computer."),
        steps_on=SERVICE_ON,
    ),
    "headset.no_library": FindingWords(
        title=_UNTOLD,
        headline=N_("A component is missing (PortAudio)"),
        summary=N_(
            "Check impossible: no sound service answers, and a program library (PortAudio) is missing."
        ),
        steps=(AGAIN,),
        steps_on=LIBRARY_ON,
    ),
    "headset.no_library/package": FindingWords(
        title=_UNTOLD,
        headline=N_("A component is missing: {package}"),
        summary=N_("Check impossible: no sound service answers, and the package {package} is not installed."),
        steps=(INSTALL_PACKAGE, AGAIN),
    ),
    "headset.remote": FindingWords(
        title=_UNTOLD,
        headline=N_("Can't be checked from afar"),
        summary=N_(
            "Check impossible from afar: the sound belongs to whoever sits at the screen of this computer."
        ),
        steps=(N_("Run this check at the computer itself."),),
    ),
    "headset.stopped": FindingWords(
        title=_UNTOLD,
        headline=N_("The sound service hangs"),
        summary=N_("Check impossible: the sound service of this computer hangs."),
        meaning=N_("In the meeting you might neither hear nor be heard."),
        steps=(RESTART_COMPUTER, AGAIN),
    ),
}
