"""Which sound device may be chosen for the person: on answers of sound servers, as in `test_sound`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from amif_netcheck.model.fix import Fix
from amif_netcheck.platforms.linux import pulse, pulse_devices
from amif_netcheck.platforms.linux.fixes import sound_devices
from tests.recorded.test_sound import ALSA, DATA, USB, device
from tests.systems import POSIX_ONLY

if sys.platform != "linux":
    pytest.skip(f"{POSIX_ONLY}what binds libpulse", allow_module_level=True)

from amif_netcheck.platforms.linux.pulse_child import choose

BOTH = ("output", "input")
HDMI = device(
    "hdmi", ALSA, card=9, port="hdmi-output-0", ports={"hdmi-output-0": "yes"}, description="Screen"
)
JABRA = USB | {"device.product.name": "Jabra Evolve2 30"}
LABELS = {
    "analog-output-speaker": "Haut-parleurs",
    "analog-output-headphones": "Casque",
    "analog-input-internal-mic": "Microphone interne",
    "analog-input-headset-mic": "Microphone du casque",
}


def out(name: str, card: int, description: str = "Jabra Analog Stereo", **more: Any) -> dict[str, Any]:
    return device(name, JABRA, card=card, description=description, **more)


def entry(name: str, card: int, description: str = "Jabra Mono", **more: Any) -> dict[str, Any]:
    return device(name, JABRA, card=card, description=description, **more)


def laptop(
    *more: dict[str, Any], jack: str = "no", inputs: tuple[dict[str, Any], ...] = (), **changed: Any
) -> Any:
    """A laptop whose own devices are chosen, and what is beside them."""
    ports = {"analog-output-speaker": "unknown", "analog-output-headphones": jack}
    sources = {"analog-input-internal-mic": "unknown", "analog-input-headset-mic": jack}
    named = {"card": 0, "description": "Audio interne", "port_labels": LABELS}
    answer = {
        "default_output": "pci",
        "default_input": "pci_in",
        "outputs": [device("pci", ALSA, port="analog-output-speaker", ports=ports, **named), *more],
        "inputs": [device("pci_in", ALSA, port="analog-input-internal-mic", ports=sources, **named), *inputs],
    }
    return answer | changed


def plan(answer: dict[str, Any], *about: str) -> Fix | None:
    return sound_devices.plan(msgspec.convert(answer, pulse.PulseSnapshot), about)


def target(answer: dict[str, Any], *about: str) -> tuple[str, ...] | None:
    fix = plan(answer, *about)
    return None if fix is None else fix.target


def test_a_usb_headset_with_both_halves() -> None:
    answer = laptop(out("usb", 3), HDMI, inputs=(entry("usb_in", 3),))
    fix = plan(answer, "Jabra Analog Stereo", *BOTH)
    assert fix is not None
    assert fix.target == ("output", "usb", "", "input", "usb_in", "")
    assert fix.params == {
        "output": "Jabra Analog Stereo",
        "input": "Jabra Mono",
        "output_before": "Audio interne",
        "input_before": "Audio interne",
    }


def test_only_the_directions_that_were_found() -> None:
    answer = laptop(out("usb", 3), inputs=(entry("usb_in", 3),))
    fix = plan(answer, "Jabra Mono", "input")
    assert fix is not None
    assert fix.target == ("input", "usb_in", "")
    assert (fix.params["output"], fix.params["output_before"]) == ("", "")
    half = laptop(out("usb", 3), inputs=(entry("usb_in", 3),), default_output="usb")
    assert target(half, "Jabra Analog Stereo", *BOTH) == ("input", "usb_in", "")


def test_a_jack_is_chosen_by_its_port_and_named_by_it() -> None:
    fix = plan(laptop(jack="yes"), "Casque - Audio interne", *BOTH)
    assert fix is not None
    assert fix.target == (
        *("output", "pci", "analog-output-headphones"),
        *("input", "pci_in", "analog-input-headset-mic"),
    )
    assert fix.params == {
        "output": "Casque - Audio interne",
        "input": "Microphone du casque - Audio interne",
        "output_before": "Haut-parleurs - Audio interne",
        "input_before": "Microphone interne - Audio interne",
    }


def headphones(jack: str) -> Any:
    """A laptop that plays through its screen; its own card is set to the jack."""
    answer = laptop(HDMI, jack=jack, default_output="hdmi")
    answer["outputs"][0]["port"] = "analog-output-headphones"
    return answer


def test_a_card_that_is_set_to_the_jack_already_needs_no_port() -> None:
    assert target(headphones("yes"), "Audio interne", "output") == ("output", "pci", "")


def bluetooth(*inputs: dict[str, Any], mode: str = "a2dp-sink") -> Any:
    properties = {"device.api": "bluez5", "device.bus": "bluetooth", "device.form_factor": "headset"}
    profiles = ["a2dp-sink", "headset-head-unit"]
    card = {"index": 7, "profile": mode, "profiles": profiles, "properties": properties}
    return laptop(device("bluez", {}, card=7, description="Voyager"), inputs=inputs, cards=[card])


BLUEZ_IN = device("bluez_in", {"bluez5.loopback": "true"}, card=7, description="Voyager")


def test_a_bluetooth_headsets_mode_is_left_as_it_is() -> None:
    for asleep in (bluetooth(), bluetooth(BLUEZ_IN)):
        assert target(asleep, "Voyager", "input") is None
        assert target(asleep, "Voyager", *BOTH) == ("output", "bluez", "")
    awake = bluetooth(BLUEZ_IN, mode="headset-head-unit")
    assert target(awake, "Voyager", *BOTH) == ("output", "bluez", "", "input", "bluez_in", "")


ECHO = device(
    "ec", {"device.class": "filter", "device.master_device": "usb_in"}, description="Filtered", index=8
)
ECHO_OUT = device(
    "ec_out", {"device.class": "filter", "device.master_device": "usb"}, description="Filtered", index=9
)
EFFECTS = device(
    "effects", {"device.class": "filter", "node.virtual": "true"}, description="Effects", index=8
)


@pytest.mark.parametrize(
    ("answer", "about"),
    [
        (laptop(), ("Jabra Analog Stereo", *BOTH)),
        (laptop(HDMI), ("Screen", "output")),
        (laptop(jack="no"), ("Casque - Audio interne", "output")),
        (headphones("no"), ("Audio interne", "output")),
        (headphones("unknown"), ("Audio interne", "output")),
        (laptop(out("a", 3), out("b", 4), inputs=(entry("a_in", 3), entry("b_in", 4))), ("Jabra Analog Stereo", *BOTH)),
        (laptop(out("a", 3), out("b", 4), inputs=(entry("a_in", 3), entry("b_in", 4)), default_output="a"), ("Jabra Mono", "input")),
        (laptop(out("usb", 3), inputs=(entry("x", 3, "X"), entry("y", 3, "Y"))), ("Jabra Analog Stereo", *BOTH)),
        (laptop(out("usb", 3), inputs=(entry("usb_in", 3),), default_output="usb", default_input="usb_in"), ("Jabra Analog Stereo", *BOTH)),
        (laptop(inputs=(entry("usb_in", 3), ECHO)), ("Filtered", "input")),
        (laptop(inputs=(entry("usb_in", 3), ECHO), default_input="ec"), ("Jabra Mono", "input")),
        (laptop(out("usb", 3), EFFECTS, default_output="effects"), ("Jabra Analog Stereo", "output")),
    ],
    ids=[
        *("gone", "HDMI", "pulled out", "an empty jack", "a jack that does not tell", "two alike", "two alike, one of them half in use"),
        *("two microphones", "already chosen", "a filter", "through a filter over it", "through a program"),
    ],
)  # fmt: skip
def test_no_offer(answer: dict[str, Any], about: tuple[str, ...]) -> None:
    assert plan(answer, *about) is None


def test_a_filter_beside_it_is_neither_chosen_nor_in_the_way() -> None:
    answer = laptop(out("usb", 3), ECHO_OUT, inputs=(entry("usb_in", 3), ECHO))
    assert target(answer, "Jabra Analog Stereo", *BOTH) == ("output", "usb", "", "input", "usb_in", "")


def test_two_jacks_are_told_apart_by_name() -> None:
    answer = laptop(jack="yes")
    sink = answer["outputs"][0]
    sink["ports"] = sink["ports"] | {"analog-output-headphones-2": "yes"}
    sink["port_labels"] = LABELS | {"analog-output-headphones-2": "Casque 2"}
    assert target(answer, "Casque 2 - Audio interne", "output") == (
        "output",
        "pci",
        "analog-output-headphones-2",
    )


@pytest.mark.parametrize("server", ["pulseaudio", "pipewire"])
def test_recorded_servers(server: str) -> None:
    answer = msgspec.json.decode((Path(DATA) / f"sound-{server}.json").read_bytes(), type=pulse.PulseSnapshot)
    fix = sound_devices.plan(answer, ("Jabra Evolve2 30", "output"))
    assert fix is not None
    assert fix.target == ("output", "headset", "")
    assert fix.params["output_before"] == "Interne"


def test_devices_and_their_places_are_the_same_list() -> None:
    answer = msgspec.convert(bluetooth(), pulse.PulseSnapshot)
    assert pulse_devices.devices(answer) == tuple(
        each.device for each in pulse_devices.with_locations(answer)
    )
    assert [each.name for each in pulse_devices.with_locations(answer) if each.device.asleep] == [""]


# --- the ports of real cards, which no made-up device of a sound server has ------------------------


class Card:
    """The part of `pulsectl.Pulse` that is asked, over one sink with a jack; what is set shows after `late` questions."""

    def __init__(self, *, jack: str = "yes", default: str = "hdmi", late: int = 0) -> None:
        ports = [
            SimpleNamespace(name="speaker", available="unknown"),
            SimpleNamespace(name="jack", available=jack),
        ]
        self.sink = SimpleNamespace(name="pci", port_list=ports, port_active=ports[0])
        self.default = default
        self.done: list[str] = []
        self._late = late
        self._coming: list[tuple[int, Callable[[], None]]] = []

    def sink_list(self) -> list[SimpleNamespace]:
        self._pass()
        return [self.sink]

    def server_info(self) -> SimpleNamespace:
        self._pass()
        return SimpleNamespace(default_sink_name=self.default, default_source_name="")

    def port_set(self, sink: SimpleNamespace, port: str) -> None:
        self.done.append(f"port {port}")
        (found,) = [each for each in sink.port_list if each.name == port]
        self._coming.append((self._late, lambda: setattr(sink, "port_active", found)))

    def default_set(self, sink: SimpleNamespace) -> None:
        self.done.append(f"default {sink.name}")
        self._coming.append((self._late, lambda: setattr(self, "default", sink.name)))

    def _pass(self) -> None:
        for left, change in self._coming:
            if left <= 0:
                change()
        self._coming = [(left - 1, change) for left, change in self._coming if left > 0]


JACK = [{"direction": "output", "name": "pci", "port": "jack"}]


def test_the_port_is_set_before_the_card_is_chosen() -> None:
    card = Card()
    assert choose(card, JACK) == "done"
    assert card.done == ["port jack", "default pci"]


def test_a_card_that_is_chosen_already_is_left_so() -> None:
    card = Card(default="pci")
    assert choose(card, JACK) == "done"
    assert card.done == ["port jack"]


def test_it_is_done_only_when_the_server_says_so() -> None:
    for port, default in (("jack", "hdmi"), ("jack", "pci"), ("", "hdmi")):
        card = Card(default=default, late=5)
        assert choose(card, [{**JACK[0], "port": port}]) == "done"
        assert (card.default, card.sink.port_active.name) == ("pci", port or "speaker")
        assert len(card.done) == len(
            {port, default} - {"", "pci"}
        )  # each once, and only what was to be changed


def test_nothing_is_changed_when_one_of_them_is_gone() -> None:
    for card in (Card(jack="no"), Card()):
        wanted = (
            JACK
            if card.sink.port_list[1].available == "no"
            else [{**JACK[0], "port": ""}, {**JACK[0], "name": "x"}]
        )
        assert choose(card, wanted) == "gone"
        assert card.done == []
