"""Sound devices of Macs: what CoreAudio shows of each (`mac_hal`), and what it is for people.

The names, identities, models and transport types are those of public recordings where a comment names one; what else a
device shows is written by hand after the headers. Names are French or English, as they were.
"""

from __future__ import annotations

import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amif_netcheck.checks import headset
from amif_netcheck.model.facts import Direction, Facts, HeadsetFacts, SoundBus, SoundDevice, SoundKind
from amif_netcheck.platforms.macos import sound_devices, sound_objects
from amif_netcheck.platforms.macos.properties import PropertyError, PropertyReader, code_number, code_text
from tests.recorded.mac_hal import MICROPHONE, OWN, SPEAKERS, FakeHal, Half, device, mac

USB = "AppleUSBAudioEngine"
K, B, OUT, IN = SoundKind, SoundBus, Direction.OUTPUT, Direction.INPUT


def read(hal: FakeHal) -> tuple[SoundDevice, ...]:
    return sound_devices.devices(sound_objects.devices(hal))


def kinds(hal: FakeHal) -> dict[tuple[str, Direction], tuple[SoundKind, SoundBus]]:
    return {(found.name, found.direction): (found.kind, found.bus) for found in read(hal)}


def one(hal: FakeHal, name: str, direction: Direction) -> SoundDevice:
    return next(found for found in read(hal) if found.name == name and found.direction is direction)


# Two halves with one serial: a French Mac with a Jabra headset and a docking station in public test data.
JABRA_IN = device(
    "Jabra EVOLVE 30 II",
    f"{USB}:GN Audio A/S:Jabra EVOLVE 30 II:0000718017FA09:1",
    "usb ",
    into=Half(term=0x0402),
)
JABRA_OUT = device(
    "Jabra EVOLVE 30 II",
    f"{USB}:GN Audio A/S:Jabra EVOLVE 30 II:0000718017FA09:2",
    "usb ",
    out=Half(term=0x0402),
)
DOCK = device(
    "Realtek USB2.0 Audio", f"{USB}:Generic:USB Audio:200901010001:1", "usb ", into=Half(term=0x0201)
)
HP_SCREEN = device("HP E273m", "220E6E34-0000-0000-0120-0103803C2278", "dprt", out=Half(term="dprt"))
BLACKHOLE = device("BlackHole 2ch", "BlackHole2ch_UID", "virt", out=Half(), into=Half())
# AirPods Pro are the model `200e 4c`; idle, their microphone has 24 kHz beside 48: pasrom/meeting-transcriber#693.
AIRPODS_OUT = device(
    "AirPods Pro de Jean",
    "AC-DF-A1-52-8A-11:output",
    "blue",
    model="200e 4c",
    out=Half(term="hdph", volume=0.7),
)
AIRPODS_IN = device(
    "AirPods Pro de Jean",
    "AC-DF-A1-52-8A-11:input",
    "blue",
    model="200e 4c",
    rate=24000,
    into=Half(term="hmic"),
)
HEADPHONES = device(
    "Écouteurs externes", "BuiltInHeadphoneOutputDevice", "bltn", out=Half(term="hdph", source="hdpn")
)
EXTERNAL_MICROPHONE = device(
    "Micro externe", "BuiltInHeadphoneInputDevice", "bltn", into=Half(term="emic", source="emic")
)
SPEAK_510 = "Jabra SPEAK 510 USB"
STUDIO = "00008030-001A406C3404802E"

