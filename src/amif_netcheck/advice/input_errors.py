"""What was wrong with an input and what to do, by the code of an `InputError`."""

from __future__ import annotations

from amif_netcheck.advice.language import Language
from amif_netcheck.errors import InputError

WORDS: dict[str, str] = {}
"""Sentences marked with `N_`; `{…}` are the error's params."""


def describe(error: InputError, language: Language) -> str:
    """The sentence for `error`."""
    return language.text(WORDS[error.code]).format(**error.params)
