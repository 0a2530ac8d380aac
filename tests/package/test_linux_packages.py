"""The Linux packages: the folder started here, the .deb installed, started and purged in a bare Debian 13."""

from __future__ import annotations

import fcntl
import json
import os
import select
import struct
import subprocess
import tarfile
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import pytest
from tools.package_linux import __main__ as package_linux

import amif_netcheck
from tests.package.conftest import needs
from tests.package.debian import Chroot, chroot

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("packages"), pytest.mark.timeout(600)]

Run = Callable[..., "subprocess.CompletedProcess[str]"]


class Packages(NamedTuple):
    archive: Path
    deb: Path


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Packages:
    needs("uv", "dpkg-deb", "objdump", "ldd")
    return Packages(*package_linux.build(tmp_path_factory.mktemp("linux")))


@pytest.fixture
def debian(tmp_path: Path) -> Iterator[Chroot]:
    needs("debootstrap", "unshare", "mount")
    if os.geteuid():
        pytest.skip("needs root")
    cache = os.environ.get("AMIF_NETCHECK_TEST_CACHE") or Path(
        os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "amif-netcheck"
    )
    with chroot(Path(cache, "debian"), tmp_path) as it:
        yield it


def starts(run: Run) -> None:
    """What each package has to do, wherever it lies; `run` runs it with arguments."""
    version = run("--version")
    assert (version.stdout, version.returncode) == (f"amif-netcheck {amif_netcheck.__version__}\n", 0)
    demo = run("demo", "--plain", "--lang", "fr")
    assert "Démonstration" in demo.stdout
    assert "Prêt, avec des réserves" in demo.stdout
    assert demo.returncode == 1
    offline = run("--json", "--offline")
    assert offline.returncode in {0, 1, 3, 4}, offline.stderr
    report = json.loads(offline.stdout)
    assert report["system"]["os"] == "linux"
    assert {check["id"] for check in report["checks"]} >= {"proximity", "vpn", "headset", "link"}
    assert "error" not in report["errors"], report["errors"]


def test_the_folder_starts_where_it_is_unpacked(packages: Packages, tmp_path: Path) -> None:
    with tarfile.open(packages.archive) as archive:
        archive.extractall(tmp_path / "Élodie Préfet", filter="data")
    program = tmp_path / "Élodie Préfet" / "amif-netcheck" / "amif-netcheck"
    environment = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [program, *words], env=environment, capture_output=True, text=True, timeout=120, check=False
        )

    starts(run)
    told = run("--version", "--verbose").stdout
    assert "folder: ~/Élodie Préfet/amif-netcheck/lib/amif_netcheck\n" in told
    assert "package: textual " in told


def test_the_app_opens(packages: Packages, tmp_path: Path) -> None:
    with tarfile.open(packages.archive) as archive:
        archive.extractall(tmp_path, filter="data")
    main, side = os.openpty()
    fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    process = subprocess.Popen(
        [tmp_path / "amif-netcheck" / "amif-netcheck", "demo", "ready", "--lang", "fr"],
        env={"HOME": str(tmp_path), "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"},
        stdin=side,
        stdout=side,
        stderr=side,
        start_new_session=True,
    )
    os.close(side)
    until = time.monotonic() + 60
    painted = b""
    try:
        while "visioconférence".encode() not in painted and time.monotonic() < until:
            if select.select([main], [], [], 0.2)[0]:
                painted += os.read(main, 65536)
        assert "visioconférence".encode() in painted, painted[-2000:]
        os.write(main, b"q")
        while process.poll() is None and time.monotonic() < until:
            if select.select([main], [], [], 0.2)[0]:
                with suppress(OSError):  # the other end has closed
                    os.read(main, 65536)
        assert process.returncode is not None
    finally:
        process.kill()
        process.wait()
        os.close(main)


def test_the_deb_installs_starts_and_leaves_nothing_behind(packages: Packages, debian: Chroot) -> None:
    before = debian.files()
    (debian.folder / "tmp" / "it.deb").write_bytes(packages.deb.read_bytes())
    installed = debian.run("dpkg", "--install", "/tmp/it.deb")
    assert installed.returncode == 0, installed.stderr
    assert debian.run("dpkg", "--verify", "amif-netcheck").stdout == ""
    assert not debian.run("which", "python3").stdout, "this Debian has no Python to lean on"

    starts(lambda *words: debian.run("amif-netcheck", *words, user="nobody:nogroup"))

    again = debian.run("dpkg", "--install", "/tmp/it.deb")
    assert again.returncode == 0, again.stderr
    assert debian.run("amif-netcheck", "--version").returncode == 0

    purged = debian.run("dpkg", "--purge", "amif-netcheck")
    assert purged.returncode == 0, purged.stderr
    assert debian.files() == before


def test_the_deb_says_what_it_needs_and_holds_a_menu_entry(packages: Packages) -> None:
    fields = subprocess.run(
        ["dpkg-deb", "--field", packages.deb], capture_output=True, text=True, check=True
    ).stdout
    assert f"Version: {amif_netcheck.__version__}\n" in fields
    assert "Depends: libc6 (>= 2." in fields
    listed = subprocess.run(
        ["dpkg-deb", "--contents", packages.deb], capture_output=True, text=True, check=True
    ).stdout
    assert "root/root" in listed
    assert {line.split()[1] for line in listed.splitlines()} == {"root/root"}
    for path in (
        "usr/share/applications/amif-netcheck.desktop",
        "usr/share/bash-completion/completions/amif-netcheck",
        "usr/share/man/fr/man1/amif-netcheck.1.gz",
        "usr/bin/amif-netcheck -> /usr/lib/amif-netcheck/amif-netcheck",
    ):
        assert f"./{path}\n" in listed
