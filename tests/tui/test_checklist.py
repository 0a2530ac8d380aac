"""The checklist with Pilot: every key, every path."""

from __future__ import annotations

import asyncio
import re
import threading
import time

import pytest
from msgspec import structs
from textual._compositor import LayoutUpdate
from textual.screen import Screen

from amif_netcheck.errors import ExitCode
from amif_netcheck.model.facts import Fact, Unavailable
from amif_netcheck.model.report import Status, Verdict
from amif_netcheck.probes.context import Context
from amif_netcheck.tui.app import NetcheckApp
from amif_netcheck.tui.screens.checklist import ChecklistScreen, Rows
from amif_netcheck.tui.screens.detail import DetailScreen
from amif_netcheck.tui.screens.help import HelpScreen
from amif_netcheck.tui.symbols import Symbols, of_terminal
from amif_netcheck.tui.themes import THEMES
from amif_netcheck.tui.widgets.detail import Detail
from tests.builders import NO_ROUTE, link, near, vpn, ways, wifi
from tests.tui.scenes import GOOD, PLAIN_SPACES, VPN_ON, driven, hang, plan

pytestmark = pytest.mark.timeout(400)


class Gate:
    """A probe that answers when it is told to."""

    def __init__(self, *answers: Fact | Unavailable) -> None:
        self.answers = list(answers)
        self.open = threading.Event()
        self.calls = 0

    def __call__(self, context: Context, until: float) -> Fact | Unavailable:
        self.calls += 1
        while not self.open.wait(0.01):
            assert not context.stop.is_set()
        return self.answers[min(self.calls, len(self.answers)) - 1]


async def test_it_paints_before_any_probe_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    frames: list[str] = []
    painted: list[str] = []

    def paint(_app: NetcheckApp, _screen: Screen[None], frame: object) -> None:
        if isinstance(frame, LayoutUpdate):
            frames.extend(segment.text for strip in frame.strips for segment in strip)

    def look(context: Context, until: float) -> Fact | Unavailable:
        painted.append("".join(frames).translate(PLAIN_SPACES))
        return VPN_ON

    monkeypatch.setattr(NetcheckApp, "_display", paint)
    async with driven(plan(vpn=look)) as it:
        await it.done()
    assert "Prêt pour la visioconférence ?" in painted[0]
    assert "· VPN" in painted[0]


async def test_rows_are_live_and_the_time_left_is_told() -> None:
    gate = Gate(VPN_ON)
    async with driven(plan(vpn=gate)) as it:
        await it.until(lambda: "✓ Autres usages" in it.screen())
        assert re.search("▸ VPN +Mesure…", it.screen())
        await it.until(lambda: "─────" in it.screen())  # full while all might end at any moment
        assert "Vérification de cet ordinateur" in it.screen()
        gate.open.set()
        await it.done()
        assert "Mesure…" not in it.screen()
        assert "! PRÊT, AVEC DES RÉSERVES   1 à améliorer" in it.screen()
        assert "D’abord : La réunion passe par un VPN" in it.screen()


async def test_the_cursor_goes_to_what_to_fix_first_unless_the_person_moved_it() -> None:
    gate = Gate(VPN_ON)
    async with driven(plan(vpn=gate)) as it:
        gate.open.set()
        await it.done()
        assert isinstance(it.app.screen, ChecklistScreen)
        assert it.app.screen.selected_check == "vpn"
    gate = Gate(VPN_ON)
    async with driven(plan(vpn=gate)) as it:
        await it.press("down")
        gate.open.set()
        await it.done()
        assert isinstance(it.app.screen, ChecklistScreen)
        assert it.app.screen.selected_check == "traffic"


async def test_arrows_enter_and_back() -> None:
    async with driven(plan(vpn=VPN_ON)) as it:
        await it.done()
        assert it.app.screen.query_one(Rows).index == 2
        await it.press("enter")
        assert isinstance(it.app.screen, DetailScreen)
        for words in ("Pourquoi c’est important", "Que faire", "1. ", "Pour les experts"):
            assert words in it.screen()
        await it.press("n")
        assert it.app.screen.query_one(Detail).check == "link"
        await it.press("n", "p", "p")
        assert it.app.screen.query_one(Detail).check == "vpn"
        await it.press("escape")
        assert isinstance(it.app.screen, ChecklistScreen)
        await it.press("up", "up", "down")
        assert it.app.screen.selected_check == "traffic"


