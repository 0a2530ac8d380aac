"""What keeps a Windows computer busy: its kernel's lists, its power and its updates.

`processes.bin` is what NtQuerySystemInformation(5) answered the genuine CPython for Windows under Wine 8; other bytes are laid
out by hand after winternl.h and the headers of System Informer (phnt), and after winbase.h.
"""

from __future__ import annotations

import ctypes
import os
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amif_netcheck.model.facts import Battery, Reason, Unavailable
from amif_netcheck.platforms.answers import CpuSample, MemorySample, ProcessUsage
from amif_netcheck.platforms.windows import power, processes, updates
from amif_netcheck.platforms.windows.com import Guid
from amif_netcheck.platforms.windows.services import ServiceManager, ServiceRow
from tests.recorded.fake_com import E_ACCESSDENIED, FakeCom, FakeObject, Method, fails, gives
from tests.recorded.fake_windows import ADDRESS, FakeKernel, FakeRegistry, entries, process

RECORDED = Path(__file__).resolve().parents[1] / "data" / "windows" / "processes.bin"


def test_what_a_kernel_answered_is_read() -> None:
    answer = RECORDED.read_bytes()
    (address,) = struct.unpack_from("<Q", answer)
    found = processes.parse(answer[8:], address)
    names = {each.name for each in found.values()}
    assert {"services.exe", "winedevice.exe", "python.exe"} <= names
    assert 0 not in found
    for each in found.values():
        assert each.resident > 1_000_000
        assert 0 <= each.cpu_s < 60
        assert each.created > 133_000_000_000_000_000  # in 100 ns since 1601: after 2022


def test_names_times_and_owners_come_from_one_answer() -> None:
    listed = [
        process(0, "", cpu_s=99),
        process(4, "System", session=0, cpu_s=12.5),
        process(812, "Réunion d’été.exe", cpu_s=3),
    ]
    found = processes.parse(entries(listed), ADDRESS)
    assert found == {each.pid: each for each in listed[1:]}


def test_what_has_ended_and_waits_for_its_starter_is_not_running() -> None:
    assert processes.parse(entries([process(8, "gone.exe")], threads=0), ADDRESS) == {}


@given(st.binary(max_size=600), st.integers(0, 2**64 - 1))
def test_any_answer_of_a_kernel_is_read(answer: bytes, address: int) -> None:
    for each in processes.parse(answer, address).values():
        assert each.pid
    assert processes.page_files_in_use(answer) >= 0


def test_processes_of_our_session_are_the_persons_own() -> None:
    kernel = FakeKernel([process(4, "System", session=0, cpu_s=2), process(9, "teams.exe")])
    work = processes.work(kernel)
    assert isinstance(work, CpuSample)
    assert (work.busy_s, work.total_s, work.cores) == (30.0, 100.0, 8)
    assert not isinstance(work.processes, Unavailable)
    assert work.processes[4] == ProcessUsage(name="System", mine=False, cpu_s=2, memory_mb=10.0)
    assert work.processes[9].mine
    assert isinstance(work.slowdowns, Unavailable)
    assert processes.names(kernel) == {4: "System", 9: "teams.exe", os.getpid(): "python.exe"}


def test_a_kernel_that_refuses_hides_the_processes_and_not_the_total() -> None:
    kernel = FakeKernel(answers={5: PermissionError("NTSTATUS C0000022")})
    work = processes.work(kernel)
    assert isinstance(work, CpuSample)
    assert work.processes == Unavailable(reason=Reason.NOT_PERMITTED, detail="NTSTATUS C0000022")
    assert processes.names(kernel) == work.processes
    refused = FakeKernel(refused=OSError("error 5"))
    for answer in (processes.work(refused), processes.memory(refused)):
        assert isinstance(answer, Unavailable)


def test_a_kernel_with_an_empty_list_is_a_fault_and_no_quiet_computer() -> None:
    empty = processes.names(FakeKernel(answers={5: b""}))
    assert isinstance(empty, Unavailable)
    assert empty.reason is Reason.ERROR


