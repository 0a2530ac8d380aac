r"""May programs use the microphone or the camera, and which ever used it: the answers that Windows keeps of its privacy settings.

`…\CapabilityAccessManager\ConsentStore\<capability>`, under the machine for all accounts and under the user for this one;
`NonPackaged` beside it is the switch for desktop programs, which this one is too. Nobody is asked anything.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping

from amif_netcheck.model.facts import Reason, Unavailable
from amif_netcheck.platforms.windows.registry_values import RegistryReader

_MACHINE, _USER = "HKLM", "HKCU"
MICROPHONE, CAMERA = "microphone", "webcam"
_STORE = r"SOFTWARE\Microsoft\Windows\CurrentVersion\CapabilityAccessManager\ConsentStore"
_POLICIES = rf"{_MACHINE}\SOFTWARE\Policies\Microsoft\Windows\AppPrivacy"
_POLICY = {MICROPHONE: "LetAppsAccessMicrophone", CAMERA: "LetAppsAccessCamera"}
_FORCED_OFF = 2
_DESKTOP = "NonPackaged"
_BACKSLASH = "#"
"""What stands for the backslashes of a program's path in the name of its key."""
_ALLOWED, _DENIED = "Allow", "Deny"
_MOST = 256


def allowed(registry: RegistryReader, capability: str, program: str = "") -> bool | Unavailable:
    """See `Platform.microphone_allowed`. One refusal is enough: the machine's, the person's, or that of this program alone."""
    if registry.values(_POLICIES).get(_POLICY[capability]) == _FORCED_OFF:
        return False
    machine, user = rf"{_MACHINE}\{_STORE}\{capability}", rf"{_USER}\{_STORE}\{capability}"
    desktop = rf"{user}\{_DESKTOP}"
    own = rf"{desktop}\{(program or sys.executable).replace(chr(92), _BACKSLASH)}"
    said = [registry.values(key).get("Value") for key in (machine, user, desktop, own)]
    if _DENIED in said:
        return False
    if _ALLOWED in said[:3]:
        return True
    return Unavailable(reason=Reason.UNSUPPORTED, detail=f"Windows keeps no answer about the {capability}")


def used(registry: RegistryReader, capability: str) -> Iterator[tuple[str, Mapping[str, object]]]:
    """Programs, and packages from the Store (`<name>_<publisher>`), that ever used it, with what is kept of each."""
    yield from _desktop_programs(registry, capability)
    folder = rf"{_USER}\{_STORE}\{capability}"
    for package in registry.keys(folder)[:_MOST]:
        if package != _DESKTOP:
            yield package, registry.values(rf"{folder}\{package}")


def _desktop_programs(
    registry: RegistryReader, capability: str
) -> Iterator[tuple[str, Mapping[str, object]]]:
    folder = rf"{_USER}\{_STORE}\{capability}\{_DESKTOP}"
    for program in registry.keys(folder)[:_MOST]:
        yield program.rpartition(_BACKSLASH)[2], registry.values(rf"{folder}\{program}")
