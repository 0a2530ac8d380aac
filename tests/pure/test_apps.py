"""The computer's load: from facts to findings, by table; worse facts never better; security software never closed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from amif_netcheck.advice.language import LANGUAGES, Language
from amif_netcheck.advice.lookup import say
from amif_netcheck.catalog import application, applications, family_label
from amif_netcheck.checks.apps import check
from amif_netcheck.model.facts import AppsFacts, Battery, Facts, Program, Reason, Unavailable
from amif_netcheck.model.finding import Finding, ParamValue, Severity, worst
from amif_netcheck.output.private import redact_result
from amif_netcheck.run import score
from tests.builders import NO_BATTERY, SILENT, apps

BADNESS = {Severity.OK: 0, Severity.INFO: 1, Severity.WARNING: 2, Severity.CRITICAL: 3}
HIDDEN = Unavailable(reason=Reason.NOT_PERMITTED)
UNBUILT = Unavailable(reason=Reason.UNSUPPORTED)
SYSTEMS = ("linux", "macos", "windows")
NEVER = {"fr": ("fermez-le", "fermez le", "quittez", "arrêtez"), "en": ("then close it", "quit", "shut")}


def program(name: str, cpu: float = 0.0, memory: float = 50.0, *, mine: bool = True) -> Program:
    known = application(name)
    return Program(
        process=name,
        product=known.name if known else "",
        family=known.family if known else "",
        mine=mine,
        cpu_pct=cpu,
        memory_mb=memory,
    )


def codes(facts: Facts) -> list[str]:
    return [finding.code for finding in check(facts)]


def finding(facts: Facts, code: str) -> Finding:
    return next(each for each in check(facts) if each.code == code)


def battery(charge: float, *, discharging: bool = True) -> Battery:
    return Battery(charge_pct=charge, discharging=discharging)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        pytest.param(apps(), ["apps.quiet"], id="a quiet computer"),
        pytest.param(apps(59.9), ["apps.quiet"], id="some load"),
        pytest.param(apps(60), ["apps.cpu_busy"], id="busy"),
        pytest.param(apps(99, slowed_by_heat=True), ["apps.cpu_busy", "apps.hot"], id="busy and hot"),
        pytest.param(apps(slowed_by_heat=True), ["apps.quiet"], id="hot with nothing to do"),
        pytest.param(apps(stalled=7), ["apps.memory"], id="waiting for memory"),
        pytest.param(apps(available_pct=9), ["apps.memory_low"], id="little memory, nobody waits"),
        pytest.param(apps(available_pct=9, stalled=30), ["apps.memory"], id="one line about memory"),
        pytest.param(apps(available_pct=9, stalled=UNBUILT), ["apps.memory_low"], id="no pressure known"),
        pytest.param(apps(battery=battery(19)), ["apps.battery_low"], id="battery low"),
        pytest.param(apps(battery=battery(19, discharging=False)), ["apps.quiet"], id="low but plugged in"),
        pytest.param(apps(battery=battery(20)), ["apps.quiet"], id="on battery"),
        pytest.param(apps(power_saver=True), ["apps.battery_saver"], id="saving power"),
        pytest.param(apps(installing=True), ["apps.update_running"], id="installing"),
        pytest.param(
            apps(20, program("packagekitd", 15, mine=False)), ["apps.update_running"], id="an update at work"
        ),
        pytest.param(apps(5, program("snapd", 0.2, mine=False)), ["apps.quiet"], id="an update at rest"),
        pytest.param(
            apps(90, program("TiWorker.exe", 85, mine=False), installing=True),
            ["apps.cpu_busy"],
            id="an update that keeps the processor busy is said once",
        ),
        pytest.param(apps(restart_pending=True), ["apps.reboot_pending"], id="a restart waits"),
        pytest.param(apps(5, program("Photoshop.exe")), ["apps.heavy_open"], id="a heavy one is open"),
        pytest.param(apps(5, program("steam", mine=False)), ["apps.quiet"], id="somebody else's"),
        pytest.param(apps(5, program("firefox"), program("OneDrive.exe")), ["apps.quiet"], id="daily things"),
        pytest.param(apps(HIDDEN), ["apps.unknown"], id="the processor is unknown"),
        pytest.param(
            apps(HIDDEN, battery=battery(5)), ["apps.battery_low", "apps.unknown"], id="worst first"
        ),
        pytest.param(
            apps(installing=UNBUILT, power_saver=UNBUILT, restart_pending=UNBUILT, slowed_by_heat=UNBUILT),
            ["apps.quiet"],
            id="what a system can't tell beside processor and memory",
        ),
        pytest.param(Facts(), ["apps.unknown"], id="not asked"),
        pytest.param(Facts(apps=SILENT), ["apps.unknown"], id="no time"),
    ],
)
def test_findings(facts: Facts, expected: list[str]) -> None:
    assert codes(facts) == expected


def test_without_memory_or_programs_the_row_is_not_green() -> None:
    facts = apps().apps
    assert isinstance(facts, AppsFacts)
    for missing in ({"memory": HIDDEN}, {"programs": HIDDEN}):
        (only,) = check(Facts(apps=structs.replace(facts, **missing)))
        assert (only.code, only.severity) == ("apps.unknown", Severity.UNKNOWN)


@pytest.mark.parametrize(
    ("cpu", "severity"), [(60, Severity.INFO), (79.9, Severity.INFO), (80, Severity.WARNING)]
)
def test_the_limits_of_the_processor(cpu: float, severity: Severity) -> None:
    (only,) = check(apps(cpu))
    assert only.severity is severity
    assert only.params["limit_pct"] == (80 if severity is Severity.WARNING else 60)


def test_who_keeps_the_processor_busy_is_named_with_its_processes_taken_together() -> None:
    facts = apps(
        90,
        program("firefox", 20), program("Web Content", 25), program("kdenlive", 30), program("sshd", 4),
    )  # fmt: skip
    busy = finding(facts, "apps.cpu_busy")
    assert busy.params["applications"] == ["Firefox", "Kdenlive"]
    assert busy.params["families"] == ["browser", "creation"]
    assert "apps.heavy_open" not in codes(facts), "it was named already"


def test_many_small_programs_accuse_nobody() -> None:
    facts = apps(90, *(program(f"p{number}", 4) for number in range(20)))
    assert "applications" not in finding(facts, "apps.cpu_busy").params


def test_another_users_program_is_named_as_the_systems() -> None:
    busy = finding(apps(95, program("x", 50, mine=False), program("chrome", 40, mine=False)), "apps.cpu_busy")
    assert (busy.params["applications"], busy.params["families"]) == (["x", "Chrome"], ["system", "system"])


@pytest.mark.parametrize(
    "name", ["gnome-shell", "explorer.exe", "WindowServer", "svchost.exe", "plasmashell"]
)
def test_nobody_is_told_to_close_the_desktop_though_it_is_theirs(name: str) -> None:
    busy = finding(apps(95, program(name, 90, memory=4000), stalled=50), "apps.cpu_busy")
    assert busy.params["families"] == ["system"]
    for language in LANGUAGES:
        first = say(busy, Language(language), "linux").steps[0]
        assert not any(word in first.casefold() for word in NEVER[language])
    assert "apps.heavy_open" not in codes(apps(5, program(name)))


def test_what_holds_the_memory_is_named_but_for_what_must_stay() -> None:
    facts = apps(
        5, program("chrome", memory=5000), program("MsMpEng.exe", memory=1500, mine=False), stalled=30
    )
    assert finding(facts, "apps.memory").params["applications"] == ["Chrome"]


SECURITY = [each for each in applications().application if each.family == "security"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("known", SECURITY, ids=lambda known: known.name)
def test_security_software_is_never_to_be_closed(language: str, known: object) -> None:
    name = known.name  # type: ignore[attr-defined]
    process = known.processes[0].rstrip("*")  # type: ignore[attr-defined]
    assert application(process) is known, "another pattern takes it first"
    cases = [
        *check(apps(95, program(process, 90, memory=4000), stalled=50)),
        *check(apps(95, program(process, 90, memory=4000, mine=False), available_pct=5)),
        Finding(code="traffic.heavy", severity=Severity.WARNING, variant="named", params={"applications": [name], "families": ["security"]}),
        Finding(code="traffic.some", severity=Severity.INFO, variant="likely", params={"likely": [name], "families": ["security"]}),
    ]  # fmt: skip
    assert any(name in str(each.params) for each in cases)
    for each in cases:
        for system in SYSTEMS:
            steps = say(each, Language(language), system).steps
            about = [step for step in steps if name in step]
            assert not any(word in step.casefold() for step in about for word in NEVER[language])


def test_each_application_has_a_label_and_patterns_in_lower_case() -> None:
    for each in applications().application:
        assert all(family_label(each.family, language) for language in LANGUAGES)
        assert all(pattern == pattern.casefold().removesuffix(".exe") for pattern in each.processes)
        assert not any(pattern.startswith("*") for pattern in each.processes)


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_known_application_has_steps_of_its_own(language: str, system: str) -> None:
    for each in applications().application:
        named = Finding(
            code="traffic.heavy",
            severity=Severity.WARNING,
            variant="named",
            params={"applications": [each.name], "families": [each.family]},
        )
        first, *_ = say(named, Language(language), system).steps
        assert each.name in first
        assert "{" not in first
        assert "(souvent" not in first, "the general step"
        assert "(often" not in first, "the general step"


def test_onedrive_is_paused_by_its_own_menu() -> None:
    named = Finding(
        code="traffic.heavy",
        severity=Severity.WARNING,
        variant="named",
        params={"applications": ["OneDrive", "foo"], "families": ["cloud_sync", ""]},
    )
    steps = say(named, Language("fr"), "windows").steps
    assert "nuage" in steps[0]
    assert "Suspendre la synchronisation" in steps[0]
    assert "2 heures" in steps[0]
    assert steps[1].startswith("foo")


def test_a_hostile_name_is_a_name_in_its_step_too() -> None:
    named = Finding(
        code="apps.cpu_busy",
        severity=Severity.WARNING,
        variant="named",
        params={"value_pct": 90.0, "limit_pct": 80.0, "source": "x", "applications": ["{0}{value_pct}%s"], "families": [""]},
    )  # fmt: skip
    assert say(named, Language("en"), "linux").steps[0].startswith("{0}{value_pct}%s: save")


def test_a_report_of_before_has_steps_too() -> None:
    params: dict[str, ParamValue] = {"applications": ["OneDrive"]}
    old = Finding(code="traffic.heavy", severity=Severity.WARNING, variant="named", params=params)
    assert "2 heures" in say(old, Language("fr"), "windows").steps[0]


shares = st.floats(min_value=0, max_value=100)
names = st.sampled_from(["firefox", "steam", "MsMpEng.exe", "packagekitd", "kworker", "x"])
programs = st.lists(st.builds(program, names, shares, shares.map(lambda share: share * 80)), max_size=6)
batteries = st.one_of(st.just(NO_BATTERY), shares.map(battery))
states = st.fixed_dictionaries(
    {name: st.booleans() for name in ("power_saver", "restart_pending", "installing", "slowed_by_heat")}
)


def badness(facts: Facts) -> int:
    return BADNESS[worst(each.severity for each in check(facts))]


@given(shares, shares, shares, batteries, states, programs, st.data())
def test_a_computer_that_gets_worse_is_never_judged_better(
    cpu: float,
    available: float,
    stalled: float,
    charge: Battery | Unavailable,
    flags: dict[str, bool],
    running: list[Program],
    data: st.DataObject,
) -> None:
    before = apps(cpu, *running, available_pct=available, stalled=stalled, battery=charge, **flags)
    worse_charge = (
        charge if isinstance(charge, Unavailable) else battery(data.draw(st.floats(0, charge.charge_pct)))
    )
    after = apps(
        data.draw(st.floats(cpu, 100)),
        *running,
        *data.draw(programs),
        available_pct=data.draw(st.floats(0, available)),
        stalled=data.draw(st.floats(stalled, 100)),
        battery=worse_charge,
        **{name: flag or data.draw(st.booleans()) for name, flag in flags.items()},
    )
    assert badness(after) >= badness(before)


@given(shares, shares, programs)
def test_nothing_here_is_ever_critical_and_the_worst_comes_first(
    cpu: float, stalled: float, running: list[Program]
) -> None:
    found = [BADNESS[each.severity] for each in check(apps(cpu, *running, stalled=stalled))]
    assert found == sorted(found, reverse=True)
    assert max(found) < BADNESS[Severity.CRITICAL]


def test_a_users_name_in_a_programs_name_is_not_written() -> None:
    own = score.result("apps", 5, check(apps(95, program("dupont-backup", 90, memory=4000), stalled=50)), 1.0)
    clean = redact_result(own, Facts(), {"dupont": "user"})
    said = [say(each, Language("fr"), "linux") for each in clean.findings]
    assert "dupont" in str(own)
    assert "dupont" not in str(clean) + str(said)
    assert "user-1-backup" in said[0].steps[0]
