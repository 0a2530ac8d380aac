"""The proxies of Windows' settings: those of the person, or of the computer where a policy says so. Scripts are named, never run.

Python's own library reads a proxy that is set by hand, too (`urllib.request.getproxies`); here come scripts, exceptions and
what a policy or a dialled connection sets. "Search automatically" is on from the start and tells nothing by itself: it counts
where the computer belongs to a domain, whose network may well answer it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping

from msgspec import Struct

from amif_netcheck.model.facts import ProxyKind, ProxySource, Unavailable
from amif_netcheck.platforms.answers import ProxySetting
from amif_netcheck.platforms.text import clean
from amif_netcheck.platforms.windows.registry_values import RegistryReader, number, word
from amif_netcheck.platforms.windows.winhttp import ProxyCalls

_SETTINGS = r"\SOFTWARE\Microsoft\Windows\CurrentVersion\Internet Settings"
_POLICY = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\CurrentVersion\Internet Settings"
_FOR_ALL_CONNECTIONS = "DefaultConnectionSettings"
# wininet.h, INTERNET_PER_CONN_FLAGS
_BY_HAND, _BY_SCRIPT, _SEARCHED = 0x02, 0x04, 0x08
_HEAD = struct.Struct("<3I")
_SCHEMES = ("https", "http", "")
"""Of a list by scheme, whose proxy counts for a meeting's page; one without a scheme is for all."""


class InternetSettings(Struct, frozen=True, kw_only=True):
    """What WinINET is set to: `proxy` and `bypass` as they are written there, `script` a URL; `searched`: by WPAD."""

    proxy: str = ""
    bypass: str = ""
    script: str = ""
    searched: bool = False

    @property
    def is_empty(self) -> bool:
        """Does it name nothing?"""
        return not (self.proxy or self.script or self.searched)


def settings(registry: RegistryReader, calls: ProxyCalls) -> tuple[ProxySetting, ...]:
    """Those that browsers and most programs go by; a proxy of Windows' services alone (`netsh winhttp`) is no way of a meeting's."""
    found = _desktop(registry, calls)
    asked = found.searched and not found.script and not proxy_url(found.proxy)
    return tuple(of_settings(found, search_counts=asked and calls.in_domain() is True))


def _desktop(registry: RegistryReader, calls: ProxyCalls) -> InternetSettings:
    if number(registry.values(_POLICY).get("ProxySettingsPerUser")) == 0:
        return of_registry(registry, "HKLM")
    told = calls.of_person()
    if not isinstance(told, Unavailable):
        proxy, bypass, script, searched = told
        found = InternetSettings(proxy=proxy, bypass=bypass, script=script, searched=searched)
        if not found.is_empty:
            return found
    return of_registry(registry, "HKCU")


def of_registry(registry: RegistryReader, root: str) -> InternetSettings:
    """What the registry holds for a person (`HKCU`) or for all (`HKLM`)."""
    plain = registry.values(f"{root}{_SETTINGS}")
    blob = registry.values(f"{root}{_SETTINGS}\\Connections").get(_FOR_ALL_CONNECTIONS)
    return merge(plain, blob if isinstance(blob, bytes) else b"")


def merge(plain: Mapping[str, object], blob: bytes) -> InternetSettings:
    """The values that everybody writes, and the bytes that Windows goes by where they say something."""
    by_hand = number(plain.get("ProxyEnable")) == 1
    given = parse_blob(blob)
    return InternetSettings(
        proxy=given.proxy or (word(plain.get("ProxyServer")) if by_hand else ""),
        bypass=given.bypass or word(plain.get("ProxyOverride")),
        script=given.script or word(plain.get("AutoConfigURL")),
        searched=given.searched,
    )


def parse_blob(blob: bytes) -> InternetSettings:
    """From `DefaultConnectionSettings`: a version, a count of changes, flags; then lengths with texts.

    Undocumented, but written alike since Internet Explorer 5: proxy, exceptions, script.
    """
    if len(blob) < _HEAD.size:
        return InternetSettings()
    flags = _HEAD.unpack_from(blob)[2]
    texts = [*_texts(blob[_HEAD.size :]), "", "", ""]
    return InternetSettings(
        proxy=texts[0] if flags & _BY_HAND else "",
        bypass=texts[1] if flags & _BY_HAND else "",
        script=texts[2] if flags & _BY_SCRIPT else "",
        searched=bool(flags & _SEARCHED),
    )


def of_settings(given: InternetSettings, *, search_counts: bool) -> Iterator[ProxySetting]:
    """The proxy that is set by hand first; then the script, which browsers ask before it."""
    url = proxy_url(given.proxy)
    if url:
        exceptions = tuple(
            clean(part) for part in given.bypass.replace(";", " ").replace(",", " ").split() if part
        )
        yield ProxySetting(
            source=ProxySource.WINDOWS, kind=ProxyKind.MANUAL, url=clean(url), exceptions=exceptions
        )
    if given.script:
        yield ProxySetting(source=ProxySource.WINDOWS, kind=ProxyKind.SCRIPT, url=clean(given.script))
    elif given.searched and search_counts and not url:
        yield ProxySetting(source=ProxySource.WINDOWS, kind=ProxyKind.AUTOMATIC)


def proxy_url(listed: str) -> str:
    """The proxy for pages over TLS, of `host:port`, or of `http=host:port;https=host:port;socks=host:port`."""
    by_scheme: dict[str, str] = {}
    for part in listed.replace(";", " ").split():
        scheme, equals, address = part.partition("=")
        by_scheme.setdefault(*((scheme.casefold(), address) if equals else ("", part)))
    named = next((by_scheme[scheme] for scheme in _SCHEMES if by_scheme.get(scheme)), "")
    if named:
        return named if "://" in named else f"http://{named}"
    socks = by_scheme.get("socks", "")
    return f"socks://{socks}" if socks and "://" not in socks else socks


def _texts(rest: bytes) -> Iterator[str]:
    """Three texts of one byte a letter, each behind its length."""
    for _ in range(3):
        length = int.from_bytes(rest[:4], "little")
        if len(rest) < 4 or length > len(rest) - 4:  # noqa: PLR2004 - the length itself
            return
        yield rest[4 : 4 + length].decode("ascii", "replace").strip("\0")
        rest = rest[4 + length :]
