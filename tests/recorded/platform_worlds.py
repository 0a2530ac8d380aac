"""Windows and macOS without Windows and macOS: what their classes call, replaced by what answers in any way that it may."""

from __future__ import annotations

import contextlib
import struct
import threading
from collections.abc import Callable, Iterator
from random import Random
from typing import Any
from unittest.mock import patch

from amif_netcheck.model.facts import Reason, Unavailable
from amif_netcheck.platforms.base import Platform
from amif_netcheck.platforms.macos.platform import MacOS
from amif_netcheck.platforms.macos.properties import PropertyError
from amif_netcheck.platforms.windows.com import ComError
from amif_netcheck.platforms.windows.platform import Windows
from amif_netcheck.platforms.windows.processes import MainMemory, ProcessorTimes

Answer = Callable[..., Any]
WINDOWS, MACOS = "amif_netcheck.platforms.windows", "amif_netcheck.platforms.macos"


class Door:
    """In the place of an injected object, or of what makes one: each method is answered by one function, and counted."""

    def __init__(self, answer: Callable[[str], Any]) -> None:
        self._answer = answer
        self.asked: list[str] = []

    def __call__(self, *_arguments: object, **_more: object) -> Door:
        return self

    def __getattr__(self, name: str) -> Answer:
        def method(*_arguments: object, **_more: object) -> Any:
            self.asked.append(name)
            return self._answer(name)

        return method


def raising(error: Exception) -> Door:
    def answer(_name: str) -> Any:
        raise error

    return Door(answer)


# --- random answers, of the types that each object may give ------------------------------------------

_NAMES = (
    "",
    "x",
    "\x00",
    "\x1b[31m",
    "é\u202e",
    "a" * 5000,
    "\ud800",
    "Wi-Fi",
    "127.0.0.1",
    "%n",
    "{}",
    "0x",
)
_LINES = (
    *(
        "",
        "default",
        "en0",
        "inet 192.168.1.20 netmask 0xffffff00",
        "? (192.168.1.1) at 0:1:2:3:4:5 on en0 ifscope",
    ),
    *(
        "<dictionary> {",
        "}",
        "  HTTPEnable : 1",
        "  HTTPPort : x",
        "100%; charging;",
        " lowpowermode 1",
        "time,,bytes_in",
    ),
    *(
        "firefox.123,1,2,",
        "kernel_task.0,-1,99999999999999999999,",
        "0 0 0 0",
        "\ufffd",
        "utun3: flags=8051<UP> mtu x",
    ),
    *(
        '* (Connected)  9F:x VPN (com.x) "Y" [VPN:z]',
        "Now drawing from 'AC Power'",
        "pid 1(x): [0x0] 00:00 x named:",
    ),
)
_REFUSALS = tuple(Reason)


def _unavailable(rng: Random) -> Unavailable:
    return Unavailable(reason=rng.choice(_REFUSALS[:5]), detail="refused")


