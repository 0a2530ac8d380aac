"""Which findings call for a fix, and the words of each fix."""

from __future__ import annotations

import pytest
from msgspec import structs

from amif_netcheck.advice.fixes import WORDS, word_fix, word_outcome
from amif_netcheck.advice.language import Language
from amif_netcheck.checks import apps as apps_check
from amif_netcheck.checks import sound_apps as sound_apps_check
from amif_netcheck.checks import vpn as vpn_check
from amif_netcheck.model.facts import (
    Application,
    CallApplication,
    Facts,
    Program,
    SoundApplication,
    SoundAppsFacts,
    SoundUse,
)
from amif_netcheck.model.finding import Finding, Severity
from amif_netcheck.model.fix import Fix, FixKind, FixOutcome, FixRequest
from amif_netcheck.run.fixes import requests
from tests.builders import TUNNELLED, apps, traffic, vpn, ways


def _sound(*applications: SoundApplication, calls: tuple[CallApplication, ...] = ()) -> Facts:
    return Facts(sound_apps=SoundAppsFacts(applications=applications, calls=calls))


SPOTIFY = SoundApplication(
    application="Spotify", process="spotify", product="Spotify", family="streaming", use=SoundUse.PLAYS
)
FIREFOX = SoundApplication(
    application="Firefox", process="firefox", product="Firefox", family="browser", use=SoundUse.PLAYS
)
STRANGER = SoundApplication(application="Own recorder", process="recorder", use=SoundUse.RECORDS)
SKYPE = SoundApplication(
    application="Skype", process="skypeforlinux", product="Skype", family="call", use=SoundUse.RECORDS
)


def _wished(facts: Facts, findings: list[Finding]) -> list[FixRequest]:
    return [wish for finding in findings for wish in requests(finding, facts)]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (_sound(SPOTIFY), [("pause_player", ("spotify",)), ("close_application", ("spotify",))]),
        (_sound(FIREFOX), [("pause_player", ("firefox",))]),  # its tabs may hold what nobody saved
        (_sound(STRANGER), []),
        (_sound(SKYPE), [("close_application", ("skypeforlinux",))]),
        (
            _sound(calls=(CallApplication(product="Zoom", process="zoom"),)),
            [("close_application", ("zoom",))],
        ),
        (
            _sound(
                calls=(
                    CallApplication(product="Webex", process="a"),
                    CallApplication(product="Webex", process="b"),
                )
            ),
            [("close_application", ("a", "b"))],
        ),
        (_sound(), []),
    ],
)
def test_what_sound_applications_call_for(facts: Facts, expected: list[tuple[str, tuple[str, ...]]]) -> None:
    found = _wished(facts, sound_apps_check.check(facts))
    assert [(wish.kind.value, wish.about) for wish in found] == expected


def test_a_tunnel_that_carries_the_meeting_calls_for_its_interface() -> None:
    facts = vpn(ways(TUNNELLED))
    assert _wished(facts, vpn_check.check(facts)) == [
        FixRequest(kind=FixKind.DISCONNECT_VPN, about=(TUNNELLED.interface,))
    ]
    assert _wished(vpn(), vpn_check.check(vpn())) == []


def test_heavy_applications_with_work_in_them_are_not_closed() -> None:
    games = Program(process="steam", product="Steam", family="game", cpu_pct=30.0)
    torrent = Program(process="qbittorrent", product="qBittorrent", family="p2p", cpu_pct=30.0)
    plans = Program(process="blender", product="Blender", family="creation", cpu_pct=30.0)
    others = Program(process="transmission", product="Transmission", family="p2p", cpu_pct=20.0, mine=False)
    facts = apps(95.0, games, torrent, plans, others)
    found = _wished(facts, apps_check.check(facts))
    assert {name for wish in found for name in wish.about} == {"qbittorrent"}


