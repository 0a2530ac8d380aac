"""Who uses sound on a Mac: process objects, power assertions, and what becomes of a sound server that does not answer."""

from __future__ import annotations

import ctypes
import json
import os
import threading
import time
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amif_netcheck.model.facts import (
    Direction,
    Reason,
    SoundDevice,
    SoundKind,
    SoundObstacle,
    SoundUse,
    Unavailable,
)
from amif_netcheck.platforms.answers import Sound, SoundStream
from amif_netcheck.platforms.macos import bluetooth, property_frameworks, sound_objects, sound_streams
from amif_netcheck.platforms.macos.properties import PropertyError, code_text
from amif_netcheck.platforms.macos.sound import MacSound
from amif_netcheck.platforms.macos.sound_objects import HalProcess
from tests.recorded.mac_hal import MICROPHONE, OWN, SPEAKERS, FakeHal, Half, device, mac
from tests.recorded.mac_tools import SLOW, FakeKernel, FakeTools, ps
from tests.recorded.test_mac_devices import AIRPODS_IN, AIRPODS_OUT

PLAYS, RECORDS = SoundUse.PLAYS, SoundUse.RECORDS
CHROME = "/Applications/Google Chrome.app/Contents"
WEBKIT = "/System/Library/Frameworks/WebKit.framework/Versions/A/XPCServices"
RUNNING = ps(
    (1, 0, 0, "Ss", "57:24.25", 20000, "/sbin/launchd"),
    (409, 1, 202, "Ss", "10:00.00", 30000, "/usr/sbin/coreaudiod"),
    (500, 1, 501, "S", "1:00.00", 300000, f"{CHROME}/MacOS/Google Chrome"),
    (
        501,
        500,
        501,
        "S",
        "0:30.00",
        90000,
        f"{CHROME}/Frameworks/Google Chrome Framework.framework/Helpers/Google Chrome Helper.app/Contents/MacOS/Google Chrome Helper",
    ),
    (600, 1, 501, "S", "0:10.00", 90000, "/Applications/Safari.app/Contents/MacOS/Safari"),
    (
        601,
        1,
        501,
        "S",
        "0:10.00",
        90000,
        f"{WEBKIT}/com.apple.WebKit.GPU.xpc/Contents/MacOS/com.apple.WebKit.GPU",
    ),
    (700, 1, 501, "S", "0:05.00", 40000, "/usr/libexec/avconferenced"),
    (
        701,
        1,
        501,
        "S",
        "0:05.00",
        40000,
        "/System/Library/PrivateFrameworks/CoreSpeech.framework/corespeechd",
    ),
    (
        800,
        1,
        501,
        "S",
        "0:05.00",
        40000,
        "/System/Applications/Utilities/Terminal.app/Contents/MacOS/Terminal",
    ),
    (801, 800, 501, "S+", "0:05.00", 40000, "/opt/homebrew/bin/ffplay"),
)  # paths as `ps` shows them in fastfetch-cli/fastfetch#984 and public tests; the rest by hand


def streams(hal: FakeHal, responsible: dict[int, int] | None = None, **written: Any) -> Any:
    sound = MacSound(hal, FakeTools(ps=RUNNING, **written), FakeKernel(responsible=responsible))
    return sound.ask(time.monotonic() + 5).streams


def using(*processes: tuple[int, str, bool, bool]) -> FakeHal:
    return mac(SPEAKERS, MICROPHONE, **OWN, processes=processes)


def test_a_helper_is_told_as_its_application() -> None:
    assert streams(using((501, "com.google.Chrome.helper", True, True))) == (
        SoundStream(application="", process="Google Chrome", pid=501, use=RECORDS),
        SoundStream(application="", process="Google Chrome", pid=501, use=PLAYS),
    )


def test_who_does_nothing_is_no_stream() -> None:
    assert streams(using((501, "com.google.Chrome.helper", False, False))) == ()
    assert streams(using()) == ()


