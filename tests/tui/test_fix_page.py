"""Fixes: offered, said exactly, asked, and done on a yes alone."""

from __future__ import annotations

import pytest
from msgspec import structs

from amif_netcheck.model.fix import Fix, FixKind, FixRequest, FixResult
from amif_netcheck.model.report import Verdict
from amif_netcheck.tui.screens.checklist import ChecklistScreen
from amif_netcheck.tui.screens.detail import DetailScreen
from amif_netcheck.tui.screens.fix import FixChoices, FixScreen, Step
from amif_netcheck.tui.steps import PRESS_R
from amif_netcheck.tui.themes import CONTRAST, THEMES
from tests.tui.fix_scenes import ONE, OTHER, House, opened, readable
from tests.tui.scenes import PLAIN_SPACES, SIZES, VPN_ON, driven, plan
from tests.tui.test_colours import LEAST, LEAST_IN_HIGH_CONTRAST, contrast, texts
from tests.tui.test_hostile_names import LONG, MARKED, SHORT, look
from tests.tui.test_screens import compare, resized

pytestmark = pytest.mark.timeout(400)


@pytest.fixture(autouse=True)
def _read_quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FixScreen, "READ_S", 0.01)


@pytest.mark.parametrize("yes", [("o",), ("y",), ("down", "enter")])
@pytest.mark.parametrize("size", [(60, 20), (120, 40)])
async def test_yes_does_it_and_the_row_turns_green(yes: tuple[str, ...], size: tuple[int, int]) -> None:
    house = House(ONE)
    async with driven(house.plan(), size=size) as it:
        await opened(it)
        assert "Le VPN « Mairie » sera déconnecté" in it.screen()
        assert "Votre connexion Internet reste en place" in " ".join(it.screen().split())
        assert not house.done
        await it.pilot.press(*yes)
        await it.until(lambda: "C’est fait" in it.screen())
        await it.until(lambda: it.session.report is not None and it.session.report.verdict is Verdict.READY)
        await it.until(lambda: "✓ OK" in it.screen())
        assert house.done == [ONE]
        assert house.requests == [FixRequest(kind=FixKind.DISCONNECT_VPN, about=("wg0",))]
        await it.press("escape")
        assert isinstance(it.app.screen, ChecklistScreen)
        await it.press("f")  # there is nothing left to fix
        assert isinstance(it.app.screen, ChecklistScreen)


@pytest.mark.parametrize(("name", "offers"), [("asking", (ONE,)), ("choosing", (ONE, OTHER)), ("steps", ())])
async def test_what_it_looks_like(name: str, offers: tuple[Fix, ...]) -> None:
    async with driven(House(*offers).plan()) as it:
        await opened(it)
        for language in ("fr", "en"):
            for size in SIZES:
                await resized(it, size)
                compare(it.screen(), f"fix-{name}-{size}-{language}")
            await it.press("l")


@pytest.mark.parametrize("name", [*SHORT, *LONG])
async def test_names_are_text(name: str) -> None:
    vpn_named = structs.replace(ONE, params={"connection": name, "interface": name})
    closing = structs.replace(OTHER, params={"process": name})
    async with driven(House(vpn_named, closing).plan(), size=(60, 20)) as it:
        await opened(it)
        look(it)
        for key in ("enter", "end", "o"):
            await it.pilot.press(key)
            await it.pilot.pause()
            look(it)
        await it.until(lambda: "C’est fait" in it.screen())
        assert name is not MARKED or f"« {MARKED} »" in it.screen()
        look(it)


@pytest.mark.parametrize("theme", [theme.name for theme, _ in THEMES])
async def test_it_is_legible(theme: str) -> None:
    least = LEAST_IN_HIGH_CONTRAST if theme == CONTRAST.name else LEAST
    async with driven(House(ONE, OTHER).plan()) as it:
        it.app.theme = theme
        await opened(it)
        for key in ("down", "enter", "down", "o"):
            await it.press(key)
            faint = [text for text, front, back in texts(it) if contrast(front, back) < least]
            assert not faint
        assert "C’est fait" in it.screen()


@pytest.mark.parametrize("no", [("n",), ("escape",), ("enter",), ("left",)])
async def test_anything_but_yes_changes_nothing(no: tuple[str, ...]) -> None:
    house = House(ONE)
    async with driven(house.plan(), "en") as it:
        await opened(it)
        assert "If you say yes:" in it.screen()
        await it.pilot.press(*no)
        await it.until(lambda: isinstance(it.app.screen, ChecklistScreen))
        await it.settled()
        assert not house.done
        assert "Caution" in it.screen()


async def test_yes_is_a_key_only_when_something_is_asked() -> None:
    house = House(ONE)
    house.let_look.clear()
    async with driven(house.plan()) as it:
        await it.done()
        await it.press("f")
        assert "voyons ce qui peut être fait" in it.screen()
        await it.press("o", "o", "enter")
        assert not house.done
        house.let_look.set()
        await it.until(lambda: "Si vous dites oui" in it.screen() and readable(it))
        house.let_do.clear()
        await it.press("o", "o", "o")
        assert house.done == [ONE]
        house.let_do.set()
        await it.until(lambda: "C’est fait" in it.screen())
        await it.press("o")
        assert house.done == [ONE]


async def test_several_things_can_be_done_one_is_chosen() -> None:
    house = House(ONE, OTHER)
    async with driven(house.plan()) as it:
        page = await opened(it)
        assert page.step is Step.CHOOSING
        for words in ("Déconnecter le VPN « Mairie »", "Demander à « Skype » de se fermer", "Ne rien faire"):
            assert words in it.screen()
        await it.press("down", "enter")
        assert "Il sera demandé à « Skype » de se fermer" in it.screen()
        assert not house.done
        await it.until(lambda: readable(it))
        await it.press("o")
        await it.until(lambda: house.done == [OTHER])


