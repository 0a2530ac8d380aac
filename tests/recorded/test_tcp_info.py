"""Bytes that were sent, sent again and confirmed, as systems tell of a connection; the structures are written by hand."""

from __future__ import annotations

import errno
import socket
import struct
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amif_netcheck import winsock
from amif_netcheck.model.facts import Reason, Unavailable
from amif_netcheck.platforms.linux import tcp_info as linux
from amif_netcheck.platforms.linux.platform import Linux
from amif_netcheck.platforms.macos import tcp_info as macos
from amif_netcheck.platforms.macos.platform import MacOS
from amif_netcheck.platforms.windows import tcp_info as windows
from amif_netcheck.platforms.windows.platform import Windows
from tests.windows_sockets import windows_error


def tcp_info_v0(*, out: int, again: int, in_flight: int) -> bytes:
    """TCP_INFO_v0 after mstcpip.h of the Windows SDK, field by field."""
    return struct.pack(
        "<IIQB3xIIIIIIIQQIIIIIB3x",
        4,  # State: TCPSTATE_ESTABLISHED
        1460,  # Mss
        2_345,  # ConnectionTimeMs
        1,  # TimestampsEnabled
        18_000,  # RttUs
        15_200,  # MinRttUs
        in_flight,
        146_000,  # Cwnd
        1_048_576,  # SndWnd
        65_535,  # RcvWnd
        65_536,  # RcvBuf
        out,
        812,  # BytesIn
        0,  # BytesReordered
        again,
        3,  # FastRetrans
        7,  # DupAcksIn
        0,  # TimeoutEpisodes
        0,  # SynRetrans
    )


def tcp_connection_info(held: int) -> bytes:
    """`struct tcp_connection_info` after macOS's netinet/tcp.h, field by field."""
    return struct.pack(
        "=4B13I7Q",
        4,  # tcpi_state: ESTABLISHED
        *(6, 6, 0),  # window scales, padding
        *(7, 0, 230, 1448, 1_073_725_440, 120_000, 131_072),  # options, flags, rto, maxseg, ssthresh, cwnd, snd_wnd
        held,  # tcpi_snd_sbbytes
        *(131_072, 18, 19, 4),  # rcv_wnd, rttcur, srtt, rttvar
        *(0,),  # fast open
        *(5_000, 7_000_000, 2_896, 300, 1_000, 0, 2),  # packets sent, bytes, bytes again; received: the same three, packets again
    )  # fmt: skip


def test_windows_counts_neither_what_is_on_its_way_nor_what_was_sent_twice() -> None:
    info = tcp_info_v0(out=7_000_000_000, again=14_600, in_flight=146_000)
    assert len(info) == 88
    assert windows.parse(info) == 7_000_000_000 - 14_600 - 146_000
    assert windows.parse(tcp_info_v0(out=0, again=0, in_flight=0)) == 0


def test_macos_counts_what_it_does_not_hold_any_more() -> None:
    info = tcp_connection_info(131_072)
    assert len(info) == 112
    assert macos.parse(info, 7_000_000) == 7_000_000 - 131_072
    assert macos.parse(info, 100) == 0, "headers that were not counted as sent"


@given(st.binary(max_size=200), st.integers(0, 2**40))
@pytest.mark.parametrize(
    "parse", [lambda info, _sent: windows.parse(info), macos.parse], ids=["windows", "macos"]
)
def test_whatever_bytes_come(
    parse: Callable[[bytes, int], int | Unavailable], info: bytes, sent: int
) -> None:
    count = parse(info, sent)
    assert count.reason is Reason.UNSUPPORTED if isinstance(count, Unavailable) else count >= 0


def answering(answer: bytes | OSError) -> winsock.Control:
    def control(sock: socket.socket, code: int, request: bytes, room: int = 0) -> bytes:
        assert (code, request, room) == (0xD8000027, bytes(4), 88), "SIO_TCP_INFO, version 0"
        if isinstance(answer, OSError):
            raise answer
        return answer

    return control


def test_windows_is_asked_for_the_structure() -> None:
    with socket.socket() as sock:
        info = tcp_info_v0(out=5_000, again=0, in_flight=1_000)
        assert windows.acked_bytes(sock, 9_999, answering(info)) == 4_000
        assert windows.acked_bytes(sock, 9_999, answering(windows_error(10057))) == 0, (
            "not connected any more"
        )
        for number in (10045, 10022):  # WSAEOPNOTSUPP, WSAEINVAL: before Windows 10 1703
            unknown = windows.acked_bytes(sock, 9_999, answering(windows_error(number)))
            assert isinstance(unknown, Unavailable)
            assert unknown.reason is Reason.UNSUPPORTED


