"""Who uses sound, and is there a headset: from facts to findings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from amif_netcheck.checks import headset, sound_apps
from amif_netcheck.model.facts import (
    CallApplication,
    Direction,
    Facts,
    HeadsetFacts,
    Reason,
    SoundApplication,
    SoundAppsFacts,
    SoundBus,
    SoundDevice,
    SoundKind,
    SoundObstacle,
    SoundUse,
    Unavailable,
)
from amif_netcheck.model.finding import Severity, worst

NOBODY = Unavailable(reason=Reason.NOT_PRESENT)
ORDER = [Severity.OK, Severity.INFO, Severity.WARNING, Severity.CRITICAL]


def app(
    name: str, use: SoundUse = SoundUse.PLAYS, *, family: str = "", muted: bool = False, paused: bool = False
) -> SoundApplication:
    return SoundApplication(
        application=name,
        process=name.lower(),
        product=name,
        family=family,
        use=use,
        muted=muted,
        paused=paused,
    )


def apps(
    *using: SoundApplication, calls: tuple[str, ...] = (), meeting: str = "", given: bool = False
) -> Facts:
    return Facts(
        sound_apps=SoundAppsFacts(
            applications=using,
            calls=tuple(CallApplication(product=name, process=name.lower()) for name in calls),
            meeting_product=meeting,
            meeting_given=given or bool(meeting),
        )
    )


PLAYS, RECORDS = SoundUse.PLAYS, SoundUse.RECORDS


@pytest.mark.parametrize(
    ("facts", "codes"),
    [
        pytest.param(apps(), {"quiet": "ok"}, id="nobody"),
        pytest.param(apps(app("VLC")), {"plays": "info"}, id="a player"),
        pytest.param(apps(app("VLC", paused=True)), {"quiet": "ok"}, id="a paused one"),
        pytest.param(apps(app("VLC", muted=True)), {"quiet": "ok"}, id="a muted one"),
        pytest.param(apps(app("Audacity", RECORDS)), {"holds_microphone": "warning"}, id="a recorder"),
        pytest.param(apps(app("Audacity", RECORDS, muted=True)), {"holds_microphone": "warning"}, id="a muted recorder holds it all the same"),
        pytest.param(apps(app("Skype", RECORDS), app("Skype"), calls=("Skype",)), {"holds_microphone": "warning"}, id="a call is said once"),
        pytest.param(apps(app("Skype", RECORDS), app("VLC")), {"holds_microphone": "warning", "plays": "info"}, id="a call and a player"),
        pytest.param(apps(calls=("Skype", "Zoom")), {"call_open": "info"}, id="silent applications for calls"),
        pytest.param(apps(app("Zoom", RECORDS), app("Zoom"), calls=("Zoom",), meeting="Zoom"), {"quiet": "ok"}, id="the meeting's own application"),
        pytest.param(apps(app("Zoom", RECORDS), calls=("Zoom", "Skype"), meeting="Zoom"), {"call_open": "info"}, id="another one beside the meeting's"),
        pytest.param(apps(app("Skype", RECORDS), calls=("Skype",), meeting="Zoom"), {"holds_microphone": "warning"}, id="another meeting's application"),
        pytest.param(apps(app("Firefox", RECORDS, family="browser"), app("Firefox", family="browser"), given=True), {"quiet": "ok"}, id="a browser may hold the meeting"),
        pytest.param(apps(app("Firefox", RECORDS, family="browser")), {"holds_microphone": "warning"}, id="a browser without a meeting"),
        pytest.param(apps(app("Firefox", family="browser"), given=True), {"plays": "info"}, id="a browser that only plays"),
    ],
)  # fmt: skip
def test_who_uses_sound(facts: Facts, codes: dict[str, str]) -> None:
    found = {each.code.removeprefix("sound_apps."): each.severity.value for each in sound_apps.check(facts)}
    assert found == codes


@pytest.mark.parametrize(
    ("obstacle", "code"),
    [
        (SoundObstacle.NONE, "unknown"),
        (SoundObstacle.NO_SERVER, "no_server"),
        (SoundObstacle.REMOTE, "remote"),
        (SoundObstacle.STOPPED, "stopped"),
    ],
)
def test_what_could_not_be_told_is_never_green(obstacle: SoundObstacle, code: str) -> None:
    facts = Facts(
        sound_apps=SoundAppsFacts(applications=NOBODY, calls=(), obstacle=obstacle),
        headset=HeadsetFacts(devices=NOBODY, obstacle=obstacle),
    )
    for check, name in ((sound_apps.check, "sound_apps"), (headset.check, "headset")):
        (finding,) = check(facts)
        assert (finding.code, finding.severity) == (f"{name}.{code}", Severity.UNKNOWN)
    assert [each.code for each in sound_apps.check(Facts())] == ["sound_apps.unknown"]
    assert [each.code for each in headset.check(Facts())] == ["headset.unknown"]


def device(
    kind: SoundKind,
    direction: Direction = Direction.OUTPUT,
    *,
    default: bool = True,
    bus: SoundBus = SoundBus.USB,
    apparatus: int = 1,
) -> SoundDevice:
    internal = {SoundKind.BUILT_IN, SoundKind.HDMI}
    return SoundDevice(
        name=kind.value,
        direction=direction,
        kind=kind,
        bus=SoundBus.INTERNAL if kind in internal else bus,
        default=default,
        apparatus=0 if kind in internal else apparatus,
        plugged=None if kind is SoundKind.BUILT_IN else True,
        volume_pct=70.0,
    )


def out(kind: SoundKind, *, default: bool = True) -> SoundDevice:
    return device(kind, default=default)


def mic(kind: SoundKind, *, default: bool = True) -> SoundDevice:
    return device(kind, Direction.INPUT, default=default)


def found(*devices: SoundDevice) -> dict[str, str]:
    facts = Facts(headset=HeadsetFacts(devices=devices))
    return {each.code.removeprefix("headset."): each.severity.value for each in headset.check(facts)}


K = SoundKind


@pytest.mark.parametrize(
    ("devices", "codes"),
    [
        pytest.param((out(K.HEADSET), mic(K.HEADSET)), {"in_use": "ok"}, id="headset"),
        pytest.param((out(K.HEADPHONES), mic(K.MICROPHONE)), {"in_use": "ok"}, id="headphones and a microphone"),
        pytest.param((out(K.SPEAKERPHONE), mic(K.SPEAKERPHONE)), {"in_use": "ok"}, id="hands-free kit"),
        pytest.param((out(K.BUILT_IN), mic(K.BUILT_IN)), {"built_in": "info"}, id="built in"),
        pytest.param((out(K.HEADPHONES), mic(K.BUILT_IN)), {"own_microphone": "info"}, id="headphones alone"),
        pytest.param((out(K.HEADPHONES), mic(K.WEBCAM)), {"webcam_microphone": "info"}, id="headphones and a webcam"),
        pytest.param((out(K.BUILT_IN), mic(K.WEBCAM)), {"loudspeaker": "info"}, id="a webcam"),
        pytest.param((out(K.HDMI), mic(K.MICROPHONE)), {"loudspeaker": "info"}, id="a television"),
        pytest.param((out(K.BUILT_IN), mic(K.BUILT_IN), out(K.HEADSET, default=False), mic(K.HEADSET, default=False)), {"not_chosen": "warning"}, id="not chosen"),
        pytest.param((out(K.BUILT_IN), mic(K.HEADSET), out(K.HEADSET, default=False)), {"output_elsewhere": "warning"}, id="half chosen, output elsewhere"),
        pytest.param((out(K.HEADSET), mic(K.BUILT_IN), mic(K.HEADSET, default=False)), {"input_elsewhere": "warning"}, id="half chosen, input elsewhere"),
        pytest.param((out(K.BUILT_IN), mic(K.BUILT_IN), mic(K.MICROPHONE, default=False)), {"input_elsewhere": "warning"}, id="a microphone not chosen"),
        pytest.param((out(K.BUILT_IN), mic(K.BUILT_IN), out(K.HEADPHONES, default=False)), {"output_elsewhere": "warning"}, id="headphones not chosen"),
        pytest.param((out(K.VIRTUAL), mic(K.HEADSET)), {"untold": "unknown"}, id="a program"),
        pytest.param((out(K.HEADSET), mic(K.VIRTUAL), mic(K.HEADSET, default=False)), {"untold": "unknown"}, id="a noise filter is no mistake"),
        pytest.param((out(K.BUILT_IN),), {"no_microphone": "critical"}, id="no microphone"),
        pytest.param((mic(K.HEADSET),), {"no_output": "critical"}, id="nothing to hear with"),
        pytest.param((), {"no_device": "unknown"}, id="nothing"),
    ],
)  # fmt: skip
def test_what_one_hears_with_and_speaks_into(devices: tuple[SoundDevice, ...], codes: dict[str, str]) -> None:
    assert found(*devices) == codes


def test_what_is_not_plugged_in_is_not_there() -> None:
    jack = structs.replace(out(K.HEADPHONES, default=False), plugged=False)
    assert found(out(K.BUILT_IN), mic(K.BUILT_IN), jack) == {"built_in": "info"}
    unplugged = structs.replace(mic(K.MICROPHONE), plugged=False)
    assert found(out(K.BUILT_IN), unplugged) == {"no_microphone": "critical"}


@pytest.mark.parametrize(
    ("change", "code", "severity"),
    [
        ({"muted": True}, "input_muted", "critical"),
        ({"volume_pct": 0.0}, "input_muted", "critical"),
        ({"volume_pct": 20.0}, "input_low", "warning"),
        ({"volume_pct": 35.0}, "input_low", "info"),
        ({"hands_free": True, "rate_hz": 8000}, "telephone_sound", "warning"),
        ({"battery_pct": 5.0}, "battery", "warning"),
        ({"battery_pct": 20.0}, "battery", "info"),
    ],
)
def test_what_makes_a_microphone_bad(change: dict[str, object], code: str, severity: str) -> None:
    changed = structs.replace(mic(K.HEADSET), **change)
    assert found(out(K.HEADSET), changed) == {"in_use": "ok", code: severity}


def test_wideband_bluetooth_is_good_enough() -> None:
    wide = structs.replace(mic(K.HEADSET), hands_free=True, rate_hz=16000)
    assert found(out(K.HEADSET), wide) == {"in_use": "ok"}


def test_a_bluetooth_microphone_that_sleeps_can_be_chosen() -> None:
    asleep = structs.replace(mic(K.HEADSET, default=False), asleep=True, volume_pct=None)
    assert found(out(K.HEADSET), mic(K.BUILT_IN), asleep) == {"input_elsewhere": "warning"}


def test_a_bluetooth_microphone_that_sleeps_alone_is_not_told_to_be_in_use() -> None:
    asleep = structs.replace(mic(K.HEADSET, default=False), asleep=True, volume_pct=None)
    assert found(out(K.HEADSET), asleep) == {"untold": "unknown"}


def test_what_is_plugged_in_is_not_taken_for_chosen() -> None:
    """The default is a screen that is off, or the monitor of an output, which is no device."""
    screen = structs.replace(out(K.HDMI), plugged=False)
    spare, spare_mic = out(K.HEADSET, default=False), mic(K.HEADSET, default=False)
    assert found(screen, spare, mic(K.HEADSET)) == {"output_elsewhere": "warning"}
    assert found(out(K.HEADSET), spare_mic) == {"input_elsewhere": "warning"}
    assert found(spare, spare_mic) == {"not_chosen": "warning"}
    muted = structs.replace(spare_mic, muted=True)
    assert found(out(K.HEADSET), muted) == {"input_elsewhere": "warning"}


@pytest.mark.parametrize(("plugged", "codes"), [(True, {"in_use": "ok"}), (None, {"unseen": "unknown"})])
def test_a_socket_that_does_not_tell_whether_something_is_in_it_is_no_praise(
    plugged: bool | None, codes: dict[str, str]
) -> None:
    for kinds in ((K.HEADPHONES, K.MICROPHONE), (K.HEADSET, K.HEADSET)):
        output, entry = (
            structs.replace(one, bus=SoundBus.JACK, plugged=plugged) for one in (out(kinds[0]), mic(kinds[1]))
        )
        assert found(output, entry) == codes


def test_where_no_default_is_told_a_list_of_names_is_no_praise() -> None:
    """PortAudio's on Linux: neither what is chosen nor what is plugged in is known."""
    listed = [structs.replace(one(K.HEADSET, default=False), plugged=None) for one in (out, mic)]
    assert found(*listed) == {"untold": "unknown"}
    assert found(out(K.BUILT_IN, default=False), mic(K.BUILT_IN, default=False)) == {"built_in": "info"}


