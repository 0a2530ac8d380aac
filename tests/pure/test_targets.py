"""Servers and meetings as people type them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amif_netcheck.errors import InputError
from amif_netcheck.measure import proxies
from amif_netcheck.meeting import targets
from amif_netcheck.model.address import Server, base_of, port_number


@pytest.mark.parametrize(
    ("text", "server"),
    [
        ("stun.example.org", Server("stun.example.org", 3478)),
        (" stun.example.org:443 ", Server("stun.example.org", 443)),
        ("192.0.2.1:19302", Server("192.0.2.1", 19302)),
        ("[2001:db8::1]:443", Server("2001:db8::1", 443)),
        ("[2001:db8::1]", Server("2001:db8::1", 3478)),
        ("2001:db8::1", Server("2001:db8::1", 3478)),
        ("serveur-été.example", Server("xn--serveur-t-i4ab.example", 3478)),
    ],
)
def test_servers(text: str, server: Server) -> None:
    assert targets.server(text) == server


@pytest.mark.parametrize(
    "text", ["", ":3478", "host:", "host:0", "host:65536", "host:x", "host:٣", "a b", "-a.example", "a..b", "[::1", "a/b", "x" * 64, "h:999999999999999999999"]
)  # fmt: skip
def test_what_is_no_server(text: str) -> None:
    with pytest.raises(InputError, match="no_server"):
        targets.server(text)


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("https://visio.numerique.gouv.fr/abc-defg-hij", "visio.numerique.gouv.fr"),
        ("https://visio.numerique.gouv.fr:8443/x?y=z#w", "visio.numerique.gouv.fr"),
        ("visio.numerique.gouv.fr/abc-defg-hij", "visio.numerique.gouv.fr"),
        ("visio.numerique.gouv.fr", "visio.numerique.gouv.fr"),
        ("Meet.Example:443", "meet.example"),
        ("visio", "visio"),
        ("visio:8443", "visio"),
        ("https://visio/salle", "visio"),
        ("[2001:db8::1]/x", "2001:db8::1"),
        ("réunion.example/été", "xn--runion-bva.example"),
        ("https://user:secret@meet.example/x", "meet.example"),
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::1"),
        ("https://[2001:db8::1]/x", "2001:db8::1"),
        ("https://https://zoom.us/j/1", "zoom.us"),
        ("http://https://zoom.us/j/1", "zoom.us"),
        ("https:https://zoom.us/j/1", "zoom.us"),
        ("zoommtg://zoom.us/join?confno=1", "zoom.us"),
    ],
)
def test_meetings(text: str, host: str) -> None:
    assert targets.meeting(text) == host


@pytest.mark.parametrize(
    "text",
    [
        "https://",
        "two words",
        "héhé/../",
        "Documents/visio",
        "réunion",
        "https://a b/",
        "https://host:port/",
        "///",
        "https://-/",
        "\x1b[2J",
        "webexteams://meet?sip=a",
        "msteams:/l/meetup-join/a",
        ".",
    ],
)
def test_what_is_no_meeting(text: str) -> None:
    with pytest.raises(InputError, match="no_meeting"):
        targets.meeting(text)


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("<https://visio.example/a>", "visio.example", 443),
        ("https://visio.example.", "visio.example", 443),
        ("https://visio.example:8443.", "visio.example", 8443),
        ("https://visio.example./a", "visio.example", 443),
        ("visio.example.", "visio.example", 443),
        ("https://visio.example/a,", "visio.example", 443),
        ("(https://visio.example/a).", "visio.example", 443),
        ("« https://visio.example »", "visio.example", 443),
        ("“visio.example:8443”", "visio.example", 8443),
        ("[https://visio.example:8443]", "visio.example", 8443),
        ("\u200bhttps://visio.example\ufeff", "visio.example", 443),
        ("\u00a0visio.example\u202f!", "visio.example", 443),
        ("https://visio.example:", "visio.example", 443),
        ("visio.example…", "visio.example", 443),
        ("<[2001:db8::1]:8443>", "2001:db8::1", 8443),
        ("2001:db8::", "2001:db8::", 443),
        ("[2001:db8::1]", "2001:db8::1", 443),
        ("HTTPS://Visio.Example/A", "visio.example", 443),
        ("visio.example:0443", "visio.example", 443),
    ],
)
def test_what_surrounds_a_link_is_no_part_of_it(text: str, host: str, port: int) -> None:
    assert (targets.meeting(text), targets.meeting_port(text)) == (host, port)


PORTS = {
    "1": 1, "443": 443, "0443": 443, "0000065535": 65535,
    **dict.fromkeys(["0", "00", "65536", "99999", "100000", "00000111111", "9" * 5000, "+80", "-80", "8_0", "٨٠", "８０", "0x50", "80.0", "1e3", "²"]),
}  # fmt: skip
"""What is typed for a port, and what it is; None: refused."""


@pytest.mark.parametrize(("text", "port"), PORTS.items(), ids=lambda value: repr(value)[:20])
def test_a_port_is_read_or_refused_wherever_one_is_typed(text: str, port: int | None) -> None:
    def meeting_port(address: str) -> int:
        return targets.meeting_port(address) if targets.meeting(address) else 0

    def proxy_port(address: str) -> int:
        route = proxies.parse(address)
        return targets.server("no port:").port if route is None else route.port

    read: list[Callable[[], int]] = [
        lambda: port_number(text),
        lambda: base_of(f"http://h:{text}/x").port,
        lambda: proxy_port(f"http://h:{text}"),
        lambda: targets.server(f"h:{text}").port,
        lambda: targets.server(f"[::1]:{text}").port,
        lambda: targets.web_server(f"h:{text}").port,
        lambda: targets.speed_server(f"https://h:{text}/x").port,
        lambda: meeting_port(f"https://h:{text}/x"),
        lambda: meeting_port(f"https://[::1]:{text}"),
        lambda: meeting_port(f"h.example:{text}/x"),
    ]
    for number in read:
        if port is not None:
            assert number() == port
        else:
            with pytest.raises((InputError, ValueError)):
                number()


@given(st.text())
def test_any_text_is_a_target_or_one_line_of_complaint(text: str) -> None:
    for read in (targets.server, targets.meeting):
        try:
            read(text)
        except InputError:
            continue


@pytest.mark.parametrize(
    ("text", "port"),
    [
        ("https://visio.numerique.gouv.fr/abc", 443),
        ("https://visio.example:8443/x", 8443),
        ("http://visio.example/x", 80),
        ("visio.example", 443),
        ("visio.example:444", 444),
        ("2001:db8::1", 443),
    ],
)
def test_the_port_of_a_meeting(text: str, port: int) -> None:
    assert targets.meeting_port(text) == port


@pytest.mark.parametrize(("text", "port"), [("www.example", 443), ("www.example:8443", 8443)])
def test_web_servers_to_compare_with(text: str, port: int) -> None:
    assert targets.web_server(text) == Server("www.example", port)


@pytest.mark.parametrize(
    "text", ["", "https://www.example/ok", "http://", "http://a b/", "ftp://www.example/"]
)
def test_what_is_no_page_to_compare_with(text: str) -> None:
    with pytest.raises(InputError, match="no_page"):
        targets.known_page(text)
