"""Words for `headset`."""

from __future__ import annotations

from collections.abc import Mapping

from amif_netcheck.advice.language import N_
from amif_netcheck.advice.words import AGAIN, FindingWords

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


_IN_THE_MEETING = N_("In the meeting, choose it as well, in the sound settings of the meeting's window.")

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
        summary=N_("Your {device_kind} is plugged in and chosen."),
    ),
    "headset.in_use/named": FindingWords(
        title=N_("Headset or hands-free kit in use"),
        summary=N_("Your {device_kind} ({device}) is plugged in and chosen."),
    ),
    "headset.not_chosen": FindingWords(
        title=_NOT_CHOSEN,
        summary=N_("Your {device_kind} is plugged in, but this computer does not use it."),
        meaning=_ECHO,
        steps=(_IN_THE_MEETING, AGAIN),
        steps_on=_both(_OUTPUT_ON, _INPUT_ON),
    ),
    "headset.not_chosen/named": FindingWords(
        title=_NOT_CHOSEN,
        summary=N_("Your {device_kind} ({device}) is plugged in, but this computer does not use it."),
        meaning=_ECHO,
        steps=(_IN_THE_MEETING, AGAIN),
        steps_on=_both(_OUTPUT_ON_NAMED, _INPUT_ON_NAMED),
    ),
    "headset.input_elsewhere": FindingWords(
        title=_INPUT_ELSEWHERE,
        summary=N_("Your {device_kind} is plugged in, but another microphone listens."),
        meaning=_WRONG_MICROPHONE,
        steps=(_IN_THE_MEETING, AGAIN),
        steps_on=_INPUT_ON,
    ),
    "headset.input_elsewhere/named": FindingWords(
        title=_INPUT_ELSEWHERE,
        summary=N_("Your {device_kind} ({device}) is plugged in, but another microphone listens."),
        meaning=_WRONG_MICROPHONE,
        steps=(_IN_THE_MEETING, AGAIN),
        steps_on=_INPUT_ON_NAMED,
    ),
    "headset.output_elsewhere": FindingWords(
        title=_OUTPUT_ELSEWHERE,
        summary=N_("Your {device_kind} is plugged in, but the sound comes out elsewhere."),
        meaning=_WRONG_OUTPUT,
        steps=(_IN_THE_MEETING, AGAIN),
        steps_on=_OUTPUT_ON,
    ),
    "headset.output_elsewhere/named": FindingWords(
        title=_OUTPUT_ELSEWHERE,
        summary=N_("Your {device_kind} ({device}) is plugged in, but the sound comes out elsewhere."),
        meaning=_WRONG_OUTPUT,
        steps=(_IN_THE_MEETING, AGAIN),
        steps_on=_OUTPUT_ON_NAMED,
    ),
    "headset.own_microphone": FindingWords(
        title=N_("Headphones, with the computer's own microphone"),
        summary=N_("You hear through headphones, and the computer's own microphone listens."),
        meaning=_FAR,
        steps=(_TAKE, N_("Otherwise sit close to the computer, in a quiet room."), AGAIN),
    ),
    "headset.webcam_microphone": FindingWords(
        title=N_("The webcam's microphone listens"),
        summary=N_("You hear through headphones, and the webcam's microphone listens."),
        meaning=N_("A webcam's microphone is far from your mouth: you sound distant, and the room is heard."),
        steps=(_TAKE, N_("Otherwise sit close to the webcam, in a quiet room."), AGAIN),
    ),
    "headset.loudspeaker": FindingWords(
        title=N_("Loudspeakers instead of a headset"),
        summary=N_("The sound comes out of loudspeakers, which your microphone hears too."),
        meaning=_ECHO,
        steps=(_TAKE, N_("Otherwise turn the loudspeakers down, away from the microphone."), AGAIN),
    ),
    "headset.built_in": FindingWords(
        title=N_("No headset"),
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
        summary=N_("Your {device_kind} is chosen, but this computer can't tell whether it is plugged in."),
        steps=(N_("Check its plug, then do the sound test: amif-netcheck --sound-test."),),
    ),
    "headset.untold": FindingWords(
        title=N_("Sound goes through a program"),
        summary=N_(
            "Can't tell whether you use a headset: the sound goes through a program or an unknown device."
        ),
        steps=(N_("Look in the sound settings which device that program uses."),),
    ),
    "headset.no_microphone": FindingWords(
        title=N_("No microphone"),
        summary=N_("No microphone: nobody will hear you."),
        meaning=N_("This computer finds no microphone at all."),
        steps=(N_("Plug in a headset with a microphone, or a webcam that has one."), AGAIN),
    ),
    "headset.no_output": FindingWords(
        title=N_("Nothing to hear with"),
        summary=N_("No headset and no loudspeakers: you will hear nobody."),
        meaning=N_("This computer finds nothing that sound could come out of."),
        steps=(N_("Plug in a headset."), AGAIN),
    ),
    "headset.input_muted": FindingWords(
        title=N_("The microphone is off"),
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
        summary=N_(
            "The microphone is turned down to {value_pct} (better: {limit_pct} or more): you will hardly be heard."
        ),
        meaning=N_("The others have to turn you up, and hear noise with you."),
        steps=(AGAIN,),
        steps_on={
            "linux": (N_("Open Settings, “Sound”: under “Input”, turn the volume up."),),
            "windows": (N_("Open Settings, “System”, “Sound”: under “Input”, turn the volume up."),),
            "macos": (N_("Open System Settings, “Sound”, “Input”, and turn the input volume up."),),
        },
    ),
    "headset.output_muted": FindingWords(
        title=N_("The sound is off"),
        summary=N_("The sound of this computer is off: you will hear nobody."),
        meaning=N_("It is off for the whole computer, not only in the meeting."),
        steps=(N_("Press the volume key of the keyboard, or click the loudspeaker near the clock."), AGAIN),
    ),
    "headset.telephone_sound": FindingWords(
        title=N_("Your headset sounds like a telephone"),
        summary=N_("Over Bluetooth your headset sounds like an old telephone ({value_khz})."),
        meaning=N_("You are heard, but muffled; long meetings become tiring."),
        steps=(N_("Use the headset with its cable if it has one, or another headset."), AGAIN),
    ),
    "headset.battery": FindingWords(
        title=N_("The headset's battery is low"),
        summary=N_("The battery of your headset is at {value_pct}."),
        meaning=N_("It may be empty before the meeting ends."),
        steps=(N_("Charge it now, or keep another headset at hand."),),
    ),
    "headset.no_device": FindingWords(
        title=N_("No sound device"),
        summary=N_("This computer finds neither a microphone nor anything to hear with."),
        steps=(N_("Plug in a headset."), AGAIN),
    ),
    "headset.no_server": FindingWords(
        title=_UNTOLD,
        summary=N_("Check impossible: no sound service answers on this computer."),
        steps=(
            N_(
                "Restart the computer; if sound still does not work, tell your IT desk (PipeWire or PulseAudio does not run)."
            ),
        ),
    ),
    "headset.no_library": FindingWords(
        title=_UNTOLD,
        summary=N_(
            "Check impossible: no sound service answers, and a program library (PortAudio) is missing."
        ),
        steps=(N_("Have your IT desk install PortAudio."), AGAIN),
    ),
    "headset.no_library/package": FindingWords(
        title=_UNTOLD,
        summary=N_("Check impossible: no sound service answers, and the package {package} is not installed."),
        steps=(N_("Install the package {package}, or have your IT desk do so."), AGAIN),
    ),
    "headset.remote": FindingWords(
        title=_UNTOLD,
        summary=N_(
            "Check impossible from afar: the sound belongs to whoever sits at the screen of this computer."
        ),
        steps=(N_("Run this check at the computer itself."),),
    ),
    "headset.stopped": FindingWords(
        title=_UNTOLD,
        summary=N_("Check impossible: the sound service of this computer hangs."),
        meaning=N_("In the meeting you might neither hear nor be heard."),
        steps=(N_("Restart the computer."), AGAIN),
    ),
}
