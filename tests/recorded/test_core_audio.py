"""What Core Audio is asked, over tables of functions laid out as in the SDK's headers (made here, not recorded)."""

from __future__ import annotations

import ctypes
import threading
import time
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amif_netcheck.model.facts import DeviceSource, Direction, Reason, SoundObstacle, SoundUse, Unavailable
from amif_netcheck.platforms.answers import SoundStream
from amif_netcheck.platforms.windows import com, core_audio, jacks
from amif_netcheck.platforms.windows.com import ComError, ComObject, Guid, PropVariant
from amif_netcheck.platforms.windows.core_audio import AudioSnapshot
from amif_netcheck.platforms.windows.jacks import Jack
from amif_netcheck.platforms.windows.sound import CoreAudio
from tests.recorded import fake_core_audio as fake
from tests.recorded.fake_com import E_ACCESSDENIED, E_NOTIMPL, FakeCom, put_variant
from tests.recorded.fake_core_audio import FakeEndpoint, FakeSession, wave_format
from tests.recorded.fake_windows import FakeKernel, FakeRegistry, FakeTree, process

HEADSET = UUID("9f4e2d1c-0b5a-4c3d-8e7f-102030405060")
CASQUE = FakeEndpoint(
    "{0.0.0.00000000}.{casque}",
    properties={
        fake.NAME: "Casque (Jabra Evolve2 65)",
        fake.ADAPTER: "Jabra Evolve2 65",
        fake.BUS: "USB",
        fake.CONTAINER: HEADSET,
        fake.FORM: 5,
        fake.NODE: "{DFF21DE2-F70F-11D0-B917-00A0C9223196}",
        fake.FORMAT: wave_format(48000),
    },
)


def asked(library: FakeCom, within_s: float = 5) -> AudioSnapshot | Unavailable:
    until = time.monotonic() + within_s
    return com.asked(library, lambda: core_audio.snapshot(library, until), until)


def answered(library: FakeCom) -> AudioSnapshot:
    found = asked(library)
    assert not isinstance(found, Unavailable), found
    return found


@pytest.fixture(autouse=True)
def short_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core_audio, "METER_S", 0.12)
    monkeypatch.setattr(core_audio, "_METER_STEP_S", 0.02)


def test_an_endpoint_is_read_with_all_that_it_tells() -> None:
    library = fake.core_audio([CASQUE], {(0, 0): CASQUE.id, (0, 2): CASQUE.id})
    found = answered(library)
    assert found.endpoints == (
        core_audio.Endpoint(
            id=CASQUE.id,
            direction=Direction.OUTPUT,
            state=1,
            name="Casque (Jabra Evolve2 65)",
            adapter="Jabra Evolve2 65",
            bus="USB",
            container=str(HEADSET),
            form_factor=5,
            node="{DFF21DE2-F70F-11D0-B917-00A0C9223196}",
            rate_hz=48000,
            muted=False,
            volume=0.5,
            level_db=-12.0,
            most_db=0.0,
        ),
    )
    assert found.defaults == {(Direction.OUTPUT, 0): CASQUE.id, (Direction.OUTPUT, 2): CASQUE.id}
    assert library.is_given_back()


def test_without_the_devices_own_format_the_mix_tells_the_rate() -> None:
    library = fake.core_audio([FakeEndpoint("one", mix_rate=44100), FakeEndpoint("two")])
    assert [endpoint.rate_hz for endpoint in answered(library).endpoints] == [44100, None]
    assert library.is_given_back()


def test_all_endpoints_of_both_directions_are_asked_who_plays_and_who_records() -> None:
    library = fake.core_audio(
        [
            FakeEndpoint("speakers", sessions=[FakeSession(10, name="Spotify", peaks=[0.0, 0.5, 0.1])]),
            FakeEndpoint("headset", sessions=[FakeSession(11, state=0), FakeSession(0, system=True)]),
            FakeEndpoint("microphone", flow=1, sessions=[FakeSession(12, peaks=None)]),
            FakeEndpoint("empty socket", flow=1, state=8, sessions=[FakeSession(13)]),
        ]
    )
    sessions = answered(library).sessions
    assert not isinstance(sessions, Unavailable)
    assert [(each.pid, each.direction.value, each.active, each.system, each.peak) for each in sessions] == [
        (10, "output", True, False, 0.5),
        (11, "output", False, False, None),
        (0, "output", True, True, 0.25),
        (12, "input", True, False, None),
    ]
    assert library.is_given_back()


