"""What `firewall` finds, beside what is said of certificates (`checks.certificates`)."""

from __future__ import annotations

from functools import partial

from amif_netcheck.checks import certificates, limits, link_findings, vpn
from amif_netcheck.checks.spec import FindingSpec
from amif_netcheck.checks.unknown import unknown_spec
from amif_netcheck.model.finding import Severity

ALL_CLOSED = "all_closed"
"""Variant: well-known web servers do not open either."""
FAILED = "failed"
"""Variant: who was asked for it could not find it, or not reach it."""
NO_NAME = "no_name"
"""Variant: its name is unknown."""
FIRST = "first"
"""Variant: the one that is asked before the others."""
BY_SCRIPT = "by_script"
"""Variant: browsers may ask a script for a proxy, and get out through that."""
WAY_SEEN, WAY_PROBABLE = "way_seen", "way_probable"
"""Variants: on which way sound and picture will go, where something answered on it, and where only its kind passes."""
CONNECTION = "connection"
"""Variant: sound and picture are left a connection of their own (TCP)."""
LIKE_WEB = "like_web"
"""Variant: they are left a connection that looks like a web page's (TLS)."""
NO_WEBSOCKET = "no_websocket"
"""Variant: the service's server answers, and no WebSocket to it comes through."""
NOT_ADMITTED, NO_ROOM = "not_admitted", "no_room"
"""Variants: a service does not know the token or password of the settings, or has no room for us."""
UNREACHABLE, UNTRUSTED = "unreachable", "untrusted"
"""Variants: the service was not reached, or not seen to the end; or nobody vouches for who answers in its name."""
SLOW, FAST = "slow", "fast"
"""Variants: which way a clock is off."""
FAMILIES = ("ipv4", "ipv6")

_NOTE = (Severity.INFO,)
_WARNING = (Severity.WARNING,)
_CRITICAL = (Severity.CRITICAL,)
_UNTOLD = (Severity.UNKNOWN,)
_of_server = partial(FindingSpec, private={"server": "host"})
_about_meeting = partial(_of_server, severities=_CRITICAL, effort_min=5)
_proxy_note = partial(_of_server, severities=_NOTE, nothing_to_do=True, vocabulary=("from", "kind"))

_media = partial(FindingSpec, vocabulary=("way", "media_ports", "without_udp"))

