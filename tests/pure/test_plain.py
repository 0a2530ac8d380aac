"""Plain text: a line a row, all that there is to do in order, what else helps, and limits apart from the sentences."""

from __future__ import annotations

import re
from functools import cache
from html import unescape

import pytest
from msgspec import structs

from amif_netcheck import demo
from amif_netcheck.advice.appointment import Occasion
from amif_netcheck.advice.language import LANGUAGES, Language
from amif_netcheck.advice.lookup import say, word
from amif_netcheck.advice.scenarios import SCENARIOS, scenario_name
from amif_netcheck.advice.verdicts import checked, counts
from amif_netcheck.advice.words import AGAIN
from amif_netcheck.checks.order import to_mend
from amif_netcheck.meeting.telephones import DialIn
from amif_netcheck.model.report import Mode, Privacy, Report, Status, System, Tool, Verdict
from amif_netcheck.output.formats import html
from amif_netcheck.output.formats.plain import PlainWriter
from amif_netcheck.output.output_format import Manner
from amif_netcheck.run.checklist import IDS
from amif_netcheck.run.judge import judge_again

SYSTEM = "linux"


@cache
def report_of(name: str) -> Report:
    """A recorded computer, judged without a run."""
    blank = Report(
        schema_version=1,
        tool=Tool(name="amif-netcheck", version="0"),
        system=System(os=SYSTEM),
        generated_at="2026-11-23T09:00:00+01:00",
        duration_s=1.0,
        mode=Mode.FULL,
        asked=IDS,
        language="",
        verdict=Verdict.READY,
        score=None,
        coverage=0,
        next_action=None,
        checks=(),
        facts=demo.load(name, SYSTEM).facts,
        privacy=Privacy.FULL,
    )
    return judge_again(blank)


def written(name: str, code: str, occasion: Occasion | None = None, width: int | None = None) -> list[str]:
    lines: list[str] = []
    language = Language(code)
    writer = PlainWriter(lines.append, language, SYSTEM, width=width)
    writer.report(word(report_of(name), language), occasion or Occasion())
    return lines


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("name", SCENARIOS)
def test_a_row_is_one_line_with_how_many_more_there_are(name: str, code: str) -> None:
    rows = [line for line in written(name, code) if line.startswith("[")]
    results = [result for result in report_of(name).checks if result.status is not Status.SKIPPED]
    assert len(rows) == len(results)
    for row, result in zip(rows, results, strict=True):
        more = len(result.findings) - 1
        assert row.endswith(f" (+{more})") == (more > 0)
        assert len(row) < 100


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("name", SCENARIOS)
def test_the_steps_of_all_that_is_to_mend_are_told_once(name: str, code: str) -> None:
    language = Language(code)
    text = "\n".join(written(name, code))
    problems = to_mend(report_of(name).checks)
    for problem in problems:
        for step in say(problem.finding, language, SYSTEM).steps:
            assert text.count(f"- {step}\n") == (step != language.text(AGAIN)), step
    numbers = [int(number) for number in re.findall(r"^(\d+)\. ", text, re.MULTILINE)]
    assert numbers == list(range(1, len(problems) + 1))
    assert text.count(language.text(AGAIN)) == bool(problems)


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("name", SCENARIOS)
def test_sources_and_years_stand_at_the_end_alone(name: str, code: str) -> None:
    lines = written(name, code)
    heading = {"en": "Measured:", "fr": "Mesure et limite\u00a0:"}[code]
    end = lines.index(heading) if heading in lines else len(lines)
    assert not re.search(r"ITU|DSLReports|earlyoom|lmkd|Skype|\b(19|20)\d\d\b", "\n".join(lines[:end]))


def test_counts_and_score_are_told_beside_the_verdict() -> None:
    lines = written("everything-wrong", "en")
    verdict = lines.index("Not ready yet: there is something to fix before the meeting.")
    assert lines[verdict + 1] == "1 blocking · 7 to improve."
    assert re.fullmatch(r"Score: \d\d points out of 100\.", lines[verdict + 2])
    assert "Score: 100 points out of 100." in written("ready", "en")


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("name", SCENARIOS)
def test_a_demonstration_has_its_name_in_the_persons_language(name: str, code: str) -> None:
    language = Language(code)
    lines: list[str] = []
    PlainWriter(lines.append, language, SYSTEM).start(name)
    assert scenario_name(name, language) in lines[0]
    assert name == "vpn" or name not in lines[0].split()
    page = html.FORMAT.write(structs.replace(report_of(name), demo=name), Manner(language=language))
    assert scenario_name(name, language) in unescape(page.content.decode())


@pytest.mark.parametrize(
    ("statuses", "told"),
    [
        ((Status.UNKNOWN,), False),
        ((Status.UNKNOWN, Status.UNKNOWN), False),
        ((Status.WARNING,), True),
        ((Status.WARNING, Status.UNKNOWN), True),
        ((), False),
    ],
)
def test_what_was_not_checked_is_counted_once(statuses: tuple[Status, ...], told: bool) -> None:
    """A row with a problem may have been checked in part: only the second count tells of it."""
    made = report_of("ready")
    open_rows = [
        structs.replace(row, points=None, status=status)
        for row, status in zip(made.checks, statuses, strict=False)
    ]
    made = structs.replace(made, checks=(*open_rows, *made.checks[len(open_rows) :]))
    english = Language("en")
    assert bool(checked(made, english)) is told
    unknown = statuses.count(Status.UNKNOWN)
    assert (f"{unknown} not checked" in counts(made, english)) is (unknown > 0)


def test_nobody_is_told_to_unplug_what_is_not_there() -> None:
    assert not re.search("nplug|witch off", "\n".join(written("ready", "en")))


def test_what_takes_longer_than_the_time_left_is_for_after_the_meeting() -> None:
    phones = (DialIn("01 70 99 53 11", "123#"),)
    lines = written("everything-wrong", "en", Occasion(4, phones))
    after = lines.index("After the meeting:")
    assert any("restarted" in line for line in lines[after:])
    box = [line for line in lines[:after] if "urn your box off" in line]
    assert all(line.startswith("   - After the meeting: ") for line in box)
    assert "   - Take part by telephone: 01 70 99 53 11, code 123#" in lines
    assert not [line for line in written("everything-wrong", "en") if "telephone" in line]


def test_on_a_terminal_what_is_broken_is_indented(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("amif_netcheck.advice.invocation.own_command", lambda: "amif-netcheck")
    lines = written("everything-wrong", "fr", width=60)
    assert max(map(len, lines)) < 60
    begins = [number for number, line in enumerate(lines) if line.startswith("   - ")]
    assert any(lines[number + 1].startswith("     ") for number in begins)


def test_a_hint_names_the_command_that_the_person_has(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal; what is kept or sent tells no path."""
    monkeypatch.setattr("amif_netcheck.advice.invocation.own_command", lambda: ".venv/bin/amif-netcheck")
    assert ".venv" not in "\n".join(written("everything-wrong", "en"))
    assert ".venv/bin/amif-netcheck --meeting LINK" in "\n".join(written("everything-wrong", "en", width=400))
