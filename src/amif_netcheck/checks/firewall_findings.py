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
FAMILIES = ("ipv4", "ipv6")

_NOTE = (Severity.INFO,)
_WARNING = (Severity.WARNING,)
_CRITICAL = (Severity.CRITICAL,)
_UNTOLD = (Severity.UNKNOWN,)
_of_server = partial(FindingSpec, private={"server": "host"})
_about_meeting = partial(_of_server, severities=_CRITICAL)
_proxy_note = partial(_of_server, severities=_NOTE, nothing_to_do=True, vocabulary=("from", "kind"))

OPEN = FindingSpec("firewall.open", (Severity.OK,))
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
PROXY_IN_THE_WAY = _of_server("firewall.proxy_in_the_way", _WARNING, variants=(FAILED,))
PROXY_DEAD = _of_server(
    "firewall.proxy_dead",
    (Severity.INFO, Severity.WARNING, Severity.CRITICAL),
    variants=(NO_NAME,),
    vocabulary=("from",),
)
PROXY_PASSWORD = _of_server("firewall.proxy_password", _UNTOLD)
PROXY_UNSPOKEN = FindingSpec("firewall.proxy_unspoken", _UNTOLD)
WEB_BLOCKED = FindingSpec("firewall.web_blocked", _WARNING)
WEB_UNKNOWN = FindingSpec("firewall.web_unknown", _UNTOLD)
NO_NAMES = FindingSpec("firewall.no_names", _UNTOLD)
NOTHING_ANSWERS = FindingSpec("firewall.nothing_answers", _UNTOLD, variants=(BY_SCRIPT,))
UDP_BLOCKED = FindingSpec(
    "firewall.udp_blocked", _WARNING, explains=(link_findings.NO_ANSWER,), vocabulary=("how", "family")
)
UDP_UNKNOWN = FindingSpec("firewall.udp_unknown", _UNTOLD)
PROXY = _proxy_note("firewall.proxy")
PROXY_CHOSEN_BY_SCRIPT = _proxy_note("firewall.proxy_chosen_by_script")
NAMES_INVENTED = FindingSpec("firewall.names_invented", _NOTE, nothing_to_do=True)
NAMES_SLOW = FindingSpec("firewall.names_slow", _NOTE, limits=(limits.NAMES,))
NAME_SERVER_DEAD = FindingSpec(
    "firewall.name_server_dead", _NOTE, variants=(FIRST,), explains=(NAMES_SLOW,), private={"server": "ip"}
)
MEETING_INSIDE = FindingSpec("firewall.meeting_inside", _NOTE, nothing_to_do=True)
IPV6_BROKEN = FindingSpec("firewall.ipv6_broken", _NOTE, nothing_to_do=True)
UNKNOWN = unknown_spec("firewall")

FINDINGS = (
    *(OPEN, CAPTIVE_PORTAL, SENDING_FORBIDDEN, LARGE_PACKETS_LOST),
    *(MEETING_FORBIDDEN, MEETING_REFUSED, MEETING_CUT, MEETING_SILENT, MEETING_NO_NAME, MEETING_NO_ROUTE),
    MEETING_NAME_SILENT,
    *(MEETING_REFUSED_BY_PROXY, MEETING_SUNK, PROXY_IN_THE_WAY, PROXY_DEAD, PROXY_PASSWORD, PROXY_UNSPOKEN),
    *(WEB_BLOCKED, WEB_UNKNOWN, NO_NAMES, NOTHING_ANSWERS, UDP_BLOCKED, UDP_UNKNOWN, *certificates.FINDINGS),
    *(PROXY, PROXY_CHOSEN_BY_SCRIPT, NAMES_INVENTED, NAMES_SLOW, NAME_SERVER_DEAD),
    *(MEETING_INSIDE, IPV6_BROKEN, UNKNOWN),
)
