"""A small upload at a call's pace, at rest: what of it had to be sent again tells which way of the line loses.

Round trips don't: one is lost when either way loses it. Of a connection that only sends, the system sends again what the
way up lost; a confirmation that the way down lost is made good by the next one.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from amif_netcheck import winsock
from amif_netcheck.measure.ledger import Ledger, note_connection
from amif_netcheck.measure.throughput.flows import AckedBytes
from amif_netcheck.measure.throughput.protocols import SpeedTestProtocol
from amif_netcheck.measure.web import why
from amif_netcheck.model.facts import PacedUpload, Reason, Unavailable

ResentBytes = Callable[[socket.socket], int | Unavailable]
"""What a connection had to send once more (`Platform.resent_bytes`)."""
_INTERVAL_S = 0.02
"""A voice call's, as that of the train beside it."""
_PIECE_BYTES = 100
_MOST_PIECES = 400
_FEWEST_PIECES = 75
"""Of fewer that were confirmed nothing is told: a second and a half."""
_CONNECT_S = 2.0
_BLOCKED_S = 0.5
"""The system takes no more for so long: the other side does not read."""
_AT_ONCE = winsock.linger(0)


@dataclass(frozen=True)
class _Counts:
    acked: int
    resent: int


def measure(
    protocol: SpeedTestProtocol,
    acked_bytes: AckedBytes,
    resent_bytes: ResentBytes,
    ledger: Ledger,
    *,
    began: float,
    until: float,
    stop: threading.Event,
) -> PacedUpload | Unavailable:
    """Send until `until` (`time.monotonic`), 8 s and 40 kB at most, in a check that began at `began`.

    `UNSUPPORTED`: the system does not count; `TIMEOUT`: too little was confirmed. Else why the server can't be had.
    """
    try:
        connection = protocol.web.open(until=min(until, time.monotonic() + _CONNECT_S))
        sock = connection.sock
        with contextlib.closing(sock), contextlib.closing(connection):
            _ask(connection, protocol)
            upload = _Upload(sock, acked_bytes, resent_bytes)
            before = upload.counts()
            if isinstance(before, Unavailable):
                return before
            begun = time.monotonic()
            upload.send(until, stop)
            after, ended = upload.counts(), time.monotonic()
            note_connection(ledger, sock)
            # What still waits is of no use, and would go on beside the transfers.
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
    except OSError as error:
        return why(error)
    except http.client.HTTPException as error:
        return Unavailable(reason=Reason.BLOCKED, detail=f"no HTTP: {type(error).__name__}")
    if isinstance(after, Unavailable):
        return after
    acked = after.acked - before.acked
    if acked < _FEWEST_PIECES * _PIECE_BYTES:
        return Unavailable(reason=Reason.TIMEOUT, detail="too little was confirmed in time")
    return PacedUpload(
        server=protocol.web.base.host,
        began_s=round(begun - began, 3),
        seconds=round(ended - begun, 3),
        acked_bytes=acked,
        resent_bytes=max(0, after.resent - before.resent),
    )


def _ask(connection: http.client.HTTPConnection, protocol: SpeedTestProtocol) -> None:
    """One request, whose body is longer than what is ever sent of it: the server has nothing to answer before the end."""
    connection.putrequest("POST", protocol.web.target(protocol.upload_page), skip_accept_encoding=True)
    for name, value in protocol.web.headers.items():
        connection.putheader(name, value)
    connection.putheader("Content-Type", "application/octet-stream")
    connection.putheader("Content-Length", str(_PIECE_BYTES * (_MOST_PIECES + 1)))
    connection.endheaders()


class _Upload:
    """The body, piece by piece."""

    def __init__(self, sock: socket.socket, acked_bytes: AckedBytes, resent_bytes: ResentBytes) -> None:
        self._sock, self._acked_bytes, self._resent_bytes = sock, acked_bytes, resent_bytes
        self._handed_over = 0

    def send(self, until: float, stop: threading.Event) -> None:
        """At a call's pace; to the end, or until the server wants no more."""
        piece = os.urandom(_PIECE_BYTES)
        self._sock.settimeout(_BLOCKED_S)
        due = time.monotonic()
        for _number in range(_MOST_PIECES):
            due = max(due + _INTERVAL_S, time.monotonic())  # never a burst after a pause
            if due >= until or stop.wait(max(0.0, due - time.monotonic())):
                return
            try:
                self._sock.sendall(piece)
            except OSError:  # what was counted up to here stays
                return
            self._handed_over += _PIECE_BYTES

    def counts(self) -> _Counts | Unavailable:
        """What the system has counted so far."""
        acked = self._acked_bytes(self._sock, self._handed_over)
        resent = self._resent_bytes(self._sock)
        if isinstance(acked, Unavailable):
            return acked
        return resent if isinstance(resent, Unavailable) else _Counts(acked, resent)
