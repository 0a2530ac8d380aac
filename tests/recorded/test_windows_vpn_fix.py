"""Hanging up what Windows dialled: offered for its own VPN alone, done to exactly that connection, and told as it ended."""

from __future__ import annotations

import ctypes
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amif_netcheck.model.facts import Reason, Unavailable
from amif_netcheck.model.fix import Fix, FixKind, FixOutcome
from amif_netcheck.platforms.windows import ras
from amif_netcheck.platforms.windows.fixes import vpn
from amif_netcheck.platforms.windows.ras import Ras, RasConnection, RasEntryRow, RasLine, RasStatus

REFUSED = Unavailable(reason=Reason.NOT_PERMITTED, detail="RasHangUpW: error 5")


def dialled(handle: int, entry: str, device_type: str = "vpn", guid: int = 1) -> RasEntryRow:
    row = RasEntryRow(size=ctypes.sizeof(RasEntryRow), handle=handle)
    for units, text in ((row.entry, entry), (row.device_type, device_type)):
        encoded = text.encode("utf-16-le")
        units[: len(encoded) // 2] = memoryview(encoded).cast("H").tolist()
    row.guid[:] = bytes([guid] * 16)
    return row


class FakeRas(Ras):
    """Connections that end after some looks at them."""

    def __init__(self, *rows: RasEntryRow, looks: int = 2, refusal: Unavailable | None = None) -> None:
        self.rows = list(rows)
        self.hung_up: list[int] = []
        self._looks, self._refusal = looks, refusal

    def connections(self) -> bytes | Unavailable:
        return b"".join(map(bytes, self.rows))

    def is_up(self, handle: int) -> bool | Unavailable:
        self._looks -= 1
        return self._looks > 0

    def hang_up(self, handle: int) -> Unavailable | None:
        if self._refusal is None:
            self.hung_up.append(handle)
        return self._refusal


def soon(seconds: float = 5) -> float:
    return time.monotonic() + seconds


def the_fix(dialler: Ras) -> Fix:
    (fix,) = vpn.offers(("VPN Mairie",), soon(), dialler)
    return fix


def test_structures_of_ras_are_as_long_as_in_windows() -> None:
    """ras.h packs them to four bytes, so that the handle follows at once."""
    assert ctypes.sizeof(RasEntryRow) == 1388
    assert RasEntryRow.entry.offset == 12
    assert ctypes.sizeof(RasStatus) == 608


def test_windows_own_vpn_is_offered_by_the_name_of_its_interface() -> None:
    dialler = FakeRas(dialled(77, "VPN Mairie"), dialled(78, "Autre"))
    fix = the_fix(dialler)
    assert fix.kind is FixKind.DISCONNECT_VPN
    assert fix.params == {"connection": "VPN Mairie", "interface": "VPN Mairie"}
    assert dialler.hung_up == []


@pytest.mark.parametrize(
    "rows",
    [
        (),
        (dialled(77, "Autre"),),
        (dialled(77, "VPN Mairie", "PPPoE"),),
        (dialled(77, "VPN Mairie", "modem"),),
        (dialled(77, "VPN Mairie"), dialled(78, "VPN Mairie", guid=2)),
    ],
)
def test_a_line_and_what_is_not_certain_are_not_offered(rows: tuple[RasEntryRow, ...]) -> None:
    assert vpn.offers(("VPN Mairie",), soon(), FakeRas(*rows)) == ()


def test_it_is_hung_up_and_its_end_is_waited_for() -> None:
    dialler = FakeRas(dialled(77, "VPN Mairie"), looks=3)
    assert vpn.carry_out(the_fix(dialler), soon(), dialler).outcome is FixOutcome.DONE
    assert dialler.hung_up == [77]


def test_another_connection_with_the_same_number_is_left_alone() -> None:
    dialler = FakeRas(dialled(77, "VPN Mairie"))
    fix = the_fix(dialler)
    dialler.rows = [dialled(77, "VPN Mairie", guid=2)]
    assert vpn.carry_out(fix, soon(), dialler).outcome is FixOutcome.GONE
    assert dialler.hung_up == []


def test_a_refusal_is_told_from_a_failure() -> None:
    for reason, outcome in ((Reason.NOT_PERMITTED, FixOutcome.REFUSED), (Reason.ERROR, FixOutcome.FAILED)):
        dialler = FakeRas(dialled(77, "VPN Mairie"), refusal=Unavailable(reason=reason))
        assert vpn.carry_out(the_fix(dialler), soon(), dialler).outcome is outcome


def test_one_that_does_not_end_in_time_is_unfinished() -> None:
    dialler = FakeRas(dialled(77, "VPN Mairie"), looks=10_000)
    began = time.monotonic()
    assert vpn.carry_out(the_fix(dialler), soon(0.6), dialler).outcome is FixOutcome.UNFINISHED
    assert time.monotonic() - began < 1


def test_a_call_that_hangs_offers_nothing_and_is_unfinished() -> None:
    class Hanging(FakeRas):
        def connections(self) -> bytes | Unavailable:
            time.sleep(1)
            return b""

    fix = the_fix(FakeRas(dialled(77, "VPN Mairie")))
    assert vpn.offers(("VPN Mairie",), soon(0.1), Hanging()) == ()
    assert vpn.carry_out(fix, soon(0.1), Hanging()).outcome is FixOutcome.UNFINISHED


def test_lines_are_told_by_their_device_in_any_case() -> None:
    rows = b"".join(
        bytes(dialled(number, "x", kind)) for number, kind in enumerate(("VPN", "PPPoE", "parallel"))
    )
    assert [connection.line for connection in ras.parse(rows)] == [RasLine.VPN, RasLine.PPPOE, RasLine.OTHER]


@given(st.binary(max_size=3000))
def test_connections_of_any_kind_are_no_error(junk: bytes) -> None:
    assert all(isinstance(connection, RasConnection) for connection in ras.parse(junk))
