"""How much a relay is asked over datagrams that come late or not at all, and that nothing is left behind there."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import ip_address

from aioice import stun

from amif_netcheck.measure.ledger import Ledger
from amif_netcheck.measure.names import Names, TheseAddresses
from amif_netcheck.measure.reach import relay
from amif_netcheck.measure.reach.udp import Target
from amif_netcheck.measure.reach.web import WebTarget
from amif_netcheck.measure.turn import Credentials
from amif_netcheck.model.facts import Outcome, Role

MAYOR = Credentials("maire", "geheim")
TIME_S = 4.0


def refused(request: bytes, code: int, nonce: bytes) -> bytes:
    asked = stun.parse_message(request)
    said = stun.Message(stun.Method.ALLOCATE, stun.Class.ERROR, transaction_id=asked.transaction_id)
    said.attributes.update({"ERROR-CODE": (code, "?"), "REALM": "turn.example", "NONCE": nonce})
    return bytes(said)


@contextmanager
def answering(answer: Callable[[int, bytes], bytes]) -> Iterator[tuple[int, list[bytes]]]:
    """The port of a relay that answers the n-th datagram so, or not at all; and what came."""
    came: list[bytes] = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        sock.settimeout(0.05)
        ended = threading.Event()

        def serve() -> None:
            while not ended.is_set():
                try:
                    datagram, peer = sock.recvfrom(2048)
                except TimeoutError:
                    continue
                came.append(datagram)
                if said := answer(len(came), datagram):
                    sock.sendto(said, peer)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield sock.getsockname()[1], came
            time.sleep(0.2)
        finally:
            ended.set()
            thread.join()


def asked(port: int, *, stop: bool = False) -> Outcome:
    stopping = threading.Event()
    if stop:
        stopping.set()
    place = relay.allocate_by_datagrams(
        Target(Role.MEDIA, "127.0.0.1", port),
        Names(),
        Ledger(),
        until=time.monotonic() + TIME_S,
        stop=stopping,
        credentials=MAYOR,
    )
    return place.reach[0].outcome


def test_a_relay_that_loses_most_is_not_asked_for_ever() -> None:
    def answer(number: int, request: bytes) -> bytes:
        return b"" if number % 3 else refused(request, 401 if number == 3 else 438, b"nonce-%d" % number)

    with answering(answer) as (port, came):
        assert asked(port) is Outcome.SILENT
    assert 8 <= len(came) <= 9
    last = stun.parse_message(came[-1])
    assert (last.message_method, last.attributes["LIFETIME"]) == (stun.Method.REFRESH, 0)


def test_what_may_have_been_given_is_given_back() -> None:
    with answering(lambda number, request: refused(request, 401, b"n") if number == 1 else b"") as (
        port,
        came,
    ):
        assert asked(port) is Outcome.SILENT
    methods = [stun.parse_message(each).message_method for each in came]
    assert methods == [stun.Method.ALLOCATE] * 4 + [stun.Method.REFRESH]


def test_a_name_that_a_filter_sank_tells_nothing_of_the_relay() -> None:
    """Over datagrams, TCP and TLS; nobody listens there."""
    names, ledger, stop = TheseAddresses(ip_address("127.0.0.1")), Ledger(), threading.Event()
    until = time.monotonic() + TIME_S
    target = Target(Role.MEDIA, "turn.example", 9)
    visits = [WebTarget(Role.MEDIA, "turn.example", 9, tls=tls) for tls in (False, True)]
    places = [
        relay.allocate_by_datagrams(target, names, ledger, until=until, stop=stop, credentials=MAYOR),
        *(
            relay.ask_relay(visit, names, ledger, until=until, stop=stop, credentials=known)
            for visit in visits
            for known in (None, MAYOR)
        ),
    ]
    assert {each.outcome for place in places for each in place.reach} == {Outcome.SUNK}


def test_who_stops_asks_nothing() -> None:
    with answering(lambda _number, _request: b"") as (port, came):
        asked(port, stop=True)
    assert came == []
