"""The line, measured by Windows' Python and by Linux's over the same emulated one: they tell the same."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.lab.addresses import AWAY
from tests.lab.house import House
from tests.lab.namespaces import wait_for
from tests.real.support import Network
from tests.wine.prefix import Prefix
from tests.wine.prepare import Prepared
from tests.wine.windows_python import WindowsPython, finished

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("busy")]

PORT = 8443
SERVER = f"http://{AWAY}:{PORT}"
STUN = f"{AWAY}:{PORT}"
RTT_MS, QUEUE_MS = 16, 40
PAYLOAD = 1448 / 1514
"""Of an Ethernet frame, what TCP carries with its timestamps."""
LINE = ("a2b:rate=2e7,queue=100000,delay=8", "b2a:rate=4e7,queue=200000,delay=8")
LINK = ("--only", "link", "--json", "--include-private")
QUICK = (*LINK, "--quick", "--stun", STUN)
BUSY_MS = 40
"""Wine's server and the line's process share this machine with other tests: what waits for the processor comes late, the
fastest answers do not."""


@dataclass
class Both:
    """The same house, seen from Linux and from Windows."""

    network: Network
    house: House
    windows: WindowsPython

    def told(self, *arguments: str) -> tuple[Any, Any]:
        """The facts of the line, as Linux' Python and as Windows' tell them, one after the other."""
        linux = self.network.run_cli(self.house.home, *arguments)
        windows = self.windows.run(*arguments)
        assert windows.stderr == ""
        return linux.fact("link"), windows.fact("link")


@pytest.fixture
def both(prepared: Prepared, tmp_path: Path) -> Iterator[Both]:
    (tmp_path / "network").mkdir()
    with Network(tmp_path / "network") as network:
        house = House(network, *LINE)
        command = (sys.executable, "-m", "amif_netcheck", "serve", "--port", str(PORT))
        house.internet.start(*command, listens=("tcp", PORT))
        with Prefix(prepared, tmp_path, inside=house.home.command) as prefix:
            yield Both(network, house, WindowsPython(prefix))


@pytest.mark.alone
@pytest.mark.timeout(90)
def test_a_good_line_is_measured_as_it_is(both: Both) -> None:
    """By the figures of the line itself, as other tests hold them against Linux' Python."""
    run = both.windows.run(*LINK, "--speed-server", SERVER)
    assert run.stderr == ""
    windows = run.fact("link")
    idle = windows["internet"]
    assert (idle["method"], idle["sent"], idle["received"], idle["rejected"]) == ("amif", 250, 250, 0)
    assert RTT_MS <= idle["rtt_ms"]["min"] < RTT_MS + 4
    assert RTT_MS <= idle["rtt_ms"]["median"] < RTT_MS + BUSY_MS
    assert idle["jitter_ms"] < BUSY_MS
    for way, mbit_s in (("download", 40), ("upload", 20)):
        assert windows[way]["mbit_s"] == pytest.approx(mbit_s * PAYLOAD, rel=0.05)
        loaded = windows[way]["loaded_rtt_ms"]["median"]
        assert RTT_MS + QUEUE_MS / 4 < loaded < RTT_MS + QUEUE_MS + 2 * BUSY_MS, "the queue is seen"
    call = windows["call"]
    assert call["asked_video_mbit_s"] == 1.5
    for way in ("up", "down"):
        assert 150 <= call[way]["audio_packets"] <= 250, (
            "a packet that was late for its turn is not made up for"
        )
        assert call[way]["audio"]["pct"] <= 1
        assert call[way]["video"]["pct"] <= 1
        assert call[way]["video_mbit_s"] == pytest.approx(1.5, rel=0.03)


@pytest.mark.alone
def test_a_line_that_loses_packets_is_told_as_such(both: Both) -> None:
    both.house.line.set("a2b:loss=0.1")
    for train in (facts["internet"] for facts in both.told(*QUICK)):
        assert train["sent"] == 100
        assert 2 <= train["loss_pct"] <= 20


def test_where_no_route_leads_out_it_is_told_alike(both: Both) -> None:
    both.house.home.ip("route", "flush", "default")
    both.house.home.ip("-6", "route", "flush", "default")
    linux, windows = both.told(*QUICK)
    assert (
        linux["internet"]["reason"],
        windows["internet"]["reason"],
    ) == ("not_present", "not_present")


def test_a_route_that_forbids_the_way_is_told_alike(both: Both) -> None:
    for version in ("-4", "-6"):
        both.house.home.ip(version, "route", "replace", "prohibit", "default", "metric", "1")
        both.house.home.ip(version, "route", "flush", "exact", "default", "metric", "0")
    linux, windows = both.told(*QUICK)
    assert (linux["internet"]["reason"], windows["internet"]["reason"]) == ("blocked", "blocked")


def test_a_server_that_is_not_there_makes_no_loss_of_it(both: Both) -> None:
    for facts in both.told(*LINK, "--quick", "--stun", f"{AWAY}:9"):
        assert facts["internet"]["state"] == "unavailable"
        assert facts["internet"]["reason"] in {"blocked", "timeout"}, "Wine tells no ICMP errors"


def test_ctrl_c_ends_it_at_once(both: Both) -> None:
    before = both.house.home.packets_out("eth0")
    began = time.monotonic()
    process = both.windows.start("-m", "amif_netcheck", *LINK, "--speed-server", SERVER)
    wait_for(lambda: both.house.home.packets_out("eth0") > before + 100, 30, "the train under way")
    interrupted = time.monotonic()
    process.send_signal(signal.SIGINT)
    run = finished(process, began)
    assert time.monotonic() - interrupted < 3
    assert (run.code, run.stdout) == (130, "")
    assert "Traceback" not in run.stderr
