"""The proxies of the system's settings, as `scutil --proxy` shows them for the network in use. Scripts are named, never run."""

from __future__ import annotations

from amif_netcheck.model.facts import ProxyKind, ProxySource, Unavailable
from amif_netcheck.platforms.answers import ProxySetting
from amif_netcheck.platforms.macos import property_text
from amif_netcheck.platforms.macos.property_text import PropertyValue, is_set, text_of
from amif_netcheck.platforms.macos.tools import Tools
from amif_netcheck.platforms.text import clean

_TOOL_S = 2.0
_LONGEST_URL = 2048
_PORTS = {"HTTPS": "443", "HTTP": "80", "SOCKS": "1080"}
"""Where a setting has no port."""
_NAMES_WITHOUT_A_DOT = "<local>"


def settings(tools: Tools) -> tuple[ProxySetting, ...] | Unavailable:
    """See `Platform.proxy_settings`."""
    shown = tools.output("/usr/sbin/scutil", "--proxy", seconds=_TOOL_S)
    return shown if isinstance(shown, Unavailable) else parse(shown)


def parse(shown: str) -> tuple[ProxySetting, ...]:
    """What is switched on: a script, an automatic search, then the proxy for encrypted connections, else for others.

    Settings that are switched off keep their values there.
    """
    properties = property_text.parse(shown)
    found: list[ProxySetting] = []
    if is_set(properties, "ProxyAutoConfigEnable"):
        script = text_of(properties, "ProxyAutoConfigURLString")[:_LONGEST_URL]
        kind = ProxyKind.SCRIPT if script else ProxyKind.AUTOMATIC
        found.append(ProxySetting(source=ProxySource.SYSTEM, kind=kind, url=clean(script)))
    if is_set(properties, "ProxyAutoDiscoveryEnable"):
        found.append(ProxySetting(source=ProxySource.SYSTEM, kind=ProxyKind.AUTOMATIC))
    manual = next(filter(None, (_url(properties, scheme) for scheme in ("HTTPS", "HTTP", "SOCKS"))), "")
    if manual:
        found.append(
            ProxySetting(
                source=ProxySource.SYSTEM,
                kind=ProxyKind.MANUAL,
                url=manual,
                exceptions=_exceptions(properties),
            )
        )
    return tuple(dict.fromkeys(found))


def _url(properties: dict[str, PropertyValue], scheme: str) -> str:
    host = text_of(properties, f"{scheme}Proxy")
    if not is_set(properties, f"{scheme}Enable") or not host:
        return ""
    port = text_of(properties, f"{scheme}Port")
    port = port if port.isdecimal() and port != "0" else _PORTS[scheme]
    host = f"[{host}]" if ":" in host and not host.startswith("[") else host
    return f"{'socks' if scheme == 'SOCKS' else 'http'}://{clean(host)}:{port}"


def _exceptions(properties: dict[str, PropertyValue]) -> tuple[str, ...]:
    """As they are written there, networks with all their numbers: `169.254/16` is 169.254.0.0/16."""
    listed = tuple(_whole(clean(text)) for text in property_text.texts_of(properties, "ExceptionsList"))
    return (*listed, _NAMES_WITHOUT_A_DOT) if is_set(properties, "ExcludeSimpleHostnames") else listed


def _whole(text: str) -> str:
    network, slash, bits = text.partition("/")
    parts = network.split(".")
    abridged = slash and bits.isdecimal() and len(parts) < 4 and all(map(str.isdecimal, parts))  # noqa: PLR2004 - octets
    return f"{'.'.join([*parts, *['0'] * (4 - len(parts))])}/{bits}" if abridged else text
