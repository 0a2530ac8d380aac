"""A whole Mac from recordings, as far as sound, programs and power go: its platform's answers to facts, and what a person is told.

The machine is put together by hand from the shapes of `test_mac_devices`, `test_mac_sound` and `test_mac_system`: a French
notebook on its battery, with a headset that is plugged in and not chosen, a call in a browser, and music.
"""

from __future__ import annotations

import time

import pytest

from amif_netcheck.checks import headset, sound_apps
from amif_netcheck.model.facts import (
    AppsFacts,
    Battery,
    Facts,
    HeadsetFacts,
    SoundAppsFacts,
    SoundUse,
    Unavailable,
)
from amif_netcheck.model.fix import FixKind, FixOutcome
from amif_netcheck.platforms.macos import power, property_frameworks
from amif_netcheck.platforms.macos.fixes import MacFixes
from amif_netcheck.platforms.macos.fixes.applications import MacApplications
from amif_netcheck.platforms.macos.fixes.sound_devices import MacSoundDevices
from amif_netcheck.platforms.macos.platform import MacOS
from amif_netcheck.platforms.macos.sound import MacSound
from amif_netcheck.platforms.sound_snapshot import SharedSnapshot
from amif_netcheck.probes import apps
from amif_netcheck.probes import headset as headset_probe
from amif_netcheck.probes import sound_apps as sound_apps_probe
from amif_netcheck.probes.context import Context
from amif_netcheck.run import fixes
from tests.recorded.mac_hal import MICROPHONE, OWN, SPEAKERS, FakeHal, device, mac
from tests.recorded.mac_tools import FakeKernel, FakeObjects, FakeTools, ps
from tests.recorded.test_mac_devices import JABRA_IN, JABRA_OUT
from tests.recorded.test_mac_sound import ASSERTIONS, CHROME
from tests.recorded.test_mac_system import statistics

SPOTIFY = "/Applications/Spotify.app/Contents"
RUNNING = ps(
    (1, 0, 0, "Ss", "57:24.25", 20000, "/sbin/launchd"),
    (500, 1, 501, "S", "1:00.00", 300000, f"{CHROME}/MacOS/Google Chrome"),
    (501, 500, 501, "S", "0:30.00", 90000, f"{CHROME}/Frameworks/Google Chrome Helper.app/Contents/MacOS/Google Chrome Helper"),
    (910, 1, 501, "S", "2:00.00", 90000, f"{SPOTIFY}/MacOS/Spotify"),
    (911, 910, 501, "S", "2:00.00", 90000, f"{SPOTIFY}/Frameworks/Spotify Helper.app/Contents/MacOS/Spotify Helper"),
    (930, 1, 501, "S", "0:09.00", 500000, "/Applications/Microsoft Teams.app/Contents/MacOS/MSTeams"),
)  # fmt: skip
USES = (
    (501, "com.google.Chrome.helper", True, True),
    (911, "com.spotify.client.helper", False, True),
    (940, "com.apple.CoreSpeech", True, False),
)


