"""The sound test's process where PortAudio can't be used: with a library in its place that does what broken ones do."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import pytest

from amif_netcheck.children import inside
from amif_netcheck.measure.live import LiveValues
from amif_netcheck.model.facts import Reason, Recording, SoundCue, SoundObstacle, SoundTestFacts, Unavailable
from amif_netcheck.sound import child
from amif_netcheck.sound import recorder as sound
from tests.systems import put_on_path

PATIENCE_S = 60.0


def outcome(
    monkeypatch: pytest.MonkeyPatch, folder: Path, library: str
) -> tuple[SoundTestFacts, list[SoundCue]]:
    """A sound test with `library` as the source of sounddevice."""
    (folder / "sounddevice.py").write_text(library, encoding="utf-8")
    put_on_path(monkeypatch, folder)
    cues: list[SoundCue] = []
    live = LiveValues()
    facts = sound.test(
        with_echo=True,
        until=time.monotonic() + PATIENCE_S,
        stop=threading.Event(),
        cue=cues.append,
        live=live,
        keep=None,
    )
    assert live.snapshot() == {}
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


ONE_DEVICE = '''
import threading, time
import numpy

class PortAudioError(Exception): ...

DEVICE = {"name": NAME, "index": 0, "max_input_channels": 1, "max_output_channels": 2, "default_samplerate": 48000.0}
def query_devices(kind=None): return DEVICE if kind else [DEVICE]
def query_hostapis(): return [{"name": "ALSA", "default_input_device": 0, "default_output_device": 0}]
def check_input_settings(**_): ...
check_output_settings = check_input_settings

class InputStream:
    """As fast as it can, a sound that is no voice."""
    def __init__(self, *, callback, channels, **_):
        self._callback, self._channels, self._over = callback, channels, threading.Event()
    def start(self):
        threading.Thread(target=self._run, daemon=True).start()
    def _run(self):
        while not self._over.wait(0.001):
            data = numpy.full((960, self._channels), 0.1, dtype="float32")
            when = type("When", (), {"inputBufferAdcTime": 0.0, "outputBufferDacTime": 0.0})
            self._callback(data, len(data), when, None)
    def abort(self): self._over.set()
    def close(self): ...

OutputStream = InputStream
'''


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("InputStream.start = lambda self: None", Reason.BLOCKED),
        ("def query_hostapis(): raise KeyError('of a library')", Reason.ERROR),
    ],
    ids=["a microphone that gives nothing", "our own fault"],
)
def test_only_a_microphone_that_gives_nothing_is_said_to_be_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, fault: str, reason: Reason
) -> None:
    facts, _ = outcome(monkeypatch, tmp_path, f"NAME = 'hw'\n{ONE_DEVICE}\n{fault}\n")
    assert isinstance(facts.recording, Unavailable)
    assert (facts.recording.reason, facts.obstacle) == (reason, SoundObstacle.NONE)


@pytest.mark.parametrize(("name", "told"), [("USB Audio (hw:1,0)", "USB Audio (hw:1,0)"), ("pulse", None)])
def test_the_devices_that_were_opened_are_named_unless_a_sound_server_chose_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, told: str | None
) -> None:
    facts, cues = outcome(monkeypatch, tmp_path, f"NAME = {name!r}\n{ONE_DEVICE}")
    assert facts.played_back
    assert cues[0] is SoundCue.SPEAK
    assert (facts.input, facts.output) == (told, told)


def test_a_screen_that_crashes_costs_no_recording(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "sounddevice.py").write_text(f"NAME = 'hw'\n{ONE_DEVICE}", encoding="utf-8")
    put_on_path(monkeypatch, tmp_path)
    given: list[sound.ReplayableRecording] = []

    def crash(_cue: SoundCue) -> None:
        raise ZeroDivisionError

    def keep(recording: sound.ReplayableRecording) -> None:
        given.append(recording)
        raise ZeroDivisionError

    facts = sound.test(
        with_echo=False,
        until=time.monotonic() + PATIENCE_S,
        stop=threading.Event(),
        cue=crash,
        live=LiveValues(),
        keep=keep,
    )
    assert isinstance(facts.recording, Recording)
    assert facts.played_back
    assert [recording.lost for recording in given] == [True], "its process has ended"


@pytest.mark.parametrize(
    ("heard", "told"),
    [({"found": True, "delay_ms": 40.0, "strength_db": -9.0}, [True]), ({"found": False}, [])],
    ids=["an echo", "none so far"],
)
def test_what_was_heard_before_the_sound_stalled(
    monkeypatch: pytest.MonkeyPatch, heard: dict[str, object], told: list[bool]
) -> None:
    """An echo is one whatever comes after it; the first chirp without one says nothing of the second."""
    said: list[dict[str, Any]] = []

    def stall(_sounddevice: object, _numpy: object, _times: int, chirps: list[dict[str, object]]) -> None:
        chirps.append(heard)
        raise child._StreamError("the loudspeaker stopped")

    monkeypatch.setattr(inside, "write_line", lambda **line: said.append(line))
    monkeypatch.setattr(child, "_play_chirps", stall)
    with pytest.raises(child._StreamError):
        child._listen_for_echo(None, None, 2)
    assert [line["echo"]["found"] for line in said if "echo" in line] == told
