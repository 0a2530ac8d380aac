"""Windows' proxies: the lists that people and administrators write, and whose settings hold."""

from __future__ import annotations

import struct
import threading
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amif_netcheck.measure import proxies as addresses
from amif_netcheck.model.facts import ProxyKind, ProxySource, Reason, Unavailable
from amif_netcheck.platforms.answers import ProxySetting
from amif_netcheck.platforms.windows import platform, proxies
from amif_netcheck.platforms.windows.platform import Windows
from amif_netcheck.platforms.windows.proxies import InternetSettings
from amif_netcheck.platforms.windows.winhttp import ProxyCalls
from tests.recorded.fake_windows import FakeRegistry

SETTINGS = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Internet Settings"
POLICY = rf"HKLM\SOFTWARE\Policies\Microsoft\Windows\CurrentVersion\Internet Settings"  # noqa: F541 - one of a kind
NOTHING = ("", "", "", False)


class FakeCalls(ProxyCalls):
    def __init__(self, person: Any = NOTHING, *, domain: bool | Unavailable = False) -> None:
        self._person, self._domain = person, domain

    def of_person(self) -> tuple[str, str, str, bool] | Unavailable:
        return self._person  # type: ignore[no-any-return]

    def in_domain(self) -> bool | Unavailable:
        return self._domain


def blob(flags: int, *texts: str) -> bytes:
    """`DefaultConnectionSettings`, by hand after what public code writes there."""
    body = b"".join(struct.pack("<I", len(text)) + text.encode() for text in texts)
    return struct.pack("<3I", 0x46, 7, flags) + body + bytes(32)


def manual(url: str, *exceptions: str) -> ProxySetting:
    return ProxySetting(source=ProxySource.WINDOWS, kind=ProxyKind.MANUAL, url=url, exceptions=exceptions)


def script(url: str) -> ProxySetting:
    return ProxySetting(source=ProxySource.WINDOWS, kind=ProxyKind.SCRIPT, url=url)


AUTOMATIC = ProxySetting(source=ProxySource.WINDOWS, kind=ProxyKind.AUTOMATIC)


@pytest.mark.parametrize(
    ("listed", "url"),
    [
        ("proxy.mairie.example:3128", "http://proxy.mairie.example:3128"),
        ("http=a:80;https=b:443", "http://b:443"),
        ("HTTP=a:80;HTTPS=http://b:443", "http://b:443"),
        ("http=a:80;ftp=c:21", "http://a:80"),
        ("socks=s:1080", "socks://s:1080"),
        ("socks=s:1080;http=a:80", "http://a:80"),
        ("ftp=c:21", ""),
        ("", ""),
        (" ; ", ""),
        ("=x", "http://x"),
    ],
)
def test_of_a_list_by_scheme_the_proxy_for_pages_over_tls_counts(listed: str, url: str) -> None:
    assert proxies.proxy_url(listed) == url


def test_what_windows_tells_of_the_person_holds() -> None:
    calls = FakeCalls(("proxy:3128", "*.mairie.example;10.*;<local>", "", True))
    (setting,) = proxies.settings(FakeRegistry({}), calls)
    assert setting == manual("http://proxy:3128", "*.mairie.example", "10.*", "<local>")
    assert addresses.is_listed("intranet", 443, setting.exceptions)
    assert addresses.is_listed("visio.mairie.example", 443, setting.exceptions)
    assert not addresses.is_listed("visio.example.org", 443, setting.exceptions)


def test_a_script_is_named_beside_a_proxy_that_is_set_by_hand() -> None:
    calls = FakeCalls(("proxy:3128", "", "http://wpad.example/proxy.pac", False))
    assert proxies.settings(FakeRegistry({}), calls) == (
        manual("http://proxy:3128"),
        script("http://wpad.example/proxy.pac"),
    )


