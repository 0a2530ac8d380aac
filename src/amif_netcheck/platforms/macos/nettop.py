"""What `nettop -L` writes: CSV samples of every process's connections, with bytes so far. Pure.

A sample begins with a line of headings; a line `name.pid` is followed by those of its connections (`tcp4 a:1<->b:2`). Names are
cut after 15 characters, and may hold spaces, dots and commas. nettop(1) has no language; which columns there are is told by the
headings alone.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from contextlib import suppress
from ipaddress import ip_address
from typing import NamedTuple

from amif_netcheck.platforms.text import clean

_RECEIVED, _SENT = "bytes_in", "bytes_out"
_PROCESS = re.compile(r"(.*)\.(\d{1,10})")
_FLOW = re.compile(r"(tcp|udp|quic)[46]? (.+)<->(.+)")
_WILDCARD = {"*", ""}
_STRANGE = "\x04\x08\r"
"""Control codes that a terminal's end of file leaves before the first heading."""


class FlowEndpoint(NamedTuple):
    """An address, empty for any, and a port, 0 for any."""

    address: str
    port: int


class NettopFlow(NamedTuple):
    """A connection, or a UDP socket (whose `remote` may be empty): what tells it apart in every sample."""

    udp: bool
    local: FlowEndpoint
    remote: FlowEndpoint


class Moved(NamedTuple):
    """Bytes since it exists."""

    received: int
    sent: int


class NettopProcess:
    """A process in one sample: its name as far as nettop shows it, its sum, and its connections."""

    def __init__(self, name: str, total: Moved) -> None:
        self.name = name
        self.total = total
        self.flows: dict[NettopFlow, Moved] = {}


NettopSample = dict[int, NettopProcess]
"""By process id."""


def parse(text: str) -> list[NettopSample]:
    """All samples that were written, in their order."""
    samples: list[NettopSample] = []
    columns: _Columns | None = None
    process: NettopProcess | None = None
    for row in _rows(text):
        headings = _columns(row)
        if headings is not None:
            columns, process = headings, None
            samples.append({})
        elif columns is not None:
            process = _add(samples[-1], process, row, columns)
    return samples


def _rows(text: str) -> Iterator[list[str]]:
    for line in text.splitlines():
        with suppress(csv.Error, StopIteration):
            yield next(csv.reader([line.strip(_STRANGE)]))


class _Columns(NamedTuple):
    """Where name, bytes in and bytes out are in a line, and how many columns there are."""

    name: int
    received: int
    sent: int
    width: int


def _columns(row: list[str]) -> _Columns | None:
    """Of a line of headings; the name's heading is empty."""
    if _RECEIVED not in row or _SENT not in row or "" not in row:
        return None
    return _Columns(row.index(""), row.index(_RECEIVED), row.index(_SENT), len(row))


def _add(
    sample: NettopSample, process: NettopProcess | None, row: list[str], columns: _Columns
) -> NettopProcess | None:
    """Put one line into the sample; the process that the next lines belong to. What is too wide has commas in its name."""
    commas = max(0, len(row) - columns.width)
    try:
        received, sent = (row[at + commas] for at in (columns.received, columns.sent))
        moved = Moved(int(received or 0), int(sent or 0))
        name = ",".join(row[columns.name : columns.name + commas + 1])
    except (ValueError, IndexError):
        return process
    flow = _flow(name)
    if flow is not None:
        if process is not None:
            process.flows[flow] = moved
        return process
    found = _PROCESS.fullmatch(name)
    if found is None:
        return None
    return sample.setdefault(int(found[2]), NettopProcess(clean(found[1]), moved))


def _flow(name: str) -> NettopFlow | None:
    found = _FLOW.fullmatch(name)
    if found is None:
        return None
    local, remote = _endpoint(found[2]), _endpoint(found[3])
    if local is None or remote is None:
        return None
    return NettopFlow(udp=found[1] != "tcp", local=local, remote=remote)


def _endpoint(text: str) -> FlowEndpoint | None:
    """`192.0.2.1:443`, `2001:db8::1.443`, `fe80::1%en0.443`, `*:5353`, `*.*`: IPv6 has a dot before its port."""
    address, colon, port = text.rpartition(":")
    if not colon or ":" in address or "." in port:
        address, _, port = text.rpartition(".")
    if port != "*" and not port.isdecimal():
        return None
    address = address.strip("[]").partition("%")[0]
    if address not in _WILDCARD:
        try:
            address = str(ip_address(address))
        except ValueError:  # a name, where it was looked up
            return FlowEndpoint(clean(address), 0 if port == "*" else int(port))
    return FlowEndpoint("" if address in _WILDCARD else address, 0 if port == "*" else int(port))
