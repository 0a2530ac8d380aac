"""Names from outside drawn harmlessly, private data taken out, files whole or untouched."""

from __future__ import annotations

import getpass
import os
import re
import secrets
import shutil
import socket
import sys
import time
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from amif_netcheck.advice.language import Language
from amif_netcheck.advice.lookup import word
from amif_netcheck.advice.system_errors import why
from amif_netcheck.catalog import application, applications, family_label, vpn_product, vpns
from amif_netcheck.catalog.public_servers import DEFAULT_STUN, DEFAULT_WEB
from amif_netcheck.model.facts import (
    Application,
    Device,
    DeviceKind,
    Direction,
    Facts,
    HeadsetFacts,
    LinkKind,
    Reason,
    SoundBus,
    SoundDevice,
    SoundKind,
    SoundTestFacts,
    Train,
    Tunnel,
    Unavailable,
)
from amif_netcheck.model.report import Mode, Privacy, ProbeError, Report, System, Tool, Verdict
from amif_netcheck.output import files
from amif_netcheck.output.formats import json
from amif_netcheck.output.formats.plain import PlainWriter
from amif_netcheck.output.private import redact, redact_result, this_computer
from amif_netcheck.run.judge import judge_again
from tests.builders import TUNNELLED, link, neighbours, traffic, train, vpn, ways
from tests.systems import WINDOWS, make_link, needs_posix, needs_windows


def report(**changes: object) -> Report:
    facts = Facts(
        vpn=vpn(
            ways(TUNNELLED), ways(TUNNELLED), Tunnel(interface="wlx00c0ca123456", link_kind=LinkKind.TUN)
        ).vpn,
        traffic=traffic(9.0, 0.0, Application(process="\x1b[31m[red]evil\u202e", down_mbit_s=9)).traffic,
        link=link(train(), train()).link,
    )
    blank = Report(
        schema_version=1, tool=Tool(name="amif-netcheck", version="0"), system=System(os="linux", release="6.1.0.22"),
        generated_at="2026-11-23T09:00:00+01:00", duration_s=1.0, mode=Mode.FULL, asked=("traffic", "vpn", "link"),
        language="", verdict=Verdict.READY, score=None, coverage=0, next_action=None, checks=(), facts=facts,
        privacy=Privacy.FULL,
        errors=(ProbeError(where="probes.x", reason="error", detail="cannot reach 203.0.113.7 or 2001:db8::5 from pc-mairie"),),
    )  # fmt: skip
    return judge_again(structs.replace(blank, **changes))


def test_plain_text_escapes_names_at_the_place_where_they_are_drawn() -> None:
    lines: list[str] = []
    PlainWriter(lines.append, Language("en"), "linux").report(word(report(), Language("en")))
    text = "\n".join(lines)
    assert "\x1b" not in text
    assert r"\x1b[31m[red]evil\u202e" in text


@given(st.integers(min_value=20, max_value=200), st.sampled_from(["fr", "en"]))
def test_on_a_terminal_lines_break_between_words(width: int, code: str) -> None:
    whole: list[str] = []
    broken: list[str] = []
    worded = word(report(), Language(code))
    PlainWriter(whole.append, Language(code), "linux").report(worded)
    PlainWriter(broken.append, Language(code), "linux", width=width).report(worded)
    assert " ".join(" ".join(broken).split(" ")).split() == " ".join(whole).split()
    assert all(len(line) < width or " " not in line.strip() for line in broken)


def test_a_redacted_report_keeps_no_private_value_and_uses_one_token_for_each() -> None:
    clean = redact(report(), own_names={"pc-mairie": "host"})
    written = json.encode(clean).decode()
    for private in (
        "192.168.1.20",
        "203.0.113.7",
        "stun.example.org",
        "2001:db8::5",
        "00c0ca123456",
        "pc-mairie",
    ):
        assert private not in written
    link_facts = msgspec.to_builtins(clean.facts)["link"]
    assert link_facts["internet"]["address"] == link_facts["gateway"]["address"]
    address = link_facts["internet"]["address"]
    assert clean.errors[0].detail.startswith(f"cannot reach {address} or ip-")
    assert clean.privacy is Privacy.REDACTED
    assert clean.system.release == "6.1.0.22"


