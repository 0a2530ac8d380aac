"""Windows' own DLLs: found in its system folder alone, and a function that is missing there is told as such."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable
from functools import cache
from typing import Any

from amif_netcheck.model.facts import Reason, Unavailable

_SYSTEM_FOLDER_ALONE = 0x800  # libloaderapi.h, LOAD_LIBRARY_SEARCH_SYSTEM32

# winerror.h
ERROR_SUCCESS = 0
ERROR_INSUFFICIENT_BUFFER = 122
_REASONS = {
    **dict.fromkeys((5, 1314), Reason.NOT_PERMITTED),  # access denied, privilege not held
    **dict.fromkeys((1, 50, 120, 126, 127, 182), Reason.UNSUPPORTED),  # not supported, not implemented, no such function
    **dict.fromkeys((2, 1062, 1168, 1231, 1232, 5023, 10051, 10065), Reason.NOT_PRESENT),  # not found, not started, no route
    **dict.fromkeys((258, 1460), Reason.TIMEOUT),
}  # fmt: skip


class MissingFunctionError(OSError):
    """This Windows has no such DLL, or no such function in it."""


@cache
def function(library: str, name: str, *types: Any, result: Any = ctypes.c_uint32) -> Callable[..., Any]:
    """A function of a DLL, with its own types, so that no other user of the DLL is disturbed.

    Raises:
        MissingFunctionError: there is none.
    """
    if sys.platform != "win32":
        raise MissingFunctionError(f"{library} is Windows'")
    try:
        found = ctypes.WinDLL(library, use_last_error=True, winmode=_SYSTEM_FOLDER_ALONE)[name]
    except (OSError, AttributeError) as error:
        raise MissingFunctionError(f"{library} has no {name}") from error
    found.argtypes, found.restype = types, result
    return found


def last_error() -> int:
    """The error code that the last failed call of this thread left."""
    if sys.platform == "win32":
        return ctypes.get_last_error()
    return ERROR_SUCCESS


def unavailable(code: int, asked: str) -> Unavailable:
    """Why there is no answer; `code` is a Win32 error, `asked` the function."""
    return Unavailable(reason=_REASONS.get(code, Reason.ERROR), detail=f"{asked}: error {code}")


def missing(error: OSError) -> Unavailable:
    """What a `MissingFunctionError` means."""
    return Unavailable(reason=Reason.UNSUPPORTED, detail=str(error))
