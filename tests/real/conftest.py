"""What the real tests need of the machine: skipped with the reason where it is missing, a failure where CI=true."""

from __future__ import annotations

import ctypes.util
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.real.street import Street
from tests.real.street import built as build_street
from tests.real.support import Network


def _may_make_namespaces() -> bool:
    command = ["unshare", "--net", "true"]
    return os.geteuid() == 0 and subprocess.run(command, capture_output=True, check=False).returncode == 0


def _drops_every_nth() -> bool:
    rules = (
        "add table inet t; add chain inet t c { type filter hook input priority 0; };"
        "add rule inet t c numgen inc mod 9 8 drop"
    )
    command = ["unshare", "--net", "nft", rules]
    return (
        bool(shutil.which("nft")) and not subprocess.run(command, capture_output=True, check=False).returncode
    )


def _has_dbusmock() -> bool:
    """For the system's own Python, which has the library that it needs."""
    command = ["/usr/bin/python3", "-c", "import dbusmock"]
    return (
        Path(command[0]).exists() and not subprocess.run(command, capture_output=True, check=False).returncode
    )


AXE = Path(__file__).resolve().parents[2] / ".tools" / "axe" / "node_modules" / "axe-core" / "axe.min.js"
"""Where `.ci/run` puts it."""

_CHECKS: dict[str, Callable[[], bool]] = {
    "axe-core": AXE.exists,
    "root and network namespaces": _may_make_namespaces,
    "nft with numgen": _drops_every_nth,
    "python3-dbusmock": _has_dbusmock,
    "libportaudio": lambda: ctypes.util.find_library("portaudio") is not None,
    "network-manager-openvpn": lambda: Path("/usr/lib/NetworkManager/VPN/nm-openvpn-service.name").exists(),
    "strongSwan with kernel-libipsec": lambda: all(
        Path("/usr/lib/ipsec", *parts).exists()
        for parts in (("charon",), ("plugins", "libstrongswan-kernel-libipsec.so"))
    ),
    "/dev/net/tun": lambda: Path("/dev/net/tun").exists(),
}
"""Components that are more than a program on the path."""


@cache
def _is_here(component: str) -> bool:
    return _CHECKS[component]() if component in _CHECKS else shutil.which(component) is not None


def pytest_runtest_setup(item: pytest.Item) -> None:
    """`@pytest.mark.real("iperf3", …)` names what a test needs beside root, namespaces and iproute2."""
    needed = ["ip", "ss", "unshare", "root and network namespaces"]
    needed += [str(component) for mark in item.iter_markers("real") for component in mark.args]
    missing = [component for component in dict.fromkeys(needed) if not _is_here(component)]
    if not missing:
        return
    reason = f"needs {', '.join(missing)}"
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason}: in CI nothing real may be skipped", pytrace=False)
    pytest.skip(reason)


@pytest.fixture
def network(tmp_path: Path) -> Iterator[Network]:
    """An empty network of this test's own."""
    folder = tmp_path / "network"
    folder.mkdir()
    with Network(folder) as made:
        yield made


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    """An office that the tests of a file share."""
    with build_street(tmp_path_factory.mktemp("office")) as made:
        yield made


@pytest.fixture
def street(built: Street) -> Street:
    """The office, whose box lets all through."""
    built.office.rules()
    return built
