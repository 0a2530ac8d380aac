"""What of a report are numbers that a desk watches over time, with their units; by name, as `--format` and settings know them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from msgspec import Struct

from amif_netcheck.model import transits
from amif_netcheck.model.facts import Unavailable
from amif_netcheck.model.report import Report
from amif_netcheck.model.text import N_


def _number(value: Any) -> float | None:
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return None
    try:
        return float(value)
    except OverflowError:
        return None


def _holes(record: Any) -> float | None:
    """Of a record of round trips; None where it is none of ours."""
    try:
        return float(transits.holes(transits.read(record))) if isinstance(record, str) else None
    except ValueError:
        return None


@dataclass(frozen=True)
class Metric:
    """One quantity.

    `path` leads to it among the facts; `unit` is the suffix of its name, `words` a text to translate; `floor`: less is worse.
    `read` makes the number of what stands there, or None.
    """

    name: str
    path: str
    unit: str
    words: str
    floor: bool = False
    read: Callable[[Any], float | None] = _number


SCORE = Metric("score", "", "", N_("Score, of 100"), floor=True)
COVERAGE = Metric("coverage_pct", "", "pct", N_("Share of the checklist that could be assessed"), floor=True)
DURATION = Metric("duration_s", "", "s", N_("How long the check took"))
OF_FACTS = (
    Metric("rtt_ms", "link.internet.rtt_ms.median", "ms", N_("Round trip to the Internet (median)")),
    Metric(
        "rtt_p95_ms", "link.internet.rtt_ms.p95", "ms", N_("Round trip to the Internet (95th percentile)")
    ),
    Metric("jitter_ms", "link.internet.jitter_ms", "ms", N_("Jitter to the Internet")),
    Metric("loss_pct", "link.internet.loss_pct", "pct", N_("Loss to the Internet and back")),
    Metric(
        "longest_loss_ms",
        "link.internet.longest_loss_ms",
        "ms",
        N_("Longest hole in the answers from the Internet"),
    ),
    Metric(
        "holes", "link.record.rest.round_trip", "", N_("Holes in the answers from the Internet"), read=_holes
    ),
    Metric("gateway_rtt_ms", "link.gateway.rtt_ms.median", "ms", N_("Round trip to the box (median)")),
    Metric("gateway_loss_pct", "link.gateway.loss_pct", "pct", N_("Loss to the box and back")),
    Metric("download_mbit_s", "link.download.mbit_s", "mbit_s", N_("Download rate"), floor=True),
    Metric("upload_mbit_s", "link.upload.mbit_s", "mbit_s", N_("Upload rate"), floor=True),
    Metric("download_rtt_ms", "link.download.loaded_rtt_ms.median", "ms", N_("Round trip while downloading")),
    Metric("upload_rtt_ms", "link.upload.loaded_rtt_ms.median", "ms", N_("Round trip while uploading")),
    Metric("signal_pct", "proximity.wifi.signal_pct", "pct", N_("Wi-Fi signal"), floor=True),
    Metric(
        "traffic_down_mbit_s", "traffic.down_mbit_s", "mbit_s", N_("What this computer received meanwhile")
    ),
    Metric("traffic_up_mbit_s", "traffic.up_mbit_s", "mbit_s", N_("What this computer sent meanwhile")),
    Metric(
        "others_down_mbit_s",
        "neighbours.others.down_mbit_s",
        "mbit_s",
        N_("What others on the line received"),
    ),
    Metric("others_up_mbit_s", "neighbours.others.up_mbit_s", "mbit_s", N_("What others on the line sent")),
    Metric("cpu_pct", "apps.cpu_pct", "pct", N_("Load of the processor")),
    Metric("battery_pct", "apps.battery.charge_pct", "pct", N_("Charge of the battery"), floor=True),
)
ALL = (SCORE, COVERAGE, DURATION, *OF_FACTS)
BY_NAME = {metric.name: metric for metric in ALL}


class Thresholds(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From which value on a desk wants to be warned; below which, of a metric where less is worse."""

    warning: float | None = None
    critical: float | None = None

    def crossed(self, metric: Metric, value: float) -> str:
        """`critical`, `warning`, or empty."""
        for level, threshold in (("critical", self.critical), ("warning", self.warning)):
            if threshold is not None and (value < threshold if metric.floor else value > threshold):
                return level
        return ""


def of(report: Report) -> Iterator[tuple[Metric, float]]:
    """What was measured, in the order of `ALL`; what was not is left out, never 0."""
    if report.score is not None:
        yield SCORE, float(report.score)
    yield COVERAGE, report.coverage * 100
    yield DURATION, report.duration_s
    for metric in OF_FACTS:
        value = value_of(metric, report)
        if value is not None:
            yield metric, value


def value_of(metric: Metric, report: Report) -> float | None:
    """A quantity among the facts of a report; None where it was not measured."""
    facts: Any = report.facts
    for name in metric.path.split("."):
        if isinstance(facts, Unavailable):
            return None
        facts = getattr(facts, name)
    return metric.read(facts)
