"""The camera's row: what it says of each computer, that worse facts never look better, and that it keeps no verdict back."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from amif_netcheck.advice.language import LANGUAGES, Language
from amif_netcheck.advice.lookup import say
from amif_netcheck.checks import camera
from amif_netcheck.model.facts import (
    NOT_REQUESTED,
    AllowedFor,
    Camera,
    CameraApplication,
    CameraBus,
    CameraFacts,
    Facts,
    Reason,
    SoundAppsFacts,
    Unavailable,
)
from amif_netcheck.model.finding import Finding, Severity, rank, worst
from amif_netcheck.model.fix import FixKind, FixRequest
from amif_netcheck.model.report import Mode, Privacy, Report, Status, System, Tool, Verdict
from amif_netcheck.run import fixes, score
from amif_netcheck.run.checklist import CHECKLIST, IDS
from amif_netcheck.run.judge import judge_again

WEBCAM = Camera(name="HD Pro Webcam C920", bus=CameraBus.USB, built_in=False)
BUILT_IN = Camera(name="Caméra FaceTime HD", bus=CameraBus.INTERNAL, built_in=True, default=True)
OBS = Camera(name="OBS Virtual Camera", bus=CameraBus.VIRTUAL, built_in=False)
TEAMS = CameraApplication(process="ms-teams.exe", product="Teams", family="call")
FIREFOX = CameraApplication(application="Firefox", process="firefox", product="Firefox", family="browser")
SOMEBODY = CameraApplication()
UNTOLD = Unavailable(reason=Reason.UNSUPPORTED, detail="not told")


def seen(
    *cameras: Camera, used: Sequence[CameraApplication] | Unavailable = (), shared: bool = False
) -> CameraFacts:
    return CameraFacts(
        cameras=cameras, applications=used if isinstance(used, Unavailable) else tuple(used), shared=shared
    )


def found(facts: CameraFacts | Unavailable) -> list[Finding]:
    return camera.check(Facts(camera=facts))


def refused(facts: CameraFacts, by: AllowedFor = AllowedFor.EVERY_PROGRAM) -> CameraFacts:
    return structs.replace(facts, allowed=False, allowed_for=by)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (seen(WEBCAM), {"camera.ready": "ok"}),
        (seen(OBS, WEBCAM), {"camera.ready": "ok"}),
        (seen(WEBCAM, used=UNTOLD), {"camera.use_untold": "unknown"}),
        (seen(), {"camera.none": "info"}),
        (seen(used=UNTOLD), {"camera.none": "info"}),
        (seen(OBS), {"camera.virtual_only": "info"}),
        (seen(OBS, used=UNTOLD), {"camera.virtual_only": "info"}),
        (seen(structs.replace(OBS, default=True), WEBCAM), {"camera.virtual_chosen": "info"}),
        (seen(WEBCAM, used=[TEAMS]), {"camera.in_use": "warning"}),
        (seen(WEBCAM, used=[SOMEBODY]), {"camera.in_use_unnamed": "warning"}),
        (seen(WEBCAM, used=[SOMEBODY, TEAMS]), {"camera.in_use": "warning"}),
        (seen(BUILT_IN, used=[SOMEBODY], shared=True), {"camera.in_use_unnamed": "info"}),
        (refused(seen(WEBCAM)), {"camera.refused": "warning"}),
        (refused(seen(WEBCAM, used=UNTOLD)), {"camera.refused": "warning"}),
        (refused(seen()), {"camera.refused": "warning", "camera.none": "info"}),
        (refused(seen(WEBCAM), AllowedFor.THIS_PROGRAM), {"camera.ready": "ok"}),
        (refused(seen(WEBCAM), AllowedFor.SANDBOXED), {"camera.ready": "ok"}),
        (UNTOLD, {"camera.unknown": "unknown"}),
        (CameraFacts(cameras=UNTOLD, applications=()), {"camera.unknown": "unknown"}),
        (
            CameraFacts(cameras=UNTOLD, applications=(TEAMS,)),
            {"camera.unknown": "unknown", "camera.in_use": "warning"},
        ),
    ],
)
def test_what_is_said_of_a_computer(facts: CameraFacts | Unavailable, expected: dict[str, str]) -> None:
    assert {finding.code: finding.severity.value for finding in found(facts)} == expected


@pytest.mark.parametrize("used", [(), UNTOLD])
def test_the_camera_is_named_hardware_and_the_systems_choice_first(
    used: tuple[CameraApplication, ...] | Unavailable,
) -> None:
    (finding,) = found(seen(OBS, WEBCAM, BUILT_IN, used=used))
    assert finding.params["device"] == BUILT_IN.name
    for language in LANGUAGES:
        assert BUILT_IN.name in say(finding, Language(language), "linux").summary
    (nameless,) = found(seen(structs.replace(WEBCAM, name=""), used=used))
    assert (nameless.variant, "device" in nameless.params) == ("", False)


def test_who_has_it_is_named_and_can_be_asked_to_close() -> None:
    facts = Facts(camera=seen(WEBCAM, used=[TEAMS, FIREFOX]))
    (finding,) = camera.check(facts)
    assert finding.params["applications"] == ["Teams", "Firefox"]
    assert fixes.requests(finding, facts) == ()  # which meeting's application may be closed isn't known
    known = structs.replace(facts, sound_apps=SoundAppsFacts(applications=(), calls=()))
    assert fixes.requests(finding, known) == (
        FixRequest(kind=FixKind.CLOSE_APPLICATION, about=("ms-teams.exe",)),
    )


@pytest.mark.parametrize(
    ("product", "application", "accused"),
    [("Teams", TEAMS, False), ("Zoom", TEAMS, True), ("", FIREFOX, False), ("Zoom", FIREFOX, False)],
)
def test_what_may_be_the_given_meeting_is_not_accused(
    product: str, application: CameraApplication, accused: bool
) -> None:
    facts = structs.replace(seen(WEBCAM, used=[application]), meeting_given=True, meeting_product=product)
    assert [finding.code for finding in found(facts)] == ["camera.in_use" if accused else "camera.ready"]
    without = structs.replace(facts, meeting_given=False, meeting_product="")
    assert [finding.code for finding in found(without)] == ["camera.in_use"]


# --- worse is never better ------------------------------------------------------------------------

cameras = st.lists(
    st.builds(
        Camera,
        name=st.sampled_from(["", "C920"]),
        bus=st.sampled_from(list(CameraBus)),
        default=st.sampled_from([None, True, False]),
    ),
    max_size=3,
).map(tuple)
applications = st.lists(st.sampled_from([TEAMS, FIREFOX, SOMEBODY]), max_size=3).map(tuple)
any_camera = st.builds(
    CameraFacts,
    cameras=cameras | st.just(UNTOLD),
    applications=applications | st.just(UNTOLD),
    shared=st.booleans(),
    allowed=st.booleans() | st.just(NOT_REQUESTED),
    allowed_for=st.sampled_from(list(AllowedFor)),
    meeting_given=st.booleans(),
    meeting_product=st.sampled_from(["", "Teams"]),
)


def badness(facts: CameraFacts) -> int:
    """0 is the worst."""
    return rank(worst(finding.severity for finding in found(facts)))


@given(any_camera)
def test_a_refusal_makes_nothing_better(facts: CameraFacts) -> None:
    assert badness(structs.replace(facts, allowed=False)) <= badness(facts)


@given(any_camera, applications, st.sampled_from([TEAMS, FIREFOX, SOMEBODY]))
def test_one_more_who_has_it_makes_nothing_better(
    facts: CameraFacts, having: tuple[CameraApplication, ...], another: CameraApplication
) -> None:
    few, more = (structs.replace(facts, applications=each) for each in (having, (*having, another)))
    assert badness(more) <= badness(few)


@given(any_camera)
def test_a_camera_that_only_one_can_have_is_no_better_than_one_for_all(facts: CameraFacts) -> None:
    assert badness(structs.replace(facts, shared=False)) <= badness(structs.replace(facts, shared=True))


@given(any_camera, cameras, applications)
def test_without_its_hardware_cameras_a_computer_is_no_better(
    facts: CameraFacts, present: tuple[Camera, ...], having: tuple[CameraApplication, ...]
) -> None:
    facts = structs.replace(facts, cameras=present, applications=having)
    left = tuple(camera for camera in present if camera.bus is CameraBus.VIRTUAL)
    assert badness(structs.replace(facts, cameras=left)) <= badness(facts)


@given(any_camera)
def test_nothing_of_a_camera_is_ok_while_a_part_of_it_is_not_known(facts: CameraFacts) -> None:
    known = not isinstance(facts.cameras, Unavailable) and not isinstance(facts.applications, Unavailable)
    severities = {finding.severity for finding in found(facts)}
    assert known or Severity.OK not in severities
    assert Severity.CRITICAL not in severities


# --- weighing, and reports of before --------------------------------------------------------------

NINE = tuple(check for check in IDS if check != "camera")


def report(asked: tuple[str, ...], **severities: Severity) -> Report:
    results = tuple(
        score.result(
            entry.id,
            entry.weight,
            [Finding(code=f"{entry.id}.x", severity=severities.get(entry.id, Severity.OK))],
            1.0,
        )
        if entry.id in asked
        else score.skipped(entry.id, entry.weight)
        for entry in CHECKLIST
    )
    return Report(
        schema_version=1,
        tool=Tool(name="amif-netcheck", version="0"),
        system=System(os="linux"),
        generated_at="2026-01-01T00:00:00+00:00",
        duration_s=1.0,
        mode=Mode.FULL,
        asked=asked,
        language="en",
        verdict=score.verdict(results),
        score=score.score(results),
        coverage=score.coverage(results),
        next_action=None,
        checks=results,
        facts=Facts(),
        privacy=Privacy.FULL,
    )


def test_the_notes_nine_weigh_what_they_weighed() -> None:
    assert sum(entry.weight for entry in CHECKLIST if entry.id in NINE) == 100
    assert {entry.id: entry.weight for entry in CHECKLIST}["camera"] == 5
    assert IDS.index("camera") == IDS.index("headset") + 1


@pytest.mark.parametrize(
    "unknown", [("traffic", "proximity"), ("firewall", "sound_apps"), ("vpn", "apps"), ()]
)
def test_what_is_not_known_of_the_camera_keeps_no_verdict_back(unknown: tuple[str, ...]) -> None:
    """A fifth of the nine may be unknown, with a camera or without."""
    severities = dict.fromkeys(unknown, Severity.UNKNOWN)
    before = report(NINE, **severities)
    after = report(IDS, **severities, camera=Severity.UNKNOWN)
    assert before.verdict is after.verdict is Verdict.READY
    assert before.score == after.score


def test_a_camera_alone_that_is_not_known_is_no_readiness() -> None:
    assert report(("camera",), camera=Severity.UNKNOWN).verdict is Verdict.UNDETERMINED
    assert report(("camera",)).verdict is Verdict.READY


def test_a_report_of_nine_checks_is_judged_as_it_was() -> None:
    """As it is written where there is no such row: no fact of a camera, nine lines and nine ids."""
    document = msgspec.to_builtins(report(NINE))
    del document["facts"]["camera"]
    document["checks"] = [each for each in document["checks"] if each["id"] != "camera"]
    earlier = msgspec.convert(document, Report)
    again = judge_again(earlier)
    row = next(each for each in again.checks if each.id == "camera")
    assert (row.status, row.points, row.findings) == (Status.SKIPPED, None, ())
    assert again.asked == NINE
    asked = [each for each in again.checks if each.id in NINE]
    assert score.coverage(again.checks) == score.coverage(asked)
    assert score.verdict(again.checks) is score.verdict(asked)
