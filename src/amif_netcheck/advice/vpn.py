"""Words for `vpn`."""

from __future__ import annotations

from amif_netcheck.advice.language import N_
from amif_netcheck.advice.words import FindingWords

_MEANING = N_(
    "A VPN is a private tunnel: picture and sound make a detour through it, arrive later, and some tunnels slow them down."
)
_STEPS = (
    N_(
        "If your organisation imposes this VPN, leave it on and tell your IT desk: they can let videoconferences pass beside it."
    ),
    N_("Then run this check again."),
)
_STEPS_MANAGED = (
    N_("Leave this VPN on: your organisation needs it."),
    N_("Tell your IT desk that it carries the meeting: they can let videoconferences pass beside it."),
)
_STEPS_ON = {
    "linux": (
        N_(
            "Open the network menu (in a corner of the screen), choose “VPN”, then turn it off; or use the VPN's own icon, “Disconnect”."
        ),
    ),
    "windows": (
        N_(
            "Click the VPN's icon near the clock, then “Disconnect”; or open Settings, “Network & Internet”, “VPN”, “Disconnect”."
        ),
    ),
    "macos": (
        N_(
            "Click the VPN's icon in the menu bar, then “Disconnect”; or open System Settings, “VPN”, and switch it off."
        ),
    ),
}
_TITLE = N_("A VPN carries the meeting")

_MEDIA_TITLE = N_("A VPN carries picture and sound")
_PART_TITLE = N_("A VPN carries part of the meeting")
_OUTSIDE_TITLE = N_("A VPN is on, beside the meeting")
_BESIDE_TITLE = N_("A VPN is on, beside the Internet")
_BESIDE_MANAGED = (N_("Run this check again with your meeting's link: amif-netcheck --meeting LINK."),)
_BESIDE_STEPS = (
    *_BESIDE_MANAGED,
    N_("If you do not need this VPN for the meeting, turn it off."),
)

WORDS: dict[str, FindingWords] = {
    "vpn.carries_meeting": FindingWords(
        title=_TITLE,
        headline=N_("A VPN carries the meeting"),
        summary=N_("A VPN carries your meeting."),
        meaning=_MEANING,
        steps=_STEPS,
        steps_on=_STEPS_ON,
        steps_managed=_STEPS_MANAGED,
    ),
    "vpn.carries_meeting/named": FindingWords(
        title=_TITLE,
        headline=N_("The meeting goes through {product}"),
        summary=N_("A VPN ({product}) carries your meeting."),
        meaning=_MEANING,
        steps=_STEPS,
        steps_on=_STEPS_ON,
        steps_managed=_STEPS_MANAGED,
    ),
    "vpn.carries_media": FindingWords(
        title=_MEDIA_TITLE,
        headline=N_("Sound and picture may go through a VPN"),
        summary=N_("A VPN may carry the picture and sound of your meeting."),
        meaning=_MEANING,
        steps=_STEPS,
        steps_on=_STEPS_ON,
        steps_managed=_STEPS_MANAGED,
    ),
    "vpn.carries_media/named": FindingWords(
        title=_MEDIA_TITLE,
        headline=N_("Sound and picture, perhaps by {product}"),
        summary=N_("A VPN ({product}) may carry the picture and sound of your meeting."),
        meaning=_MEANING,
        steps=_STEPS,
        steps_on=_STEPS_ON,
        steps_managed=_STEPS_MANAGED,
    ),
    "vpn.carries_part": FindingWords(
        title=_PART_TITLE,
        headline=N_("Part of the meeting may go through a VPN"),
        summary=N_("Part of your meeting may go through a VPN."),
        meaning=_MEANING,
        steps=_STEPS,
        steps_on=_STEPS_ON,
        steps_managed=_STEPS_MANAGED,
    ),
    "vpn.carries_part/named": FindingWords(
        title=_PART_TITLE,
        headline=N_("Part of it, perhaps by {product}"),
        summary=N_("Part of your meeting may go through a VPN ({product})."),
        meaning=_MEANING,
        steps=_STEPS,
        steps_on=_STEPS_ON,
        steps_managed=_STEPS_MANAGED,
    ),
    "vpn.leaves_meeting_outside": FindingWords(
        title=_OUTSIDE_TITLE,
        headline=N_("A VPN is on; the meeting avoids it"),
        summary=N_("A VPN is on, but your meeting does not go through it: nothing to do."),
    ),
    "vpn.leaves_meeting_outside/named": FindingWords(
        title=_OUTSIDE_TITLE,
        headline=N_("{product}: the meeting avoids it"),
        summary=N_("A VPN ({product}) is on, but your meeting does not go through it: nothing to do."),
    ),
    "vpn.beside_internet": FindingWords(
        title=_BESIDE_TITLE,
        headline=N_("A VPN is on; the meeting may use it"),
        summary=N_("A VPN is on. The Internet does not go through it, but your meeting might."),
        steps=_BESIDE_STEPS,
        steps_managed=_BESIDE_MANAGED,
    ),
    "vpn.beside_internet/named": FindingWords(
        title=_BESIDE_TITLE,
        headline=N_("The meeting, perhaps by {product}"),
        summary=N_("A VPN ({product}) is on. The Internet does not go through it, but your meeting might."),
        steps=_BESIDE_STEPS,
        steps_managed=_BESIDE_MANAGED,
    ),
    "vpn.none": FindingWords(
        title=N_("No VPN on the way"),
        headline=N_("No VPN on the way"),
        summary=N_("Your connection does not go through a VPN."),
    ),
}
