"""One self-contained page: for the participant on top, for the IT desk below; no script, nothing from outside."""

from __future__ import annotations

from amif_netcheck.model.report import Report
from amif_netcheck.output.output_format import Manner, OutputFormat, Written, plainly


def _write(report: Report, manner: Manner) -> Written:
    from amif_netcheck.output.page.report import render  # noqa: PLC0415 - templates take long to load

    return plainly(report, render(report, manner.language))


FORMAT = OutputFormat(_write)
