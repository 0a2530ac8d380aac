r"""Cameras by the interfaces that their drivers register, and by the filters that programs add. None is opened.

CM_Get_Device_Interface_List and the properties of cfgmgr32.h, devpkey.h; the categories of ks.h. Programs such as OBS add a
DirectShow filter instead, which the registry lists under CLSID_VideoInputDeviceCategory.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Protocol
from uuid import UUID

from amif_netcheck.children.threads import BackgroundCall
from amif_netcheck.model.facts import Camera, CameraBus, Reason, Unavailable
from amif_netcheck.platforms.text import title
from amif_netcheck.platforms.windows.devices import THE_COMPUTER
from amif_netcheck.platforms.windows.libraries import function
from amif_netcheck.platforms.windows.registry_values import RegistryReader

_CATEGORIES = (
    "e5323777-f976-4f5b-9b55-b94699c46e44",  # KSCATEGORY_VIDEO_CAMERA
    "65e8773d-8f56-11d0-a3b9-00a0c9223196",  # KSCATEGORY_CAPTURE, which sound devices have too
)
_SOUND = "6994ad04-93ef-11d0-a3cc-00a0c9223196"
"""KSCATEGORY_AUDIO."""
_FILTERS = r"HKLM\SOFTWARE\Classes\CLSID\{860BB310-5D01-11D0-BD3B-00A0C911CE86}\Instance"
_BOARD = frozenset({"PCI", "ACPI", "INTELAVS", "INTELIPU", "SURFACE"})
_MADE_UP = frozenset({"ROOT", "SWD"})
_MOST = 64
_LONGEST = 4096

_DLL, _POINTER, _NUMBER = "cfgmgr32", ctypes.c_void_p, ctypes.c_uint32
_INTERFACE_NAME = ("026e516e-b814-414b-83cd-856d6fef4822", 2)
_DEVICE_NAME = ("a45c254e-df1c-4efd-8020-67d146a850e0", 14)
_INSTANCE = ("78c34fc8-104a-4aca-9ea4-524d52996e57", 256)
_CONTAINER = ("8c7ed206-3f8a-4827-b3ab-ae9e1faefc6c", 2)
"""Properties of devpkey.h."""
_NOWHERE = UUID(int=0)


class DeviceTree(Protocol):
    """What cfgmgr32 tells of devices that are there: one object, so that a test can take its place. All raise OSError."""

    def interfaces(self, category: str) -> tuple[str, ...]:
        r"""Paths of the interfaces of a category, such as `\\?\usb#vid_046d&pid_0892&mi_00#…#{…}\global`."""

    def name(self, interface: str) -> str:
        """What its driver or the system calls it; empty without a name."""

    def container(self, interface: str) -> str:
        """The GUID of the thing that it belongs to; empty where the system does not know."""


def present(tree: DeviceTree, registry: RegistryReader, until: float) -> tuple[Camera, ...] | Unavailable:
    """See `Platform.cameras`."""

    def ask() -> tuple[Camera, ...] | Unavailable:
        try:
            return _present(tree, registry)
        except OSError as error:
            return Unavailable(reason=Reason.UNSUPPORTED, detail=str(error))

    return BackgroundCall(ask).result(until)


def containers(tree: DeviceTree, until: float) -> frozenset[str]:
    """The things that have a camera, by `until` (`time.monotonic`); none where Windows does not tell."""

    def ask() -> frozenset[str]:
        try:
            return frozenset(tree.container(path).casefold() for path in _paths(tree)) - {""}
        except OSError:
            return frozenset()

    found = BackgroundCall(ask).result(until)
    return frozenset() if isinstance(found, Unavailable) else found


def bus(interface: str) -> CameraBus:
    """By the enumerator that the path begins with."""
    enumerator = interface.removeprefix("\\\\?\\").partition("#")[0].upper()
    if "USB" in enumerator:
        return CameraBus.USB
    if enumerator in _MADE_UP:
        return CameraBus.VIRTUAL
    return CameraBus.INTERNAL if enumerator in _BOARD else CameraBus.UNKNOWN


def _present(tree: DeviceTree, registry: RegistryReader) -> tuple[Camera, ...]:
    found = [_camera(tree, path) for path in _paths(tree)]
    names = {camera.name for camera in found}
    return (*found, *(camera for camera in _filters(registry) if camera.name not in names))


def _paths(tree: DeviceTree) -> list[str]:
    """One interface of each camera."""
    sound = {_device(path) for path in tree.interfaces(_SOUND)}
    found: dict[str, str] = {}
    for category in _CATEGORIES:
        for path in tree.interfaces(category)[:_MOST]:
            if _device(path) not in sound:
                found.setdefault(_device(path), path)
    return list(found.values())


def _device(path: str) -> str:
    """The device that an interface belongs to: its path without the category and what follows it."""
    return path.casefold().rpartition("#")[0]


def _camera(tree: DeviceTree, path: str) -> Camera:
    attached, container = bus(path), tree.container(path).casefold()
    fixed = container == THE_COMPUTER if container else None
    return Camera(
        name=title(tree.name(path)),
        bus=attached,
        built_in=False if attached is CameraBus.VIRTUAL else fixed,
    )


def _filters(registry: RegistryReader) -> list[Camera]:
    """Programs' own."""
    entries = registry.keys(_FILTERS)[:_MOST]
    names = [registry.values(rf"{_FILTERS}\{entry}").get("FriendlyName") for entry in entries]
    return [
        Camera(name=title(name), bus=CameraBus.VIRTUAL, built_in=False)
        for name in names
        if isinstance(name, str) and name
    ]


