"""A mail, a web page or a note as text: what people are sent in place of an invitation. Pure; nothing in it is opened or fetched."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from email.message import Message
from html.parser import HTMLParser

_HEADER = re.compile(
    rb"\s*(?:[A-Za-z-]{2,40}:[^\r\n]{0,2000}(?:\r?\n[ \t][^\r\n]{0,2000}){0,200}\r?\n){2,}", re.MULTILINE
)
_MAIL_FIELD = re.compile(
    rb"^(?:from|to|date|subject|received|message-id|mime-version|content-type):", re.IGNORECASE | re.MULTILINE
)
_HTML = re.compile(rb"<\s*(?:!doctype\s+html|html|body|div|p|table|meta)\b", re.IGNORECASE)
_MARKS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"))
_HEAD = 4096
_MOST_PARTS = 100
_MOST_TEXT = 400_000
"""Characters of all parts of a letter together."""
PDF = b"%PDF-"
_ZIP = b"PK\x03\x04"
_BINARY_SHARE = 0.02
_YEARS = (1990, 2100)
"""In which a mail is sent: days are counted from there."""


@dataclass(frozen=True)
class Letter:
    """What a letter says. `sent` is when a mail was sent, `subject` its subject; `pdfs` are files in it that are still to be read.

    `page` is the same as a page, where that is not in the text.
    """

    text: str = ""
    sent: datetime | None = None
    subject: str = ""
    pdfs: tuple[bytes, ...] = ()
    page: str = ""


def read(content: bytes) -> Letter | None:
    """The letter in a file's bytes; None when they are neither text nor a PDF."""
    if content.lstrip()[: len(PDF)] == PDF:
        return Letter(pdfs=(content,))
    if _is_mail(content):
        return _mail(content)
    text = _decoded(content)
    if text is None:
        return None
    return Letter(text=_from_html(text) if _HTML.search(content[:_HEAD]) else text)


def sent(content: bytes) -> datetime | None:
    """When the mail in a file's bytes was sent, without reading it; None when it is no mail or doesn't say."""
    if not _is_mail(content):
        return None
    from email.parser import BytesHeaderParser  # noqa: PLC0415 - slow to load

    return _sent(BytesHeaderParser().parsebytes(content))


def _is_mail(content: bytes) -> bool:
    header = _HEADER.match(content[:_HEAD])
    return header is not None and len(_MAIL_FIELD.findall(header[0])) > 1


def _mail(content: bytes) -> Letter:
    from email import message_from_bytes, policy  # noqa: PLC0415 - slow to load

    try:
        message = message_from_bytes(content, policy=policy.compat32)
        parts = [part for part in message.walk() if not part.is_multipart()][:_MOST_PARTS]
    except RecursionError:  # parts in parts in parts
        return Letter()
    plain, pages, pdfs = [], [], []
    left = 2 * _MOST_TEXT
    for part in parts:
        payload = part.get_payload(decode=True)
        if not isinstance(payload, bytes):
            continue
        kind = part.get_content_type()
        if kind.startswith("text/"):
            left -= len(payload)
            if left < 0:
                break
        if payload.startswith(PDF):
            pdfs.append(payload)
        elif kind == "text/plain":
            plain.append(_in_charset(payload, part.get_content_charset()))
        elif kind == "text/html":
            pages.append(_from_html(_in_charset(payload, part.get_content_charset())))
    # Links often stand in the page alone, and the page's words are those of the plain text: what both say is said once.
    alone = any("://" in one for one in plain)
    text = "\n\n".join(plain if alone else (*pages, *plain))
    page = "\n\n".join(pages) if alone else ""
    return Letter(
        text=text[:_MOST_TEXT],
        sent=_sent(message),
        subject=_subject(message),
        pdfs=tuple(pdfs[:_MOST_PDFS]),
        page=page[:_MOST_TEXT],
    )


_MOST_PDFS = 3


def _sent(message: Message) -> datetime | None:
    from email.utils import parsedate_to_datetime  # noqa: PLC0415

    try:
        sent = parsedate_to_datetime(str(message.get("Date", ""))).astimezone()
    except (ValueError, TypeError, OverflowError, OSError):
        return None
    return sent if _YEARS[0] <= sent.year <= _YEARS[1] else None


def _subject(message: Message) -> str:
    from email.header import decode_header, make_header  # noqa: PLC0415

    raw = str(message.get("Subject", ""))[:2000]
    try:
        return " ".join(str(make_header(decode_header(raw))).split())
    except (ValueError, LookupError):
        return " ".join(raw.split())


def _in_charset(payload: bytes, charset: str | None) -> str:
    try:
        return payload[: 4 * _MOST_TEXT].decode(charset or "utf-8")
    except (ValueError, LookupError):
        return payload[: 4 * _MOST_TEXT].decode("cp1252", errors="replace")


def _decoded(content: bytes) -> str | None:
    """Text in UTF-8, UTF-16 or Windows' Western encoding; None for anything else."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content.decode(encoding, errors="replace")[:_MOST_TEXT]
    if content.startswith(_ZIP) or _is_binary(content[:_HEAD]):
        return None
    content = content[: 4 * _MOST_TEXT]
    try:
        return content.decode()[:_MOST_TEXT]
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")[:_MOST_TEXT]


def _is_binary(head: bytes) -> bool:
    controls = sum(byte < 32 and byte not in b"\t\n\r\f\x1b" for byte in head)  # noqa: PLR2004
    return controls > _BINARY_SHARE * len(head)


class _Text(HTMLParser):
    """The text of a page, with the address of each link behind its words."""

    _BREAKS = frozenset(
        (
            *(
                "br",
                "p",
                "div",
                "tr",
                "li",
                "td",
                "th",
                "dt",
                "dd",
                "h1",
                "h2",
                "h3",
                "h4",
                "h5",
                "h6",
                "hr",
                "pre",
            ),
            *("table", "ul", "ol", "dl", "blockquote", "section", "article", "header", "footer", "address"),
        )
    )
    _HIDDEN = frozenset(("script", "style", "head", "title", "template"))

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hidden = 0
        self._links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """See HTMLParser."""
        if tag in self._HIDDEN:
            self._hidden += 1
        elif tag in self._BREAKS:
            self.parts.append("\n")
        elif tag == "a":
            self._links.append(dict(attrs).get("href") or "")

    def handle_endtag(self, tag: str) -> None:
        """See HTMLParser."""
        if tag in self._HIDDEN:
            self._hidden = max(0, self._hidden - 1)
        elif tag == "a" and self._links:
            link = self._links.pop()
            if link.lower().startswith(("http://", "https://", "tel:")):
                self.parts.append(f" {link} ")
        elif tag in self._BREAKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        """See HTMLParser."""
        if not self._hidden:
            self.parts.append(data)


def _from_html(page: str) -> str:
    parser = _Text()
    # The parser takes the square of the time over what is never closed: comments go, and a `<` without its `>` is a letter.
    closed = re.sub(r"<!--.*?(?:-->|\Z)", " ", page[:_MOST_TEXT], flags=re.DOTALL)
    try:
        parser.feed(re.sub(r"<(?![^<>]{1,4000}>)", "&lt;", closed))
        parser.close()
    except (AssertionError, ValueError, RecursionError):  # what the parser makes of a broken declaration
        pass
    return re.sub(r"\n\s*\n+", "\n\n", re.sub(r"[ \t]+", " ", "".join(parser.parts)))