def test_memory_with_page_files_and_what_came_back() -> None:
    performance = struct.pack("<80xI", 2500) + bytes(200)
    page_files = struct.pack("<IIII16x", 32, 500_000, 1_000, 2_000) + struct.pack("<IIII16x", 0, 9, 24, 30)
    found = processes.memory(FakeKernel(answers={2: performance, 18: page_files}))
    assert isinstance(found, MemorySample)
    assert (found.total, found.available) == (16_000_000_000, 6_000_000_000)
    assert (found.swap_used, found.swapped_in) == (1024 * 4096, 2500 * 4096)
    assert isinstance(found.stalled_pct, Unavailable)
    short = processes.memory(FakeKernel(answers={2: b"short"}))
    assert isinstance(short, MemorySample)
    for missing in (short.swap_used, short.swapped_in):
        assert isinstance(missing, Unavailable)
        assert missing.reason is Reason.UNSUPPORTED


def test_who_started_a_process_and_not_who_has_its_number_now() -> None:
    running = {
        each.pid: each
        for each in (
            process(10, "explorer.exe", parent=9, created=10),
            process(11, "ms-teams.exe", parent=10, created=20),
            process(12, "msedgewebview2.exe", parent=11, created=30),
            process(13, "late.exe", parent=14, created=40),
            process(14, "later.exe", parent=10, created=50),
            process(15, "itself.exe", parent=15),
        )
    }
    assert processes.ancestors(12, running) == ("ms-teams.exe", "explorer.exe")
    for pid in (10, 13, 15, 99):
        assert processes.ancestors(pid, running) == ()


# --- power ----------------------------------------------------------------------------------------


def status(mains: int, flags: int, charge: int, saver: int = 0) -> bytes:
    return struct.pack("<4BII", mains, flags, charge, saver, 0xFFFFFFFF, 0xFFFFFFFF)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (status(0, 0, 57), Battery(charge_pct=57, discharging=True)),
        (status(0, 4, 4), Battery(charge_pct=4, discharging=True)),  # critical
        (status(1, 8, 80), Battery(charge_pct=80, discharging=False)),
        (status(1, 1, 100), Battery(charge_pct=100, discharging=False)),  # plugged in, full
        (status(0, 8, 50), Battery(charge_pct=50, discharging=False)),  # from a dock that says nothing
        (status(1, 0x80, 255), Reason.NOT_PRESENT),  # a desktop; Wine on a computer without battery
        (status(255, 255, 255), Reason.UNSUPPORTED),
        (status(1, 255, 60), Battery(charge_pct=60, discharging=False)),
        (b"", Reason.ERROR),
    ],
)
def test_the_battery(answer: bytes, expected: Battery | Reason) -> None:
    found = power.parse(answer)
    assert (found.reason if isinstance(found, Unavailable) else found) == expected


@given(st.binary(max_size=20))
def test_any_power_status_is_read(answer: bytes) -> None:
    found = power.parse(answer)
    assert isinstance(found, Unavailable) or 0 <= found.charge_pct <= 100


@dataclass
class FakePower:
    saver: int = 0
    scheme: str | None = "381b4222-f694-41f0-9685-ff5bb260df2e"  # balanced
    effective: int | None = 2

    def status(self) -> bytes:
        return status(1, 1, 100, self.saver)

    def plan(self) -> str:
        if self.scheme is None:
            raise OSError("no plan")
        return self.scheme

    def mode(self, until: float) -> int:
        if self.effective is None:
            raise OSError("no mode")
        return self.effective


@pytest.mark.parametrize(
    ("library", "expected"),
    [
        (FakePower(), False),
        (FakePower(saver=1), True),
        (FakePower(scheme="a1841308-3541-4fab-bc81-f71556f20b4a"), True),
        (FakePower(effective=0), True),
        (FakePower(effective=1), True),
        (FakePower(effective=4), False),
        (FakePower(saver=1, scheme=None, effective=None), True),
        (FakePower(scheme=None, effective=None), None),
        (FakePower(effective=None), None),
    ],
)
def test_whether_power_is_saved(library: FakePower, expected: bool | None) -> None:
    found = power.power_saver(library)
    assert (None if isinstance(found, Unavailable) else found) is expected


