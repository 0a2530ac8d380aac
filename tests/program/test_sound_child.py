"""The sound test's process where PortAudio can't be used: with a library in its place that does what broken ones do."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from amif_netcheck.measure import sound
from amif_netcheck.measure.live import Live
from amif_netcheck.model.facts import SoundCue, SoundObstacle, SoundTestFacts, Unavailable

PATIENCE_S = 60.0


def outcome(
    monkeypatch: pytest.MonkeyPatch, folder: Path, library: str
) -> tuple[SoundTestFacts, list[SoundCue]]:
    """A sound test with `library` as the source of sounddevice."""
    (folder / "sounddevice.py").write_text(library, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(folder))
    cues: list[SoundCue] = []
    live = Live()
    facts = sound.test(
        with_echo=True,
        until=time.monotonic() + PATIENCE_S,
        stop=threading.Event(),
        cue=cues.append,
        live=live,
        keep=None,
    )
    assert live.look() == {}
    return facts, cues


@pytest.mark.parametrize(
    "library",
    [
        "raise OSError('PortAudio library not found')",
        "raise ImportError('_cffi_backend')",
        "raise RuntimeError('unset')",
        "import no_such_module",
        "syntax error",
    ],
)
def test_a_library_that_can_not_be_loaded_is_a_missing_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, library: str
) -> None:
    facts, cues = outcome(monkeypatch, tmp_path, library)
    assert facts.obstacle is SoundObstacle.NO_LIBRARY
    assert isinstance(facts.recording, Unavailable)
    assert cues == []


NO_DEVICE = """
class PortAudioError(Exception): ...
def query_devices(kind=None):
    if kind: raise PortAudioError("Error querying device -1")
    return []
def query_hostapis(): return []
"""


def test_no_device_is_no_library_that_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    facts, cues = outcome(monkeypatch, tmp_path, NO_DEVICE)
    assert facts.obstacle is SoundObstacle.NO_DEVICE
    assert isinstance(facts.recording, Unavailable)
    assert "device -1" in facts.recording.detail
    assert cues == []
