"""What strangers on the local network say: read without trust; and counters of boxes, which lie in their own ways."""

from __future__ import annotations

import contextlib
from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amif_netcheck.measure import ssdp, upnp
from amif_netcheck.measure.ledger import Ledger
from amif_netcheck.measure.mdns import Host
from amif_netcheck.measure.ssdp import Responder
from amif_netcheck.measure.upnp import Description
from amif_netcheck.model.facts import Device, DeviceKind, OthersUse, Reason, Source, Unavailable
from amif_netcheck.platforms.answers import Neighbour
from amif_netcheck.probes.others_use import CounterSample, use
from amif_netcheck.probes.sightings import Sightings

LAN = (ip_network("192.168.1.0/24"), ip_network("2001:db8:1::/64"))


@pytest.mark.parametrize(
    ("location", "answered_by"),
    [
        pytest.param("http://198.51.100.7/d.xml", "192.168.1.30", id="a public address"),
        pytest.param("http://192.168.1.31/d.xml", "192.168.1.30", id="somebody else"),
        pytest.param("http://192.168.1.30/d.xml", "192.168.1.31", id="somebody else answered"),
        pytest.param("http://10.1.2.3/d.xml", "10.1.2.3", id="private, but not on the subnet"),
        pytest.param("http://8.8.8.8/d.xml", "8.8.8.8", id="a public answer"),
        pytest.param("http://127.0.0.1/d.xml", "127.0.0.1", id="this computer"),
        pytest.param("https://192.168.1.30/d.xml", "192.168.1.30", id="https"),
        pytest.param("file:///etc/passwd", "192.168.1.30", id="a file"),
        pytest.param("http://tele.local/d.xml", "192.168.1.30", id="a name"),
        pytest.param("http://u:p@192.168.1.30/d.xml", "192.168.1.30", id="a user"),
        pytest.param("http://192.168.1.30@198.51.100.7/d.xml", "192.168.1.30", id="disguised"),
        pytest.param("http://192.168.1.30:99999/d.xml", "192.168.1.30", id="no port"),
        pytest.param("http://[192.168.1.30/d.xml", "192.168.1.30", id="no URL"),
        pytest.param("http://192.168.1.30/d.xml", "nobody", id="no address"),
        pytest.param("", "192.168.1.30", id="nothing"),
    ],
)
def test_a_description_is_fetched_from_nowhere_else(location: str, answered_by: str) -> None:
    assert upnp.fetch_location(location, answered_by, LAN) is None


def test_a_description_is_fetched_from_who_answered() -> None:
    where = upnp.fetch_location("http://192.168.1.30:8200/a/d.xml?x=1", "192.168.1.30", LAN)
    assert where is not None
    assert (where.base.host, where.base.port, where.page) == ("192.168.1.30", 8200, "a/d.xml?x=1")
    beside = where.same_server_url("/ctl")
    assert beside is not None
    assert beside.page == "ctl"
    assert where.same_server_url("http://198.51.100.7/ctl") is None
    assert where.same_server_url("//198.51.100.7/ctl") is None


BOX = b"""<?xml version="1.0"?><root xmlns="urn:schemas-upnp-org:device-1-0"><device>
<deviceType>urn:schemas-upnp-org:device:InternetGatewayDevice:1</deviceType><friendlyName> Livebox
</friendlyName><manufacturer>Sagemcom</manufacturer><modelName>Livebox 5</modelName><deviceList><device>
<deviceType>urn:schemas-upnp-org:device:WANDevice:1</deviceType><friendlyName>WAN</friendlyName><serviceList><service>
<serviceType>urn:schemas-upnp-org:service:WANCommonInterfaceConfig:1</serviceType><controlURL>/ctl</controlURL>
</service></serviceList></device></deviceList></device></root>"""


def test_a_box_describes_itself() -> None:
    described = upnp.parse_description(BOX)
    assert (described.name, described.maker, described.model) == ("Livebox", "Sagemcom", "Livebox 5")
    where = upnp.fetch_location("http://192.168.1.1/d.xml", "192.168.1.1", LAN)
    assert where is not None
    found = upnp.counters(where, described, Ledger())
    assert found is not None
    assert (found.where.page, found.service.rpartition(":")[0].rpartition(":")[2]) == (
        "ctl",
        "WANCommonInterfaceConfig",
    )


