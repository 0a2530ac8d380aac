"""Which engine measures, which way it takes to its server, and what is told of those that could not."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from amif_netcheck.measure.names import Names
from amif_netcheck.measure.throughput import speedtest
from amif_netcheck.measure.throughput.protocols import SpeedTestProtocol, recognise
from amif_netcheck.measure.throughput.rates import EngineChoice
from amif_netcheck.measure.throughput.sampling import INTERRUPTED
from amif_netcheck.measure.web import Web
from amif_netcheck.model.address import base_of
from amif_netcheck.model.facts import Attempt, Engine, Reason, Unavailable
from tests.lab.namespaces import wait_for
from tests.program import speed_stand_ins as servers
from tests.program.certificates import certificate
from tests.program.measuring import LATEST_S, RECOGNISING_S, dead_port, good, measured, rates_of
from tests.program.points import point
from tests.program.speed_stand_ins import LOCAL, MIB, Answer, speaking

pytestmark = pytest.mark.usefixtures("no_proxy")

HOUR_S = 3600.0
"""What would wait for so long ends early because it was stopped."""

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
        rates = rates_of(server.url)
        assert [(each.engine, each.server, each.direction) for each in rates.attempts] == [
            ("http", LOCAL, "")
        ]
        why = rates.attempts[0].why
        assert why.reason is reason
        assert words in why.detail
        assert measured(rates) == why


@pytest.mark.parametrize("comes_back", [True, False])
def test_a_named_server_that_has_not_answered_is_asked_once_more(
    comes_back: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    again_s = RECOGNISING_S if comes_back else 1.0
    monkeypatch.setattr("amif_netcheck.measure.throughput.rates._ASKED_AGAIN_S", again_s)
    there, back = servers.librespeed(), threading.Event()
    with speaking(lambda visit: there(visit) if back.is_set() else servers.silent(visit)) as server:
        rates = rates_of(server.url, recognising_s=1.0)
        assert [attempt.why.reason for attempt in rates.attempts] == [Reason.TIMEOUT]
        if comes_back:
            back.set()
        rates.prepare(until=time.monotonic() + LATEST_S, stop=threading.Event())
        assert len(rates.attempts) == (1 if comes_back else 2)
        found = measured(rates)
        if comes_back:
            good(found)
        else:
            assert isinstance(found, Unavailable)
            assert found.reason is Reason.TIMEOUT


def test_a_port_where_nothing_listens() -> None:
    with dead_port() as port:
        rates = rates_of(f"http://{LOCAL}:{port}")
        why = Unavailable(reason=Reason.BLOCKED, detail="connection refused")
        assert rates.attempts == [Attempt(engine="http", server=LOCAL, direction="", why=why)]
        assert measured(rates) == measured(rates, upload=True) == why


def test_a_name_that_nobody_knows() -> None:
    names = Names(offline=True)
    found = recognise(
        Web(base_of("http://speed.invalid"), names), until=time.monotonic() + 1, stop=threading.Event()
    )
    assert isinstance(found, Unavailable)


def test_a_certificate_that_nobody_vouches_for(tmp_path: Path) -> None:
    tls, _ = certificate(tmp_path, "localhost")
    with speaking(servers.librespeed(), tls) as server:
        rates = rates_of(f"https://{LOCAL}:{server.port}")
        (attempt,) = rates.attempts
        assert attempt.why.reason is Reason.BLOCKED
        assert attempt.why.detail.startswith("certificate: ")
        assert server.visits == []


def test_a_certificate_for_another_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tls, cert = certificate(tmp_path, "speed.example")
    monkeypatch.setenv("SSL_CERT_FILE", str(cert))
    with speaking(servers.librespeed(), tls) as server:
        (attempt,) = rates_of(f"https://{LOCAL}:{server.port}").attempts
        assert attempt.why.reason is Reason.BLOCKED
        assert attempt.why.detail.startswith("certificate: ")


def recognised(url: str) -> SpeedTestProtocol:
    found = recognise(
        Web(base_of(url), Names()), until=time.monotonic() + RECOGNISING_S, stop=threading.Event()
    )
    assert isinstance(found, SpeedTestProtocol), found
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


def test_a_question_that_got_lost_is_asked_again() -> None:
    there = servers.librespeed()
    with speaking(lambda visit: there(visit) if len(visit.server.visits) > 1 else visit.hang()) as server:
        assert recognised(server.url).engine is Engine.LIBRESPEED


def test_stopped_while_a_server_is_silent_nobody_waits_for_it() -> None:
    stop = threading.Event()
    with speaking(servers.silent) as server:
        web = Web(base_of(server.url), Names())
        threading.Timer(0.1, stop.set).start()
        found = recognise(web, until=time.monotonic() + HOUR_S, stop=stop)
    assert isinstance(found, Unavailable)


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
    tls, cert = certificate(tmp_path, "speed.invalid")
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
        rates = rates_of(f"https://{LOCAL}:{port}")
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
    """Proxy, direct way, speedtest.net, Cloudflare's server both ways: all dead. A proxy keeps the library on this computer."""
    with dead_port() as port:
        for scheme in ("http", "https"):
            monkeypatch.setenv(f"{scheme}_proxy", f"http://{LOCAL}:{port}")
        rates = rates_of(f"http://{LOCAL}:{port}", EngineChoice.ANY)
        rates.prepare(until=time.monotonic() + LATEST_S, stop=threading.Event())
        found = measured(rates)
    assert [each.engine for each in rates.attempts] == [
        "http, by proxy",
        "http",
        "speedtest-cli",
        "cloudflare, by proxy",
        "cloudflare",
    ]
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
        ("cloudflare", "down"),
    ]
    assert isinstance(first, Unavailable)
    assert isinstance(second, Unavailable)
    assert second.reason is Reason.BLOCKED


def test_stopped_in_a_search_it_ends_at_once() -> None:
    stop = threading.Event()
    found: list[speedtest.SpeedtestServer | Unavailable] = []
    with speaking(servers.silent) as server:
        finding = threading.Thread(
            target=lambda: found.append(
                speedtest.find(server.url, until=time.monotonic() + HOUR_S, stop=stop)
            )
        )
        finding.start()
        wait_for(lambda: server.visits, 10, "the library's first question")
        stop.set()
        finding.join(20)
        assert not finding.is_alive()
    assert found == [INTERRUPTED]


def test_stopped_before_its_first_byte_a_transfer_was_interrupted_not_late() -> None:
    stop = threading.Event()
    stop.set()
    found = speedtest.SpeedtestServer(
        Engine.SPEEDTEST_MINI, base_of(f"http://{LOCAL}:9/"), {"url": f"http://{LOCAL}:9/"}, {}
    )
    transfer = speedtest.SpeedtestTransfer(found, upload=False, seconds=20, most_bytes=MIB)
    try:
        assert transfer.start(until=time.monotonic() + 20, stop=stop) == INTERRUPTED
    finally:
        transfer.close()
