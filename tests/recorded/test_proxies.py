"""Proxies in the settings of desktops, as GNOME and KDE write them, in any language."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amif_netcheck.measure.proxies import (
    ProxyRoute,
    for_server,
    is_bypassed,
    is_listed,
    parse,
    urls_by_scheme,
)
from amif_netcheck.model.facts import ProxyKind, ProxySource
from amif_netcheck.platforms.answers import ProxySetting
from amif_netcheck.platforms.linux import proxies

GNOME = """org.gnome.system.proxy autoconfig-url '{script}'
org.gnome.system.proxy ignore-hosts ['localhost', '127.0.0.0/8', '::1']
org.gnome.system.proxy mode '{mode}'
org.gnome.system.proxy use-same-proxy true
org.gnome.system.proxy.ftp host ''
org.gnome.system.proxy.ftp port 0
org.gnome.system.proxy.http authentication-password ''
org.gnome.system.proxy.http authentication-user ''
org.gnome.system.proxy.http enabled false
org.gnome.system.proxy.http host '{host}'
org.gnome.system.proxy.http port {port}
org.gnome.system.proxy.http use-authentication false
org.gnome.system.proxy.https host '{host}'
org.gnome.system.proxy.https port {port}
org.gnome.system.proxy.socks host ''
org.gnome.system.proxy.socks port 0
"""
KDE = """[Notification Messages]
WarnOnLeaveSSLMode=false

[Proxy Settings]
NoProxyFor=
Proxy Config Script={script}
ProxyType={kind}
httpProxy=http://proxy.example 3128
httpsProxy=http://proxy.example 3128
"""


def gnome(mode: str, script: str = "", host: str = "", port: int = 0) -> str:
    return GNOME.format(mode=mode, script=script, host=host, port=port)


@pytest.mark.parametrize(
    ("listed", "kind", "url"),
    [
        (gnome("manual", host="proxy.example", port=3128), ProxyKind.MANUAL, "http://proxy.example:3128"),
        (gnome("auto", script="http://wpad.example/x.pac"), ProxyKind.SCRIPT, "http://wpad.example/x.pac"),
        (gnome("auto"), ProxyKind.AUTOMATIC, ""),
    ],
)
def test_gnome(listed: str, kind: ProxyKind, url: str) -> None:
    exceptions = ("localhost", "127.0.0.0/8", "::1") if kind is ProxyKind.MANUAL else ()
    expected = ProxySetting(source=ProxySource.GNOME, kind=kind, url=url, exceptions=exceptions)
    assert proxies.of_gnome(listed) == (expected,)


def test_one_that_we_do_not_speak_is_seen() -> None:
    listed = (
        gnome("manual")
        .replace("socks host ''", "socks host 'proxy.example'")
        .replace("socks port 0", "socks port 1080")
    )
    file = "[Proxy Settings]\nProxyType=1\nsocksProxy={} 1080\n"
    of_kde = [proxies.of_kde(file.format(host)) for host in ("socks://proxy.example", "proxy.example")]
    for (found,) in (proxies.of_gnome(listed), *of_kde):
        assert (found.kind, found.url) == (ProxyKind.MANUAL, "socks://proxy.example:1080")
        assert parse(found.url) is None


@pytest.mark.parametrize(
    "listed", ["", "garbage", gnome("none"), gnome("manual"), gnome("none", host="x", port=1)]
)
def test_gnome_without_a_proxy(listed: str) -> None:
    assert proxies.of_gnome(listed) == ()


@pytest.mark.parametrize(
    ("number", "kind", "url"),
    [
        ("1", ProxyKind.MANUAL, "http://proxy.example:3128"),
        ("2", ProxyKind.SCRIPT, "http://wpad.example/x.pac"),
        ("3", ProxyKind.AUTOMATIC, ""),
    ],
)
def test_kde(number: str, kind: ProxyKind, url: str) -> None:
    file = KDE.format(kind=number, script="http://wpad.example/x.pac")
    assert proxies.of_kde(file) == (ProxySetting(source=ProxySource.KDE, kind=kind, url=url),)


def test_without_a_home_there_are_no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setenv("XDG_CURRENT_DESKTOP", "KDE")
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.setattr(Path, "home", homeless)
    assert proxies.settings() == ()


@pytest.mark.parametrize(
    ("listed", "only", "exceptions"),
    [
        ("localhost,.example, 10.0.0.0/8 *.test", "false", ("localhost", ".example", "10.0.0.0/8", "*.test")),
        ("visio.example", "true", ("visio.example",)),
        ("", "false", ()),
    ],
)
def test_the_exceptions_of_kde(listed: str, only: str, exceptions: tuple[str, ...]) -> None:
    file = KDE.format(kind="1", script="").replace(
        "NoProxyFor=", f"NoProxyFor={listed}\nReversedException={only}"
    )
    (setting,) = proxies.of_kde(file)
    assert (setting.exceptions, setting.exceptions_only) == (exceptions, only == "true")


@pytest.mark.parametrize(
    ("exception", "exempt", "asked"),
    [
        ("visio.example", ["visio.example", "VISIO.example.", "a.visio.example"], ["avisio.example"]),
        (".visio.example", ["visio.example", "a.visio.example"], ["avisio.example"]),
        ("*.visio.example", ["visio.example", "a.b.visio.example"], ["avisio.example"]),
        ("visio.*", ["visio.example"], ["meet.example", "a.visio.example"]),
        ("*", ["visio.example", "192.0.2.1", "2001:db8::1"], []),
        ("192.0.2.0/24", ["192.0.2.1"], ["192.0.3.1", "visio.example"]),
        ("2001:db8::/32", ["2001:db8::1", "[2001:db8::1]"], ["2001:db9::1", "192.0.2.1"]),
        ("192.0.2.*", ["192.0.2.1"], ["192.0.3.1"]),
        ("192.0.2.1", ["192.0.2.1"], ["192.0.2.10"]),
        ("[2001:db8::1]:443", ["2001:db8::1"], ["2001:db8::2"]),
        ("visio.example:443", ["visio.example"], ["meet.example"]),
        ("visio.example:8443", [], ["visio.example"]),
        ("192.0.2.0/24:443", ["192.0.2.1"], ["192.0.3.1"]),
        ("https://visio.example/", ["visio.example", "a.visio.example"], ["avisio.example"]),
        ("https://visio.example:8443", [], ["visio.example"]),
        ("https://[2001:db8::1]/", ["2001:db8::1"], ["2001:db8::2"]),
        ("https://", [], ["visio.example", "https"]),
        ("<local>", ["visio"], ["visio.example", "192.0.2.1", "2001:db8::1"]),
        ("", [], ["visio.example", "192.0.2.1"]),
        ("*.", [], ["visio"]),
    ],
)
def test_exceptions_are_read_as_browsers_read_them(
    exception: str, exempt: list[str], asked: list[str]
) -> None:
    others = ["elsewhere.example", exception]
    assert [host for host in exempt if not is_listed(host, 443, others)] == []
    assert [host for host in asked if is_listed(host, 443, others)] == []


@given(st.text(max_size=30), st.text(max_size=30), st.integers(0, 65535))
def test_no_exception_crashes(host: str, exception: str, port: int) -> None:
    assert is_listed(host, port, [exception]) in {True, False}


@pytest.mark.parametrize(
    "file", ["", "no section", KDE.format(kind="0", script=""), KDE.format(kind="x", script="")]
)
def test_kde_without_a_proxy(file: str) -> None:
    assert proxies.of_kde(file) == ()


@pytest.mark.parametrize(
    ("url", "proxy"),
    [
        ("http://proxy.example:3128", ProxyRoute("proxy.example", 3128)),
        ("proxy.example:3128", ProxyRoute("proxy.example", 3128)),
        ("http://proxy.example", ProxyRoute("proxy.example", 80)),
        ("http://maire:p%40ss@proxy.example:3128/", ProxyRoute("proxy.example", 3128, "maire:p@ss")),
        ("socks5://proxy.example:1080", None),
        ("http://proxy.example:port", None),
        ("http://", None),
    ],
)
def test_a_proxys_address(url: str, proxy: ProxyRoute | None) -> None:
    assert parse(url) == proxy


@given(
    host=st.sampled_from(["proxy.example", "192.0.2.1", "2001:db8::1"]),
    port=st.integers(1, 65535),
    user=st.text(max_size=9),
    password=st.text(max_size=9),
)
def test_an_address_with_any_password_is_read_as_it_was_written(
    host: str, port: int, user: str, password: str
) -> None:
    """It is written once more for speedtest-cli's process, whose library reads it by itself."""
    user = user.replace(":", "")
    route = ProxyRoute(host, port, f"{user}:{password}" if user else "")
    assert parse(route.url) == route