@pytest.mark.parametrize(
    ("domain", "expected"),
    [(True, (AUTOMATIC,)), (False, ()), (Unavailable(reason=Reason.ERROR), ())],
)
def test_the_search_that_is_on_from_the_start_counts_in_a_domain_alone(
    domain: bool | Unavailable, expected: tuple[ProxySetting, ...]
) -> None:
    calls = FakeCalls(("", "", "", True), domain=domain)
    assert proxies.settings(FakeRegistry({}), calls) == expected


@pytest.mark.parametrize(
    "person",
    [
        NOTHING,
        ("p:3128", "", "", False),
        ("p:3128", "", "", True),
        ("", "", "http://pac", True),
    ],
)
def test_the_domain_is_asked_for_only_where_something_depends_on_it(
    person: tuple[str, str, str, bool],
) -> None:
    class Unasked(FakeCalls):
        def in_domain(self) -> bool | Unavailable:
            raise AssertionError("asked")

    found = proxies.settings(FakeRegistry({}), Unasked(person))
    assert [setting.kind for setting in found] == (
        [] if person == NOTHING else [ProxyKind.SCRIPT if person[2] else ProxyKind.MANUAL]
    )


def test_windows_services_that_hang_are_left_behind_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    released = threading.Event()

    class HangingCalls(FakeCalls):
        def in_domain(self) -> bool | Unavailable:
            released.wait(30)
            return True

    monkeypatch.setattr(platform, "_PROXIES_S", 0.1)
    monkeypatch.setattr(platform, "ProxyCalls", lambda: HangingCalls(("", "", "", True)))
    before = time.monotonic()
    try:
        found = Windows().proxy_settings()
    finally:
        released.set()
    assert time.monotonic() - before < 2
    assert isinstance(found, Unavailable)
    assert found.reason is Reason.TIMEOUT


def test_where_windows_tells_nothing_the_registry_does() -> None:
    registry = FakeRegistry(
        {
            rf"HKCU\{SETTINGS}": {
                "ProxyEnable": 1,
                "ProxyServer": "p:3128",
                "ProxyOverride": "<local>",
                "AutoConfigURL": "http://pac",
            }
        }
    )
    expected = (manual("http://p:3128", "<local>"), script("http://pac"))
    assert proxies.settings(registry, FakeCalls()) == expected
    assert proxies.settings(registry, FakeCalls(Unavailable(reason=Reason.UNSUPPORTED))) == expected


def test_a_policy_puts_the_computers_settings_before_the_persons() -> None:
    registry = FakeRegistry(
        {
            POLICY: {"ProxySettingsPerUser": 0},
            rf"HKLM\{SETTINGS}": {"ProxyEnable": 1, "ProxyServer": "ours:8080"},
        }
    )
    assert proxies.settings(registry, FakeCalls(("theirs:1", "", "", False))) == (manual("http://ours:8080"),)


def test_a_proxy_that_is_switched_off_is_none() -> None:
    plain = {"ProxyEnable": 0, "ProxyServer": "old:3128"}
    assert proxies.merge(plain, blob(0x01, "old:3128", "", "")).is_empty


@pytest.mark.parametrize(
    ("given_blob", "expected"),
    [
        (
            blob(0x0F, "p:1", "<local>", "http://pac"),
            InternetSettings(proxy="p:1", bypass="<local>", script="http://pac", searched=True),
        ),
        (blob(0x09, "", "", ""), InternetSettings(searched=True)),
        (blob(0x05, "", "", "http://pac"), InternetSettings(script="http://pac")),
        (blob(0x03, "p:1", "")[:18], InternetSettings()),
        (b"", InternetSettings()),
    ],
)
def test_the_bytes_of_a_connection_are_read_by_their_flags(
    given_blob: bytes, expected: InternetSettings
) -> None:
    assert proxies.parse_blob(given_blob) == expected


@given(st.binary(max_size=300))
def test_bytes_of_a_connection_of_any_kind_are_no_error(junk: bytes) -> None:
    assert isinstance(proxies.parse_blob(junk), InternetSettings)


@given(st.text(max_size=80))
def test_a_list_of_any_kind_is_no_error(listed: str) -> None:
    assert isinstance(proxies.proxy_url(listed), str)
