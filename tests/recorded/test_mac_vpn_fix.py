"""Hanging up a VPN that macOS keeps: offered where it is certain, done on a yes, told by the system's own word."""

from __future__ import annotations

import time

import pytest

from amif_netcheck.model.facts import Reason, Unavailable
from amif_netcheck.model.fix import Fix, FixKind, FixOutcome
from amif_netcheck.platforms.macos.fixes.vpn import MacVpn
from tests.recorded import mac_layouts as layouts
from tests.recorded.macs import FakeTools, Mac

IDENTIFIER = "9B33EDB3-0000-4000-8000-0123456789AB"
# configd's scutil.tproj/nc.c; the keys of a VPN are kSCEntNetVPN's.
SHOW = f"""* (Connected)      {IDENTIFIER} VPN (com.wireguard.macos) "mairie"                       [VPN:com.wireguard.macos]
VPN <dictionary> {{
  AuthName : maire
  DisconnectOnIdle : 0
  NEProviderBundleIdentifier : com.wireguard.macos.network-extension
  RemoteAddress : 203.0.113.9:51820
}}
"""


def tools_of(mac: Mac, show: str = SHOW) -> FakeTools:
    tools = mac.tools()
    tools.outputs["ifconfig -vv"] = mac.ifconfig[mac.ifconfig.rindex("\n", 0, _of_the_tunnel(mac)) + 1 :]
    tools.outputs[f"scutil --nc show {IDENTIFIER}"] = show
    return tools


def _of_the_tunnel(mac: Mac) -> int:
    return max(mac.ifconfig.rfind(f"{name}: flags") for name in ("utun2", "utun4", "ipsec0", "ppp0"))


def soon() -> float:
    return time.monotonic() + 5


@pytest.mark.parametrize(
    ("mac", "interface", "name"),
    [
        (layouts.WIREGUARD, "utun2", "mairie"),
        (layouts.GLOBALPROTECT, "utun4", "GlobalProtect"),
        (layouts.IKEV2, "ipsec0", "Mairie IKEv2"),
        (layouts.L2TP, "ppp0", "Bureau"),
    ],
)
def test_a_connection_of_the_system_is_offered(mac: Mac, interface: str, name: str) -> None:
    (fix,) = MacVpn(tools_of(mac)).offers((interface,), soon())
    assert fix == Fix(
        kind=FixKind.DISCONNECT_VPN,
        params={"connection": name, "interface": interface},
        target=(IDENTIFIER,),
    )


@pytest.mark.parametrize(
    ("mac", "interface"),
    [
        (layouts.OPENVPN_BY_HALVES, "utun4"),
        (layouts.ANYCONNECT_SPLIT, "utun4"),
        (layouts.FORTICLIENT, "ppp0"),
        (layouts.WIREGUARD, "utun0"),
    ],
)
def test_what_a_program_made_by_itself_is_not_offered(mac: Mac, interface: str) -> None:
    assert MacVpn(tools_of(mac)).offers((interface,), soon()) == ()


@pytest.mark.parametrize(
    "line", ["OnDemandEnabled : 1", "OnDemandEnabled : TRUE", "PayloadUUID : 1234", "ProfileIdentifier : x"]
)
def test_what_the_person_can_not_choose_is_not_offered(line: str) -> None:
    """It would come back by itself, or an organisation keeps it."""
    show = SHOW.replace("  AuthName", f"  {line}\n  AuthName")
    assert MacVpn(tools_of(layouts.WIREGUARD, show)).offers(("utun2",), soon()) == ()
    off = SHOW.replace("  AuthName", "  OnDemandEnabled : 0\n  AuthName")
    assert len(MacVpn(tools_of(layouts.WIREGUARD, off)).offers(("utun2",), soon())) == 1


def test_without_an_answer_nothing_is_offered() -> None:
    tools = tools_of(layouts.WIREGUARD)
    for silent in ("scutil --nc list", f"scutil --nc show {IDENTIFIER}", "ifconfig -vv"):
        broken = FakeTools()
        broken.outputs |= tools.outputs
        broken.outputs[silent] = Unavailable(reason=Reason.TIMEOUT)
        assert MacVpn(broken).offers(("utun2",), soon()) == ()
    assert MacVpn(tools).offers(("utun2",), time.monotonic() - 1) == ()


FIX = Fix(kind=FixKind.DISCONNECT_VPN, params={}, target=(IDENTIFIER,))


def hanging_up(*states: str) -> FakeTools:
    """A connection that is in these states one after the other, and stays in the last."""

    left = iter(states)

    def next_state() -> str:
        state = next(left, states[-1])
        return f"{state}\nExtended Status <dictionary> {{\n  Status : 2\n}}\n" if state else ""

    tools = FakeTools()
    tools.outputs["scutil --nc status"] = next_state
    tools.outputs["scutil --nc stop"] = Unavailable(reason=Reason.ERROR, detail="scutil wrote nothing")
    return tools


def test_it_is_hung_up_and_waited_for() -> None:
    tools = hanging_up("Connected", "Disconnecting", "Disconnecting", "Disconnected")
    assert MacVpn(tools).carry_out(FIX, soon()).outcome is FixOutcome.DONE
    assert tools.asked.count(f"scutil --nc stop {IDENTIFIER}") == 1


@pytest.mark.parametrize("state", ["Disconnected", "Invalid", ""])
def test_what_is_gone_is_left_alone(state: str) -> None:
    tools = hanging_up(state)
    assert MacVpn(tools).carry_out(FIX, soon()).outcome is FixOutcome.GONE
    assert not any("stop" in line for line in tools.asked)


def test_what_comes_back_is_not_done() -> None:
    tools = hanging_up("Connected", "Disconnecting", "Connected")
    result = MacVpn(tools).carry_out(FIX, time.monotonic() + 0.5)
    assert (result.outcome, result.detail) == (FixOutcome.UNFINISHED, "Connected")


def test_a_system_that_does_not_answer_has_not_been_asked_to_hang_up() -> None:
    tools = FakeTools()
    tools.outputs["scutil --nc status"] = Unavailable(reason=Reason.TIMEOUT, detail="slow")
    result = MacVpn(tools).carry_out(FIX, soon())
    assert (result.outcome, result.detail) == (FixOutcome.FAILED, "slow")
    assert not any("stop" in line for line in tools.asked)