def test_a_shared_service_is_told_as_whom_it_works_for() -> None:
    hal = using((601, "com.apple.WebKit.GPU", False, True))
    assert [stream.process for stream in streams(hal, {601: 600})] == ["Safari"]
    assert [stream.process for stream in streams(hal)] == ["com.apple.WebKit.GPU"]


def test_a_program_in_a_terminal_is_not_the_terminal() -> None:
    hal = using((801, "", False, True))
    assert [stream.process for stream in streams(hal, {801: 800})] == ["ffplay"]


def test_a_call_by_facetime_is_told_as_facetime() -> None:
    hal = using((700, "com.apple.avconferenced", True, True))
    assert {(stream.process, stream.use) for stream in streams(hal)} == {
        ("FaceTime", RECORDS),
        ("FaceTime", PLAYS),
    }


@pytest.mark.parametrize(
    ("pid", "bundle"),
    [
        (701, "com.apple.CoreSpeech"),
        (701, ""),
        (77, "com.apple.accessibility.heard"),
        (77, "com.bitgapp.eqmac"),
        (409, "com.apple.audio.coreaudiod"),
    ],
)
def test_what_listens_all_the_time_and_what_filters_are_nobody(pid: int, bundle: str) -> None:
    assert streams(using((pid, bundle, True, True))) == ()


def test_we_are_nobody() -> None:
    assert streams(using((os.getpid(), "org.python.python", True, True))) == ()


def test_a_process_that_ps_does_not_show_is_told_by_its_bundle() -> None:
    assert streams(using((4242, "us.zoom.xos", True, False))) == (
        SoundStream(application="us.zoom.xos", process="", pid=4242, use=RECORDS),
    )


def test_a_list_of_processes_that_is_refused_is_no_silence() -> None:
    hal = mac(SPEAKERS, processes=PropertyError("nope"))
    found = streams(hal, pmset_assertions="Listed by owning process:\n")
    assert isinstance(found, Unavailable)
    assert found.reason is Reason.NOT_PERMITTED


def test_a_process_whose_use_is_kept_from_us_is_no_silence() -> None:
    hidden = HalProcess(pid=1, records=None, plays=False)
    busy = HalProcess(pid=2, records=True, plays=False)
    assert isinstance(sound_streams.clients([hidden]), Unavailable)
    assert sound_streams.clients([hidden, busy]) == (sound_streams.SoundClient(2, RECORDS),)


class EndingHal(FakeHal):
    """Its first process ends when it is asked what it records."""

    def data(self, thing: int, selector: str, scope: str = "glob", element: int = 0) -> bytes:
        if selector == "piri":
            self.objects.pop(1000, None)
        return super().data(thing, selector, scope, element)


def test_a_process_that_ends_while_it_is_read_is_nobody() -> None:
    listed = sound_objects.processes(EndingHal(using((501, "com.google.Chrome", True, True)).objects))
    assert listed == ()
    assert sound_streams.clients(listed) == ()


# thusvill/LiveWallpaperMacOS#105 (macOS 26), and a call in public test data of the same shape; process ids changed
ASSERTIONS = """2026-08-11 13:58:33 +0800
Assertion status system-wide:
   BackgroundTask                 0
   ApplePushServiceTask           0
   UserIsActive                   1
   PreventUserIdleDisplaySleep    0
   SoftwareUpdateTask             0
   PreventSystemSleep             0
   ExternalMedia                  0
   PreventUserIdleSystemSleep     1
   NetworkClientActive            0
Listed by owning process:
   pid 448(coreaudiod): [0x0005864a0001878f] 00:00:05 PreventUserIdleSystemSleep named: "com.apple.audio.1E6DCB5B-0000-0000-0121-0104B53C2278.context.preventuseridlesleep"
\tCreated for PID: 501.
\tResources: audio-out 1E6DCB5B-0000-0000-0121-0104B53C2278
   pid 448(coreaudiod): [0x0005864a0001878e] 00:25:00 PreventUserIdleSystemSleep named: "com.apple.audio.BuiltInMicrophoneDevice.context.preventuseridlesleep"
\tCreated for PID: 700.
\tResources: audio-in audio-out BuiltInMicrophoneDevice
   pid 377(powerd): [0x00058648000187a0] 00:00:07 PreventUserIdleSystemSleep named: "Powerd - Prevent sleep while display is on"
   pid 418(runningboardd): [0x0007ba43] 00:00:00 PreventUserIdleSystemSleep named: "anon"
\tCreated for PID: 94069.
\tResources: audio-out BuiltInSpeakerDevice
No kernel assertions.
"""


