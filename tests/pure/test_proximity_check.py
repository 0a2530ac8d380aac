"""The check `proximity`: from facts to findings, by table; and worse facts never give a better verdict."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from amif_netcheck.advice.language import Language
from amif_netcheck.advice.lookup import say
from amif_netcheck.checks import limits
from amif_netcheck.model.facts import (
    Band,
    Computer,
    Duplex,
    EthernetLink,
    Facts,
    Medium,
    OtherBand,
    Reason,
    Unavailable,
    WifiLink,
)
from amif_netcheck.model.finding import Finding, Severity
from amif_netcheck.run import score
from tests.builders import LIMITS, cable, judged, link, near, train, wifi

BADNESS = {Severity.OK: 0, Severity.INFO: 1, Severity.WARNING: 2, Severity.CRITICAL: 3}
UNTOLD = Unavailable(reason=Reason.UNSUPPORTED)
LATE = Unavailable(reason=Reason.TIMEOUT)
FAST = OtherBand(band=Band.GHZ_5, signal_dbm=-60.0)
FAST_BY_ANOTHER_NAME = OtherBand(band=Band.GHZ_5, signal_dbm=-60.0, same_name=False)
FAST_BUT_FAR = OtherBand(band=Band.GHZ_5, signal_dbm=-75.0)
FAST_UNHEARD = OtherBand(band=Band.GHZ_5, signal_dbm=UNTOLD)
SLOW = OtherBand(band=Band.GHZ_2_4, signal_dbm=-40.0)
FAULT_AT_HOME = link(train(jitter=80, variation=300), train(jitter=80, variation=300))
FAULT_BEYOND = link(train(jitter=80, variation=300), train(rtt=2))
SOUND = link(train(), train(rtt=2))


def only(facts: Facts) -> Finding:
    findings = judged("proximity", facts)
    assert len(findings) == 1
    return findings[0]


def with_link(near_by: Facts, line: Facts) -> Facts:
    return structs.replace(near_by, link=line.link)


@pytest.mark.parametrize(
    ("facts", "code", "severity"),
    [
        pytest.param(Facts(), "proximity.unknown", Severity.UNKNOWN, id="not asked"),
        pytest.param(near(cable(1000)), "proximity.wired", Severity.OK, id="gigabit"),
        pytest.param(near(cable(2500, UNTOLD)), "proximity.wired", Severity.OK, id="too fast for half duplex"),
        pytest.param(near(cable(100)), "proximity.wired", Severity.OK, id="100 full"),
        pytest.param(near(cable(100, UNTOLD)), "proximity.wired_rate_unknown", Severity.UNKNOWN, id="100, duplex untold"),
        pytest.param(near(cable(100, Duplex.HALF)), "proximity.wired_half_duplex", Severity.WARNING, id="100 half"),
        pytest.param(near(cable(10)), "proximity.wired_slow", Severity.WARNING, id="10 full"),
        pytest.param(near(cable(10, Duplex.HALF)), "proximity.wired_slow", Severity.WARNING, id="10 half"),
        pytest.param(near(cable(UNTOLD, UNTOLD)), "proximity.wired_rate_unknown", Severity.UNKNOWN, id="rate untold"),
        pytest.param(near(cable(UNTOLD, Duplex.HALF)), "proximity.wired_half_duplex", Severity.WARNING, id="only half duplex told"),
        pytest.param(near(computer=LATE), "proximity.wired_unsure", Severity.UNKNOWN, id="which computer is untold"),
        pytest.param(near(computer=Computer.CONTAINER), "proximity.wired", Severity.OK, id="container with the host's card"),
        pytest.param(near(computer=Computer.VIRTUAL_MACHINE), "proximity.virtual", Severity.UNKNOWN, id="emulated cable"),
        pytest.param(near(computer=Computer.WSL), "proximity.virtual", Severity.UNKNOWN, id="inside Windows"),
        pytest.param(near(medium=Medium.VIRTUAL), "proximity.virtual", Severity.UNKNOWN, id="veth"),
        pytest.param(near(medium=Medium.UNKNOWN), "proximity.medium_unknown", Severity.UNKNOWN, id="unknown medium"),
        pytest.param(near(medium=Medium.CELLULAR), "proximity.cellular", Severity.INFO, id="modem"),
        pytest.param(near(medium=Medium.TETHERED_PHONE), "proximity.phone", Severity.INFO, id="phone on a cable"),
        pytest.param(near(medium=Medium.BLUETOOTH), "proximity.bluetooth", Severity.INFO, id="phone over Bluetooth"),
        pytest.param(near(wifi(-45.0)), "proximity.wifi", Severity.OK, id="near"),
        pytest.param(near(wifi(-67.0)), "proximity.wifi", Severity.OK, id="at the limit"),
        pytest.param(near(wifi(-67.1)), "proximity.wifi_weak", Severity.INFO, id="below it"),
        pytest.param(near(wifi(-80.0)), "proximity.wifi_weak", Severity.INFO, id="weak, and nothing suffers"),
        pytest.param(near(wifi(-81.0)), "proximity.wifi_too_weak", Severity.WARNING, id="very weak"),
        pytest.param(with_link(near(wifi(-72.0)), FAULT_AT_HOME), "proximity.wifi_suffers", Severity.WARNING, id="weak, and it shows"),
        pytest.param(with_link(near(wifi(-72.0)), FAULT_BEYOND), "proximity.wifi_weak", Severity.INFO, id="weak, but the fault is beyond the box"),
        pytest.param(with_link(near(wifi(-72.0)), SOUND), "proximity.wifi_weak", Severity.INFO, id="weak, but it carries"),
        pytest.param(with_link(near(wifi(-85.0)), SOUND), "proximity.wifi_too_weak", Severity.WARNING, id="very weak, even if it carries now"),
        pytest.param(with_link(near(wifi(-50.0)), FAULT_AT_HOME), "proximity.wifi", Severity.OK, id="not the signal's fault"),
        pytest.param(near(wifi(UNTOLD)), "proximity.wifi_unmeasured", Severity.UNKNOWN, id="signal untold"),
        pytest.param(near(wifi(), computer=Computer.VIRTUAL_MACHINE), "proximity.wifi", Severity.OK, id="a radio handed through"),
        pytest.param(near(wifi(-50.0, Band.GHZ_2_4, FAST)), "proximity.wifi_slow_band", Severity.INFO, id="5 GHz at hand"),
        pytest.param(near(wifi(-50.0, Band.GHZ_2_4, FAST_BUT_FAR)), "proximity.wifi", Severity.OK, id="5 GHz too far"),
        pytest.param(near(wifi(-50.0, Band.GHZ_2_4, FAST_UNHEARD)), "proximity.wifi", Severity.OK, id="5 GHz, how far is untold"),
        pytest.param(near(wifi(-50.0, Band.GHZ_5, SLOW)), "proximity.wifi", Severity.OK, id="on 5 GHz already"),
        pytest.param(near(wifi(-50.0, UNTOLD, FAST)), "proximity.wifi", Severity.OK, id="band untold"),
        pytest.param(near(wifi(-72.0, Band.GHZ_2_4, FAST)), "proximity.wifi_weak", Severity.INFO, id="closer first"),
    ],
)  # fmt: skip
def test_proximity(facts: Facts, code: str, severity: Severity) -> None:
    finding = only(facts)
    assert (finding.code, finding.severity) == (code, severity)


def test_a_link_that_could_not_be_read_is_never_green() -> None:
    for medium in Medium:
        facts = near(medium=medium)
        assert not isinstance(facts.proximity, Unavailable)
        blind = structs.replace(facts, proximity=structs.replace(facts.proximity, ethernet=LATE, wifi=LATE))
        assert only(blind).severity in {Severity.UNKNOWN, Severity.INFO}


@pytest.mark.parametrize(
    ("reason", "send", "variant"),
    [
        (Reason.UNSUPPORTED, None, ""),
        (Reason.UNSUPPORTED, 144.0, "rate"),
        (Reason.NOT_PERMITTED, None, "location"),
        (Reason.NOT_PERMITTED, 144.0, "rate_and_location"),
    ],
)
def test_without_a_signal_the_row_still_says_what_is_known(
    reason: Reason, send: float | None, variant: str
) -> None:
    missing = Unavailable(reason=reason)
    link = structs.replace(
        wifi(-50), signal_dbm=missing, signal_pct=missing, send_mbit_s=missing if send is None else send
    )
    (finding,) = judged("proximity", near(link))
    assert (finding.code, finding.severity) == ("proximity.wifi_unmeasured", Severity.UNKNOWN)
    assert finding.variant == variant
    assert finding.params.get("rate_mbit_s") == send


def test_a_limit_that_is_crossed_stands_beside_the_value() -> None:
    assert only(near(wifi(-85.0))).params == {
        "value_dbm": -85.0, "limit_dbm": -80, "value_pct": 30.0, "limit_pct": 40.0, "source": "Android",
    }  # fmt: skip
    assert only(near(cable(10))).params == {
        "value_mbit_s": 10, "limit_mbit_s": 100, "source": "IEEE 802.3u, 1995",
    }  # fmt: skip


def test_the_bad_way_to_the_box_is_part_of_the_evidence() -> None:
    evidence = only(with_link(near(wifi(-72.0)), FAULT_AT_HOME)).evidence
    assert any(path.startswith("facts.link.gateway") for path in evidence)


def test_no_word_on_wifi_for_a_cable() -> None:
    for language in (Language("fr"), Language("en")):
        for facts in (near(cable(1000)), near(cable(10)), near(cable(100, Duplex.HALF))):
            said = say(only(facts), language, "linux")
            assert "wi-fi" not in " ".join((said.title, said.summary, said.meaning, *said.steps)).casefold()


def test_no_decibel_reaches_the_participant() -> None:
    for signal in (-50.0, -70.0, -90.0):
        said = say(only(near(wifi(signal))), Language("fr"), "linux")
        assert "dbm" not in " ".join((said.summary, said.meaning, *said.steps)).casefold()
        assert "%" in said.summary


def test_another_name_is_told_without_naming_it() -> None:
    finding = only(near(wifi(-50.0, Band.GHZ_2_4, FAST_BY_ANOTHER_NAME, ssid="Secret-Name")))
    assert "Secret" not in str(finding)
    assert "« 5G »".replace(" ", "\u00a0") in " ".join(say(finding, Language("fr"), "linux").steps)


# --- worse is never better --------------------------------------------------------------------------

lines = st.sampled_from([Facts(), SOUND, FAULT_AT_HOME, FAULT_BEYOND])
others = st.lists(st.sampled_from([FAST, FAST_BUT_FAR, FAST_UNHEARD, SLOW]), max_size=3)


def badness(facts: Facts) -> int:
    return BADNESS[only(facts).severity]


@given(st.floats(-119, -1), st.floats(0, 60), st.sampled_from(list(Band)), others, lines)
def test_a_weaker_signal_is_never_judged_better(
    signal: float, weaker: float, band: Band, around: list[OtherBand], line: Facts
) -> None:
    strong, weak = (with_link(near(wifi(each, band, *around)), line) for each in (signal, signal - weaker))
    assert badness(weak) >= badness(strong)


@given(st.integers(1, 10_000), st.integers(1, 10_000), st.sampled_from(Duplex))
def test_a_slower_cable_is_never_judged_better(one: int, other: int, duplex: Duplex) -> None:
    slow, fast = sorted((one, other))
    assert badness(near(cable(slow, duplex))) >= badness(near(cable(fast, duplex)))


@given(st.integers(1, 10_000))
def test_half_duplex_is_never_judged_better(rate: int) -> None:
    assert badness(near(cable(rate, Duplex.HALF))) >= badness(near(cable(rate, Duplex.FULL)))


@given(st.floats(-119, -1))
def test_a_worse_line_never_makes_a_signal_better(signal: float) -> None:
    assert badness(with_link(near(wifi(signal)), FAULT_AT_HOME)) >= badness(
        with_link(near(wifi(signal)), SOUND)
    )


@given(
    st.builds(EthernetLink, rate_mbit_s=st.integers(1) | st.just(UNTOLD), duplex=st.sampled_from([*Duplex, UNTOLD]))
    | st.builds(wifi, st.floats(-119, -1) | st.just(UNTOLD), st.sampled_from([*Band, UNTOLD])),
    st.sampled_from(list(Medium)),
    st.sampled_from([*Computer, LATE]),
)  # fmt: skip
def test_what_is_out_of_sight_is_never_green(
    link: EthernetLink | WifiLink, medium: Medium, computer: Computer | Unavailable
) -> None:
    facts = near(link, medium=medium, computer=computer)
    severities = {finding.severity for finding in judged("proximity", facts)}
    if medium is Medium.VIRTUAL or (medium is Medium.ETHERNET and computer is Computer.VIRTUAL_MACHINE):
        assert severities == {Severity.UNKNOWN}
    assert medium in {Medium.ETHERNET, Medium.WIFI} or Severity.OK not in severities


# --- what to fix first ------------------------------------------------------------------------------


def first_to_fix(facts: Facts, *of_the_link: Finding) -> str | None:
    made = [
        score.result("proximity", 10, judged("proximity", facts), 1.0),
        score.result("link", 20, of_the_link, 1.0),
    ]
    action = score.next_action(made)
    return action.code if action else None


def lost(place: str) -> Finding:
    return Finding(code="link.loss", severity=Severity.CRITICAL, params={"place": place})


def test_a_weak_signal_is_the_cause_of_what_goes_wrong_at_home() -> None:
    far, near_by = near(wifi(-85.0)), near(wifi(-50.0))
    assert first_to_fix(far, lost("home")) == "proximity.wifi_too_weak"
    assert first_to_fix(far, lost("unknown")) == "proximity.wifi_too_weak"
    assert first_to_fix(far, lost("beyond")) == "link.loss"
    assert first_to_fix(near_by, lost("home")) == "link.loss"
    assert first_to_fix(near(wifi(-70.0)), lost("home")) == "link.loss", "a note is no cause"
    assert first_to_fix(near(cable(10)), lost("home")) == "proximity.wired_slow"


def test_the_limits_are_in_the_list_of_all() -> None:
    assert {limits.WIFI_SIGNAL, limits.ETHERNET_RATE} <= set(LIMITS)
