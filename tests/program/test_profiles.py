"""The command `profiles`, and profiles in the settings."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from amif_netcheck import settings_files
from amif_netcheck.advice import input_errors
from amif_netcheck.advice.language import LANGUAGES, Language
from amif_netcheck.cli.main import main
from amif_netcheck.errors import ExitCode, InputError
from amif_netcheck.settings import of_layers

OWN = """
[profile.mairie]
title = "Visio de la mairie"
hosts = ["visio.mairie.example"]
like = "jitsi"
rates.video_720p = { up = 900, down = 1200, kind = "measured", sources = ["desk"] }
sources.desk = { address = "https://intranet.mairie.example", read = "2026-11" }
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "settings.toml"
    path.write_text(OWN)
    return path


def test_all_are_listed_and_those_of_the_settings_are_marked(
    own: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["profiles", "--lang", "en", "--config", str(own)]) == ExitCode.READY
    out = capsys.readouterr().out
    assert "mairie *" in out
    assert "*: from the settings of this computer" in out
    assert "Microsoft Teams" in out


def test_one_is_found_by_its_name_or_by_a_meeting(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for typed in ("mairie", "https://visio.mairie.example/salle", "visio.mairie.example"):
        assert main(["profiles", typed, "--lang", "en", "--config", str(own)]) == ExitCode.READY
        out = capsys.readouterr().out
        assert out.startswith("Visio de la mairie (mairie)\nFrom the settings of this computer\n")
        assert "picture in 720p: 900 / 1,200 (measured)" in out
        assert "UDP 10000 (directly)" in out


def test_json_has_all_figures_and_leaves_out_what_is_not_known(
    own: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["profiles", "--json", "--config", str(own)])
    listed = {one["name"]: one for one in json.loads(capsys.readouterr().out)["profiles"]}
    assert listed["mairie"]["own"]
    assert not listed["zoom"]["own"]
    assert listed["zoom"]["rates"]["video_720p"] == {
        "kind": "recommended",
        "up": 2600,
        "down": 1800,
        "sources": ["bandwidth"],
    }
    assert {"rates", "limits", "ladder"}.isdisjoint(listed["tixeo"])
    main(["profiles", "zoom", "--json", "--config", str(own)])
    assert [one["name"] for one in json.loads(capsys.readouterr().out)["profiles"]] == ["zoom"]


@pytest.mark.parametrize(
    "command", [["settings"], ["profiles"], ["profiles", "mairie"], ["profiles", "--json"]]
)
def test_no_secret_is_shown(command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(
        "token_key = 'geheim-0123456789abcdef'\n"
        "[profile.mairie]\nhosts = ['visio.mairie.example']\n"
        "ladder = [{ way = 'turn-tls', host = 'turn.mairie.example', username = 'maire', credential = 'geheim-1' }]\n"
        "connection_test = { server = 'wss://visio.mairie.example', token = 'geheim-2' }\n"
    )
    assert main([*command, "--lang", "en", "--config", str(path)]) == ExitCode.READY
    out, error = capsys.readouterr()
    assert "mairie" in out
    assert "geheim" not in out + error


def test_it_is_written_to_a_file(own: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written = tmp_path / "profiles.json"
    main(["profiles", "--json", "-o", str(written), "--config", str(own)])
    assert capsys.readouterr().out == ""
    assert json.loads(written.read_text(encoding="utf-8"))["profiles"]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("zom", "Unknown profile “zom”; did you mean “zoom”?"),
        ("xyzzy", "Unknown profile “xyzzy”; known ones: "),
        ("a b.c", "“a b.c” is no meeting"),
        ("javascript:alert(1).x", "is no meeting"),
    ],
)
def test_an_unknown_one_is_one_line(
    typed: str, words: str, own: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["profiles", typed, "--lang", "en", "--config", str(own)]) == ExitCode.USAGE
    error = capsys.readouterr().err
    assert words in error
    assert error.count("\n") == 1


def test_what_the_settings_say_of_profiles_is_in_force(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["settings", "--lang", "en", "--config", str(own)])
    out = capsys.readouterr().out
    assert f'like = "jitsi"  # {own}' in out
    assert "[profile.mairie.rates.video_720p]" in out


PORT, DAY = (
    'a port such as "443", or a range such as "3478-3481"',
    "a day, a month or a year, such as 2026-11-29",
)
OTHER = "the name of another profile, as amif-netcheck profiles lists them"
HOST = "a host’s name such as visio.mairie.example"
RATE = "a whole number from 1 to 1000000"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("profile = 3", "key “profile”: expected a table, found a number"),
        ("profile.a = 3", "key “profile.a”: expected a table, found a number"),
        ("profile.a.titel = 'x'", "unknown key “profile.a.titel”; did you mean “profile.a.title”?"),
        (
            "profile.a.title = 3",
            "key “profile.a.title”: expected text of at most 80 characters, found a number",
        ),
        (f"profile.a.title = '{'x' * 81}'", "key “profile.a.title”: expected text of at most 80 characters"),
        ("profile.a.hosts = 'x'", "key “profile.a.hosts”: expected a list"),
        ("profile.a.hosts = ['https://a.b']", f"key “profile.a.hosts”: expected {HOST}, found https://a.b"),
        ("profile.a.hosts = ['com']", f"key “profile.a.hosts”: expected {HOST}, found com"),
        ('profile.a.hosts = ["a.b\\n\\u001b[31mc"]', f"key “profile.a.hosts”: expected {HOST}"),
        (
            f"profile.a.hosts = ['{'x' * 10_000}.y']",
            f"key “profile.a.hosts”: expected {HOST}, found {'x' * 60}…",
        ),
        ("profile.a.like = 'nope'", f"key “profile.a.like”: expected {OTHER}, found nope"),
        ("profile.a.like = 'a'", f"key “profile.a.like”: expected {OTHER}, found a"),
        (
            "profile.a.ladder = [{way='udp',ports=['70000']}]",
            f"key “profile.a.ladder.ports”: expected {PORT}",
        ),
        ("profile.a.ladder = [{way='udp',ports=['9-3']}]", f"key “profile.a.ladder.ports”: expected {PORT}"),
        ("profile.a.ladder = [{way='sctp'}]", "key “profile.a.ladder.way”: expected udp, tcp, tls, turn-udp"),
        ("profile.a.ladder = [{ports=['3']}]", "key “profile.a.ladder.way” is missing"),
        ("profile.a.ladder = [{way='udp',port=['3']}]", "did you mean “profile.a.ladder.ports”?"),
        ("profile.a.rates.sound.up = 0", f"key “profile.a.rates.sound.up”: expected {RATE}"),
        ("profile.a.rates.sound.up = 1.5", f"key “profile.a.rates.sound.up”: expected {RATE}"),
        ("profile.a.rates.sound.up = 9_000_000", f"key “profile.a.rates.sound.up”: expected {RATE}"),
        (
            "profile.a.rates.sound.kind = 'most'",
            "expected at_most, recommended, typical, measured, found most",
        ),
        ("profile.a.rates.sound.upp = 1", "did you mean “profile.a.rates.sound.up”?"),
        ("profile.a.limits.rtt_ms.value = nan", "expected a number from 0 to 60000"),
        ("profile.a.limits.rtt_ms = {}", "key “profile.a.limits.rtt_ms.value” is missing"),
        (
            "profile.a.over_tcp.effect = 'x'",
            "key “profile.a.over_tcp.effect”: expected works, worse, found x",
        ),
        (
            "profile.a.notes.french = 'x'",
            "key “profile.a.notes”: expected the code of a language, such as fr",
        ),
        ("profile.a.sources.x = {address='x',read='today'}", f"key “profile.a.sources.read”: expected {DAY}"),
        (
            "profile.a.like_sources = ['x']",
            "key “profile.a.sources”: expected names that stand under sources",
        ),
        (
            "profile.a.ladder = [{way='turn-udp',username='x'}]",
            "key “profile.a.ladder”: expected username and credential, both or neither, found username",
        ),
        (
            "profile.a.ladder = [{way='turn-udp',credential='geheim'}]",
            "key “profile.a.ladder”: expected username and credential, both or neither, found credential",
        ),
        (
            "profile.a.ladder = [{way='udp',username='x',credential='y'}]",
            "key “profile.a.ladder.way”: expected turn-udp, turn-tcp or turn-tls, as it has a username, found udp",
        ),
        ("profile.a.connection_test.token = 'x'", "key “profile.a.connection_test.server” is missing"),
        ("profile.a.connection_test.server = 'x'", "key “profile.a.connection_test.token” is missing"),
        (
            "profile.a.connection_test = {server='https://a.b',token='x'}",
            "expected an address such as wss://livekit.mairie.example, found https://a.b",
        ),
        (
            "profile.a.connection_test = {server='wss://',token='x'}",
            "expected an address such as wss://livekit.mairie.example, found wss://",
        ),
        (
            "profile.a.connection_test = {server='ws://a.b',token='x'}",
            "expected an address such as wss://livekit.mairie.example, found ws://a.b",
        ),
        *(
            (
                f"profile.a.connection_test = {{server='ws://localhost:7880',token={token}}}",
                "“profile.a.connection_test.token”: expected a token in letters, digits and . _ ~ + / = - alone, found …",
            )
            for token in ("'geheim…'", '"geheim\\nX-Other: 1"', "'geheim geheim'", "''")
        ),
        (
            "profile.a.connection_test = {serveur='wss://a.b',token='x'}",
            "did you mean “profile.a.connection_test.server”?",
        ),
        ("profile.'A b'.title = 'x'", "expected a name of at most 40 letters a to z, digits and hyphens"),
    ],
)
def test_a_wrong_profile_is_one_line_that_names_it_and_the_key(
    tmp_path: Path, content: str, words: str
) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(content)
    with pytest.raises(InputError) as error:
        of_layers(settings_files.read(path))
    said = input_errors.describe(error.value, Language("en"))
    assert words in said
    assert "\n" not in said
    assert "`" not in said, "words of a library"
    for code in LANGUAGES:
        assert input_errors.describe(error.value, Language(code)).startswith(str(path))


def test_the_persons_profile_lies_over_the_machines_key_by_key(
    own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = tmp_path / "person.toml"
    person.write_text('[profile.mairie]\ntitle = "La mienne"\n')
    monkeypatch.setattr(settings_files, "paths", lambda: (own, person))
    mairie = of_layers(settings_files.read(None)).profile["mairie"]
    assert (mairie.title, mairie.like) == ("La mienne", "jitsi")
