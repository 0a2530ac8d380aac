"""The limits of `headset` and of its sound test: see `limits`. Levels are dBFS of RMS values."""

from __future__ import annotations

from amif_netcheck.checks.limits import Limit, Threshold
from amif_netcheck.model.text import N_

_OURS = "amif-netcheck, docs/headset.md, 2026"
_UNDERSTOOD = N_("speech that is less than 15 dB over the noise is understood with effort only")
_AIM = N_(
    "calls aim at speech of -30 to -12 dBFS; the meeting's window amplifies what is weaker, with its noise"
)
_BOTH_SCALES = N_("decibels below full; where they are known, they and the percentage both have to be low")

INPUT_VOLUME = Limit(
    id="headset.input_volume_pct",
    unit="pct",
    floor=True,
    info=Threshold(
        40, "amif-netcheck, 2026", "PulseAudio, pulse/volume.c", N_("the scale is cubic: 24 dB below full")
    ),
    warning=Threshold(
        25, "amif-netcheck, 2026", "PulseAudio, pulse/volume.c", N_("the scale is cubic: 36 dB below full")
    ),
)
INPUT_VOLUME_DB = Limit(
    id="headset.input_volume_db",
    unit="db",
    floor=True,
    info=Threshold(-23.5, "amif-netcheck, 2026", _OURS, _BOTH_SCALES),
    warning=Threshold(-36, "amif-netcheck, 2026", _OURS, _BOTH_SCALES),
)
INPUT_NOTHING = Limit(
    id="headset.input_nothing_pct",
    unit="pct",
    floor=True,
    critical=Threshold(
        10, "amif-netcheck, 2026", "PulseAudio, pulse/volume.c", N_("the scale is cubic: 60 dB below full")
    ),
)
INPUT_NOTHING_DB = Limit(
    id="headset.input_nothing_db",
    unit="db",
    floor=True,
    critical=Threshold(-59, "amif-netcheck, 2026", _OURS, _BOTH_SCALES),
)
RATE = Limit(
    id="headset.rate_khz",
    unit="khz",
    floor=True,
    warning=Threshold(
        16,
        "Bluetooth HFP 1.8",
        "Bluetooth HFP 1.8",
        N_("below this rate (mSBC), speech sounds like a telephone's (CVSD)"),
    ),
)
BATTERY = Limit(
    id="headset.battery_pct",
    unit="pct",
    floor=True,
    info=Threshold(
        30,
        "amif-netcheck, 2026",
        _OURS,
        N_("an hour's meeting takes a tenth of the battery, and makers of headsets warn below a fifth"),
    ),
    warning=Threshold(10, "amif-netcheck, 2026", _OURS, N_("it may end within the meeting")),
)
SILENCE = Limit(
    id="headset.silence_dbfs",
    unit="dbfs",
    floor=True,
    critical=Threshold(
        -60,
        "WebRTC testrtc, 2023",
        "webrtc/testrtc 0ce3552b",
        N_("a microphone that stays below this is too quiet"),
    ),
)
LEVEL = Limit(
    id="headset.level_dbfs",
    unit="dbfs",
    floor=True,
    info=Threshold(-36, "amif-netcheck, 2026", _OURS, _AIM),
    warning=Threshold(-45, "amif-netcheck, 2026", _OURS, _AIM),
)
SPEECH_OVER_NOISE = Limit(
    id="headset.speech_over_noise_db",
    unit="db",
    floor=True,
    info=Threshold(20, "amif-netcheck, 2026", _OURS, _UNDERSTOOD),
    warning=Threshold(15, "amif-netcheck, 2026", _OURS, _UNDERSTOOD),
)
CLIPPED = Limit(
    id="headset.clipped_pct",
    unit="pct",
    warning=Threshold(
        0.1,
        "amif-netcheck, 2026",
        _OURS,
        N_("one sample in a thousand that is cut off, of three in a row at full scale, is heard"),
    ),
)
ECHO = Limit(
    id="headset.echo_db",
    unit="db",
    info=Threshold(
        -30, "amif-netcheck, 2026", _OURS, N_("the meeting's own echo cancellation takes weaker ones away")
    ),
    warning=Threshold(
        0,
        "amif-netcheck, 2026",
        _OURS,
        N_("as loud as what was played: more than echo cancellation can take away"),
    ),
)
