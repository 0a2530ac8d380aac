"""What holds of all findings: each is declared once, has its words and its line in the docs, and is what it was declared."""

from __future__ import annotations

import ast
import pkgutil
import re
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import given, settings
from msgspec import structs

import amif_netcheck.checks
from amif_netcheck.advice import applications
from amif_netcheck.advice.language import LANGUAGES, Language
from amif_netcheck.advice.lookup import WORDS, key, say
from amif_netcheck.catalog.calls import CALL
from amif_netcheck.checks.causes import explains
from amif_netcheck.checks.registry import SPECS
from amif_netcheck.checks.spec import FindingSpec
from amif_netcheck.checks.unknown import could_not_tell
from amif_netcheck.model.facts import Facts, Reason, Unavailable
from amif_netcheck.model.finding import Finding, ParamValue, Severity
from amif_netcheck.model.fix import FixKind
from amif_netcheck.model.report import ProbeError
from amif_netcheck.output.private import redact_result
from amif_netcheck.output.reference import explain
from amif_netcheck.run import score
from amif_netcheck.run.checklist import IDS, IN_ORDER
from amif_netcheck.run.judge import judge_all
from tests.any_facts import OUTSIDE, any_facts
from tests.builders import LIMITS

SOURCE = Path(amif_netcheck.checks.__file__).parents[1]
DOCS = Path(__file__).parents[2] / "docs"
KEYS = [(spec, variant) for spec in SPECS.values() for variant in ("", *spec.variants)]


def declared() -> set[FindingSpec]:
    """Every spec that stands anywhere in the checks."""
    modules = [
        import_module(each.name)
        for each in pkgutil.iter_modules(amif_netcheck.checks.__path__, "amif_netcheck.checks.")
    ]
    return {value for module in modules for value in vars(module).values() if isinstance(value, FindingSpec)}


def findings_of(facts: Facts) -> list[Finding]:
    errors: list[ProbeError] = []
    findings = judge_all(facts, IDS, errors)
    assert errors == []
    return [finding for check in IDS for finding in findings[check]]


def test_every_finding_that_is_declared_is_in_the_registry_once() -> None:
    assert declared() == set(SPECS.values())
    assert all(code == spec.code for code, spec in SPECS.items())
    assert {spec.check for spec in SPECS.values()} == set(IDS)
    assert [*dict.fromkeys(spec.check for spec in SPECS.values())] == list(IDS)


@settings(max_examples=150, deadline=None)
@given(any_facts)
def test_checks_find_what_they_declared_whatever_the_facts(facts: Facts) -> None:
    for finding in findings_of(facts):
        spec = SPECS[finding.code]
        assert finding.severity in spec.severities
        assert finding.variant in {"", *spec.variants}
        assert finding.evidence
        for name, value in finding.params.items():
            texts = [value] if isinstance(value, str) else value if isinstance(value, list) else []
            if not spec.is_ours(name) and name not in spec.private and name not in {"ports", "product"}:
                assert set(texts) <= {"", *OUTSIDE}, f"{finding.code}: {name} has words of the program"


@settings(max_examples=100, deadline=None)
@given(any_facts)
def test_findings_say_something_whole_in_every_language(facts: Facts) -> None:
    for finding in findings_of(facts):
        for language in LANGUAGES:
            text = say(finding, Language(language), "linux")
            assert text.title
            assert text.summary
            assert "{" not in text.summary + "".join(text.steps)


def test_checks_make_findings_through_their_declaration_alone() -> None:
    for path in (SOURCE / "checks").glob("*.py"):
        made = [
            node
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Finding"
        ]
        assert len(made) == (path.name == "spec.py"), path.name


