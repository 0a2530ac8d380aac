"""The signalling of a Jitsi Meet: a real Prosody behind a real nginx, over WebSocket and BOSH, and what may stand in the way."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.lab import jitsi
from tests.lab.namespaces import wait_for
from tests.real.street import NEEDED, Street, firewall
from tests.real.support import Run

pytestmark = pytest.mark.real(*NEEDED, "prosody")

HOST = "meet.example"
PROFILE = f"[profile.mairie]\nhosts = ['{HOST}']\nlike = 'jitsi'\nladder = [{{ way = 'udp' }}]\n"
BY_WEBSOCKET, BY_BOSH, CUTTING, NOBODY_BEHIND, OTHER_DOMAIN = 7445, 7446, 7447, 7448, 7449
"""Ports of nginx: the page names a WebSocket; it names BOSH alone; it names a WebSocket that is not passed on; nobody
is behind; it names a domain that is not the server's."""


def script(port: int, *, websocket: bool) -> str:
    """What the page says of itself, as Jitsi's installer writes it."""
    at = f"{HOST}:{port}"
    more = (
        f"websocket: 'wss://{at}/' + subdir + 'xmpp-websocket',"
        if websocket
        else "// websocket: 'wss://x/y',"
    )
    return (
        f"var subdir = '';\nvar config = {{\n  hosts: {{ domain: '{'else.example' if port == OTHER_DOMAIN else HOST}' }},\n"
        f"  bosh: '//{at}/' + subdir + 'http-bind',\n  {more}\n}};\n"
    )


@pytest.fixture(scope="module", autouse=True)
def log(built: Street) -> Iterator[Path]:
    """The services; Prosody's log."""
    office = built.office
    page = built.public_authority.sign(HOST)
    prosody = built.folder / "prosody"
    with ExitStack() as stack:

        def until_the_end(process: subprocess.Popen[bytes]) -> None:
            stack.callback(process.wait, 10)
            stack.callback(process.kill)

        until_the_end(jitsi.prosody(office.internet, prosody, HOST))
        for port, behind, websockets in (
            (BY_WEBSOCKET, jitsi.PORT, True),
            (BY_BOSH, jitsi.PORT, False),
            (CUTTING, jitsi.PORT, False),
            (NOBODY_BEHIND, 9, True),
            (OTHER_DOMAIN, jitsi.PORT, True),
        ):
            pages = built.folder / f"pages-{port}"
            pages.mkdir()
            (pages / "config.js").write_text(script(port, websocket=port != BY_BOSH))
            until_the_end(office.front(HOST, page, port, behind, websockets=websockets, pages=pages))
        yield prosody / "log"


def checked(street: Street, port: int) -> Run:
    street.office.rules()
    return street.check("--meeting", f"https://{HOST}:{port}/ConseilMunicipal", settings=PROFILE)


def outcome(run: Run) -> str:
    seen = run.fact("firewall.signalling")
    assert (seen["server"], seen["protocol"]) == (HOST, "xmpp")
    return str(seen["outcome"])


def test_a_websocket_reaches_prosody_and_is_closed(street: Street, log: Path) -> None:
    log.write_text("")
    run = checked(street, BY_WEBSOCKET)
    assert outcome(run) == "answered"
    assert "firewall.open" in firewall(run)
    wait_for(lambda: "Received </stream:stream>" in log.read_text(), 5, "the stream closed")
    heard = log.read_text()
    assert "ConseilMunicipal" not in heard  # no room is named
    assert "Authenticated" not in heard


def test_bosh_reaches_prosody_where_the_page_names_nothing_else(street: Street, log: Path) -> None:
    log.write_text("")
    run = checked(street, BY_BOSH)
    assert outcome(run) == "answered"
    assert "firewall.open" in firewall(run)
    wait_for(lambda: "BOSH client disconnected" in log.read_text(), 5, "the session ended")


def test_a_server_of_another_domain_answers_all_the_same(street: Street) -> None:
    """It says that it is not this host, which it can't say of itself if nothing comes through."""
    assert outcome(checked(street, OTHER_DOMAIN)) == "answered"


def test_a_websocket_that_is_not_passed_on_is_told(street: Street) -> None:
    run = checked(street, CUTTING)
    assert outcome(run) == "no_websocket"
    finding = next(each for each in run.findings("firewall") if each["code"] == "firewall.signalling_blocked")
    assert (finding["severity"], finding["variant"]) == ("critical", "no_websocket")


@pytest.mark.parametrize("port", [NOBODY_BEHIND, 443])
def test_an_error_of_the_server_or_another_page_is_no_fault_of_the_network(street: Street, port: int) -> None:
    run = checked(street, port)
    assert outcome(run) == "no_room"
    assert not any(code.startswith("firewall.s") for code in firewall(run))


def test_a_page_that_can_not_be_reached_is_told_once(street: Street) -> None:
    street.office.rules(f"tcp dport {BY_WEBSOCKET} reject with tcp reset")
    run = street.check("--meeting", f"https://{HOST}:{BY_WEBSOCKET}/ConseilMunicipal", settings=PROFILE)
    assert outcome(run) == "refused"
    assert firewall(run)["firewall.meeting_refused"] == "critical"
    assert "firewall.signalling_blocked" not in firewall(run)