@pytest.mark.parametrize("code", ["traffic.heavy", "apps.cpu_busy", "sound_apps.call_open"])
def test_the_meeting_itself_is_never_closed(code: str) -> None:
    calls = (
        CallApplication(product="Zoom", process="zoom"),
        CallApplication(product="Skype", process="skype"),
    )
    programs = [Program(process=each.process, product=each.product, family="call") for each in calls]
    using = [Application(process=each.process, product=each.product, family="call") for each in calls]
    facts = Facts(
        sound_apps=SoundAppsFacts(applications=(), calls=calls, meeting_product="Zoom", meeting_given=True),
        apps=apps(95.0, *programs).apps,
        traffic=traffic(1.0, 1.0, *using).traffic,
    )
    finding = Finding(code=code, severity=Severity.WARNING, params={"applications": ["Zoom", "Skype"]})
    assert requests(finding, facts) == (FixRequest(kind=FixKind.CLOSE_APPLICATION, about=("skype",)),)


@pytest.mark.parametrize(
    ("code", "directions"),
    [
        ("headset.not_chosen", ("output", "input")),
        ("headset.output_elsewhere", ("output",)),
        ("headset.input_elsewhere", ("input",)),
        ("headset.built_in", None),
        ("headset.input_muted", None),
    ],
)
def test_a_headset_that_is_not_chosen_calls_to_be_chosen(
    code: str, directions: tuple[str, ...] | None
) -> None:
    finding = Finding(code=code, severity=Severity.WARNING, params={"device": "Jabra"})
    expected = (FixRequest(kind=FixKind.CHOOSE_DEVICE, about=("Jabra", *directions)),) if directions else ()
    assert requests(finding, Facts()) == expected


FIXES = {
    "choose_device": {
        "output": "Jabra",
        "input": "Jabra",
        "output_before": "Interne",
        "input_before": "Micro",
    },
    "choose_device/output": {"output": "Jabra", "input": "", "output_before": "Interne", "input_before": ""},
    "choose_device/input": {"output": "", "input": "Jabra", "output_before": "", "input_before": "Micro"},
    "pause_player": {"player": "VLC"},
    "close_application": {"process": "skypeforlinux"},
    "disconnect_vpn": {"connection": "Mairie", "interface": "tun0"},
}


@pytest.mark.parametrize("key", sorted(WORDS))
@pytest.mark.parametrize("code", ["fr", "en"])
def test_every_fix_says_what_it_does_and_what_came_of_it(key: str, code: str) -> None:
    fix = Fix(kind=FixKind(key.partition("/")[0]), params=FIXES[key], target=())
    language = Language(code)
    said = word_fix(fix, language)
    name = "Skype" if key == "close_application" else next(filter(None, FIXES[key].values()))
    for text in (said.title, said.does, said.done):
        assert name in text
        assert "{" not in text
    assert said.leaves
    told = [word_outcome(fix, outcome, language) for outcome in FixOutcome]
    assert all(told)
    assert len(set(told)) == len(FixOutcome)
    if key == "choose_device/output":
        assert "Micro" not in said.does
        assert "Interne" in said.leaves


def test_a_name_without_end_is_cut() -> None:
    fix = Fix(kind=FixKind.PAUSE_PLAYER, params={"player": "x" * 5000}, target=())
    assert len(word_fix(fix, Language("fr")).does) < 200


def test_no_application_for_calls_is_closed_where_the_meetings_own_is_not_known() -> None:
    call = Program(process="zoom", product="Zoom", family="call", cpu_pct=60.0)
    torrent = Program(process="qbittorrent", product="qBittorrent", family="p2p", cpu_pct=30.0)
    facts = apps(95.0, call, torrent)
    found = _wished(facts, apps_check.check(facts))
    assert {name for wish in found for name in wish.about} == {"qbittorrent"}
    known = structs.replace(facts, sound_apps=SoundAppsFacts(applications=(), calls=()))
    found = _wished(known, apps_check.check(known))
    assert {name for wish in found for name in wish.about} == {"qbittorrent", "zoom"}