SETS: dict[str, tuple[FakeHal, dict[tuple[str, Direction], tuple[SoundKind, SoundBus]]]] = {
    # hightowerbuilds/buster-claw test/…/devices_test.exs (SPAudioDataType of 2026), in French
    "a MacBook with what is built in": (
        mac(SPEAKERS, MICROPHONE, **OWN),
        {
            ("Haut-parleurs MacBook Pro", OUT): (K.BUILT_IN, B.INTERNAL),
            ("Micro MacBook Pro", IN): (K.BUILT_IN, B.INTERNAL),
        },
    ),
    # The jack's devices and identities: several public tests name them
    "headphones at the jack": (
        mac(SPEAKERS, MICROPHONE, HEADPHONES, output="BuiltInHeadphoneOutputDevice"),
        {
            ("Écouteurs externes", OUT): (K.HEADPHONES, B.JACK),
            ("Micro MacBook Pro", IN): (K.BUILT_IN, B.INTERNAL),
        },
    ),
    "a headset at the jack": (
        mac(SPEAKERS, MICROPHONE, HEADPHONES, EXTERNAL_MICROPHONE),
        {("Écouteurs externes", OUT): (K.HEADSET, B.JACK), ("Micro externe", IN): (K.HEADSET, B.JACK)},
    ),
    "a microphone alone at the jack of a Mac mini": (
        mac(
            device("Mac mini Speakers", "BuiltInSpeakerDevice", "bltn", out=Half(source="ispk")),
            EXTERNAL_MICROPHONE,
        ),
        {
            ("Mac mini Speakers", OUT): (K.BUILT_IN, B.INTERNAL),
            ("Micro externe", IN): (K.MICROPHONE, B.JACK),
        },
    ),
    # Intel Macs: one device whose source follows the jack (AppleHDAEngineOutput:… in mpv and Firefox reports)
    "an Intel Mac with its own loudspeakers": (
        mac(
            device("Sortie intégrée", "AppleHDAEngineOutput:1B,0,1,1:0", "bltn", out=Half(source="ispk")),
            device("Micro interne", "AppleHDAEngineInput:1B,0,1,0:1", "bltn", into=Half(source="imic")),
        ),
        {("Sortie intégrée", OUT): (K.BUILT_IN, B.INTERNAL), ("Micro interne", IN): (K.BUILT_IN, B.INTERNAL)},
    ),
    "an Intel Mac with headphones in the same device": (
        mac(device("Sortie intégrée", "AppleHDAEngineOutput:1B,0,1,1:0", "bltn", out=Half(source="hdpn"))),
        {("Sortie intégrée", OUT): (K.HEADPHONES, B.JACK)},
    ),
    "an Intel iMac with a line in and an optical output": (
        mac(
            device("Entrée intégrée", "AppleHDAEngineInput:1F,3,0,1,0:2", "bltn", into=Half(source="line")),
            device("Sortie numérique", "AppleHDAEngineOutput:1F,3,0,1,3:1", "bltn", out=Half(source="spdf")),
        ),
        {("Entrée intégrée", IN): (K.UNKNOWN, B.JACK), ("Sortie numérique", OUT): (K.SPEAKER, B.JACK)},
    ),
    "a USB headset, a screen, a docking station and BlackHole": (
        mac(BLACKHOLE, HP_SCREEN, SPEAKERS, JABRA_IN, JABRA_OUT, MICROPHONE, DOCK),
        {
            ("Jabra EVOLVE 30 II", OUT): (K.HEADSET, B.USB),
            ("Jabra EVOLVE 30 II", IN): (K.HEADSET, B.USB),
            ("HP E273m", OUT): (K.HDMI, B.INTERNAL),
            ("Realtek USB2.0 Audio", IN): (K.UNKNOWN, B.USB),
            ("BlackHole 2ch", OUT): (K.VIRTUAL, B.VIRTUAL),
            ("BlackHole 2ch", IN): (K.VIRTUAL, B.VIRTUAL),
        },
    ),
    # Identities of an old Logitech headset in public Hammerspoon settings; its halves say no more than "speaker"
    "a USB headset whose halves say nothing": (
        mac(
            device(
                "Logitech Wireless Headset",
                f"{USB}:Logitech:Logitech Wireless Headset:C0288D589BCC:2",
                "usb ",
                out=Half(term=0x0301),
            ),
            device(
                "Logitech Wireless Headset",
                f"{USB}:Logitech:Logitech Wireless Headset:C0288D589BCC:1",
                "usb ",
                into=Half(term=0x0201),
            ),
        ),
        {
            ("Logitech Wireless Headset", OUT): (K.HEADSET, B.USB),
            ("Logitech Wireless Headset", IN): (K.HEADSET, B.USB),
        },
    ),
    "a USB headset without a name": (
        mac(
            device(
                "USB Audio Device",
                f"{USB}:C-Media Electronics Inc.:USB Audio Device:100000:2,1",
                "usb ",
                out=Half(term=0x0301),
                into=Half(term=0x0201),
            ),
        ),
        {("USB Audio Device", OUT): (K.HEADSET, B.USB), ("USB Audio Device", IN): (K.HEADSET, B.USB)},
    ),
    # SwitchAudioSource output on a Mac mini in a public blog
    "a hands-free kit by USB": (
        mac(
            device(
                SPEAK_510,
                f"{USB}:Unknown Manufacturer:{SPEAK_510}:70BF92C19DC7021900:1",
                "usb ",
                out=Half(term=0x0404),
            ),
            device(
                SPEAK_510,
                f"{USB}:Unknown Manufacturer:{SPEAK_510}:70BF92C19DC7021900:2",
                "usb ",
                into=Half(term=0x0404),
            ),
        ),
        {(SPEAK_510, OUT): (K.SPEAKERPHONE, B.USB), (SPEAK_510, IN): (K.SPEAKERPHONE, B.USB)},
    ),
    "AirPods that play music": (
        mac(
            SPEAKERS, MICROPHONE, AIRPODS_OUT, AIRPODS_IN, output=AIRPODS_OUT["uid"], entry=MICROPHONE["uid"]
        ),
        {
            ("AirPods Pro de Jean", OUT): (K.HEADSET, B.BLUETOOTH),
            ("AirPods Pro de Jean", IN): (K.HEADSET, B.BLUETOOTH),
        },
    ),
    "AirPods that were renamed": (
        mac(device("Jeannot", "AC-DF-A1-52-8A-12:output", "blue", model="2014 4c", out=Half())),
        {("Jeannot", OUT): (K.HEADSET, B.BLUETOOTH)},
    ),
    "a Bluetooth headset by its other half": (
        mac(
            device("OpenComm", "20-74-CF-73-18-F6:output", "blue", out=Half()),
            device("OpenComm", "20-74-CF-73-18-F6:input", "blue", rate=16000, into=Half()),
        ),
        {("OpenComm", OUT): (K.HEADSET, B.BLUETOOTH), ("OpenComm", IN): (K.HEADSET, B.BLUETOOTH)},
    ),
    "a Bluetooth loudspeaker": (
        mac(device("JBL GO 2", "00-11-22-33-44-55:output", "blue", rate=44100, out=Half())),
        {("JBL GO 2", OUT): (K.SPEAKER, B.BLUETOOTH)},
    ),
    "hearing aids by Bluetooth LE": (
        mac(device("Aides auditives", "6C-4A-85-00-00-01:output", "blea", out=Half(term="hdph"))),
        {("Aides auditives", OUT): (K.HEADPHONES, B.BLUETOOTH)},
    ),
    # Two products with one serial: public tests about Studio Displays
    "a Studio Display": (
        mac(
            device(
                "Studio Display Speakers",
                f"{USB}:Apple Inc.:Studio Display:{STUDIO}:8,9",
                "usb ",
                model="Studio Display:05AC:1114",
                out=Half(term=0x0301),
            ),
            device(
                "Studio Display Microphone",
                f"{USB}:Apple Inc.:Studio Display Microphone:{STUDIO}:6,7",
                "usb ",
                model="Studio Display:05AC:1114",
                into=Half(term=0x0201),
            ),
        ),
        {
            ("Studio Display Speakers", OUT): (K.HDMI, B.USB),
            ("Studio Display Microphone", IN): (K.WEBCAM, B.USB),
        },
    ),
    "an LG screen by USB, and one by HDMI": (
        mac(
            device(
                "LG UltraFine Display Audio",
                f"{USB}:LG Electronics Inc.:LG UltraFine Display Audio:14200000:2",
                "usb ",
                out=Half(term=0x0301),
            ),
            device(
                "LG UltraFine Display Audio",
                f"{USB}:LG Electronics Inc.:LG UltraFine Display Audio:14200000:1",
                "usb ",
                into=Half(term=0x0201),
            ),
            device(
                "LG HDR 4K",
                "AppleGFXHDAEngineOutputDP:10001:0:{6D1E-7715-00097FED}",
                "hdmi",
                out=Half(term="hdmi"),
            ),
        ),
        {
            ("LG UltraFine Display Audio", OUT): (K.HDMI, B.USB),
            ("LG UltraFine Display Audio", IN): (K.WEBCAM, B.USB),
            ("LG HDR 4K", OUT): (K.HDMI, B.INTERNAL),
        },
    ),
    "a webcam's microphone": (
        mac(
            device(
                "HD Pro Webcam C920",
                f"{USB}:Unknown Manufacturer:HD Pro Webcam C920:1ADF83EF:3",
                "usb ",
                into=Half(term=0x0201),
            )
        ),
        {("HD Pro Webcam C920", IN): (K.WEBCAM, B.USB)},
    ),
    # A Yeti has a socket for headphones too: one thing that plays and records, and is a microphone
    "a microphone on the desk": (
        mac(
            device(
                "Yeti Stereo Microphone",
                f"{USB}:Blue Microphones:Yeti Stereo Microphone:797_2018:2,1",
                "usb ",
                out=Half(term=0x0302),
                into=Half(term=0x0201),
            )
        ),
        {
            ("Yeti Stereo Microphone", OUT): (K.UNKNOWN, B.USB),
            ("Yeti Stereo Microphone", IN): (K.MICROPHONE, B.USB),
        },
    ),
    # A public list of a Mac's devices shows such an identity for an iPhone
    "an iPhone as the microphone": (
        mac(
            device(
                "Micro de iPhone de Jean",
                "E5002C4D-B680-4E78-924E-6FB600000003",
                "ccwd",
                model="iPhone Mic",
                into=Half(),
            )
        ),
        {("Micro de iPhone de Jean", IN): (K.MICROPHONE, B.UNKNOWN)},
    ),
    "loopbacks of Teams and Zoom": (
        mac(
            device(
                "Microsoft Teams Audio",
                "MSLoopbackDriverDevice_UID",
                "virt",
                out=Half(listed=False),
                into=Half(),
            ),
            device("ZoomAudioDevice", "zoom.us.zoomaudiodevice.001", "virt", out=Half(), into=Half()),
        ),
        {
            ("Microsoft Teams Audio", IN): (K.VIRTUAL, B.VIRTUAL),
            ("ZoomAudioDevice", OUT): (K.VIRTUAL, B.VIRTUAL),
            ("ZoomAudioDevice", IN): (K.VIRTUAL, B.VIRTUAL),
        },
    ),
    "an aggregate of one headset": (
        mac(
            JABRA_IN,
            JABRA_OUT,
            device(
                "Agrégat",
                "~:AMS2_Aggregate:0",
                "grup",
                out=Half(),
                into=Half(),
                parts=(JABRA_IN["uid"], JABRA_OUT["uid"]),
            ),
        ),
        {
            ("Agrégat", OUT): (K.HEADSET, B.USB),
            ("Agrégat", IN): (K.HEADSET, B.USB),
            ("Jabra EVOLVE 30 II", OUT): (K.HEADSET, B.USB),
        },
    ),
    "an output to several devices": (
        mac(
            SPEAKERS,
            HP_SCREEN,
            BLACKHOLE,
            device(
                "Sortie multiple",
                "~:AMS2_StackedOutput:0",
                "grup",
                out=Half(),
                parts=(SPEAKERS["uid"], HP_SCREEN["uid"], "BlackHole2ch_UID"),
            ),
        ),
        {("Sortie multiple", OUT): (K.VIRTUAL, B.VIRTUAL)},
    ),
    "a loudspeaker by AirPlay": (
        mac(device("Salon", "3C-22-FB-00-00-01-0000", "airp", out=Half())),
        {("Salon", OUT): (K.SPEAKER, B.UNKNOWN)},
    ),
    # A list in a public repository: "OWC Thunderbolt 3 Audio Device" is a docking station
    "a docking station by Thunderbolt": (
        mac(
            device(
                "OWC Thunderbolt 3 Audio Device",
                f"{USB}:Other World Computing:OWC Thunderbolt 3 Audio Device:21400000:2",
                "usb ",
                out=Half(term=0x0301),
            ),
            device(
                "OWC Thunderbolt 3 Audio Device",
                f"{USB}:Other World Computing:OWC Thunderbolt 3 Audio Device:21400000:1",
                "usb ",
                into=Half(term=0x0201),
            ),
        ),
        {
            ("OWC Thunderbolt 3 Audio Device", OUT): (K.UNKNOWN, B.USB),
            ("OWC Thunderbolt 3 Audio Device", IN): (K.UNKNOWN, B.USB),
        },
    ),
    "a sound interface by Thunderbolt": (
        mac(
            device(
                "Universal Audio Thunderbolt",
                "com_uaudio_driver_UAD2AudioEngine:0",
                "thun",
                out=Half(term="line"),
                into=Half(term="line"),
            )
        ),
        {
            ("Universal Audio Thunderbolt", OUT): (K.UNKNOWN, B.UNKNOWN),
            ("Universal Audio Thunderbolt", IN): (K.MICROPHONE, B.UNKNOWN),
        },
    ),
}


