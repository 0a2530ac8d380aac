"""Words for `neighbours`."""

from __future__ import annotations

from amif_netcheck.advice.language import N_
from amif_netcheck.advice.words import AGAIN, FindingWords

_SWITCH_OFF = N_(
    "Switch off at the plug what is not needed for the length of the meeting: a TV box on standby may go on using the "
    "connection."
)
_ASK = N_("Ask the people around you to stop videos, downloads and games during the meeting.")
_NOT_YOURS = N_(
    "If these devices are not yours, for example in a town hall, ask those who use them, or go on: nothing here is your "
    "fault."
)
_FIND = N_(
    "Look for what is on: television, TV box, console, camera, a telephone that saves its photos; switch it off or take it off the Wi-Fi."
)
_IF_IT_STUTTERS = N_("If the picture freezes during the meeting, switch off at the plug what is not needed.")
_MEANING = N_(
    "All devices share one connection: what they use is missing in the meeting, and the picture freezes."
)

_PRESENT_TITLE = N_("Devices that can use a lot share the connection")
_USING_TITLE = N_("Other devices use the connection")
_EATING_TITLE = N_("Other devices use the connection a lot")
_OTHERS_TITLE = N_("Other devices share the connection")
_QUIET_TITLE = N_("No device that uses the connection showed up")

WORDS: dict[str, FindingWords] = {
    "neighbours.eating": FindingWords(
        title=_EATING_TITLE,
        headline=N_("Other devices use the connection a lot"),
        summary=N_(
            "According to your box, other devices use the connection a lot: {down_mbit_s} received, {up_mbit_s} sent."
        ),
        meaning=_MEANING,
        steps=(_ASK, _FIND, AGAIN),
    ),
    "neighbours.eating/measured": FindingWords(
        title=_EATING_TITLE,
        headline=N_("Heavy use: {devices}?"),
        summary=N_(
            "According to your box, other devices use the connection a lot: {down_mbit_s} received, {up_mbit_s} sent. "
            "Perhaps: {devices}."
        ),
        meaning=_MEANING,
        steps=(_SWITCH_OFF, _ASK, AGAIN),
    ),
    "neighbours.crowded": FindingWords(
        title=N_("The connection suffers, and devices that can use a lot share it"),
        headline=N_("The line suffers, with {devices}"),
        summary=N_("Your connection suffers at this moment. It is shared with: {devices}."),
        meaning=_MEANING,
        steps=(_SWITCH_OFF, _NOT_YOURS, AGAIN),
    ),
    "neighbours.thin": FindingWords(
        title=N_("The connection is too thin to be shared"),
        headline=N_("Too thin a line, with {devices}"),
        summary=N_("The connection is too thin if these devices are used at the same time: {devices}."),
        meaning=_MEANING,
        steps=(_SWITCH_OFF, _NOT_YOURS, AGAIN),
    ),
    "neighbours.load": FindingWords(
        title=N_("The connection bears sharing badly"),
        headline=N_("Heard {value_s} later when others use it"),
        summary=N_(
            "When somebody else uses your connection, you are heard {value_s} later. It is shared with: {devices}."
        ),
        meaning=N_(
            "One film or one picture sent from another device is enough: people talk over one another."
        ),
        steps=(_SWITCH_OFF, _NOT_YOURS, AGAIN),
    ),
    "neighbours.using": FindingWords(
        title=_USING_TITLE,
        headline=N_("Other devices use the connection"),
        summary=N_(
            "According to your box, other devices use the connection: {down_mbit_s} received, {up_mbit_s} sent."
        ),
        steps=(_ASK, AGAIN),
    ),
    "neighbours.using/measured": FindingWords(
        title=_USING_TITLE,
        headline=N_("Light use: {devices}?"),
        summary=N_(
            "According to your box, other devices use the connection: {down_mbit_s} received, {up_mbit_s} sent. "
            "Perhaps: {devices}."
        ),
        steps=(_SWITCH_OFF, AGAIN),
    ),
    "neighbours.present": FindingWords(
        title=_PRESENT_TITLE,
        headline=N_("On your network: {devices}"),
        summary=N_("On the same connection as you: {devices}. Nothing suggests that this disturbs."),
        steps=(_IF_IT_STUTTERS,),
    ),
    "neighbours.present/measured": FindingWords(
        title=_PRESENT_TITLE,
        headline=N_("On your network: {devices}"),
        summary=N_(
            "On the same connection as you: {devices}. According to your box, others use hardly anything now "
            "({down_mbit_s} received, {up_mbit_s} sent)."
        ),
        steps=(_IF_IT_STUTTERS,),
    ),
    "neighbours.others": FindingWords(
        title=_OTHERS_TITLE,
        headline=N_("Other devices, none that uses much"),
        summary=N_("On the same connection as you: {devices}. No television, TV box, console or camera."),
        steps=(N_("Nothing to do, unless somebody watches videos or downloads something on one of them."),),
    ),
    "neighbours.others/measured": FindingWords(
        title=_OTHERS_TITLE,
        headline=N_("Other devices, none that uses much"),
        summary=N_(
            "On the same connection as you: {devices}. According to your box, others use hardly anything now "
            "({down_mbit_s} received, {up_mbit_s} sent)."
        ),
        steps=(N_("Nothing to do, unless somebody watches videos or downloads something on one of them."),),
    ),
    "neighbours.virtual": FindingWords(
        title=N_("Could not be checked"),
        headline=N_("Virtual computer: neighbours out of sight"),
        summary=N_(
            "This check runs inside a virtual computer: the devices around it can't be seen from there."
        ),
        steps=(N_("Run this check on the computer itself, the one you will join the meeting with."),),
    ),
    "neighbours.not_allowed": FindingWords(
        title=N_("Could not be checked"),
        headline=N_("This program may not look around"),
        summary=N_(
            "Check impossible: this computer does not let this program look for the devices around it."
        ),
        steps=(
            N_("Or look yourself: television, TV box, console, camera that are on and that nobody needs."),
        ),
        steps_on={
            "linux": (N_("In an organisation, send the report to your IT desk."),),
            "windows": (
                N_(
                    "Your firewall or security program forbids it; leave it on. Your IT desk can see the reason in the report."
                ),
            ),
            "macos": (
                N_(
                    "Open System Settings, “Privacy & Security”, “Local Network”, and switch on the program in which you "
                    "started this check (often “Terminal”); then run it again."
                ),
            ),
        },
    ),
    "neighbours.quiet": FindingWords(
        title=_QUIET_TITLE,
        headline=N_("No device that uses much was seen"),
        summary=N_("No device that uses much was seen; some stay invisible."),
    ),
}
