"""What sound servers, kernels and PortAudio answer, to devices and streams; runs on any system.

The answers of PulseAudio and PipeWire about made-up devices come from real servers (tests/data/linux/sound-*.json, written by
`record_sound.py`). Those about laptops and Bluetooth are written after pactl's lists in public bug reports.
"""

from __future__ import annotations

import json
import os
import threading
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest

from amif_netcheck.catalog.calls import call_application, is_quiet, meeting_application
from amif_netcheck.catalog.sound_devices import device_label, kind_by_name
from amif_netcheck.model.facts import (
    NOT_REQUESTED,
    Direction,
    Reason,
    SoundAppsFacts,
    SoundBus,
    SoundDevice,
    SoundKind,
    SoundObstacle,
    SoundUse,
    Unavailable,
)
from amif_netcheck.platforms.answers import Sound, SoundStream
from amif_netcheck.platforms.linux import alsa, pulse, pulse_devices, pulse_server, sound
from amif_netcheck.platforms.recorded import Machine, Recorded
from amif_netcheck.platforms.sound_snapshot import SharedSnapshot
from amif_netcheck.probes import sound_apps, sound_test
from amif_netcheck.probes.context import Context
from amif_netcheck.sound.recorder import as_devices
from tests.systems import needs_posix

DATA = Path(__file__).resolve().parents[1] / "data" / "linux"
ALSA = {"device.api": "alsa", "device.bus": "pci", "device.class": "sound"}
USB = {"device.api": "alsa", "device.bus": "usb", "device.class": "sound"}
NOTHING: dict[str, Any] = {"outputs": [], "inputs": []}


def device(name: str, properties: dict[str, str], **more: Any) -> dict[str, Any]:
    return {"name": name, "index": more.pop("index", 1), "properties": properties, **more}


def read(**answer: Any) -> list[SoundDevice]:
    return list(pulse_devices.devices(msgspec.convert(NOTHING | answer, pulse.PulseSnapshot)))


def brief(devices: list[SoundDevice]) -> set[tuple[str, str, str, bool]]:
    return {(each.direction.value, each.kind.value, each.bus.value, each.default) for each in devices}


def laptop(port: str, headphones: str) -> dict[str, Any]:
    """A laptop whose jack detection says `headphones`."""
    ports = {"analog-output-speaker": "unknown", "analog-output-headphones": headphones}
    sources = {"analog-input-internal-mic": "unknown", "analog-input-headset-mic": headphones}
    return {
        "default_output": "out",
        "default_input": "in",
        "outputs": [device("out", ALSA | {"device.form_factor": "internal"}, card=0, port=port, ports=ports)],
        "inputs": [
            device("out.monitor", {"device.class": "monitor"}, monitor=True),
            device("in", ALSA, card=0, port="analog-input-internal-mic", ports=sources),
        ],
    }


def test_a_laptop() -> None:
    assert brief(read(**laptop("analog-output-speaker", "no"))) == {
        ("output", "built_in", "internal", True),
        ("input", "built_in", "internal", True),
    }


def test_headphones_in_the_jack_chosen_and_not() -> None:
    plugged = read(**laptop("analog-output-headphones", "yes"))
    assert ("output", "headphones", "jack", True) in brief(plugged)
    assert ("input", "headset", "jack", False) in brief(plugged)
    assert ("output", "headphones", "jack", False) in brief(read(**laptop("analog-output-speaker", "yes")))


@pytest.mark.parametrize(
    ("volume", "db"),
    [(1.0, 0.0), (0.5, -18.1), (0.4, -23.9), (0.25, -36.1), (1.5, 10.6), (1e-9, -200.0), (0.0, -200.0)],
)
def test_volume_in_decibels_where_the_server_knows_what_its_scale_means(volume: float, db: float) -> None:
    """The values of `pactl list`, which has them from libpulse."""
    flat = device("a", USB, volume=volume)
    known, unknown = read(outputs=[flat | {"decibels": True}]), read(outputs=[flat])
    assert [each.volume_db for each in (*known, *unknown)] == [db, None]
    assert known[0].volume_pct == unknown[0].volume_pct == round(100 * volume, 1)