@pytest.mark.parametrize("name", SETS)
def test_each_device_of_a_mac_is_what_it_is(name: str) -> None:
    hal, expected = SETS[name]
    found = kinds(hal)
    assert {key: found.get(key) for key in expected} == expected


def test_two_halves_of_one_thing_are_one_apparatus() -> None:
    for name, halves in {
        "a USB headset, a screen, a docking station and BlackHole": (
            "Jabra EVOLVE 30 II",
            "Jabra EVOLVE 30 II",
        ),
        "AirPods that play music": ("AirPods Pro de Jean", "AirPods Pro de Jean"),
        "a Studio Display": ("Studio Display Speakers", "Studio Display Microphone"),
        "a headset at the jack": ("Écouteurs externes", "Micro externe"),
        "an aggregate of one headset": ("Agrégat", "Jabra EVOLVE 30 II"),
    }.items():
        hal, _ = SETS[name]
        output, entry = one(hal, halves[0], OUT), one(hal, halves[1], IN)
        assert output.apparatus == entry.apparatus, name
        others = {found.apparatus for found in read(hal) if found.name not in {*halves, "Jabra EVOLVE 30 II"}}
        assert output.apparatus not in others, name


def test_what_is_built_in_is_two_things() -> None:
    hal = mac(SPEAKERS, MICROPHONE, **OWN)
    assert one(hal, "Haut-parleurs MacBook Pro", OUT).apparatus != one(hal, "Micro MacBook Pro", IN).apparatus


