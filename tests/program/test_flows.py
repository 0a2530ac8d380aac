"""Our own engine and speedtest-cli's child against servers with one fault each: a reason, never a zero, never a hang."""

from __future__ import annotations

import threading
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from amif_netcheck.measure.names import Names
from amif_netcheck.measure.throughput import speedtest
from amif_netcheck.measure.throughput.forms import Form, recognise
from amif_netcheck.measure.throughput.rates import EngineChoice, Job, Rates, Wish
from amif_netcheck.measure.throughput.sampling import Budget, Transferred
from amif_netcheck.measure.web import Web, base_of
from amif_netcheck.model.facts import Attempt, Engine, Reason, Unavailable
from tests.lab.namespaces import wait_for
from tests.program import speed_stand_ins as servers
from tests.program.points import point
from tests.program.speed_stand_ins import LOCAL, MIB, Answer, Server, dead_port, speaking

SHORT = Budget(max_s=1.8, max_bytes=140_000_000, steady_s=0.3)
RECOGNISING_S = 1.5
LATEST_S = 12
"""Of one direction, on a busy machine."""


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for scheme in ("http", "https", "all", "no"):
        for name in (f"{scheme}_proxy", f"{scheme}_proxy".upper()):
            monkeypatch.delenv(name, raising=False)


def rates_of(url: str, engine: EngineChoice = EngineChoice.HTTP) -> Rates:
    rates = Rates(Wish(server=base_of(url), engine=engine), Names())
    rates.recognise_server(until=time.monotonic() + RECOGNISING_S)
    return rates


def measured(
    rates: Rates, *, upload: bool = False, stop: threading.Event | None = None
) -> Transferred | Unavailable:
    until = time.monotonic() + LATEST_S
    job = Job(upload=upload, budget=SHORT, until=until, stop=stop or threading.Event())
    found = rates.measure(job)
    assert time.monotonic() < until, "it did not end in time"
    return found


def good(found: Transferred | Unavailable) -> Transferred:
    """A rate that a server on loopback may have."""
    assert isinstance(found, Transferred), found
    assert 0 < found.rate.low + found.rate.mbit_s < 1e6
    assert found.total_bytes > 100_000
    assert 0 < found.duration_s < 5
    return found


# --- what a server speaks -------------------------------------------------------------------------

REDIRECTED_AWAY = servers.status("301 Moved Permanently", "Location: http://speed.invalid/")

UNUSABLE: dict[str, tuple[Answer, Reason, str]] = {
    "silent": (servers.silent, Reason.TIMEOUT, ""),
    "dripping head": (servers.dripping_head, Reason.TIMEOUT, "no whole answer in time"),
    "resetting": (servers.resetting, Reason.BLOCKED, ""),
    "no HTTP": (servers.no_http, Reason.BLOCKED, "no HTTP"),
    "captive": (servers.captive, Reason.BLOCKED, "a web page comes in the place of data"),
    "redirected away": (REDIRECTED_AWAY, Reason.BLOCKED, "the server sends us elsewhere"),
    "too many": (servers.status("429 Too Many Requests"), Reason.BLOCKED, "the server is busy (429)"),
    "broken": (servers.status("500 Broken"), Reason.BLOCKED, "the server failed (500)"),
    "another": (
        servers.status("404 Not Found"),
        Reason.UNSUPPORTED,
        "no speed test that we know lives at this address",
    ),
}


@pytest.mark.parametrize("fault", UNUSABLE)
def test_a_server_that_speaks_nothing_of_use_is_told_and_not_measured(fault: str) -> None:
    answer, reason, words = UNUSABLE[fault]
    with speaking(answer) as server:
        began = time.monotonic()
        rates = rates_of(server.url)
        assert time.monotonic() - began < RECOGNISING_S + 1
        assert [(each.engine, each.server, each.direction) for each in rates.attempts] == [
            ("http", LOCAL, "")
        ]
        why = rates.attempts[0].why
        assert why.reason is reason
        assert words in why.detail
        assert measured(rates) == why


def test_a_port_where_nothing_listens() -> None:
    with dead_port() as port:
        rates = rates_of(f"http://{LOCAL}:{port}")
        why = Unavailable(reason=Reason.BLOCKED, detail="connection refused")
        assert rates.attempts == [Attempt(engine="http", server=LOCAL, direction="", why=why)]
        assert measured(rates) == measured(rates, upload=True) == why


def test_a_name_that_nobody_knows() -> None:
    names = Names(offline=True)
    found = recognise(Web(base_of("http://speed.invalid"), names), until=time.monotonic() + 1)
    assert isinstance(found, Unavailable)


def test_a_certificate_that_nobody_vouches_for(tmp_path: Path) -> None:
    tls, _ = servers.certificate(tmp_path, "localhost")
    with speaking(servers.librespeed(), tls) as server:
        rates = rates_of(f"https://{LOCAL}:{server.port}")
        (attempt,) = rates.attempts
        assert attempt.why.reason is Reason.BLOCKED
        assert attempt.why.detail.startswith("certificate: ")
        assert server.visits == []


