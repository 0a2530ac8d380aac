"""The contract of the report: whatever report a test makes is valid by the published schema."""

from __future__ import annotations

import json
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from amif_netcheck.model.report import Report
from amif_netcheck.output.formats import json as json_format

SCHEMA = Path(__file__).parents[1] / "schemas" / "report-v1.schema.json"
MOST = 3
"""So many reports of one test are looked at: some write hundreds, by drawing facts at random."""
encoded: list[bytes] = []
"""Reports that this test has made so far."""
_encode = json_format.encode


def remembering(report: Report) -> bytes:
    """`output.formats.json.encode`, which remembers what it wrote."""
    content = _encode(report)
    if len(encoded) < MOST:
        encoded.append(content)
    return content


@lru_cache(maxsize=32)
def read(content: bytes | str) -> Any:
    """The report in `content`, which has to be valid.

    Raises:
        AssertionError: it is not.
    """
    document = json.loads(content)
    wrong = next(_validator().iter_errors(document), None)
    assert wrong is None, f"{'.'.join(map(str, wrong.absolute_path))}: {wrong.message[:300]}"
    return document


@cache
def _validator() -> Any:
    import jsonschema  # noqa: PLC0415 - its library (rpds) is built for a function of Windows that Wine 8 lacks

    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def can_validate() -> bool:
    """Is jsonschema there? Under Wine it is not."""
    try:
        _validator()
    except ImportError:
        return False
    return True
