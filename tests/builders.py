"""Facts for tests, built in a line; every argument is what the test is about."""

from __future__ import annotations

from amif_netcheck.model.facts import (
    NOT_REQUESTED,
    Application,
    Carriage,
    Facts,
    LinkFacts,
    LinkKind,
    NameLookup,
    ProbeMethod,
    Reason,
    Route,
    Spread,
    TrafficFacts,
    Train,
    Tunnel,
    Unavailable,
    VpnFacts,
    Ways,
)

NO_ROUTE = Unavailable(reason=Reason.NOT_PRESENT, detail="no route")
SILENT = Unavailable(reason=Reason.TIMEOUT)


def route(carriage: Carriage = Carriage.DIRECT, interface: str = "eth0") -> Route:
    kind = LinkKind.TUN if carriage is Carriage.TUNNEL else LinkKind.HARDWARE
    return Route(source="192.168.1.20", interface=interface, link_kind=kind, carriage=carriage)


DIRECT = route()
TUNNELLED = route(Carriage.TUNNEL, "wg0")


def ways(ipv4: Route | Unavailable = DIRECT, ipv6: Route | Unavailable = NO_ROUTE) -> Ways:
    return Ways(ipv4=ipv4, ipv6=ipv6)


def vpn(
    internet: Ways | None = None,
    meeting: Ways | Unavailable = NOT_REQUESTED,
    *tunnels: Tunnel,
    host: str = "",
) -> Facts:
    return Facts(
        vpn=VpnFacts(meeting=meeting, internet=internet or ways(), tunnels=tunnels, meeting_host=host)
    )


def traffic(down: float = 0.0, up: float = 0.0, *applications: Application) -> Facts:
    return Facts(
        traffic=TrafficFacts(
            interface="eth0",
            window_s=3.0,
            down_mbit_s=down,
            up_mbit_s=up,
            own_down_mbit_s=0.1,
            own_up_mbit_s=0.1,
            applications=applications,
        )
    )


def train(
    rtt: float = 20.0,
    jitter: float = 1.0,
    loss: float | Unavailable = 0.0,
    burst: float | Unavailable = 0.0,
    sent: int = 250,
) -> Train:
    return Train(
        method=ProbeMethod.STUN,
        server="stun.example.org",
        address="203.0.113.7",
        interval_ms=20,
        late_after_ms=1000,
        sent=sent,
        received=sent - round(sent * min(loss, 100) / 100) if isinstance(loss, float | int) else sent,
        rtt_ms=Spread(min=rtt / 2, median=rtt, p95=rtt * 1.5, max=rtt * 2),
        jitter_ms=jitter,
        loss_pct=loss,
        longest_loss_ms=burst,
    )


def link(internet: Train | Unavailable, gateway: Train | Unavailable = SILENT, *, resolved: int = 1) -> Facts:
    return Facts(
        link=LinkFacts(internet=internet, gateway=gateway, names=NameLookup(asked=1, resolved=resolved))
    )
