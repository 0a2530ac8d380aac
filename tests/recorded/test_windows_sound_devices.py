"""What each sound endpoint of participants' PCs is (`windows_endpoints` says where the shapes come from)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amif_netcheck.model.facts import Direction, SoundDevice, SoundKind
from amif_netcheck.platforms.windows import sound_devices
from amif_netcheck.platforms.windows.core_audio import AudioSnapshot, Endpoint
from amif_netcheck.platforms.windows.jacks import Jack
from tests.recorded.windows_endpoints import IN, MACHINES, OUT, Known, thing


def endpoint(known: Known, number: int) -> Endpoint:
    return Endpoint(
        id=f"{{0.0.{number}}}",
        direction=known.direction,
        state=known.state,
        name=known.name,
        adapter=known.adapter or known.name,
        bus=known.bus,
        container=known.container,
        form_factor=known.form,
        node=known.node,
        rate_hz=known.rate_hz,
        muted=False,
        volume=0.8,
        level_db=-4.0,
        most_db=0.0,
        jacks=known.jacks,
    )


def devices(*endpoints: Endpoint, **defaults: str) -> tuple[SoundDevice, ...]:
    roles = {"output": (OUT, 0), "input": (IN, 0), "call_output": (OUT, 2), "call_input": (IN, 2)}
    chosen = {roles[role]: found for role, found in defaults.items()}
    return sound_devices.devices(AudioSnapshot(endpoints=endpoints, sessions=(), defaults=chosen))


def test_at_least_sixty_endpoints_are_thought_through() -> None:
    assert sum(len(machine) for machine in MACHINES.values()) >= 60


@pytest.mark.parametrize("machine", MACHINES)
def test_what_each_endpoint_is(machine: str) -> None:
    known = MACHINES[machine]
    listed = [each for each in known if each.then.get("listed", True)]
    found = devices(*(endpoint(each, number) for number, each in enumerate(known)))
    assert len(found) == len(listed)
    for device, each in zip(found, listed, strict=True):
        assert (device.name, device.kind, device.bus) == (each.name, each.kind, each.attached)
        assert device.direction is each.direction
        for name, value in each.then.items():
            if name != "listed":
                assert getattr(device, name) == value, (each.name, name)


def test_what_belongs_to_one_thing_has_one_number() -> None:
    jabra = MACHINES["a USB headset that says so (Jabra Evolve2 65)"]
    laptop = MACHINES["a French laptop with Realtek sound"]
    found = devices(*(endpoint(each, number) for number, each in enumerate((*jabra, *laptop))))
    numbers = [device.apparatus for device in found]
    assert numbers[0] == numbers[1]
    assert len(set(numbers[2:])) == 1
    assert numbers[0] != numbers[2]


def test_what_has_a_camera_is_never_worn() -> None:
    """A bar under a screen, a webcam, and a headset whose dongle sits in the same hub as nobody's camera."""
    bar = [
        Endpoint(
            id=str(way),
            direction=way,
            state=1,
            name="USB Audio",
            bus="USB",
            container=thing(1),
            form_factor=form,
        )
        for way, form in ((OUT, 1), (IN, 4))
    ]
    webcam = Endpoint(
        id="w", direction=IN, state=1, name="USB Audio", bus="USB", container=thing(2), form_factor=4
    )
    headset = Endpoint(id="h", direction=IN, state=1, bus="USB", container=thing(1), form_factor=5)
    snapshot = AudioSnapshot(endpoints=(*bar, webcam, headset), sessions=())
    found = sound_devices.devices(snapshot, {thing(1), thing(2)})
    assert [device.kind for device in found] == [
        SoundKind.SPEAKERPHONE,
        SoundKind.SPEAKERPHONE,
        SoundKind.WEBCAM,
        SoundKind.HEADSET,
    ]
    without = sound_devices.devices(snapshot)
    assert [device.kind for device in without[:3]] == [
        SoundKind.HEADSET,
        SoundKind.HEADSET,
        SoundKind.MICROPHONE,
    ]