def _bytes(rng: Random) -> bytes:
    """Noise, with small numbers in it, so that counts and sizes lead on."""
    length = rng.choice((0, 1, 4, 7, 8, 64, 500, 3000))
    if rng.random() < 0.5:
        return rng.randbytes(length)
    words = (rng.choice((0, 1, 2, 6, 16, 71, 2**31, 2**32 - 1)) for _ in range(length // 4))
    return b"".join(struct.pack("<I", word) for word in words)


def _name(rng: Random) -> str:
    return rng.choice(_NAMES)


def _or_refusal(rng: Random, value: Callable[[Random], Any], *errors: Exception) -> Any:
    if errors and rng.random() < 0.3:
        raise rng.choice(errors)
    return value(rng)


_OS_ERRORS = (
    OSError(5, "Input/output error"),
    PermissionError(13, "Permission denied"),
    OSError("no such thing"),
)


def _text_or_refusal(rng: Random) -> str | Unavailable:
    if rng.random() < 0.3:
        return _unavailable(rng)
    return "\n".join(rng.sample(_LINES, rng.randrange(8)))


def _bytes_or_refusal(rng: Random) -> bytes | Unavailable:
    return _unavailable(rng) if rng.random() < 0.2 else _bytes(rng)


def _registry(rng: Random) -> dict[str, Any]:
    values = (_name, lambda rng: rng.randrange(2**32), _bytes, lambda _rng: ["a", "b"], lambda _rng: None)
    names = ("Value", "ProxyEnable", "ProxyServer", "LastUsedTimeStop", "ComponentId", "NetCfgInstanceId")
    return {rng.choice(names): rng.choice(values)(rng) for _ in range(rng.randrange(4))}


def _keys(rng: Random) -> tuple[str, ...]:
    return tuple(rng.choice(("NonPackaged", "0001", "x", "")) for _ in range(rng.randrange(3)))


def _memory(rng: Random) -> MainMemory:
    total = rng.randrange(2**40)
    return MainMemory(total=total, available=rng.randrange(total + 1), page=rng.choice((0, 4096)))


def _times(rng: Random) -> ProcessorTimes:
    return ProcessorTimes(idle=rng.random() * 1e6, kernel=rng.random() * 1e6, user=rng.random() * 1e6)


def random_windows(rng: Random) -> dict[str, Door]:
    """What `platforms.windows` asks, by where it is found."""
    helper = {
        "best_interface": lambda: rng.choice((_unavailable(rng), rng.randrange(100))),
    }
    kernel = {
        "query": lambda: _or_refusal(rng, lambda rng: (_bytes(rng), 0x7FF0_0000), *_OS_ERRORS),
        "times": lambda: _or_refusal(rng, _times, *_OS_ERRORS),
        "memory": lambda: _or_refusal(rng, _memory, *_OS_ERRORS),
        "cores": lambda: rng.choice((1, 8)),
    }
    registry = {
        "values": lambda: _registry(rng),
        "keys": lambda: _keys(rng),
        "exists": lambda: rng.choice((True, False, None)),
    }
    power = {
        "status": lambda: _or_refusal(rng, _bytes, *_OS_ERRORS),
        "plan": lambda: _or_refusal(rng, _name, *_OS_ERRORS),
        "mode": lambda: _or_refusal(rng, lambda rng: rng.randrange(9), *_OS_ERRORS),
    }
    tree = {
        "interfaces": lambda: _or_refusal(rng, lambda rng: (_name(rng), _name(rng)), *_OS_ERRORS),
        "name": lambda: _or_refusal(rng, _name, *_OS_ERRORS),
        "container": lambda: _or_refusal(rng, _name, *_OS_ERRORS),
    }
    proxies = {
        "of_person": lambda: rng.choice((_unavailable(rng), (_name(rng), _name(rng), _name(rng), True))),
        "in_domain": lambda: rng.choice((_unavailable(rng), True, False)),
    }

    def no_com() -> Any:
        raise rng.choice((ComError(-0x7FF8FFFB), *_OS_ERRORS))

    return {
        f"{WINDOWS}.network.IpHelper": _of(helper, lambda: _bytes_or_refusal(rng)),
        f"{WINDOWS}.process_traffic.IpHelper": _of(helper, lambda: _bytes_or_refusal(rng)),
        f"{WINDOWS}.network.RegistryReader": _of(registry),
        f"{WINDOWS}.wifi.RegistryReader": _of(registry),
        f"{WINDOWS}.platform.RegistryReader": _of(registry),
        f"{WINDOWS}.network.Ras": _of({}, lambda: _bytes_or_refusal(rng)),
        f"{WINDOWS}.platform.ProxyCalls": _of(proxies),
        f"{WINDOWS}.computer.Firmware": _of({}, lambda: _bytes_or_refusal(rng)),
        f"{WINDOWS}.platform.Ole32": _of({}, no_com),
        f"{WINDOWS}.processes.Nt": _of(kernel),
        f"{WINDOWS}.power.Power": _of(power),
        f"{WINDOWS}.cameras.Cfgmgr32": _of(tree),
        f"{WINDOWS}.updates.MsiMutex": _of({"held": lambda: _or_refusal(rng, lambda rng: rng.random() < 0.5, *_OS_ERRORS)}),
    }  # fmt: skip


def random_macos(rng: Random) -> dict[str, Door]:
    """What `platforms.macos` asks, by where it is found."""

    def data() -> Any:
        return _or_refusal(rng, _bytes, PropertyError("who?"), PropertyError("nope"))

    hal = {"data": data, "text": lambda: _or_refusal(rng, _name, PropertyError("who?"))}
    kernel = {
        "vm_statistics": lambda: _bytes(rng),
        "page_size": lambda: rng.choice((0, 16384)),
        "responsible": lambda: rng.choice((0, -1, 1, 2**31)),
    }
    network = {"interface_names": lambda: _or_refusal(rng, lambda _rng: {1: "lo0", 4: "en0"}, *_OS_ERRORS)}
    objects = {
        "authorization": lambda: _or_refusal(rng, lambda rng: rng.randrange(-1, 6), *_OS_ERRORS),
        "low_power": lambda: _or_refusal(rng, lambda rng: rng.random() < 0.5, *_OS_ERRORS),
        "thermal_state": lambda: _or_refusal(rng, lambda rng: rng.randrange(-1, 6), *_OS_ERRORS),
        "is_application": lambda: rng.random() < 0.5,
    }
    return {
        f"{MACOS}.platform.SystemTools": _of({}, lambda: _text_or_refusal(rng)),
        f"{MACOS}.platform.LibSystem": _of(kernel),
        f"{MACOS}.platform.ObjectiveC": _of(objects),
        f"{MACOS}.platform.DarwinNetworkKernel": _of(network, lambda: _or_refusal(rng, _bytes, *_OS_ERRORS)),
        f"{MACOS}.platform.property_frameworks.core_audio": _of(hal),
        f"{MACOS}.platform.property_frameworks.core_media": _of(hal),
    }


def _of(methods: dict[str, Callable[[], Any]], otherwise: Callable[[], Any] | None = None) -> Door:
    def answer(name: str) -> Any:
        found = methods.get(name, otherwise)
        assert found is not None, f"{name} was not expected"
        return found()

    return Door(answer)


# --- the platforms over such answers ------------------------------------------------------------------

WORLDS: dict[str, tuple[type[Windows | MacOS], Callable[[Random], dict[str, Door]]]] = {
    "windows": (Windows, random_windows),
    "macos": (MacOS, random_macos),
}


@contextlib.contextmanager
def over(system: str, doors: dict[str, Door]) -> Iterator[Platform]:
    """The platform of `system`, which finds these in the place of its own."""
    kind = WORLDS[system][0]
    with contextlib.ExitStack() as stack:
        for where, door in doors.items():
            stack.enter_context(patch(where, door))
        yield kind(offline=True)


def hanging(system: str, released: threading.Event, *, only: tuple[str, ...]) -> dict[str, Door]:
    """Doors whose names hold one of `only` answer nothing until `released`; the rest says that there is no such thing."""

    def hang(_name: str) -> Any:
        released.wait(60.0)
        raise OSError("released")

    doors = WORLDS[system][1](Random(0))
    return {
        where: Door(hang) if any(part in where for part in only) else door for where, door in doors.items()
    }
