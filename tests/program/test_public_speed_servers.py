"""Where no server is named: speedtest.net, then Cloudflare's server, then LibreSpeed's, each with whatever may go wrong there."""

from __future__ import annotations

import json
import platform
import subprocess
import sys
import threading
import time
import tomllib
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

import pytest

from amif_netcheck import platforms
from amif_netcheck.advice.tips import TIPS
from amif_netcheck.catalog.public_servers import public_hosts
from amif_netcheck.catalog.speed_servers import PublicSpeedServer, PublicSpeedServers, speed_servers
from amif_netcheck.checks.link import check
from amif_netcheck.measure import idle
from amif_netcheck.measure.ledger import Ledger
from amif_netcheck.measure.names import Names
from amif_netcheck.measure.throughput import load, rates, speedtest
from amif_netcheck.measure.throughput.rates import EngineChoice, Rates, RatesConfig
from amif_netcheck.measure.throughput.sampling import TransferSamples
from amif_netcheck.model.address import Server, base_of
from amif_netcheck.model.facts import (
    NOT_REQUESTED,
    Attempt,
    Ended,
    Engine,
    Facts,
    LinkFacts,
    Reason,
    Unavailable,
)
from amif_netcheck.platforms.recorded import Machine, Recorded
from amif_netcheck.prediction.foretell import foretell
from amif_netcheck.probes import link
from amif_netcheck.probes.context import Context
from tests.program import measuring
from tests.program import speed_stand_ins as servers
from tests.program.certificates import certificate
from tests.program.measuring import LATEST_S, dead_port, good
from tests.program.speed_stand_ins import LOCAL, MIB, Answer, speaking
from tests.program.test_trains import server, stun

pytestmark = pytest.mark.usefixtures("no_proxy")

HOUR_S = 3600.0
BUSY = servers.status("429 Too Many Requests", "Retry-After: 30")
FORBIDDEN = servers.status("403 Forbidden")


