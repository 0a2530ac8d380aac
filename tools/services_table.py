"""Put the profiles of meeting services between the marks `<!-- services -->` and `<!-- end -->` of docs/meeting.md.

Run by contributors after changing catalog/services/*.toml; the tests fail while the page is behind.
"""

from __future__ import annotations

import re
from pathlib import Path

from msgspec.structs import asdict

from amif_netcheck.advice.language import Language
from amif_netcheck.advice.profiles import KINDS, LIMITS
from amif_netcheck.catalog.meeting_services import (
    MeetingService,
    PublishedLimits,
    ServiceRate,
    ServiceRates,
    named_sources,
    services,
)
from amif_netcheck.output.profiles import ways

PAGE = Path(__file__).resolve().parent.parent / "docs" / "meeting.md"
_ENGLISH = Language("en")
_MARKED = re.compile(r"(<!-- services -->\n).*?(<!-- end -->)", re.DOTALL)
_HEAD = (
    "| service | ways of its media, in the order tried | sound | 360p | 720p | 1080p | screen | limits | without UDP | sources |",
    "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
)


def table() -> str:
    """The table as it should be."""
    return "\n".join((*_HEAD, *(_row(name, service) for name, service in services().items()))) + "\n"


def page(text: str) -> str:
    """The page with the table of today."""
    return _MARKED.sub(lambda match: f"{match[1]}{table()}{match[2]}", text)


def _row(name: str, service: MeetingService) -> str:
    rates = asdict(service.rates or ServiceRates()).values()
    limits = asdict(service.limits or PublishedLimits())
    told = [
        f"{LIMITS[key]} {_ENGLISH.quantity(limit.value, key.rpartition('_')[2])}"
        for key, limit in limits.items()
        if limit
    ]
    cells = [
        f"{service.title} (`{name}`)",
        ways(service.ladder),
        *(_rate(rate) for rate in rates),
        ", ".join(told),
        service.over_tcp.effect if service.over_tcp else "",
        _sources(service),
    ]
    return "| " + " | ".join(cell.replace("|", "\\|") or "?" for cell in cells) + " |"


def _rate(rate: ServiceRate | None) -> str:
    if rate is None:
        return ""
    both = (rate.up, rate.down)
    figure = (
        str(rate.up) if rate.up == rate.down else " / ".join("?" if way is None else str(way) for way in both)
    )
    return f"{figure} {KINDS[rate.kind]}"


def _sources(service: MeetingService) -> str:
    """Links, each document once; the day behind it is when it was published, else when it was read."""
    links = []
    for key in dict.fromkeys(named_sources(service)):
        source = service.sources[key]
        day = source.published or f"read {source.read}"
        links.append(f"[{key.rpartition('/')[2]}]({source.address}) {day}")
    return ", ".join(links)


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
