"""A Mac's power, heat, memory, processes, updates, permissions and cameras: recorded outputs and answers."""

from __future__ import annotations

import ctypes
import struct
import threading
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from amif_netcheck.model.facts import Battery, Camera, CameraBus, Reason, Unavailable
from amif_netcheck.model.fix import Fix, FixKind, FixOutcome, FixRequest
from amif_netcheck.platforms.answers import CpuSample, MemorySample, ProcessUsage
from amif_netcheck.platforms.macos import bundles, cameras, memory, permissions, power, processes, updates
from amif_netcheck.platforms.macos.kernel import LibSystem, swapped_in_pages
from amif_netcheck.platforms.macos.objective_c import CAMERA, MICROPHONE, ObjectiveC
from amif_netcheck.platforms.macos.platform import MacOS
from amif_netcheck.platforms.macos.properties import PropertyError
from tests.recorded.mac_hal import FakeHal, device, mac
from tests.recorded.mac_tools import SLOW, FakeKernel, FakeObjects, FakeTools, ps
from tests.recorded.test_mac_sound import ASSERTIONS, void

SOON_S = 5.0


# --- power ----------------------------------------------------------------------------------------------


# `pmset -g batt` in public test data and reports, of Macs with either processor
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Now drawing from 'AC Power'\n -InternalBattery-0 (id=3997795)\t100%; charged; 0:00 remaining present: true\n",
            Battery(charge_pct=100, discharging=False),
        ),
        (
            "Now drawing from 'AC Power'\n -InternalBattery-0 (id=3997795)\t79%; AC attached; not charging present: true\n",
            Battery(charge_pct=79, discharging=False),
        ),
        (
            "Now drawing from 'AC Power'\n -InternalBattery-0 (id=21758051)\t90%; charging; (no estimate) present: true\n",
            Battery(charge_pct=90, discharging=False),
        ),
        (
            "Now drawing from 'Battery Power'\n -InternalBattery-0 (id=7929955)\t8%; discharging; 0:25 remaining present: true\n",
            Battery(charge_pct=8, discharging=True),
        ),
        (  # a UPS beside a notebook comes first, and is not its battery
            (
                "Now drawing from 'AC Power'\n -UPS-1500VA (id=1234567)\t87%; charging; 0:45 remaining present: true\n"
                " -InternalBattery-0 (id=1)\t42%; charging; (no estimate) present: true\n"
            ),
            Battery(charge_pct=42, discharging=False),
        ),
    ],
)
def test_the_battery_is_the_macs_own(text: str, expected: Battery) -> None:
    assert power.battery(FakeTools(pmset_batt=text)) == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Now drawing from 'AC Power'\n", Reason.NOT_PRESENT),
        (
            "Now drawing from 'UPS Power'\n -Back-UPS ES 700 (id=1234)\t87%; discharging; (no estimate)\n",
            Reason.NOT_PRESENT,
        ),
        (
            "Now drawing from 'AC Power'\n -InternalBattery-0 (id=1)\t0%; (no estimate) present: false\n",
            Reason.NOT_PRESENT,
        ),
        ("No batteries available.\n", Reason.ERROR),
    ],
)
def test_a_mac_without_a_battery_says_so(text: str, reason: Reason) -> None:
    answer = power.parse_battery(text)
    assert isinstance(answer, Unavailable)
    assert answer.reason is reason


def test_without_pmset_psutil_is_asked_for_the_battery(monkeypatch: pytest.MonkeyPatch) -> None:
    reading = SimpleNamespace(percent=55, power_plugged=False)
    monkeypatch.setattr(psutil, "sensors_battery", lambda: reading, raising=False)
    assert power.battery(FakeTools()) == Battery(charge_pct=55, discharging=True)


