"""Words for `proximity`. Distances are those of a home: docs/proximity.md tells where they come from."""

from __future__ import annotations

from amif_netcheck.advice.language import N_
from amif_netcheck.advice.words import AGAIN, FindingWords

_CABLE = N_("Better still: connect the computer to the box with a network cable.")
_CLOSER = (
    N_("Move closer to your box: half the distance, or one wall less, is usually enough."),
    N_("Open the doors between you and the box; keep away from the microwave oven and from metal furniture."),
    _CABLE,
    AGAIN,
)
_SAME_ROOM = (
    N_("Sit in the same room as your box for the meeting: less than 5 metres from it, with no wall between."),
    N_(
        "If you can't: no more than one thin wall and 10 metres; a thick wall or a floor takes most of the signal."
    ),
    _CABLE,
    AGAIN,
)
_HEARD = N_(
    "Parts of what you say get lost on the way to your box: the sound breaks up, the picture freezes."
)
_PLUG = (
    N_("Unplug the network cable at both ends and plug it in again until it clicks."),
    N_("If nothing changes, use another cable, or another socket of the box."),
    AGAIN,
)
_SLOW_BAND_TITLE = N_("A faster Wi-Fi is at hand")
_VOLUME = N_(
    "A meeting of one hour uses about 1 to 2 GB of your phone plan: turn your camera off if it is small."
)

WORDS: dict[str, FindingWords] = {
    "proximity.wired": FindingWords(
        title=N_("Connected by cable"),
        summary=N_("This computer is connected by cable ({rate_mbit_s}): nothing is better for a meeting."),
    ),
    "proximity.wired_slow": FindingWords(
        title=N_("The network cable is slow"),
        summary=N_(
            "This computer is connected by cable, but the cable carries {value_mbit_s} only (expected: {limit_mbit_s} or more, {source})."
        ),
        meaning=N_("A damaged cable or socket does that: little comes through, and it may drop out."),
        steps=_PLUG,
    ),
    "proximity.wired_half_duplex": FindingWords(
        title=N_("The network cable works in one direction at a time"),
        summary=N_("This computer is connected by cable, but cannot send and receive at the same time."),
        meaning=N_("You talk and listen at once in a meeting: the sound breaks up when both happen."),
        steps=(
            *_PLUG[:-1],
            N_(
                "In an organisation, show this line to your IT desk: a network setting may be wrong (half duplex)."
            ),
            AGAIN,
        ),
    ),
    "proximity.wired_rate_unknown": FindingWords(
        title=N_("Connected by cable"),
        summary=N_(
            "This computer is connected by cable, which is best; how much the cable carries could not be read."
        ),
        steps=(N_("Nothing to do, unless the line “The connection” says otherwise."),),
    ),
    "proximity.wifi": FindingWords(
        title=N_("Close to the Wi-Fi"),
        summary=N_("The Wi-Fi signal is good here: {signal_pct}. Stay where you are for the meeting."),
    ),
    "proximity.wifi_weak": FindingWords(
        title=N_("The Wi-Fi signal is a little weak"),
        summary=N_(
            "The Wi-Fi signal is a little weak here: {value_pct} (for a call: {limit_pct} or more, {source})."
        ),
        steps=_CLOSER,
    ),
    "proximity.wifi_suffers": FindingWords(
        title=N_("The Wi-Fi is too far away"),
        summary=N_(
            "The Wi-Fi signal is weak here: {value_pct} (for a call: {limit_pct} or more, {source}), and the way to your box suffers from it."
        ),
        meaning=_HEARD,
        steps=_SAME_ROOM,
    ),
    "proximity.wifi_too_weak": FindingWords(
        title=N_("The Wi-Fi is too far away"),
        summary=N_(
            "The Wi-Fi signal is very weak here: {value_pct} (limit {limit_pct}, {source}). It can drop out at any moment."
        ),
        meaning=_HEARD,
        steps=_SAME_ROOM,
    ),
    "proximity.wifi_slow_band": FindingWords(
        title=_SLOW_BAND_TITLE,
        summary=N_(
            "The Wi-Fi signal is good here ({signal_pct}), but on the crowded 2.4 GHz band, though your network is also at hand on a faster one."
        ),
        steps=(
            N_("Turn Wi-Fi off and on again: near the box, the computer often takes the faster band."),
            N_("If it does not, nothing is lost: stay close to your box."),
            AGAIN,
        ),
    ),
    "proximity.wifi_slow_band/other_name": FindingWords(
        title=_SLOW_BAND_TITLE,
        summary=N_(
            "The Wi-Fi signal is good here ({signal_pct}), but on the crowded 2.4 GHz band, though your box also offers a faster network."
        ),
        steps=(
            N_(
                "In the list of Wi-Fi networks, choose the one with the same name and “5G” or “5 GHz” at its end; the password is usually the same."
            ),
            AGAIN,
        ),
    ),
    "proximity.wifi_unmeasured": FindingWords(
        title=N_("On Wi-Fi, signal unknown"),
        summary=N_("This computer is on Wi-Fi, but does not tell how strong the signal is."),
        steps=(
            N_(
                "Sit in the same room as your box for the meeting: less than 5 metres from it, with no wall between."
            ),
            _CABLE,
        ),
    ),
    "proximity.cellular": FindingWords(
        title=N_("On the mobile network"),
        summary=N_("This computer reaches the Internet over the mobile network (4G or 5G)."),
        meaning=N_("It changes from one minute to the next, and your plan may be used up."),
        steps=(
            N_("Sit near a window and stay there for the meeting."),
            _VOLUME,
            N_("If there is a box nearby, use its Wi-Fi or a cable instead."),
            AGAIN,
        ),
    ),
    "proximity.phone": FindingWords(
        title=N_("Through your phone"),
        summary=N_("This computer reaches the Internet through a phone on a cable."),
        meaning=N_("It changes from one minute to the next, and your plan may be used up."),
        steps=(
            N_("Leave the phone plugged in, near a window, and do not move it during the meeting."),
            _VOLUME,
            N_("If there is a box nearby, use its Wi-Fi or a cable instead."),
            AGAIN,
        ),
    ),
    "proximity.bluetooth": FindingWords(
        title=N_("Through your phone, over Bluetooth"),
        summary=N_("This computer reaches the Internet through a phone over Bluetooth, which is slow."),
        meaning=N_("Sound may pass, pictures hardly; a Bluetooth headset makes it worse."),
        steps=(
            N_("Share the phone's connection over its USB cable or over Wi-Fi instead of Bluetooth."),
            _VOLUME,
            AGAIN,
        ),
    ),
    "proximity.virtual": FindingWords(
        title=N_("The real connection can't be seen from here"),
        summary=N_(
            "This check runs in a virtual computer or a container: whether the real one is on a cable or on Wi-Fi can't be seen from there."
        ),
        steps=(N_("Run this check on the computer itself, the one you will join the meeting with."),),
    ),
    "proximity.medium_unknown": FindingWords(
        title=N_("Cable or Wi-Fi could not be told"),
        summary=N_("What carries your connection, cable or Wi-Fi, could not be told."),
        steps=(
            N_("If you are on Wi-Fi, sit in the same room as your box for the meeting."),
            N_("In an organisation, send the report to your IT desk."),
        ),
    ),
}
