"""Pausing what plays: a real player on a real bus, and players as one hopes not to meet them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from jeepney import Message, new_method_return

from amif_netcheck.model.fix import Fix, FixKind, FixOutcome, FixRequest, FixResult
from amif_netcheck.output.escape import for_terminal
from amif_netcheck.platforms.linux.fixes import players
from amif_netcheck.platforms.linux.platform import Linux
from tests.lab.namespaces import end, wait_for
from tests.real import bus_services
from tests.real.bus_services import Player, Service, refusing
from tests.real.buses import Bus
from tests.real.sound_server import SoundServer, tone

pytestmark = pytest.mark.real("dbus-daemon")

AMPLE_S = 20.0
"""Far more than any answer needs, for a busy machine."""
SHORT_S = 2.0
NOBODY = 65534
ALL_MAY = """
<busconfig>
  <listen>unix:path=/replaced/by/--address</listen>
  <policy context="default">
    <allow user="*"/><allow own="*"/><allow send_destination="*"/><allow receive_sender="*"/>
  </policy>
</busconfig>
"""


@pytest.fixture
def bus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bus]:
    with Bus(tmp_path) as running:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", running.address)
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "nothing here"))
        yield running


def player(bus: Bus, *names: str, identity: str = "Radio", status: str = "Playing") -> Player:
    return Player(bus.address, *(names or ("radio.instance7",)), identity=identity, status=status)


def offered(*about: str, within_s: float = AMPLE_S) -> tuple[Fix, ...]:
    request = FixRequest(kind=FixKind.PAUSE_PLAYER, about=about)
    return Linux().offers(request, time.monotonic() + within_s)


def carried_out(fix: Fix, within_s: float = AMPLE_S) -> FixResult:
    return Linux().carry_out(fix, time.monotonic() + within_s)


def offer_of(player: Player) -> Fix:
    """As it would have been made."""
    return Fix(kind=FixKind.PAUSE_PLAYER, params={"player": "Radio"}, target=(player.names[0], player.owner))


def names(fixes: tuple[Fix, ...]) -> list[str]:
    return [fix.params["player"] for fix in fixes]


# --- a real player ----------------------------------------------------------------------------------


@pytest.mark.real("cmus", "cmus-remote", "script", "pulseaudio", "pactl", "sox")
def test_a_real_player_is_paused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with SoundServer("pulseaudio") as server, Bus(server.folder):
        # Where every desktop has its bus; no variable names it.
        monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(server.folder))
        server.sink("loudspeaker")
        server.choose(output="loudspeaker")
        server.start("script", "-qc", "stty rows 24 cols 80; TERM=xterm exec cmus", "/dev/null")
        remote = ("cmus-remote", "--server", str(server.folder / "cmus-socket"))

        def told(*words: str) -> bool:
            done = subprocess.run(
                (*remote, *words), env=server.environment, capture_output=True, check=False, timeout=AMPLE_S
            )
            return done.returncode == 0

        wait_for(lambda: told("--raw", "set output_plugin=pulse"), AMPLE_S, "cmus to answer")
        sound = tone(tmp_path / "private-title.wav", "sine", "440", "vol", "0.3")
        assert told("--file", str(sound))
        (fix,) = wait_for(offered, AMPLE_S, "cmus to say that it plays")
        assert fix.params == {"player": "cmus"}
        found = {
            each["code"]: each["params"]
            for each in server.check("--only", "sound_apps").findings("sound_apps")
        }
        assert found["sound_apps.plays"]["processes"] == ["cmus"]  # as the request for this fix has it
        assert "Corked: no" in server.control("list", "sink-inputs")

        assert carried_out(fix).outcome is FixOutcome.DONE
        wait_for(
            lambda: "Corked: no" not in server.control("list", "sink-inputs"),
            AMPLE_S,
            "silence on the server",
        )
        assert offered("cmus") == ()

        assert told("--play")
        (fix,) = wait_for(offered, AMPLE_S, "cmus to play again")
        assert told("--raw", "quit")
        wait_for(lambda: carried_out(fix).outcome is FixOutcome.GONE, AMPLE_S, "cmus to be gone")


# --- who is offered ---------------------------------------------------------------------------------


def test_only_what_plays_and_can_be_paused(bus: Bus) -> None:
    with (
        player(bus, "a", identity="Plays") as plays,
        player(bus, "b", identity="Paused", status="Paused"),
        player(bus, "c", identity="Stopped", status="Stopped"),
        player(bus, "d", identity="No pause") as no_pause,
        player(bus, "e", identity="No control") as no_control,
        player(bus, "f", identity="Says nothing") as mute,
        player(bus, "playerctld", identity="Plays"),
        Service(bus.address, "org.example.MediaPlayer2.other"),
    ):
        no_pause.state["CanPause"] = ("b", False)
        no_control.state["CanControl"] = ("b", False)
        del mute.state["CanPause"]
        (fix,) = offered()
        assert (fix.kind, fix.params) == (FixKind.PAUSE_PLAYER, {"player": "Plays"})
        # What plays is nobody's business, nor was anything done.
        assert {asked[0] for asked in plays.asked} == {"Get"}
        assert {asked[2] for asked in plays.asked} == {"Identity", "PlaybackStatus", "CanPause", "CanControl"}


def test_one_player_with_two_names_is_one(bus: Bus) -> None:
    with player(bus, "vlc", "vlc.instance42", identity="VLC"):
        assert names(offered()) == ["VLC"]


def test_few_are_offered_and_what_the_finding_names_comes_first(bus: Bus) -> None:
    other = (sys.executable, str(Path(bus_services.__file__)), bus.address, "zplayer", "Z")
    with ExitStack() as stack:
        for name in "abcde":
            stack.enter_context(player(bus, name, identity=name.upper()))
        stack.callback(end, subprocess.Popen(other, stdin=subprocess.DEVNULL))
        wait_for(lambda: bus.has_owner("org.mpris.MediaPlayer2.zplayer"), AMPLE_S, "the other player")
        assert names(offered()) == names(offered("unheard-of")) == ["A", "B", "C", "D"]
        assert names(offered("unheard-of", "zplayer")) == ["Z", "A", "B", "C"]


def test_a_player_that_hangs_holds_nobody_up(bus: Bus) -> None:
    with player(bus, "a", identity="Hangs") as hanging, player(bus, "b", identity="Plays"):
        hanging.hangs = True
        started = time.monotonic()
        assert names(offered(within_s=SHORT_S)) == ["Plays"]
        assert time.monotonic() - started < SHORT_S + 1


@pytest.mark.parametrize(
    ("identity", "shown"),
    [
        ("\x1b[2J\x07[red]<b>&\u202e", "\\x1b[2J\\x07[red]<b>&\\u202e"),
        ("two\nlines\r\u2028more", "two lines more"),
        ("x" * 10_000, "x" * 60),
        (" \n ", "radio"),
        ("", "radio"),
    ],
)
def test_a_hostile_name_is_data(bus: Bus, identity: str, shown: str) -> None:
    with player(bus, identity=identity):
        (fix,) = offered()
        assert for_terminal(fix.params["player"]) == shown


def test_a_player_that_talks_nonsense(bus: Bus) -> None:
    with player(bus, "a", identity="Plays"), player(bus, "b") as odd, player(bus, "c") as odder:
        odd.state["CanPause"] = ("s", "yes")
        odder.properties[Player.PATH, Player.ABOUT]["Identity"] = ("as", ["a", "list"])
        odder.state["PlaybackStatus"] = ("(ss)", ("Playing", "Playing"))
        assert names(offered()) == ["Plays"]


# --- the yes ----------------------------------------------------------------------------------------


def test_it_is_paused(bus: Bus) -> None:
    with player(bus, "a") as plays, player(bus, "b") as other:
        (fix, _) = offered()
        assert carried_out(fix) == FixResult(outcome=FixOutcome.DONE)
        assert plays.state["PlaybackStatus"] == ("s", "Paused")
        assert other.state["PlaybackStatus"] == ("s", "Playing")
        assert ("Pause",) not in other.asked


@pytest.mark.parametrize("said", [("s", ""), ("s", "paused?"), ("i", 0), ("b", False), ("as", ["Paused"])])
def test_what_says_nothing_that_means_so_is_not_called_paused(bus: Bus, said: tuple[str, object]) -> None:
    with player(bus) as odd:
        (fix,) = offered()
        odd.methods |= {
            "Pause": new_method_return,
            "Get": lambda message: new_method_return(message, "v", (said,)),
        }
        assert carried_out(fix, SHORT_S) == FixResult(
            outcome=FixOutcome.UNFINISHED, detail=f"status {said[1]!r}"
        )


def test_it_takes_its_time(bus: Bus) -> None:
    with player(bus) as slow:
        (fix,) = offered()
        answers = iter(["Playing", "Playing", "Playing", "Stopped"])

        def get(message: Message) -> Message:
            return new_method_return(message, "v", (("s", next(answers)),))

        slow.methods |= {"Pause": new_method_return, "Get": get}
        assert carried_out(fix) == FixResult(outcome=FixOutcome.DONE)
        assert not list(answers)


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        ("org.freedesktop.DBus.Error.AccessDenied", FixOutcome.REFUSED),
        ("org.freedesktop.DBus.Error.NotSupported", FixOutcome.REFUSED),
        ("org.example.Broken", FixOutcome.FAILED),
    ],
)
def test_it_refuses(bus: Bus, error: str, outcome: FixOutcome) -> None:
    with player(bus) as stubborn:
        (fix,) = offered()
        stubborn.methods["Pause"] = refusing(error)
        assert carried_out(fix) == FixResult(outcome=outcome, detail=error)


def test_it_says_yes_and_plays_on(bus: Bus) -> None:
    with player(bus) as stubborn:
        (fix,) = offered()
        stubborn.methods["Pause"] = new_method_return
        assert carried_out(fix, SHORT_S).outcome is FixOutcome.UNFINISHED


def test_it_pauses_and_never_says_so(bus: Bus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(players, "_ACCEPTS_S", 0.2)
    with player(bus) as mute:
        (fix,) = offered()

        def pause(message: Message) -> None:
            mute.state["PlaybackStatus"] = ("s", "Paused")

        mute.methods["Pause"] = pause
        assert carried_out(fix).outcome is FixOutcome.DONE


def test_it_hangs(bus: Bus) -> None:
    with player(bus) as hanging:
        (fix,) = offered()
        hanging.hangs = True
        started = time.monotonic()
        assert carried_out(fix, SHORT_S).outcome is FixOutcome.UNFINISHED
        assert time.monotonic() - started < SHORT_S + 1


def test_it_went_away_before_the_yes(bus: Bus) -> None:
    with player(bus):
        (fix,) = offered()
    assert carried_out(fix) == FixResult(outcome=FixOutcome.GONE)


def test_another_one_has_its_name_now(bus: Bus) -> None:
    with player(bus):
        (fix,) = offered()
    with player(bus) as other:
        assert carried_out(fix) == FixResult(outcome=FixOutcome.GONE)
        assert ("Pause",) not in other.asked


def test_it_is_no_player_any_more(bus: Bus) -> None:
    """As a browser that has nothing to play now, though it runs."""
    with player(bus) as once:
        (fix,) = offered()
        once.release()
        assert carried_out(fix) == FixResult(outcome=FixOutcome.GONE)
        assert ("Pause",) not in once.asked


def test_it_ends_when_it_is_asked_to_pause(bus: Bus) -> None:
    with player(bus) as dying:
        (fix,) = offered()
        dying.methods["Pause"] = lambda message: dying.die()
        assert carried_out(fix) == FixResult(outcome=FixOutcome.GONE)


# --- no bus -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "",
        "unix:path=/nowhere/at/all",
        "nonsense",
        "tcp:host=localhost,port=1",
        "autolaunch:",
        "unixexec:path=/bin/true",
    ],
)
def test_without_a_bus_nothing_is_offered(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, address: str
) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
    for folder in ("", str(tmp_path)):
        monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
        assert offered("vlc") == ()
    fix = Fix(
        kind=FixKind.PAUSE_PLAYER, params={"player": "VLC"}, target=("org.mpris.MediaPlayer2.vlc", ":1.1")
    )
    assert carried_out(fix).outcome is FixOutcome.FAILED


@pytest.mark.real("setpriv")
def test_the_bus_of_another_user_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """As root may have it in its environment under sudo, and one that lets everybody in."""
    with tempfile.TemporaryDirectory(prefix="amif-") as folder:
        os.chown(folder, NOBODY, NOBODY)
        rules = Path(folder) / "bus.conf"
        rules.write_text(ALL_MAY)
        as_nobody = ("setpriv", f"--reuid={NOBODY}", "--clear-groups")
        theirs = Bus(Path(folder), daemon=(*as_nobody, "dbus-daemon", f"--config-file={rules}"))
        with theirs, player(theirs) as plays:
            monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", theirs.address)
            assert offered() == ()
            assert carried_out(offer_of(plays)).outcome is FixOutcome.FAILED
            assert plays.asked == []


def test_a_bus_that_hangs_is_left_behind(bus: Bus) -> None:
    with player(bus):
        (fix,) = offered()
        bus.daemon.send_signal(signal.SIGSTOP)
        try:
            started = time.monotonic()
            assert offered(within_s=SHORT_S) == ()
            assert carried_out(fix, SHORT_S).outcome is FixOutcome.UNFINISHED
            assert time.monotonic() - started < 2 * SHORT_S + 1
        finally:
            bus.daemon.send_signal(signal.SIGCONT)
