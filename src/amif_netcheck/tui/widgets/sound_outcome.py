"""What a sound test found, aspect by aspect: the voice, the noise, the echo, and hearing oneself; then what to do.

Figures and limits are for those who ask for them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from amif_netcheck.advice.language import N_
from amif_netcheck.advice.sound_test import AGAIN
from amif_netcheck.advice.verdicts import worst_first
from amif_netcheck.model.facts import Echo, Reason, Recording, SoundTestFacts, Unavailable
from amif_netcheck.model.finding import Severity
from amif_netcheck.model.report import CheckResult, ReportedFinding
from amif_netcheck.run.sound_test import ECHO, LEVEL, SPEECH_OVER_NOISE, Limit
from amif_netcheck.tui.session import Session
from amif_netcheck.tui.widgets.detail import measured_against
from amif_netcheck.tui.widgets.text import PlainText

TEST = "headset.test_"
_VOICE_WORDS = {
    f"{TEST}good": N_("loud enough"),
    f"{TEST}weak": N_("too weak"),
    f"{TEST}silent": N_("next to nothing is heard"),
    f"{TEST}no_signal": N_("no sound at all"),
    f"{TEST}clipped": N_("too loud, distorted"),
    f"{TEST}no_speech": N_("nobody spoke"),
}
_NOISE_WORDS = {False: N_("little"), True: N_("much")}
_AT_LEAST = N_("{value}, at least {limit} ({source})")
_UNDER = N_("{value} under the voice, at least {limit} ({source})")
_ECHO_STRONG = N_("yes, and loud: the others may hear themselves")
_ECHO_HEARD = N_("yes: the others may hear themselves")
_ECHO_WEAK = N_("hardly any: the meeting takes it away")
_AGAINST_PLAYED = N_("{value} against what was played, {delay} later; limit {limit} ({source})")


@dataclass(frozen=True)
class OutcomeLine:
    """A line of the outcome; `status` is a status, as rows have it. `figure`: against its limit, for experts."""

    name: str
    status: str
    words: str
    figure: str = ""


def of_test(result: CheckResult) -> list[ReportedFinding]:
    """What the test itself found, the worst first."""
    return [finding for finding in worst_first(result) if finding.code.startswith(TEST)]


def aspects(
    tested: SoundTestFacts, findings: list[ReportedFinding], output: str, session: Session
) -> list[OutcomeLine]:
    """All there is to say; nothing when nothing could be recorded. `output` is the name of what one hears with."""
    recording = tested.recording
    if isinstance(recording, Unavailable):
        return []
    text = session.language.text
    lines = (
        (N_("Your voice"), _voice(recording, findings, session)),
        (N_("Noise"), _noise(recording, findings, session)),
        (N_("Echo"), _echo(tested.echo, findings, session)),
        (N_("Hear yourself"), _oneself(tested, output, session)),
    )
    return [OutcomeLine(text(name), *content) for name, content in lines]


def outcome(
    tested: SoundTestFacts | Unavailable, result: CheckResult, output: str, session: Session, *, expert: bool
) -> Iterator[Widget]:
    """Aspects first, with figures for experts, then what is wrong with its steps."""
    findings = of_test(result)
    shown = [finding for finding in findings if finding.severity is not Severity.OK] or findings[:1]
    for number, finding in enumerate(shown or worst_first(result)):
        words = session.told(finding)
        yield PlainText(words.summary, classes="summary" if number == 0 else "summary -more")
        if number == 0 and isinstance(tested, SoundTestFacts):
            lines = aspects(tested, findings, output, session)
            yield Vertical(*_lines(lines, session, expert=expert), classes="aspects")
        if words.meaning:
            yield PlainText(words.meaning)
        again = session.language.text(AGAIN)  # the page says it once, at its end
        for count, step in enumerate((step for step in words.steps if step != again), start=1):
            yield Horizontal(
                PlainText(f"{count}.", classes="number"), PlainText(step, classes="step"), classes="line"
            )


def _lines(lines: list[OutcomeLine], session: Session, *, expert: bool) -> Iterator[Widget]:
    for line in lines:
        mark = PlainText(f"{session.symbols.marks[line.status]} {line.name}", classes=f"key -{line.status}")
        figure = [PlainText(line.figure, classes="figure")] if expert and line.figure else []
        yield Horizontal(mark, Vertical(PlainText(line.words), *figure, classes="words"), classes="line")


def _voice(recording: Recording, findings: list[ReportedFinding], session: Session) -> tuple[str, str, str]:
    text = session.language.text
    worst = next((finding for finding in findings if finding.code in _VOICE_WORDS), None)
    if worst is None:
        worst_words, status = N_("loud enough"), "ok"
    else:
        worst_words, status = _VOICE_WORDS[worst.code], worst.severity.value
    if recording.all_zero:
        return status, text(worst_words), ""
    figure = _held_against("dbfs", recording.level_dbfs, LEVEL, text(_AT_LEAST), session)
    if worst is not None and worst.code == f"{TEST}clipped":
        figure = measured_against(worst.params, session)[0]
    return status, text(worst_words), figure


def _noise(recording: Recording, findings: list[ReportedFinding], session: Session) -> tuple[str, str, str]:
    text = session.language.text
    if not recording.speech:
        return "unknown", text(N_("not known: nobody spoke")), ""
    noisy = next((finding for finding in findings if finding.code == f"{TEST}noisy"), None)
    above_db = recording.level_dbfs - recording.noise_dbfs
    figure = _held_against("db", above_db, SPEECH_OVER_NOISE, text(_UNDER), session)
    return (noisy.severity.value if noisy else "ok"), text(_NOISE_WORDS[noisy is not None]), figure


def _echo(
    echo: Echo | Unavailable, findings: list[ReportedFinding], session: Session
) -> tuple[str, str, str]:
    language, text = session.language, session.language.text
    if isinstance(echo, Unavailable):
        if echo.reason is Reason.NOT_REQUESTED:
            return "skipped", text(N_("not listened for: you use a headset")), ""
        return "unknown", text(N_("could not be told")), ""
    if not echo.heard or echo.strength_db is None:
        return "ok", text(N_("none")), ""
    delay = language.quantity(echo.delay_ms or 0.0, "ms")
    against = text(_AGAINST_PLAYED).replace("{delay}", delay)
    figure = _held_against("db", echo.strength_db, ECHO, against, session)
    finding = next((finding for finding in findings if finding.code == f"{TEST}echo"), None)
    if finding is None:
        return "ok", text(_ECHO_WEAK), figure
    return finding.severity.value, text(_ECHO_HEARD if echo.strength_db < 0 else _ECHO_STRONG), figure


def _oneself(tested: SoundTestFacts, output: str, session: Session) -> tuple[str, str]:
    text = session.language.text
    if session.plan.demo:
        return "info", text(
            N_("Demonstration: nothing was played. In a real test you hear your voice again.")
        )
    if not tested.played_back:
        return "unknown", text(N_("nothing was played: there was nothing to hear, or the sound stopped"))
    where = text(N_("The recording was played on “{device}”.")).format(device=output) if output else ""
    advice = text(
        N_("If you heard nothing, turn the volume up, or choose another output in the sound settings.")
    )
    return "info", f"{where} {advice}".strip()


def _held_against(unit: str, value: float, limit: Limit, words: str, session: Session) -> str:
    """Against the threshold from which all is well; `words` in the person's language."""
    language, threshold = session.language, limit.info
    shown = language.quantity(value, unit)
    if threshold is None:
        return shown
    return words.format(value=shown, limit=language.quantity(threshold.value, unit), source=threshold.source)