# `pmset -g`: public test data of 2024 and later; `powermode` on Macs that have a high power mode too
GENERAL = "System-wide power settings:\nCurrently in use:\n standbydelaylow\t10\n standby\t1\n lowpowermode\t{}\n womp\t1\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (GENERAL.format(1), True),
        (GENERAL.format(0), False),
        (
            "Currently in use:\n powermode            1\n sleep                1 (sleep prevented by coreaudiod)\n",
            True,
        ),
        ("Currently in use:\n powermode            2\n", False),
        (" lowpowermode         0\n powermode            0\n", False),
    ],
)
def test_low_power_mode_by_pmset(text: str, expected: bool) -> None:
    assert power.power_saver(FakeObjects(), FakeTools(pmset=text)) is expected


def test_low_power_mode_by_the_system_itself() -> None:
    assert power.power_saver(FakeObjects(low=True), FakeTools(pmset=GENERAL.format(0))) is True
    assert power.power_saver(FakeObjects(low=False), FakeTools()) is False
    assert isinstance(power.power_saver(FakeObjects(), FakeTools(pmset=" womp\t1\n")), Unavailable)
    assert power.power_saver(FakeObjects(), FakeTools(pmset=SLOW)) == SLOW


COOL = (
    "Note: No thermal warning level has been recorded\nNote: No performance warning level has been recorded\n"
)
LIMITED = "2026-08-20 05:08:37 -0700 CPU Power notify\n\tCPU_Scheduler_Limit \t= 80\n\tCPU_Available_CPUs \t= 12\n\tCPU_Speed_Limit \t= {}\n"
"""`pmset -g therm` in public test data: a Mac with Apple's processor, and one with Intel's."""


@pytest.mark.parametrize(
    ("heat", "text", "slowed"),
    [
        (0, COOL, False),
        (1, COOL, False),
        (2, COOL, True),
        (3, LIMITED.format(100), True),
        (0, COOL + LIMITED.format(62), True),
        (None, LIMITED.format(100), False),
        (None, LIMITED.format(99), True),
    ],
)
def test_each_look_at_a_slowed_processor_counts(heat: int | None, text: str, slowed: bool) -> None:
    watch = power.HeatWatch(FakeObjects(heat=heat), FakeTools(pmset_therm=text))
    first, last = watch.slowdowns(), watch.slowdowns()
    assert isinstance(first, int)
    assert isinstance(last, int)
    assert (last > first) is slowed


def test_heat_that_nobody_tells_of_is_unknown() -> None:
    assert isinstance(power.HeatWatch(FakeObjects(), FakeTools(pmset_therm=COOL)).slowdowns(), Unavailable)
    assert power.HeatWatch(FakeObjects(heat=0), FakeTools()).slowdowns() == 0


@given(text=st.text(max_size=200))
def test_what_pmset_never_wrote_is_no_answer_or_one_in_bounds(text: str) -> None:
    for start in (
        "Now drawing from 'AC Power'\n -InternalBattery-0",
        " lowpowermode ",
        " CPU_Speed_Limit = ",
    ):
        battery = power.parse_battery(start + text)
        assert isinstance(battery, Unavailable) or 0 <= battery.charge_pct <= 100
        assert power.parse_power_saver(start + text) in {True, False} or isinstance(
            power.parse_power_saver(start + text), Unavailable
        )
        limit = power.speed_limit(start + text)
        assert limit is None or limit >= 0


# --- processes ------------------------------------------------------------------------------------------

TEAMS = "/Applications/Microsoft Teams.app/Contents"
WRITTEN = ps(
    (1, 0, 0, "Ss", "139:17.71", 20480, "/sbin/launchd"),
    (
        167,
        1,
        88,
        "Ss",
        "61:00.50",
        204800,
        "/System/Library/PrivateFrameworks/SkyLight.framework/Resources/WindowServer",
    ),
    (900, 1, 501, "S", "2:00.00", 1000, f"{TEAMS}/MacOS/MSTeams"),
    (
        901,
        900,
        501,
        "S",
        "0:01.25",
        1000,
        f"{TEAMS}/Helpers/Microsoft Teams WebView.app/Contents/MacOS/Microsoft Teams WebView",
    ),
    (
        902,
        1,
        501,
        "S",
        "0:00.00",
        1000,
        "/Applications/Éditeur.app/Contents/Frameworks/Éditeur Helper (Renderer).app/Contents/MacOS/Éditeur Helper (Renderer)",
    ),
    (903, 1, 501, "Z", "0:00.00", 0, "(zsh)"),
    (904, 1, 501, "Ss", "0:00.10", 900, "-zsh"),
)  # the columns' shapes: fastfetch-cli/fastfetch#984 and ps(1) of macOS


