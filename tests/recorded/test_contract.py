"""The same assertions over every platform: this computer's own, Linux from recordings, Windows and macOS over what they may be told, and a recording."""

from __future__ import annotations

import concurrent.futures
import threading
import time
from collections.abc import Callable
from random import Random

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from amif_netcheck import platforms
from amif_netcheck.children.threads import BackgroundCall
from amif_netcheck.model.facts import Battery, Reason, Unavailable
from amif_netcheck.platforms.answers import Gateway, Neighbour
from amif_netcheck.platforms.base import Platform
from amif_netcheck.platforms.linux.network import Network
from amif_netcheck.platforms.linux.platform import Linux
from amif_netcheck.platforms.macos.platform import MacOS
from amif_netcheck.platforms.recorded import Machine, Recorded
from amif_netcheck.platforms.windows.platform import Windows
from tests.recorded.contract import (
    NOT_ASKED,
    NOWHERE,
    QUESTIONS,
    answer_type,
    conforms,
    failures,
    flaws,
    has_deadline,
    inconsistencies,
    public,
)
from tests.recorded.platform_worlds import WORLDS, Door, hanging, over, raising
from tests.recorded.recorded_machines import MACHINES
from tests.recorded.test_linux import DATA, recorded
from tests.systems import WINDOWS

PROMPT_S = 10.0
"""A question without a deadline of its own is answered by then, on a busy machine."""
LATE_S = 4.0
"""So much after its deadline an answer may come, on a busy machine."""


def linux_from(recording: str) -> Platform:
    linux = Linux(offline=True)
    linux._network = Network(lambda: recorded(recording))
    return linux


def network_recordings() -> list[str]:
    return [path.stem for path in sorted(DATA.glob("*.json")) if b'"dump"' in path.read_bytes()]


SYSTEMS: dict[str, Callable[[], Platform]] = {
    "this computer": lambda: platforms.current(offline=True),
    "a system that we know nothing of": Platform,
    "Windows, elsewhere": lambda: Windows(offline=True),
    **({} if WINDOWS else {"macOS, elsewhere": lambda: MacOS(offline=True)}),  # Wine starts Linux' tools
    "a recording that holds nothing": lambda: Recorded(Machine(os="windows")),
    **{f"recorded {name}": (lambda machine=machine: Recorded(machine)) for name, machine in MACHINES.items()},  # type: ignore[misc]
}
"""`elsewhere`: where none of their libraries and tools are, unless it is where the tests run."""


def first_interface(platform: Platform) -> str:
    found = platform.interfaces()
    return NOWHERE if isinstance(found, Unavailable) or not found else found[0].name


def test_every_question_is_asked_here() -> None:
    assert public(Platform) == QUESTIONS.keys() | NOT_ASKED


@pytest.mark.parametrize("system", [Linux, Windows, MacOS, Recorded])
def test_a_system_adds_no_question_of_its_own(system: type[Platform]) -> None:
    assert public(system) <= public(Platform) | {"machine"}


@pytest.mark.parametrize("system", SYSTEMS)
def test_answers_are_of_their_types_in_their_units_and_clean(system: str) -> None:
    platform = SYSTEMS[system]()
    assert failures(platform, first_interface(platform)) == []
    assert failures(platform, NOWHERE, seconds=0.3) == []


ROUTES = ("interfaces", "egress", "call_egresses", "gateway", "networks", "port")


@pytest.mark.parametrize("recording", network_recordings())
def test_what_kernels_told_is_answered_as_the_rest(recording: str) -> None:
    platform = linux_from(recording)
    assert failures(platform, first_interface(platform), questions=ROUTES) == []
    assert list(inconsistencies(platform)) == []


@pytest.mark.parametrize("system", SYSTEMS)
def test_one_thing_has_one_name_and_counters_only_grow(system: str) -> None:
    assert list(inconsistencies(SYSTEMS[system]())) == []


