"""The main memory: psutil's figures, and what came back from the disk by the kernel's own count."""

from __future__ import annotations

from msgspec import structs

from amif_netcheck.model.facts import Reason, Unavailable
from amif_netcheck.platforms import portable
from amif_netcheck.platforms.answers import MemorySample
from amif_netcheck.platforms.macos.kernel import MacKernel, swapped_in_pages


def sample(kernel: MacKernel) -> MemorySample | Unavailable:
    """See `Platform.memory`. psutil's `sin` counts pages of files that are read, which is no sign of shortness."""
    read = portable.memory()
    if isinstance(read, Unavailable):
        return read
    pages, size = swapped_in_pages(kernel.vm_statistics()), kernel.page_size()
    if pages is None or not size:
        unknown = Unavailable(reason=Reason.ERROR, detail="host_statistics64 gave no answer")
        return structs.replace(read, swapped_in=unknown)
    return structs.replace(read, swapped_in=pages * size)
