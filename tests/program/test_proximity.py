"""The whole program on a recorded computer that is on Wi-Fi, since none can be made here: words, score and privacy."""

from __future__ import annotations

import json
from typing import Any

import pytest

from amif_netcheck import platforms
from amif_netcheck.model.facts import Band, Carriage, LinkKind, Medium, OtherBand, WifiLink
from amif_netcheck.platforms.answers import Gateway, Interface, Port
from amif_netcheck.platforms.recorded import Machine, Recorded, RecordedRoute
from tests.builders import wifi
from tests.real.support import harmless

ALONE = ("--only", "proximity", "--offline")
HOSTILE = "\x1b[2J[red]<b>Chez Dupont\u202e"
FAST = OtherBand(band=Band.GHZ_5, signal_dbm=-58.0)


def on_wifi(monkeypatch: pytest.MonkeyPatch, link: WifiLink) -> None:
    card = Interface(
        name="wlan0",
        kind=LinkKind.HARDWARE,
        carriage=Carriage.DIRECT,
        up=True,
        addresses=("192.168.1.30",),
        routes=True,
    )
    machine = Machine(
        interfaces=(card,),
        routes=(RecordedRoute(to="0.0.0.0/0", source="192.168.1.30", interface="wlan0"),),
        gateway=Gateway(address="192.168.1.1", interface="wlan0"),
        ports={"wlan0": Port(interface="wlan0", medium=Medium.WIFI)},
        wifi={"wlan0": link},
    )
    monkeypatch.setattr(platforms, "current", lambda **_: Recorded(machine))


def test_a_strong_signal_in_french(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    on_wifi(monkeypatch, wifi(-52.0))
    ran = run("--plain", "--lang", "fr", *ALONE)
    assert ran.code == 0
    assert "[OK] Proximité de la box – Bon Wi-Fi : 96 %" in ran.out.replace("\u00a0", " ").replace(
        "\u202f", " "
    )


def test_a_weak_signal_says_where_to_sit(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    on_wifi(monkeypatch, wifi(-86.0))
    ran = run("--plain", "--lang", "fr", *ALONE)
    assert ran.code == 1
    said = ran.out.replace("\u00a0", " ").replace("\u202f", " ")
    assert "[Attention] Proximité de la box – Wi-Fi très faible : 28 %" in said
    assert "très faible ici (28 %) : il peut se couper" in said
    assert "28 %, limite 40 % (Android)" in said
    assert "à moins de 5 mètres, sans mur" in said
    assert "dBm" not in said


@pytest.mark.parametrize("link", [wifi(-52.0, ssid=HOSTILE), wifi(-52.0, Band.GHZ_2_4, FAST, ssid=HOSTILE)])
def test_the_networks_name_stays_here_unless_asked_for(
    run: Any, monkeypatch: pytest.MonkeyPatch, link: WifiLink
) -> None:
    on_wifi(monkeypatch, link)
    written = run("--json", *ALONE)
    assert "Dupont" not in written.out
    assert "Dupont" not in written.err
    assert json.loads(written.out)["facts"]["proximity"]["wifi"]["ssid"] == "ssid-1"
    kept = json.loads(run("--json", "--include-private", *ALONE).out)
    assert kept["facts"]["proximity"]["wifi"]["ssid"] == HOSTILE
    for language in ("fr", "en"):
        plain = run("--plain", "--lang", language, *ALONE).out
        assert harmless(plain)
        assert "Dupont" not in plain
