"""The recorded computers: what is said of each, in both languages, without a packet or a look at this computer."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from typing import Any

import msgspec
import pytest

from amif_netcheck import demo, platforms
from amif_netcheck.advice.language import Language
from amif_netcheck.advice.scenarios import DEFAULT, SCENARIOS
from amif_netcheck.demo import recordings
from amif_netcheck.errors import ExitCode
from amif_netcheck.model.choices import SYSTEMS
from amif_netcheck.model.facts import NOT_REQUESTED, Unavailable, WifiLink
from amif_netcheck.model.report import Mode, Privacy, Report, Tool, Verdict
from amif_netcheck.output.formats import json as json_output
from amif_netcheck.platforms.base import Platform
from amif_netcheck.run import engine
from amif_netcheck.run.checklist import IDS
from amif_netcheck.run.judge import judge_again
from amif_netcheck.run.probing import PROBES
from tests.program.support import Ran
from tests.systems import WINDOWS, needs_posix, validate

EXPECTED = {
    "ready": ("ready", ExitCode.READY, None),
    "vpn": ("limited", ExitCode.LIMITED, "vpn.carries_meeting"),
    "wifi-far": ("limited", ExitCode.LIMITED, "proximity.wifi_suffers"),
    "busy-line": ("not_ready", ExitCode.NOT_READY, "neighbours.eating"),
    "no-headset": ("limited", ExitCode.LIMITED, "headset.not_chosen"),
    "no-network": ("not_ready", ExitCode.NOT_READY, "link.no_network"),
    "everything-wrong": ("not_ready", ExitCode.NOT_READY, "vpn.carries_meeting"),
}


EVERY = [(name, system) for name in SCENARIOS for system in SYSTEMS]


@pytest.fixture(autouse=True)
def _nothing_is_sent_and_nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_arguments: object, **_more: object) -> None:
        raise AssertionError("the demo touched the world")

    real_connect = socket.socket.connect

    def connect(sock: socket.socket, address: Any) -> None:
        """On Windows the loop of asyncio itself is woken up over a connection to this computer."""
        if not WINDOWS or address[0] != "127.0.0.1":
            never()
        real_connect(sock, address)

    monkeypatch.setattr(socket.socket, "connect", connect)
    for name in ("connect_ex", "sendto", "sendmsg"):
        monkeypatch.setattr(socket.socket, name, never, raising=False)
    monkeypatch.setattr(socket, "getaddrinfo", never)
    monkeypatch.setattr(platforms, "current", never)
    for name in ("interfaces", "egress", "counters", "processes", "sound", "work", "wifi", "gateway"):
        monkeypatch.setattr(f"amif_netcheck.platforms.recorded.Recorded.{name}", never)


def report_of(ran: Ran) -> Any:
    assert ran.err == ""
    return json.loads(ran.out)


@pytest.mark.parametrize(("name", "system"), EVERY)
def test_each_recorded_computer_has_its_verdict_and_what_to_fix_first(
    run: Any, name: str, system: str
) -> None:
    verdict, code, first = EXPECTED[name]
    ran = run("demo", name, "--json", "--system", system)
    report = report_of(ran)
    assert (report["verdict"], ran.code) == (verdict, code)
    assert report["demo"] == name
    assert report["system"]["os"] == system
    assert report["errors"] == []
    if first is not None:
        assert report["next_action"]["code"] == first
    else:
        untold = {"camera"} if system == "windows" else set()  # Windows does not tell that nobody has it
        status = {each["id"]: each["status"] for each in report["checks"]}
        assert {check for check in status if status[check] not in {"ok", "info"}} == untold


@pytest.mark.parametrize(("name", "system"), EVERY)
def test_devices_are_called_as_the_language_calls_them_and_nothing_else_differs(
    name: str, system: str
) -> None:
    french, english = (recordings.recorded(name, system, language) for language in ("fr", "en"))
    assert recordings.recorded(name, system) == french
    written = msgspec.json.encode(english).decode()
    assert not re.search(r"[À-ÖØ-öø-ÿ]|Casque|Micro |Haut-parleur", written)
    judged = [
        [(each.id, each.status, [finding.code for finding in each.findings]) for each in report.checks]
        for report in (judge_again(blank(each)) for each in (french, english))
    ]
    assert judged[0] == judged[1]


def blank(recording: demo.RecordedComputer) -> Report:
    return Report(
        schema_version=1,
        tool=Tool(name="amif-netcheck", version="0"),
        system=recording.system,
        generated_at="2026-11-23T09:00:00+01:00",
        duration_s=1.0,
        mode=Mode.FULL,
        asked=IDS,
        language="",
        verdict=Verdict.READY,
        score=None,
        coverage=0,
        next_action=None,
        checks=(),
        facts=recording.facts,
        privacy=Privacy.FULL,
    )


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize(("name", "system"), EVERY)
def test_every_sentence_is_whole_in_both_languages(run: Any, name: str, system: str, language: str) -> None:
    report = report_of(run("demo", name, "--json", "--lang", language, "--system", system))
    for check in report["checks"]:
        for finding in check["findings"]:
            said = [finding["summary"], finding["meaning"], *finding["advice"]]
            assert finding["summary"], finding
            assert not [text for text in said if "{" in text or "—" in text], finding
            if finding["severity"] in {"warning", "critical"}:
                assert finding["advice"], finding
    plain = run("demo", name, "--plain", "--lang", language, "--system", system)
    assert plain.out.startswith({"fr": "Démonstration «", "en": "Demonstration “"}[language])
    assert report["next_action"] is None or re.search(r"^1\. .+\n   - ", plain.out, re.MULTILINE)
    assert plain.code == EXPECTED[name][1]


@pytest.mark.parametrize("private", [("--include-private",), ()], ids=["with names", "redacted"])
@pytest.mark.parametrize(("name", "system"), EVERY)
def test_the_report_keeps_to_the_schema_and_can_be_judged_again(
    run: Any, name: str, system: str, private: tuple[str, ...], tmp_path: Any
) -> None:
    path = tmp_path / "report.json"
    assert run("demo", name, "--json", "-o", str(path), "--system", system, *private).out == ""
    report = json.loads(path.read_text(encoding="utf-8"))
    validate(report, json.loads(json_output.schema()))
    again = report_of(run("replay", "--json", str(path), *private))
    assert again == report


@pytest.mark.parametrize("name", SCENARIOS)
def test_what_is_printed_is_what_a_file_gets(run: Any, name: str, tmp_path: Any) -> None:
    """The rows in the order of the note, and the same names left out."""
    path = tmp_path / "report.txt"
    run("demo", name, "--lang", "fr", "-o", str(path))
    assert run("demo", name, "--lang", "fr").out == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_model_with_more_to_it_still_reads_the_recordings(name: str) -> None:
    """As this version will have to read those of a later one, and the other way round."""

    def enriched(value: Any) -> Any:
        if isinstance(value, dict):
            return {**{key: enriched(each) for key, each in value.items()}, "of_a_later_version": 1}
        return [enriched(each) for each in value] if isinstance(value, list) else value

    recording = demo.load(name)
    later = enriched(msgspec.to_builtins(recording))
    assert msgspec.convert(later, demo.RecordedComputer, strict=False) == recording


@pytest.mark.parametrize(("name", "system"), EVERY)
def test_every_probe_of_the_checklist_was_recorded(name: str, system: str) -> None:
    facts = demo.load(name, system).facts
    assert [
        subject
        for subject, probe in PROBES.items()
        if getattr(facts, subject) == NOT_REQUESTED and not probe.on_request
    ] == []


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_recording_names_no_system_but_where_it_differs(name: str) -> None:
    """Each name that a scenario leaves to the system is one that every system has, and each patch changes something."""
    story, systems = recordings.scenario(name), recordings.systems()
    assert systems.keys() == set(SYSTEMS)
    text = msgspec.json.encode(story).decode()
    wanted = set(re.findall(r'"@(\w+)"', text))
    for words in systems.values():
        assert wanted <= words.names.keys()
    assert story.on.keys() <= set(SYSTEMS)
    for patch in story.on.values():
        assert recordings.patched(story.facts, patch) != story.facts


def test_every_name_of_a_system_is_used() -> None:
    texts = "".join(msgspec.json.encode(recordings.scenario(name)).decode() for name in SCENARIOS)
    for words in recordings.systems().values():
        assert {name for name in words.names if f'"@{name}"' not in texts} == set()


def test_what_a_system_never_tells_is_laid_over_what_was_measured_alone() -> None:
    near = demo.load("wifi-far", "macos").facts.proximity
    assert not isinstance(near, Unavailable)
    assert isinstance(near.wifi, WifiLink)
    assert (near.interface, near.wifi.noise_dbm) == ("en0", -92)
    assert isinstance(near.wifi.ssid, Unavailable)
    wired = demo.load("ready", "macos").facts.proximity
    assert not isinstance(wired, Unavailable)
    assert isinstance(wired.wifi, Unavailable)
    assert (
        demo.load("no-network", "windows").facts.proximity == demo.load("no-network", "linux").facts.proximity
    )


@pytest.mark.parametrize(
    ("value", "patch", "patched"),
    [
        ({"a": 1, "b": 2}, {"b": 3}, {"a": 1, "b": 3}),
        ({"a": 1, "b": 2}, {"b": None}, {"a": 1}),
        ({"a": {"b": 1, "c": 2}}, {"a": {"b": 3}}, {"a": {"b": 3, "c": 2}}),
        ({"a": [1, 2]}, {"a": [3]}, {"a": [3]}),
        (1, {"a": {"b": None}}, {"a": {}}),
    ],
)
def test_a_patch_is_a_merge_patch(value: Any, patch: Any, patched: Any) -> None:
    """Cases of RFC 7396, appendix A."""
    assert recordings.patched(value, patch) == patched


@pytest.mark.parametrize(("platform", "system"), [("windows", "windows"), ("macos", "macos"), ("linux", "linux"), ("freebsd14", "linux")])  # fmt: skip
def test_a_scenario_is_shown_as_on_this_computers_system(
    run: Any, monkeypatch: pytest.MonkeyPatch, platform: str, system: str
) -> None:
    monkeypatch.setattr(Platform, "name", platform)
    assert report_of(run("demo", "ready", "--json"))["system"]["os"] == system
    assert report_of(run("demo", "ready", "--json", "--system", "macos"))["system"]["os"] == "macos"


def test_devices_and_steps_are_those_of_the_system(run: Any) -> None:
    for system, interface, device, step in (
        ("windows", "Wi-Fi", "Casque (Sonelle H20)", "Ouvrez Paramètres, « Système », « Son »"),
        ("macos", "en0", "Micro MacBook Air", "Ouvrez Réglages Système, « Son »"),
        ("linux", "wlp2s0", "Audio interne Stéréo analogique", "Ouvrez Paramètres, « Son »"),
    ):
        arguments = ("demo", "no-headset", "--system", system, "--lang", "fr")
        report = report_of(run(*arguments, "--json", "--include-private"))
        assert report["facts"]["proximity"]["interface"] == interface
        assert device in {each["name"] for each in report["facts"]["headset"]["devices"]}
        assert step in run(*arguments, "--plain").out.replace("\u00a0", " ")


def test_a_system_that_is_none(run: Any) -> None:
    assert "beos" in run("demo", "--system", "beos", "--lang", "en").complaint()


@pytest.mark.parametrize("name", SCENARIOS)
def test_names_and_addresses_are_nobodys(run: Any, name: str) -> None:
    """Private, or reserved for documentation; and gone from what is written without --include-private."""
    private = r"192\.168\.1\.\d+|10\.8\.0\.2|192\.0\.2\.\d+|198\.51\.100\.\d+|203\.0\.113\.\d+"
    whole = run("demo", name, "--json", "--include-private").out
    found = set(re.findall(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])", whole))
    assert [each for each in found if not re.fullmatch(private, each)] == []
    written = run("demo", name, "--json").out
    assert (
        re.findall(r"\d{1,3}(?:\.\d{1,3}){3}|(?:[0-9a-f]{2}:){5}|example\.org|Livebox-Salon", written) == []
    )


def test_an_unknown_scenario_is_one_line_that_helps(run: Any) -> None:
    for typed, words in (
        ("wifi_far", "did you mean “wifi-far”?"),
        ("READY", "did you mean “ready”?"),
        ("xyz", "known scenarios: ready, vpn,"),
        ("../../etc/passwd", "known scenarios"),
        ("\x1b[31m\n", r"\x1b[31m"),
        ("", "known scenarios"),
        ("a" * 100_000, "known scenarios"),
    ):
        ran = run("demo", typed, "--lang", "en")
        assert ran.code == ExitCode.USAGE
        assert words in ran.complaint()


@pytest.mark.parametrize("speed", ["0", "-1", "nan", "inf", "fast", "1e9"])
def test_a_speed_that_is_none(run: Any, speed: str) -> None:
    assert "is no speed" in run("demo", "--speed", speed, "--lang", "en").complaint()


def test_without_a_name_one_is_chosen_and_the_help_lists_all(
    run: Any, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert report_of(run("--json", "demo"))["demo"] == DEFAULT
    with pytest.raises(SystemExit):
        run("demo", "--help", "--lang", "en")
    text = capfdbinary.readouterr().out.decode()
    assert all(f"  {name} " in text for name in SCENARIOS)


def test_where_nobody_watches_nobody_waits_unless_asked(run: Any) -> None:
    """At the real pace it would take as long as a real run."""
    started = time.monotonic()
    run("demo", "ready", "--json")
    assert time.monotonic() - started < 10
    slow, quick = demo.plan("ready"), demo.plan("ready", speed=100)
    assert [slow.usual_s(each) for each in slow.subjects] == [
        pytest.approx(100 * quick.usual_s(each)) for each in slow.subjects
    ]
    assert report_of(run("demo", "ready", "--json", "--speed", "20"))["duration_s"] > 0.5


def test_a_stop_ends_every_wait_and_a_deadline_too() -> None:
    plan = demo.plan("ready")
    probe = plan.probes["link"]
    started = time.monotonic()
    probe.run(plan.context, started + 0.1)
    plan.context.stop.set()
    probe.run(plan.context, started + 100)
    assert time.monotonic() - started < 5


async def test_a_front_end_that_leaves_is_not_held() -> None:
    plan = demo.plan("everything-wrong")
    started = time.monotonic()
    events = engine.run(plan)
    await anext(events)
    await events.aclose()
    assert plan.context.stop.is_set()
    assert time.monotonic() - started < 5


@needs_posix("a terminal that a test can make (under Wine: tests/wine/test_console.py)")
def test_ctrl_c_ends_it_at_once() -> None:
    """On a terminal, where rows are written as they are judged."""
    command = (sys.executable, "-m", "amif_netcheck", "demo", "--plain", "--speed", "1", "--lang", "en")
    ours, theirs = os.openpty()
    shown = b""
    with subprocess.Popen(command, stdout=theirs, stderr=subprocess.PIPE) as process:
        os.close(theirs)
        with contextlib.suppress(OSError):  # EIO: it has ended
            while part := os.read(ours, 4096):
                if b"[OK] VPN" not in shown and b"[OK] VPN" in shown + part:
                    process.send_signal(signal.SIGINT)
                shown += part
        complaint = process.communicate(timeout=60)[1]
    os.close(ours)
    assert b"[OK] VPN" in shown
    assert process.returncode == ExitCode.INTERRUPTED
    assert complaint == b""
    assert b"Internet connection" not in shown  # which would have been told after 14 seconds


def test_what_is_said_of_a_scenario_is_said_in_french_too() -> None:
    assert len({Language("fr").text(words) for words in SCENARIOS.values()}) == len(SCENARIOS)
