"""What was measured beside the limits that it is held against, with their sources."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from amif_netcheck.advice.language import N_, Language
from amif_netcheck.advice.lookup import say
from amif_netcheck.checks.limits import Limit, Threshold, judge
from amif_netcheck.checks.registry import SPECS
from amif_netcheck.model.finding import Severity
from amif_netcheck.model.report import CheckResult, Report, Status
from amif_netcheck.output import metrics
from amif_netcheck.output.metrics import Metric
from amif_netcheck.output.page.facts import cut
from amif_netcheck.output.reference import levels

LIMITS: dict[str, Limit] = {limit.id: limit for spec in SPECS.values() for limit in spec.limits}
"""By id: all that findings are held against."""
_HELD_AGAINST: tuple[tuple[Metric, str], ...] = (
    *(
        (metrics.BY_NAME[name], limit)
        for name, limit in (
            ("rtt_ms", "link.rtt_ms"),
            ("jitter_ms", "link.jitter_ms"),
            ("loss_pct", "link.loss_pct"),
            ("longest_loss_ms", "link.longest_loss_ms"),
            ("traffic_down_mbit_s", "traffic.down_mbit_s"),
            ("traffic_up_mbit_s", "traffic.up_mbit_s"),
            ("others_down_mbit_s", "neighbours.down_mbit_s"),
            ("others_up_mbit_s", "neighbours.up_mbit_s"),
            ("cpu_pct", "apps.cpu_pct"),
        )
    ),
    (
        Metric("", "link.download.p10_mbit_s", "mbit_s", N_("Download that can be counted on"), floor=True),
        "link.download_mbit_s",
    ),
    (
        Metric("", "link.upload.p10_mbit_s", "mbit_s", N_("Upload that can be counted on"), floor=True),
        "link.upload_mbit_s",
    ),
    (Metric("", "proximity.wifi.signal_dbm", "dbm", N_("Wi-Fi signal"), floor=True), "proximity.signal_dbm"),
)
"""Quantities that are shown with the limit of this id even where nothing was found."""


@dataclass(frozen=True)
class Measure:
    """`what` came to `value`, held against `limit` by `source`; `severity` is how it was judged."""

    what: str
    value: str
    limit: str
    source: str
    severity: Severity

    @property
    def status(self) -> Status:
        """How it was judged, as the checklist names it."""
        return Status(self.severity.value)


def of_check(result: CheckResult, report: Report, language: Language) -> tuple[Measure, ...]:
    """What its findings were held against, then what else was measured and is within its limits."""
    found = list(_of_findings(result, report, language))
    held = {limit.id for finding in result.findings for limit in SPECS[finding.code].limits}
    return (*found, *_within(result.id, report, language, held))


def _of_findings(result: CheckResult, report: Report, language: Language) -> Iterator[Measure]:
    for finding in result.findings:
        for limit in SPECS[finding.code].limits:
            value = finding.params.get(f"value_{limit.unit}")
            beyond = finding.params.get(f"limit_{limit.unit}")
            if isinstance(value, (int, float)) and isinstance(beyond, (int, float)):
                yield Measure(
                    what=say(finding, language, report.system.os, desk=report.desk).title,
                    value=language.quantity(value, limit.unit),
                    limit=language.quantity(beyond, limit.unit),
                    source=_document(limit, beyond, cut(str(finding.params.get("source", ""))), language),
                    severity=finding.severity,
                )
                break


def _within(check: str, report: Report, language: Language, held: set[str]) -> Iterator[Measure]:
    for metric, name in _HELD_AGAINST:
        limit, value = LIMITS.get(name), metrics.value_of(metric, report)
        if value is None or limit is None or limit.id in held or limit.id.partition(".")[0] != check:
            continue
        thresholds = list(levels(limit))
        yield Measure(
            what=language.text(metric.words),
            value=language.quantity(value, metric.unit),
            limit=language.sequence(
                [
                    f"{language.text(words)} {language.quantity(threshold.value, limit.unit)}"
                    for words, threshold in thresholds
                ]
            ),
            source=language.sequence(
                list(dict.fromkeys(language.text(each.source) for _, each in thresholds))
            ),
            severity=judge(value, limit)[0],
        )


def _document(limit: Limit, value: float, source: str, language: Language) -> str:
    """Where the limit stands and what it says there; of one that is not ours any more, what the report says."""
    threshold = next(
        (each for _, each in levels(limit) if (each.value, each.source) == (value, source)), None
    )
    if threshold is None:
        return language.text(source)
    return described(threshold, language)


def described(threshold: Threshold, language: Language) -> str:
    """A source with what it says, where that is known."""
    if not threshold.reading:
        return language.text(threshold.source)
    said = language.text("{document}: {reading}")
    return said.format(document=language.text(threshold.source), reading=language.text(threshold.reading))
