"""The bytes of an invitation's file as content lines (RFC 5545, section 3.1), whatever mail and editors did to them."""

from __future__ import annotations

import re

_BREAK = re.compile(rb"\r*\n|\r")
_BEGIN = re.compile(rb"^[\s>|]*BEGIN\s*:\s*V(?:CALENDAR|EVENT)\b", re.IGNORECASE | re.MULTILINE)
_BOUNDARY = re.compile(rb"\s*(?:BEGIN|END)\s*:\s*[\w-]*\s*", re.IGNORECASE)
"""A line that is never folded: what is folded behind it has lost its first line."""
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
    unfolded = _unfolded(_without_prefix(_BREAK.sub(b"\n", content)).split(b"\n"))
    return _decoded(b"\n".join(unfolded)).replace("\ufeff", "").split("\n")


def _calendar_part(content: bytes) -> bytes:
    """Of a mail (RFC 5322) its calendar, of others all."""
    header, begin = _MIME.search(content), _BEGIN.search(content)
    if header is None or (begin is not None and begin.start() < header.start()):
        return content
    from email import message_from_bytes  # noqa: PLC0415 - slow to load

    calendars: dict[bool, list[bytes]] = {True: [], False: []}
    for part in message_from_bytes(content).walk():
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes) and _BEGIN.search(_BREAK.sub(b"\n", payload)):
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
    prefix = re.match(rb"[\s>|]*", begin[0])[0].rpartition(b"\n")[2] if begin else b""  # type: ignore[index]
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
        if whole and line[:1] in {b" ", b"\t"} and not _BOUNDARY.fullmatch(whole[-1][0]):
            whole[-1].append(line[1:])
        elif whole and whole[-1][-1].endswith(b"=") and _QUOTED_PRINTABLE.match(whole[-1][0]):
            whole[-1][-1] = whole[-1][-1][:-1]
            whole[-1].append(line)
        else:
            whole.append([line])
    return [b"".join(pieces) for pieces in whole]


def _decoded(content: bytes) -> str:
    """As UTF-8 but for the bytes that are none; as Windows' Western encoding when nothing in it is UTF-8."""
    text = content.decode("utf-8", errors="surrogateescape")
    if not re.search(f"[{_ESCAPED}]", text):
        return text
    is_utf8 = re.search(f"[^\x00-\x7f{_ESCAPED}]", text) is not None
    return content.decode("utf-8" if is_utf8 else "cp1252", errors="replace")
