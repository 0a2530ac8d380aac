"""The components of a calendar (RFC 5545, section 3.6) from its content lines, when some of these are lost or broken.

A component whose BEGIN or END is lost is closed where the next one of its kind begins, or where what is around it ends. Lines that
are no properties belong to the property before them.
"""

from __future__ import annotations

import quopri
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from amif_netcheck.meeting.work import Work

_BOUNDARY = re.compile(r"\s*(BEGIN|END)\s*:\s*([\w-]*)", re.IGNORECASE)
_NAME = re.compile(r"\s*([A-Za-z][\w-]*)\s*(?=[;:])", re.ASCII)
_PARAMETER = re.compile(r"""\s*;\s*([\w-]*)\s*(?:=\s*((?:"[^"]*"|[^";:]+|:(?=//))*))?""", re.ASCII)
_SCHEMES = {"HTTP", "HTTPS", "MAILTO", "TEL", "SIP", "GEO", "DATA"}
"""What looks like a property's name at the start of a text's line."""
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)

_LINE_UNITS, _LIKENESS_UNITS = 0.15, 0.5
_LONGEST_NAME = 40
_LIKE = 0.6
_DEEPEST = 4
"""Components stand in components in components; what is deeper is no calendar."""
_MOST_PARAMETERS = 50

_TOP_LEVEL = {"VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY", "VTIMEZONE", "VAVAILABILITY", "VPOLL"}
_KNOWN = _TOP_LEVEL | {"VALARM", "STANDARD", "DAYLIGHT", "AVAILABLE", "PARTICIPANT", "VLOCATION", "VRESOURCE"}


@dataclass(frozen=True)
class Property:
    """One property: its name in upper case, parameters by upper-case name, and its value as it is written."""

    name: str
    parameters: dict[str, str]
    raw: str

    @property
    def value(self) -> str:
        """Of a value that has one line: that line."""
        return self.raw.partition("\n")[0].strip()

    @property
    def text(self) -> str:
        """Of a text: what it means without escapes."""
        raw = self.raw
        encoding = self.parameters.get("ENCODING", "").upper()
        if encoding == "QUOTED-PRINTABLE" or "QUOTED-PRINTABLE" in self.parameters:  # vCalendar 1.0
            raw = quopri.decodestring(raw.encode()).decode("utf-8", errors="replace")
        return _ESCAPE.sub(lambda escape: "\n" if escape[1] in "nN" else escape[1], raw)


@dataclass
class Component:
    """One component: its content lines and the components in it; `whole` when none of these has lost its frame."""

    name: str
    lines: list[str] = field(default_factory=list)
    parts: list[Component] = field(default_factory=list)
    whole: bool = True

    def properties(self) -> dict[str, list[Property]]:
        """By name, in the order of the file."""
        named: dict[str, list[Property]] = {}
        for line in self.lines:
            prop = _property(line)
            named.setdefault(prop.name, []).append(prop)
        return named

    def has(self, name: str) -> bool:
        """Has it a property of this name?"""
        return any(_property_name(line) == name for line in self.lines)


@dataclass
class Calendar:
    """One calendar: its METHOD in upper case, its zone's name, its components, and lines between them that may belong to a broken one."""

    method: str = ""
    zone: str = ""
    components: list[Component] = field(default_factory=list)
    loose: Component = field(default_factory=lambda: Component(""))


def calendars(lines: Sequence[str], work: Work) -> list[Calendar]:
    """The calendars in a file, as far as `work` goes; one without BEGIN:VCALENDAR counts when an event is in it."""
    if not work.spend(len(lines) * _LINE_UNITS):
        return []
    reader = _Reader(work)
    for line in _joined(lines):
        reader.feed(line)
    return reader.finish()


def _joined(lines: Iterable[str]) -> Iterator[str]:
    """Each property with the lines after it that are none."""
    group: list[str] = []
    for line in lines:
        if group and (_BOUNDARY.match(line) or _property_name(line)):
            yield "\n".join(group)
            group = []
        group.append(line)
    if group:
        yield "\n".join(group)


