"""What the IT desk's settings change: limits, whom to call, a VPN that is not the person's to turn off."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from amif_netcheck import settings_files
from amif_netcheck.advice import input_errors
from amif_netcheck.advice.language import LANGUAGES, Language
from amif_netcheck.advice.lookup import WORDS, say
from amif_netcheck.advice.next_step import to_do
from amif_netcheck.checks import limits
from amif_netcheck.checks.traffic import line_limit
from amif_netcheck.demo import AT_ONCE, plan
from amif_netcheck.errors import InputError
from amif_netcheck.model.desk import ChangedLimit, Desk
from amif_netcheck.model.finding import Severity
from amif_netcheck.model.fix import FixKind
from amif_netcheck.run import fixes
from amif_netcheck.run.judge import judge_again
from amif_netcheck.settings import of_layers
from tests.builders import link, train
from tests.pure.test_output import report

SETTINGS = """
contact = "DSI : poste 1234"
managed = true

[limits.link]
rtt_ms = { info = 20 }
"""


@pytest.fixture
def settings(tmp_path: Path) -> str:
    path = tmp_path / "desk.toml"
    path.write_text(SETTINGS, encoding="utf-8")
    return str(path)


def test_a_desks_limit_is_named_as_such_wherever_it_is_shown(run: Any, settings: str, tmp_path: Path) -> None:
    saved = tmp_path / "report.json"
    run("demo", "vpn", "--config", settings, "--json", "-o", str(saved), "--lang", "en")
    report = json.loads(saved.read_text(encoding="utf-8"))
    assert report["desk"] == {
        "contact": "DSI : poste 1234",
        "managed": True,
        "limits": {"link.rtt_ms": {"info": 20}},
    }
    (latency,) = (
        finding
        for check in report["checks"]
        for finding in check["findings"]
        if finding["code"] == "link.latency"
    )
    assert latency["params"]["limit_ms"] == 20
    assert latency["params"]["source"] == limits.DESK_SOURCE
    for code, words in (("en", "your IT desk's settings"), ("fr", "réglages de votre service informatique")):
        assert words in run("replay", str(saved), "--config", settings, "--lang", code).out
    assert (
        "link.rtt_ms: to know from 20\xa0ms (your IT desk's settings)"
        in run("explain", "link.latency", "--config", settings, "--lang", "en").out
    )


def test_a_saved_report_is_judged_by_the_limits_of_its_reader(
    run: Any, settings: str, tmp_path: Path
) -> None:
    saved = tmp_path / "report.json"
    run("demo", "vpn", "--config", settings, "--json", "-o", str(saved))
    assert "link.latency" in saved.read_text(encoding="utf-8"), "99 ms: beyond the desk's 20, not beyond ours"
    again = json.loads(run("replay", str(saved), "--json").out)
    assert again["desk"]["limits"] == {}
    assert again["desk"]["contact"] == "DSI : poste 1234"
    codes = {finding["code"] for check in again["checks"] for finding in check["findings"]}
    assert "link.latency" not in codes


def test_a_row_that_is_checked_again_keeps_the_desks_limits() -> None:
    made = report(
        facts=link(train(), train(rtt=40)), desk=Desk(limits={"link.rtt_ms": ChangedLimit(info=30)})
    )
    assert judge_again(made).desk == made.desk
    assert judge_again(made).checks == made.checks


def test_a_limit_that_follows_the_line_starts_from_the_desks() -> None:
    with limits.changed({"traffic.down_mbit_s": ChangedLimit(warning=6)}):
        followed = line_limit(limits.TRAFFIC_DOWN, 100.0)
        assert followed.warning is not None
        assert followed.warning.value == 94
        assert limits.judge(90, followed)[0] is not Severity.WARNING
    with limits.changed({"link.rtt_ms": ChangedLimit(critical=1)}):
        assert limits.judge(99, limits.RTT)[0] is Severity.OK, "a limit has no other levels than its own"
    assert limits.judge(101, limits.RTT)[0] is Severity.INFO


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("limits = 3", "key “limits”: expected a table, found a number"),
        ("[limits]\nlink = 3", "key “limits.link”: expected a table, found a number"),
        ("[limits]\nlink.rtt_ms = [1]", "key “limits.link.rtt_ms”: expected a table, found a list"),
        ("[limits]\nlink.rtt = { info = 1 }", "found link.rtt"),
        ("[limits]\nlink.rtt_ms = { warning = 1 }", "key “limits.link.rtt_ms”: expected info, found warning"),
        ("[limits]\nlink.rtt_ms = { info = nan }", "key “limits.link.rtt_ms.info”: expected a number from"),
        ("[limits]\nlink.rtt_ms = { info = true }", "found true or false"),
        ("[limits]\nlink.delay_ms = { warning = 400 }", "expected info before warning before critical"),
        ("[limits]\nlink.download_mbit_s = { critical = 2 }", "expected info before warning before critical"),
        ("token_key = 'short'", "key “token_key”: expected text of at least 16 characters"),
        (f"contact = '{'x' * 121}'", "key “contact”: expected text of at most 120 characters"),
    ],
)
def test_a_mistake_in_it_is_one_line(tmp_path: Path, content: str, words: str) -> None:
    path = tmp_path / "s.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError) as error:
        of_layers(settings_files.read(path))
    said = input_errors.describe(error.value, Language("en"))
    assert words in said
    assert "\n" not in said


def test_every_limit_that_explain_names_can_be_changed(tmp_path: Path) -> None:
    from amif_netcheck.checks.registry import SPECS  # noqa: PLC0415

    lines = [
        f"[limits.{limit.id}]\n{level} = {getattr(limit, level).value}"
        for limit in {limit.id: limit for spec in SPECS.values() for limit in spec.limits}.values()
        for level in limits.LEVELS
        if getattr(limit, level) is not None
    ]
    tables: dict[str, list[str]] = {}
    for line in lines:
        head, _, value = line.partition("\n")
        tables.setdefault(head, []).append(value)
    text = "\n".join("\n".join((head, *values)) for head, values in tables.items())
    path = tmp_path / "s.toml"
    path.write_text(text, encoding="utf-8")
    assert len(of_layers(settings_files.read(path)).desk.limits) == len(tables)
    assert tomllib.loads(text)


def test_whom_to_call_stands_where_the_desk_is_needed(run: Any, settings: str) -> None:
    for scenario, told in (("ready", False), ("vpn", True), ("everything-wrong", True), ("no-network", True)):
        out = run("demo", scenario, "--config", settings, "--plain", "--lang", "fr").out
        assert ("DSI : poste 1234" in out) == told, scenario
    for name, words in WORDS.items():
        code, _, variant = name.partition("/")
        finding = structs.replace(FINDING, code=code, variant=variant)
        for system in ("linux", "macos", "windows"):
            steps = say(finding, Language("en"), system, desk=Desk(contact="poste 1234")).steps
            named = [step for step in steps if "poste 1234" in step]
            needed = any("IT desk" in step for step in (*words.steps_on.get(system, ()), *words.steps))
            assert len(named) == needed, name


FINDING = next(finding for check in report().checks for finding in check.findings)
TURNING_OFF = ("turn it off", "Disconnect", "switch it off", "Déconnect", "désactiv", "éteign")


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("system", ["linux", "macos", "windows"])
def test_nobody_is_told_to_turn_a_managed_vpn_off(code: str, system: str) -> None:
    language = Language(code)
    for name in (name for name in WORDS if name.startswith("vpn.") and WORDS[name].steps):
        finding_code, _, variant = name.partition("/")
        if finding_code == "vpn.unknown":
            continue
        finding = structs.replace(FINDING, code=finding_code, variant=variant, severity=Severity.WARNING)
        steps = " ".join(say(finding, language, system, desk=Desk(managed=True)).steps)
        assert steps
        assert not [word for word in TURNING_OFF if word in steps], name


def test_the_app_does_not_offer_to_end_a_managed_vpn() -> None:
    made = plan("vpn", system="linux", speed=AT_ONCE)
    facts = made.probes["vpn"].run(made.context, 1e9)
    judged = judge_again(report(facts=structs.replace(report().facts, vpn=facts), asked=("vpn",)))
    (finding,) = next(check for check in judged.checks if check.id == "vpn").findings
    kinds = {request.kind for request in fixes.requests(finding, judged.facts)}
    assert kinds == {FixKind.DISCONNECT_VPN}
    assert fixes.requests(finding, judged.facts, Desk(managed=True)) == ()
    managed = structs.replace(judged, desk=Desk(managed=True))
    assert to_do(managed, Language("en"), "linux").step.startswith("Leave this VPN on")
