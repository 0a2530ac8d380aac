"""Words of the profiles of meeting services."""

from __future__ import annotations

from amif_netcheck.advice.language import N_
from amif_netcheck.catalog.meeting_services import Effect, Kind, Protocol, Way

WAYS: dict[Way, str] = {
    "udp": "UDP",
    "tcp": "TCP",
    "tls": "TLS",
    "turn-udp": "TURN/UDP",
    "turn-tcp": "TURN/TCP",
    "turn-tls": "TURN/TLS",
}
"""Terms, the same in every language."""

WAYS_EXPLAINED: dict[Way, str] = {
    "udp": N_("directly"),
    "tcp": N_("directly, as a connection"),
    "tls": N_("as if it were a web page"),
    "turn-udp": N_("by a relay"),
    "turn-tcp": N_("by a relay, as a connection"),
    "turn-tls": N_("by a relay, as if it were a web page"),
}

USES: dict[str, str] = {
    "sound": N_("sound"),
    "video_360p": N_("picture in 360p"),
    "video_720p": N_("picture in 720p"),
    "video_1080p": N_("picture in 1080p"),
    "screen": N_("shared screen"),
}

KINDS: dict[Kind, str] = {
    "at_most": N_("at most"),
    "recommended": N_("recommended"),
    "typical": N_("in general"),
    "measured": N_("measured"),
}

LIMITS: dict[str, str] = {
    "rtt_ms": N_("round trip"),
    "jitter_ms": N_("jitter"),
    "loss_pct": N_("loss"),
}

EFFECTS: dict[Effect, str] = {
    "works": N_("Without UDP the meeting goes by TCP."),
    "worse": N_("Without UDP the meeting goes by TCP, and sound and picture are worse."),
}
PROTOCOLS: dict[Protocol, str] = {
    "xmpp": N_(
        "Its participants are brought together by XMPP, over a WebSocket or BOSH: the check firewall tries it."
    ),
}
EFFECT_UNKNOWN = N_("What becomes of the meeting without UDP is not known.")