async def test_experts_get_codes_params_and_evidence() -> None:
    async with driven(plan(vpn=VPN_ON), size=(80, 40)) as it:
        await it.done()
        await it.press("enter")
        assert "vpn.carries_meeting" not in it.screen()
        await it.press("x")
        for words in ("vpn.carries_meeting (warning)", "interface = wg0", "d’après facts.vpn.internet"):
            assert words in it.screen()
        await it.press("x")
        assert "vpn.carries_meeting" not in it.screen()


async def test_a_value_stands_against_its_limit_and_source() -> None:
    far = near(wifi(-83.0)).proximity
    async with driven(plan(proximity=far), size=(120, 60)) as it:
        await it.done()
        assert "limite" in it.screen()
        assert "Mesure et limite" in it.screen()


async def test_there_is_room_for_both_on_a_wide_screen() -> None:
    async with driven(plan(vpn=VPN_ON), size=(120, 40)) as it:
        await it.done()
        assert "Que faire" in it.screen()
        await it.press("enter")
        assert isinstance(it.app.screen, ChecklistScreen)
        assert it.app.screen.query_one(Detail).has_focus
        await it.press("x")
        assert "vpn.carries_meeting (warning)" in it.screen()


async def test_one_row_is_checked_again_with_its_probes_alone_and_turns_green() -> None:
    calls: list[str] = []
    vpns = [VPN_ON, vpn().vpn]

    def counted(subject: str) -> object:
        def run(context: Context, until: float) -> Fact | Unavailable:
            calls.append(subject)
            answer = vpns[min(calls.count("vpn"), 2) - 1] if subject == "vpn" else GOOD[subject]
            assert not callable(answer)
            return answer

        return run

    async with driven(plan(**{subject: counted(subject) for subject in GOOD})) as it:  # type: ignore[arg-type]
        await it.done()
        assert it.session.report is not None
        assert it.session.report.verdict is Verdict.LIMITED
        calls.clear()
        calls.append("vpn")
        await it.press("r")
        await it.until(lambda: not it.session.running and it.session.rows["vpn"].result is not None)
        await it.until(lambda: it.session.report and it.session.report.verdict is Verdict.READY)
        assert calls == ["vpn", "vpn"]
        assert it.session.report.asked == tuple(GOOD)
        assert {row.result.status for row in it.session.rows.values() if row.result} == {Status.OK}
        await it.settled()
        assert "✓ PRÊT " in it.screen()
        assert "100 / 100" in it.screen()


async def test_everything_is_checked_again_and_keys_rest_meanwhile() -> None:
    gate = Gate(VPN_ON, vpn().vpn)
    gate.open.set()
    async with driven(plan(vpn=gate)) as it:
        await it.done()
        gate.open.clear()
        await it.press("a")
        await it.until(lambda: gate.calls == 2)
        await it.press("a", "r")
        assert gate.calls == 2
        gate.open.set()
        await it.until(lambda: not it.session.running)
        assert it.session.report is not None
        assert it.session.report.verdict is Verdict.READY


async def test_again_from_the_detail() -> None:
    gate = Gate(VPN_ON, vpn().vpn)
    gate.open.set()
    async with driven(plan(vpn=gate)) as it:
        await it.done()
        await it.press("enter", "r")
        await it.until(lambda: gate.calls == 2 and not it.session.running)
        await it.settled()
        assert isinstance(it.app.screen, DetailScreen)
        assert "✓ OK" in it.screen()


async def test_the_language_changes_everywhere_at_once_and_back() -> None:
    async with driven(plan(vpn=VPN_ON), size=(80, 40)) as it:
        await it.done()
        french = it.screen()
        await it.press("l")
        assert "Ready for the videoconference?" in it.screen()
        assert "A VPN carries the meeting" in it.screen()
        assert "Enter Open" in it.screen()
        await it.press("enter", "l")
        assert "Que faire" in it.screen()
        await it.press("f1", "l")
        assert "Up, Down" in it.screen()
        await it.press("l", "escape", "escape")
        assert it.screen() == french


async def test_help_opens_and_closes_with_its_keys() -> None:
    async with driven(plan()) as it:
        await it.done()
        for opening, closing in (("f1", "f1"), ("question_mark", "escape"), ("f1", "question_mark")):
            await it.press(opening)
            assert isinstance(it.app.screen, HelpScreen)
            await it.press(closing)
            assert isinstance(it.app.screen, ChecklistScreen)