class MacSocket(socket.socket):
    """A real one with macOS's options."""

    answer: bytes | OSError = b""

    def getsockopt(self, level: int, option: int, size: int = 0) -> bytes:  # type: ignore[override]
        assert (level, option, size) == (socket.IPPROTO_TCP, 0x106, 112), "TCP_CONNECTION_INFO"
        if isinstance(self.answer, OSError):
            raise self.answer
        return self.answer


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (tcp_connection_info(1_000), 4_000),
        (OSError(errno.EINVAL, "Invalid argument"), 0),  # closed by the other side
        (OSError(errno.ENOPROTOOPT, "Protocol not available"), Reason.UNSUPPORTED),
    ],
)
def test_macos_is_asked_for_the_structure(answer: bytes | OSError, expected: int | Reason) -> None:
    with MacSocket() as sock:
        sock.answer = answer
        count = macos.acked_bytes(sock, 5_000)
    assert (count.reason if isinstance(count, Unavailable) else count) == expected


@pytest.mark.parametrize("platform", [Windows(), MacOS()], ids=lambda platform: platform.name)
def test_of_a_closed_connection_nothing_more_is_confirmed(platform: Windows | MacOS) -> None:
    sock = socket.socket()
    sock.close()
    assert platform.acked_bytes(sock, 5_000) == 0


# --- what was sent again ----------------------------------------------------------------------------


def linux_tcp_info(again: int) -> bytes:
    """`struct tcp_info` after Linux 6.1's include/uapi/linux/tcp.h, up to `tcpi_bytes_retrans`."""
    return struct.pack(
        "=8B24I4Q6I4Q2I2Q",
        *(1, 0, 0, 0, 0, 7, 0x77, 0),  # state, ca_state, retransmits, probes, backoff, options, scales, flags
        *(204_000, 40_000, 1448, 536, 0, 0, 0, 0),  # rto, ato, MSS both ways, unacked, sacked, lost, retrans
        *(0, 12, 0, 3, 4, 1500, 64_088, 21_000, 900, 0, 10, 1448),  # fackets, times, pmtu, rcv_ssthresh, rtt, cwnd, MSS
        *(3, 0, 64_076, 2),  # reordering, rcv_rtt, rcv_space, total_retrans
        *(2_000_000, 10_000_000, 5_000, 200),  # pacing rates, bytes acked and received
        *(60, 30, 0, 19_000, 2, 55),  # segs_out, segs_in, notsent, min_rtt, data_segs_in, data_segs_out
        *(90_000, 700_000, 0, 0),  # delivery_rate, busy, rwnd_limited, sndbuf_limited
        *(55, 0),  # delivered, delivered_ce
        *(30_400, again),  # bytes_sent, bytes_retrans
    )  # fmt: skip


@pytest.mark.parametrize(
    ("parse", "info", "expected"),
    [
        (windows.parse_resent, tcp_info_v0(out=7_000_000_000, again=14_600, in_flight=0), 14_600),
        (macos.parse_resent, tcp_connection_info(0), 2_896),
        (linux.parse_resent, linux_tcp_info(1_200), 1_200),
        (linux.parse_resent, linux_tcp_info(1_200)[:200], Reason.UNSUPPORTED),
    ],
    ids=["windows", "macos", "linux", "linux before 4.19"],
)
def test_what_was_sent_again(
    parse: Callable[[bytes], int | Unavailable], info: bytes, expected: int | Reason
) -> None:
    told = parse(info)
    assert (told.reason if isinstance(told, Unavailable) else told) == expected


@given(st.binary(max_size=300))
@pytest.mark.parametrize("parse", [windows.parse_resent, macos.parse_resent, linux.parse_resent])
def test_whatever_bytes_come_of_what_was_sent_again(
    parse: Callable[[bytes], int | Unavailable], info: bytes
) -> None:
    told = parse(info)
    assert told.reason is Reason.UNSUPPORTED if isinstance(told, Unavailable) else told >= 0


@pytest.mark.parametrize("platform", [Linux(), Windows(), MacOS()], ids=lambda platform: platform.name)
def test_of_a_closed_connection_nothing_is_told(platform: Linux | Windows | MacOS) -> None:
    sock = socket.socket()
    sock.close()
    assert isinstance(platform.resent_bytes(sock), Unavailable)


def test_windows_is_asked_for_what_was_sent_again() -> None:
    with socket.socket() as sock:
        assert windows.resent_bytes(sock, answering(tcp_info_v0(out=5_000, again=10, in_flight=0))) == 10
        for number, reason in ((10057, Reason.ERROR), (10045, Reason.UNSUPPORTED)):
            told = windows.resent_bytes(sock, answering(windows_error(number)))
            assert isinstance(told, Unavailable)
            assert told.reason is reason


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (tcp_connection_info(0), 2_896),
        (OSError(errno.EINVAL, "Invalid argument"), Reason.ERROR),
        (OSError(errno.ENOPROTOOPT, "Protocol not available"), Reason.UNSUPPORTED),
    ],
)
def test_macos_is_asked_for_what_was_sent_again(answer: bytes | OSError, expected: int | Reason) -> None:
    with MacSocket() as sock:
        sock.answer = answer
        told = macos.resent_bytes(sock)
    assert (told.reason if isinstance(told, Unavailable) else told) == expected
