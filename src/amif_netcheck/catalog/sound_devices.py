"""What a sound device is by its name, and what such a thing is called in a sentence."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from msgspec import Struct, convert

from amif_netcheck.catalog import read
from amif_netcheck.model.facts import SoundKind


class _Kind(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind: SoundKind
    patterns: tuple[str, ...]


class _Kinds(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kind: tuple[_Kind, ...]


@cache
def _kinds() -> tuple[tuple[SoundKind, re.Pattern[str]], ...]:
    return tuple(
        (entry.kind, re.compile("|".join(entry.patterns)))
        for entry in convert(read("sound_devices.toml"), _Kinds).kind
    )


def kind_by_name(name: str) -> SoundKind:
    """A guess; `UNKNOWN` when nothing in the name tells."""
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    plain = "".join(character for character in decomposed if not unicodedata.combining(character))
    return next((kind for kind, pattern in _kinds() if pattern.search(plain)), SoundKind.UNKNOWN)


_LABELS = {
    "fr": {
        "headset": "casque",
        "headphones": "casque",
        "microphone": "microphone",
        "speakerphone": "kit mains libres",
        "speaker": "haut-parleur",
        "webcam": "microphone de webcam",
        "built_in": "matériel de l’ordinateur",
        "hdmi": "haut-parleur de l’écran",
        "usb": "{kind} USB",
        "bluetooth": "{kind} Bluetooth",
        "jack": "{kind} à prise ronde",
    },
    "en": {
        "headset": "headset",
        "headphones": "pair of headphones",
        "microphone": "microphone",
        "speakerphone": "hands-free kit",
        "speaker": "loudspeaker",
        "webcam": "webcam's microphone",
        "built_in": "computer's own device",
        "hdmi": "screen's loudspeaker",
        "usb": "USB {kind}",
        "bluetooth": "Bluetooth {kind}",
        "jack": "{kind} with a round plug",
    },
}


def device_label(kind: str, bus: str, language: str) -> str:
    """Such as `casque USB` or `Bluetooth headset`; in French all are masculine. Empty for what has no label."""
    labels = _LABELS.get(language, {})
    return labels.get(bus, "{kind}").format(kind=labels.get(kind, "")).strip() if kind in labels else ""
