"""A headset that is plugged in is made the chosen one, on real sound servers; what the check says afterwards."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import pulsectl
import pytest

from amif_netcheck.checks import headset as check
from amif_netcheck.model.facts import Facts
from amif_netcheck.model.finding import Finding
from amif_netcheck.model.fix import Fix, FixKind, FixOutcome, FixRequest
from amif_netcheck.platforms.linux.platform import Linux
from amif_netcheck.platforms.linux.pulse_child import choose
from amif_netcheck.probes import headset as probe
from amif_netcheck.probes.context import Context
from amif_netcheck.run import fixes
from tests.lab.namespaces import wait_for
from tests.real.sound_server import SERVERS, SoundServer, tone

pytestmark = pytest.mark.real("pactl", "paplay", "parec", "sox")

JABRA = "Jabra Evolve2 30"
_ENOUGH_S = 20
_STOPPED_S = 1.5
_SOON_S = 4.0


@pytest.fixture(params=SERVERS)
def server(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[SoundServer]:
    """A laptop with a headset that is not chosen; this process is heard by that server alone."""
    with SoundServer(request.param) as running:
        heard_by(running.environment, monkeypatch)
        running.headset(chosen=False, microphone=JABRA)
        running.laptop()
        yield running


def heard_by(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "PULSE_SERVER", "PULSE_RUNTIME_PATH"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)


def look() -> tuple[list[Finding], Facts]:
    facts = Facts(headset=probe.probe(Context(platform=Linux()), time.monotonic() + _ENOUGH_S))
    return check.check(facts), facts


def codes() -> list[str]:
    return [each.code for each in look()[0]]


def requested() -> FixRequest:
    findings, facts = look()
    (found,) = [wanted for finding in findings for wanted in fixes.requests(finding, facts)]
    return found


def offered() -> tuple[Fix, ...]:
    return Linux().offers(requested(), time.monotonic() + _ENOUGH_S)


def do(fix: Fix) -> FixOutcome:
    return Linux().carry_out(fix, time.monotonic() + _ENOUGH_S).outcome


def settings(server: SoundServer) -> list[str]:
    """Volumes and mute switches of all sinks and sources."""
    told = server.control("list", "sinks") + server.control("list", "sources")
    return re.findall(r"^\t(?:Name|Mute|Volume): .*$", told, re.MULTILINE)


def defaults(server: SoundServer) -> list[str]:
    return re.findall(r"^Default (?:Sink|Source): .*$", server.control("info"), re.MULTILINE)


async def test_a_headset_is_chosen_and_then_in_use(server: SoundServer) -> None:
    assert codes() == ["headset.not_chosen"]
    server.control("set-sink-volume", "headset", "33%")
    before = settings(server)
    wanted = requested()
    found: tuple[Fix, ...] = ()
    for _ in range(5):  # a crowded machine may take its time
        found = found or tuple(offer.fix for offer in await fixes.look_for(Linux(), [wanted]))
    (fix,) = found
    assert fix.params == {
        "output": JABRA,
        "input": JABRA,
        "output_before": "Interne",
        "input_before": "Micro interne",
    }
    assert codes() == ["headset.not_chosen"]  # looking changes nothing
    result = await fixes.carry_out(Linux(), fix)
    assert result.outcome is FixOutcome.DONE
    assert codes() == ["headset.in_use"]
    assert settings(server) == before
    assert do(fix) is FixOutcome.DONE  # twice is the same


@pytest.mark.parametrize("half", ["output", "input"])
def test_only_the_half_that_is_elsewhere(server: SoundServer, half: str) -> None:
    server.choose(**{"source": "headset_mic"} if half == "output" else {"output": "headset"})
    assert codes() == [f"headset.{half}_elsewhere"]
    (fix,) = offered()
    assert fix.target[::3] == (half,)
    assert do(fix) is FixOutcome.DONE
    assert codes() == ["headset.in_use"]


def test_a_microphone_that_is_off_stays_off_and_is_said_so(server: SoundServer) -> None:
    server.control("set-source-mute", "headset_mic", "1")
    (fix,) = offered()
    assert do(fix) is FixOutcome.DONE
    assert codes() == ["headset.in_use", "headset.input_muted"]


@pytest.mark.parametrize("half", [0, 1])
def test_unplugged_before_the_yes(server: SoundServer, half: int) -> None:
    (fix,) = offered()
    pull(server, ("headset", "headset_mic")[half])
    before = defaults(server)
    assert do(fix) is FixOutcome.GONE
    assert defaults(server) == before


class Pulled(pulsectl.Pulse):  # type: ignore[misc]  # it has no types
    """While it chooses, after so many devices, a hand pulls something out."""

    def pulled(self, server: SoundServer, names: tuple[str, ...], after: int) -> Self:
        self.seat, self.names, self.left = server, names, after
        self.connect(autospawn=False)
        return self

    def default_set(self, place: object) -> None:
        super().default_set(place)
        self.left -= 1
        if self.left == 0:
            for name in self.names:
                pull(self.seat, name)


def pull(server: SoundServer, name: str) -> None:
    modules = server.control("list", "short", "modules").splitlines()
    server.unload(next(each.split()[0] for each in modules if re.search(rf"_name={name}\b", each)))
    wait_for(
        lambda: (
            f"\t{name}\t"
            not in server.control("list", "short", "sinks") + server.control("list", "short", "sources")
        ),
        10,
        f"{name} to be gone",
    )


@pytest.mark.parametrize(
    ("names", "after", "outcome"),
    [
        (("headset_mic",), 1, "gone"),
        (("headset_mic",), 2, "gone"),
        (("headset",), 2, "gone"),
        (("headset_mic", "laptop"), 1, "failed"),
    ],
)
def test_unplugged_half_way_all_is_put_back_or_not_said_to_be(
    server: SoundServer, names: tuple[str, ...], after: int, outcome: str
) -> None:
    wanted = [
        {"direction": "output", "name": "headset", "port": ""},
        {"direction": "input", "name": "headset_mic", "port": ""},
    ]
    before = defaults(server)
    with Pulled("test", connect=False).pulled(server, names, after) as pulse:
        said = choose(pulse, wanted)
    assert pulse.left <= 0
    # A busy WirePlumber may take longer than it is given: then it is not said to be as before.
    assert said == outcome or (said == "failed" and server.kind == "pipewire")
    if said == "gone" or outcome == "failed":
        assert (defaults(server) == before) == (said == "gone")


def test_two_alike(server: SoundServer) -> None:
    wanted = requested()
    server.sink("other", "device.form_factor=headset", "device.bus=usb", description=JABRA)
    assert Linux().offers(wanted, time.monotonic() + _ENOUGH_S) == ()


def test_a_server_that_is_stopped_holds_up_nothing(server: SoundServer) -> None:
    wanted, (fix,) = requested(), offered()
    with server.stopped():
        began = time.monotonic()
        assert Linux().offers(wanted, began + _STOPPED_S) == ()
        result = Linux().carry_out(fix, time.monotonic() + _STOPPED_S)
        took_s = time.monotonic() - began
    assert result.outcome is FixOutcome.UNFINISHED
    assert took_s < 2 * _STOPPED_S + _SOON_S
    assert codes() == ["headset.not_chosen"]


@pytest.mark.real("pipewire", "pipewire-pulse", "wireplumber", "dbus-run-session")
def test_a_program_that_may_only_look_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """As one that is shut into a sandbox."""
    narrow = SoundServer("pipewire")
    door = f"unix:{narrow.folder}/narrow"
    settings = narrow.folder / "pipewire" / "pipewire-pulse.conf.d"
    settings.mkdir(parents=True)
    (settings / "narrow.conf").write_text(
        "pulse.properties = { server.address = [\n"
        f'"unix:native" {{ address = "{door}" client.access = "restricted" }} ] }}\n'
    )
    with narrow as server:
        heard_by({**server.environment, "PULSE_SERVER": door}, monkeypatch)
        server.headset(chosen=False, microphone=JABRA)
        server.laptop()
        (fix,) = offered()
        assert do(fix) is FixOutcome.REFUSED
        assert codes() == ["headset.not_chosen"]


def test_what_plays_and_records_follows_unless_it_was_put_elsewhere(
    server: SoundServer, tmp_path: Path
) -> None:
    path = str(tone(tmp_path / "t.wav", "sine", "440", "vol", "0.3"))
    server.start("paplay", path)
    server.start("parec")
    server.start("paplay", "--device=room", path)
    wait_for(lambda: places(server) == ["laptop", "laptop_mic", "room"], 20, "all three to run")
    (fix,) = offered()
    assert do(fix) is FixOutcome.DONE
    wait_for(lambda: places(server) == ["headset", "headset_mic", "room"], 20, "two of them to follow")


def places(server: SoundServer) -> list[str]:
    """Where programs play and record."""
    found = []
    for devices, streams in (("sinks", "sink-inputs"), ("sources", "source-outputs")):
        listed = [each.split("\t") for each in server.control("list", "short", devices).splitlines()]
        names = {each[0]: each[1] for each in listed}
        told = [each.split("\t") for each in server.control("list", "short", streams).splitlines()]
        found += [
            names.get(each[1], "") for each in told if each[2] != "-"
        ]  # the server's own have no client
    return sorted(found)


def test_without_a_server_nothing_is_offered_and_none_is_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard_by({"HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path)}, monkeypatch)
    wanted = FixRequest(kind=FixKind.CHOOSE_DEVICE, about=(JABRA, "output"))
    assert Linux().offers(wanted, time.monotonic() + _ENOUGH_S) == ()
    fix = Fix(kind=wanted.kind, params={}, target=("output", "headset", ""))
    result = Linux().carry_out(fix, time.monotonic() + _ENOUGH_S)
    assert (result.outcome, "connect" in result.detail) == (FixOutcome.FAILED, True)
    assert not (tmp_path / "pulse" / "native").exists()
    assert os.environ["XDG_RUNTIME_DIR"] == str(tmp_path)