BOMB = b"""<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><root>&b;</root>"""
OUTSIDE = (
    b"""<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><root><a>&x;</a></root>"""
)


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(BOMB, id="entities"),
        pytest.param(OUTSIDE, id="an entity outside"),
        pytest.param(b"<!DOCTYPE root SYSTEM 'http://198.51.100.7/x.dtd'><root/>", id="a document type"),
        pytest.param(b"<root>&undefined;</root>", id="an entity of its own"),
        pytest.param(b"<a>" * 100, id="too deep"),
        pytest.param(b"<r>" + b"<a/>" * 3000 + b"</r>", id="too many"),
        pytest.param(BOX[:200], id="cut off"),
        pytest.param(b"<html><body>404<br></body></html>", id="a page"),
        pytest.param(b"", id="nothing"),
        pytest.param(b"\xff\xfe\x00", id="bytes"),
    ],
)
def test_xml_that_is_no_description_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - any of its kinds
        upnp.parse_description(body)


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    ssdp.parse(body)
    with contextlib.suppress(ValueError):
        upnp.parse_description(body)


def test_long_texts_are_cut() -> None:
    described = upnp.parse_description(b"<r><friendlyName>" + b"x" * 5000 + b"</friendlyName></r>")
    assert len(described.name) == 256


def test_an_answer_to_a_search() -> None:
    answer = (
        b"HTTP/1.1 200 OK\r\nST: upnp:rootdevice\r\nLocation:  http://192.168.1.1/d.xml\r\nSERVER: x\r\n\r\n"
    )
    assert ssdp.parse(answer) == {
        "st": "upnp:rootdevice",
        "location": "http://192.168.1.1/d.xml",
        "server": "x",
    }
    assert ssdp.parse(b"HTTP/1.1 404 No\r\n\r\n") is None
    assert ssdp.parse(b"M-SEARCH * HTTP/1.1\r\n\r\n") is None


# --- counters --------------------------------------------------------------------------------------

STEP = 62_500
"""Bytes in half a second at 1 Mbit/s."""


def readings(box: list[int], own: list[int] | None = None, took_s: float = 0.01) -> list[CounterSample]:
    mine = own or [0] * len(box)
    return [
        CounterSample(at=index / 2, took_s=took_s, box=value, own=moved)
        for index, (value, moved) in enumerate(zip(box, mine, strict=True))
    ]


def steady(mbit_s: float, count: int = 7, start: int = 0) -> list[int]:
    return [start + round(index * STEP * mbit_s) for index in range(count)]


def test_others_use_what_the_box_moved_and_this_computer_did_not() -> None:
    found = use(readings(steady(10), steady(3)), readings(steady(2), steady(2)))
    assert isinstance(found, OthersUse)
    assert found.window_s == 3.0
    assert (found.down_mbit_s, found.up_mbit_s) == pytest.approx((7, 0))
    assert (found.own_down_mbit_s, found.own_up_mbit_s) == pytest.approx((3, 2))
    assert 0.1 < found.uncertain_up_mbit_s < found.uncertain_down_mbit_s < 0.4


def test_counters_of_32_bits_begin_anew() -> None:
    start = (1 << 32) - 2 * STEP
    wrapped = [value % (1 << 32) for value in steady(1, start=start)]
    found = use(readings(wrapped), readings(steady(1)))
    assert isinstance(found, OthersUse)
    assert found.down_mbit_s == pytest.approx(1)


def test_counters_that_are_renewed_rarely_are_read_from_change_to_change() -> None:
    full = steady(4, count=7)
    renewed = [full[0], full[0], full[2], full[2], full[4], full[4], full[4]]
    found = use(readings(renewed), readings(steady(1)))
    assert isinstance(found, OthersUse)
    assert found.down_mbit_s == pytest.approx(4)


@pytest.mark.parametrize(
    ("down", "up", "reason"),
    [
        pytest.param(readings([5] * 7), readings([5] * 7), Reason.NOT_PRESENT, id="standing still"),
        pytest.param(
            readings([5] * 7, steady(1)), readings(steady(1)), Reason.NOT_PRESENT, id="one stands still"
        ),
        pytest.param(
            readings(steady(1)[::-1]), readings(steady(1)), Reason.NOT_PRESENT, id="going backwards"
        ),
        pytest.param(
            readings([0, 0, 0, 9, 9, 9, 9]), readings(steady(1)), Reason.TIMEOUT, id="a single change"
        ),
        pytest.param(
            readings(steady(1), steady(50)), readings(steady(1)), Reason.UNSUPPORTED, id="own local traffic"
        ),
        pytest.param(
            readings(steady(9), steady(1)[::-1]), readings(steady(1)), Reason.NOT_PRESENT, id="own reset"
        ),
        pytest.param(readings([1]), readings([1]), Reason.NOT_PRESENT, id="one reading"),
    ],
)
def test_counters_that_tell_nothing(
    down: list[CounterSample], up: list[CounterSample], reason: Reason
) -> None:
    found = use(down, up)
    assert isinstance(found, Unavailable)
    assert found.reason is reason


def test_a_direction_in_which_nothing_moves_is_no_reason_to_know_nothing() -> None:
    found = use(readings(steady(5)), readings([7] * 7))
    assert isinstance(found, OthersUse)
    assert (found.down_mbit_s, found.up_mbit_s) == pytest.approx((5, 0))


