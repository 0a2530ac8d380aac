"""Running our program in the lab, and what it said."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import unicodedata
from dataclasses import dataclass
from typing import Any

from tests import contract
from tests.lab import namespaces
from tests.lab.namespaces import Namespace

_RUN_S = 60


@dataclass(frozen=True)
class Run:
    """A finished run of the program."""

    code: int
    stdout: str
    stderr: str
    duration_s: float

    @property
    def report(self) -> Any:
        """The report that `--json` wrote, which is valid by its schema."""
        return contract.read(self.stdout)

    def findings(self, check: str) -> list[Any]:
        """The findings of one check."""
        return next(list(each["findings"]) for each in self.report["checks"] if each["id"] == check)

    def finding(self, check: str) -> Any:
        """The only finding of one check."""
        findings = self.findings(check)
        assert len(findings) == 1, findings
        return findings[0]

    def codes(self, check: str) -> dict[str, str]:
        """The severities of one check's findings by code."""
        return {each["code"]: each["severity"] for each in self.findings(check)}

    def fact(self, path: str) -> Any:
        """A fact by its path below `facts`, such as `link.internet`."""
        found = self.report["facts"]
        for part in path.split("."):
            found = found[part]
        return found


class Network(namespaces.Network):
    """A network with our program in it."""

    def environment(self) -> dict[str, str]:
        """A clean environment: nobody's settings, logs or language."""
        home = self._folder / "home"
        places = {
            f"XDG_{name}": str(home / name.lower())
            for name in ("CONFIG_HOME", "CONFIG_DIRS", "STATE_HOME", "CACHE_HOME", "DATA_HOME")
        }
        return {"PATH": os.environ["PATH"], "HOME": str(home), "LANG": "C.UTF-8", **places}

    def start_cli(
        self, inside: Namespace, *arguments: str, environment: dict[str, str] | None = None
    ) -> subprocess.Popen[bytes]:
        """Start the program inside, in a clean environment with `environment` over it."""
        command = (sys.executable, "-m", "amif_netcheck", *arguments)
        return self.start(inside, *command, environment=self.environment() | (environment or {}))

    def run_cli(self, inside: Namespace, *arguments: str, environment: dict[str, str] | None = None) -> Run:
        """Run the program inside, to its end."""
        started = time.monotonic()
        process = self.start_cli(inside, *arguments, environment=environment)
        return finished(process, started)

    def check(self, inside: Namespace, *arguments: str, environment: dict[str, str] | None = None) -> Run:
        """Run the program for its JSON report, with addresses as they are."""
        return self.run_cli(inside, *arguments, "--json", "--include-private", environment=environment)


def finished(process: subprocess.Popen[bytes], started: float) -> Run:
    """Wait for the program; what it said, and how long it took since `started` (`time.monotonic`)."""
    stdout, stderr = process.communicate(timeout=_RUN_S)
    return Run(
        code=process.returncode,
        stdout=stdout.decode(),
        stderr=stderr.decode(),
        duration_s=time.monotonic() - started,
    )


def harmless(text: str) -> bool:
    """Nothing in it but its line ends makes a terminal do something: no control codes, no direction marks."""
    kinds = {unicodedata.category(character) for character in text if character != "\n"}
    return not kinds & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
