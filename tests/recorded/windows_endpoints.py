"""Sound endpoints of participants' PCs, laid out by hand: properties as Core Audio gives them, and what each is.

Where the shapes come from. Names: the texts of Windows' own inf files (usbaudio, audioendpoint, bthhfenum) as they are quoted
in public code and issues, in French and English. Form factors, nodes: mmdeviceapi.h, ksmedia.h and the terminal types of USB
(a terminal 0x0402 is a headset for Windows, 0x0405 an "Echo Cancelling Speakerphone"). Enumerators: public code that was run
on real PCs (HDAUDIO, USB, BTHENUM for music and BTHHFENUM for calls, INTELAUDIO, TUSBAUDIO_ENUM). Containers: devpkey.h. Not
one of them was read from a PC by us.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from amif_netcheck.model.facts import Direction, SoundBus, SoundKind
from amif_netcheck.platforms.windows.jacks import BOTH, BUILT_IN, JACK, Jack

COMPUTER = "00000000-0000-0000-ffff-ffffffffffff"
OUT, IN = Direction.OUTPUT, Direction.INPUT
HEADSET_NODE = "{DFF21DE2-F70F-11D0-B917-00A0C9223196}"
HEADPHONES_NODE = "{DFF21CE2-F70F-11D0-B917-00A0C9223196}"
SPEAKER_NODE = "{DFF21CE1-F70F-11D0-B917-00A0C9223196}"
MICROPHONE_NODE = "{DFF21BE1-F70F-11D0-B917-00A0C9223196}"
ARRAY_NODE = "{DFF21BE5-F70F-11D0-B917-00A0C9223196}"
SPEAKERPHONE_NODE = "{DFF21DE5-F70F-11D0-B917-00A0C9223196}"
HDMI_NODE = "{D1B9CC2A-F519-417F-91C9-55FA65481001}"
DISPLAY_PORT_NODE = "{E47E4031-3EA6-418D-8F9B-B73843CCBA97}"
LINE_NODE = "{DFF21FE3-F70F-11D0-B917-00A0C9223196}"


def thing(number: int) -> str:
    """The container of something outside the computer."""
    return f"6d3f2a{number:02x}-1c4b-5e7d-9a8b-0123456789ab"


@dataclass(frozen=True)
class Known:
    """An endpoint, and what it is: kind, bus, and what else matters of it."""

    name: str
    direction: Direction
    bus: str
    form: int
    kind: SoundKind
    attached: SoundBus
    container: str = COMPUTER
    node: str = ""
    adapter: str = ""
    rate_hz: int = 48000
    state: int = 1
    jacks: tuple[Jack, ...] = ()
    then: dict[str, Any] = field(default_factory=dict)


def socket(port: int, *, connected: bool = True, senses: bool | None = True) -> tuple[Jack, ...]:
    return (Jack(port=port, connected=connected, senses=senses),)


BUILT = (SoundKind.BUILT_IN, SoundBus.INTERNAL)
HEADSET_USB = (SoundKind.HEADSET, SoundBus.USB)
KIT_USB = (SoundKind.SPEAKERPHONE, SoundBus.USB)
MADE_UP = (SoundKind.VIRTUAL, SoundBus.VIRTUAL)
REALTEK, SST = "Realtek(R) Audio", "Technologie Intel® Smart Sound pour microphones numériques"

# fmt: off
MACHINES: dict[str, tuple[Known, ...]] = {
    "a French laptop with Realtek sound": (
        Known(f"Haut-parleurs ({REALTEK})", OUT, "HDAUDIO", 1, *BUILT, adapter=REALTEK, jacks=socket(BUILT_IN, senses=False), then={"sure": True, "plugged": None}),
        Known(f"Réseau de microphones ({REALTEK})", IN, "HDAUDIO", 4, *BUILT, adapter=REALTEK, node=ARRAY_NODE, then={"sure": True}),
        Known(f"Casque ({REALTEK})", OUT, "HDAUDIO", 3, SoundKind.HEADPHONES, SoundBus.JACK, adapter=REALTEK, state=8, then={"plugged": False}),
    ),
    "its jack with a headset in it": (
        Known(f"Casque ({REALTEK})", OUT, "HDAUDIO", 3, SoundKind.HEADPHONES, SoundBus.JACK, adapter=REALTEK, node=HEADPHONES_NODE, jacks=socket(JACK), then={"plugged": True, "sure": True}),
        Known(f"Microphone ({REALTEK})", IN, "HDAUDIO", 4, SoundKind.MICROPHONE, SoundBus.JACK, adapter=REALTEK, node=MICROPHONE_NODE, jacks=socket(JACK), then={"plugged": True}),
        Known(f"Microphone sur casque ({REALTEK})", IN, "HDAUDIO", 5, SoundKind.HEADSET, SoundBus.JACK, adapter=REALTEK, state=8, then={"plugged": False}),
    ),
    "a laptop whose driver says nothing of sockets": (
        Known("Speakers (Conexant SmartAudio HD)", OUT, "HDAUDIO", 1, *BUILT, adapter="Conexant SmartAudio HD", then={"sure": False, "plugged": None}),
        Known("Internal Microphone (Conexant SmartAudio HD)", IN, "HDAUDIO", 4, *BUILT, adapter="Conexant SmartAudio HD"),
        Known("Headphones (Conexant SmartAudio HD)", OUT, "HDAUDIO", 3, SoundKind.HEADPHONES, SoundBus.JACK, adapter="Conexant SmartAudio HD", then={"plugged": None}),
    ),
    "a laptop with one endpoint for loudspeakers and headphones": (
        Known("Speakers / Headphones (Realtek Audio)", OUT, "HDAUDIO", 1, *BUILT, adapter="Realtek Audio", jacks=socket(BOTH, connected=False)),
        Known("Microphone Array (Realtek Audio)", IN, "HDAUDIO", 4, *BUILT, adapter="Realtek Audio", node=ARRAY_NODE, jacks=socket(BOTH, connected=False)),
    ),
    "the same with headphones in it": (
        Known("Speakers / Headphones (Realtek Audio)", OUT, "HDAUDIO", 1, SoundKind.HEADPHONES, SoundBus.JACK, adapter="Realtek Audio", jacks=socket(BOTH), then={"plugged": True, "sure": False}),
    ),
    "Intel Smart Sound and a screen": (
        Known(f"Réseau de microphones ({SST})", IN, "INTELAUDIO", 4, *BUILT, adapter=SST, node=ARRAY_NODE),
        Known("Haut-parleurs (Realtek High Definition Audio(SST))", OUT, "INTELAUDIO", 1, *BUILT, adapter="Realtek High Definition Audio(SST)"),
        Known("SAMSUNG (Audio Intel(R) pour écrans)", OUT, "INTELAUDIO", 9, SoundKind.HDMI, SoundBus.INTERNAL, adapter="Audio Intel(R) pour écrans", node=HDMI_NODE, then={"plugged": True}),
    ),
    "SoundWire, and a monitor by DisplayPort": (
        Known("Speakers (Cirrus Logic)", OUT, "SOUNDWIRE", 1, *BUILT, adapter="Cirrus Logic"),
        Known("DELL U2723QE (NVIDIA High Definition Audio)", OUT, "HDAUDIO", 9, SoundKind.HDMI, SoundBus.INTERNAL, adapter="NVIDIA High Definition Audio", node=DISPLAY_PORT_NODE),
    ),
    "a desktop with sockets alone": (
        Known("Haut-parleurs (Realtek High Definition Audio)", OUT, "HDAUDIO", 1, SoundKind.SPEAKER, SoundBus.JACK, adapter="Realtek High Definition Audio", node=SPEAKER_NODE, jacks=socket(JACK), then={"plugged": True}),
        Known("Realtek Digital Output (Realtek High Definition Audio)", OUT, "HDAUDIO", 8, SoundKind.SPEAKER, SoundBus.JACK, adapter="Realtek High Definition Audio"),
        Known("Entrée ligne (Realtek High Definition Audio)", IN, "HDAUDIO", 2, SoundKind.UNKNOWN, SoundBus.JACK, adapter="Realtek High Definition Audio", node=LINE_NODE),
        Known("Microphone (Realtek High Definition Audio)", IN, "HDAUDIO", 4, SoundKind.MICROPHONE, SoundBus.JACK, adapter="Realtek High Definition Audio", jacks=socket(JACK, connected=False), then={"plugged": False}),
    ),
    "a board whose sound stands on USB": (
        Known("Speakers (Realtek USB Audio)", OUT, "USB", 1, SoundKind.SPEAKER, SoundBus.JACK, adapter="Realtek USB Audio", jacks=socket(JACK)),
        Known("Realtek HD Audio 2nd output (Realtek USB Audio)", OUT, "USB", 3, SoundKind.HEADPHONES, SoundBus.JACK, adapter="Realtek USB Audio"),
    ),
    "a USB headset that says so (Jabra Evolve2 65)": (
        Known("Écouteurs du casque (Jabra Evolve2 65)", OUT, "USB", 5, *HEADSET_USB, container=thing(1), node=HEADSET_NODE, then={"plugged": True, "sure": True}),
        Known("Microphone sur casque (Jabra Evolve2 65)", IN, "USB", 5, *HEADSET_USB, container=thing(1), node=HEADSET_NODE, rate_hz=16000, then={"hands_free": False}),
    ),
    "one by its dongle (Jabra Link 370)": (
        Known("Headset Earphone (Jabra Link 370)", OUT, "USB", 5, *HEADSET_USB, container=thing(2), node=HEADSET_NODE),
        Known("Headset Microphone (Jabra Link 370)", IN, "USB", 5, *HEADSET_USB, container=thing(2), node=HEADSET_NODE),
    ),
    "one that says speakers and microphone (Poly Blackwire 3220)": (
        Known("Haut-parleurs (Poly Blackwire 3220 Series)", OUT, "USB", 1, *HEADSET_USB, container=thing(3), then={"sure": False}),
        Known("Microphone (Poly Blackwire 3220 Series)", IN, "USB", 4, *HEADSET_USB, container=thing(3)),
    ),
    "one that nobody knows": (
        Known("Speakers (USB Audio Device)", OUT, "USB", 1, *HEADSET_USB, container=thing(4), then={"sure": False}),
        Known("Microphone (USB Audio Device)", IN, "USB", 4, *HEADSET_USB, container=thing(4), then={"sure": False}),
    ),
    "one with a driver of its maker (Logitech G435 by its own enumerator)": (
        Known("Casque (Logitech G435)", OUT, "LOGI_USBAUDIO_ENUM", 3, SoundKind.HEADPHONES, SoundBus.USB, container=thing(5)),
        Known("Microphone (Logitech G435)", IN, "LOGI_USBAUDIO_ENUM", 4, *HEADSET_USB, container=thing(5), then={"sure": False}),
    ),
    "a hands-free kit that says so (Jabra SPEAK 410)": (
        Known("Echo Cancelling Speakerphone (Jabra SPEAK 410 USB)", OUT, "USB", 10, *KIT_USB, container=thing(6), node=SPEAKERPHONE_NODE, then={"sure": True}),
        Known("Echo Cancelling Speakerphone (Jabra SPEAK 410 USB)", IN, "USB", 10, *KIT_USB, container=thing(6), node=SPEAKERPHONE_NODE),
    ),
    "one that is told by its name (Anker PowerConf)": (
        Known("Haut-parleurs (Anker PowerConf S500)", OUT, "USB", 1, *KIT_USB, container=thing(7), then={"sure": False}),
        Known("Microphone (Anker PowerConf S500)", IN, "USB", 4, *KIT_USB, container=thing(7)),
    ),
    "a conference camera (Logitech BCC950)": (
        Known("Echo Cancelling Speakerphone (BCC950 ConferenceCam)", OUT, "USB", 10, *KIT_USB, container=thing(8), node=SPEAKERPHONE_NODE),
        Known("Echo Cancelling Speakerphone (BCC950 ConferenceCam)", IN, "USB", 10, *KIT_USB, container=thing(8), node=SPEAKERPHONE_NODE),
    ),
    "webcams": (
        Known("Microphone (HD Pro Webcam C920)", IN, "USB", 4, SoundKind.WEBCAM, SoundBus.USB, container=thing(9), then={"sure": False}),
        Known("Microphone de bureau (Microsoft® LifeCam Cinema(TM))", IN, "USB", 4, SoundKind.MICROPHONE, SoundBus.USB, container=thing(10)),
        Known("Microphone (Logitech BRIO)", IN, "USB", 4, SoundKind.WEBCAM, SoundBus.USB, container=thing(11)),
    ),
    "a microphone on the desk, and loudspeakers by USB": (
        Known("Microphone (Yeti Stereo Microphone)", IN, "USB", 4, SoundKind.MICROPHONE, SoundBus.USB, container=thing(12)),
        Known("Haut-parleurs (Logitech Z207)", OUT, "USB", 1, SoundKind.SPEAKER, SoundBus.USB, container=thing(13), then={"sure": False}),
    ),
    "a good sound card with a driver of its own": (
        Known("Haut-parleurs (Focusrite USB Audio)", OUT, "TUSBAUDIO_ENUM", 1, *HEADSET_USB, container=thing(14), then={"sure": False}),
        Known("Analogue 1 + 2 (Focusrite USB Audio)", IN, "TUSBAUDIO_ENUM", 2, *HEADSET_USB, container=thing(14), then={"sure": False}),
    ),
    "a docking station": (
        Known("Haut-parleurs (ThinkPad USB-C Dock Gen2 USB Audio)", OUT, "USB", 1, SoundKind.UNKNOWN, SoundBus.USB, container=thing(15)),
        Known("Microphone (ThinkPad USB-C Dock Gen2 USB Audio)", IN, "USB", 4, SoundKind.UNKNOWN, SoundBus.USB, container=thing(15)),
        Known("Haut-parleurs (DisplayLink Audio)", OUT, "USB", 1, SoundKind.UNKNOWN, SoundBus.USB, container=thing(16)),
    ),
    "AirPods on Windows 10: two halves": (
        Known("Écouteurs (AirPods Pro Stereo)", OUT, "BTHENUM", 3, SoundKind.HEADPHONES, SoundBus.BLUETOOTH, container=thing(17), rate_hz=44100, then={"hands_free": False, "plugged": True}),
        Known("Casque (AirPods Pro Hands-Free AG Audio)", OUT, "BTHHFENUM", 5, SoundKind.HEADSET, SoundBus.BLUETOOTH, container=thing(17), rate_hz=16000, then={"hands_free": True}),
        Known("Casque (AirPods Pro Hands-Free AG Audio)", IN, "BTHHFENUM", 5, SoundKind.HEADSET, SoundBus.BLUETOOTH, container=thing(17), rate_hz=16000, then={"hands_free": True}),
    ),
    "AirPods on Windows 11: one output": (
        Known("Écouteurs (AirPods Pro)", OUT, "BTHENUM", 3, SoundKind.HEADPHONES, SoundBus.BLUETOOTH, container=thing(18), rate_hz=44100, then={"hands_free": False}),
        Known("Microphone sur casque (AirPods Pro)", IN, "BTHHFENUM", 5, SoundKind.HEADSET, SoundBus.BLUETOOTH, container=thing(18), rate_hz=24000, then={"hands_free": True}),
    ),
    "a headset by LE Audio": (
        Known("Casque (Galaxy Buds3 Pro)", OUT, "BTHLEENUM", 5, SoundKind.HEADSET, SoundBus.BLUETOOTH, container=thing(19), rate_hz=48000, then={"hands_free": False}),
        Known("Casque (Galaxy Buds3 Pro)", IN, "BTHLEENUM", 5, SoundKind.HEADSET, SoundBus.BLUETOOTH, container=thing(19), rate_hz=32000, then={"hands_free": False}),
    ),
    "a loudspeaker by Bluetooth, without and with a microphone": (
        Known("Haut-parleurs (UE BOOM 2 Stereo)", OUT, "BTHENUM", 1, SoundKind.SPEAKER, SoundBus.BLUETOOTH, container=thing(20), rate_hz=44100),
        Known("Haut-parleurs (JBL Charge 4 Stereo)", OUT, "BTHENUM", 1, SoundKind.SPEAKERPHONE, SoundBus.BLUETOOTH, container=thing(21), rate_hz=44100),
        Known("Casque (JBL Charge 4 Hands-Free AG Audio)", IN, "BTHHFENUM", 5, SoundKind.SPEAKERPHONE, SoundBus.BLUETOOTH, container=thing(21), rate_hz=16000),
    ),
    "programs": (
        Known("CABLE Input (VB-Audio Virtual Cable)", OUT, "ROOT", 1, *MADE_UP),
        Known("CABLE Output (VB-Audio Virtual Cable)", IN, "ROOT", 4, *MADE_UP),
        Known("Haut-parleurs (Steam Streaming Speakers)", OUT, "ROOT", 1, *MADE_UP),
        Known("Microphone (NVIDIA Broadcast)", IN, "ROOT", 4, *MADE_UP),
        Known("Microphone (Krisp Audio)", IN, "SWD", 4, *MADE_UP, container=""),
    ),
    "another computer's (Remote Desktop)": (Known("Audio distant", OUT, "SWD", 0, *MADE_UP, container=""),),
    "an iPhone's loudspeaker over the network (a device that the system adds, yet a thing)": (
        Known("Salon (AirPlay)", OUT, "SWD", 1, SoundKind.UNKNOWN, SoundBus.UNKNOWN, container=thing(22)),
    ),
    "a game controller with a socket": (
        Known("Casque (2- Xbox Controller)", OUT, "USB", 5, *HEADSET_USB, container=thing(23), node=HEADSET_NODE),
    ),
    "a television by HDMI that is off": (
        Known("LG TV (AMD High Definition Audio Device)", OUT, "HDAUDIO", 9, SoundKind.HDMI, SoundBus.INTERNAL, adapter="AMD High Definition Audio Device", state=8, then={"listed": False}),
    ),
    "under Wine, where no driver tells": (
        Known("Casque", OUT, "", 1, SoundKind.HEADSET, SoundBus.UNKNOWN, container="", then={"sure": False, "plugged": None}),
        Known("PulseAudio", IN, "", 4, SoundKind.UNKNOWN, SoundBus.UNKNOWN, container=""),
    ),
}
# fmt: on
