"""The sound test on the command line: was it asked for, and telling people when to speak."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from amif_netcheck.advice.language import Language
from amif_netcheck.advice.sound_test import CUES
from amif_netcheck.model.facts import SoundCue
from amif_netcheck.output import streams
from amif_netcheck.probes.context import SoundTest


def requested(options: argparse.Namespace) -> SoundTest:
    """What `--sound-test` and `--echo` ask for."""
    if options.echo:
        return SoundTest.WITH_ECHO
    return SoundTest.YES if options.sound_test else SoundTest.NO


def on_stderr(language: Language) -> Callable[[SoundCue], None]:
    """Tell on stderr what to do now: stdout may be the report."""
    return lambda cue: streams.write_stderr(language.text(CUES[cue]))
