"""The link probe when a stage of it crashes, is late or stuck: it costs its own facts, and never another's."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amif_netcheck.measure import call_stage, gateway, idle, paced_upload, train
from amif_netcheck.measure.switch_interval import short_switch_interval
from amif_netcheck.measure.throughput import load
from amif_netcheck.measure.throughput.rates import EngineChoice, RatesConfig
from amif_netcheck.model.address import Server, base_of
from amif_netcheck.model.facts import (
    NOT_REQUESTED,
    LinkFacts,
    PacedUpload,
    Reason,
    Train,
    Transfer,
    Unavailable,
)
from amif_netcheck.platforms.answers import Gateway
from amif_netcheck.platforms.recorded import Machine, Recorded
from amif_netcheck.prediction.foretell import foretell
from amif_netcheck.probes import link
from amif_netcheck.probes.context import Context
from tests.program.points import Point, point
from tests.program.speed_stand_ins import Answer, Visit, librespeed, speaking
from tests.program.test_link_probe import internet, measured
from tests.program.test_trains import server, stun

pytestmark = pytest.mark.usefixtures("no_proxy", "short_stages")


@pytest.fixture
def short_stages(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second at rest, a second of transfer each way, a second of call."""
    monkeypatch.setattr(link, "REQUESTS", 50)
    monkeypatch.setattr(idle, "INTERVAL_S", 0.005)
    monkeypatch.setattr(link, "_IDLE_UNTIL_S", 2.2)
    monkeypatch.setattr(link, "_LATE_S", 0.3)
    monkeypatch.setattr(call_stage, "_PLAY_S", 1.0)
    monkeypatch.setattr(call_stage, "_SHORTEST_PLAY_S", 0.4)
    for name, seconds in (("_LONGEST_TRANSFER_S", 1.2), ("_LONGEST_PAUSE_S", 0.2), ("_LINGER_S", 0.2)):
        monkeypatch.setattr(load, name, seconds)


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Point]:
    with point(tmp_path_factory.mktemp("stages")) as made:
        yield made


def answers_of_a_test_point(udp_port: object) -> Answer:
    """A speed server that describes itself as a test point of our own, with this port."""
    description = json.dumps({"name": "amif-netcheck", "udp_port": udp_port, "call": True}).encode()
    others = librespeed()

    def answer(visit: Visit) -> bool:
        if visit.page == "amif-netcheck":
            return visit.reply("200 OK", description)
        return others(visit)

    return answer


def full_run(stun_port: int, speed_url: str, seconds: float = 14.0) -> LinkFacts:
    context = Context(
        platform=Recorded(Machine()),
        stun=(Server("127.0.0.1", stun_port),),
        rates=RatesConfig(server=base_of(speed_url), engine=EngineChoice.HTTP, max_bytes=4_000_000),
    )
    facts = link.probe(context, time.monotonic() + seconds, undecided=lambda _train: False, foretell=foretell)
    assert isinstance(facts, LinkFacts)
    return facts


def test_a_test_point_with_a_port_that_is_none_costs_no_train_and_no_rate() -> None:
    """`Infinity` is what Python's JSON writes and reads. It is none of our own then, and is asked what else it speaks."""
    with (
        server(lambda _n, request: [stun(request)]) as stun_port,
        speaking(answers_of_a_test_point(float("inf"))) as here,
    ):
        facts = full_run(stun_port, here.url)
    assert isinstance(facts.internet, Train)
    assert isinstance(facts.download, Transfer)
    assert facts.call == NOT_REQUESTED


