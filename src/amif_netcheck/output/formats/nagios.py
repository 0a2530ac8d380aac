"""A status line and performance data for Nagios, Icinga, Centreon and their kin.

By the development guidelines of the Monitoring Plugins project (monitoring-plugins.org/doc/guidelines.html): one line,
`STATUS - text | 'label'=value[UOM];[warn];[crit];[min];[max]`, more lines below it, exit codes 0 to 3, and 3 for whatever
kept the plugin from telling. Units are those it knows (s, %); others stand in the label.
"""

from __future__ import annotations

from amif_netcheck.advice.lookup import say
from amif_netcheck.advice.verdicts import STATUS_WORDS, VERDICT_WORDS, displayed_score, first, worst_first
from amif_netcheck.model.report import Report, Status, Verdict
from amif_netcheck.output import metrics
from amif_netcheck.output.escape import for_terminal
from amif_netcheck.output.metrics import Metric, Thresholds
from amif_netcheck.output.output_format import Manner, OutputFormat, Written

_OK, _WARNING, _CRITICAL, _UNKNOWN = range(4)
_STATES = ("OK", "WARNING", "CRITICAL", "UNKNOWN")
_OF_VERDICT = {
    Verdict.READY: _OK,
    Verdict.LIMITED: _WARNING,
    Verdict.NOT_READY: _CRITICAL,
    Verdict.UNDETERMINED: _UNKNOWN,
}
_OF_LEVEL = {"warning": _WARNING, "critical": _CRITICAL}
_WORST_FIRST = (_CRITICAL, _WARNING, _UNKNOWN, _OK)
_UOM = {"s": "s", "ms": "ms", "pct": "%"}
_TOLD = frozenset({Status.CRITICAL, Status.WARNING, Status.UNKNOWN})


def _write(report: Report, manner: Manner) -> Written:
    measured = list(metrics.of(report))
    crossed = [
        (metric, value, level)
        for metric, value in measured
        if (level := manner.thresholds.get(metric.name, Thresholds()).crossed(metric, value))
    ]
    states = {_OF_VERDICT[report.verdict], *(_OF_LEVEL[level] for _, _, level in crossed)}
    state = next(state for state in _WORST_FIRST if state in states)
    beyond = [
        f"{metric.name} = {value:.6g} ({level} {_range(metric, manner.thresholds[metric.name], level)})"
        for metric, value, level in crossed
    ]
    text = " - ".join((*beyond, *_summary(report, manner)))
    lines = [f"{_status(state, text)} | {_performance(measured, manner)}"]
    for result in report.checks:
        if result.status in _TOLD:
            word = manner.language.text(STATUS_WORDS[result.status])
            summary = say(worst_first(result)[0], manner.language, report.system.os).summary
            lines.append(_text(f"[{word}] {result.id}: {summary}"))
    return Written(("\n".join(lines) + "\n").encode(), state)


def _summary(report: Report, manner: Manner) -> list[str]:
    language = manner.language
    score = displayed_score(report)
    parts = [language.text(VERDICT_WORDS[report.verdict]) + ("" if score is None else f", {score}/100")]
    finding = first(report)
    if finding is not None and report.verdict is not Verdict.READY:
        parts.append(say(finding, language, report.system.os).summary)
    return parts


def _status(state: int, text: str) -> str:
    return f"AMIF-NETCHECK {_STATES[state]} - {_text(text)}"


def _text(text: str) -> str:
    """Without the character that ends the text, and nothing that a terminal obeys."""
    return for_terminal(" ".join(text.split())).replace("|", "/")


def _performance(measured: list[tuple[Metric, float]], manner: Manner) -> str:
    return " ".join(
        _datum(metric, value, manner.thresholds.get(metric.name, Thresholds())) for metric, value in measured
    )


def _datum(metric: Metric, value: float, thresholds: Thresholds) -> str:
    warning, critical = (_range(metric, thresholds, level) for level in ("warning", "critical"))
    most = "100" if metric.unit == "pct" or metric is metrics.SCORE else ""
    parts = f"{metric.name}={value:.6g}{_UOM.get(metric.unit, '')};{warning};{critical};0;{most}"
    return parts.rstrip(";")


def _range(metric: Metric, thresholds: Thresholds, level: str) -> str:
    """The range that is fine, as the guidelines write it: up to `10`, or from `10:` on."""
    value = getattr(thresholds, level)
    return "" if value is None else f"{value:.6g}{':' if metric.floor else ''}"


def _failure(message: str) -> Written:
    return Written(f"{_status(_UNKNOWN, message)}\n".encode(), _UNKNOWN)


FORMAT = OutputFormat(_write, _failure)
