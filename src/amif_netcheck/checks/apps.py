"""The note: "fermez toutes les autres applications". What matters is whether the computer has room left for a call."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from amif_netcheck.checks import limits
from amif_netcheck.checks.unknown import could_not_tell
from amif_netcheck.model.facts import AppsFacts, Battery, Facts, Memory, Program, Unavailable
from amif_netcheck.model.finding import Finding, ParamValue, Severity

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
_WORST_FIRST = (Severity.WARNING, Severity.UNKNOWN, Severity.INFO, Severity.OK)


def check(facts: Facts) -> list[Finding]:
    """Judge the computer's load; worst first. The row is green only when processor and memory are known to be free."""
    apps = facts.apps
    if isinstance(apps, Unavailable):
        return [could_not_tell("apps", apps, "facts.apps")]
    findings = [*_processor(apps), *_memory(apps), *_power(apps)]
    said = {name for finding in findings for name in _names(finding)}
    findings += [*_updates(apps, said), *_heavy(apps, said)]
    findings += _missing(apps)
    if not findings:
        return [_quiet(apps)]
    return sorted(findings, key=lambda finding: _WORST_FIRST.index(finding.severity))


def _missing(apps: AppsFacts) -> list[Finding]:
    """One line for what could not be told of processor, memory and programs; the rest is told only when it is known."""
    for what, fact in (("cpu_pct", apps.cpu_pct), ("memory", apps.memory), ("programs", apps.programs)):
        if isinstance(fact, Unavailable):
            return [could_not_tell("apps", fact, f"facts.apps.{what}")]
    return []


def _quiet(apps: AppsFacts) -> Finding:
    params: dict[str, ParamValue] = {}
    if not isinstance(apps.cpu_pct, Unavailable):
        params["cpu_pct"] = apps.cpu_pct
    if isinstance(apps.memory, Memory):
        params["available_pct"] = _available_pct(apps.memory)
    evidence = ("facts.apps.cpu_pct", "facts.apps.memory")
    return Finding(code="apps.quiet", severity=Severity.OK, params=params, evidence=evidence)


def _processor(apps: AppsFacts) -> list[Finding]:
    if isinstance(apps.cpu_pct, Unavailable):
        return []
    severity, crossed = limits.judge(apps.cpu_pct, limits.CPU)
    if crossed is None:
        return []
    params: dict[str, ParamValue] = {
        "value_pct": apps.cpu_pct,
        "limit_pct": crossed.value,
        "source": crossed.source,
    }
    busiest = _biggest(apps, lambda program: program.cpu_pct, apps.cpu_pct * _SHARE)
    if busiest:
        params |= _named((name, family) for name, family, _ in busiest)
    evidence = ("facts.apps.cpu_pct", "facts.apps.programs")
    findings = [Finding(code="apps.cpu_busy", severity=severity, params=params, evidence=evidence)]
    if apps.slowed_by_heat is True:
        hot = ("facts.apps.slowed_by_heat",)
        findings.append(Finding(code="apps.hot", severity=Severity.INFO, evidence=hot))
    return findings


def _memory(apps: AppsFacts) -> list[Finding]:
    memory = apps.memory
    if isinstance(memory, Unavailable):
        return []
    available_pct = _available_pct(memory)
    stalled, evidence = memory.stalled_pct, ("facts.apps.memory", "facts.apps.programs")
    biggest = _biggest(apps, lambda program: program.memory_mb, memory.total_mb * _SHARE)
    params = _named((name, family) for name, family, _ in biggest if family not in _LEAVE)
    if not isinstance(stalled, Unavailable):
        severity, crossed = limits.judge(stalled, limits.MEMORY_STALLED)
        if crossed is not None:
            params |= {"value_pct": stalled, "limit_pct": crossed.value, "source": crossed.source}
            return [Finding(code="apps.memory", severity=severity, params=params, evidence=evidence)]
    severity, crossed = limits.judge(available_pct, limits.MEMORY_AVAILABLE)
    if crossed is None:
        return []
    params |= {"value_pct": available_pct, "limit_pct": crossed.value, "source": crossed.source}
    return [Finding(code="apps.memory_low", severity=severity, params=params, evidence=evidence)]


def _available_pct(memory: Memory) -> float:
    return 100 * memory.available_mb / memory.total_mb if memory.total_mb > 0 else 0.0


def _power(apps: AppsFacts) -> list[Finding]:
    findings = []
    if isinstance(apps.battery, Battery) and apps.battery.discharging:
        severity, crossed = limits.judge(apps.battery.charge_pct, limits.BATTERY)
        if crossed is not None:
            params: dict[str, ParamValue] = {
                "value_pct": apps.battery.charge_pct,
                "limit_pct": crossed.value,
                "source": crossed.source,
            }
            evidence = ("facts.apps.battery",)
            findings.append(
                Finding(code="apps.battery_low", severity=severity, params=params, evidence=evidence)
            )
    if apps.power_saver is True:
        evidence = ("facts.apps.power_saver",)
        findings.append(Finding(code="apps.battery_saver", severity=Severity.INFO, evidence=evidence))
    return findings


def _updates(apps: AppsFacts, said: set[str]) -> list[Finding]:
    """An update at work, unless it was named already as what keeps the computer busy; and one that waits for a restart."""
    findings = []
    at_work = [
        each for each in _programs(apps) if each.family == "update" and each.cpu_pct >= _UPDATE_AT_WORK_PCT
    ]
    known = any(_name(each) in said for each in at_work)
    if (at_work or apps.installing is True) and not known:
        findings.append(
            Finding(
                code="apps.update_running",
                severity=Severity.INFO,
                evidence=("facts.apps.installing", "facts.apps.programs"),
            )
        )
    if apps.restart_pending is True:
        evidence = ("facts.apps.restart_pending",)
        findings.append(Finding(code="apps.reboot_pending", severity=Severity.INFO, evidence=evidence))
    return findings


def _heavy(apps: AppsFacts, said: set[str]) -> list[Finding]:
    """Known heavy applications that are open and could be closed, but for those that were named already."""
    found = {
        _name(each): each.family
        for each in _programs(apps)
        if each.mine and each.family in _HEAVY and _name(each) not in said
    }
    if not found:
        return []
    return [
        Finding(
            code="apps.heavy_open",
            severity=Severity.INFO,
            params=_named(list(found.items())[:_NAMED]),
            evidence=("facts.apps.programs",),
        )
    ]


def _programs(apps: AppsFacts) -> tuple[Program, ...]:
    return () if isinstance(apps.programs, Unavailable) else apps.programs


def _name(program: Program) -> str:
    return program.product or program.process


def _names(finding: Finding) -> list[str]:
    names = finding.params.get("applications", [])
    return names if isinstance(names, list) else []


def _named(found: Iterable[tuple[str, str]]) -> dict[str, ParamValue]:
    listed = list(found)
    return {"applications": [name for name, _ in listed], "families": [family for _, family in listed]}


def _biggest(
    apps: AppsFacts, amount: Callable[[Program], float], least: float
) -> list[tuple[str, str, float]]:
    """(name, family, amount) of applications, the processes of one taken together; biggest first."""
    sums: dict[tuple[str, str], float] = {}
    for program in _programs(apps):
        family = program.family if program.mine or program.family in _LEAVE else "system"
        key = (_name(program), family)
        sums[key] = sums.get(key, 0.0) + amount(program)
    ranked = sorted(sums.items(), key=lambda item: (-item[1], item[0]))
    return [(name, family, size) for (name, family), size in ranked if size > 0 and size >= least][:_NAMED]
