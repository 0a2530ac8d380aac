r"""Updates: does one wait for a restart, is something being installed? Asked of Windows Update's own agent, by COM.

ISystemInformation and IUpdateInstaller (wuapi.h); the first is everybody's, the second may be refused to who is not an
administrator ("Securing Interfaces, Methods, and Properties in the WUA API"). Beside it, the marks that the servicing stack
leaves in the registry, and the mutex that Windows Installer holds while it works (`_MSIExecute`). The agent's service is
never started: where it does not run, it does nothing.
"""

from __future__ import annotations

import ctypes
import time
from collections.abc import Sequence
from typing import Protocol

from amif_netcheck.children.threads import BackgroundCall
from amif_netcheck.model.facts import Reason, Unavailable
from amif_netcheck.platforms.windows import services
from amif_netcheck.platforms.windows.com import ComLibrary, Guid, asked, created
from amif_netcheck.platforms.windows.libraries import function, last_error
from amif_netcheck.platforms.windows.registry_values import RegistryReader
from amif_netcheck.platforms.windows.services import ServiceManager

_SYSTEM_CLASS = Guid.of("C01B9BA0-BEA7-41BA-B604-D0A36F469133")
_SYSTEM = Guid.of("ADE87BF7-7B56-4275-8FAB-B9B0E591844B")
_RESTART_REQUIRED = 8
_INSTALLER_CLASS = Guid.of("D2E0FE7F-D23E-48E1-93C0-6FA8CC346474")
_INSTALLER = Guid.of("7B929C68-CCDC-4226-96B1-8724600B54C2")
_IS_BUSY = 23
_AGENT_S = 1.0
_SERVICE = "wuauserv"

_VERSION = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion"
_MARKS = (
    rf"{_VERSION}\Component Based Servicing\RebootPending",
    rf"{_VERSION}\WindowsUpdate\Auto Update\RebootRequired",
)
_SESSION_MANAGER = r"HKLM\SYSTEM\CurrentControlSet\Control\Session Manager"
_RENAMES = "PendingFileRenameOperations"
_OF_THE_SYSTEM = ("\\windows\\system32\\", "\\windows\\syswow64\\", "\\windows\\winsxs\\")

_MUTEX = "Global\\_MSIExecute"
_SYNCHRONIZE, _WAIT_TIMEOUT = 0x0010_0000, 0x102
_TAKEN = frozenset({0, 0x80})
"""WAIT_OBJECT_0; WAIT_ABANDONED, of one that ended without giving it back."""
_NONE, _DENIED = frozenset({2, 6}), 5
"""Win32 errors: not found, an invalid handle (Windows 7 to 10 say either); access denied."""


class InstallerLock(Protocol):
    """What kernel32 tells of Windows Installer's mutex: one object, so that a test can take its place."""

    def held(self) -> bool:
        """Does somebody hold it now? Raises OSError."""


def restart_pending(
    library: ComLibrary, registry: RegistryReader, manager: ServiceManager
) -> bool | Unavailable:
    """See `Platform.restart_pending`. Any sign is enough; where none can be read, nothing is known."""
    marks = [registry.exists(mark) for mark in _MARKS]
    if any(marks) or replaces_system_files(registry.values(_SESSION_MANAGER).get(_RENAMES)):
        return True
    agent = _agent(library, _SYSTEM_CLASS, _SYSTEM, _RESTART_REQUIRED, manager)
    if isinstance(agent, Unavailable) or not agent:
        unread = Unavailable(reason=Reason.NOT_PERMITTED, detail="the marks of updates may not be read")
        return unread if None in marks else False
    return agent


def replaces_system_files(renames: object) -> bool:
    """Are files of Windows itself to be replaced at the next start?

    `renames` are pairs of a file and its new name (MoveFileEx, MOVEFILE_DELAY_UNTIL_REBOOT); an empty name deletes it.
    Programs leave their own there every day, which nobody has to restart for.
    """
    if not isinstance(renames, Sequence) or isinstance(renames, (str, bytes)):
        return False
    targets = [str(name).casefold() for name in renames[1::2]]
    return any(part in target for target in targets for part in _OF_THE_SYSTEM)


def in_progress(library: ComLibrary, lock: InstallerLock, manager: ServiceManager) -> bool | Unavailable:
    """See `Platform.update_in_progress`."""
    missing: Unavailable | None = None
    try:
        if lock.held():
            return True
    except OSError as error:
        missing = Unavailable(reason=Reason.ERROR, detail=str(error))
    agent = _agent(library, _INSTALLER_CLASS, _INSTALLER, _IS_BUSY, manager)
    return agent if isinstance(agent, Unavailable) or agent else missing or False


def _agent(
    library: ComLibrary, class_id: Guid, interface: Guid, slot: int, manager: ServiceManager
) -> bool | Unavailable:
    """A VARIANT_BOOL of one of the agent's objects; False while its service does not run."""
    running = BackgroundCall(lambda: services.by_process(manager)).result(time.monotonic() + _AGENT_S)
    if isinstance(running, Unavailable):
        return running
    if not running:
        return Unavailable(reason=Reason.UNSUPPORTED, detail="Windows does not tell which services run")
    if not any(_SERVICE in (name.casefold() for name in names) for names in running.values()):
        return False

    def ask() -> bool:
        with created(library, class_id, interface) as told:
            return bool(told.number(slot, ctypes.c_int16))

    return asked(library, ask, time.monotonic() + _AGENT_S)


class MsiMutex:
    """See `InstallerLock`."""

    def held(self) -> bool:
        """See `InstallerLock`: it is taken and given back at once, where nobody else has it."""
        pointer, number = ctypes.c_void_p, ctypes.c_uint32
        open_it = function("kernel32", "OpenMutexW", number, number, ctypes.c_wchar_p, result=pointer)
        handle = open_it(_SYNCHRONIZE, 0, _MUTEX)
        if not handle:
            error = last_error()
            if error in _NONE:
                return False
            if error == _DENIED:  # there is one, and who made it keeps it to itself
                raise PermissionError(f"{_MUTEX} may not be looked at")
            raise OSError(f"OpenMutex: error {error}")
        try:
            code = function("kernel32", "WaitForSingleObject", pointer, number)(handle, 0)
            if code == _WAIT_TIMEOUT:
                return True
            if code not in _TAKEN:
                raise OSError(f"WaitForSingleObject: {code:X}")
            function("kernel32", "ReleaseMutex", pointer)(handle)
            return False
        finally:
            function("kernel32", "CloseHandle", pointer)(handle)
