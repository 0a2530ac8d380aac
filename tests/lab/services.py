"""Real servers and real transfers in the lab."""

from __future__ import annotations

import json
import subprocess
from typing import Any

from tests.lab.addresses import AWAY
from tests.lab.namespaces import Namespace, Network, end, wait_for

_FOR_EVER = 0


def coturn(inside: Namespace, address: str = AWAY) -> None:
    """A real STUN server on port 3478."""
    inside.start(
        "turnserver",
        *("-n", "--no-cli", "--stun-only", "--no-tls", "--no-dtls", "--log-file", "stdout"),
        *("-L", address, "--pidfile", "/dev/null"),
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
) -> Transfer:
    """A transfer between iperf3 and its server, under way when this returns; `more` are options of the client."""
    server.start("iperf3", "--server", "--one-off", "--port", str(port), listens=("tcp", port))
    command = ("iperf3", "--client", address, "--port", str(port), "--time", str(seconds), "--json", *more)
    started = network.start(client, *command)
    established = ("ss", "-Htn", "state", "established", f"dport = :{port}")
    # The connection that controls it, and at least one that carries.
    wait_for(lambda: client.run(*established).count("\n") > 1, 10, f"a transfer to port {port}")
    return Transfer(started)
