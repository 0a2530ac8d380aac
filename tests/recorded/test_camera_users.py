"""Who has a camera. Trees as Linux lays /sys and /proc out, `pw-dump` as PipeWire 0.3.65 writes it (cut down by hand from a real
one), the privacy store as Windows 10 and 11 have it, CoreMediaIO's answers: the rest written by hand."""

from __future__ import annotations

import json
import os
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from amif_netcheck.model.facts import Camera, CameraBus, Reason, Unavailable
from amif_netcheck.platforms.answers import CameraUser
from amif_netcheck.platforms.linux import camera_users, pipewire_cameras
from amif_netcheck.platforms.linux.camera_users import CameraFolders
from amif_netcheck.platforms.macos import camera_users as mac_users
from amif_netcheck.platforms.macos.properties import PropertyError
from amif_netcheck.platforms.windows import camera_users as windows_users
from amif_netcheck.platforms.windows.processes import SystemProcess
from tests.recorded.fake_windows import FakeRegistry, process
from tests.recorded.mac_hal import FakeHal, device, mac
from tests.recorded.test_cameras import USB, node
from tests.systems import needs_linux

SOON_S = 5.0
LINKS = needs_linux("how its kernel shows cameras and processes")
FIREFOX, PIPEWIRE, OTHERS = 4242, 901, 77
NAMES = {1: "systemd", FIREFOX: "firefox", PIPEWIRE: "pipewire"}


# --- Linux ----------------------------------------------------------------------------------------


class Computer:
    """A camera, and processes with what they hold."""

    def __init__(self, root: Path, device: str = USB, status: str = "active") -> None:
        self.root = root
        node(root, "video0", device)
        self.hold(1)
        power = root / "devices" / Path(device).parent / "power"
        power.mkdir()
        (power / "runtime_status").write_text(f"{status}\n")

    def hold(self, pid: int, *targets: str) -> None:
        folder = self.root / "proc" / str(pid) / "fd"
        folder.mkdir(parents=True)
        for number, target in enumerate(targets):
            (folder / str(number)).symlink_to(target)

    @property
    def video(self) -> str:
        return str(self.root / "dev" / "video0")

    def users(self, clients: Any = lambda _until, _paths: ()) -> tuple[CameraUser, ...] | Unavailable:
        folders = CameraFolders(self.root / "class", self.root / "dev", self.root / "proc")
        return camera_users.using(time.monotonic() + SOON_S, folders, lambda: NAMES, clients)


@LINKS
def test_who_holds_a_node_has_the_camera(tmp_path: Path) -> None:
    computer = Computer(tmp_path)
    computer.hold(FIREFOX, "/dev/null", computer.video)
    assert computer.users() == (CameraUser(process="firefox", pid=FIREFOX),)


@LINKS
def test_what_sleeps_nobody_has(tmp_path: Path) -> None:
    computer = Computer(tmp_path, status="suspended")
    computer.hold(FIREFOX, computer.video)  # open, and no picture asked for
    assert computer.users() == ()


@LINKS
def test_what_is_awake_and_held_by_none_of_all_programs_is_free(tmp_path: Path) -> None:
    computer = Computer(tmp_path)
    computer.hold(FIREFOX, "/dev/dri/card0")
    assert computer.users() == ()


@LINKS
@pytest.mark.parametrize("hidden", ["another account's", "not listed"])
def test_what_other_accounts_hold_can_not_be_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hidden: str
) -> None:
    computer = Computer(tmp_path)
    if hidden == "not listed":
        (tmp_path / "proc" / "1" / "fd").rmdir()
        (tmp_path / "proc" / "1").rmdir()
    else:
        real = Path.iterdir

        def refused(path: Path) -> Any:
            if path.parts[-2:] == ("1", "fd"):
                raise PermissionError(path)
            return real(path)

        monkeypatch.setattr(Path, "iterdir", refused)
    unknown = computer.users()
    assert isinstance(unknown, Unavailable)
    assert unknown.reason is Reason.NOT_PERMITTED
    computer.hold(FIREFOX, computer.video)
    assert computer.users() == (CameraUser(process="firefox", pid=FIREFOX),)


@LINKS
def test_we_ourselves_are_nobody(tmp_path: Path) -> None:
    computer = Computer(tmp_path)
    computer.hold(os.getpid(), computer.video)
    assert computer.users() == ()


