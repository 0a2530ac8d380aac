"""Build hook: compiles the gettext catalogs (.po) into what the program reads (.mo)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CatalogHook(BuildHookInterface):  # type: ignore[misc]  # hatchling is not typed
    """Writes one .mo beside each .po; runs for wheels and for editable installs."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile every catalog; a fuzzy entry is left out, as gettext's own tools do."""
        del version, build_data
        for source in sorted(Path(self.root, "src/amif_netcheck/locales").rglob("*.po")):
            with source.open("rb") as file:
                catalog = read_po(file)
            beside = source.with_suffix(".mo.new")
            with beside.open("wb") as file:
                write_mo(file, catalog)
            beside.replace(source.with_suffix(".mo"))  # at once: the program may run meanwhile
