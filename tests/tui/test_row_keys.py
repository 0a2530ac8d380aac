"""Keys and commands of the line at hand: found by name, named by what they do, and never silent where the help tells of them."""

from __future__ import annotations

import threading
from itertools import pairwise

import pytest

from amif_netcheck import demo
from amif_netcheck.demo.walk import STEPS_DBM, replayed_walk
from amif_netcheck.model.facts import Fact, ProximityFacts, Unavailable, WifiLink
from amif_netcheck.probes.context import Context
from amif_netcheck.tui.palette import Palette
from amif_netcheck.tui.screens import wifi_signal
from amif_netcheck.tui.screens.checklist import ChecklistScreen, Rows
from amif_netcheck.tui.screens.detail import DetailScreen
from amif_netcheck.tui.screens.row import RowScreen
from amif_netcheck.tui.screens.sound_test import SoundTestScreen
from amif_netcheck.tui.widgets.detail import Detail
from tests.builders import cable, link, near, train, wifi
from tests.tui.scenes import VPN_ON, Driven, driven, plan

pytestmark = pytest.mark.timeout(400)


async def go_to(it: Driven, check: str) -> None:
    it.app.screen.query_one(Rows).index = list(it.session.rows).index(check)
    await it.settled()


def offered(it: Driven) -> set[str]:
    return {command.name for command in it.app.commands()}


FOLLOW = "Ce programme ne peut pas le faire à votre place : suivez les étapes."


@pytest.mark.parametrize("opened", [False, True])
async def test_keys_that_do_nothing_here_say_so(opened: bool) -> None:
    async with driven(demo.plan("everything-wrong", speed=demo.AT_ONCE), size=(100, 40)) as it:
        await it.done()
        await go_to(it, "apps")
        if opened:
            await it.press("enter")
            assert isinstance(it.app.screen, DetailScreen)
        for key, words in (
            (
                "f",
                FOLLOW
                if opened
                else "Ce programme ne peut pas le faire à votre place. Entrée : voir les étapes.",
            ),
            ("w", "Surveiller : pour les lignes du VPN"),
            ("g", "Le signal Wi-Fi se regarde sur la ligne"),
            ("m", "L’essai du son : choisissez d’abord la ligne du casque."),
        ):
            it.app.clear_notifications()
            await it.press(key, key)
            said = [each.message.translate({0xA0: " ", 0x202F: " "}) for each in it.app._notifications]
            assert len(said) == 1, "once, however often it is pressed"
            assert said[0].startswith(words)


async def test_a_key_that_does_something_says_nothing() -> None:
    async with driven(plan(vpn=VPN_ON)) as it:
        await it.done()
        await it.press("w")
        assert it.session.watching == "vpn"
        assert not it.app._notifications


@pytest.mark.parametrize("typed", ["son", "sound"])
@pytest.mark.parametrize("language", ["fr", "en"])
async def test_the_sound_test_is_found_by_name_in_both_languages(typed: str, language: str) -> None:
    async with driven(demo.plan("no-headset", speed=demo.AT_ONCE), language) as it:
        await it.done()
        await go_to(it, "headset")
        await it.press("ctrl+p", *typed)
        await it.press("enter")
        await it.until(lambda: isinstance(it.app.screen, SoundTestScreen))


async def test_the_palette_offers_what_is_possible_now() -> None:
    async with driven(demo.plan("everything-wrong", speed=demo.AT_ONCE)) as it:
        await it.done()
        await go_to(it, "vpn")
        assert {"Check this line again", "Watch this line", "Check everything again"} <= offered(it)
        assert not {"Let this program do it", "Sound test", "The Wi-Fi signal, while you walk"} & offered(it)
        await it.press("w")
        assert "Stop watching" in offered(it)
        assert "Watch this line" not in offered(it)
        assert "Ne plus surveiller" in it.screen()
        await it.press("w")
        assert "Ne plus surveiller" not in it.screen()
        await go_to(it, "headset")
        await it.press("m")
        assert isinstance(it.app.screen, SoundTestScreen)
        assert not {"Check this line again", "Check everything again"} & offered(it), "it may measure"
        await it.press("ctrl+p")
        assert isinstance(it.app.screen, Palette)
        assert not {"Check everything again"} & offered(it)


async def test_while_a_run_goes_on_nothing_is_checked_again_by_name() -> None:
    go = threading.Event()

    def wait(context: Context, until: float) -> Fact | Unavailable:
        while not go.wait(0.01):
            assert not context.stop.is_set()
        return VPN_ON

    async with driven(plan(vpn=wait)) as it:
        await it.until(lambda: it.session.running and isinstance(it.app.screen, RowScreen))
        assert not {"Check this line again", "Check everything again"} & offered(it)
        go.set()
        await it.done()
        assert {"Check this line again", "Check everything again"} <= offered(it)