def test_a_certificate_for_another_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tls, cert = servers.certificate(tmp_path, "speed.example")
    monkeypatch.setenv("SSL_CERT_FILE", str(cert))
    with speaking(servers.librespeed(), tls) as server:
        (attempt,) = rates_of(f"https://{LOCAL}:{server.port}").attempts
        assert attempt.why.reason is Reason.BLOCKED
        assert attempt.why.detail.startswith("certificate: ")


def recognised(url: str) -> Form:
    found = recognise(Web(base_of(url), Names()), until=time.monotonic() + RECOGNISING_S)
    assert isinstance(found, Form), found
    return found


def test_forms_are_told_apart() -> None:
    with (
        speaking(servers.librespeed("/backend/")) as below,
        speaking(servers.librespeed()) as plain,
        speaking(servers.cloudflare) as cloud,
    ):
        assert (recognised(below.url).engine, recognised(below.url).folder) == (
            Engine.LIBRESPEED,
            "backend/",
        )
        assert (recognised(plain.url).engine, recognised(plain.url).folder) == (Engine.LIBRESPEED, "")
        assert recognised(cloud.url).engine is Engine.CLOUDFLARE


def test_a_server_that_moved_on_the_same_host_is_followed() -> None:
    there = servers.librespeed("/speed/")

    def moved(visit: servers.Visit) -> bool:
        if visit.folder.startswith("/speed/"):
            return there(visit)
        return visit.reply("301 Moved", b"", f"Location: /speed{visit.target}")

    with speaking(moved) as server:
        assert recognised(server.url).web.base.path == "/speed/"
        good(measured(rates_of(server.url)))


def test_a_server_that_sends_us_round_in_circles() -> None:
    circle = servers.status("302 Found", "Location: /.well-known/amif-netcheck")
    with speaking(circle) as server:
        (attempt,) = rates_of(server.url).attempts
        assert attempt.why == Unavailable(reason=Reason.BLOCKED, detail="the server sends us elsewhere")
        assert len(server.visits) < 6


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
        assert isinstance(again, Transferred) == (reason is Reason.TIMEOUT)
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
    assert isinstance(found, Transferred) or found.detail == "data comes in the place of a confirmation"


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
    ],
    ids=["whole", "closing", "as PHP", "a mebibyte", "64 KiB"],
)
def test_uploads_in_every_shape(up: Answer) -> None:
    with speaking(servers.librespeed(up=up)) as server:
        rates = rates_of(server.url)
        found = good(measured(rates, upload=True))
        assert server.received <= found.total_bytes + 8 * MIB
        # Heads, and bodies that were refused, crossed the line too.
        assert found.total_bytes <= server.received + 32 * MIB
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


# --- proxies --------------------------------------------------------------------------------------


def test_a_proxy_is_used_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with speaking(servers.proxy(servers.librespeed())) as server:
        monkeypatch.setenv("http_proxy", server.url)
        rates = rates_of("http://speed.invalid/")
        for upload in (False, True):
            found = good(measured(rates, upload=upload))
            assert (found.via_proxy, found.server) == (True, "speed.invalid")
        assert all("http://speed.invalid" in target for _, target in server.visits)
    assert rates.attempts == []


