"""Settings: what the files of `settings_files` say, checked, with all defaults."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import msgspec
from msgspec import Meta, Struct

from amif_netcheck import settings_limits
from amif_netcheck.advice.language import LANGUAGES
from amif_netcheck.catalog.meeting_services import (
    HIGHEST_LIMIT,
    HIGHEST_RATE,
    LONGEST,
    Effect,
    Kind,
    MeetingService,
    Protocol,
    PublishedLimits,
    ServiceRates,
    Way,
    keys_of,
)
from amif_netcheck.catalog.public_servers import DEFAULT_PAGE, DEFAULT_PAGE_TEXT, DEFAULT_STUN, DEFAULT_WEB
from amif_netcheck.errors import InputError
from amif_netcheck.meeting import profiles, targets
from amif_netcheck.model.choices import CHECKS, COLOURS, MAX_MB, SPEED_ENGINES, TIMEOUT_S
from amif_netcheck.model.desk import ChangedLimit, Desk
from amif_netcheck.output.metrics import BY_NAME, Thresholds
from amif_netcheck.settings_files import Layer
from amif_netcheck.settings_limits import GOT


def _about(description: str, example: object, **limits: Any) -> Meta:
    """What a key is for, and a value to show: the example file, the schema and `settings` are made from these."""
    return Meta(description=description, examples=[example], **limits)


LONGEST_SITE = 80
LONGEST_CONTACT = 120
SHORTEST_KEY = 16


class LinkSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[link]`."""

    stun: Annotated[
        tuple[str, ...],
        _about(
            "where latency and loss are measured; replaces the public servers",
            ["stun.mairie.example:3478"],
            min_length=1,
        ),
    ] = DEFAULT_STUN
    speed_server: Annotated[
        str, _about("where rates are measured, instead of public servers", "https://test.mairie.example:8443")
    ] = ""
    speed_engine: Annotated[
        Literal["any", "speedtest-cli", "cloudflare", "librespeed", "http", "none"],
        _about(
            '"any", or one alone: "speedtest-cli", "cloudflare", "librespeed"; "http": speed_server only; "none"',
            "any",
        ),
    ] = "any"
    max_mb: (
        Annotated[
            float,
            _about(
                "the most that rates may cost, 1 to 10000; without it 150, and 25 on a metered line",
                150,
                ge=MAX_MB[0],
                le=MAX_MB[1],
            ),
        ]
        | None
    ) = None
    metered: (
        Annotated[
            bool,
            _about(
                "true on a line that is paid by volume; without it, a modem or a phone on a cable is",
                example=False,
            ),
        ]
        | None
    ) = None


class FirewallSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[firewall]`."""

    page: Annotated[
        str,
        _about(
            'a page over plain HTTP, to find captive portals; "" asks for none',
            "http://intranet.mairie.example/ok.txt",
        ),
    ] = DEFAULT_PAGE
    page_text: Annotated[str, _about("what that page begins with", "ok", min_length=1)] = DEFAULT_PAGE_TEXT
    web: Annotated[
        tuple[str, ...],
        _about("web servers to compare with; [] compares with none", ["www.mairie.example:443"]),
    ] = DEFAULT_WEB


class NeighboursSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[neighbours]`."""

    sweep: Annotated[
        bool,
        _about(
            "true: ask every address of the subnet who is there; looks like an intrusion to an IT desk",
            example=False,
        ),
    ] = False


class Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All settings with their defaults; the command line beats them."""

    language: Annotated[
        str,
        _about(
            '"fr" or "en"; without it, the system\'s language, else French; what is chosen in the app beats it there',
            "fr",
        ),
    ] = ""
    colours: Annotated[
        Literal["dark", "light", "contrast", "colour-blind"],
        _about(
            'the app\'s: "dark", "light", "contrast" or "colour-blind"; what is chosen in the app beats it',
            "dark",
        ),
    ] = "dark"
    meeting: Annotated[
        str, _about("the link or host name of a meeting that is always the same", "https://visio.example/abc")
    ] = ""
    timeout_s: (
        Annotated[
            float,
            _about("the whole run's deadline, 1 to 600", 20, ge=TIMEOUT_S[0], le=TIMEOUT_S[1]),
        ]
        | None
    ) = None
    include_private: Annotated[bool, _about("true keeps addresses and names in reports", example=False)] = (
        False
    )
    site: Annotated[
        str,
        _about(
            "a label for reports from here, by which `amif-netcheck summary` groups them",
            "Mairie annexe",
            max_length=LONGEST_SITE,
        ),
    ] = ""
    contact: Annotated[
        str,
        _about(
            "how the IT desk is reached; shown where somebody needs it",
            "DSI : poste 1234",
            max_length=LONGEST_CONTACT,
        ),
    ] = ""
    managed: Annotated[
        bool,
        _about("true where a VPN belongs to the organisation: nobody is told to turn it off", example=False),
    ] = False
    token_key: (
        Annotated[
            str,
            _about(
                "a secret; reports without private data then have the same token for the same thing, and the desk "
                "knows one computer in two reports",
                "at least 16 characters",
                min_length=SHORTEST_KEY,
            ),
        ]
        | None
    ) = None
    skip: Annotated[tuple[str, ...], _about("checks to leave out", ["traffic"])] = ()
    firewall: FirewallSettings = FirewallSettings()
    link: LinkSettings = LinkSettings()
    neighbours: NeighboursSettings = NeighboursSettings()
    monitoring: Annotated[
        dict[str, Thresholds],
        _about(
            "by metric: from where on monitoring is to warn", {"rtt_ms": {"warning": 100, "critical": 300}}
        ),
    ] = {}
    limits: Annotated[
        dict[str, dict[str, ChangedLimit]],
        _about(
            "other thresholds than those of `amif-netcheck explain CODE`, which the report then says",
            {"link": {"rtt_ms": {"info": 150}}},
        ),
    ] = {}
    profile: Annotated[
        dict[str, MeetingService],
        _about(
            "meeting services by a name of yours, or one of `amif-netcheck profiles`, over which it lies",
            {
                "mairie": {
                    "title": "Visio de la mairie",
                    "hosts": ["visio.mairie.example"],
                    "like": "jitsi",
                    "ladder": [
                        {"way": "udp", "ports": ["10000"]},
                        {"way": "turn-tls", "ports": ["443"], "host": "turn.mairie.example"},
                    ],
                    "rates": {"video_720p": {"up": 1500, "down": 1500, "kind": "at_most"}},
                    "limits": {"rtt_ms": {"value": 150}},
                }
            },
        ),
    ] = {}

    @property
    def desk(self) -> Desk:
        """What a report is to say of the desk."""
        changed = {
            f"{check}.{quantity}": limit
            for check, limits in self.limits.items()
            for quantity, limit in limits.items()
        }
        return Desk(contact=self.contact, managed=self.managed, limits=changed)


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
    _check_types_of_profiles(content.get("profile"), path)
    mistake = settings_limits.check(content["limits"]) if "limits" in content else None
    if mistake:
        raise _wrong(path, *mistake)
    try:
        settings = msgspec.convert(content, Settings, strict=True)
    except msgspec.ValidationError as error:
        raise _as_input_error(str(error), path) from error
    if settings.language and settings.language not in LANGUAGES:
        raise _wrong(path, "language", ", ".join(LANGUAGES), settings.language)
    for check in settings.skip:
        if check not in CHECKS:
            raise _wrong(path, "skip", ", ".join(CHECKS), check)
    for metric in settings.monitoring:
        if metric not in BY_NAME:
            raise _unknown_key(path, metric, "monitoring", [f"monitoring.{name}" for name in BY_NAME])
    wrong = profiles.check(settings.profile) if settings.profile else None
    if wrong:
        key, expected, got = wrong
        raise _wrong(path, key, expected, got)
    try:
        _check_addresses(settings)
    except InputError as error:
        raise InputError("settings.problem", file=path, problem=error) from error


