"""Questions to name servers and their answers (RFC 1035): by table, and whatever comes."""

from __future__ import annotations

import ctypes
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amif_netcheck.measure import dns, names, windows_name_servers
from amif_netcheck.measure.names import Names, leads_nowhere
from amif_netcheck.measure.windows_name_servers import FixedInfo, IpAddrString
from amif_netcheck.model.facts import Outcome, Reason, Unavailable

HOST = "meet.example"
A, AAAA, CNAME = 1, 28, 5
Answerer = Callable[[bytes], bytes | None]


def answer(question: bytes, *records: tuple[int, bytes], code: int = dns.OK) -> bytes:
    """An answer to a question; each record's name points back at the question's (RFC 1035, section 4.1.4)."""
    data = b"".join(
        struct.pack("!3HIH", 0xC00C, kind, 1, 60, len(content)) + content for kind, content in records
    )
    return question[:2] + struct.pack("!5H", 0x8180 | code, 1, len(records), 0, 0) + question[12:] + data


def knows(question: bytes) -> bytes:
    """One address of each kind, behind an alias."""
    if question[-4:-2] == struct.pack("!H", A):
        return answer(question, (CNAME, b"\xc0\x0c"), (A, bytes((192, 0, 2, 7))))
    return answer(question, (AAAA, ip_address("2001:db8::7").packed))


def fails(code: int) -> Answerer:
    return lambda question: answer(question, code=code)


def lies(question: bytes) -> bytes:
    """The right address under another number."""
    return bytes((question[0] ^ 1,)) + knows(question)[1:]


