"""What to do first is told in whole sentences, whatever it is, on every system and in both languages; and its key by name."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from amif_netcheck import demo
from amif_netcheck.advice.language import LANGUAGES, Language
from amif_netcheck.advice.lookup import WORDS, say
from amif_netcheck.checks.registry import SPECS
from amif_netcheck.model.choices import SYSTEMS
from amif_netcheck.model.facts import Facts
from amif_netcheck.model.finding import Finding, ParamValue, Severity
from amif_netcheck.tui.widgets.text import Sentences, whole_sentences
from amif_netcheck.tui.widgets.tip_row import TipRow
from tests.pure.test_agenda import report
from tests.tui.scenes import PLAIN_SPACES, driven, plan

pytestmark = pytest.mark.timeout(400)

PARAMS: dict[str, ParamValue] = {
    "applications": ["Microsoft OneDrive", "kernel"],
    "families": ["cloud_sync", "system"],
    "likely": ["Microsoft OneDrive"],
    "package": "libportaudio2",
    "device_kind": "headset",
    "device": "Sonelle H20",
}


def first_steps(language: Language) -> Iterator[tuple[str, str]]:
    for name in WORDS:
        code, _, variant = name.partition("/")
        finding = Finding(code=code, severity=Severity.WARNING, variant=variant, params=PARAMS)
        for system in SYSTEMS:
            for minutes_left in (None, 3):
                for step in say(finding, language, system, minutes_left=minutes_left).steps[:1]:
                    yield f"{system} {name}", f"→ {step}"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", [(80, 24), (80, 20), (60, 20)])
async def test_no_first_step_is_cut(size: tuple[int, int], language: str) -> None:
    async with driven(plan(), language, size) as it:
        await it.done()
        step = it.app.screen.query_one("#step", Sentences)
        room = size[0] - 3
        for name, told in dict.fromkeys(first_steps(Language(language))):
            step.set_text(told)
            step.set_instead("→ o.")
            lines = step._lines(room)
            shown = " ".join(lines)
            assert len(lines) <= (4 if size[1] >= 24 else 3), name
            assert not shown.endswith("…"), name
            assert shown[-1] in ".!?)", (name, shown)
            assert size != (80, 24) or shown == told, (name, shown)


@pytest.mark.parametrize(
    "code",
    sorted(code for code, spec in SPECS.items() if Severity.CRITICAL in spec.severities),
)
async def test_in_the_banner_the_first_step_of_what_blocks_stands_whole(code: str) -> None:
    async with driven(demo.plan("ready", system="windows", speed=demo.AT_ONCE)) as it:
        await it.done()
        finding = Finding(code=code, severity=Severity.CRITICAL, params=PARAMS)
        it.session.report = report(Facts(), finding)
        assert it.session.report.next_action is not None
        it.app._draw()
        await it.settled()
        block = " ".join(line.strip(" ▐▌█") for line in it.screen().splitlines()[2:8])
        expected = it.session.next_step.step.translate(PLAIN_SPACES)
        assert expected.removesuffix(" : amif-netcheck --meeting LINK.")[:60] in block
        assert expected in block or "amif-netcheck" in expected
        rows = it.app.screen.query(TipRow)
        assert all(row.region.height > 0 and row.region.bottom <= 23 for row in rows)


async def test_where_nothing_has_room_it_is_said_which_key_tells_it(monkeypatch: pytest.MonkeyPatch) -> None:
    async with driven(demo.plan("everything-wrong", system="windows", speed=demo.AT_ONCE), "en") as it:
        await it.done()
        long = "Ask " + "and ask " * 60 + "again."
        monkeypatch.setattr("amif_netcheck.tui.widgets.verdict.taken_here", lambda _step, _session: long)
        it.app._draw()
        await it.settled()
        assert "→ Enter: all steps" in it.screen()
        await it.press("up")
        assert "→ o: what to do, in order" in it.screen()


@pytest.mark.parametrize(
    ("text", "cells", "lines", "shown"),
    [
        ("One. Two three.", 20, 1, "One. Two three."),
        ("One. Two three.", 10, 1, "One."),
        ("One two three.", 10, 1, ""),
        ("One (two. Three) four. Five.", 24, 1, "One (two. Three) four."),
        ("One (two. Three) four. Five.", 12, 1, ""),
        ("Fermez-le\u202f; sinon attendez.", 12, 1, "Fermez-le."),
        ("Ask?\u00a0No. Yes.", 5, 1, "Ask?"),
        ("会議。会議. No.", 12, 1, "会議。会議."),
    ],
)
def test_sentences_that_fit(text: str, cells: int, lines: int, shown: str) -> None:
    assert whole_sentences(text, cells, lines) == shown


@pytest.mark.parametrize(
    ("width", "label"), [(100, "g chercher une meilleure place"), (80, "g signal"), (60, "g signal")]
)
async def test_the_key_says_what_it_does_where_there_is_room(width: int, label: str) -> None:
    async with driven(demo.plan("wifi-far", speed=demo.AT_ONCE), size=(width, 24)) as it:
        await it.done()
        line = next(line for line in it.screen().splitlines() if "D’abord" in line)
        assert line.rstrip().endswith(f" {label}")
