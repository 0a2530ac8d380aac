"""The IT desk's table: sort, filter, open a report, tick it off."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from textual.widgets import DataTable, Input

from amif_netcheck.advice.language import Language
from amif_netcheck.cli import desk_commands, saved_report
from amif_netcheck.cli import main as cli
from amif_netcheck.desk import digest, summary
from amif_netcheck.platforms.recorded import Machine, Recorded
from amif_netcheck.probes.context import Context
from amif_netcheck.run.judge import judge_again
from amif_netcheck.run.plan import RunPlan
from amif_netcheck.tui.desk.handled import Handled
from amif_netcheck.tui.desk.launch import DeskApp, Load
from amif_netcheck.tui.desk.overview import COLUMNS, Overview
from amif_netcheck.tui.desk.screens import ReportScreen, TableScreen
from amif_netcheck.tui.widgets.detail import Detail
from amif_netcheck.tui.widgets.text import PlainText

SCENARIOS = ("ready", "vpn", "everything-wrong", "no-network")
ENGLISH = Language("en")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "reports"
    place.mkdir()
    for name in SCENARIOS:
        path = place / f"{name}.json"
        cli.main(["demo", name, "--json", "-o", str(path)])
        document = json.loads(path.read_text(encoding="utf-8")) | {"site": f"[red]{name[0].upper()}\x1b[31m"}
        path.write_text(json.dumps(document), encoding="utf-8")
    return place


def overview(folder: Path, marks: Path | None = None, language: Language = ENGLISH) -> Overview:
    found = summary.summarise((digest.read(path) for path in digest.files([folder])), summary.Wanted())
    return Overview(tuple(found.attendees), language, Handled(marks))


def load(file: str) -> Any:
    report = judge_again(saved_report.load(file, ENGLISH))
    context = Context(platform=Recorded(Machine(os=report.system.os)), offline=True)
    return RunPlan(context=context, asked=report.asked, system=report.system), report


def app(folder: Path, marks: Path | None = None, how: Load = load) -> DeskApp:
    return DeskApp(overview(folder, marks), how)


def stems(rows: list[digest.Digest]) -> list[str]:
    return [Path(row.file).stem for row in rows]


def test_rows_are_sorted_and_filtered(folder: Path) -> None:
    seen = overview(folder)
    worst_first = stems(seen.shown())
    assert worst_first[-1] == "ready"
    seen.sort_by("file")
    assert stems(seen.shown()) == sorted(SCENARIOS)
    seen.sort_by("file")
    assert stems(seen.shown()) == sorted(SCENARIOS, reverse=True)
    for column in COLUMNS:
        seen.sort_by(column)
        assert set(stems(seen.shown())) == set(SCENARIOS)
    seen.wanted = "no-network everything"
    assert stems(seen.shown()) == []
    seen.wanted = "reservations vpn"
    assert stems(seen.shown()) == ["vpn"]


async def test_a_report_is_opened_as_the_app_shows_it(folder: Path) -> None:
    desk = app(folder)
    async with desk.run_test(size=(120, 40)) as pilot:
        table = desk.screen.query_one(DataTable)
        assert table.row_count == len(SCENARIOS)
        shown = "\n".join(str(cell) for row in range(4) for cell in table.get_row_at(row))
        assert r"[red]V\x1b[31m" in shown, "names are drawn as they are, and control no terminal"
        await pilot.press("slash", *"reservations")
        assert desk.screen.query_one(Input).has_focus
        assert table.row_count == 1
        await pilot.press("enter", "enter")
        await pilot.pause()
        assert isinstance(desk.screen, ReportScreen)
        assert desk.screen.query_one(Detail).check == "vpn"
        said = [str(text.render()) for text in desk.screen.query_one(Detail).query(PlainText)]
        assert not [line for line in said if "Press r" in line or "f: see" in line], (
            "nothing is done from here"
        )
        await pilot.press("x", "escape")
        await pilot.pause()
        assert isinstance(desk.screen, TableScreen)
        await pilot.press("escape")
        assert table.row_count == len(SCENARIOS)


async def test_ticks_outlast_the_program(folder: Path, tmp_path: Path) -> None:
    marks = tmp_path / "state" / "handled.json"
    desk = app(folder, marks)
    async with desk.run_test(size=(120, 30)) as pilot:
        await pilot.press("space", "s", "s")
    again = overview(folder, marks)
    ticked = [row for row in again.shown() if row in again.handled]
    assert stems(ticked) == stems(again.shown())[:1]
    assert "reports" not in marks.read_text(encoding="utf-8")
    again.handled.toggle(ticked[0])
    assert not [row for row in again.shown() if row in overview(folder, marks).handled]
    marks.write_bytes(b"\xff no marks")
    assert not [row for row in again.shown() if row in overview(folder, marks).handled]


def clear(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()


async def test_a_report_that_is_gone_is_told(folder: Path) -> None:
    desk = app(folder)
    async with desk.run_test(size=(100, 30)) as pilot:
        clear(folder)
        await pilot.press("enter")
        await pilot.pause()
        assert isinstance(desk.screen, TableScreen)


def test_only_a_terminal_gets_the_table(folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: Any) -> None:
    opened: list[Any] = []

    def table(*found: Any) -> int:
        opened.append(found)
        return 0

    monkeypatch.setattr(desk_commands, "_table", table)
    monkeypatch.setattr(desk_commands, "_on_a_terminal", lambda: True)
    assert cli.main(["summary", str(folder)]) == 0
    assert len(opened) == 1
    for more in (["--plain"], ["--json"], ["-o", str(folder / "x.txt")], ["--html", str(folder / "x.html")]):
        assert cli.main(["summary", str(folder), *more]) == 0
    assert len(opened) == 1