class Internet:
    """Stand-ins of the public servers; speedtest.net's is behind a proxy, as its name can't lead here otherwise."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._folder, self._monkeypatch = folder, monkeypatch
        self._open = ExitStack()
        self.cloudflare: servers.Server | None = None
        self.librespeed: list[servers.Server] = []

    def __enter__(self) -> Self:
        self._open.__enter__()
        monkeypatch = self._monkeypatch
        dead = self._open.enter_context(dead_port())
        monkeypatch.setenv("https_proxy", f"http://{LOCAL}:{dead}")
        monkeypatch.setenv("no_proxy", LOCAL)
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def speedtest_net(self, answer: Answer) -> servers.Server:
        tls, cert = certificate(self._folder, "www.speedtest.net")
        self._monkeypatch.setenv("SSL_CERT_FILE", str(cert))
        found = self._open.enter_context(speaking(servers.proxy(answer, tls)))
        self._monkeypatch.setenv("https_proxy", found.url)
        return found

    def speaking(self, cloudflare: Answer = FORBIDDEN, *librespeed: Answer) -> None:
        self.cloudflare = self._open.enter_context(speaking(cloudflare))
        self.librespeed = [self._open.enter_context(speaking(answer)) for answer in librespeed]
        listed = PublicSpeedServers(
            cloudflare=PublicSpeedServer(url=self.cloudflare.url),
            librespeed=tuple(PublicSpeedServer(url=f"{each.url}backend/") for each in self.librespeed),
        )
        self._monkeypatch.setattr(rates, "speed_servers", lambda: listed)


@pytest.fixture
def internet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Internet]:
    with Internet(tmp_path, monkeypatch) as made:
        yield made


def public_rates(engine: EngineChoice = EngineChoice.ANY, named: str | None = None) -> Rates:
    config = RatesConfig(engine=engine, server=None if named is None else base_of(named))
    made = Rates(config, Names(), platforms.current().acked_bytes)
    made.recognise_server(until=time.monotonic() + LATEST_S, stop=threading.Event())
    made.prepare(until=time.monotonic() + LATEST_S, stop=threading.Event())
    return made


measured = partial(measuring.measured, budget=measuring.FEW_BYTES)


def failures(made: Rates) -> list[tuple[str, str, Reason]]:
    return [(attempt.engine, attempt.direction, attempt.why.reason) for attempt in made.attempts]


backend = partial(servers.librespeed, "/backend/")

# --- speedtest.net fails ----------------------------------------------------------------------------

SEARCHES: dict[str, tuple[Answer, Reason]] = {
    "refuses (403)": (FORBIDDEN, Reason.BLOCKED),
    "is asked too much (429)": (BUSY, Reason.BLOCKED),
    "hangs": (servers.silent, Reason.TIMEOUT),
    "hangs with its list": (servers.speedtest_net(listing=servers.silent), Reason.TIMEOUT),
    "speaks no HTTP": (servers.no_http, Reason.BLOCKED),
    "shows a web page": (servers.captive, Reason.BLOCKED),
    "sends garbage for ever": (servers.endless, Reason.BLOCKED),
    "sends a list of garbage for ever": (servers.speedtest_net(listing=servers.endless), Reason.BLOCKED),
    "sends a bomb": (servers.speedtest_net(listing=servers.endless_zipped), Reason.BLOCKED),
    "has no server": (servers.speedtest_net(), Reason.BLOCKED),
    "resets": (servers.resetting, Reason.BLOCKED),
}


@pytest.mark.parametrize("fault", SEARCHES)
def test_when_speedtest_net_fails_cloudflare_measures(fault: str, internet: Internet) -> None:
    answer, reason = SEARCHES[fault]
    asked = internet.speedtest_net(answer)
    internet.speaking(servers.cloudflare, backend())
    made = public_rates()
    found = good(measured(made))
    assert (found.engine, found.server) == (Engine.CLOUDFLARE, LOCAL)
    assert asked.visits
    assert failures(made) == [("speedtest-cli", "", reason)]
    assert internet.librespeed[0].visits == []


def test_while_speedtest_net_works_nobody_else_is_asked(internet: Internet) -> None:
    internet.speaking(servers.cloudflare, backend())
    with speaking(servers.mini) as private:
        internet.speedtest_net(servers.speedtest_net(f"{private.url}speedtest/upload.php"))
        made = public_rates()
        for upload in (False, True):
            assert good(measured(made, upload=upload)).engine is Engine.SPEEDTEST_CLI
    assert made.attempts == []
    assert internet.cloudflare is not None
    assert internet.cloudflare.visits == internet.librespeed[0].visits == []


def mini_that(answer: Answer) -> Answer:
    """A server of speedtest.net's that answers questions, and its transfers so."""
    return lambda visit: (
        answer(visit) if visit.page.startswith("random") or visit.method == "POST" else servers.mini(visit)
    )


@pytest.mark.parametrize(
    ("fault", "reason"),
    [(servers.stalling, Reason.TIMEOUT), (FORBIDDEN, Reason.BLOCKED)],
    ids=["stalls", "refuses"],
)
def test_when_its_server_fails_in_a_transfer_the_next_engine_goes_on(
    fault: Answer, reason: Reason, internet: Internet
) -> None:
    internet.speaking(servers.cloudflare)
    with speaking(mini_that(fault)) as private:
        internet.speedtest_net(servers.speedtest_net(f"{private.url}speedtest/upload.php"))
        made = public_rates()
        for upload in (False, True):
            assert good(measured(made, upload=upload)).engine is Engine.CLOUDFLARE
    # The other way is not tried once more with what has just failed.
    assert [(engine, way) for engine, way, _ in failures(made)] == [("speedtest-cli", "down")]
    assert made.attempts[0].why.reason in {reason, Reason.TIMEOUT}


def test_a_search_that_hangs_ends_by_itself() -> None:
    """Long before its time is up."""
    with speaking(servers.silent) as silent:
        found = speedtest.find(silent.url, until=time.monotonic() + HOUR_S, stop=threading.Event())
    assert found == Unavailable(reason=Reason.TIMEOUT, detail="speedtest-cli found no server in time")


def test_a_search_costs_no_more_bytes_than_allowed_and_tells_them(internet: Internet) -> None:
    internet.speedtest_net(servers.speedtest_net(listing=servers.endless))
    spent: list[int] = []
    found = speedtest.find(
        None,
        until=time.monotonic() + HOUR_S,
        stop=threading.Event(),
        max_bytes=300_000,
        spend=spent.append,
    )
    assert isinstance(found, Unavailable)
    assert found.reason is Reason.BLOCKED
    assert 300_000 < spent[0] < 400_000


