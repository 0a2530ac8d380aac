"""What is set on a computer that keeps the others from hearing: permission, volumes, the device that calls are given."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from amif_netcheck.checks import headset, limits, limits_sound
from amif_netcheck.model.facts import (
    AllowedFor,
    DeviceSource,
    Direction,
    Facts,
    HeadsetFacts,
    Reason,
    Recording,
    SoundBus,
    SoundDevice,
    SoundKind,
    SoundTestFacts,
    Unavailable,
)
from amif_netcheck.model.finding import Finding, Severity, rank, worst

K, OUTPUT, INPUT = SoundKind, Direction.OUTPUT, Direction.INPUT
UNTOLD = Unavailable(reason=Reason.UNSUPPORTED)


def device(kind: SoundKind, direction: Direction, apparatus: int, roles: str = "") -> SoundDevice:
    """`roles`: `d` for the default device, `c` for that of calls."""
    return SoundDevice(
        name=f"{kind.value} {apparatus}",
        direction=direction,
        kind=kind,
        bus=SoundBus.USB,
        default="d" in roles,
        communications="c" in roles,
        apparatus=apparatus,
        plugged=True,
        volume_pct=80.0,
    )


def judged(
    *devices: SoundDevice,
    source: DeviceSource = DeviceSource.SYSTEM,
    allowed: bool | Unavailable = True,
    binds: AllowedFor = AllowedFor.EVERY_PROGRAM,
    test: SoundTestFacts | Unavailable | None = None,
) -> list[Finding]:
    facts = Facts(
        headset=HeadsetFacts(
            devices=devices, source=source, microphone_allowed=allowed, microphone_allowed_for=binds
        )
    )
    return headset.check(facts if test is None else structs.replace(facts, sound_test=test))


def codes(found: list[Finding]) -> dict[str, str]:
    return {each.code.removeprefix("headset."): each.severity.value for each in found}


HEADSET = (device(K.HEADSET, OUTPUT, 1, "dc"), device(K.HEADSET, INPUT, 1, "dc"))


# --- permission -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("allowed", "binds", "found"),
    [
        (False, AllowedFor.EVERY_PROGRAM, {"microphone_refused": "critical", "in_use": "ok"}),
        (False, AllowedFor.THIS_PROGRAM, {"in_use": "ok"}),
        (False, AllowedFor.SANDBOXED, {"in_use": "ok"}),
        (True, AllowedFor.EVERY_PROGRAM, {"in_use": "ok"}),
        (UNTOLD, AllowedFor.EVERY_PROGRAM, {"in_use": "ok"}),
    ],
)
def test_a_refused_microphone_is_held_against_whom_it_binds(
    allowed: bool | Unavailable, binds: AllowedFor, found: dict[str, str]
) -> None:
    assert codes(judged(*HEADSET, allowed=allowed, binds=binds)) == found


def test_a_refused_microphone_is_said_where_devices_are_out_of_sight() -> None:
    facts = Facts(
        headset=HeadsetFacts(
            devices=Unavailable(reason=Reason.TIMEOUT),
            microphone_allowed=False,
            microphone_allowed_for=AllowedFor.EVERY_PROGRAM,
        )
    )
    assert codes(headset.check(facts)) == {"microphone_refused": "critical", "unknown": "unknown"}


def recording(*, all_zero: bool) -> Recording:
    level = -120.0 if all_zero else -24.0
    return Recording(
        seconds=3.0,
        rate_hz=48000,
        rms_dbfs=level,
        peak_dbfs=level,
        level_dbfs=level,
        noise_dbfs=-120.0 if all_zero else -60.0,
        clipped_pct=0.0,
        all_zero=all_zero,
        speech=not all_zero,
    )


ZEROS = SoundTestFacts(recording=recording(all_zero=True))
NOTHING = SoundTestFacts(recording=Unavailable(reason=Reason.NOT_PERMITTED))
VOICE = SoundTestFacts(recording=recording(all_zero=False))


@pytest.mark.parametrize(
    ("test", "allowed", "binds", "code"),
    [
        pytest.param(ZEROS, False, AllowedFor.THIS_PROGRAM, "test_refused", id="Terminal may not listen"),
        pytest.param(NOTHING, False, AllowedFor.THIS_PROGRAM, "test_refused", id="nor open it"),
        pytest.param(VOICE, False, AllowedFor.THIS_PROGRAM, "test_good", id="heard all the same"),
        pytest.param(ZEROS, True, AllowedFor.THIS_PROGRAM, "test_no_signal", id="allowed, and silent"),
        pytest.param(ZEROS, UNTOLD, AllowedFor.THIS_PROGRAM, "test_no_signal", id="nobody knows"),
        pytest.param(ZEROS, False, AllowedFor.EVERY_PROGRAM, "test_no_signal", id="nobody may"),
    ],
)
def test_zeros_are_told_from_a_permission_that_this_program_lacks(
    test: SoundTestFacts, allowed: bool | Unavailable, binds: AllowedFor, code: str
) -> None:
    assert code in codes(judged(*HEADSET, allowed=allowed, binds=binds, test=test))


# --- what calls are given ---------------------------------------------------------------------------

BUILT_IN = (device(K.BUILT_IN, OUTPUT, 2), device(K.BUILT_IN, INPUT, 2))


def with_roles(devices: tuple[SoundDevice, ...], roles: str) -> tuple[SoundDevice, ...]:
    return tuple(structs.replace(each, default="d" in roles, communications="c" in roles) for each in devices)


@pytest.mark.parametrize(
    ("devices", "found"),
    [
        pytest.param((*with_roles(HEADSET, "d"), *with_roles(BUILT_IN, "c")), {"in_use": "ok", "calls_elsewhere": "warning"}, id="calls elsewhere"),
        pytest.param((*with_roles(HEADSET, "c"), *with_roles(BUILT_IN, "d")), {"calls_only": "warning"}, id="calls only"),
        pytest.param((*with_roles(HEADSET, "d"), device(K.HEADSET, OUTPUT, 3, "c"), device(K.HEADSET, INPUT, 3, "c")), {"in_use": "ok", "calls_apart": "info"}, id="two headsets"),
        pytest.param((device(K.HEADPHONES, OUTPUT, 1, "d"), device(K.HEADSET, OUTPUT, 1, "c"), device(K.HEADSET, INPUT, 1, "dc")), {"in_use": "ok"}, id="two halves of a Bluetooth headset"),
        pytest.param((*with_roles(BUILT_IN, "d"), device(K.SPEAKER, OUTPUT, 4, "c"), device(K.WEBCAM, INPUT, 5, "c")), {"built_in": "info"}, id="neither is any good"),
        pytest.param(with_roles(HEADSET, "dc"), {"in_use": "ok"}, id="the same"),
        pytest.param(with_roles(HEADSET, "d"), {"in_use": "ok"}, id="a system without the difference"),
    ],
)  # fmt: skip
def test_the_device_that_calls_are_given(devices: tuple[SoundDevice, ...], found: dict[str, str]) -> None:
    assert codes(judged(*devices)) == found


def test_pulseaudios_role_for_calls_says_nothing_of_a_meeting() -> None:
    devices = (*with_roles(HEADSET, "d"), *with_roles(BUILT_IN, "c"))
    assert codes(judged(*devices, source=DeviceSource.PULSE)) == {"in_use": "ok"}
    devices = (*with_roles(HEADSET, "c"), *with_roles(BUILT_IN, "d"))
    assert codes(judged(*devices, source=DeviceSource.PULSE)) == {"not_chosen": "warning"}


def test_the_microphone_of_calls_counts_too_when_it_is_off() -> None:
    off = structs.replace(device(K.HEADSET, INPUT, 3, "c"), muted=True)
    found = codes(judged(*with_roles(HEADSET, "d"), device(K.HEADSET, OUTPUT, 3, "c"), off))
    assert found == {"in_use": "ok", "input_muted": "critical", "calls_apart": "info"}


# --- volume -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pct", "db", "found"),
    [
        pytest.param(9.0, None, {"input_nothing": "critical"}, id="a percentage alone"),
        pytest.param(9.0, -63.0, {"input_nothing": "critical"}, id="as PulseAudio counts"),
        pytest.param(9.0, -40.0, {"input_low": "warning"}, id="a scale that is not PulseAudio's"),
        pytest.param(9.0, -30.0, {"input_low": "info"}, id="soft"),
        pytest.param(9.0, -12.0, {}, id="a device whose least is loud"),
        pytest.param(80.0, -30.0, {}, id="a device whose full is too loud"),
        pytest.param(35.0, None, {"input_low": "info"}, id="low by its percentage"),
        pytest.param(35.0, -27.4, {"input_low": "info"}, id="low by both"),
        pytest.param(0.0, -12.0, {"input_muted": "critical"}, id="off"),
    ],
)
def test_a_volume_is_low_when_both_scales_say_so(pct: float, db: float | None, found: dict[str, str]) -> None:
    output, entry = HEADSET
    quiet = structs.replace(entry, volume_pct=pct, volume_db=db)
    assert codes(judged(output, quiet)) == {"in_use": "ok", **found}


@given(st.integers(1, 1000))
def test_on_pulseaudios_scale_decibels_change_no_verdict(permille: int) -> None:
    """Its volumes are cubic: `60 lg v` decibels."""
    output, entry = HEADSET
    pct = permille / 10
    alone = structs.replace(entry, volume_pct=pct)
    both = structs.replace(alone, volume_db=60 * math.log10(pct / 100))
    assert codes(judged(output, alone)) == codes(judged(output, both))


def test_the_limit_that_is_named_is_one_that_was_crossed() -> None:
    output, entry = HEADSET
    [low] = [
        each
        for each in judged(output, structs.replace(entry, volume_pct=9.0, volume_db=-30.0))
        if each.code == "headset.input_low"
    ]
    assert low.params["value_pct"] == 9.0
    assert limits_sound.INPUT_VOLUME.info is not None
    assert low.params["limit_pct"] == limits_sound.INPUT_VOLUME.info.value


@given(
    *(st.floats(0, 100), st.floats(0, 100), st.floats(-200, 0), st.floats(-200, 0), st.booleans()),
    *(st.booleans(), st.booleans(), st.sampled_from(list(AllowedFor))),
)
def test_worse_settings_never_give_a_better_verdict(
    one: float,
    other: float,
    one_db: float,
    other_db: float,
    known: bool,
    muted: bool,
    refused: bool,
    binds: AllowedFor,
) -> None:
    output, entry = HEADSET
    (low, high), (low_db, high_db) = sorted((one, other)), sorted((one_db, other_db))
    good = structs.replace(entry, volume_pct=high, volume_db=high_db if known else None)
    bad = structs.replace(entry, volume_pct=low, volume_db=low_db if known else None, muted=muted)
    better = worst(each.severity for each in judged(output, good, binds=binds))
    worse = worst(each.severity for each in judged(output, bad, binds=binds, allowed=not refused))
    assert rank(worse) <= rank(better)


@given(st.sampled_from([K.HEADSET, K.SPEAKERPHONE, K.BUILT_IN, K.WEBCAM, K.SPEAKER]))
def test_calls_that_go_to_a_lesser_device_never_make_it_better(kind: SoundKind) -> None:
    lesser = (device(kind, OUTPUT, 3, "c"), device(kind, INPUT, 3, "c"))
    together = worst(each.severity for each in judged(*HEADSET))
    apart = worst(each.severity for each in judged(*with_roles(HEADSET, "d"), *lesser))
    assert rank(apart) <= rank(together)


def test_the_limits_are_floors() -> None:
    for limit in (limits_sound.INPUT_VOLUME_DB, limits_sound.INPUT_NOTHING_DB):
        assert limits.judge(0.0, limit)[0] is Severity.OK
        assert limits.judge(-200.0, limit)[0] is not Severity.OK
