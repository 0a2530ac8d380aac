"""Pages: whole, harmless, alone, and readable without eyes; whatever is in the report."""

from __future__ import annotations

import hashlib
import json
import re
from base64 import b64encode
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from amif_netcheck import demo
from amif_netcheck.advice.language import LANGUAGES, Language
from amif_netcheck.advice.lookup import word
from amif_netcheck.advice.scenarios import SCENARIOS
from amif_netcheck.advice.verdicts import STATUS_WORDS
from amif_netcheck.checks.limits import DESK_SOURCE
from amif_netcheck.desk import comparison, comparison_page, digest, summary, summary_page
from amif_netcheck.model import transits
from amif_netcheck.model.desk import ChangedLimit, Desk
from amif_netcheck.model.facts import (
    NOT_REQUESTED,
    Device,
    DeviceKind,
    Facts,
    LinkFacts,
    Reason,
    Record,
    Stretch,
    Unavailable,
)
from amif_netcheck.model.facts.link import Basis, Foretold, ForetoldPicture, ForetoldSound, ForetoldWay, Span
from amif_netcheck.model.report import Report, Status
from amif_netcheck.output import formats
from amif_netcheck.output.escape import for_terminal
from amif_netcheck.output.formats.json import encode
from amif_netcheck.output.output_format import Manner
from amif_netcheck.output.page import measured
from amif_netcheck.output.page import rendering as drawn
from amif_netcheck.output.private import redact
from amif_netcheck.run.checklist import IDS
from amif_netcheck.run.judge import judge_again
from tests.any_facts import OUTSIDE, facts
from tests.builders import neighbours
from tests.pure.pages import Element, parsed
from tests.pure.test_output import report

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "</style><script>x</script>",
    "</title></desc></svg><iframe src=//evil.example>",
    "{{ 7*7 }}{% raw %}",
    "&lt;b&gt;&#x3c;b>",
    "\x1b[2J\x00\x07",
    "\u202eevil\u202c\u2066",
    "\ud83d\ude00\ufe0f a\u0301\u0301\u0301\u0301\u0301",
    "]]><!--",
    "javascript:alert(1)",
)
DEMOS = [(name, language) for name in SCENARIOS for language in LANGUAGES]


def judged(name: str, system: str = "windows") -> Report:
    recorded = report(facts=demo.load(name, system).facts, asked=IDS)
    return structs.replace(
        recorded, demo=name, system=structs.replace(recorded.system, os=system, release="")
    )


def page(of: Report, language: str) -> bytes:
    spoken = Language(language)
    return formats.named("html").write(word(of, spoken), Manner(language=spoken)).content


def text_of(element: Element) -> str:
    return element.words().replace("\u202f", " ").replace("\xa0", " ")


@pytest.mark.parametrize(("name", "language"), DEMOS)
def test_the_answer_comes_first_then_each_check_then_all_facts(name: str, language: str) -> None:
    of = word(redact(judged(name), own_names={}), Language(language))
    content = page(of, language)
    assert len(content) < 100_000
    top = parsed(content)
    spoken = Language(language)
    headings = [each.words() for each in top.all("h1", "h2")]
    expected = ("To fix first", "Point by point", "What was measured of the connection", "For the IT desk")
    wanted = [spoken.text(each) for each in expected]
    assert [each for each in headings if each in wanted] == [each for each in wanted if each in headings]
    assert spoken.text("Point by point") in headings
    checks = top.all("article")
    assert len(checks) == len(IDS)
    for check, result in zip(checks, of.checks, strict=True):
        assert spoken.text(STATUS_WORDS[result.status]) in check.all("h3")[0].words()
        for finding in result.findings:
            assert " ".join(finding.summary.split()) in " ".join(check.words().split())
    if of.next_action is not None:
        (first,) = [each for each in top.all("section") if each.attributes.get("class") == "first"]
        done = next(f for result in of.checks for f in result.findings if f.code == of.next_action.code)
        assert [step.words() for step in first.all("li")] == list(done.advice)
    paths = {row.all("th")[0].words() for row in top.all("details")[0].all("tr")}
    assert {"vpn.internet.ipv4.interface", "proximity.medium"} <= paths or name == "no-network"
    assert not re.search(r"https?://", content.decode())


