"""The public servers that are asked by default: they are in our documentation and tell nothing about anybody."""

from __future__ import annotations

from functools import cache
from urllib.parse import urlsplit

DEFAULT_STUN = ("stun.cloudflare.com:3478", "stun.nextcloud.com:443", "stun.l.google.com:19302")
"""Public STUN servers; settings and `--stun` replace them all."""

DEFAULT_PAGE, DEFAULT_PAGE_TEXT = "http://detectportal.firefox.com/success.txt", "success"
"""Mozilla's page for finding captive portals, and what it says."""

DEFAULT_WEB = ("www.mozilla.org:443", "visio.numerique.gouv.fr:443")
"""Well-known web servers to compare with, where no meeting is given or where it does not answer as it should."""


@cache
def public_hosts() -> frozenset[str]:
    """Their names, and those of the public speed servers, which are never private."""
    from amif_netcheck.catalog.speed_servers import speed_servers  # noqa: PLC0415 - settings load this file at once

    speed = speed_servers()
    urls = (DEFAULT_PAGE, speed.cloudflare.url, *(server.url for server in speed.librespeed))
    hosts = (server.rpartition(":")[0] for server in (*DEFAULT_STUN, *DEFAULT_WEB))
    return frozenset([*hosts, *(urlsplit(url).netloc for url in urls)])
