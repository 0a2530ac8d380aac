"""What people rather look at: the signal while they walk, the curve of answers, the bars of both rates."""

from __future__ import annotations

import threading
from contextlib import aclosing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amif_netcheck import demo
from amif_netcheck.advice.language import Language
from amif_netcheck.measure.live import LiveValues, speed
from amif_netcheck.model.events import LiveValue
from amif_netcheck.model.facts import Fact, Reason, Unavailable
from amif_netcheck.probes.context import Context
from amif_netcheck.run import engine
from amif_netcheck.tui.screens import wifi_signal
from amif_netcheck.tui.screens.wifi_signal import CLOSER, FURTHER, STAY, STEADY, WifiSignalScreen, hint
from amif_netcheck.tui.session import Session
from amif_netcheck.tui.sparkline import sparkline
from amif_netcheck.tui.symbols import Symbols
from amif_netcheck.tui.widgets.link_live import one_line
from amif_netcheck.tui.widgets.text import wrapped
from tests.builders import near, wifi
from tests.tui.scenes import GOOD, driven, plan

pytestmark = pytest.mark.timeout(400)

LEVELS = "▁▂▃▄▅▆▇█"


@given(
    st.lists(st.floats(0, 1e6), max_size=50),
    st.integers(0, 60),
    st.integers(1, 6),
    st.sampled_from([LEVELS, "░▒▓█"]),
)
def test_a_curve_fills_its_place_and_no_more(
    values: list[float], width: int, height: int, levels: str
) -> None:
    lines = sparkline(values, width, height, levels)
    assert len(lines) == height
    assert all(len(line) <= width for line in lines) or width == 0
    assert set("".join(lines)) <= {*levels, " "}
    assert " " not in lines[-1], "no value is drawn as nothing"


def test_a_curve_by_hand() -> None:
    assert sparkline([1, 2, 4], 3, 2, "▄█") == [" ▄█".replace("▄", " "), "▄██"]
    assert sparkline([5.0], 10, 1, LEVELS, at_least=50) == ["▁"]


@pytest.mark.parametrize(
    ("readings", "words"),
    [
        ([40.0], STEADY),
        ([40, 45, 50], CLOSER),
        ([50, 45, 40], FURTHER),
        ([90, 80, 70], FURTHER),
        ([70, 70, 70], STAY),
        ([50, 51, 50], STEADY),
    ],
)
def test_what_is_said_to_somebody_who_walks(readings: list[float], words: str) -> None:
    assert hint(readings) == words


def test_nobody_looks_nothing_is_done() -> None:
    live, looks = LiveValues(), [0]

    def reading() -> float:
        looks[0] += 1
        return 5.0

    with live.published("latency_ms", reading):
        assert looks == [0]
        assert live.snapshot() == {"latency_ms": 5.0}
    assert live.snapshot() == {}
    assert looks == [1]


