"""Is the line paid by volume? What Windows shows as "metered connection", whoever has set it; or a phone's, or a modem's."""

from __future__ import annotations

import ctypes

from amif_netcheck.model.facts import Reason, Unavailable
from amif_netcheck.platforms.windows import ports
from amif_netcheck.platforms.windows.network import WindowsNetwork
from amif_netcheck.platforms.windows.structures import ConnectivityHint

# nldef.h, NL_NETWORK_CONNECTIVITY_COST_HINT
_UNRESTRICTED, _FIXED, _VARIABLE = 1, 2, 3


def of_network(network: WindowsNetwork) -> bool | Unavailable:
    """Of the interface that leads to the box."""
    box = network.gateway()
    if isinstance(box, Unavailable):
        return box
    below = network.ports(box.interface)
    if not isinstance(below, Unavailable) and any(map(ports.is_metered_by_nature, below)):
        return True
    hint = network.helper.connectivity(box.scope)
    return hint if isinstance(hint, Unavailable) else parse(hint)


def parse(hint: bytes) -> bool | Unavailable:
    """From NL_NETWORK_CONNECTIVITY_HINT. Windows takes what nobody has set for unrestricted."""
    if len(hint) < ctypes.sizeof(ConnectivityHint):
        return Unavailable(reason=Reason.ERROR, detail="the hint is cut")
    given = ConnectivityHint.from_buffer_copy(hint)
    if given.cost in {_FIXED, _VARIABLE} or given.over_data_limit or given.roaming:
        return True
    if given.cost == _UNRESTRICTED:
        return False
    return Unavailable(reason=Reason.UNSUPPORTED, detail="Windows does not know the line's cost")
