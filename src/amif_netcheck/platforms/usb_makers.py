"""Makers of what looks like a network card on USB, by their vendor ids: four hexadecimal digits in lower case."""

from __future__ import annotations

PHONE_MAKERS = frozenset(
    {
        *("18d1", "04e8", "22b8", "2717", "2a70", "22d9", "2d95", "0fce", "1004", "0bb4", "2ae5", "2b4c", "2e04"),
        "05ac",  # Apple's own network adapters use other drivers
        *("05c6", "0e8d"),  # makers of phones' chips, which small brands leave in place
    }
)  # fmt: skip
"""Google, Samsung, Motorola, Xiaomi, OnePlus, OPPO, vivo, Sony, LG, HTC, Fairphone, ZUK, HMD; Apple; Qualcomm, MediaTek."""
MODEM_MAKERS = frozenset({"12d1", "19d2", "1bbb", "1199"})
"""Huawei, ZTE, Alcatel, Sierra: sticks that look like a network card."""
