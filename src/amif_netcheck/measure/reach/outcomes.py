"""Errors of the system as outcomes: blocked, refused, silent and broken off are different things."""

from __future__ import annotations

import errno
import http.client
import ssl

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
    """Why there is no address to ask: the name is none, or nobody said."""
    return Outcome.NO_NAME if lookup.reason is Reason.NOT_PRESENT else Outcome.NAMES_SILENT


def of(error: OSError) -> Outcome:
    """What an error says about the way; of TLS and of a connection that was there already: that it was broken off."""
    if isinstance(error, TimeoutError):
        return Outcome.SILENT
    if isinstance(error, (ssl.SSLError, ConnectionResetError, BrokenPipeError, ConnectionAbortedError)):
        return Outcome.CUT
    number = error.errno or 0
    return _OUTCOMES.get(number) or _WINDOWS.get(number) or Outcome.SILENT


def of_proxy(status: int) -> Outcome:
    """What a proxy that opened no tunnel answered instead."""
    is_unknown = status == http.client.PROXY_AUTHENTICATION_REQUIRED
    return Outcome.PROXY_PASSWORD if is_unknown else Outcome.PROXY_REFUSED
