"""What Wine answers of Windows' own sockets and timer, and that what it lacks degrades as it should."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from amif_netcheck.measure.call import CallCapture, MediaCapture
from amif_netcheck.measure.media import MediaPlan
from tests.program.points import LOCAL, Point
from tests.wine.windows_python import WindowsPython

_SCRIPT = """
import json, socket, time
from amif_netcheck import winsock
from amif_netcheck.measure import dns, icmp_errors
from amif_netcheck.measure.fine_waits import WindowsTimer
from amif_netcheck.measure.reach.outcomes import outcome_of
from amif_netcheck.measure.socket_errors import of_number, trouble
from amif_netcheck.platforms.windows import tcp_info

told = {"name_servers": dns.configured()}
timer = WindowsTimer()
told["timer"] = [timer.begin_period(1), timer.end_period(1)]

def said(work, *arguments, **options):
    try:
        return str(work(*arguments))
    except OSError as error:
        return trouble(error, **options).name

with socket.socket(type=socket.SOCK_DGRAM) as mine, socket.socket(type=socket.SOCK_DGRAM) as other:
    winsock.bind_alone(mine)
    mine.bind(("127.0.0.1", 0))
    told["no_refusals"] = said(winsock.control, mine, 0x9800000C, bytes(4))
    winsock.ignore_refusals(mine)
    other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    told["taken"] = said(other.bind, mine.getsockname())
    other.sendto(bytes(100), mine.getsockname())
    told["too_long"] = said(mine.recv, 10, datagrams=True)

with socket.socket() as sock:
    sock.bind(("127.0.0.1", 0))
    nobody = sock.getsockname()
with socket.socket() as sock:
    icmp_errors.keep(sock)
    winsock.connect_once(sock)
    sock.settimeout(5)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, winsock.linger(0))
    told["linger"] = sock.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, 4).hex()
    told["refused"] = outcome_of(of_number(sock.connect_ex(nobody))).value

with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as sock:
    told["acked"] = tcp_info.acked_bytes(sock, 0).reason.value
    told["resent"] = tcp_info.resent_bytes(sock).reason.value
told["acked_closed"] = tcp_info.acked_bytes(sock, 0)
told["resent_closed"] = tcp_info.resent_bytes(sock).reason.value
print(json.dumps(told))
"""


@pytest.fixture(scope="module")
def told(windows: WindowsPython) -> Any:
    run = windows.python("-c", _SCRIPT)
    assert run.stderr == ""
    return json.loads(run.stdout)


def test_the_timer_is_raised_and_put_back(told: Any) -> None:
    assert told["timer"] == [True, True]


def test_windows_names_the_name_servers(told: Any) -> None:
    named = re.findall(r"^nameserver\s+([\d.]+)$", Path("/etc/resolv.conf").read_text(), re.MULTILINE)
    assert told["name_servers"] == named[:3]


def test_what_errors_mean(told: Any) -> None:
    assert told["too_long"] == "TOO_LONG"
    assert told["refused"] == "refused"
    assert told["taken"] in {"IN_USE", "FORBIDDEN"}, "a port of one's own"


def test_options_are_taken(told: Any) -> None:
    assert told["no_refusals"] == "b''"
    assert told["linger"] == "01000000"


def test_wine_counts_no_confirmed_bytes_and_says_so(told: Any) -> None:
    assert (told["acked"], told["acked_closed"]) == ("unsupported", 0)
    assert told["resent"] == "unsupported"
    assert told["resent_closed"] in {"unsupported", "error"}


# --- a test point on Windows --------------------------------------------------------------------------


@contextmanager
def serving(
    windows: WindowsPython, log: Path, port: int = 0
) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """`serve` under Wine, and its port; what it says goes to `log`."""
    process = windows.start("-m", "amif_netcheck", "serve", "--host", LOCAL, "--port", str(port))
    assert process.stderr is not None
    listening = threading.Event()
    found: list[int] = []

    def listen() -> None:
        assert process.stderr is not None
        with log.open("ab") as copy:
            for line in process.stderr:
                copy.write(line)
                if match := re.search(rb"listening on \S+ port (\d+)", line):
                    found.append(int(match[1]))
                    listening.set()

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    try:
        assert listening.wait(30), log.read_bytes()
        yield process, found[0]
    finally:
        process.kill()
        process.wait(10)
        listener.join(5)
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream is not None:
                stream.close()


def test_a_call_with_a_test_point_on_windows_loses_nothing(windows: WindowsPython, tmp_path: Path) -> None:
    plan = MediaPlan(video_bit_s=1_000_000, seconds=3.0)
    with serving(windows, tmp_path / "log") as (process, port):
        capture = Point(LOCAL, port, process, tmp_path / "log").call(plan)
    assert isinstance(capture, CallCapture)
    assert isinstance(capture.up, MediaCapture)
    for way in (capture.up, capture.down):
        for stream in (way.audio, way.video):
            assert stream.transit_ns.count(None) <= len(stream.transit_ns) / 100
    assert len(capture.down.audio.transit_ns) == 150


def test_its_port_is_its_own_and_ctrl_c_ends_it(windows: WindowsPython, tmp_path: Path) -> None:
    with serving(windows, tmp_path / "log") as (process, port):
        second = windows.run("serve", "--host", LOCAL, "--port", str(port), "--lang", "en")
        assert second.code == 2
        assert f"port {port} of “{LOCAL}” can't be used" in second.stderr
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0
        assert time.monotonic() - began < 5
