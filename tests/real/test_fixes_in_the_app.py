"""The whole program in a real terminal, on a real computer: a fix is offered, said, done on a yes, and the row turns green."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.real.sound_server import SoundServer
from tests.real.test_choose_device import defaults, heard_by
from tests.real.test_closing import Application
from tests.real.with_colibri import NAME
from tests.tui.terminal import Terminal

pytestmark = [pytest.mark.real("tmux"), pytest.mark.timeout(400), pytest.mark.xdist_group("processes")]

ARGUMENTS = "--offline --lang fr"
RUN = f"{sys.executable} -m amif_netcheck {ARGUMENTS}"
PROCESS = f"colibri-{os.getpid()}"
WITH_COLIBRI = f"{sys.executable} -m tests.real.with_colibri {PROCESS} {ARGUMENTS}"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[SoundServer]:
    with SoundServer("pulseaudio") as running:
        heard_by(running.environment, monkeypatch)
        running.headset(chosen=False, microphone="Jabra Evolve2 30")
        running.laptop()
        yield running


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    made = Terminal(tmp_path, 80, 24)
    try:
        yield made
    finally:
        made.tmux("kill-server")


def says_yes(terminal: Terminal, words: str) -> None:
    """Press the key until it counts: a question has to have been read."""

    def answered() -> bool:
        terminal.key("o")
        return words in terminal.screen()

    terminal.until(answered)


@pytest.mark.real("pulseaudio", "pactl")
def test_a_headset_is_chosen(server: SoundServer, terminal: Terminal) -> None:
    before = defaults(server)
    terminal.run(f"{RUN} --only headset")
    terminal.shows("f Régler")
    terminal.key("f", "o", "Enter")  # in one go: what is typed before the question is no answer
    terminal.shows("Si vous dites oui")
    assert "Le son de cet ordinateur sortira par « Jabra Evolve2 30 »" in " ".join(terminal.screen().split())
    terminal.key("n")
    terminal.shows("f Régler")
    assert defaults(server) == before
    terminal.key("f")
    terminal.shows("Si vous dites oui")
    says_yes(terminal, "C’est fait")
    terminal.shows("✓ OK")
    assert defaults(server) == ["Default Sink: headset", "Default Source: headset_mic"]
    terminal.key("Escape")
    terminal.shows("100 / 100")
    terminal.key("q")
    assert terminal.ended() == 0


def test_an_application_is_asked_to_close_and_closes(terminal: Terminal) -> None:
    application = Application("leaves", PROCESS)
    try:
        terminal.run(f"{WITH_COLIBRI} --only sound_apps")
        terminal.shows("f Régler")
        terminal.key("f")
        terminal.shows("Il sera demandé à « Colibri » de se fermer")
        assert application.process.poll() is None
        says_yes(terminal, "C’est fait : « Colibri » s’est fermé.")
        assert application.process.wait(30) < 0
        terminal.until(lambda: "Cette ligne, maintenant" in terminal.screen())
        terminal.until(lambda: NAME not in terminal.screen().partition("Cette ligne, maintenant")[2])
        terminal.key("q")
        terminal.ended()
    finally:
        application.end()


def test_one_that_stays_open_is_told_so(terminal: Terminal) -> None:
    application = Application("stays", PROCESS)
    try:
        terminal.run(f"{WITH_COLIBRI} --only sound_apps")
        terminal.shows("f Régler")
        terminal.key("f")
        terminal.shows("Si vous dites oui")
        says_yes(terminal, "elle attend peut-être votre réponse")
        assert application.process.poll() is None
        terminal.key("q")
        terminal.ended()
    finally:
        application.end()
