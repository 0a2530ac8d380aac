"""The byte counters of an interface, in 64 bits.

To programs that are not Apple's the kernel tells them in 32 bits and rounded, where psutil asks (NET_RT_IFLIST2; xnu,
bsd/net/rtsock.c), so that they wrap after 4 GB: half a minute at 1 Gbit/s. The interface MIB tells them as they are.
"""

from __future__ import annotations

import errno
import struct

from amif_netcheck.model.facts import Reason, Unavailable
from amif_netcheck.platforms.answers import ByteCounters
from amif_netcheck.platforms.macos.network_kernel import NetworkKernel

_DATA = struct.Struct("=16s9I8BIIQ11Q")
"""ifmibdata (net/if_mib.h): name; listeners, flags, length of the send queue and its most; drops and filler. Then if_data64
(net/if_var.h): type and seven more bytes, MTU, metric, line speed; packets and errors in and out, collisions, bytes in and out,
multicasts, drops, without a protocol."""
_NAME = 0
_BYTES = slice(-6, -4)


def of_interface(kernel: NetworkKernel, index: int) -> ByteCounters | Unavailable:
    """See `Platform.counters`."""
    try:
        data = kernel.interface_data(index)
    except OSError as error:
        reason = Reason.NOT_PRESENT if error.errno == errno.ENOENT else Reason.NOT_PERMITTED
        return Unavailable(reason=reason, detail=f"interface MIB: {error.strerror or error}")
    return parse(data)


def parse(data: bytes) -> ByteCounters | Unavailable:
    """From the bytes of an `ifmibdata`; a system whose structure is longer put new fields behind."""
    if len(data) < _DATA.size:
        return Unavailable(reason=Reason.UNSUPPORTED, detail=f"interface MIB: {len(data)} bytes")
    values = _DATA.unpack_from(data)
    if not values[_NAME].strip(b"\0"):
        return Unavailable(reason=Reason.NOT_PRESENT, detail="the interface went away")
    received, sent = values[_BYTES]
    return ByteCounters(received=received, sent=sent)
