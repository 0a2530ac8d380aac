"""What to do by the time that is left, and what to do when that is not enough."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from amif_netcheck.advice import plan_b
from amif_netcheck.advice.agenda import When, agenda
from amif_netcheck.advice.appointment import Occasion, occasion
from amif_netcheck.advice.language import LANGUAGES, Language
from amif_netcheck.advice.lookup import WORDS, say
from amif_netcheck.advice.measures import measured
from amif_netcheck.advice.next_step import to_do
from amif_netcheck.advice.plan_b import Fallback
from amif_netcheck.checks.registry import SPECS
from amif_netcheck.meeting.appointment import Appointment
from amif_netcheck.meeting.telephones import DialIn
from amif_netcheck.model.facts import Facts, Medium
from amif_netcheck.model.finding import TO_FIX, Finding, ParamValue, Severity
from amif_netcheck.model.report import CheckResult, Mode, Privacy, Report, System, Tool
from amif_netcheck.run import score
from amif_netcheck.run.checklist import CHECKLIST
from tests.builders import link, near, train, transfer

NOW = datetime(2026, 11, 29, 9, 48, tzinfo=UTC)
TWO = (DialIn("01 70 99 53 11", "123456#"), DialIn("+33 1 70 99 53 12"))
BAD_CODES = sorted(code for code, spec in SPECS.items() if set(spec.severities) & TO_FIX)


def found(code: str, severity: Severity | None = None, **params: ParamValue) -> Finding:
    known = [each for each in SPECS[code].severities if each in TO_FIX]
    place = str(params.get("place", ""))
    variant = place if place in SPECS[code].variants else ""
    return Finding(code=code, severity=severity or known[-1], variant=variant, params=params)


def checked(*findings: Finding) -> tuple[CheckResult, ...]:
    fine = [Finding(code="vpn.none", severity=Severity.OK)]
    return tuple(
        score.result(
            entry.id,
            entry.weight,
            [finding for finding in findings if finding.code.startswith(f"{entry.id}.")] or fine,
            1.0,
        )
        for entry in CHECKLIST
    )


def report(facts: Facts, *findings: Finding) -> Report:
    results = checked(*findings)
    return Report(
        schema_version=1,
        tool=Tool(name="amif-netcheck", version="0"),
        system=System(os="linux"),
        generated_at="2026-01-01T00:00:00+00:00",
        duration_s=1.0,
        mode=Mode.FULL,
        asked=tuple(entry.id for entry in CHECKLIST),
        language="en",
        verdict=score.verdict(results),
        score=score.score(results),
        coverage=score.coverage(results),
        next_action=score.next_action(results),
        checks=results,
        facts=facts,
        privacy=Privacy.FULL,
    )


def told(minutes_left: float | None, *findings: Finding) -> list[tuple[str, str]]:
    return [(item.when.value, item.finding.code) for item in agenda(checked(*findings), minutes_left)]


VPN = found("vpn.carries_meeting")
LATE = found("link.delay", place="beyond")
A_LITTLE_LATE = found("link.delay", Severity.WARNING, place="beyond")
MUTED = found("headset.input_muted")
WEAK = found("proximity.wifi_too_weak")
RESTART = found("apps.reboot_pending")
RINGS = found("sound_apps.call_open")
ON_WIFI, ON_CABLE, BY_PHONE = (
    near(medium=medium) for medium in (Medium.WIFI, Medium.ETHERNET, Medium.CELLULAR)
)


@pytest.mark.parametrize(
    ("minutes_left", "order"),
    [
        (
            None,
            [
                ("first", "vpn.carries_meeting"),
                ("next", "headset.input_muted"),
                ("next", "proximity.wifi_too_weak"),
                ("next", "link.delay"),
                ("if_time", "sound_apps.call_open"),
                ("if_time", "apps.reboot_pending"),
            ],
        ),
        (
            8,
            [
                ("first", "vpn.carries_meeting"),
                ("next", "headset.input_muted"),
                ("next", "proximity.wifi_too_weak"),
                ("next", "link.delay"),
                ("if_time", "sound_apps.call_open"),
                ("after", "apps.reboot_pending"),
            ],
        ),
        (
            3,
            [
                ("first", "vpn.carries_meeting"),
                ("next", "headset.input_muted"),
                ("next", "link.delay"),
                ("if_time", "proximity.wifi_too_weak"),
                ("if_time", "sound_apps.call_open"),
                ("after", "apps.reboot_pending"),
            ],
        ),
    ],
)
def test_the_order(minutes_left: float | None, order: list[tuple[str, str]]) -> None:
    assert told(minutes_left, VPN, LATE, MUTED, WEAK, RESTART, RINGS) == order


def test_a_minute_is_always_found() -> None:
    """Who is late for a meeting still has a microphone to switch on."""
    assert told(-5, MUTED, A_LITTLE_LATE) == [("first", "headset.input_muted"), ("after", "link.delay")]


def test_nothing_wrong_is_nothing_to_do() -> None:
    assert agenda(checked()) == ()
    assert told(10, found("neighbours.others")) == []
    assert told(10, RINGS) == [("if_time", "sound_apps.call_open")]


@given(
    st.lists(st.sampled_from(BAD_CODES), unique=True, max_size=12),
    st.one_of(st.none(), st.floats(-100, 1000)),
)
def test_everything_is_told_once_and_what_takes_longer_than_the_time_left_waits(
    codes: list[str], minutes_left: float | None
) -> None:
    results = checked(*map(found, codes))
    items = agenda(results, minutes_left)
    assert sorted(item.finding.code for item in items) == sorted(
        code for code in codes if not SPECS[code].nothing_to_do
    )
    before = [item for item in items if item.when is not When.AFTER]
    assert [list(When).index(item.when) for item in items] == sorted(
        list(When).index(item.when) for item in items
    )
    assert not [
        item for item in items if item.when is When.AFTER and item.finding.severity is Severity.CRITICAL
    ]
    if minutes_left is not None:
        in_time = [item for item in before if item.in_time]
        assert sum(item.minutes or 0 for item in in_time) <= max(minutes_left, 1)
        assert all(item.minutes for item in in_time)
        for item in before:  # what would not fit with the rest is for who is quick, and fits alone
            alone = (
                item.when is When.IF_TIME
                and item.minutes is not None
                and item.minutes <= max(minutes_left, 1)
            )
            assert item.in_time or alone or item.finding.severity is Severity.CRITICAL
        for item in items[len(before) :]:
            assert item.minutes is None or item.minutes > max(minutes_left, 1)
    else:
        assert before == list(items)
        action = score.next_action(results)
        assert not items or action is None or items[0].finding.code == action.code


BLOCKED = found("firewall.meeting_forbidden")


@pytest.mark.parametrize("minutes_left", [-5, 0, 1, 3])
def test_what_blocks_never_waits_and_something_else_helps_where_it_can_not_be_mended(
    minutes_left: float,
) -> None:
    assert SPECS[BLOCKED.code].effort_min == 5
    assert told(minutes_left, BLOCKED, A_LITTLE_LATE)[0] == ("first", BLOCKED.code)
    made = report(ON_CABLE, BLOCKED)
    assert plan_b.plan_b(made, Occasion(minutes_left=minutes_left, phones=TWO)) != ()
    doing = to_do(made, Language("en"), "linux", minutes_left)
    assert doing.line.startswith("To fix first: ")
    assert doing.check == "firewall"


@pytest.mark.parametrize("minutes_left", [None, 30, 2])
def test_what_is_to_be_done_first_is_what_there_is_time_for(minutes_left: float | None) -> None:
    items = agenda(checked(A_LITTLE_LATE, MUTED), minutes_left)
    doing = to_do(report(ON_CABLE, A_LITTLE_LATE, MUTED), Language("en"), "linux", minutes_left)
    assert doing.check == items[0].check
    assert "After the meeting" not in doing.line


def test_where_nothing_can_be_done_in_time_the_first_thing_is_for_later() -> None:
    doing = to_do(report(ON_CABLE, A_LITTLE_LATE), Language("en"), "linux", 1)
    assert doing.line.startswith("After the meeting: ")
    assert doing.short.startswith("After the meeting: ")
    assert to_do(report(ON_CABLE, A_LITTLE_LATE), Language("en"), "linux", 30).line.startswith(
        "To fix first: "
    )


NOW_OR_LATER = re.compile(r"restart|turn your box off|install", re.IGNORECASE)
LEFT_ALONE = {"apps.reboot_pending", "apps.update_running"}  # they say themselves when


@pytest.mark.parametrize("system", ["linux", "windows", "macos"])
def test_in_a_hurry_nothing_is_restarted_before_the_meeting(system: str) -> None:
    for name, words in WORDS.items():
        code, _, variant = name.partition("/")
        families = ["system", "update", "security", "cloud_sync"]
        params: dict[str, ParamValue] = {
            "applications": ["kernel", "Updater", "Guard", "OneDrive"],
            "families": families,
            "package": "x",
        }
        finding = Finding(code=code, severity=Severity.WARNING, variant=variant, params=params)
        for step in say(finding, Language("en"), system, minutes_left=3).steps:
            told_later = step.startswith("After the meeting: ")
            assert told_later or code in LEFT_ALONE or not NOW_OR_LATER.search(step), (name, step)
            assert not (told_later and "before the meeting" in step), (name, step)
            assert "{" not in step, words
        assert not [
            step for step in say(finding, Language("en"), system).steps if "After the meeting" in step
        ]


def test_a_name_keeps_its_letters_where_it_is_for_later() -> None:
    finding = found("apps.memory", applications=["OneDrive", "kernel"], families=["system", "system"])
    finding = structs.replace(finding, variant="named")
    steps = say(finding, Language("en"), "linux", minutes_left=3).steps
    assert "After the meeting: if OneDrive goes on, restart the computer." in steps
    assert "OneDrive belongs to the system or to another user: wait a moment." in steps


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_step_that_takes_longer_than_the_time_left_comes_last_and_for_later(language: str) -> None:
    spoken = Language(language)
    steps = say(LATE, spoken, "linux", minutes_left=3).steps
    usual = say(LATE, spoken, "linux").steps
    later = {
        "en": ("After the meeting: turn your box off", "After the meeting: if it goes on, call"),
        "fr": (
            "Après la réunion\u00a0: éteignez votre box",
            "Après la réunion\u00a0: si cela continue, appelez",
        ),
    }
    for step, begins in zip(steps[-2:], later[language], strict=True):
        assert step.startswith(begins)
    assert len(set(steps[:-2]) - set(usual)) == 1, "the telephone's connection, without the provider"
    assert say(LATE, spoken, "linux", minutes_left=30).steps == usual


def test_what_was_measured_stands_with_its_limit_and_source() -> None:
    slow = found(
        "link.upload", Severity.WARNING, value_mbit_s=0.3, limit_mbit_s=0.5, source="BigBlueButton, 2026"
    )
    assert measured(slow, Language("fr")) == ["0,3\u00a0Mbit/s, limite 0,5\u00a0Mbit/s (BigBlueButton, 2026)"]
    assert measured(VPN, Language("fr")) == []


# --- plan B -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "findings", "ways"),
    [
        (ON_WIFI, [], []),
        (ON_WIFI, [RINGS], []),
        (ON_WIFI, [WEAK], ["cable", "hotspot", "camera_off", "telephone"]),
        (ON_CABLE, [found("link.loss", place="home")], ["hotspot", "camera_off", "telephone"]),
        (ON_WIFI, [LATE], ["hotspot", "camera_off", "telephone"]),
        (BY_PHONE, [LATE], ["camera_off", "telephone"]),
        (ON_WIFI, [found("firewall.meeting_forbidden")], ["hotspot", "telephone"]),
        (ON_WIFI, [found("firewall.udp_blocked")], ["hotspot", "telephone"]),
        (Facts(), [found("link.no_network")], ["cable", "hotspot", "telephone"]),
        (link(train(), upload=transfer(0.05)), [found("link.upload")], ["cable", "hotspot", "telephone"]),
        (
            link(train(), upload=transfer(0.3)),
            [found("link.upload")],
            ["cable", "hotspot", "camera_off", "telephone"],
        ),
        (ON_WIFI, [found("apps.battery_low")], ["camera_off", "telephone"]),
        (ON_WIFI, [MUTED], ["telephone"]),
    ],
)
def test_plan_b(facts: Facts, findings: list[Finding], ways: list[str]) -> None:
    chosen = plan_b.plan_b(report(facts, *findings), Occasion(phones=TWO))
    assert [way.value for way in chosen] == ways
    without = plan_b.plan_b(report(facts, *findings), Occasion())
    assert without == tuple(way for way in chosen if way is not Fallback.TELEPHONE)


def test_what_can_be_mended_in_time_needs_no_plan_b() -> None:
    made = report(ON_WIFI, WEAK, RESTART)
    assert plan_b.plan_b(made, Occasion(minutes_left=30)) == ()
    assert plan_b.plan_b(made, Occasion(minutes_left=1)) != ()


def test_each_way_is_told_in_the_persons_language() -> None:
    for way in Fallback:
        french, english = (plan_b.say(way, Language(code), Occasion(phones=TWO)) for code in ("fr", "en"))
        assert set(french).isdisjoint(english)
    assert plan_b.say(Fallback.TELEPHONE, Language("en"), Occasion(phones=TWO)) == (
        "Take part by telephone: 01 70 99 53 11, code 123456#",
        "Take part by telephone: +33 1 70 99 53 12",
    )


@pytest.mark.parametrize(
    ("starts", "ends", "left"),
    [
        (None, None, None),
        (12, None, 12.0),
        (-3, None, -3.0),
        (-3, 60, -3.0),
        (-90, -30, None),
        (12, -30, 12.0),
    ],
)
def test_the_time_that_is_left(starts: int | None, ends: int | None, left: float | None) -> None:
    appointment = Appointment(
        starts=None if starts is None else NOW + timedelta(minutes=starts),
        ends=None if ends is None else NOW + timedelta(minutes=ends),
        phones=TWO,
    )
    assert occasion(appointment, NOW) == Occasion(left, TWO)
