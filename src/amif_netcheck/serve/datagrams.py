"""The UDP side: one thread answers echoes and STUN, and takes and sends the packets of calls.

One thread, not one a call: threads that wake for every packet would wait for each other (the interpreter runs one at a
time), and the queue of the socket would overflow meanwhile.
"""

from __future__ import annotations

import contextlib
import time

from amif_netcheck.measure import wire
from amif_netcheck.measure.fine_waits import fine_waits
from amif_netcheck.measure.socket_errors import Trouble, trouble
from amif_netcheck.measure.wire import Kind
from amif_netcheck.serve.calls import Calls
from amif_netcheck.serve.clients import RateLimiter, client_of, plain
from amif_netcheck.serve.echoes import Datagram, Echoes, stun_answer
from amif_netcheck.serve.udp_socket import Peer, SourceAwareUdpSocket

_LONGEST = 2048
_PAUSE_S = 0.01
_OF_ONE = {Trouble.REFUSED, Trouble.HOST_UNREACHABLE, Trouble.TOO_LONG}
"""What Windows says in the place of a datagram, of one client's alone: an answer found nobody, or it is too long."""
_CALL_KINDS = {Kind.CALL_OPEN, Kind.AUDIO, Kind.VIDEO, Kind.CALL_END}


class Datagrams:
    """Serves one UDP socket."""

    def __init__(self, udp: SourceAwareUdpSocket, calls: Calls, packets_s: int) -> None:
        self._udp, self._calls = udp, calls
        self._echoes = Echoes()
        self._rate = RateLimiter(packets_s)

    def run(self) -> None:
        """Serve until the socket is closed."""
        paced = False
        with contextlib.ExitStack() as pace:  # waits end exactly as long as there are calls
            while not self._udp.closed:
                wait_s = self._calls.play()
                if paced and wait_s is None:
                    pace.close()
                elif not paced and wait_s is not None:
                    pace.enter_context(fine_waits())
                paced = wait_s is not None
                try:
                    received = self._udp.receive(_LONGEST + 1, wait_s)
                except (OSError, ValueError) as error:
                    if not isinstance(error, OSError) or trouble(error, datagrams=True) not in _OF_ONE:
                        time.sleep(_PAUSE_S)  # the socket was closed
                    continue
                if received is not None:
                    self._take(*received)

    def _take(self, data: bytes, peer: Peer) -> None:
        datagram = Datagram(data, peer, plain(peer.address[0]), time.perf_counter_ns())
        if len(data) > _LONGEST or not self._rate.allows(client_of(datagram.address)):
            return
        answer = self._answer(datagram)
        if answer is not None:
            with contextlib.suppress(OSError):  # a packet lost
                self._udp.send(answer, peer)

    def _answer(self, datagram: Datagram) -> bytes | None:
        """What goes back, never longer than what came; None: nothing."""
        packet = wire.parse(datagram.data)
        if packet is None:
            return stun_answer(datagram.data, datagram.address, datagram.peer.address[1])
        if packet.kind is Kind.ECHO:
            return self._echoes.answer(packet, datagram)
        return self._calls.hear(packet, datagram) if packet.kind in _CALL_KINDS else None
