"""The programs that PipeWire gives a camera to, as `pw-dump` of PipeWire's own tools tells: nodes, and links between them.

A camera's node has the class `Video/Source` and the `device.api` of what drives it; a program's node is at the other end of
a link (PipeWire's keys.h). No stream is opened, and no server is started.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import time
from collections.abc import Collection, Mapping
from typing import Any

import msgspec
from msgspec import Struct

from amif_netcheck.children import output_of
from amif_netcheck.model.facts import Reason, Unavailable
from amif_netcheck.platforms.answers import CameraUser
from amif_netcheck.platforms.text import clean

_TOOL = "pw-dump"
_HAND_OVER_S = 0.1
_NODE, _LINK, _CLIENT = (f"PipeWire:Interface:{kind}" for kind in ("Node", "Link", "Client"))
_CAMERA, _DRIVERS = "Video/Source", frozenset({"v4l2", "libcamera"})
_FAILED = "error"
_PID = re.compile(r"[0-9]{1,9}")

_Props = Mapping[str, Any]


class _Info(Struct):
    props: dict[str, Any] | None = None
    output_node: int | None = msgspec.field(name="output-node-id", default=None)
    input_node: int | None = msgspec.field(name="input-node-id", default=None)
    state: str | None = None


class _Global(Struct):
    id: int
    type: str
    info: _Info | None = None


def clients(until: float, paths: Collection[str]) -> tuple[CameraUser, ...] | Unavailable:
    """Who has one of the cameras with these nodes, by `until` (`time.monotonic`)."""
    tool = shutil.which(_TOOL)
    if tool is None:
        return Unavailable(reason=Reason.UNSUPPORTED, detail=f"{_TOOL} is not installed")
    try:
        dump = output_of((tool,), seconds=max(0.0, until - _HAND_OVER_S - time.monotonic()))
    except subprocess.TimeoutExpired:
        return Unavailable(reason=Reason.TIMEOUT, detail=f"{_TOOL} did not answer in time")
    except OSError as error:
        return Unavailable(reason=Reason.UNSUPPORTED, detail=f"{_TOOL}: {error}"[:200])
    return parse(dump, paths)


def parse(dump: bytes, paths: Collection[str]) -> tuple[CameraUser, ...] | Unavailable:
    """Of `pw-dump`'s list; a camera of libcamera has no node of its own, and is one of them whatever `paths` says."""
    try:
        things = msgspec.json.decode(dump, type=list[_Global])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return Unavailable(reason=Reason.UNSUPPORTED, detail=f"{_TOOL}: {error}"[:200])
    known = {each.id: each.info.props or {} for each in things if each.info and each.type in {_NODE, _CLIENT}}
    given = {number for number, props in known.items() if _is_given(props, paths)}
    users = {
        link.input_node: _user(known[link.input_node], known)
        for link in (each.info for each in things if each.type == _LINK)
        if link and link.output_node in given and link.input_node in known and link.state != _FAILED
    }
    return tuple(dict.fromkeys(users.values()))


def _is_given(props: _Props, paths: Collection[str]) -> bool:
    if props.get("media.class") != _CAMERA or str(props.get("device.api")) not in _DRIVERS:
        return False
    path = props.get("api.v4l2.path")
    return path is None or str(path) in paths


def _user(node: _Props, known: Mapping[int, _Props]) -> CameraUser:
    """By what the program says of its stream, else of itself."""
    client = node.get("client.id")
    itself = known.get(client, {}) if isinstance(client, int) else {}
    of_both = {**itself, **node}
    pid = str(of_both.get("application.process.id") or itself.get("pipewire.sec.pid") or "")
    return CameraUser(
        application=clean(str(of_both.get("application.name") or node.get("node.name") or "")),
        process=clean(str(of_both.get("application.process.binary") or "")),
        pid=int(pid) if _PID.fullmatch(pid) else 0,
    )
