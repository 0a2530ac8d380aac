"""The limits of `headset` and of its sound test: see `limits`. Levels are dBFS of RMS values."""

from __future__ import annotations

from amif_netcheck.checks.limits import Limit, Threshold

_VOLUME = "PulseAudio's volume is cubic (pulse/volume.c): 25 % is 36 dB below full, 40 % is 24 dB"

INPUT_VOLUME = Limit(
    id="headset.input_volume_pct",
    unit="pct",
    floor=True,
    info=Threshold(40, "amif-netcheck, 2026", _VOLUME),
    warning=Threshold(25, "amif-netcheck, 2026", _VOLUME),
)
RATE = Limit(
    id="headset.rate_khz",
    unit="khz",
    floor=True,
    warning=Threshold(
        16,
        "Bluetooth HFP 1.8",
        "Wideband speech is sampled at 16 kHz (mSBC); below that it is a telephone's (CVSD)",
    ),
)
BATTERY = Limit(
    id="headset.battery_pct",
    unit="pct",
    floor=True,
    info=Threshold(
        30, "amif-netcheck, 2026", "Makers of headsets warn at 10 to 20 %; an hour's meeting takes some 10 %"
    ),
    warning=Threshold(
        10, "amif-netcheck, 2026", "Makers of headsets warn at 10 to 20 %: it may end within the meeting"
    ),
)

_TESTRTC = "webrtc/testrtc 0ce3552b (2023): a microphone whose RMS level stays below -60 dBFS is too quiet"
_OVER = "Speech less than 15 dB over the noise is understood with effort only"
_AIM = "Calls aim at speech of -30 to -12 dBFS (RMS); the rest is amplified by the meeting's window, with its noise"

SILENCE = Limit(
    id="headset.silence_dbfs",
    unit="dbfs",
    floor=True,
    critical=Threshold(-60, "WebRTC testrtc, 2023", _TESTRTC),
)
LEVEL = Limit(
    id="headset.level_dbfs",
    unit="dbfs",
    floor=True,
    info=Threshold(-36, "amif-netcheck, 2026", _AIM),
    warning=Threshold(-45, "amif-netcheck, 2026", _AIM),
)
SPEECH_OVER_NOISE = Limit(
    id="headset.speech_over_noise_db",
    unit="db",
    floor=True,
    info=Threshold(20, "amif-netcheck, 2026", _OVER),
    warning=Threshold(15, "amif-netcheck, 2026", _OVER),
)
CLIPPED = Limit(
    id="headset.clipped_pct",
    unit="pct",
    warning=Threshold(
        0.1,
        "amif-netcheck, 2026",
        "Three samples in a row at full scale are cut off; one in a thousand is heard",
    ),
)
ECHO = Limit(
    id="headset.echo_db",
    unit="db",
    info=Threshold(
        -30,
        "amif-netcheck, 2026",
        "What is weaker does not reach the others over the meeting's own echo cancellation",
    ),
    warning=Threshold(
        0,
        "amif-netcheck, 2026",
        "An echo as loud as what was played leaves echo cancellation nothing to work with",
    ),
)