def test_processes_of_all_accounts_are_named_as_people_know_them() -> None:
    assert processes.names(FakeTools(ps=WRITTEN)) == {
        1: "launchd",
        167: "WindowServer",
        900: "MSTeams",
        901: "Microsoft Teams WebView",
        902: "Éditeur",
        904: "zsh",
    }


def test_what_other_accounts_do_is_work_too(monkeypatch: pytest.MonkeyPatch) -> None:
    times = SimpleNamespace(_asdict=lambda: {"user": 30.0, "nice": 1.0, "system": 9.0, "idle": 160.0})
    monkeypatch.setattr(psutil, "cpu_times", lambda: times)
    monkeypatch.setattr(psutil, "cpu_count", lambda: 8)
    work = processes.work(FakeTools(ps=WRITTEN), 501, 3)
    assert isinstance(work, CpuSample)
    assert (work.busy_s, work.total_s, work.cores, work.slowdowns) == (40.0, 200.0, 8, 3)
    assert not isinstance(work.processes, Unavailable)
    assert work.processes[167] == ProcessUsage(
        name="WindowServer", mine=False, cpu_s=3660.5, memory_mb=204800 * 1024 / 1e6
    )
    assert work.processes[901].cpu_s == 1.25
    assert work.processes[904].mine


@pytest.mark.skipif("sys.platform == 'win32'", reason="not on Windows: psutil is not asked for it there")
@pytest.mark.parametrize("written", [SLOW, "no such column\n"])
def test_without_ps_psutil_tells_what_it_may(written: str | Unavailable) -> None:
    names = processes.names(FakeTools(ps=written))
    assert not isinstance(names, Unavailable)
    assert psutil.Process().pid in names
    work = processes.work(FakeTools(ps=written), 501, 0)
    assert isinstance(work, CpuSample)
    assert work.total_s > 0


@given(text=st.text(alphabet=st.sampled_from("0123456789 :.,-SsZ/a\n"), max_size=300))
def test_lines_of_any_shape_are_processes_or_nothing(text: str) -> None:
    for process in processes.parse(text):
        assert process.pid >= 0
        assert process.cpu_s >= 0
        assert process.path


@pytest.mark.parametrize(
    ("path", "main"),
    [
        (f"{TEAMS}/MacOS/MSTeams", True),
        (f"{TEAMS}/Helpers/Microsoft Teams WebView.app/Contents/MacOS/Microsoft Teams WebView", False),
        ("/Applications/zoom.us.app/Contents/MacOS/zoom.us", True),
        ("/Applications/VLC.app/Contents/PlugIns/helper", False),
        ("/usr/bin/say", False),
        ("", False),
    ],
)
def test_the_program_that_starts_an_application(path: str, main: bool) -> None:
    assert bundles.is_main(path) is main


# --- memory ---------------------------------------------------------------------------------------------


def statistics(swapins: int) -> bytes:
    """struct vm_statistics64 (mach/vm_statistics.h): four counts, nine of 64 bits, two, four of 64 bits, four, one."""
    return struct.pack("=4I9Q2I4Q4IQ", *range(4), *range(9), 5, 6, 70, 80, swapins, 90, *range(4), 100)


def test_what_came_back_from_the_disk_is_not_what_was_read_from_files() -> None:
    assert swapped_in_pages(statistics(1234)) == 1234
    assert swapped_in_pages(statistics(1234)[:-1]) is None
    sample = memory.sample(FakeKernel(statistics(10), 16384))
    assert isinstance(sample, MemorySample)
    assert sample.swapped_in == 163840
    assert 0 < sample.available <= sample.total


