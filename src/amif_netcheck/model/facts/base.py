"""What every fact is: observed, or unavailable for a reason; and which of its texts are private."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

from msgspec import Meta, Struct


class Reason(Enum):
    """Why something was not measured (a closed list)."""

    UNSUPPORTED = "unsupported"  # this system has no way to tell, or we have not built it
    NOT_PERMITTED = "not_permitted"  # the system refused
    NOT_PRESENT = "not_present"  # there is no such thing here
    TIMEOUT = "timeout"  # no answer in time
    BLOCKED = "blocked"  # something on the way forbids it
    NOT_REQUESTED = "not_requested"  # the person did not ask for it
    ERROR = "error"  # our own fault


class Unavailable(Struct, frozen=True, kw_only=True, tag_field="state", tag="unavailable"):
    """The absence of a fact. `detail` is for experts: English, short, no sentence of the user interface."""

    reason: Reason
    detail: str = ""


class Fact(Struct, frozen=True, kw_only=True, tag_field="state", tag="measured"):
    """Base of everything observed."""


def private(kind: str) -> Meta:
    """Mark a text as private; `kind` names its token when a report is written without private data."""
    return Meta(extra={"private": kind}, extra_json_schema={"x-private": kind})


Address = Annotated[str, private("ip")]
Host = Annotated[str, private("host")]

NOT_REQUESTED = Unavailable(reason=Reason.NOT_REQUESTED)
