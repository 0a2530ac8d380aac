"""What a Mac can be asked to change: which sound device may be chosen, and which application may be asked to quit."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from amif_netcheck.model.fix import Fix, FixKind, FixOutcome, FixRequest, FixResult
from amif_netcheck.platforms.macos import sound_objects
from amif_netcheck.platforms.macos.fixes import MacFixes
from amif_netcheck.platforms.macos.fixes.applications import MacApplications
from amif_netcheck.platforms.macos.fixes.sound_devices import MacSoundDevices
from amif_netcheck.platforms.macos.properties import PropertyError
from tests.recorded.mac_hal import MICROPHONE, OWN, SPEAKERS, FakeHal, Half, device, mac
from tests.recorded.mac_tools import FakeObjects, FakeTools, ps
from tests.recorded.test_mac_devices import (
    AIRPODS_IN,
    AIRPODS_OUT,
    BLACKHOLE,
    EXTERNAL_MICROPHONE,
    HEADPHONES,
    HP_SCREEN,
    JABRA_IN,
    JABRA_OUT,
)
from tests.recorded.test_mac_sound import void

BOTH = ("output", "input")
JABRA = "Jabra EVOLVE 30 II"
SOON_S = 5.0


def soon() -> float:
    return time.monotonic() + SOON_S


def offers(hal: FakeHal, *about: str) -> tuple[Fix, ...]:
    return MacSoundDevices(hal, FakeTools()).offers(about, soon())


def target(hal: FakeHal, *about: str) -> tuple[str, ...] | None:
    fixes = offers(hal, *about)
    return fixes[0].target if fixes else None


def with_jabra(**chosen: Any) -> FakeHal:
    return mac(SPEAKERS, MICROPHONE, HP_SCREEN, JABRA_IN, JABRA_OUT, **{**OWN, **chosen})


# --- sound devices --------------------------------------------------------------------------------------


def test_both_halves_of_a_usb_headset_are_offered() -> None:
    (fix,) = offers(with_jabra(), JABRA, *BOTH)
    assert fix.target == ("output", JABRA_OUT["uid"], "input", JABRA_IN["uid"])
    assert fix.params == {
        "output": JABRA,
        "input": JABRA,
        "output_before": "Haut-parleurs MacBook Pro",
        "input_before": "Micro MacBook Pro",
    }


def test_only_what_is_not_chosen_yet_is_offered() -> None:
    assert target(with_jabra(output=JABRA_OUT["uid"]), JABRA, *BOTH) == ("input", JABRA_IN["uid"])
    assert target(with_jabra(), JABRA, "input") == ("input", JABRA_IN["uid"])
    assert target(with_jabra(output=JABRA_OUT["uid"], entry=JABRA_IN["uid"]), JABRA, *BOTH) is None


def test_headphones_at_the_jack_are_offered_and_a_dead_socket_is_not() -> None:
    hal = mac(SPEAKERS, MICROPHONE, HEADPHONES, EXTERNAL_MICROPHONE, **OWN)
    assert target(hal, "Écouteurs externes", *BOTH) == ("output", "BuiltInHeadphoneOutputDevice")


def test_a_bluetooth_headset_is_chosen_to_hear_with_alone() -> None:
    hal = mac(SPEAKERS, MICROPHONE, AIRPODS_OUT, AIRPODS_IN, **OWN)
    assert target(hal, "AirPods Pro de Jean", *BOTH) == ("output", AIRPODS_OUT["uid"])


def test_headphones_that_bluetooth_alone_knows_are_offered() -> None:
    hal = mac(SPEAKERS, MICROPHONE, device("Marie", "20-74-CF-73-18-F6:output", "blue", out=Half()), **OWN)
    assert target(hal, "Marie", "output") is None
    told = '{"SPBluetoothDataType": [{"device_connected": [{"Marie": {"device_address": "20:74:CF:73:18:F6", "device_minorType": "Headphones"}}]}]}'
    tools = FakeTools(**{"system_profiler_SPBluetoothDataType_-json_-detailLevel_full": told})
    (fix,) = MacSoundDevices(hal, tools).offers(("Marie", "output"), soon())
    assert fix.target == ("output", "20-74-CF-73-18-F6:output")


def test_a_program_that_is_chosen_stays() -> None:
    hal = mac(
        SPEAKERS,
        MICROPHONE,
        BLACKHOLE,
        JABRA_OUT,
        JABRA_IN,
        output="BlackHole2ch_UID",
        entry="BuiltInMicrophoneDevice",
    )
    assert target(hal, JABRA, *BOTH) == ("input", JABRA_IN["uid"])


def test_an_aggregate_that_holds_the_device_stays() -> None:
    group = device("Agrégat", "~:AMS2_Aggregate:0", "grup", out=Half(), parts=(JABRA_OUT["uid"],))
    hal = mac(
        SPEAKERS,
        MICROPHONE,
        JABRA_OUT,
        JABRA_IN,
        group,
        output="~:AMS2_Aggregate:0",
        entry="BuiltInMicrophoneDevice",
    )
    assert target(hal, JABRA, *BOTH) == ("input", JABRA_IN["uid"])


@pytest.mark.parametrize("name", ["HP E273m", "Haut-parleurs MacBook Pro", "never heard of"])
def test_what_is_no_headset_or_not_there_is_not_offered(name: str) -> None:
    assert offers(with_jabra(), name, "output") == ()


def test_two_devices_of_one_name_are_not_offered() -> None:
    second = {**JABRA_OUT, "uid": "AppleUSBAudioEngine:GN Audio A/S:Jabra EVOLVE 30 II:0000718017FA10:2"}
    assert offers(mac(SPEAKERS, MICROPHONE, JABRA_OUT, second, **OWN), JABRA, "output") == ()


def test_a_sound_server_that_hangs_or_refuses_offers_nothing() -> None:
    hal = with_jabra()
    hal.objects[1]["dev#", "glob", 0] = PropertyError("nope")
    assert offers(hal, JABRA, *BOTH) == ()
    released = threading.Event()
    hal = with_jabra()
    hal.before = lambda: void(released.wait(30))
    try:
        assert MacSoundDevices(hal, FakeTools()).offers((JABRA, *BOTH), time.monotonic() + 0.1) == ()
    finally:
        released.set()


def test_a_choice_that_can_not_be_looked_up_fails_and_changes_nothing() -> None:
    hal = with_jabra()
    (fix,) = offers(hal, JABRA, *BOTH)
    hal.objects[1]["dev#", "glob", 0] = PropertyError("stop")
    assert MacSoundDevices(hal, FakeTools()).carry_out(fix, soon()) == FixResult(
        outcome=FixOutcome.FAILED, detail="stop"
    )
    assert hal.written == []


def chosen(hal: FakeHal) -> tuple[int, int]:
    listed = sound_objects.devices(hal)
    return listed.default_output, listed.default_input


def test_what_was_offered_is_done_and_read_back() -> None:
    hal = with_jabra()
    (fix,) = offers(hal, JABRA, *BOTH)
    assert MacSoundDevices(hal, FakeTools()).carry_out(fix, soon()) == FixResult(outcome=FixOutcome.DONE)
    assert chosen(hal) == (80, 70)
    assert [selector for _, selector, _ in hal.written] == ["dOut", "dIn "]


def test_a_device_that_was_unplugged_changes_nothing() -> None:
    (fix,) = offers(with_jabra(), JABRA, *BOTH)
    hal = mac(SPEAKERS, MICROPHONE, JABRA_OUT, **OWN)  # the microphone has gone
    assert MacSoundDevices(hal, FakeTools()).carry_out(fix, soon()).outcome is FixOutcome.GONE
    assert hal.written == []


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        ("nope", FixOutcome.REFUSED),
        ("!hog", FixOutcome.REFUSED),
        ("!dev", FixOutcome.GONE),
        ("what", FixOutcome.FAILED),
    ],
)
def test_what_the_system_says_to_a_choice_is_told(code: str, outcome: FixOutcome) -> None:
    hal = with_jabra()
    (fix,) = offers(hal, JABRA, *BOTH)
    hal.refusal = code
    assert MacSoundDevices(hal, FakeTools()).carry_out(fix, soon()) == FixResult(outcome=outcome, detail=code)


def test_a_refusal_after_the_first_step_is_a_failure_in_part() -> None:
    hal = with_jabra()
    (fix,) = offers(hal, JABRA, *BOTH)
    write = hal.write

    def once(thing: int, selector: str, data: bytes) -> None:
        write(thing, selector, data)
        hal.refusal = "nope"

    hal.write = once  # type: ignore[method-assign]
    assert MacSoundDevices(hal, FakeTools()).carry_out(fix, soon()).outcome is FixOutcome.FAILED


def test_a_choice_that_is_not_kept_is_unfinished() -> None:
    hal = with_jabra()
    (fix,) = offers(hal, JABRA, *BOTH)
    hal.obeys = False
    assert (
        MacSoundDevices(hal, FakeTools()).carry_out(fix, time.monotonic() + 0.3).outcome
        is FixOutcome.UNFINISHED
    )


def test_a_choice_that_hangs_is_unfinished_in_time() -> None:
    hal = with_jabra()
    (fix,) = offers(hal, JABRA, *BOTH)
    released = threading.Event()
    hal.before = lambda: void(released.wait(30))
    began = time.monotonic()
    try:
        assert MacSoundDevices(hal, FakeTools()).carry_out(fix, began + 0.2).outcome is FixOutcome.UNFINISHED
        assert time.monotonic() - began < SOON_S
    finally:
        released.set()


# --- applications ---------------------------------------------------------------------------------------

ZOOM = "/Applications/zoom.us.app/Contents"
SPOTIFY = "/Applications/Spotify.app/Contents"


def running(*, others: bool = True) -> str:
    mine = (
        (900, 1, 501, "S", "2:00.00", 1000, f"{ZOOM}/MacOS/zoom.us"),
        (901, 900, 501, "S", "2:00.00", 1000, f"{ZOOM}/Frameworks/cpthost.app/Contents/MacOS/CptHost"),
        (910, 1, 501, "S", "2:00.00", 1000, f"{SPOTIFY}/MacOS/Spotify"),
        (
            911,
            910,
            501,
            "S",
            "2:00.00",
            1000,
            f"{SPOTIFY}/Frameworks/Spotify Helper.app/Contents/MacOS/Spotify Helper",
        ),
        (920, 1, 501, "S", "2:00.00", 1000, "/opt/homebrew/bin/transmission-daemon"),
    )
    theirs = ((950, 1, 502, "S", "2:00.00", 1000, f"{ZOOM}/MacOS/zoom.us"),)
    return ps(*mine, *(theirs if others else ()))


class Machine:
    """Processes that live until they are asked to quit, where they do as they are asked."""

    def __init__(self, *, obeys: bool = True, sends: bool = True) -> None:
        self.living = {900, 901, 910, 911, 920, 950}
        self.obeys, self.sends = obeys, sends
        self.objects = FakeObjects(applications=(900, 910), on_quit=self.quit)
        self.fixer = MacApplications(
            self.objects, FakeTools(ps=running()), began=self.began, user=lambda: 501
        )

    def began(self, pid: int) -> str:
        return f"since {pid}" if pid in self.living else ""

    def quit(self, pid: int) -> bool:
        if self.obeys and self.sends:
            self.living.discard(pid)
        return self.sends


def test_an_application_is_offered_by_any_of_its_processes_for_this_user() -> None:
    machine = Machine()
    (fix,) = machine.fixer.offers(("CptHost",), soon())
    assert (fix.params, fix.target) == ({"process": "zoom.us"}, ("900", "since 900"))
    both = machine.fixer.offers(("Spotify", "zoom.us", "Skype"), soon())
    assert [fix.params["process"] for fix in both] == ["Spotify", "zoom.us"]


def test_a_program_that_is_no_application_is_not_offered() -> None:
    assert Machine().fixer.offers(("transmission-daemon",), soon()) == ()


def test_it_is_asked_and_goes() -> None:
    machine = Machine()
    (fix,) = machine.fixer.offers(("zoom.us",), soon())
    assert machine.fixer.carry_out(fix, soon()) == FixResult(outcome=FixOutcome.DONE)
    assert machine.objects.asked_to_quit == [900]


def test_one_that_asks_the_person_first_is_still_there() -> None:
    machine = Machine(obeys=False)
    (fix,) = machine.fixer.offers(("zoom.us",), soon())
    result = machine.fixer.carry_out(fix, time.monotonic() + 0.3)
    assert result.outcome is FixOutcome.UNFINISHED
    assert machine.objects.asked_to_quit == [900]  # once, and never by force


def test_one_that_may_not_be_asked_refuses() -> None:
    machine = Machine(sends=False)
    (fix,) = machine.fixer.offers(("zoom.us",), soon())
    assert machine.fixer.carry_out(fix, soon()).outcome is FixOutcome.REFUSED


def test_a_number_that_was_given_away_is_never_asked() -> None:
    machine = Machine()
    fix = Fix(kind=FixKind.CLOSE_APPLICATION, params={"process": "zoom.us"}, target=("900", "since long"))
    assert machine.fixer.carry_out(fix, soon()).outcome is FixOutcome.GONE
    assert machine.objects.asked_to_quit == []


def test_a_question_that_hangs_fails_in_time() -> None:
    machine, released = Machine(), threading.Event()
    machine.objects.on_quit = lambda _pid: released.wait(30)
    (fix,) = machine.fixer.offers(("zoom.us",), soon())
    began = time.monotonic()
    try:
        assert machine.fixer.carry_out(fix, began + 0.2).outcome is FixOutcome.FAILED
        assert time.monotonic() - began < SOON_S
    finally:
        released.set()


# --- all of them ----------------------------------------------------------------------------------------


def test_a_kind_that_has_no_fixer_offers_nothing_and_changes_nothing() -> None:
    fixes = MacFixes({FixKind.CHOOSE_DEVICE: MacSoundDevices(with_jabra(), FakeTools())})
    assert fixes.kinds == {FixKind.CHOOSE_DEVICE}
    assert fixes.offers(FixRequest(kind=FixKind.PAUSE_PLAYER, about=("Spotify",)), soon()) == ()
    pause = Fix(kind=FixKind.PAUSE_PLAYER, params={}, target=())
    assert fixes.carry_out(pause, soon()).outcome is FixOutcome.GONE
    assert len(fixes.offers(FixRequest(kind=FixKind.CHOOSE_DEVICE, about=(JABRA, *BOTH)), soon())) == 1
