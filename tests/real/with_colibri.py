"""The program, which knows one application for calls more: others' tests, which look at all processes, don't know it."""

from __future__ import annotations

import sys

from msgspec import structs

from amif_netcheck import cli
from amif_netcheck.catalog import calls

PROCESS, NAME = "amif-colibri", "Colibri"


def main() -> int:
    known = calls._calls()
    more = structs.replace(known, call=(*known.call, calls.KnownCall(name=NAME, processes=(PROCESS,))))
    calls._calls = lambda: more  # type: ignore[assignment]
    return cli.main(sys.argv[1:])


if __name__ == "__main__":
    raise SystemExit(main())