async def test_colours_go_round() -> None:
    async with driven(plan()) as it:
        await it.done()
        seen = [it.app.theme]
        for _ in THEMES:
            await it.press("t")
            seen.append(it.app.theme)
        assert len(set(seen)) == len(THEMES)
        assert seen[0] == seen[-1]


@pytest.mark.parametrize(("typed", "language"), [("aide", "fr"), ("help", "fr"), ("help", "en")])
async def test_the_palette_knows_commands_in_both_languages(typed: str, language: str) -> None:
    async with driven(plan(), language) as it:
        await it.done()
        await it.press("ctrl+p")
        await it.press(*typed)
        await it.press("enter")
        await it.until(lambda: isinstance(it.app.screen, HelpScreen))


async def test_the_palette_says_when_nothing_matches() -> None:
    async with driven(plan()) as it:
        await it.done()
        await it.press("ctrl+p", *"zzzz")
        await it.until(lambda: "Aucune commande de ce nom" in it.screen())


async def test_the_mouse_opens_a_row_and_presses_keys() -> None:
    async with driven(plan(vpn=VPN_ON)) as it:
        await it.done()
        await it.pilot.click("#row-link")
        await it.until(lambda: isinstance(it.app.screen, DetailScreen))
        await it.settled()
        assert it.app.screen.query_one(Detail).check == "link"
        line = it.screen().splitlines()[-1]
        await it.pilot.click(offset=(line.index("Retour"), 23))
        await it.until(lambda: isinstance(it.app.screen, ChecklistScreen))


@pytest.mark.parametrize(("key", "ended"), [("q", None), ("ctrl+q", None), ("ctrl+c", ExitCode.INTERRUPTED)])
@pytest.mark.parametrize("where", [(), ("enter",), ("f1",), ("ctrl+p",)])
async def test_it_ends_from_everywhere_while_a_probe_hangs(
    key: str, ended: ExitCode | None, where: tuple[str, ...]
) -> None:
    if (key, where) == ("q", ("ctrl+p",)):
        return  # there, q is typed
    wanted = plan(vpn=hang)
    async with driven(wanted) as it:
        await it.until(lambda: it.session.rows["link"].result is not None)
        await it.pilot.press(*where)
        before = time.monotonic()
        await it.pilot.press(key)
        while it.app.is_running:
            await asyncio.sleep(0.01)
            assert time.monotonic() < before + 30
        assert it.app.ended_by is ended
    assert wanted.context.stop.is_set()


async def test_no_row_is_red_that_the_person_can_not_act_on() -> None:
    lost = link(NO_ROUTE).link
    async with driven(plan(link=lost)) as it:
        await it.done()
        row = it.session.rows["link"]
        assert row.result is not None
        if row.result.status is Status.CRITICAL:
            assert it.session.row_status(row) == "critical"
        made_up = structs.replace(
            row.result,
            status=Status.CRITICAL,
            findings=tuple(
                structs.replace(f, code="vpn.none", severity=type(f.severity).CRITICAL)
                for f in row.result.findings
            ),
        )
        row.result = made_up
        assert it.session.row_status(row) == "warning"


HOSTILE = "\x1b[31m[bold]Box[/bold]\u202e\n{x}" + "x" * 200


@pytest.mark.parametrize("size", [(60, 20), (120, 40)])
async def test_hostile_names_are_drawn_as_text(size: tuple[int, int]) -> None:
    facts = vpn(ways(TUNNEL)).vpn
    assert facts is not None
    async with driven(plan(vpn=facts), size=size) as it:
        await it.done()
        await it.press("enter")
        await it.press("x")
        await it.press(*["end"])
        shown = it.screen()
        assert "\x1b" not in shown
        assert "\u202e" not in shown
        assert "\\x1b[31m[bold]" in shown


TUNNEL = structs.replace(VPN_ON.internet.ipv4, interface=HOSTILE)  # type: ignore[union-attr]


def test_symbols_follow_the_terminal() -> None:
    assert of_terminal({"TERM": "xterm-256color"}, "linux") == Symbols.fine()
    assert of_terminal({"TERM": "xterm"}, "linux") == Symbols.plain()
    assert of_terminal({}, "win32") == Symbols.plain()
    assert of_terminal({"WT_SESSION": "1"}, "win32") == Symbols.fine()
    wgl4 = set("√i!×?-·>█░…")
    plain = Symbols.plain()
    assert set("".join([*plain.marks.values(), plain.full, plain.empty])) <= wgl4
    assert len(set(plain.marks.values())) == len(plain.marks) == len(set(Symbols.fine().marks.values()))
