"""The command line: options, exit codes, one-line errors, nothing but data on stdout."""

from __future__ import annotations

import errno
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from amif_netcheck import __version__
from amif_netcheck.advice.language import LANGUAGES
from amif_netcheck.checks.registry import SPECS
from amif_netcheck.errors import ExitCode, UsageError
from amif_netcheck.model.address import Server
from amif_netcheck.model.report import Verdict
from amif_netcheck.output import files
from amif_netcheck.probes.context import SoundTest
from amif_netcheck.run import engine, judge
from amif_netcheck.run.checklist import IDS
from amif_netcheck.run.plan import RunPlan
from tests.builders import LIMITS
from tests.program.support import HARMLESS, without_roots_rights
from tests.systems import needs_posix, validate

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = ROOT / "schemas" / "report-v1.schema.json"


def test_version_loads_nothing_heavy() -> None:
    script = (
        "import sys; sys.argv[1:] = ['--version']; from amif_netcheck.__main__ import main; code = main();"
        "heavy = {'msgspec','psutil','asyncio','argparse','gettext','logging','platformdirs'} & set(sys.modules);"
        "print(code, sorted(heavy))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, encoding="utf-8", check=True, timeout=30
    )
    assert done.stdout == f"amif-netcheck {__version__}\n0 []\n"


@pytest.mark.parametrize("form", ["--json", "--plain"])
def test_a_run_without_the_app_never_loads_it(form: str) -> None:
    script = (
        f"import sys; from amif_netcheck.cli import main as cli; code = cli.main(['{form}', '--offline', '--only', 'vpn']);"
        "print('\\n', sorted(name for name in sys.modules if name.partition('.')[0] in {'textual', 'rich'}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, encoding="utf-8", check=True, timeout=30
    )
    assert done.stdout.endswith("\n []\n")


def test_json_is_the_report_and_nothing_else(run: Any) -> None:
    ran = run("--json", *HARMLESS, "--lang", "en")
    report = json.loads(ran.out)
    validate(report, json.loads(SCHEMA.read_text(encoding="utf-8")))
    assert ran.err == ""
    assert report["schema_version"] == 1
    assert [check["id"] for check in report["checks"]] == list(IDS)
    assert {check["id"]: check["status"] for check in report["checks"]}["link"] == "skipped"
    assert report["mode"] == "partial"
    assert report["asked"] == ["vpn"]
    assert report["language"] == "en"
    assert report["privacy"] == "redacted"


