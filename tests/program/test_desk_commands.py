"""`compare`, `summary`, `settings` and the formats for monitoring, as they are typed."""

from __future__ import annotations

import errno
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import jsonschema
import pytest

from amif_netcheck import settings_document
from amif_netcheck.catalog.meeting_services import MeetingService, keys_of
from amif_netcheck.cli import main as cli
from amif_netcheck.desk.spool import Spool
from tests.systems import needs_linux

ROOT = Path(__file__).resolve().parents[2]
SCENARIOS = ("ready", "vpn", "everything-wrong", "no-network")


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reports")
    for name in SCENARIOS:
        assert cli.main(["demo", name, "--json", "-o", str(folder / f"{name}.json")]) in {0, 1, 3, 4}
    (folder / "broken.json").write_text('{"schema_version": 1')
    return folder


def said(capsysbinary: pytest.CaptureFixture[bytes], *arguments: str) -> tuple[int, str, str]:
    capsysbinary.readouterr()
    code = cli.main(arguments)
    out, err = capsysbinary.readouterr()
    return code, out.decode(), err.decode()


def test_an_overview_of_a_folder(reports: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    code, out, err = said(capsysbinary, "summary", str(reports), "--lang", "fr")
    assert (code, err) == (0, "")
    assert "4 participants" in out
    assert "1 fichier écarté\u00a0: pas un rapport d’amif-netcheck" in out
    rows = [line for line in out.splitlines() if ".json" in line]
    assert [SCENARIOS.index(Path(row.split(" | ")[3]).stem) for row in rows] == [2, 3, 1, 0]
    code, out, _ = said(capsysbinary, "summary", str(reports), "--verdict", "ready", "--json")
    assert [Path(row["file"]).stem for row in json.loads(out)["attendees"]] == ["ready"]
    assert json.loads(out)["left_out"] == 3
    target = reports.parent / "all.csv"
    code, out, _ = said(
        capsysbinary, "summary", str(reports / "vpn.json"), "--format", "csv", "-o", str(target)
    )
    assert (code, out) == (0, "")
    assert target.read_text(encoding="utf-8").count("\n") == 2


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["summary", "no-such-folder"], "no such file or folder"),
        (["summary", ".", "--since", "yesterday"], "write it as 2026-11-29"),
        (["summary", ".", "--since", "2026-13-01"], "is no day"),
        (["compare", "one.json"], "one.json: can't be read"),
        (["settings", "--check", "no.toml"], "no.toml: can't be read"),
        (["--format", "yaml"], "invalid choice"),
    ],
)
def test_bad_input_is_one_line(
    arguments: list[str], complaint: str, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    code, out, err = said(capsysbinary, *arguments, "--lang", "en")
    assert (code, out) == (2, "")
    assert complaint in err
    assert len(err.splitlines()) == 1


def test_what_changed_on_one_machine(reports: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    code, out, _ = said(
        capsysbinary, "compare", str(reports / "vpn.json"), str(reports / "ready.json"), "--lang", "en"
    )
    assert code == 0
    assert "Verdict: Ready, with reservations" in out
    _, out, _ = said(
        capsysbinary, "compare", str(reports / "vpn.json"), str(reports / "ready.json"), "--json"
    )
    fates = {change["code"]: change["fate"] for change in json.loads(out)[0]["changes"]}
    assert fates["vpn.carries_meeting"] in {
        "mended",
        "new",
    }  # both are of the same second: the order is theirs


def test_monitoring_gets_a_status_line_even_for_bad_input(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    code, out, err = said(capsysbinary, "--format", "nagios", "--only", "nonsense", "--lang", "en")
    assert (code, out) == (3, f"AMIF-NETCHECK UNKNOWN - {err.removeprefix('amif-netcheck: ')}")
    code, out, _ = said(capsysbinary, "demo", "everything-wrong", "--format", "nagios", "--lang", "en")
    assert code == 2
    assert out.startswith("AMIF-NETCHECK CRITICAL - Not ready yet")


def test_monitoring_s_thresholds_come_from_the_settings(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    path = tmp_path / "s.toml"
    path.write_text("[monitoring]\nrtt_ms = { critical = 5 }\n")
    code, out, _ = said(
        capsysbinary, "demo", "ready", "--format", "nagios", "--config", str(path), "--lang", "en"
    )
    assert code == 2
    assert re.match(r"AMIF-NETCHECK CRITICAL - rtt_ms = 6\.32\d* \(critical 5\) - Ready, 100/100 \| ", out)


def test_settings_tell_where_they_come_from(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    path = tmp_path / "s.toml"
    path.write_text('site = "École"\n[link]\nmetered = true\n', encoding="utf-8")
    code, out, _ = said(capsysbinary, "settings", "--config", str(path), "--lang", "en")
    assert code == 0
    assert f'site = "École"  # {path}' in out
    assert f"metered = true  # {path}" in out
    assert 'meeting = ""  # default' in out
    code, out, _ = said(capsysbinary, "settings", "--check", str(path), "--lang", "en")
    assert (code, out) == (0, f"{path}: right\n")
    path.write_text('site = "École"\nsight = 3\n', encoding="utf-8")
    code, out, err = said(capsysbinary, "settings", "--check", str(path), "--lang", "en")
    assert (code, out) == (2, "")
    assert "did you mean “site”?" in err


@pytest.mark.parametrize(
    ("line", "said_of_it"),
    [
        (
            "rtt_ms = { warning = 300, critical = 100 }",
            "“monitoring.rtt_ms”: expected two numbers, critical beyond warning",
        ),
        (
            "upload_mbit_s = { warning = 2, critical = 10 }",
            "“monitoring.upload_mbit_s”: expected two numbers",
        ),
        ("loss_pct = { warning = nan }", "“monitoring.loss_pct”: expected two numbers"),
        ("rtt_ms = { warn = 100 }", "“monitoring.rtt_ms.warn”; did you mean “monitoring.rtt_ms.warning”?"),
        ("rtt_ms = 100", "“monitoring.rtt_ms”: expected a table, found a number"),
        ('rtt_ms = { warning = "a lot" }', "“monitoring.rtt_ms.warning”: expected a number, found text"),
        ("rt_ms = { warning = 1 }", "“monitoring.rt_ms”; did you mean “monitoring.rtt_ms”?"),
    ],
)
def test_a_mistake_in_monitoring_is_named(
    line: str, said_of_it: str, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    path = tmp_path / "s.toml"
    path.write_text(f"[monitoring]\n{line}\n", encoding="utf-8")
    code, _, err = said(capsysbinary, "settings", "--check", str(path), "--lang", "en")
    assert code == 2
    assert said_of_it in err


@pytest.mark.parametrize(
    ("lines", "said_of_it"),
    [
        ('[link]\nstun = ["a b"]', "key “link.stun”: "),
        ('[firewall]\nweb = ["http://x:99999"]', "key “firewall.web”: "),
        ('meeting = "invitation.ics"', "key “meeting”: "),
        (
            '[profile.a]\nlike = "b"\n[profile.b]\nlike = "a"',
            "key “profile.a.like”: expected a profile that does not lead back",
        ),
        ('[profile.a]\nlike = "a"', "key “profile.a.like”: expected"),
    ],
)
def test_a_mistake_in_an_address_or_a_profile_names_its_key(
    lines: str, said_of_it: str, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    path = tmp_path / "s.toml"
    path.write_text(lines, encoding="utf-8")
    code, _, err = said(capsysbinary, "settings", "--check", str(path), "--lang", "en")
    assert code == 2
    assert said_of_it in err


def test_the_example_has_every_key_of_a_profile() -> None:
    shown = tomllib.loads("\n".join(settings_document.example()))["profile"]["mairie"]
    assert shown.keys() == set(MeetingService.__struct_fields__)
    for place in ("ladder", "over_tcp", "signalling", "connection_test"):
        entries = shown[place] if isinstance(shown[place], list) else [shown[place]]
        assert {key for entry in entries for key in entry} == set(keys_of(place))


def test_settings_in_force_are_toml_whatever_a_key_is_called(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    path = tmp_path / "s.toml"
    path.write_text(
        '[monitoring]\nrtt_ms = { warning = 3 }\n[profile.mine]\nlike = "livekit"\n', encoding="utf-8"
    )
    code, out, _ = said(capsysbinary, "settings", "--config", str(path), "--lang", "en")
    assert code == 0
    assert tomllib.loads(out)["monitoring"]["rtt_ms"]["warning"] == 3
    assert f"# {path}" in next(line for line in out.splitlines() if line.startswith("warning = "))


def test_a_report_carries_its_site(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    path = tmp_path / "s.toml"
    path.write_text('site = "Mairie de Saint-Élix"\n', encoding="utf-8")
    _, out, _ = said(capsysbinary, "--json", "--offline", "--only", "apps", "--config", str(path))
    assert json.loads(out)["site"] == "Mairie de Saint-Élix"
    assert json.loads(out)["privacy"] == "redacted"


def test_the_example_is_right_and_has_every_key(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    _, out, _ = said(capsysbinary, "settings", "--example")
    path = tmp_path / "s.toml"
    path.write_text(out, encoding="utf-8")
    code, told, _ = said(capsysbinary, "settings", "--config", str(path), "--lang", "en")
    assert code == 0
    assert "# default" not in told
    document = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert document.partition("```toml\n")[2].partition("```")[0] == out


def test_the_schema_of_settings_is_the_published_one_and_takes_the_example() -> None:
    schema = settings_document.schema()
    assert (ROOT / "schemas" / "settings.schema.json").read_bytes() == schema
    jsonschema.Draft202012Validator.check_schema(json.loads(schema))
    validator = jsonschema.Draft202012Validator(json.loads(schema))
    validator.validate(tomllib.loads("\n".join(settings_document.example())))
    for wrong in ("sight = 1", "timeout_s = 0", "[link]\nspeed_engine = 'fast'"):
        assert not validator.is_valid(tomllib.loads(wrong)), wrong


def test_no_room_for_so_many_is_one_line(
    reports: Path, capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Spool, "add", full)
    code, out, err = said(capsysbinary, "summary", str(reports), "--format", "csv", "--lang", "en")
    assert (code, out) == (2, "")
    assert err.endswith("can't be written (the disk is full)\n")
    assert err.count("\n") == 1


@needs_linux("taplo is a wheel with a program in it, asked for on Linux alone")
@pytest.mark.parametrize(
    ("changed", "right"), [("", True), ("sight = 1\n", False), ("timeout_s = 0\n", False)]
)
def test_an_editor_takes_the_example_and_marks_what_is_wrong(
    tmp_path: Path, changed: str, right: bool
) -> None:
    """By taplo, as docs/settings.md says."""
    taplo = Path(sys.executable).with_name("taplo")
    if not taplo.exists():
        pytest.skip("taplo is not installed")
    (tmp_path / "settings.schema.json").write_bytes(settings_document.schema())
    path = tmp_path / "settings.toml"
    lines = [line for line in settings_document.example() if not (changed and line.startswith("timeout_s"))]
    path.write_text("\n".join(("#:schema ./settings.schema.json", changed, *lines)), encoding="utf-8")
    done = subprocess.run(
        [taplo, "lint", path], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode == 0) is right, done.stderr


def test_a_summary_loads_nothing_that_measures() -> None:
    script = (
        "import sys; from amif_netcheck.cli import main as cli; cli.main(['summary', '.']);"
        "heavy = {'psutil', 'asyncio', 'textual', 'numpy', 'amif_netcheck.probes', 'amif_netcheck.measure'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=30
    )
    assert done.stdout.splitlines()[-1] == "[]"
