"""The computer's load: what systems say, and recorded machines, to facts."""

from __future__ import annotations

import os
import time
from pathlib import Path

import psutil
import pytest

from amif_netcheck.model.facts import AppsFacts, Battery, Memory, Reason, Unavailable
from amif_netcheck.platforms import portable
from amif_netcheck.platforms.answers import CpuSample, MemorySample, ProcessUsage
from amif_netcheck.platforms.base import Platform
from amif_netcheck.platforms.linux import power, power_profiles, pressure, updates
from amif_netcheck.platforms.recorded import Machine, Recorded
from amif_netcheck.probes import apps
from amif_netcheck.probes.context import Context
from tests.systems import needs_posix, needs_real_windows

NONE = Unavailable(reason=Reason.UNSUPPORTED)
REFUSED = Unavailable(reason=Reason.NOT_PERMITTED)


@pytest.fixture(autouse=True)
def _a_recording_needs_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apps, "_SHORTEST_WINDOW_S", 0.0)
    monkeypatch.setattr(apps, "ended_children_s", lambda: 0.0)


# --- Linux: files -----------------------------------------------------------------------------------


def test_memory_pressure_is_the_share_in_which_some_program_waited() -> None:
    text = (
        "some avg10=12.34 avg60=1.41 avg300=2.03 total=19605926\n"
        "full avg10=3.21 avg60=0.00 avg300=0.00 total=0\n"
    )
    assert pressure.parse(text) == pytest.approx(12.34)


@pytest.mark.parametrize("text", ["", "full avg10=1.00", "some avg10=", "some avg60=1.00", "some avg10=x y"])
def test_pressure_in_no_known_form_tells_nothing(text: str) -> None:
    assert isinstance(pressure.parse(text), Unavailable)


def test_a_kernel_without_pressure_says_so(tmp_path: Path) -> None:
    answer = pressure.memory(tmp_path / "memory")
    assert isinstance(answer, Unavailable)
    assert answer.reason is Reason.UNSUPPORTED


def supplies(folder: Path, **each: dict[str, str]) -> Path:
    for name, properties in each.items():
        (folder / name).mkdir()
        for key, value in properties.items():
            (folder / name / key).write_text(f"{value}\n", encoding="utf-8")
    return folder


MAINS = {"type": "Mains", "online": "1"}
NO_MAINS = {"type": "Mains", "online": "0"}
LAPTOP = {
    "type": "Battery",
    "present": "1",
    "status": "Discharging",
    "energy_now": "9000000",
    "energy_full": "45000000",
    "capacity": "20",
}
SECOND = {
    "type": "Battery",
    "present": "1",
    "status": "Unknown",
    "energy_now": "15000000",
    "energy_full": "15000000",
    "capacity": "100",
}
BY_CHARGE = {"type": "Battery", "status": "Charging", "charge_now": "1500000", "charge_full": "3000000"}
BY_PERCENT = {"type": "Battery", "status": "Discharging", "capacity": "63"}
MOUSE = {"type": "Battery", "scope": "Device", "status": "Discharging", "capacity": "5"}
EMPTY_BAY = {"type": "Battery", "present": "0", "status": "Unknown"}


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        pytest.param({}, None, id="a desktop"),
        pytest.param({"AC": MAINS, "hidpp_battery_0": MOUSE}, None, id="a desktop with a mouse"),
        pytest.param({"AC": MAINS, "BAT1": EMPTY_BAY}, None, id="an empty bay"),
        pytest.param({"AC": NO_MAINS, "BAT0": LAPTOP}, Battery(charge_pct=20, discharging=True), id="a laptop"),
        pytest.param({"AC": NO_MAINS, "BAT0": LAPTOP, "BAT1": SECOND}, Battery(charge_pct=40, discharging=True), id="two batteries"),
        pytest.param({"AC": MAINS, "BAT0": LAPTOP}, Battery(charge_pct=20, discharging=False), id="plugged in, and drained all the same"),
        pytest.param({"ucsi": {"type": "USB", "online": "1"}, "BAT0": BY_CHARGE}, Battery(charge_pct=50, discharging=False), id="USB-C"),
        pytest.param({"macsmc-battery": BY_PERCENT}, Battery(charge_pct=63, discharging=True), id="per cent only"),
    ],
)  # fmt: skip
def test_the_battery(tmp_path: Path, found: dict[str, dict[str, str]], expected: Battery | None) -> None:
    answer = power.battery(supplies(tmp_path, **found))
    if expected is None:
        assert isinstance(answer, Unavailable)
        assert answer.reason is Reason.NOT_PRESENT
    else:
        assert answer == expected