class RecordedMac:
    """`platform` answers from recordings; `hal` is its CoreAudio, `living` the processes that have not ended."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.hal: FakeHal = mac(SPEAKERS, MICROPHONE, JABRA_IN, JABRA_OUT, **OWN, processes=USES)
        self.living = {910, 930}
        tools = FakeTools(
            ps=RUNNING,
            pmset_assertions=ASSERTIONS,
            pmset_batt="Now drawing from 'Battery Power'\n -InternalBattery-0 (id=1)\t14%; discharging; 0:25 remaining present: true\n",
            pmset_therm="Note: No thermal warning level has been recorded\n",
        )
        kernel = FakeKernel(statistics(0), 16384)
        objects = FakeObjects(status=2, low=True, heat=2, applications=(910, 930), on_quit=self.quit)
        self.platform = MacOS(offline=True)
        sound = MacSound(self.hal, tools, kernel)
        for name, part in {
            "_tools": tools,
            "_kernel": kernel,
            "_objects": objects,
            "_heat": power.HeatWatch(objects, tools),
            "_core_audio": sound,
            "_sound": SharedSnapshot(sound.ask),
            "_fixes": MacFixes(
                {
                    FixKind.CHOOSE_DEVICE: MacSoundDevices(self.hal, tools),
                    FixKind.CLOSE_APPLICATION: MacApplications(
                        objects, tools, began=self.began, user=lambda: 501
                    ),
                }
            ),
        }.items():
            monkeypatch.setattr(self.platform, name, part)
        cameras = mac(device("Caméra FaceTime HD", "3F45", "bltn"))
        monkeypatch.setattr(property_frameworks, "core_media", cameras)

    def began(self, pid: int) -> str:
        return str(pid) if pid in self.living else ""

    def quit(self, pid: int) -> bool:
        self.living.discard(pid)
        return True


@pytest.fixture
def macbook(monkeypatch: pytest.MonkeyPatch) -> RecordedMac:
    monkeypatch.setattr(apps, "_SHORTEST_WINDOW_S", 0.0)
    return RecordedMac(monkeypatch)


def soon() -> float:
    return time.monotonic() + 5


def facts(macbook: RecordedMac) -> Facts:
    context = Context(platform=macbook.platform, quick=True)
    seen, heard = headset_probe.probe(context, soon()), sound_apps_probe.probe(context, soon())
    return Facts(headset=seen, sound_apps=heard)


def test_the_headset_that_is_not_chosen_is_told_and_may_be_chosen(macbook: RecordedMac) -> None:
    before = facts(macbook)
    assert isinstance(before.headset, HeadsetFacts)
    assert before.headset.microphone_allowed is False  # status 2: denied
    (finding,) = headset.check(before)
    assert finding.code == "headset.not_chosen"
    (request,) = fixes.requests(finding, before)
    (fix,) = macbook.platform.offers(request, soon())
    assert macbook.platform.carry_out(fix, soon()).outcome is FixOutcome.DONE
    assert [finding.code for finding in headset.check(facts(macbook))] == ["headset.in_use"]


def test_who_records_and_who_plays_are_told_by_the_names_that_people_know(macbook: RecordedMac) -> None:
    before = facts(macbook)
    assert isinstance(before.sound_apps, SoundAppsFacts)
    assert not isinstance(before.sound_apps.applications, Unavailable)
    assert [(each.product, each.use) for each in before.sound_apps.applications] == [
        ("Chrome", SoundUse.RECORDS),
        ("Chrome", SoundUse.PLAYS),
        ("Spotify", SoundUse.PLAYS),
    ]
    codes = {finding.code: finding for finding in sound_apps.check(before)}
    assert codes.keys() == {"sound_apps.holds_microphone", "sound_apps.plays", "sound_apps.call_open"}
    assert codes["sound_apps.call_open"].params["applications"] == ["Teams"]


def test_music_is_asked_to_close_and_a_browser_is_not(macbook: RecordedMac) -> None:
    before = facts(macbook)
    wanted = [request for finding in sound_apps.check(before) for request in fixes.requests(finding, before)]
    closing = {
        offer.params["process"]: offer
        for request in wanted
        if request.kind is FixKind.CLOSE_APPLICATION
        for offer in macbook.platform.offers(request, soon())
    }
    assert closing.keys() == {"Spotify", "MSTeams"}
    assert macbook.platform.carry_out(closing["Spotify"], soon()).outcome is FixOutcome.DONE
    assert macbook.living == {930}


def test_load_power_and_heat_become_facts(macbook: RecordedMac) -> None:
    answer = apps.probe(Context(platform=macbook.platform, quick=True), time.monotonic() + 0.8)
    assert isinstance(answer, AppsFacts)
    assert answer.slowed_by_heat is True
    assert answer.power_saver is True
    assert answer.battery == Battery(charge_pct=14, discharging=True)
    assert answer.installing is False
    assert isinstance(answer.restart_pending, Unavailable)
    assert not isinstance(answer.programs, Unavailable)
    named = {program.process: program.product for program in answer.programs}
    assert named["Google Chrome"] == "Chrome"
    assert named["MSTeams"] == "Teams"
    assert "Spotify Helper" not in named


def test_the_mac_that_was_recorded_has_a_camera(macbook: RecordedMac) -> None:
    found = macbook.platform.cameras(soon())
    assert not isinstance(found, Unavailable)
    assert [camera.name for camera in found] == ["Caméra FaceTime HD"]
    assert macbook.platform.camera_allowed(soon()) is False