OPEN = _media("firewall.open", (Severity.OK,), variants=(WAY_SEEN, WAY_PROBABLE))
CAPTIVE_PORTAL = _of_server(
    "firewall.captive_portal", _CRITICAL, explains=(*link_findings.FINDINGS, vpn.UNKNOWN), effort_min=1
)
SENDING_FORBIDDEN = FindingSpec(
    "firewall.sending_forbidden", _CRITICAL, explains=(*link_findings.FINDINGS, vpn.UNKNOWN), effort_min=2
)
LARGE_PACKETS_LOST = _of_server(
    "firewall.large_packets_lost",
    (Severity.WARNING, Severity.CRITICAL),
    explains=(link_findings.RATES_UNKNOWN, link_findings.DOWNLOAD, link_findings.UPLOAD),
    vocabulary=("ways",),
    effort_min=5,
)
MEETING_FORBIDDEN = _about_meeting("firewall.meeting_forbidden")
MEETING_REFUSED = _about_meeting("firewall.meeting_refused", variants=(ALL_CLOSED,))
MEETING_CUT = _about_meeting("firewall.meeting_cut", variants=(ALL_CLOSED,))
MEETING_SILENT = _about_meeting("firewall.meeting_silent", variants=(ALL_CLOSED,))
MEETING_NO_NAME = _about_meeting("firewall.meeting_no_name", variants=(FAILED,))
MEETING_NAME_SILENT = _of_server("firewall.meeting_name_silent", _UNTOLD)
MEETING_NO_ROUTE = _about_meeting("firewall.meeting_no_route", variants=FAMILIES)
MEETING_SUNK = _about_meeting("firewall.meeting_sunk")
MEETING_REFUSED_BY_PROXY = _about_meeting("firewall.meeting_refused_by_proxy", variants=(FAILED,))
PROXY_IN_THE_WAY = _of_server("firewall.proxy_in_the_way", _WARNING, variants=(FAILED,), effort_min=2)
PROXY_DEAD = _of_server(
    "firewall.proxy_dead",
    (Severity.INFO, Severity.WARNING, Severity.CRITICAL),
    variants=(NO_NAME,),
    vocabulary=("from",),
    effort_min=2,
)
PROXY_PASSWORD = _of_server("firewall.proxy_password", _UNTOLD)
PROXY_UNSPOKEN = FindingSpec("firewall.proxy_unspoken", _UNTOLD)
WEB_BLOCKED = FindingSpec("firewall.web_blocked", _WARNING, effort_min=5)
WEB_UNKNOWN = FindingSpec("firewall.web_unknown", _UNTOLD)
NO_NAMES = FindingSpec("firewall.no_names", _UNTOLD)
NOTHING_ANSWERS = FindingSpec("firewall.nothing_answers", _UNTOLD, variants=(BY_SCRIPT,))
UDP_BLOCKED = FindingSpec(
    "firewall.udp_blocked",
    _WARNING,
    variants=(CONNECTION, LIKE_WEB),
    explains=(link_findings.NO_ANSWER,),
    vocabulary=("how", "family", "way", "media_ports", "without_udp"),
    effort_min=5,
)
MEETING_UDP_BLOCKED = _media(
    "firewall.meeting_udp_blocked", _WARNING, variants=(CONNECTION, LIKE_WEB), effort_min=5
)
MEDIA_RELAYED = _media("firewall.media_relayed", _NOTE, nothing_to_do=True)
MEDIA_BLOCKED = _media("firewall.media_blocked", _CRITICAL, explains=(link_findings.NO_ANSWER,), effort_min=5)
SIGNALLING_BLOCKED = _about_meeting("firewall.signalling_blocked", variants=(NO_WEBSOCKET, UNTRUSTED))
SERVICE_UNTESTED = _of_server(
    "firewall.service_untested",
    (Severity.INFO, Severity.UNKNOWN),
    variants=(NOT_ADMITTED, NO_ROOM, UNREACHABLE),
)
RELAY_TURNS_AWAY = _of_server(
    "firewall.relay_turns_away", _NOTE, variants=(NOT_ADMITTED,), nothing_to_do=True
)
MEDIA_UNKNOWN = FindingSpec("firewall.media_unknown", _UNTOLD)
UDP_UNKNOWN = FindingSpec("firewall.udp_unknown", _UNTOLD)
PROXY = _proxy_note("firewall.proxy")
PROXY_CHOSEN_BY_SCRIPT = _proxy_note("firewall.proxy_chosen_by_script")
NAMES_INVENTED = FindingSpec("firewall.names_invented", _NOTE, nothing_to_do=True)
NAMES_SLOW = FindingSpec("firewall.names_slow", _NOTE, limits=(limits.NAMES,))
NAME_SERVER_DEAD = FindingSpec(
    "firewall.name_server_dead", _NOTE, variants=(FIRST,), explains=(NAMES_SLOW,), private={"server": "ip"}
)
CLOCK_OFF = FindingSpec("firewall.clock_off", _NOTE, variants=(SLOW, FAST), effort_min=2)
MEETING_INSIDE = FindingSpec("firewall.meeting_inside", _NOTE, nothing_to_do=True)
IPV6_BROKEN = FindingSpec("firewall.ipv6_broken", _NOTE, nothing_to_do=True)
UNKNOWN = unknown_spec("firewall")

FINDINGS = (
    *(OPEN, CAPTIVE_PORTAL, SENDING_FORBIDDEN, LARGE_PACKETS_LOST),
    *(MEETING_FORBIDDEN, MEETING_REFUSED, MEETING_CUT, MEETING_SILENT, MEETING_NO_NAME, MEETING_NO_ROUTE),
    MEETING_NAME_SILENT,
    *(MEETING_REFUSED_BY_PROXY, MEETING_SUNK, PROXY_IN_THE_WAY, PROXY_DEAD, PROXY_PASSWORD, PROXY_UNSPOKEN),
    *(WEB_BLOCKED, WEB_UNKNOWN, NO_NAMES, NOTHING_ANSWERS, UDP_BLOCKED, UDP_UNKNOWN, *certificates.FINDINGS),
    *(MEDIA_BLOCKED, MEETING_UDP_BLOCKED, MEDIA_RELAYED, MEDIA_UNKNOWN),
    *(SIGNALLING_BLOCKED, SERVICE_UNTESTED, RELAY_TURNS_AWAY),
    *(PROXY, PROXY_CHOSEN_BY_SCRIPT, NAMES_INVENTED, NAMES_SLOW, NAME_SERVER_DEAD),
    *(CLOCK_OFF, MEETING_INSIDE, IPV6_BROKEN, UNKNOWN),
)
