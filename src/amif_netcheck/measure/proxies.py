"""HTTP proxies: the one place that reads their addresses, and which of them the environment names for a server."""

from __future__ import annotations

import base64
import urllib.parse
import urllib.request
from dataclasses import dataclass, field

from amif_netcheck.model.address import url_port

_SCHEMES = ("http", "https")


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
    return bool(urllib.request.proxy_bypass(f"{host}:{port}") or urllib.request.proxy_bypass(host))


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
