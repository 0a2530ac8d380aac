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
_SAME_ROOM_UNMEASURED = (_SAME_ROOM[0], _CABLE)
_UNMEASURED = N_("On Wi-Fi, signal unknown")
_NOTHING_TO_ALLOW = N_("Nothing to allow: the distance to your box tells enough.")
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
        headline=N_("Cable, {rate_mbit_s}: nothing is better"),
        summary=N_("This computer is connected by cable ({rate_mbit_s}): nothing is better for a meeting."),
    ),
    "proximity.wired_slow": FindingWords(
        title=N_("The network cable is slow"),
        headline=N_("The cable carries only {value_mbit_s}"),
        summary=N_("The network cable is slow: it carries only {value_mbit_s}."),
        meaning=N_("A damaged cable or socket does that: little comes through, and it may drop out."),
        steps=_PLUG,
    ),
    "proximity.wired_half_duplex": FindingWords(
        title=N_("The network cable works in one direction at a time"),
        headline=N_("The cable works one way at a time"),
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
        headline=N_("By cable; its speed could not be read"),
        summary=N_(
            "This computer is connected by cable, which is best; the cable's speed could not be read."
        ),
        steps=(N_("Nothing to do, unless the line “Internet connection” says otherwise."),),
    ),
    "proximity.wired_unsure": FindingWords(
        title=N_("Connected by cable"),
        headline=N_("By cable, it seems"),
        summary=N_("This computer seems to be connected by cable, which is best."),
        steps=(N_("Look whether a network cable is plugged in; if so, there is nothing to do."),),
    ),
    "proximity.wifi": FindingWords(
        title=N_("Close to the Wi-Fi"),
        headline=N_("Good Wi-Fi: {signal_pct}"),
        summary=N_("The Wi-Fi signal is good here: {signal_pct}. Stay where you are for the meeting."),
    ),
    "proximity.wifi_weak": FindingWords(
        title=N_("The Wi-Fi signal is a little weak"),
        headline=N_("Wi-Fi a little weak: {value_pct}"),
        summary=N_("The Wi-Fi signal is a little weak here: {value_pct}."),
        steps=_CLOSER,
    ),
    "proximity.wifi_suffers": FindingWords(
        title=N_("The Wi-Fi is too far away"),
        headline=N_("Weak Wi-Fi: {value_pct}, and it is felt"),
        summary=N_(
            "The Wi-Fi signal is weak here ({value_pct}), and what passes between this computer and your box suffers from it."
        ),
        meaning=_HEARD,
        steps=_SAME_ROOM,
    ),
    "proximity.wifi_too_weak": FindingWords(
        title=N_("The Wi-Fi is too far away"),
        headline=N_("Very weak Wi-Fi: {value_pct}"),
        summary=N_("The Wi-Fi signal is very weak here ({value_pct}): it can drop out at any moment."),
        meaning=_HEARD,
        steps=_SAME_ROOM,
    ),
    "proximity.wifi_slow_band": FindingWords(
        title=_SLOW_BAND_TITLE,
        headline=N_("Good Wi-Fi, but a faster one is at hand"),
        summary=N_(
            "The Wi-Fi signal is good here ({signal_pct}), but your network is also at hand on a faster band."
        ),
        steps=(
            N_("Turn Wi-Fi off and on again: near the box, the computer often takes the faster band."),
            N_("If it does not, nothing is lost: stay close to your box."),
            AGAIN,
        ),
    ),
    "proximity.wifi_slow_band/other_name": FindingWords(
        title=_SLOW_BAND_TITLE,
        headline=N_("Good Wi-Fi, but a faster one is at hand"),
        summary=N_(
            "The Wi-Fi signal is good here ({signal_pct}), but your box also offers a faster network."
        ),
        steps=(
            N_(
                "In the list of Wi-Fi networks, choose the one with the same name and “5G” or “5 GHz” at its end; the password is usually the same."
            ),
            AGAIN,
        ),
    ),
    "proximity.wifi_unmeasured": FindingWords(
        title=_UNMEASURED,
        headline=N_("Wi-Fi, signal unknown"),
        summary=N_("This computer is on Wi-Fi, but does not tell how strong the signal is."),
        steps=_SAME_ROOM_UNMEASURED,
    ),
    "proximity.wifi_unmeasured/rate": FindingWords(
        title=_UNMEASURED,
        headline=N_("Wi-Fi at {rate_mbit_s}, signal unknown"),
        summary=N_("This computer is on Wi-Fi at {rate_mbit_s}, but does not tell how strong the signal is."),
        steps=_SAME_ROOM_UNMEASURED,
    ),
    "proximity.wifi_unmeasured/location": FindingWords(
        title=_UNMEASURED,
        headline=N_("Wi-Fi, signal unknown"),
        summary=N_(
            "This computer is on Wi-Fi; it tells the signal only to programs that may know where you are, which this one does not ask."
        ),
        steps=(_NOTHING_TO_ALLOW, *_SAME_ROOM_UNMEASURED),
    ),
    "proximity.wifi_unmeasured/rate_and_location": FindingWords(
        title=_UNMEASURED,
        headline=N_("Wi-Fi at {rate_mbit_s}, signal unknown"),
        summary=N_(
            "This computer is on Wi-Fi at {rate_mbit_s}; it tells the signal only to programs that may know where you are, which this one does not ask."
        ),
        steps=(_NOTHING_TO_ALLOW, *_SAME_ROOM_UNMEASURED),
    ),
    "proximity.cellular": FindingWords(
        title=N_("On the mobile network"),
        headline=N_("Over the mobile network (4G or 5G)"),
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
        headline=N_("Through a phone on a cable"),
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
        headline=N_("Through a phone over Bluetooth: slow"),
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
        headline=N_("Virtual computer: the link is out of sight"),
        summary=N_(
            "This check runs in a virtual computer or a container: whether the real one is on a cable or on Wi-Fi can't be seen from there."
        ),
        steps=(N_("Run this check on the computer itself, the one you will join the meeting with."),),
    ),
    "proximity.medium_unknown": FindingWords(
        title=N_("Cable or Wi-Fi could not be told"),
        headline=N_("Cable or Wi-Fi? Could not be told"),
        summary=N_("What carries your connection, cable or Wi-Fi, could not be told."),
        steps=(
            N_("If you are on Wi-Fi, sit in the same room as your box for the meeting."),
            N_("In an organisation, send the report to your IT desk."),
        ),
    ),
}
