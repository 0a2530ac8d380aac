"""Words for `traffic`."""

from __future__ import annotations

from amif_netcheck.advice.language import N_
from amif_netcheck.advice.words import AGAIN, FindingWords

_CLOSE = N_(
    "{name}: close it for the length of the meeting, or choose “Pause” in its menu (often an icon near the clock or in the menu bar)."
)
_CLOSE_LIKELY = N_(
    "{name}: look whether it is at work; close it for the length of the meeting, or choose “Pause” in its menu."
)
_LOOK = N_("Close what you do not need: web pages with videos, downloads, file synchronisation, updates.")
_LOOK_ELSEWHERE = N_(
    "If somebody else is signed in on this computer, ask them to sign out. If the system is updating itself, let it end."
)
_MEANING = N_(
    "What this computer sends and receives beside the meeting shares the connection with it: the picture freezes, the sound breaks up."
)
_SOME_TITLE = N_("This computer uses the connection a little")
_HEAVY_TITLE = N_("This computer uses the connection a lot")

WORDS: dict[str, FindingWords] = {
    "traffic.quiet": FindingWords(
        title=N_("This computer leaves the connection free"),
        headline=N_("This computer leaves the connection free"),
        summary=N_("This computer hardly uses the connection: {down_mbit_s} received, {up_mbit_s} sent."),
    ),
    "traffic.some": FindingWords(
        title=_SOME_TITLE,
        headline=N_("This computer uses the connection a little"),
        summary=N_(
            "Something on this computer uses the connection a little: {down_mbit_s} received, {up_mbit_s} sent."
        ),
        steps=(_LOOK, AGAIN),
    ),
    "traffic.some/named": FindingWords(
        title=_SOME_TITLE,
        headline=N_("Light use: {applications}"),
        summary=N_(
            "A little heavy on this computer at the moment: {applications} ({down_mbit_s} received, {up_mbit_s} sent)."
        ),
        otherwise=_CLOSE,
        steps=(AGAIN,),
    ),
    "traffic.some/probable": FindingWords(
        title=_SOME_TITLE,
        headline=N_("Light use, probably {likely}"),
        summary=N_(
            "Something on this computer uses the connection a little: {down_mbit_s} received, {up_mbit_s} sent. "
            "Probably {likely}."
        ),
        otherwise=_CLOSE_LIKELY,
        steps=(AGAIN,),
    ),
    "traffic.some/likely": FindingWords(
        title=_SOME_TITLE,
        headline=N_("Light use: {likely}?"),
        summary=N_(
            "Something on this computer uses the connection a little: {down_mbit_s} received, {up_mbit_s} sent. "
            "Perhaps {likely}."
        ),
        otherwise=_CLOSE_LIKELY,
        steps=(AGAIN,),
    ),
    "traffic.some/hidden": FindingWords(
        title=_SOME_TITLE,
        headline=N_("Light use by a program that is not visible"),
        summary=N_(
            "Something on this computer uses the connection a little: {down_mbit_s} received, {up_mbit_s} sent. "
            "Not all programs can be seen from your account."
        ),
        steps=(_LOOK, _LOOK_ELSEWHERE, AGAIN),
    ),
    "traffic.some/likely_or_hidden": FindingWords(
        title=_SOME_TITLE,
        headline=N_("Light use: {likely}?"),
        summary=N_(
            "Something on this computer uses the connection a little: {down_mbit_s} received, {up_mbit_s} sent. "
            "Perhaps {likely}, or a program that can't be seen from your account."
        ),
        otherwise=_CLOSE_LIKELY,
        steps=(_LOOK_ELSEWHERE, AGAIN),
    ),
    "traffic.some/others": FindingWords(
        title=_SOME_TITLE,
        headline=N_("Light use by another account or the system"),
        summary=N_(
            "The system or another account on this computer uses the connection a little: {down_mbit_s} received, "
            "{up_mbit_s} sent."
        ),
        steps=(_LOOK_ELSEWHERE, AGAIN),
    ),
    "traffic.heavy": FindingWords(
        title=_HEAVY_TITLE,
        headline=N_("This computer uses the connection a lot"),
        summary=N_(
            "Something on this computer uses the connection a lot: {down_mbit_s} received, {up_mbit_s} sent."
        ),
        meaning=_MEANING,
        steps=(_LOOK, AGAIN),
    ),
    "traffic.heavy/named": FindingWords(
        title=_HEAVY_TITLE,
        headline=N_("Heavy use: {applications}"),
        summary=N_(
            "Very heavy on this computer at the moment: {applications} ({down_mbit_s} received, {up_mbit_s} sent)."
        ),
        meaning=_MEANING,
        otherwise=_CLOSE,
        steps=(AGAIN,),
    ),
    "traffic.heavy/probable": FindingWords(
        title=_HEAVY_TITLE,
        headline=N_("Heavy use, probably {likely}"),
        summary=N_(
            "Something on this computer uses the connection a lot: {down_mbit_s} received, {up_mbit_s} sent. "
            "Probably {likely}."
        ),
        meaning=_MEANING,
        otherwise=_CLOSE_LIKELY,
        steps=(AGAIN,),
    ),
    "traffic.heavy/likely": FindingWords(
        title=_HEAVY_TITLE,
        headline=N_("Heavy use: {likely}?"),
        summary=N_(
            "Something on this computer uses the connection a lot: {down_mbit_s} received, {up_mbit_s} sent. "
            "Perhaps {likely}."
        ),
        meaning=_MEANING,
        otherwise=_CLOSE_LIKELY,
        steps=(AGAIN,),
    ),
    "traffic.heavy/hidden": FindingWords(
        title=_HEAVY_TITLE,
        headline=N_("Heavy use by a program that is not visible"),
        summary=N_(
            "Something on this computer uses the connection a lot: {down_mbit_s} received, {up_mbit_s} sent. "
            "Not all programs can be seen from your account."
        ),
        meaning=_MEANING,
        steps=(_LOOK, _LOOK_ELSEWHERE, AGAIN),
    ),
    "traffic.heavy/likely_or_hidden": FindingWords(
        title=_HEAVY_TITLE,
        headline=N_("Heavy use: {likely}?"),
        summary=N_(
            "Something on this computer uses the connection a lot: {down_mbit_s} received, {up_mbit_s} sent. "
            "Perhaps {likely}, or a program that can't be seen from your account."
        ),
        meaning=_MEANING,
        otherwise=_CLOSE_LIKELY,
        steps=(_LOOK_ELSEWHERE, AGAIN),
    ),
    "traffic.heavy/others": FindingWords(
        title=_HEAVY_TITLE,
        headline=N_("Heavy use by another account or the system"),
        summary=N_(
            "The system or another account on this computer uses the connection a lot: {down_mbit_s} received, "
            "{up_mbit_s} sent."
        ),
        meaning=_MEANING,
        steps=(_LOOK_ELSEWHERE, AGAIN),
    ),
}