def test_the_devices_of_a_sound_test_are_named_as_those_of_the_headset() -> None:
    missing = Unavailable(reason=Reason.ERROR)
    jabra = SoundDevice(
        name="Jabra of Jeanne",
        direction=Direction.INPUT,
        kind=SoundKind.HEADSET,
        bus=SoundBus.USB,
        default=True,
        apparatus=1,
    )
    facts = Facts(
        headset=HeadsetFacts(devices=(jabra,)),
        sound_test=SoundTestFacts(recording=missing, input=jabra.name, output="Own loudspeaker"),
    )
    clean = redact(report(facts=facts), own_names={}).facts
    assert isinstance(clean.sound_test, SoundTestFacts)
    assert isinstance(clean.headset, HeadsetFacts)
    assert not isinstance(clean.headset.devices, Unavailable)
    assert [clean.sound_test.input, clean.sound_test.output] == ["device-1", "device-2"]
    assert clean.headset.devices[0].name == clean.sound_test.input


def test_of_a_hundred_devices_neither_names_nor_addresses_are_kept() -> None:
    devices = tuple(
        Device(
            kind=DeviceKind.TV,
            product="chromecast",
            vendor="Google, Inc.",
            name=f"Salon {number} " + "du conseil " * 4,
            given_name=f"Salon {number} du conseil",
            addresses=(f"192.168.1.{number}", f"fe80::{number:x}"),
            mac=f"00:11:22:33:44:{number:02x}",
        )
        for number in range(1, 101)
    )
    seen = structs.replace(neighbours(), devices=devices, total=100)
    full = report(facts=structs.replace(report().facts, neighbours=seen), asked=("neighbours",))
    clean = redact(full, own_names={})
    written = json.encode(clean).decode()
    assert not re.search(r"Salon|conseil|192\.168|fe80|00:11:22", written)
    params = clean.checks[[each.id for each in clean.checks].index("neighbours")].findings[0].params
    assert params["devices"] == ["chromecast"] * 100
    found = clean.facts.neighbours
    assert not isinstance(found, Unavailable)
    assert {(each.product, each.vendor) for each in found.devices} == {("chromecast", "Google, Inc.")}
    assert params["names"] == [each.given_name for each in found.devices]
    assert len(set(found.devices)) == len({each.given_name for each in found.devices}) == 100
    assert len({address for each in found.devices for address in each.addresses}) == 200


def test_a_line_of_the_checklist_tells_no_names_of_devices() -> None:
    seen = structs.replace(
        neighbours(),
        devices=(Device(kind=DeviceKind.TV, given_name="Salon de Jeanne"), Device(kind=DeviceKind.TV)),
    )
    full = report(facts=structs.replace(report().facts, neighbours=seen), asked=("neighbours",))
    row = next(each for each in full.checks if each.id == "neighbours")
    assert row.findings[0].params["names"] == ["Salon de Jeanne", ""]
    clean = redact_result(row, full.facts, own_names={})
    assert clean.findings[0].params["names"] == ["device-1", ""]


@pytest.mark.parametrize("server", [*DEFAULT_STUN, *DEFAULT_WEB])
def test_public_servers_of_ours_are_no_secret(server: str) -> None:
    host = server.rpartition(":")[0]
    clean = redact(report(facts=link(structs.replace(train(), server=host))), own_names={})
    assert not isinstance(clean.facts.link, Unavailable)
    assert isinstance(clean.facts.link.internet, Train)
    assert clean.facts.link.internet.server == host


def test_redacting_changes_no_judgement() -> None:
    full = report()
    clean = redact(full, own_names={})
    again = judge_again(clean)
    assert (again.verdict, again.score, again.next_action) == (full.verdict, full.score, full.next_action)
    assert redact(clean) == clean


@given(
    st.sampled_from(
        ["10.0.0.1", "fe80::1%eth0", "2a01:e0a:1:2::3", "aa:bb:cc:dd:ee:ff", "AA-BB-CC-DD-EE-FF"]
    ),
    st.sampled_from(["", " ", "(", "«"]),
)
def test_addresses_in_words_are_found(private: str, before: str) -> None:
    details = (ProbeError(where="probes.x", reason="error", detail=f"{before}{private}, no"),)
    assert private.partition("%")[0] not in redact(report(errors=details), own_names={}).errors[0].detail