def test_assertions_of_the_sound_server_name_processes_and_what_they_do() -> None:
    assert sound_streams.asserted(ASSERTIONS) == ((501, PLAYS, ""), (700, RECORDS, ""), (700, PLAYS, ""))


def test_before_process_objects_the_assertions_tell() -> None:
    found = streams(mac(SPEAKERS, processes=None), pmset_assertions=ASSERTIONS)
    assert [(stream.process, stream.use) for stream in found] == [
        ("Google Chrome", PLAYS),
        ("FaceTime", RECORDS),
        ("FaceTime", PLAYS),
    ]


def test_before_process_objects_nobody_is_silence_only_while_no_device_runs() -> None:
    nobody = 'Listed by owning process:\n   pid 1(powerd): [0x1] 00:00:01 UserIsActive named: "x"\n'
    assert streams(mac(SPEAKERS, processes=None), pmset_assertions=nobody) == ()
    for running in (True, None):
        busy = mac(SPEAKERS | {"running": running}, processes=None)
        found = streams(busy, pmset_assertions=nobody)
        assert isinstance(found, Unavailable)
        assert found.reason is Reason.UNSUPPORTED
    assert streams(mac(SPEAKERS, processes=None), pmset_assertions=SLOW) == SLOW


def test_an_assertion_without_a_process_or_a_direction_names_nobody() -> None:
    text = (
        '   pid 419(coreaudiod): [0x0007b540] 00:21:23 PreventUserIdleSystemSleep named: "x"\n'
        "\tResources: audio-in BuiltInMicrophoneDevice\n"
        '   pid 419(coreaudiod): [0x0007b541] 00:21:23 PreventUserIdleSystemSleep named: "y"\n'
        "\tCreated for PID: 2458.\n"
        "\tResources: BuiltInSpeakerDevice\n"
    )
    assert sound_streams.asserted(text) == ()


@given(
    text=st.text(
        alphabet=st.sampled_from("pid 1(coreaudiod): [0x1]\nCreated for PID:9\tResources audio-inout"),
        max_size=400,
    )
)
def test_assertions_of_any_shape_are_read_or_left_out(text: str) -> None:
    for client in sound_streams.asserted(text):
        assert client.use in SoundUse


# --- Bluetooth ------------------------------------------------------------------------------------------

# The shape of `system_profiler SPBluetoothDataType -json`: exelban/stats#920 and public test data; the values by hand
PROFILED = """{"SPBluetoothDataType": [{
  "controller_properties": {"controller_state": "attrib_on"},
  "device_connected": [
    {"AirPods Pro de Jean": {"device_address": "AC:DF:A1:52:8A:11", "device_batteryLevelCase": "52\\u00a0%",
      "device_batteryLevelLeft": "64\\u00a0%", "device_batteryLevelRight": "9 %", "device_minorType": "Headphones"}},
    {"Enceinte": {"device_address": "00:11:22:33:44:55", "device_minorType": "Speaker", "device_batteryLevelMain": "80%"}},
    {"OpenComm": {"device_address": "20:74:CF:73:18:F6", "device_minorType": "Headset", "device_batteryLevelMain": 71}},
    {"Clavier": {"device_address": "AA:BB:CC:DD:EE:FF", "device_minorType": "Keyboard", "device_batteryLevelMain": "5%"}}],
  "device_not_connected": [{"Vieux": {"device_address": "11:11:11:11:11:11", "device_minorType": "Headset"}}]}]}"""
