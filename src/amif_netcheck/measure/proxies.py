"""HTTP proxies: the one place that reads their addresses, and which of them the environment names for a server."""

from __future__ import annotations

import base64
import contextlib
import re
import urllib.parse
import urllib.request
from collections.abc import Iterable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from ipaddress import IPv4Network, IPv6Network, ip_network

from amif_netcheck.model.address import url_port

_SCHEMES = ("http", "https")
_SEPARATORS = re.compile(r"[,;\s]+")
"""Of `no_proxy`: a comma by the book; curl takes spaces, Chromium semicolons, too."""


@dataclass(frozen=True)
class ProxyRoute:
    """A proxy to go through; `credentials` are those its address holds, `user:password`, decoded."""

    host: str
    port: int
    credentials: str = field(default="", repr=False)

    @property
    def authorization(self) -> dict[str, str]:
        """The header that shows who we are (RFC 7617); none without credentials."""
        if not self.credentials:
            return {}
        return {"Proxy-Authorization": f"Basic {base64.b64encode(self.credentials.encode()).decode()}"}

    @property
    def url(self) -> str:
        """Its address, credentials included."""
        user, _, password = self.credentials.partition(":")
        quoted = ":".join(urllib.parse.quote(part, safe="") for part in (user, password))
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{f'{quoted}@' if user else ''}{host}:{self.port}"


def parse(url: str) -> ProxyRoute | None:
    """The HTTP proxy that a setting names, as `[http://][user:password@]host[:port]`; None when it is none we speak to."""
    try:
        parts = urllib.parse.urlsplit(url if "://" in url else f"http://{url}")
        host, port = parts.hostname, url_port(parts) or 80
    except ValueError:
        return None
    if parts.scheme != "http" or not host:
        return None
    user, password = (urllib.parse.unquote(part or "") for part in (parts.username, parts.password))
    return ProxyRoute(host, port, f"{user}:{password}" if user else "")


def is_bypassed(host: str, port: int) -> bool:
    """Do the environment (`no_proxy`), or the system's settings on Windows and macOS, exempt this server?"""
    listed = urllib.request.getproxies_environment().get("no", "")
    return is_listed(host, port, _SEPARATORS.split(listed)) or bool(
        urllib.request.proxy_bypass(f"{host}:{port}") or urllib.request.proxy_bypass(host)
    )


def is_listed(host: str, port: int, exceptions: Iterable[str]) -> bool:
    """Is this server among the exceptions, as browsers and desktops read them?

    One is a name, which stands for those below it too (`.example`), or has wildcards (`*.example`, `10.*`); an address or a
    network (`10.0.0.0/8`), which names never fall under; `<local>`: every name without a dot. A port may follow. Of a URL
    its host and port count.
    """
    server = host.casefold().strip("[]").rstrip(".")
    return any(_is_meant(server, port, _without_scheme(text.strip().casefold())) for text in exceptions)


def _without_scheme(text: str) -> str:
    scheme, _, rest = text.partition("://")
    return rest.partition("/")[0] if scheme in _SCHEMES else text


def _is_meant(server: str, port: int, text: str) -> bool:
    address, network = _network(server), _network(text)
    if address is not None and network is not None:
        return address.version == network.version and address.network_address in network
    name, _, last = text.rpartition(":")
    if name and last.isdigit() and ("]" in name or ":" not in name):
        return int(last) == port and _is_meant(server, port, name)
    if text == "<local>":
        return address is None and "." not in server
    if address is None:
        text = text.removeprefix("*").lstrip(".") or text
    return bool(text) and (fnmatchcase(server, text) or (address is None and server.endswith(f".{text}")))


def _network(text: str) -> IPv4Network | IPv6Network | None:
    with contextlib.suppress(ValueError):
        return ip_network(text.strip("[]").partition("%")[0], strict=False)
    return None


def configured_url(scheme: str) -> str:
    """The address that the environment or the system names for a scheme, as it is written there; else empty."""
    named = urllib.request.getproxies()
    return named.get(scheme) or named.get("all") or ""


def for_server(scheme: str, host: str, port: int) -> ProxyRoute | None:
    """The proxy that the environment or the system names for this server."""
    return None if is_bypassed(host, port) else parse(configured_url(scheme))


def urls_by_scheme() -> dict[str, str]:
    """All configured proxies that we speak to, as `urllib.request.ProxyHandler` takes them."""
    routes = {scheme: parse(configured_url(scheme)) for scheme in _SCHEMES}
    return {scheme: route.url for scheme, route in routes.items() if route is not None}