@LINKS
def test_who_feeds_a_programs_camera_has_none_of_hardware(tmp_path: Path) -> None:
    computer = Computer(tmp_path, device="virtual/x")
    computer.hold(FIREFOX, computer.video)
    assert computer.users() == ()


@LINKS
def test_behind_pipewire_are_its_clients(tmp_path: Path) -> None:
    computer = Computer(tmp_path)
    computer.hold(PIPEWIRE, computer.video)
    asked: list[object] = []

    def clients(_until: float, paths: object) -> tuple[CameraUser, ...]:
        asked.append(paths)
        return (CameraUser(application="Cheese"),)

    assert computer.users(clients) == (CameraUser(application="Cheese"),)
    assert asked == [{computer.video}]


@LINKS
def test_a_pipewire_that_does_not_say_for_whom_has_it_for_somebody(tmp_path: Path) -> None:
    computer = Computer(tmp_path)
    computer.hold(PIPEWIRE, computer.video)
    assert computer.users(lambda _until, _paths: Unavailable(reason=Reason.TIMEOUT)) == (CameraUser(),)


def test_a_computer_without_camera_has_nobody_at_one(tmp_path: Path) -> None:
    folders = CameraFolders(tmp_path, tmp_path, tmp_path)
    assert camera_users.using(time.monotonic() + SOON_S, folders, lambda: NAMES) == ()


def thing(number: int, kind: str, **info: Any) -> dict[str, Any]:
    return {"id": number, "type": f"PipeWire:Interface:{kind}", "version": 3, "info": info}


CAMERA = thing(
    36,
    "Node",
    state="running",
    props={"media.class": "Video/Source", "device.api": "v4l2", "api.v4l2.path": "/dev/video0"},
)
CHEESE = thing(
    37,
    "Client",
    props={
        "application.name": "Cheese",
        "application.process.binary": "cheese",
        "application.process.id": 2001,
    },
)
STREAM = thing(40, "Node", state="running", props={"media.class": "Stream/Input/Video", "client.id": 37})
LINK = {"output-node-id": 36, "input-node-id": 40, "state": "active"}


def told(*things: dict[str, Any]) -> tuple[CameraUser, ...] | Unavailable:
    return pipewire_cameras.parse(json.dumps(things).encode(), {"/dev/video0"})


def test_a_client_is_who_is_linked_to_a_camera() -> None:
    two = (thing(46, "Link", **LINK), thing(47, "Link", **LINK))
    assert told(CAMERA, CHEESE, STREAM, *two) == (
        CameraUser(application="Cheese", process="cheese", pid=2001),
    )


@pytest.mark.parametrize(
    "things",
    [
        (CAMERA, CHEESE, STREAM),
        (CAMERA, CHEESE, STREAM, thing(46, "Link", **{**LINK, "state": "error"})),
        (CAMERA, CHEESE, thing(46, "Link", **LINK)),
        (
            thing(36, "Node", props={"media.class": "Video/Source"}),
            CHEESE,
            STREAM,
            thing(46, "Link", **LINK),
        ),
        (
            thing(36, "Node", props={"media.class": "Audio/Source", "device.api": "v4l2"}),
            STREAM,
            thing(46, "Link", **LINK),
        ),
        (
            thing(36, "Node", props={**CAMERA["info"]["props"], "api.v4l2.path": "/dev/video9"}),
            STREAM,
            thing(46, "Link", **LINK),
        ),
        (),
    ],
    ids=["no link", "a link that failed", "to nobody", "a program's", "sound", "another camera", "nothing"],
)
def test_who_is_not_linked_to_that_camera_has_it_not(things: tuple[dict[str, Any], ...]) -> None:
    assert told(*things) == ()