# --- Cloudflare's server fails ------------------------------------------------------------------------

CLOUDFLARES: dict[str, tuple[Answer, str, Reason, str]] = {
    "refuses": (FORBIDDEN, "", Reason.BLOCKED, "the server answers 403"),
    "is asked too much": (BUSY, "", Reason.BLOCKED, "the server is busy (429)"),
    "is silent": (servers.silent, "", Reason.TIMEOUT, "no answer in time"),
    "shows a web page": (servers.captive, "", Reason.BLOCKED, "a web page comes in the place of data"),
    "speaks no HTTP": (servers.no_http, "", Reason.BLOCKED, "no HTTP"),
    "is not there": (servers.status("404 Not Found"), "", Reason.BLOCKED, "the server answers 404"),
    "moved": (
        servers.status("302 Found", "Location: http://speed.invalid/"),
        "",
        Reason.BLOCKED,
        "the server answers 302",
    ),
    "is empty": (servers.empty, "", Reason.UNSUPPORTED, "no speed test that we know"),
    "is asked too much in the middle": (
        lambda visit: servers.cloudflare(visit, down=BUSY, up=BUSY),
        "down",
        Reason.BLOCKED,
        "the server is busy (429)",
    ),
    "refuses in the middle": (
        lambda visit: servers.cloudflare(visit, down=FORBIDDEN, up=FORBIDDEN),
        "down",
        Reason.BLOCKED,
        "the server answers 403",
    ),
    "stalls": (
        lambda visit: servers.cloudflare(visit, down=servers.stalling, up=servers.silent),
        "down",
        Reason.TIMEOUT,
        "bytes in",
    ),
}


@pytest.mark.parametrize("fault", CLOUDFLARES)
def test_when_cloudflare_fails_too_a_librespeed_server_measures(fault: str, internet: Internet) -> None:
    answer, direction, reason, words = CLOUDFLARES[fault]
    internet.speaking(answer, backend())
    made = public_rates()
    for upload in (False, True) if direction else (False,):
        assert good(measured(made, upload=upload)).engine is Engine.LIBRESPEED
    assert failures(made) == [
        ("speedtest-cli", "", Reason.BLOCKED),
        ("cloudflare", direction, reason),
    ]
    assert words in made.attempts[-1].why.detail


def test_cloudflare_is_never_asked_for_as_much_as_it_refuses(internet: Internet) -> None:
    internet.speaking(servers.cloudflare)
    good(measured(public_rates()))
    assert internet.cloudflare is not None
    sizes = [
        int(target.partition("bytes=")[2]) for method, target in internet.cloudflare.visits if method == "GET"
    ]
    assert max(sizes) < servers.CLOUDFLARES_LIMIT


# --- which of LibreSpeed's -----------------------------------------------------------------------------


def test_of_librespeeds_servers_the_first_that_answers_as_it_should_is_used(internet: Internet) -> None:
    """The others are silent, refuse, answer a page, or have no data."""
    without_data = servers.librespeed("/backend/")
    internet.speaking(
        FORBIDDEN,
        servers.silent,
        FORBIDDEN,
        servers.captive,
        lambda visit: visit.reply("404 Not Found") if visit.page == "garbage.php" else without_data(visit),
        servers.resetting,
        backend(),
    )
    made = public_rates()
    for upload in (False, True):
        assert good(measured(made, upload=upload)).engine is Engine.LIBRESPEED
    assert internet.librespeed[-1].moved > MIB
    assert all(each.moved < MIB for each in internet.librespeed[:-1])
    assert all(len(each.visits) > 0 for each in internet.librespeed)


def test_the_nearest_is_used(internet: Internet) -> None:
    """It answers while the other still thinks."""
    near_was_used = threading.Event()
    there, here = backend(), backend()

    def far(visit: servers.Visit) -> bool:
        near_was_used.wait(LATEST_S)
        return there(visit)

    def near(visit: servers.Visit) -> bool:
        if visit.is_big and visit.page == "garbage.php":
            near_was_used.set()
        return here(visit)

    internet.speaking(FORBIDDEN, far, near)
    good(measured(public_rates()))
    assert internet.librespeed[0].moved < MIB < internet.librespeed[1].moved


