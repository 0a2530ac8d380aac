"""What only somebody with a password or a token can see: relays that admit us (coturn), a room that lets us in (LiveKit).

LiveKit's own server can't be had from any registry: its signalling is stood in for, with its own message definitions
(`tests/lab/livekit_server.py`), behind a real nginx that ends TLS and passes WebSockets on, or does not.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lab import livekit_server
from tests.lab.addresses import AWAY, OTHERS
from tests.lab.services import RELAY_PASSWORD, relay
from tests.real.street import NEEDED, NO_UDP, Street, firewall
from tests.real.support import Run

pytestmark = pytest.mark.real(*NEEDED)

TOKEN = "eyJhbGciOiJIUzI1NiJ9.e30.geheim"
RELAY, PORT = OTHERS[2], 7880
PASSING, CUTTING = 7443, 7444
"""Ports of nginx: one passes WebSockets on, one does as many a reverse proxy that was not told of them."""


def profile(password: str = RELAY_PASSWORD, ways: tuple[tuple[str, int], ...] = ()) -> str:
    rungs = "".join(
        f"[[profile.mairie.ladder]]\nway = '{way}'\nports = ['{port}']\nhost = 'turn.example'\n"
        f"username = 'mairie'\ncredential = '{password}'\n"
        for way, port in ways or (("turn-udp", 3478), ("turn-tcp", 3478), ("turn-tls", 443))
    )
    return f"[profile.mairie]\nhosts = ['meet.example']\n{rungs}"


def room(port: int = PASSING, token: str = TOKEN, host: str = "meet.example") -> str:
    return (
        "[profile.mairie]\nhosts = ['meet.example']\n[[profile.mairie.ladder]]\nway = 'udp'\n"
        f"[profile.mairie.connection_test]\nserver = 'wss://{host}:{port}'\ntoken = '{token}'\n"
    )


@pytest.fixture(scope="module", autouse=True)
def services(built: Street) -> Iterator[Path]:
    """The relay, the room, and nginx before it; where the room writes who came and went."""
    internet = built.office.internet
    made, key = built.public_authority.sign("turn.example")
    page = built.public_authority.sign("meet.example")
    named = (f"turn:{RELAY}:3478?transport=udp", "mairie", RELAY_PASSWORD)
    log = built.folder / "room.log"
    # Its output goes to a file of ours: a shell is the shortest way into it.
    serving = f'exec "{sys.executable}" "{livekit_server.__file__}" "$@" >>"{log}" 2>&1'
    started = [
        relay(internet, RELAY, made, key),
        internet.start("sh", "-c", serving, "sh", str(PORT), TOKEN, *named, listens=("tcp", PORT)),
        built.office.front("meet.example", page, PASSING, PORT, websockets=True),
        built.office.front("meet.example", page, CUTTING, PORT, websockets=False),
    ]
    yield log
    for process in started:
        process.kill()
        process.wait(10)


def checked(street: Street, settings: str, *cut: str) -> Run:
    street.office.rules(*cut)
    return street.check("--meeting", "https://meet.example/salle", settings=settings)


def rungs(run: Run) -> dict[str, set[str]]:
    """Way -> how the relays that were asked with a password ended."""
    return {
        rung["way"]: {each["outcome"] for place in rung["places"] for each in place["reach"]}
        for rung in run.fact("firewall.ladder")["rungs"]
        if rung["allocating"]
    }


def test_a_relay_gives_a_place_by_every_way_to_who_knows_the_password(street: Street) -> None:
    run = checked(street, profile())
    assert rungs(run) == {"turn-udp": {"answered"}, "turn-tcp": {"answered"}, "turn-tls": {"answered"}}
    assert firewall(run) == {"firewall.open": "ok"}


def test_a_wrong_password_is_told_and_is_no_fault_of_the_network(street: Street) -> None:
    run = checked(street, profile("wrong"))
    assert rungs(run) == {way: {"not_admitted"} for way in ("turn-udp", "turn-tcp", "turn-tls")}
    assert firewall(run)["firewall.relay_turns_away"] == "info"
    assert not any(severity in {"warning", "critical"} for severity in firewall(run).values())


def test_a_wrong_password_hides_no_blocked_udp(street: Street) -> None:
    run = checked(street, profile("wrong"), *NO_UDP)
    assert rungs(run) == {
        "turn-udp": {"silent"},
        "turn-tcp": {"not_admitted"},
        "turn-tls": {"not_admitted"},
    }
    assert firewall(run) == {"firewall.udp_blocked": "warning", "firewall.relay_turns_away": "info"}


def test_a_relay_at_the_meetings_own_host_is_not_judged_by_its_page(street: Street) -> None:
    settings = profile(ways=(("turn-udp", 443),)).replace("turn.example", "meet.example")
    assert rungs(checked(street, settings, *NO_UDP)) == {"turn-udp": {"silent"}}


def test_who_can_not_prove_to_be_the_relay_learns_nothing(street: Street) -> None:
    settings = profile(ways=(("turn-tls", 443),)).replace("turn.example", "nobody.example")
    assert rungs(checked(street, settings)) == {"turn-tls": {"untrusted"}}


def test_no_secret_is_shown_anywhere(street: Street) -> None:
    street.office.rules()
    settings = f"{profile()}{room().partition(chr(10) + 'way')[2].partition(chr(10))[2]}"
    assert RELAY_PASSWORD in settings
    assert TOKEN in settings
    run = street.check("--meeting", "https://meet.example/salle", "--verbose", settings=settings)
    assert run.fact("firewall.signalling")["outcome"] == "answered"
    assert rungs(run)["turn-udp"] == {"answered"}
    logs = [path.read_text() for path in street.folder.rglob("*.log") if path.name != "room.log"]
    assert logs
    for shown in (run.stdout, run.stderr, *logs):
        assert RELAY_PASSWORD not in shown
        assert TOKEN not in shown


def test_what_is_cut_off_is_seen_with_a_password_too(street: Street) -> None:
    run = checked(street, profile(), *NO_UDP)
    assert rungs(run) == {"turn-udp": {"silent"}, "turn-tcp": {"answered"}, "turn-tls": {"answered"}}
    assert run.finding("firewall")["params"]["way"] == "TURN/TCP"
    run = checked(street, profile(), *NO_UDP, f"ip daddr {RELAY} tcp dport 3478 reject with tcp reset")
    assert rungs(run) == {"turn-udp": {"silent"}, "turn-tcp": {"refused"}, "turn-tls": {"answered"}}
    assert run.finding("firewall")["params"]["way"] == "TURN/TLS"


def test_the_room_lets_us_in_names_its_relay_and_sees_us_leave(street: Street, services: Path) -> None:
    services.write_text("")
    run = checked(street, room())
    assert firewall(run) == {"firewall.open": "ok"}
    seen = run.fact("firewall.signalling")
    assert (seen["outcome"], seen["version"]) == ("answered", livekit_server.VERSION)
    assert rungs(run) == {"turn-udp": {"answered"}}
    assert services.read_text().split() == ["entered", "left"]


def test_the_relay_that_the_room_names_is_cut_off(street: Street) -> None:
    run = checked(street, room(), f"ip daddr {RELAY} udp dport 3478 drop")
    assert rungs(run) == {"turn-udp": {"silent"}}


@pytest.mark.parametrize(
    ("settings", "cut", "outcome", "code", "severity"),
    [
        (room(CUTTING), (), "no_websocket", "firewall.signalling_blocked", "critical"),
        (room(token="out-of-date"), (), "not_admitted", "firewall.service_untested", "info"),
        (room(), (f"tcp dport {PASSING} drop",), "silent", "firewall.signalling_blocked", "critical"),
        (
            room(),
            (f"tcp dport {PASSING} reject with tcp reset",),
            "refused",
            "firewall.signalling_blocked",
            "critical",
        ),
        (room(443), (), "no_room", "firewall.service_untested", "unknown"),
        (room(443, host="nobody.example"), (), "untrusted", "firewall.signalling_blocked", "critical"),
        (room(host="unheard.example"), (), "no_name", "firewall.service_untested", "unknown"),
    ],
)
def test_why_the_room_stays_closed(
    street: Street, settings: str, cut: tuple[str, ...], outcome: str, code: str, severity: str
) -> None:
    run = checked(street, settings, *cut)
    assert run.fact("firewall.signalling")["outcome"] == outcome
    assert firewall(run)[code] == severity


def test_addresses_of_the_service_are_redacted_as_others(street: Street) -> None:
    street.office.rules()
    run = street.check("--meeting", "https://meet.example/salle", settings=room(), private=False)
    assert "meet.example" not in run.stdout
    assert AWAY not in run.stdout
    assert RELAY not in run.stdout
