"""Public servers that measure rates where the person names none: `speed_servers.toml`."""

from __future__ import annotations

from functools import cache

from msgspec import Struct, convert

from amif_netcheck.catalog import read


class PublicSpeedServer(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A server at `url`, which ends with a slash; where it stands and whose it is, for people who read the file."""

    url: str
    place: str = ""
    operator: str = ""


class PublicSpeedServers(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The file: one server of Cloudflare's, several that speak LibreSpeed's protocol."""

    cloudflare: PublicSpeedServer
    librespeed: tuple[PublicSpeedServer, ...]


@cache
def speed_servers() -> PublicSpeedServers:
    """The file of public speed servers."""
    return convert(read("speed_servers.toml"), PublicSpeedServers)
