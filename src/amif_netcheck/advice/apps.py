"""Words for `apps`."""

from __future__ import annotations

from amif_netcheck.advice.language import N_
from amif_netcheck.advice.words import (
    AGAIN,
    IF_IT_GOES_ON,
    LET_UPDATE_END,
    RESTART_FOR_UPDATE,
    RESTART_IF_ASKED,
    FindingWords,
)

_CLOSE = N_("{name}: save your work, then close it for the length of the meeting.")
_LOOK = N_("Close what you do not need: other programs, and web pages other than the meeting's.")
_BUSY_TITLE = N_("The computer is busy")
_BUSY_MEANING = N_("The processor is overloaded: picture and sound stutter, the fan is loud.")
_MEMORY_TITLE = N_("The computer is short of memory")
_MEMORY_MEANING = N_("Memory is full: the picture freezes, and the computer reacts late.")
_LOW_TITLE = N_("Little memory is left")

WORDS: dict[str, FindingWords] = {
    "apps.quiet": FindingWords(
        title=N_("The computer has room for the meeting"),
        headline=N_("The computer has room for the meeting"),
        summary=N_(
            "The computer has room for the meeting: processor {cpu_pct} busy, {available_pct} of the memory free."
        ),
    ),
    "apps.cpu_busy": FindingWords(
        title=_BUSY_TITLE,
        headline=N_("Processor {value_pct} busy"),
        summary=N_("The processor is {value_pct} busy, by many small programs."),
        meaning=_BUSY_MEANING,
        steps=(_LOOK, IF_IT_GOES_ON, AGAIN),
    ),
    "apps.cpu_busy/named": FindingWords(
        title=_BUSY_TITLE,
        headline=N_("Processor {value_pct} busy: {applications}"),
        summary=N_("The processor is {value_pct} busy, above all with {applications}."),
        meaning=_BUSY_MEANING,
        otherwise=_CLOSE,
        steps=(AGAIN,),
    ),
    "apps.hot": FindingWords(
        title=N_("The computer is hot"),
        headline=N_("The computer is hot and slows down"),
        summary=N_("The computer is hot and slows itself down to cool."),
        steps=(N_("Put it on a hard, flat table, and keep its air slots free."),),
    ),
    "apps.memory": FindingWords(
        title=_MEMORY_TITLE,
        headline=N_("The computer is short of memory"),
        summary=N_("The computer is short of memory."),
        meaning=_MEMORY_MEANING,
        steps=(_LOOK, IF_IT_GOES_ON, AGAIN),
    ),
    "apps.memory/named": FindingWords(
        title=_MEMORY_TITLE,
        headline=N_("Short of memory: {applications}"),
        summary=N_("The computer is short of memory. Most of it is held by {applications}."),
        meaning=_MEMORY_MEANING,
        otherwise=_CLOSE,
        steps=(IF_IT_GOES_ON, AGAIN),
    ),
    "apps.memory_low": FindingWords(
        title=_LOW_TITLE,
        headline=N_("Little memory left: {value_pct}"),
        summary=N_("Little memory is left: {value_pct}."),
        steps=(_LOOK, AGAIN),
    ),
    "apps.memory_low/named": FindingWords(
        title=_LOW_TITLE,
        headline=N_("{value_pct} of memory left: {applications}"),
        summary=N_("Little memory is left: {value_pct}. Most of it is held by {applications}."),
        otherwise=_CLOSE,
        steps=(AGAIN,),
    ),
    "apps.battery_low": FindingWords(
        title=N_("The battery is low"),
        headline=N_("Battery at {value_pct}, not charging"),
        summary=N_("The computer's battery is at {value_pct} and not charging."),
        meaning=N_("A videoconference empties a battery fast: the computer may go off in the meeting."),
        steps=(N_("Plug the computer into the mains for the meeting."),),
    ),
    "apps.battery_saver": FindingWords(
        title=N_("The computer is saving power"),
        headline=N_("Energy saver on: the computer is slower"),
        summary=N_("The computer saves its battery: it runs slower than it could."),
        steps=(N_("Plug the computer into the mains."),),
        steps_on={
            "linux": (N_("Open the menu at the corner of the screen, “Power Mode”, and choose “Balanced”."),),
            "windows": (
                N_(
                    "Open Settings, “System”, “Power & battery”: switch “Energy saver” (or “Battery saver”) off, and under “Power mode” choose “Best performance” or “Balanced”."
                ),
            ),
            "macos": (N_("Open System Settings, “Battery”, and set “Low Power Mode” to “Never”."),),
        },
    ),
    "apps.update_running": FindingWords(
        title=N_("An update is being installed"),
        headline=N_("An update is being installed"),
        summary=N_("An update or a new program is being installed."),
        steps=(
            LET_UPDATE_END,
            RESTART_IF_ASKED,
        ),
    ),
    "apps.reboot_pending": FindingWords(
        title=N_("An update waits for a restart"),
        headline=N_("An update waits for a restart"),
        summary=N_("An update waits for the computer to be restarted."),
        steps=(RESTART_FOR_UPDATE,),
    ),
    "apps.heavy_open": FindingWords(
        title=N_("Heavy applications are open"),
        headline=N_("Open, sometimes heavy: {applications}"),
        summary=N_("Open, and sometimes heavy: {applications}."),
        otherwise=_CLOSE,
    ),
}
