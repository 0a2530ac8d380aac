"""Bring the catalogs up to date with the texts in the source: new ones are added untranslated, old ones removed.

Run by contributors after changing a text; the tests fail while a catalog is behind or incomplete.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from amif_netcheck.advice.language import LANGUAGES
from amif_netcheck.advice.language import SOURCE as SOURCE_LANGUAGE

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "amif_netcheck"
TRANSLATED = tuple(language for language in LANGUAGES if language != SOURCE_LANGUAGE)
_NO_DATE = datetime(2026, 1, 1, tzinfo=UTC)
_METHODS = [("**.py", "python"), ("output/page/templates/**.html", "jinja2")]
KEYWORDS = {"N_": None, "text": None, "plural": (1, 2)}


def texts() -> Catalog:
    """Every text of the program that is shown to people, without translations."""
    template = Catalog(project="amif-netcheck")
    for name, _line, message, _comments, _context in extract_from_dir(
        str(SOURCE), _METHODS, keywords=KEYWORDS
    ):
        template.add(message, locations=[(name, 0)])
    return template


def catalog_path(language: str) -> Path:
    """The catalog of a language."""
    return SOURCE / "locales" / language / "LC_MESSAGES" / "amif_netcheck.po"


def read(language: str) -> Catalog:
    """A language's catalog as it is."""
    path = catalog_path(language)
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def main() -> int:
    """Update the catalog of every language but English, which is that of the source."""
    missing = 0
    for language in TRANSLATED:
        catalog = read(language)
        catalog.update(texts(), no_fuzzy_matching=True)  # takes the messages over, so each its own
        catalog.obsolete.clear()
        for message in catalog:
            forms = [message.string] if isinstance(message.string, str) else list(message.string or [""])
            missing += bool(message.id and not all(forms))
        catalog.project, catalog.version, catalog.fuzzy = "amif-netcheck", "1", False
        catalog.header_comment = f"# amif-netcheck in {catalog.locale_identifier}"
        catalog.creation_date = catalog.revision_date = _NO_DATE  # git knows
        path = catalog_path(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        written = BytesIO()
        write_po(written, catalog, width=0, sort_output=True, ignore_obsolete=True, include_lineno=False)
        lines = written.getvalue().splitlines(keepends=True)  # the same with every Babel
        path.write_bytes(b"".join(line for line in lines if not line.startswith(b'"Generated-By')))
        with path.with_suffix(".mo").open("wb") as file:  # what an editable install reads
            write_mo(file, catalog)
    if missing:
        sys.stderr.write(f"{missing} texts wait for their translation\n")
    return int(missing > 0)


if __name__ == "__main__":
    raise SystemExit(main())