def test_a_kernel_that_does_not_tell_leaves_the_rest_known() -> None:
    sample = memory.sample(FakeKernel())
    assert isinstance(sample, MemorySample)
    assert isinstance(sample.swapped_in, Unavailable)
    assert sample.total > 0


def test_libsystem_is_asked_with_the_kernels_own_structure() -> None:
    asked: list[tuple[int, int, int]] = []

    def tell(host: int, flavour: int, answer: int, words: Any) -> int:
        asked.append((host, flavour, words[0]))
        ctypes.memmove(answer, statistics(77), 152)
        return 0

    shape = ctypes.CFUNCTYPE(
        ctypes.c_int32, ctypes.c_uint32, ctypes.c_int32, ctypes.c_void_p, ctypes.POINTER(ctypes.c_uint32)
    )
    library: Any = SimpleNamespace(
        mach_host_self=ctypes.CFUNCTYPE(ctypes.c_uint32)(lambda: 0x903),
        host_statistics64=_pointer(shape(tell)),
        getpagesize=ctypes.CFUNCTYPE(ctypes.c_int32)(lambda: 16384),
        responsibility_get_pid_responsible_for_pid=ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_int32)(
            lambda pid: 600 if pid == 601 else -1
        ),
    )
    system = LibSystem(lambda _path: library)
    assert swapped_in_pages(system.vm_statistics()) == 77
    assert asked == [(0x903, 4, 38)]
    assert (system.page_size(), system.responsible(601), system.responsible(5)) == (16384, 600, 0)


def _pointer(function: Any) -> Any:
    """The function as a library gives it: with other types than those that we call it with."""
    untyped: Any = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.cast(function, ctypes.c_void_p).value or 0)
    untyped.kept = function
    return untyped


def test_a_system_without_that_library_is_not_asked() -> None:
    def missing(path: str) -> Any:
        raise OSError(path)

    system = LibSystem(missing)
    assert (system.vm_statistics(), system.page_size(), system.responsible(1)) == (b"", 0, 0)


# --- updates --------------------------------------------------------------------------------------------

# /var/log/install.log: openzfsonosx/zfs#810 and others; the process's number changed
BEGUN = (
    b"2026-11-29 10:22:21+01 Mac installer[872]: PackageKit: Enqueuing install with framework-specified quality of service (utility)\n"
    b"2026-11-29 10:22:21+01 Mac installd[1942]: PackageKit: ----- Begin install -----\n"
)
ENDED = b"2026-11-29 10:22:30+01 Mac installd[1942]: PackageKit: ----- End install -----\n"
QUIET = ASSERTIONS
UPDATING = ASSERTIONS.replace("SoftwareUpdateTask             0", "SoftwareUpdateTask             1")
OLDER = ASSERTIONS.replace("   SoftwareUpdateTask             0\n", "")
INSTALLD = ps(
    (
        1942,
        1,
        0,
        "Ss",
        "0:09.00",
        9000,
        "/System/Library/PrivateFrameworks/PackageKit.framework/Resources/installd",
    )
)
NO_INSTALLD = ps(
    (1, 0, 0, "Ss", "0:09.00", 9000, "/sbin/launchd"), (1942, 1, 501, "S", "0:09.00", 9000, "/usr/bin/vim")
)


@pytest.mark.parametrize(
    ("log", "assertions", "written", "expected"),
    [
        (BEGUN, QUIET, INSTALLD, True),
        (BEGUN, QUIET, NO_INSTALLD, False),  # it began before the restart; its number is another's now
        (BEGUN + ENDED, QUIET, INSTALLD, False),
        (ENDED + BEGUN, OLDER, INSTALLD, True),
        (b"", QUIET, INSTALLD, False),
        (b"", UPDATING, NO_INSTALLD, True),
    ],
)
def test_an_installation_that_has_begun_and_not_ended(
    tmp_path: Path, log: bytes, assertions: str, written: str, expected: bool
) -> None:
    (tmp_path / "install.log").write_bytes(log)
    tools = FakeTools(pmset_assertions=assertions, ps=written)
    assert updates.in_progress(tools, tmp_path / "install.log") is expected


