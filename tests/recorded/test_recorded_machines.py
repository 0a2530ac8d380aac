"""A Windows laptop and a MacBook Air, from what their platforms would tell to what a participant reads."""

from __future__ import annotations

import asyncio
import time

import pytest

from amif_netcheck.advice.language import Language
from amif_netcheck.advice.lookup import say, word
from amif_netcheck.model.events import RunDone
from amif_netcheck.model.facts import AllowedFor, HeadsetFacts, ProximityFacts, Unavailable, VpnFacts
from amif_netcheck.model.report import Report
from amif_netcheck.platforms.recorded import Machine, Recorded
from amif_netcheck.probes.context import Context
from amif_netcheck.run import engine
from amif_netcheck.run.plan import RunPlan
from tests.recorded.recorded_machines import MACHINES, MACOS, WINDOWS

LOCAL = ("proximity", "traffic", "neighbours", "vpn", "sound_apps", "apps", "headset")


def report_of(machine: Machine) -> Report:
    """The real probes and checks on a recorded machine, offline."""
    plan = RunPlan(context=Context(platform=Recorded(machine), offline=True), asked=LOCAL, timeout_s=60.0)

    async def run() -> Report:
        async for event in engine.run(plan):
            if isinstance(event, RunDone):
                return event.report
        raise AssertionError

    return asyncio.run(run())


@pytest.fixture(scope="module")
def reports() -> dict[str, Report]:
    return {name: report_of(machine) for name, machine in MACHINES.items()}


def codes(report: Report) -> set[str]:
    return {finding.code for result in report.checks for finding in result.findings}


def test_a_windows_laptop(reports: dict[str, Report]) -> None:
    report = reports["Windows"]
    assert report.errors == ()
    assert isinstance(report.facts.proximity, ProximityFacts)
    assert report.facts.proximity.interface == "Wi-Fi"
    assert isinstance(report.facts.vpn, VpnFacts)
    assert [tunnel.interface for tunnel in report.facts.vpn.tunnels] == ["wg-bureau"]  # type: ignore[union-attr]
    assert isinstance(report.facts.headset, HeadsetFacts)
    assert report.facts.headset.microphone_allowed_for is AllowedFor.EVERY_PROGRAM
    assert {
        *("proximity.wifi", "traffic.heavy", "vpn.carries_meeting", "headset.not_chosen"),
        *("headset.microphone_refused", "sound_apps.plays"),
    } <= codes(report)
    [traffic] = [finding for each in report.checks for finding in each.findings if each.id == "traffic"]
    assert (traffic.variant, traffic.params["likely"]) == ("probable", ["OneDrive"])


def test_a_macbook(reports: dict[str, Report]) -> None:
    report = reports["macOS"]
    assert report.errors == ()
    assert isinstance(report.facts.proximity, ProximityFacts)
    assert report.facts.proximity.interface == "en0"
    assert isinstance(report.facts.headset, HeadsetFacts)
    assert report.facts.headset.microphone_allowed_for is AllowedFor.THIS_PROGRAM
    assert {"proximity.wifi", "traffic.quiet", "vpn.none", "headset.built_in", "sound_apps.quiet"} <= codes(
        report
    )
    assert "headset.microphone_refused" not in codes(report), "Terminal's permission is not the meeting's"


@pytest.mark.parametrize("name", MACHINES)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_sentence_about_them_is_whole(reports: dict[str, Report], name: str, language: str) -> None:
    for result in word(reports[name], Language(language)).checks:
        for finding in result.findings:
            text = say(finding, Language(language), reports[name].system.os)
            said = " ".join((finding.summary, finding.meaning, *finding.advice, *text.steps))
            assert finding.summary
            assert "{" not in said
            assert "—" not in said


@pytest.mark.parametrize("machine", [WINDOWS, MACOS], ids=["Windows", "macOS"])
def test_what_was_recorded_is_what_is_answered(machine: Machine) -> None:
    recorded = Recorded(machine)
    sound = recorded.sound(time.monotonic() + 1)
    assert not isinstance(sound.devices, Unavailable)
    assert sound.devices == machine.sound.devices
    assert recorded.gateway() == machine.gateway
