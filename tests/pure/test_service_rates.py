"""What a meeting takes, by service and grade: the profiles' own figures, added up, with whose they are."""

from __future__ import annotations

import pytest

from amif_netcheck.catalog.meeting_services import NAMES, MeetingService, ServiceRate, ServiceRates, services
from amif_netcheck.catalog.service_rates import Grade, WantedRates, wanted_rates


def test_zoom_s_own_figures_are_added_up() -> None:
    found = wanted_rates("zoom", services()["zoom"])
    assert found[Grade.SOUND] == WantedRates(
        up_kbit_s=80, down_kbit_s=80, of=("zoom",), kinds=("recommended",)
    )
    assert (found[Grade.VIDEO_720P].up_kbit_s, found[Grade.VIDEO_720P].down_kbit_s) == (2680, 1880)
    assert found[Grade.SHARING].kinds == ("recommended", "typical")


def test_what_a_service_does_not_publish_is_the_generic_one_s_and_said_so() -> None:
    found = wanted_rates("jitsi", services()["jitsi"])
    assert found[Grade.SOUND].of == ("webrtc",)
    assert found[Grade.VIDEO_720P].of == ("webrtc", "jitsi")


def test_what_nobody_publishes_is_not_known() -> None:
    assert wanted_rates("tixeo", services()["tixeo"])[Grade.SHARING].up_kbit_s is None
    one_way = MeetingService(rates=ServiceRates(screen=ServiceRate(down=500)))
    sharing = wanted_rates("own", one_way)[Grade.SHARING]
    assert (sharing.up_kbit_s, sharing.down_kbit_s) == (None, 540)


@pytest.mark.parametrize("name", NAMES)
def test_a_larger_picture_never_takes_less(name: str) -> None:
    found = wanted_rates(name, services()[name])
    for way in ("up_kbit_s", "down_kbit_s"):
        ordered = [getattr(found[grade], way) for grade in (Grade.SOUND, Grade.VIDEO_360P, Grade.VIDEO_720P)]
        known = [rate for rate in ordered if rate is not None]
        assert known == sorted(known)