def test_two_things_without_a_serial_number_are_told_apart_by_their_names() -> None:
    hal = mac(
        device("G635 Gaming Headset", f"{USB}:Logitech:G635 Gaming Headset:00000000:2", "usb ", out=Half()),
        device("Logi C310", f"{USB}:Logitech:Logi C310:00000000:1", "usb ", into=Half()),
    )
    assert one(hal, "G635 Gaming Headset", OUT).apparatus != one(hal, "Logi C310", IN).apparatus


def test_the_default_devices_come_first_and_volumes_are_below_the_loudest() -> None:
    devices = read(mac(BLACKHOLE, SPEAKERS, MICROPHONE, **OWN))
    assert [found.name for found in devices[:2]] == ["Haut-parleurs MacBook Pro", "Micro MacBook Pro"]
    assert [found.default for found in devices] == [True, True, False, False]
    assert (devices[0].volume_pct, devices[0].volume_db) == (50.0, -20.5)
    assert (devices[1].volume_pct, devices[1].volume_db) == (60.0, -6.0)  # a gain of 6 dB of 12
    assert (devices[0].rate_hz, devices[0].plugged, devices[0].muted) == (48000, None, False)


def test_a_volume_for_each_channel_is_that_of_the_louder_one() -> None:
    hal = mac(
        device("Scarlett", f"{USB}:Focusrite:Scarlett Solo:Y7:1,2", "usb ", out=Half(channels=(0.25, 0.75)))
    )
    scarlett = one(hal, "Scarlett", OUT)
    assert (scarlett.volume_pct, scarlett.volume_db) == (75.0, None)


