"""What kind of computer this is: inside a virtual machine the real connection is out of sight."""

from __future__ import annotations

from amif_netcheck.model.facts import Computer, Reason, Unavailable
from amif_netcheck.platforms.macos.network_kernel import NetworkKernel

_VIRTUAL_MODELS = ("virtualmac", "vmware", "parallels", "virtualbox", "qemu")
"""Beginnings of `hw.model`: Apple's own Virtualization framework, and others' on Intel, in lower case."""


def kind(kernel: NetworkKernel) -> Computer | Unavailable:
    """See `Platform.computer`."""
    try:
        model = kernel.value("hw.model")
    except OSError as error:
        return Unavailable(reason=Reason.NOT_PERMITTED, detail=f"hw.model: {error.strerror or error}")
    return parse(model, _in_a_hypervisor(kernel))


def is_virtual(kernel: NetworkKernel) -> bool:
    """Is it known to be a virtual machine?"""
    return kind(kernel) is Computer.VIRTUAL_MACHINE


def parse(model: bytes, in_a_hypervisor: bytes) -> Computer:
    """`model`: `hw.model`, a text that ends with a 0; `in_a_hypervisor`: `kern.hv_vmm_present`, a number, or empty."""
    name = model.partition(b"\0")[0].decode("utf-8", "replace").casefold()
    is_guest = any(in_a_hypervisor) or name.startswith(_VIRTUAL_MODELS)
    return Computer.VIRTUAL_MACHINE if is_guest else Computer.PHYSICAL


def _in_a_hypervisor(kernel: NetworkKernel) -> bytes:
    try:
        return kernel.value("kern.hv_vmm_present")
    except OSError:  # before macOS 11
        return b""
