"""Disconnects a VPN that NetworkManager holds, as its menu on the desktop does: over the system bus, as this user.

Connections that somebody else made and NetworkManager only shows (`EXTERNAL`) are left alone.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from ipaddress import ip_address
from typing import Any

from amif_netcheck.model.facts import Unavailable
from amif_netcheck.model.fix import Fix, FixKind, FixOutcome, FixResult
from amif_netcheck.platforms.answers import Address
from amif_netcheck.platforms.linux import dbus
from amif_netcheck.platforms.linux.fixes import over_dbus
from amif_netcheck.platforms.linux.network import Network
from amif_netcheck.platforms.text import clean, title

_NAME = "org.freedesktop.NetworkManager"
_ROOT = "/org/freedesktop/NetworkManager"
_ACTIVE = f"{_NAME}.Connection.Active"
_TUNNELS = ("wireguard", "tun", "ip-tunnel")
"""Types of connections whose own device is the tunnel."""
# NMActiveConnectionState and NMActivationStateFlags of NetworkManager's D-Bus types
_ACTIVATED, _DEACTIVATED = 2, 4
_EXTERNAL = 0x80
_CONFIGS = {"Ip4Config": "IP4Config", "Ip6Config": "IP6Config"}
"""Properties of a connection, and the interfaces of what they lead to."""
_NONE = "/"
_MOST = 500
_POLL_S = 0.2
_PERMISSION = f"{_NAME}.network-control"
_GONE = ("UnknownObject", "UnknownMethod", "UnknownInterface", "ConnectionNotActive")


def offers(about: tuple[str, ...], until: float) -> tuple[Fix, ...]:
    """One fix when it is certain which active connection the tunnel interface `about[0]` belongs to; else none."""
    fixes = over_dbus.offers(until, lambda by: _owners(about[0], by))
    return fixes if len(fixes) == 1 else ()


def carry_out(fix: Fix, until: float) -> FixResult:
    """Deactivate it, and wait by `until` (`time.monotonic`) until NetworkManager says that it is."""
    path, uuid = fix.target
    return over_dbus.done(until, lambda by: _disconnect(path, uuid, by))


def _owners(interface: str, until: float) -> tuple[Fix, ...]:
    """A fix for each connection that this interface may belong to."""
    with dbus.system(until - time.monotonic()) as bus:
        if not _may(bus, until):
            return ()
        active = dbus.ask_one(bus, _get(_ROOT, _NAME, "ActiveConnections"), until).value
        questions: dict[Any, Any] = {path: _all(path) for path in _paths(active)}
        replies = _answers(bus, questions, until)
        ours = {
            path: properties for path, reply in replies.items() if _is_ours(properties := reply.properties)
        }
        questions = {
            (path, device): _get(device, f"{_NAME}.Device", "IpInterface")
            for path, properties in ours.items()
            if properties.get("Type") in _TUNNELS
            for device in _paths(properties.get("Devices"))
        }
        # The devices of a VPN are those that it goes over; its own interface is not among them.
        questions |= {
            (path, config): _get(config, f"{_NAME}.{face}", "AddressData")
            for path, properties in ours.items()
            if properties.get("Vpn") is True
            for name, face in _CONFIGS.items()
            for config in _paths([properties.get(name)])
        }
        replies = _answers(bus, questions, until)
    own = _own_addresses(interface)
    owners = [path for (path, _), reply in replies.items() if _is_about(reply.value, interface, own)]
    return tuple(
        Fix(
            kind=FixKind.DISCONNECT_VPN,
            params={"connection": title(str(ours[path].get("Id", ""))), "interface": interface},
            target=(path, str(ours[path]["Uuid"])),
        )
        for path in dict.fromkeys(owners)
    )


def _answers(bus: Any, questions: dict[Any, Any], until: float) -> dict[Any, dbus.Reply]:
    """All of them: with one missing, nothing is certain."""
    replies = dbus.ask(bus, questions, until)
    if len(replies) < len(questions):
        raise TimeoutError
    return replies


def _is_ours(active: dict[str, Any]) -> bool:
    """Up, and made by NetworkManager itself."""
    flags = active.get("StateFlags")
    made = isinstance(flags, int) and not flags & _EXTERNAL
    return made and active.get("State") == _ACTIVATED and isinstance(active.get("Uuid"), str)


def _is_about(reported: object, interface: str, own: set[Address]) -> bool:
    """`reported`: the name of a device, or the addresses of a VPN."""
    if isinstance(reported, str):
        return clean(reported) == interface
    if not isinstance(reported, list):
        return False
    return not own.isdisjoint(
        _addresses(text for entry in reported for _, text in [entry.get("address", ("", ""))])
    )


def _own_addresses(interface: str) -> set[Address]:
    """Addresses that this interface has, and no other."""
    interfaces = Network().interfaces()
    if isinstance(interfaces, Unavailable):
        return set()
    own = _addresses(text for one in interfaces if one.name == interface for text in one.addresses)
    return own - _addresses(text for one in interfaces if one.name != interface for text in one.addresses)


def _addresses(texts: Iterable[object]) -> set[Address]:
    """Those of them that can name one interface."""
    addresses = {ip_address(text) for text in texts if isinstance(text, str) and text}
    return {address for address in addresses if not address.is_link_local}


def _may(bus: Any, until: float) -> bool:
    """Without a password? NetworkManager would have the desktop ask for one, whatever flag a call has."""
    permissions = dbus.ask_one(bus, dbus.call(_NAME, _ROOT, _NAME, "GetPermissions"), until).value
    return isinstance(permissions, dict) and permissions.get(_PERMISSION) == "yes"


def _disconnect(path: str, uuid: str, until: float) -> FixResult:
    with dbus.system(until - time.monotonic()) as bus:
        now = dbus.ask_one(bus, _all(path), until)
        if now.error:
            return _result(now.error)
        if now.properties.get("Uuid") != uuid or now.properties.get("State") == _DEACTIVATED:
            return FixResult(outcome=FixOutcome.GONE)
        if not _may(bus, until):
            return FixResult(outcome=FixOutcome.REFUSED, detail=f"{_PERMISSION} is not allowed")
        question = dbus.call(_NAME, _ROOT, _NAME, "DeactivateConnection", path, signature="o")
        answer = dbus.ask_one(bus, question, until)
        if answer.error:
            return _result(answer.error)
        while True:
            state = dbus.ask_one(bus, _get(path, _ACTIVE, "State"), until)
            if state.value == _DEACTIVATED or dbus.last_part(state.error) in _GONE:
                return FixResult(outcome=FixOutcome.DONE)
            if time.monotonic() + _POLL_S > until:
                return FixResult(outcome=FixOutcome.UNFINISHED, detail=state.error or f"state {state.value}")
            time.sleep(_POLL_S)


def _result(error: str) -> FixResult:
    if dbus.last_part(error) in _GONE:
        return FixResult(outcome=FixOutcome.GONE, detail=error)
    return over_dbus.refused_or_failed(error)


def _get(path: str, face: str, asked: str) -> Any:
    return dbus.call(_NAME, path, dbus.PROPERTIES, "Get", face, asked)


def _all(path: str) -> Any:
    return dbus.call(_NAME, path, dbus.PROPERTIES, "GetAll", _ACTIVE)


def _paths(value: object) -> list[str]:
    paths = value if isinstance(value, list) else []
    return [path for path in paths if isinstance(path, str) and path != _NONE][:_MOST]
