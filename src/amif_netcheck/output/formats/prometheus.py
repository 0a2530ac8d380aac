"""Gauges for the textfile collector of Prometheus' node_exporter; write them with `-o FILE.prom`, which replaces the file at once.

Text format 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats), in base units as its naming rules ask: seconds,
bytes, and ratios from 0 to 1.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from amif_netcheck.model.report import Report, Status, Verdict
from amif_netcheck.output import metrics
from amif_netcheck.output.metrics import Metric
from amif_netcheck.output.output_format import Manner, OutputFormat, Written, plainly

_PREFIX = "amif_netcheck_"
_BASE = {
    "ms": ("seconds", 1e-3),
    "s": ("seconds", 1.0),
    "pct": ("ratio", 1e-2),
    "mbit_s": ("bytes_per_second", 1e6 / 8),
}


def _write(report: Report, _manner: Manner) -> Written:
    lines = [
        *_family(
            "verdict",
            "Is the computer ready for a meeting: 1 for the verdict that holds.",
            (({"verdict": verdict.value}, float(verdict is report.verdict)) for verdict in Verdict),
        ),
        *_family(
            "check_status",
            "Status of each check: 1 for the one that holds.",
            (
                ({"check": result.id, "status": status.value}, float(status is result.status))
                for result in report.checks
                for status in Status
            ),
        ),
        *_family(
            "build_info",
            "The program that judged.",
            [({"version": report.tool.version, "os": report.system.os}, 1.0)],
        ),
    ]
    seconds = _seconds(report.generated_at)
    if seconds is not None:
        lines += _family("last_run_timestamp_seconds", "When the report was made.", [({}, seconds)])
    for metric, value in metrics.of(report):
        name, factor = _name(metric)
        lines += _family(name, metric.words, [({}, value * factor)])
    return plainly(report, ("\n".join(lines) + "\n").encode())


def _name(metric: Metric) -> tuple[str, float]:
    """The metric's name in base units, and what its values are multiplied by."""
    if not metric.unit:
        return metric.name, 1.0
    unit, factor = _BASE[metric.unit]
    return f"{metric.name.removesuffix('_' + metric.unit)}_{unit}", factor


def _family(name: str, words: str, samples: Iterable[tuple[dict[str, str], float]]) -> list[str]:
    full = _PREFIX + name
    return [
        f"# HELP {full} {words}",
        f"# TYPE {full} gauge",
        *(f"{full}{_labels(labels)} {value:.10g}" for labels, value in samples),
    ]


def _labels(labels: dict[str, str]) -> str:
    if not labels:
        return ""
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items()) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _seconds(stamp: str) -> float | None:
    try:
        return datetime.fromisoformat(stamp).timestamp()
    except (ValueError, OverflowError, OSError):  # of a report that somebody else wrote
        return None


FORMAT = OutputFormat(_write)
