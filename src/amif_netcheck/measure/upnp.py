"""UPnP descriptions and the byte counters of a box (Internet Gateway Device), fetched off the local network only.

A description is fetched from the very address that answered, when that address is a private one on this computer's own
subnet; plain HTTP, no redirect, at most `LARGEST` bytes, no document type and so no entities.
"""

from __future__ import annotations

import re
import urllib.parse
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address
from xml.parsers import expat

from amif_netcheck.measure import web
from amif_netcheck.measure.ledger import Ledger
from amif_netcheck.measure.names import TheseAddresses
from amif_netcheck.model.address import Base, url_port
from amif_netcheck.model.facts import Reason, Unavailable

Network = IPv4Network | IPv6Network

LARGEST = 64 * 1024
_DEEPEST = 32
_MOST_ELEMENTS = 2000
_LONGEST_TEXT = 256
_COUNTERS = re.compile(r"urn:schemas-upnp-org:service:WANCommonInterfaceConfig:\d")
_32_BIT = 1 << 32
_AROUND = 700
"""Bytes of a short exchange each way beside its body, about: the handshake, headers, acknowledgements."""


@dataclass(frozen=True)
class DescriptionUrl:
    """Where a description is: a server on the local network and a page of it."""

    base: Base
    page: str

    @property
    def web(self) -> web.Web:
        """The way there: its address is known, no name is looked up, no proxy asked."""
        return web.Web(self.base, TheseAddresses(ip_address(self.base.host)))

    def same_server_url(self, reference: str) -> DescriptionUrl | None:
        """What a description refers to, on the same server; None for any other place."""
        url = urllib.parse.urljoin(f"{self.base.url}{self.page}", reference)
        return _place(url, self.base.host)


@dataclass(frozen=True)
class Description:
    """What a device says of itself; `services` are its services' types with the pages that control them.

    `room` is where its owner said that it is (Sonos).
    """

    types: tuple[str, ...] = ()
    name: str = ""
    room: str = ""
    maker: str = ""
    model: str = ""
    services: tuple[tuple[str, str], ...] = ()


def fetch_location(location: str, answered_by: str, networks: Iterable[Network]) -> DescriptionUrl | None:
    """Where `location` may be fetched from; None when it is not with who answered, or not on the local network."""
    try:
        address = ip_address(answered_by)
    except ValueError:
        return None
    local = (address.is_private or address.is_link_local) and not address.is_loopback
    if not local or not any(address in network for network in networks):
        return None
    return _place(location, answered_by)


def _place(url: str, host: str) -> DescriptionUrl | None:
    try:
        parts = urllib.parse.urlsplit(url)
        if parts.scheme != "http" or ip_address(parts.hostname or "") != ip_address(host) or parts.username:
            return None
        base = Base("http", host, url_port(parts) or 80, "/")
    except ValueError:
        return None
    query = f"?{parts.query}" if parts.query else ""
    return DescriptionUrl(base, parts.path.removeprefix("/") + query)


def describe(where: DescriptionUrl, ledger: Ledger, *, until: float) -> Description | Unavailable:
    """Fetch and read a description by `until` (`time.monotonic`)."""
    try:
        answer = _fetch(where, ledger, until=until)
    except OSError as error:
        return web.why(error)
    if answer.status != 200 or len(answer.body) > LARGEST:  # noqa: PLR2004 - HTTP
        return Unavailable(reason=Reason.ERROR, detail=f"HTTP {answer.status}, {len(answer.body)} bytes")
    try:
        return parse_description(answer.body)
    except ValueError as error:
        return Unavailable(reason=Reason.ERROR, detail=str(error))


def parse_description(body: bytes) -> Description:
    """The device and all that are embedded in it; texts are of the outermost.

    Raises:
        ValueError: no XML that we read.
    """
    types, services = [], []
    texts: dict[str, str] = {}
    service: dict[str, str] = {}
    for path, text in elements(body):
        tag = path[-1]
        if tag == "deviceType":
            types.append(text)
        elif tag in {"friendlyName", "roomName", "manufacturer", "modelName"}:
            texts.setdefault(tag, text)
        elif tag == "serviceType":
            service = {"type": text}
        elif tag == "controlURL" and "type" in service:
            services.append((service.pop("type"), text))
    return Description(
        types=tuple(types),
        name=texts.get("friendlyName", ""),
        room=texts.get("roomName", ""),
        maker=texts.get("manufacturer", ""),
        model=texts.get("modelName", ""),
        services=tuple(services),
    )


