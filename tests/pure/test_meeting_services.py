"""Profiles of meeting services: every figure has its sources, every known host its profile, a desk's own lie over ours."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import asdict
from tools import services_table

from amif_netcheck.advice.language import LANGUAGES, Language
from amif_netcheck.advice.profiles import KINDS, LIMITS, USES, WAYS
from amif_netcheck.catalog import calls, meeting_services
from amif_netcheck.catalog.meeting_services import (
    GENERIC,
    MeetingService,
    OverTcp,
    PublishedLimits,
    Rung,
    ServiceLimit,
    ServiceRate,
    ServiceRates,
    ServiceSource,
    known_services,
    named_sources,
    port_ranges,
    service_of,
    services,
)
from amif_netcheck.meeting import profiles
from amif_netcheck.output import profiles as output

KNOWN = services()
LARGEST_PORT = 65535
_DAY = re.compile(r"20[0-9]{2}(-[0-9]{2}){0,2}")
ASKED_FOR = {
    *("visio", "webconf", "jitsi", "bigbluebutton", "tchap", "teams", "zoom"),
    *("meet", "webex", "livestorm", "tixeo", "goto", GENERIC),
}


def figures(service: MeetingService) -> list[Rung | ServiceRate | ServiceLimit | OverTcp]:
    """Everything in a profile that needs a source."""
    tables = [asdict(table).values() for table in (service.rates, service.limits) if table]
    found = [*service.ladder, *(figure for table in tables for figure in table if figure)]
    return [*found, service.over_tcp] if service.over_tcp else found


def test_the_services_of_public_bodies_have_a_profile() -> None:
    assert set(known_services()) >= ASKED_FOR
    assert list(known_services())[-1] == GENERIC


def test_each_file_is_named_and_read() -> None:
    files = {file.stem for file in Path(meeting_services.__file__).with_name("services").glob("*.toml")}
    assert files == set(meeting_services.NAMES) == set(known_services())


@pytest.mark.parametrize("name", KNOWN)
def test_each_figure_has_sources_and_each_source_an_address_and_a_day(name: str) -> None:
    service = KNOWN[name]
    for figure in figures(service):
        assert figure.sources, figure
    if service.ladder:
        assert service.order_sources
    if service.like:
        assert service.like_sources
    if service.notes:
        assert service.note_sources or not re.search("[0-9]", "".join(service.notes.values()))
    assert set(named_sources(service)) == set(service.sources)
    for source in service.sources.values():
        assert source.address.startswith("https://")
        assert source.title
        assert _DAY.fullmatch(source.read)
        assert not source.published or _DAY.fullmatch(source.published)
        assert source.published <= source.read


@pytest.mark.parametrize("name", KNOWN)
def test_ladders_go_down_from_udp_and_name_no_way_twice(name: str) -> None:
    ladder = KNOWN[name].ladder
    keys = [(rung.way, rung.ports) for rung in ladder]
    assert len(set(keys)) == len(keys)
    if ladder:
        assert ladder[0].way == "udp"
    last = [rung.way for rung in ladder if rung.way in {"tls", "turn-tls"}]
    assert not last or ladder[-1].way == last[-1], "TLS is what is left when nothing else goes"
    for one, next_one in pairwise(ladder):
        direct = {"udp": 0, "tcp": 1, "tls": 2}
        if one.way in direct and next_one.way in direct:
            assert direct[one.way] < direct[next_one.way]
    for rung in ladder:
        for ports in port_ranges(rung):
            assert 1 <= ports.start < ports.stop <= LARGEST_PORT + 1


@pytest.mark.parametrize("name", KNOWN)
def test_a_larger_picture_never_takes_less(name: str) -> None:
    rates = KNOWN[name].rates or ServiceRates()
    known = [rate for rate in (rates.video_360p, rates.video_720p, rates.video_1080p) if rate]
    for smaller, larger in pairwise(known):
        for way in ("up", "down"):
            less, more = getattr(smaller, way), getattr(larger, way)
            assert less is None or more is None or less < more


@pytest.mark.parametrize("name", KNOWN)
def test_notes_are_in_every_language_with_its_spaces(name: str) -> None:
    notes = KNOWN[name].notes
    assert set(notes) in (set(), set(LANGUAGES))
    assert not re.search(r"[^\u00a0\u202f][:;!?]", notes.get("fr", "")), "no-break spaces"
    assert "'" not in "".join(notes.values())


def test_each_known_host_has_a_profile_or_the_generic_one() -> None:
    for host in calls.meeting_hosts():
        name, service = service_of(f"room.{host}")
        assert service == KNOWN[name]
        assert (name == GENERIC) == (
            host not in {h for s in KNOWN.values() for h in s.hosts} | {"meet.jit.si"}
        )


def test_applications_find_the_hosts_of_their_service_in_its_profile() -> None:
    for host, application in (
        ("us02web.zoom.us", "Zoom"),
        ("teams.cloud.microsoft", "Teams"),
        ("mairie.webex.com", "Webex"),
        ("app.goto.com", "GoTo"),
        ("tixeo.com", "Tixeo"),
        ("meet.jit.si", "Jitsi Meet"),
        ("framatalk.org", ""),
        ("zoom.us.example", ""),
    ):
        assert calls.meeting_application(host) == application


def test_no_host_is_in_two_profiles() -> None:
    hosts = [host for service in KNOWN.values() for host in service.hosts]
    assert len(set(hosts)) == len(hosts)


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("visio.numerique.gouv.fr", "visio"),
        ("Webconf.Numerique.Gouv.Fr.", "webconf"),
        ("webinaire.numerique.gouv.fr", "bigbluebutton"),
        ("visio-agents.education.fr", "bigbluebutton"),
        ("mairie.livestorm.co", "livestorm"),
        ("eu01web.zoom.us", "zoom"),
        ("numerique.gouv.fr", GENERIC),
        ("notzoom.us", GENERIC),
        ("192.0.2.7", GENERIC),
        ("", GENERIC),
    ],
)
def test_a_meeting_has_the_profile_of_its_host(host: str, name: str) -> None:
    assert service_of(host)[0] == name


@given(st.text())
def test_any_text_has_a_profile(host: str) -> None:
    assert service_of(host)[0] in KNOWN


def test_a_link_to_tchap_is_no_meeting() -> None:
    assert service_of("www.tchap.gouv.fr")[0] == "tchap"
    assert not calls.holds_meetings("www.tchap.gouv.fr")


def test_what_a_profile_leaves_out_is_that_of_the_one_it_is_like() -> None:
    webconf, jitsi = KNOWN["webconf"], KNOWN["jitsi"]
    assert [(rung.way, rung.ports) for rung in webconf.ladder] == [
        (rung.way, rung.ports) for rung in jitsi.ladder
    ]
    assert webconf.ladder[0].sources == ("jitsi/quickstart",)
    assert webconf.sources["jitsi/quickstart"] == jitsi.sources["quickstart"]
    assert webconf.hosts != jitsi.hosts


OWN_SOURCE = ServiceSource(address="https://intranet.mairie.example")


def test_a_desks_profile_of_a_known_name_lies_over_it_key_by_key() -> None:
    rates = ServiceRates(sound=ServiceRate(up=30, down=30, sources=("desk",)))
    own = {"zoom": MeetingService(hosts=("zoom.example",), rates=rates, sources={"desk": OWN_SOURCE})}
    zoom = services(own)["zoom"]
    assert (zoom.title, zoom.hosts, zoom.ladder) == ("Zoom", ("zoom.example",), KNOWN["zoom"].ladder)
    assert zoom.rates
    assert zoom.rates.sound == rates.sound
    assert KNOWN["zoom"].rates
    assert zoom.rates.video_720p == KNOWN["zoom"].rates.video_720p
    assert zoom.sources["desk"] == OWN_SOURCE
    assert service_of("a.zoom.example", own)[0] == "zoom"
    assert service_of("us02web.zoom.us", own)[0] == GENERIC, "its hosts hold, and no others"


def test_a_desks_own_profile_stands_first_for_its_hosts_and_is_like_another() -> None:
    own = {"mairie": MeetingService(hosts=("visio.mairie.example",), like="webconf")}
    name, mairie = service_of("salle.visio.mairie.example", own)
    assert name == "mairie"
    assert [rung.way for rung in mairie.ladder] == [rung.way for rung in KNOWN["jitsi"].ladder]
    assert all(source in mairie.sources for source in named_sources(mairie))
    assert service_of("visio.mairie.example")[0] == GENERIC


def test_the_longest_host_counts() -> None:
    own = {"ours": MeetingService(hosts=("mairie.zoom.us",))}
    assert service_of("mairie.zoom.us", own)[0] == "ours"
    assert service_of("other.zoom.us", own)[0] == "zoom"


def test_profiles_that_are_like_each_other_end() -> None:
    own = {"a": MeetingService(like="b"), "b": MeetingService(like="a", title="B")}
    assert services(own)["a"].ladder == ()


def test_right_profiles_are_taken() -> None:
    own = {
        "mairie": MeetingService(
            hosts=("visio.mairie.example",),
            like="zoom",
            ladder=(Rung(way="udp", ports=("1-65535",)),),
            sources={"x": ServiceSource(address="x", published="2026-11")},
            order_sources=("x",),
        ),
        "zoom": MeetingService(order_sources=("process",)),
    }
    assert profiles.check(own) is None


@given(st.text(max_size=30))
def test_any_text_for_ports_is_a_port_or_told(text: str) -> None:
    wrong = profiles.check({"a": MeetingService(ladder=(Rung(way="udp", ports=(text,)),))})
    if wrong is None:
        (ports,) = port_ranges(Rung(way="udp", ports=(text,)))
        assert 1 <= ports.start < ports.stop <= LARGEST_PORT + 1
    else:
        assert wrong[0] == "profile.a.ladder.ports"


@given(st.text(max_size=300))
def test_any_text_for_a_host_is_a_host_or_told_in_one_line(text: str) -> None:
    wrong = profiles.check({"a": MeetingService(hosts=(text,))})
    if wrong:
        assert "\n" not in wrong[2]
        assert len(wrong[2]) <= 61
    else:
        assert service_of(text, {"a": MeetingService(hosts=(text,))})[0] == "a"


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_table_has_a_line_a_service_and_every_figure_is_shown_whole(code: str) -> None:
    language = Language(code)
    rows = list(output.table(KNOWN, {"zoom"}, language))
    for name, service in KNOWN.items():
        (row,) = [row for row in rows if row.startswith((f"{name} ", f"{name} *"))]
        assert service.title in row
        assert row.endswith(output.ways(service.ladder) or output.UNKNOWN)
        text = "\n".join(output.whole(name, service, language, own=False))
        for number, source in enumerate(service.sources.values(), start=1):
            assert f"[{number}] {source.title}, {source.address} (" in text
            assert text.count(f"[{number}]") > 1, "told where it is used"
        for rate in asdict(service.rates or ServiceRates()).values():
            assert not rate or not rate.up or language.number(rate.up, decimals=0) in text
    assert [row.startswith("zoom *") for row in rows].count(True) == 1


def test_what_is_unknown_is_said_to_be() -> None:
    text = "\n".join(output.whole("tixeo", KNOWN["tixeo"], Language("en"), own=True))
    assert text.count("not known") == 2 + len(USES) + len(LIMITS)
    assert "From the settings of this computer" in text


def test_every_term_has_words() -> None:
    assert set(USES) == set(ServiceRates.__struct_fields__)
    assert set(LIMITS) == set(PublishedLimits.__struct_fields__)
    assert {rung.way for service in KNOWN.values() for rung in service.ladder} <= set(WAYS)
    kinds = {figure.kind for s in KNOWN.values() for figure in figures(s) if isinstance(figure, ServiceRate)}
    assert kinds <= set(KINDS)


def test_the_page_shows_the_profiles_of_today() -> None:
    """Run python -m tools.services_table after changing a profile."""
    text = services_table.PAGE.read_text(encoding="utf-8")
    assert "<!-- services -->" in text
    assert services_table.page(text) == text