class Cfgmgr32:
    """See `DeviceTree`."""

    def interfaces(self, category: str) -> tuple[str, ...]:
        """See `DeviceTree`."""
        wanted, length = UUID(category).bytes_le, ctypes.c_uint32()
        size = function(_DLL, "CM_Get_Device_Interface_List_SizeW", _POINTER, _POINTER, _POINTER, _NUMBER)
        _checked(size(ctypes.byref(length), wanted, None, 0))
        room = ctypes.create_string_buffer(2 * length.value)
        fill = function(_DLL, "CM_Get_Device_Interface_ListW", *(_POINTER,) * 3, _NUMBER, _NUMBER)
        _checked(fill(wanted, None, room, length.value, 0))
        return tuple(path for path in room.raw.decode("utf-16-le", "replace").split("\0") if path)

    def name(self, interface: str) -> str:
        """See `DeviceTree`."""
        found = _of_interface(interface, _INTERFACE_NAME) or _of_device(interface, _DEVICE_NAME)
        return found.decode("utf-16-le", "replace").rstrip("\0")

    def container(self, interface: str) -> str:
        """See `DeviceTree`."""
        found = _of_device(interface, _CONTAINER)
        return str(UUID(bytes_le=found)) if len(found) == len(_NOWHERE.bytes) else ""


def _of_interface(interface: str, key: tuple[str, int]) -> bytes:
    ask = function(_DLL, "CM_Get_Device_Interface_PropertyW", ctypes.c_wchar_p, *(_POINTER,) * 4, _NUMBER)
    return _property(ask, interface, key)


def _of_device(interface: str, key: tuple[str, int]) -> bytes:
    """A property of the device that has the interface."""
    identity, node = _of_interface(interface, _INSTANCE), ctypes.c_uint32()
    locate = function(_DLL, "CM_Locate_DevNodeW", _POINTER, ctypes.c_wchar_p, _NUMBER)
    name = identity.decode("utf-16-le", "replace").rstrip("\0")
    if not name or locate(ctypes.byref(node), name, 0):
        return b""
    return _property(
        function(_DLL, "CM_Get_DevNode_PropertyW", _NUMBER, *(_POINTER,) * 4, _NUMBER), node.value, key
    )


def _property(ask: Callable[..., int], of: str | int, key: tuple[str, int]) -> bytes:
    """The bytes of a property; none where there is no such."""
    wanted = UUID(key[0]).bytes_le + key[1].to_bytes(4, "little")
    kind, length = ctypes.c_uint32(), ctypes.c_uint32(_LONGEST)
    room = ctypes.create_string_buffer(_LONGEST)
    failed = ask(of, wanted, ctypes.byref(kind), room, ctypes.byref(length), 0)
    return b"" if failed else room.raw[: length.value]


def _checked(code: int) -> None:
    if code:
        raise OSError(f"CONFIGRET {code:X}")