@pytest.mark.parametrize("room", ["advice", "cli", "output", "run"])
def test_no_code_stands_where_it_would_have_to_be_kept_in_step(room: str) -> None:
    """But for the words, whose keys are held against the declarations."""
    for path in (SOURCE / room).rglob("*.py"):
        texts = {
            node.value
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
        words = {name for name in WORDS if room == "advice"}
        assert not texts & (set(SPECS) - words), path.name


def test_what_was_not_declared_can_not_be_found() -> None:
    spec = FindingSpec("vpn.x", (Severity.INFO, Severity.WARNING), variants=("named",))
    with pytest.raises(ValueError, match=r"vpn\.x.*CRITICAL"):
        spec.finding(severity=Severity.CRITICAL)
    with pytest.raises(ValueError, match=r"vpn\.x.*None"):
        spec.finding()
    with pytest.raises(ValueError, match=r"vpn\.x.*other"):
        spec.finding(severity=Severity.INFO, variant="other")
    assert spec.finding("facts.vpn", severity=Severity.INFO, variant="named") == Finding(
        code="vpn.x", severity=Severity.INFO, variant="named", evidence=("facts.vpn",)
    )


@pytest.mark.parametrize(("spec", "variant"), KEYS, ids=lambda value: getattr(value, "code", value))
def test_every_code_and_variant_has_words_of_its_own(spec: FindingSpec, variant: str) -> None:
    assert key(spec.code, variant) in WORDS


def test_there_are_no_words_for_what_is_never_found() -> None:
    assert set(WORDS) == {key(spec.code, variant) for spec, variant in KEYS}


FOREIGN = {
    "windows": (
        "PipeWire",
        "PulseAudio",
        "System Settings",
        "menu bar",
        "Cmd+",
        "Settings, “Sound”",
        "Power Mode",
    ),
    "macos": ("PipeWire", "PulseAudio", "near the clock", "Open Settings", "Windows", "corner of the screen"),
    "linux": ("System Settings", "menu bar", "Cmd+", "Windows", "Network & Internet"),
}
"""What only another system has."""
BOTH = "near the clock or in the menu bar"
FAMILIES = (
    "",
    "call",
    "cloud_sync",
    "backup",
    "update",
    "streaming",
    "p2p",
    "game",
    "browser",
    "security",
    "system",
)


@pytest.mark.parametrize("system", FOREIGN)
@pytest.mark.parametrize("code", WORDS)
def test_steps_are_those_of_the_persons_own_system(code: str, system: str) -> None:
    words = WORDS[code]
    assert not words.steps_on or set(words.steps_on) == set(FOREIGN)
    own = " ".join((*words.steps_on.get(system, ()), *words.steps, words.otherwise)).replace(BOTH, "")
    assert not [foreign for foreign in FOREIGN[system] if foreign in own]


@pytest.mark.parametrize("system", FOREIGN)
def test_steps_about_an_application_are_those_of_the_persons_own_system(system: str) -> None:
    for family in FAMILIES:
        params: dict[str, ParamValue] = {"applications": ["«Alpha»"], "families": [family]}
        (step,) = applications.steps(params, "{name}: close it.", Language("en"), system)
        assert not [foreign for foreign in FOREIGN[system] if foreign in step], step


def documented(check: str) -> dict[str, set[str]]:
    """The codes in the tables of a check's page, with the severities beside them where the table has them."""
    rows: dict[str, set[str]] = {}
    page = (DOCS / f"{check}.md").read_text(encoding="utf-8")
    for codes, second in re.findall(rf"^\| ((?:`{check}\.\w+`(?:, )?)+) \| ([^|]*) \|", page, re.MULTILINE):
        levels = set(second.split(", "))
        for code in re.findall(r"`([\w.]+)`", codes):
            rows[code] = levels if levels <= {level.value for level in Severity} else set()
    return rows


@pytest.mark.parametrize("check", IDS)
def test_every_code_has_its_line_in_the_docs_with_what_it_may_be(check: str) -> None:
    rows = documented(check)
    assert set(rows) == {code for code, spec in SPECS.items() if spec.check == check}
    for code, levels in rows.items():
        assert levels in (set(), {severity.value for severity in SPECS[code].severities}), code


def test_every_limit_belongs_to_a_finding() -> None:
    held_against = {limit for spec in SPECS.values() for limit in spec.limits}
    assert held_against == set(LIMITS)
    assert len({limit.id for limit in LIMITS}) == len(LIMITS)


def test_a_limit_reaches_no_severity_that_its_finding_may_not_have() -> None:
    for spec in SPECS.values():
        for limit in spec.limits:
            reached = {level for level in Severity if getattr(limit, level.value, None) is not None}
            assert reached & set(spec.severities) or spec.code == "proximity.wifi_slow_band", spec.code


def test_causes_are_declared_findings_and_go_in_one_direction() -> None:
    for spec in SPECS.values():
        assert set(spec.explains) <= set(SPECS.values())
        assert spec not in spec.explains
        assert not any(spec in consequence.explains for consequence in spec.explains)


@pytest.mark.parametrize("spec", SPECS.values(), ids=lambda spec: spec.code)
def test_a_finding_does_not_explain_itself_nor_what_is_out_of_its_reach(spec: FindingSpec) -> None:
    assert not explains(spec, Finding(code=spec.code, severity=Severity.WARNING))
    for consequence in spec.explains:
        finding = Finding(code=consequence.code, severity=Severity.WARNING)
        assert explains(spec, finding)
        if spec.not_at:
            assert not explains(spec, structs.replace(finding, params={"place": spec.not_at}))


def test_without_a_network_everything_else_waits() -> None:
    network = SPECS["link.no_network"]
    assert all(
        explains(network, Finding(code=code, severity=Severity.WARNING))
        for code in SPECS
        if code != network.code
    )


def test_a_check_comes_after_those_whose_findings_it_is_given() -> None:
    order = [entry.id for entry in IN_ORDER]
    assert sorted(order) == sorted(IDS)
    for entry in IN_ORDER:
        assert all(order.index(check) < order.index(entry.id) for check in entry.after)


def test_where_a_device_can_be_chosen_the_directions_are_known() -> None:
    for spec in SPECS.values():
        assert bool(spec.directions) == (FixKind.CHOOSE_DEVICE in spec.fixes), spec.code


@pytest.mark.parametrize(("spec", "variant"), KEYS, ids=lambda value: getattr(value, "code", value))
def test_what_tells_a_private_name_does_not_outlast_its_redaction(spec: FindingSpec, variant: str) -> None:
    """A variant whose words have a private param in them that the usual words do without."""
    telling = _params(WORDS[key(spec.code, variant)]) - _params(WORDS[spec.code])
    assert bool(telling & set(spec.private)) == (variant in spec.private_variants)


def _params(words: object) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", str(words)))


@pytest.mark.parametrize("spec", SPECS.values(), ids=lambda spec: spec.code)
def test_a_computer_called_like_a_word_of_ours_changes_no_word(spec: FindingSpec) -> None:
    severity = spec.severities[0]
    params = dict.fromkeys(spec.vocabulary, CALL) | {"application": CALL}
    finding = spec.finding("facts", severity=severity, params=params)
    (clean,) = redact_result(score.result(spec.check, 10, [finding], 1.0), Facts(), {CALL: "host"}).findings
    assert clean.params == {**dict.fromkeys(spec.vocabulary, CALL), "application": "host-1"}


def test_could_not_tell_names_its_reason() -> None:
    finding = could_not_tell(SPECS["vpn.unknown"], Unavailable(reason=Reason.TIMEOUT), "facts.vpn")
    assert (finding.variant, finding.params) == ("timeout", {"reason": "timeout"})


def test_explain_reads_the_documents_in_the_persons_language() -> None:
    for spec in SPECS.values():
        french = "\n".join(explain(spec.code, Language("fr"), "linux"))
        english = "\n".join(explain(spec.code, Language("en"), "linux"))
        for threshold in (
            each for limit in spec.limits for each in (limit.info, limit.warning, limit.critical) if each
        ):
            assert threshold.document in french
            assert threshold.reading in english
            assert not threshold.reading or threshold.reading not in french


@settings(max_examples=100, deadline=None)
@given(any_facts)
def test_a_check_alone_says_what_it_says_beside_others_that_know_nothing(facts: Facts) -> None:
    for entry in IN_ORDER:
        alone = Facts(**{subject: getattr(facts, subject) for subject in entry.needs})
        errors: list[ProbeError] = []
        assert judge_all(alone, (entry.id,), errors)[entry.id] == judge_all(alone, IDS, errors)[entry.id]
        assert errors == []
