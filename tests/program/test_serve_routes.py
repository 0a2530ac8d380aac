"""The HTTP forms of the test point, each asked for by a client of its own kind."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from amif_netcheck import __version__
from tests.program.points import Point, exchange, point

MIB = 1 << 20


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Point]:
    with point(tmp_path_factory.mktemp("forms")) as made:
        yield made


@pytest.mark.parametrize(
    ("path", "size"),
    [
        ("/garbage.php", 4 * MIB),
        ("/garbage.php?ckSize=1", MIB),
        ("/garbage.php?r=0.123&ckSize=0", MIB),
        ("/backend/garbage.php?ckSize=2&cors=true", 2 * MIB),
        ("/__down?bytes=100000", 100_000),
        ("/__down?bytes=1", 1),
        ("/__down?bytes=0", 0),
        ("/__down", 0),
        ("/speedtest/random350x350.jpg?x=1.2", 245_388),
        ("/speedtest/random1000x1000.jpg", 1_986_284),
        ("/nq/small", 1),
    ],
)
def test_downloads_are_as_long_as_asked_and_not_compressible(here: Point, path: str, size: int) -> None:
    status, fields, body = here.ask("GET", path)
    assert (status, len(body), fields["content-length"]) == (200, size, str(size))
    assert len(zlib.compress(body[:60_000])) >= min(size, 60_000)
    assert fields["cache-control"] == "no-store"
    assert fields["access-control-allow-origin"] == "*"


@pytest.mark.parametrize(
    ("path", "size"),
    [
        ("/garbage.php?ckSize=99999", 1024 * MIB),
        ("/__down?bytes=999999999999999", 8_000_000_000),
        ("/nq/large", 8_000_000_000),
        ("/speedtest/random4000x4000.jpg", 31_625_365),
    ],
)
def test_the_longest_downloads_are_capped(here: Point, path: str, size: int) -> None:
    status, fields, body = here.ask("HEAD", path)
    assert (status, fields["content-length"], body) == (200, str(size), b"")


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/empty.php", b""),
        ("/backend/empty.php?r=1", b""),
        ("/__up", b"OK\n"),
        ("/__up?measId=1", b"OK\n"),
        ("/speedtest/upload.php?x=0.1", b"size=3000000"),
        ("/nq/upload", b""),
    ],
)
@pytest.mark.parametrize("chunked", [False, True])
def test_uploads_are_taken_whole(here: Point, path: str, words: bytes, chunked: bool) -> None:
    body = iter([b"x" * 1_000_000, b"", b"y" * 2_000_000]) if chunked else b"x" * 3_000_000
    with contextlib.closing(here.http()) as connection:
        status, fields, answer = exchange(connection, "POST", path, body)
        assert (status, answer) == (200, words)
        assert fields["connection"] == "keep-alive"
        assert exchange(connection, "GET", "/empty.php")[0] == 200


def test_an_upload_that_asks_before_it_sends_is_invited(here: Point) -> None:
    request = b"POST /speedtest/upload.php HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 5\r\nConnection: close\r\n\r\n12345"
    answer = here.raw(request)
    assert answer.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n")
    assert answer.endswith(b"size=5")


def test_a_latency_probe_keeps_its_connection(here: Point) -> None:
    with contextlib.closing(here.http()) as connection:
        for _ in range(50):
            status, fields, body = exchange(connection, "GET", "/empty.php?r=0.5")
            assert (status, body, fields["content-length"]) == (200, b"", "0")
        first = connection.sock
        assert exchange(connection, "GET", "/__down?bytes=10")[2]
        assert connection.sock is first


def test_cloudflares_clients_learn_the_servers_own_time(here: Point) -> None:
    fields = here.ask("GET", "/__down?bytes=0")[1]
    name, _, duration = fields["server-timing"].partition(";dur=")
    assert name == "cfRequestDuration"
    assert 0 <= float(duration) < 1000


def test_librespeed_learns_its_address(here: Point) -> None:
    _, fields, body = here.ask("GET", "/backend/getIP.php?isp=true")
    assert fields["content-type"] == "application/json"
    assert json.loads(body) == {"processedString": "127.0.0.1", "rawIspInfo": ""}


def test_a_page_elsewhere_may_ask(here: Point) -> None:
    status, fields, _ = here.ask("OPTIONS", "/empty.php", Origin="https://speed.example")
    assert status == 204
    assert "POST" in fields["access-control-allow-methods"]


def test_speedtests_mini_server(here: Point) -> None:
    assert b'upload_extension: "php"' in here.ask("GET", "/")[2]
    assert here.ask("GET", "/speedtest/upload.php")[2] == b"size=500"
    assert here.ask("GET", "/speedtest/latency.txt?x=1")[2] == b"test=test\n"


def test_network_quality_is_told_where(here: Point) -> None:
    told = json.loads(here.ask("GET", "/.well-known/nq", Host="test.example:99")[2])
    assert told["version"] == 1
    assert told["urls"] == {
        "small_https_download_url": "http://test.example:99/nq/small",
        "large_https_download_url": "http://test.example:99/nq/large",
        "https_upload_url": "http://test.example:99/nq/upload",
    }
    assert here.ask("GET", "/.well-known/nq", Host='evil"><script>')[0] == 400


def test_our_own_clients_are_told_what_there_is(here: Point) -> None:
    told = json.loads(here.ask("GET", "/.well-known/amif-netcheck")[2])
    assert (told["name"], told["version"], told["call"]) == ("amif-netcheck", __version__, True)
    assert told["udp_port"] == here.port
    assert (told["max_test_s"], told["max_mb"], told["max_call_s"]) == (30, 8000, 15)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("GET", "/speedtest/random351x351.jpg", 404),
        ("GET", "/speedtest/random350x500.jpg", 404),
        ("GET", "/amif/call/0123456789abcdef", 404),
        ("GET", "/amif/call/..", 404),
        ("POST", "/__down", 404),
        ("DELETE", "/", 405),
        ("GET", "/__down?bytes=-1", 400),
        ("GET", "/garbage.php?ckSize=x", 400),
    ],
)
def test_what_there_is_not(here: Point, method: str, path: str, status: int) -> None:
    assert here.ask(method, path)[0] == status


SPEEDTEST = """
import json, speedtest, sys
class Private(speedtest.Speedtest):
    def get_config(self):
        up = [524288, 1048576]
        self.config.update(client={"ip": "", "lat": "0", "lon": "0", "isp": ""}, ignore_servers=[],
            sizes={"upload": up, "download": [350, 500, 750, 1000]}, counts={"upload": 4, "download": 4},
            threads={"upload": 4, "download": 4}, length={"upload": 10, "download": 10}, upload_max=8)
        self.lat_lon = (0.0, 0.0)
        return self.config
mini = Private()
mini.get_best_server(mini.set_mini_server(sys.argv[1]))
mini.download(), mini.upload()
print(json.dumps(mini.results.dict()))
"""


@pytest.mark.parametrize("token", ["", "a-secret-token"])
def test_speedtest_cli_measures_against_it_as_a_mini_server(tmp_path: Path, token: str) -> None:
    arguments = ("--token", token) if token else ()
    with point(tmp_path, *arguments) as made:
        url = f"http://{made.host}:{made.port}/{token}"
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", SPEEDTEST, url],
            capture_output=True,
            encoding="utf-8",
            check=True,
            timeout=60,
        )
    results = json.loads(done.stdout)
    assert results["bytes_received"] == 4 * (245_388 + 505_544 + 1_118_012 + 1_986_284)
    assert results["bytes_sent"] == 4 * (524_288 + 1_048_576)
    assert results["download"] > 0
    assert results["upload"] > 0
    assert 0 < results["ping"] < 1000
