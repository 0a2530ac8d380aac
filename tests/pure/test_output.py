"""Names from outside drawn harmlessly, private data taken out, files whole or untouched."""

from __future__ import annotations

import os
import re
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from amif_netcheck.advice.language import Language
from amif_netcheck.advice.lookup import word
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
from amif_netcheck.output import files, json
from amif_netcheck.output.plain import PlainWriter
from amif_netcheck.output.private import redact, redact_result
from amif_netcheck.run.judge import judge_again
from tests.builders import TUNNELLED, link, neighbours, traffic, train, vpn, ways


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


def test_a_file_is_replaced_whole_and_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_bytes(b"old")
    path.chmod(0o640)
    files.write_atomically(path, b"new")
    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o777 == 0o640
    assert [each.name for each in tmp_path.iterdir() if each.is_file()] == ["report.json"]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "real")
    files.write_atomically(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"new"


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
