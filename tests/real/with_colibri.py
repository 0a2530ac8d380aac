"""The program, which knows one application for calls more: others, who look at all processes too, don't know it.

`python -m tests.real.with_colibri PROCESS [ARGUMENTS]`.
"""

from __future__ import annotations

import sys

from msgspec import structs

from amif_netcheck.catalog import calls
from amif_netcheck.cli import main as cli

NAME = "Colibri"


def main() -> int:
    process, *arguments = sys.argv[1:]
    known = calls._calls()
    more = structs.replace(known, call=(*known.call, calls.KnownCall(name=NAME, processes=(process,))))
    calls._calls = lambda: more  # type: ignore[assignment]
    return cli.main(arguments)


if __name__ == "__main__":
    raise SystemExit(main())
