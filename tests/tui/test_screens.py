"""What each recorded computer looks like, as text, in four sizes and both languages.

After a change that is meant, `AMIF_DRAW_SCREENS=1 pytest tests/tui/test_screens.py` writes the pictures anew.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from amif_netcheck import demo
from amif_netcheck.advice.lookup import WORDS
from amif_netcheck.advice.scenarios import SCENARIOS
from amif_netcheck.model.choices import SYSTEMS
from amif_netcheck.tui.screens.sound_test import SoundTestScreen
from amif_netcheck.tui.screens.wifi_signal import WifiSignalScreen
from tests.tui.scenes import SIZES, Driven, driven

pytestmark = pytest.mark.timeout(400)

SCREENS = Path(__file__).parent / "screens"
FRAMEWORK = (
    *("Search for", "No matches", "palette", "Press ", "Quit the app", "Select", "Cursor", "Toggle", "Copy"),
    *("Change theme", "Screenshot", "Maximize", "Minimize", "Show keys", "Theme", "Scroll", "Close"),
)
"""What Textual would say in English."""


def compare(shown: str, name: str) -> None:
    path = SCREENS / f"{name}.txt"
    if os.environ.get("AMIF_DRAW_SCREENS"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(shown, encoding="utf-8")
    assert shown == path.read_text(encoding="utf-8")


def palette(screen: str) -> str:
    """The commands, without what is behind them: Textual draws that later, after a new size perhaps at the next key."""
    lines = screen.splitlines(keepends=True)
    edges = [at for at, line in enumerate(lines) if line.startswith(("▔", "▁"))]
    return "".join(lines[edges[0] : edges[1] + 1 if len(edges) > 1 else None])


async def resized(it: Driven, size: str) -> None:
    await it.pilot.resize_terminal(*{**SIZES, **LARGE}[size])
    await it.settled()


LARGE = {"200x50": (200, 50)}
SIZES_OF = {"linux": (*SIZES, *LARGE), "windows": ("80x24",), "macos": ("80x24",)}
"""Sizes are drawn on one system alone: what differs elsewhere are names and steps."""


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize("scenario", SCENARIOS)
async def test_every_recorded_computer_in_every_language(scenario: str, system: str) -> None:
    async with driven(demo.plan(scenario, system=system, speed=demo.AT_ONCE)) as it:
        await it.done()
        for language in ("fr", "en"):
            for size in SIZES_OF[system]:
                await resized(it, size)
                compare(it.screen(), f"{scenario}-{system}-{size}-{language}")
            await it.press("l")


@pytest.mark.parametrize("keys", ["enter", "f1", "ctrl+p", "o"])
async def test_other_screens(keys: str) -> None:
    async with driven(demo.plan("vpn", system="windows", speed=demo.AT_ONCE)) as it:
        await it.done()
        for language in ("fr", "en"):
            await it.press(keys)
            for size in ("60x20", "80x24"):
                await resized(it, size)
                shown = palette(it.screen()) if keys == "ctrl+p" else it.screen()
                compare(shown, f"screen-{keys}-{size}-{language}")
            await it.press("escape")
            await it.press("l")


async def test_no_english_in_french() -> None:
    english = {
        text
        for words in WORDS.values()
        for text in (words.title, words.summary, words.meaning, *words.steps)
        if len(text.split()) > 2 and "{" not in text
    }
    async with driven(demo.plan("everything-wrong", speed=demo.AT_ONCE), size=(120, 40)) as it:
        await it.done()
        shown = [it.screen()]
        for row in it.session.rows:
            await it.pilot.click(f"#row-{row}")
            await it.settled()
            shown.append(it.screen())
        for keys in (("f1",), ("escape", "o"), ("escape", "ctrl+p"), ("z", "z", "q", "z"), ("escape", "x")):
            await it.press(*keys)
            shown.append(it.screen())
        await it.pilot.hover("FooterKey")
        await it.settled()
        shown.append(it.screen())
        for keys in (("f2",), ("s",), ("c",), ("escape",)):
            await it.press(*keys)
            shown.append(it.screen())
        for row, key in (("proximity", "g"), ("headset", "m")):
            await it.pilot.click(f"#row-{row}")
            await it.press(key)
            assert isinstance(it.app.screen, WifiSignalScreen | SoundTestScreen)
            shown.append(it.screen())
            await it.press("escape")
        assert not any(widget.tooltip for widget in it.app.screen.query())
        for screen in shown:
            flat = " ".join(screen.split())
            for text in (*FRAMEWORK, *english):
                assert text not in flat
