"""What the microphone gave when the person asked for a test. Only figures: recordings are never kept."""

from __future__ import annotations

from typing import Annotated

from amif_netcheck.model.facts.base import NOT_REQUESTED, Fact, Unavailable, private
from amif_netcheck.model.facts.sound import SoundObstacle


class Recording(Fact, frozen=True, kw_only=True):
    """Figures of `seconds` of sound. Levels are dBFS of RMS values (a full-scale sine has -3), digital silence is -120.

    `level_dbfs` is that of the loudest 30 % of 20 ms frames: of the speech, when there is `speech`; `noise_dbfs` is
    exceeded by 90 % of them. `clipped_pct` counts samples in runs of three or more at full scale. `all_zero`: not even
    noise, so nobody let us hear the microphone, or it is off.
    """

    seconds: float
    rate_hz: int
    rms_dbfs: float
    peak_dbfs: float
    level_dbfs: float
    noise_dbfs: float
    clipped_pct: float
    all_zero: bool
    speech: bool


class Echo(Fact, frozen=True, kw_only=True):
    """Was a chirp that was played heard by the microphone?

    `delay_ms` after it left the computer, by the sound system's clock; `strength_db` against what was played; both are None
    when it was not heard.
    """

    heard: bool
    delay_ms: float | None = None
    strength_db: float | None = None


class SoundTestFacts(Fact, frozen=True, kw_only=True):
    """The sound test. `echo` is not requested with a headset, unless the person asked for it.

    `input` and `output` are the names of the default devices that were tested, "" where none was chosen; None: not known.
    """

    recording: Recording | Unavailable
    echo: Echo | Unavailable = NOT_REQUESTED
    played_back: bool = False
    obstacle: SoundObstacle = SoundObstacle.NONE
    package: str = ""
    input: Annotated[str, private("device")] | None = None
    output: Annotated[str, private("device")] | None = None
