"""Words for `apps`."""

from __future__ import annotations

from amif_netcheck.advice.language import N_
from amif_netcheck.advice.words import AGAIN, FindingWords

_CLOSE = N_("{name}: save your work, then close it for the length of the meeting.")
_LOOK = N_("Close what you do not need: other programs, and web pages other than the meeting's.")
_RESTART = N_("If it goes on, restart the computer before the meeting.")
_BUSY_TITLE = N_("The computer is busy")
_BUSY_MEANING = N_("A meeting needs the processor for picture and sound: they stutter, and the fan is heard.")
_MEMORY_TITLE = N_("The computer is short of memory")
_MEMORY_MEANING = N_(
    "Programs wait for memory: the picture freezes for moments, and clicks take effect late."
)
_LOW_TITLE = N_("Little memory is left")

WORDS: dict[str, FindingWords] = {
    "apps.quiet": FindingWords(
        title=N_("The computer has room for the meeting"),
        summary=N_(
            "The computer has room for the meeting: processor {cpu_pct} busy, {available_pct} of the memory free."
        ),
    ),
    "apps.cpu_busy": FindingWords(
        title=_BUSY_TITLE,
        summary=N_(
            "The processor is {value_pct} busy (limit {limit_pct}, {source}), by many small programs."
        ),
        meaning=_BUSY_MEANING,
        steps=(_LOOK, _RESTART, AGAIN),
    ),
    "apps.cpu_busy/named": FindingWords(
        title=_BUSY_TITLE,
        summary=N_(
            "The processor is {value_pct} busy (limit {limit_pct}, {source}), above all with {applications}."
        ),
        meaning=_BUSY_MEANING,
        otherwise=_CLOSE,
        steps=(AGAIN,),
    ),
    "apps.hot": FindingWords(
        title=N_("The computer is hot"),
        summary=N_("The computer is hot and slows itself down to cool."),
        steps=(N_("Put it on a hard, flat table, and keep its air slots free."),),
    ),
    "apps.memory": FindingWords(
        title=_MEMORY_TITLE,
        summary=N_(
            "The computer is short of memory: its programs wait for it {value_pct} of the time (limit {limit_pct}, {source})."
        ),
        meaning=_MEMORY_MEANING,
        steps=(_LOOK, _RESTART, AGAIN),
    ),
    "apps.memory/named": FindingWords(
        title=_MEMORY_TITLE,
        summary=N_(
            "The computer is short of memory: its programs wait for it {value_pct} of the time (limit {limit_pct}, {source}). Most of it is held by {applications}."
        ),
        meaning=_MEMORY_MEANING,
        otherwise=_CLOSE,
        steps=(_RESTART, AGAIN),
    ),
    "apps.memory_low": FindingWords(
        title=_LOW_TITLE,
        summary=N_("Little memory is left: {value_pct} (limit {limit_pct}, {source})."),
        steps=(_LOOK, AGAIN),
    ),
    "apps.memory_low/named": FindingWords(
        title=_LOW_TITLE,
        summary=N_(
            "Little memory is left: {value_pct} (limit {limit_pct}, {source}). Most of it is held by {applications}."
        ),
        otherwise=_CLOSE,
        steps=(AGAIN,),
    ),
    "apps.battery_low": FindingWords(
        title=N_("The battery is low"),
        summary=N_("The battery is at {value_pct} and not charging (limit {limit_pct}, {source})."),
        meaning=N_("A videoconference empties a battery fast: the computer may go off in the meeting."),
        steps=(N_("Plug the computer into the mains for the meeting."),),
    ),
    "apps.battery_saver": FindingWords(
        title=N_("The computer is saving power"),
        summary=N_("The computer is saving power: it runs slower than it could."),
        steps=(N_("Plug the computer into the mains."),),
        steps_on={
            "linux": (N_("Open the menu at the corner of the screen, “Power Mode”, and choose “Balanced”."),),
            "windows": (
                N_("Click the battery near the clock and switch “Energy saver” (or “Battery saver”) off."),
            ),
            "macos": (N_("Open System Settings, “Battery”, and set “Low Power Mode” to “Never”."),),
        },
    ),
    "apps.update_running": FindingWords(
        title=N_("An update is being installed"),
        summary=N_("An update or a new program is being installed."),
        steps=(
            N_("Let it end before the meeting begins, and do not switch the computer off meanwhile."),
            N_("If it asks for a restart, do it now or after the meeting."),
        ),
    ),
    "apps.reboot_pending": FindingWords(
        title=N_("An update waits for a restart"),
        summary=N_("An update waits for the computer to be restarted."),
        steps=(
            N_(
                "If the meeting is more than ten minutes away, restart the computer now; else after the meeting."
            ),
        ),
    ),
    "apps.heavy_open": FindingWords(
        title=N_("Heavy applications are open"),
        summary=N_("Open, and heavy when they are at work: {applications}."),
        otherwise=_CLOSE,
    ),
}
