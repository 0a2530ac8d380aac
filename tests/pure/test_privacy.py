"""A machine full of private data, through every output: nothing of it is left, and no two reports are linked."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any, get_args, get_origin, get_type_hints

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct, structs

from amif_netcheck.advice.language import LANGUAGES, Language
from amif_netcheck.advice.lookup import word
from amif_netcheck.desk import comparison, comparison_text, digest, summary, summary_text, table
from amif_netcheck.model.facts import Facts
from amif_netcheck.model.report import Privacy, ProbeError, Report
from amif_netcheck.output import formats
from amif_netcheck.output.formats.json import encode
from amif_netcheck.output.output_format import Manner
from amif_netcheck.output.private import _OUR_FIELDS, _kind, redact, redact_result
from amif_netcheck.run.checklist import IDS
from amif_netcheck.run.judge import judge_again
from tests.any_facts import facts
from tests.pure.test_output import report

DOCS = Path(__file__).parents[2] / "docs"
OWN = {"pc-mairie-de-brax": "host", "jeanne.martin": "user"}
SECRETS = (
    "Livebox-7C4A", "192.168.77.31", "2001:db8:77::31", "81.250.77.31", "fe80::77:31%wlan0", "a4:77:31:00:be:ef",
    "A4-77-31-00-BE-EF", "pc-mairie-de-brax", "jeanne.martin", "pierre.durand", "Paul Lefort", "visio-secrete.brax.example",
    "Jabra de Jeanne", "Conseil des maires", "Autorité de Brax", "a4773100beef",
)  # fmt: skip
BY_KIND = {
    "ssid": ("Livebox-7C4A",),
    "ip": ("192.168.77.31", "2001:db8:77::31", "81.250.77.31"),
    "host": ("visio-secrete.brax.example",),
    "device": ("Jabra de Jeanne", "Conseil des maires"),
    "mac": ("a4:77:31:00:be:ef",),
    "authority": ("Autorité de Brax",),
}
DETAIL = (
    "PermissionError: /home/pierre.durand/.config on pc-mairie-de-brax, jeanne.martin at 192.168.77.31",
    r"C:\Users\Paul Lefort\AppData\x.dll is refused for JEANNE.MARTIN",
    r"FileNotFoundError(2, 'C:\\Users\\pierre.durand\\x')",
    "no way from fe80::77:31%wlan0 to [2001:0DB8:0077:0:0::31]:443, 81.250.77.31: 5 of A4-77-31-00-BE-EF",
    "wlxa4773100beef",
)
"""What texts that nobody marked may hold: the words of systems, and names of interfaces."""
ODD = re.compile(
    "|".join(re.escape(secret) for secret in (*SECRETS, "2001:0DB8", "77:0:0::31")), re.IGNORECASE
)


def full(value: Any, rng: Random, hint: Any = None) -> Any:
    """The same facts with a secret in every text of them."""
    if isinstance(value, Struct):
        hints = get_type_hints(type(value), include_extras=True)
        changed = {
            name: full(getattr(value, name), rng, hints[name])
            for name in value.__struct_fields__
            if name not in _OUR_FIELDS
        }
        return structs.replace(value, **changed)
    if isinstance(value, tuple):
        return tuple(full(item, rng, hint) for item in value)
    if isinstance(value, str):
        return rng.choice(BY_KIND.get(_kind(hint) if hint is not None else "", DETAIL))
    return value


def machine(seed: int) -> Report:
    rng = Random(seed)
    errors = tuple(ProbeError(where="probes.x", reason="error", detail=detail) for detail in DETAIL)
    return judge_again(report(facts=full(facts(rng), rng), asked=IDS, errors=errors, site="Brax"))


def outputs(clean: Report, private: Report, language: Language) -> Iterator[tuple[str, str]]:
    """Everything that leaves, by name."""
    worded = word(clean, language)
    for name in formats.names():
        yield name, formats.named(name).write(worded, Manner(language=language)).content.decode()
    for result in private.checks:
        told = structs.replace(worded, checks=(redact_result(result, private.facts, OWN),))
        yield "live row", encode(word(told, language)).decode()
    again = redact(judge_again(msgspec.json.decode(encode(worded), type=Report)), own_names={})
    yield "replay", encode(word(again, language)).decode()
    steps = comparison.compare([("a.json", again), ("b.json", worded)])
    yield "compare", "\n".join(comparison_text.lines(steps, language, "linux"))
    yield "compare --json", msgspec.json.encode(steps).decode()
    read = digest.decoded(encode(worded), "a.json", with_numbers=True)
    assert not isinstance(read, digest.Unreadable)
    found = summary.summarise([read], summary.Wanted())
    yield "summary", "\n".join(summary_text.lines(found, language))
    yield "summary --json", b"".join(table.as_json(found)).decode()
    yield "summary --format csv", "".join(table.as_csv(found.attendees))


@settings(max_examples=40, deadline=None)
@given(st.integers(min_value=0, max_value=2**32), st.sampled_from(LANGUAGES))
def test_nothing_private_is_left_in_any_output(seed: int, code: str) -> None:
    private = machine(seed)
    assert ODD.search(encode(private).decode())
    clean = redact(private, own_names=OWN)
    for name, text in outputs(clean, private, Language(code)):
        found = ODD.search(text)
        assert found is None, f"{name}: {text[max(0, found.start() - 80) : found.end() + 20]}"


@settings(max_examples=10, deadline=None)
@given(st.integers(min_value=0, max_value=2**32))
def test_a_report_that_only_says_it_is_redacted_is_made_so(seed: int) -> None:
    """All but the names of a computer that is not here: only where they stand tells that they are private."""
    clean = redact(structs.replace(machine(seed), privacy=Privacy.REDACTED))
    assert {found.group().casefold() for found in ODD.finditer(encode(clean).decode())} <= OWN.keys()


@settings(max_examples=10, deadline=None)
@given(st.integers(min_value=0, max_value=2**32))
def test_what_was_redacted_stays_as_it_is(seed: int) -> None:
    clean = redact(machine(seed), own_names=OWN)
    assert redact(clean) == clean


def test_private_data_of_a_full_report_are_not_in_a_comparison_or_a_summary() -> None:
    private = word(machine(7), Language("en"))
    steps = comparison.compare([("a.json", private), ("b.json", private)])
    assert not ODD.search("\n".join(comparison_text.lines(steps, Language("en"), "linux")))
    assert not ODD.search(msgspec.json.encode(steps).decode())
    read = digest.decoded(encode(private), "a.json", with_numbers=True)
    assert not isinstance(read, digest.Unreadable)
    rows = list(csv.reader(io.StringIO("".join(table.as_csv([read])))))
    assert not ODD.search(str(rows))


def test_one_thing_has_one_token_however_it_is_written() -> None:
    texts = (
        *(
            "2001:db8:77::31",
            "2001:0DB8:0077:0::31",
            "A4-77-31-00-BE-EF",
            "a4:77:31:00:be:ef",
            "wlxa4773100beef",
        ),
        *("/home/pierre.durand/x", r"C:\Users\PIERRE.DURAND\x", "seen: pierre.durand"),
    )
    made = report(
        facts=Facts(), errors=tuple(ProbeError(where="x", reason="error", detail=text) for text in texts)
    )
    clean = [error.detail for error in redact(made, own_names={}).errors]
    assert clean == [
        *("ip-1", "ip-1", "mac-1", "mac-1", "wlxmac-1"),
        *("/home/user-1/x", r"C:\Users\user-1\x", "seen: user-1"),
    ]


def tokens(made: Report) -> set[str]:
    return set(re.findall(r"(?:ip|host|mac|ssid|device|user|authority)-[0-9a-f]+\b", encode(made).decode()))


def test_tokens_link_two_reports_only_by_the_desks_key() -> None:
    one, other = machine(1), machine(1)
    numbered = tokens(redact(one, own_names=OWN))
    assert all(re.fullmatch(r"[a-z]+-\d{1,3}", token) for token in numbered), (
        "what tells nothing of the thing"
    )
    first, second = "k" * 16, "l" * 16
    keyed = tokens(redact(one, own_names=OWN, key=first))
    assert keyed == tokens(redact(other, own_names=OWN, key=first))
    assert len(keyed) == len(numbered)
    assert not keyed & tokens(redact(other, own_names=OWN, key=second))
    assert not ODD.search(encode(redact(one, own_names=OWN, key=first)).decode())


def marked(kind: Any, path: str) -> Iterator[tuple[str, str]]:
    """Every field that the model marks as private, with its kind."""
    for name, hint in get_type_hints(kind, include_extras=True).items():
        if private := _kind(hint):
            yield private, f"{path}{name}"
        else:
            yield from _within(hint, f"{path}{name}")


def _within(hint: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(hint, type) and issubclass(hint, Struct):
        yield from marked(hint, f"{path}.")
        return
    many = "[]" if get_origin(hint) is tuple else ""
    for alternative in get_args(hint):
        yield from _within(alternative, path + many)


def test_the_page_names_every_private_field() -> None:
    fields: dict[str, list[str]] = {}
    for kind, path in marked(Facts, "facts."):
        if path not in fields.setdefault(kind, []):
            fields[kind].append(path)
    rows = [f"| `{kind}` | {', '.join(f'`{path}`' for path in paths)} |" for kind, paths in fields.items()]
    page = (DOCS / "privacy.md").read_text(encoding="utf-8")
    assert page.partition("<!-- private -->\n")[2].partition("<!-- end -->")[0] == "\n".join(rows) + "\n"
    assert set(fields) == set(BY_KIND)


@pytest.mark.parametrize("length", [10, 100_000])
def test_a_long_text_takes_no_long(length: int) -> None:
    made = report(facts=Facts(), errors=(ProbeError(where="x", reason="e", detail="/home/" * length),))
    assert len(redact(made, own_names={}).errors) == 1
