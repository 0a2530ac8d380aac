"""The judgement of the line: what each figure is said to mean, and that a worse line is never judged better."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from amif_netcheck.advice.language import Language
from amif_netcheck.advice.measures import measured
from amif_netcheck.checks import limits, link_rates
from amif_netcheck.checks import link as link_check
from amif_netcheck.model.facts import (
    NOT_REQUESTED,
    Basis,
    Engine,
    Facts,
    FirewallFacts,
    Foretold,
    ForetoldPicture,
    ForetoldSound,
    ForetoldWay,
    LinkFacts,
    MediaLadder,
    Reason,
    Span,
    Train,
    Transfer,
    Unavailable,
    WithoutUdp,
)
from amif_netcheck.model.finding import Severity, rank
from amif_netcheck.model.report import Verdict
from amif_netcheck.run import score
from tests.builders import NO_ROUTE, SILENT, call, call_way, link, loss_of, train, transfer
from tests.pure.test_checks import badness, only

TOO_SLOW = Unavailable(reason=Reason.TIMEOUT)


@pytest.mark.parametrize(
    ("facts", "codes"),
    [
        pytest.param(link(train()), {"link.good": Severity.OK}, id="good"),
        pytest.param(link(train(rtt=100)), {"link.latency": Severity.INFO}, id="100 ms"),
        pytest.param(link(train(rtt=238)), {"link.latency": Severity.INFO}, id="149 ms one way"),
        pytest.param(link(train(rtt=240)), {"link.delay": Severity.WARNING}, id="150 ms one way"),
        pytest.param(link(train(rtt=620)), {"link.delay": Severity.CRITICAL}, id="340 ms one way"),
        pytest.param(link(train(jitter=30)), {"link.jitter": Severity.INFO}, id="jitter"),
        pytest.param(
            link(train(variation=221, jitter=30)), {"link.delay": Severity.WARNING}, id="jitter becomes delay"
        ),
        pytest.param(link(train(loss=1)), {"link.good": Severity.OK}, id="1 %, but two packets are chance"),
        pytest.param(link(train(loss=1, sent=300)), {"link.some_loss": Severity.INFO}, id="1 %"),
        pytest.param(link(train(loss=10)), {"link.some_loss": Severity.INFO}, id="5 % each way, singly"),
        pytest.param(link(train(loss=28)), {"link.loss": Severity.WARNING}, id="15 % each way, singly"),
        pytest.param(link(train(loss=6, run=5)), {"link.some_loss": Severity.INFO}, id="3 % in runs of 5"),
        pytest.param(link(train(loss=15, run=8)), {"link.loss": Severity.WARNING}, id="8 % in runs of 8"),
        pytest.param(link(train(loss=25, run=150)), {"link.loss": Severity.CRITICAL}, id="a quarter in cuts"),
        pytest.param(
            link(train(loss=15, ways=(loss_of(15), loss_of(0)))),
            {"link.loss": Severity.WARNING},
            id="all of it one way",
        ),
        pytest.param(link(train(burst=300)), {"link.loss_burst": Severity.WARNING}, id="cut"),
        pytest.param(link(train(burst=2000)), {"link.loss_burst": Severity.CRITICAL}, id="long cut"),
        pytest.param(
            link(train(rtt=400, loss=25, run=20)),
            {"link.loss": Severity.CRITICAL, "link.delay": Severity.WARNING},
            id="two at once",
        ),
        pytest.param(link(SILENT), {"link.no_answer": Severity.UNKNOWN}, id="silent servers"),
        pytest.param(link(SILENT, resolved=0), {"link.no_names": Severity.UNKNOWN}, id="no names"),
        pytest.param(link(NO_ROUTE), {"link.no_network": Severity.CRITICAL}, id="no network"),
        pytest.param(link(train(sent=40)), {"link.too_few": Severity.UNKNOWN}, id="too few"),
        pytest.param(Facts(), {"link.unknown": Severity.UNKNOWN}, id="not asked"),
        pytest.param(
            link(SILENT, train(rtt=900)),
            {"link.delay": Severity.WARNING, "link.no_answer": Severity.UNKNOWN},
            id="a bad way to the box alone proves a warning at most",
        ),
        pytest.param(
            link(SILENT, train(rtt=900, sent=20)),
            {"link.no_answer": Severity.UNKNOWN},
            id="too few to the box",
        ),
        pytest.param(
            link(SILENT, train(loss=80, burst=2000)),
            {"link.no_answer": Severity.UNKNOWN},
            id="a box that limits pings",
        ),
        pytest.param(
            link(train(), train(loss=50)), {"link.good": Severity.OK}, id="a box that is slow to answer only"
        ),
    ],
)
def test_the_line_at_rest(facts: Facts, codes: dict[str, Severity]) -> None:
    assert {finding.code: finding.severity for finding in link_check.check(facts)} == codes


@pytest.mark.parametrize(
    ("download", "upload", "codes"),
    [
        (transfer(), transfer(), {"link.good": Severity.OK}),
        (transfer(3.9), transfer(2.5), {"link.download": Severity.INFO}),
        (transfer(4), transfer(2.4), {"link.upload": Severity.INFO}),
        (transfer(0.99), transfer(), {"link.download": Severity.WARNING}),
        (transfer(), transfer(0.49), {"link.upload": Severity.WARNING}),
        (
            transfer(0.19),
            transfer(0.14),
            {"link.download": Severity.CRITICAL, "link.upload": Severity.CRITICAL},
        ),
        (transfer(50, 219), transfer(50, 219), {"link.good": Severity.OK}),
        (
            transfer(50, 220),
            transfer(50, 520),
            {"link.load_down": Severity.INFO, "link.load_up": Severity.WARNING},
        ),
        (TOO_SLOW, transfer(), {"link.rates_unknown": Severity.UNKNOWN}),
        (TOO_SLOW, TOO_SLOW, {"link.rates_unknown": Severity.UNKNOWN}),
        (NOT_REQUESTED, NOT_REQUESTED, {"link.good": Severity.OK}),
    ],
)
def test_rates_and_load(
    download: Transfer | Unavailable, upload: Transfer | Unavailable, codes: dict[str, Severity]
) -> None:
    findings = link_check.check(link(train(), download=download, upload=upload))
    assert {finding.code: finding.severity for finding in findings} == codes


def test_a_good_line_is_graded_by_its_worse_direction() -> None:
    """The builder's median under load is half the 95th percentile; at rest it is 20 ms."""
    (good,) = link_check.check(link(train(), download=transfer(50, 60), upload=transfer(9, 120)))
    assert (good.params["added_ms"], good.params["grade"]) == (40, "B")
    assert good.params["grade_source"] == link_rates.GRADE_SOURCE
    assert "note B (DSLReports)" in measured(good, Language("fr"))
    (unseen,) = link_check.check(link(train(), download=transfer(50, 60), upload=transfer(9)))
    assert "grade" not in unseen.params


