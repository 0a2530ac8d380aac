"""Real load on this machine: who is named, whose it is, and what becomes of it where one may not look."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from amif_netcheck.model.facts import AppsFacts, Unavailable
from amif_netcheck.platforms.linux import power_profiles, updates
from amif_netcheck.platforms.linux.platform import Linux
from amif_netcheck.probes import apps
from amif_netcheck.probes.context import Context
from tests.lab.addresses import AWAY
from tests.lab.house import House
from tests.lab.namespaces import Namespace, wait_for
from tests.real import buses
from tests.real.support import Network, Run, finished

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("busy")]

APPS = ("--only", "apps")
BURNERS = 3 * (os.cpu_count() or 1)
"""Three times as many as there are cores: most of the processor is theirs, whatever else goes on here."""
NOBODY = 65534
WITHOUT_PRIVILEGES = ("setpriv", "--bounding-set=-all", "--inh-caps=-all")
START_UP_S = 15.0
"""Generous: other work may share the machine."""


def burn(inside: Namespace, name: str, user: int = 0) -> None:
    """Keep the machine busy by processes of this name, until the namespace goes.

    Each test has a name of its own: processes are the machine's, and tests run beside one another.
    """
    started = [
        inside.stand_in("burn", name.encode().hex(), str(user)).pid for _ in range(BURNERS)
    ]  # `ip netns exec` becomes the command
    wait_for(lambda: all(_is_at_work(pid, name) for pid in started), 20, f"{BURNERS} of {name} at work")


def _is_at_work(pid: int, name: str) -> bool:
    process = psutil.Process(pid)
    return process.name() == name and process.cpu_times().user > 0.02


def program(run: Run, name: str) -> Any:
    (found,) = [each for each in run.fact("apps.programs") if each["process"] == name]
    return found


def busy(run: Run) -> Any:
    """The finding about the processor."""
    return next(each for each in run.findings("apps") if each["code"] == "apps.cpu_busy")


def families(run: Run) -> dict[str, str]:
    """Who keeps the processor busy, with their families."""
    params = busy(run)["params"]
    return dict(zip(params["applications"], params["families"], strict=True))


def test_who_keeps_the_computer_busy_is_named(network: Network) -> None:
    home = network.namespace("home")
    burn(home, "handbrake")
    run = network.check(home, *APPS)
    found = program(run, "handbrake")
    assert (found["product"], found["family"], found["mine"], found["processes"]) == (
        "HandBrake", "creation", True, BURNERS,
    )  # fmt: skip
    assert 0 < found["cpu_pct"] <= run.fact("apps.cpu_pct") + 1
    assert families(run)["HandBrake"] == "creation"
    said = network.run_cli(home, *APPS, "--plain", "--lang", "fr")
    assert "HandBrake (montage vidéo, images ou plans)" in said.stdout
    assert "HandBrake\u00a0: enregistrez votre travail, puis fermez-le." in said.stdout


def test_security_software_at_work_is_waited_for(network: Network) -> None:
    home = network.namespace("home")
    burn(home, "clamscan")
    said = network.run_cli(home, *APPS, "--plain", "--lang", "fr").stdout
    assert "ClamAV (sécurité de l’ordinateur)" in said
    assert "ClamAV protège cet ordinateur\u00a0: ne le fermez jamais." in said


def test_what_belongs_to_others_is_named_but_nobody_is_told_to_close_it(network: Network) -> None:
    """The program may look into nobody's process but its own user's, and has no privilege at all."""
    place = House(network)
    burn(place.home, "kdenlive", NOBODY)
    place.internet.start("iperf3", "-s", "-1", "-p", "5201", listens=("tcp", 5201))
    of_another = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
    upload = ("iperf3", "-c", AWAY, "-p", "5201", "-b", "8M", "-l", "8K", "-t", "30")
    place.home.start(*of_another, *upload)
    wait_for(lambda: place.home.run("ss", "-Htn", "dport", "= :5201").count("\n") > 1, 10, "an upload")
    command = (sys.executable, "-m", "amif_netcheck", "--json", "--include-private")
    started = time.monotonic()
    process = network.start(
        place.home,
        *WITHOUT_PRIVILEGES,
        *command,
        *("--lang", "en", "--only", "apps,traffic"),
        environment=network.environment(),
    )
    run = finished(process, started)
    assert (run.report["errors"], run.stderr) == ([], "")
    found = program(run, "kdenlive")
    assert (found["mine"], found["processes"]) == (False, BURNERS)
    assert found["cpu_pct"] > 0
    assert families(run)["Kdenlive"] == "system"
    (advice,) = [step for step in busy(run)["advice"] if "Kdenlive" in step]
    assert "belongs to the system or to another user" in advice
    heavy = [each for each in run.findings("apps") if each["code"] == "apps.heavy_open"]
    assert not [each for each in heavy if "Kdenlive" in each["params"]["applications"]]
    # Its upload is counted, and nobody is accused of it: who holds the connection is not ours to see.
    sending = run.finding("traffic")
    assert (sending["code"], sending["params"]["direction"]) == ("traffic.heavy", "up")
    assert sending["params"]["up_mbit_s"] > 5
    assert sending["params"]["likely"] == []
    assert run.fact("traffic.applications") == []


@pytest.fixture
def child() -> Iterator[psutil.Popen]:
    """A child of ours that keeps a core busy, under a known name."""
    stand_ins = Path(__file__).parents[1] / "lab" / "stand_ins.py"
    command = (sys.executable, str(stand_ins), "burn", b"steam".hex(), str(os.getuid()))
    process = psutil.Popen(command)
    wait_for(lambda: _is_at_work(process.pid, "steam"), 20, "the child at work")
    yield process
    process.kill()
    process.wait()


def test_what_we_and_our_children_do_is_not_the_persons(child: psutil.Popen) -> None:
    facts = apps.probe(Context(platform=Linux(), quick=True), time.monotonic() + 30)
    assert isinstance(facts, AppsFacts)
    assert not isinstance(facts.programs, Unavailable)
    assert not isinstance(facts.own_cpu_pct, Unavailable)
    assert not isinstance(facts.cpu_pct, Unavailable)
    assert "steam" not in {each.process for each in facts.programs}
    used = 100 * child.cpu_times().user / facts.window_s / facts.cores
    assert 0 < facts.own_cpu_pct <= used + 50
    assert facts.cpu_pct + facts.own_cpu_pct <= 100 + 1


def test_a_lock_that_is_held_is_seen_by_everybody(tmp_path: Path) -> None:
    file = tmp_path / "lock-frontend"
    with file.open("w") as lock:
        assert updates.in_progress((file,)) is False
        fcntl.lockf(lock, fcntl.LOCK_EX)
        assert updates.in_progress((file,)) is True
    assert updates.in_progress((file,)) is False


@pytest.mark.real(*buses.NEEDED)
@pytest.mark.parametrize(("profile", "saves"), [("power-saver", True), ("balanced", False)])
def test_the_desktops_power_profile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, profile: str, saves: bool
) -> None:
    name, template = "net.hadess.PowerProfiles", "power_profiles_daemon"
    with buses.Mock(tmp_path, template, name, "-p", f'{{"ActiveProfile": "{profile}"}}') as mock:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", mock.address)
        assert power_profiles.active() == profile
        assert Linux().power_saver() is saves
        mock.mock.kill()
        mock.mock.wait()
        wait_for(lambda: isinstance(power_profiles.active(), Unavailable), 10, "the service gone")


@pytest.mark.parametrize("address", ["unix:path=/nowhere/bus", "nonsense", "tcp:host=127.0.0.1,port=1"])
def test_without_a_bus_the_profile_is_not_known(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
    assert isinstance(power_profiles.active(), Unavailable)


_SILENT = (
    "import socket,sys,time; s=socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]); s.listen(); time.sleep(60)"
)
_LETS_IN = (
    "import socket,sys; s=socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]); s.listen();\n"
    "held=[]\n"
    "while True:\n"
    "    c,_=s.accept(); held.append(c)\n"
    "    c.recv(100); c.send(b'OK 0123456789abcdef0123456789abcdef\\r\\n')\n"
)
"""It lets everybody in, and says no word after that."""


@pytest.mark.parametrize("silent", [_SILENT, _LETS_IN], ids=["at the door", "inside"])
def test_a_bus_that_never_answers_holds_nothing_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, silent: str
) -> None:
    path = tmp_path / "bus"
    process = subprocess.Popen((sys.executable, "-c", silent, str(path)))
    try:
        wait_for(path.exists, 10, "a bus")
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={path}")
        facts = apps.probe(Context(platform=Linux(), quick=True), time.monotonic() + 8)
        assert isinstance(facts, AppsFacts)
        assert not isinstance(facts.cpu_pct, Unavailable)
        assert isinstance(power_profiles.active(), Unavailable)
    finally:
        process.kill()
        process.wait()
