"""The headers of mails that are quoted or forwarded in a text: their dates say when somebody wrote, not when a meeting is. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice

_MARK = r"[ \t>|*_]{0,40}"
_SENDER, _SENT, _DATE, _OTHER = "sender", "sent", "date", "other"
_LABELS = {
    _SENDER: "de|from|expéditeur",
    _SENT: "envoyé(?: le)?|sent(?: on)?",
    _DATE: "date",
    _OTHER: "à|a|to|cc|cci|bcc|objet|subject|répondre à|reply-to|destinataires?",
}
_LABEL = re.compile(
    "|".join(rf"(?P<{kind}>{_MARK}(?:{words}){_MARK}:)" for kind, words in _LABELS.items())
    + rf"|(?P<said>{_MARK}message du\s)"
)
_WROTE = re.compile(
    r"\b(?:a\s{1,3}écrit|wrote|writes)(?:\s(?:le|on)\s[^\n]{4,60})? ?:|\b(?:a\s{1,3}écrit|wrote) (?:le|on) [^\n:]{4,60}"
)
_INLINE = re.compile(
    r"(?:\benvoyé(?: le)?|\bsent(?: on)?)[ *_]{0,4}:[^\n]{0,80}?(?=\s[*_]{0,2}(?:à|a|to|cc|objet|subject)[ *_]{0,4}:|\n|$)"
)
"""Where the header's lines have become one."""
_OLD_GMAIL = re.compile(r"20\d\d-\d\d-\d\d \d{1,2}:\d\d[^\n<]{0,80}<[^\n<>@]{1,60}@[^\n<>]{1,60}>\s?:")
_BEGINS = re.compile(r"(?:^|(?<=[\s>]))(?:le|on)\s{1,3}(?=[a-zéû]{3,10}\b|\d)")
_FARTHEST = 300
_MOST = 2000
_NEIGHBOURS = 4
"""Lines that the parts of a header are apart: some stand in a cell or a line of their own."""


def without_headers(text: str, is_to_come: Callable[[str], bool]) -> tuple[str, int]:
    """The text, in lower case, with blanks in place of the dates of quoted mails' headers, as long as before; and where the first is.

    A memo's header is written the same, but its date, by `is_to_come`, is the meeting's.
    """
    lines = (match.span() for pattern in (_INLINE, _OLD_GMAIL) for match in pattern.finditer(text))
    spans = [*_header_spans(text, is_to_come), *_wrote_spans(text), *islice(lines, _MOST)]
    for begin, end in spans:
        text = text[:begin] + re.sub(r"[^\n]", " ", text[begin:end]) + text[end:]
    return text, min((begin for begin, _end in spans), default=len(text))


def _header_spans(text: str, is_to_come: Callable[[str], bool]) -> Iterator[tuple[int, int]]:
    lines = [match for match in re.finditer(r"[^\n]+", text) if match[0].strip(" \t>|*_")]
    labels = [match.lastgroup if (match := _LABEL.match(line[0])) else None for line in lines]
    for number, label in enumerate(labels):
        if label not in {_SENT, _DATE, "said"}:
            continue
        near = {
            one for one in labels[max(0, number - _NEIGHBOURS) : number + _NEIGHBOURS + 1] if one is not None
        }
        if not (near & {_SENDER, _OTHER} if label != _DATE else _SENDER in near):
            continue
        begin, end = lines[number].start(), lines[number].end()
        if not re.search(r"\d", lines[number][0]) and number + 1 < len(lines) and labels[number + 1] is None:
            end = lines[number + 1].end()  # the label has a cell or a line of its own
        if label == _DATE and is_to_come(text[begin:end]):
            continue
        yield begin, end


def _wrote_spans(text: str) -> Iterator[tuple[int, int]]:
    """“Le lun. 30 nov. 2026 à 14:52, X a écrit :”, on one line or over three."""
    for number, match in enumerate(_WROTE.finditer(text)):
        if number > _MOST:
            return
        floor = max(text.rfind("\n\n", 0, match.start()), match.start() - _FARTHEST, 0)
        begins = [begin.start() for begin in _BEGINS.finditer(text, floor, match.start())]
        line = max(text.rfind("\n", 0, match.start()) + 1, match.start() - _FARTHEST)
        yield (_opening(text, begins) if begins else line), match.end()


def _opening(text: str, begins: list[int]) -> int:
    """Of several “le” the last one that a day follows: names have one, too."""
    dated = [
        begin for begin in begins if re.match(r"(?:le|on)\s+(?:\w+\.?,?\s+){0,2}\d", text[begin : begin + 40])
    ]
    return (dated or begins)[-1]
