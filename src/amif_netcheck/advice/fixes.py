"""Words for what can be done for the person: exactly what, what it leaves alone, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass

from amif_netcheck.advice.language import N_, Language
from amif_netcheck.catalog.calls import name_and_family
from amif_netcheck.model.fix import Fix, FixKind, FixOutcome

_LONGEST_NAME = 60


@dataclass(frozen=True)
class FixWords:
    """English texts, marked with `N_`; `{…}` are the fix's params, and `{application}`. Or the same in a person's language.

    `title` is a line to choose it by, `does` what will be done, `leaves` what stays and how to go back, `done` what was done.
    """

    title: str
    does: str
    leaves: str
    done: str


WORDS: dict[str, FixWords] = {
    "choose_device": FixWords(
        title=N_("Use “{output}”"),
        does=N_(
            "The sound of this computer will come out of “{output}”, and its microphone will be the one of “{input}”."
        ),
        leaves=N_(
            "So far it was “{output_before}” and “{input_before}”: to go back, choose them in the sound settings. The volume stays as it is."
        ),
        done=N_("Done: you now hear and speak with “{output}”."),
    ),
    "choose_device/output": FixWords(
        title=N_("Hear with “{output}”"),
        does=N_("The sound of this computer will come out of “{output}”."),
        leaves=N_(
            "So far it was “{output_before}”: to go back, choose it in the sound settings. Volume and microphone stay as they are."
        ),
        done=N_("Done: the sound now comes out of “{output}”."),
    ),
    "choose_device/input": FixWords(
        title=N_("Speak into “{input}”"),
        does=N_("The microphone of this computer will be “{input}”."),
        leaves=N_(
            "So far it was “{input_before}”: to go back, choose it in the sound settings. Volume and loudspeaker stay as they are."
        ),
        done=N_("Done: you now speak into “{input}”."),
    ),
    "pause_player": FixWords(
        title=N_("Pause “{player}”"),
        does=N_("“{player}” will be paused, as its own pause key does."),
        leaves=N_("It stays open: after the meeting you go on where you were."),
        done=N_("Done: “{player}” is paused."),
    ),
    "close_application": FixWords(
        title=N_("Ask “{application}” to close"),
        does=N_(
            "“{application}” will be asked to close, as when the computer is switched off. A call, a film or a download in it ends."
        ),
        leaves=N_(
            "It is never forced: if it wants to ask you something first, it can. Nothing else is closed."
        ),
        done=N_("Done: “{application}” has closed."),
    ),
    "disconnect_vpn": FixWords(
        title=N_("Disconnect the VPN “{connection}”"),
        does=N_(
            "The VPN “{connection}” will be disconnected, as in the network settings. What is reached through it (shared folders, intranet) can't be reached until you connect it again."
        ),
        leaves=N_(
            "Your Internet connection stays. If your organisation requires this VPN, say no and tell your IT desk. After the meeting, connect it again in the network settings."
        ),
        done=N_("Done: the VPN “{connection}” is disconnected."),
    ),
}
"""By kind, or by kind and variant."""

NOT_NEEDED = N_("This is not needed any more, so nothing was done.")
OUTCOMES = {
    FixOutcome.GONE: N_("It is not there any more, so nothing was done."),
    FixOutcome.REFUSED: N_("This computer does not allow it, so nothing was done. You can do it yourself:"),
    FixOutcome.FAILED: N_("That did not work. You can do it yourself:"),
}
_FROM_AFAR = {
    FixOutcome.GONE: N_("{title}: it is not there any more, so nothing was done."),
    FixOutcome.REFUSED: N_(
        "{title}: this computer does not allow it, so nothing was done. Its line says how to do it yourself."
    ),
    FixOutcome.FAILED: N_("{title}: that did not work. Its line says how to do it yourself."),
    FixOutcome.UNFINISHED: N_("{title}: not confirmed yet. Its line says how to do it yourself."),
}
"""On another page, where neither the question nor the steps are."""
_UNFINISHED = N_(
    "This computer has not confirmed that it is done. Look again in a moment; if it is not, do it yourself:"
)
_STILL_OPEN = N_(
    "“{application}” was asked to close and is still open: it may be waiting for your answer in its window. Otherwise:"
)


def word_fix(fix: Fix, language: Language) -> FixWords:
    """What `fix` does, in words."""
    words, written = WORDS[_key(fix)], _written(fix)
    return FixWords(
        title=language.text(words.title).format_map(written),
        does=language.text(words.does).format_map(written),
        leaves=language.text(words.leaves).format_map(written),
        done=language.text(words.done).format_map(written),
    )


def word_outcome(fix: Fix, outcome: FixOutcome, language: Language) -> str:
    """What came of it."""
    if outcome is FixOutcome.DONE:
        return word_fix(fix, language).done
    if outcome is FixOutcome.UNFINISHED:
        text = _STILL_OPEN if fix.kind is FixKind.CLOSE_APPLICATION else _UNFINISHED
        return language.text(text).format_map(_written(fix))
    return language.text(OUTCOMES[outcome])


def say_from_afar(fix: Fix, outcome: FixOutcome, language: Language) -> str:
    """What came of it, for somebody who is on another page."""
    words = word_fix(fix, language)
    if outcome is FixOutcome.DONE:
        return words.done
    return language.text(_FROM_AFAR[outcome]).format(title=words.title)


def _key(fix: Fix) -> str:
    if fix.kind is FixKind.CHOOSE_DEVICE and not (fix.params["output"] and fix.params["input"]):
        return f"{fix.kind.value}/{'output' if fix.params['output'] else 'input'}"
    return fix.kind.value


def _written(fix: Fix) -> dict[str, str]:
    """Params as they are shown, and the name that people know for a process."""
    written = dict(fix.params)
    if "process" in written:
        process = written["process"]
        written["application"] = name_and_family(process)[0] or process
    return {key: _short(value) or "–" for key, value in written.items()}


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1].rstrip() + "…"
