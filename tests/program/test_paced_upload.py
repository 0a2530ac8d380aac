"""The small upload at rest over loopback: what is sent, to whom, what is told of it, and when nothing is."""

from __future__ import annotations

import socket
import ssl
import sys
import threading
import time
from pathlib import Path

import pytest

from amif_netcheck.measure import paced_upload
from amif_netcheck.measure.ledger import Ledger
from amif_netcheck.measure.names import Names
from amif_netcheck.measure.throughput.protocols import SpeedTestProtocol
from amif_netcheck.measure.throughput.rates import EngineChoice, Rates, RatesConfig
from amif_netcheck.measure.web import Web
from amif_netcheck.model.address import base_of
from amif_netcheck.model.facts import Engine, PacedUpload, Reason, Unavailable
from amif_netcheck.platforms import current
from tests.program import speed_stand_ins as servers
from tests.program.certificates import certificate
from tests.program.measuring import RECOGNISING_S, rates_of
from tests.program.speed_stand_ins import Server, speaking

pytestmark = pytest.mark.usefixtures("no_proxy")


@pytest.fixture(autouse=True)
def _fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty times a call's pace, and an eighth of what is needed."""
    monkeypatch.setattr(paced_upload, "_INTERVAL_S", 0.001)
    monkeypatch.setattr(paced_upload, "_FEWEST_PIECES", 10)


class Counting:
    """A system that counts: all that is handed over is confirmed, and one of ten bytes was sent again, of the head too."""

    def acked(self, sock: socket.socket, handed_over: int) -> int:
        assert sock.fileno() >= 0, "asked before it is closed"
        return 300 + handed_over

    def resent(self, sock: socket.socket) -> int:
        assert sock.fileno() >= 0
        self.asked = getattr(self, "asked", 0) + 1
        return 300 if self.asked == 1 else 4_300


def measured(
    server: Server,
    system: Counting | None = None,
    *,
    seconds: float = 10.0,
    stop: threading.Event | None = None,
    tls: ssl.SSLContext | None = None,
) -> PacedUpload | Unavailable:
    url = server.url if tls is None else server.url.replace("http:", "https:")
    web = Web(base_of(url), Names(), tls=ssl.create_default_context if tls is None else lambda: tls)
    acked, resent = (
        (current().acked_bytes, current().resent_bytes) if system is None else (system.acked, system.resent)
    )
    now = time.monotonic()
    return paced_upload.measure(
        SpeedTestProtocol(Engine.LIBRESPEED, web),
        acked,
        resent,
        Ledger(),
        began=now - 1,
        until=now + seconds,
        stop=stop or threading.Event(),
    )


def test_forty_kilobytes_are_sent_and_what_the_head_cost_counts_for_nothing() -> None:
    with speaking(servers.librespeed()) as server:
        told = measured(server, Counting())
        assert server.visits == [("POST", "/empty.php")]
    assert isinstance(told, PacedUpload)
    assert (told.acked_bytes, told.resent_bytes, told.server) == (40_000, 4_000, "127.0.0.1")
    assert told.began_s >= 1
    assert told.seconds >= 0.4
    assert 30_000 < server.received <= 40_000


@pytest.mark.skipif(sys.platform != "linux", reason="Wine counts nothing, and no macOS is at hand")
@pytest.mark.parametrize("secured", [False, True], ids=["http", "https"])
def test_on_loopback_nothing_has_to_be_sent_again(tmp_path: Path, *, secured: bool) -> None:
    server_side = client_side = None
    if secured:
        server_side, _trust = certificate(tmp_path, "localhost")
        client_side = ssl.create_default_context()
        client_side.check_hostname, client_side.verify_mode = False, ssl.CERT_NONE
    with speaking(servers.librespeed(), server_side) as server:
        told = measured(server, tls=client_side)
    assert isinstance(told, PacedUpload)
    assert told.acked_bytes > 30_000
    assert told.resent_bytes <= 0.02 * told.acked_bytes, "what a busy machine repeats too early"


def test_it_ends_when_the_train_does() -> None:
    over = threading.Event()
    over.set()
    with speaking(servers.librespeed()) as server:
        assert measured(server, Counting(), stop=over) == Unavailable(
            reason=Reason.TIMEOUT, detail="too little was confirmed in time"
        )


@pytest.mark.parametrize(
    "answer",
    [servers.silent, servers.status("413 Content Too Large")],
    ids=["silent", "too large"],
)
def test_a_server_that_answers_something_else_is_sent_to_all_the_same(answer: servers.Answer) -> None:
    """Until it closes the connection: what counts is what the line did."""
    with speaking(answer) as server:
        assert isinstance(measured(server, Counting()), PacedUpload)


@pytest.mark.parametrize("answer", [servers.resetting, servers.no_http], ids=["resetting", "no HTTP"])
def test_a_server_that_closes_at_once(answer: servers.Answer) -> None:
    """At the latest some pieces later nothing can be sent any more, and nobody waits."""
    with speaking(answer) as server:
        told = measured(server, seconds=60.0)
    assert isinstance(told, Unavailable)


def test_nobody_listens() -> None:
    with speaking(servers.librespeed()) as server:
        pass
    told = measured(server, Counting())
    assert isinstance(told, Unavailable)
    assert told.reason is Reason.BLOCKED


def test_where_the_system_does_not_count_nothing_is_sent() -> None:
    unknown = Unavailable(reason=Reason.UNSUPPORTED, detail="none here")
    system = Counting()
    system.resent = lambda _sock: unknown  # type: ignore[method-assign,assignment,return-value]
    with speaking(servers.librespeed()) as server:
        assert measured(server, system) == unknown
    assert server.received == 0


# --- to whom ----------------------------------------------------------------------------------------


def test_the_named_server_is_known_before_anybody_is_asked() -> None:
    with speaking(servers.librespeed()) as server:
        known = rates_of(server.url, EngineChoice.LIBRESPEED).known_server
    assert known is not None
    assert known.web.base.port == server.port


def test_nobody_else_is_ever_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not the public servers, not past a "mini" server that works, not through a proxy."""
    platform = current()
    for choice in (
        EngineChoice.ANY,
        EngineChoice.CLOUDFLARE,
        EngineChoice.LIBRESPEED,
        EngineChoice.SPEEDTEST_CLI,
    ):
        assert Rates(RatesConfig(engine=choice), Names(), platform.acked_bytes).known_server is None
    with speaking(servers.mini) as server:
        assert rates_of(server.url, EngineChoice.ANY).known_server is None
    with speaking(servers.proxy(servers.librespeed())) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        config = RatesConfig(server=base_of("http://speed.example/"), engine=EngineChoice.HTTP)
        rates = Rates(config, Names(), platform.acked_bytes)
        rates.recognise_server(until=time.monotonic() + RECOGNISING_S, stop=threading.Event())
        assert rates.known_server is None
