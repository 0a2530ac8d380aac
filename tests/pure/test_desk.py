"""Saved reports of strangers: many in one view, one machine over time."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from random import Random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from amif_netcheck.advice.language import Language
from amif_netcheck.advice.lookup import word
from amif_netcheck.desk import comparison, comparison_text, digest, spool, summary, summary_text, table
from amif_netcheck.desk.comparison import Fate
from amif_netcheck.desk.digest import Digest, Unreadable
from amif_netcheck.desk.spool import Spool
from amif_netcheck.desk.summary import Wanted
from amif_netcheck.model.facts import Facts, LinkFacts, Record, Stretch
from amif_netcheck.model.finding import Severity, rank
from amif_netcheck.model.report import Report, Verdict
from amif_netcheck.output import metrics
from amif_netcheck.output.formats.json import encode
from amif_netcheck.run.judge import judge_again
from tests.any_facts import facts
from tests.builders import DIRECT, TUNNELLED, link, near, train, vpn, ways, wifi
from tests.pure.test_output import report

ENGLISH, FRENCH = Language("en"), Language("fr")
ASKED = ("proximity", "traffic", "vpn", "firewall", "apps", "headset", "link")


def some_report(seed: int, **changes: object) -> Report:
    return word(judge_again(report(facts=facts(Random(seed)), asked=ASKED, **changes)), ENGLISH)


def read(content: bytes, name: str = "a.json") -> Digest:
    read = digest.decoded(content, name, with_numbers=True)
    assert isinstance(read, Digest)
    return read


def some_digest(seed: int, name: str = "a.json", **changes: object) -> Digest:
    return read(encode(some_report(seed, **changes)), name)


SOMEBODY = some_digest(5)

# --- digest ---------------------------------------------------------------------------------------


@given(st.integers(min_value=0, max_value=2**32))
def test_a_digest_says_what_the_report_says(seed: int) -> None:
    whole = some_report(seed, site="Annexe")
    short = read(encode(whole))
    assert (short.verdict, short.score, short.site, short.system) == (
        whole.verdict,
        whole.score,
        "Annexe",
        "linux",
    )
    bad = {
        f.code
        for check in whole.checks
        for f in check.findings
        if f.severity in {Severity.WARNING, Severity.CRITICAL}
    }
    assert set(short.problems) == bad
    assert short.first == (whole.next_action.code if whole.next_action else "")
    numbers = {
        m.name: value for m, value in zip(metrics.OF_FACTS, short.measured, strict=True) if value is not None
    }
    known = {m.name: value for m, value in metrics.of(whole) if m in metrics.OF_FACTS}
    assert numbers == pytest.approx(known)


@given(st.binary(max_size=300))
def test_any_bytes_are_a_reason(content: bytes) -> None:
    assert isinstance(digest.decoded(content, "x"), Unreadable)


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_facts_of_any_shape_give_the_numbers_that_they_have(facts: object) -> None:
    document = json.loads(encode(some_report(1)))
    document["facts"] = facts
    found = digest.decoded(msgspec.json.encode(document), "x", with_numbers=True)
    assert isinstance(found, Digest)
    assert len(found.measured) == len(metrics.OF_FACTS)


HUGE = '{"schema_version": 1, "verdict": "ready", "checks": [], "coverage": 1, "facts": {"link": {"internet": {"loss_pct": 1e308}}}, "generated_at": "%s"}'


def test_hostile_reports_are_cut_or_refused() -> None:
    assert read((HUGE % ("9" * 10_000)).encode()).when is None
    assert read((HUGE % "0001-01-01T00:00:00+14:00").encode()).when is None
    for zone in ("+00:00", "-14:00"):
        last = digest.decoded((HUGE % f"9999-12-31T23:59:59{zone}").encode(), "x")
        assert isinstance(last, Digest)
        assert Wanted(since=date(2026, 1, 1)).takes(last) in {True, False}
    nested = (HUGE % "").replace("1e308", "[" * 100_000 + "]" * 100_000).encode()
    assert digest.decoded(nested, "x", with_numbers=True) is Unreadable.NO_REPORT
    assert (
        digest.decoded((HUGE % "").replace("1e308", "1" + "0" * 400).encode(), "x", with_numbers=True)
        is not None
    )
    many = json.loads(encode(some_report(2)))
    many["checks"] = many["checks"] * 20
    assert digest.decoded(json.dumps(many).encode(), "x") is Unreadable.NO_REPORT
    later = json.loads(encode(some_report(2))) | {"schema_version": 99, "verdict": "splendid"}
    assert digest.decoded(json.dumps(later).encode(), "x") is Unreadable.LATER_VERSION
    for constant in ("NaN", "Infinity"):
        assert digest.decoded((HUGE % "").replace("1e308", constant).encode(), "x") is Unreadable.NO_REPORT


def test_only_regular_files_are_read(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    good = tmp_path / "sub" / "B.JSON"
    good.write_bytes(encode(some_report(3)))
    (tmp_path / "notes.txt").write_text("no report")
    (tmp_path / "folder.json").mkdir()
    large = tmp_path / "large.json"
    with large.open("wb") as file:
        file.truncate(digest.LARGEST + 1)
    found = list(digest.files([tmp_path]))
    assert found == [large, good]
    assert digest.read(large) is Unreadable.TOO_LARGE
    assert isinstance(digest.read(good), Digest)
    assert digest.read(tmp_path / "folder.json") is Unreadable.NO_FILE
    assert digest.read(tmp_path / "gone.json") is Unreadable.NO_FILE
    assert digest.read(Path("nul\0.json")) is Unreadable.NO_FILE


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="not on Windows: a pipe with a name among the files")
def test_pipes_and_circles_of_links_do_not_hold_us_up(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.json")
    (tmp_path / "again").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "circle.json").symlink_to(tmp_path / "circle.json")
    found = list(digest.files([tmp_path]))
    assert [path.name for path in found] == ["circle.json", "pipe.json"]
    assert {digest.read(path) for path in found} == {Unreadable.NO_FILE}


# --- summary --------------------------------------------------------------------------------------


@given(st.lists(st.integers(min_value=0, max_value=50), max_size=12), st.integers(min_value=0, max_value=3))
def test_every_file_is_counted_once(seeds: list[int], broken: int) -> None:
    wanted = Wanted(verdicts=("not_ready", "limited"))
    reports = [some_digest(seed, f"{number}.json") for number, seed in enumerate(seeds)]
    found = summary.summarise([*reports, *[Unreadable.NO_REPORT] * broken], wanted)
    assert len(found.attendees) + found.left_out + sum(found.unreadable.values()) == len(seeds) + broken
    assert sum(found.verdicts.values()) == len(found.attendees)
    order = [list(found.verdicts).index(one.verdict.value) for one in found.attendees]
    assert order == sorted(order)
    for cause in found.causes:
        assert cause.count == sum(cause.code in one.problems for one in found.attendees)
        assert 0 < cause.count <= cause.of == len(found.attendees)


@pytest.mark.parametrize("in_memory", [spool._IN_MEMORY, 500], ids=["in memory", "on the disk"])
@given(
    how_bad=st.lists(st.integers(0, 3), max_size=12),
    places=st.tuples(*[st.none() | st.integers(-14, 14)] * 2),
    step=st.sampled_from([None, 1, 2, -1, -3]),
)
def test_attendees_are_a_sequence_worst_first_and_then_as_they_came(
    in_memory: int, how_bad: list[int], places: tuple[int | None, int | None], step: int | None
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spool, "_IN_MEMORY", in_memory)
        found = Spool()
    for number, badness in enumerate(how_bad):
        found.add(structs.replace(SOMEBODY, file=f"{number}.json"), badness)
    ordered = sorted(enumerate(how_bad), key=lambda item: item[1])
    expected = [structs.replace(SOMEBODY, file=f"{number}.json") for number, _ in ordered]
    assert list(found) == expected
    assert len(found) == len(expected)
    assert list(found[slice(*places, step)]) == expected[slice(*places, step)]
    assert [found[at] for at in range(-len(expected), len(expected))] == expected * 2
    for beyond in (len(expected), -len(expected) - 1):
        with pytest.raises(IndexError):
            found[beyond]


def behind_a_vpn(site: str, name: str, *, tunnelled: bool) -> Digest:
    route = ways(TUNNELLED) if tunnelled else ways(DIRECT)
    made = judge_again(report(facts=Facts(vpn=vpn(route, route).vpn), asked=("vpn",), site=site))
    return read(encode(word(made, ENGLISH)), name)


def test_what_a_site_has_in_common_is_told_and_what_everybody_has_is_not() -> None:
    hall = [behind_a_vpn("Mairie", f"{n}.json", tunnelled=True) for n in range(3)]
    others = [behind_a_vpn("École", f"e{n}.json", tunnelled=False) for n in range(4)]
    found = summary.summarise([*hall, *others], Wanted())
    assert [(cause.site, cause.count, cause.of) for cause in found.shared] == [("Mairie", 3, 3)]
    text = "\n".join(summary_text.lines(found, FRENCH)).replace("\u00a0", " ")
    assert "Mairie, tous les 3 : La réunion passe par un VPN" in text
    assert "3 sur 7 : La réunion passe par un VPN" in text
    everybody = summary.summarise([*hall, behind_a_vpn("École", "e.json", tunnelled=True)], Wanted())
    assert everybody.shared == ()


@pytest.mark.parametrize(
    ("wanted", "taken"),
    [
        (Wanted(), True),
        (Wanted(sites=("Mairie",)), True),
        (Wanted(sites=("École",)), False),
        (Wanted(codes=("vpn.carries_meeting",)), True),
        (Wanted(codes=("link.loss",)), False),
        (Wanted(checks=("vpn",)), True),
        (Wanted(checks=("headset",)), False),
        (Wanted(verdicts=("ready",)), False),
        (Wanted(since=date(2026, 11, 23), until=date(2026, 11, 23)), True),
        (Wanted(since=date(2026, 11, 24)), False),
        (Wanted(until=date(2026, 11, 22)), False),
    ],
)
def test_filters_take_what_they_say(wanted: Wanted, taken: bool) -> None:
    assert wanted.takes(behind_a_vpn("Mairie", "a.json", tunnelled=True)) is taken


def test_a_report_without_a_date_is_of_no_day() -> None:
    undated = structs.replace(behind_a_vpn("", "a.json", tunnelled=True), when=None)
    assert not Wanted(since=date(2000, 1, 1)).takes(undated)
    assert Wanted().takes(undated)


# --- tables ---------------------------------------------------------------------------------------


@given(st.text(max_size=20), st.text(max_size=20))
def test_no_cell_is_a_formula_and_all_come_back(name: str, site: str) -> None:
    row = structs.replace(some_digest(5), file=name, site=site)
    lines = list(csv.DictReader(io.StringIO("".join(table.as_csv([row])), newline="")))
    assert len(lines) == 1
    for cell, value in ((lines[0]["file"], name), (lines[0]["site"], site)):
        assert cell.removeprefix("'") == value.removeprefix("'")
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert float(lines[0]["coverage"]) == row.coverage


def test_a_summary_in_json_is_one_document() -> None:
    found = summary.summarise([some_digest(seed, f"{seed}\x1b[2J.json") for seed in range(5)], Wanted())
    content = b"".join(table.as_json(found))
    assert b"\x1b" not in content
    document = json.loads(content)
    assert [row["file"] for row in document["attendees"]] == [one.file for one in found.attendees]
    assert document["verdicts"] == found.verdicts
    assert [tuple(row["problems"]) for row in document["attendees"]] == [
        one.problems for one in found.attendees
    ]
    assert json.loads(b"".join(table.as_json(summary.summarise([], Wanted()))))["attendees"] == []


# --- comparison -----------------------------------------------------------------------------------


def codes(report: Report) -> dict[str, Severity]:
    found: dict[str, Severity] = {}
    for finding in (f for check in report.checks for f in check.findings):
        found[finding.code] = min(found.get(finding.code, finding.severity), finding.severity, key=rank)
    return found


def steps(*reports: Report) -> tuple[comparison.Interval, ...]:
    return comparison.compare([(f"{number}.json", one) for number, one in enumerate(reports)])


@given(st.integers(min_value=0, max_value=10_000), st.integers(min_value=0, max_value=10_000))
def test_each_finding_has_one_fate(first: int, second: int) -> None:
    before, after = some_report(first), some_report(second, generated_at="2026-11-24T09:00:00+01:00")
    (step,) = steps(after, before)
    assert (step.before.file, step.after.file) == ("1.json", "0.json")
    assert len({change.code for change in step.changes}) == len(step.changes)
    untold = {check.id for check in after.checks if check.points is None}
    for change in step.changes:
        assert change.before is codes(before).get(change.code) or change.before is None
        assert (change.after is None) is (change.fate in {Fate.MENDED, Fate.REPLACED, Fate.UNTOLD})
        came = [each for each in step.changes if each.fate is Fate.NEW and each.check == change.check]
        replaced = any(
            rank(each.after) <= rank(change.before) for each in came if each.after and change.before
        )
        assert (change.fate is Fate.REPLACED) is (change.after is None and replaced)
        if change.after is None and not replaced:
            assert (change.fate is Fate.UNTOLD) is (change.check in untold)
        assert (change.fate is Fate.NEW) is (change.before is None)
    assert "\n".join(comparison_text.lines([step], FRENCH, "windows"))


def test_a_machine_that_did_not_change_has_no_news() -> None:
    (step,) = steps(some_report(7), some_report(7))
    assert {change.fate for change in step.changes} <= {Fate.STAYS, Fate.UNTOLD}
    assert (step.metrics, step.statuses) == ((), {})


def test_what_became_another_problem_is_not_mended() -> None:
    weak, weakest, weak_again = (
        judge_again(
            report(
                facts=near(wifi(signal)), asked=("proximity",), generated_at=f"2026-11-{day}T09:00:00+01:00"
            )
        )
        for signal, day in ((-76.0, 23), (-84.0, 24), (-76.0, 25))
    )
    worse, better = steps(weak, weakest, weak_again)
    assert {change.code: change.fate for change in worse.changes} == {
        "proximity.wifi_weak": Fate.REPLACED,
        "proximity.wifi_too_weak": Fate.NEW,
    }
    assert {change.code: change.fate for change in better.changes} == {
        "proximity.wifi_too_weak": Fate.MENDED,
        "proximity.wifi_weak": Fate.NEW,
    }
    assert "Gone, but another problem has come in its place:" in told([weak, weakest], ENGLISH)


def test_a_check_that_went_dark_is_news() -> None:
    before = judge_again(report(facts=Facts(vpn=vpn(ways(DIRECT), ways(DIRECT)).vpn), asked=("vpn",)))
    after = judge_again(structs.replace(before, facts=Facts(), generated_at="2026-11-24T09:00:00+01:00"))
    text = told([before, after], ENGLISH)
    assert "VPN: OK → Unknown" in text
    assert "Nothing changed" not in text


def test_a_check_that_the_later_report_lacks_is_not_mended() -> None:
    before = judge_again(report(facts=Facts(vpn=vpn(ways(TUNNELLED), ways(TUNNELLED)).vpn), asked=("vpn",)))
    after = structs.replace(before, checks=(), generated_at="2026-11-24T09:00:00+01:00")
    (step,) = steps(before, after)
    assert {change.fate for change in step.changes} == {Fate.UNTOLD}


def with_rtt(rtt_ms: float, day: int = 23) -> Report:
    made = report(facts=link(train(rtt_ms), train(rtt_ms)), asked=("link",))
    return judge_again(structs.replace(made, generated_at=f"2026-11-{day}T09:00:00+01:00"))


def test_runs_are_in_the_order_of_time_whatever_the_zone_of_each_clock() -> None:
    stamps = ("2026-11-24T09:00:00-04:00", "2026-11-24T12:00:00+01:00", "", "2026-11-24T10:30:00Z")
    ordered = steps(*(some_report(number, generated_at=stamp) for number, stamp in enumerate(stamps)))
    files = [ordered[0].before.file, *(step.after.file for step in ordered)]
    assert files == ["2.json", "3.json", "1.json", "0.json"]


def with_holes(round_trip: str, day: int) -> Report:
    made = with_rtt(20, day)
    assert isinstance(made.facts.link, LinkFacts)
    record = Record(rest=Stretch(began_s=0.1, interval_ms=20, round_trip=round_trip))
    return structs.replace(made, facts=Facts(link=structs.replace(made.facts.link, record=record)))


def test_holes_that_are_gone_are_told() -> None:
    """Seven lost in a row are no hole yet; a record that somebody else wrote has none that could be counted."""
    (step,) = steps(with_holes("20*90 -*8 20*50 -*30 20 -*7 20*9 -*12", 23), with_holes("20*300", 24))
    change = next(metric for metric in step.metrics if metric.name == "holes")
    assert (change.before, change.after, change.better) == (3, 0, True)
    (step,) = steps(with_holes("20*90 -*99999999", 23), with_holes("20*300", 24))
    assert "holes" not in {metric.name for metric in step.metrics}


def test_numbers_are_told_when_they_changed_more_than_by_chance() -> None:
    (step,) = steps(with_rtt(20), with_rtt(23, day=24))
    assert "rtt_ms" not in {metric.name for metric in step.metrics}
    (step,) = steps(with_rtt(20), with_rtt(80, day=24))
    change = next(metric for metric in step.metrics if metric.name == "rtt_ms")
    assert (change.before, change.after, change.better) == (20, 80, False)
    (step,) = steps(with_rtt(80), with_rtt(20, day=24))
    assert next(metric for metric in step.metrics if metric.name == "rtt_ms").better


def told(reports: Iterable[Report], language: Language) -> str:
    return "\n".join(comparison_text.lines(steps(*reports), language, "linux")).replace("\u00a0", " ")


def test_a_mended_vpn_is_told_in_both_languages() -> None:
    before = judge_again(report(facts=Facts(vpn=vpn(ways(TUNNELLED), ways(TUNNELLED)).vpn), asked=("vpn",)))
    after = judge_again(
        report(
            facts=Facts(vpn=vpn(ways(DIRECT), ways(DIRECT)).vpn),
            asked=("vpn",),
            generated_at="2026-11-24T09:00:00+01:00",
        )
    )
    assert "Mended:\n    VPN: A VPN carries the meeting" in told([after, before], ENGLISH)
    assert "Réglé :\n    VPN : La réunion passe par un VPN" in told([before, after], FRENCH)
    assert before.verdict is not Verdict.READY