def test_what_is_meant_for_calls_comes_after_what_is_chosen() -> None:
    outputs = [
        device("other", USB),
        device("phone", USB | {"device.intended_roles": "music phone"}),
        device("chosen", USB),
    ]
    devices = read(default_output="chosen", outputs=outputs)
    assert [(each.name, each.default, each.communications) for each in devices] == [
        ("chosen", True, False),
        ("phone", False, True),
        ("other", False, False),
    ]


def test_ports_of_use_case_manager_and_hdmi() -> None:
    outputs = [
        device("a", ALSA, card=0, port="[Out] Speaker", ports={"[Out] Speaker": "unknown", "[Out] Headphones": "yes"}),
        device("alsa_output.pci-0000_00_1f.3.hdmi-stereo", ALSA, card=0, port="hdmi-output-0", ports={"hdmi-output-0": "no"}),
    ]  # fmt: skip
    found = {(each.kind, each.plugged) for each in read(default_output="a", outputs=outputs)}
    assert found == {(SoundKind.BUILT_IN, None), (SoundKind.HEADPHONES, True), (SoundKind.HDMI, False)}


@pytest.mark.parametrize(
    ("product", "kind"),
    [
        ("Jabra Evolve2 30", SoundKind.HEADSET),
        ("Jabra Speak 510", SoundKind.SPEAKERPHONE),
        ("HD Pro Webcam C920", SoundKind.WEBCAM),
        ("Unknown Maker X1", SoundKind.HEADSET),  # it plays and records
        (
            "ThinkPad Thunderbolt 4 Dock USB Audio",
            SoundKind.UNKNOWN,
        ),  # so does a dock, with or without a headset
        ("USB-C Dock Audio Headset", SoundKind.HEADSET),
    ],
)
def test_usb_devices_that_only_their_name_tells(product: str, kind: SoundKind) -> None:
    named = USB | {"device.product.name": product}
    found = read(
        default_output="o",
        default_input="i",
        outputs=[device("o", named, card=3, description=f"{product} Analog Stereo")],
        inputs=[device("i", named, card=3, description=f"{product} Mono")],
    )
    assert {(each.kind, each.bus, each.plugged, each.sure) for each in found} == {
        (kind, SoundBus.USB, True, False)
    }
    assert len({each.apparatus for each in found}) == 1


def bluetooth(profile: str, codec: str = "", **more: Any) -> list[SoundDevice]:
    properties = {"device.api": "bluez5", "device.bus": "bluetooth", "device.form_factor": "headset"}
    here = properties | {"api.bluez5.profile": profile, "api.bluez5.codec": codec}
    return read(
        default_output="bluez_output.AA",
        outputs=[device("bluez_output.AA", here, card=7, rate=48000, description="Voyager")],
        cards=[{"index": 7, "profile": profile, "profiles": ["off", "a2dp-sink", "headset-head-unit"], "properties": {"bluetooth.battery": "40%"}}],
        **more,
    )  # fmt: skip


def test_a_bluetooth_headset_that_plays_music_has_a_microphone_that_sleeps() -> None:
    output, microphone = bluetooth("a2dp-sink")
    assert (output.kind, output.bus, output.hands_free, output.battery_pct) == (
        SoundKind.HEADSET,
        SoundBus.BLUETOOTH,
        False,
        40.0,
    )
    assert (microphone.direction, microphone.asleep, microphone.plugged) == (Direction.INPUT, True, True)


@pytest.mark.parametrize(("codec", "rate"), [("cvsd", 8000), ("msbc", 16000), ("", 48000)])
def test_a_bluetooth_headset_as_a_telephone(codec: str, rate: int) -> None:
    output = bluetooth("headset-head-unit", codec)[0]
    assert (output.hands_free, output.rate_hz) == (True, rate)


def test_a_filter_is_what_it_filters() -> None:
    found = read(
        default_input="echo-cancel-source",
        inputs=[
            device("mic", ALSA, card=0, port="analog-input-internal-mic", ports={"analog-input-internal-mic": "unknown"}),
            device("echo-cancel-source", {"device.class": "filter", "device.master_device": "mic"}, index=2),
        ],
    )  # fmt: skip
    assert [(each.kind, each.default) for each in found] == [
        (SoundKind.BUILT_IN, True),
        (SoundKind.BUILT_IN, False),
    ]


