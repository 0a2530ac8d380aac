"""Do it, then see it turn green; and what the IT desk gets."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from textual.containers import VerticalScroll

from amif_netcheck import demo
from amif_netcheck.model.facts import Fact, Unavailable
from amif_netcheck.model.report import Status, Verdict
from amif_netcheck.probes.context import Context
from amif_netcheck.tui.app import NetcheckApp
from amif_netcheck.tui.screens.checklist import ChecklistScreen, Rows
from amif_netcheck.tui.screens.diagnostics import DiagnosticsScreen
from tests.builders import vpn
from tests.systems import WINDOWS
from tests.tui.scenes import VPN_ON, driven, plan

pytestmark = pytest.mark.timeout(400)


class Tunnel:
    """A VPN that goes away when it is told to."""

    def __init__(self) -> None:
        self.on = True
        self.looks = 0

    def __call__(self, context: Context, until: float) -> Fact | Unavailable:
        self.looks += 1
        return VPN_ON if self.on else vpn().vpn


@pytest.fixture(autouse=True)
def _watch_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not so often that a page which is drawn anew is replaced before Pilot's question has reached all its widgets."""
    monkeypatch.setattr(NetcheckApp, "WATCH_EVERY_S", 0.3 if WINDOWS else 0.02)


@pytest.mark.parametrize("keys", [("w",), ("enter", "w")])
async def test_a_watched_row_turns_green_once_the_thing_is_gone(keys: tuple[str, ...]) -> None:
    tunnel = Tunnel()
    async with driven(plan(vpn=tunnel)) as it:
        await it.done()
        await it.pilot.press(*keys)
        await it.until(lambda: "urveill" in it.screen() and tunnel.looks > 3)
        assert it.session.report is not None
        assert it.session.report.verdict.value == "limited"
        tunnel.on = False
        await it.until(lambda: not it.session.watching)
        await it.settled()
        assert it.session.report.verdict is Verdict.READY
        assert "✓ OK" in it.screen()
        assert "w Surveiller" not in it.screen()
        looks = tunnel.looks
        await it.pilot.pause(0.1)
        assert tunnel.looks == looks


async def test_watching_stops_when_the_person_says_so() -> None:
    tunnel = Tunnel()
    async with driven(plan(vpn=tunnel)) as it:
        await it.done()
        await it.pilot.press("w", "w")
        await it.until(lambda: not it.session.watching)
        await it.settled()
        assert "Surveillé" not in it.screen()


async def test_a_row_that_does_not_turn_by_itself_is_not_watched() -> None:
    async with driven(demo.plan("everything-wrong", speed=demo.AT_ONCE)) as it:
        await it.done()
        assert isinstance(it.app.screen, ChecklistScreen)
        it.app.screen.query_one(Rows).index = list(it.session.rows).index("apps")
        await it.press("w")
        assert not it.session.watching
        assert "w Surveiller" not in it.screen()


async def test_the_desk_gets_codes_timings_log_and_what_is_left_out(tmp_path: Path) -> None:
    log = tmp_path / "own.log"
    log.write_text(
        f"2026-12-01 12:00:00,1 1 ERROR amif_netcheck: of another run\n"
        f"2026-12-01 12:00:00,1 {os.getpid()} ERROR amif_netcheck: last \x1b[31m line\n",
        encoding="utf-8",
    )
    async with driven(demo.plan("vpn", speed=demo.AT_ONCE), size=(100, 40), log_path=log) as it:
        await it.done()
        await it.press("f2")
        assert isinstance(it.app.screen, DiagnosticsScreen)
        shown = it.screen()
        for words in ("Ce qui est retiré", "Remplacés par des codes : ", "vpn.carries_meeting", str(log)):
            assert words in shown
        assert "12:00:00 ERROR amif_netcheck" in shown
        assert "last" not in shown
        assert "of another run" not in shown
        await it.press("i")
        assert "last \\x1b[31m line" in it.screen()
        assert "restent dans ce qui est enregistré" in it.screen()
        await it.press("l", "f2")
        assert isinstance(it.app.screen, ChecklistScreen)


