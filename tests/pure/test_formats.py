"""Reports for monitoring and continuous integration, by the rules of those that read them."""

from __future__ import annotations

import re
from pathlib import Path
from random import Random
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from amif_netcheck.advice.language import Language
from amif_netcheck.advice.lookup import word
from amif_netcheck.errors import ANSWERS
from amif_netcheck.model.report import Report, Status, Verdict
from amif_netcheck.output import formats, metrics
from amif_netcheck.output.metrics import Thresholds
from amif_netcheck.output.output_format import Manner
from amif_netcheck.run.judge import judge_again
from tests.any_facts import facts
from tests.pure.test_output import report

FRENCH = Manner(language=Language("fr"))
DATUM = re.compile(
    r"'?[a-z0-9_]+'?=-?\d+(\.\d+)?(e[+-]?\d+)?(s|ms|us|%|B|KB|MB|TB|c)?(;(@?[~\d.:-]*)){0,2}(;-?[\d.]*){0,2}"
)
"""One item of performance data, Monitoring Plugins' development guidelines, section 2.6."""
SAMPLE = re.compile(
    r'amif_netcheck_[a-z0-9_]+(\{[a-z_]+="[^"\n]*"(,[a-z_]+="[^"\n]*")*\})? -?\d+(\.\d+)?(e[+-]?\d+)?'
)
STATES = {0: "OK", 1: "WARNING", 2: "CRITICAL", 3: "UNKNOWN"}


def some_report(seed: int) -> Report:
    blank = report(
        facts=facts(Random(seed)),
        asked=("proximity", "traffic", "vpn", "firewall", "apps", "headset", "link"),
    )
    return word(judge_again(blank), FRENCH.language)


def test_every_file_among_the_formats_is_one() -> None:
    folder = Path(formats.__path__[0])
    files = {path.stem.replace("_", "-") for path in folder.glob("*.py")} - {"--init--"}
    assert set(formats.names()) == files >= {"json", "plain", "nagios", "prometheus", "junit"}
    for name in formats.names():
        written = formats.named(name).write(word(report(), FRENCH.language), FRENCH)
        assert written.content.endswith(b"\n")


def test_the_program_s_own_formats_keep_its_exit_codes() -> None:
    for verdict, code in ANSWERS.items():
        judged = structs.replace(report(), verdict=Verdict(verdict))
        for name in ("json", "plain", "prometheus", "junit"):
            assert formats.named(name).write(judged, FRENCH).exit_code == code


@given(st.integers(min_value=0, max_value=2**32))
def test_monitoring_reads_one_status_line_whatever_the_facts(seed: int) -> None:
    written = formats.named("nagios").write(some_report(seed), FRENCH)
    status, *more = written.content.decode().splitlines()
    words, _, performance = status.partition(" | ")
    assert words.startswith(f"AMIF-NETCHECK {STATES[written.exit_code]} - ")
    assert all(DATUM.fullmatch(datum) for datum in performance.split(" ")), performance
    assert not any("|" in line for line in more)
    assert len({datum.partition("=")[0] for datum in performance.split(" ")}) == len(performance.split(" "))


@pytest.mark.parametrize(
    ("verdict", "code"),
    [(Verdict.READY, 0), (Verdict.LIMITED, 1), (Verdict.NOT_READY, 2), (Verdict.UNDETERMINED, 3)],
)
def test_a_verdict_is_a_state(verdict: Verdict, code: int) -> None:
    assert formats.named("nagios").write(structs.replace(report(), verdict=verdict), FRENCH).exit_code == code


@pytest.mark.parametrize(
    ("metric", "thresholds", "code", "range_"),
    [
        ("rtt_ms", Thresholds(warning=1, critical=1e6), 1, ";1;1e+06;0"),
        ("rtt_ms", Thresholds(warning=1, critical=2), 2, ";1;2;0"),
        ("rtt_ms", Thresholds(warning=1e6), 0, ";1e+06;;0"),
        ("score", Thresholds(critical=101), 2, ";;101:;0;100"),
        ("score", Thresholds(warning=0), 0, ";0:;;0;100"),
        ("download_mbit_s", Thresholds(critical=1e6), 0, ""),  # not measured: nothing is crossed
    ],
)
def test_the_desk_s_thresholds_make_a_state_worse_never_better(
    metric: str, thresholds: Thresholds, code: int, range_: str
) -> None:
    ready = structs.replace(report(), verdict=Verdict.READY, score=100)
    manner = Manner(language=FRENCH.language, thresholds={metric: thresholds})
    written = formats.named("nagios").write(ready, manner)
    assert written.exit_code == code
    assert range_ in written.content.decode()
    bad = structs.replace(ready, verdict=Verdict.NOT_READY)
    assert formats.named("nagios").write(bad, manner).exit_code == 2