def test_a_speed_is_what_moved_since_the_last_look(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, moved = [10.0], [0]
    monkeypatch.setattr("amif_netcheck.measure.live.time.perf_counter", lambda: clock[0])
    reading = speed(lambda: moved[0])
    assert reading() is None
    clock[0], moved[0] = 10.5, 625_000
    assert reading() == pytest.approx(10.0)


class Measured:
    """A link probe that shows readings until it is let go."""

    def __init__(self) -> None:
        self.go = threading.Event()

    def __call__(self, context: Context, until: float) -> Fact | Unavailable:
        live = context.live
        with live.published("latency_ms", lambda: 18.0), live.published("download_mbit_s", lambda: 84.0):
            while not self.go.wait(0.01) and not context.stop.is_set():
                pass
        answer = GOOD["link"]
        assert not callable(answer)
        return answer


async def test_readings_are_events_while_the_run_goes_on() -> None:
    link = Measured()
    seen: list[tuple[str, float]] = []
    async with aclosing(engine.run(plan(link=link))) as events:
        async for event in events:
            if isinstance(event, LiveValue):
                seen.append((event.name, event.value))
                link.go.set()
    assert {("latency_ms", 18.0), ("download_mbit_s", 84.0)} <= set(seen)


async def test_the_line_and_the_bars_grow_while_the_link_is_measured() -> None:
    link = Measured()
    async with driven(plan(link=link), size=(120, 40)) as it:
        await it.until(lambda: "Réponses en 18 ms ▃▃" in it.screen())
        assert "Réception 84 Mbit/s" in it.screen()
        await it.pilot.press("down", "down", "down")
        await it.until(lambda: "Réception   ━━━" in it.screen())
        link.go.set()
        await it.done()
        assert "Réponses en" not in it.screen()


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("cells", [40, 58, 78, 108])
def test_the_line_of_readings_parts_no_figure_from_its_name(cells: int, language: str) -> None:
    session = Session(plan(), Language(language))
    session.readings = {
        "latency_ms": [120.5] * 80,
        "download_mbit_s": [0.94],
        "upload_mbit_s": [0.16],
    }
    line = one_line(session, cells, longest=40)
    lines = wrapped(line, cells)
    assert len(lines) == (1 if cells > 60 else 2)
    rest = " ".join(lines).translate({0xA0: " "})
    for figures in ("120 ms", "0.94 Mbit/s", "0.16 Mbit/s"):
        shown = figures.replace(".", ",") if language == "fr" else figures
        assert any(shown in each.translate({0xA0: " "}) for each in lines), rest
    assert ("█" in line) == (cells > 60), "figures go first"


class Walk:
    """A proximity probe whose signal grows with each look, then is lost."""

    def __init__(self, *signals: float | None) -> None:
        self.signals = list(signals)
        self.looks = 0

    def __call__(self, context: Context, until: float) -> Fact | Unavailable:
        dbm = self.signals[min(self.looks, len(self.signals) - 1)]
        self.looks += 1
        if dbm is None:
            return Unavailable(reason=Reason.NOT_PRESENT)
        fact = near(wifi(dbm)).proximity
        assert fact is not None
        return fact


async def test_the_gauge_moves_while_the_person_walks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wifi_signal, "EVERY_S", 0.02)
    walk = Walk(-85.0, -85.0, -80.0, -70.0, -60.0, -60.0, -60.0)
    async with driven(plan(proximity=walk)) as it:
        await it.done()
        await it.pilot.press("up", "up", "up", "up")
        await it.settled()
        assert "g Signal" in it.screen()
        await it.pilot.press("g")
        await it.until(lambda: "C’est bon ici" in it.screen())
        assert isinstance(it.app.screen, WifiSignalScreen)
        assert "80 %" in it.screen()
        assert "Le meilleur jusqu’ici : 80 %. Pour un appel : 66 % ou plus." in it.screen()
        await it.pilot.press("escape")
        await it.until(lambda: not isinstance(it.app.screen, WifiSignalScreen))
        looks = walk.looks
        await it.pilot.pause(0.1)
        assert walk.looks <= looks + 1


async def test_a_signal_that_is_lost_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wifi_signal, "EVERY_S", 0.02)
    async with driven(plan(proximity=Walk(-60.0, -60.0, None)), "en") as it:
        await it.done()
        await it.pilot.press("up", "up", "up", "up", "g")
        await it.until(lambda: "can't be read at this moment" in it.screen())


async def test_on_a_cable_there_is_no_signal_to_watch() -> None:
    async with driven(plan()) as it:
        await it.done()
        await it.press("g")
        assert not isinstance(it.app.screen, WifiSignalScreen)


def test_the_recorded_line_shows_readings_too() -> None:
    wanted = demo.plan("wifi-far", speed=20)
    seen: set[str] = set()
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            seen.update(wanted.context.live.snapshot())

    thread = threading.Thread(target=look)
    thread.start()
    wanted.probes["link"].run(wanted.context, float("inf"))
    done.set()
    thread.join()
    assert seen == {"latency_ms", "download_mbit_s", "upload_mbit_s"}
    assert wanted.context.live.snapshot() == {}


def test_every_terminal_has_levels_for_its_curves() -> None:
    assert set(Symbols.plain().levels) <= set("░▒▓█")
