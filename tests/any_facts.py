"""Facts of every shape that the model allows, drawn at random: for what has to hold of all findings."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from functools import cache
from random import Random
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st
from msgspec import Struct

from amif_netcheck.model.facts import NOT_REQUESTED, Facts, Unavailable

OUTSIDE = ("«Alpha»", "«Beta»", "«Gamma»")
"""Texts from outside: no word of the program looks like them."""
_FIGURES = (
    0.0,
    0.05,
    0.3,
    0.7,
    1.0,
    1.5,
    3.0,
    6.0,
    8.0,
    12.0,
    25.0,
    35.0,
    55.0,
    85.0,
    110.0,
    180.0,
    300.0,
    700.0,
    4000.0,
)
_FAMILIES = ("", "browser", "call", "game", "p2p", "security", "update")
_SMALL_SHARE = 0.15


def facts(rng: Random, **fixed: object) -> Facts:
    """Facts with every subject drawn; those of `fixed` as they are."""
    drawn = {name: _value(hint, rng) for name, hint in _hints(Facts).items()}
    return Facts(**{**drawn, **fixed})


any_facts = st.randoms(use_true_random=False).map(facts)


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind, include_extras=True)


def _value(hint: Any, rng: Random) -> Any:
    origin, inner = get_origin(hint), get_args(hint)
    if origin in {Union, UnionType}:
        hint = _alternative(inner, rng)
        origin, inner = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _value(inner[0], rng)
    if origin is tuple:
        return tuple(_value(inner[0], rng) for _ in range(rng.choice((0, 1, 2, 3))))
    if hint in _SIMPLE:
        return _SIMPLE[hint](rng)
    if issubclass(hint, Enum):
        return rng.choice(list(hint))
    if hint is Unavailable and rng.random() < _SMALL_SHARE:
        return NOT_REQUESTED
    assert issubclass(hint, Struct), hint
    return hint(
        **{
            name: rng.choice(_FAMILIES) if name == "family" else _value(inner, rng)
            for name, inner in _hints(hint).items()
        }
    )


def _alternative(alternatives: tuple[Any, ...], rng: Random) -> Any:
    """One of the types of a union; what stands for a missing value comes seldom."""
    missing = [each for each in alternatives if each in {Unavailable, NoneType}]
    present = [each for each in alternatives if each not in missing]
    return rng.choice(missing if missing and rng.random() < _SMALL_SHARE else present)


_SIMPLE: dict[Any, Callable[[Random], Any]] = {
    NoneType: lambda _rng: None,
    bool: lambda rng: rng.random() < 0.5,
    int: lambda rng: int(rng.choice(_FIGURES)),
    float: lambda rng: rng.choice((1.0, 1.0, 1.0, -1.0)) * rng.choice(_FIGURES),
    str: lambda rng: rng.choice(("", *OUTSIDE)),
}