def test_the_committed_schema_is_the_models(run: Any) -> None:
    assert run("schema").out == SCHEMA.read_text(encoding="utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
def test_codes_and_facts_do_not_depend_on_the_language(run: Any, language: str) -> None:
    report = json.loads(run("--json", *HARMLESS, "--lang", language).out)
    finding = next(check for check in report["checks"] if check["id"] == "vpn")["findings"][0]
    assert re.fullmatch(r"vpn\.[a-z_]+", finding["code"])
    assert finding["summary"].endswith(".")


def test_offline_measures_no_link_and_says_so(run: Any) -> None:
    ran = run("--json", "--offline", "--only", "link,vpn")
    report = json.loads(ran.out)
    link = next(check for check in report["checks"] if check["id"] == "link")
    assert link["points"] in (None, 0)
    assert link["status"] in {"unknown", "critical"}, "critical where this machine has no way out at all"
    assert ran.code == {"unknown": ExitCode.UNDETERMINED, "critical": ExitCode.NOT_READY}[link["status"]]


@pytest.mark.parametrize("language", LANGUAGES)
def test_help_is_in_the_persons_language(language: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "amif_netcheck", "--lang", language, "--help"],
        capture_output=True,
        encoding="utf-8",
        check=True,
        timeout=30,
    )
    words = {
        "fr": ("utilisation", "affiche cette aide", "commandes"),
        "en": ("usage", "show this help", "commands"),
    }
    for code, expected in words.items():
        assert all(word in done.stdout for word in expected) == (code == language)
    for option in ("--quick", "--json", "--stun", "--include-private", "replay", "explain"):
        assert option in done.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--nonsense"], "unrecognized arguments: --nonsense"),
        (["--timeout", "soon"], "“soon” is no duration"),
        (["--timeout", "0.5"], "“0.5” is no duration"),
        (["--timeout", "601"], "“601” is no duration"),
        (["--timeout", "nan"], "“nan” is no duration"),
        (["--max-mb", "0"], "“0” is no whole number from 1 to 10000"),
        (
            ["--speed-server", "https://a.example", "--max-mb", "10001"],
            "“10001” is no whole number from 1 to 10000",
        ),
        (["--timeout"], "--timeout: expected one argument"),
        (["--lang", "de"], "invalid choice: 'de'"),
        (["--only", "vnp"], "Unknown check “vnp”"),
        (["--only", ""], "No check is left"),
        (["--only", "vpn", "--skip", "vpn"], "No check is left"),
        (["--stun", "host:"], "“host:” is no server"),
        (["--stun", "host:99999"], "“host:99999” is no server"),
        (["--stun", "a b"], "“a b” is no server"),
        (["--meeting", "https://"], "“https://” is no meeting"),
        (["--meeting", "two words"], "“two words” is no meeting"),
        (["--meeting", "\x1b[31m"], r"“\x1b[31m” is no meeting"),
        (["--json", "--plain"], "not allowed with argument"),
        (["explain", "vpn.carries_meating"], "did you mean “vpn.carries_meeting”?"),
        (["replay"], "required: REPORT.json"),
        (["play"], "invalid choice: 'play'"),
        (
            ["--config", "/nowhere/settings.toml"],
            f"{Path('/nowhere/settings.toml')}: can't be read (no such file or folder)",
        ),
        (
            ["-o", "/nowhere/report.json"],
            f"{Path('/nowhere/report.json')}: can't be written (no such file or folder)",
        ),
        (["-o", "/"], f"{Path('/')}: can't be written (it is a folder)"),
    ],
)
def test_a_bad_command_line_is_one_line_that_helps(run: Any, arguments: list[str], words: str) -> None:
    ran = run("--lang", "en", *arguments) if arguments[:1] != ["--lang"] else run(*arguments)
    assert ran.code == ExitCode.USAGE
    expected = (
        words
        if arguments[:1] != ["--lang"]
        else words.replace("invalid choice", "choix inconnu").replace(": 'de'", "\u00a0: 'de'")
    )
    assert expected in ran.complaint()