@pytest.mark.parametrize("system", ["linux", "macos", "windows"])
@pytest.mark.parametrize("name", SCENARIOS)
def test_a_redacted_page_has_no_names_and_no_addresses(name: str, system: str) -> None:
    content = page(redact(judged(name, system), own_names={}), "fr").decode()
    assert not re.findall(r"\d{1,3}(?:\.\d{1,3}){3}|(?:[0-9a-f]{2}:){5}|example\.org|Livebox-Salon", content)


@settings(max_examples=50)
@given(st.integers(min_value=0, max_value=2**32), st.sampled_from(LANGUAGES))
def test_any_facts_make_a_page(seed: int, language: str) -> None:
    of = judge_again(report(facts=facts(Random(seed)), asked=IDS))
    top = parsed(page(redact(of, own_names={}), language))
    assert len(top.all("article")) == sum(result.status is not Status.SKIPPED for result in of.checks)


@settings(max_examples=30)
@given(st.integers(min_value=0, max_value=2**32), st.sampled_from(HOSTILE))
def test_names_from_outside_are_text_and_nothing_else(seed: int, hostile: str) -> None:
    """In every place where the model has a text from outside."""
    document = encode(judge_again(report(facts=facts(Random(seed)), asked=IDS))).decode()
    for name in OUTSIDE:
        document = document.replace(name, json.dumps(hostile)[1:-1])
    of = judge_again(msgspec.json.decode(document, type=Report))
    of = structs.replace(of, site=hostile, generated_at=hostile, demo=hostile)
    top = parsed(page(of, "fr"))
    assert len(top.all("article")) == len(IDS)
    assert " ".join(for_terminal(hostile).split()) in " ".join(top.all("header")[0].words().split())


