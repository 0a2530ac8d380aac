"""Settings: TOML, the machine-wide file of an IT desk under the person's own; or one file given by `--config`."""

from __future__ import annotations

import contextlib
import difflib
import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta, Struct

from amif_netcheck.advice import input_errors
from amif_netcheck.advice.language import LANGUAGES, N_, Language
from amif_netcheck.advice.system_errors import why
from amif_netcheck.errors import InputError, UsageError
from amif_netcheck.meeting import targets
from amif_netcheck.run.checklist import IDS

FILE_NAME = "settings.toml"
LARGEST = 1024 * 1024
"""A settings file of more bytes is none."""

DEFAULT_STUN = ("stun.cloudflare.com:3478", "stun.nextcloud.com:443", "stun.l.google.com:19302")
"""Public STUN servers; settings and `--stun` replace them all."""

DEFAULT_PAGE, DEFAULT_PAGE_TEXT = "http://detectportal.firefox.com/success.txt", "success"
"""Mozilla's page for finding captive portals, and what it says."""

DEFAULT_WEB = ("www.mozilla.org:443", "visio.numerique.gouv.fr:443")
"""Well-known web servers to compare with, where no meeting is given or where it does not answer as it should."""


PUBLIC_HOSTS = frozenset(
    [*(text.rpartition(":")[0] for text in (*DEFAULT_STUN, *DEFAULT_WEB)), urlsplit(DEFAULT_PAGE).netloc]
)
"""Servers that our own documentation names."""


class LinkSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[link]`."""

    stun: Annotated[tuple[str, ...], Meta(min_length=1)] = DEFAULT_STUN
    speed_server: str = ""
    speed_engine: Literal["any", "http", "speedtest-cli", "none"] = "any"
    max_mb: Annotated[float, Meta(ge=1, le=10_000)] | None = None
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
    timeout_s: Annotated[float, Meta(ge=1, le=600)] | None = None
    include_private: bool = False
    skip: tuple[str, ...] = ()
    firewall: FirewallSettings = FirewallSettings()
    link: LinkSettings = LinkSettings()
    neighbours: NeighboursSettings = NeighboursSettings()


def load(explicit: Path | None, language: Language) -> Settings:
    """Read the settings: `explicit` alone, else the machine-wide file with the person's own over it, key by key.

    Raises:
        UsageError: a file can't be read, or says something we don't know; names file, key and what was expected.
    """
    if explicit is not None:
        return _settings(_read(explicit, language), explicit, language)
    merged: dict[str, Any] = {}
    for path in paths():
        layer = _read(path, language, may_be_absent=True)
        _settings(layer, path, language)
        merged = _over(merged, layer)
    return msgspec.convert(merged, Settings, strict=True)


def paths() -> tuple[Path, ...]:
    """The machine-wide file and the person's own; the later one wins."""
    import platformdirs  # noqa: PLC0415 - only when there is no --config

    name = "amif-netcheck"
    found = [platformdirs.site_config_path(name, appauthor=False) / FILE_NAME]
    with contextlib.suppress(RuntimeError):  # a user without a home
        found.append(platformdirs.user_config_path(name, appauthor=False) / FILE_NAME)
    return tuple(found)


def _read(path: Path, language: Language, *, may_be_absent: bool = False) -> dict[str, Any]:
    try:
        if path.exists() and not path.is_file():
            raise UsageError(language.text("{file}: not a settings file").format(file=path))
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        if may_be_absent and isinstance(error, (FileNotFoundError, NotADirectoryError)):
            return {}
        message = language.text("{file}: can't be read ({reason})")
        raise UsageError(message.format(file=path, reason=why(error, language))) from error
    if len(content) > LARGEST:
        raise UsageError(language.text("{file}: too large for a settings file").format(file=path))
    try:
        return tomllib.loads(content.decode("utf-8-sig").replace("\r\n", "\n"))
    except UnicodeDecodeError as error:
        raise UsageError(language.text("{file}: not a text file in UTF-8").format(file=path)) from error
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        message = language.text("{file}: not valid TOML ({reason})")
        raise UsageError(message.format(file=path, reason=str(error) or type(error).__name__)) from error


def _over(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        both_tables = isinstance(value, dict) and isinstance(merged.get(key), dict)
        merged[key] = _over(merged[key], value) if both_tables else value
    return merged


def _settings(data: dict[str, Any], path: Path, language: Language) -> Settings:
    try:
        settings = msgspec.convert(data, Settings, strict=True)
    except msgspec.ValidationError as error:
        raise UsageError(_explain(str(error), path, language)) from error
    if settings.language and settings.language not in LANGUAGES:
        raise UsageError(_wrong(path, "language", "fr, en", settings.language, language))
    unknown = next((check for check in settings.skip if check not in IDS), None)
    if unknown is not None:
        raise UsageError(_wrong(path, "skip", ", ".join(IDS), unknown, language))
    try:
        for text in settings.link.stun:
            targets.server(text)
        for text in settings.firewall.web:
            targets.web_server(text)
        if settings.firewall.page:
            targets.known_page(settings.firewall.page)
        if settings.meeting:
            _meeting(settings.meeting)
        if settings.link.speed_server:
            targets.speed_server(settings.link.speed_server)
    except InputError as error:
        raise UsageError(f"{path}: {input_errors.describe(error, language)}") from error
    return settings


def _meeting(text: str) -> None:
    if targets.is_invitation(text):
        raise InputError("invitation_in_settings", text=text)
    targets.meeting(text)


_UNKNOWN_KEY = re.compile(
    r"Object contains unknown field `(?P<key>.*?)`(?: - at `\$(?P<table>.*)`)?$", re.DOTALL
)
_WRONG_TYPE = re.compile(
    r"Expected `(?P<expected>[^`]*)`(?P<more>[^`]*)(?:, got `(?P<got>.*)`)? - at `\$\.(?P<key>.*)`$",
    re.DOTALL,
)
_EXPECTED = {
    "str": N_("text in quotes"),
    "bool": N_("true or false"),
    "array": N_('a list, such as ["…", "…"]'),
    "object": N_("a table"),
    "float | null": N_("a number from 1 to 600"),
    "float": N_("a number from 1 to 600"),
}


_FOUND = {
    "str": N_("text"),
    "int": N_("a number"),
    "float": N_("a number"),
    "bool": N_("true or false"),
    "array": N_("a list"),
    "object": N_("a table"),
}


def _explain(message: str, path: Path, language: Language) -> str:
    """One line from msgspec's words: file, key, what was expected."""
    unknown = _UNKNOWN_KEY.match(message)
    if unknown:
        table = (unknown["table"] or "").lstrip(".")
        key = f"{table}.{unknown['key']}" if table else unknown["key"]
        known = _known_keys()
        close = difflib.get_close_matches(key, known, n=1)
        if close:
            text = language.text("{file}: unknown key “{key}”; did you mean “{close}”?")
            return text.format(file=path, key=key, close=close[0])
        return language.text("{file}: unknown key “{key}”; known keys: {known}").format(
            file=path, key=key, known=", ".join(known)
        )
    wrong = _WRONG_TYPE.match(message)
    if wrong:
        expected = language.text(_EXPECTED.get(wrong["expected"], wrong["expected"]))
        key = re.sub(r"\[\.\.\.\]|\[\d+\]", "", wrong["key"])
        got = wrong["got"] or ""
        return _wrong(path, key, expected, language.text(_FOUND.get(got, got)), language)
    return f"{path}: {message}"


def _wrong(path: Path, key: str, expected: str, got: str, language: Language) -> str:
    if got:
        text = language.text("{file}: key “{key}”: expected {expected}, found {got}")
        return text.format(file=path, key=key, expected=expected, got=got)
    return language.text("{file}: key “{key}”: expected {expected}").format(
        file=path, key=key, expected=expected
    )


def _known_keys() -> list[str]:
    keys = []
    for name in Settings.__struct_fields__:
        table = getattr(Settings(), name)
        keys += (
            [f"{name}.{inner}" for inner in table.__struct_fields__] if isinstance(table, Struct) else [name]
        )
    return keys