def test_a_session_is_muted_by_its_switch_or_its_volume() -> None:
    sessions = [FakeSession(1, muted=True), FakeSession(2, volume=0.0), FakeSession(3)]
    found = answered(fake.core_audio([FakeEndpoint("speakers", sessions=sessions)])).sessions
    assert not isinstance(found, Unavailable)
    assert [each.muted for each in found] == [True, True, False]


def test_a_session_that_ends_meanwhile_hides_no_other() -> None:
    library = fake.core_audio(
        [FakeEndpoint("speakers", sessions=[FakeSession(1, gone=True), FakeSession(2)])]
    )
    found = answered(library).sessions
    assert not isinstance(found, Unavailable)
    assert [each.pid for each in found] == [2]
    assert library.is_given_back()


def test_sessions_that_windows_does_not_tell_leave_the_devices() -> None:
    """As Wine 8 answers."""
    library = fake.core_audio([FakeEndpoint("speakers", sessions=E_NOTIMPL)])
    found = answered(library)
    assert found.sessions == Unavailable(reason=Reason.UNSUPPORTED, detail="HRESULT 80004001")
    assert [endpoint.id for endpoint in found.endpoints] == ["speakers"]
    assert library.is_given_back()


def test_who_plays_elsewhere_is_told_although_one_endpoint_fails() -> None:
    library = fake.core_audio(
        [FakeEndpoint("one", sessions=E_NOTIMPL), FakeEndpoint("two", sessions=[FakeSession(5)])]
    )
    found = answered(library).sessions
    assert not isinstance(found, Unavailable)
    assert [each.pid for each in found] == [5]


def test_idle_and_system_sessions_elsewhere_are_no_silence_of_an_endpoint_that_refuses() -> None:
    library = fake.core_audio(
        [
            FakeEndpoint("speakers", sessions=[FakeSession(4, system=True), FakeSession(5, state=0)]),
            FakeEndpoint("headset", sessions=E_ACCESSDENIED),
        ]
    )
    found = answered(library).sessions
    assert isinstance(found, Unavailable)
    assert found.reason is Reason.NOT_PERMITTED


def test_an_endpoint_that_went_away_hides_nobody() -> None:
    gone = FakeEndpoint("headset", sessions=0x88890004)  # AUDCLNT_E_DEVICE_INVALIDATED
    idle = FakeEndpoint("speakers", sessions=[FakeSession(5, state=0)])
    found = answered(fake.core_audio([idle, gone])).sessions
    assert not isinstance(found, Unavailable)
    assert [each.pid for each in found] == [5]


@pytest.mark.parametrize(
    ("capabilities", "senses"), [([1, 0], (True, False)), ([3, 3], (True, True)), (None, (None, None))]
)
def test_sockets_are_walked_to(capabilities: list[int] | None, senses: tuple[bool | None, ...]) -> None:
    endpoint = FakeEndpoint(
        "speakers", jacks=[(jacks.BUILT_IN, True), (jacks.JACK, False)], capabilities=capabilities
    )
    library = fake.core_audio([endpoint])
    assert answered(library).endpoints[0].jacks == (
        Jack(port=jacks.BUILT_IN, connected=True, senses=senses[0]),
        Jack(port=jacks.JACK, connected=False, senses=senses[1]),
    )
    assert library.is_given_back()


def test_what_can_not_be_entered_is_told_by_its_reason() -> None:
    for error, reason in (
        (ComError(0x80070005), Reason.NOT_PERMITTED),
        (ComError(0x88890010), Reason.NOT_PRESENT),
        (ComError(0x800705B4), Reason.TIMEOUT),
        (ComError(0x8000FFFF), Reason.ERROR),
        (OSError("COM is Windows'"), Reason.UNSUPPORTED),
    ):
        found = asked(FakeCom(enter_error=error))
        assert isinstance(found, Unavailable)
        assert found.reason is reason


def test_a_class_that_is_not_there_is_unsupported() -> None:
    library = FakeCom()
    found = asked(library)
    assert isinstance(found, Unavailable)
    assert found.reason is Reason.UNSUPPORTED
    assert library.is_given_back()


def test_a_com_that_hangs_is_left_behind_in_time() -> None:
    begun, released = threading.Event(), threading.Event()

    class Hanging(FakeCom):
        def create(self, class_id: Guid, interface: Guid) -> int:
            begun.set()
            released.wait(30)
            return super().create(class_id, interface)

    registry, kernel = FakeRegistry(), FakeKernel()
    before = time.monotonic()
    try:
        sound = CoreAudio(Hanging(), kernel, registry, FakeTree()).ask(before + 0.3)
        assert time.monotonic() - before < 2
        assert begun.is_set()
    finally:
        released.set()
    assert sound.obstacle is SoundObstacle.STOPPED
    for missing in (sound.streams, sound.devices):
        assert isinstance(missing, Unavailable)
        assert missing.reason is Reason.TIMEOUT