def test_a_library_that_may_read_too_little_is_told() -> None:
    by_library = structs.replace(transfer(), engine=Engine.SPEEDTEST_CLI, weakness="may under-read")
    (good,) = link_check.check(link(train(), download=by_library, upload=by_library))
    assert "400" in measured(good, Language("fr"))[-1]
    (own,) = link_check.check(link(train(), download=transfer(), upload=transfer()))
    assert "400" not in " ".join(measured(own, Language("fr")))


def test_rates_that_could_not_be_measured_leave_the_line_unassessed() -> None:
    findings = link_check.check(link(train(), download=transfer(), upload=TOO_SLOW))
    assert score.result("link", 20, findings, 0.0).points is None


@pytest.mark.parametrize(
    ("added", "letter"), [(0, "A+"), (4.9, "A+"), (5, "A"), (30, "B"), (60, "C"), (200, "D"), (400, "F")]
)
def test_grades(added: float, letter: str) -> None:
    assert link_rates.grade(added) == letter


@pytest.mark.parametrize(("gateway_p95", "place"), [(None, "unknown"), (30.0, "beyond"), (270.0, "home")])
def test_a_queue_stands_before_the_box_or_behind_it(gateway_p95: float | None, place: str) -> None:
    upload = transfer(50, 520, gateway_p95=gateway_p95)
    finding = only(link_check.check(link(train(), train(rtt=5), upload=upload)))
    assert (finding.code, finding.params["place"]) == ("link.load_up", place)


