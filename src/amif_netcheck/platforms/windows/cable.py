"""What a cable carries. Windows tells the rate; both directions at once only where nothing else is possible, or it is set."""

from __future__ import annotations

from amif_netcheck.model.facts import Duplex, EthernetLink
from amif_netcheck.platforms import ethernet
from amif_netcheck.platforms.windows.adapters import Adapter

_FULL_ALONE_MBIT_S = 1000
"""1000BASE-T with half duplex exists on paper alone (IEEE 802.3, clause 40), and no faster one at all."""
_SET = {
    **dict.fromkeys((1, 3), Duplex.HALF),
    **dict.fromkeys((2, 4), Duplex.FULL),
}
"""`*SpeedDuplex` (Microsoft's standardised INF keywords): 10 and 100 Mbit/s set by hand; 0 is negotiated."""
_RATES = {1: 10, 2: 10, 3: 100, 4: 100}
_UNTOLD_BIT_S = 2**64 - 1


def link(adapter: Adapter) -> EthernetLink:
    """Rate and duplex of one adapter."""
    told = adapter.row.receive_bit_s if adapter.row.receive_bit_s != _UNTOLD_BIT_S else 0
    rate = told // 1_000_000
    setting = adapter.driver.speed_duplex
    duplex = Duplex.FULL if rate >= _FULL_ALONE_MBIT_S else None
    if setting is not None and _RATES.get(setting) == rate:
        duplex = _SET[setting]
    return ethernet.parse(rate, duplex)
