"""The report as it leaves the app: saved to files, or a few lines for a mail; without private data unless the person wants it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from itertools import chain, count
from pathlib import Path

import msgspec

from amif_netcheck.advice.language import N_
from amif_netcheck.advice.lookup import word
from amif_netcheck.advice.next_step import to_do
from amif_netcheck.advice.tips import TIPS
from amif_netcheck.advice.verdicts import STATUS_WORDS, VERDICT_WORDS, displayed_score
from amif_netcheck.model.report import Privacy, Report, Status
from amif_netcheck.output import files
from amif_netcheck.output.escape import for_terminal
from amif_netcheck.output.formats import html, json
from amif_netcheck.output.formats.plain import PlainWriter
from amif_netcheck.output.output_format import Manner
from amif_netcheck.output.private import redact
from amif_netcheck.tui.session import Session

_TOKEN = re.compile(r"(?<![\w-])(ip|host|mac|ssid|device|user|authority)-([0-9a-f]{12}|\d+)(?![\w-])")
KINDS = {
    "ip": N_("addresses"),
    "mac": N_("hardware addresses"),
    "ssid": N_("Wi-Fi names"),
    "host": N_("names of computers and servers"),
    "device": N_("names of devices"),
    "user": N_("names of people"),
    "authority": N_("names of certificate authorities"),
}


def exportable(session: Session) -> Report | None:
    """The report as it may be given away, with its words; None while there is none."""
    report = session.report
    if report is None:
        return None
    if not session.include_private:
        report = redact(report, key=session.plan.token_key)
    return word(report, session.language)


def redacted_counts(report: Report) -> Counter[str]:
    """How many private texts of each kind a redacted report has tokens for."""
    tokens = {token for text in _texts(msgspec.to_builtins(report)) for token in _TOKEN.findall(text)}
    return Counter(kind for kind, _ in tokens)


def _texts(value: object) -> Iterator[str]:
    """Every text in plain data, at any depth."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list | tuple):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts(item)


def save(report: Report, session: Session, folder: Path) -> tuple[Path, Path, Path]:
    """Write it as JSON, as text and as a page; returns the files, whose names tell what they hold. No file is written over.

    Raises:
        OSError: one can't be written.
    """
    name = datetime.fromisoformat(report.generated_at).strftime("amif-netcheck-%Y-%m-%d-%Hh%M")
    if report.privacy is Privacy.FULL:
        name += session.language.text("-with-names")
    sets = (
        tuple(folder / f"{name}{number}{kind}" for kind in (".json", ".txt", ".html"))
        for number in chain(("",), (f"-{further}" for further in count(2)))
    )
    data, text, page = next(names for names in sets if not any(file.exists() for file in names))
    lines = [_head(report), ""]
    PlainWriter(lines.append, session.language, report.system.os).report(report)
    files.write_atomically(data, json.encode(report))
    files.write_atomically(text, ("\n".join(lines) + "\n").encode())
    files.write_atomically(page, html.FORMAT.write(report, Manner(language=session.language)).content)
    return data, text, page


def _head(report: Report) -> str:
    """`amif-netcheck 0.2.0, 2026-11-29 09:48, windows 11`."""
    system = " ".join(filter(None, (report.system.os, report.system.release)))
    return for_terminal(
        f"amif-netcheck {report.tool.version}, {report.generated_at[:16].replace('T', ' ')}, {system}"
    )


def short_summary(report: Report, session: Session) -> str:
    """A few lines for a mail or a chat: the verdict, what to do first, a line a tip."""
    language = session.language
    lines = [_head(report)]
    verdict, score = language.text(VERDICT_WORDS[report.verdict]), displayed_score(report)
    if score is not None:
        points = language.plural("{count} point out of 100", "{count} points out of 100", score)
        verdict = f"{verdict} ({points.format(count=score)})"
    lines.append(verdict)
    doing = to_do(report, language, session.system, session.occasion.minutes_left)
    lines += [line for line in (doing.line, f"→ {doing.step}" if doing.step else "") if line]
    for result in report.checks:
        if result.status is not Status.SKIPPED:
            line = language.text("- {title}: {word}")
            title, status = language.text(TIPS[result.id].title), language.text(STATUS_WORDS[result.status])
            lines.append(line.format(title=title, word=status))
    return "\n".join(lines) + "\n"


def folder_for_reports() -> Path:
    """The person's documents; where there is no such folder their home, and without that where the app was started.

    Raises:
        OSError: there is no such place.
    """
    import platformdirs  # noqa: PLC0415 - only when something is saved

    try:
        documents, home = platformdirs.user_documents_path(), Path.home()
    except RuntimeError:  # this user has no home
        return Path.cwd()
    with suppress(OSError):
        if documents.is_dir():
            return documents
    return home