def test_what_a_call_got_through_proves_a_rate_that_tcp_could_not_show() -> None:
    played = call(up=call_way(video=1.5), down=call_way(video=1.5))
    slow = link(train(), download=transfer(0.1), upload=transfer(0.1), played=played)
    assert {finding.code: finding.severity for finding in link_check.check(slow)} == {
        "link.download": Severity.INFO,
        "link.upload": Severity.INFO,
    }


def test_a_call_that_was_played_tells_which_way_words_go_missing() -> None:
    finding = only(link_check.check(link(train(), played=call(down=call_way(15)))))
    assert (finding.code, finding.severity, finding.params["way"]) == ("link.loss", Severity.WARNING, "down")
    assert "facts.link.call.down.audio" in finding.evidence


shares = st.floats(min_value=0, max_value=100)
figures = st.floats(min_value=0, max_value=5000)


@pytest.mark.parametrize("known", ["up", "down"])
@pytest.mark.parametrize("rates", [(), ("download",), ("upload",), ("download", "upload")])
def test_a_call_of_which_one_way_is_unknown_is_judged_by_the_other(
    known: str, rates: tuple[str, ...]
) -> None:
    half = call_way(15, burst=400, video=0.3)
    ways = {"up": SILENT, "down": SILENT, known: half}
    measured = {name: transfer(0.01) for name in rates}
    findings = link_check.check(link(train(), played=call(**ways), **measured))  # type: ignore[arg-type]
    severities = {finding.code: finding.severity for finding in findings}
    assert (severities.pop("link.loss"), severities.pop("link.loss_burst")) == (Severity.WARNING,) * 2
    lost = next(finding for finding in findings if finding.code == "link.loss")
    assert lost.params["way"] == known
    proven = {"up": "upload", "down": "download"}[known]
    assert severities == {
        f"link.{name}": Severity.WARNING if name == proven else Severity.CRITICAL for name in rates
    }


@given(st.sampled_from(["up", "down"]), shares, figures, st.floats(min_value=0, max_value=3))
def test_a_way_of_a_call_that_is_unknown_proves_no_rate(
    unknown: str, lost: float, burst: float, video: float
) -> None:
    half = call_way(lost, burst=burst, video=video)
    up, down = (SILENT if way == unknown else half for way in ("up", "down"))
    both, one = (
        link_check.check(link(train(), download=transfer(0.3), upload=transfer(0.3), played=played))
        for played in (call(up=half, down=half), call(up=up, down=down))
    )
    code = {"up": "link.upload", "down": "link.download"}[unknown]
    severities = [
        {finding.code: rank(finding.severity) for finding in findings}.get(code, 9)
        for findings in (one, both)
    ]
    assert severities[0] <= severities[1]


def test_the_worse_of_the_line_at_rest_and_the_call_is_told() -> None:
    facts = link(train(loss=10), played=call(up=call_way(50, 20, burst=400)))
    assert {finding.code: finding.severity for finding in link_check.check(facts)} == {
        "link.loss": Severity.CRITICAL,
        "link.loss_burst": Severity.WARNING,
    }


@pytest.mark.parametrize(
    ("gateway", "place"),
    [
        (train(loss=80, run=9), "unknown"),
        (train(loss=26, run=9), "home"),
        (train(loss=20, run=9), "home"),
        (train(loss=15, run=9), "home"),
        (train(loss=5, run=9), "beyond"),
        (train(loss=0), "beyond"),
        (SILENT, "unknown"),
        (train(loss=Unavailable(reason=Reason.UNSUPPORTED)), "unknown"),
    ],
)
def test_the_way_to_the_box_tells_where_a_fault_is(gateway: Train | Unavailable, place: str) -> None:
    finding = only(link_check.check(link(train(loss=20, run=9), gateway)))
    assert finding.params["place"] == place


