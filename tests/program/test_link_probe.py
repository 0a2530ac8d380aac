"""The link probe over loopback: which server's word counts, and what is no loss of the line's."""

from __future__ import annotations

import socket
import threading
import time
from ipaddress import ip_address

import pytest

from amif_netcheck.catalog.meeting_services import MeetingService, Rung
from amif_netcheck.measure import idle, servers
from amif_netcheck.measure.ledger import Ledger
from amif_netcheck.measure.names import Names
from amif_netcheck.model.address import Server, UdpProtocol
from amif_netcheck.model.facts import (
    NOT_REQUESTED,
    LinkFacts,
    NameLookup,
    ProbeMethod,
    Reason,
    Train,
    Unavailable,
)
from amif_netcheck.platforms.answers import Gateway
from amif_netcheck.platforms.recorded import Machine, Recorded
from amif_netcheck.prediction.foretell import foretell
from amif_netcheck.probes import link
from amif_netcheck.probes.context import Context
from tests.program.test_trains import server, stun
from tests.systems import needs_udp_refusals


@pytest.fixture
def fast_trains(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four times a call's pace."""
    monkeypatch.setattr(idle, "INTERVAL_S", 0.005)


def probe(context: Context, seconds: float) -> LinkFacts | Unavailable:
    return link.probe(context, time.monotonic() + seconds, undecided=lambda _train: False, foretell=foretell)


def measured(
    *ports: int, gateway: Gateway | None = None, offline: bool = False, until_s: float = 12.0
) -> LinkFacts | Unavailable:
    context = Context(
        platform=Recorded(Machine(gateway=gateway)),
        stun=tuple(Server("127.0.0.1", port) for port in ports),
        quick=True,
        offline=offline,
    )
    return probe(context, until_s)


def internet(*ports: int) -> Train | Unavailable:
    facts = measured(*ports)
    assert isinstance(facts, LinkFacts)
    return facts.internet


def test_a_train_to_the_server_that_answers() -> None:
    with server(lambda _n, request: [stun(request)]) as good:
        train = internet(good)
    assert isinstance(train, Train)
    assert (train.method, train.sent, train.received, train.loss_pct) == (ProbeMethod.STUN, 100, 100, 0)
    assert 0 < train.rtt_ms.min <= train.rtt_ms.median


@pytest.mark.usefixtures("fast_trains")
@pytest.mark.parametrize("there", [True, False], ids=["answers", "silent"])
def test_the_meeting_s_own_relay_comes_first_where_it_answers(*, there: bool) -> None:
    with (
        server(lambda _n, request: [stun(request)] if there else []) as relay,
        server(lambda _n, request: [stun(request)]) as default,
    ):
        rung = Rung(way="turn-udp", ports=(str(relay),), host="127.0.0.1")
        context = Context(
            platform=Recorded(Machine()),
            stun=(Server("localhost", default),),
            quick=True,
            meeting="127.0.0.2",
            service=MeetingService(ladder=(rung,)),
        )
        facts = probe(context, 12.0)
    assert isinstance(facts, LinkFacts)
    assert isinstance(facts.internet, Train)
    assert facts.internet.server == ("127.0.0.1" if there else "localhost")


@pytest.mark.usefixtures("fast_trains")
def test_loss_to_one_server_alone_is_that_servers_own() -> None:
    limited = lambda n, request: [stun(request)] if n < 1 or n % 4 == 0 else []  # noqa: E731
    with server(limited) as limiting, server(lambda n, request: [stun(request)] if n else []) as slower:
        train = internet(limiting, slower)
    assert isinstance(train, Train)
    assert train.loss_pct == 0
    assert train.sent == 100


@pytest.mark.usefixtures("fast_trains")
def test_loss_to_every_server_is_the_lines() -> None:
    lossy = lambda n, request: [] if n % 5 == 4 else [stun(request)]  # noqa: E731
    with server(lossy) as one, server(lossy) as other:
        train = internet(one, other)
    assert isinstance(train, Train)
    assert train.loss_pct == pytest.approx(20, abs=1)


@pytest.mark.usefixtures("fast_trains")
def test_scattered_loss_that_has_passed_is_neither_good_nor_bad() -> None:
    bucket = lambda n, request: [] if 20 <= n < 101 and n % 3 == 0 else [stun(request)]  # noqa: E731
    with server(bucket) as limiting, server(lambda n, request: [stun(request)] if n else []) as other:
        train = internet(limiting, other)
    assert isinstance(train, Unavailable)
    assert train.detail.startswith("loss that has passed")


@pytest.mark.usefixtures("fast_trains")
def test_a_hole_in_the_line_that_has_passed_was_no_less_real() -> None:
    holed = lambda n, request: [] if 20 <= n < 60 else [stun(request)]  # noqa: E731
    with server(holed) as one, server(lambda n, request: [stun(request)] if n else []) as other:
        train = internet(one, other)
    assert isinstance(train, Train)
    assert train.loss_pct == pytest.approx(40, abs=1)
    assert train.longest_loss_ms == pytest.approx(200, abs=5)


@pytest.mark.usefixtures("fast_trains")
def test_loss_to_the_only_server_stands() -> None:
    with server(lambda n, request: [] if n % 5 == 4 else [stun(request)]) as only:
        train = internet(only)
    assert isinstance(train, Train)
    assert train.loss_pct == pytest.approx(20, abs=1)


def test_without_time_for_a_second_server_nothing_is_said() -> None:
    limited = lambda n, request: [stun(request)] if n < 1 or n % 4 == 0 else []  # noqa: E731
    with server(limited) as limiting, server(lambda n, request: [stun(request)] if n else []) as slower:
        facts = measured(limiting, slower, until_s=5.1)
    assert isinstance(facts, LinkFacts)
    assert facts.internet == Unavailable(
        reason=Reason.TIMEOUT, detail="the server limits its answers; no time to measure with another"
    )


@needs_udp_refusals
def test_a_server_that_goes_away_before_the_train_measured_nothing() -> None:
    """It answers the question that chooses it, and then nothing listens there any more."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as once:
        once.bind(("127.0.0.1", 0))
        once.settimeout(5)

        def answer_once() -> None:
            request, peer = once.recvfrom(2048)
            once.sendto(stun(request), peer)
            once.close()

        answering = threading.Thread(target=answer_once)
        answering.start()
        train = internet(once.getsockname()[1])
        answering.join()
    assert isinstance(train, Unavailable)
    assert (train.reason, train.detail) == (Reason.BLOCKED, "the server stopped listening")


def test_a_silent_test_point_of_our_own_is_no_matter_of_names() -> None:
    """Its address is known, so the public servers' unknown names explain nothing."""
    nobody_answers = Names(offline=True)
    with server(lambda _n, _request: []) as port:
        own = Server("127.0.0.1", port, UdpProtocol.ECHO)
        config = idle.IdleConfig((Server("stun.invalid"),), own, 100, 100, 0.5, lambda _train: False)
        at_rest = idle.IdleMeasurement(
            config, nobody_answers, Ledger(), until=time.monotonic() + 6, stop=threading.Event()
        )
        at_rest.run()
    assert at_rest.train == Unavailable(reason=Reason.TIMEOUT, detail="no server answered over UDP")
    assert isinstance(at_rest.lookup, NameLookup)
    assert (at_rest.lookup.asked, at_rest.lookup.resolved) == (2, 1)


def test_offline_sends_nothing() -> None:
    requests = []

    def note(_n: int, request: bytes) -> list[bytes]:
        if request:
            requests.append(request)
        return [stun(request)]

    with server(note) as port:
        facts = measured(port, offline=True, gateway=Gateway(address="127.0.0.1", interface="lo"))
    assert facts == NOT_REQUESTED
    assert requests == []


def test_a_box_that_refuses_connections_tells_its_round_trip_but_never_loss(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Loopback refuses at once on ports where nothing listens; pings and DNS are taken away."""
    from amif_netcheck.measure import gateway  # noqa: PLC0415

    def no(*_: object) -> gateway.Socket:
        raise PermissionError(1, "not here")

    monkeypatch.setattr(gateway, "_open_echo", no)
    monkeypatch.setattr(gateway, "_open_dns", no)
    with server(lambda _n, request: [stun(request)]) as port:
        facts = measured(port, gateway=Gateway(address="127.0.0.1", interface="lo"))
    assert isinstance(facts, LinkFacts)
    assert isinstance(facts.gateway, Train)
    assert facts.gateway.method is ProbeMethod.TCP
    assert isinstance(facts.gateway.loss_pct, Unavailable)
    assert 10 <= facts.gateway.received == facts.gateway.sent


def test_a_box_that_crashes_our_probe_is_an_error_of_ours() -> None:
    class Broken(Recorded):
        def gateway(self) -> Gateway | Unavailable:
            raise ZeroDivisionError

    with server(lambda _n, request: [stun(request)]) as port:
        context = Context(platform=Broken(Machine()), stun=(Server("127.0.0.1", port),), quick=True)
        facts = probe(context, 12)
    assert isinstance(facts, LinkFacts)
    assert isinstance(facts.gateway, Unavailable)
    assert facts.gateway.reason is Reason.ERROR
    assert isinstance(facts.internet, Train)


@pytest.mark.parametrize(("address", "reachable"), [("127.0.0.1", True), ("::1", None), ("240.0.0.1", None)])
def test_a_way_out_is_looked_up_without_sending(address: str, reachable: bool | None) -> None:
    found = servers.route_error([ip_address(address)])
    assert found is None or found.reason in {Reason.NOT_PRESENT, Reason.BLOCKED}
    if reachable:
        assert found is None
