"""The proxies of GNOME's and KDE's settings: keys and values that no language changes. Scripts are named, never run."""

from __future__ import annotations

import configparser
import contextlib
import os
import re
import shutil
import subprocess
from pathlib import Path

from amif_netcheck import children
from amif_netcheck.model.facts import ProxyKind, ProxySource
from amif_netcheck.platforms.answers import ProxySetting

_SCHEMA = "org.gnome.system.proxy"
_DESKTOPS_OF_GSETTINGS = {"gnome", "unity", "x-cinnamon", "cinnamon", "mate", "budgie", "pantheon", "xfce"}
_WAIT_S = 1.0
_LARGEST = 64 * 1024
_QUOTED = re.compile(r"['\"]([^'\"]+)['\"]")
_MANUAL, _SCRIPT, _AUTOMATIC = "1", "2", "3"
"""KProtocolManager::ProxyType, as kioslaverc holds it."""


def settings() -> tuple[ProxySetting, ...]:
    """Those of the desktop that is in use."""
    desktops = {name.casefold() for name in os.environ.get("XDG_CURRENT_DESKTOP", "").split(":")}
    if "kde" in desktops:
        return of_kde(_kioslaverc())
    if desktops & _DESKTOPS_OF_GSETTINGS:
        return of_gnome(_gsettings())
    return ()


def of_gnome(listed: str) -> tuple[ProxySetting, ...]:
    """From `gsettings list-recursively org.gnome.system.proxy`: a schema, a key and a GVariant a line."""
    values = {}
    for line in listed.splitlines():
        schema, _, rest = line.partition(" ")
        key, _, value = rest.partition(" ")
        values[f"{schema.removeprefix(_SCHEMA).lstrip('.')}/{key}"] = value.strip().strip("'\"")
    mode = values.get("/mode", "none")
    if mode == "auto":
        script = values.get("/autoconfig-url", "")
        kind = ProxyKind.SCRIPT if script else ProxyKind.AUTOMATIC
        return (ProxySetting(source=ProxySource.GNOME, kind=kind, url=script),)
    if mode == "manual":
        for scheme in ("https", "http", "socks"):
            host, port = values.get(f"{scheme}/host", ""), values.get(f"{scheme}/port", "0")
            if host and port not in {"", "0"}:
                url = f"{'socks' if scheme == 'socks' else 'http'}://{host}:{port}"
                setting = ProxySetting(
                    source=ProxySource.GNOME,
                    kind=ProxyKind.MANUAL,
                    url=url,
                    exceptions=tuple(_QUOTED.findall(values.get("/ignore-hosts", ""))),
                )
                return (setting,)
    return ()


def of_kde(file: str) -> tuple[ProxySetting, ...]:
    """From the content of kioslaverc; hosts and ports are apart by a space or a colon."""
    parser = configparser.RawConfigParser(strict=False, delimiters=("=",))
    try:
        parser.read_string(file)
        chosen = dict(parser["Proxy Settings"])
    except (configparser.Error, KeyError):
        return ()
    kind = chosen.get("proxytype", "0")
    if kind == _AUTOMATIC:
        return (ProxySetting(source=ProxySource.KDE, kind=ProxyKind.AUTOMATIC),)
    if kind == _SCRIPT:
        script = chosen.get("proxy config script", "")
        return (ProxySetting(source=ProxySource.KDE, kind=ProxyKind.SCRIPT, url=script),)
    named, scheme = chosen.get("httpsproxy") or chosen.get("httpproxy") or "", "http"
    if not named:
        named, scheme = chosen.get("socksproxy", ""), "socks"
    if kind == _MANUAL and named:
        address = ":".join(named.rsplit(" ", 1))
        url = address if "://" in address else f"{scheme}://{address}"
        setting = ProxySetting(
            source=ProxySource.KDE,
            kind=ProxyKind.MANUAL,
            url=url,
            exceptions=tuple(chosen.get("noproxyfor", "").replace(",", " ").split()),
            exceptions_only=chosen.get("reversedexception", "").casefold() == "true",
        )
        return (setting,)
    return ()


def _kioslaverc() -> str:
    with contextlib.suppress(OSError, RuntimeError):  # RuntimeError: this user has no home directory
        folder = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
        with (folder / "kioslaverc").open("rb") as file:
            return file.read(_LARGEST).decode("utf-8", "replace")
    return ""


def _gsettings() -> str:
    program = shutil.which("gsettings")
    if program is None:
        return ""
    command = (program, "list-recursively", _SCHEMA)
    try:
        listed = children.output_of(command, seconds=_WAIT_S)
    except (OSError, subprocess.SubprocessError):
        return ""
    return listed[:_LARGEST].decode("utf-8", "replace")
