"""Words for the sound test: what to do meanwhile, and what it found (codes of `headset`)."""

from __future__ import annotations

from collections.abc import Mapping

from amif_netcheck.advice.headset import LIBRARY_ON
from amif_netcheck.advice.language import N_
from amif_netcheck.advice.words import INSTALL_PACKAGE, RESTART_COMPUTER, SOUND_TEST_OR_RESTART, FindingWords
from amif_netcheck.model.facts import SoundCue

CUES: Mapping[SoundCue, str] = {
    SoundCue.SPEAK: N_("Sound test: speak now, as in a meeting, until told otherwise (4 seconds)."),
    SoundCue.QUIET: N_("Now be quiet, please: two short sounds are played."),
    SoundCue.LISTEN: N_("Now listen: this is how you are heard. The recording is not kept."),
}

AGAIN = N_("Then do the sound test again.")
_CLOSER = N_("Bring the microphone closer to your mouth: a hand's breadth is good.")
_FAILED = N_("The sound test failed")
_LOUDER_ON = {
    "linux": (N_("Open Settings, “Sound”: under “Input”, turn the volume up."),),
    "windows": (N_("Open Settings, “System”, “Sound”: under “Input”, turn the volume up."),),
    "macos": (N_("Open System Settings, “Sound”, “Input”, and turn the input volume up."),),
}
_CHOOSE_ON = {
    "linux": (N_("Open Settings, “Sound”: under “Input”, choose the microphone you speak into."),),
    "windows": (
        N_("Open Settings, “System”, “Sound”: under “Input”, choose the microphone you speak into."),
    ),
    "macos": (N_("Open System Settings, “Sound”, “Input”: choose the microphone you speak into."),),
}
_SOFTER_ON = {
    "linux": (N_("Open Settings, “Sound”: under “Input”, turn the volume down a little."),),
    "windows": (N_("Open Settings, “System”, “Sound”: under “Input”, turn the volume down a little."),),
    "macos": (N_("Open System Settings, “Sound”, “Input”, and turn the input volume down a little."),),
}
_ALLOW_MACOS = N_(
    "Open System Settings, “Privacy & Security”, “Microphone”, and allow it to the program in which you started this check "
    "(often “Terminal”)."
)
_ALLOW_ON = {
    "linux": (N_("Open Settings, “Sound”: under “Input”, switch the microphone on and turn its volume up."),),
    "windows": (
        N_(
            "Open Settings, “Privacy & security” (Windows 10: “Privacy”), “Microphone”: “Let desktop apps access your "
            "microphone” has to be on."
        ),
    ),
    "macos": (_ALLOW_MACOS,),
}
_OTHERS_WORK = N_("The others have to turn you up, and hear noise with you.")

