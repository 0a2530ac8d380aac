"""Which attendees are shown, and in which order; no drawing, no Textual."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from amif_netcheck.advice.language import N_, Language
from amif_netcheck.advice.verdicts import VERDICT_WORDS
from amif_netcheck.desk.digest import Digest
from amif_netcheck.desk.summary_text import moment, title
from amif_netcheck.model.report import Verdict
from amif_netcheck.tui.desk.handled import Handled

_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_NO_SCORE = 101
_WORST_FIRST = (Verdict.NOT_READY, Verdict.UNDETERMINED, Verdict.LIMITED, Verdict.READY)

COLUMNS: dict[str, tuple[str, Callable[[Digest], object]]] = {
    "verdict": (N_("Verdict"), lambda digest: _WORST_FIRST.index(digest.verdict)),
    "score": (N_("Score"), lambda digest: _NO_SCORE if digest.score is None else digest.score),
    "when": (N_("When"), lambda digest: digest.when or _LONG_AGO),
    "site": (N_("Site"), lambda digest: digest.site.casefold()),
    "first": (N_("To fix first"), lambda digest: digest.first),
    "file": (N_("File"), lambda digest: digest.file.casefold()),
}
"""By name: its heading, and by what it is sorted."""


@dataclass
class Overview:
    """All attendees, worst first, and what the person at the desk wants to see of them."""

    digests: Sequence[Digest]
    language: Language
    handled: Handled
    sorted_by: str = ""
    backwards: bool = False
    wanted: str = ""
    """Words that have to stand somewhere in a row."""
    _titles: dict[str, str] = field(default_factory=dict)

    def shown(self) -> list[Digest]:
        """The rows in their order; those of equal worth stay worst first."""
        words = self.wanted.casefold().split()
        rows = [
            digest
            for digest in self.digests
            if not words or all(word in " ".join(self.cells(digest)).casefold() for word in words)
        ]
        if self.sorted_by:
            rows.sort(key=COLUMNS[self.sorted_by][1], reverse=self.backwards)  # type: ignore[arg-type]
        return rows

    def sort_by(self, column: str) -> None:
        """Sort by it; a second time, the other way round."""
        self.backwards = column == self.sorted_by and not self.backwards
        self.sorted_by = column

    def cells(self, digest: Digest) -> list[str]:
        """What stands in its row, by `COLUMNS`."""
        undetermined = digest.score is None or digest.verdict is Verdict.UNDETERMINED
        return [
            self.language.text(VERDICT_WORDS[digest.verdict]),
            "—" if undetermined else str(digest.score),
            moment(digest.when),
            digest.site,
            self._title(digest.first or next(iter(digest.problems), "")),
            digest.file,
        ]

    def _title(self, code: str) -> str:
        if code not in self._titles:
            self._titles[code] = title(code, self.language) if code else ""
        return self._titles[code]
