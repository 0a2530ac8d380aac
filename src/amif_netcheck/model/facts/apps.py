"""What this computer is busy with: processor, memory, battery, updates, and which programs."""

from __future__ import annotations

from msgspec import Struct

from amif_netcheck.model.facts.base import NOT_REQUESTED, Fact, Unavailable


class Program(Struct, frozen=True, kw_only=True):
    """Processes of one name and one owner taken together, over the window.

    `cpu_pct` is their share of the whole machine, all its cores; `memory_mb` what they hold resident (10^6 bytes; pages
    that several share count for each). `product` and `family` come from the catalog, empty when it isn't known. `mine`:
    they belong to who runs this check, who may therefore close them.
    """

    process: str
    product: str = ""
    family: str = ""
    mine: bool = True
    processes: int = 1
    cpu_pct: float = 0.0
    memory_mb: float = 0.0


class Memory(Fact, frozen=True, kw_only=True):
    """Main memory, in 10^6 bytes; `available_mb` could be had without swapping.

    `stalled_pct` is the share of the last ten seconds in which some program waited for memory (Linux: PSI, `some`);
    `swapped_in_mb_s` what came back from the disk over the window.
    """

    total_mb: float
    available_mb: float
    swap_used_mb: float | Unavailable
    swapped_in_mb_s: float | Unavailable = NOT_REQUESTED
    stalled_pct: float | Unavailable = NOT_REQUESTED


class Battery(Fact, frozen=True, kw_only=True):
    """The computer's own battery. `discharging`: it runs on it now."""

    charge_pct: float
    discharging: bool


class AppsFacts(Fact, frozen=True, kw_only=True):
    """The computer over a window of `window_s`, ourselves and our children taken out.

    `cpu_pct` is of all cores together, `own_cpu_pct` what we took ourselves. `slowed_by_heat`: the processor ran slower
    to cool down within the window. `installing`: an update or an installation is under way. `programs` come busiest first: those that did or hold something worth naming, and known ones.
    """

    window_s: float
    cores: int
    cpu_pct: float | Unavailable
    own_cpu_pct: float | Unavailable
    slowed_by_heat: bool | Unavailable
    memory: Memory | Unavailable
    battery: Battery | Unavailable
    power_saver: bool | Unavailable
    restart_pending: bool | Unavailable
    installing: bool | Unavailable
    programs: tuple[Program, ...] | Unavailable
