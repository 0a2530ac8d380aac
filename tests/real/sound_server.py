"""Sound servers of a test's own: PulseAudio, or PipeWire with pipewire-pulse and WirePlumber, with made-up devices."""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

from tests.lab.namespaces import wait_for
from tests.real.support import Run, finished

_START_S = 40
_GONE_S = 5
_PROGRAMS = {
    "pulseaudio": (
        "exec pulseaudio -n --daemonize=no --use-pid-file=no --exit-idle-time=-1 --log-level=error "
        '--load="module-native-protocol-unix auth-anonymous=1"'
    ),
    "pipewire": (
        "exec dbus-run-session -- sh -c 'pipewire & "
        'while ! [ -S "$XDG_RUNTIME_DIR/pipewire-0" ]; do sleep 0.05; done; wireplumber & exec pipewire-pulse\''
    ),
}
SERVERS = [
    pytest.param("pulseaudio", marks=pytest.mark.real("pulseaudio")),
    pytest.param(
        "pipewire",
        marks=pytest.mark.real("pipewire", "pipewire-pulse", "wireplumber", "dbus-run-session"),
    ),
]
"""For tests on each kind."""
_LONGEST_SPIN_US = 2_000_000


@dataclass
class SoundServer:
    """One sound server; its socket, home and processes end with it."""

    kind: str
    folder: Path = field(
        default_factory=lambda: Path(tempfile.mkdtemp(prefix="amif-"))
    )  # a socket's path is short
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def __enter__(self) -> Self:
        self.folder.chmod(0o700)
        self.start("sh", "-c", _PROGRAMS[self.kind])
        wait_for(lambda: self.control("info", check=False), _START_S, f"{self.kind} to answer")
        if self.kind == "pipewire":  # WirePlumber has to be there before anything is connected
            wait_for(lambda: "auto_null" in self.control("info"), _START_S, "WirePlumber to choose a sink")
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        for process in reversed(self.processes):
            self.end(process)
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def environment(self) -> dict[str, str]:
        """For whoever wants to be heard by this server and by no other."""
        home = str(self.folder)
        places = {f"XDG_{name}": home for name in ("CONFIG_HOME", "CONFIG_DIRS", "STATE_HOME", "CACHE_HOME")}
        return {
            "PATH": os.environ["PATH"],
            "HOME": home,
            "LANG": "C.UTF-8",
            "XDG_RUNTIME_DIR": home,
            **places,
        }

    def start(self, *command: str, stdin: bytes | None = None) -> subprocess.Popen[bytes]:
        """Run a program beside this server, in a group of its own, until the end."""
        process = subprocess.Popen(
            command,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.processes.append(process)
        return process

    def end(self, process: subprocess.Popen[bytes]) -> None:
        """End a program with all that it started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(_GONE_S)

    def control(self, *arguments: str, check: bool = True) -> str:
        """What `pactl` says."""
        ran = subprocess.run(
            ("pactl", *arguments), env=self.environment, capture_output=True, check=False, timeout=30
        )
        assert ran.returncode == 0 or not check, (arguments, ran.stderr)
        return ran.stdout.decode() if ran.returncode == 0 else ""

    # --- devices ---------------------------------------------------------------------------------

    def sink(self, name: str, *properties: str, description: str = "") -> str:
        """A sink; returns its module's number."""
        return self._load("module-null-sink", f"sink_name={name}", "sink", name, description, properties)

    def source(self, name: str, of: str, *properties: str, description: str = "") -> str:
        """A microphone in which one hears what is played into the sink `of`; returns its module's number."""
        module = "module-virtual-source" if self.kind == "pulseaudio" else "module-remap-source"
        arguments = f"source_name={name} master={of}.monitor"
        return self._load(module, arguments, "source", name, description, properties)

    def unload(self, module: str) -> None:
        """Unplug it."""
        self.control("unload-module", module)

    def choose(self, *, output: str = "", source: str = "") -> None:
        """Make devices the default ones."""
        for direction, name in (("sink", output), ("source", source)):
            if name:
                self.control(f"set-default-{direction}", name)
                wait_for(
                    lambda name=name, direction=direction: (  # type: ignore[misc]
                        f"Default {direction.capitalize()}: {name}\n" in self.control("info")
                    ),
                    _START_S,
                    f"{name} as the default",
                )

    def laptop(self) -> None:
        """A laptop's own loudspeakers and microphone, chosen; `room` is what the microphone hears."""
        self.sink("laptop", "device.form_factor=internal", "device.bus=pci", description="Interne")
        self.sink("room")
        self.source(
            "laptop_mic", "room", "device.form_factor=internal", "device.bus=pci", description="Micro interne"
        )
        self.choose(output="laptop", source="laptop_mic")

    def headset(self, *, chosen: bool = True, microphone: str = "Jabra Evolve2 30 Mono") -> tuple[str, str]:
        """A USB headset; `mouth` is what its microphone hears. Returns the modules of both its halves.

        Without a card, only a name tells that two halves belong together: `microphone` is that of the second.
        """
        usb = ("device.form_factor=headset", "device.bus=usb")
        out = self.sink("headset", *usb, description="Jabra Evolve2 30")
        if "\tmouth\t" not in self.control("list", "short", "sinks"):
            self.sink("mouth")
        entry = self.source("headset_mic", "mouth", *usb, description=microphone)
        if chosen:
            self.choose(output="headset", source="headset_mic")
        return out, entry

    def _load(
        self, module: str, arguments: str, what: str, name: str, description: str, properties: tuple[str, ...]
    ) -> str:
        told = " ".join([*properties, f'device.description="{description}"' if description else ""]).strip()
        number = self.control(
            "load-module", module, *arguments.split(), f"{what}_properties='{told}'"
        ).strip()
        wait_for(
            lambda: f"\t{name}\t" in self.control("list", "short", f"{what}s"), _START_S, f"the {what} {name}"
        )
        return number

    # --- who uses them ---------------------------------------------------------------------------

    def play(self, path: Path, into: str) -> subprocess.Popen[bytes]:
        """Another application that plays a file; returns when it is heard."""
        before = self._count("sink-inputs")
        process = self.start("paplay", f"--device={into}", str(path))
        wait_for(lambda: self._count("sink-inputs") > before, _START_S, "paplay to play")
        return process

    def record(self, source: str) -> subprocess.Popen[bytes]:
        """Another application that records; returns when it listens."""
        before = self._count("source-outputs")
        process = self.start("parec", f"--device={source}")
        wait_for(lambda: self._count("source-outputs") > before, _START_S, "parec to listen")
        return process

    def _count(self, what: str) -> int:
        return len(self.control("list", "short", what).splitlines())

    # --- our program -----------------------------------------------------------------------------

    def check(self, *arguments: str, environment: dict[str, str] | None = None) -> Run:
        """Run the program for its JSON report, with names as they are."""
        return check({**self.environment, **(environment or {})}, *arguments)

    def freeze(self) -> None:
        """Nothing of the server moves any more."""
        os.killpg(self.processes[0].pid, signal.SIGSTOP)

    def hurry(self) -> None:
        """See `hurry`, for all threads of the server."""
        for thread in Path(f"/proc/{self.processes[0].pid}/task").iterdir():
            hurry(int(thread.name))

    @contextlib.contextmanager
    def stopped(self) -> Iterator[None]:
        """Nothing of the server moves in here."""
        self.freeze()
        try:
            yield
        finally:
            os.killpg(self.processes[0].pid, signal.SIGCONT)


def hurry(thread: int) -> None:
    """Let it go before all others, as sound does on a desktop: a busy machine must not make it stutter.

    As there, one that spins is ended by the kernel before it starves all others.
    """
    with contextlib.suppress(OSError):
        resource.prlimit(thread, resource.RLIMIT_RTTIME, (_LONGEST_SPIN_US, _LONGEST_SPIN_US))
        os.sched_setscheduler(thread, os.SCHED_FIFO, os.sched_param(5))


def check(environment: dict[str, str], *arguments: str) -> Run:
    """Run the program in exactly this environment, for its JSON report."""
    started = time.monotonic()
    command = (sys.executable, "-m", "amif_netcheck", "--json", "--include-private", *arguments)
    process = subprocess.Popen(
        command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    return finished(process, started)


def tone(path: Path, *effects: str) -> Path:
    """A minute of sound at 48 kHz, by sox."""
    subprocess.run(
        ("sox", "-n", "-r", "48000", "-c", "1", "-b", "16", str(path), "synth", "60", *effects),
        check=True,
        timeout=30,
    )
    return path
