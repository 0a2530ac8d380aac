"""The bytes of an invitation's file as content lines (RFC 5545, section 3.1), whatever mail and editors did to them."""

from __future__ import annotations

import re

_BEGIN = re.compile(rb"^[ \t>|]{0,40}BEGIN[ \t]*:[ \t]*V(?:CALENDAR|EVENT)\b", re.IGNORECASE | re.MULTILINE)
_COMPLETE = re.compile(
    rb"\s*(?:(?:BEGIN|END)\s*:\s*[\w-]*|(?:DTSTART|DTEND|RECURRENCE-ID)\b.*:\s*[0-9]{8}(?:T[0-9]{6}Z?)?)\s*",
    re.IGNORECASE,
)
_SHORT = re.compile(rb"\s*(?:DURATION|RRULE|RDATE|EXDATE|STATUS|SEQUENCE|UID)\b.{0,45}", re.IGNORECASE)
"""Lines that nobody folds: what is folded behind them has lost its first line."""
_MIME = re.compile(rb"^content-(?:type|transfer-encoding)\s*:", re.IGNORECASE | re.MULTILINE)
_QUOTED_PRINTABLE = re.compile(rb"^[\w-]+[^:]*;\s*(?:ENCODING\s*=\s*)?QUOTED-PRINTABLE[^:]*:", re.IGNORECASE)
_ENCODINGS = (
    *((b"\xff\xfe\x00\x00", "utf-32"), (b"\x00\x00\xfe\xff", "utf-32")),
    *((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")),
    *((b"B\x00E\x00", "utf-16-le"), (b"\x00B\x00E", "utf-16-be")),
)
"""How a file begins that is not in ASCII's bytes."""
_ESCAPED = "\udc80-\udcff"
"""What Python decodes bytes to that are not UTF-8."""


def content_lines(content: bytes) -> list[str]:
    """The lines, unfolded and decoded; those around the calendar too, empty ones not."""
    encoding = next((name for start, name in _ENCODINGS if content.startswith(start)), "")
    if encoding:
        content = content.decode(encoding, errors="replace").encode("utf-8", errors="replace")
    content = _calendar_part(content.replace(b"\0", b""))
    unfolded = _unfolded(_without_prefix(_with_breaks(content)).split(b"\n"))
    return _decoded(b"\n".join(unfolded)).replace("\ufeff", "").split("\n")


def _with_breaks(content: bytes) -> bytes:
    """Lines end with LF: of CR LF, CR alone or CR CR LF, or these as letters, only empty lines are left."""
    if re.search(rb"BEGIN:VCALENDAR(?:\\r)?\\n", content):  # all of them are written out
        content = content.replace(b"\\r", b"").replace(b"\\n", b"\n")
    return content.replace(b"\r", b"\n")


def _calendar_part(content: bytes) -> bytes:
    """Of a mail (RFC 5322) its calendar, of others all."""
    header, begin = _MIME.search(content), _BEGIN.search(content)
    if header is None or (begin is not None and begin.start() < header.start()):
        return content
    from email import message_from_bytes  # noqa: PLC0415 - slow to load

    try:
        parts = list(message_from_bytes(content).walk())
    except RecursionError:  # parts in parts in parts
        return content
    calendars: dict[bool, list[bytes]] = {True: [], False: []}
    for part in parts:
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes) and _BEGIN.search(_with_breaks(payload)):
            calendars[part.get_content_type() == "text/calendar"].append(
                _in_utf8(payload, part.get_content_charset())
            )
    return b"\n".join(calendars[True] or calendars[False]) or content


def _in_utf8(payload: bytes, charset: str | None) -> bytes:
    try:
        return payload.decode(charset or "utf-8").encode()
    except (UnicodeError, LookupError):
        return payload


def _without_prefix(content: bytes) -> bytes:
    """Without what stands before each line of a calendar that was quoted (`> `) or indented."""
    begin = _BEGIN.search(content)
    prefix = begin[0][: -len(begin[0].lstrip(b" \t>|"))] if begin else b""
    if not prefix:
        return content
    return re.sub(
        rb"^" + re.escape(prefix.rstrip()) + rb"[ \t]{0,%d}" % _blanks(prefix),
        b"",
        content,
        flags=re.MULTILINE,
    )


def _blanks(prefix: bytes) -> int:
    return len(prefix) - len(prefix.rstrip())


def _unfolded(lines: list[bytes]) -> list[bytes]:
    """Whole lines: before decoding, as some fold inside a character."""
    whole: list[list[bytes]] = []
    for line in lines:
        if not line.strip():
            continue
        if whole and whole[-1][-1].endswith(b"=") and _QUOTED_PRINTABLE.match(whole[-1][0][:200]):
            whole[-1][-1] = whole[-1][-1][:-1]
            whole[-1].append(line)
        elif whole and line[:1] in {b" ", b"\t"} and not _ends_here(whole[-1]):
            whole[-1].append(line[1:])
        else:
            whole.append([line])
    return [b"".join(pieces) for pieces in whole]


def _ends_here(pieces: list[bytes]) -> bool:
    return len(pieces) == 1 and bool(_COMPLETE.fullmatch(pieces[0]) or _SHORT.fullmatch(pieces[0]))


def _decoded(content: bytes) -> str:
    """As UTF-8 but for the bytes that are none; as Windows' Western encoding when nothing in it is UTF-8."""
    text = content.decode("utf-8", errors="surrogateescape")
    if not re.search(f"[{_ESCAPED}]", text):
        return text
    is_utf8 = re.search(f"[^\x00-\x7f{_ESCAPED}]", text) is not None
    return content.decode("utf-8" if is_utf8 else "cp1252", errors="replace")