@pytest.mark.parametrize("fault", [BUSY, servers.stalling], ids=["busy", "stalls"])
def test_when_it_fails_in_a_transfer_another_of_them_goes_on(fault: Answer, internet: Internet) -> None:
    begun = threading.Event()
    failing, other = backend(down=fault), backend()

    def first(visit: servers.Visit) -> bool:
        if visit.is_big and visit.page == "garbage.php":
            begun.set()
        return failing(visit)

    def second(visit: servers.Visit) -> bool:
        begun.wait(LATEST_S)
        return other(visit)

    internet.speaking(FORBIDDEN, first, second)
    made = public_rates(EngineChoice.LIBRESPEED)
    for upload in (False, True):
        assert good(measured(made, upload=upload)).engine is Engine.LIBRESPEED
    ((engine, direction, _),) = failures(made)
    assert (engine, direction) == ("librespeed", "down")
    assert internet.librespeed[1].received > 0


# --- all of them, and one alone ---------------------------------------------------------------------------


def test_when_all_fail_each_is_told_in_order(internet: Internet) -> None:
    internet.speaking(BUSY, FORBIDDEN, servers.captive)
    made = public_rates()
    found = measured(made)
    assert [engine for engine, _, _ in failures(made)] == ["speedtest-cli", "cloudflare", "librespeed"]
    assert found == measured(made, upload=True) == made.attempts[-1].why
    assert made.attempts[-1].why.reason is Reason.BLOCKED


ALONE: dict[EngineChoice, Engine] = {
    EngineChoice.CLOUDFLARE: Engine.CLOUDFLARE,
    EngineChoice.LIBRESPEED: Engine.LIBRESPEED,
}


@pytest.mark.parametrize("choice", ALONE)
def test_an_engine_that_is_named_is_the_only_one_asked(choice: EngineChoice, internet: Internet) -> None:
    asked = internet.speedtest_net(FORBIDDEN)
    internet.speaking(servers.cloudflare, backend())
    made = public_rates(choice)
    for upload in (False, True):
        assert good(measured(made, upload=upload)).engine is ALONE[choice]
    assert made.attempts == []
    assert asked.visits == []
    assert internet.cloudflare is not None
    visited = {
        EngineChoice.CLOUDFLARE: bool(internet.cloudflare.visits),
        EngineChoice.LIBRESPEED: bool(internet.librespeed[0].visits),
    }
    assert visited == {each: each is choice for each in ALONE}


@pytest.mark.parametrize("choice", ALONE)
def test_with_a_server_it_is_the_language_that_has_to_be_spoken_there(
    choice: EngineChoice, internet: Internet
) -> None:
    internet.speaking(servers.cloudflare, backend())
    spoken = {EngineChoice.CLOUDFLARE: servers.cloudflare, EngineChoice.LIBRESPEED: servers.librespeed()}
    for language, answer in spoken.items():
        with speaking(answer) as named:
            made = public_rates(choice, named.url)
            found = measured(made)
        if language is choice:
            assert good(found).engine is ALONE[choice]
            assert made.attempts == []
        else:
            why = Unavailable(reason=Reason.UNSUPPORTED, detail=f"the server speaks {ALONE[language].value}")
            assert made.attempts == [Attempt(engine="http", server=LOCAL, direction="", why=why)]
            assert found == why
    assert internet.cloudflare is not None
    assert internet.cloudflare.visits == internet.librespeed[0].visits == []


@pytest.mark.parametrize("choice", [EngineChoice.HTTP, EngineChoice.NONE])
def test_without_a_server_our_own_engine_and_none_ask_nobody(
    choice: EngineChoice, internet: Internet
) -> None:
    asked = internet.speedtest_net(FORBIDDEN)
    internet.speaking(servers.cloudflare, backend())
    assert isinstance(measured(public_rates(choice)), Unavailable)
    assert internet.cloudflare is not None
    assert asked.visits == internet.cloudflare.visits == internet.librespeed[0].visits == []


def test_a_named_server_that_fails_is_followed_by_the_public_ones(internet: Internet) -> None:
    internet.speaking(servers.cloudflare)
    with dead_port() as port:
        made = public_rates(named=f"http://{LOCAL}:{port}")
        assert good(measured(made)).engine is Engine.CLOUDFLARE
    assert [engine for engine, _, _ in failures(made)] == ["http", "speedtest-cli"]


