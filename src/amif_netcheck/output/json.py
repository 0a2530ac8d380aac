"""The report as one JSON document, and its schema."""

from __future__ import annotations

import msgspec

from amif_netcheck.model.report import Report

_SCHEMA_ID = "https://json-schema.org/draft/2020-12/schema"


def encode(report: Report) -> bytes:
    """UTF-8, indented, one line break at the end."""
    return msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n"


def schema() -> bytes:
    """The JSON Schema of the report, generated from the model."""
    document = {"$schema": _SCHEMA_ID, "title": "amif-netcheck report", **msgspec.json.schema(Report)}
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"
