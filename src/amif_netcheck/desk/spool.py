"""Attendees in their order, worst first, however many: they wait in a temporary file, and only where each lies is in memory."""

from __future__ import annotations

import tempfile
import weakref
from array import array
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import overload

import msgspec

from amif_netcheck.desk.digest import Digest

_IN_MEMORY = 8 * 1024 * 1024
"""Bytes: fewer never touch the disk."""
_LENGTH = 4
_DECODER = msgspec.msgpack.Decoder(Digest)


class Spool(Sequence[Digest]):
    """Those that were added, by how bad it is and then as they came. The file has no name, and goes with this."""

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - closed with this object
        weakref.finalize(self, self._file.close)
        self._end = 0
        self._places: dict[int, array[int]] = {}

    def add(self, digest: Digest, badness: int) -> None:
        """One more; the smallest `badness` comes first. Raises OSError where the disk is full."""
        encoded = msgspec.msgpack.encode(digest)
        self._file.seek(self._end)
        self._file.write(len(encoded).to_bytes(_LENGTH, "little") + encoded)
        self._places.setdefault(badness, array("Q")).append(self._end)
        self._end += _LENGTH + len(encoded)

    def __len__(self) -> int:
        return sum(map(len, self._places.values()))

    def __iter__(self) -> Iterator[Digest]:
        return map(self._at, self._in_order())

    @overload
    def __getitem__(self, place: int) -> Digest: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[Digest, ...]: ...

    def __getitem__(self, place: int | slice) -> Digest | tuple[Digest, ...]:
        if isinstance(place, int):
            return self._at(next(islice(self._in_order(), range(len(self))[place], None)))
        wanted = range(len(self))[place]
        if wanted.step < 0:
            return self[wanted[-1] : wanted[0] + 1 : -wanted.step][::-1] if wanted else ()
        return tuple(map(self._at, islice(self._in_order(), wanted.start, wanted.stop, wanted.step)))

    def _in_order(self) -> Iterator[int]:
        return chain.from_iterable(self._places[badness] for badness in sorted(self._places))

    def _at(self, place: int) -> Digest:
        self._file.seek(place)
        length = int.from_bytes(self._file.read(_LENGTH), "little")
        return _DECODER.decode(self._file.read(length))
