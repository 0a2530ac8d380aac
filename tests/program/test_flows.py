"""Our own flows and speedtest-cli's child against servers with one fault each: a reason, never a zero, never a hang."""

from __future__ import annotations

import threading
import time
import tracemalloc

import pytest

from amif_netcheck import platforms
from amif_netcheck.measure.names import Names
from amif_netcheck.measure.throughput.engines import Job
from amif_netcheck.measure.throughput.flows import Flows
from amif_netcheck.measure.throughput.protocols import SpeedTestProtocol, recognise
from amif_netcheck.measure.throughput.rates import EngineChoice
from amif_netcheck.measure.throughput.sampling import Budget, TransferSamples
from amif_netcheck.measure.web import Web
from amif_netcheck.model.address import base_of
from amif_netcheck.model.facts import Attempt, Engine, Reason, Unavailable
from tests.lab.namespaces import wait_for
from tests.program import speed_stand_ins as servers
from tests.program.measuring import LATEST_S, good, measured, rates_of
from tests.program.speed_stand_ins import LOCAL, MIB, Answer, Server, speaking

pytestmark = pytest.mark.usefixtures("no_proxy")

# --- transfers that fail --------------------------------------------------------------------------

ELSEWHERE = servers.status("301 Moved Permanently", "Location: http://speed.invalid/")

DOWNLOADS: dict[str, tuple[Answer, Reason, str]] = {
    "silent": (servers.silent, Reason.TIMEOUT, "only 0 bytes"),
    "stalling": (servers.stalling, Reason.TIMEOUT, "bytes in"),
    "dripping": (servers.dripping, Reason.TIMEOUT, "only "),
    "closing early": (servers.closing_early, Reason.BLOCKED, ""),
    "resetting": (servers.resetting, Reason.BLOCKED, ""),
    "no HTTP": (servers.no_http, Reason.BLOCKED, "no HTTP"),
    "redirected": (ELSEWHERE, Reason.BLOCKED, "the server sends us elsewhere (301)"),
    "too many": (servers.status("429 Too Many Requests"), Reason.BLOCKED, "the server is busy (429)"),
    "broken": (servers.status("500 Broken"), Reason.BLOCKED, "the server answers 500"),
    "captive": (servers.captive, Reason.BLOCKED, "a web page comes in the place of data"),
    "empty": (servers.empty, Reason.BLOCKED, "nothing comes in the place of data"),
}
UPLOADS: dict[str, tuple[Answer, Reason, str]] = {
    "resetting": (servers.resetting, Reason.BLOCKED, ""),
    "redirected": DOWNLOADS["redirected"],
    "too many": DOWNLOADS["too many"],
    "broken": DOWNLOADS["broken"],
    "captive at once": (
        servers.status("200 OK", "Content-Type: text/html"),
        Reason.BLOCKED,
        "a web page comes in the place of data",
    ),
    "too large": (
        servers.status("413 Content Too Large"),
        Reason.BLOCKED,
        "the server takes no uploads (413)",
    ),
}


@pytest.mark.parametrize(
    ("upload", "fault"),
    [*((False, each) for each in DOWNLOADS), *((True, each) for each in UPLOADS)],
    ids=lambda value: {False: "down", True: "up"}.get(value, value),
)
def test_a_transfer_that_fails_says_why_and_is_told(upload: bool, fault: str) -> None:
    answer, reason, words = (UPLOADS if upload else DOWNLOADS)[fault]
    whole = servers.librespeed(up=answer) if upload else servers.librespeed(down=answer)
    with speaking(whole) as server:
        rates = rates_of(server.url)
        found = measured(rates, upload=upload)
        assert isinstance(found, Unavailable)
        assert found.reason is reason, found
        assert words in found.detail
        direction = "up" if upload else "down"
        assert rates.attempts == [Attempt(engine="librespeed", server=LOCAL, direction=direction, why=found)]
        # One that was refused is not tried again, one that was slow is.
        tried = len(server.visits)
        again = measured(rates, upload=not upload)
        assert isinstance(again, TransferSamples) == (reason is Reason.TIMEOUT)
        assert (len(server.visits) > tried) == (reason is Reason.TIMEOUT)


def test_an_upload_that_nobody_reads_is_no_rate() -> None:
    with speaking(servers.librespeed(up=servers.silent)) as server:
        found = measured(rates_of(server.url), upload=True)
    # What the other computer's system took into its memory is no line's rate.
    assert isinstance(found, Unavailable), found
    assert found.reason is Reason.TIMEOUT


def test_a_confirmation_without_end_fills_no_memory() -> None:
    with speaking(servers.librespeed(up=servers.chatty)) as server:
        rates = rates_of(server.url)
        tracemalloc.start()
        try:
            found = measured(rates, upload=True)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert peak < 16 * MIB
    # At the stand-in's pace the upload's own bytes may last for the whole of its time.
    assert isinstance(found, TransferSamples) or found.detail == "data comes in the place of a confirmation"