@pytest.mark.parametrize(
    "text", ["12:30:45 is a time", "version 1.2.3", "::", "127.0.0.1", "std::string is C++"]
)
def test_what_only_looks_like_an_address_stays(text: str) -> None:
    details = (ProbeError(where="probes.x", reason="error", detail=text),)
    assert redact(report(errors=details), own_names={}).errors[0].detail == text


WORDS_OF_THE_REPORT = [
    "vpn",
    "stun",
    "tun",
    "ok",
    "warning",
    "measured",
    "timeout",
    "link",
    "home",
    "eth0",
    "unknown",
    "linux",
]


@given(st.sampled_from(WORDS_OF_THE_REPORT), st.sampled_from(["host", "user"]))
def test_a_computer_may_be_called_like_a_word_of_the_report(name: str, kind: str) -> None:
    full = report()
    clean = word(redact(full, own_names={name: kind}), Language("fr"))
    again = judge_again(msgspec.json.decode(json.encode(clean), type=Report))
    assert (again.verdict, again.score, again.next_action) == (full.verdict, full.score, full.next_action)
    assert [check.id for check in clean.checks] == [check.id for check in full.checks]


@pytest.mark.parametrize("text", ["wg-jdupont", "jdupont_sync", "JDUPONT", "/home/jdupont/x", "of jdupont."])
def test_the_users_name_is_found_wherever_it_stands(text: str) -> None:
    details = (ProbeError(where="probes.x", reason="error", detail=text),)
    assert (
        "jdupont"
        not in redact(report(errors=details), own_names={"jdupont": "user"}).errors[0].detail.casefold()
    )


@pytest.mark.parametrize(
    "text",
    [
        "DE:AD:BE:EF:00:01:",
        "wlxa0b1c2d3e4f5_x",
        "host_1.2.3.4",
        "fe80::a0b1:c2ff:fed3:e4f5%enxa0b1c2d3e4f5",
        "::ffff:192.168.1.9",
    ],
)
def test_addresses_in_odd_places_are_found(text: str) -> None:
    details = (ProbeError(where="probes.x", reason="error", detail=text),)
    clean = redact(report(errors=details), own_names={}).errors[0].detail
    assert re.search(r"(mac|ip)-\d+", clean)
    assert not re.search(r"(?i)a0b1|be:ef|192\.168|1\.2\.3\.4", clean)


def test_a_row_that_is_written_during_the_run_is_redacted_too() -> None:
    facts = structs.replace(
        report().facts, traffic=traffic(9.0, 0.0, Application(process="jdupont-sync", down_mbit_s=9)).traffic
    )
    row = next(check for check in report(facts=facts).checks if check.id == "traffic")
    assert redact_result(row, Facts(), {"jdupont": "user"}).findings[0].params["applications"] == [
        "user-1-sync"
    ]


def test_a_token_is_never_taken_for_a_name() -> None:
    details = (ProbeError(where="probes.x", reason="error", detail="pc-jean.local and pc-jean, host"),)
    clean = redact(report(errors=details), own_names={"pc-jean": "host", "host": "user"}).errors[0].detail
    assert re.fullmatch(r"(host-\d+)\.local and \1, user-1", clean)


@pytest.mark.parametrize("text", ["a:" * 50_000 + "g", "1." * 50_000 + "x", "f" * 100_000, "aa-" * 30_000])
def test_no_text_takes_long_to_clean(text: str) -> None:
    details = (ProbeError(where="probes.x", reason="error", detail=text),)
    redact(report(errors=details), own_names={"jdupont": "user"})  # the test's own deadline is what fails


def test_json_holds_nothing_that_a_terminal_would_obey() -> None:
    application = Application(process="\x9b31m\x7f\u202e\u2028\u200f\ufeff\U000e0041", down_mbit_s=9)
    facts = structs.replace(report().facts, traffic=traffic(9.0, 0.0, application).traffic)
    written = json.encode(report(facts=facts))
    assert not set("\x9b\x7f\u202e\u2028\u200f\ufeff\U000e0041") & set(written.decode())
    assert msgspec.json.decode(written, type=Report).facts == facts


def test_a_report_survives_its_own_json() -> None:
    full = word(report(), Language("fr"))
    assert msgspec.json.decode(json.encode(full), type=Report) == full