def test_a_circle_of_filters_ends() -> None:
    inputs = [
        device("a", {"device.master_device": "b"}),
        device("b", {"device.master_device": "a"}, index=2),
    ]
    assert {each.kind for each in read(inputs=inputs)} == {SoundKind.VIRTUAL}


def test_the_servers_dummy_is_no_device() -> None:
    assert read(outputs=[device("auto_null", {"device.class": "abstract"})]) == []


# --- streams -------------------------------------------------------------------------------------


def stream(**more: Any) -> dict[str, Any]:
    properties = {
        "application.name": "VLC",
        "application.process.binary": "vlc",
        "application.process.id": "42",
    }
    return {"properties": properties | more.pop("properties", {}), **more}


def streams(
    playing: list[Any] | None = None, recording: list[Any] | None = None
) -> list[tuple[str, int, SoundUse]]:
    inputs = [device("mic", ALSA, index=5), device("out.monitor", {}, index=6, monitor=True)]
    answer = NOTHING | {"inputs": inputs, "playing": playing or [], "recording": recording or []}
    return [
        (each.process, each.pid, each.use)
        for each in pulse.streams(msgspec.convert(answer, pulse.PulseSnapshot))
    ]


def test_a_players_stream_and_a_recorders() -> None:
    assert streams([stream()], [stream(source=5)]) == [
        ("vlc", 42, SoundUse.PLAYS),
        ("vlc", 42, SoundUse.RECORDS),
    ]


@pytest.mark.parametrize(
    "kwargs",
    [
        {"recording": [stream(source=6)]},
        {"recording": [stream(source=5, peaks=True)]},
        {"recording": [stream(source=5, client=False)]},
        {"recording": [stream(source=5, properties={"node.link-group": "loopback-1-2"})]},
        {"playing": [stream(properties={"media.role": "event"})]},
        {"playing": [stream(properties={"media.role": "a11y"})]},
        {"playing": [{"properties": {}}]},
    ],
    ids=["monitor", "meter", "module", "PipeWire's module", "bell", "screen reader", "nobody"],
)
def test_what_is_nobodys_sound(kwargs: dict[str, Any]) -> None:
    assert streams(**kwargs) == []


def test_hostile_numbers_and_names() -> None:
    bad = stream(properties={"application.process.id": "9" * 40, "application.name": "\x1b[31m" + "x" * 999})
    (found,) = pulse.streams(msgspec.convert(NOTHING | {"playing": [bad]}, pulse.PulseSnapshot))
    assert (found.pid, len(found.application)) == (0, 255)


# --- without a sound server ----------------------------------------------------------------------

RUNNING = "state: RUNNING\nowner_pid   : 1234\ntrigger_time: 1.2\ntstamp      : 0.0\ndelay       : 1024\n"


def test_proc_asound(tmp_path: Path) -> None:
    assert alsa.holders(tmp_path / "none") is None
    for pcm, text in (
        ("pcm0p", RUNNING),
        ("pcm0c", RUNNING.replace("RUNNING", "PAUSED")),
        ("pcm1p", "closed\n"),
    ):
        folder = tmp_path / "card0" / pcm / "sub0"
        folder.mkdir(parents=True)
        (folder / "status").write_text(text, encoding="utf-8")
    assert {(each.pid, each.use, each.paused) for each in alsa.holders(tmp_path) or ()} == {
        (1234, SoundUse.PLAYS, False),
        (1234, SoundUse.RECORDS, True),
    }


def test_a_thread_that_holds_a_card_is_told_by_its_process(tmp_path: Path) -> None:
    folder = tmp_path / "asound" / "card0" / "pcm0c" / "sub0"
    folder.mkdir(parents=True)
    (folder / "status").write_text(RUNNING, encoding="utf-8")
    (tmp_path / "1234").mkdir()
    (tmp_path / "1234" / "status").write_text("Name:\taudio\nTgid:\t1200\nPid:\t1234\n", encoding="utf-8")
    assert [each.pid for each in alsa.holders(tmp_path / "asound") or ()] == [1200]


@pytest.mark.parametrize(
    ("held", "names"), [((alsa.Holder(pid=1234, use=SoundUse.RECORDS),), {1: "init"}), ((), {})]
)
def test_without_a_server_a_list_with_nameless_holders_is_not_the_truth(
    held: tuple[alsa.Holder, ...], names: dict[int, str]
) -> None:
    found = sound.without_server("refused", held, names, remote=False)
    assert isinstance(found.streams, Unavailable)


