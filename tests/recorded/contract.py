"""What every platform owes to who asks it, whatever the system: the questions, and what holds of each answer."""

from __future__ import annotations

import inspect
import math
import re
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from ipaddress import ip_address, ip_network
from types import UnionType
from typing import Annotated, Any, Self, Union, get_args, get_origin, get_type_hints

from msgspec import Struct

from amif_netcheck.model.facts import Reason, Unavailable, WifiLink
from amif_netcheck.model.fix import Fix, FixKind, FixRequest
from amif_netcheck.platforms.answers import CpuSample, Gateway, MemorySample
from amif_netcheck.platforms.base import Platform

BEYOND = ip_address("192.0.2.1")
BEYOND_BY_IPV6 = ip_address("2001:db8::1")
NOWHERE = "no such thing"

Question = Callable[[Platform, str, float], object]
"""Given an interface that there is, or is not, and the moment (`time.monotonic`) to be done by, where the question has one."""

QUESTIONS: dict[str, Question] = {
    "interfaces": lambda platform, _name, _until: platform.interfaces(),
    "egress": lambda platform, _name, _until: platform.egress(BEYOND),
    "call_egresses": lambda platform, _name, _until: platform.call_egresses(BEYOND, (3478,)),
    "gateway": lambda platform, _name, _until: platform.gateway(),
    "networks": lambda platform, name, _until: platform.networks(name),
    "neighbours": lambda platform, name, _until: platform.neighbours(name),
    "tunnel_owners": lambda platform, _name, _until: platform.tunnel_owners(),
    "proxy_settings": lambda platform, _name, _until: platform.proxy_settings(),
    "computer": lambda platform, _name, _until: platform.computer(),
    "port": lambda platform, name, _until: platform.port(name),
    "ethernet": lambda platform, name, _until: platform.ethernet(name),
    "wifi": lambda platform, name, until: platform.wifi(name, until),
    "metered": lambda platform, _name, _until: platform.metered(),
    "counters": lambda platform, name, _until: platform.counters(name),
    "traffic_by_process": lambda platform, _name, until: platform.traffic_by_process(
        until, threading.Event()
    ),
    "acked_bytes": lambda platform, _name, _until: _of_a_socket_without_a_peer(platform),
    "resent_bytes": lambda platform, _name, _until: _resent_by_a_socket_without_a_peer(platform),
    "echo_socket": lambda platform, _name, _until: _echo_socket(platform),
    "processes": lambda platform, _name, _until: platform.processes(),
    "work": lambda platform, _name, _until: platform.work(),
    "memory": lambda platform, _name, _until: platform.memory(),
    "battery": lambda platform, _name, _until: platform.battery(),
    "power_saver": lambda platform, _name, _until: platform.power_saver(),
    "restart_pending": lambda platform, _name, _until: platform.restart_pending(),
    "update_in_progress": lambda platform, _name, _until: platform.update_in_progress(),
    "sound": lambda platform, _name, until: platform.sound(until),
    "microphone_allowed": lambda platform, _name, until: platform.microphone_allowed(until),
    "missing_for_sound": lambda platform, _name, _until: platform.missing_for_sound(),
    "cameras": lambda platform, _name, until: platform.cameras(until),
    "camera_users": lambda platform, _name, until: platform.camera_users(until),
    "camera_allowed": lambda platform, _name, until: platform.camera_allowed(until),
    "fixable": lambda platform, _name, _until: platform.fixable,
    "offers": lambda platform, _name, until: _offers(platform, until),
    "renewed": lambda platform, _name, _until: platform.renewed(),
}
"""Each of `Platform`'s, asked as probes ask it; none changes anything."""
NOT_ASKED = {"carry_out"}
"""Only ever given what a platform offered, and a yes: tried with each fix."""


def public(kind: type) -> set[str]:
    return {name for name in vars(kind) if not name.startswith("_") and name != "name"}


def has_deadline(question: str) -> bool:
    """Does the question itself say by when?"""
    asked = vars(Platform)[question]
    return not isinstance(asked, property) and "until" in inspect.signature(asked).parameters


def _of_a_socket_without_a_peer(platform: Platform) -> object:
    with socket.socket() as sock:
        return platform.acked_bytes(sock, 1)