def test_a_power_mode_that_is_never_told_keeps_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows calls back at registration; here it never does."""
    released: list[object] = []

    def release(handle: object) -> int:
        released.append(handle)
        return 0

    def function(_library: str, name: str, *_types: object, **_result: object) -> Callable[..., int]:
        return (lambda *_: 0) if name == power._REGISTER else release

    monkeypatch.setattr(power, "function", function)
    before = time.monotonic()
    with pytest.raises(OSError, match="no power mode was told"):
        power.Power().mode(before + 0.1)
    assert time.monotonic() - before < 2
    assert len(released) == 1


def test_the_power_mode_is_what_windows_calls_back_with(monkeypatch: pytest.MonkeyPatch) -> None:
    def register(_version: int, call_back: Callable[[int, object], None], *_: object) -> int:
        threading.Thread(target=call_back, args=(3, None)).start()
        return 0

    monkeypatch.setattr(power, "function", lambda _, name, *__: register if name == power._REGISTER else id)
    assert power.Power().mode(time.monotonic() + 5) == 3


# --- updates --------------------------------------------------------------------------------------

SYSTEM, INSTALLER = "c01b9ba0-bea7-41ba-b604-d0a36f469133", "d2e0fe7f-d23e-48e1-93c0-6fa8cc346474"
SERVICING = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\RebootPending"
UPDATE = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate\Auto Update\RebootRequired"
MANAGER = r"HKLM\SYSTEM\CurrentControlSet\Control\Session Manager"
YES, NO = -1, 0
"""VARIANT_BOOL."""


@dataclass
class FakeServices(ServiceManager):
    """Rows of EnumServicesStatusExW, their names behind them; None: Windows does not tell."""

    names: tuple[str, ...] | None = ("Audiosrv", "wuauserv")

    def running(self) -> tuple[bytes, int, int] | Unavailable:
        if self.names is None:
            return Unavailable(reason=Reason.NOT_PERMITTED, detail="OpenSCManagerW: error 5")
        size, texts = ctypes.sizeof(ServiceRow), b""
        rows = b""
        for name in self.names:
            where = ADDRESS + size * len(self.names) + len(texts)
            rows += bytes(ServiceRow(name=where, display_name=where, state=4, pid=900 + len(rows)))
            texts += name.encode("utf-16-le") + b"\0\0"
        return rows + texts, ADDRESS, len(self.names)


def agent(*, restart: int | None = NO, busy: int | None = NO) -> FakeCom:
    """None: it refuses."""
    library = FakeCom()

    def told(value: int | None) -> Method:
        if value is None:
            return fails(E_ACCESSDENIED, ctypes.c_void_p)
        return gives(ctypes.c_int16, value)

    library.classes[SYSTEM] = FakeObject(library, {8: told(restart)})
    library.classes[INSTALLER] = FakeObject(library, {23: told(busy)})
    return library


@pytest.mark.parametrize(
    ("registry", "restart", "expected"),
    [
        ({}, NO, False),
        ({}, YES, True),
        ({SERVICING: {}}, NO, True),  # the key alone is the mark: it has no values
        ({UPDATE: {"4f1c": 1}}, None, True),
        ({}, None, False),
        ({SERVICING: None}, None, None),
        ({SERVICING: None}, NO, None),
        ({SERVICING: None}, YES, True),
        ({MANAGER: {"PendingFileRenameOperations": ["\\??\\C:\\Windows\\Temp\\a.tmp", ""]}}, NO, False),
        ({MANAGER: {"PendingFileRenameOperations": ["\\??\\C:\\x", "!\\??\\C:\\Windows\\System32\\a.dll"]}}, NO, True),
        ({MANAGER: {"PendingFileRenameOperations": ["\\??\\C:\\x", "\\??\\C:\\Program Files\\Chrome\\a.dll"]}}, NO, False),
        ({MANAGER: {"PendingFileRenameOperations": "nonsense"}}, NO, False),
    ],
)  # fmt: skip
def test_whether_an_update_waits_for_a_restart(
    registry: dict[str, dict[str, object] | None], restart: int | None, expected: bool | None
) -> None:
    library = agent(restart=restart)
    found = updates.restart_pending(library, FakeRegistry(registry), FakeServices())
    assert (None if isinstance(found, Unavailable) else found) is expected
    assert library.is_given_back()


def test_windows_updates_service_is_never_started() -> None:
    """An agent that is asked while its service does not run would start it."""
    library, idle = FakeCom(enter_error=AssertionError("asked")), FakeServices(("Audiosrv", "Dnscache"))
    assert updates.in_progress(library, FakeLock(), idle) is False
    assert updates.restart_pending(library, FakeRegistry(), idle) is False
    untold = updates.in_progress(library, FakeLock(), FakeServices(None))
    assert isinstance(untold, Unavailable)
    assert untold.reason is Reason.UNSUPPORTED


@dataclass
class FakeLock:
    is_held: bool | OSError = False

    def held(self) -> bool:
        if isinstance(self.is_held, OSError):
            raise self.is_held
        return self.is_held


@pytest.mark.parametrize(
    ("lock", "busy", "expected"),
    [
        (False, NO, False),
        (True, NO, True),
        (True, None, True),
        (False, YES, True),
        (False, None, Reason.NOT_PERMITTED),
        (OSError("error 5"), YES, True),
        (OSError("error 5"), NO, Reason.ERROR),
    ],
)
def test_whether_something_is_being_installed(
    lock: bool | OSError, busy: int | None, expected: bool | Reason
) -> None:
    library = agent(busy=busy)
    found = updates.in_progress(library, FakeLock(lock), FakeServices())
    assert (found.reason if isinstance(found, Unavailable) else found) == expected
    assert library.is_given_back()


def test_services_that_hang_are_left_behind_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    released = threading.Event()

    class HangingServices(FakeServices):
        def running(self) -> tuple[bytes, int, int] | Unavailable:
            released.wait(30)
            return super().running()

    monkeypatch.setattr(updates, "_AGENT_S", 0.1)
    before = time.monotonic()
    try:
        found = updates.in_progress(FakeCom(), FakeLock(), HangingServices())
    finally:
        released.set()
    assert time.monotonic() - before < 2
    assert isinstance(found, Unavailable)
    assert found.reason is Reason.TIMEOUT


@pytest.mark.parametrize(
    ("code", "expected", "calls"),
    [
        (0, False, ["OpenMutexW", "WaitForSingleObject", "ReleaseMutex", "CloseHandle"]),
        (0x80, False, ["OpenMutexW", "WaitForSingleObject", "ReleaseMutex", "CloseHandle"]),
        (0x102, True, ["OpenMutexW", "WaitForSingleObject", "CloseHandle"]),
        (0xFFFF_FFFF, Reason.ERROR, ["OpenMutexW", "WaitForSingleObject", "CloseHandle"]),
    ],
)
def test_a_mutex_that_could_not_be_waited_for_is_not_free(
    monkeypatch: pytest.MonkeyPatch, code: int, expected: bool | Reason, calls: list[str]
) -> None:
    made: list[str] = []

    def function(_library: str, name: str, *_types: Any, **_result: Any) -> Any:
        def call(*_given: Any) -> int:
            made.append(name)
            return code if name == "WaitForSingleObject" else 1

        return call

    monkeypatch.setattr(updates, "function", function)
    found = updates.in_progress(agent(), updates.MsiMutex(), FakeServices())
    assert (found.reason if isinstance(found, Unavailable) else found) == expected
    assert made == calls


def test_an_agent_that_hangs_is_left_behind_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    released = threading.Event()

    class Hanging(FakeCom):
        def create(self, class_id: Guid, interface: Guid) -> int:
            released.wait(30)
            return super().create(class_id, interface)

    monkeypatch.setattr(updates, "_AGENT_S", 0.1)
    before = time.monotonic()
    try:
        found = updates.in_progress(Hanging(), FakeLock(), FakeServices())
    finally:
        released.set()
    assert time.monotonic() - before < 2
    assert isinstance(found, Unavailable)
    assert found.reason is Reason.TIMEOUT
