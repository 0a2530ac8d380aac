"""May programs use the microphone? What the portals' store says, on a bus of the test's own."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from jeepney import Message, new_method_return

from amif_netcheck.model.facts import Reason, Unavailable
from amif_netcheck.platforms.linux.platform import Linux
from tests.real.bus_services import Answer, Service, refusing, silent
from tests.real.buses import Bus

pytestmark = pytest.mark.real("dbus-daemon")

STORE = "org.freedesktop.impl.portal.PermissionStore"


@pytest.fixture
def bus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bus]:
    with Bus(tmp_path) as running:
        monkeypatch.setenv(running.variable, running.address)
        yield running


def permissions(*answers: str) -> Answer:
    def answer(message: Message) -> Message:
        return new_method_return(message, "as", (list(answers),))

    return answer


def allowed(within_s: float = 5) -> bool | Unavailable:
    return Linux().microphone_allowed(time.monotonic() + within_s)


@pytest.mark.parametrize(("answers", "expected"), [(("yes",), True), (("no",), False)])
def test_what_the_person_has_answered(bus: Bus, answers: tuple[str, ...], expected: bool) -> None:
    with Service(bus.address, STORE) as store:
        store.methods["GetPermission"] = permissions(*answers)
        assert allowed() is expected
        assert store.asked == [("GetPermission", "devices", "microphone", "")]


def test_the_camera_is_asked_about_on_its_own(bus: Bus) -> None:
    with Service(bus.address, STORE) as store:
        store.methods["GetPermission"] = permissions("no")
        assert Linux().camera_allowed(time.monotonic() + 5) is False
        assert store.asked == [("GetPermission", "devices", "camera", "")]


@pytest.mark.parametrize(
    "answer",
    [permissions(), permissions("ask"), permissions("\x1b[2J", "yes"), refusing("org.freedesktop.portal.Error.NotFound")],
    ids=["never asked", "to be asked each time", "nonsense", "nothing known of it"],
)  # fmt: skip
def test_what_was_not_answered_is_not_known(bus: Bus, answer: Answer) -> None:
    with Service(bus.address, STORE) as store:
        store.methods["GetPermission"] = answer
        unknown = allowed()
    assert isinstance(unknown, Unavailable)
    assert unknown.reason is Reason.UNSUPPORTED


def test_a_store_that_never_answers_is_not_waited_for(bus: Bus) -> None:
    with Service(bus.address, STORE) as store:
        store.methods["GetPermission"] = silent
        late = allowed(0.6)
    assert isinstance(late, Unavailable)
    assert late.reason is Reason.TIMEOUT


def test_without_a_store_it_is_not_known_and_none_is_started(bus: Bus) -> None:
    unknown = allowed()
    assert isinstance(unknown, Unavailable)
    assert unknown.reason is Reason.UNSUPPORTED
    assert not bus.has_owner(STORE)


def test_without_a_session_it_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    unknown = allowed()
    assert isinstance(unknown, Unavailable)
    assert unknown.reason is Reason.NOT_PRESENT