@pytest.mark.parametrize("keep", [False, True])
async def test_the_report_is_saved_as_json_as_text_and_as_a_page(keep: bool) -> None:
    Path.home().mkdir(parents=True)
    async with driven(demo.plan("vpn", speed=demo.AT_ONCE), include_private=keep) as it:
        await it.done()
        await it.press("f2", "s")
        saved = sorted(Path.home().glob("amif-netcheck-*"))
        assert [path.suffix for path in saved] == [".html", ".json", ".txt"]
        page, *saved = saved
        assert page.read_text(encoding="utf-8").startswith('<!DOCTYPE html>\n<html lang="fr">')
        assert "(.html)" in it.screen()
        assert saved[0].name in it.screen().replace("\n  ", "")
        report = json.loads(saved[0].read_text(encoding="utf-8"))
        assert report["privacy"] == ("full" if keep else "redacted")
        assert report["checks"][3]["findings"][0]["summary"]
        assert "D’abord" in saved[1].read_text(encoding="utf-8").replace("\u202f", " ").replace("\xa0", " ")


async def test_no_file_is_written_over_and_names_are_told_apart() -> None:
    Path.home().mkdir(parents=True)
    async with driven(demo.plan("vpn", speed=demo.AT_ONCE)) as it:
        await it.done()
        await it.press("f2", "s", "i", "s", "i", "s", "s")
        saved = sorted(Path.home().glob("amif-netcheck-*.json"))
        kinds = {path.stem[30:]: json.loads(path.read_text(encoding="utf-8"))["privacy"] for path in saved}
        assert kinds == {"": "redacted", "-2": "redacted", "-3": "redacted", "-avec-noms": "full"}
        assert len(list(Path.home().glob("amif-netcheck-*.txt"))) == len(saved)


async def test_what_was_said_follows_the_language() -> None:
    Path.home().mkdir(parents=True)
    async with driven(demo.plan("vpn", speed=demo.AT_ONCE)) as it:
        await it.done()
        await it.press("f2", "s")
        assert "Enregistré : " in it.screen()
        await it.press("l")
        assert "Enregistré" not in it.screen()
        assert "Saved: " in it.screen()


async def test_a_folder_that_takes_nothing_is_said_calmly(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("amif_netcheck.output.files.write_atomically", full)
    async with driven(demo.plan("vpn", speed=demo.AT_ONCE), "en") as it:
        await it.done()
        await it.press("f2", "s")
        assert "The report can't be written (the disk is full)." in it.screen()


async def test_a_short_text_is_copied() -> None:
    async with driven(demo.plan("vpn", system="windows", speed=demo.AT_ONCE), "en") as it:
        await it.done()
        await it.press("f2", "c")
        lines = it.app.clipboard.splitlines()
        assert lines[1].startswith("Ready, with reservations (")
        assert lines[2] == "To fix first: A VPN (WireGuard) carries your meeting."
        assert lines[3].startswith("→ Click the VPN's icon near the clock")
        assert "- VPN: Caution" in lines
        shown = " ".join(it.screen().split())
        assert "Sent to the clipboard: a summary" in shown
        assert (
            "Nothing to paste? Then this terminal does not allow it: s saves the report to a file." in shown
        )


async def test_keys_stay_named_and_arrows_scroll_whatever_was_done() -> None:
    async with driven(demo.plan("vpn", speed=demo.AT_ONCE), "en") as it:
        await it.done()
        await it.press("f2")
        for turn, key in enumerate(("s", "c", "c", "i", "i", "l", "l"), start=1):
            await it.press(key)
            assert it.screen().splitlines()[-1].startswith(("Esc Back", "Échap Retour")), key
            await it.press("down", "down")
            assert it.app.screen.query_one(VerticalScroll).scroll_y == 2 * turn, (
                key
            )  # it stays where one read


async def test_before_there_is_a_report_nothing_can_be_saved() -> None:
    tunnel_never_answers = Tunnel()

    def wait(context: Context, until: float) -> Fact | Unavailable:
        context.stop.wait(60)
        return tunnel_never_answers(context, until)

    async with driven(plan(vpn=wait)) as it:
        await it.press("f2", "s", "c")
        assert isinstance(it.app.screen, DiagnosticsScreen)
        assert "Le rapport arrive à la fin" in it.screen()
        assert not it.app.clipboard
    assert it.session.rows["link"].result is None or it.session.rows["link"].result.status is Status.OK
