"""A saved report, read back: every version of the schema so far, and nothing that is no report."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from amif_netcheck.advice.language import Language
from amif_netcheck.advice.system_errors import why
from amif_netcheck.errors import UsageError
from amif_netcheck.model.report import SCHEMA_VERSION, Report

LARGEST = 16 * 1024 * 1024
"""Reports have some ten kilobytes; a file of more bytes than this is none."""


class _Header(msgspec.Struct):
    schema_version: int


def load(name: str, language: Language) -> Report:
    """Read the report in the file `name`; `-` is standard input.

    Raises:
        UsageError: it can't be read, or is no report that this version understands.
    """
    return decoded(_read(name, language), name, language)


def decoded(content: bytes, name: str, language: Language) -> Report:
    """The report in `content`, which `name` held.

    Raises:
        UsageError: it is no report that this version understands.
    """
    text = language.text
    if len(content) > LARGEST:
        raise UsageError(text("{file}: too large for a report").format(file=name))
    try:
        version = msgspec.json.decode(content, type=_Header).schema_version
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        message = text("{file}: no report of amif-netcheck ({reason})")
        raise UsageError(message.format(file=name, reason=error)) from error
    if version > SCHEMA_VERSION:
        message = text(
            "{file}: written by a later version of amif-netcheck (schema {version}); update amif-netcheck to read it"
        )
        raise UsageError(message.format(file=name, version=version))
    try:
        if version < 1:
            raise msgspec.ValidationError(f"schema {version}")
        return msgspec.convert(_completed(msgspec.json.decode(content)), Report)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        message = text("{file}: a damaged report ({reason})")
        raise UsageError(message.format(file=name, reason=error)) from error


def _completed(report: Any) -> Any:
    """With the state of each way of a call: reports written before one could be unavailable have none."""
    with suppress(KeyError, TypeError, AttributeError):  # no call was played, or it is a damaged report
        call = report["facts"]["link"]["call"]
        for way in ("up", "down"):
            call[way].setdefault("state", "measured")
    return report


def _read(name: str, language: Language) -> bytes:
    if name == "-":
        if sys.stdin is None:
            raise UsageError(language.text("standard input is closed; give the report as a file"))
        return sys.stdin.buffer.read(LARGEST + 1)
    path = Path(name)
    try:
        if path.exists() and not path.is_file():
            raise UsageError(
                language.text("{file}: not a file; to read from a pipe, write - instead").format(file=name)
            )
        with path.open("rb") as file:
            return file.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        message = language.text("{file}: can't be read ({reason})")
        raise UsageError(message.format(file=name, reason=why(error, language))) from error
