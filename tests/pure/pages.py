"""What a page is made of, read by the standard library's parser: for the tests of pages."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import pairwise

from amif_netcheck.output.escape import is_harmless

VOID = {"meta", "br"}
TAGS = {
    *(
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "header",
        "main",
        "footer",
        "section",
        "article",
        "div",
    ),
    *(
        "h1",
        "h2",
        "h3",
        "p",
        "span",
        "strong",
        "ol",
        "ul",
        "li",
        "br",
        "dl",
        "dt",
        "dd",
        "details",
        "summary",
    ),
    *("table", "caption", "thead", "tbody", "tr", "th", "td", "svg", "desc", "rect", "path", "text"),
}
"""All that our templates and charts use."""
ATTRIBUTES = {
    *(
        "lang",
        "charset",
        "http-equiv",
        "content",
        "name",
        "class",
        "id",
        "aria-labelledby",
        "aria-hidden",
        "scope",
    ),
    *("role", "viewbox", "x", "y", "d", "width", "height", "text-anchor"),
}


@dataclass
class Element:
    """One element with what is in it."""

    tag: str
    attributes: dict[str, str]
    inner: list[Element] = field(default_factory=list)
    text: str = ""

    def all(self, *tags: str) -> list[Element]:
        """All of these below it, in the order of the page."""
        found = [self] if self.tag in tags else []
        return found + [each for inner in self.inner for each in inner.all(*tags)]

    def words(self) -> str:
        """All text in it."""
        return " ".join(part for part in (self.text, *(each.words() for each in self.inner)) if part.strip())


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.top = Element("", {})
        self.open = [self.top]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        assert len(element.attributes) == len(attrs), "an attribute twice"
        self.open[-1].inner.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.open = self.open[:-1] if tag not in VOID else self.open

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].tag == tag, f"</{tag}> closes <{self.open[-1].tag}>"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")


def parsed(content: bytes) -> Element:
    """The page, which has to be whole, harmless and alone; and readable without eyes."""
    page = content.decode()
    assert all(character == "\n" or is_harmless(character) for character in page)
    parser = _Parser()
    parser.feed(page)
    parser.close()
    assert parser.open == [parser.top]
    top = parser.top
    assert {each.tag for each in top.all(*_tags(top))} <= TAGS
    assert {name for each in top.all(*TAGS) for name in each.attributes} <= ATTRIBUTES
    _asks_for_nothing(page)
    _is_for_screen_readers(top)
    return top


def _tags(element: Element) -> set[str]:
    return {element.tag, *(tag for inner in element.inner for tag in _tags(inner))} - {""}


def _asks_for_nothing(page: str) -> None:
    style = page.partition("<style>")[2].partition("</style>")[0]
    assert not re.search(r"url\(|@import|image-set|src\(", style)
    assert not re.search(r"<(script|link|img|iframe|object|embed|base|form)\b", page, re.IGNORECASE)


def _is_for_screen_readers(top: Element) -> None:
    (html,) = top.all("html")
    assert html.attributes["lang"] in {"fr", "en"}
    (title,) = top.all("title")[:1]
    assert title.words().strip()
    levels = [int(each.tag[1]) for each in top.all("h1", "h2", "h3")]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert all(each.words().strip() for each in top.all("h1", "h2", "h3"))
    ids = [each.attributes["id"] for each in top.all(*TAGS) if "id" in each.attributes]
    assert len(ids) == len(set(ids))
    assert len(top.all("main")) == 1
    for table in top.all("table"):
        (caption,) = table.all("caption")
        assert caption.words().strip()
        assert all(each.attributes.get("scope") in {"col", "row"} for each in table.all("th"))
        columns = len(table.all("thead")[0].all("th"))
        assert all(len(row.all("th", "td")) == columns for row in table.all("tbody")[0].all("tr"))
    for picture in top.all("svg"):
        assert picture.attributes["role"] == "img"
        assert set(picture.attributes["aria-labelledby"].split()) <= set(ids)
        assert picture.all("title")[0].words().strip()
        assert picture.all("desc")[0].words().strip()
