"""Attendees as rows for spreadsheets and databases, with the numbers that were measured."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

import msgspec

from amif_netcheck.desk.digest import Digest
from amif_netcheck.desk.summary import Summary
from amif_netcheck.output.escape import for_json
from amif_netcheck.output.metrics import OF_FACTS

MEASURED = tuple(metric.name for metric in OF_FACTS)
"""What was measured, by the names that monitoring has for it."""
COLUMNS = (
    "file",
    "generated_at",
    "site",
    "system",
    "verdict",
    "score",
    "coverage",
    "first",
    "problems",
    *MEASURED,
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula (OWASP, CSV Injection)."""


def rows(digests: Iterable[Digest]) -> Iterator[dict[str, str | float | int | None]]:
    """One an attendee read with its numbers, by `COLUMNS`; what was not measured is None."""
    for digest in digests:
        yield {
            "file": digest.file,
            "generated_at": digest.when.isoformat() if digest.when else None,
            "site": digest.site,
            "system": digest.system,
            "verdict": digest.verdict.value,
            "score": digest.score,
            "coverage": digest.coverage,
            "first": digest.first,
            "problems": " ".join(digest.problems),
            **dict(zip(MEASURED, digest.measured, strict=True)),
        }


def as_csv(digests: Iterable[Digest]) -> Iterator[str]:
    """Lines of RFC 4180's form, the first with the names; no cell can be taken for a formula."""
    line = io.StringIO(newline="")
    writer = csv.DictWriter(line, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    for row in rows(digests):
        yield line.getvalue()
        line.seek(0)
        line.truncate()
        writer.writerow({name: _cell(value) for name, value in row.items()})
    yield line.getvalue()


def as_json(summary: Summary) -> Iterator[bytes]:
    """The whole summary as one document, an attendee a line, piece by piece."""
    head = {
        name: getattr(summary, name) for name in ("verdicts", "causes", "shared", "left_out", "unreadable")
    }
    yield _escaped(msgspec.json.format(msgspec.json.encode(head), indent=2).removesuffix(b"\n}"))
    yield b',\n  "attendees": [\n    '
    between = b""
    for digest in summary.attendees:
        [row] = rows([digest])
        yield between + _escaped(msgspec.json.encode(row | {"problems": digest.problems}))
        between = b",\n    "
    yield b"\n  ]\n}\n"


def _escaped(encoded: bytes) -> bytes:
    return for_json(encoded.decode()).encode()


def _cell(value: str | float | None) -> str | float | None:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