@pytest.mark.parametrize("loses", [True, False], ids=["losing", "whole"])
def test_where_packets_are_lost_and_only_there_a_small_upload_tells_which_way(
    *, loses: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paced_upload, "_FEWEST_PIECES", 3)
    monkeypatch.setattr(link, "REQUESTS", 120)
    monkeypatch.setattr(link, "_LOOK_AGAIN_S", 0.02)
    monkeypatch.setattr(Recorded, "acked_bytes", lambda _platform, _sock, handed_over: handed_over)
    monkeypatch.setattr(Recorded, "resent_bytes", lambda _platform, _sock: 100)
    uploads: list[str] = []
    speaks = librespeed()

    def noted(visit: Visit) -> bool:
        uploads.append(f"{visit.method} {visit.length}")
        return speaks(visit)

    lossy = lambda n, request: [] if loses and n % 5 == 4 else [stun(request)]  # noqa: E731
    with server(lossy) as stun_port, speaking(noted) as here:
        facts = full_run(stun_port, here.url)
    assert uploads.count("POST 40100") == int(loses), uploads
    if loses:
        assert isinstance(facts.paced_upload, PacedUpload)
        assert facts.paced_upload.acked_bytes >= 300
        assert facts.paced_upload.began_s > 1, "once losses are known"
    else:
        assert facts.paced_upload == NOT_REQUESTED


def crash(*_: object, **__: object) -> Any:
    raise ZeroDivisionError("a fault of ours")


CRASHES: dict[str, tuple[str, set[str]]] = {
    "choosing a server": ("amif_netcheck.measure.servers.choose", {"internet", "names"}),
    "the facts of the train": ("amif_netcheck.measure.idle._facts", {"internet"}),
    "the round trips beside the transfers": (
        "amif_netcheck.measure.throughput.load.LoadMeasurement.round_trips",
        set(),
    ),
    "a transfer": ("amif_netcheck.measure.throughput.sampling._sample", {"download", "upload"}),
    "asking whether the line is metered": (
        "amif_netcheck.measure.throughput.rates.RatesConfig.most_bytes",
        {"download", "upload"},
    ),
    "the facts of the rates": ("amif_netcheck.measure.results.transfer", {"download", "upload"}),
    "the pause between the transfers": (
        "amif_netcheck.measure.throughput.load.LoadMeasurement._wait_until_empty",
        {"upload"},
    ),
    "the call": ("amif_netcheck.measure.call.play", {"call"}),
    "the facts of the call": ("amif_netcheck.measure.results.played", {"call"}),
}


@pytest.mark.parametrize("stage", CRASHES)
def test_a_stage_that_crashes_takes_no_other_with_it(
    stage: str, here: Point, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    place, lost = CRASHES[stage]
    monkeypatch.setattr(place, crash)
    with server(lambda _n, request: [stun(request)]) as stun_port:
        facts = full_run(stun_port, f"http://{here.host}:{here.port}", 24.0)
    missing = {
        name
        for name in ("internet", "names", "download", "upload", "call")
        if isinstance(getattr(facts, name), Unavailable)
    }
    assert missing == (lost | {"call"} if stage == "choosing a server" else lost)
    for name in lost:
        fact = getattr(facts, name)
        assert (fact.reason, fact.detail) == (Reason.ERROR, "ZeroDivisionError('a fault of ours')")
    assert any(record.exc_info for record in caplog.records), "with its traceback"


def test_a_second_opinion_that_crashes_leaves_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idle, "_weighed", crash)
    lossy = lambda n, request: [] if n % 5 == 4 else [stun(request)]  # noqa: E731
    with server(lossy) as one, server(lossy) as other:
        fact = internet(one, other)
    assert isinstance(fact, Train)
    assert fact.loss_pct == pytest.approx(20, abs=1)