counts = st.lists(st.integers(min_value=0, max_value=10**12), min_size=1, max_size=8)


@given(counts, counts)
def test_use_is_never_below_zero(box: list[int], own: list[int]) -> None:
    size = min(len(box), len(own))
    series = readings(sorted(box)[:size], sorted(own)[:size])
    found = use(series, series)
    assert isinstance(found, Unavailable) or min(found.down_mbit_s, found.up_mbit_s) >= 0


# --- one device of many sightings -------------------------------------------------------------------


def gathered(
    *,
    table: tuple[Neighbour, ...] = (),
    hosts: tuple[Host, ...] = (),
    responders: tuple[Responder, ...] = (),
    described: dict[str, Description] | None = None,
) -> list[Device]:
    made = Sightings(LAN, ("192.168.1.20", "fe80::20"))
    made.table(table)
    made.mdns(hosts)
    made.ssdp(responders, described or {})
    return made.devices(frozenset({"192.168.1.1"}), lambda _: "A Maker")


TV_MAC, OWN_MAC = "00:11:22:33:44:55", "02:11:22:33:44:55"


def test_a_device_with_several_addresses_and_services_is_one() -> None:
    (device,) = gathered(
        table=(
            Neighbour(address="192.168.1.30", mac=TV_MAC),
            Neighbour(address="fe80::30", mac=TV_MAC),
        ),
        hosts=(
            Host("tele.local.", {"192.168.1.30"}, {"_googlecast._tcp"}, ["Cast"], {"fn": "Télé", "md": "Chromecast"}),
            Host("b.local.", {"fe80::30"}, {"_androidtvremote2._tcp"}, ["Télé"]),
        ),
        responders=(Responder("192.168.1.30", "x", [], ["upnp:rootdevice"]),),
    )  # fmt: skip
    assert device == Device(
        kind=DeviceKind.STREAMER,
        product="chromecast",
        vendor="A Maker",
        name="Télé",
        given_name="Télé",
        addresses=("192.168.1.30", "fe80::30"),
        mac=TV_MAC,
        seen_by=(Source.TABLE, Source.MDNS, Source.SSDP),
    )


def test_several_devices_behind_a_repeater_stay_several() -> None:
    table = tuple(Neighbour(address=f"192.168.1.{last}", mac=TV_MAC) for last in (30, 31, 32))
    assert len(gathered(table=table)) == 3


def test_ipv6_learnt_later_joins_its_device() -> None:
    devices = gathered(
        table=(Neighbour(address="fe80::30", mac=TV_MAC),),
        hosts=(Host("tele.local.", {"192.168.1.30", "fe80::30"}),),
    )
    assert [each.addresses for each in devices] == [("192.168.1.30", "fe80::30")]


def test_this_computer_and_who_is_elsewhere_are_left_out() -> None:
    assert (
        gathered(
            table=(
                Neighbour(address="192.168.1.20", mac=OWN_MAC),
                Neighbour(address="10.0.0.7", mac=TV_MAC),
                Neighbour(address="ff02::fb", mac=TV_MAC),
            ),
            hosts=(
                Host("me.local.", {"192.168.1.20", "192.168.1.99"}),
                Host("far.local.", {"198.51.100.7"}),
                Host("none.local.", set()),
                Host("nonsense.local.", {"nonsense"}),
            ),
            responders=(Responder("198.51.100.7"),),
        )
        == []
    )


def test_the_box_is_the_box_whatever_it_announces() -> None:
    (device,) = gathered(
        table=(Neighbour(address="192.168.1.1", mac=TV_MAC),),
        hosts=(Host("box.local.", {"192.168.1.1"}, {"_airplay._tcp", "_ipp._tcp"}),),
    )
    assert (device.kind, device.product) == (DeviceKind.BOX, "")


def test_who_hides_its_maker_is_said_to_be_a_phone_or_the_like() -> None:
    (device,) = gathered(table=(Neighbour(address="192.168.1.40", mac=OWN_MAC),))
    assert (device.kind, device.vendor) == (DeviceKind.PRIVATE_ADDRESS, "")


def test_a_liar_cannot_take_over_the_addresses_of_others() -> None:
    devices = gathered(
        table=tuple(
            Neighbour(address=f"192.168.1.{last}", mac=f"00:11:22:33:44:{last:02x}") for last in (30, 31, 40)
        ),
        hosts=(Host("liar.local.", {"192.168.1.30", "192.168.1.31", "192.168.1.40"}),),
    )
    assert sorted(each.addresses for each in devices) == [
        ("192.168.1.30",),
        ("192.168.1.31",),
        ("192.168.1.40",),
    ]


