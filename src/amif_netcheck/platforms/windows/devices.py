"""What devices of every kind have in common."""

from __future__ import annotations

THE_COMPUTER = "00000000-0000-0000-ffff-ffffffffffff"
"""The container of what is built into the computer (devpkey.h: GUID_CONTAINERID_INTERNALLY_CONNECTED_DEVICE)."""
