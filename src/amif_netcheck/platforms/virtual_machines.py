"""How makers of virtual machines call the computers they make up, in their firmware's tables (SMBIOS)."""

from __future__ import annotations

_NAMES = (
    *("qemu", "kvm", "virtualbox", "innotek", "vmware", "parallels", "virtual machine", "bochs", "bhyve"),
    *("apple virtualization", "google compute engine", "openstack", "amazon ec2", "hvm domu"),
)


def is_named(firmware: str) -> bool:
    """Does one of these names appear in what the firmware says of the computer and its maker?"""
    text = firmware.casefold()
    return any(name in text for name in _NAMES)
