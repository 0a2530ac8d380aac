"""Rates through a proxy that wants a password (squid), by each engine: what reaches servers moves their bytes, too."""

from __future__ import annotations

import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from amif_netcheck.measure.throughput.rates import EngineChoice, Rates
from amif_netcheck.model.facts import Engine, Reason, Unavailable
from tests.lab.namespaces import wait_for
from tests.program.certificates import certificate
from tests.program.measuring import LATEST_S, dead_port, good, measured, rates_of
from tests.program.points import LOCAL, Point, point

pytestmark = [pytest.mark.real("squid"), pytest.mark.usefixtures("no_proxy")]

QUOTED = "p%40ss%3A%20word"
_HELPER = """#!/bin/sh
while read -r user password; do
    if [ "$user $password" = 'maire p@ss:%20word' ]; then echo OK; else echo ERR; fi
done
"""
"""Answers squid's questions who may pass; squid quotes blanks."""
_CONFIG = """auth_param basic program {folder}/helper
acl known proxy_auth REQUIRED
http_access allow known
http_access deny all
http_port 127.0.0.1:{port}
visible_hostname proxy.example
access_log none
cache deny all
cache_log {folder}/cache.log
pinger_enable off
max_filedescriptors 1024
pid_filename none
shutdown_lifetime 0 seconds
cache_effective_user proxy
coredump_dir {folder}
"""


@pytest.fixture(scope="module")
def squid() -> Iterator[int]:
    """Its port."""
    with dead_port() as port:
        free = port
    with tempfile.TemporaryDirectory() as name:  # pytest's own folders are closed to squid's user
        folder = Path(name)
        folder.chmod(0o777)
        helper, log, config = folder / "helper", folder / "cache.log", folder / "squid.conf"
        helper.write_text(_HELPER)
        helper.chmod(0o755)
        config.write_text(_CONFIG.format(folder=folder, port=free))
        process = subprocess.Popen(["squid", "-N", "-f", str(config)])
        try:
            wait_for(lambda: log.exists() and "Accepting HTTP" in log.read_text(), 20, "squid")
            yield free
        finally:
            process.kill()
            process.wait(10)


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Point]:
    with point(tmp_path_factory.mktemp("point")) as made:
        yield made


def both_ways(rates: Rates) -> set[Engine]:
    rates.prepare(until=time.monotonic() + LATEST_S, stop=threading.Event())
    samples = [good(measured(rates, upload=upload)) for upload in (False, True)]
    assert all(each.via_proxy for each in samples)
    assert rates.attempts == []
    return {each.engine for each in samples}


@pytest.mark.parametrize(
    ("engine", "moved_by"),
    [(EngineChoice.HTTP, Engine.AMIF), (EngineChoice.SPEEDTEST_CLI, Engine.SPEEDTEST_MINI)],
)
def test_with_the_password_each_engine_measures(
    here: Point, squid: int, engine: EngineChoice, moved_by: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", f"http://maire:{QUOTED}@{LOCAL}:{squid}")
    assert both_ways(rates_of(f"http://{LOCAL}:{here.port}", engine)) == {moved_by}


def test_with_the_password_a_tunnel_is_opened_for_https(
    tmp_path: Path, squid: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, cert = certificate(tmp_path, "localhost")
    monkeypatch.setenv("SSL_CERT_FILE", str(cert))
    monkeypatch.setenv("https_proxy", f"maire:{QUOTED}@{LOCAL}:{squid}")
    files = ("--tls-cert", str(cert), "--tls-key", str(tmp_path / "key.pem"))
    with point(tmp_path, *files) as secure:
        assert both_ways(rates_of(f"https://localhost:{secure.port}")) == {Engine.AMIF}


@pytest.mark.parametrize("credentials", ["", "maire:wrong@"])
def test_without_the_right_password_the_direct_way_is_taken_and_told(
    here: Point, squid: int, credentials: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", f"http://{credentials}{LOCAL}:{squid}")
    rates = rates_of(f"http://{LOCAL}:{here.port}")
    assert not good(measured(rates)).via_proxy
    (attempt,) = rates.attempts
    why = Unavailable(reason=Reason.BLOCKED, detail="the proxy wants a password (407)")
    assert (attempt.engine, attempt.why) == ("http, by proxy", why)
    assert "maire" not in repr(rates.attempts)
    assert "wrong" not in repr(rates.attempts)


def test_a_server_that_no_proxy_exempts_is_asked_directly(
    here: Point, squid: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", f"http://{LOCAL}:{squid}")
    monkeypatch.setenv("no_proxy", LOCAL)
    rates = rates_of(f"http://{LOCAL}:{here.port}")
    assert not good(measured(rates)).via_proxy
    assert rates.attempts == []
