"""Attendees as Apache Parquet, batch by batch: memory does not grow with their number. Needs the extra `analytics`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import BinaryIO

import pyarrow as pa
from pyarrow import parquet

from amif_netcheck.desk import table
from amif_netcheck.desk.digest import Digest

_BATCH = 10_000
_TYPES = {
    "generated_at": pa.timestamp("us", tz="UTC"),
    "score": pa.int16(),
    "problems": pa.list_(pa.string()),
    **dict.fromkeys(("coverage", *table.MEASURED), pa.float64()),
}
"""Those of columns that are no texts."""
SCHEMA = pa.schema([(name, _TYPES.get(name, pa.string())) for name in table.COLUMNS])


def write(digests: Iterable[Digest], file: BinaryIO) -> int:
    """A row an attendee, in the order in which they come; returns how many."""
    written, rest = 0, iter(digests)
    with parquet.ParquetWriter(file, SCHEMA, compression="zstd") as writer:
        while batch := list(islice(rest, _BATCH)):
            writer.write_batch(pa.RecordBatch.from_pylist(list(_rows(batch)), schema=SCHEMA))
            written += len(batch)
    return written


def _rows(digests: list[Digest]) -> Iterator[dict[str, object]]:
    """The rows of the CSV, with moments and lists as such."""
    for digest, row in zip(digests, table.rows(digests), strict=True):
        yield row | {"generated_at": digest.when, "problems": list(digest.problems)}
