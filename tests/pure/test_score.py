"""Weighing: points, coverage, verdict, and what to fix first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amif_netcheck.advice.lookup import WORDS
from amif_netcheck.checks.registry import SPECS
from amif_netcheck.model.finding import TO_FIX, Finding, Severity, worst
from amif_netcheck.model.report import CheckResult, Status, Verdict
from amif_netcheck.run import score
from amif_netcheck.run.checklist import CHECKLIST

WEIGHTS = {entry.id: entry.weight for entry in CHECKLIST}
THREE = {"traffic": 10, "vpn": 15, "link": 20}
"""A checklist of three lines, for tables that are not about its length."""
VERDICT_BADNESS = {Verdict.READY: 0, Verdict.LIMITED: 1, Verdict.NOT_READY: 2}


def results(weights: dict[str, int], /, **severities: Severity | None) -> list[CheckResult]:
    """One finding a check; None for a check that was not asked for; what isn't named is ok."""
    made = []
    for check, weight in weights.items():
        severity = severities.get(check, Severity.OK)
        if severity is None:
            made.append(score.skipped(check, weight))
        else:
            made.append(score.result(check, weight, [Finding(code=f"{check}.x", severity=severity)], 1.0))
    return made


@pytest.mark.parametrize(
    ("severities", "points", "coverage", "verdict"),
    [
        ({}, 100, 1.0, Verdict.READY),
        ({"vpn": Severity.INFO}, 100, 1.0, Verdict.READY),
        ({"vpn": Severity.WARNING}, 75, 1.0, Verdict.LIMITED),
        ({"link": Severity.CRITICAL}, 27, 1.0, Verdict.NOT_READY),
        ({"link": Severity.UNKNOWN}, 100, 0.556, Verdict.UNDETERMINED),
        ({"traffic": Severity.UNKNOWN}, 100, 0.778, Verdict.UNDETERMINED),
        ({"link": Severity.UNKNOWN, "vpn": Severity.CRITICAL}, 20, 0.556, Verdict.NOT_READY),
        ({"link": None, "traffic": None}, 100, 1.0, Verdict.READY),
        ({"link": None, "traffic": None, "vpn": Severity.UNKNOWN}, None, 0.0, Verdict.UNDETERMINED),
        (dict.fromkeys(THREE, Severity.UNKNOWN), None, 0.0, Verdict.UNDETERMINED),
    ],
)
def test_verdict(
    severities: dict[str, Severity | None], points: int | None, coverage: float, verdict: Verdict
) -> None:
    made = results(THREE, **severities)
    assert (score.score(made), score.coverage(made), score.verdict(made)) == (points, coverage, verdict)


def test_no_findings_at_all_is_unknown() -> None:
    assert score.result("vpn", 15, [], 0.0).status is Status.UNKNOWN


@given(
    st.dictionaries(st.sampled_from(sorted(WEIGHTS)), st.sampled_from(list(Severity))),
    st.sampled_from(sorted(WEIGHTS)),
)
def test_a_check_that_gets_worse_never_gives_a_better_verdict(
    severities: dict[str, Severity], check: str
) -> None:
    order = [Severity.OK, Severity.INFO, Severity.WARNING, Severity.CRITICAL]
    known = {name: level for name, level in severities.items() if level is not Severity.UNKNOWN}
    made = [results(WEIGHTS, **{**known, check: level}) for level in order]
    badness = [VERDICT_BADNESS[score.verdict(each)] for each in made]
    points = [score.score(each) or 0 for each in made]
    assert badness == sorted(badness)
    assert points == sorted(points, reverse=True)


@given(st.dictionaries(st.sampled_from(sorted(WEIGHTS)), st.sampled_from(list(Severity))))
def test_the_score_does_not_mislead(severities: dict[str, Severity]) -> None:
    made = results(WEIGHTS, **severities)
    points = score.score(made)
    assert points is None or 0 <= points <= score.MOST
    if points is not None and score.verdict(made) is Verdict.NOT_READY:
        assert points <= score.MOST_NOT_READY
    if score.verdict(made) is Verdict.READY:
        assert points == score.MOST


def test_nearly_all_wrong_is_far_below_the_middle() -> None:
    wrong = [check for check in WEIGHTS if check != "camera"]
    assert (score.score(results(WEIGHTS, **dict.fromkeys(wrong, Severity.WARNING))) or 0) < 30
    blocked = results(WEIGHTS, **dict.fromkeys(wrong, Severity.WARNING) | {"link": Severity.CRITICAL})
    assert (score.score(blocked) or 0) < 20


@given(st.dictionaries(st.sampled_from(sorted(WEIGHTS)), st.sampled_from(list(Severity))))
def test_what_was_not_measured_is_never_ready(severities: dict[str, Severity]) -> None:
    """But for the camera, without which one can take part."""
    made = results(WEIGHTS, **severities)
    needed = [each for each in made if each.id != "camera" or each.points is not None]
    if score.coverage(needed) < score.ENOUGH_COVERAGE or severities.get("link") is Severity.UNKNOWN:
        assert score.verdict(made) in {Verdict.UNDETERMINED, Verdict.NOT_READY}


