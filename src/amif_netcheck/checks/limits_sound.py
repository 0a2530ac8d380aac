"""The limits of `headset`: see `limits`."""

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

ALL: tuple[Limit, ...] = (INPUT_VOLUME, RATE, BATTERY)