@pytest.mark.parametrize("fault", ["crashes", "never ends"])
def test_without_internet_the_train_to_the_box_is_kept_whatever_comes_after_it(
    fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    over = threading.Event()
    usual = gateway.GatewayTrain.run

    def faulty(*arguments: Any, **options: Any) -> None:
        usual(*arguments, **options)
        if fault == "crashes":
            crash()
        over.wait()

    no_route = Unavailable(reason=Reason.NOT_PRESENT, detail="no route")
    monkeypatch.setattr(gateway.GatewayTrain, "run", faulty)
    monkeypatch.setattr(gateway, "_first_that_answers", lambda *_: "nothing")
    monkeypatch.setattr("amif_netcheck.measure.servers.route_error", lambda _destinations: no_route)
    try:
        facts = measured(1, gateway=Gateway(address="127.0.0.1", interface="lo"), until_s=4.0)
    finally:
        over.set()
    assert isinstance(facts, LinkFacts)
    assert facts.internet == no_route
    assert isinstance(facts.gateway, Train)
    assert facts.gateway.received > 5


STUCK: dict[str, tuple[str, set[str]]] = {
    "asking the box": ("amif_netcheck.platforms.recorded.Recorded.gateway", {"gateway"}),
    "a train": ("amif_netcheck.measure.train.TrainSender._receive", {"internet"}),
    "a second opinion": ("amif_netcheck.measure.idle.IdleMeasurement._reconsider", set()),
    "rates": ("amif_netcheck.measure.throughput.load.LoadMeasurement.run", {"download", "upload"}),
    "an upload": ("amif_netcheck.measure.throughput.flows.Upload.__init__", {"upload"}),
}


@pytest.mark.parametrize("stage", STUCK)
def test_a_stage_that_is_stuck_is_left_behind_with_all_that_was_measured(
    stage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing ends it before the test does; that the probe returns at all shows that it waits for nobody."""
    place, lost = STUCK[stage]
    over = threading.Event()

    def stuck(*_: object, **__: object) -> Any:
        over.wait()
        raise TimeoutError

    monkeypatch.setattr(place, stuck)
    lossy = lambda n, request: [] if stage == "a second opinion" and n % 5 == 4 else [stun(request)]  # noqa: E731
    try:
        with server(lossy) as stun_port, speaking(librespeed()) as here:
            facts = full_run(stun_port, here.url, 8.0)
    finally:
        over.set()
    for name in ("internet", "download", "upload"):
        assert isinstance(getattr(facts, name), Unavailable) == (name in lost), name
    for name in lost:
        assert getattr(facts, name).reason is Reason.TIMEOUT


def test_trains_that_never_end_are_kept_as_far_as_they_came(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()
    for place in (train.TrainSender, gateway.GatewayTrain):
        usual = place.run

        def endless(*arguments: Any, usual: Any = usual, **options: Any) -> Any:
            usual(*arguments, **options)
            over.wait()

        monkeypatch.setattr(place, "run", endless)
    # What answers pings or DNS is tried with a train of its own.
    monkeypatch.setattr(gateway, "_first_that_answers", lambda *_: "nothing")
    try:
        with server(lambda _n, request: [stun(request)]) as port:
            facts = measured(port, gateway=Gateway(address="127.0.0.1", interface="lo"), until_s=4.0)
    finally:
        over.set()
    assert isinstance(facts, LinkFacts)
    assert isinstance(facts.internet, Train)
    assert facts.internet.received == facts.internet.sent > 50
    assert isinstance(facts.gateway, Train)
    assert facts.gateway.received > 5


@given(ends=st.permutations(["first", "second"]), crashes=st.sets(st.sampled_from(["first", "second"])))
def test_threads_take_turns_as_before_once_nobody_measures(ends: list[str], crashes: set[str]) -> None:
    """Two at a time, which end in any order, well or in a crash."""
    usual = sys.getswitchinterval()
    open_ones = {name: short_switch_interval() for name in ("first", "second")}
    for using in open_ones.values():
        using.__enter__()
    for index, name in enumerate(ends):
        assert sys.getswitchinterval() < usual, f"{len(ends) - index} still measure"
        error = ZeroDivisionError() if name in crashes else None
        open_ones[name].__exit__(type(error) if error else None, error, None)
    assert sys.getswitchinterval() == usual