def test_updates_that_the_system_does_not_tell_of_are_unknown(tmp_path: Path) -> None:
    (tmp_path / "install.log").write_bytes(b"")
    for tools in (FakeTools(pmset_assertions=OLDER), FakeTools()):
        answer = updates.in_progress(tools, tmp_path / "install.log")
        assert isinstance(answer, Unavailable)
        assert answer.reason is Reason.UNSUPPORTED
    answer = updates.in_progress(FakeTools(), tmp_path / "none")
    assert isinstance(answer, Unavailable)
    assert answer.reason is Reason.NOT_PERMITTED
    assert updates.in_progress(FakeTools(pmset_assertions=QUIET), tmp_path / "none") is False


def test_only_the_end_of_a_long_log_is_read(tmp_path: Path) -> None:
    log = tmp_path / "install.log"
    log.write_bytes(BEGUN + b"x" * 600_000)
    assert updates.in_progress(FakeTools(pmset_assertions=QUIET, ps=INSTALLD), log) is False


def test_what_waits_for_a_restart_is_unknown() -> None:
    answer = updates.restart_pending()
    assert isinstance(answer, Unavailable)
    assert answer.reason is Reason.UNSUPPORTED


# --- permissions ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("status", "expected"), [(1, False), (2, False), (3, True)])
@pytest.mark.parametrize("media", [MICROPHONE, CAMERA])
def test_what_was_answered_is_told(status: int, expected: bool, media: str) -> None:
    objects = FakeObjects(status=status)
    assert permissions.allowed(objects, media, time.monotonic() + SOON_S) is expected
    assert objects.media == [media]


@pytest.mark.parametrize("status", [0, 4, None])
def test_who_was_never_asked_has_not_refused(status: int | None) -> None:
    answer = permissions.allowed(FakeObjects(status=status), MICROPHONE, time.monotonic() + SOON_S)
    assert isinstance(answer, Unavailable)
    assert answer.reason is Reason.UNSUPPORTED


def test_a_system_that_does_not_answer_is_left_behind() -> None:
    released = threading.Event()
    objects = FakeObjects(status=3)
    objects.authorization = lambda _media: released.wait(30) and 3  # type: ignore[method-assign,assignment]
    try:
        answer = permissions.allowed(objects, MICROPHONE, time.monotonic() + 0.1)
    finally:
        released.set()
    assert isinstance(answer, Unavailable)
    assert answer.reason is Reason.TIMEOUT


# --- the Objective-C runtime, as C functions ------------------------------------------------------------


class FakeRuntime:
    """libobjc: classes, selectors and strings are numbers; every library that is opened is this one."""

    def __init__(self, *, absent: tuple[str, ...] = (), answers: dict[str, int] | None = None) -> None:
        self.absent = absent
        self.answers = answers or {}
        self.opened: list[str] = []
        self.numbers: dict[str, int] = {}
        self.sent: list[tuple[str, str, int]] = []
        self.pools: list[str] = []
        named = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_char_p)
        message = ctypes.CFUNCTYPE(ctypes.c_ssize_t, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)
        self.objc_getClass = named(lambda name: self.number(name.decode()))
        self.sel_registerName = named(lambda name: self.number(name.decode()))
        self.objc_msgSend = message(self.send)
        self.objc_autoreleasePoolPush = ctypes.CFUNCTYPE(ctypes.c_void_p)(self.push)
        self.objc_autoreleasePoolPop = ctypes.CFUNCTYPE(None, ctypes.c_void_p)(
            lambda _pool: self.pools.append("pop")
        )

    def open(self, path: str) -> FakeRuntime:
        self.opened.append(path)
        return self

    def push(self) -> int:
        self.pools.append("push")
        return 1

    def number(self, name: str) -> int | None:
        return None if name in self.absent else self.numbers.setdefault(name, 0x100 + len(self.numbers))

    def send(self, receiver: int, selector: int, argument: int | None) -> int:
        names = {number: name for name, number in self.numbers.items()}
        message = names[selector]
        self.sent.append((names.get(receiver, "?"), message, (argument or 0) & 0xFFFFFFFF))
        return self.answers.get(message, 0)


