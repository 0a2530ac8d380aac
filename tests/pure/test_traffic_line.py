"""The limit for traffic beside the meeting follows the line, as far as that is known."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from amif_netcheck.checks import limits
from amif_netcheck.checks.traffic import check, line_limit
from amif_netcheck.model.facts import NOT_REQUESTED, Application, Confidence, Facts, LinkFacts, Transfer
from amif_netcheck.model.finding import Finding, Severity
from tests.builders import SILENT, link, traffic, train, transfer

BADNESS = {Severity.OK: 0, Severity.INFO: 1, Severity.WARNING: 2}


def on_line(
    down: float, up: float, left_down: float | None, left_up: float | None, *applications: Application
) -> Facts:
    def rate(left: float | None) -> Transfer:
        return transfer(left or 0.0)

    measured = link(
        train(),
        download=NOT_REQUESTED if left_down is None else rate(left_down),
        upload=NOT_REQUESTED if left_up is None else rate(left_up),
    ).link
    return structs.replace(traffic(down, up, *applications), link=measured)


def judged(facts: Facts) -> Finding:
    (only,) = check(facts)
    return only


@pytest.mark.parametrize(
    ("up", "left_up", "code", "limit_mbit_s"),
    [
        pytest.param(1.0, None, "traffic.some", 0.5, id="unknown line: the fixed limit"),
        pytest.param(2.5, None, "traffic.heavy", 2.5, id="unknown line, as much as a meeting"),
        pytest.param(1.0, 1.0, "traffic.heavy", 0.5, id="half of a line of 2"),
        pytest.param(0.4, 0.6, "traffic.quiet", None, id="too little to blame anybody"),
        pytest.param(0.7, 2.4, "traffic.some", 0.5, id="less than a quarter of a line of 3.1"),
        pytest.param(0.9, 2.4, "traffic.heavy", 0.8, id="more than a quarter of a line of 3.3"),
        pytest.param(1.0, 30.0, "traffic.some", 0.5, id="a wide line"),
        pytest.param(20.0, 30.0, "traffic.some", 0.5, id="a wide line has room for much more"),
        pytest.param(27.5, 30.0, "traffic.heavy", 27.5, id="but not for this"),
        pytest.param(2.5, 3.0, "traffic.heavy", 2.5, id="room now, none if it had ended meanwhile"),
    ],
)
def test_sending(up: float, left_up: float | None, code: str, limit_mbit_s: float | None) -> None:
    finding = judged(on_line(0.0, up, None, left_up))
    assert finding.code == code
    if limit_mbit_s is not None:
        assert finding.params["limit_mbit_s"] == pytest.approx(limit_mbit_s)


def test_what_the_line_left_is_said_and_shown_where_it_comes_from() -> None:
    finding = judged(on_line(0.0, 1.0, 50.0, 1.0))
    assert finding.params["left_mbit_s"] == 1.0
    assert "facts.link.upload" in finding.evidence
    assert finding.params["source"] == "amif-netcheck, 2026"


def test_a_rate_that_was_hardly_measured_changes_nothing() -> None:
    weak = structs.replace(transfer(1.0), confidence=Confidence.LOW)
    facts = structs.replace(traffic(0.0, 1.0), link=link(train(), upload=weak).link)
    assert judged(facts).code == "traffic.some"
    assert judged(structs.replace(facts, link=SILENT)).code == "traffic.some"


figures = st.floats(min_value=0, max_value=2000)
lines = st.one_of(st.none(), figures)


@given(figures, figures, lines, lines, figures, figures)
def test_more_traffic_is_never_judged_better_on_any_line(
    down: float, up: float, left_down: float | None, left_up: float | None, more_down: float, more_up: float
) -> None:
    before = judged(on_line(down, up, left_down, left_up))
    after = judged(on_line(down + more_down, up + more_up, left_down, left_up))
    assert BADNESS[after.severity] >= BADNESS[before.severity]


@given(figures, figures, figures, figures, st.floats(0, 1), st.floats(0, 1))
def test_a_thinner_line_is_never_judged_better(
    down: float, up: float, left_down: float, left_up: float, thinner_down: float, thinner_up: float
) -> None:
    before = judged(on_line(down, up, left_down, left_up))
    after = judged(on_line(down, up, left_down * thinner_down, left_up * thinner_up))
    assert BADNESS[after.severity] >= BADNESS[before.severity]


@given(figures, st.sampled_from([limits.TRAFFIC_DOWN, limits.TRAFFIC_UP]))
def test_a_warning_for_less_than_the_fixed_limit_needs_a_line_that_leaves_too_little(
    left: float, limit: limits.Limit
) -> None:
    assert limit.warning is not None
    adapted = line_limit(limit, left)
    assert adapted.warning is not None
    assert (adapted.warning.value >= limit.warning.value) == (left >= limit.warning.value)
    assert adapted.warning.source
    assert adapted.warning.document


QUIC = Application(
    process="firefox",
    product="Firefox",
    family="browser",
    connections=3,
    udp_connections=2,
    quic_connections=2,
)
UNKNOWN_QUIC = Application(process="x", connections=1, udp_connections=1, quic_connections=1)
OTHER = Application(process="onedrive", product="OneDrive", family="cloud_sync", connections=9)


def test_what_tcp_does_not_explain_is_put_down_to_quic_first() -> None:
    finding = judged(traffic(20.0, 0.1, OTHER, UNKNOWN_QUIC, QUIC))
    assert finding.params["likely"] == ["Firefox", "x", "OneDrive"]


def test_what_tcp_explains_needs_no_quic() -> None:
    mover = Application(process="rclone", product="rclone", family="cloud_sync", down_mbit_s=15.0)
    assert judged(traffic(20.0, 0.1, mover, QUIC)).params["applications"] == ["rclone"]


def test_a_link_without_rates_is_no_line() -> None:
    assert isinstance(link(train()).link, LinkFacts)
    facts = structs.replace(traffic(4.0, 0.0), link=link(train()).link)
    assert judged(facts).params["limit_mbit_s"] == 4.0
