"""Reports that strangers wrote: each is judged and written in every format, or refused in one line."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amif_netcheck.advice.language import LANGUAGES, Language
from amif_netcheck.advice.lookup import word
from amif_netcheck.cli import saved_report
from amif_netcheck.desk import comparison, comparison_text, digest
from amif_netcheck.errors import UsageError
from amif_netcheck.output import formats
from amif_netcheck.output.formats.json import encode
from amif_netcheck.output.output_format import Manner
from amif_netcheck.output.private import redact
from amif_netcheck.run.judge import judge_again
from tests.any_facts import facts
from tests.pure.test_output import report

ASKED = ("proximity", "traffic", "neighbours", "vpn", "firewall", "sound_apps", "apps", "headset", "link")
HOSTILE: tuple[Any, ...] = (
    *(1e308, -1e308, 1e-308, 10**300, -(2**63), 2**64, -1, 0, 0.0, 1e15),
    *(
        "",
        "\x1b[2J\x1b]0;x\x07",
        "\u202eevil\u202c",
        "=1+1",
        "<script>alert(1)</script>",
        "|;\n`$(x)`",
        "\ud800",
        "x" * 5000,
        "{0.__class__}",
        "%s%n",
    ),
    *(None, True, [], {}, [[]], {"state": "measured"}, {"state": "unavailable", "reason": "timeout"}),
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, item in inner for place in places(item, (*path, key)))]


def spoilt(document: Any, path: tuple[Any, ...], hostile: object) -> None:
    here = document
    for key in path[:-1]:
        here = here[key]
    here[path[-1]] = copy.deepcopy(hostile)


@given(st.integers(min_value=0, max_value=2**32), st.data())
def test_a_report_with_anything_in_it_is_read_or_refused(seed: int, data: st.DataObject) -> None:
    rng = Random(seed)
    document = json.loads(encode(judge_again(report(facts=facts(rng), asked=ASKED))))
    for _ in range(data.draw(st.integers(min_value=1, max_value=3))):
        known = [path for path in places(document) if path]
        numbers = [path for path in known if isinstance(path[-1], str) and path[0] == "facts"]
        spoilt(document, rng.choice(numbers or known), data.draw(st.sampled_from(HOSTILE)))
    language = Language(data.draw(st.sampled_from(LANGUAGES)))
    try:
        content = json.dumps(document).encode()
        read = saved_report.decoded(content, "a.json", language)
    except UsageError:
        return
    again = judge_again(read)
    worded = word(redact(again, own_names={}), language)
    for name in formats.names():
        written = formats.named(name).write(worded, Manner(language=language))
        assert b"\x1b" not in written.content
    assert not isinstance(digest.decoded(encode(worded), "a.json", with_numbers=True), digest.Unreadable)
    steps = comparison.compare([("a.json", again), ("b.json", again)])
    assert "\n".join(comparison_text.lines(steps, language, again.system.os))


NO_REPORTS = (b"", b"[]", b"\xff\xfe", b"[" * 200_000, b'{"schema_version": 1}', b'{"schema_version": "1"}')


@pytest.mark.parametrize("content", NO_REPORTS, ids=range(len(NO_REPORTS)))
def test_what_is_no_report_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(content)
    with pytest.raises(UsageError, match=re.escape(str(path))):
        saved_report.load(str(path), Language("en"))


def test_a_number_that_nobody_measured_fills_no_line() -> None:
    for code in LANGUAGES:
        assert len(Language(code).quantity(1e308, "ms")) < 20