def test_both_roles_are_told_and_come_first() -> None:
    laptop, jabra = (
        MACHINES["a French laptop with Realtek sound"],
        MACHINES["one by its dongle (Jabra Link 370)"],
    )
    all_of_them = [endpoint(each, number) for number, each in enumerate((*laptop, *jabra))]
    found = devices(
        *all_of_them,
        output=all_of_them[0].id,
        input=all_of_them[1].id,
        call_output=all_of_them[3].id,
        call_input=all_of_them[4].id,
    )
    assert [(device.default, device.communications) for device in found[:4]] == [
        (True, False),
        (True, False),
        (False, True),
        (False, True),
    ]
    assert [device.kind for device in found[:4]] == [SoundKind.BUILT_IN] * 2 + [SoundKind.HEADSET] * 2


def test_volume_is_told_below_the_highest_that_the_device_has() -> None:
    microphone = Endpoint(
        id="m", direction=Direction.INPUT, state=1, volume=0.5, level_db=12.0, most_db=30.0, muted=True
    )
    (device,) = devices(microphone)
    assert (device.volume_pct, device.volume_db, device.muted) == (50.0, -18.0, True)
    (untold,) = devices(Endpoint(id="m", direction=Direction.INPUT, state=1))
    assert (untold.volume_pct, untold.volume_db, untold.muted) == (None, None, False)


def test_an_adapter_that_tells_of_an_empty_socket_tells_of_full_ones_too() -> None:
    full = Endpoint(id="1", direction=OUT, state=1, adapter="Realtek", bus="HDAUDIO", form_factor=3)
    empty = Endpoint(id="2", direction=IN, state=8, adapter="Realtek", bus="HDAUDIO", form_factor=5)
    assert [device.plugged for device in devices(full, empty)] == [True, False]
    assert [device.plugged for device in devices(full)] == [None]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Casque (Jabra Evolve2 65)", "Casque (Jabra Evolve2 65)"),
        (
            "Headset (@System32\\drivers\\bthhfenum.sys,#2;%1 Hands-Free%0\r\n;(Nothing Ear))",
            "Headset (Nothing Ear Hands-Free)",
        ),
        (
            "Casque (@System32\\drivers\\bthhfenum.sys,#4;%1 Hands-Free AG Audio%0\r\n;(Écouteurs d’Anne))",
            "Casque (Écouteurs d’Anne Hands-Free AG Audio)",
        ),
        ("Haut-parleurs  (2- High\nDefinition)", "Haut-parleurs (2- High Definition)"),
        ("@what, is this", "@what, is this"),
        ("", ""),
    ],
)
def test_names_are_readable(name: str, expected: str) -> None:
    assert sound_devices.readable(name) == expected


@given(st.text(max_size=80))
def test_any_name_is_one_line(name: str) -> None:
    assert "\n" not in sound_devices.readable(name)


ANYTHING = st.builds(
    Endpoint,
    id=st.sampled_from("abcdef"),
    direction=st.sampled_from(Direction),
    state=st.sampled_from((1, 8)),
    name=st.text(max_size=30),
    adapter=st.sampled_from(("", "Realtek", "ThinkPad Dock")),
    bus=st.sampled_from(("", "USB", "hdaudio", "BTHENUM", "BTHHFENUM", "ROOT", "SWD", "PCI", "?")),
    container=st.sampled_from(("", thing(1), thing(2), "00000000-0000-0000-ffff-ffffffffffff")),
    form_factor=st.none() | st.integers(0, 20),
    node=st.sampled_from(("", "{DFF21DE2-F70F-11D0-B917-00A0C9223196}", "nonsense")),
    rate_hz=st.none() | st.integers(1, 192_000),
    muted=st.none() | st.booleans(),
    volume=st.none() | st.floats(0, 1),
    level_db=st.none() | st.floats(-100, 30),
    most_db=st.none() | st.floats(-100, 30),
    jacks=st.lists(
        st.builds(Jack, port=st.integers(0, 3), connected=st.booleans(), senses=st.none() | st.booleans()),
        max_size=3,
    ).map(tuple),
)


@given(st.lists(ANYTHING, max_size=6))
def test_any_endpoints_are_devices(endpoints: list[Endpoint]) -> None:
    found = devices(*endpoints)
    assert len(found) <= len(endpoints)
    for device in found:
        assert device.apparatus >= 1
        assert device.volume_db is None or device.volume_db <= 0
        assert not device.hands_free or (device.rate_hz or 0) <= 24_000