@pytest.mark.parametrize(
    ("firmware", "desktop", "expected"),
    [
        ("low-power", NONE, True),
        ("balanced", NONE, False),
        (None, NONE, NONE),
        (None, "power-saver", True),
        (None, "balanced", False),
        ("balanced", "power-saver", True),
        ("low-power", "balanced", True),
    ],
)
def test_the_power_profile(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    firmware: str | None,
    desktop: str | Unavailable,
    expected: bool | Unavailable,
) -> None:
    profile = tmp_path / "platform_profile"
    if firmware is not None:
        profile.write_text(f"{firmware}\n", encoding="utf-8")
    monkeypatch.setattr(power_profiles, "active", lambda: desktop)
    assert power.power_saver(profile) == expected


def test_slowdowns_are_counted_over_all_cores(tmp_path: Path) -> None:
    for core, count in (("cpu0", "3"), ("cpu1", "4")):
        (tmp_path / core / "thermal_throttle").mkdir(parents=True)
        (tmp_path / core / "thermal_throttle" / "core_throttle_count").write_text(
            f"{count}\n", encoding="utf-8"
        )
    (tmp_path / "cpufreq").mkdir()
    assert power.slowdowns(tmp_path) == 7
    assert isinstance(power.slowdowns(tmp_path / "cpufreq"), Unavailable)


def test_a_mark_for_a_restart(tmp_path: Path) -> None:
    mark, debian = tmp_path / "reboot-required", tmp_path / "debian_version"
    assert isinstance(updates.restart_pending((mark,), debian), Unavailable), "no Debian: nobody knows"
    debian.write_text("12.5\n", encoding="utf-8")
    assert updates.restart_pending((mark,), debian) is False
    mark.write_text("*** System restart required ***\n", encoding="utf-8")
    assert updates.restart_pending((mark,), debian) is True


LOCKS = """\
1: POSIX  ADVISORY  WRITE 734 {major:02x}:{minor:02x}:{inode} 0 EOF
1: -> POSIX  ADVISORY  WRITE 801 {major:02x}:{minor:02x}:{inode} 0 EOF
2: FLOCK  ADVISORY  WRITE 1 00:1b:17 0 EOF
3: LEASE  ACTIVE    READ  900 <none>:0 0 EOF
"""


@needs_posix("a lock that Linux lists by device and inode")
def test_a_package_manager_at_work_holds_its_lock(tmp_path: Path) -> None:
    file, kernel = tmp_path / "lock-frontend", tmp_path / "locks"
    file.touch()
    found = file.stat()
    places = {"major": os.major(found.st_dev), "minor": os.minor(found.st_dev)}
    kernel.write_text(LOCKS.format(inode=found.st_ino, **places), encoding="utf-8")
    assert updates.in_progress((tmp_path / "none", file), kernel) is True
    kernel.write_text(LOCKS.format(inode=found.st_ino + 1, **places), encoding="utf-8")
    assert updates.in_progress((file,), kernel) is False
    assert isinstance(updates.in_progress((file,), tmp_path / "none"), Unavailable)
    assert isinstance(updates.in_progress((tmp_path / "none",), kernel), Unavailable)


# --- recorded machines ------------------------------------------------------------------------------


def task(name: str, cpu_s: float, memory_mb: float = 10.0, *, mine: bool = True) -> ProcessUsage:
    return ProcessUsage(name=name, mine=mine, cpu_s=cpu_s, memory_mb=memory_mb)


def work(
    busy_s: float, total_s: float, tasks: dict[int, ProcessUsage] | Unavailable, slowdowns: int = 0
) -> CpuSample:
    return CpuSample(busy_s=busy_s, total_s=total_s, cores=4, processes=tasks, slowdowns=slowdowns)


def looked_at(machine: Machine) -> AppsFacts:
    context = Context(platform=Recorded(machine))
    context.stop.set()  # the recording needs no time to pass
    facts = apps.probe(context, time.monotonic() + 5)
    assert isinstance(facts, AppsFacts)
    return facts


def test_the_load_is_the_difference_of_two_readings_without_our_own() -> None:
    first = {1: task("init", 5, mine=False), os.getpid(): task("python", 1), 70: task("chrome", 100)}
    last = {
        1: task("init", 5, mine=False),
        os.getpid(): task("python", 2),
        70: task("chrome", 103, 400),
        71: task("chrome", 1, 500),  # began within the window
        72: task("kswapd0", 2, mine=False),
        73: task("sleep", 0),
    }
    facts = looked_at(Machine(work=(work(50, 100, first), work(57, 110, last, slowdowns=2))))
    assert facts.cpu_pct == pytest.approx(60)
    assert facts.own_cpu_pct == pytest.approx(10)
    assert facts.slowed_by_heat is True
    assert not isinstance(facts.programs, Unavailable)
    assert [(each.process, each.product, each.mine, each.processes) for each in facts.programs] == [
        ("chrome", "Chrome", True, 2),
        ("kswapd0", "Linux", False, 1),
    ]
    assert [each.cpu_pct for each in facts.programs] == pytest.approx([40, 20])
    assert facts.programs[0].memory_mb == 900


