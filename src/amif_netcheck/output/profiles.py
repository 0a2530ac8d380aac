"""The profiles of meeting services as lines: all in a table, or one whole with its sources."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest

from msgspec.structs import asdict

from amif_netcheck.advice.invocation import as_started
from amif_netcheck.advice.language import N_, Language
from amif_netcheck.advice.profiles import (
    EFFECT_UNKNOWN,
    EFFECTS,
    KINDS,
    LIMITS,
    PROTOCOLS,
    USES,
    WAYS,
    WAYS_EXPLAINED,
)
from amif_netcheck.catalog.meeting_services import (
    MeetingService,
    PublishedLimits,
    Rung,
    ServiceRate,
    ServiceRates,
    ServiceSource,
)

UNKNOWN = "?"
"""In a table: it is not known."""


def table(services: Mapping[str, MeetingService], own: Iterable[str], language: Language) -> Iterator[str]:
    """A line a service, under what the columns are; `own` are names from the settings, which are marked."""
    text = language.text
    of_settings = set(own)
    head = (
        text("name"),
        text("service"),
        *(text(words) for use, words in USES.items() if use in _SHOWN),
        *(text(words) for words in LIMITS.values()),
        text("ways of the media, in the order tried"),
    )
    rows = [
        (f"{name} *" if name in of_settings else name, service.title or name, *_cells(service, language))
        for name, service in services.items()
    ]
    yield from _aligned([head, *rows])
    yield ""
    yield text("Rates are kbit/s sent / received, of one stream. {unknown}: not known.").format(
        unknown=UNKNOWN
    )
    if of_settings:
        yield text("*: from the settings of this computer")
    yield as_started(text("One whole, with its sources: amif-netcheck profiles NAME"))


def _beside_media(service: MeetingService) -> Iterator[tuple[str, Sequence[str]]]:
    """What becomes of it without UDP, and how it brings its participants together, where that is known; with sources."""
    tcp, signalling = service.over_tcp, service.signalling
    yield (EFFECTS[tcp.effect], tcp.sources) if tcp else (EFFECT_UNKNOWN, ())
    if signalling:
        yield PROTOCOLS[signalling.protocol], signalling.sources


def _figures(
    service: MeetingService, language: Language, by: Callable[[Sequence[str]], str]
) -> Iterator[str]:
    """Rates and limits; `by` names sources."""
    text = language.text
    yield text("Rates of one stream, kbit/s sent / received:")
    for use, rate in asdict(service.rates or ServiceRates()).items():
        words = _rate(rate, language)
        kind = f" ({text(KINDS[rate.kind])})" if rate else ""
        yield f"  {_named(text(USES[use]), words or text('not known'), language)}{kind}" + (
            by(rate.sources) if rate else ""
        )
    yield ""
    yield text("Limits within which the service calls a line good:")
    for limit, found in asdict(service.limits or PublishedLimits()).items():
        words = language.quantity(found.value, limit.rpartition("_")[2]) if found else text("not known")
        yield f"  {_named(text(LIMITS[limit]), words, language)}" + (by(found.sources) if found else "")


def whole(name: str, service: MeetingService, language: Language, *, own: bool) -> Iterator[str]:
    """Everything about one service; figures have the numbers of their sources behind them."""
    text = language.text
    order = list(service.sources)
    numbers = {source: number for number, source in enumerate(order, start=1)}

    def by(sources: Sequence[str]) -> str:
        known = [f"[{numbers[source]}]" for source in sources if source in numbers]
        return f" {' '.join(known)}" if known else ""

    yield f"{service.title or name} ({name})"
    if own:
        yield text("From the settings of this computer")
    if service.hosts:
        hosts = ", ".join(service.hosts)
        yield text("Meetings at: {hosts}").format(hosts=hosts) + by(service.host_sources)
    if service.like:
        yield text("What is not said here is as for: {name}").format(name=service.like) + by(
            service.like_sources
        )
    yield ""
    yield from _ladder(service, language, by(service.order_sources), [by(r.sources) for r in service.ladder])
    for words, sources in _beside_media(service):
        yield text(words) + by(sources)
    yield ""
    yield from _figures(service, language, by)
    note = service.notes.get(language.code) or next(iter(service.notes.values()), "")
    if note:
        yield ""
        yield note + by(service.note_sources)
    if service.sources:
        yield ""
        yield text("Sources:")
    for source, number in numbers.items():
        yield f"  [{number}] {_source(service.sources[source], language)}"


def ways(ladder: Iterable[Rung]) -> str:
    """The ladder in one cell: `UDP 10000 > TURN/TLS 443`; empty when it is unknown."""
    return " > ".join(" ".join((WAYS[rung.way], ", ".join(rung.ports))).strip() for rung in ladder)


_SHOWN = ("sound", "video_720p", "screen")
_PUBLISHED, _READ = N_("published {day}"), N_("read {day}")


def _cells(service: MeetingService, language: Language) -> list[str]:
    rates, limits = service.rates or ServiceRates(), asdict(service.limits or PublishedLimits())
    return [
        *(_rate(getattr(rates, use), language) or UNKNOWN for use in _SHOWN),
        *(
            language.quantity(found.value, name.rpartition("_")[2]) if found else UNKNOWN
            for name, found in limits.items()
        ),
        ways(service.ladder) or UNKNOWN,
    ]


def _rate(rate: ServiceRate | None, language: Language) -> str:
    """`2,600 / 1,800`; a way that is unknown is `?`, both are empty."""
    if rate is None or (rate.up is None and rate.down is None):
        return ""
    return " / ".join(
        UNKNOWN if way is None else language.number(way, decimals=0) for way in (rate.up, rate.down)
    )


def _ladder(service: MeetingService, language: Language, order: str, credit: Sequence[str]) -> Iterator[str]:
    text = language.text
    if not service.ladder:
        yield text("How its media go is not known.")
        return
    yield text("How its media go, in the order tried:") + order
    for number, (rung, by) in enumerate(zip(service.ladder, credit, strict=True), start=1):
        parts = [ways([rung])]
        if rung.host:
            parts.append(text("at {host}").format(host=rung.host))
        yield f"  {number}. {', '.join(parts)} ({text(WAYS_EXPLAINED[rung.way])}){by}"


def _named(name: str, words: str, language: Language) -> str:
    return language.text("{name}: {words}").format(name=name, words=words)


def _source(source: ServiceSource, language: Language) -> str:
    text = language.text
    days = [
        text(words).format(day=day)
        for words, day in ((_PUBLISHED, source.published), (_READ, source.read))
        if day
    ]
    if source.via:
        days.append(text("by way of {address}").format(address=source.via))
    named = f"{source.title}, {source.address}" if source.title else source.address
    return f"{named} ({'; '.join(days)})" if days else named


def _aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Columns as wide as their widest cell, but for the last one."""
    widths = [max(map(_width, column)) for column in zip_longest(*rows, fillvalue="")]
    for row in rows:
        cells = [cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)]
        yield "  ".join(cells).rstrip()


def _width(text: str) -> int:
    """Columns of a terminal: marks above letters take none, wide letters two."""
    marks = sum(unicodedata.combining(character) != 0 for character in text)
    return len(text) - marks + sum(unicodedata.east_asian_width(character) in "WF" for character in text)