def test_without_a_server_the_kernels_list_is_the_truth() -> None:
    held = (alsa.Holder(pid=1234, use=SoundUse.PLAYS),)
    found = sound.without_server("refused", held, {1234: "mpv"}, remote=False)
    assert not isinstance(found.streams, Unavailable)
    assert [each.process for each in found.streams] == ["mpv"]
    assert found.obstacle is SoundObstacle.NO_SERVER


def test_beside_a_server_a_nameless_holder_is_no_silence() -> None:
    told = (SoundStream(application="mpv", process="mpv", pid=7, use=SoundUse.PLAYS),)
    nameless, named = (alsa.Holder(pid=pid, use=SoundUse.RECORDS) for pid in (1234, 8))
    names = {7: "mpv", 8: "arecord"}
    hidden = sound.with_server((), (nameless,), names)
    assert isinstance(hidden, Unavailable)
    assert hidden.reason is Reason.NOT_PERMITTED
    assert sound.with_server((), (), names) == ()
    assert sound.with_server(told, (nameless,), names) == told
    both = sound.with_server(told, (nameless, named), names)
    assert not isinstance(both, Unavailable)
    assert [each.process for each in both] == ["mpv", "arecord"]


def test_a_server_of_another_session_hides_who_plays() -> None:
    found = sound.without_server("refused", (), {7: "pipewire"}, remote=True)
    assert isinstance(found.streams, Unavailable)
    assert found.streams.reason is Reason.NOT_PERMITTED
    assert found.obstacle is SoundObstacle.REMOTE


def test_two_checks_ask_once() -> None:
    asked = []

    def ask(until: float) -> Sound:
        asked.append(until)
        return Sound(streams=(), devices=())

    reading = SharedSnapshot(ask)
    soon = time.monotonic() + 5
    assert reading.get(soon) is reading.get(soon)
    assert len(asked) == 1


def test_who_could_not_wait_for_the_answer_does_not_blame_the_sound_server() -> None:
    begun, over = threading.Event(), threading.Event()

    def ask(_until: float) -> Sound:
        begun.set()
        over.wait(10)
        return Sound(streams=(), devices=())

    reading = SharedSnapshot(ask)
    asking = threading.Thread(target=lambda: reading.get(time.monotonic() + 10))
    asking.start()
    try:
        assert begun.wait(10)
        found = reading.get(time.monotonic())
    finally:
        over.set()
        asking.join()
    assert found.obstacle is SoundObstacle.NONE
    assert isinstance(found.devices, Unavailable)
    assert found.devices.reason is Reason.TIMEOUT


def test_the_sound_server_is_given_up_early_enough_for_all_who_wait() -> None:
    asked: list[float] = []

    def ask(until: float) -> Sound:
        asked.append(until)
        return Sound(streams=(), devices=())

    until = time.monotonic() + 5
    SharedSnapshot(ask).get(until)
    assert 0.1 <= until - asked[0] <= 0.5


def nothing_told(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PULSE_SERVER", "PULSE_CLIENTCONFIG", "PULSE_CONFIG_PATH", "XDG_CONFIG_HOME", "DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(home))


@pytest.mark.parametrize(
    ("screen", "elsewhere"), [(":0", False), ("unix:0.0", False), ("", False), ("localhost:10.0", True)]
)
def test_a_screen_of_another_computer_may_name_its_sound_server(
    screen: str, elsewhere: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nothing_told(tmp_path, monkeypatch)
    monkeypatch.setenv("DISPLAY", screen)
    assert pulse_server.is_elsewhere() is elsewhere


def test_a_folder_that_may_not_be_searched_names_no_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nothing_told(tmp_path, monkeypatch)
    closed = tmp_path / "closed"
    closed.mkdir(mode=0)
    for home in (closed, tmp_path / ("x" * 300)):  # no system looks up such a long name, not even for root
        monkeypatch.setenv("HOME", str(home))
        assert not pulse_server.is_elsewhere()

    def refuse(*_: object) -> Any:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "glob", refuse)
    assert not pulse_server.is_elsewhere()
    monkeypatch.setenv("PULSE_SERVER", "tcp:192.0.2.1")
    assert pulse_server.is_elsewhere()