def test_a_library_that_is_missing_is_named() -> None:
    facts = Facts(
        headset=HeadsetFacts(devices=NOBODY, obstacle=SoundObstacle.NO_LIBRARY, package="libportaudio2")
    )
    (finding,) = headset.check(facts)
    assert (finding.code, finding.params["package"]) == ("headset.no_library", "libportaudio2")


def badness(facts: Facts) -> int:
    severity = worst(each.severity for each in headset.check(facts))
    return ORDER.index(severity) if severity is not Severity.UNKNOWN else -1


@given(
    st.sampled_from([K.HEADSET, K.HEADPHONES, K.BUILT_IN, K.SPEAKERPHONE]),
    st.sampled_from([K.HEADSET, K.MICROPHONE, K.BUILT_IN, K.WEBCAM]),
    st.floats(0, 100),
    st.floats(0, 100),
    st.booleans(),
)
def test_a_worse_microphone_never_gives_a_better_verdict(
    output: SoundKind, entry: SoundKind, one: float, other: float, muted: bool
) -> None:
    low, high = sorted((one, other))
    good = structs.replace(mic(entry), volume_pct=high)
    worse = structs.replace(mic(entry), volume_pct=low, muted=muted)
    assert badness(Facts(headset=HeadsetFacts(devices=(out(output), worse)))) >= badness(
        Facts(headset=HeadsetFacts(devices=(out(output), good)))
    )


@given(st.lists(st.builds(app, st.sampled_from(["VLC", "Skype", "Firefox"]), st.sampled_from(SoundUse), muted=st.booleans(), paused=st.booleans()), max_size=5), st.builds(app, st.sampled_from(["VLC", "Skype"]), st.sampled_from(SoundUse)))  # fmt: skip
def test_one_more_application_never_gives_a_better_verdict(
    using: list[SoundApplication], more: SoundApplication
) -> None:
    def badness(facts: Facts) -> int:
        return ORDER.index(worst(each.severity for each in sound_apps.check(facts)))

    assert badness(apps(*using, more)) >= badness(apps(*using))


def test_an_application_of_several_processes_is_named_once() -> None:
    calls = tuple(CallApplication(product="Webex", process=name) for name in ("ciscocollabhost", "webexmta"))
    facts = Facts(sound_apps=SoundAppsFacts(applications=(), calls=calls))
    [finding] = sound_apps.check(facts)
    assert finding.params["applications"] == ["Webex"]