async def test_home_end_and_pages_move_in_the_list() -> None:
    async with driven(demo.plan("vpn", speed=demo.AT_ONCE), size=(80, 16)) as it:
        await it.done()
        assert isinstance(it.app.screen, ChecklistScreen)
        rows = it.app.screen.query_one(Rows)
        for key, index in (("end", 9), ("home", 0), ("pagedown", 9), ("pageup", 0)):
            await it.press(key)
            assert rows.index == index, key
    async with driven(demo.plan("vpn", speed=demo.AT_ONCE), size=(80, 12)) as it:
        await it.done()
        await it.press("home", "pagedown")
        assert 0 < (it.app.screen.query_one(Rows).index or 0) < 9


async def test_experts_are_taken_to_what_they_asked_for() -> None:
    async with driven(demo.plan("everything-wrong", speed=demo.AT_ONCE)) as it:
        await it.done()
        await go_to(it, "link")
        await it.press("enter")
        assert "Pour les experts" not in it.screen()
        await it.press("x")
        detail = it.app.screen.query_one(Detail)
        await it.until(lambda: detail.scroll_y > 0)
        await it.settled()
        assert "Pour les experts" in it.screen()
        assert "link.delay (critical)" in it.screen()


async def test_steps_are_told_once_on_a_page_and_end_with_the_key() -> None:
    async with driven(demo.plan("everything-wrong", speed=demo.AT_ONCE), size=(100, 120)) as it:
        await it.done()
        await go_to(it, "link")
        await it.press("enter")
        shown = " ".join(it.screen().split())
        assert shown.count("Appuyez sur la touche « r » pour revérifier.") == 1
        assert "Relancez ensuite" not in shown
        steps = [line.split(". ", 1)[1] for line in it.screen().splitlines() if line.strip()[:2] in STEPS]
        assert len(steps) == len(set(steps)) > 4
        await it.press("escape")
        await go_to(it, "vpn")
        await it.press("enter", "w")
        assert it.session.watching == "vpn"
        assert "pour revérifier" not in " ".join(it.screen().split())


STEPS = {f"{number}." for number in range(1, 9)}


async def test_who_is_on_a_cable_is_not_told_to_come_closer() -> None:
    slow = link(train(700.0)).link
    for facts, told in ((near(cable()).proximity, False), (near(wifi(-55.0)).proximity, True)):
        async with driven(plan(link=slow, proximity=facts), size=(100, 60)) as it:
            await it.done()
            await go_to(it, "link")
            await it.press("enter")
            shown = " ".join(it.screen().split())
            assert ("Rapprochez-vous de votre box" in shown) is told, shown


def test_a_recorded_walk_comes_closer_turns_away_and_begins_anew() -> None:
    clock = [0.0]
    far = demo.load("wifi-far").facts.proximity
    look = replayed_walk(far, lambda: clock[0])
    context = demo.plan("wifi-far").context

    def seen() -> float:
        clock[0] += 1
        fact = look(context, 0.0)
        assert isinstance(fact, ProximityFacts)
        assert isinstance(fact.wifi, WifiLink)
        assert isinstance(fact.wifi.signal_pct, float)
        return fact.wifi.signal_pct

    walk = [seen() for _ in STEPS_DBM]
    assert walk[0] == 44.0
    assert walk[-1] == max(walk) == 71.0
    changes = [after - before for before, after in pairwise(walk)]
    assert min(changes) < -wifi_signal._NOTICED_PCT
    assert max(changes) > wifi_signal._NOTICED_PCT
    assert seen() == 71.0
    clock[0] += 60
    assert seen() == 44.0
    wired = demo.load("busy-line").facts.proximity
    assert replayed_walk(wired)(context, 0.0) == wired


async def test_the_gauge_of_a_recorded_computer_moves_and_says_what_it_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(wifi_signal, "EVERY_S", 0.02)
    async with driven(demo.plan("wifi-far", speed=demo.AT_ONCE)) as it:
        await it.done()
        await it.press("home")
        await it.pilot.press("g")
        shown = ("C’est bon ici", "71 %", "│ juste", "│ bien", "Démonstration : une promenade enregistrée")
        await it.until(lambda: all(words in it.screen() for words in shown))  # one moment of the walk
        await it.pilot.press("escape")
        await it.until(lambda: isinstance(it.app.screen, ChecklistScreen))
        proximity = it.session.plan.probes["proximity"].run(it.session.plan.context, float("inf"))
        assert proximity == demo.load("wifi-far").facts.proximity, "the line is what was recorded"
