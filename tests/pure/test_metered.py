"""A line that is probably paid by volume, told from what the kernel says of the interface; and what then may be moved."""

from __future__ import annotations

import pytest

from amif_netcheck.measure.throughput.rates import METERED_BYTES, USUAL_BYTES, RatesConfig
from amif_netcheck.platforms.linux.metered import is_metered


@pytest.mark.parametrize(
    ("uevent", "driver", "metered"),
    [
        ("INTERFACE=eth0\nIFINDEX=2\n", "e1000e", False),
        ("DEVTYPE=wlan\nINTERFACE=wlan0\n", "iwlwifi", False),
        ("DEVTYPE=wwan\nINTERFACE=wwan0\n", "qmi_wwan", True),
        ("INTERFACE=usb0\n", "rndis_host", True),
        ("INTERFACE=eth1\n", "ipheth", True),
        ("INTERFACE=enx00\n", "cdc_ncm", False),  # docking stations too
        ("", "", False),
    ],
)
def test_modems_and_phones_on_a_cable(uevent: str, driver: str, metered: bool) -> None:
    assert is_metered(uevent, driver) is metered


@pytest.mark.parametrize(
    ("wish", "of_system", "expected"),
    [
        (RatesConfig(), False, USUAL_BYTES),
        (RatesConfig(), True, METERED_BYTES),
        (RatesConfig(metered=False), True, USUAL_BYTES),
        (RatesConfig(metered=True), False, METERED_BYTES),
        (RatesConfig(max_bytes=5_000_000), True, 5_000_000),
    ],
)
def test_what_may_be_moved(wish: RatesConfig, of_system: bool, expected: int) -> None:
    assert wish.most_bytes(metered=of_system) == expected
