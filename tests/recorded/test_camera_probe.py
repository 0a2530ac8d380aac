"""The probe of cameras on recorded computers: what it asks first, whom it names, and that one wish hides no other."""

from __future__ import annotations

import os
import time

from amif_netcheck.model.facts import (
    AllowedFor,
    Camera,
    CameraApplication,
    CameraBus,
    CameraFacts,
    Reason,
    Unavailable,
)
from amif_netcheck.platforms.answers import CameraUser
from amif_netcheck.platforms.base import Platform
from amif_netcheck.platforms.recorded import Machine, Recorded
from amif_netcheck.probes import camera
from amif_netcheck.probes.context import Context

WEBCAM = Camera(name="HD Pro Webcam C920", bus=CameraBus.USB, built_in=False)


def probed(machine: Machine, meeting: str = "") -> CameraFacts:
    return camera.probe(Context(platform=Recorded(machine), meeting=meeting), time.monotonic() + 5)


def test_an_application_is_called_as_people_call_it_and_named_once() -> None:
    users = (
        CameraUser(process="ms-teams.exe", pid=100_001),
        CameraUser(process="MS-Teams.exe", pid=100_002),
        CameraUser(application="Cheese", process="cheese"),
        CameraUser(application="Firefox", process="python3", pid=os.getpid()),
    )
    facts = probed(Machine(os="windows", cameras=(WEBCAM,), camera_users=users))
    assert facts.applications == (
        CameraApplication(process="ms-teams.exe", product="Teams", family="call"),
        CameraApplication(application="Cheese", process="cheese"),
    )
    assert facts.cameras == (WEBCAM,)


def test_whom_an_answer_binds_and_whether_a_camera_is_shared_is_the_systems() -> None:
    told = {
        system: probed(Machine(os=system, camera_allowed=False)) for system in ("windows", "macos", "linux")
    }
    assert [told[system].allowed_for for system in told] == [
        AllowedFor.EVERY_PROGRAM,
        AllowedFor.THIS_PROGRAM,
        AllowedFor.SANDBOXED,
    ]
    assert [told[system].shared for system in told] == [False, True, False]
    assert all(facts.allowed is False for facts in told.values())


def test_the_meetings_application_is_known_by_its_link() -> None:
    facts = probed(Machine(os="linux"), "teams.microsoft.com")
    assert (facts.meeting_given, facts.meeting_product) == (True, "Teams")


def test_what_is_not_known_stays_so_and_hides_nothing_else() -> None:
    facts = probed(Machine(os="linux", cameras=(WEBCAM,), camera_users=None))
    assert isinstance(facts.applications, Unavailable)
    assert facts.cameras == (WEBCAM,)
    assert isinstance(facts.allowed, Unavailable)
    assert facts.allowed.reason is Reason.NOT_PRESENT


def test_who_has_a_camera_is_asked_before_anything_wakes_one() -> None:
    asked: list[str] = []

    class Asked(Platform):
        def camera_users(self, until: float) -> tuple[CameraUser, ...]:
            asked.append("users")
            return ()

        def cameras(self, until: float) -> tuple[Camera, ...]:
            asked.append("cameras")
            return ()

    camera.probe(Context(platform=Asked()), time.monotonic() + 5)
    assert asked == ["users", "cameras"]
