"""Where a Jitsi Meet server says that browsers find its signalling: `config.js` as several installers write it."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amif_netcheck.catalog.meeting_services import services
from amif_netcheck.measure.reach.jitsi_config import JitsiConfig, page_of, read
from amif_netcheck.model.address import Base

DEBIAN = """
/* eslint-disable comma-dangle */
var subdir = '';
var config = {
    hosts: { domain: 'meet.example', muc: 'conference.' + subdomain + 'meet.example' },
    // BOSH URL. FIXME: use XEP-0156 to discover it.
    bosh: 'https://meet.example/' + subdir + 'http-bind', // or websocket: 'wss://meet.example/never'

    // Websocket URL (XMPP)
    // websocket: 'wss://meet.example/' + subdir + 'xmpp-websocket',
    websocketKeepAliveUrl: 'https://meet.example/' + subdir + '_unlock',
};
"""
DOCKER = """
config.hosts.domain = 'meet.jitsi';
config.hosts.anonymousdomain = 'guest.meet.jitsi';
config.bosh = 'https://meet.example/' + subdir + 'http-bind';
config.websocket = 'wss://' + window.location.host + '/' + subdir + 'xmpp-websocket';
config.bridgeChannel = { preferSctp: true };
"""
SHORT = 'var config={hosts:{},bosh:"//meet.example/http-bind",websocket:`wss://${host}/xmpp-websocket`,x:1}'
QUOTED = """{"bosh": "/http-bind/", "websocket": 'wss://meet.example/ws/'}"""
INCLUDED = 'bosh: \'//meet.example/<!--# echo var="subdir" default="" -->http-bind\','
OFF = "config.websocket = 'wss://x/old';\nconfig.websocket = undefined;\nconfig.bosh = '/http-bind';\n/* config.websocket = 'wss://x/y'; */"
COMPARED = "if (config.websocket === 'wss://x/old') {}\nif (config.bosh == '/old') {}"
CHOSEN = "config.websocket = old ? 'wss://x/old' : 'wss://x/new';\nconfig.bosh = address('bosh');"
PREFERRED = "websocket: '/xmpp-websocket', bosh: '/http-bind', preferBosh: true,"
WEBSOCKET, BOSH = "wss://meet.example/xmpp-websocket", "https://meet.example/http-bind"


@pytest.mark.parametrize(
    ("config", "known"),
    [
        (DEBIAN, JitsiConfig("", BOSH, "meet.example")),
        (DEBIAN.replace("// websocket", "websocket"), JitsiConfig(WEBSOCKET, BOSH, "meet.example")),
        (DOCKER, JitsiConfig("wss:///xmpp-websocket", BOSH, "meet.jitsi")),
        (SHORT, JitsiConfig("wss:///xmpp-websocket", "//meet.example/http-bind")),
        (QUOTED, JitsiConfig("wss://meet.example/ws/", "/http-bind/")),
        (INCLUDED, JitsiConfig("", "//meet.example/http-bind")),
        (OFF, JitsiConfig("", "/http-bind")),
        (COMPARED, JitsiConfig()),
        (CHOSEN, JitsiConfig()),
        (PREFERRED, JitsiConfig("", "/http-bind")),
        ("<!doctype html><title>Webconf</title>", JitsiConfig()),
        ("", JitsiConfig()),
    ],
)  # fmt: skip
def test_the_addresses_are_found(config: str, known: JitsiConfig) -> None:
    assert read(config) == known


@pytest.mark.parametrize(
    ("address", "page"),
    [
        (WEBSOCKET, "xmpp-websocket"),
        ("wss://MEET.example.:443/mairie/xmpp-websocket", "mairie/xmpp-websocket"),
        ("wss:///xmpp-websocket?room=", "xmpp-websocket?room="),
        ("//meet.example/http-bind/", "http-bind/"),
        ("/http-bind", "http-bind"),
        ("wss://meet.example:5281/xmpp-websocket", None),
        ("ws://meet.example/xmpp-websocket", None),
        ("wss://else.example/xmpp-websocket", None),
        ("wss://meet.example.else.example/xmpp-websocket", None),
        ("wss://meet.example@else.example/x", None),
        ("wss://meet.example/", None),
        ("wss://meet.example:x/y", None),
        ("wss://[::1/x", None),
    ],
)
def test_only_pages_of_the_meetings_own_server_are_asked(address: str, page: str | None) -> None:
    assert page_of(address, Base("https", "meet.example", 443)) == page


def test_another_port_is_that_of_the_meeting() -> None:
    base = Base("https", "meet.example", 8443)
    assert page_of("wss://meet.example:8443/xmpp-websocket", base) == "xmpp-websocket"
    assert page_of("/http-bind", base) == "http-bind"
    assert page_of(WEBSOCKET, base) is None


@given(st.text(), st.sampled_from(["websocket", "bosh", "domain"]))
def test_nothing_in_it_breaks_us(text: str, name: str) -> None:
    base = Base("https", "meet.example", 443)
    for script in (text, f"{name}: {text}", f"{name}='{text}'", f"{name}='/{text}'"):
        known = read(script)
        for address in (known.websocket, known.bosh):
            page = page_of(address, base)
            assert page is None or not set(page) & set(" \r\n\x00")


@pytest.mark.parametrize(
    "piece", ["/*\n", "//", "websocket:'${", "bosh:'<!--", "bosh:'", "websocket :\n", "\\'", " /*", "a"]
)
def test_a_long_hostile_script_is_read_at_once(piece: str) -> None:
    """Each text is looked at once, however it is nested: a hundred times less than a quadratic reading would take."""
    began = time.process_time()
    read(piece * (256 * 1024 // len(piece)))
    assert time.process_time() - began < 3


def test_services_that_are_like_jitsi_are_greeted_too() -> None:
    known = services()
    assert {name for name, each in known.items() if each.signalling} == {"jitsi", "webconf"}
