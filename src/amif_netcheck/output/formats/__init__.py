"""The formats that a report is written in: one file each, found by its name.

A file here holds `FORMAT`, an `OutputFormat`; its name, with `-` for `_`, is what `--format` takes. Nothing else names it.
This file loads none of them, so that `--help` can name them all.
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from amif_netcheck.output.output_format import OutputFormat


def names() -> tuple[str, ...]:
    """All formats, in alphabetical order; none is loaded."""
    return tuple(sorted(module.name.replace("_", "-") for module in pkgutil.iter_modules(__path__)))


def named(name: str) -> OutputFormat:
    """The format of one of `names`."""
    found: OutputFormat = importlib.import_module(f"{__name__}.{name.replace('-', '_')}").FORMAT
    return found
