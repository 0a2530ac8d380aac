"""How Python packages find the C libraries that they bind."""

from __future__ import annotations

import contextlib
import ctypes.util
import sys
from collections.abc import Iterator

_SONAMES = {"portaudio": "libportaudio.so.2", "libpulse": "libpulse.so.0"}
"""Names that the dynamic linker looks for, by those that `sounddevice` and `pulsectl` search for."""


@contextlib.contextmanager
def linker_names() -> Iterator[None]:
    """On Linux, packages that are imported here load libraries by the linker's own search.

    `ctypes.util.find_library` runs `ldconfig` and a compiler for it, and fails where no temporary file can be written.
    """
    search = ctypes.util.find_library
    if sys.platform == "linux":
        ctypes.util.find_library = lambda name: _SONAMES.get(name) or search(name)
    try:
        yield
    finally:
        ctypes.util.find_library = search
