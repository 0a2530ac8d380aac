"""Errors of the system as outcomes: blocked, refused, silent and broken off are different things."""

from __future__ import annotations

import http.client
import ssl

from amif_netcheck.measure.dialling import ProxyError, ProxyUnreachableError
from amif_netcheck.measure.socket_errors import Trouble, trouble
from amif_netcheck.model.facts import Outcome, Reason, Unavailable

_OUTCOMES = {
    Trouble.REFUSED: Outcome.REFUSED,
    Trouble.FORBIDDEN: Outcome.FORBIDDEN,
    Trouble.HOST_UNREACHABLE: Outcome.UNREACHABLE,
    Trouble.NETWORK_UNREACHABLE: Outcome.UNREACHABLE,
    Trouble.NO_ADDRESS: Outcome.NO_ROUTE,
    Trouble.CUT: Outcome.CUT,
}


def nameless(lookup: Unavailable) -> Outcome:
    """Why there is no address to ask: the name is none, the name servers can't find out, or nobody said."""
    outcomes = {Reason.NOT_PRESENT: Outcome.NO_NAME, Reason.BLOCKED: Outcome.NAME_FAILED}
    return outcomes.get(lookup.reason, Outcome.NAMES_SILENT)


def outcome_of(error: OSError, *, datagrams: bool = False) -> Outcome:
    """What an error says about the way; of TLS and of a connection that was there already: that it was broken off."""
    if isinstance(error, ProxyError):
        return _of_proxy(error.status)
    if isinstance(error, ProxyUnreachableError):
        return Outcome.PROXY_DEAD if error.is_named else Outcome.PROXY_NO_NAME
    if isinstance(error, ssl.SSLCertVerificationError):
        return Outcome.UNTRUSTED
    if isinstance(error, ssl.SSLError) and not isinstance(error, TimeoutError):
        return Outcome.CUT
    return _OUTCOMES.get(trouble(error, datagrams=datagrams), Outcome.SILENT)


def _of_proxy(status: int) -> Outcome:
    """What a proxy that opened no tunnel answered instead."""
    if status == http.client.PROXY_AUTHENTICATION_REQUIRED:
        return Outcome.PROXY_PASSWORD
    return Outcome.PROXY_FAILED if status >= http.client.INTERNAL_SERVER_ERROR else Outcome.PROXY_REFUSED