@pytest.mark.parametrize("system", SYSTEMS)
def test_no_question_is_answered_late(system: str) -> None:
    platform = SYSTEMS[system]()
    for question, ask in QUESTIONS.items():
        for seconds in (0.3, 0.0) if has_deadline(question) else (0.0,):
            began = time.monotonic()
            ask(platform, NOWHERE, began + seconds)
            allowed = seconds + LATE_S if has_deadline(question) else PROMPT_S
            kinds = max(1, len(platform.fixable)) if question == "offers" else 1
            assert time.monotonic() - began < allowed * kinds, question


@pytest.mark.parametrize("system", SYSTEMS)
def test_several_threads_may_ask_at_once(system: str) -> None:
    platform = SYSTEMS[system]()
    with concurrent.futures.ThreadPoolExecutor(4) as threads:
        asked = [threads.submit(failures, platform, NOWHERE, seconds=0.5) for _ in range(4)]
        assert [each.result() for each in asked] == [[]] * 4


@pytest.mark.parametrize("system", WORLDS)
@settings(
    max_examples=12, deadline=None, phases=[Phase.generate]
)  # threads draw from it: no two runs are alike
@given(seed=st.integers(0, 2**32))
def test_whatever_a_system_answers_a_platform_does_not_fail(system: str, seed: int) -> None:
    with over(system, WORLDS[system][1](Random(seed))) as platform:
        assert failures(platform, first_interface(platform), seconds=0.05) == []
        assert list(inconsistencies(platform)) == [] or first_interface(platform) == NOWHERE


@pytest.mark.parametrize("system", WORLDS)
@pytest.mark.parametrize("question", [name for name in QUESTIONS if has_deadline(name)])
def test_what_hangs_is_unknown_in_time(system: str, question: str) -> None:
    """Core Audio, COM, the frameworks of macOS: everything in the system's own libraries that can hang."""
    released = threading.Event()
    only = ("Ole32", "property_frameworks", "ObjectiveC", "Cfgmgr32")
    with over(system, hanging(system, released, only=only)) as platform:
        ask = QUESTIONS[question]
        began = time.monotonic()
        call = BackgroundCall(lambda: ask(platform, NOWHERE, began + 0.5))
        answer = call.result(began + 10.0)
        took = time.monotonic() - began
        released.set()
    kinds = max(1, len(platform.fixable)) if question == "offers" else 1
    assert took < (0.5 + LATE_S) * kinds
    assert conforms(answer, answer_type(question))


REFUSED = Unavailable(reason=Reason.NOT_PERMITTED)


@pytest.mark.parametrize(
    ("system", "where", "door"),
    [
        ("windows", "amif_netcheck.platforms.windows.network.IpHelper", lambda: Door(lambda _name: REFUSED)),
        ("macos", "amif_netcheck.platforms.macos.platform.DarwinNetworkKernel", lambda: raising(OSError(1, "no"))),
    ],
)  # fmt: skip
def test_another_run_reads_anew(system: str, where: str, door: Callable[[], Door]) -> None:
    counted = door()
    with over(system, {**WORLDS[system][1](Random(1)), where: counted}) as platform:
        platform.interfaces()
        once = len(counted.asked)
        again = platform.renewed()
        assert type(again) is type(platform)
        assert again is not platform
        again.interfaces()
        assert len(counted.asked) == 2 * once > 0


def test_the_contract_can_be_broken() -> None:
    """What it is there to find, it finds."""
    assert not conforms(1, bool)
    assert not conforms(True, int)
    assert not conforms(("a", 1), tuple[str, ...])
    assert not conforms(None, Gateway | Unavailable)
    assert list(flaws(Neighbour(address="192.168.1.1", mac="0:1:2:3:4:5")))
    assert list(flaws(Neighbour(address="192.168.1", mac="00:01:02:03:04:05")))
    assert list(flaws(Battery(charge_pct=255.0, discharging=False)))
    assert list(flaws(Gateway(address="192.168.1.1", interface="")))
    assert not list(flaws(Neighbour(address="192.168.1.1", mac="00:01:02:03:04:05")))
