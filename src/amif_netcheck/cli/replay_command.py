"""The command `replay`: a saved report, judged again."""

from __future__ import annotations

import argparse

from amif_netcheck import log
from amif_netcheck.advice.language import Language
from amif_netcheck.cli import saved_report
from amif_netcheck.cli.delivery import check_output, deliver
from amif_netcheck.run import judge
from amif_netcheck.settings import Settings


def replay(options: argparse.Namespace, settings: Settings, language: Language) -> int:
    """Judge a saved report's facts by today's rules, and by the limits of the settings here."""
    check_output(options, language)
    log.start(verbose=options.verbose)
    try:
        report = judge.judge_again(saved_report.load(options.report, language), settings.desk.limits)
    finally:
        log.stop()
    return deliver(report, options, settings, language)