@given(st.text(max_size=40))
def test_no_text_crashes(text: str) -> None:
    route = parse(text)
    assert route is None or (route.host and 0 < route.port < 65536)


def test_the_environment_names_one_for_each_scheme_and_exempts_hosts(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    assert for_server("http", "speed.example", 80) is None
    monkeypatch.setenv("all_proxy", "http://maire:p%40ss@proxy.example:3128")
    monkeypatch.setenv("http_proxy", "socks5://proxy.example:1080")
    monkeypatch.setenv("no_proxy", "inside.example,192.0.2.7:8080, 198.51.100.0/24,*.test")
    known = ProxyRoute("proxy.example", 3128, "maire:p@ss")
    assert for_server("https", "speed.example", 443) == known
    assert for_server("http", "speed.example", 80) is None, "not one that we speak to"
    assert for_server("https", "speed.inside.example", 443) is None
    assert for_server("https", "192.0.2.7", 8080) is None
    assert for_server("https", "192.0.2.7", 443) == known
    assert for_server("https", "198.51.100.9", 443) is None
    assert for_server("https", "speed.test", 443) is None
    assert urls_by_scheme() == {"https": "http://maire:p%40ss@proxy.example:3128"}


@pytest.mark.parametrize("separator", [",", ", ", ";", " ", " ; "])
def test_exceptions_of_the_environment_are_apart_by_any_mark(
    monkeypatch: pytest.MonkeyPatch, separator: str
) -> None:
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.setenv("no_proxy", separator.join(["one.example", "https://two.example/", "three.example"]))
    assert all(is_bypassed(f"{name}.example", 443) for name in ("one", "two", "three"))
    assert not is_bypassed("four.example", 443)


def test_a_proxys_password_is_never_shown() -> None:
    assert "secret" not in repr(parse("http://maire:secret@proxy.example:3128"))