@pytest.mark.parametrize(
    ("told", "elsewhere"),
    [
        ("", False),
        ("/run/user/1000/pulse/native", False),
        ("unix:/run/user/1000/pulse/native", False),
        ("{0123abcd}unix:/run/user/1000/pulse/native", False),
        ("tcp:192.0.2.1:4713", True),
        ("tcp6:[2001:db8::1]:4713", True),
        ("desk.example.org", True),
        ("tcp:127.0.0.1", True),
        ("unix:/run/user/1000/pulse/native tcp:192.0.2.1", True),
        ("{0123abcd}tcp:192.0.2.1", True),
    ],
)
@pytest.mark.parametrize("by", ["environment", "file", "folder", "named file"])
def test_which_sound_servers_are_another_computers(
    told: str, elsewhere: bool, by: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nothing_told(tmp_path, monkeypatch)
    if by == "environment":
        monkeypatch.setenv("PULSE_SERVER", told)
    else:
        places = {
            "file": ".config/pulse/client.conf",
            "folder": ".pulse/client.conf.d/1.conf",
            "named file": "x",
        }
        file = tmp_path / places[by]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(
            f"; default-server = tcp:192.0.2.9\n  default-server={told}\nautospawn = no\n", encoding="utf-8"
        )
        if by == "named file":
            monkeypatch.setenv("PULSE_CLIENTCONFIG", str(file))
    assert pulse_server.is_elsewhere() is elsewhere


REMOTE = "default-server = tcp:192.0.2.1\n"


@pytest.mark.parametrize(
    ("files", "elsewhere"),
    [
        ({"client.conf": ".include more/1.conf", "more/1.conf": REMOTE}, True),
        ({"client.conf": "\t.include  more/1.conf ", "more/1.conf": ".include 2.conf", "more/2.conf": REMOTE}, True),
        ({"client.conf": ".include {folder}/1.conf\n", "1.conf": REMOTE}, True),
        ({"client.conf": "# .include 1.conf", "1.conf": REMOTE}, False),
        ({"client.conf": ".include 1.conf\n.include not-there", "1.conf": "default-server = /run/x"}, False),
        ({"client.conf": ".include client.conf\n.include ./client.conf"}, False),
        ({"client.conf": ".include ../pulse/client.conf"}, True),
        pytest.param({"client.conf": ".include /dev/zero"}, True, marks=needs_posix("/dev/zero")),
        ({"client.conf": ".include 1.conf", "1.conf": " " * 300_000}, True),
    ],
    ids=[
        *("beside it", "deeper", "by its path", "a comment", "harmless", "itself", "itself, by longer and longer ways"),
        *("no file", "too much"),
    ],
)  # fmt: skip
def test_files_that_are_included_are_judged_too(
    files: dict[str, str], elsewhere: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nothing_told(tmp_path, monkeypatch)
    folder = tmp_path / ".config" / "pulse"
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content.replace("{folder}", str(folder)), encoding="utf-8")
    assert pulse_server.is_elsewhere() is elsewhere


def test_portaudios_list() -> None:
    listed = [
        {"name": "HDA Intel PCH: ALC257 Analog (hw:0,0)", "inputs": 2, "outputs": 2, "rate": 44100},
        {"name": "Jabra EVOLVE 20: USB Audio (hw:1,0)", "inputs": 1, "outputs": 2, "default_output": True},
        {"name": "default", "inputs": 32, "outputs": 32, "default_input": True},
        {"name": "Microphone (Réseau de microphones)", "inputs": 2, "default_input": True},
    ]
    found = as_devices(json.loads(json.dumps(listed)))
    assert {(each.kind, each.direction) for each in found if each.default} == {
        (SoundKind.HEADSET, Direction.OUTPUT),
        (SoundKind.BUILT_IN, Direction.INPUT),
    }
    assert all(not each.sure for each in found)


# --- the probes ----------------------------------------------------------------------------------


def use(process: str, pid: int, how: SoundUse = SoundUse.PLAYS, *, paused: bool = False) -> SoundStream:
    return SoundStream(application="", process=process, pid=pid, use=how, paused=paused)


def test_who_uses_sound_by_name_each_once_and_never_ourselves() -> None:
    playing = (
        use("firefox", 1, paused=True),
        use("firefox", 1),
        use("pavucontrol", 2),
        use("python", os.getpid()),
        use("skypeforlinux", 3, SoundUse.RECORDS),
    )
    machine = Machine(
        sound=Sound(streams=playing, devices=()),
        processes={1: "firefox", 3: "skypeforlinux", 4: "Discord", 5: "skype", 6: "skype"},
    )
    facts = sound_apps.probe(
        Context(platform=Recorded(machine), meeting="meet.zoom.us"), time.monotonic() + 5
    )
    assert isinstance(facts, SoundAppsFacts)
    assert not isinstance(facts.applications, Unavailable)
    assert [(each.product, each.use, each.paused) for each in facts.applications] == [
        ("Skype", SoundUse.RECORDS, False),
        ("Firefox", SoundUse.PLAYS, False),
    ]
    assert not isinstance(facts.calls, Unavailable)
    assert [(each.product, each.process) for each in facts.calls] == [
        ("Discord", "Discord"), ("Skype", "skype"), ("Skype", "skypeforlinux"),
    ]  # fmt: skip
    assert (facts.meeting_product, facts.meeting_given) == ("Zoom", True)


def test_a_sound_test_is_not_begun_unless_asked_for() -> None:
    context = Context(platform=Recorded(Machine()))
    assert sound_test.probe(context, time.monotonic() + 5) == NOT_REQUESTED


# --- catalogs ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Casque (Jabra Evolve2 65)", SoundKind.HEADSET),
        ("Haut-parleurs (Realtek(R) Audio)", SoundKind.BUILT_IN),
        ("Micro (Poly Sync 20)", SoundKind.SPEAKERPHONE),
        ("MacBook Pro Microphone", SoundKind.BUILT_IN),
        ("AirPods de Jean", SoundKind.HEADSET),
        ("DELL U2720Q (HDMI)", SoundKind.HDMI),
        ("CABLE Output (VB-Audio Virtual Cable)", SoundKind.VIRTUAL),
        ("Logi C270 HD WebCam", SoundKind.WEBCAM),
        ("Something else", SoundKind.UNKNOWN),
    ],
)
def test_names_of_devices(name: str, kind: SoundKind) -> None:
    assert kind_by_name(name) is kind