def test_a_camera_of_libcamera_has_no_node_of_its_own() -> None:
    camera = thing(36, "Node", props={"media.class": "Video/Source", "device.api": "libcamera"})
    stream = thing(40, "Node", props={"application.name": "Zoom", "application.process.id": "77"})
    assert told(camera, stream, thing(46, "Link", **LINK)) == (CameraUser(application="Zoom", pid=77),)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=8,
)
props = st.fixed_dictionaries(
    {},
    optional={
        "media.class": st.just("Video/Source") | json_values,
        "device.api": st.just("v4l2") | json_values,
        "api.v4l2.path": st.just("/dev/video0") | json_values,
        "client.id": st.integers(0, 3) | json_values,
        "application.name": json_values,
        "application.process.id": json_values,
    },
)
links = st.fixed_dictionaries(
    {"output-node-id": st.integers(0, 3), "input-node-id": st.integers(0, 3)}, optional={"props": st.none()}
)
things_of_pipewire = st.lists(
    st.builds(
        lambda number, kind, info: {"id": number, "type": f"PipeWire:Interface:{kind}", "info": info},
        st.integers(0, 3),
        st.sampled_from(["Node", "Client", "Link", "Port"]),
        st.fixed_dictionaries({"props": props | st.none()}) | links | st.none() | json_values,
    ),
    max_size=6,
)


@example(
    b'[{"id": 0, "type": "PipeWire:Interface:Node", "info": {"props": '
    b'{"media.class": "Video/Source", "device.api": []}}}]'
)
@given(st.binary(max_size=60) | things_of_pipewire.map(lambda things: json.dumps(things).encode()))
def test_any_dump_is_read(dump: bytes) -> None:
    answer = pipewire_cameras.parse(dump, {"/dev/video0"})
    assert isinstance(answer, Unavailable | tuple)
    if isinstance(answer, tuple):
        assert all(0 <= user.pid < 10**9 for user in answer)


def test_without_its_tool_pipewire_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    unknown = pipewire_cameras.clients(time.monotonic() + SOON_S, set())
    assert isinstance(unknown, Unavailable)
    assert unknown.reason is Reason.UNSUPPORTED


# --- Windows --------------------------------------------------------------------------------------

WEBCAM = r"HKCU\SOFTWARE\Microsoft\Windows\CurrentVersion\CapabilityAccessManager\ConsentStore\webcam"
BOOTED = 1_790_000_000.0
TODAY = (int(BOOTED) + 60 + 11_644_473_600) * 10_000_000
BEFORE = TODAY - 3600 * 10_000_000


def processes_of(**created: int) -> dict[int, SystemProcess]:
    """By name, without `.exe`, and when they were created (FILETIME)."""
    return {
        number: process(number, f"{name}.exe", created=begun)
        for number, (name, begun) in enumerate(created.items(), 10)
    }


RUNNING = processes_of(**{"Zoom": TODAY, "ms-teams": TODAY - 1, "explorer": TODAY - 1})
OPEN: dict[str, object] = {"LastUsedTimeStart": TODAY, "LastUsedTimeStop": 0}


@pytest.mark.parametrize(
    ("key", "values", "expected"),
    [
        (r"NonPackaged\C:#Zoom#bin#Zoom.exe", OPEN, "Zoom.exe"),
        ("MSTeams_8wekyb3d8bbwe", OPEN, "ms-teams.exe"),
        (r"NonPackaged\C:#Zoom#bin#Zoom.exe", {**OPEN, "LastUsedTimeStop": TODAY + 1}, None),
        (r"NonPackaged\C:#Zoom#bin#Zoom.exe", {**OPEN, "LastUsedTimeStart": BEFORE}, None),
        (r"NonPackaged\C:#Zoom#bin#Zoom.exe", {"LastUsedTimeStop": 0}, None),
        (r"NonPackaged\C:#Zoom#bin#Zoom.exe", {**OPEN, "LastUsedTimeStart": "x"}, None),
        (r"NonPackaged\C:#Webex#webex.exe", OPEN, None),
        ("5319275A.WhatsAppDesktop_cv1g1gvanyjgm", OPEN, None),
        ("NonPackaged", OPEN, None),
    ],
    ids=[
        *("a desktop program", "a package", "it has ended", "left over from before the start"),
        *("no beginning", "no number", "a program that does not run", "a package that we don't know", "no program"),
    ],
)  # fmt: skip
def test_an_open_entry_of_a_running_program_is_use_and_no_entry_says_nothing(
    key: str, values: dict[str, object], expected: str | None
) -> None:
    users = windows_users.using(FakeRegistry({rf"{WEBCAM}\{key}": values}), RUNNING, BOOTED)
    if expected is None:
        assert isinstance(users, Unavailable)
        assert users.reason is Reason.UNSUPPORTED
    else:
        assert not isinstance(users, Unavailable)
        assert [user.process for user in users] == [expected]