BLUETOOTH = mac(
    AIRPODS_OUT,
    AIRPODS_IN,
    device("Réunion", "00-11-22-33-44-55:output", "blue", out=Half()),
    device("OpenComm", "20-74-CF-73-18-F6:output", "blue", out=Half()),
    SPEAKERS,
)


def devices_of(hal: FakeHal, profiled: Any) -> dict[tuple[str, Direction], SoundDevice]:
    tools = FakeTools(**{"system_profiler_SPBluetoothDataType_-json_-detailLevel_full": profiled})
    sound = MacSound(hal, tools, FakeKernel()).ask(time.monotonic() + 5)
    assert not isinstance(sound.devices, Unavailable)
    return {(found.name, found.direction): found for found in sound.devices}


def test_bluetooth_says_what_its_devices_are_and_how_full() -> None:
    found = devices_of(BLUETOOTH, PROFILED)
    assert {
        name: (each.kind, each.battery_pct) for (name, way), each in found.items() if way is Direction.OUTPUT
    } == {
        "AirPods Pro de Jean": (SoundKind.HEADSET, 9.0),  # the emptier of the two
        "Réunion": (SoundKind.SPEAKER, 80.0),
        "OpenComm": (SoundKind.HEADSET, 71.0),
        "Haut-parleurs MacBook Pro": (SoundKind.BUILT_IN, None),
    }
    assert found["AirPods Pro de Jean", Direction.INPUT].battery_pct == 9.0


@pytest.mark.parametrize(
    "profiled", [SLOW, "", "[]", "{}", '{"SPBluetoothDataType": [1, {"device_connected": [2, {"x": 3}]}]}']
)
def test_without_its_word_devices_are_what_they_are(profiled: Any) -> None:
    found = devices_of(BLUETOOTH, profiled)
    assert found["AirPods Pro de Jean", Direction.OUTPUT].kind is SoundKind.HEADSET
    assert found["Réunion", Direction.OUTPUT].kind is SoundKind.UNKNOWN
    assert all(each.battery_pct is None for each in found.values())


def test_bluetooth_is_not_asked_where_it_has_no_part() -> None:
    tools = FakeTools()
    MacSound(mac(SPEAKERS, MICROPHONE, **OWN), tools, FakeKernel()).ask(time.monotonic() + 5)
    assert tools.asked == []


@given(
    level=st.one_of(
        st.none(), st.integers(), st.text(max_size=6), st.floats(), st.lists(st.integers(), max_size=2)
    )
)
def test_a_battery_is_a_share_or_unknown(level: object) -> None:
    about = {
        "device_address": "AC:DF:A1:52:8A:11",
        "device_batteryLevelMain": level,
        "device_minorType": level,
    }
    found = bluetooth.parse(json.dumps({"SPBluetoothDataType": [{"device_connected": [{"x": about}]}]}))
    battery = found["acdfa1528a11"].battery_pct
    assert battery is None or 0 <= battery <= 100


# --- the whole answer, and a server that hangs ---------------------------------------------------------


def test_devices_and_streams_come_together() -> None:
    sound = MacSound(using((501, "", False, True)), FakeTools(ps=RUNNING), FakeKernel()).ask(
        time.monotonic() + 5
    )
    assert not isinstance(sound.devices, Unavailable)
    assert [device.default for device in sound.devices] == [True, True]
    assert (sound.obstacle, sound.records_itself) == (SoundObstacle.NONE, False)


def test_a_mac_without_devices_says_so() -> None:
    sound = MacSound(mac(), FakeTools(), FakeKernel()).ask(time.monotonic() + 5)
    assert (sound.devices, sound.obstacle) == ((), SoundObstacle.NO_DEVICE)