def _resent_by_a_socket_without_a_peer(platform: Platform) -> object:
    with socket.socket() as sock:
        return platform.resent_bytes(sock)


def _echo_socket(platform: Platform) -> object:
    answer = platform.echo_socket("127.0.0.1", 0)
    if isinstance(answer, socket.socket):
        answer.close()
    return answer


_ABOUT = {FixKind.CHOOSE_DEVICE: (NOWHERE, "output", "input")}


def _offers(platform: Platform, until: float) -> tuple[Fix, ...]:
    """For what is not there, so that nobody's is offered."""
    asked = (FixRequest(kind=kind, about=_ABOUT.get(kind, (NOWHERE,))) for kind in platform.fixable)
    return tuple(fix for request in asked for fix in platform.offers(request, until))


# --- what holds of one answer -----------------------------------------------------------------------


@cache
def answer_type(question: str) -> Any:
    """What `Platform` says that it answers with."""
    asked = vars(Platform)[question]
    return get_type_hints(asked.fget if isinstance(asked, property) else asked, include_extras=True)["return"]


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind, include_extras=True)


def conforms(value: object, hint: Any) -> bool:
    """Is `value` of that type, all the way down? An `int` is a `float`, but no `bool` is either."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return conforms(value, inner[0])
    if origin in {Union, UnionType}:
        return any(conforms(value, each) for each in inner)
    return _is_collection(value, origin, inner) if origin is not None else _is_plain(value, hint)


def _is_collection(value: object, origin: Any, inner: tuple[Any, ...]) -> bool:
    if not isinstance(value, origin):
        return False
    if isinstance(value, dict):
        return all(conforms(key, inner[0]) and conforms(each, inner[1]) for key, each in value.items())
    if isinstance(value, frozenset) or inner[-1] is Ellipsis:
        return all(conforms(each, inner[0]) for each in value)
    return len(value) == len(inner) and all(map(conforms, value, inner))


def _is_plain(value: object, hint: Any) -> bool:
    if hint is Self:
        return isinstance(value, Platform)
    if hint in {float, int}:
        return isinstance(value, (float, int) if hint is float else int) and not isinstance(value, bool)
    if issubclass(hint, Struct):
        fields: dict[str, Any] = _hints(hint)
        return type(value) is hint and all(conforms(getattr(value, name), fields[name]) for name in fields)
    return isinstance(value, hint)


_LONGEST_NAME = 255
_MAC = re.compile(r"[0-9a-f]{2}(:[0-9a-f]{2}){5}")
_BANDS_MHZ = ((2400, 2500), (4900, 5935), (5935, 7125), (57_000, 71_000))
_NOT_NEGATIVE = ("_mb", "_s", "_mbit_s", "_mhz", "_hz", "bytes", "connections")
_RANGES = (("_pct", 0.0, 100.0), ("_dbm", -120.0, 0.0), ("_db", -200.0, 0.0))
_AS_WRITTEN = {"url", "exceptions"}
"""What somebody typed into settings, however long."""


def flaws(value: object, name: str = "") -> Iterator[str]:
    """What is wrong with the values in an answer: units, ranges, addresses, names."""
    match value:
        case Unavailable():
            if not _is_text(value.detail) or "\n" in value.detail:
                yield f"{name}: detail {value.detail!r}"
        case Struct():
            for field in type(value).__struct_fields__:
                yield from flaws(getattr(value, field), field)
            yield from _of_a_whole(value)
        case dict():
            for key, each in value.items():
                yield from (
                    *flaws(key, "pid" if isinstance(key, int) else "name"),
                    *flaws(each, name or "name"),
                )
        case tuple() | frozenset():
            yield from (flaw for each in value for flaw in flaws(each, name.replace("addresses", "address")))
        case str():
            yield from _of_a_text(value, name)
        case float() | int() if not isinstance(value, bool):
            yield from _of_a_number(float(value), name)


def _is_text(text: str) -> bool:
    """Can it be written, and is it short?"""
    return len(text) <= _LONGEST_NAME and _is_encodable(text)


def _is_encodable(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _of_a_text(text: str, name: str) -> Iterator[str]:
    if not (_is_encodable(text) if name in _AS_WRITTEN else _is_text(text)):
        yield f"{name}: {text!r} is no clean name"
    if name in {"address", "source"} and not _is_address(text):
        yield f"{name}: {text!r} is no address"
    if name == "mac" and not _MAC.fullmatch(text):
        yield f"{name}: {text!r} is no hardware address in lower case with colons"


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _of_a_number(value: float, name: str) -> Iterator[str]:
    if not math.isfinite(value):
        yield f"{name}: {value} is no number"
    for ending, least, most in _RANGES:
        if name.endswith(ending) and not least <= value <= most:
            yield f"{name}: {value} is not from {least} to {most}"
    if (name.endswith(_NOT_NEGATIVE) or name in {"pid", "received", "sent", "total"}) and value < 0:
        yield f"{name}: {value} is below zero"
    if name == "frequency_mhz" and not any(low <= value <= high for low, high in _BANDS_MHZ):
        yield f"{name}: {value} is in no band"


def _of_a_whole(value: Struct) -> Iterator[str]:
    """What holds between the values of one answer."""
    if isinstance(value, CpuSample) and not (0 <= value.busy_s <= value.total_s and value.cores >= 1):
        yield f"{value.busy_s} of {value.total_s} s on {value.cores} cores"
    if isinstance(value, MemorySample) and not 0 <= value.available <= value.total:
        yield f"{value.available} of {value.total} bytes of memory"
    if isinstance(value, Gateway) and not (value.interface and value.scope >= 0):
        yield f"a gateway without an interface: {value}"
    if isinstance(value, WifiLink) and isinstance(value.signal_dbm, Unavailable) is not isinstance(
        value.signal_pct, Unavailable
    ):
        yield f"a signal by one scale alone: {value}"


# --- what holds between answers ---------------------------------------------------------------------


def inconsistencies(platform: Platform) -> Iterator[str]:
    """One interface has one name, whichever question it is the answer to; counters only grow."""
    interfaces = platform.interfaces()
    if isinstance(interfaces, Unavailable):
        return
    names = [interface.name for interface in interfaces]
    if len(set(names)) != len(names) or "" in names:
        yield f"names of interfaces: {names}"
    for asked, address in (("egress", BEYOND), ("egress by IPv6", BEYOND_BY_IPV6)):
        egress = platform.egress(address)
        if not isinstance(egress, Unavailable):
            source, interface = egress
            if interface not in names:
                yield f"{asked}: {interface!r} is none of {names}"
            if ip_address(source).version != address.version:
                yield f"{asked}: {source} is of the other family"
    gateway = platform.gateway()
    if not isinstance(gateway, Unavailable) and gateway.interface not in names:
        yield f"gateway: {gateway.interface!r} is none of {names}"
    for name in names:
        yield from _of_an_interface(platform, name, names)


def _of_an_interface(platform: Platform, name: str, names: list[str]) -> Iterator[str]:
    port = platform.port(name)
    if not isinstance(port, Unavailable) and port.interface not in names:
        yield f"port of {name!r}: {port.interface!r} is none of {names}"
    networks = platform.networks(name)
    for network in () if isinstance(networks, Unavailable) else networks:
        ip_network(network)  # raises where it is none, or has bits of a host
    before, after = platform.counters(name), platform.counters(name)
    if isinstance(before, Unavailable) or isinstance(after, Unavailable):
        return
    if after.received < before.received or after.sent < before.sent:
        yield f"the counters of {name!r} went backwards"


def failures(
    platform: Platform, interface: str, *, seconds: float = 1.0, questions: Iterable[str] = tuple(QUESTIONS)
) -> list[str]:
    """All that is wrong with the answers to `questions`, each asked once."""
    wrong = []
    for question in questions:
        answer = QUESTIONS[question](platform, interface, time.monotonic() + seconds)
        if not conforms(answer, answer_type(question)):
            wrong.append(f"{question}: {answer!r} is no {answer_type(question)}")
        elif not isinstance(answer, Platform):
            wrong += [f"{question}: {flaw}" for flaw in flaws(answer)]
        if isinstance(answer, Unavailable) and answer.reason is Reason.NOT_REQUESTED:
            wrong.append(f"{question}: it was requested")
    return wrong
