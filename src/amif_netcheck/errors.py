"""The errors that end the program, each with its exit code; drawn as one line on stderr.

Exception
├── UsageError     the person or the settings asked for something we can't do: exit 2
├── InputError     the same, by code and without words yet: the command line puts them on it
└── (all others)   our own fault: exit 70
"""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What a script learns from the exit code."""

    READY = 0
    LIMITED = 1
    USAGE = 2
    NOT_READY = 3
    UNDETERMINED = 4
    INTERNAL = 70
    HUNG_UP = 129
    INTERRUPTED = 130
    BROKEN_PIPE = 141
    TERMINATED = 143


ANSWERS = {
    "ready": ExitCode.READY,
    "limited": ExitCode.LIMITED,
    "not_ready": ExitCode.NOT_READY,
    "undetermined": ExitCode.UNDETERMINED,
}
"""The exit code of each verdict, by its value."""


class UsageError(Exception):
    """A bad input. Its text, already in the person's language, says what was wrong and what to do."""


class InputError(Exception):
    """A bad input, told by a stable `code` with `params` (texts for its sentence); `advice.input_errors` has the words."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params
