"""The test point against those who ask too much, too slowly, or what makes no sense; tokens, TLS, and its end."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from amif_netcheck.measure.echo import EchoServerExchange
from amif_netcheck.serve.connection import MOST_HEAD
from tests.lab.namespaces import wait_for
from tests.program.points import LOCAL, Point, exchange, point
from tests.systems import needs_posix, needs_program, needs_second_loopback

TOKEN = "a-secret-token"


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Point]:
    with point(tmp_path_factory.mktemp("safety")) as made:
        yield made


# --- what makes no sense --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", 400),
        (b"GET / HTTP/9.9\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
        (b"POST /__up HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
        (b"POST /__up HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", 400),
        (b"POST /__up HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcdef\r\n", 400),
        (b"POST /__up HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n", 400),
        (b"POST /__up HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1" * 3000, 400),
        (b"POST /__up HTTP/1.1\r\nContent-Length: 999999999999999\r\n\r\n", 413),
        (b"POST /amif/call HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 413),
        (b"GET / HTTP/1.1\r\nA: " + b"x" * (MOST_HEAD + 5000) + b"\r\n\r\n", 431),
        (b"GET /" + b"x" * (2 * MOST_HEAD), 431),
    ],
)
def test_malformed_requests_are_answered_and_closed(here: Point, data: bytes, status: int) -> None:
    assert here.raw(data).startswith(f"HTTP/1.1 {status} ".encode())
    assert here.ask("GET", "/empty.php")[0] == 200


@pytest.mark.parametrize(
    "data",
    [b"", b"\r\n\r\n", b"GET / HTTP/1.1\r\nHost:", b"POST /__up HTTP/1.1\r\nContent-Length: 9\r\n\r\n1"],
)
def test_a_client_that_leaves_in_the_middle_does_no_harm(here: Point, data: bytes) -> None:
    assert here.raw(data, half_close=True)[:12] in {b"", b"HTTP/1.1 400"}
    assert here.ask("GET", "/empty.php")[0] == 200


def test_a_client_that_leaves_a_download_does_no_harm(here: Point) -> None:
    for _ in range(5):
        with socket.create_connection((here.host, here.port), 10) as sock:
            sock.sendall(b"GET /__down?bytes=1000000000 HTTP/1.1\r\n\r\n")
            assert sock.recv(1000)
    assert here.ask("GET", "/empty.php")[0] == 200


def test_requests_may_follow_each_other_closely(here: Point) -> None:
    two = b"POST /speedtest/upload.php HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc"
    answer = here.raw(2 * two + b"GET /speedtest/latency.txt HTTP/1.0\r\n\r\n")
    assert answer.count(b"size=3") == 2
    assert answer.endswith(b"test=test\n")


# --- limits ---------------------------------------------------------------------------------------


def stalled_download(here: Point) -> socket.socket:
    sock = socket.create_connection((here.host, here.port), 10)
    sock.sendall(b"GET /__down?bytes=1000000000 HTTP/1.1\r\n\r\n")
    assert sock.recv(12) == b"HTTP/1.1 200"
    return sock


@needs_second_loopback
def test_tests_at_a_time_are_limited_in_all_and_for_each_client(tmp_path: Path) -> None:
    with point(tmp_path, "--tests", "3", "--client-tests", "2") as made, contextlib.ExitStack() as stack:
        for _ in range(2):
            stack.enter_context(stalled_download(made))
        status, fields, _ = made.ask("GET", "/__down?bytes=10")
        assert status == 429
        assert int(fields["retry-after"]) > 0
        assert made.ask("POST", "/__up", b"x" * 3_000_000)[0] == 429
        assert made.ask("GET", "/empty.php")[0] == 200, "no transfer"
        other = socket.create_connection((made.host, made.port), 10, source_address=("127.0.0.2", 0))
        stack.enter_context(other)
        other.sendall(b"GET /__down?bytes=1000000000 HTTP/1.1\r\n\r\n")
        assert other.recv(12) == b"HTTP/1.1 200"
        third = socket.create_connection((made.host, made.port), 10, source_address=("127.0.0.3", 0))
        stack.enter_context(third)
        third.sendall(b"GET /__down?bytes=10 HTTP/1.1\r\n\r\n")
        assert third.recv(12) == b"HTTP/1.1 429"
        stack.close()
        until = time.monotonic() + 10
        while made.ask("GET", "/__down?bytes=10")[0] != 200:
            assert time.monotonic() < until, "the places come free again"
            time.sleep(0.05)
        assert "127.0.0" not in made.log.read_text(encoding="utf-8").partition("\n")[2], (
            "no addresses in the log"
        )


def test_bytes_of_one_client_are_limited(tmp_path: Path) -> None:
    with point(tmp_path, "--client-mb", "5", "--log-addresses") as made:
        assert len(made.ask("GET", "/__down?bytes=6000000")[2]) == 6_000_000
        wait_for(
            lambda: "6.0 MB" in made.log.read_text(encoding="utf-8"),
            10,
            "the end of the transfer, when it is counted",
        )
        status, fields, _ = made.ask("GET", "/__down?bytes=10")
        assert status == 429
        assert 3000 < int(fields["retry-after"]) <= 3600
        assert made.ask("POST", "/__up", b"x")[0] == 429
        assert "download of 127.0.0.1: 6.0 MB" in made.log.read_text(encoding="utf-8")


def test_one_transfer_is_limited_in_time(tmp_path: Path) -> None:
    with (
        point(tmp_path, "--test-s", "1") as made,
        socket.create_connection((made.host, made.port), 10) as sock,
    ):
        sock.sendall(b"GET /__down?bytes=8000000000 HTTP/1.1\r\n\r\n")
        size = 0
        while part := sock.recv(2048):  # no computer reads all of it in a second so
            size += len(part)
    assert 0 < size < 8_000_000_000


def test_datagrams_of_one_client_are_limited(tmp_path: Path) -> None:
    with point(tmp_path, "--client-packets", "50") as made, made.udp() as sock:
        echo = EchoServerExchange()
        for sequence in range(200):
            sock.send(echo.request(sequence))
        answers = 0
        with contextlib.suppress(TimeoutError):
            while sock.recv(2000):
                answers += 1
        assert 45 <= answers <= 80


def test_calls_of_one_client_are_limited(here: Point) -> None:
    tokens = []
    for _ in range(20):
        status, fields, body = here.ask("POST", "/amif/call", "{}")
        if status != 200:
            break
        tokens.append(json.loads(body)["token"])
    assert (status, len(tokens)) == (429, 8)
    assert int(fields["retry-after"]) > 0
    told = [here.ask("GET", f"/amif/call/{token}") for token in tokens]
    assert [status for status, _, _ in told] == [200] * 8
    assert here.ask("GET", f"/amif/call/{tokens[0]}")[2] == told[0][2], "the first answer may have got lost"
    for _ in range(8):  # those that were told of make room, the oldest first
        status, _, body = here.ask("POST", "/amif/call", "{}")
        assert status == 200
        here.ask("GET", f"/amif/call/{json.loads(body)['token']}")
    assert here.ask("GET", f"/amif/call/{tokens[0]}")[0] == 404


@needs_second_loopback
def test_connections_of_one_client_are_limited(here: Point) -> None:
    with contextlib.ExitStack() as stack:
        for _ in range(140):
            stack.enter_context(socket.create_connection((here.host, here.port), 10))
        last = stack.enter_context(socket.create_connection((here.host, here.port), 10))
        with contextlib.suppress(ConnectionResetError):
            assert last.recv(10) == b""
        other = socket.create_connection((here.host, here.port), 10, source_address=("127.0.0.2", 0))
        stack.enter_context(other)
        other.sendall(b"GET /empty.php HTTP/1.1\r\n\r\n")
        assert other.recv(12) == b"HTTP/1.1 200"


# --- token and TLS --------------------------------------------------------------------------------


@pytest.mark.parametrize("from_environment", [False, True])
def test_without_the_token_nothing_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, from_environment: bool
) -> None:
    if from_environment:
        monkeypatch.setenv("AMIF_NETCHECK_TOKEN", TOKEN)
    arguments = () if from_environment else ("--token", TOKEN)
    with point(tmp_path, *arguments) as made:
        answers = {
            made.ask(method, path)[::2]
            for method, path in (
                ("GET", "/"),
                ("GET", "/empty.php"),
                ("GET", "/.well-known/amif-netcheck"),
                ("GET", f"/{TOKEN}x/empty.php"),
                ("GET", f"/{TOKEN[:-1]}/empty.php"),
                ("GET", "/%C3%A9/empty.php"),
                ("GET", f"/{TOKEN}/nothing"),
                ("POST", "/__up"),
                ("OPTIONS", "/empty.php"),
                ("DELETE", "/"),
            )
        }
        assert answers == {(404, b"Not Found\n")}
        assert made.raw(b"GET /\xc3\xa9/ HTTP/1.0\r\n\r\n").endswith(b"Not Found\n")
        assert made.ask("GET", f"/{TOKEN}/empty.php")[0] == 200
        assert made.ask("GET", f"/{TOKEN}")[0] == 200
        assert len(made.ask("GET", f"/{TOKEN}/backend/garbage.php?ckSize=1")[2]) == 1 << 20
        told = json.loads(made.ask("GET", f"/{TOKEN}/.well-known/nq", Host="h")[2])
        assert told["urls"]["https_upload_url"] == f"http://h/{TOKEN}/nq/upload"
        with made.udp() as sock:
            sock.send(EchoServerExchange().request(0))
            assert len(sock.recv(2000)) == 172
        assert TOKEN not in made.log.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    needs_program("openssl")
    folder = tmp_path_factory.mktemp("tls")
    cert, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(
        [
            *(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
                "-nodes",
            ),
            *("-keyout", str(key), "-out", str(cert), "-days", "2", "-subj", "/CN=localhost"),
            *("-addext", f"subjectAltName=IP:{LOCAL}"),
        ],
        check=True,
        capture_output=True,
        timeout=30,
    )
    return cert, key


def test_https(tmp_path: Path, certificate: tuple[Path, Path]) -> None:
    cert, key = certificate
    trusting = ssl.create_default_context(cafile=str(cert))
    with point(tmp_path, "--tls-cert", str(cert), "--tls-key", str(key)) as made:
        assert made.raw(b"GET / HTTP/1.1\r\n\r\n")[:5] != b"HTTP/"
        with contextlib.closing(made.http(tls=trusting)) as connection:
            assert len(exchange(connection, "GET", "/garbage.php?ckSize=8")[2]) == 8 << 20
            assert (
                exchange(connection, "POST", "/speedtest/upload.php", b"x" * 5_000_000)[2] == b"size=5000000"
            )
            told = json.loads(exchange(connection, "GET", "/.well-known/nq")[2])
            large = told["urls"]["large_https_download_url"]
            assert large == f"https://{LOCAL}:{made.port}/nq/large"


# --- its beginning and its end --------------------------------------------------------------------


def start(*arguments: str, prefix: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    command = [*prefix, sys.executable, "-m", "amif_netcheck", "serve", *arguments, "--lang", "en"]
    return subprocess.run(command, capture_output=True, encoding="utf-8", timeout=30, check=False)


def complaint(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("amif-netcheck: ")
    assert done.stderr.count("\n") == 1
    return done.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--host", "no.such.host.invalid"), "no.such.host.invalid"),
        (("--host", "192.0.2.77"), "this computer does not have this address"),
        (("--port", "65536"), "0 to 65535"),
        (("--port", "x"), "0 to 65535"),
        (("--token", "short"), "8 to 128"),
        (("--token", "sla/shes-in-it"), "8 to 128"),
        (("--tls-cert", "x.pem"), "go together"),
        (
            ("--tls-cert", "/nowhere/x.pem", "--tls-key", "/nowhere/y.pem"),
            f"{Path('/nowhere/x.pem')}: can't be read",
        ),
        (("--tests", "0"), "from 1"),
    ],
)
def test_what_can_not_be_served_is_one_line(arguments: tuple[str, ...], words: str) -> None:
    assert words in complaint(start("--host", LOCAL, "--port", "0", *arguments))


def test_a_port_that_is_taken_is_one_line(here: Point) -> None:
    done = start("--host", LOCAL, "--port", str(here.port))
    assert f"port {here.port}" in complaint(done)
    assert "another program uses it" in done.stderr


@pytest.mark.parametrize("kind", [socket.SOCK_STREAM, socket.SOCK_DGRAM])
def test_both_kinds_of_port_have_to_be_free(kind: socket.SocketKind) -> None:
    with socket.socket(socket.AF_INET, kind) as taken:
        taken.bind((LOCAL, 0))
        if kind is socket.SOCK_STREAM:
            taken.listen()
        assert "another program uses it" in complaint(
            start("--host", LOCAL, "--port", str(taken.getsockname()[1]))
        )


def test_certificate_and_key_have_to_fit(certificate: tuple[Path, Path], tmp_path: Path) -> None:
    cert, key = certificate
    other = tmp_path / "other.pem"
    subprocess.run(
        ["openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", str(other)],
        check=True,
        capture_output=True,
        timeout=30,
    )
    base = ("--host", LOCAL, "--port", "0")
    assert "key values mismatch" in complaint(start(*base, "--tls-cert", str(cert), "--tls-key", str(other)))
    complaint(start(*base, "--tls-cert", str(key), "--tls-key", str(cert)))
    secret = tmp_path / "secret.pem"
    subprocess.run(
        ["openssl", "ec", "-in", str(key), "-aes256", "-passout", "pass:x", "-out", str(secret)],
        check=True,
        capture_output=True,
        timeout=30,
    )
    assert "without a password" in complaint(start(*base, "--tls-cert", str(cert), "--tls-key", str(secret)))


@needs_posix("a signal to another process (under Wine: tests/wine/test_console.py)")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_at_once_in_the_middle_of_everything(tmp_path: Path, number: signal.Signals) -> None:
    with point(tmp_path) as made, contextlib.ExitStack() as stack:
        for _ in range(3):
            stack.enter_context(stalled_download(made))
        stack.enter_context(socket.create_connection((made.host, made.port), 10))
        os.kill(made.process.pid, number)
        assert made.process.wait(5) == 0


def test_it_answers_over_both_families_on_one_port(tmp_path: Path) -> None:
    with point(tmp_path, host="::") as made:
        for host in (LOCAL, "::1"):
            found = Point(host, made.port, made.process, made.log)
            told = json.loads(found.ask("GET", "/getIP.php")[2])
            assert told["processedString"] == host
            with found.udp() as sock:
                sock.send(EchoServerExchange().request(0))
                assert len(sock.recv(2000)) == 172
