"""What each recorded computer looks like, as text, in three sizes and both languages.

After a change that is meant, `AMIF_DRAW_SCREENS=1 pytest tests/tui/test_screens.py` writes the pictures anew.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from amif_netcheck import demo
from amif_netcheck.advice.lookup import WORDS
from amif_netcheck.advice.scenarios import SCENARIOS
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


def compare(it: Driven, name: str) -> None:
    path = SCREENS / f"{name}.txt"
    if os.environ.get("AMIF_DRAW_SCREENS"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(it.screen(), encoding="utf-8")
    assert it.screen() == path.read_text(encoding="utf-8")


async def resized(it: Driven, size: str) -> None:
    await it.pilot.resize_terminal(*SIZES[size])
    await it.settled()


@pytest.mark.parametrize("scenario", SCENARIOS)
async def test_every_recorded_computer_in_every_size_and_language(scenario: str) -> None:
    async with driven(demo.plan(scenario, speed=demo.AT_ONCE)) as it:
        await it.done()
        for language in ("fr", "en"):
            for size in SIZES:
                await resized(it, size)
                compare(it, f"{scenario}-{size}-{language}")
            await it.press("l")


@pytest.mark.parametrize("keys", ["enter", "f1", "ctrl+p"])
async def test_other_screens(keys: str) -> None:
    async with driven(demo.plan("vpn", speed=demo.AT_ONCE)) as it:
        await it.done()
        for language in ("fr", "en"):
            await it.press(keys)
            for size in ("60x20", "80x24"):
                await resized(it, size)
                if keys == "ctrl+p":  # what is behind the palette is drawn a moment after it
                    await it.until(lambda: it.screen().startswith((" Prêt", " Ready")))
                compare(it, f"screen-{keys}-{size}-{language}")
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
        for keys in (("f1",), ("escape", "ctrl+p"), ("z", "z", "q", "z"), ("escape", "x")):
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