def test_the_browser_is_told_to_run_nothing() -> None:
    top = parsed(page(judged("ready"), "en"))
    policy = next(each.attributes["content"] for each in top.all("meta") if "http-equiv" in each.attributes)
    (style,) = top.all("style")
    digest_ = b64encode(hashlib.sha256(style.text.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest_}'; base-uri 'none'; form-action 'none'"


def test_a_huge_report_makes_no_huge_page() -> None:
    devices = tuple(
        Device(kind=DeviceKind.TV, name="x" * 10_000, addresses=tuple(map(str, range(50))))
        for _ in range(500)
    )
    link = demo.load("wifi-far").facts.link
    assert isinstance(link, LinkFacts)
    text = transits.written([None, *[float(number % 7) for number in range(300_000)], None])
    link = structs.replace(link, record=Record(rest=Stretch(began_s=1, interval_ms=20, round_trip=text)))
    of = report(
        facts=structs.replace(Facts(), link=link, neighbours=structs.replace(neighbours(), devices=devices))
    )
    content = page(judge_again(of), "fr")
    parsed(content)
    assert len(content) < 800_000


def test_a_record_that_is_none_draws_nothing() -> None:
    link = demo.load("wifi-far").facts.link
    assert isinstance(link, LinkFacts)
    of = report(facts=Facts(link=structs.replace(link, record=NOT_REQUESTED)))
    without = parsed(page(of, "en"))
    for text in ("x", "1*0", "-5*99999999999", "9" * 400, ""):
        record = Record(rest=Stretch(began_s=1e308, interval_ms=-1e308, round_trip=text))
        spoilt = structs.replace(of, facts=Facts(link=structs.replace(link, record=record)))
        assert len(parsed(page(spoilt, "en")).all("svg")) == len(without.all("svg"))


def test_what_the_call_will_be_is_drawn_each_way() -> None:
    link = demo.load("wifi-far").facts.link
    assert isinstance(link, LinkFacts)
    some, none = Span(value=12, low=5, high=20), Unavailable(reason=Reason.TIMEOUT)
    sound = ForetoldSound(made_up_pct=some, delay_ms=some)
    picture = ForetoldPicture(kbit_s=some, height=360, frames_per_s=some, frozen_pct=some)
    for up, rows in ((ForetoldWay(sound=sound, picture=picture), 3), (none, 1)):
        foretold = Foretold(basis=Basis.TRAINS, up=up, down=ForetoldWay(sound=sound, picture=none))
        of = report(facts=Facts(link=structs.replace(link, foretold=foretold, record=NOT_REQUESTED)))
        drawings = parsed(page(of, "en")).all("svg")
        (drawing,) = [each for each in drawings if "foretold-title" in each.attributes["aria-labelledby"]]
        assert len([each for each in drawing.all("rect") if each.attributes["class"] == "bad"]) == rows


def test_limits_shown_are_those_that_findings_know() -> None:
    assert {limit for _, limit in measured._HELD_AGAINST} <= measured.LIMITS.keys()
    top = parsed(page(judged("everything-wrong"), "en"))
    rows = [text_of(row) for row in top.all("tr")]
    assert any(re.search(r" \d{3} ms .*Blocking .*ITU-T G\.114, 2003: .* 340 ms", row) for row in rows)


def test_what_the_desk_has_settled_is_on_the_page() -> None:
    desk = Desk(
        contact="DSI <poste 1234>", managed=True, limits={"link.delay_ms": ChangedLimit(critical=400)}
    )
    of = judge_again(structs.replace(judged("everything-wrong"), desk=desk))
    shown = text_of(parsed(page(of, "fr")))
    assert "DSI <poste 1234>" in shown
    assert "400 ms" in shown
    assert Language("fr").text(DESK_SOURCE).replace("\xa0", " ") in shown
    assert "DSI" not in text_of(parsed(page(structs.replace(judged("ready"), desk=desk), "fr")))


def test_a_comparison_and_a_summary_are_pages(tmp_path: Path) -> None:
    names = ["ready", "vpn", "everything-wrong"]
    reports = [(f"<b>{name}", structs.replace(judged(name), site=HOSTILE[1])) for name in names]
    for code in LANGUAGES:
        language = Language(code)
        top = parsed(comparison_page.render(comparison.compare(reports), language, "windows"))
        assert len(top.all("section")) == len(names) - 1
        digests = [digest.decoded(encode(of), file) for file, of in reports]
        found = summary.summarise([*digests, digest.Unreadable.NO_REPORT], summary.Wanted())
        top = parsed(summary_page.render(found, language))
        (first, *_) = top.all("table")[-1].all("tbody")[0].all("tr")
        assert first.all("th")[0].words() == "<b>everything-wrong"
        empty = summary.summarise([], summary.Wanted(since=None))
        parsed(summary_page.render(empty, language))


def test_a_page_has_room_for_so_many_attendees() -> None:
    of = digest.decoded(encode(judged("ready")), "a.json")
    found = summary.summarise([of] * 5000, summary.Wanted())
    content = summary_page.render(found, Language("en"))
    assert "3000 more are left out here" in text_of(parsed(content))
    assert len(content) < 1_000_000


def _colours(style: str) -> list[dict[str, str]]:
    return [
        dict(re.findall(r"--(\w+): (#[0-9a-f]{6})", block))
        for block in re.findall(r":root \{(.*?)\}", style, re.DOTALL)
    ]


def _brightness(colour: str) -> float:
    """WCAG 2.2's relative luminance."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    dark, light = sorted((_brightness(one), _brightness(other)))
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_that_of_wcag_aa_in_light_in_dark_and_on_paper() -> None:
    palettes = _colours(drawn._source("style.css"))
    assert len(palettes) == 3
    for palette in palettes:
        for ink in ("ink", "muted", "ok", "info", "warning", "critical", "unknown"):
            for paper in ("paper", "card"):
                assert _contrast(palette[ink], palette[paper]) >= 4.5, (ink, paper)
        for paper in ("ok", "info", "warning", "critical", "unknown"):
            assert _contrast(palette["on"], palette[paper]) >= 4.5, paper
        for mark in ("ok", "info", "warning", "critical", "field"):
            assert _contrast(palette[mark], palette["paper"]) >= 3, mark
        assert _contrast(palette["ink"], palette["mild"]) >= 4.5


@pytest.mark.parametrize("bad", [1e308, -1e308, 1e15, -1.0, 0.0])
def test_numbers_that_nobody_measured_stay_on_the_page(bad: float) -> None:
    facts_: Any = msgspec.to_builtins(demo.load("everything-wrong").facts)

    def spoilt(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: spoilt(each) for key, each in value.items()}
        if isinstance(value, list):
            return [spoilt(each) for each in value]
        return bad if isinstance(value, float) else value

    of = report(facts=msgspec.convert(spoilt(facts_), Facts), asked=IDS)
    top = parsed(page(judge_again(of), "fr"))
    for picture in top.all("svg"):
        height = float(picture.attributes["viewbox"].split()[-1])
        for mark in picture.all("rect", "text"):
            assert -1 <= float(mark.attributes["x"]) <= 361
            assert -1 <= float(mark.attributes["y"]) <= height + 1
