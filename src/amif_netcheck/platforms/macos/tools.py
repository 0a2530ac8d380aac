"""macOS's own command line tools: by absolute path, in no language, killed when their time is up.

They are Apple's binaries: where the system tells programs of others less (the bytes of interfaces, hardware addresses, the
local network), it tells them all.
"""

from __future__ import annotations

import subprocess
from typing import Protocol

from amif_netcheck import children
from amif_netcheck.model.facts import Reason, Unavailable

_ENV = "/usr/bin/env"
_LANGUAGE = ("LC_ALL=C", "LANG=C", "LANGUAGE=C")
_LARGEST = 4 * 1024 * 1024


class Tools(Protocol):
    """Who runs them; recordings in tests."""

    def output(self, *command: str, seconds: float) -> str | Unavailable:
        """What a tool writes to its standard output within so many seconds; its first argument is its absolute path.

        `TIMEOUT` when it took longer, `NOT_PRESENT` when there is no such tool, `ERROR` when it wrote nothing.
        """


class SystemTools:
    """See `Tools`."""

    def output(self, *command: str, seconds: float) -> str | Unavailable:
        """See `Tools`."""
        name = command[0].rpartition("/")[2]
        if seconds <= 0:
            return Unavailable(reason=Reason.TIMEOUT, detail=f"no time was left for {name}")
        try:
            # `env` becomes the tool: what is killed at the end is the tool itself.
            written = children.output_of((_ENV, *_LANGUAGE, *command), seconds=seconds)
        except subprocess.TimeoutExpired:
            return Unavailable(reason=Reason.TIMEOUT, detail=f"{name} took longer than {seconds:.1f} s")
        except OSError as error:
            return Unavailable(reason=Reason.NOT_PRESENT, detail=f"{name}: {error.strerror or error}")
        if not written.strip():
            return Unavailable(reason=Reason.ERROR, detail=f"{name} wrote nothing")
        return written[:_LARGEST].decode("utf-8", "replace")
