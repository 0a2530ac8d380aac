"""What was measured, against which limit and from whom: for whoever wants to know, apart from the sentences."""

from __future__ import annotations

from amif_netcheck.advice.language import N_, Language
from amif_netcheck.advice.words import fill
from amif_netcheck.model.finding import Finding
from amif_netcheck.model.report import ReportedFinding

_LIMIT, _VALUE = "limit_", "value_"
_AGAINST = N_("{value}, limit {limit} ({source})")
_FIGURES = (
    (("rtt_ms", "jitter_ms", "loss_pct"), N_("round trip {rtt_ms}, jitter {jitter_ms}, loss {loss_pct}")),
    (
        ("lost_pct", "value_pct"),
        N_("{lost_pct} of what was sent got lost, {value_pct} of the sound is made up"),
    ),
    (("mean_mbit_s",), N_("{mean_mbit_s} on average")),
    (("added_ms",), N_("{added_ms} later while somebody uses it up")),
    (("grade", "grade_source"), N_("grade {grade} ({grade_source})")),
)
"""Params that are told together, when a finding has all of them."""
_LIBRARY = "speedtest-cli"
_READS_TOO_LITTLE = N_("measured by speedtest-cli, which may read too little above 400 Mbit/s")


def measured(finding: Finding | ReportedFinding, language: Language) -> list[str]:
    """A line for each value that was held against a limit, and for the other figures that are worth a line."""
    params = finding.params
    written = language.params(params)
    lines = []
    for name in params:
        if name == f"{_LIMIT}dbm" and f"{_LIMIT}pct" in params:
            continue  # the same twice: people know percents
        quantity = name.removeprefix(_LIMIT)
        value = written.get(f"{_VALUE}{quantity}", written.get(quantity))
        if name.startswith(_LIMIT) and value is not None:
            source = written.get("source", "–")
            lines.append(language.text(_AGAINST).format(value=value, limit=written[name], source=source))
    lines += [fill(language.text(line), written) for names, line in _FIGURES if set(names) <= set(params)]
    if str(params.get("engine", "")).startswith(_LIBRARY):
        lines.append(language.text(_READS_TOO_LITTLE))
    return lines
