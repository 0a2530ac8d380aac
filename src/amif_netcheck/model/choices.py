"""What may be asked of a run, on the command line and in settings alike. Loads at once: `--help` names it too."""

from __future__ import annotations

CHECKS = (
    "proximity",
    "traffic",
    "neighbours",
    "vpn",
    "firewall",
    "sound_apps",
    "apps",
    "headset",
    "camera",
    "link",
)
"""The ids of all checks, in the order of the note; the camera, which it does not speak of, after the headset."""

SYSTEMS = ("windows", "macos", "linux")
"""The operating systems, most participants' first."""

SPEED_ENGINES = ("any", "speedtest-cli", "cloudflare", "librespeed", "http", "none")
"""Who measures the rates."""

COLOURS = ("dark", "light", "contrast", "colour-blind")
"""The app's sets of colours."""

TIMEOUT_S = (1, 600)
"""The shortest and the longest run, in seconds."""

MAX_MB = (1, 10_000)
"""The least and the most megabytes that the rates may cost."""
