"""Who shares the line: by table; what is merely there is no fault, and worse facts never give a better verdict."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from amif_netcheck.advice.language import Language
from amif_netcheck.advice.lookup import say
from amif_netcheck.catalog.devices import Traits, devices, neighbour_label, recognise, service_types
from amif_netcheck.model.facts import (
    NOT_REQUESTED,
    DeviceKind,
    Facts,
    Medium,
    NeighboursFacts,
    OthersUse,
    Reason,
    Transfer,
    Unavailable,
)
from amif_netcheck.model.finding import Finding, ParamValue, Severity, worst
from tests.builders import (
    TUNNELLED,
    link,
    near,
    neighbours,
    others_use,
    traffic,
    train,
    transfer,
    vpn,
    ways,
    wifi,
)
from tests.builders import (
    judged as judged_by,
)

BADNESS = {Severity.OK: 0, Severity.INFO: 1, Severity.WARNING: 2, Severity.CRITICAL: 3}
REFUSED = Unavailable(reason=Reason.NOT_PERMITTED)
BOX, TV, CAMERA, PHONE, PRINTER = (
    DeviceKind.BOX,
    DeviceKind.TV_BOX,
    DeviceKind.CAMERA,
    DeviceKind.PRIVATE_ADDRESS,
    DeviceKind.PRINTER,
)
GOOD_LINE = link(train(), download=transfer(50), upload=transfer(20))
SUFFERS = link(train(burst=1000.0), download=transfer(50), upload=transfer(20))
LATE = link(train(rtt=500.0), download=transfer(50), upload=transfer(20))
THIN_DOWN = link(train(), download=transfer(8), upload=transfer(20))
THIN_UP = link(train(), download=transfer(50), upload=transfer(2))
QUEUES_DOWN = link(train(), download=transfer(50, 800.0), upload=transfer(20))
QUEUES_UP = link(train(), download=transfer(50), upload=transfer(20, 800.0))
VIRTUAL = structs.replace(GOOD_LINE, proximity=near(medium=Medium.VIRTUAL).proximity)
QUEUES_AT_HOME = link(
    train(), train(rtt=2.0), download=transfer(50, 800.0, gateway_p95=790.0), upload=transfer(20)
)


def judged(seen: NeighboursFacts | Unavailable, line: Facts = GOOD_LINE) -> Finding:
    (finding,) = judged_by("neighbours", structs.replace(line, neighbours=seen))
    return finding


@pytest.mark.parametrize(
    ("seen", "line", "code", "severity"),
    [
        pytest.param(neighbours(), GOOD_LINE, "neighbours.quiet", Severity.OK, id="nobody"),
        pytest.param(neighbours(BOX, PRINTER), SUFFERS, "neighbours.quiet", Severity.OK, id="box and printer"),
        pytest.param(neighbours(BOX, PHONE), SUFFERS, "neighbours.others", Severity.INFO, id="a phone"),
        pytest.param(neighbours(TV, PHONE), GOOD_LINE, "neighbours.present", Severity.INFO, id="a TV box"),
        pytest.param(neighbours(TV), Facts(), "neighbours.present", Severity.INFO, id="no line measured"),
        pytest.param(neighbours(TV), SUFFERS, "neighbours.crowded", Severity.WARNING, id="the line suffers"),
        pytest.param(neighbours(TV), LATE, "neighbours.crowded", Severity.WARNING, id="a queue that stands full"),
        pytest.param(neighbours(TV), THIN_DOWN, "neighbours.thin", Severity.WARNING, id="thin"),
        pytest.param(neighbours(CAMERA), THIN_DOWN, "neighbours.present", Severity.INFO, id="thin, not for a camera"),
        pytest.param(neighbours(CAMERA), THIN_UP, "neighbours.thin", Severity.WARNING, id="thin up, camera"),
        pytest.param(neighbours(TV), THIN_UP, "neighbours.present", Severity.INFO, id="thin up, TV"),
        pytest.param(neighbours(TV), QUEUES_DOWN, "neighbours.load", Severity.WARNING, id="queues"),
        pytest.param(neighbours(TV), QUEUES_UP, "neighbours.present", Severity.INFO, id="queues up, TV"),
        pytest.param(neighbours(CAMERA), QUEUES_UP, "neighbours.load", Severity.WARNING, id="queues up, camera"),
        pytest.param(neighbours(TV), QUEUES_AT_HOME, "neighbours.present", Severity.INFO, id="queues at home"),
        pytest.param(
            neighbours(others=others_use(6.0)), Facts(), "neighbours.eating", Severity.WARNING, id="a lot"
        ),
        pytest.param(
            neighbours(TV, others=others_use(0.0, 1.0)), GOOD_LINE, "neighbours.using", Severity.INFO, id="some"
        ),
        pytest.param(
            neighbours(others=others_use(6.0)), GOOD_LINE, "neighbours.using", Severity.INFO, id="room for both"
        ),
        pytest.param(
            neighbours(others=others_use(60.0)), GOOD_LINE, "neighbours.eating", Severity.WARNING, id="too much"
        ),
        pytest.param(
            neighbours(TV, others=others_use(5.0, uncertain=2.0)),
            Facts(),
            "neighbours.using",
            Severity.INFO,
            id="a lot, but not for certain",
        ),
        pytest.param(
            neighbours(TV, others=others_use(0.1)), SUFFERS, "neighbours.present", Severity.INFO, id="not their fault"
        ),
        pytest.param(
            neighbours(TV, others=others_use(0.5, uncertain=0.5)),
            SUFFERS,
            "neighbours.crowded",
            Severity.WARNING,
            id="perhaps their fault",
        ),
        pytest.param(neighbours(mdns=REFUSED), GOOD_LINE, "neighbours.quiet", Severity.OK, id="SSDP worked"),
        pytest.param(
            neighbours(mdns=REFUSED, ssdp=REFUSED), GOOD_LINE, "neighbours.not_allowed", Severity.UNKNOWN, id="no multicast"
        ),
        pytest.param(
            neighbours(PHONE, mdns=REFUSED, ssdp=REFUSED), GOOD_LINE, "neighbours.not_allowed", Severity.UNKNOWN, id="the table alone shows few"
        ),
        pytest.param(
            neighbours(TV, mdns=REFUSED, ssdp=REFUSED), GOOD_LINE, "neighbours.present", Severity.INFO, id="seen anyway"
        ),
        pytest.param(
            neighbours(mdns=NOT_REQUESTED, ssdp=NOT_REQUESTED),
            Facts(),
            "neighbours.unknown",
            Severity.UNKNOWN,
            id="offline",
        ),
        pytest.param(neighbours(table=REFUSED), GOOD_LINE, "neighbours.unknown", Severity.UNKNOWN, id="no table"),
        pytest.param(REFUSED, GOOD_LINE, "neighbours.unknown", Severity.UNKNOWN, id="nothing"),
        pytest.param(neighbours(BOX), VIRTUAL, "neighbours.virtual", Severity.UNKNOWN, id="a virtual machine"),
        pytest.param(neighbours(BOX, PRINTER), VIRTUAL, "neighbours.quiet", Severity.OK, id="one that sees out"),
        pytest.param(neighbours(TV), VIRTUAL, "neighbours.present", Severity.INFO, id="a TV box beside one"),
    ],
)  # fmt: skip
def test_neighbours(seen: NeighboursFacts | Unavailable, line: Facts, code: str, severity: Severity) -> None:
    finding = judged(seen, line)
    assert (finding.code, finding.severity) == (code, severity)
    assert finding.evidence


def test_a_limit_that_is_crossed_is_said_with_its_source() -> None:
    finding = judged(neighbours(TV, others=others_use(1.0, 3.0)), Facts())
    assert finding.params == {
        "down_mbit_s": 1.0,
        "up_mbit_s": 3.0,
        "direction": "up",
        "value_mbit_s": 3.0,
        "limit_mbit_s": 2.5,
        "source": "Microsoft Teams, 2026",
        "devices": ["tv_box"],
    }
    thin = judged(neighbours(TV, CAMERA), THIN_DOWN)
    assert (thin.params["devices"], thin.params["value_mbit_s"], thin.params["limit_mbit_s"]) == (
        ["tv_box"],
        8,
        9.0,
    )


def test_those_that_eat_most_are_named_first() -> None:
    kinds = (PHONE, CAMERA, PRINTER, BOX, TV, DeviceKind.TV)
    assert judged(neighbours(*kinds)).params["devices"] == ["tv_box", "tv", "camera"]


kinds = st.lists(st.sampled_from(DeviceKind), max_size=6)
rates = st.floats(min_value=0, max_value=100)
lines = st.sampled_from(
    [GOOD_LINE, SUFFERS, LATE, THIN_DOWN, THIN_UP, QUEUES_DOWN, QUEUES_UP, QUEUES_AT_HOME, Facts()]
)


def badness(seen: NeighboursFacts, line: Facts) -> int:
    return BADNESS[worst([judged(seen, line).severity])]


@given(kinds, kinds, lines, st.none() | st.builds(others_use, rates, rates, rates))
def test_more_devices_are_never_judged_better(
    some: list[DeviceKind], more: list[DeviceKind], line: Facts, use: OthersUse | None
) -> None:
    others = use or NOT_REQUESTED
    assert badness(neighbours(*some, *more, others=others), line) >= badness(
        neighbours(*some, others=others), line
    )


@given(kinds, lines, rates, rates, rates, rates, rates)
def test_more_use_by_others_is_never_judged_better(
    some: list[DeviceKind],
    line: Facts,
    down: float,
    up: float,
    uncertain: float,
    more_down: float,
    more_up: float,
) -> None:
    before = neighbours(*some, others=others_use(down, up, uncertain))
    after = neighbours(*some, others=others_use(down + more_down, up + more_up, uncertain))
    assert badness(after, line) >= badness(before, line)


@given(kinds, st.lists(st.sampled_from([BOX, PRINTER]), max_size=4), lines)
def test_a_printer_or_a_box_never_makes_it_worse(
    some: list[DeviceKind], harmless: list[DeviceKind], line: Facts
) -> None:
    assert badness(neighbours(*some, *harmless), line) == badness(neighbours(*some), line)


@given(kinds, st.floats(min_value=0.01, max_value=100), st.floats(min_value=0, max_value=1))
def test_a_thinner_line_is_never_judged_better(some: list[DeviceKind], rate: float, share: float) -> None:
    def line(transferred: Transfer) -> Facts:
        return link(train(), download=transferred, upload=transferred)

    assert badness(neighbours(*some), line(transfer(rate * share))) >= badness(
        neighbours(*some), line(transfer(rate))
    )


@pytest.mark.parametrize(
    ("traits", "device"),
    [
        (Traits(models=("FreeboxPlayer1,1",), services=("_airplay._tcp",)), "freebox_player"),
        (Traits(models=("Chromecast Ultra",), services=("_googlecast._tcp",)), "chromecast"),
        (Traits(models=("Google Home Mini",), services=("_googlecast._tcp",)), "nest_speaker"),
        (Traits(services=("_googlecast._tcp",)), "cast"),
        (Traits(services=("_androidtvremote2._tcp", "_googlecast._tcp")), "android_tv"),
        (Traits(models=("MacBookPro18,1",), services=("_airplay._tcp", "_smb._tcp")), "mac"),
        (Traits(models=("AppleTV6,2",), services=("_airplay._tcp",)), "apple_tv"),
        (Traits(services=("_ipp._tcp", "_smb._tcp")), "printer"),
        (Traits(services=("_fbx-api._tcp",)), "freebox_box"),
        (Traits(models=("décodeur TV d'Orange",)), "orange_tv_box"),
        (Traits(models=("Sagemcom Livebox 5",)), None),
        (Traits(models=("Livebox 5",)), "livebox"),
        (Traits(models=("hap category 17",), services=("_hap._tcp",)), "camera"),
        (Traits(models=("hap category 2",), services=("_hap._tcp",)), "smart_home"),
        (
            Traits(upnp=("urn:schemas-upnp-org:device:MediaRenderer:1",), vendor="Sonos, Inc."),
            "media_renderer",
        ),
        (Traits(vendor="Sony Interactive Entertainment Inc."), "playstation"),
        (Traits(vendor="FREEBOX SAS"), "freebox_device"),
        (Traits(vendor="Sagemcom Broadband SAS"), "provider_tv_box"),
        (Traits(vendor="Hangzhou Hikvision Digital Technology Co.,Ltd."), "camera"),
        (Traits(models=("Hostbridge 3000",)), None),
        (Traits(vendor="Nobody Knows Ltd"), None),
        (Traits(), None),
    ],
)
def test_devices_are_called_as_people_call_them(traits: Traits, device: str | None) -> None:
    known = recognise(traits)
    assert (known.id if known else None) == device


def test_the_catalog_names_every_kind_and_only_kinds_that_there_are() -> None:
    kinds = {kind.value for kind in DeviceKind}
    assert devices().kind.keys() == kinds
    assert {known.kind for known in devices().device} <= kinds
    ids = [known.id for known in devices().device]
    assert len(ids) == len(set(ids))
    for key in (*ids, *kinds):
        assert neighbour_label(key, "fr")
        assert neighbour_label(key, "en")
    patterns = [pattern for each in devices().device for pattern in (*each.models, *each.upnp, *each.vendors)]
    assert [pattern for pattern in patterns if pattern != pattern.casefold()] == []
    assert all(each.startswith("_") and each.endswith(("._tcp", "._udp")) for each in service_types())


@pytest.mark.parametrize(
    ("devices", "names", "french", "english"),
    [
        (["chromecast"], ["Salon"], "Chromecast «\xa0Salon\xa0»", "Chromecast “Salon”"),
        (["chromecast"] * 3, ["Salon", "", ""], "Chromecast «\xa0Salon\xa0» et Chromecast (2)", "Chromecast “Salon” and Chromecast (2)"),
        (["tv", "tv"], ["Bureau", "Bureau"], "téléviseur «\xa0Bureau\xa0» (2)", "television “Bureau” (2)"),
        (["tv"], ["{x} %s [b]"], "téléviseur «\xa0{x} %s [b]\xa0»", "television “{x} %s [b]”"),
        (["tv", "tv"], ["too few"], "téléviseur (2)", "television (2)"),
        (["tv"], None, "téléviseur", "television"),
    ],
)  # fmt: skip
def test_devices_are_called_by_the_names_that_their_owner_gave_them(
    devices: list[str], names: list[str] | None, french: str, english: str
) -> None:
    params: dict[str, ParamValue] = {"devices": devices, **({} if names is None else {"names": names})}
    finding = Finding(code="neighbours.present", severity=Severity.INFO, params=params)
    for language, text in (("fr", french), ("en", english)):
        assert f": {text}." in say(finding, Language(language), "linux").summary.replace("\xa0:", ":")


@pytest.mark.parametrize("kinds", [(DeviceKind.TV, DeviceKind.CAMERA), (DeviceKind.NAS, DeviceKind.PHONE)])
def test_names_stand_beside_their_devices(kinds: tuple[DeviceKind, ...]) -> None:
    seen = neighbours(*kinds)
    named = structs.replace(
        seen, devices=(seen.devices[0], structs.replace(seen.devices[1], given_name="Ici"))
    )
    assert judged(named).params["names"] == ["", "Ici"]
    assert "names" not in judged(seen).params


def test_many_devices_are_counted_and_the_rest_summed_up() -> None:
    keys = ["chromecast", "chromecast", "freebox_player", "tv", "console", "camera", "echo", "echo", "sonos"]
    finding = Finding(code="neighbours.present", severity=Severity.INFO, params={"devices": list(keys)})
    assert (
        "Chromecast (2), Freebox Player, téléviseur, console de jeux, caméra et 3 autres."
        in say(finding, Language("fr"), "linux").summary
    )
    assert "Chromecast (2), Freebox Player, television, games console, camera and 3 others." in (
        say(finding, Language("en"), "linux").summary
    )


def test_what_this_computer_does_to_itself_is_held_against_nobody_else() -> None:
    busy, weak = traffic(0.0, 30.0).traffic, near(wifi(-85.0)).proximity
    assert judged(neighbours(TV), structs.replace(SUFFERS, traffic=busy)).code == "neighbours.present"
    assert judged(neighbours(TV), structs.replace(THIN_DOWN, proximity=weak)).code == "neighbours.present"
    quiet, close = traffic().traffic, near(wifi(-50.0)).proximity
    assert judged(neighbours(TV), structs.replace(SUFFERS, traffic=quiet)).code == "neighbours.crowded"
    assert judged(neighbours(TV), structs.replace(THIN_DOWN, proximity=close)).code == "neighbours.thin"
    detour = vpn(ways(TUNNELLED)).vpn
    assert judged(neighbours(TV), structs.replace(SUFFERS, vpn=detour)).code == "neighbours.present"
    counted = neighbours(TV, others=others_use(6.0))
    both = structs.replace(SUFFERS, traffic=busy, proximity=weak, link=REFUSED)
    assert judged(counted, both).code == "neighbours.eating"
