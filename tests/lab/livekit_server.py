"""The signalling of a LiveKit server, as far as entering a room goes: no registry has the server itself, which is in Go.

`python livekit_server.py PORT TOKEN RELAY-URI USERNAME CREDENTIAL`. Its messages are made with LiveKit's own definitions
(livekit-protocol), its WebSockets with the `websockets` library, its answers to who may not enter those of LiveKit's
`rtcservice.go`. It writes a line for everybody who enters, and one for everybody who says that they leave.
"""

from __future__ import annotations

import contextlib
import http
import sys
from typing import NamedTuple
from urllib.parse import urlsplit

from livekit.protocol.rtc import ICEServer, JoinResponse, SignalRequest, SignalResponse
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.sync.server import ServerConnection, serve

VERSION = "1.9.1"


class Relay(NamedTuple):
    """What the server tells of its relay."""

    uri: str
    username: str
    credential: str


def joined(relay: Relay) -> bytes:
    """What is said to who has entered."""
    server = ICEServer(urls=[relay.uri], username=relay.username, credential=relay.credential)
    join = JoinResponse(server_version=VERSION, ice_servers=[server], ping_interval=5, ping_timeout=15)
    return SignalResponse(join=join).SerializeToString()


def _note(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main(port: int, token: str, relay: Relay) -> None:
    """Serve until killed."""

    def admit(connection: ServerConnection, request: Request) -> Response | None:
        page = urlsplit(request.path).path
        if page == "/rtc" and "Upgrade" not in request.headers:  # as nobody listens there for anything else
            return connection.respond(http.HTTPStatus.NOT_FOUND, "404\n")
        if request.headers.get("Authorization") != f"Bearer {token}":
            return connection.respond(http.HTTPStatus.UNAUTHORIZED, "invalid token\n")
        if page == "/rtc/validate":
            return connection.respond(http.HTTPStatus.OK, "success")
        return None if page == "/rtc" else connection.respond(http.HTTPStatus.NOT_FOUND, "404\n")

    def enter(connection: ServerConnection) -> None:
        _note("entered")
        connection.send(joined(relay))
        with contextlib.suppress(ConnectionClosed):
            for message in connection:
                if isinstance(message, bytes) and SignalRequest.FromString(message).HasField("leave"):
                    _note("left")

    with serve(enter, "127.0.0.1", port, process_request=admit) as server:
        server.serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], Relay(*sys.argv[3:6]))
