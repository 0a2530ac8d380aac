"""What stands between this computer and the Internet: portals (nginx), own authorities (OpenSSL), proxies (Squid)."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lab.addresses import AWAY, BOX
from tests.lab.namespaces import wait_for
from tests.lab.office import LOGIN_PORT
from tests.real.street import NEEDED, NOTHING_PASSES, Street, firewall, outcomes, place
from tests.real.support import finished

pytestmark = pytest.mark.real(*NEEDED)


# --- a captive portal ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "page"),
    [('302 "http://login.hotel.example/?from=$host"', "moved"), ('200 "<html>Bienvenue</html>"', "replaced")],
    ids=["moved", "replaced"],
)
def test_a_captive_portal_is_critical_and_comes_first(street: Street, answer: str, page: str) -> None:
    login = street.office.login_page(answer)
    street.office.rules(
        f"ip daddr != {BOX} drop",
        "meta nfproto ipv6 drop",
        nat=(f"tcp dport 80 dnat ip to {BOX}:{LOGIN_PORT}",),
    )
    try:
        run = street.check("--quick", "--meeting", "meet.example", only="firewall,link")
    finally:
        login.kill()
        login.wait(10)
    assert firewall(run) == {"firewall.captive_portal": "critical"}
    assert run.fact("firewall.portal")["page"] == page
    assert run.report["next_action"]["code"] == "firewall.captive_portal"
    assert run.code == 3


def test_a_filters_page_is_no_portal_where_the_web_works(street: Street) -> None:
    login = street.office.login_page('200 "<html>Page interdite</html>"')
    street.office.rules(nat=(f"tcp dport 80 dnat ip to {BOX}:{LOGIN_PORT}",))
    try:
        run = street.check("--meeting", "meet.example")
    finally:
        login.kill()
        login.wait(10)
    assert firewall(run) == {"firewall.open": "ok"}
    assert run.fact("firewall.portal")["page"] == "replaced"


# --- certificates ---------------------------------------------------------------------------------------------


def test_who_inspects_is_named(street: Street) -> None:
    web = ("inspected-too.example:443",)
    run = street.check("--meeting", "inspected.example", web=web)
    assert firewall(run) == {"firewall.meeting_inspected": "warning"}
    finding = run.finding("firewall")
    assert finding["params"]["product"] == "Zscaler"
    assert "Zscaler" in finding["summary"]
    assert place(run, "web", "inspected.example", 443)["certificate"] == {
        "state": "measured",
        "trust": "system",
        "flaw": None,
        "issuer": "Zscaler Inc. (Zscaler Inc. Root)",
        "product": "Zscaler",
    }
    assert firewall(street.check(web=web)) == {"firewall.inspected_elsewhere": "info"}


def test_a_meeting_whose_authority_is_its_own_is_not_inspected(street: Street) -> None:
    run = street.check("--meeting", "alone.example")
    assert firewall(run) == {"firewall.meeting_own_authority": "info"}


@pytest.mark.parametrize(
    ("meeting", "flaw"),
    [("expired.example", "expired"), ("nobody.example", "unknown_authority"), ("page.example", "other_name")],
)
def test_a_certificate_that_nobody_vouches_for_is_critical(street: Street, meeting: str, flaw: str) -> None:
    run = street.check("--meeting", meeting)
    assert firewall(run) == {"firewall.meeting_certificate_refused": "critical"}
    assert run.finding("firewall")["params"]["flaw"] == flaw


# --- proxies ----------------------------------------------------------------------------------------------------

PROXY = f"http://{BOX}:3128"


@pytest.fixture
def squid(street: Street, request: pytest.FixtureRequest) -> Iterator[None]:
    process = street.office.squid(*request.param)
    try:
        yield
    finally:
        process.kill()
        process.wait(10)


@pytest.mark.real("squid")
@pytest.mark.parametrize("squid", [("http_access allow all",)], indirect=True, ids=["open"])
def test_through_a_proxy_the_web_works_and_udp_does_not(street: Street, squid: None) -> None:
    street.office.rules(*NOTHING_PASSES)
    run = street.check("--meeting", "meet.example", proxy=PROXY)
    assert firewall(run) == {"firewall.udp_blocked": "warning", "firewall.proxy": "info"}
    assert outcomes(run, "web", "meet.example", 443) == {
        "proxy": "answered",
        "ipv4": "silent",
        "ipv6": "silent",
    }
    assert place(run, "web", "meet.example", 443)["certificate"]["trust"] == "public"
    (proxy,) = run.fact("firewall.proxies")
    assert (proxy["source"], proxy["server"], proxy["port"]) == ("environment", BOX, 3128)
    assert (proxy["spoken"], proxy["reached"]) == (True, "answered")


@pytest.mark.real("squid")
@pytest.mark.parametrize("squid", [("http_access deny all",)], indirect=True, ids=["closed"])
def test_a_proxy_that_refuses_the_meeting(street: Street, squid: None) -> None:
    beside = street.check("--meeting", "meet.example", proxy=PROXY)
    assert firewall(beside) == {"firewall.proxy_in_the_way": "warning", "firewall.proxy": "info"}
    street.office.rules(*NOTHING_PASSES)
    run = street.check("--meeting", "meet.example", proxy=PROXY)
    assert firewall(run)["firewall.meeting_refused_by_proxy"] == "critical"


@pytest.mark.real("squid")
@pytest.mark.parametrize(
    "squid",
    [("auth_param basic program /bin/cat", "acl known proxy_auth REQUIRED", "http_access allow known")],
    indirect=True,
    ids=["password"],
)
def test_a_proxy_that_asks_who_we_are_leaves_it_open(street: Street, squid: None) -> None:
    street.office.rules(*NOTHING_PASSES)
    run = street.check("--meeting", "meet.example", proxy=PROXY)
    assert firewall(run)["firewall.proxy_password"] == "unknown"
    assert run.code == 4


def test_behind_a_script_that_only_browsers_ask_nothing_is_blocked(street: Street, tmp_path: Path) -> None:
    (tmp_path / "kioslaverc").write_text(
        "[Proxy Settings]\nProxyType=2\nProxy Config Script=http://page.example/proxy.pac\n"
    )
    kde = {"XDG_CURRENT_DESKTOP": "KDE", "XDG_CONFIG_HOME": str(tmp_path)}
    street.office.rules("tcp dport 443 drop")
    run = street.check("--meeting", "meet.example", more=kde)
    assert firewall(run) == {
        "firewall.proxy_unspoken": "unknown",
        "firewall.proxy_chosen_by_script": "info",
    }
    assert run.fact("firewall.udp")[0]["reach"][0]["outcome"] == "answered"
    street.office.rules()
    assert firewall(street.check("--meeting", "meet.example", more=kde)) == {
        "firewall.proxy_chosen_by_script": "info"
    }


def test_a_web_server_that_accepts_and_says_nothing(street: Street) -> None:
    """Its kernel answers for it."""
    street.web.send_signal(signal.SIGSTOP)
    try:
        run = street.check("--meeting", "meet.example")
    finally:
        street.web.send_signal(signal.SIGCONT)
    assert firewall(run) == {"firewall.meeting_silent": "critical"}
    assert run.report["errors"] == []


def test_ctrl_c_ends_it_at_once(street: Street) -> None:
    street.office.rules(*NOTHING_PASSES)
    command = (sys.executable, "-m", "amif_netcheck", "--only", "firewall", "--meeting", AWAY, "--json")
    environment = street.network.environment()
    process = street.network.start(street.office.home, *command, environment=environment)
    asking = ("ss", "-Htn", "state", "syn-sent")
    wait_for(lambda: street.office.home.run(*asking).strip(), 10, "a question")
    process.send_signal(signal.SIGINT)
    run = finished(process, time.monotonic())
    assert run.code == 130
    assert run.stdout == ""
    assert "Traceback" not in run.stderr