def elements(body: bytes) -> list[tuple[tuple[str, ...], str]]:
    """All elements that hold text, without their namespaces, with the path that leads to them.

    Raises:
        ValueError: not well formed, with a document type (which is where entities would be), too deep, or too many.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    reader = _DescriptionParser()
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = reader.doctype
    try:
        parser.Parse(body, True)  # noqa: FBT003 - expat's own signature
    except expat.ExpatError as error:
        raise ValueError(f"no XML: {error}") from error
    return reader.texts


class _DescriptionParser:
    def __init__(self) -> None:
        self.texts: list[tuple[tuple[str, ...], str]] = []
        self._path: list[str] = []
        self._text = ""
        self._count = 0

    def start(self, tag: str, _attributes: dict[str, str]) -> None:
        self._path.append(tag.rpartition(" ")[2])
        self._text = ""
        self._count += 1
        if len(self._path) > _DEEPEST or self._count > _MOST_ELEMENTS:
            raise ValueError("XML that is no description: too deep or too long")

    def end(self, _tag: str) -> None:
        text = self._text.strip()
        if text:
            self.texts.append((tuple(self._path), text))
        self._path.pop()
        self._text = ""

    def text(self, piece: str) -> None:
        self._text = (self._text + piece)[:_LONGEST_TEXT]

    def doctype(self, *_: object) -> None:
        raise ValueError("XML with a document type")


@dataclass(frozen=True)
class Counters:
    """The page of a box that tells the bytes of the line."""

    where: DescriptionUrl
    service: str
    ledger: Ledger

    def read(self, name: str, *, until: float) -> int | Unavailable:
        """One counter: `Received` or `Sent`."""
        action = f"GetTotalBytes{name}"
        body = (
            '<?xml version="1.0"?>'
            '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" '
            's:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/">'
            f'<s:Body><u:{action} xmlns:u="{self.service}"></u:{action}></s:Body></s:Envelope>'
        )
        headers = {"Content-Type": 'text/xml; charset="utf-8"', "SOAPAction": f'"{self.service}#{action}"'}
        try:
            answer = _fetch(self.where, self.ledger, until=until, post=body.encode(), more=headers)
            if answer.status != 200:  # noqa: PLR2004 - HTTP
                return Unavailable(reason=Reason.NOT_PRESENT, detail=f"{action}: HTTP {answer.status}")
            return _figure(answer.body, f"NewTotalBytes{name}")
        except OSError as error:
            return web.why(error)
        except ValueError as error:
            return Unavailable(reason=Reason.ERROR, detail=f"{action}: {error}")


def counters(where: DescriptionUrl, description: Description, ledger: Ledger) -> Counters | None:
    """The byte counters that a box described, if it has any on the same server."""
    for service, control in description.services:
        page = where.same_server_url(control)
        if _COUNTERS.fullmatch(service) and page is not None:
            return Counters(page, service, ledger)
    return None


def _fetch(
    where: DescriptionUrl,
    ledger: Ledger,
    *,
    until: float,
    post: bytes | None = None,
    more: Mapping[str, str] | None = None,
) -> web.HttpResponse:
    """One page; of a longer one a byte more than we read.

    Raises:
        OSError: as `Web.get`.
    """
    answer = where.web.get(where.page, until=until, limit=LARGEST + 1, post=post, more=more)
    ledger.add(sent=_AROUND + len(post or b""), received=_AROUND + len(answer.body))
    return answer


def _figure(body: bytes, name: str) -> int:
    """A counter; one of 32 bits that its box writes with a sign is read without.

    Raises:
        ValueError: there is no such number.
    """
    text = next((text for path, text in elements(body) if path[-1] == name), "")
    value = int(text[:24])
    return value % _32_BIT if value < 0 else value
