"""The signalling of Jitsi Meet (XMPP): does it come through by the one way that the server tells browsers to take?

As its page does, this reads `config.js` first: there is the address of a WebSocket (RFC 7395), or else of BOSH (XEP-0124,
XEP-0206). The page takes the WebSocket where one is named and does not turn to BOSH when that fails (jitsi/jitsi-meet,
issue 8049). A stream is opened and closed; nobody logs in, and no room is named.
"""

from __future__ import annotations

import contextlib
import http.client
import re
import secrets
import socket
import time
from xml.sax.saxutils import quoteattr

from amif_netcheck.measure.reach import jitsi_config, outcomes
from amif_netcheck.measure.reach.signalling import ENOUGH_S, LATE, Entered, Refusal, Visit
from amif_netcheck.measure.reach.websocket import Opening
from amif_netcheck.model.facts import Outcome, Unavailable

_CONFIG = "config.js"
_LONGEST_CONFIG = 256 * 1024
_LONGEST_BODY = 16 * 1024
_PARTING_S = 0.5
_FRAMING = "urn:ietf:params:xml:ns:xmpp-framing"
_HTTPBIND = "http://jabber.org/protocol/httpbind"
_HIGHEST_RID = 2**53 - 2
"""Of BOSH's numbers of requests (XEP-0124, section 14.2), with room for one more."""
_XML = {"Content-Type": "text/xml; charset=utf-8"}


def greet(visit: Visit, sock: socket.socket) -> Entered | Unavailable:
    """Greet the XMPP server of the Jitsi Meet that is visited, and take leave."""
    try:
        status, script = visit.page(sock, _CONFIG, most=_LONGEST_CONFIG)
    except OSError as error:
        return _broken(error)
    text = script.decode("utf-8", "replace") if status == http.client.OK else ""
    config = jitsi_config.read(text)
    domain = config.domain or visit.base.host
    socket_page, bosh_page = (
        jitsi_config.page_of(address, visit.base) if address else None
        for address in (config.websocket, config.bosh)
    )
    if visit.stop.is_set():
        return LATE
    if socket_page is not None:
        return _by_websocket(domain, socket_page, bosh_page, visit)
    if bosh_page is not None and not config.websocket:
        return _by_bosh(domain, bosh_page, visit)
    return Entered(Outcome.NO_ROOM)


def _by_websocket(domain: str, page: str, bosh_page: str | None, visit: Visit) -> Entered | Unavailable:
    hello = f"<open xmlns={quoteattr(_FRAMING)} to={quoteattr(domain)} version='1.0'/>"
    goodbye = f"<close xmlns={quoteattr(_FRAMING)}/>"
    try:
        sock = visit.open()
    except OSError as error:
        return _broken(error)
    began = time.monotonic()
    with contextlib.closing(sock):
        said = visit.first_message(sock, Opening(page, visit.origin, "xmpp", hello, goodbye))
    if isinstance(said, bytes):
        is_xmpp = _FRAMING.encode() in said or b"<stream:" in said
        return Entered(Outcome.ANSWERED if is_xmpp else Outcome.NO_ROOM)
    if said.status == http.client.TOO_MANY_REQUESTS:
        return Entered(Outcome.NO_ROOM)
    if said.trouble is Outcome.SILENT and time.monotonic() - began < ENOUGH_S:
        return LATE
    return _told_by_bosh(domain, bosh_page, said, visit)


def _told_by_bosh(domain: str, page: str | None, refusal: Refusal, visit: Visit) -> Entered | Unavailable:
    """Is the server there, and the WebSocket alone cut off? BOSH proves it; without it, only that the connection was cut."""
    if visit.stop.is_set():
        return LATE
    is_answered = refusal.status or refusal.trouble is Outcome.ANSWERED
    if page is not None:
        bosh = _by_bosh(domain, page, visit)
        if isinstance(bosh, Unavailable):
            return bosh
        if bosh.outcome is Outcome.ANSWERED:
            return Entered(Outcome.NO_WEBSOCKET)
        return Entered(Outcome.NO_ROOM) if is_answered else bosh
    if refusal.trouble is Outcome.SILENT:
        return LATE
    return Entered(Outcome.NO_ROOM if is_answered else Outcome.NO_WEBSOCKET)


def _by_bosh(domain: str, page: str, visit: Visit) -> Entered | Unavailable:
    rid = secrets.randbelow(_HIGHEST_RID) + 1
    create = (
        f"<body xmlns={quoteattr(_HTTPBIND)} to={quoteattr(domain)} rid='{rid}' ver='1.6' hold='1' wait='5' "
        "content='text/xml; charset=utf-8' xmlns:xmpp='urn:xmpp:xbosh' xmpp:version='1.0'/>"
    )
    try:
        status, answer = visit.page(visit.open(), page, _XML, create, most=_LONGEST_BODY)
    except OSError as error:
        return _broken(error)
    if status != http.client.OK or _HTTPBIND.encode() not in answer:
        return Entered(Outcome.NO_ROOM)
    session = re.search(rb"\ssid=(['\"])([\w.:=+/-]{1,200})\1", answer)
    if session:
        sid = session.group(2).decode()
        end = f"<body xmlns={quoteattr(_HTTPBIND)} sid={quoteattr(sid)} rid='{rid + 1}' type='terminate'/>"
        with contextlib.suppress(OSError):  # it ends by itself soon
            by = time.monotonic() + _PARTING_S
            visit.page(visit.open(by), page, _XML, end, most=_LONGEST_BODY, by=by)
    return Entered(Outcome.ANSWERED)


def _broken(error: OSError) -> Entered | Unavailable:
    outcome = outcomes.outcome_of(error)
    return LATE if outcome is Outcome.SILENT else Entered(outcome)
