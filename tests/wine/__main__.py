"""The suite on Windows' Python: `python -m tests.wine [PATHS]` runs what `suites` chooses, or these; exit code 0 when all is well.

`--beside` runs what only computes, `--after` the rest: together they are all of it.

A test may be skipped there for what Windows or Wine does not have, which its reason says, and for nothing else.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path
from typing import IO

from tests.systems import LINUX_ONLY, NOT_UNDER_WINE, POSIX_ONLY
from tests.wine.prefix import Prefix, windows_path
from tests.wine.prepare import ROOT, NotPreparedError, prepare
from tests.wine.suites import BESIDE, CHOSEN, LEFT_OUT, TIMED

_DEADLINE_S = 1500
_WORKERS = 2
_TEST_S = 200
"""Windows has no alarm: pytest-timeout ends the whole worker, so only what hangs may be ended."""
_DONE = re.compile(r"\[gw\d+\] \[ *\d+%\] (?P<outcome>[A-Z]+) (?P<test>.*)")
_BEGUN = re.compile(r"tests/\S+::")
_REASONS = (POSIX_ONLY, LINUX_ONLY, NOT_UNDER_WINE)
"""How the reasons of tests that are skipped on Windows begin."""


def main(paths: list[str]) -> int:
    """Run them; what is missing is told, and where CI=true a failure."""
    try:
        prepared = prepare()
    except NotPreparedError as missing:
        sys.stderr.write(f"tests on Windows' Python: {missing}\n")
        return 1 if os.environ.get("CI") == "true" else 0
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # Wine goes with us
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="amif-wine-") as name:
        results = Path(name, "results.xml")
        with Prefix(prepared, Path(name)) as prefix:
            code = _pytest(prefix, results, _wanted(paths))
        problems = _report(results, time.monotonic() - started)
    for problem in problems:
        sys.stderr.write(f"{problem}\n")
    return code or bool(problems)


def _wanted(paths: list[str]) -> list[str]:
    """What pytest is to run, and not to."""
    if paths == ["--beside"]:
        return [*BESIDE, *(f"--ignore={path}" for path in TIMED)]
    if paths == ["--after"]:
        left_out = (f"--ignore={path}" for path in BESIDE if path not in CHOSEN)
        return [*(path for path in CHOSEN if path not in BESIDE), *TIMED, *left_out]
    return paths or list(CHOSEN)


def _pytest(prefix: Prefix, results: Path, paths: list[str]) -> int:
    options = (
        "-v",
        "-p",
        "no:cacheprovider",
        "-n",
        str(_WORKERS),
        "--dist",
        "loadgroup",
        "--max-worker-restart",
        "0",
    )
    more = ("--durations", "15", "--timeout", str(_TEST_S), f"--junitxml={windows_path(results)}")
    left_out = [f"--deselect={each}" for each in LEFT_OUT if each not in paths]
    command = prefix.command("-u", "-m", "pytest", *options, *more, *left_out, *paths)
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=prefix.environment({"TZ": "Europe/Paris"}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    shown = Relay(process.stdout)
    try:
        return process.wait(_DEADLINE_S)
    except subprocess.TimeoutExpired:
        running = "".join(f"\n  {each}" for each in sorted(shown.running))
        sys.stderr.write(f"not within {_DEADLINE_S} s; unfinished:{running}\n")
        return 1
    finally:
        process.kill()
        prefix.end()
        shown.thread.join(10)


class Relay:
    """Shows what pytest says, each test that passes or is skipped as a dot; knows those that are under way."""

    def __init__(self, lines: IO[bytes] | None) -> None:
        assert lines is not None
        self.running: set[str] = set()
        self.thread = threading.Thread(target=self._read, args=(lines,), daemon=True)
        self.thread.start()

    def _read(self, lines: IO[bytes]) -> None:
        for raw in lines:
            line = raw.decode(errors="replace").rstrip()
            if done := _DONE.match(line):
                self.running.discard(done["test"])
                if done["outcome"] in {"PASSED", "SKIPPED"}:
                    sys.stdout.write(".")
                    sys.stdout.flush()
                    continue
            elif _BEGUN.match(line):
                self.running.add(line)
                continue
            sys.stdout.write(f"\n{line}")
        sys.stdout.write("\n")


def _report(results: Path, seconds: float) -> list[str]:
    """One line for each folder; what is wrong with the skipped ones."""
    if not results.exists():
        return ["pytest wrote no results"]
    problems, counts = [], dict[str, Counter[str]]()
    for case in ET.parse(results).iter("testcase"):
        place = case.get("classname") or case.get("name") or ""
        suite = ".".join(place.split(".")[:2])
        skipped = case.find("skipped")
        failed = case.find("failure") is not None or case.find("error") is not None
        outcome = "failed" if failed else "skipped" if skipped is not None else "passed"
        counts.setdefault(suite, Counter())[outcome] += 1
        counts[suite]["ms"] += round(1000 * float(case.get("time", 0)))
        reason = _reason(skipped) if skipped is not None else ""
        if skipped is not None and not reason.startswith(_REASONS):
            problems.append(f"{place}::{case.get('name')}: skipped for {reason!r}")
    for suite, count in sorted(counts.items()):
        told = ", ".join(f"{count[outcome]} {outcome}" for outcome in ("passed", "failed", "skipped"))
        sys.stdout.write(f"{suite} on Windows' Python: {told}, {count['ms'] / 1000:.0f} s of one core\n")
    sys.stdout.write(f"in {seconds:.0f} s\n")
    return problems


def _reason(skipped: ET.Element) -> str:
    """Of a file that is skipped as a whole, it stands in the text."""
    return (skipped.text or "").partition("Skipped: ")[2] or skipped.get("message", "")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