def test_a_number_that_another_process_has_now_counts_from_zero() -> None:
    first, last = {70: task("old", 100)}, {70: task("new", 2)}
    facts = looked_at(Machine(work=(work(0, 100, first), work(2, 110, last))))
    assert not isinstance(facts.programs, Unavailable)
    (only,) = facts.programs
    assert (only.process, round(only.cpu_pct, 6)) == ("new", 20)


def test_counters_that_stand_still_or_go_back_are_no_load() -> None:
    one = work(50, 100, {70: task("x", 5)})
    for last in (one, work(49, 99, {70: task("x", 5)})):
        assert looked_at(Machine(work=(one, last))).cpu_pct == 0


def test_processes_that_are_kept_from_us_leave_the_total() -> None:
    facts = looked_at(Machine(work=(work(0, 100, REFUSED), work(9, 110, REFUSED))))
    assert facts.cpu_pct == pytest.approx(90)
    assert facts.programs == REFUSED


def test_a_system_that_tells_nothing() -> None:
    facts = looked_at(Machine(power_saver=None, restart_pending=None, update_in_progress=None))
    told = (
        facts.cpu_pct,
        facts.own_cpu_pct,
        facts.slowed_by_heat,
        facts.memory,
        facts.programs,
        facts.battery,
    )
    assert all(isinstance(each, Unavailable) for each in told)
    for state in (facts.power_saver, facts.restart_pending, facts.installing):
        assert isinstance(state, Unavailable)


def test_memory_and_states() -> None:
    storage = MemorySample(
        total=8 * 10**9, available=2 * 10**9, swap_used=10**9, swapped_in=5 * 10**6, stalled_pct=3.0
    )
    battery = Battery(charge_pct=15, discharging=True)
    facts = looked_at(Machine(memory=(storage,), battery=battery, power_saver=True, update_in_progress=True))
    assert facts.memory == Memory(
        total_mb=8000, available_mb=2000, swap_used_mb=1000, swapped_in_mb_s=0.0, stalled_pct=3.0
    )
    assert (facts.battery, facts.power_saver, facts.installing, facts.restart_pending) == (
        battery, True, True, False,
    )  # fmt: skip


def test_a_window_that_is_too_short_tells_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apps, "_SHORTEST_WINDOW_S", 1.0)
    facts = apps.probe(Context(platform=Recorded(Machine())), time.monotonic() + 0.6)
    assert isinstance(facts, Unavailable)
    assert facts.reason is Reason.TIMEOUT


@needs_real_windows("psutil's names of processes")
def test_where_we_have_no_backend_the_load_is_known_all_the_same() -> None:
    context = Context(platform=Platform(), quick=True)
    context.stop.set()
    facts = apps.probe(context, time.monotonic() + 5)
    assert isinstance(facts, AppsFacts)
    assert not isinstance(facts.cpu_pct, Unavailable)
    assert not isinstance(facts.programs, Unavailable)
    assert isinstance(facts.memory, Memory)
    assert isinstance(facts.power_saver, Unavailable)


def test_a_swap_that_is_not_known_takes_nothing_from_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows without performance counters."""

    def failing() -> None:
        raise RuntimeError("PdhAddEnglishCounterW failed. Performance counters may be disabled.")

    monkeypatch.setattr(psutil, "swap_memory", failing)
    storage = portable.memory()
    assert isinstance(storage, MemorySample)
    assert isinstance(storage.swap_used, Unavailable)
    memory = looked_at(Machine(memory=(storage,))).memory
    assert isinstance(memory, Memory)
    assert isinstance(memory.swap_used_mb, Unavailable)


@needs_real_windows("psutil's names of processes")
def test_a_process_without_a_name_hides_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    read = psutil.Process.name

    def refusing(process: psutil.Process) -> str:
        if process.pid != os.getpid():
            raise OSError(87, "The parameter is incorrect")
        return read(process)

    monkeypatch.setattr(psutil.Process, "name", refusing)
    found = portable.processes()
    assert not isinstance(found, Unavailable)
    assert list(found) == [os.getpid()]
    monkeypatch.setattr(psutil.Process, "name", lambda _process: refusing(psutil.Process(os.getppid())))
    assert isinstance(portable.processes(), Unavailable)


@needs_real_windows("psutil's names of processes")
def test_a_process_that_can_not_be_read_hides_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    read = psutil.Process.as_dict

    def refusing(process: psutil.Process, *fields: object) -> dict[str, object]:
        if process.pid != os.getpid():
            raise OSError(87, "The parameter is incorrect")
        return dict(read(process, *fields))  # type: ignore[arg-type]

    monkeypatch.setattr(psutil.Process, "as_dict", refusing)
    found = portable.usage()
    assert not isinstance(found, Unavailable)
    assert list(found) == [os.getpid()]
    monkeypatch.setattr(os, "getpid", lambda: -1)
    assert isinstance(portable.usage(), Unavailable)
