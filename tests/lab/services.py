"""Real servers and real transfers in the lab."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.lab.addresses import AWAY
from tests.lab.namespaces import Namespace, Network, end, wait_for

PROMPT = ("nice", "-n", "-20")
"""What measures moments goes first: else it is late on a busy machine, and that looks like the line."""
_FOR_EVER = 0
_IRTT_PORT = 2112


def coturn(inside: Namespace, address: str = AWAY, port: int = 3478) -> subprocess.Popen[bytes]:
    """A real STUN server, over UDP and TCP."""
    return inside.start(
        "turnserver",
        *("-n", "--no-cli", "--stun-only", "--no-tls", "--no-dtls", "--log-file", "stdout"),
        *("-L", address, "-p", str(port), "--pidfile", "/dev/null"),
        listens=("udp", port),
    )


RELAY_PASSWORD = "geheim-visio-4711"
"""Of nothing else, so that it can be searched for."""


def relay(inside: Namespace, address: str, certificate: Path, key: Path) -> subprocess.Popen[bytes]:
    """A real relay for meetings: over UDP and TCP on port 3478, over TLS on 443. It wants a password to relay anything."""
    return inside.start(
        "turnserver",
        *(
            "-n",
            "--no-cli",
            "--lt-cred-mech",
            "--user",
            f"mairie:{RELAY_PASSWORD}",
            "--realm",
            "turn.example",
        ),
        *("--no-dtls", "--tls-listening-port", "443", "--cert", str(certificate), "--pkey", str(key)),
        *("-L", address, "-E", address, "--pidfile", "/dev/null", "--log-file", "stdout"),
        listens=("udp", 3478),
    )


class Transfer:
    """A transfer of iperf3 that is under way."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process

    def end(self) -> None:
        """End it now, if it did not end by itself."""
        end(self.process)

    def finished(self, seconds: float) -> Any:
        """What iperf3 reports at the end of a transfer that lasts at most `seconds`."""
        said, _ = self.process.communicate(timeout=seconds)
        return json.loads(said)


def transfer(
    network: Network,
    client: Namespace,
    server: Namespace,
    address: str,
    *more: str,
    port: int,
    seconds: int = _FOR_EVER,
    streams: int = 1,
) -> Transfer:
    """A transfer between iperf3 and its server, under way when this returns; `more` are options of the client."""
    server.start("iperf3", "--server", "--one-off", "--port", str(port), listens=("tcp", port))
    command = ("iperf3", "--client", address, "--port", str(port), "--parallel", str(streams), "--json")
    started = network.start(client, *command, "--time", str(seconds), *more)
    established = ("ss", "-Htn", "state", "established", f"dport = :{port}")
    # The connection that controls it, and those that carry.
    wait_for(lambda: client.run(*established).count("\n") > streams, 10, f"a transfer to port {port}")
    return Transfer(started)


@dataclass(frozen=True)
class Probes:
    """What a train of irtt saw.

    Attributes:
        round_trips: Of each packet that came back, in ms.
        ups: The delay of the same packets on the way there, in ms; both ends are on one machine, so on one clock.
        downs: Their delay on the way back, in ms.
        lost: Of each packet in order: "false", "true_up", "true_down", or "true" where nobody knows which.
        sent_at: When each was sent, in s of the wall clock.
    """

    round_trips: list[float]
    ups: list[float]
    downs: list[float]
    lost: list[str]
    sent_at: list[float]
    out_of_order: int


def irtt(
    network: Network, client: Namespace, server: Namespace, *, interval_ms: float, seconds: float
) -> Callable[[], Probes]:
    """A server of irtt and one train to it (see `irtt_train`)."""
    irtt_server(server)
    return irtt_train(network, client, interval_ms=interval_ms, seconds=seconds)


def irtt_server(inside: Namespace) -> None:
    """A server for any number of trains."""
    inside.start(
        *PROMPT, "irtt", "server", "-b", f"{AWAY}:{_IRTT_PORT}", "-i", "0", listens=("udp", _IRTT_PORT)
    )


def irtt_train(
    network: Network, client: Namespace, *, interval_ms: float, seconds: float
) -> Callable[[], Probes]:
    """A train of UDP probes, measured at both ends; call what is returned to wait for its end."""
    pace = ("-i", f"{interval_ms}ms", "-d", f"{seconds}s", "--wait=1500ms")
    process = network.start(client, *PROMPT, "irtt", "client", *pace, "-Q", "-o", "-", f"{AWAY}:{_IRTT_PORT}")

    def probes() -> Probes:
        said, complaint = process.communicate(timeout=seconds + 20)
        assert process.returncode == 0, complaint.decode()
        report = json.loads(said)
        trips = report["round_trips"]
        back = [each["delay"] for each in trips if each["lost"] == "false"]
        return Probes(
            round_trips=[each["rtt"] / 1e6 for each in back],
            ups=[each["send"] / 1e6 for each in back],
            downs=[each["receive"] / 1e6 for each in back],
            lost=[each["lost"] for each in trips],
            sent_at=[each["timestamps"]["client"]["send"]["wall"] / 1e9 for each in trips],
            out_of_order=report["stats"]["late_packets"],
        )

    return probes
