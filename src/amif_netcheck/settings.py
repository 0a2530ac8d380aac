"""Settings: what the files of `settings_files` say, checked, with all defaults."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from amif_netcheck import settings_limits
from amif_netcheck.advice.language import LANGUAGES
from amif_netcheck.catalog.meeting_services import MeetingService
from amif_netcheck.catalog.public_servers import DEFAULT_PAGE, DEFAULT_PAGE_TEXT, DEFAULT_STUN, DEFAULT_WEB
from amif_netcheck.errors import InputError
from amif_netcheck.meeting import profiles, targets
from amif_netcheck.model.choices import CHECKS, MAX_MB, TIMEOUT_S
from amif_netcheck.model.desk import LONGEST_CONTACT, LONGEST_SITE, SHORTEST_KEY, ChangedLimit, Desk
from amif_netcheck.output.metrics import BY_NAME, Thresholds
from amif_netcheck.settings_files import Layer
from amif_netcheck.settings_limits import GOT
from amif_netcheck.settings_mistakes import as_input_error, unknown_key, wrong_value


def _about(description: str, example: object, **limits: Any) -> Meta:
    """What a key is for, and a value to show: the example file, the schema and `settings` are made from these."""
    return Meta(description=description, examples=[example], **limits)


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
                    "host_sources": ["contract"],
                    "joined_by_link": True,
                    "like": "jitsi",
                    "like_sources": ["contract"],
                    "order_sources": ["contract"],
                    "note_sources": ["contract"],
                    "ladder": [
                        {"way": "udp", "ports": ["10000"], "sources": ["contract"]},
                        {
                            "way": "turn-tls",
                            "ports": ["443"],
                            "host": "turn.mairie.example",
                            "username": "netcheck",
                            "credential": "…",
                        },
                    ],
                    "rates": {
                        "video_720p": {"kind": "at_most", "up": 1500, "down": 1500, "sources": ["contract"]}
                    },
                    "limits": {"rtt_ms": {"value": 150, "sources": ["contract"]}},
                    "over_tcp": {"effect": "works", "sources": ["contract"]},
                    "signalling": {"protocol": "xmpp", "sources": ["contract"]},
                    "connection_test": {"server": "wss://livekit.mairie.example", "token": "a.b.c"},
                    "notes": {
                        "fr": "La salle ouvre cinq minutes avant.",
                        "en": "The room opens five minutes early.",
                    },
                    "sources": {
                        "contract": {
                            "address": "https://intranet.mairie.example/visio.pdf",
                            "via": "https://intranet.mairie.example/",
                            "published": "2026-11",
                            "read": "2026-11-29",
                        }
                    },
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
    _check_types(path, "profile", content.get("profile"), MeetingService)
    _check_types(path, "monitoring", content.get("monitoring"), Thresholds)
    mistake = settings_limits.check(content["limits"]) if "limits" in content else None
    if mistake:
        raise wrong_value(path, *mistake)
    try:
        settings = msgspec.convert(content, Settings, strict=True)
    except msgspec.ValidationError as error:
        raise as_input_error(str(error), path, _known_keys()) from error
    if settings.language and settings.language not in LANGUAGES:
        raise wrong_value(path, "language", ", ".join(LANGUAGES), settings.language)
    for check in settings.skip:
        if check not in CHECKS:
            raise wrong_value(path, "skip", ", ".join(CHECKS), check)
    _check_monitoring(settings, path)
    wrong = profiles.check(settings.profile) if settings.profile else None
    if wrong:
        key, expected, got = wrong
        raise wrong_value(path, key, expected, got)
    for key, text, judge in _addresses(settings):
        try:
            judge(text)
        except InputError as error:
            raise InputError("settings.problem_of_key", file=path, key=key, problem=error) from error


def _check_types(path: Path, table: str, content: object, kind: type[Struct]) -> None:
    """Of a table of tables, each by itself, as msgspec does not tell in which of them something is wrong."""
    for name, entry in content.items() if isinstance(content, dict) else ():
        if not isinstance(entry, dict):
            got = InputError(GOT.get(type(entry).__name__, "settings.list_found"))
            raise wrong_value(path, f"{table}.{name}", InputError("settings.table"), got)
        try:
            msgspec.convert(entry, kind, strict=True)
        except msgspec.ValidationError as error:
            known = [f"{table}.{name}.{field}" for field in kind.__struct_fields__]
            raise as_input_error(str(error), path, known, f"{table}.{name}.") from error


def _check_monitoring(settings: Settings, path: Path) -> None:
    """Are they metrics, and is critical worse than the warning before it?"""
    for name, thresholds in settings.monitoring.items():
        if name not in BY_NAME:
            raise unknown_key(path, name, "monitoring", [f"monitoring.{name}" for name in BY_NAME])
        given = [value for value in (thresholds.warning, thresholds.critical) if value is not None]
        in_order = given == sorted(given, reverse=BY_NAME[name].floor)
        if not in_order or not all(map(math.isfinite, given)):
            raise wrong_value(path, f"monitoring.{name}", InputError("settings.monitoring_order"), "")


def _addresses(settings: Settings) -> Iterator[tuple[str, str, Callable[[str], object]]]:
    """Every address, with its key and what refuses it."""
    yield from (("link.stun", text, targets.server) for text in settings.link.stun)
    yield from (("firewall.web", text, targets.web_server) for text in settings.firewall.web)
    for key, text, judge in (
        ("firewall.page", settings.firewall.page, targets.known_page),
        ("meeting", settings.meeting, _meeting),
        ("link.speed_server", settings.link.speed_server, targets.speed_server),
    ):
        if text:
            yield key, text, judge


def _meeting(text: str) -> None:
    if targets.is_invitation(text):
        raise InputError("invitation_in_settings", text=text)
    targets.meeting(text)


def _known_keys() -> list[str]:
    keys = []
    for name in Settings.__struct_fields__:
        table = getattr(Settings(), name)
        keys += (
            [f"{name}.{inner}" for inner in table.__struct_fields__] if isinstance(table, Struct) else [name]
        )
    return keys