async def test_choosing_nothing_does_nothing() -> None:
    house = House(ONE, OTHER)
    async with driven(house.plan()) as it:
        await opened(it)
        await it.press("end", "enter")
        assert isinstance(it.app.screen, ChecklistScreen)
        assert not house.done


async def test_what_can_not_be_done_safely_is_told_as_steps() -> None:
    async with driven(House().plan()) as it:
        await opened(it)
        assert "Ce programme ne peut pas le faire à votre place" in it.screen()
        assert "1. " in it.screen()
        assert "Relancez" not in it.screen()
        assert it.session.language.text(PRESS_R).translate(PLAIN_SPACES) in it.screen()
        before = it.session.report
        await it.pilot.press("r")
        await it.until(lambda: it.session.report is not before and not it.session.running)
        await it.settled()
        assert isinstance(it.app.screen, ChecklistScreen)


async def test_while_something_is_asked_no_key_leads_elsewhere() -> None:
    house = House(ONE)
    async with driven(house.plan()) as it:
        page = await opened(it)
        before = it.session.report
        await it.press("r", "m")
        assert it.app.screen is page
        assert it.session.report is before


@pytest.mark.parametrize("keys", [("f", "o"), ("f", *"oooooo"), ("f", "y", "enter"), ("f", "down", "enter")])
async def test_keys_that_were_typed_before_the_question_is_read_are_no_answer(
    keys: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FixScreen, "READ_S", 60.0)
    house = House(ONE)
    async with driven(house.plan()) as it:
        await it.done()
        await it.pilot.press(*keys)
        await it.until(lambda: "Si vous dites oui" in it.screen())
        await it.pilot.press("o", "y", "down", "enter")
        await it.settled()
        assert not house.done
        assert "Si vous dites oui" in it.screen()
        await it.press("n")
        assert isinstance(it.app.screen, ChecklistScreen)


async def test_after_a_no_nothing_is_a_yes_any_more_and_one_page_is_left() -> None:
    house = House(ONE)
    async with driven(house.plan()) as it:
        page = await opened(it)
        page.query_one(FixChoices).action_select()
        page.action_yes()  # keys that waited behind
        page.action_no()
        page.query_one(FixChoices).action_select()
        await it.until(lambda: it.app.screen is not page)
        await it.settled()
        assert isinstance(it.app.screen, ChecklistScreen)
        assert not house.done


async def test_the_cursor_stays_where_it_is_while_other_things_are_drawn() -> None:
    house = House(ONE)
    async with driven(house.plan()) as it:
        page = await opened(it)
        await it.press("down")
        page.show()
        await it.press("l")
        assert page.query_one(FixChoices).highlighted == 1
        await it.press("enter")
        await it.until(lambda: house.done == [ONE])


async def test_from_the_row_at_length_and_in_the_other_language() -> None:
    house = House(ONE)
    async with driven(house.plan()) as it:
        await it.done()
        await it.press("enter")
        assert isinstance(it.app.screen, DetailScreen)
        assert "f : voir ce que ce programme peut faire" in " ".join(it.screen().split())
        await opened(it)
        await it.press("l")
        assert "The VPN “Mairie” will be disconnected" in it.screen()
        await it.press("l", "n")
        assert isinstance(it.app.screen, DetailScreen)


async def test_no_fix_is_offered_where_the_computer_can_do_none() -> None:
    async with driven(plan(vpn=VPN_ON)) as it:
        await it.done()
        assert "Régler" not in it.screen().split("q Quitter")[0].splitlines()[-1]
        await it.press("f")
        assert isinstance(it.app.screen, ChecklistScreen)
        await it.press("enter")
        assert "voir ce que ce programme peut faire" not in it.screen()


async def test_what_breaks_while_looking_or_doing_ends_in_words() -> None:
    class Broken(House):
        def carry_out(self, fix: Fix, until: float) -> FixResult:
            raise OSError("the bus fell over")

    async with driven(Broken(ONE).plan()) as it:
        await opened(it)
        await it.pilot.press("o")
        await it.until(lambda: "Cela n’a pas marché" in it.screen())

    class Blind(House):
        def offers(self, request: FixRequest, until: float) -> tuple[Fix, ...]:
            raise OSError("the bus fell over")

    async with driven(Blind(ONE).plan()) as it:
        await opened(it)
        assert "Ce programme ne peut pas le faire" in it.screen()


async def test_a_question_that_was_covered_has_to_be_read_anew() -> None:
    house = House(ONE)
    house.let_look.clear()
    async with driven(house.plan()) as it:
        await it.done()
        await it.pilot.press("f")
        await it.until(lambda: isinstance(it.app.screen, FixScreen))
        page = it.app.screen
        assert isinstance(page, FixScreen)
        await it.press("f1")
        house.let_look.set()
        await it.until(lambda: page.step is Step.ASKING)
        await it.pilot.pause(0.2)
        assert page.step is Step.ASKING  # nobody has seen it yet
        await it.pilot.press("escape")
        await it.until(lambda: page.step is Step.ANSWERABLE)
        assert "Si vous dites oui" in it.screen()
        await it.press("f1")
        assert page.step is Step.ASKING
        await it.press("escape")
        await it.until(lambda: page.step is Step.ANSWERABLE)
        assert not house.done