def test_no_volume_is_told_where_the_system_sets_none() -> None:
    screen = one(mac(HP_SCREEN), "HP E273m", OUT)
    assert (screen.volume_pct, screen.volume_db, screen.muted) == (None, None, False)


def test_silence_and_a_switch_are_told() -> None:
    quiet = Half(mute=True, volume=0.0, decibels=(float("-inf"), -63.5, 0.0))
    found = one(mac(device("Haut-parleurs", "BuiltInSpeakerDevice", "bltn", out=quiet)), "Haut-parleurs", OUT)
    assert (found.muted, found.volume_pct, found.volume_db) == (True, 0.0, -200.0)


@pytest.mark.parametrize(
    ("output_hz", "input_hz", "listening", "hands_free"),
    [
        (48000, 24000, False, (False, False)),  # music: the microphone keeps its low rate, and nobody listens
        (24000, 24000, True, (True, True)),  # a call
        (16000, 16000, True, (True, True)),
        (8000, 8000, True, (True, True)),  # DeaDBeeF-Player/deadbeef#1910
        (48000, 48000, True, (False, False)),
    ],
)
def test_a_bluetooth_headset_is_a_telephone_in_a_call(
    output_hz: int, input_hz: int, listening: bool, hands_free: tuple[bool, bool]
) -> None:
    hal = mac(
        AIRPODS_OUT | {"rate": float(output_hz)}, AIRPODS_IN | {"rate": float(input_hz), "running": listening}
    )
    output, entry = one(hal, "AirPods Pro de Jean", OUT), one(hal, "AirPods Pro de Jean", IN)
    assert (output.hands_free, entry.hands_free) == hands_free
    assert (output.rate_hz, entry.rate_hz) == (output_hz, input_hz)


