"""Words for the ways of sound and picture, which `firewall` finds open or closed."""

from __future__ import annotations

from amif_netcheck.advice.firewall import CANNOT_JOIN, DESK, LINK, NOTHING_TO_DO, PHONE, VPN
from amif_netcheck.advice.language import N_
from amif_netcheck.advice.words import AGAIN, FindingWords

_FREE = N_("Nothing stands in the way")
_FREE_LINE = N_("Sound and picture get through")
_CLOSED_LINE = N_("Fast way for sound and picture closed")
_CLOSED = N_("The fast way for sound and picture is closed")
_SERVICE_CLOSED = N_("The meeting's fast way is closed")
_SLOWER = N_("Sound and picture take a slower way: they may lag or freeze as soon as the line is busy.")
_LET_OUT = (
    VPN,
    N_(
        "On your organisation's network, ask your IT desk to let videoconferences out (UDP); the report says which ports."
    ),
    PHONE,
    AGAIN,
)

_LET_IN = N_(
    "Ask your IT desk to let the meeting's server through, WebSocket connections included; the report names it."
)

_UNTESTED = N_("The meeting's service could not be tested")
_NOT_TESTED = N_("Meeting's service could not be tested")
_TURNED_AWAY = N_("The meeting's relay turned the test away")
_AWAY = N_("The relay turned the test away")

