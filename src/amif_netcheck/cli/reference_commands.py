"""What can be looked up without a run: the commands `explain`, `list` and `schema`."""

from __future__ import annotations

import argparse
import sys

from amif_netcheck.advice.language import Language
from amif_netcheck.checks import limits
from amif_netcheck.errors import ExitCode
from amif_netcheck.output import reference, streams
from amif_netcheck.output.formats import json
from amif_netcheck.run.checklist import CHECKLIST
from amif_netcheck.settings import Settings


def explain(options: argparse.Namespace, settings: Settings, language: Language) -> int:
    """What a finding means, or all findings."""
    with limits.changed(settings.desk.limits):
        for line in reference.explain(options.code, language, _system()):
            streams.line(line)
    return ExitCode.READY


def checks(_options: argparse.Namespace, _settings: Settings, language: Language) -> int:
    """All checks."""
    for line in reference.checks([(entry.id, entry.weight) for entry in CHECKLIST], language):
        streams.line(line)
    return ExitCode.READY


def schema(_options: argparse.Namespace, _settings: Settings, _language: Language) -> int:
    """The JSON Schema of the report."""
    streams.data([json.schema()])
    return ExitCode.READY


def _system() -> str:
    return {"darwin": "macos", "win32": "windows"}.get(sys.platform, "linux")
