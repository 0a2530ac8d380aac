"""What kind of computer this is: inside a virtual machine or a container, the real connection is out of sight."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from amif_netcheck.model.facts import Computer, Reason, Unavailable
from amif_netcheck.platforms import virtual_machines

_DMI = ("sys_vendor", "product_name", "board_vendor", "bios_vendor")
_CONTAINER_FILES = ("/.dockerenv", "/run/.containerenv", "/run/systemd/container")


class VirtualizationHints(Struct, frozen=True, kw_only=True):
    """What the system shows of itself; empty where there is nothing."""

    release: str = ""  # /proc/sys/kernel/osrelease
    cpuinfo: str = ""
    dmi: str = ""
    xen: str = ""  # /proc/xen/capabilities
    device_tree: str = ""  # the hypervisor that the device tree names
    container: bool = False


def kind() -> Computer | Unavailable:
    """Look at this computer."""
    return parse(
        VirtualizationHints(
            release=_read("/proc/sys/kernel/osrelease"),
            cpuinfo=_read("/proc/cpuinfo"),
            dmi="\n".join(_read(f"/sys/class/dmi/id/{name}") for name in _DMI),
            xen=_read("/proc/xen/capabilities"),
            device_tree=_read("/proc/device-tree/hypervisor/compatible"),
            container=any(Path(file).exists() for file in _CONTAINER_FILES),
        )
    )


def parse(hints: VirtualizationHints) -> Computer | Unavailable:
    """The outermost wrapping counts: a container in a virtual machine is a virtual machine."""
    if "-microsoft" in hints.release.casefold():
        return Computer.WSL
    if (
        "control_d" in hints.xen
    ):  # the domain that holds the hardware; the processor says "hypervisor" there too
        return Computer.CONTAINER if hints.container else Computer.PHYSICAL
    flags = {
        flag
        for line in hints.cpuinfo.splitlines()
        if line.partition(":")[0].strip() == "flags"
        for flag in line.partition(":")[2].split()
    }
    if "hypervisor" in flags or hints.device_tree or virtual_machines.is_named(hints.dmi):
        return Computer.VIRTUAL_MACHINE
    if hints.container:
        return Computer.CONTAINER
    if not hints.cpuinfo:
        return Unavailable(reason=Reason.NOT_PERMITTED, detail="/proc/cpuinfo can't be read")
    return Computer.PHYSICAL


def _read(path: str) -> str:
    try:
        return Path(path).read_text(errors="replace")
    except OSError:
        return ""
