"""Words for `vpn`."""

from __future__ import annotations

from amif_netcheck.advice.language import N_
from amif_netcheck.advice.words import Words

_MEANING = N_(
    "A VPN is a private tunnel: picture and sound make a detour through it, arrive later, and some tunnels slow them down."
)
_STEPS = (
    N_(
        "If your organisation imposes this VPN, leave it on and tell your IT desk: they can let videoconferences pass beside it."
    ),
    N_("Then run this check again."),
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

WORDS: dict[str, Words] = {
    "vpn.carries_meeting": Words(
        title=_TITLE,
        summary=N_("A VPN carries your meeting."),
        meaning=_MEANING,
        steps=_STEPS,
        steps_on=_STEPS_ON,
    ),
    "vpn.carries_meeting/named": Words(
        title=_TITLE,
        summary=N_("A VPN ({product}) carries your meeting."),
        meaning=_MEANING,
        steps=_STEPS,
        steps_on=_STEPS_ON,
    ),
    "vpn.carries_part": Words(
        title=N_("A VPN carries part of the meeting"),
        summary=N_(
            "A VPN carries part of what you send to the meeting ({family}, but not {family_outside})."
        ),
        meaning=_MEANING,
        steps=_STEPS,
        steps_on=_STEPS_ON,
    ),
    "vpn.carries_part/named": Words(
        title=N_("A VPN carries part of the meeting"),
        summary=N_(
            "A VPN ({product}) carries part of what you send to the meeting ({family}, but not {family_outside})."
        ),
        meaning=_MEANING,
        steps=_STEPS,
        steps_on=_STEPS_ON,
    ),
    "vpn.leaves_meeting_outside": Words(
        title=N_("A VPN is on, beside the meeting"),
        summary=N_("A VPN is on, but your meeting does not go through it: nothing to do."),
    ),
    "vpn.leaves_meeting_outside/named": Words(
        title=N_("A VPN is on, beside the meeting"),
        summary=N_("A VPN ({product}) is on, but your meeting does not go through it: nothing to do."),
    ),
    "vpn.none": Words(
        title=N_("No VPN on the way"),
        summary=N_("No VPN on the way to the meeting."),
    ),
}
