"""What we know by name: heavy applications, VPN and inspection products, as data files. Names are for display; they prove nothing."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from fnmatch import fnmatchcase
from functools import cache
from itertools import chain
from pathlib import Path

from msgspec import Struct, convert


class KnownApplication(Struct, frozen=True, kw_only=True):
    """An application that matters before a meeting; `processes` are patterns of process names, in lower case, without .exe."""

    name: str
    family: str
    processes: tuple[str, ...]


class KnownHelper(Struct, frozen=True, kw_only=True):
    """Processes that work for others, and the programs that they work for; `*` is any but those that start everything."""

    processes: tuple[str, ...]
    of: tuple[str, ...]


class KnownVpn(Struct, frozen=True, kw_only=True):
    """A VPN product: patterns of its interfaces, kinds of links, processes, and `holders`: programs for other things too."""

    name: str
    interfaces: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    processes: tuple[str, ...] = ()
    holders: tuple[str, ...] = ()


class KnownInspection(Struct, frozen=True, kw_only=True):
    """A product that opens encrypted connections to look inside; `signs` are words of what it signs with, in lower case."""

    name: str
    signs: tuple[str, ...]


class _Applications(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    starters: tuple[str, ...]
    family: dict[str, dict[str, str]]
    helper: tuple[KnownHelper, ...]
    application: tuple[KnownApplication, ...]


class _Vpns(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    container_lines: tuple[str, ...]
    product: tuple[KnownVpn, ...]
    bundles: dict[str, str] = {}


class _Inspections(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    product: tuple[KnownInspection, ...]


@cache
def inspections() -> _Inspections:
    """The file of products that inspect encrypted connections; the first that matches gives the name."""
    return convert(read("inspection_products.toml"), _Inspections)


@cache
def applications() -> _Applications:
    """The file of applications, with the labels of their families in French and English."""
    return convert(read("applications.toml"), _Applications)


@cache
def vpns() -> _Vpns:
    """The file of VPN products; the first that matches gives the name."""
    return convert(read("vpn_products.toml"), _Vpns)


def application(process: str) -> KnownApplication | None:
    """The known application behind a process name, or None."""
    return next((known for known in applications().application if matches(process, known.processes)), None)


def started(process: str, ancestors: Sequence[str]) -> str:
    """The program that the person started, where `process` is but a helper of one of its `ancestors` (nearest first)."""
    helpers = [helper for helper in applications().helper if matches(process, helper.processes)]
    starters = applications().starters
    for name in ancestors:
        for helper in helpers:
            if matches(name, helper.of) and not matches(name, (*starters, *helper.processes)):
                return name
    return process


def family_label(family: str, language: str) -> str:
    """What a family of applications is called; empty when it is unknown."""
    return applications().family.get(family, {}).get(language, "")


def vpn_product(interface: str, kind: str, owner: str, processes: list[str]) -> str:
    """The product behind a tunnel: by the process that holds it, its own interface name, its kind; else who runs.

    Empty when nothing matches, or when running processes point to several products.
    """
    products = vpns().product
    by_bundle = (name for pattern, name in vpns().bundles.items() if owner and matches(owner, (pattern,)))
    by_owner = (known.name for known in products if owner and matches(owner, known.processes + known.holders))
    by_interface = (known.name for known in products if matches(interface, known.interfaces))
    by_kind = (known.name for known in products if kind in known.kinds)
    named = next(chain(by_bundle, by_owner, by_interface, by_kind), "")
    return named or _only_running(products, processes)


def is_container_line(process: str) -> bool:
    """Does this process give a container its line?"""
    return matches(process, vpns().container_lines)


def is_vpn(process: str) -> bool:
    """Can this process hold a tunnel of a known VPN product?"""
    return any(matches(process, known.processes + known.holders) for known in vpns().product)


def _only_running(products: tuple[KnownVpn, ...], processes: list[str]) -> str:
    """The product that some process belongs to; empty when there are several, or none."""
    running = {
        known.name for known in products if any(matches(process, known.processes) for process in processes)
    }
    return running.pop() if len(running) == 1 else ""


def inspection_product(issuer: str) -> str:
    """The product that signs certificates in the name of `issuer`; empty when it is unknown."""
    plain = issuer.casefold()
    matching = (known.name for known in inspections().product if any(sign in plain for sign in known.signs))
    return next(matching, "")


def matches(name: str, patterns: tuple[str, ...]) -> bool:
    """Is a process or interface called like one of these patterns?"""
    plain = name.casefold().removesuffix(".exe")
    return any(fnmatchcase(plain, pattern) for pattern in patterns)


def read(name: str) -> dict[str, object]:
    """One of the data files beside this one or below it, which may all lie in an archive."""
    content: bytes = __spec__.loader.get_data(str(Path(__file__).parent / name))  # type: ignore[union-attr]
    return tomllib.loads(content.decode())