def test_names_are_bounded_and_encodable() -> None:
    (device,) = gathered(
        hosts=(Host("x.local.", {"192.168.1.30"}, set(), ["\x1b[31m" + "é" * 400 + "\ud800"]),)
    )
    assert len(device.name) == 80
    assert device.name.encode()
    assert device.given_name.encode()
    assert len(device.given_name) <= 40


def cast(fn: str) -> dict[str, str]:
    return {"fn": fn, "md": "Chromecast"}


@pytest.mark.parametrize(
    ("host", "given"),
    [
        pytest.param(Host("a.", {"192.168.1.30"}, {"_googlecast._tcp"}, ["Chromecast-4f2a"], cast("Salon")), "Salon", id="Cast"),
        pytest.param(Host("a.", {"192.168.1.30"}, {"_googlecast._tcp"}, ["Chromecast-4f2a"], cast("Chromecast")), "", id="the maker's"),
        pytest.param(Host("a.", {"192.168.1.30"}, {"_googlecast._tcp"}, ["Chromecast-0123456789abcdef0123456789abcdef"]), "", id="a serial number"),
        pytest.param(Host("a.", {"192.168.1.30"}, {"_raop._tcp"}, ["A1B2C3D4E5F6@Chambre d’amis"]), "Chambre d’amis", id="AirPlay"),
        pytest.param(Host("a.", {"192.168.1.30"}, {"_sonos._tcp"}, ["RINCON_B8E937000000001400@Cuisine"]), "Cuisine", id="Sonos"),
        pytest.param(Host("a.", {"192.168.1.30"}, {"_workstation._tcp"}, ["mairie [00:11:22:33:44:55]"]), "mairie", id="a computer"),
        pytest.param(Host("a.", {"192.168.1.30"}, {"_ipp._tcp"}, ["Secrétariat"], {"ty": "HP LaserJet"}), "Secrétariat", id="a printer"),
        pytest.param(Host("a.", {"192.168.1.30"}, {"_ipp._tcp"}, ["BRW30C9AB112233"], {"ty": "Brother HL-L2350DW series"}), "Brother HL-L2350DW series", id="a serial number after letters"),
        pytest.param(Host("a.", {"192.168.1.30"}, {"_spotify-connect._tcp"}, ["sonosB8E937000000"]), "", id="Sonos' serial number"),
        pytest.param(Host("a.", {"192.168.1.30"}, {"_airplay._tcp"}, ["Salle 12 bis"]), "Salle 12 bis", id="a number of a room"),
        pytest.param(Host("a.", {"192.168.1.30"}, {"_ipp._tcp"}, ["30C9AB112233"], {"ty": "Brother HL-L2350DW series"}), "Brother HL-L2350DW series", id="a printer's type"),
        pytest.param(Host("a.", {"192.168.1.30"}, {"_apple-mobdev2._tcp"}, ["aa:bb:cc:dd:ee:ff@fe80::1"]), "", id="an address"),
        pytest.param(Host("a.", {"192.168.1.30"}, {"_googlecast._tcp"}, ["x"], cast("a\n b\tc  d")), "a b c d", id="on one line"),
        pytest.param(Host("a.", {"192.168.1.30"}, {"_googlecast._tcp"}, ["x"], cast("…!?")), "x", id="signs alone"),
    ],
)  # fmt: skip
def test_a_device_has_the_name_that_its_owner_gave_it(host: Host, given: str) -> None:
    (device,) = gathered(hosts=(host,))
    assert device.given_name == given


@pytest.mark.parametrize(
    ("name", "room", "given"),
    [
        ("192.168.1.30 - Sonos Play:1", "Salle du conseil", "Salle du conseil"),
        ("192.168.1.30 - Sonos Play:1 - RINCON_B8E93700000001400", "", "Sonos Play:1"),
        ("[TV] Salon", "", "Salon"),
        ("Films de la famille", "", "Films de la famille"),
        ("uuid:4d696e69-444c-164e-9d41-b827eb000001", "", ""),
        ("192.168.1.30", "", ""),
        ("", "", ""),
    ],
)
def test_a_device_has_the_name_of_its_description(name: str, room: str, given: str) -> None:
    (device,) = gathered(
        responders=(Responder("192.168.1.30"),), described={"192.168.1.30": Description(name=name, room=room)}
    )
    assert device.given_name == given


def test_a_room_stands_in_a_description() -> None:
    body = b"<root><device><friendlyName>192.168.1.30 - Sonos</friendlyName><roomName>Cuisine</roomName></device></root>"
    assert upnp.parse_description(body).room == "Cuisine"


@given(st.text(max_size=300))
def test_whatever_a_device_is_called_its_name_is_short_and_on_one_line(name: str) -> None:
    (device,) = gathered(hosts=(Host("x.local.", {"192.168.1.30"}, set(), [name], {"fn": name}),))
    assert len(device.given_name) <= 40
    assert "\n" not in device.given_name
    assert device.given_name.encode().decode() == device.given_name
