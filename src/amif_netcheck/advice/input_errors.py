"""What was wrong with an input and what to do, by the code of an `InputError`."""

from __future__ import annotations

from amif_netcheck.advice import settings_errors
from amif_netcheck.advice.language import Language
from amif_netcheck.advice.system_errors import why
from amif_netcheck.errors import InputError

WORDS: dict[str, str] = {**settings_errors.WORDS}
"""Sentences marked with `N_`; `{…}` are the error's params."""


def describe(error: InputError, language: Language) -> str:
    """The sentence for `error`; a param may be an error of its own."""
    params = {name: _param(value, language) for name, value in error.params.items()}
    return language.text(WORDS[error.code]).format(**params)


def _param(value: object, language: Language) -> object:
    if isinstance(value, InputError):
        return describe(value, language)
    return why(value, language) if isinstance(value, OSError) else value
