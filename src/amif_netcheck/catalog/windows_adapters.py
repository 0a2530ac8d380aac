"""Network adapters of Windows, by their drivers: what they are where their structure does not tell, and whose."""

from __future__ import annotations

import re
from enum import Enum
from fnmatch import fnmatchcase
from functools import cache

from msgspec import Struct, convert

from amif_netcheck.catalog import read

_PREFIX = re.compile(r"^(?:root\\|swd\\[^\\]*\\|\*)+")
"""Where a driver without hardware hangs, and the mark of an id that no bus has given."""


class AdapterRole(Enum):
    """See `windows_adapters.toml`."""

    TUNNEL = "tunnel"
    STACK = "stack"
    INSIDE = "inside"
    GUEST = "guest"
    DIALLER = "dialler"


class KnownAdapter(Struct, frozen=True, kw_only=True):
    """Adapters of one kind; `kind` is a value of `LinkKind`, empty where what the adapter carries tells it."""

    role: AdapterRole
    components: tuple[str, ...]
    kind: str = ""
    product: str = ""


class _NamedAdapter(Struct, frozen=True, kw_only=True):
    product: str
    descriptions: tuple[str, ...]


class _Adapters(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    adapter: tuple[KnownAdapter, ...]
    named: tuple[_NamedAdapter, ...]


@cache
def _adapters() -> _Adapters:
    return convert(read("windows_adapters.toml"), _Adapters)


def adapter(component: str) -> KnownAdapter | None:
    """The known adapter behind a component id, or None."""
    plain = _PREFIX.sub("", component.casefold())
    return next((known for known in _adapters().adapter if _matches(plain, known.components)), None)


def product_of(component: str, description: str) -> str:
    """The VPN product of a tunnel's adapter; empty when it is unknown."""
    known = adapter(component)
    if known is not None and known.product:
        return known.product
    plain = description.casefold()
    return next((named.product for named in _adapters().named if _matches(plain, named.descriptions)), "")


def _matches(plain: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(plain, pattern) for pattern in patterns)
