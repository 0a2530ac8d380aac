"""What the facts about sound share."""

from __future__ import annotations

from enum import Enum


class SoundCue(Enum):
    """What the person should do now, in a sound test."""

    SPEAK = "speak"
    QUIET = "quiet"
    LISTEN = "listen"


class SoundObstacle(Enum):
    """Why the sound of this computer could not be looked at, where there is more to say than a `Reason`."""

    NONE = "none"
    NO_SERVER = "no_server"  # no sound server answers, and nothing else tells
    NO_DEVICE = "no_device"  # the sound server has no device at all
    REMOTE = "remote"  # logged in from afar (SSH): the sound server belongs to the session at the screen
    NO_LIBRARY = "no_library"  # PortAudio is missing
    MONITOR = "monitor"  # what the computer plays is chosen as its microphone
    CHANGED = "changed"  # another microphone listens than when it began
    STOPPED = "stopped"  # the sound server does not answer in time
