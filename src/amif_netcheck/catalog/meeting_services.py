"""Services that meetings are held with: hosts, ways of their media, rates and limits, each figure with its sources; `services/*.toml`.

What nobody has published stays out: a field that is absent is unknown. A desk's own profiles lie over these.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, convert
from msgspec.structs import asdict, replace

from amif_netcheck.catalog import read

GENERIC = "webrtc"
"""The service of a meeting that no other one is known for."""

NAMES = (
    *("visio", "webconf", "bigbluebutton", "tchap", "jitsi", "livekit"),
    *("teams", "zoom", "meet", "webex", "livestorm", "tixeo", "goto"),
    GENERIC,
)
"""The files in `services/`, as they are listed: those of the State first. An archive can't be asked what is in it."""

Way = Literal["udp", "tcp", "tls", "turn-udp", "turn-tcp", "turn-tls"]
"""How media reach the service: without a relay or through one (TURN), over what. `tls` is TCP that looks like the web."""
Kind = Literal["at_most", "recommended", "typical", "measured"]
"""What a rate is: the most that is sent, what the service asks for, what it uses in general, what somebody measured."""
Protocol = Literal["xmpp"]
"""What a service's signalling speaks: XMPP, as Jitsi Meet has it."""
Effect = Literal["works", "worse"]
"""What a service says of media over TCP: that they work, or also that they are worse."""

HIGHEST_RATE, HIGHEST_LIMIT = 1_000_000, 60_000
LONGEST = {
    "title": 80,
    "notes": 400,
    "sources.title": 200,
    "sources.address": 500,
    "sources.via": 500,
    "ladder.username": 127,  # 508 bytes at most, as RFC 8489 (section 14.3) has it
    "ladder.credential": 500,
    "connection_test.server": 300,
    "connection_test.token": 4000,
}
"""Characters of texts, by their place in a profile."""
_RateKbit = Annotated[int, Meta(ge=1, le=HIGHEST_RATE)]
_Names = Annotated[tuple[str, ...], Meta(description="where it stands: names under `sources`", max_length=20)]