def test_a_folder_that_can_only_be_read_is_found_before_the_run(
    run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_only(_target: Path) -> tuple[int, Path]:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(files, "_new_file_beside", read_only)
    monkeypatch.setattr(engine, "run", None)  # a run would fail the test
    ran = run("--json", "--lang", "fr", "-o", str(tmp_path / "report.json"))
    assert ran.code == ExitCode.USAGE
    assert "ce disque est en lecture seule" in ran.complaint()


def test_a_folder_that_we_may_not_write_to_is_found_before_the_run(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    done = without_roots_rights("--json", "--lang", "en", "-o", str(tmp_path / "report.json"))
    assert done.returncode == ExitCode.USAGE
    assert "access is refused" in done.stderr


@pytest.mark.parametrize(("key", "code"), [(verdict, getattr(ExitCode, verdict.name)) for verdict in Verdict])
def test_each_verdict_has_its_exit_code(
    run: Any, saved: Path, monkeypatch: pytest.MonkeyPatch, key: Verdict, code: ExitCode
) -> None:
    monkeypatch.setattr(judge, "judge_again", lambda report, _limits: structs.replace(report, verdict=key))
    assert run("replay", "--json", str(saved)).code == code
    assert [
        each.value for each in (ExitCode.READY, ExitCode.LIMITED, ExitCode.NOT_READY, ExitCode.UNDETERMINED)
    ] == [0, 1, 3, 4]


@pytest.mark.parametrize(
    ("arguments", "requested", "wish", "timeout_s"),
    [
        (("--quick",), (), SoundTest.NO, 5),
        (("--quick", "--sound-test"), ("sound_test",), SoundTest.YES, 19),
        (("--echo",), ("sound_test",), SoundTest.WITH_ECHO, 20),
        (("--sound-test", "--timeout", "7"), ("sound_test",), SoundTest.YES, 7),
    ],
)
def test_sound_is_recorded_only_when_asked_for(
    run: Any,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    requested: tuple[str, ...],
    wish: SoundTest,
    timeout_s: float,
) -> None:
    plans: list[RunPlan] = []

    def note(plan: RunPlan) -> None:
        plans.append(plan)
        raise UsageError("noted")

    monkeypatch.setattr(engine, "run", note)
    run(*arguments)
    plan = plans[0]
    assert (plan.requested, plan.context.sound_test, plan.timeout_s) == (requested, wish, timeout_s)
    assert ("sound_test" in plan.subjects) is bool(requested)


@pytest.mark.parametrize(
    ("arguments", "asked", "quick", "timeout_s"),
    [
        ((), IDS, False, 20),
        (("--quick",), IDS, True, 5),
        (("--quick", "--timeout", "7"), IDS, True, 7),
        (("--skip", ",".join(set(IDS) - {"vpn"})), ("vpn",), False, 20),
        (("--only", "vpn,link"), ("vpn", "link"), False, 20),
    ],
)
def test_options_make_the_plan(
    run: Any,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    asked: tuple[str, ...],
    quick: bool,
    timeout_s: float,
) -> None:
    plans: list[RunPlan] = []

    def note(plan: RunPlan) -> None:
        plans.append(plan)
        raise UsageError("noted")

    monkeypatch.setattr(engine, "run", note)
    assert (
        run("--json", *arguments, "--meeting", "https://m.example/x", "--stun", "s.example:1").complaint()
        == "noted"
    )
    plan = plans[0]
    assert (plan.asked, plan.context.quick, plan.timeout_s) == (asked, quick, timeout_s)
    assert (plan.context.meeting, plan.context.stun) == ("m.example", (Server("s.example", 1),))
    assert plan.mode.value == ("partial" if asked != IDS else "quick" if quick else "full")


def test_what_is_typed_beats_the_settings(run: Any, tmp_path: Path) -> None:
    config = tmp_path / "settings.toml"
    config.write_text('skip = ["vpn"]\ninclude_private = true\n', encoding="utf-8")
    report = json.loads(run("--json", *HARMLESS, "--config", str(config), "--no-include-private").out)
    assert report["asked"] == ["vpn"]
    assert report["privacy"] == "redacted"
    assert json.loads(run("--json", *HARMLESS, "--config", str(config)).out)["privacy"] == "full"


@pytest.mark.parametrize("name", ["vpn", "stun", "ok", "warning"])
def test_a_meeting_may_be_called_like_a_word_of_the_report(run: Any, name: str) -> None:
    report = json.loads(run("--json", *HARMLESS, "--meeting", name).out)
    findings = next(check["findings"] for check in report["checks"] if check["id"] == "vpn")
    assert findings[0]["code"] == "vpn.unknown", "offline, the name is not looked up: never green"


@needs_posix("/dev/stdout, and a pipe with a name among the files")
def test_a_pipe_gets_the_report_and_nobody_waits_for_a_reader(run: Any, tmp_path: Path) -> None:
    command = f"{sys.executable} -m amif_netcheck --json --offline --only vpn -o /dev/stdout | cat"
    done = subprocess.run(
        ["sh", "-c", command], capture_output=True, encoding="utf-8", check=False, timeout=30
    )
    assert json.loads(done.stdout)["schema_version"] == 1
    os.mkfifo(tmp_path / "pipe")
    ran = run("--json", "--lang", "en", *HARMLESS, "-o", str(tmp_path / "pipe"))
    assert "nobody reads this pipe" in ran.complaint()
    assert json.loads(run("--json", *HARMLESS, "-o", "-").out)["schema_version"] == 1


def test_output_goes_to_the_file_alone(run: Any, tmp_path: Path) -> None:
    target = tmp_path / "report.json"
    ran = run("--json", *HARMLESS, "-o", str(target))
    assert (ran.out, ran.err) == ("", "")
    assert json.loads(target.read_text(encoding="utf-8"))["schema_version"] == 1
    text = tmp_path / "report.txt"
    run(*HARMLESS, "-o", str(text), "--lang", "en")
    assert text.read_text(encoding="utf-8").startswith("Ready for the videoconference?\n")


def test_a_report_that_can_not_be_written_after_all_is_printed(
    run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(files, "replacing", full)
    ran = run("--json", *HARMLESS, "--lang", "en", "-o", str(tmp_path / "report.json"))
    assert ran.code == ExitCode.USAGE
    assert json.loads(ran.out)["schema_version"] == 1
    assert "the disk is full" in ran.err


def test_an_internal_error_is_one_line_and_the_log_has_the_rest(
    run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "run", lambda _plan: 1 / 0)
    ran = run("--json", *HARMLESS)
    assert ran.code == ExitCode.INTERNAL
    path = re.search(r"\(([^ ]*\.log)\)", ran.complaint())
    assert path
    assert "ZeroDivisionError" in Path(path[1]).read_text(encoding="utf-8")
    assert "Traceback" in run("--json", "-v", *HARMLESS).err


def test_a_log_that_can_not_be_written_stops_nothing(
    run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file" / "below"))
    monkeypatch.setenv("HOME", str(tmp_path / "file" / "below"))
    assert json.loads(run("--json", *HARMLESS).out)["schema_version"] == 1


def test_plain_rows_are_whole_lines_without_progress_in_a_pipe(run: Any) -> None:
    ran = run(*HARMLESS, "--lang", "en")
    assert ran.err == ""
    assert "\x1b" not in ran.out
    assert "seconds left" not in ran.out
    assert re.search(r"^\[(OK|To know|Unknown|Caution)\] VPN – .+$", ran.out, re.MULTILINE)
    assert "This speaks only of the checks that were asked for." in ran.out


def test_list_tells_what_each_check_sends(run: Any) -> None:
    out = run("list", "--lang", "en").out
    for check in IDS:
        assert re.search(rf"^{check} \(weight \d+\): ", out, re.MULTILINE)
    assert out.count("Sends: ") == len(IDS)


def test_explain_knows_every_code_and_prints_limits_with_their_source(run: Any) -> None:
    listed = [line.partition(":")[0] for line in run("explain", "--lang", "en").out.splitlines()]
    assert listed == list(SPECS)
    shown = "".join(run("explain", code, "--lang", "en").out for code in listed)
    for limit in LIMITS:
        assert f"{limit.id}: " in shown
    assert "Teams/prepare-network.md" in shown


def test_private_data_is_kept_only_when_asked_for(run: Any) -> None:
    kept = json.loads(run("--json", *HARMLESS, "--include-private").out)
    assert kept["privacy"] == "full"
    ways = kept["facts"]["vpn"].get("internet", {})
    assert ways or sys.platform != "linux"
    for route in (ways[family] for family in ("ipv4", "ipv6") if family in ways):
        if route["state"] == "measured":
            clean = run("--json", *HARMLESS).out
            assert route["source"] not in clean


def test_what_is_logged_after_the_end_is_not_written_on_the_terminal() -> None:
    script = (
        "import logging; from amif_netcheck import log; log.start(verbose=False); log.stop();"
        "logging.getLogger('amif_netcheck.late').error('too late')"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, encoding="utf-8", check=True, timeout=60
    )
    assert (done.stdout, done.stderr) == ("", "")
