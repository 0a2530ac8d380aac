"""Names of what can be looked at while it is measured: the `name` of `events.LiveValue`."""

from __future__ import annotations

LATENCY = "latency_ms"
DOWNLOAD = "download_mbit_s"
UPLOAD = "upload_mbit_s"
MICROPHONE = "microphone"
PLAYED = "played"
"""Prefixes of `_dbfs` (RMS), `_peak_dbfs` and `_clipped_pct`, of the newest tenth of a second of a sound test."""
STEP_LEFT = "step_left_s"
"""What is left of the sound test's step."""
