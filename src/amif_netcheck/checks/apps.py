"""The note: "fermez toutes les autres applications". What matters is whether the computer has room left for a call."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from amif_netcheck.checks import limits
from amif_netcheck.checks.spec import FindingSpec
from amif_netcheck.checks.unknown import could_not_tell, unknown_spec
from amif_netcheck.model.facts import AppsFacts, Battery, Facts, Memory, Program, Unavailable
from amif_netcheck.model.finding import Finding, ParamValue, Severity, rank
from amif_netcheck.model.fix import FixKind

_NAMED = 3
"""A sentence names at most so many programs."""
_SHARE = 0.1
"""A program is named when it does at least this share of what is done."""
_HEAVY = frozenset({"game", "p2p", "streaming", "creation", "virtual_machine"})
"""Families that are heavy, and that people close without losing anything. A browser may hold the meeting; what runs in
the background of every computer (files, backups) is named when it is at work."""
_LEAVE = frozenset({"security", "update", "indexing", "system"})
"""Families that nobody should close."""
_UPDATE_AT_WORK_PCT = 1.0
_VARIANT = "named"
_NOTE = (Severity.INFO,)
_CLOSE = (FixKind.CLOSE_APPLICATION,)

QUIET = FindingSpec("apps.quiet", (Severity.OK,))
CPU_BUSY = FindingSpec(
    "apps.cpu_busy",
    (Severity.INFO, Severity.WARNING),
    limits=(limits.CPU,),
    variants=(_VARIANT,),
    effort_min=1,
    fixes=_CLOSE,
    vocabulary=("families",),
)
HOT = FindingSpec("apps.hot", _NOTE, effort_min=3)
MEMORY = FindingSpec(
    "apps.memory",
    (Severity.INFO, Severity.WARNING),
    limits=(limits.MEMORY_STALLED,),
    variants=(_VARIANT,),
    effort_min=1,
    fixes=_CLOSE,
    vocabulary=("families",),
)
MEMORY_LOW = FindingSpec(
    "apps.memory_low",
    _NOTE,
    limits=(limits.MEMORY_AVAILABLE,),
    variants=(_VARIANT,),
    effort_min=1,
    fixes=_CLOSE,
    vocabulary=("families",),
)
BATTERY_LOW = FindingSpec("apps.battery_low", (Severity.WARNING,), limits=(limits.BATTERY,), effort_min=1)
BATTERY_SAVER = FindingSpec("apps.battery_saver", _NOTE, effort_min=1)
UPDATE_RUNNING = FindingSpec("apps.update_running", _NOTE)
REBOOT_PENDING = FindingSpec("apps.reboot_pending", _NOTE, effort_min=10)
HEAVY_OPEN = FindingSpec("apps.heavy_open", _NOTE, effort_min=1, fixes=_CLOSE, vocabulary=("families",))
UNKNOWN = unknown_spec("apps")
FINDINGS = (
    *(QUIET, CPU_BUSY, HOT, MEMORY, MEMORY_LOW, BATTERY_LOW, BATTERY_SAVER),
    *(UPDATE_RUNNING, REBOOT_PENDING, HEAVY_OPEN, UNKNOWN),
)


def check(facts: Facts, _earlier: Sequence[Finding] = ()) -> list[Finding]:
    """Judge the computer's load; worst first. The row is green only when processor and memory are known to be free."""
    apps = facts.apps
    if isinstance(apps, Unavailable):
        return [could_not_tell(UNKNOWN, apps, "facts.apps")]
    findings = [*_processor(apps), *_memory(apps), *_power(apps)]
    named = {name for finding in findings for name in _names(finding)}
    findings += [*_updates(apps, named), *_heavy(apps, named)]
    findings += _missing(apps)
    if not findings:
        return [_quiet(apps)]
    return sorted(findings, key=lambda finding: rank(finding.severity))


def _missing(apps: AppsFacts) -> list[Finding]:
    """One line for what could not be told of processor, memory and programs; the rest is told only when it is known."""
    for what, fact in (("cpu_pct", apps.cpu_pct), ("memory", apps.memory), ("programs", apps.programs)):
        if isinstance(fact, Unavailable):
            return [could_not_tell(UNKNOWN, fact, f"facts.apps.{what}")]
    return []


def _quiet(apps: AppsFacts) -> Finding:
    params: dict[str, ParamValue] = {}
    if not isinstance(apps.cpu_pct, Unavailable):
        params["cpu_pct"] = apps.cpu_pct
    if isinstance(apps.memory, Memory):
        params["available_pct"] = _available_pct(apps.memory)
    evidence = ("facts.apps.cpu_pct", "facts.apps.memory")
    return QUIET.finding(*evidence, params=params)