def test_messages_are_sent_with_their_own_types() -> None:
    runtime = FakeRuntime(
        answers={
            "processInfo": 0x900,
            "isLowPowerModeEnabled": 1,
            "thermalState": 2,
            "authorizationStatusForMediaType:": 3,
            "stringWithUTF8String:": 0x800,
            "runningApplicationWithProcessIdentifier:": 0x700,
            "terminate": 1,
        }
    )
    objects = ObjectiveC(runtime.open)
    assert objects.low_power() is True
    assert objects.thermal_state() == 2
    assert objects.authorization(MICROPHONE) == 3
    assert runtime.sent[-1] == ("AVCaptureDevice", "authorizationStatusForMediaType:", 0x800)
    assert objects.is_application(4242) is True
    assert runtime.sent[-1] == ("NSRunningApplication", "runningApplicationWithProcessIdentifier:", 4242)
    assert objects.quit(4242) is True
    assert runtime.sent[-1][1] == "terminate"
    assert runtime.pools == ["push", "pop"] * 5
    assert not any("request" in message or "force" in message for _, message, _ in runtime.sent)


def test_what_the_system_does_not_have_is_an_error() -> None:
    objects = ObjectiveC(FakeRuntime(absent=("AVCaptureDevice", "NSProcessInfo")).open)
    with pytest.raises(OSError, match="AVCaptureDevice"):
        objects.authorization(MICROPHONE)
    with pytest.raises(OSError, match="NSProcessInfo"):
        objects.low_power()

    def missing(path: str) -> Any:
        raise OSError(path)

    with pytest.raises(OSError, match="libobjc"):
        ObjectiveC(missing).thermal_state()
    with pytest.raises(OSError, match="objc_getClass"):
        ObjectiveC(lambda _path: SimpleNamespace()).thermal_state()


def test_an_application_that_has_gone_is_not_asked_to_quit() -> None:
    runtime = FakeRuntime()
    assert ObjectiveC(runtime.open).quit(1) is False
    assert [message for _, message, _ in runtime.sent] == ["runningApplicationWithProcessIdentifier:"]


# --- cameras --------------------------------------------------------------------------------------------


# Names, models and identities: nonocast/me#363, obsproject/obs-studio#4242, and public test data of system_profiler
@pytest.mark.parametrize(
    ("name", "model", "uid", "transport", "bus", "built_in"),
    [
        (
            "Caméra FaceTime HD",
            "Digital Camera",
            "3F45E80A-0176-46F7-B185-BB9E2C0E82E3",
            "bltn",
            CameraBus.INTERNAL,
            True,
        ),
        (
            "FaceTime HD Camera",
            "Apple Camera VendorID_0x106B ProductID_0x1570",
            "CC25",
            "pci ",
            CameraBus.INTERNAL,
            True,
        ),
        (
            "FaceTime HD Camera",
            "UVC Camera VendorID_1452 ProductID_34068",
            "0x1410000005ac8514",
            "usb ",
            CameraBus.USB,
            True,
        ),
        (
            "Studio Display Camera",
            "UVC Camera VendorID_1452 ProductID_4372",
            "0x15bc0000",
            "usb ",
            CameraBus.USB,
            False,
        ),
        (
            "Logi C310 HD WebCam",
            "UVC Camera VendorID_1133 ProductID_2075",
            "0x110000046d081b",
            "usb ",
            CameraBus.USB,
            False,
        ),
        (
            "Canon Digital Camera",
            "UVC Camera VendorID_1193 ProductID_12563",
            "0x212000004a93113",
            "usb ",
            CameraBus.USB,
            False,
        ),
        (
            "Appareil photo de iPhone de Jean",
            "iPhone15,2",
            "1DCEE953-411B-4B84-905A-257100000001",
            "ccwd",
            CameraBus.NETWORK,
            False,
        ),
        ("iPhone de Jean", "iPhone18,2", "00008150-0", "othr", CameraBus.NETWORK, False),
        (
            "OBS Virtual Camera",
            "OBS Camera Extension",
            "7626645E-4425-469E-9D8B-97E0FA59AC75",
            "virt",
            CameraBus.VIRTUAL,
            False,
        ),
        ("OBS Virtual Camera", "", "obs-virtual-cam-device", "pci ", CameraBus.VIRTUAL, False),
        ("MEETAMASK Camera", "MEETAMASK Virtual Camera", "x", "bltn", CameraBus.VIRTUAL, False),
        ("Capture", "", "y", "abcd", CameraBus.UNKNOWN, None),
    ],
)
def test_each_camera_is_what_it_is(
    name: str, model: str, uid: str, transport: str, bus: CameraBus, built_in: bool | None
) -> None:
    assert cameras.camera(name, model, uid, transport) == Camera(name=name, bus=bus, built_in=built_in)


