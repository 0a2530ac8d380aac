"""What stays on the terminal when the app has ended in the middle of a fix, or broken after one."""

from __future__ import annotations

from pathlib import Path

import pytest

from amif_netcheck import demo
from amif_netcheck.advice.language import Language
from amif_netcheck.errors import ExitCode
from amif_netcheck.model.fix import Fix, FixKind, FixOutcome, FixRequest, FixResult
from amif_netcheck.run.fixes import Offer
from amif_netcheck.tui import launch
from amif_netcheck.tui.app import NetcheckApp
from amif_netcheck.tui.session import FixInProgress, Session
from tests.tui.scenes import plan

OFFER = Offer(
    FixRequest(kind=FixKind.DISCONNECT_VPN, about=("wg0",)),
    Fix(
        kind=FixKind.DISCONNECT_VPN,
        params={"connection": "[b]\x1b[31mMairie", "interface": "wg0"},
        target=("/a", "u"),
    ),
)
NOTHING = "Rien n’a été modifié sur votre ordinateur."


def _session() -> Session:
    return Session(plan(), Language("fr"))


@pytest.mark.parametrize(
    ("outcomes", "words"),
    [
        ((), NOTHING),
        ((FixOutcome.GONE, FixOutcome.REFUSED), NOTHING),
        ((FixOutcome.REFUSED, FixOutcome.FAILED), "Vérifiez si ce que vous aviez accepté a été fait."),
        ((FixOutcome.UNFINISHED,), "Vérifiez si ce que vous aviez accepté a été fait."),
        ((FixOutcome.UNFINISHED, FixOutcome.DONE), "Ce que vous aviez accepté reste fait."),
    ],
)
def test_a_crash_says_that_nothing_was_changed_only_when_nothing_was(
    outcomes: tuple[FixOutcome, ...], words: str
) -> None:
    session = _session()
    session.fixed += [FixInProgress("vpn", OFFER, FixResult(outcome=outcome)) for outcome in outcomes]
    lines = launch._calm_page(Path("/x.log"), session)
    assert words in lines
    assert (NOTHING in lines) is (words == NOTHING)


@pytest.mark.parametrize("ended_by", [None, ExitCode.INTERRUPTED, ExitCode(143)])
def test_a_fix_that_was_cut_off_is_said_so(ended_by: ExitCode | None) -> None:
    session = _session()
    app = NetcheckApp(session)
    app.ended_by = ended_by
    assert launch.last_words(app) == []
    session.fixing = FixInProgress("vpn", OFFER)
    session.fixed.append(session.fixing)
    (line,) = launch.last_words(app)
    assert "Interrompu en cours de route" in line
    assert "[b]\\x1b[31mMairie" in line
    assert line in launch._calm_page(None, session)
    assert NOTHING not in launch._calm_page(None, session)


def test_the_command_for_plain_text_is_the_one_that_was_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", [".venv/bin/amif-netcheck"])
    assert f"  {Path('.venv/bin/amif-netcheck')} --plain" in launch._calm_page(None, _session())
    monkeypatch.setattr("sys.argv", ["/somewhere/amif_netcheck/__main__.py"])
    command = next(line for line in launch._calm_page(None, _session()) if "--plain" in line)
    assert command.endswith("-m amif_netcheck --plain")


def test_the_command_for_a_recorded_computer_names_its_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["amif-netcheck"])
    session = Session(demo.plan("vpn", system="macos"), Language("fr"))
    assert "  amif-netcheck demo vpn --system macos --plain" in launch._calm_page(None, session)
