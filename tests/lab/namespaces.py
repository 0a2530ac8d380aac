"""Network namespaces: made, linked, used, and removed with everything that runs in them."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, Self, TypeVar

T = TypeVar("T")

_STAND_INS = Path(__file__).parent / "stand_ins.py"
_ADMITTED = Path("/proc/sys/net/ipv4/tcp_allowed_congestion_control")
_COMMAND_S = 20
_POLL_S = 0.02


def wait_for(condition: Callable[[], T], seconds: float, what: str) -> T:
    """The first true answer of `condition`, asked again and again; fails after `seconds`."""
    until = time.monotonic() + seconds
    while not (answer := condition()):
        if time.monotonic() > until:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(_POLL_S)
    return answer


class Namespace:
    """One network namespace: a computer of its own on the network. `Network` makes and removes it."""

    def __init__(self, label: str, folder: Path) -> None:
        self.label = label
        self.name = f"amif-{label}-{secrets.token_hex(3)}"
        self._folder = folder / self.name
        self._folder.mkdir()
        self._files = ExitStack()
        self._etc = Path("/etc/netns") / self.name
        _call("ip", "netns", "add", self.name)
        try:
            self.run("ip", "link", "set", "lo", "up")
            # Addresses are usable at once, without the search for duplicates that takes a second or two.
            self.sysctl("net.ipv6.conf.all.accept_dad", "0")
            self.sysctl("net.ipv6.conf.default.accept_dad", "0")
            self._use_cubic()
        except BaseException:
            self.remove()
            raise

    def _use_cubic(self) -> None:
        """What nearly every computer at home sends with, whatever this machine uses."""
        setting = ("sysctl", "-qw", "net.ipv4.tcp_congestion_control=cubic")
        if not self.succeeds(*setting):
            # Only what the first namespace of the machine admits may be used in others.
            admitted = _ADMITTED.read_text().split()
            _ADMITTED.write_text(" ".join([*admitted, "cubic"]))
            self.run(*setting)

    def command(self, *words: str) -> list[str]:
        """The command line that runs `words` inside; `ip netns exec` becomes the command, so its pid is the command's."""
        return ["ip", "netns", "exec", self.name, *words]

    def run(self, *words: str, text: str | None = None) -> str:
        """Run to the end; what it wrote to stdout. A failure fails the test with what it said."""
        return _call(*self.command(*words), text=text)

    def run_raw(self, command: Sequence[str | bytes]) -> None:
        """Run a command line made with `command`, with bytes in it that are no text."""
        subprocess.run(command, capture_output=True, timeout=_COMMAND_S, check=True)

    def succeeds(self, *words: str) -> bool:
        """Does this command succeed inside?"""
        done = subprocess.run(self.command(*words), capture_output=True, timeout=_COMMAND_S, check=False)
        return done.returncode == 0

    def ip(self, *words: str) -> str:
        """`ip` inside."""
        return self.run("ip", *words)

    def ip_batch(self, *lines: str) -> None:
        """Many commands of `ip` inside, in one go."""
        self.run("ip", "-batch", "-", text="\n".join(lines) + "\n")

    def sysctl(self, key: str, value: str) -> None:
        """Set a kernel parameter of this namespace."""
        self.run("sysctl", "-qw", f"{key}={value}")

    def etc(self, file: str, content: str) -> None:
        """Put a file of this namespace's own over the system's: `ip netns exec` binds it, or its folder, in place."""
        path = self._etc / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)

    def start(self, *words: str, listens: tuple[str, int] | None = None) -> subprocess.Popen[bytes]:
        """Start in the background; wait until it listens on ("udp" or "tcp", port). Its output goes to a file."""
        log = self._folder / f"{len(list(self._folder.iterdir()))}-{Path(words[0]).name}.log"
        output = self._files.enter_context(log.open("wb"))
        process = subprocess.Popen(
            self.command(*words), stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
        )
        self._files.callback(end, process)
        if listens is not None:
            wait_for(
                lambda: process.poll() is not None or self._listens(*listens), 10, f"{words[0]} at {listens}"
            )
            assert process.poll() is None, f"{words[0]} ended: {log.read_text(errors='replace')}"
        return process

    def stand_in(self, *words: str, listens: tuple[str, int] | None = None) -> subprocess.Popen[bytes]:
        """Start one of our own small servers (`stand_ins.py`)."""
        return self.start(sys.executable, str(_STAND_INS), *words, listens=listens)

    def _listens(self, protocol: str, port: int) -> bool:
        flag = {"udp": "-u", "tcp": "-t"}[protocol]
        return bool(self.run("ss", "-Hln", flag, f"sport = :{port}").strip())

    def nft(self, hook: str, *rules: str) -> None:
        """Add filter rules on a hook; they may use the counter `dropped`."""
        lines = [
            "add table inet amif",
            "add counter inet amif dropped",
            f"add chain inet amif {hook} {{ type filter hook {hook} priority 0; }}",
            *(f"add rule inet amif {hook} {rule}" for rule in rules),
        ]
        self.run("nft", "-f", "-", text="\n".join(lines) + "\n")

    def dropped(self) -> int:
        """Packets counted by the counter `dropped`."""
        found = json.loads(self.run("nft", "-j", "list", "counter", "inet", "amif", "dropped"))
        return int(found["nftables"][1]["counter"]["packets"])

    def packets_out(self, interface: str) -> int:
        """Packets that an interface has sent so far."""
        return int(self.run("cat", f"/sys/class/net/{interface}/statistics/tx_packets"))

    def bytes_out(self, interface: str) -> int:
        """Bytes that an interface has sent so far."""
        return int(self.run("cat", f"/sys/class/net/{interface}/statistics/tx_bytes"))

    def processes(self) -> set[int]:
        """The processes that are inside now."""
        return {int(word) for word in _call("ip", "netns", "pids", self.name).split()}

    def remove(self) -> None:
        """End what runs inside, then remove the namespace."""
        with suppress(subprocess.SubprocessError, AssertionError):
            self._files.close()
        with suppress(subprocess.SubprocessError, AssertionError):
            for pid in self.processes():
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        shutil.rmtree(self._etc, ignore_errors=True)
        subprocess.run(
            ["ip", "netns", "del", self.name], capture_output=True, timeout=_COMMAND_S, check=False
        )