def test_what_a_device_is_called() -> None:
    assert device_label("headset", "usb", "fr") == "casque USB"
    assert device_label("headset", "bluetooth", "en") == "Bluetooth headset"
    assert device_label("virtual", "virtual", "fr") == ""


def test_names_of_applications_and_meetings() -> None:
    assert call_application("skypeforlinux") == "Skype"
    assert call_application("Zoom.exe") == "Zoom"
    assert call_application("firefox") == ""
    assert meeting_application("us02web.zoom.us") == "Zoom"
    assert meeting_application("zoom.us.example.org") == ""
    assert meeting_application("") == ""
    assert is_quiet("pavucontrol")
    assert not is_quiet("vlc")


@pytest.mark.parametrize("server", ["pulseaudio", "pipewire"])
def test_recorded_servers(server: str) -> None:
    answer = msgspec.json.decode((DATA / f"sound-{server}.json").read_bytes(), type=pulse.PulseSnapshot)
    found = {(each.name, each.kind, each.bus, each.default) for each in pulse_devices.devices(answer)}
    assert {each.volume_db for each in pulse_devices.devices(answer)} <= {0.0, None}
    assert any(each.volume_db == 0 for each in pulse_devices.devices(answer))
    assert ("Jabra Evolve2 30", SoundKind.HEADSET, SoundBus.USB, False) in found
    assert ("Jabra Evolve2 30 Mono", SoundKind.HEADSET, SoundBus.USB, False) in found
    assert ("Interne", SoundKind.BUILT_IN, SoundBus.INTERNAL, True) in found
    assert ("Micro interne", SoundKind.BUILT_IN, SoundBus.INTERNAL, True) in found
    uses = [(each.application, each.use) for each in pulse.streams(answer)]
    assert uses == [("paplay", SoundUse.PLAYS), ("parec", SoundUse.RECORDS)]