def test_a_low_rate_by_cable_is_no_telephone() -> None:
    found = one(mac(JABRA_OUT | {"rate": 16000.0}), "Jabra EVOLVE 30 II", OUT)
    assert (found.hands_free, found.rate_hz) == (False, 16000)


@pytest.mark.parametrize(("jack", "plugged"), [(True, True), (False, False), (None, None)])
def test_a_jack_microphone_is_there_when_the_jack_says_so(jack: bool | None, plugged: bool | None) -> None:
    entry = device(
        "Micro externe", "BuiltInHeadphoneInputDevice", "bltn", into=Half(source="emic", jack=jack)
    )
    assert one(mac(HEADPHONES, entry), "Micro externe", IN).plugged is plugged
    assert one(mac(HEADPHONES, entry), "Écouteurs externes", OUT).plugged is True


def test_an_aggregate_is_never_better_than_what_is_in_it() -> None:
    hal, _ = SETS["an aggregate of one headset"]
    assert (one(hal, "Agrégat", OUT).plugged, one(hal, "Jabra EVOLVE 30 II", OUT).plugged) == (None, True)


def test_hidden_devices_are_told_when_they_are_chosen_alone() -> None:
    secret = device("Secret", "com.example.tap", "virt", out=Half(), hidden=True)
    assert read(mac(secret)) == ()
    assert [found.name for found in read(mac(secret, output="com.example.tap"))] == ["Secret"]


@pytest.mark.parametrize(
    ("output", "entry", "itself"),
    [
        ("BlackHole2ch_UID", "BlackHole2ch_UID", True),
        ("BuiltInSpeakerDevice", "BlackHole2ch_UID", False),
        ("BlackHole2ch_UID", "BuiltInMicrophoneDevice", False),
        ("~:AMS2_StackedOutput:0", "BlackHole2ch_UID", True),
    ],
)
def test_a_loopback_as_microphone_records_what_is_played_into_it(
    output: str, entry: str, itself: bool
) -> None:
    several = device(
        "Sortie multiple",
        "~:AMS2_StackedOutput:0",
        "grup",
        out=Half(),
        parts=(SPEAKERS["uid"], "BlackHole2ch_UID"),
    )
    hal = mac(SPEAKERS, MICROPHONE, BLACKHOLE, several, output=output, entry=entry)
    assert sound_devices.records_itself(sound_objects.devices(hal)) is itself


def test_the_same_device_both_ways_is_no_loopback() -> None:
    both = device(
        "USB Audio Device", f"{USB}:C-Media:USB Audio Device:1:2,1", "usb ", out=Half(), into=Half()
    )
    hal = mac(both, output=both["uid"], entry=both["uid"])
    assert sound_devices.records_itself(sound_objects.devices(hal)) is False


def test_a_device_that_goes_away_while_it_is_read_is_left_out() -> None:
    hal = mac(SPEAKERS, JABRA_OUT)
    del hal.objects[50]
    assert [found.name for found in read(hal)] == ["Haut-parleurs MacBook Pro"]


def test_a_list_that_is_kept_from_us_is_an_error() -> None:
    hal = mac(SPEAKERS)
    hal.objects[1]["dev#", "glob", 0] = PropertyError("nope")
    with pytest.raises(PropertyError, match="nope"):
        sound_objects.devices(hal)