class Network:
    """The namespaces of one test, and the links between them; `with` removes them all whatever happens."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def at_end(self, callback: Callable[[], object]) -> None:
        """Call this when the network is taken down; what came last goes first."""
        self._stack.callback(callback)

    def namespace(self, label: str) -> Namespace:
        """A new, empty one; its name begins with `amif-`, then `label`."""
        made = Namespace(label, self._folder)
        self.at_end(made.remove)
        return made

    def pair(self, a: Namespace, a_name: str, b: Namespace, b_name: str) -> None:
        """A cable (veth) between two namespaces, both ends up, without addresses."""
        _call("ip", "link", "add", a_name, "netns", a.name, "type", "veth", "peer", b_name, "netns", b.name)
        a.ip("link", "set", a_name, "up")
        b.ip("link", "set", b_name, "up")

    def start(
        self, inside: Namespace, *words: str, environment: dict[str, str] | None = None
    ) -> subprocess.Popen[bytes]:
        """Start a command whose output is wanted; whoever starts it waits for it, else it is killed in the end."""
        process = subprocess.Popen(
            inside.command(*words),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
        )
        self.at_end(lambda: end(process))
        return process


def end(process: subprocess.Popen[Any]) -> None:
    """Kill it if it still runs, and forget it."""
    if process.poll() is None:
        process.kill()
    process.wait(_COMMAND_S)
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream is not None:
            stream.close()


def _call(*words: str, text: str | None = None) -> str:
    done = subprocess.run(
        words,
        input=text if text is not None else "",
        capture_output=True,
        text=True,
        timeout=_COMMAND_S,
        check=False,
    )
    assert done.returncode == 0, f"{' '.join(words)}: {done.stderr or done.stdout}"
    return done.stdout
