"""Numbers on the command line: what they may be, and the one line that says so."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable

from amif_netcheck.advice.language import Language
from amif_netcheck.model.choices import TIMEOUT_S

SPEEDS = (0.1, 1000)
"""The slowest and the fastest demonstration, as times the real pace."""
_DECIMAL = re.compile(r"[0-9]{1,12}(?:[.,][0-9]{1,12})?")
_WHOLE = re.compile(r"[0-9]{1,12}")
"""Digits of ASCII alone: `float` and `int` also read `nan`, `1_0`, `1e309` and digits of other scripts."""


def seconds(language: Language) -> Callable[[str], float]:
    """A duration on the command line, in seconds."""
    return _decimal(
        language,
        TIMEOUT_S,
        language.text("“{text}” is no duration; give a number of seconds from {least} to {most}"),
    )


def speed(language: Language) -> Callable[[str], float]:
    """How many times as fast as in reality."""
    return _decimal(
        language, SPEEDS, language.text("“{text}” is no speed; give a number from {least} to {most}")
    )


def _decimal(language: Language, limits: tuple[float, float], message: str) -> Callable[[str], float]:
    least, most = limits

    def parse(text: str) -> float:
        if _DECIMAL.fullmatch(text) and least <= (value := float(text.replace(",", "."))) <= most:
            return value
        range_ = {"least": language.number(least), "most": language.number(most)}
        raise argparse.ArgumentTypeError(message.format(text=text, **range_))

    return parse


def number(language: Language, least: int, most: int) -> Callable[[str], int]:
    """A whole number on the command line."""

    def parse(text: str) -> int:
        if _WHOLE.fullmatch(text) and least <= (value := int(text)) <= most:
            return value
        message = language.text("“{text}” is no whole number from {least} to {most}")
        raise argparse.ArgumentTypeError(message.format(text=text, least=least, most=most))

    return parse