# --- transfers that work ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "down", [servers.steady, servers.chunked, servers.until_closed, servers.closing_after_each]
)
def test_downloads_in_every_shape(down: Answer) -> None:
    with speaking(servers.librespeed("/backend/", down=down)) as server:
        rates = rates_of(server.url)
        before = server.sent
        found = good(measured(rates))
        # What was read is what was sent, but for what waited in this computer.
        assert found.total_bytes <= server.sent - before
        assert server.sent - before < found.total_bytes + 32 * MIB
    assert (found.engine, found.server, found.via_proxy) == (Engine.LIBRESPEED, LOCAL, False)
    assert rates.attempts == []


@pytest.mark.parametrize(
    "up",
    [
        servers.swallow,
        servers.closing_after_each,
        servers.swallow_and_say_so_as_php_does,
        servers.at_most(MIB),
        servers.at_most(64 * 1024),
        servers.at_most(64 * 1024, then=servers.swallow_and_say_so_as_php_does),
    ],
    ids=["whole", "closing", "as PHP", "a mebibyte", "64 KiB", "64 KiB as PHP"],
)
def test_uploads_in_every_shape(up: Answer) -> None:
    with speaking(servers.librespeed(up=up)) as server:
        rates = rates_of(server.url)
        found = good(measured(rates, upload=True))
        assert server.received <= found.total_bytes + 8 * MIB
        # Heads, and bodies that were refused, crossed the line too: the more, the busier the machine.
        assert found.total_bytes <= server.received + 64 * MIB
    assert rates.attempts == []


def test_cloudflares_form_both_ways() -> None:
    with speaking(servers.cloudflare) as server:
        rates = rates_of(server.url)
        for upload in (False, True):
            assert good(measured(rates, upload=upload)).engine is Engine.CLOUDFLARE


def test_a_bomb_is_so_many_bytes_and_no_more() -> None:
    with speaking(servers.librespeed(down=servers.bomb)) as server:
        rates = rates_of(server.url)
        before = server.sent
        tracemalloc.start()
        try:
            found = good(measured(rates))
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert found.total_bytes <= server.sent - before
    assert peak < 8 * MIB


def test_looking_at_a_total_starts_nothing() -> None:
    """Screens look whenever they like, from threads of their own; connections are added by whoever watches alone."""
    with speaking(servers.librespeed()) as server:
        protocol = recognise(
            Web(base_of(server.url), Names()), until=time.monotonic() + 5, stop=threading.Event()
        )
        assert isinstance(protocol, SpeedTestProtocol)
        flows = Flows(
            protocol, upload=False, until=time.monotonic() + 20, acked_bytes=platforms.current().acked_bytes
        )
        try:
            assert flows.start(within_s=5) is None
            wait_for(lambda: flows.total() > MIB, 10, "bytes")
            grows_at = time.monotonic() + Flows.GROW_AT_S
            wait_for(lambda: flows.total() >= 0 and time.monotonic() > grows_at, 5, "the moment to grow")
            threads = [threading.Thread(target=flows.total) for _ in range(20)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            assert (len(flows._flows), flows.full_from_s()) == (Flows.FIRST, 0.0)
            for _ in range(3):
                flows.adapt()
            assert len(flows._flows) in {Flows.ON_FAST, Flows.ON_SLOW}
        finally:
            flows.close()


HOUR_S = 3600.0
"""What would go on for so long ends early because it was stopped."""

# --- stopping -------------------------------------------------------------------------------------


def assert_still(server: Server, seconds: float) -> None:
    """Nothing moves for a while."""
    before, until = server.moved, time.monotonic() + seconds
    pause = threading.Event()
    while time.monotonic() < until:
        assert server.moved == before
        pause.wait(0.02)


MOVERS: dict[str, tuple[Answer, bool, EngineChoice]] = {
    "down": (servers.librespeed(), False, EngineChoice.HTTP),
    "up": (servers.librespeed(), True, EngineChoice.HTTP),
    "down, closing": (servers.librespeed(down=servers.until_closed), False, EngineChoice.HTTP),
    "down, chunked": (servers.librespeed(down=servers.chunked), False, EngineChoice.HTTP),
    "child, down": (servers.mini, False, EngineChoice.SPEEDTEST_CLI),
    "child, up": (servers.mini, True, EngineChoice.SPEEDTEST_CLI),
}


@pytest.mark.parametrize("mover", MOVERS)
def test_stopped_in_a_transfer_nothing_moves_any_more(mover: str) -> None:
    answer, upload, engine = MOVERS[mover]
    stop = threading.Event()
    found: list[TransferSamples | Unavailable] = []
    with speaking(answer) as server:
        rates = rates_of(server.url, engine)
        rates.prepare(until=time.monotonic() + LATEST_S, stop=stop)
        before = server.moved
        budget = Budget(max_s=HOUR_S, max_bytes=10**12, enough_mbit_s=1e9, steady_s=9.0)
        job = Job(upload=upload, budget=budget, until=time.monotonic() + HOUR_S, stop=stop)
        moving = threading.Thread(target=lambda: found.append(rates.measure(job)))
        moving.start()
        wait_for(lambda: server.moved > before + 2 * MIB, 10, "a transfer under way")
        stop.set()
        stopped = time.monotonic()
        wait_for(lambda: not moving.is_alive(), 5, "the end of the transfer")
        wait_for(lambda: time.monotonic() > stopped + 0.3, 1, "0.3 s")
        assert_still(server, 0.3)
    assert found == [Unavailable(reason=Reason.NOT_REQUESTED, detail="interrupted")]