WORDS: dict[str, FindingWords] = {
    "firewall.open/way_seen": FindingWords(
        title=_FREE,
        headline=_FREE_LINE,
        summary=N_("Sound and picture can leave by the meeting's best way ({way}, port {media_ports})."),
    ),
    "firewall.open/way_probable": FindingWords(
        title=_FREE,
        headline=_FREE_LINE,
        summary=N_("Sound and picture can leave this network freely, by the meeting's best way ({way})."),
    ),
    "firewall.udp_blocked": FindingWords(
        title=_CLOSED,
        headline=_CLOSED_LINE,
        summary=N_(
            "This network holds back the fast way for sound and picture; the meeting will work, less well."
        ),
        meaning=_SLOWER,
        steps=_LET_OUT,
    ),
    "firewall.udp_blocked/connection": FindingWords(
        title=_CLOSED,
        headline=_CLOSED_LINE,
        summary=N_(
            "This network holds back the fast way; the meeting will use a slower one ({way}, port {media_ports})."
        ),
        meaning=_SLOWER,
        steps=_LET_OUT,
    ),
    "firewall.udp_blocked/like_web": FindingWords(
        title=_CLOSED,
        headline=_CLOSED_LINE,
        summary=N_(
            "This network holds back the fast way; the meeting is left that of web pages ({way}, port {media_ports})."
        ),
        meaning=_SLOWER,
        steps=_LET_OUT,
    ),
    "firewall.meeting_udp_blocked": FindingWords(
        title=_SERVICE_CLOSED,
        headline=_SERVICE_CLOSED,
        summary=N_("This network holds back the meeting's fast way; the meeting will work, less well."),
        meaning=_SLOWER,
        steps=_LET_OUT,
    ),
    "firewall.meeting_udp_blocked/connection": FindingWords(
        title=_SERVICE_CLOSED,
        headline=_SERVICE_CLOSED,
        summary=N_(
            "This network holds back the meeting's fast way; it will use a slower one ({way}, port {media_ports})."
        ),
        meaning=_SLOWER,
        steps=_LET_OUT,
    ),
    "firewall.meeting_udp_blocked/like_web": FindingWords(
        title=_SERVICE_CLOSED,
        headline=_SERVICE_CLOSED,
        summary=N_(
            "This network holds back the meeting's fast way; it is left that of web pages ({way}, port {media_ports})."
        ),
        meaning=_SLOWER,
        steps=_LET_OUT,
    ),
    "firewall.media_relayed": FindingWords(
        title=N_("Sound and picture make a detour"),
        headline=N_("Sound and picture make a detour"),
        summary=N_(
            "The direct way is closed here; the meeting will go through its relay ({way}, port {media_ports}), a little later."
        ),
        steps=(NOTHING_TO_DO,),
    ),
    "firewall.media_blocked": FindingWords(
        title=N_("Sound and picture can't leave"),
        headline=N_("Sound and picture can't leave"),
        summary=N_("The meeting's page opens, but this network closes every way for its sound and picture."),
        meaning=N_("You would see the meeting's page, and neither hear nor see anybody."),
        steps=(
            VPN,
            PHONE,
            N_("Ask your IT desk to let the meeting's sound and picture out; the report says which ports."),
            AGAIN,
        ),
    ),
    "firewall.signalling_blocked": FindingWords(
        title=N_("The meeting's server can't be reached"),
        headline=N_("The meeting's own server stays closed"),
        summary=N_("The server that connects the meeting's participants can't be reached from here."),
        meaning=CANNOT_JOIN,
        steps=(VPN, PHONE, _LET_IN, AGAIN),
    ),
    "firewall.signalling_blocked/no_websocket": FindingWords(
        title=N_("The connection to the meeting is blocked"),
        headline=N_("The connection to the meeting is blocked"),
        summary=N_(
            "The meeting's server answers, but the lasting connection (WebSocket) that a meeting needs is blocked, here or there."
        ),
        meaning=CANNOT_JOIN,
        steps=(VPN, PHONE, _LET_IN, AGAIN),
    ),
    "firewall.signalling_blocked/untrusted": FindingWords(
        title=N_("The meeting's server can't prove who it is"),
        headline=N_("The meeting's server can't prove who it is"),
        summary=N_(
            "The server that says it is the meeting's could not prove it: your browser would refuse it, and our test went no further."
        ),
        meaning=CANNOT_JOIN,
        steps=(PHONE, DESK, AGAIN),
    ),
    "firewall.service_untested": FindingWords(
        title=_UNTESTED,
        headline=_NOT_TESTED,
        summary=N_("The server that connects the meeting's participants could not be tested."),
        steps=(DESK, AGAIN),
    ),
    "firewall.service_untested/not_admitted": FindingWords(
        title=_UNTESTED,
        headline=N_("The service did not let the test in"),
        summary=N_(
            "The meeting's service did not let our test in: the token in the settings may be out of date."
        ),
        steps=(NOTHING_TO_DO,),
    ),
    "firewall.service_untested/no_room": FindingWords(
        title=_UNTESTED,
        headline=N_("The service has no room for the test"),
        summary=N_(
            "The meeting's service answers, and not as expected: it may be out of order, or its address in the settings wrong."
        ),
        steps=(DESK, AGAIN),
    ),
    "firewall.service_untested/unreachable": FindingWords(
        title=_UNTESTED,
        headline=_NOT_TESTED,
        summary=N_(
            "The server that connects the meeting's participants could not be tested: it did not answer in full in time, or was not found."
        ),
        steps=(DESK, AGAIN),
    ),
    "firewall.relay_turns_away": FindingWords(
        title=_TURNED_AWAY,
        headline=_AWAY,
        summary=N_(
            "The meeting's relay answers, but gave our test no place: it may be full, or refuse the password."
        ),
        steps=(NOTHING_TO_DO,),
    ),
    "firewall.relay_turns_away/not_admitted": FindingWords(
        title=_TURNED_AWAY,
        headline=_AWAY,
        summary=N_(
            "The meeting's relay answers, but turned our test away: the password in the settings may be out of date."
        ),
        steps=(NOTHING_TO_DO,),
    ),
    "firewall.media_unknown": FindingWords(
        title=N_("Could not be checked"),
        headline=N_("Way of sound and picture not known"),
        summary=N_("Check impossible: which way the meeting's sound and picture would go is not known."),
        steps=(LINK, DESK, AGAIN),
    ),
}
