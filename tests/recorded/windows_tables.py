"""Windows' tables for tests: bytes that were recorded, and rows that are laid out by hand."""

from __future__ import annotations

import base64
import json
import zlib
from ctypes import Structure
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from amif_netcheck.model.facts import Reason, Unavailable
from amif_netcheck.platforms.answers import Address
from amif_netcheck.platforms.windows import structures, tables
from amif_netcheck.platforms.windows.ip_helper import IpHelper

FOLDER = Path(__file__).parents[1] / "data" / "windows"


def recorded(name: str) -> bytes:
    """A table of Wine's."""
    texts = json.loads((FOLDER / "wine-8-tables.json").read_text(encoding="utf-8"))
    return zlib.decompress(base64.b64decode(texts[name]))


def table(*rows: Structure) -> bytes:
    """Rows of one kind behind their count."""
    begin = tables.start(type(rows[0])) if rows else 4
    return len(rows).to_bytes(4, "little").ljust(begin, b"\0") + b"".join(map(bytes, rows))


def interface_row(index: int, alias: str, **fields: Any) -> structures.IfRow2:
    """`mac` as text; the rest as the structure has it."""
    row = structures.IfRow2(index=index)
    for units, text in ((row.alias, alias), (row.description, fields.pop("description", alias))):
        encoded = text.encode("utf-16-le")
        units[: len(encoded) // 2] = memoryview(encoded).cast("H").tolist()
    octets = bytes.fromhex(fields.pop("mac", "").replace(":", ""))
    row.physical_address_length = len(octets)
    for place in (row.physical_address, row.permanent_physical_address):
        place[: len(octets)] = octets
    row.guid[:] = bytes([index] * 16)
    for name, value in fields.items():
        setattr(row, name, value)
    return row


def address_row(index: int, address: str, prefix: int, dad_state: int = 4) -> structures.UnicastAddressRow:
    return structures.UnicastAddressRow(
        index=index,
        address=tables.sockaddr(ip_address(address)),
        on_link_prefix_length=prefix,
        dad_state=dad_state,
    )


def route_row(index: int, to: str, hop: str = "", metric: int = 0) -> structures.ForwardRow2:
    network, _, length = to.partition("/")
    unspecified = "0.0.0.0" if "." in network else "::"
    return structures.ForwardRow2(
        index=index,
        destination=tables.sockaddr(ip_address(network)),
        prefix_length=int(length),
        next_hop=tables.sockaddr(ip_address(hop or unspecified)),
        metric=metric,
    )


class FakeIpHelper(IpHelper):
    """Answers what it is given; what is missing, with `unsupported`."""

    def __init__(self, **answers: Any) -> None:
        self.answers = answers

    def _answer(self, name: str) -> Any:
        return self.answers.get(name, Unavailable(reason=Reason.UNSUPPORTED, detail=name))

    def interfaces(self) -> bytes | Unavailable:
        return self._answer("interfaces")  # type: ignore[no-any-return]

    def interface(self, index: int) -> bytes | Unavailable:
        return self._answer(f"interface {index}")  # type: ignore[no-any-return]

    def addresses(self) -> bytes | Unavailable:
        return self._answer("addresses")  # type: ignore[no-any-return]

    def routes(self) -> bytes | Unavailable:
        return self._answer("routes")  # type: ignore[no-any-return]

    def ip_interfaces(self) -> bytes | Unavailable:
        return self._answer("ip_interfaces")  # type: ignore[no-any-return]

    def stack(self) -> bytes | Unavailable:
        return self._answer("stack")  # type: ignore[no-any-return]

    def neighbours(self, version: int) -> bytes | Unavailable:
        return self._answer(f"neighbours {version}")  # type: ignore[no-any-return]

    def best_interface(self, address: Address) -> int | Unavailable:
        return self._answer(f"best_interface {address}")  # type: ignore[no-any-return]

    def best_route(self, address: Address) -> bytes | Unavailable:
        return self._answer(f"best_route {address}")  # type: ignore[no-any-return]

    def connectivity(self, index: int) -> bytes | Unavailable:
        return self._answer(f"connectivity {index}")  # type: ignore[no-any-return]

    def tcp(self, version: int) -> bytes | Unavailable:
        return self._answer(f"tcp {version}")  # type: ignore[no-any-return]

    def udp(self, version: int) -> bytes | Unavailable:
        return self._answer(f"udp {version}")  # type: ignore[no-any-return]
