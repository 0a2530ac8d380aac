"""Opens the app, and leaves the program when it has ended: at once, with the terminal restored and no process left behind."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

from amif_netcheck import log, remembered
from amif_netcheck.advice.fixes import word_fix
from amif_netcheck.advice.language import N_, Language
from amif_netcheck.advice.next_step import answer
from amif_netcheck.errors import ExitCode
from amif_netcheck.model.fix import FixOutcome
from amif_netcheck.model.report import Verdict
from amif_netcheck.output import streams
from amif_netcheck.output.escape import for_terminal
from amif_netcheck.output.lines import wrapped
from amif_netcheck.run.plan import RunPlan
from amif_netcheck.run.teardown import tear_down
from amif_netcheck.tui import symbols
from amif_netcheck.tui.app import NetcheckApp
from amif_netcheck.tui.session import FixInProgress, Session


def run(
    plan: RunPlan,
    language: Language,
    *,
    include_private: bool,
    verbose: bool,
    colours: str = "",
    read_meeting: Callable[[RunPlan, str, Language], RunPlan] | None = None,
    find_link: Callable[[str], str] | None = None,
    read_clipboard: Callable[[], str] | None = None,
) -> ExitCode:
    """Run the app and end the process with its exit code; returns only where the app itself broke. See `Session` for the rest.

    Raises:
        Exception: what broke the app, where `verbose`.
    """
    path = log.start(verbose=False)  # the screen is the app's
    plan = replace(plan, context=replace(plan.context, on_cue=lambda _cue: None))
    app = NetcheckApp(
        Session(
            plan,
            language,
            symbols=symbols.of_terminal(),
            log_path=path,
            include_private=include_private,
            colours=colours,
            remember=remembered.keep,
            read_meeting=read_meeting,
            find_link=find_link,
            read_clipboard=read_clipboard,
        )
    )
    try:
        app.run()
    finally:
        tear_down(plan)
        log.stop()
    if app.crash is None:
        with contextlib.suppress(streams.StdoutError):
            width = shutil.get_terminal_size().columns
            for line in last_words(app):
                for part in wrapped(line, width):
                    streams.line(part)
        exit_process(app.answer)
    if verbose:
        raise app.crash
    for line in _calm_page(path, app.session):
        streams.line(line)
    return ExitCode.INTERNAL


def last_words(app: NetcheckApp) -> list[str]:
    """What stays on the terminal: the answer, and what to do first; nothing before there is one, or where a signal ended it."""
    session, report = app.session, app.session.report
    if session.fixing is not None:
        return [_cut_off(session.fixing, session.language)]
    if report is None or app.ended_by not in {None, ExitCode.INTERRUPTED}:
        return []
    doing = session.next_step
    lines = [answer(report, session.language), " → ".join(filter(None, (doing.line, doing.step)))]
    if session.plan.desk.contact and report.verdict is not Verdict.READY:
        help_ = session.language.text("If you need help: {contact}")
        lines.append(help_.format(contact=session.plan.desk.contact))
    return [for_terminal(line) for line in lines if line]


def _cut_off(fixing: FixInProgress, language: Language) -> str:
    title = word_fix(fixing.offer.fix, language).title
    words = language.text("Broken off halfway: {title}. Look whether it was done.")
    return for_terminal(words.format(title=title))


def exit_process(code: ExitCode) -> NoReturn:
    """End the process. Python's own way takes a tenth of a second to tear down what the end of the process frees as well."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


def _calm_page(path: Path | None, session: Session) -> list[str]:
    """What the person reads when the app itself broke."""
    text = session.language.text
    lines = [
        text("amif-netcheck had to stop: a fault of the program, not of your computer or your connection."),
        text(_what_was_changed(session)),
        text("This shows the same checks as plain text:"),
        f"  {_command(session.plan)}",
    ]
    if session.fixing is not None:
        lines[1] = _cut_off(session.fixing, session.language)
    if path is not None:
        lines += [text("For the IT desk, what happened is written here:"), f"  {for_terminal(str(path))}"]
    return lines


def _what_was_changed(session: Session) -> str:
    """In English."""
    outcomes = {fix.result.outcome if fix.result else FixOutcome.UNFINISHED for fix in session.fixed}
    if FixOutcome.DONE in outcomes:
        return N_("What you said yes to stays done.")
    if outcomes & {FixOutcome.FAILED, FixOutcome.UNFINISHED}:
        return N_("Look whether what you said yes to was done.")
    return N_("Nothing on your computer was changed.")


def _command(plan: RunPlan) -> str:
    """How this program was started, as far as is known; on the same computer, for plain text."""
    started = Path(sys.argv[0])
    program = str(started) if started.stem == "amif-netcheck" else f"{sys.executable} -m amif_netcheck"
    recorded = ["demo", plan.demo] if plan.demo else []
    if plan.demo and plan.system is not None:
        recorded += ["--system", plan.system.os]
    return for_terminal(" ".join([program, *recorded, "--plain"]))
