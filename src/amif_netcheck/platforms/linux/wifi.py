"""The radio link from up to three sources: the kernel, then NetworkManager, then /proc; the later fill what the first left open."""

from __future__ import annotations

from msgspec import structs

from amif_netcheck.model.facts import Band, Unavailable, WifiLink
from amif_netcheck.platforms.linux import network_manager, nl80211, proc_wireless


def link(interface: str, until: float) -> WifiLink | Unavailable:
    """The radio link of `interface`, by `until` (`time.monotonic`)."""
    known = nl80211.link(interface, until)
    if _lacks_signal(known) or _may_have_a_better_band(known):
        known = merge_missing(known, network_manager.link(interface, until))
    if _lacks_signal(known):
        known = merge_missing(known, proc_wireless.link(interface))
    return known


def merge_missing(first: WifiLink | Unavailable, second: WifiLink | Unavailable) -> WifiLink | Unavailable:
    """`first`, with what only `second` knows. A signal is taken with all that belongs to it."""
    if isinstance(first, Unavailable) or isinstance(second, Unavailable):
        return second if isinstance(first, Unavailable) and isinstance(second, WifiLink) else first
    taken = {
        name: getattr(second, name)
        for name in first.__struct_fields__
        if isinstance(getattr(first, name), Unavailable)
        and not isinstance(getattr(second, name), Unavailable)
    }
    if "signal_dbm" in taken:
        taken["estimated"] = second.estimated
    if first.other_bands == () and not isinstance(second.other_bands, Unavailable):
        taken["other_bands"] = second.other_bands
    return structs.replace(first, **taken)


def _lacks_signal(link: WifiLink | Unavailable) -> bool:
    return isinstance(link, Unavailable) or isinstance(link.signal_dbm, Unavailable)


def _may_have_a_better_band(link: WifiLink | Unavailable) -> bool:
    """The kernel forgets in half a minute what it heard; NetworkManager remembers for minutes."""
    return isinstance(link, WifiLink) and link.band is Band.GHZ_2_4 and not _names_other_bands(link)


def _names_other_bands(link: WifiLink) -> bool:
    return not isinstance(link.other_bands, Unavailable) and bool(link.other_bands)
