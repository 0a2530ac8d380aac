"""The settings themselves as documents: what is in force and from which file, an example with every key, a schema for editors."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple, get_args, get_type_hints

import msgspec
from msgspec import Meta, Struct

from amif_netcheck.model import secrets
from amif_netcheck.settings import Settings
from amif_netcheck.settings_files import Layer

_SCHEMA = "https://json-schema.org/draft/2020-12/schema"


class InForce(NamedTuple):
    """One key, its value, and the file that says so; None where it is the default."""

    key: tuple[str, ...]
    value: object
    path: Path | None


def in_force(layers: Sequence[Layer], settings: Settings) -> Iterator[InForce]:
    """Every key, in the model's order; those of tables behind the name of their table."""
    for key, value in _flat(msgspec.to_builtins(settings)):
        named = [layer.path for layer in layers if _holds(layer.content, key)]
        # What people copy into a mail must hold no secret.
        yield InForce(key, secrets.hidden(value, key[-1]), named[-1] if named else None)


def in_force_text(entries: Sequence[InForce], default: str) -> Iterator[str]:
    """Lines of TOML, each with where it comes from as a comment; `default` stands for no file."""
    table = ""
    for key, value, path in sorted(entries, key=lambda entry: len(entry.key) > 1):
        *outer, name = map(_key, key)
        head = ".".join(outer)
        if head != table:
            table = head
            yield ""
            yield f"[{head}]"
        comment = "" if value is None else f"{toml(value)}  "
        yield f"{name} = {comment}# {path or default}" if value is not None else f"# {name} =  # {default}"


def example() -> Iterator[str]:
    """A settings file with every key, what it is for, and a value."""
    hints = get_type_hints(Settings, include_extras=True)
    tables = {name: hint for name, hint in hints.items() if _keys(hint) or isinstance(_shown(hint), dict)}
    yield from (_line(name, hint) for name, hint in hints.items() if name not in tables)
    for name, hint in tables.items():
        yield ""
        yield f"[{name}]" if _keys(hint) else f"[{name}]  # {_described(hint)}"
        yield from (_line(inner, inner_hint) for inner, inner_hint in _keys(hint).items())
        for inner, value in _shown(hint).items() if not _keys(hint) else ():
            kind = _struct_in(hint)
            whole = kind is not None and any(isinstance(each, dict) for each in value.values())
            yield from _table(f"{name}.{inner}", kind, value) if whole else (f"{inner} = {toml(value)}",)


def _table(
    path: str, kind: type[Struct] | None, value: dict[str, Any], brackets: str = "[]"
) -> Iterator[str]:
    """One table with what its keys are for, where the model says so, and then the tables in it."""
    hints = get_type_hints(kind, include_extras=True) if kind is not None else {}
    inner = {key: each for key, each in value.items() if _holds_tables(each)}
    begin, end = brackets[: len(brackets) // 2], brackets[len(brackets) // 2 :]
    if len(inner) < len(value):
        yield ""
        yield f"{begin}{path}{end}"
    for key, each in value.items():
        if key not in inner:
            about = _described(hints.get(key))
            yield f"{key} = {toml(each)}" + (f"  # {about}" if about else "")
    for key, each in inner.items():
        below = _struct_in(hints.get(key)) if hints else kind
        for entry in each if isinstance(each, list) else [each]:
            # Of a table by names the model knows what is in each, and of the names nothing.
            by_name = below is not None and not entry.keys() <= set(below.__struct_fields__)
            if by_name:
                for name, named in entry.items():
                    yield from _table(f"{path}.{key}.{name}", below, named)
            else:
                yield from _table(f"{path}.{key}", below, entry, "[[]]" if isinstance(each, list) else "[]")


def _holds_tables(value: object) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and bool(value) and isinstance(value[0], dict))


def _struct_in(hint: Any) -> type[Struct] | None:
    """The table that a key holds, one or many of them."""
    if isinstance(hint, type) and issubclass(hint, Struct):
        return hint
    return next((found for part in get_args(hint) if (found := _struct_in(part)) is not None), None)


def schema() -> bytes:
    """The JSON Schema of a settings file; editors with TOML support (taplo) complete and check by it."""
    document = {"$schema": _SCHEMA, "title": "amif-netcheck settings", **msgspec.json.schema(Settings)}
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"


def toml(value: object) -> str:
    """A value as TOML writes it. A text of JSON is one of TOML too."""
    if isinstance(value, dict):
        return (
            "{ "
            + ", ".join(f"{key} = {toml(inner)}" for key, inner in value.items() if inner is not None)
            + " }"
        )
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(toml(item) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def _line(name: str, hint: Any) -> str:
    return f"{name} = {toml(_shown(hint))}  # {_described(hint)}"


def _about(hint: Any) -> Meta | None:
    """The description of a key, on its type or on an alternative of it."""
    for alternative in (hint, *get_args(hint)):
        for meta in getattr(alternative, "__metadata__", ()):
            if isinstance(meta, Meta) and meta.description:
                return meta
    return None


def _described(hint: Any) -> str:
    about = _about(hint)
    return about.description or "" if about else ""


def _shown(hint: Any) -> Any:
    about = _about(hint)
    return about.examples[0] if about and about.examples else None


def _keys(hint: Any) -> dict[str, Any]:
    """The keys of a table that the model knows; none of other values."""
    known = isinstance(hint, type) and issubclass(hint, Struct)
    return get_type_hints(hint, include_extras=True) if known else {}


def _key(name: str) -> str:
    """A key as TOML writes it: bare, or in quotes."""
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else toml(name)


def _flat(settings: dict[str, Any], table: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], object]]:
    for name, value in settings.items():
        if isinstance(value, dict):
            yield from _flat(value, (*table, name))
        else:
            yield (*table, name), value


def _holds(content: dict[str, Any], key: tuple[str, ...]) -> bool:
    here: Any = content
    for name in key:
        if not isinstance(here, dict) or name not in here:
            return False
        here = here[name]
    return True