def test_a_sound_server_that_hangs_is_left_behind_in_time() -> None:
    released = threading.Event()
    hal = using((501, "", False, True))
    hal.before = lambda: void(released.wait(30))
    began = time.monotonic()
    try:
        sound = MacSound(hal, FakeTools(ps=RUNNING), FakeKernel()).ask(began + 0.2)
        took_s = time.monotonic() - began
    finally:
        released.set()
    assert took_s < 5
    assert sound.obstacle is SoundObstacle.STOPPED
    for answer in (sound.devices, sound.streams):
        assert isinstance(answer, Unavailable)
        assert answer.reason is Reason.TIMEOUT


def void(_value: object) -> None:
    """Nothing."""


def test_no_such_framework_is_told_apart_from_a_refusal() -> None:
    def missing() -> FakeHal:
        raise OSError("dlopen: no such file")

    sound = MacSound(missing, FakeTools(), FakeKernel()).ask(time.monotonic() + 5)
    assert _reason(sound) is Reason.NOT_PRESENT
    hal = mac(SPEAKERS)
    for code, reason in (
        ("nope", Reason.NOT_PERMITTED),
        ("stop", Reason.ERROR),
        ("who?", Reason.UNSUPPORTED),
    ):
        hal.objects[1]["dev#", "glob", 0] = PropertyError(code)
        assert _reason(MacSound(hal, FakeTools(), FakeKernel()).ask(time.monotonic() + 5)) is reason


def _reason(sound: Sound) -> Reason:
    assert isinstance(sound.devices, Unavailable)
    return sound.devices.reason


# --- the frameworks' functions, as C ones ---------------------------------------------------------------

_Address = ctypes.POINTER(property_frameworks.PropertyAddress)
_SIZE = ctypes.CFUNCTYPE(
    ctypes.c_int32,
    ctypes.c_uint32,
    _Address,
    ctypes.c_uint32,
    ctypes.c_void_p,
    ctypes.POINTER(ctypes.c_uint32),
)
_GET = ctypes.CFUNCTYPE(
    ctypes.c_int32,
    *(ctypes.c_uint32, _Address, ctypes.c_uint32, ctypes.c_void_p),
    *(ctypes.POINTER(ctypes.c_uint32), ctypes.c_void_p),
)
_GET_MEDIA = ctypes.CFUNCTYPE(
    ctypes.c_int32,
    *(ctypes.c_uint32, _Address, ctypes.c_uint32, ctypes.c_void_p),
    *(ctypes.c_uint32, ctypes.POINTER(ctypes.c_uint32), ctypes.c_void_p),
)
_SET = ctypes.CFUNCTYPE(
    ctypes.c_int32,
    *(ctypes.c_uint32, _Address, ctypes.c_uint32, ctypes.c_void_p),
    *(ctypes.c_uint32, ctypes.c_void_p),
)
_STRING = ctypes.CFUNCTYPE(ctypes.c_bool, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_long, ctypes.c_uint32)
_RELEASE = ctypes.CFUNCTYPE(None, ctypes.c_void_p)