@contextmanager
def server(answerer: Answerer) -> Iterator[int]:
    """A name server on loopback; its port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        sock.settimeout(0.1)
        over = threading.Event()

        def serve() -> None:
            while not over.is_set():
                try:
                    question, peer = sock.recvfrom(512)
                except OSError:
                    continue
                if (datagram := answerer(question)) is not None:
                    sock.sendto(datagram, peer)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield sock.getsockname()[1]
        finally:
            over.set()
            thread.join()


def asked(monkeypatch: pytest.MonkeyPatch, answerer: Answerer, seconds: float = 2.0) -> dns.DnsResponse:
    with server(answerer) as port:
        monkeypatch.setattr(dns, "_PORT", port)
        by = time.monotonic() + seconds
        (response,) = dns.ask(HOST, ("127.0.0.1",), until=by, stop=threading.Event())
    return response


@pytest.mark.parametrize(
    ("answerer", "code", "addresses"),
    [
        (knows, dns.OK, {"192.0.2.7", "2001:db8::7"}),
        (fails(dns.SERVER_FAILURE), dns.SERVER_FAILURE, set()),
        (fails(dns.NO_SUCH_NAME), dns.NO_SUCH_NAME, set()),
        (fails(5), 5, set()),
        (fails(9), 5, set()),
        (answer, dns.OK, set()),
    ],
    ids=["known", "servfail", "nxdomain", "refused", "other", "no-address"],
)
def test_what_a_server_says(
    answerer: Answerer, code: int, addresses: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    response = asked(monkeypatch, answerer)
    assert (response.outcome, response.code) == (Outcome.ANSWERED, code)
    assert {str(address) for address in response.addresses} == addresses


@pytest.mark.parametrize("answerer", [lambda _: None, lies, lambda _: b"", lambda question: question])
def test_what_is_no_answer_is_silence(answerer: Answerer, monkeypatch: pytest.MonkeyPatch) -> None:
    response = asked(monkeypatch, answerer, seconds=0.3)
    assert (response.outcome, response.code, response.addresses) == (Outcome.SILENT, None, ())


def test_one_where_nobody_listens_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        monkeypatch.setattr(dns, "_PORT", sock.getsockname()[1])
    (response,) = dns.ask(HOST, ("127.0.0.1",), until=time.monotonic() + 0.5, stop=threading.Event())
    assert response.outcome is Outcome.REFUSED


def cut_anywhere(length: int) -> Answerer:
    return lambda question: knows(question)[:length]


@pytest.mark.parametrize("length", [0, 11, 12, 20, 40, 50, 55])
def test_an_answer_that_is_cut_has_no_address(length: int, monkeypatch: pytest.MonkeyPatch) -> None:
    assert asked(monkeypatch, cut_anywhere(length), seconds=0.2).addresses == ()


@given(st.binary(max_size=80))
def test_any_bytes_do_no_harm(tail: bytes) -> None:
    question = b"\x04meet\x07example\x00" + struct.pack("!2H", A, 1)
    for datagram in (tail, struct.pack("!6H", 7, 0x8180, 1, 3, 0, 0) + question + tail):
        try:
            code, addresses = dns._read(datagram, 7, question)
        except (ValueError, IndexError, struct.error):
            continue
        assert code in range(16)
        assert len(addresses) <= 3


@given(st.text(max_size=80))
def test_any_name_is_asked_for_or_not(host: str) -> None:
    assert dns.ask(host, ("127.0.0.1",), until=0.0, stop=threading.Event()) in {
        (),
        (dns.DnsResponse("127.0.0.1", Outcome.SILENT),),
    }


def test_the_servers_of_resolv_conf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "resolv.conf"
    monkeypatch.setattr(dns, "_RESOLV_CONF", file)
    assert dns.of_resolv_conf() == ()
    file.write_bytes(
        b"# nameserver 192.0.2.9\nsearch \xff.example\nnameserver 192.0.2.1\nnameserver\tfe80::1%eth0\n"
        b"nameserver\nnameserver 192.0.2.1\noptions rotate\nnameserver 192.0.2.2\nnameserver 192.0.2.3\n"
    )
    assert dns.of_resolv_conf() == ("192.0.2.1", "fe80::1%eth0", "192.0.2.2")


# --- beside the system's resolver -------------------------------------------------------------------------------------


@pytest.fixture
def hanging_system(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The system's resolver waits for a dead server; numbers it knows at once."""
    release, real = threading.Event(), socket.getaddrinfo

    def hang(host: str, *arguments: object, **options: object) -> object:
        if options.get("flags") != socket.AI_NUMERICHOST:
            release.wait(20)
        return real("127.0.0.1", *arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    monkeypatch.setattr(names, "_HEAD_START_S", 0.0)
    monkeypatch.setattr(dns, "configured", lambda: ("127.0.0.1",))
    yield
    release.set()


@pytest.mark.parametrize(
    ("answerer", "reason"),
    [(fails(dns.SERVER_FAILURE), Reason.BLOCKED), (fails(dns.NO_SUCH_NAME), Reason.NOT_PRESENT)],
)
def test_why_there_is_no_address(
    answerer: Answerer, reason: Reason, hanging_system: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with server(answerer) as port:
        monkeypatch.setattr(dns, "_PORT", port)
        resolved = Names().resolve(HOST, until=time.monotonic() + 5)
    assert isinstance(resolved, Unavailable)
    assert resolved.reason is reason


def test_a_server_that_knows_is_faster_than_a_system_that_waits(
    hanging_system: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with server(knows) as port:
        monkeypatch.setattr(dns, "_PORT", port)
        resolved = Names().resolve(HOST, until=time.monotonic() + 5)
    assert resolved == (ip_address("2001:db8::7"), ip_address("192.0.2.7"))


@pytest.mark.parametrize(
    ("answerer", "reason"),
    [
        (fails(dns.NO_SUCH_NAME), Reason.NOT_PRESENT),
        (fails(dns.SERVER_FAILURE), Reason.BLOCKED),
        (lambda _question: None, Reason.TIMEOUT),
    ],
    ids=["there is none", "it fails", "it is dead"],
)
def test_windows_says_no_such_host_and_its_name_server_says_why(
    answerer: Answerer, reason: Reason, monkeypatch: pytest.MonkeyPatch
) -> None:
    """WSAHOST_NOT_FOUND is what it says where no server answers, too."""
    real = socket.getaddrinfo

    def no_such_host(host: str, *arguments: object, **options: object) -> object:
        if options.get("flags") != socket.AI_NUMERICHOST:
            raise socket.gaierror(11001, "getaddrinfo failed")
        return real(host, *arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", no_such_host)
    monkeypatch.setattr(dns, "configured", lambda: ("127.0.0.1",))
    with server(answerer) as port:
        monkeypatch.setattr(dns, "_PORT", port)
        resolved = Names().resolve(HOST, until=time.monotonic() + 5)
    assert isinstance(resolved, Unavailable)
    assert resolved.reason is reason


def test_windows_says_no_such_host_and_has_no_name_server_to_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_such_host(*_: object, **__: object) -> None:
        raise socket.gaierror(11001, "getaddrinfo failed")

    monkeypatch.setattr(socket, "getaddrinfo", no_such_host)
    monkeypatch.setattr(dns, "configured", lambda: ())
    resolved = Names().resolve(HOST, until=time.monotonic() + 5)
    assert isinstance(resolved, Unavailable)
    assert resolved.reason is Reason.NOT_PRESENT


# --- Windows' name servers ----------------------------------------------------------------------------


def fixed_info(buffer: ctypes.Array[ctypes.c_char], *servers: bytes) -> None:
    """FIXED_INFO written by hand after iptypes.h, with its list in the same memory, as GetNetworkParams leaves it."""
    base, size = ctypes.addressof(buffer), ctypes.sizeof(IpAddrString)
    first = FixedInfo.first.offset
    places = [first, *(ctypes.sizeof(FixedInfo) + 300 + size * index for index in range(len(servers) - 1))]
    for index, (at, server) in enumerate(zip(places, servers, strict=True)):
        following = base + places[index + 1] if index + 1 < len(places) else None
        each = IpAddrString(next=following, address=server, mask=b"255.255.255.255", context=0)
        ctypes.memmove(base + at, ctypes.addressof(each), size)


@pytest.mark.parametrize(
    ("servers", "expected"),
    [
        ((b"192.168.1.1", b"192.0.2.9", b"192.168.1.1"), ("192.168.1.1", "192.0.2.9")),
        ((b"192.168.1.1",), ("192.168.1.1",)),
        ((b"",), ()),
        ((b"0.0.0.0", b"192.0.2.9"), ("192.0.2.9",)),
        ((b"\xff\xfe", b"192.0.2.9"), ("192.0.2.9",)),
    ],
)
def test_the_name_servers_of_windows(servers: tuple[bytes, ...], expected: tuple[str, ...]) -> None:
    rooms: list[int] = []

    def ask(buffer: ctypes.Array[ctypes.c_char], room: int) -> tuple[int, int]:
        rooms.append(room)
        if room < 5_000:
            return 111, 5_000
        fixed_info(buffer, *servers)
        return 0, room

    assert windows_name_servers.configured(ask) == expected
    assert rooms == [4_096, 5_000]


def test_a_list_without_an_end_is_left() -> None:
    buffer = ctypes.create_string_buffer(4_096)
    base, at = ctypes.addressof(buffer), FixedInfo.first.offset
    each = IpAddrString(next=base + at, address=b"192.0.2.9")
    ctypes.memmove(base + at, ctypes.addressof(each), ctypes.sizeof(each))
    assert windows_name_servers.listed(buffer.raw, base) == ("192.0.2.9",)


@given(st.binary(max_size=500), st.integers(0, 2**40))
def test_any_bytes_name_no_server_or_one(info: bytes, base: int) -> None:
    for address in windows_name_servers.listed(info, base):
        assert ip_address(address).version == 4


def test_where_windows_can_not_be_asked_no_name_server_is_known() -> None:
    assert windows_name_servers.configured(lambda _buffer, room: (5, room)) == ()
    assert windows_name_servers.configured(lambda _buffer, _room: (111, 4_096)) == ()


@pytest.mark.parametrize("host", ["printer", "printer.local", "localhost"])
def test_names_that_are_not_the_name_servers_business(host: str) -> None:
    assert not dns.is_global(host)


@pytest.mark.parametrize(
    ("host", "addresses", "sunk"),
    [
        (HOST, ["0.0.0.0"], True),
        (HOST, ["::", "127.0.0.1"], True),
        (HOST, ["0.0.0.0", "192.0.2.1"], False),
        (HOST, ["192.168.1.1"], False),
        (HOST, [], False),
        ("localhost", ["127.0.0.1"], False),
        ("127.0.0.1", ["127.0.0.1"], False),
    ],
)
def test_a_name_that_leads_nowhere(host: str, addresses: list[str], sunk: bool) -> None:
    assert leads_nowhere(host, [ip_address(address) for address in addresses]) is sunk