@pytest.mark.parametrize(
    ("number", "text"), [(0x64497246, "dIrF"), (0x77686F3F, "who?"), (-50, "-50"), (0, "0")]
)
def test_codes_are_four_letters_or_numbers(number: int, text: str) -> None:
    assert code_text(number) == text
    assert len(text) != 4 or code_number(text) == number


@given(values=st.lists(st.binary(max_size=40), min_size=8, max_size=8))
def test_values_of_any_size_are_read_or_left_out(values: list[bytes]) -> None:
    selectors = ("tran", "nsrt", "gone", "hidn", "akin", "agrp", "volm", "mute")
    hal = mac(SPEAKERS, MICROPHONE)
    for thing in (40, 50):
        for selector, value in zip(selectors, values, strict=True):
            for scope in ("glob", "inpt", "outp"):
                hal.objects[thing][selector, scope, 0] = value
    for found in read(hal):
        assert isinstance(found.kind, SoundKind)
        assert found.volume_pct is None or 0 <= found.volume_pct <= 100
        assert found.rate_hz is None or found.rate_hz > 0


def test_a_value_of_another_size_is_no_value() -> None:
    hal = FakeHal({1: {("nsrt", "glob", 0): b"abc", ("gone", "glob", 0): struct.pack("=I", 1)}})
    reader: Any = PropertyReader(hal)
    assert (reader.wide_real(1, "nsrt"), reader.number(1, "gone"), reader.number(2, "gone")) == (
        None,
        1,
        None,
    )


# --- what a person is told of it -----------------------------------------------------------------------

MINI = device("Mac mini Speakers", "BuiltInSpeakerDevice", "bltn", out=Half(source="ispk"))


@pytest.mark.parametrize(
    ("devices", "output", "entry", "expected"),
    [
        ((SPEAKERS, MICROPHONE), SPEAKERS, MICROPHONE, {"built_in": "info"}),
        ((SPEAKERS, MICROPHONE, JABRA_IN, JABRA_OUT), SPEAKERS, MICROPHONE, {"not_chosen": "warning"}),
        ((SPEAKERS, MICROPHONE, JABRA_IN, JABRA_OUT), JABRA_OUT, JABRA_IN, {"in_use": "ok"}),
        ((SPEAKERS, MICROPHONE, JABRA_IN, JABRA_OUT), JABRA_OUT, MICROPHONE, {"input_elsewhere": "warning"}),
        ((SPEAKERS, MICROPHONE, AIRPODS_OUT, AIRPODS_IN), AIRPODS_OUT, AIRPODS_IN, {"in_use": "ok"}),
        ((SPEAKERS, MICROPHONE, HEADPHONES), HEADPHONES, MICROPHONE, {"own_microphone": "info"}),
        (
            (SPEAKERS, MICROPHONE, HEADPHONES, EXTERNAL_MICROPHONE),
            HEADPHONES,
            EXTERNAL_MICROPHONE,
            {"unseen": "unknown"},
        ),
        ((SPEAKERS, MICROPHONE, HP_SCREEN), HP_SCREEN, MICROPHONE, {"loudspeaker": "info"}),
        ((SPEAKERS, MICROPHONE, BLACKHOLE), SPEAKERS, BLACKHOLE, {"untold": "unknown"}),
        ((MINI,), MINI, None, {"no_microphone": "critical"}),
    ],
)
def test_what_a_person_is_told_of_a_macs_devices(
    devices: tuple[Any, ...], output: Any, entry: Any, expected: dict[str, str]
) -> None:
    found = read(mac(*devices, output=output["uid"], entry=entry["uid"] if entry else ""))
    findings = headset.check(Facts(headset=HeadsetFacts(devices=found)))
    assert {finding.code.removeprefix("headset."): finding.severity.value for finding in findings} == expected


def test_a_call_by_a_bluetooth_headset_of_long_ago_sounds_like_a_telephone() -> None:
    output = AIRPODS_OUT | {"rate": 8000.0}
    entry = AIRPODS_IN | {"rate": 8000.0, "running": True}
    found = read(mac(output, entry, output=output["uid"], entry=entry["uid"]))
    codes = [finding.code for finding in headset.check(Facts(headset=HeadsetFacts(devices=found)))]
    assert codes == ["headset.in_use", "headset.telephone_sound"]