class _Reader:
    def __init__(self, work: Work) -> None:
        self._work = work
        self._calendars: list[Calendar] = [Calendar()]
        self._begun = False
        self._open: list[Component] = []

    def feed(self, line: str) -> None:
        """Take the next line."""
        boundary = _BOUNDARY.match(line)
        if boundary:
            (self._begin if boundary[1].upper() == "BEGIN" else self._end)(boundary[2].upper())
            return
        self._around.lines.append(line)
        if not self._open:
            self._take_header(_property(line))

    def _take_header(self, prop: Property) -> None:
        if prop.name == "METHOD":
            self._calendar.method = prop.value.upper()
        elif prop.name == "X-WR-TIMEZONE":
            self._calendar.zone = prop.value

    def finish(self) -> list[Calendar]:
        """All calendars, when no line is left."""
        self._close_calendar()
        return [calendar for calendar in self._calendars if calendar.components or self._begun]

    @property
    def _calendar(self) -> Calendar:
        return self._calendars[-1]

    @property
    def _around(self) -> Component:
        return self._open[-1] if self._open else self._calendar.loose

    def _begin(self, name: str) -> None:
        if name == "VCALENDAR":
            self._close_calendar()
            self._begun = True
            self._calendars.append(Calendar())
            return
        if name in _TOP_LEVEL:
            self._close_down_to(0)
        self._close_down_to(_DEEPEST)
        self._open.append(Component(name))

    def _end(self, name: str) -> None:
        names = [component.name for component in self._open]
        if name == "VCALENDAR":
            self._close_calendar()
        elif name in names:
            self._close_down_to(len(names) - names[::-1].index(name))
            self._close(whole=True)
        elif name in _TOP_LEVEL and not (names and names[0] in _KNOWN):
            if names:  # its BEGIN is garbled
                self._close_down_to(1)
                self._open[0].name = name
                self._close(whole=True)
            else:  # its BEGIN is lost
                self._gather(name)
        elif names and (self._is_like(name, names[-1]) or (name in _KNOWN and names[-1] not in _KNOWN)):
            self._close(whole=True)  # its END or its BEGIN is garbled

    def _close_calendar(self) -> None:
        self._close_down_to(0)
        if self._calendar.loose.has("DTSTART"):
            self._gather("VEVENT")
        self._calendar.loose = Component("")

    def _close_down_to(self, depth: int) -> None:
        while len(self._open) > depth:
            self._close(whole=False)

    def _close(self, *, whole: bool) -> None:
        """Close the innermost component; the lines of one without an end of its own may be those of what is around it."""
        component = self._open.pop()
        if not self._open and (component.name in _TOP_LEVEL or component.name not in _KNOWN):
            self._calendar.components.append(component)
        elif whole:
            self._around.parts.append(component)
        else:
            self._around.lines += component.lines
            self._around.parts += component.parts
            self._around.whole = False

    def _is_like(self, garbled: str, name: str) -> bool:
        """Is this what is left of a component's name? Texts have lines like "End: 17h30", too."""
        if name.startswith(garbled):
            return True
        return (
            self._work.spend(_LIKENESS_UNITS)
            and SequenceMatcher(None, garbled[:_LONGEST_NAME], name[:_LONGEST_NAME]).ratio() >= _LIKE
        )

    def _gather(self, name: str) -> None:
        loose = self._calendar.loose
        loose.name = name
        self._calendar.components.append(loose)
        self._calendar.loose = Component("")


def _property_name(line: str) -> str:
    match = _NAME.match(line)
    name = match[1].upper() if match else ""
    return "" if name in _SCHEMES else name


def _property(line: str) -> Property:
    """A line that has a property's name."""
    match = _NAME.match(line)
    position = match.end() if match else 0
    parameters: dict[str, str] = {}
    for _ in range(_MOST_PARAMETERS):
        parameter = _PARAMETER.match(line, position)
        if parameter is None:
            break
        parameters.setdefault(parameter[1].upper(), (parameter[2] or "").replace('"', "").strip())
        position = parameter.end()
    rest = line[position:]
    return Property(name=match[1].upper() if match else "", parameters=parameters, raw=rest.partition(":")[2])
