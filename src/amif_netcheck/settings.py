"""Settings: what the files of `settings_files` say, checked, with all defaults."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from amif_netcheck.advice.language import LANGUAGES
from amif_netcheck.catalog.public_servers import DEFAULT_PAGE, DEFAULT_PAGE_TEXT, DEFAULT_STUN, DEFAULT_WEB
from amif_netcheck.errors import InputError
from amif_netcheck.meeting import targets
from amif_netcheck.model.choices import CHECKS, MAX_MB, SPEED_ENGINES, TIMEOUT_S
from amif_netcheck.settings_files import Layer


class LinkSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[link]`."""

    stun: Annotated[tuple[str, ...], Meta(min_length=1)] = DEFAULT_STUN
    speed_server: str = ""
    speed_engine: Literal["any", "speedtest-cli", "cloudflare", "librespeed", "http", "none"] = "any"
    max_mb: Annotated[float, Meta(ge=MAX_MB[0], le=MAX_MB[1])] | None = None
    metered: bool | None = None


class FirewallSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[firewall]`."""

    page: str = DEFAULT_PAGE
    page_text: Annotated[str, Meta(min_length=1)] = DEFAULT_PAGE_TEXT
    web: tuple[str, ...] = DEFAULT_WEB


class NeighboursSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[neighbours]`."""

    sweep: bool = False


class Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All settings with their defaults; the command line beats them."""

    language: str = ""
    meeting: str = ""
    timeout_s: Annotated[float, Meta(ge=TIMEOUT_S[0], le=TIMEOUT_S[1])] | None = None
    include_private: bool = False
    skip: tuple[str, ...] = ()
    firewall: FirewallSettings = FirewallSettings()
    link: LinkSettings = LinkSettings()
    neighbours: NeighboursSettings = NeighboursSettings()


def of_layers(layers: Sequence[Layer]) -> Settings:
    """The settings of all files, a later one over those before it, key by key; each has to be right by itself.

    Raises:
        InputError: a file says something that we don't know; names file, key and what was expected.
    """
    merged: dict[str, Any] = {}
    for layer in layers:
        _checked(layer)
        merged = _over(merged, layer.content)
    return msgspec.convert(merged, Settings, strict=True)


def _over(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        both_tables = isinstance(value, dict) and isinstance(merged.get(key), dict)
        merged[key] = _over(merged[key], value) if both_tables else value
    return merged


def _checked(layer: Layer) -> None:
    path, content = layer
    try:
        settings = msgspec.convert(content, Settings, strict=True)
    except msgspec.ValidationError as error:
        raise _as_input_error(str(error), path) from error
    if settings.language and settings.language not in LANGUAGES:
        raise _wrong(path, "language", ", ".join(LANGUAGES), settings.language)
    for check in settings.skip:
        if check not in CHECKS:
            raise _wrong(path, "skip", ", ".join(CHECKS), check)
    try:
        _check_addresses(settings)
    except InputError as error:
        raise InputError("settings.problem", file=path, problem=error) from error


def _check_addresses(settings: Settings) -> None:
    for text in settings.link.stun:
        targets.server(text)
    for text in settings.firewall.web:
        targets.web_server(text)
    if settings.firewall.page:
        targets.known_page(settings.firewall.page)
    if targets.is_invitation(settings.meeting):
        raise InputError("invitation_in_settings", text=settings.meeting)
    if settings.meeting:
        targets.meeting(settings.meeting)
    if settings.link.speed_server:
        targets.speed_server(settings.link.speed_server)


_UNKNOWN_KEY = re.compile(
    r"Object contains unknown field `(?P<key>.*?)`(?: - at `\$(?P<table>.*)`)?$", re.DOTALL
)
_WRONG_VALUE = re.compile(
    r"(?:Expected `(?P<expected>[^`]*)`[^`]*(?:, got `(?P<got>.*)`)?|Invalid enum value '(?P<choice>.*)')"
    r" - at `\$\.(?P<key>.*)`$",
    re.DOTALL,
)
_RANGES = {"timeout_s": TIMEOUT_S, "link.max_mb": MAX_MB}
"""Of every setting that is a number."""
_CHOICES = {"link.speed_engine": SPEED_ENGINES}
_EXPECTED = {
    "str": "settings.text",
    "bool": "settings.boolean",
    "array": "settings.list_expected",
    "object": "settings.table",
}
_GOT = {
    "str": "settings.text_found",
    "int": "settings.number_found",
    "float": "settings.number_found",
    "bool": "settings.boolean",
    "array": "settings.list_found",
    "object": "settings.table",
    "date": "settings.time_found",
    "time": "settings.time_found",
    "datetime": "settings.time_found",
}


def _as_input_error(message: str, path: Path) -> InputError:
    """The error that msgspec's words stand for: file, key, what was expected."""
    unknown = _UNKNOWN_KEY.match(message)
    if unknown:
        return _unknown_key(path, unknown["key"], (unknown["table"] or "").lstrip("."))
    wrong = _WRONG_VALUE.match(message)
    if not wrong:
        return InputError("settings.problem", file=path, problem=message)
    key = re.sub(r"\[\.\.\.\]|\[\d+\]", "", wrong["key"])
    expected: object = ", ".join(_CHOICES.get(key, ()))
    if key in _RANGES:
        least, most = _RANGES[key]
        expected = InputError("settings.number", least=least, most=most)
    elif not expected:
        expected = InputError(_EXPECTED[wrong["expected"].removesuffix(" | null")])
    return _wrong(path, key, expected, InputError(_GOT[wrong["got"]]) if wrong["got"] else wrong["choice"])


def _unknown_key(path: Path, key: str, table: str) -> InputError:
    key = f"{table}.{key}" if table else key
    import difflib  # noqa: PLC0415 - only mistakes need it

    known = _known_keys()
    close = difflib.get_close_matches(key, known, n=1)
    if close:
        return InputError("settings.misspelt_key", file=path, key=key, close=close[0])
    return InputError("settings.unknown_key", file=path, key=key, known=", ".join(known))


def _wrong(path: Path, key: str, expected: object, got: object) -> InputError:
    if got:
        return InputError("settings.value", file=path, key=key, expected=expected, got=got)
    return InputError("settings.value_out_of_range", file=path, key=key, expected=expected)


def _known_keys() -> list[str]:
    keys = []
    for name in Settings.__struct_fields__:
        table = getattr(Settings(), name)
        keys += (
            [f"{name}.{inner}" for inner in table.__struct_fields__] if isinstance(table, Struct) else [name]
        )
    return keys