class FakeFrameworks:
    """CoreAudio, CoreMediaIO and CoreFoundation as C functions over a `FakeHal`; strings are numbered."""

    def __init__(self, hal: FakeHal) -> None:
        self.hal = hal
        self.strings: dict[int, str] = {}
        self.released: list[int] = []
        audio = {"GetPropertyDataSize": _SIZE(self.size), "GetPropertyData": _GET(self.get)}
        self.CoreAudio = SimpleNamespace(
            **{f"AudioObject{name}": function for name, function in audio.items()},
            AudioObjectSetPropertyData=_SET(self.set),
        )
        self.CoreMediaIO = SimpleNamespace(
            CMIOObjectGetPropertyDataSize=_SIZE(self.size),
            CMIOObjectGetPropertyData=_GET_MEDIA(self.get_media),
        )
        self.CoreFoundation = SimpleNamespace(
            CFStringGetCString=_STRING(self.string), CFRelease=_RELEASE(self.released.append)
        )

    def open(self, name: str) -> Any:
        return getattr(self, name)

    def value(self, thing: int, address: Any) -> bytes:
        asked = address.contents
        selector, scope = code_text(asked.selector), code_text(asked.scope)
        value = self.hal._value(thing, selector, scope, asked.element)
        if isinstance(value, bytes):
            return value
        reference = 0x1000 + len(self.strings)
        self.strings[reference] = value
        return reference.to_bytes(ctypes.sizeof(ctypes.c_void_p), "little")

    def size(self, thing: int, address: Any, _words: int, _qualifier: Any, size: Any) -> int:
        try:
            size[0] = len(self.value(thing, address))
        except PropertyError as error:
            return int.from_bytes(error.code.encode(), "big", signed=True)
        return 0

    def get(self, thing: int, address: Any, _words: int, _qualifier: Any, size: Any, data: int) -> int:
        try:
            value = self.value(thing, address)
        except PropertyError as error:
            return int.from_bytes(error.code.encode(), "big", signed=True)
        assert size[0] >= len(value)
        ctypes.memmove(data, value, len(value))
        size[0] = len(value)
        return 0

    def get_media(
        self, thing: int, address: Any, words: int, qualifier: Any, room: int, used: Any, data: int
    ) -> int:
        used[0] = room
        return self.get(thing, address, words, qualifier, used, data)

    def set(self, thing: int, address: Any, _words: int, _qualifier: Any, size: int, data: int) -> int:
        try:
            self.hal.write(thing, code_text(address.contents.selector), ctypes.string_at(data, size))
        except PropertyError as error:
            return int.from_bytes(error.code.encode(), "big", signed=True)
        return 0

    def string(self, reference: int, buffer: int, room: int, encoding: int) -> bool:
        assert encoding == 0x08000100
        text = self.strings[reference].encode() + b"\0"
        if len(text) > room:
            return False
        ctypes.memmove(buffer, text, len(text))
        return True


@pytest.fixture
def frameworks(monkeypatch: pytest.MonkeyPatch) -> FakeFrameworks:
    fake = FakeFrameworks(
        mac(SPEAKERS, MICROPHONE, **OWN, processes=((501, "com.google.Chrome", True, True),))
    )
    monkeypatch.setattr(property_frameworks, "_open", fake.open)
    return fake


@pytest.mark.parametrize("framework", ["core_audio", "core_media"])
def test_what_the_framework_says_is_what_the_table_says(frameworks: FakeFrameworks, framework: str) -> None:
    library = getattr(property_frameworks, framework).__wrapped__()
    assert sound_objects.devices(library) == sound_objects.devices(frameworks.hal)
    assert sound_objects.processes(library) == sound_objects.processes(frameworks.hal)
    assert sorted(frameworks.released) == sorted(frameworks.strings)  # every text was given back once


def test_errors_of_the_framework_are_its_four_letters(frameworks: FakeFrameworks) -> None:
    library = property_frameworks.core_audio.__wrapped__()
    with pytest.raises(PropertyError, match=r"^who\?$"):
        library.data(1, "xxxx")
    with pytest.raises(PropertyError, match=r"^!obj$"):
        library.text(999, "lnam")


def test_a_device_is_chosen_by_the_frameworks_own_function(frameworks: FakeFrameworks) -> None:
    library = property_frameworks.core_audio.__wrapped__()
    sound_objects.choose(library, Direction.OUTPUT, 50)
    assert frameworks.hal.written == [(1, "dOut", (50).to_bytes(4, "little"))]
    assert sound_objects.chosen(library, Direction.OUTPUT) == 50
    frameworks.hal.refusal = "nope"
    with pytest.raises(PropertyError, match="nope"):
        sound_objects.choose(library, Direction.INPUT, 50)
    with pytest.raises(PropertyError, match="unop"):
        property_frameworks.core_media.__wrapped__().write(1, "dOut", b"1234")