def test_delay_names_its_cause() -> None:
    late = only(link_check.check(link(train(rtt=300, variation=50))))
    uneven = only(link_check.check(link(train(rtt=60, variation=300))))
    assert (late.params["cause"], uneven.params["cause"]) == ("latency", "jitter")


@pytest.mark.parametrize(("variation", "severity"), [(99, None), (150, Severity.CRITICAL)])
def test_on_a_line_that_is_in_use_already_load_is_no_mere_possibility(
    variation: float, severity: Severity | None
) -> None:
    """The round trip under load has a median of 650 ms, half of the 95th percentile."""
    facts = link(train(rtt=20, variation=variation), upload=transfer(50, 1300))
    found = {each.code: each for each in link_check.check(facts)}
    if severity is None:
        assert "link.delay" not in found
        assert found["link.load_up"].severity is Severity.WARNING
    else:
        assert "link.load_up" not in found  # the same queue
        assert (found["link.delay"].severity, found["link.delay"].params["cause"]) == (severity, "busy")
        assert "facts.link.upload.loaded_rtt_ms" in found["link.delay"].evidence


def test_what_the_train_and_the_call_saw_of_a_way_is_taken_together() -> None:
    """18 % in 250 packets and nothing in 500: 6 % of that way, a made-up sound of 1.3 %."""
    seen = train(loss=18, ways=(loss_of(18), loss_of(0)))
    assert {each.code for each in link_check.check(link(seen, played=call()))} == {"link.some_loss"}
    assert {each.code for each in link_check.check(link(seen))} == {"link.loss"}


@pytest.mark.parametrize(
    ("low", "high", "run", "is_undecided"),
    [
        (0.0, 1.5, 0.0, False),  # 250 requests, nothing lost
        (3.0, 12.0, 8.0, True),  # 2 % of sound lies between
        (3.0, 12.0, 1.0, False),
        (20.0, 30.0, 20.0, False),  # critical either way
    ],
)
def test_the_train_goes_on_while_its_interval_straddles_a_limit(
    low: float, high: float, run: float, is_undecided: bool
) -> None:
    from msgspec import structs  # noqa: PLC0415

    seen = structs.replace(train(), loss=structs.replace(loss_of(low, run), low_pct=low, high_pct=high))
    assert link_check.undecided(seen) is is_undecided


def test_a_report_from_before_runs_were_told_is_judged_by_its_loss() -> None:
    from msgspec import structs  # noqa: PLC0415

    old = structs.replace(train(loss=8), loss=NOT_REQUESTED)
    finding = only(link_check.check(link(old)))
    assert (finding.code, finding.severity) == ("link.loss", Severity.CRITICAL)


@given(
    st.floats(min_value=0, max_value=3000),
    st.floats(min_value=0, max_value=500),
    st.floats(min_value=0, max_value=100),
)
def test_no_way_to_the_box_makes_up_for_an_internet_that_was_not_measured(
    rtt: float, jitter: float, loss: float
) -> None:
    findings = link_check.check(link(SILENT, train(rtt=rtt, jitter=jitter, loss=loss)))
    weighed = score.result("link", 20, findings, 0.0)
    assert weighed.points is None
    assert score.verdict([weighed]) is Verdict.UNDETERMINED


AT_REST = {
    "rtt": figures,
    "jitter": figures,
    "variation": figures,
    "burst": figures,
    "loss": shares,
    "run": st.floats(min_value=1, max_value=100),
}


@given(st.sampled_from(sorted(AT_REST)), st.data())
def test_a_worse_line_at_rest_is_never_judged_better(factor: str, data: st.DataObject) -> None:
    drawn = {name: data.draw(values) for name, values in AT_REST.items()}
    better, worse = sorted([drawn[factor], data.draw(AT_REST[factor])])
    before = link_check.check(link(train(**{**drawn, factor: better})))  # type: ignore[arg-type]
    after = link_check.check(link(train(**{**drawn, factor: worse})))  # type: ignore[arg-type]
    assert badness(after) >= badness(before)


