"""What applications send through a real tunnel over TCP is theirs: the tunnel's own connection is not counted again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.lab.addresses import BOX, HOME
from tests.lab.namespaces import Namespace, wait_for
from tests.real.support import Network
from tests.real.tunnels import VPN_SERVER, certificate, participant_and_vpn_server

pytestmark = pytest.mark.real

HERE, THERE = "10.30.0.2", "10.30.0.1"
RATE_MBIT_S = 8
PORT = 5300
SLACK = 0.1


def openvpn_over_tcp(home: Namespace, away: Namespace, folder: Path) -> None:
    prints = {side: certificate(side, folder) for side in (home, away)}

    def start(side: Namespace, other: Namespace, mine: str, theirs: str, *options: str) -> None:
        files = ("--cert", str(folder / f"{side.name}.crt"), "--key", str(folder / f"{side.name}.key"))
        ends = ("--dev", "tunnel0", "--dev-type", "tun", "--ifconfig", mine, theirs)
        side.start("openvpn", *ends, *files, "--peer-fingerprint", prints[other], *options)

    server = ("--proto", "tcp-server", "--tls-server", "--dh", "none", "--local", VPN_SERVER)
    start(away, home, THERE, HERE, *server)
    start(home, away, HERE, THERE, "--proto", "tcp-client", "--tls-client", "--remote", VPN_SERVER)


def openconnect(home: Namespace, away: Namespace, folder: Path) -> None:
    certificate(away, folder)
    passwords, settings, script = folder / "passwords", folder / "ocserv.conf", folder / "up"
    away.run("ocpasswd", "-c", str(passwords), "mayor", text="secret\nsecret\n")
    settings.write_text(
        f'auth = "plain[passwd={passwords}]"\nlisten-host = {VPN_SERVER}\ntcp-port = 443\nudp-port = 0\n'
        f"run-as-user = root\nrun-as-group = root\nsocket-file = {folder}/socket\nuse-occtl = false\n"
        f"isolate-workers = false\nserver-cert = {folder}/{away.name}.crt\nserver-key = {folder}/{away.name}.key\n"
        "device = tunnel\nipv4-network = 10.30.0.0\nipv4-netmask = 255.255.255.0\nmtu = 1400\n"
    )
    away.start("ocserv", "-f", "-c", str(settings), listens=("tcp", 443))
    script.write_text(
        '#!/bin/sh\n[ "$reason" = connect ] || exit 0\n'
        f'ip address add "$INTERNAL_IP4_ADDRESS" peer {THERE} dev "$TUNDEV"\nip link set "$TUNDEV" mtu 1400 up\n'
    )
    script.chmod(0o755)
    pin = away.run(
        "sh", "-c",
        f"openssl x509 -in {folder}/{away.name}.crt -pubkey -noout | openssl pkey -pubin -outform DER"
        " | openssl dgst -sha256 -binary | base64",
    ).strip()  # fmt: skip
    options = f"--servercert pin-sha256:{pin} --no-dtls --user mayor --passwd-on-stdin -i tunnel0 -s {script}"
    home.start("sh", "-c", f"echo secret | exec openconnect {options} https://{VPN_SERVER}")


def ssh(home: Namespace, away: Namespace, folder: Path) -> None:
    for key in ("host", "mayor"):
        home.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / key))
    server = folder / "sshd.conf"
    server.write_text(
        f"ListenAddress {VPN_SERVER}\nHostKey {folder}/host\nAuthorizedKeysFile {folder}/mayor.pub\n"
        "PermitRootLogin yes\nPermitTunnel yes\nStrictModes no\nUsePAM no\nPidFile none\n"
    )
    away.run("mkdir", "-p", "/run/sshd")
    away.start("/usr/sbin/sshd", "-D", "-e", "-f", str(server), listens=("tcp", 22))
    checks = ("-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-F", "none")
    home.start("ssh", "-N", "-w", "0:0", "-i", str(folder / "mayor"), *checks, f"root@{VPN_SERVER}")
    for side, mine, theirs in ((away, THERE, HERE), (home, HERE, THERE)):
        wait_for(lambda side=side: side.succeeds("ip", "link", "show", "tun0"), 15, "the tunnel")  # type: ignore[misc]
        side.ip("address", "add", mine, "peer", theirs, "dev", "tun0")
        side.ip("link", "set", "tun0", "up")


TUNNELS = [
    pytest.param(openvpn_over_tcp, "openvpn", marks=pytest.mark.real("openvpn", "openssl", "/dev/net/tun")),
    pytest.param(
        openconnect,
        "openconnect",
        marks=pytest.mark.real("ocserv", "ocpasswd", "openconnect", "openssl", "/dev/net/tun"),
    ),
    pytest.param(ssh, "ssh", marks=pytest.mark.real("ssh", "/usr/sbin/sshd", "/dev/net/tun")),
]


@pytest.mark.parametrize(("tunnel", "program"), TUNNELS)
def test_who_sends_through_a_tunnel_is_named_and_the_tunnel_is_not(
    network: Network,
    tmp_path: Path,
    tunnel: Callable[[Namespace, Namespace, Path], None],
    program: str,
) -> None:
    home, away = participant_and_vpn_server(network)
    tunnel(home, away, tmp_path)
    wait_for(lambda: home.succeeds("ping", "-c", "1", "-W", "1", THERE), 15, "an answer through the tunnel")
    away.stand_in("sink", THERE, str(PORT), listens=("tcp", PORT))
    home.stand_in("upload", b"rclone".hex(), str(RATE_MBIT_S), THERE, str(PORT))
    established = ("ss", "-Htn", "state", "established", f"dport = :{PORT}")
    wait_for(lambda: home.run(*established).strip(), 5, "a connection through the tunnel")
    transport = home.run("ss", "-Htnp", "state", "established", "src", HOME, "dst", VPN_SERVER)
    assert f'"{program}"' in transport, "the tunnel's own connection is there to be counted"
    run = network.check(home, "--quick", "--only", "traffic", "--meeting", BOX)
    applications = {one["process"]: one["up_mbit_s"] for one in run.fact("traffic.applications")}
    assert applications.pop("rclone") == pytest.approx(RATE_MBIT_S, rel=0.15)
    assert sum(applications.values()) < RATE_MBIT_S * SLACK, applications
    assert run.finding("traffic")["params"]["applications"] == ["rclone"]