class ServiceSource(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Where figures come from; `published` and `read` are days, or a month or a year where no more is known."""

    address: Annotated[
        str, Meta(description="the address of the document", max_length=LONGEST["sources.address"])
    ]
    title: Annotated[str, Meta(description="what it is called", max_length=LONGEST["sources.title"])] = ""
    via: Annotated[
        str, Meta(description="where it was read, if not there", max_length=LONGEST["sources.via"])
    ] = ""
    published: Annotated[str, Meta(description="when it was published: 2026-11-29, 2026-11 or 2026")] = ""
    read: Annotated[str, Meta(description="when it was read")] = ""


class Rung(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A way of the media; without `ports` they are unknown, or may be any."""

    way: Annotated[Way, Meta(description="how media go")]
    ports: Annotated[
        tuple[str, ...], Meta(description='the service\'s ports, "3478" or "3478-3481"', max_length=20)
    ] = ()
    host: Annotated[str, Meta(description="where, if not at the meeting's host; with all below it")] = ""
    username: Annotated[
        str, Meta(description="what its relay (TURN) knows us by", max_length=LONGEST["ladder.username"])
    ] = ""
    credential: Annotated[
        str,
        Meta(
            description="the password to that; with both a place on the relay is asked for, and given back",
            max_length=LONGEST["ladder.credential"],
        ),
    ] = ""
    sources: _Names = ()

    def __repr__(self) -> str:
        """Without its password."""
        return f"Rung(way={self.way!r}, ports={self.ports!r}, host={self.host!r})"


class ServiceRate(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """kbit/s of one stream: `up` is sent by the one who speaks, is seen or shares, `down` is received by each other one."""

    kind: Annotated[Kind, Meta(description="what the figures are")] = "typical"
    up: Annotated[_RateKbit | None, Meta(description="kbit/s that you send")] = None
    down: Annotated[_RateKbit | None, Meta(description="kbit/s that you receive")] = None
    sources: _Names = ()


class ServiceRates(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """By what is sent."""

    sound: ServiceRate | None = None
    video_360p: ServiceRate | None = None
    video_720p: ServiceRate | None = None
    video_1080p: ServiceRate | None = None
    screen: ServiceRate | None = None


class ServiceLimit(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A line on which the service is still good, as it says itself."""

    value: Annotated[float, Meta(description="still good up to this", ge=0, le=HIGHEST_LIMIT)]
    sources: _Names = ()


class PublishedLimits(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Round trip and jitter in milliseconds, loss in percent."""

    rtt_ms: ServiceLimit | None = None
    jitter_ms: ServiceLimit | None = None
    loss_pct: ServiceLimit | None = None


class OverTcp(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What becomes of a meeting whose media can't go by UDP."""

    effect: Annotated[Effect, Meta(description="what the service says of media over TCP")]
    sources: _Names = ()


class ServiceSignalling(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """How a meeting's own server brings its participants together: checks greet it, as the meeting's page does."""

    protocol: Annotated[Protocol, Meta(description="what it speaks: xmpp, as Jitsi Meet does")]
    sources: _Names = ()


class ConnectionTest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A room of a LiveKit server that every check enters for a moment, as its own connection test does."""

    server: Annotated[
        str,
        Meta(
            description='the server, such as "wss://livekit.mairie.example"',
            max_length=LONGEST["connection_test.server"],
        ),
    ]
    token: Annotated[
        str,
        Meta(
            description="a token (JWT) that may join a room which nobody else is in",
            max_length=LONGEST["connection_test.token"],
        ),
    ]

    def __repr__(self) -> str:
        """Without its token."""
        return f"ConnectionTest(server={self.server!r})"


class MeetingService(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A profile. Each host stands for those below it; the ladder is in the order in which the service tries its ways."""

    title: Annotated[str, Meta(description="what people call it", max_length=LONGEST["title"])] = ""
    hosts: Annotated[
        tuple[str, ...], Meta(description="hosts of its meetings, with all below them", max_length=50)
    ] = ()
    host_sources: _Names = ()
    joined_by_link: Annotated[bool | None, Meta(description="false: no link leads to its meetings")] = None
    like: Annotated[str, Meta(description="the profile that has what isn't said here")] = ""
    like_sources: _Names = ()
    ladder: Annotated[
        tuple[Rung, ...], Meta(description="ways of the media, in the order tried", max_length=12)
    ] = ()
    order_sources: _Names = ()
    rates: ServiceRates | None = None
    limits: PublishedLimits | None = None
    over_tcp: OverTcp | None = None
    signalling: ServiceSignalling | None = None
    connection_test: ConnectionTest | None = None
    notes: Annotated[
        dict[str, Annotated[str, Meta(max_length=LONGEST["notes"])]],
        Meta(description="a sentence, by language"),
    ] = {}
    note_sources: _Names = ()
    sources: Annotated[
        dict[str, ServiceSource], Meta(description="documents, by the names that `sources` use")
    ] = {}


def keys_of(place: str) -> tuple[str, ...]:
    """The keys that a profile has at a place: "" is the profile itself, "rates.screen" one of its rates."""
    tables: dict[str, type[Struct]] = {
        "ladder": Rung,
        "rates": ServiceRates,
        "limits": PublishedLimits,
        "over_tcp": OverTcp,
        "signalling": ServiceSignalling,
        "connection_test": ConnectionTest,
        "sources": ServiceSource,
    }
    table, _, below_it = place.partition(".")
    if below_it:
        return (ServiceRate if table == "rates" else ServiceLimit).__struct_fields__
    return tables.get(table, MeetingService).__struct_fields__


@cache
def known_services() -> Mapping[str, MeetingService]:
    """The files as they are, by name."""
    return {name: convert(read(f"services/{name}.toml"), MeetingService) for name in NAMES}


def services(own: Mapping[str, MeetingService] | None = None) -> dict[str, MeetingService]:
    """All profiles, whole: `own` ones over ours, key by key; then what a profile leaves out is that of the one it is `like`."""
    own, ours = own or {}, known_services()
    named = {name: _over(ours[name], profile) if name in ours else profile for name, profile in own.items()}
    named |= {name: profile for name, profile in ours.items() if name not in named}
    return {name: _whole(name, named) for name in named}


def service_of(host: str, own: Mapping[str, MeetingService] | None = None) -> tuple[str, MeetingService]:
    """The name and the profile of the service of a meeting at `host`: by the longest known host; else the generic one."""
    known = services(own)
    fitting = [
        (len(end), name) for name, service in known.items() for end in service.hosts if below(host, end)
    ]
    name = max(fitting, key=lambda found: found[0])[1] if fitting else GENERIC
    return name, known[name]


def below(host: str, known: str) -> bool:
    """Is `host` this known one, or below it?"""
    plain = host.casefold().removesuffix(".")
    return plain == known or plain.endswith(f".{known}")


def linked_hosts() -> tuple[str, ...]:
    """Hosts that links to meetings lead to, of our own profiles."""
    linked = (service for service in known_services().values() if service.joined_by_link is not False)
    return tuple(host for service in linked for host in service.hosts)


def port_ranges(rung: Rung) -> list[range]:
    """The ports of a rung whose `ports` are right."""
    bounds = [port.partition("-") for port in rung.ports]
    return [range(int(first), int(last or first) + 1) for first, _, last in bounds]


def named_sources(service: MeetingService) -> Iterator[str]:
    """The names of sources that a profile's figures rest on, each as often as it is used."""
    yield from (*service.host_sources, *service.like_sources, *service.order_sources, *service.note_sources)
    figures: list[Any] = [*service.ladder, service.over_tcp, service.signalling]
    for table in (service.rates, service.limits):
        figures += asdict(table).values() if table else ()
    for figure in figures:
        yield from figure.sources if figure else ()


def _over(ours: MeetingService, own: MeetingService) -> MeetingService:
    """`own` over one of our profiles: what it says holds, tables key by key."""
    said = {name: value for name, value in asdict(own).items() if value not in (None, "", (), {})}
    for name in ("rates", "limits"):
        mine, theirs = getattr(ours, name), said.get(name)
        if mine and theirs:
            said[name] = replace(mine, **{key: value for key, value in asdict(theirs).items() if value})
    for name in ("notes", "sources"):
        said[name] = {**getattr(ours, name), **said.get(name, {})}
    return replace(ours, **said)


def _whole(name: str, named: Mapping[str, MeetingService], within: tuple[str, ...] = ()) -> MeetingService:
    """A profile with what it leaves out, and the sources of that; a circle of likenesses ends where it began."""
    service = named[name]
    if service.like not in named or service.like in (name, *within):
        return service
    base = _whole(service.like, named, (name, *within))
    taken = {
        field: _credited(getattr(base, field), service.like)
        for field in ("ladder", "rates", "limits", "over_tcp", "signalling")
        if not getattr(service, field)
    }
    if "ladder" in taken:
        taken["order_sources"] = tuple(f"{service.like}/{source}" for source in base.order_sources)
    sources = {f"{service.like}/{source}": base.sources[source] for source in base.sources}
    whole = replace(service, **taken, sources={**service.sources, **sources})
    used = set(named_sources(whole))
    return replace(whole, sources={key: source for key, source in whole.sources.items() if key in used})


def _credited(figures: Any, whose: str) -> Any:
    """Figures of another profile, with its name before those of their sources."""
    if isinstance(figures, tuple):
        return tuple(_credited(figure, whose) for figure in figures)
    if isinstance(figures, (ServiceRates, PublishedLimits)):
        return replace(figures, **{key: _credited(value, whose) for key, value in asdict(figures).items()})
    if figures is None:
        return None
    return replace(figures, sources=tuple(f"{whose}/{source}" for source in figures.sources))
