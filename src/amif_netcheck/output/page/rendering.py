"""From a template and what is in it to one HTML file."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from amif_netcheck import __version__
from amif_netcheck.advice.language import Language
from amif_netcheck.output.escape import for_terminal

_TEMPLATES = Path(__file__).parent / "templates"


def page(template: str, language: Language, **content: Any) -> bytes:
    """A whole page. Whatever text is in `content` is escaped for HTML, and no character in it is obeyed by who reads it."""
    style = _source("style.css")
    digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    drawn = (
        _environment()
        .get_template(template)
        .render(
            **content,
            text=language.text,
            plural=language.plural,
            language=language.code,
            style=Markup(style),  # noqa: S704 - a file of ours
            # Should a text ever get through as markup, the browser runs nothing and asks for nothing.
            policy=f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'",
            version=__version__,
        )
    )
    return ("\n".join(for_terminal(line) for line in drawn.split("\n") if line.strip()) + "\n").encode()


def svg(chart: ET.Element) -> Markup:
    """A chart as a part of a page."""
    return Markup(ET.tostring(chart, encoding="unicode"))  # noqa: S704 - escaped by ElementTree


@cache
def _environment() -> Environment:
    return Environment(
        autoescape=True,
        undefined=StrictUndefined,
        loader=FunctionLoader(_source),
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


@cache
def _source(name: str) -> str:
    """A template or the style, which may lie in an archive with the program."""
    content: bytes = __spec__.loader.get_data(str(_TEMPLATES / name))  # type: ignore[union-attr]
    return content.decode().replace("\r\n", "\n")
