"""A language: its catalog, its numbers, its lists. French follows the Imprimerie nationale's and CLDR's spaces."""

from __future__ import annotations

import gettext
import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from amif_netcheck.model.text import N_ as N_  # noqa: PLC0414 - all who write texts have it from here

if TYPE_CHECKING:
    from amif_netcheck.model.finding import ParamValue

LANGUAGES = ("fr", "en")
DEFAULT = "fr"
SOURCE = "en"
"""The language of the texts in the source, which needs no catalog."""

NARROW_SPACE = "\u202f"  # French: before % and between thousands
SPACE = "\u00a0"  # between a number and its unit, in both languages

_UNITS = {
    "mbit_s": "Mbit/s",
    "ms": "ms",
    "pct": "%",
    "dbm": "dBm",
    "khz": "kHz",
    "dbfs": "dBFS",
    "db": "dB",
    "s": "s",
}  # `mbit_s` before `s`, which it ends with
_MS_PER_S = 1000
_NO_MEASUREMENT = 1e15
"""Nothing that we measure is so large: it stands in a report that somebody else wrote, and would fill lines with digits."""
_TEN = 10
_MOST_DEVICES = 5
"""A sentence names at most so many kinds of devices."""


@cache
def _catalog(code: str) -> gettext.GNUTranslations:
    """The compiled catalog, which may lie in an archive with the program."""
    path = Path(__file__).parent.parent / "locales" / code / "LC_MESSAGES" / "amif_netcheck.mo"
    content: bytes = __spec__.loader.get_data(str(path))  # type: ignore[union-attr]
    return gettext.GNUTranslations(io.BytesIO(content))


class Language:
    """One of `LANGUAGES`."""

    def __init__(self, code: str) -> None:
        self.code = code
        self._catalog = gettext.NullTranslations() if code == SOURCE else _catalog(code)

    def text(self, message: str) -> str:
        """`message` in this language; the empty text stays empty (gettext would give its own header)."""
        return self._catalog.gettext(message) if message else ""

    def plural(self, one: str, many: str, count: int) -> str:
        """The form for `count`: in English 1 alone is singular, in French 0 and 1 are."""
        return self._catalog.ngettext(one, many, count)

    def number(self, value: float, *, decimals: int = 1) -> str:
        """`value` with at most so many decimals, none that are zero, thousands apart."""
        if abs(value) >= _NO_MEASUREMENT:
            return f"{value:.2e}"
        text = f"{value:,.{decimals}f}"
        if "." in text:
            text = text.rstrip("0").rstrip(".")
        text = "0" if text == "-0" else text
        if self.code == "fr":
            return text.replace(",", NARROW_SPACE).replace(".", ",")
        return text

    def quantity(self, value: float, unit: str) -> str:
        """A number with its unit, which is the suffix of a fact's name: `ms`, `s`, `mbit_s`, `pct`, `dbm`, `khz`."""
        if unit == "ms" and value >= _MS_PER_S:
            value, unit = value / _MS_PER_S, "s"
        decimals = 2 if unit == "mbit_s" and value < 1 else 1
        number = self.number(value, decimals=0 if value >= _TEN and unit in {"ms", "pct"} else decimals)
        gap = (NARROW_SPACE if self.code == "fr" else "") if unit == "pct" else SPACE
        return f"{number}{gap}{_UNITS[unit]}"

    def sequence(self, items: Sequence[str]) -> str:
        """`a, b and c`."""
        if len(items) < 2:  # noqa: PLR2004
            return "".join(items)
        return self.text("{list} and {last}").format(list=", ".join(items[:-1]), last=items[-1])

    def params(self, params: Mapping[str, ParamValue]) -> dict[str, str]:
        """A finding's params as this language writes them; units come from the end of their names."""
        from amif_netcheck.catalog.sound_devices import device_label  # noqa: PLC0415 - `--help` names nothing

        written: dict[str, str] = {}
        for name, value in params.items():
            if isinstance(value, list) and name == "devices":
                written[name] = self._devices(value, params.get("names"))
            elif isinstance(value, list):
                written[name] = self.sequence(self._labelled(value, params.get("families")))
            elif name == "device_kind":
                written[name] = device_label(str(value), str(params.get("device_bus", "")), self.code)
            elif isinstance(value, str) and name == "source":  # most are names, the same in all languages
                written[name] = self.text(value)
            elif isinstance(value, str):
                written[name] = value
            else:
                unit = next((unit for unit in _UNITS if name.endswith(f"_{unit}")), None)
                written[name] = self.quantity(value, unit) if unit else self.number(value, decimals=0)
        return written

    def _devices(self, keys: list[str], names: ParamValue | None) -> str:
        """Devices by what people call them, how many of each: `Chromecast “Salon”, television (2) and 3 others`."""
        counts = self._counted(keys, names)
        items = [_times(label, count) for label, count in counts.items()]
        if len(items) > _MOST_DEVICES:
            rest = sum(list(counts.values())[_MOST_DEVICES:])
            others = self.plural("{count} other", "{count} others", rest).format(count=rest)
            items = [*items[:_MOST_DEVICES], others]
        return self.sequence(items)

    def _counted(self, keys: list[str], names: ParamValue | None) -> Counter[str]:
        from amif_netcheck.catalog.devices import neighbour_label  # noqa: PLC0415 - `--help` names nothing

        labels = [neighbour_label(key, self.code) or key for key in keys]
        if isinstance(names, list) and len(names) == len(keys):
            of_owner = self.text(N_("{device} “{name}”"))
            labels = [
                of_owner.format(device=label, name=name) if name else label
                for label, name in zip(labels, names, strict=True)
            ]
        return Counter(labels)

    def names(self, param: str, params: Mapping[str, ParamValue]) -> list[str]:
        """The names that one of a finding's params holds, each by itself, without what they do."""
        value = params[param]
        if isinstance(value, list) and param == "devices":
            return [
                _times(label, count) for label, count in self._counted(value, params.get("names")).items()
            ]
        return value if isinstance(value, list) else [self.params(params)[param]]

    def _labelled(self, names: list[str], families: ParamValue | None) -> list[str]:
        """Names of applications with what they do: `OneDrive (file synchronisation)`."""
        from amif_netcheck.catalog import family_label  # noqa: PLC0415 - `--help` names nothing

        if not isinstance(families, list) or len(families) != len(names):
            return names
        labels = [family_label(family, self.code) for family in families]
        return [f"{name} ({label})" if label else name for name, label in zip(names, labels, strict=True)]


def _times(label: str, count: int) -> str:
    return f"{label} ({count})" if count > 1 else label


def best_of(tags: Iterable[str]) -> str:
    """The first of `tags` (such as `fr_FR.UTF-8`) that we speak, else French."""
    for tag in tags:
        code = tag[:2].lower()
        if code in LANGUAGES and not tag[2:3].isalpha():
            return code
    return DEFAULT
