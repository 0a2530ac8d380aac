"""The report as one JSON document, and its schema."""

from __future__ import annotations

import inspect
from typing import Any

import msgspec

from amif_netcheck.model.report import Report
from amif_netcheck.output.escape import for_json
from amif_netcheck.output.output_format import OutputFormat, plainly

_SCHEMA_ID = "https://json-schema.org/draft/2020-12/schema"


def encode(report: Report) -> bytes:
    """UTF-8, indented, one line break at the end."""
    document = msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n"
    return for_json(document.decode()).encode()


def schema() -> bytes:
    """The JSON Schema of the report, generated from the model."""
    document = {
        "$schema": _SCHEMA_ID,
        "title": "amif-netcheck report",
        **_unindented(msgspec.json.schema(Report)),
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"


def _unindented(value: Any) -> Any:
    """Descriptions come from docstrings, which Python keeps indented up to 3.12 and not after."""
    if isinstance(value, dict):
        return {
            key: inspect.cleandoc(item)
            if key == "description" and isinstance(item, str)
            else _unindented(item)
            for key, item in value.items()
        }
    return [_unindented(item) for item in value] if isinstance(value, list) else value


FORMAT = OutputFormat(lambda report, _manner: plainly(report, encode(report)))