def _check_types_of_profiles(content: object, path: Path) -> None:
    """Each by itself, as msgspec does not tell in which of them something is wrong."""
    for name, profile in content.items() if isinstance(content, dict) else ():
        if not isinstance(profile, dict):
            got = InputError(GOT.get(type(profile).__name__, "settings.list_found"))
            raise _wrong(path, f"profile.{name}", InputError("settings.table"), got)
        try:
            msgspec.convert(profile, MeetingService, strict=True)
        except msgspec.ValidationError as error:
            raise _as_input_error(str(error), path, f"profile.{name}.") from error


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
_INDEX = re.compile(r"\[\.\.\.\]|\[\d+\]")
"""Of a list, or of a table whose keys are the person's."""
_RATES = [f"rates.{name}.{way}" for name in ServiceRates.__struct_fields__ for way in ("up", "down")]
_MISSING = re.compile(r"Object missing required field `(?P<key>[^`]*)` - at `\$\.(?P<table>.*)`$", re.DOTALL)
_RANGES: dict[str, tuple[float, float]] = {
    "timeout_s": TIMEOUT_S,
    "link.max_mb": MAX_MB,
    **dict.fromkeys(_RATES, (1, HIGHEST_RATE)),
    **dict.fromkeys(
        (f"limits.{name}.value" for name in PublishedLimits.__struct_fields__), (0, HIGHEST_LIMIT)
    ),
}
"""Of every setting that is a number; those of a profile without its name."""
_LENGTHS = {"site": LONGEST_SITE, "contact": LONGEST_CONTACT, **LONGEST}
"""Of every setting that is a text of limited length."""
_CHOICES: dict[str, Sequence[str]] = {
    "colours": COLOURS,
    "link.speed_engine": SPEED_ENGINES,
    "ladder.way": get_args(Way),
    "over_tcp.effect": get_args(Effect),
    "signalling.protocol": get_args(Protocol),
    **dict.fromkeys((f"rates.{name}.kind" for name in ServiceRates.__struct_fields__), get_args(Kind)),
}
_EXPECTED = {
    "str": "settings.text",
    "bool": "settings.boolean",
    "array": "settings.list_expected",
    "object": "settings.table",
    "float": "settings.number_found",
    "int": "settings.number_found",
}


def _as_input_error(message: str, path: Path, within: str = "") -> InputError:
    """The error that msgspec's words stand for: file, key (after `within`), what was expected."""
    unknown = _UNKNOWN_KEY.match(message)
    if unknown:
        table = _INDEX.sub("", unknown["table"] or "").lstrip(".")
        return _unknown_key(path, unknown["key"], f"{within}{table}".rstrip("."))
    missing = _MISSING.match(message)
    if missing:
        table = _INDEX.sub("", missing["table"])
        return InputError("settings.missing_key", file=path, key=f"{within}{table}.{missing['key']}")
    wrong = _WRONG_VALUE.match(message)
    if not wrong:
        return InputError("settings.problem", file=path, problem=message)
    key = _INDEX.sub("", wrong["key"])
    expected: object = ", ".join(_CHOICES.get(key, ()))
    if key in _RANGES:
        least, most = _RANGES[key]
        code = "settings.whole_number" if key in _RATES else "settings.number"
        expected = InputError(code, least=least, most=most)
    elif key in _LENGTHS and wrong["expected"] == "str":
        expected = InputError("settings.length", most=_LENGTHS[key])
    elif key == "token_key" and wrong["expected"].startswith("str"):
        expected = InputError("settings.shortest", least=SHORTEST_KEY)
    elif not expected:
        expected = InputError(_EXPECTED[wrong["expected"].removesuffix(" | null")])
    got = InputError(GOT[wrong["got"]]) if wrong["got"] else wrong["choice"]
    return _wrong(path, within + key, expected, got)


def _unknown_key(path: Path, key: str, table: str, known: Sequence[str] = ()) -> InputError:
    key = f"{table}.{key}" if table else key
    import difflib  # noqa: PLC0415 - only mistakes need it

    known = known or (_profile_keys(table) if table.startswith("profile.") else _known_keys())
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


def _profile_keys(table: str) -> list[str]:
    """All keys of a table in a profile: `profile.NAME`, or one below it."""
    _, _, place = table.removeprefix("profile.").partition(".")
    return [f"{table}.{key}" for key in keys_of(place)]
