"""A call on a computer that stands still for a moment: what it missed is no fault of the line's."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.lab.namespaces import wait_for
from tests.program.points import point
from tests.systems import needs_linux

CALLER = Path(__file__).parents[1] / "real" / "caller.py"


@needs_linux("threads are counted in /proc")
def test_a_call_that_was_slept_through_is_no_call(tmp_path: Path) -> None:
    with point(tmp_path) as here:
        command = [sys.executable, str(CALLER), "call", here.host, str(here.port)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as caller:
            status = Path(f"/proc/{caller.pid}/status")
            wait_for(
                lambda: "Threads:\t2" in status.read_text(encoding="utf-8"), 10, "the call's sender at work"
            )
            caller.send_signal(signal.SIGSTOP)
            woken = time.monotonic() + 1.5
            wait_for(lambda: time.monotonic() > woken, 3, "a moment's sleep")
            caller.send_signal(signal.SIGCONT)
            said, _ = caller.communicate(timeout=20)
    assert "stood still" in json.loads(said)["unavailable"]