def test_sound_names_its_programs_and_its_devices() -> None:
    library = fake.core_audio(
        [
            FakeEndpoint(
                "speakers",
                properties=CASQUE.properties,
                sessions=[FakeSession(300), FakeSession(301, peaks=[0.0]), FakeSession(302, muted=True)],
            ),
            FakeEndpoint("microphone", flow=1, sessions=[FakeSession(303, peaks=[0.0], name="@sndvol,-1")]),
        ],
        {(0, 0): "speakers"},
    )
    kernel = FakeKernel(
        [
            process(200, "ms-teams.exe"),
            process(300, "msedgewebview2.exe", parent=200, created=5),
            process(301, "Discord.exe"),
            process(302, "chrome.exe"),
            process(303, "Zoom.exe"),
        ]
    )
    sound = CoreAudio(library, kernel, FakeRegistry(), FakeTree()).ask(time.monotonic() + 5)
    assert sound.streams == (
        SoundStream(application="", process="ms-teams.exe", pid=300, use=SoundUse.PLAYS),
        SoundStream(application="", process="Discord.exe", pid=301, use=SoundUse.PLAYS, paused=True),
        SoundStream(application="", process="chrome.exe", pid=302, use=SoundUse.PLAYS, muted=True),
        SoundStream(application="", process="Zoom.exe", pid=303, use=SoundUse.RECORDS),
    )
    assert not isinstance(sound.devices, Unavailable)
    assert [device.default for device in sound.devices] == [True, False]
    assert (sound.source, sound.obstacle) == (DeviceSource.SYSTEM, SoundObstacle.NONE)


def test_where_sessions_are_not_told_who_plays_stays_unknown_whatever_the_store_of_answers_says() -> None:
    store = (
        r"HKCU\SOFTWARE\Microsoft\Windows\CurrentVersion\CapabilityAccessManager"
        r"\ConsentStore\microphone\NonPackaged"
    )
    zoom = rf"{store}\C:#Program Files#Zoom#bin#Zoom.exe"
    used: dict[str, object] = {"LastUsedTimeStart": 133_000_000_000_000_000, "LastUsedTimeStop": 0}
    sound = CoreAudio(
        fake.core_audio([FakeEndpoint("microphone", flow=1, sessions=E_NOTIMPL)]),
        FakeKernel([process(7, "Zoom.exe")]),
        FakeRegistry({store: {}, zoom: used}),
        FakeTree(),
    ).ask(time.monotonic() + 5)
    assert isinstance(sound.streams, Unavailable)
    assert sound.streams.reason is Reason.UNSUPPORTED


def test_a_computer_without_sound_says_so() -> None:
    sound = CoreAudio(fake.core_audio([]), FakeKernel(), FakeRegistry(), FakeTree()).ask(time.monotonic() + 5)
    assert (sound.streams, sound.devices, sound.obstacle) == ((), (), SoundObstacle.NO_DEVICE)


def test_variants_are_read_by_their_type() -> None:
    library, variant = FakeCom(), PropVariant()
    for value in ("Réseau de microphones", 5, b"\1\2\3", HEADSET):
        put_variant(library, ctypes.addressof(variant), value)
        assert com.variant_value(variant) == (str(value) if isinstance(value, UUID) else value)


@given(
    st.integers(0, 0xFFFF).filter(lambda kind: kind not in {31, 65, 72}), st.binary(min_size=16, max_size=16)
)
def test_any_variant_without_a_pointer_is_read(kind: int, content: bytes) -> None:
    variant = PropVariant(kind=kind)
    ctypes.memmove(variant.value, content, 16)
    value = com.variant_value(variant)
    assert value is None or isinstance(value, int)


@given(st.binary(max_size=64))
def test_any_format_and_any_socket_is_read(block: bytes) -> None:
    rate = core_audio.rate(block)
    assert rate is None or 0 < rate <= 0xFFFFFFFF
    jack = jacks.parse(block, None)
    assert (jack is None) == (len(block) < 28)


def test_no_object_is_no_crash() -> None:
    with pytest.raises(ComError, match="80004003"):
        ComObject(0, FakeCom()).call(3)