def test_each_process_of_the_program_is_told_since_one_may_be_ours() -> None:
    registry = FakeRegistry({rf"{WEBCAM}\NonPackaged\C:#Zoom#bin#Zoom.exe": OPEN})
    users = windows_users.using(registry, processes_of(Zoom=1, zoom=TODAY, x=1), BOOTED)
    assert users == (CameraUser(process="Zoom.exe", pid=10), CameraUser(process="zoom.exe", pid=11))


def test_an_entry_from_before_the_process_began_is_left_over_from_another() -> None:
    registry = FakeRegistry({rf"{WEBCAM}\NonPackaged\C:#Zoom#bin#Zoom.exe": OPEN})
    users = windows_users.using(registry, processes_of(Zoom=TODAY + 1), BOOTED)
    assert isinstance(users, Unavailable)
    assert users.reason is Reason.UNSUPPORTED


def test_without_a_list_of_processes_nothing_is_known_of_cameras() -> None:
    missing = Unavailable(reason=Reason.NOT_PERMITTED)
    assert windows_users.using(FakeRegistry(), missing, BOOTED) is missing


# --- macOS ----------------------------------------------------------------------------------------

BUILT_IN, OUTSIDE = (
    Camera(name="Caméra FaceTime HD", bus=CameraBus.INTERNAL, built_in=True),
    Camera(name="Logi C310", bus=CameraBus.USB, built_in=False),
)


@pytest.mark.parametrize(
    ("camera", "gone", "macos", "allowed", "expected"),
    [
        (BUILT_IN, 1, 15, False, True),
        (BUILT_IN, 0, 15, False, False),
        (BUILT_IN, 1, 12, False, None),
        (OUTSIDE, 1, 12, False, True),
        (BUILT_IN, 0, 12, False, False),
        (BUILT_IN, 1, 26, False, True),
        (BUILT_IN, 0, 26, False, None),
        (OUTSIDE, 0, 26, True, False),
        (OUTSIDE, None, 15, True, None),
    ],
)
def test_coremediaio_is_believed_where_it_is_known_to_tell(
    camera: Camera, gone: int | None, macos: int, allowed: bool, expected: bool | None
) -> None:
    assert mac_users.in_use(camera, gone, macos, allowed=allowed) is expected


def on_a_mac(hal: FakeHal, macos: int = 15, *, allowed: bool = False) -> tuple[CameraUser, ...] | Unavailable:
    return mac_users.using(hal, macos, time.monotonic() + SOON_S, allowed=allowed)


def test_a_mac_tells_that_a_camera_is_in_use_and_not_by_whom() -> None:
    hal = mac(device("Caméra FaceTime HD", "3F45", "bltn", running=True), device("Logi", "x", "usb "))
    assert on_a_mac(hal) == (CameraUser(),)
    assert on_a_mac(mac(device("Caméra FaceTime HD", "3F45", "bltn"))) == ()
    assert on_a_mac(mac()) == ()
    unknown = on_a_mac(mac(device("Caméra FaceTime HD", "3F45", "bltn")), 26)
    assert isinstance(unknown, Unavailable)


def test_a_programs_camera_that_runs_takes_no_other_one() -> None:
    hal = mac(
        device("Caméra FaceTime HD", "3F45", "bltn"),
        device("OBS Virtual Camera", "7626", "virt", running=True),
    )
    assert on_a_mac(hal) == ()


def test_a_list_that_is_refused_tells_nothing_of_use() -> None:
    hal = mac(device("Caméra", "3F45", "bltn"))
    hal.objects[1]["dev#", "glob", 0] = PropertyError("nope")
    refused = on_a_mac(hal)
    assert isinstance(refused, Unavailable)
    assert refused.reason is Reason.NOT_PERMITTED


def test_a_coremediaio_that_hangs_is_left_behind_in_time() -> None:
    released = threading.Event()

    def hanging() -> FakeHal:
        released.wait(30)
        return mac()

    before = time.monotonic()
    try:
        late = mac_users.using(hanging, 15, before + 0.1, allowed=True)
    finally:
        released.set()
    assert isinstance(late, Unavailable)
    assert late.reason is Reason.TIMEOUT
