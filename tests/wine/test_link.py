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
QUEUE_MS = 40
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
@pytest.mark.timeout(150)
def test_a_good_line_is_measured_alike(both: Both) -> None:
    linux, windows = both.told(*LINK, "--speed-server", SERVER)
    idle, expected = windows["internet"], linux["internet"]
    assert (idle["method"], idle["sent"], idle["received"], idle["rejected"]) == ("amif", 250, 250, 0)
    assert idle["rtt_ms"]["min"] == pytest.approx(expected["rtt_ms"]["min"], abs=2)
    assert 0 < idle["rtt_ms"]["median"] - expected["rtt_ms"]["min"] < BUSY_MS
    assert idle["jitter_ms"] < expected["jitter_ms"] + BUSY_MS
    for way in ("download", "upload"):
        assert windows[way]["mbit_s"] == pytest.approx(linux[way]["mbit_s"], rel=0.05)
        loaded, as_loaded = (facts[way]["loaded_rtt_ms"]["median"] for facts in (windows, linux))
        assert -QUEUE_MS / 4 < loaded - as_loaded < 2 * BUSY_MS, "the queue is seen"
    call = windows["call"]
    assert call["asked_video_mbit_s"] == linux["call"]["asked_video_mbit_s"]
    for way in ("up", "down"):
        assert 150 <= call[way]["audio_packets"] <= 250, (
            "a packet that was late for its turn is not made up for"
        )
        assert call[way]["audio"]["pct"] <= 1
        assert call[way]["video"]["pct"] <= 1
        assert call[way]["video_mbit_s"] == pytest.approx(linux["call"][way]["video_mbit_s"], rel=0.02)


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