WORDS: dict[str, FindingWords] = {
    "headset.test_good": FindingWords(
        title=N_("You will be heard well"),
        headline=N_("Sound test: you will be heard well"),
        summary=N_("Sound test: you will be heard well."),
    ),
    "headset.test_weak": FindingWords(
        title=N_("You will hardly be heard"),
        headline=N_("Sound test: microphone too weak"),
        summary=N_("Sound test: you will hardly be heard, the microphone is too weak."),
        meaning=_OTHERS_WORK,
        steps=(_CLOSER, AGAIN),
        steps_on=_LOUDER_ON,
    ),
    "headset.test_silent": FindingWords(
        title=N_("The microphone hears nothing"),
        headline=N_("Sound test: nobody will hear you"),
        summary=N_("Sound test: the microphone hears next to nothing, nobody will hear you."),
        meaning=N_("Either another microphone is chosen than the one you speak into, or it is turned down."),
        steps=(
            N_("Choose the microphone you speak into; look for a small switch on its cable."),
            AGAIN,
        ),
        steps_on=_LOUDER_ON,
    ),
    "headset.test_no_signal": FindingWords(
        title=N_("The microphone is blocked"),
        headline=N_("Sound test: the microphone is blocked"),
        summary=N_(
            "Sound test: no sound at all comes from the microphone; it is off, or access to it is refused."
        ),
        meaning=N_("Even a silent room makes a little noise. Here there is none: nobody will hear you."),
        steps=(N_("Look for a microphone key on the keyboard, or a small switch on the cable."), AGAIN),
        steps_on=_ALLOW_ON,
    ),
    "headset.test_refused": FindingWords(
        title=_FAILED,
        headline=N_("No sound test: microphone not allowed"),
        summary=N_(
            "No sound test: this computer does not let this check hear the microphone. Your meeting has a permission of its own."
        ),
        steps=(AGAIN,),
        steps_on=_ALLOW_ON,
    ),
    "headset.test_monitor": FindingWords(
        title=N_("The computer listens to itself"),
        headline=N_("Sound test: the wrong microphone"),
        summary=N_("Sound test: what this computer plays is chosen as its microphone; nobody will hear you."),
        meaning=N_(
            "A “monitor” or “stereo mix” is chosen as the microphone: it records the loudspeakers, and no voice."
        ),
        steps=(AGAIN,),
        steps_on=_CHOOSE_ON,
    ),
    "headset.test_clipped": FindingWords(
        title=N_("Your voice is distorted"),
        headline=N_("Sound test: microphone too strong"),
        summary=N_("Sound test: your voice is distorted, the microphone is too strong."),
        meaning=N_("Loud words crackle, and are tiring to listen to."),
        steps=(AGAIN,),
        steps_on=_SOFTER_ON,
    ),
    "headset.test_noisy": FindingWords(
        title=N_("There is much noise behind your voice"),
        headline=N_("Sound test: much noise behind your voice"),
        summary=N_("Sound test: there is much noise behind your voice."),
        meaning=N_("The others hear the noise whenever you speak, and understand less."),
        steps=(
            N_("Close the door and the windows, switch off fans and radios, or go to a quieter room."),
            _CLOSER,
            AGAIN,
        ),
    ),
    "headset.test_echo": FindingWords(
        title=N_("The microphone hears the loudspeakers"),
        headline=N_("Sound test: there may be an echo"),
        summary=N_("Sound test: your microphone hears the loudspeakers; the others may hear themselves."),
        meaning=N_(
            "The meeting's window does not always take such an echo away: the others may hear their own words again."
        ),
        steps=(
            N_("Use a headset; otherwise turn the loudspeakers down and move them away from the microphone."),
            AGAIN,
        ),
    ),
    "headset.test_echo_failed": FindingWords(
        title=_FAILED,
        headline=N_("Sound test: echo could not be told"),
        summary=N_("Sound test: whether there is an echo could not be told, the sound stopped."),
        steps=(AGAIN,),
    ),
    "headset.test_no_speech": FindingWords(
        title=N_("Nobody spoke"),
        headline=N_("Sound test: no voice was heard"),
        summary=N_("Sound test: the microphone works, but no voice was heard."),
        steps=(N_("Do the sound test again, and speak as in a meeting as soon as you are told to."),),
    ),
    "headset.test_no_library": FindingWords(
        title=_FAILED,
        headline=N_("No sound test: PortAudio is missing"),
        summary=N_("No sound test: a component is missing (PortAudio)."),
        steps=(AGAIN,),
        steps_on=LIBRARY_ON,
    ),
    "headset.test_no_library/package": FindingWords(
        title=_FAILED,
        headline=N_("No sound test without {package}"),
        summary=N_("No sound test: the package {package} is not installed."),
        steps=(INSTALL_PACKAGE, AGAIN),
    ),
    "headset.test_no_device": FindingWords(
        title=_FAILED,
        headline=N_("No sound test: no microphone opened"),
        summary=N_("No sound test: no microphone could be opened."),
        steps=(N_("Plug in a headset."), AGAIN),
    ),
    "headset.test_stopped": FindingWords(
        title=_FAILED,
        headline=N_("No sound test: no sound service answers"),
        summary=N_("No sound test: the sound service of this computer does not answer."),
        steps=(RESTART_COMPUTER, AGAIN),
    ),
    "headset.test_changed": FindingWords(
        title=_FAILED,
        headline=N_("No sound test: the microphone changed"),
        summary=N_("No sound test: the microphone went away, or another one was chosen meanwhile."),
        steps=(N_("Look whether your headset is plugged in firmly, or switched on."), AGAIN),
    ),
    "headset.test_failed": FindingWords(
        title=_FAILED,
        headline=N_("The sound test failed"),
        summary=N_("The sound test failed, and why is not known."),
        steps=(SOUND_TEST_OR_RESTART,),
    ),
    "headset.test_failed/blocked": FindingWords(
        title=_FAILED,
        headline=N_("Sound test: no sound any more"),
        summary=N_("The sound test failed: nothing came from the microphone any more."),
        steps=(N_("Unplug your headset and plug it in again."), AGAIN),
    ),
}