rates = st.floats(min_value=0.001, max_value=200)
LOADED = {
    "down": rates,
    "up": rates,
    "down_p95": figures,
    "up_p95": figures,
    "call_lost": shares,
    "call_run": st.floats(min_value=1, max_value=50),
    "call_burst": figures,
    "call_video": st.floats(min_value=0, max_value=3),
}
MORE_IS_BETTER = {"down", "up", "call_video"}


def loaded(drawn: dict[str, float]) -> Facts:
    way = call_way(drawn["call_lost"], drawn["call_run"], drawn["call_burst"], drawn["call_video"])
    return link(
        train(),
        download=transfer(drawn["down"], drawn["down_p95"]),
        upload=transfer(drawn["up"], drawn["up_p95"]),
        played=call(up=way, down=way),
    )


@given(st.sampled_from(sorted(LOADED)), st.data())
def test_a_worse_line_under_load_is_never_judged_better(factor: str, data: st.DataObject) -> None:
    drawn = {name: data.draw(values) for name, values in LOADED.items()}
    better, worse = sorted([drawn[factor], data.draw(LOADED[factor])], reverse=factor in MORE_IS_BETTER)
    before = link_check.check(loaded({**drawn, factor: better}))
    after = link_check.check(loaded({**drawn, factor: worse}))
    assert badness(after) >= badness(before)


def test_the_limits_of_calls_are_the_classes_that_calls_were_judged_by() -> None:
    assert (limits.CONCEALED.warning, limits.CONCEALED.critical) != (None, None)
    assert [each.value for each in (limits.CONCEALED.warning, limits.CONCEALED.critical) if each] == [2, 7]
    assert [each.value for each in (limits.DELAY.warning, limits.DELAY.critical) if each] == [150, 340]


def at_a_meeting(service: str, up_mbit_s: float) -> Facts:
    """A line of that rate up and 20 Mbit/s down, whose call is as good as it gets, and a meeting of that service."""
    good = ForetoldWay(
        sound=ForetoldSound(made_up_pct=span(0), delay_ms=span(50)),
        picture=ForetoldPicture(
            kbit_s=span(min(1700, 850 * up_mbit_s)), height=360, frames_per_s=span(30), frozen_pct=span(0)
        ),
    )
    facts = link(train(), download=transfer(20), upload=transfer(up_mbit_s))
    assert isinstance(facts.link, LinkFacts)
    ladder = MediaLadder(service=service, without_udp=WithoutUdp.WORKS, rungs=())
    return structs.replace(
        facts,
        link=structs.replace(facts.link, foretold=Foretold(basis=Basis.TRAINS, up=good, down=good)),
        firewall=FirewallFacts(
            udp=NOT_REQUESTED,
            web=NOT_REQUESTED,
            portal=NOT_REQUESTED,
            proxies=NOT_REQUESTED,
            resolver=NOT_REQUESTED,
            ladder=ladder,
        ),
    )


def span(value: float) -> Span:
    return Span(value=value, low=value, high=value)


@pytest.mark.parametrize(
    ("service", "up", "said"),
    [
        ("zoom", 20, None),
        ("zoom", 1.4, ("360p", "Zoom")),
        ("nobody-knows-it", 1.4, None),
        ("zoom", 0.2, None),
    ],
)
def test_what_the_meetings_own_service_will_show(
    service: str, up: float, said: tuple[str, str] | None
) -> None:
    notes = [
        finding
        for finding in link_check.check(at_a_meeting(service, up))
        if finding.code == "link.service_picture"
    ]
    assert [(each.params["size"], each.params["service"]) for each in notes] == ([said] if said else [])


def test_a_call_of_which_nothing_is_known_leaves_the_line_unassessed() -> None:
    played = call(up=TOO_SLOW, down=TOO_SLOW)
    found = link_check.check(link(train(), download=transfer(), upload=transfer(), played=played))
    assert [(finding.code, finding.severity) for finding in found] == [("link.unknown", Severity.UNKNOWN)]
