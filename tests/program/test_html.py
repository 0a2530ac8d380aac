"""`--html`: a page beside what is printed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from amif_netcheck.errors import ExitCode
from tests.program.test_weight import MEASURING, loaded
from tests.pure.pages import parsed


@pytest.mark.parametrize("form", ["--plain", "--json"])
def test_the_page_is_written_beside_what_is_printed(run: Any, tmp_path: Path, form: str) -> None:
    page = tmp_path / "page.html"
    alone = run("demo", "vpn", form, "--lang", "fr")
    ran = run("demo", "vpn", form, "--lang", "fr", "--html", str(page))
    assert (ran.code, ran.err) == (alone.code, "")
    if form == "--plain":
        assert ran.out == alone.out
    else:
        assert json.loads(ran.out)["verdict"] == "limited"
    assert parsed(page.read_bytes()).all("html")[0].attributes["lang"] == "fr"


def test_a_saved_report_as_a_page(run: Any, tmp_path: Path) -> None:
    report, page = tmp_path / "report.json", tmp_path / "page.html"
    run("demo", "everything-wrong", "--json", "-o", str(report))
    ran = run("replay", str(report), "--html", str(page), "--lang", "en", "--json")
    assert ran.code == ExitCode.NOT_READY
    top = parsed(page.read_bytes())
    assert "Not ready yet" in top.all("h1")[0].words()
    printed = run("replay", str(report), "--html", "-", "--lang", "en")
    assert (printed.code, printed.out.encode()) == (ran.code, page.read_bytes())
    assert run("replay", str(report), "--format", "html", "--lang", "en").out == printed.out


def test_a_comparison_and_a_summary_as_pages(run: Any, tmp_path: Path) -> None:
    reports = [tmp_path / f"{name}.json" for name in ("ready", "vpn")]
    for report in reports:
        run("demo", report.stem, "--json", "-o", str(report))
    for command in ("compare", "summary"):
        page = tmp_path / f"{command}.html"
        ran = run(command, *map(str, reports), "--lang", "en", "--html", str(page))
        assert ran.code == 0
        assert "<" not in ran.out
        parsed(page.read_bytes())
        assert (
            run(command, *map(str, reports), "--lang", "en", "--format", "html").out.encode()
            == page.read_bytes()
        )


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--html", "no/such/folder/page.html"), "choose another file with --html"),
        (("--json", "--html", "-"), "takes one thing only"),
        (("--json", "-o", "same.file", "--html", "same.file"), "name the same file"),
    ],
)
def test_what_can_not_be_written_is_told_before_the_run(
    run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], complaint: str
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = run("demo", "ready", *arguments, "--lang", "en")
    assert ran.code == ExitCode.USAGE
    assert complaint in ran.complaint()
    assert not list(tmp_path.iterdir())


def test_templates_are_loaded_for_pages_alone(saved: Path) -> None:
    assert "jinja2" not in loaded("replay", "--json", str(saved))
    with_page = loaded("replay", "--html", "-", str(saved))
    assert "jinja2" in with_page
    assert with_page & MEASURING == set()
