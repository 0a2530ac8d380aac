"""Where a server is: host, port, and for the web the path."""

from __future__ import annotations

import urllib.parse
from dataclasses import dataclass
from enum import Enum
from ipaddress import ip_address

LARGEST_PORT = 65535


class UdpProtocol(Enum):
    """What a UDP server answers."""

    STUN = "stun"
    ECHO = "echo"  # datagrams of our own server


@dataclass(frozen=True)
class Server:
    """A server as the person or the settings name it, and the protocol it speaks over UDP.

    Raises:
        ValueError: `port` is none that can be connected to.
    """

    host: str
    port: int = 3478
    protocol: UdpProtocol = UdpProtocol.STUN

    def __post_init__(self) -> None:
        if not 0 < self.port <= LARGEST_PORT:
            raise ValueError(f"no port: {self.port}")


@dataclass(frozen=True)
class Base:
    """Where a web server's pages are: scheme, host, port, and the path before its pages, with a slash at its end."""

    scheme: str
    host: str
    port: int
    path: str = "/"

    @property
    def url(self) -> str:
        """The same as a URL."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}{self.path}"


def base_of(url: str) -> Base:
    """The server that `url` names; a page at its end (`…/garbage.php`) is left off.

    Raises:
        ValueError: no http or https URL with a host.
    """
    parts = urllib.parse.urlsplit(url if "://" in url else f"https://{url}")
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username is not None:
        raise ValueError(url)
    path = urllib.parse.quote(parts.path, safe="/%:@!$&'()*+,;=~") or "/"
    folder = path if path.endswith("/") or "." not in path.rpartition("/")[2] else path.rpartition("/")[0]
    port = url_port(parts)
    return Base(
        parts.scheme,
        parts.hostname,
        {"http": 80, "https": 443}[parts.scheme] if port is None else port,
        folder.rstrip("/") + "/",
    )


def websocket_base(url: str) -> Base:
    """The web server behind a `wss://` address, or a `ws://` one of this computer: what is said there is secret.

    Raises:
        ValueError: it is none.
    """
    scheme, _, rest = url.strip().partition("://")
    plain = {"wss": "https", "ws": "http"}.get(scheme.casefold())
    if plain is None:
        raise ValueError(url)
    base = base_of(f"{plain}://{rest}")
    if plain == "http" and not _is_loopback(base.host):
        raise ValueError(url)
    return base


def is_address(host: str) -> bool:
    """Is it an IP address, and no name?"""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.casefold() == "localhost"


def url_port(parts: urllib.parse.SplitResult) -> int | None:
    """The port in a URL, None without one.

    Raises:
        ValueError: it is no port.
    """
    _, colon, text = parts.netloc.rpartition("@")[2].rpartition("]")[2].partition(":")
    return port_number(text) if colon and text else None


def port_number(text: str) -> int:
    """A TCP or UDP port, 1 to 65535, in ASCII digits; zeros before it don't count.

    Raises:
        ValueError: it is none.
    """
    digits = text.lstrip("0")
    if not (text.isascii() and text.isdigit() and 0 < len(digits) <= len(str(LARGEST_PORT))):
        raise ValueError(text)
    if int(digits) > LARGEST_PORT:
        raise ValueError(text)
    return int(digits)
