"""Reports from strangers, made by atheris: read, judged, redacted, and written in every format, or refused in one line.

python -m pip install atheris
python -m bench.fuzz_reports 300        # seconds; what broke it is left in a file crash-…
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
import tempfile
from pathlib import Path
from random import Random
from typing import Any

import atheris

with atheris.instrument_imports(include=["amif_netcheck"]):
    from amif_netcheck.advice.language import LANGUAGES, Language
    from amif_netcheck.advice.lookup import word
    from amif_netcheck.cli import main as cli
    from amif_netcheck.cli import saved_report
    from amif_netcheck.desk import (
        comparison,
        comparison_page,
        comparison_text,
        digest,
        parquet,
        summary,
        summary_page,
        summary_text,
        table,
    )
    from amif_netcheck.errors import UsageError
    from amif_netcheck.output import formats
    from amif_netcheck.output.formats.json import encode
    from amif_netcheck.output.output_format import Manner
    from amif_netcheck.output.private import redact
    from amif_netcheck.run.judge import judge_again

SCENARIOS = ("vpn", "everything-wrong", "no-network", "busy-line")
MOST_EDITS = 4
BEGINNINGS = 50
DEEP = "lists within lists"
HEAD = {"schema_version", "tool", "verdict", "mode", "privacy"}
"""What a report begins with; without it, nothing else is looked at."""
SPOKEN = {code: Language(code) for code in LANGUAGES}


def seeds() -> list[Any]:
    """Reports of recorded computers, as documents."""
    documents = []
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
        for name in SCENARIOS:
            path = Path(folder, "report.json")
            cli.main(["demo", name, "--json", "--include-private", "-o", str(path)])
            documents.append(json.loads(path.read_bytes()))
    return documents


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where anything but a table stands in a document; without a table, the report is refused at once."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    here = [] if isinstance(value, dict) else [path]
    return [*here, *(place for key, item in inner for place in places(item, (*path, key)))]


class Fuzzer:
    """Takes the bytes that atheris makes up."""

    def __init__(self) -> None:
        self._documents = [json.dumps(document) for document in seeds()]
        self._places = [
            [place for place in places(json.loads(text)) if place and place[0] not in HEAD]
            for text in self._documents
        ]

    def __call__(self, data: bytes) -> None:
        """One report: any bytes, or one of the seeds with something else in some places."""
        provider = atheris.FuzzedDataProvider(data)
        language = SPOKEN[provider.PickValueInList(list(LANGUAGES))]
        edited = provider.ConsumeIntInRange(0, 9)
        content = self._edited(provider) if edited else provider.ConsumeBytes(4096)
        found = summary.summarise([digest.decoded(content, "a.json", with_numbers=True)], summary.Wanted())
        "\n".join(summary_text.lines(found, language)).encode()
        "".join(table.as_csv(found.attendees)).encode()
        b"".join(table.as_json(found))
        parquet.write(found.attendees, io.BytesIO())
        pages = [summary_page.render(found, language)]
        try:
            read = saved_report.decoded(content, "a.json", language)
        except UsageError as refused:
            if "\n" in str(refused):
                raise ValueError("refused in more than a line") from refused
            return
        again = judge_again(read)
        worded = word(redact(again, own_names={}), language)
        for name in formats.names():
            assert b"\x1b" not in formats.named(name).write(worded, Manner(language=language)).content
        saved_report.decoded(encode(worded), "b.json", language)
        steps = comparison.compare([("a.json", again), ("b.json", worded)])
        "\n".join(comparison_text.lines(steps, language, again.system.os)).encode()
        pages.append(comparison_page.render(steps, language, again.system.os))
        assert not any(b"\x1b" in page or b"<script" in page for page in pages)

    def _edited(self, provider: Any) -> bytes:
        number = provider.ConsumeIntInRange(0, len(self._documents) - 1)
        document = json.loads(self._documents[number])
        for _ in range(provider.ConsumeIntInRange(1, MOST_EDITS)):
            *way, last = provider.PickValueInList(self._places[number])
            here = document
            try:
                for key in way:
                    here = here[key]
                here[last] = self._value(provider, here[last])
            except (KeyError, IndexError, TypeError):  # an earlier edit has taken the place away
                continue
        depth = provider.ConsumeIntInRange(0, 20_000)
        text = json.dumps(document).replace(f'"{DEEP}"', "[" * depth + "]" * depth)
        return text.encode(errors="surrogatepass")

    @staticmethod
    def _value(provider: Any, old: Any) -> Any:
        """Mostly of the same kind as the old one, which is read; seldom anything."""
        kinds: dict[type, list[Any]] = {
            bool: [True, False],
            int: [0, 1, 10**6, provider.ConsumeIntInRange(0, 10**9)],
            float: [0.0, -1.0, 1e308, 1e-308, provider.ConsumeRegularFloat()],
            str: [
                *("", "\x1b[2J", "\u202e", "=1+1", "<script>", "|;\n`$(x)`", "{0.__class__}", "192.0.2.1"),
                provider.ConsumeUnicodeNoSurrogates(200),
            ],
            list: [[], old * 100 if isinstance(old, list) else old],
        }
        known = kinds.get(type(old))
        if known and provider.ConsumeIntInRange(0, 9):
            return provider.PickValueInList(known)
        return provider.PickValueInList(
            [
                *(provider.ConsumeUnicode(200), provider.ConsumeInt(9), provider.ConsumeFloat(), DEEP),
                *(None, True, [], {}, "", 0, -1, 1e308, 10**300, "NaN"),
                *({"state": "measured"}, {"state": "unavailable", "reason": "timeout"}),
            ]
        )


def main() -> None:
    """Look for so many seconds."""
    seconds = sys.argv[1] if len(sys.argv) > 1 else "300"
    flags = (
        *(f"-max_total_time={seconds}", "-max_len=8192", "-len_control=0"),
        *("-timeout=10", "-rss_limit_mb=1024"),
    )
    rng = Random()
    with tempfile.TemporaryDirectory() as corpus:
        for number in range(BEGINNINGS):
            Path(corpus, str(number)).write_bytes(rng.randbytes(64 * (number + 1)))
        atheris.Setup([sys.argv[0], corpus, *flags], Fuzzer())
        atheris.Fuzz()


if __name__ == "__main__":
    main()