def test_a_proxy_is_asked_to_connect_for_https(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tls, cert = servers.certificate(tmp_path, "speed.invalid")
    monkeypatch.setenv("SSL_CERT_FILE", str(cert))
    with speaking(servers.proxy(servers.librespeed(), tls)) as server:
        monkeypatch.setenv("https_proxy", server.url)
        rates = rates_of("https://speed.invalid/")
        assert rates.attempts == []
        for upload in (False, True):
            assert good(measured(rates, upload=upload)).via_proxy
        assert ("CONNECT", "speed.invalid:443") in server.visits


@pytest.fixture
def bad_proxy(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    kind = request.param
    with dead_port() as port, speaking(servers.silent) as silent:
        url = silent.url if kind == "silent" else f"http://{LOCAL}:{port}"
        monkeypatch.setenv("http_proxy", url)
        yield kind


@pytest.mark.parametrize("bad_proxy", ["dead", "silent"], indirect=True)
def test_without_its_proxy_the_direct_way_is_taken_and_told(bad_proxy: str) -> None:
    with speaking(servers.librespeed()) as server:
        rates = rates_of(server.url)
        found = good(measured(rates))
    assert not found.via_proxy
    (attempt,) = rates.attempts
    assert attempt.engine == "http, by proxy"
    assert attempt.why.reason is (Reason.TIMEOUT if bad_proxy == "silent" else Reason.BLOCKED)


@pytest.mark.parametrize(
    "answer", [servers.status("407 Proxy Authentication Required"), servers.no_http, servers.dripping_head]
)
def test_a_proxy_that_does_not_connect(answer: Answer, monkeypatch: pytest.MonkeyPatch) -> None:
    with speaking(answer) as server, dead_port() as port:
        monkeypatch.setenv("https_proxy", server.url)
        began = time.monotonic()
        rates = rates_of(f"https://{LOCAL}:{port}")
        assert time.monotonic() - began < RECOGNISING_S + 1
    assert [each.engine for each in rates.attempts] == ["http, by proxy", "http"]
    assert all(each.why.reason in {Reason.BLOCKED, Reason.TIMEOUT} for each in rates.attempts)


# --- speedtest-cli ----------------------------------------------------------------------------------


def test_a_mini_server_both_ways(tmp_path: Path) -> None:
    with point(tmp_path) as here:
        rates = rates_of(f"http://{here.host}:{here.port}", EngineChoice.SPEEDTEST_CLI)
        rates.prepare(until=time.monotonic() + LATEST_S, stop=threading.Event())
        for upload in (False, True):
            found = good(measured(rates, upload=upload))
            assert (found.engine, found.server) == (Engine.SPEEDTEST_MINI, LOCAL)
    assert rates.attempts == []


def test_a_mini_server_is_recognised_and_left_to_the_library() -> None:
    with speaking(servers.mini) as server:
        rates = rates_of(server.url)
        rates.prepare(until=time.monotonic() + LATEST_S, stop=threading.Event())
        assert good(measured(rates)).engine is Engine.SPEEDTEST_MINI
    assert rates.attempts == []


@pytest.mark.parametrize("answer", [servers.mini_without_latency, servers.captive, servers.silent, None])
def test_a_mini_server_that_is_none_is_no_figure(answer: Answer | None) -> None:
    stop = threading.Event()
    with dead_port() as port, speaking(answer or servers.silent) as server:
        url = server.url if answer else f"http://{LOCAL}:{port}/"
        found = speedtest.find(url, until=time.monotonic() + 2.5, stop=stop)
        rates = rates_of(url, EngineChoice.SPEEDTEST_CLI)
        rates.prepare(until=time.monotonic() + 2.5, stop=stop)
        result = measured(rates)
    assert isinstance(found, Unavailable)
    assert found.detail.startswith("speedtest-cli")
    assert LOCAL not in found.detail
    assert [(each.engine, each.direction) for each in rates.attempts] == [("speedtest-cli mini", "")]
    assert result == rates.attempts[0].why


def test_every_fallback_is_told_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """Proxy, direct way, speedtest.net: all dead. The library is kept on this computer by its proxy."""
    with dead_port() as port:
        for scheme in ("http", "https"):
            monkeypatch.setenv(f"{scheme}_proxy", f"http://{LOCAL}:{port}")
        rates = rates_of(f"http://{LOCAL}:{port}", EngineChoice.ANY)
        rates.prepare(until=time.monotonic() + LATEST_S, stop=threading.Event())
        found = measured(rates)
    assert [each.engine for each in rates.attempts] == ["http, by proxy", "http", "speedtest-cli"]
    assert {each.why.reason for each in rates.attempts} == {Reason.BLOCKED}
    assert found == rates.attempts[-1].why


def test_a_refused_direction_is_told_once_for_both(monkeypatch: pytest.MonkeyPatch) -> None:
    with dead_port() as port, speaking(servers.librespeed(down=servers.status("500 Broken"))) as server:
        monkeypatch.setenv("https_proxy", f"http://{LOCAL}:{port}")
        rates = rates_of(server.url, EngineChoice.ANY)
        rates.prepare(until=time.monotonic() + LATEST_S, stop=threading.Event())
        first, second = measured(rates), measured(rates, upload=True)
    assert [(each.engine, each.direction) for each in rates.attempts] == [
        ("librespeed", "down"),
        ("speedtest-cli", "down"),
    ]
    assert isinstance(first, Unavailable)
    assert isinstance(second, Unavailable)
    assert second.reason is Reason.BLOCKED


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
    found: list[Transferred | Unavailable] = []
    with speaking(answer) as server:
        rates = rates_of(server.url, engine)
        rates.prepare(until=time.monotonic() + LATEST_S, stop=stop)
        before = server.moved
        budget = Budget(max_s=10, max_bytes=10**12, enough_mbit_s=1e9, steady_s=9)
        job = Job(upload=upload, budget=budget, until=time.monotonic() + 15, stop=stop)
        moving = threading.Thread(target=lambda: found.append(rates.measure(job)))
        moving.start()
        wait_for(lambda: server.moved > before + 2 * MIB, 10, "a transfer under way")
        stop.set()
        stopped = time.monotonic()
        wait_for(lambda: not moving.is_alive(), 5, "the end of the transfer")
        took = time.monotonic() - stopped
        wait_for(lambda: time.monotonic() > stopped + 0.3, 1, "0.3 s")
        assert_still(server, 0.3)
    assert took < 0.5
    assert found == [Unavailable(reason=Reason.NOT_REQUESTED, detail="interrupted")]


def test_stopped_in_a_search_it_ends_at_once() -> None:
    stop = threading.Event()
    with speaking(servers.silent) as server:
        finding = threading.Thread(
            target=lambda: speedtest.find(server.url, until=time.monotonic() + 20, stop=stop)
        )
        finding.start()
        wait_for(lambda: server.visits, 10, "the library's first question")
        stop.set()
        stopped = time.monotonic()
        finding.join(5)
        assert time.monotonic() - stopped < 0.5
