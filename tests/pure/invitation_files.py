"""Invitations as the programs of the field write them, made from a seed, and what happens to one line of a file."""

from __future__ import annotations

import random
import string
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

NOW = datetime(2026, 12, 1, 8, 48, 30, tzinfo=UTC)
TEN = datetime(2026, 12, 1, 9, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")

IANA = "Europe/Paris"
MICROSOFT = "Romance Standard Time"
CUSTOM = "Europe Time"


@dataclass(frozen=True)
class File:
    """An invitation: its lines as they stand in the file, when its next meeting starts, and where it is held.

    `link` are the numbers of the lines that the link is in, `times` of those without which nobody can know the start.
    """

    name: str
    lines: tuple[bytes, ...]
    starts: datetime
    host: str
    link: frozenset[int]
    times: frozenset[int]

    @property
    def content(self) -> bytes:
        """The file."""
        return b"".join(line + b"\r\n" for line in self.lines)


PRODUCERS = {
    "outlook": ("teams.microsoft.com", "X-MICROSOFT-SKYPETEAMSMEETINGURL:https://teams.microsoft.com/l/meetup-join/19%3ameeting_{n}%40thread.v2/0?context=%7b%22Tid%22%3a%22{n}%22%7d"),
    "exchange": ("visio.saint-lieu.example", "DESCRIPTION;LANGUAGE=fr-FR:La réunion se tient ici : https://eur03.safelinks.protection.outlook.com/?url=https%3A%2F%2Fvisio.saint-lieu.example%2Fconseil-{n}&data=05%7C02%7Cmairie\\n"),
    "google": ("meet.google.com", "X-GOOGLE-CONFERENCE:https://meet.google.com/abc-{n}-hij"),
    "apple": ("facetime.apple.com", "URL;VALUE=URI:https://facetime.apple.com/join#v=1&p={n}&k=abcdefghijklmnopqrstuvwxyz0123456789"),
    "zimbra": ("bbb.collectivite.example", "LOCATION:https://bbb.collectivite.example/b/conseil-{n}"),
    "bluemind": ("visio.communaute.example", "X-CONFERENCE:https://visio.communaute.example/salle-{n}"),
    "openpaas": ("rencontre.departement.example", "X-OPENPAAS-VIDEOCONFERENCE:https://rencontre.departement.example/abc-{n}-hij"),
    "nextcloud": ("nuage.mairie.example", "LOCATION:https://nuage.mairie.example/call/{n}"),
    "zoom": ("us02web.zoom.us", "LOCATION:https://us02web.zoom.us/j/8123456{n}?pwd=abcdefghijklmnopqrstuvwxyz.1"),
    "webex": ("departement.webex.com", "LOCATION:https://departement.webex.com/departement-fr/j.php?MTID=m0123456789abcdef{n}"),
    "jitsi": ("meet.jit.si", "LOCATION:meet.jit.si/BureauDeLAssociation{n}"),
    "conference": ("salle.interco.example", 'CONFERENCE;VALUE=URI;FEATURE="AUDIO,VIDEO";LABEL="Salle du conseil {n}":https://salle.interco.example/b/abc-{n}'),
}  # fmt: skip
"""The host of the meeting, and the property that has its link."""

_PROSE = (
    "Ordre du jour : la fibre, l’école, les marchés\\n\\nVenez nombreux\\, à l’heure. {n}\\n",
    "________________________________\\nRéunion : besoin d’aide ? Options de réunion | Réinitialiser le code {n}\\n",
    "Bonjour\\,\\n\\nVoici les pièces de la séance n° {n}. Éléments à compléter avant mardi.\\nCordialement\\n",
)


def make(seed: int) -> File:
    """The same file for the same seed."""
    rng = random.Random(seed)
    producer = rng.choice(sorted(PRODUCERS))
    host, link = PRODUCERS[producer]
    zone = rng.choice(["", IANA, MICROSOFT, CUSTOM])
    repeats = rng.choice(["", "", "weekly from now", "weekly", "daily", "monthly", "moved"])
    first = _first(repeats, PARIS if zone else UTC)
    event = [
        *(
            ("time", _stamp("DTSTART", first, zone)),
            ("time", _stamp("DTEND", first + timedelta(hours=1), zone)),
        ),
        ("uid", f"UID:040000008200E00074C5B7101A82E008{seed:032X}@{producer}.example"),
        *(("", line.format(n=seed)) for line in _around(rng, producer)),
        ("link", link.format(n=f"{seed:04}")),
    ]
    rng.shuffle(event)
    alarm = [("", line) for line in _alarm(rng)]
    place = rng.choice([len(event), rng.randrange(len(event))])
    event[place:place] = alarm
    event[rng.randrange(1, 3) : 0] = [("rule", line) for line in _rule(repeats, first, zone)]
    lines = [("", "BEGIN:VCALENDAR"), ("", f"PRODID:-//{producer}//{seed}//FR"), ("", "VERSION:2.0")]
    lines += [("", "METHOD:REQUEST")] if rng.random() < 0.6 else [("", f"X-WR-CALNAME:Conseil {seed}")]
    if zone:
        lines += [("zone" if zone == CUSTOM else "", line) for line in _zone(zone)]
    lines += [("", "BEGIN:VEVENT"), *event, ("", "END:VEVENT")]
    if repeats == "moved":
        lines += _moved(event, zone)
    lines.append(("", "END:VCALENDAR"))
    return _file(
        f"{producer}, {zone or 'UTC'}, {repeats or 'once'}", lines, TEN, host, moved=repeats == "moved"
    )


def mutations(file: File, rng: random.Random) -> tuple[str, int, bytes]:
    """One line of the file removed, doubled, cut or garbled: what was done, to which, and the file that comes of it."""
    number = rng.randrange(len(file.lines))
    how = rng.choice(["removed", "doubled", "cut", "garbled"])
    line = file.lines[number]
    changed = {
        "removed": (),
        "doubled": (line, line),
        "cut": (line[: rng.randrange(len(line))],),
        "garbled": (_garbled(line, rng),),
    }[how]
    lines = [*file.lines[:number], *changed, *file.lines[number + 1 :]]
    return how, number, b"".join(each + b"\r\n" for each in lines)


def _garbled(line: bytes, rng: random.Random) -> bytes:
    noise = (string.printable[:95] + "é€ß\u00a0\ufeff").encode() + bytes(range(0x80, 0x100))
    changed = bytearray(line)
    for _ in range(rng.choice([1, 1, 1, 2, 5])):
        changed[rng.randrange(len(changed))] = rng.choice(noise)
    return bytes(changed)


def _first(repeats: str, clock: tzinfo) -> datetime:
    """The first of a series whose next one is at ten."""
    ten = TEN.astimezone(clock)
    if repeats in {"weekly", "moved"}:
        return ten - timedelta(weeks=30)
    if repeats == "daily":
        return ten.replace(year=2019)
    if repeats == "monthly":
        return ten.replace(month=9)
    return ten


def _rule(repeats: str, first: datetime, zone: str) -> list[str]:
    if not repeats:
        return []
    if repeats == "daily":
        return ["RRULE:FREQ=DAILY"]
    if repeats == "monthly":
        return ["RRULE:FREQ=MONTHLY;BYDAY=1TU"]
    skipped = first + timedelta(weeks=1)
    return ["RRULE:FREQ=WEEKLY;INTERVAL=1;BYDAY=TU;UNTIL=20270630T220000Z", _stamp("EXDATE", skipped, zone)]


def _moved(event: list[tuple[str, str]], zone: str) -> list[tuple[str, str]]:
    """The one of the eighth week of the series, which was to be at nine, is at ten... of 1 December."""
    kept = [part for part in event if part[0] in {"uid", "link"}]
    planned = TEN.astimezone(PARIS)
    return [
        ("", "BEGIN:VEVENT"),
        *kept,
        ("rule", _stamp("RECURRENCE-ID", planned, zone)),
        ("time", _stamp("DTSTART", planned, zone)),
        ("time", _stamp("DTEND", planned + timedelta(minutes=90), zone)),
        ("", "SUMMARY:Conseil (déplacé)"),
        ("", "END:VEVENT"),
    ]


def _stamp(name: str, moment: datetime, zone: str) -> str:
    if not zone:
        return f"{name}:{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    quoted = f'"{zone}"' if zone == CUSTOM else zone
    return f"{name};TZID={quoted}:{moment.astimezone(PARIS):%Y%m%dT%H%M%S}"


def _around(rng: random.Random, producer: str) -> list[str]:
    lines = [
        *("DTSTAMP:20261120T083012Z", "CREATED:20261119T083012Z", "SUMMARY;LANGUAGE=fr:Conseil n° {n}"),
        *("CLASS:PUBLIC", "STATUS:CONFIRMED", "TRANSP:OPAQUE", "SEQUENCE:0", "PRIORITY:5"),
        'ORGANIZER;CN="DURAND, Claire":mailto:claire.durand@association.example',
        "ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=TRUE;CN=Mairie de Saint-Lieu:mailto:mairie-{n}@saint-lieu.example",
    ]
    if producer != "exchange":
        lines.append("DESCRIPTION:" + "".join(rng.sample(_PROSE, rng.randrange(1, 4))))
    if producer in {"outlook", "exchange"}:
        lines += ["X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE", "X-MICROSOFT-CDO-ALLDAYEVENT:FALSE"]
    return lines


def _alarm(rng: random.Random) -> list[str]:
    kind = rng.choice(["", "display", "email", "sound"])
    if not kind:
        return []
    body = {
        "display": ["TRIGGER:-PT15M", "ACTION:DISPLAY", "DESCRIPTION:Rappel"],
        "email": ["ACTION:EMAIL", "ATTENDEE:mailto:a@b.example", "SUMMARY:Rappel", "DESCRIPTION:Rappel de la réunion", "TRIGGER;RELATED=START:-P1D"],
        "sound": ["UID:1F5A", "TRIGGER;VALUE=DATE-TIME:19760401T005545Z", "ACTION:AUDIO", "REPEAT:2", "DURATION:PT5M", "ATTACH;VALUE=URI:Chord"],
    }[kind]  # fmt: skip
    return ["BEGIN:VALARM", *body, "END:VALARM"]


def _zone(name: str) -> list[str]:
    begun = "16010101" if name == MICROSOFT else "19961027" if name == IANA else "20251026"
    summer = "16010101" if name == MICROSOFT else "19960331" if name == IANA else "20260329"
    return [
        *("BEGIN:VTIMEZONE", f"TZID:{name}"),
        *("BEGIN:STANDARD", f"DTSTART:{begun}T030000", "TZOFFSETFROM:+0200", "TZOFFSETTO:+0100"),
        *("RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10", "TZNAME:CET", "END:STANDARD"),
        *("BEGIN:DAYLIGHT", f"DTSTART:{summer}T020000", "TZOFFSETFROM:+0100", "TZOFFSETTO:+0200"),
        *("RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3", "TZNAME:CEST", "END:DAYLIGHT"),
        "END:VTIMEZONE",
    ]


def _file(name: str, lines: list[tuple[str, str]], starts: datetime, host: str, *, moved: bool) -> File:
    whole: list[bytes] = []
    link, times = set(), set()
    for kind, text in lines:
        folded = _folded(text.encode())
        numbers = range(len(whole), len(whole) + len(folded))
        if kind == "link":
            link.update(numbers)
        if kind in {"time", "rule", "zone"} or (kind == "uid" and moved):
            times.update(numbers)
        whole += folded
    return File(name, tuple(whole), starts, host, frozenset(link), frozenset(times))


def _folded(line: bytes) -> list[bytes]:
    """RFC 5545's 75 bytes, without regard to characters, as some do."""
    pieces = [line[:75]]
    pieces += [b" " + line[start : start + 74] for start in range(75, len(line), 74)]
    return pieces