@given(st.permutations(list(Severity)))
def test_the_worst_does_not_depend_on_the_order(severities: list[Severity]) -> None:
    assert worst(severities) is Severity.CRITICAL
    assert worst([]) is Severity.UNKNOWN
    assert worst([Severity.OK, Severity.UNKNOWN, Severity.INFO]) is Severity.UNKNOWN


def test_loss_on_the_way_to_the_box_is_no_vpns_fault() -> None:
    lost = Finding(code="link.loss", severity=Severity.CRITICAL, params={"place": "home"})
    tunnel = Finding(code="vpn.carries_meeting", severity=Severity.WARNING)
    made = [score.result("vpn", 15, [tunnel], 1.0), score.result("link", 20, [lost], 1.0)]
    action = score.next_action(made)
    assert action is not None
    assert action.code == "link.loss"


def test_a_problem_that_was_seen_does_not_make_up_for_what_was_not() -> None:
    both = [
        Finding(code="link.jitter", severity=Severity.WARNING),
        Finding(code="link.no_answer", severity=Severity.UNKNOWN),
    ]
    result = score.result("link", 20, both, 1.0)
    assert (result.status, result.points) == (Status.WARNING, None)
    assert score.verdict([result]) is Verdict.UNDETERMINED


def weighed(*findings: tuple[str, Severity]) -> str | None:
    made = []
    for check, weight in WEIGHTS.items():
        mine = [
            Finding(code=code, severity=severity)
            for code, severity in findings
            if code.startswith(f"{check}.")
        ]
        made.append(
            score.result(check, weight, mine or [Finding(code=f"{check}.ok", severity=Severity.OK)], 1.0)
        )
    action = score.next_action(made)
    return action.code if action else None


@pytest.mark.parametrize(
    ("findings", "first"),
    [
        ([], None),
        ([("vpn.unknown", Severity.UNKNOWN)], None),
        ([("traffic.some", Severity.INFO)], "traffic.some"),
        ([("link.loss", Severity.WARNING), ("traffic.some", Severity.INFO)], "link.loss"),
        ([("link.loss", Severity.CRITICAL), ("traffic.heavy", Severity.WARNING)], "traffic.heavy"),
        (
            [("link.latency", Severity.CRITICAL), ("vpn.carries_meeting", Severity.WARNING)],
            "vpn.carries_meeting",
        ),
        (
            [("link.no_network", Severity.CRITICAL), ("vpn.carries_meeting", Severity.WARNING)],
            "link.no_network",
        ),
        (
            [("traffic.heavy", Severity.WARNING), ("vpn.carries_meeting", Severity.WARNING)],
            "vpn.carries_meeting",
        ),
    ],
)
def test_causes_come_before_their_consequences(
    findings: list[tuple[str, Severity]], first: str | None
) -> None:
    assert weighed(*findings) == first


def test_with_too_little_known_a_harmless_note_is_not_what_to_fix_first() -> None:
    unknown = [(f"{check}.unknown", Severity.UNKNOWN) for check in WEIGHTS if check != "camera"]
    assert weighed(*unknown, ("camera.none", Severity.INFO)) is None
    assert weighed(("camera.none", Severity.INFO)) == "camera.none"
    assert weighed(*unknown, ("camera.refused", Severity.WARNING)) == "camera.refused"


def first_of(*checks: tuple[str, list[Finding]]) -> str | None:
    made = [score.result(check, WEIGHTS[check], findings, 1.0) for check, findings in checks]
    action = score.next_action(made)
    return action.code if action else None


LATE = Finding(code="link.delay", severity=Severity.CRITICAL, params={"place": "beyond"})
LOST_AT_HOME = Finding(code="link.loss", severity=Severity.CRITICAL, params={"place": "home"})
FORGOTTEN = Finding(code="headset.not_chosen", severity=Severity.WARNING)


def others(code: str) -> Finding:
    return Finding(code=f"neighbours.{code}", severity=Severity.WARNING)


@pytest.mark.parametrize("code", ["eating", "crowded"])
def test_others_on_the_line_come_before_the_delay_that_they_make(code: str) -> None:
    assert first_of(("neighbours", [others(code)]), ("link", [LATE])) == f"neighbours.{code}"
    assert first_of(("neighbours", [others(code)]), ("link", [LOST_AT_HOME])) == "link.loss"


def test_a_cause_is_as_urgent_as_what_it_makes() -> None:
    """Else a headset would come before the television that keeps a person from being heard at all."""
    assert first_of(("neighbours", [others("eating")]), ("headset", [FORGOTTEN])) == "headset.not_chosen"
    with_delay = (("neighbours", [others("eating")]), ("headset", [FORGOTTEN]), ("link", [LATE]))
    assert first_of(*with_delay) == "neighbours.eating"


def test_where_there_is_nothing_to_do_nothing_is_to_be_fixed() -> None:
    nothing = {
        code
        for code, spec in SPECS.items()
        if WORDS[code].steps
        and all(step.startswith("Nothing to do") for step in WORDS[code].steps)
        and set(spec.severities) & TO_FIX
    }
    assert nothing == {code for code, spec in SPECS.items() if spec.nothing_to_do}
    assert weighed(("neighbours.others", Severity.INFO)) is None
    assert weighed(("neighbours.others", Severity.INFO), ("headset.built_in", Severity.INFO)) == (
        "headset.built_in"
    )