def _processor(apps: AppsFacts) -> list[Finding]:
    if isinstance(apps.cpu_pct, Unavailable):
        return []
    busiest = _biggest(apps, lambda program: program.cpu_pct, apps.cpu_pct * _SHARE)
    evidence = ("facts.apps.cpu_pct", "facts.apps.programs")
    findings = _limit_finding(CPU_BUSY, apps.cpu_pct, evidence, busiest or None)
    if findings and apps.slowed_by_heat is True:
        findings.append(HOT.finding("facts.apps.slowed_by_heat"))
    return findings


def _memory(apps: AppsFacts) -> list[Finding]:
    """That programs wait for memory tells more than that little is left."""
    memory = apps.memory
    if isinstance(memory, Unavailable):
        return []
    evidence = ("facts.apps.memory", "facts.apps.programs")
    biggest = _biggest(apps, lambda program: program.memory_mb, memory.total_mb * _SHARE)
    closable = [(name, family) for name, family in biggest if family not in _LEAVE]
    stalled = memory.stalled_pct
    waiting = [] if isinstance(stalled, Unavailable) else _limit_finding(MEMORY, stalled, evidence, closable)
    return waiting or _limit_finding(MEMORY_LOW, _available_pct(memory), evidence, closable)


def _limit_finding(
    spec: FindingSpec,
    value: float,
    evidence: tuple[str, ...],
    named: list[tuple[str, str]] | None = None,
) -> list[Finding]:
    """The finding when `value` is beyond the spec's limit, with the applications `named`."""
    (limit,) = spec.limits
    severity, crossed = limits.judge(value, limit)
    if crossed is None:
        return []
    params = limits.comparison(value, limit, crossed) | ({} if named is None else _named(named))
    variant = _VARIANT if named else ""
    return [spec.finding(*evidence, severity=severity, variant=variant, params=params)]


def _available_pct(memory: Memory) -> float:
    return 100 * memory.available_mb / memory.total_mb if memory.total_mb > 0 else 0.0


def _power(apps: AppsFacts) -> list[Finding]:
    findings: list[Finding] = []
    if isinstance(apps.battery, Battery) and apps.battery.discharging:
        findings += _limit_finding(BATTERY_LOW, apps.battery.charge_pct, ("facts.apps.battery",))
    if apps.power_saver is True:
        findings.append(BATTERY_SAVER.finding("facts.apps.power_saver"))
    return findings


def _updates(apps: AppsFacts, named: set[str]) -> list[Finding]:
    """An update at work, unless it was named already as what keeps the computer busy; and one that waits for a restart."""
    findings = []
    at_work = [
        program
        for program in _programs(apps)
        if program.family == "update" and program.cpu_pct >= _UPDATE_AT_WORK_PCT
    ]
    known = any(_name(program) in named for program in at_work)
    if (at_work or apps.installing is True) and not known:
        findings.append(UPDATE_RUNNING.finding("facts.apps.installing", "facts.apps.programs"))
    if apps.restart_pending is True:
        findings.append(REBOOT_PENDING.finding("facts.apps.restart_pending"))
    return findings


def _heavy(apps: AppsFacts, named: set[str]) -> list[Finding]:
    """Known heavy applications that are open and could be closed, but for those that were named already."""
    heavy = {
        _name(program): program.family
        for program in _programs(apps)
        if program.mine and program.family in _HEAVY and _name(program) not in named
    }
    if not heavy:
        return []
    return [HEAVY_OPEN.finding("facts.apps.programs", params=_named(list(heavy.items())[:_NAMED]))]


def _programs(apps: AppsFacts) -> tuple[Program, ...]:
    return () if isinstance(apps.programs, Unavailable) else apps.programs


def _name(program: Program) -> str:
    return program.product or program.process


def _names(finding: Finding) -> list[str]:
    names = finding.params.get("applications", [])
    return names if isinstance(names, list) else []


def _named(applications: list[tuple[str, str]]) -> dict[str, ParamValue]:
    return {
        "applications": [name for name, _ in applications],
        "families": [family for _, family in applications],
    }


def _biggest(apps: AppsFacts, amount: Callable[[Program], float], least: float) -> list[tuple[str, str]]:
    """(name, family) of applications of which each has `least`, its processes taken together; biggest first."""
    sums: dict[tuple[str, str], float] = {}
    for program in _programs(apps):
        family = program.family if program.mine or program.family in _LEAVE else "system"
        key = (_name(program), family)
        sums[key] = sums.get(key, 0.0) + amount(program)
    ranked = sorted(sums.items(), key=lambda item: (-item[1], item[0]))
    return [application for application, size in ranked if size > 0 and size >= least][:_NAMED]