def test_a_proxy_is_tried_first_and_told(internet: Internet, monkeypatch: pytest.MonkeyPatch) -> None:
    with speaking(servers.proxy(servers.cloudflare)) as proxy:
        monkeypatch.delenv("no_proxy")
        monkeypatch.setenv("http_proxy", proxy.url)
        internet.speaking(FORBIDDEN)
        made = public_rates(EngineChoice.CLOUDFLARE)
        assert good(measured(made)).via_proxy
        assert made.attempts == []
    with speaking(FORBIDDEN) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        internet.speaking(servers.cloudflare)
        made = public_rates(EngineChoice.CLOUDFLARE)
        assert not good(measured(made)).via_proxy
    assert failures(made) == [("cloudflare, by proxy", "", Reason.BLOCKED)]


# --- what it costs -------------------------------------------------------------------------------------------


def test_bytes_spent_on_engines_that_fail_count_against_the_cap(
    internet: Internet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cloudflare's sends two megabytes a connection and is silent: so much less is left to the next, and to the upload."""
    monkeypatch.setattr(load, "_LONGEST_TRANSFER_S", 2.0)
    most = 30_000_000

    def two_megabytes(visit: servers.Visit) -> bool:
        visit.head("200 OK", "Content-Type: application/octet-stream", f"Content-Length: {100 * MIB}")
        visit.pour(2_000_000)
        return visit.hang()

    internet.speaking(lambda visit: servers.cloudflare(visit, down=two_megabytes), backend())
    made = public_rates()
    ledger = Ledger()
    measurement = load.LoadMeasurement(
        made, {}, None, ledger, max_bytes=most, until=time.monotonic() + 16, stop=threading.Event()
    )
    measurement.run()
    download, upload = measurement.download, measurement.upload
    assert isinstance(download, TransferSamples)
    assert isinstance(upload, TransferSamples)
    assert download.engine is upload.engine is Engine.LIBRESPEED
    assert internet.cloudflare is not None
    assert internet.cloudflare.sent > 4_000_000
    # Less than two thirds of all, although bytes are counted ten times a second only.
    assert (download.ended, download.total_bytes < most * 2 / 3) == (Ended.BYTES, True)
    assert made.spent_bytes >= internet.cloudflare.sent + download.total_bytes + upload.total_bytes - MIB
    assert sum(ledger.read()) == made.spent_bytes
    assert [(engine, way) for engine, way, _ in failures(made)] == [
        ("speedtest-cli", ""),
        ("cloudflare", "down"),
    ]


def test_when_nothing_of_the_cap_is_left_nobody_is_asked(internet: Internet) -> None:
    internet.speaking(servers.cloudflare)
    made = public_rates(EngineChoice.CLOUDFLARE)
    assert internet.cloudflare is not None
    asked = list(internet.cloudflare.visits)
    measurement = load.LoadMeasurement(
        made, {}, None, Ledger(), max_bytes=1, until=time.monotonic() + 12, stop=threading.Event()
    )
    measurement.run()
    assert isinstance(measurement.download, Unavailable)
    assert "no bytes left" in measurement.download.detail
    assert [visit for visit in internet.cloudflare.visits if visit[0] == "GET"] == asked


# --- what is said ------------------------------------------------------------------------------------------------

_FIELD = Path(__file__).parents[1] / "data" / "field" / "rates.toml"
_HERE = "tests/program/test_public_speed_servers.py::test_what_is_said"
SAID = {
    case["scene"]: case["says"]
    for case in tomllib.loads(_FIELD.read_text(encoding="utf-8"))["case"]
    if case["test"] == _HERE
}
SCENES: dict[str, tuple[Answer, Answer, Answer]] = {
    "speedtest.net refuses (403)": (FORBIDDEN, servers.cloudflare, FORBIDDEN),
    "speedtest.net takes the connection and never answers": (servers.silent, servers.cloudflare, FORBIDDEN),
    "speedtest.net sends garbage for ever": (servers.endless, servers.cloudflare, FORBIDDEN),
    "all of them refuse": (FORBIDDEN, FORBIDDEN, FORBIDDEN),
}


@pytest.mark.parametrize("scene", SAID)
def test_what_is_said(scene: str, internet: Internet, monkeypatch: pytest.MonkeyPatch) -> None:
    """A whole check of the line, with short stages."""
    monkeypatch.setattr(link, "REQUESTS", 50)
    monkeypatch.setattr(idle, "INTERVAL_S", 0.005)
    monkeypatch.setattr(link, "_IDLE_UNTIL_BEFORE_A_SEARCH_S", 2.2)
    monkeypatch.setattr(load, "_LONGEST_TRANSFER_S", 1.5)
    speedtest_net, cloudflare, librespeed = SCENES[scene]
    internet.speedtest_net(speedtest_net)
    internet.speaking(cloudflare, librespeed)
    with server(lambda _n, request: [stun(request)]) as stun_port:
        context = Context(platform=Recorded(Machine()), stun=(Server(LOCAL, stun_port),), rates=RatesConfig())
        facts = link.probe(context, time.monotonic() + 20, undecided=lambda _train: False, foretell=foretell)
    assert isinstance(facts, LinkFacts)
    assert sorted(finding.code for finding in check(Facts(link=facts))) == sorted(SAID[scene])


# --- not asked for ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["quick", "offline"])
def test_a_quick_check_and_one_offline_ask_no_speed_server(way: str, internet: Internet) -> None:
    asked = internet.speedtest_net(FORBIDDEN)
    internet.speaking(servers.cloudflare, backend())
    with server(lambda _n, request: [stun(request)]) as stun_port:
        context = Context(
            platform=Recorded(Machine()),
            stun=(Server(LOCAL, stun_port),),
            rates=RatesConfig(),
            quick=way == "quick",
            offline=way == "offline",
        )
        facts = link.probe(
            context, time.monotonic() + LATEST_S, undecided=lambda _train: False, foretell=foretell
        )
    assert facts == NOT_REQUESTED or (isinstance(facts, LinkFacts) and facts.download == NOT_REQUESTED)
    assert internet.cloudflare is not None
    assert asked.visits == internet.cloudflare.visits == internet.librespeed[0].visits == []


# --- the list -------------------------------------------------------------------------------------------------------


def each_listed() -> list[PublicSpeedServer]:
    listed = speed_servers()
    return [listed.cloudflare, *listed.librespeed]


def test_the_listed_servers_are_asked_over_https_below_their_folder() -> None:
    urls = [each.url for each in each_listed()]
    assert len(set(urls)) == len(urls)
    for url in urls:
        assert urlsplit(url).scheme == "https"
        assert base_of(url).url.startswith(f"https://{urlsplit(url).netloc}:443/")
        assert base_of(url).path == urlsplit(url).path
        assert urlsplit(url).netloc in public_hosts()


def test_several_librespeed_servers_of_several_countries_and_operators_are_listed() -> None:
    listed = speed_servers().librespeed
    assert len({each.place[-3:-1] for each in listed}) >= 4
    assert len({each.operator for each in listed}) >= 4
    assert all(each.place.endswith(")") and each.operator for each in listed)


def test_list_tells_who_is_asked() -> None:
    sends = TIPS["link"].sends
    assert len(speed_servers().librespeed) == 7
    assert "seven public LibreSpeed servers" in sends
    assert f" {urlsplit(speed_servers().cloudflare.url).netloc}," in sends


@pytest.mark.parametrize("page", ["docs/link.md", "docs/privacy.md"])
def test_the_documentation_names_every_listed_server(page: str) -> None:
    text = (Path(__file__).parents[2] / page).read_text(encoding="utf-8")
    missing = [each.url for each in each_listed() if urlsplit(each.url).netloc not in text]
    assert missing == []


def test_speedtest_net_is_told_nothing_about_this_computer() -> None:
    """The library's own user agent names the system, its kernel and its Python."""
    code = (
        "import amif_netcheck.measure.throughput.speedtest_child, speedtest, json;"
        "print(json.dumps(dict(speedtest.build_opener().addheaders)))"
    )
    done = subprocess.run((sys.executable, "-c", code), capture_output=True, encoding="utf-8", check=True)
    headers = json.loads(done.stdout)
    assert headers["User-agent"].startswith("Mozilla/5.0 speedtest-cli/")
    written = done.stdout.casefold()
    for told in (platform.system(), platform.release(), platform.machine(), platform.python_version()):
        assert told.casefold() not in written
