"""The network as Windows tells it, as far as Wine 8 answers: a cable, a box behind it, and two TUN devices.

Wine shows a TUN as hardware of no known kind. Of one of them the registry names Wintun as the driver, as it would on a real PC.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.lab.namespaces import Namespace, Network, wait_for
from tests.wine.prefix import Prefix
from tests.wine.prepare import Prepared
from tests.wine.windows_python import WindowsPython, WindowsRun

BOX, BOX_IPV6, HOME = "192.168.1.1", "fd00:1::1", "192.168.1.20"
DIRECT, BY_A_TUN, BY_WINTUN = "192.0.2.9", "203.0.113.9", "198.51.100.9"
PORT = 8080
MBIT_S = 20
ADAPTERS = r"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\Class\{4d36e972-e325-11ce-bfc1-08002be10318}"
MAKER = r"""

[HKEY_LOCAL_MACHINE\HARDWARE\DESCRIPTION\System\BIOS]
"SystemManufacturer"="Dell Inc."
"SystemProductName"="Latitude 5540"
"""
"""As Windows notes it; Wine hands on the firmware of this machine, which may have none."""
SERVER = f"""
import http.server, time
PIECE = 16384
class Paced(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers()
        due = time.monotonic()
        try:
            while True:
                time.sleep(max(0, due - time.monotonic()))
                due += PIECE * 8 / {MBIT_S * 1e6}
                if self.path == "/load": self.wfile.write(bytes(PIECE))
        except OSError: pass
    def log_message(self, *_): pass
http.server.ThreadingHTTPServer(("", {PORT}), Paced).serve_forever()
"""
FETCH = f"""
import socket
with socket.create_connection(("{BOX}", {PORT})) as sock:
    sock.sendall(b"GET /hold HTTP/1.0\\r\\n\\r\\n")
    print("connected", flush=True)
    input()
"""
ASK = """
import json, time
from amif_netcheck.measure.exchange import EchoExchange
from amif_netcheck.platforms.windows.platform import Windows
platform = Windows(offline=True)
box = platform.gateway()
with platform.echo_socket(box.address, box.scope) as sock:
    sock.settimeout(5)
    exchange, answered = EchoExchange(ipv6=False), []
    for sequence in range(5):
        sock.send(exchange.request(sequence))
        answered.append(exchange.sequence_of(sock.recv(2048)))
def why(answer): return getattr(getattr(answer, "reason", None), "value", "known")
print(json.dumps({
    "box": [box.address, box.interface], "answered": answered, "metered": why(platform.metered()),
    "ipv6": why(platform.echo_socket("fe80::1", box.scope)), "wifi": why(platform.wifi("eth0", time.monotonic() + 5)),
    "rate": why(platform.ethernet("eth0").rate_mbit_s),
}))
"""


@dataclass(frozen=True)
class WineAtHome:
    """Windows' Python on a computer of its own on the network, and the box."""

    windows: WindowsPython
    home: Namespace
    box: Namespace
    prepared: Prepared

    def looked_at(self, *words: str) -> WindowsRun:
        return self.windows.run("--json", "--offline", "--include-private", *words, seconds=120)


@pytest.fixture(scope="module")
def at_home(prepared: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WineAtHome]:
    folder = tmp_path_factory.mktemp("network")
    with Network(folder) as network, tempfile.TemporaryDirectory(prefix="amif-wine-") as prefix_folder:
        home, box = network.namespace("home"), network.namespace("box")
        network.pair(home, "eth0", box, "lan0")
        box.ip_batch(f"address add {BOX}/24 dev lan0", f"address add {BOX_IPV6}/64 dev lan0 nodad")
        for name in ("tun0", "tun1"):
            home.run("ip", "tuntap", "add", name, "mode", "tun")
        home.ip_batch(
            f"address add {HOME}/24 dev eth0",
            "address add fd00:1::20/64 dev eth0 nodad",
            f"route add default via {BOX}",
            f"route add default via {BOX_IPV6}",
            "link set tun0 up",
            "link set tun1 up",
            "address add 10.8.0.2/24 dev tun0",
            "address add 10.9.0.2/24 dev tun1",
            f"route add {BY_A_TUN}/32 dev tun0",
            f"route add {BY_WINTUN}/32 dev tun1",
        )
        box.start("python3", "-c", SERVER, listens=("tcp", PORT))
        with Prefix(prepared, Path(prefix_folder), inside=home.command) as prefix:
            prefix.registry(driver(index_of(home, "tun1"), "wintun") + MAKER)
            yield WineAtHome(WindowsPython(prefix), home, box, prepared)


def index_of(namespace: Namespace, interface: str) -> int:
    return int(json.loads(namespace.run("ip", "-j", "link", "show", interface))[0]["ifindex"])


def driver(index: int, component: str) -> str:
    """What the registry says of the driver of the adapter that Wine gives this GUID."""
    guid = f"{{{index:08x}-0000-0000-0000-4e6574446576}}"
    return f'[{ADAPTERS}\\0001]\n"NetCfgInstanceId"="{guid}"\n"ComponentId"="{component}"'


def route(run: WindowsRun, which: str = "meeting.ipv4") -> Any:
    return run.fact(f"vpn.{which}")


@pytest.mark.real
def test_the_cable_the_way_out_and_the_box_are_known(at_home: WineAtHome) -> None:
    at_home.home.run("ping", "-c1", "-W2", BOX)
    run = at_home.looked_at("--only", "proximity,vpn,neighbours", "--meeting", f"https://{DIRECT}/room")
    assert (run.fact("proximity.medium"), run.fact("proximity.interface")) == ("ethernet", "eth0")
    assert (route(run)["interface"], route(run)["carriage"], route(run)["source"]) == ("eth0", "direct", HOME)
    for family in ("ipv4", "ipv6"):
        assert route(run, f"internet.{family}")["interface"] == "eth0"
    assert run.fact("neighbours.table") == {"state": "measured", "devices": 1}
    in_a_virtual_machine = (
        run.fact("proximity.computer") == "virtual_machine"
    )  # as this machine's firmware may say
    code = "proximity.virtual" if in_a_virtual_machine else "proximity.wired_rate_unknown"
    assert run.codes("proximity") == {code: "unknown"}
    assert not [code for code in run.codes("vpn") if "carries" in code or code == "vpn.unknown"]


@pytest.mark.real
def test_what_wine_does_not_tell_of_the_cable_is_unknown(at_home: WineAtHome) -> None:
    run = at_home.looked_at("--only", "proximity")
    for part in ("rate_mbit_s", "duplex"):
        assert run.fact(f"proximity.ethernet.{part}")["reason"] == "unsupported"


@pytest.mark.real
def test_a_meeting_through_wintun_is_in_a_tunnel(at_home: WineAtHome) -> None:
    run = at_home.looked_at("--only", "vpn", "--meeting", f"https://{BY_WINTUN}/room")
    assert (route(run)["interface"], route(run)["carriage"], route(run)["source"]) == (
        "tun1",
        "tunnel",
        "10.9.0.2",
    )
    assert run.codes("vpn") == {"vpn.carries_meeting": "warning"}
    assert [tunnel["interface"] for tunnel in run.fact("vpn.tunnels")] == ["tun1"]


@pytest.mark.real
def test_a_meeting_through_something_that_nobody_knows_is_unknown(at_home: WineAtHome) -> None:
    run = at_home.looked_at("--only", "vpn", "--meeting", f"https://{BY_A_TUN}/room")
    assert (route(run)["interface"], route(run)["carriage"]) == ("tun0", "unknown")
    assert run.codes("vpn") == {"vpn.unknown": "unknown"}


@pytest.mark.real("curl")
def test_a_load_is_measured_and_a_known_program_that_is_connected_is_probable(
    at_home: WineAtHome, tmp_path: Path
) -> None:
    """Windows' Python under another name holds a connection; curl makes the load, at a pace that the server keeps."""
    fetching = program(at_home, "OneDrive.exe", tmp_path)
    load = at_home.home.start("curl", "-s", "-o", "/dev/null", f"http://{BOX}:{PORT}/load")
    try:
        wait_for(
            lambda: at_home.home.succeeds("sh", "-c", f"ss -tnH dst {BOX} | grep -q ESTAB"), 20, "a load"
        )
        run = at_home.looked_at("--only", "traffic")
    finally:
        load.kill()
        fetching()
    assert run.fact("traffic.interface") == "eth0"
    assert MBIT_S * 0.7 < run.fact("traffic.down_mbit_s") < MBIT_S * 1.3  # headers, and a busy machine
    (application,) = (each for each in run.fact("traffic.applications") if each["process"] == "OneDrive.exe")
    assert (application["product"], application["connections"], application["counted"]) == (
        "OneDrive",
        1,
        False,
    )
    (finding,) = run.findings("traffic")
    assert finding["code"] in {"traffic.heavy", "traffic.some"}
    assert (finding["variant"], finding["params"]["likely"]) == ("probable", ["OneDrive"])


def program(at_home: WineAtHome, name: str, folder: Path) -> Callable[[], None]:
    """Windows' Python by another name, with a connection open to the box; what is returned ends it."""
    source = at_home.prepared.python.parent
    for file in source.iterdir():
        if file.suffix.casefold() in {".dll", ".exe"} and file.is_file():
            shutil.copy2(file, folder / (name if file.name == "python.exe" else file.name))
    prefix = at_home.windows.prefix
    process = subprocess.Popen(
        at_home.home.command("wine", str(folder / name), "-c", FETCH),
        env=prefix.environment({"PYTHONHOME": "Z:" + str(source).replace("/", "\\")}),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdout.readline().strip() == b"connected"

    def end() -> None:
        process.communicate(b"\n", timeout=20)

    return end


@pytest.mark.real
def test_the_box_answers_echoes_and_what_wine_lacks_is_told(at_home: WineAtHome) -> None:
    run = at_home.windows.python("-c", ASK, seconds=90)
    assert run.code == 0, run.stderr
    told = json.loads(run.stdout)
    assert told["box"] == [BOX, "eth0"]
    assert told["answered"] == [0, 1, 2, 3, 4]
    assert (told["metered"], told["ipv6"], told["wifi"], told["rate"]) == (
        "unsupported",
        "unsupported",
        "not_present",
        "unsupported",
    )