@pytest.mark.parametrize("mode", [0o640, 0o600, 0o666])
@needs_posix("a file's permissions are a list there, of which the folder decides")
def test_a_file_keeps_its_mode(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "report.json"
    path.write_bytes(b"old")
    path.chmod(mode)
    files.write_atomically(path, b"new")
    assert path.stat().st_mode & 0o777 == mode


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_bytes(b"old")
    files.writable(path)
    assert path.read_bytes() == b"old"
    files.write_atomically(path, b"new\n")
    assert path.read_bytes() == b"new\n"
    assert [each.name for each in tmp_path.iterdir() if each.is_file()] == ["report.json"]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    make_link(tmp_path / "link", tmp_path / "real")
    files.write_atomically(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"new"


def test_a_folder_that_takes_no_new_file_is_refused_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`tempfile` tries names for ever on Windows, where a folder says that it can be written to and then refuses."""
    tries: list[object] = []

    def refuse(path: object, *_: object) -> int:
        tries.append(path)
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", refuse)
        for write in (files.writable, lambda path: files.write_atomically(path, b"new")):
            with pytest.raises(PermissionError):
                write(tmp_path / "report.json")
    assert len(tries) == 2


def test_names_that_are_taken_are_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = iter(["a", "a", "a", "b"])
    monkeypatch.setattr(secrets, "token_hex", lambda _: next(names))
    (tmp_path / ".report.json.a").write_bytes(b"somebody's")
    files.write_atomically(tmp_path / "report.json", b"new")
    assert sorted(each.name for each in tmp_path.iterdir() if each.is_file()) == [
        ".report.json.a",
        "report.json",
    ]
    assert (tmp_path / ".report.json.a").read_bytes() == b"somebody's"


@pytest.mark.parametrize(("refused", "lasts"), [(0, False), (3, False), (3, True)])
def test_on_windows_who_looks_at_a_file_for_a_moment_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, refused: int, lasts: bool
) -> None:
    """A virus scanner: ERROR_SHARING_VIOLATION is errno 13."""
    now = [0.0]
    calls: list[float] = []
    rename = Path.replace

    def replace(self: Path, target: Path) -> Path:
        if self.name != target.name:
            calls.append(now[0])
            if lasts or len(calls) <= refused:
                raise PermissionError(13, "Sharing violation")
        return rename(self, target)

    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    monkeypatch.setattr(time, "sleep", lambda seconds: now.__setitem__(0, now[0] + seconds))
    monkeypatch.setattr(Path, "replace", replace)
    path = tmp_path / "report.json"
    if lasts:
        with pytest.raises(PermissionError):
            files.write_atomically(path, b"new")
        assert 1.0 <= now[0] <= 1.1
        assert [each for each in tmp_path.iterdir() if each.is_file()] == []
    else:
        files.write_atomically(path, b"new")
        assert path.read_bytes() == b"new"
        assert len(calls) == refused + 1


@needs_windows("an open file can be replaced elsewhere")
def test_a_file_that_another_program_has_open_is_found_before_the_run(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_bytes(b"old")
    with path.open("rb"):
        with pytest.raises(PermissionError) as error:
            files.writable(path)
        assert why(error.value, Language("en")) == "another program uses it"
        with pytest.raises(PermissionError):
            files.write_atomically(path, b"new")
    assert [each.name for each in tmp_path.iterdir() if each.is_file()] == ["report.json"]
    path.chmod(0o444)
    with pytest.raises(PermissionError) as error:
        files.writable(path)
    assert why(error.value, Language("en")) == "access is refused"
    path.chmod(0o666)


@needs_windows("no path is too long elsewhere before 4096 characters")
def test_a_path_may_be_longer_than_windows_is_set_to_take(tmp_path: Path) -> None:
    folder = Path("\\\\?\\" + str(tmp_path), *(["d" * 60] * 5))
    folder.mkdir(parents=True)
    plain = Path(str(folder).removeprefix("\\\\?\\"), "report.json")
    assert len(str(plain)) > 300
    files.writable(plain)
    files.write_atomically(plain, b"new")
    assert (folder / "report.json").read_bytes() == b"new"
    shutil.rmtree(tmp_path / "d", ignore_errors=True)


@pytest.mark.parametrize(
    ("winerror", "number", "expected"),
    [
        (32, 13, "another program uses it"),
        (5, 13, "access is refused"),
        (19, 13, "this disk can only be read"),
        (206, 2, "the name is too long"),
        (10013, 13, "access is refused"),
        (112, 28, "the disk is full"),
        (3, 2, "no such file or folder"),
    ],
)
def test_what_windows_says_of_a_file_is_told_in_our_words(winerror: int, number: int, expected: str) -> None:
    words = "in the system's language"
    error = OSError(number, words, None, winerror) if WINDOWS else OSError(number, words)
    if not WINDOWS:
        vars(error)["winerror"] = winerror
    assert why(error, Language("en")) == expected


def test_a_write_that_fails_leaves_the_old_content_and_no_litter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "report.json"
    path.write_bytes(b"old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        files.write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert [each.name for each in tmp_path.iterdir() if each.is_file()] == ["report.json"]


@pytest.mark.parametrize(
    ("profile", "temporary", "expected"),
    [
        (r"C:\Users\jean.dupont", r"C:\Users\JEAN~1.DUP\AppData\Local\Temp", {"jean.dupont", "JEAN~1.DUP"}),
        (r"D:\Users\Élodie Préfet", r"C:\Windows\Temp", {"Élodie Préfet"}),
        (r"\\server\profiles$\x", "/tmp", set()),
        (r"C:\Users\Public", "", set()),
    ],
)
def test_on_windows_the_profiles_folder_and_the_computers_names_are_private(
    profile: str, temporary: str, expected: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("USERPROFILE", profile)
    monkeypatch.setenv("TEMP", temporary)
    monkeypatch.setenv("COMPUTERNAME", "MAIRIE-07")
    monkeypatch.setenv("USERDOMAIN", "SAINT-LIEU")
    before = {socket.gethostname(), socket.gethostname().partition(".")[0], getpass.getuser()}
    names = this_computer()
    assert {name for name, kind in names.items() if kind == "user"} - before == expected
    assert {name for name, kind in names.items() if kind == "host"} - before == {"MAIRIE-07", "SAINT-LIEU"}
    told = msgspec.json.encode(
        redact(
            report(errors=(ProbeError(where="vpn", reason="error", detail=rf"refused: {profile}\AppData"),))
        )
    ).decode()
    assert not [name for name in expected if name in told]


def test_the_catalogs_of_names_are_whole() -> None:
    for known in applications().application:
        assert family_label(known.family, "fr"), known.name
        assert family_label(known.family, "en"), known.name
        assert all(pattern == pattern.casefold() for pattern in known.processes), known.name
    assert len({known.name for known in vpns().product}) == len(vpns().product)


@pytest.mark.parametrize(
    ("process", "name"),
    [
        ("OneDrive.exe", "OneDrive"),
        ("rclone", "rclone"),
        ("MEGAsync", "MEGA"),
        ("bash", None),
        ("", None),
        ("unattended-upgr", "Linux"),
    ],
)
def test_applications_are_known_by_their_process(process: str, name: str | None) -> None:
    known = application(process)
    assert (known.name if known else None) == name


@pytest.mark.parametrize(
    ("interface", "kind", "owner", "processes", "product"),
    [
        ("tun0", "tun", "openvpn", [], "OpenVPN"),
        ("tun0", "tun", "", ["openvpn", "bash"], "OpenVPN"),
        ("tun0", "tun", "", ["openvpn", "openconnect"], ""),
        ("tun0", "tun", "", [], ""),
        ("wg0", "tun", "wireguard-go", [], "WireGuard"),
        ("mairie", "wireguard", "", [], "WireGuard"),
        ("tailscale0", "tun", "", [], "Tailscale"),
        ("nordlynx", "wireguard", "", [], "NordVPN"),
        ("vpn_vpn", "tap", "", [], "SoftEther VPN"),
        ("nebula1", "tun", "", ["openvpn", "tailscaled"], "Nebula"),
        ("dns0", "tun", "", [], "iodine"),
        ("ipsec0", "tun", "", [], "strongSwan"),
        ("tap0", "tap", "", ["tincd", "bash"], "tinc"),
        ("mesh-vpn", "tap", "", ["fastd"], "fastd"),
        ("tun7", "tun", "ssh", [], "OpenSSH"),
        ("tun7", "tun", "", ["ssh", "sshd"], ""),
        ("tap0", "tap", "", ["ssh", "fastd"], "fastd"),
        ("[b]tun", "tun", "", [], ""),
    ],
)
def test_a_tunnel_is_named_by_its_owner_first(
    interface: str, kind: str, owner: str, processes: list[str], product: str
) -> None:
    assert vpn_product(interface, kind, owner, processes) == product
