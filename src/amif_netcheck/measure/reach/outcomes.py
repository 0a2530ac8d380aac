"""Errors of the system as outcomes: blocked, refused, silent and broken off are different things."""

from __future__ import annotations

import errno
import http.client
import ssl

from amif_netcheck.measure.dialling import ProxyError, ProxyUnreachableError
from amif_netcheck.model.facts import Outcome, Reason, Unavailable

_OUTCOMES = {
    errno.ECONNREFUSED: Outcome.REFUSED,
    errno.EACCES: Outcome.FORBIDDEN,
    errno.EPERM: Outcome.FORBIDDEN,
    errno.EHOSTUNREACH: Outcome.UNREACHABLE,
    errno.ENETUNREACH: Outcome.UNREACHABLE,
    errno.ETIMEDOUT: Outcome.SILENT,
    errno.EADDRNOTAVAIL: Outcome.NO_ROUTE,
    errno.EAFNOSUPPORT: Outcome.NO_ROUTE,
}
_WINDOWS = {10061: Outcome.REFUSED, 10013: Outcome.FORBIDDEN, 10065: Outcome.UNREACHABLE}
"""WSAECONNREFUSED, WSAEACCES, WSAEHOSTUNREACH, which a socket's SO_ERROR gives as numbers."""


def nameless(lookup: Unavailable) -> Outcome:
    """Why there is no address to ask: the name is none, the name servers can't find out, or nobody said."""
    outcomes = {Reason.NOT_PRESENT: Outcome.NO_NAME, Reason.BLOCKED: Outcome.NAME_FAILED}
    return outcomes.get(lookup.reason, Outcome.NAMES_SILENT)


def outcome_of(error: OSError) -> Outcome:
    """What an error says about the way; of TLS and of a connection that was there already: that it was broken off."""
    if isinstance(error, ProxyError):
        return _of_proxy(error.status)
    if isinstance(error, ProxyUnreachableError):
        return Outcome.PROXY_DEAD if error.is_named else Outcome.PROXY_NO_NAME
    if isinstance(error, TimeoutError):
        return Outcome.SILENT
    if isinstance(error, (ssl.SSLError, ConnectionResetError, BrokenPipeError, ConnectionAbortedError)):
        return Outcome.CUT
    number = error.errno or 0
    return _OUTCOMES.get(number) or _WINDOWS.get(number) or Outcome.SILENT


def _of_proxy(status: int) -> Outcome:
    """What a proxy that opened no tunnel answered instead."""
    if status == http.client.PROXY_AUTHENTICATION_REQUIRED:
        return Outcome.PROXY_PASSWORD
    return Outcome.PROXY_FAILED if status >= http.client.INTERNAL_SERVER_ERROR else Outcome.PROXY_REFUSED
