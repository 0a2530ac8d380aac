"""What leaves the app: the same as what the command line writes of the same report."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec import structs

from amif_netcheck import demo
from amif_netcheck.advice.language import LANGUAGES, Language
from amif_netcheck.advice.scenarios import SCENARIOS
from amif_netcheck.catalog.public_servers import public_hosts
from amif_netcheck.model.facts import LinkFacts, Train
from amif_netcheck.model.report import Report
from amif_netcheck.output.formats import json
from amif_netcheck.run import engine
from amif_netcheck.tui.export import exportable, folder_for_reports
from amif_netcheck.tui.session import Session
from tests.systems import needs_posix
from tests.tui.scenes import plan


async def _report(scenario: str) -> Report:
    """All that a run on this computer knows, with the public server that it measured against."""
    events = [event async for event in engine.run(demo.plan(scenario, speed=demo.AT_ONCE))]
    report: Report = events[-1].report  # type: ignore[attr-defined]
    link = report.facts.link
    assert isinstance(link, LinkFacts)
    if isinstance(link.internet, Train):
        link = structs.replace(link, internet=structs.replace(link.internet, server=min(public_hosts())))
    return structs.replace(report, facts=structs.replace(report.facts, link=link))


@pytest.mark.parametrize("private", [False, True])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("scenario", SCENARIOS)
async def test_the_app_and_the_command_line_write_the_same(
    run: Any, tmp_path: Path, scenario: str, language: str, private: bool
) -> None:
    report = await _report(scenario)
    saved = tmp_path / "report.json"
    saved.write_bytes(msgspec.json.encode(report))
    names = "--include-private" if private else "--no-include-private"
    written = run("--json", "--lang", language, names, "replay", str(saved)).out
    session = Session(plan(), Language(language), include_private=private)
    session.report = report
    exported = exportable(session)
    assert exported is not None
    assert json.encode(exported).decode() == written
    assert (min(public_hosts()) in written) is (scenario != "no-network")


@needs_posix("Documents by HOME: Windows says itself where they are")
def test_reports_go_to_the_documents_else_home_else_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("XDG_DOCUMENTS_DIR", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / ("x" * 300)))  # no folder in it can be looked up
    assert folder_for_reports() == Path.home()
    monkeypatch.setenv("HOME", str(tmp_path))
    assert folder_for_reports() == tmp_path
    (tmp_path / "Documents").mkdir()
    assert folder_for_reports() == tmp_path / "Documents"


@needs_posix("a user without a home")
def test_a_user_without_a_home_gets_reports_where_the_app_was_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HOME")
    monkeypatch.setattr(os, "getuid", lambda: 1_234_567)  # not in the list of users
    for name in ("XDG_DOCUMENTS_DIR", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(RuntimeError):
        Path.home()
    assert folder_for_reports() == tmp_path
