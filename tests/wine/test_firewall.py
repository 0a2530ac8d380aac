"""What a network lets through, as Windows' Python sees it: real filters, STUN servers, web servers and names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.lab.office import PAGE, TEXT
from tests.real.street import (
    _PROGRAM,
    NEEDED,
    NO_UDP,
    NOTHING_PASSES,
    TWO_STUN,
    Street,
    built,
    outcomes,
    place,
)
from tests.wine.prefix import Prefix, windows_path
from tests.wine.prepare import Prepared
from tests.wine.windows_python import WindowsPython, WindowsRun

pytestmark = [pytest.mark.real(*NEEDED), pytest.mark.timeout(120), pytest.mark.xdist_group("busy")]


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    with built(tmp_path_factory.mktemp("office")) as made:
        yield made


@pytest.fixture(scope="module")
def windows(
    street: Street, prepared: Prepared, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[WindowsPython]:
    folder = tmp_path_factory.mktemp("wine")
    with Prefix(prepared, folder, inside=street.office.home.command) as prefix:
        yield WindowsPython(prefix)


def check(windows: WindowsPython, street: Street, *arguments: str, only: str = "firewall") -> WindowsRun:
    settings = street.folder / "windows.toml"
    settings.write_text(
        f"[link]\nstun = {list(TWO_STUN)}\n"
        f"[firewall]\npage = '{PAGE}'\npage_text = '{TEXT}'\nweb = ['one.example:443', 'two.example:443']\n"
    )
    options = ("--only", only, "--config", windows_path(settings), "--json", "--include-private")
    environment = {"SSL_CERT_FILE": windows_path(street.system)}
    return windows.python(
        "-c",
        _PROGRAM,
        windows_path(street.public_authority.file),
        *options,
        *arguments,
        environment=environment,
    )


MEETING = ("--meeting", "https://meet.example/abc")


def test_where_all_passes_it_is_open(street: Street, windows: WindowsPython) -> None:
    street.office.rules()
    run = check(windows, street, *MEETING)
    assert (run.stderr, run.codes("firewall"), run.code) == ("", {"firewall.open": "ok"}, 0)
    assert outcomes(run, "web", "meet.example", 443) == {"ipv4": "answered", "ipv6": "answered"}
    assert place(run, "web", "meet.example", 443)["certificate"]["trust"] == "public"
    assert outcomes(run, "udp", "one.example", 3478) == {"ipv4": "answered"}
    assert run.fact("firewall.portal.page") == "as_expected"
    assert run.fact("firewall.resolver.invents") is False


@pytest.mark.alone
def test_the_line_is_known_beside_it(street: Street, windows: WindowsPython) -> None:
    street.office.rules()
    run = check(windows, street, "--speed-engine", "none", only="firewall,link")
    assert run.codes("firewall") == {"firewall.open": "ok"}
    assert run.codes("link") == {"link.good": "ok"}
    train = run.fact("link.internet")
    assert (train["method"], train["received"]) == ("stun", train["sent"])
    assert train["sent"] > 200


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        (NO_UDP, {"firewall.udp_blocked": "warning"}),
        (NOTHING_PASSES, {"firewall.nothing_answers": "unknown"}),
    ],
    ids=["no UDP", "nothing"],
)
def test_what_is_kept_back_is_told_as_on_linux(
    street: Street, windows: WindowsPython, rules: tuple[str, ...], said: dict[str, str]
) -> None:
    street.office.rules(*rules)
    linux, run = street.check(*MEETING), check(windows, street, *MEETING)
    assert run.codes("firewall") == linux.codes("firewall") == said
    for kind in ("udp", "web"):
        seen, expected = (
            {
                (each["server"], each["port"], *map(way, each["reach"]))
                for each in one.fact(f"firewall.{kind}")
            }
            for one in (run, linux)
        )
        assert seen == expected


def test_a_connection_that_is_refused_is_told_as_such(street: Street, windows: WindowsPython) -> None:
    street.office.rules("ip daddr != 192.168.1.1 tcp dport 443 reject with tcp reset")
    run = check(windows, street, *MEETING)
    assert outcomes(run, "web", "meet.example", 443) == {"ipv4": "refused", "ipv6": "answered"}


def test_a_certificate_that_has_expired_is_told_as_such(street: Street, windows: WindowsPython) -> None:
    """One of an authority that nobody knows passes Wine's CertVerifyCertificateChainPolicy, which ignores a partial chain."""
    street.office.rules()
    run = check(windows, street, "--meeting", "https://expired.example/abc")
    certificate = place(run, "web", "expired.example", 443)["certificate"]
    assert (certificate["trust"], certificate["flaw"]) == ("none", "expired")


def way(reach: Any) -> tuple[str, str]:
    return reach["by"], reach["outcome"]