def cameras_of(hal: Any, seconds: float = SOON_S) -> Any:
    return cameras.present(hal, time.monotonic() + seconds)


def test_cameras_are_those_that_the_system_lists() -> None:
    hal = mac(device("Caméra FaceTime HD", "3F45", "bltn"), device("OBS Virtual Camera", "7626", "virt"))
    assert cameras_of(hal) == (
        Camera(name="Caméra FaceTime HD", bus=CameraBus.INTERNAL, built_in=True),
        Camera(name="OBS Virtual Camera", bus=CameraBus.VIRTUAL, built_in=False),
    )
    del hal.objects[40]
    assert [found.name for found in cameras_of(hal)] == ["OBS Virtual Camera"]
    assert cameras_of(mac()) == ()


def test_a_list_of_cameras_that_is_refused_or_slow_is_unknown() -> None:
    hal = mac(device("Caméra", "3F45", "bltn"))
    hal.objects[1]["dev#", "glob", 0] = PropertyError("nope")
    assert cameras_of(hal).reason is Reason.NOT_PERMITTED

    def missing() -> FakeHal:
        raise OSError("dlopen")

    assert cameras_of(missing).reason is Reason.NOT_PRESENT
    released = threading.Event()
    hal.before = lambda: void(released.wait(30))
    try:
        assert cameras_of(hal, 0.1).reason is Reason.TIMEOUT
    finally:
        released.set()


# --- all of it, on a machine that is no Mac --------------------------------------------------------------


@pytest.mark.skipif(
    "sys.platform != 'linux'", reason="only on Linux: a Mac answers, and Windows has no such paths"
)
def test_on_another_system_each_answer_is_unknown_and_none_is_an_exception() -> None:
    platform, until = MacOS(), time.monotonic() + SOON_S
    sound = platform.sound(until)
    answers: dict[str, object] = {
        "devices": sound.devices,
        "streams": sound.streams,
        "microphone": platform.microphone_allowed(until),
        "camera": platform.camera_allowed(until),
        "cameras": platform.cameras(until),
        "saver": platform.power_saver(),
        "restart": platform.restart_pending(),
        "update": platform.update_in_progress(),
    }
    assert {name: isinstance(answer, Unavailable) for name, answer in answers.items()} == dict.fromkeys(
        answers, True
    )
    work, sample = platform.work(), platform.memory()
    assert isinstance(work, CpuSample)
    assert isinstance(work.slowdowns, Unavailable)
    assert isinstance(sample, MemorySample)
    assert isinstance(sample.swapped_in, Unavailable)
    assert platform.fixable >= {FixKind.CHOOSE_DEVICE, FixKind.CLOSE_APPLICATION}
    for kind in FixKind:
        assert platform.offers(FixRequest(kind=kind, about=("zoom.us", "output")), until) == ()
    nothing = Fix(
        kind=FixKind.CLOSE_APPLICATION, params={"process": "zoom.us"}, target=("999999999", "never")
    )
    assert platform.carry_out(nothing, until).outcome is FixOutcome.GONE
    assert isinstance(platform.renewed(), MacOS)
