"""A child that reads the text of a PDF: files come from strangers, and a small one may ask for hours and gigabytes."""

from __future__ import annotations

import base64
import contextlib
import io
import sys

from amif_netcheck.children import inside

_MOST_PAGES = 20
_MOST_CHARACTERS = 100_000
_MOST_MEMORY = 512 * 1024 * 1024


def _limit_memory() -> None:
    if sys.platform != "win32":  # there, the deadline alone holds
        import resource  # noqa: PLC0415 - Unix alone has it

        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))


def _text(content: bytes) -> str:
    import logging  # noqa: PLC0415

    import pypdf  # noqa: PLC0415 - slow to load

    inside.end_with_parent()
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    reader = pypdf.PdfReader(io.BytesIO(content), strict=False)
    pages: list[str] = []
    for page in reader.pages[:_MOST_PAGES]:
        pages.append(page.extract_text())
        pages += _links(page)
        if sum(map(len, pages)) > _MOST_CHARACTERS:
            break
    return "\n\n".join(pages)[:_MOST_CHARACTERS]


def _links(page: object) -> list[str]:
    """Where the links of a page lead: its text often says “ici” alone."""
    found = []
    for annotation in getattr(page, "annotations", None) or ():
        with contextlib.suppress(Exception):  # one that is broken costs no other
            found.append(str(annotation.get_object()["/A"]["/URI"]))
    return found[:50]


def main() -> None:
    """Answer with the text, or with what went wrong."""
    content = base64.b64decode(inside.request()["pdf"])
    _limit_memory()
    try:
        inside.write_line(text=_text(content))
    except (Exception, RecursionError, MemoryError) as error:  # noqa: BLE001 - whatever a broken file does
        inside.write_line(error=type(error).__name__)
    inside.exit_now()


if __name__ == "__main__":
    main()