def test_what_keeps_monitoring_from_telling_is_unknown_in_one_line() -> None:
    failure = formats.named("nagios").failure
    assert failure is not None
    written = failure("no | such\nfile \x1b[31m")
    assert (written.exit_code, written.content) == (3, b"AMIF-NETCHECK UNKNOWN - no / such file \\x1b[31m\n")


@given(st.integers(min_value=0, max_value=2**32))
def test_gauges_are_named_and_typed_once_and_in_base_units(seed: int) -> None:
    lines = formats.named("prometheus").write(some_report(seed), FRENCH).content.decode().splitlines()
    helped = [line.split(" ")[2] for line in lines if line.startswith("# HELP ")]
    assert len(helped) == len(set(helped))
    samples = [line for line in lines if not line.startswith("#")]
    assert all(SAMPLE.fullmatch(line) for line in samples), samples
    assert {re.split(r"[ {]", line)[0] for line in samples} == set(helped)
    assert not any(re.search(r"_(ms|pct|mbit_s|s) ", line) for line in samples)
    assert (
        sum(float(line.rpartition(" ")[2]) for line in samples if line.startswith("amif_netcheck_verdict"))
        == 1
    )


def test_a_gauge_holds_what_was_measured() -> None:
    measured = {metric.name: value for metric, value in metrics.of(report())}
    lines = formats.named("prometheus").write(report(), FRENCH).content.decode().splitlines()
    gauges = dict(line.split(" ") for line in lines if not line.startswith("#") and "{" not in line)
    assert float(gauges["amif_netcheck_rtt_seconds"]) == pytest.approx(measured["rtt_ms"] / 1e3)
    assert float(gauges["amif_netcheck_loss_ratio"]) == pytest.approx(measured["loss_pct"] / 100)
    assert float(gauges["amif_netcheck_traffic_down_bytes_per_second"]) == pytest.approx(9e6 / 8)
    assert "amif_netcheck_download_bytes_per_second" not in gauges


@given(st.integers(min_value=0, max_value=2**32))
def test_a_test_case_for_each_check_that_was_asked_for(seed: int) -> None:
    judged = some_report(seed)
    top = ET.fromstring(formats.named("junit").write(judged, FRENCH).content)
    cases = {case.get("classname"): case for case in top.iter("testcase")}
    asked = [result for result in judged.checks if result.status is not Status.SKIPPED]
    assert list(cases) == [f"amif-netcheck.{result.id}" for result in asked]
    for result in asked:
        children = {child.tag for child in cases[f"amif-netcheck.{result.id}"]}
        expected = {Status.CRITICAL: "failure", Status.WARNING: "failure", Status.UNKNOWN: "skipped"}
        assert (children or {"system-out"}) == {expected.get(result.status, "system-out")}
    suite = next(top.iter("testsuite"))
    assert suite.get("tests") == str(len(asked))
    assert suite.get("failures") == str(len(list(top.iter("failure"))))


def test_metrics_lead_to_facts_and_are_documented() -> None:
    documented = (Path(__file__).resolve().parents[2] / "docs" / "desk.md").read_text(encoding="utf-8")
    table = documented.partition("<!-- metrics -->\n")[2].partition("<!-- end -->")[0]
    expected = [
        f"| `{m.name}` | {m.unit.replace('mbit_s', 'Mbit/s').replace('pct', '%')} | {m.words} |"
        for m in metrics.ALL
    ]
    assert table.splitlines() == expected
    seen = {metric.name for seed in range(200) for metric, _ in metrics.of(some_report(seed))}
    assert seen == {metric.name for metric in metrics.ALL}
