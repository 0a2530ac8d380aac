"""Facts for tests, built in a line; every argument is what the test is about."""

from __future__ import annotations

from amif_netcheck.checks import limits, limits_sound
from amif_netcheck.checks.limits import Limit
from amif_netcheck.model.facts import (
    NOT_REQUESTED,
    Answers,
    Application,
    AppsFacts,
    Band,
    Battery,
    BothWays,
    Call,
    CallWay,
    Carriage,
    Computer,
    Confidence,
    Device,
    DeviceKind,
    Duplex,
    Ended,
    Engine,
    EthernetLink,
    Facts,
    LinkFacts,
    LinkKind,
    Loaded,
    Loss,
    Medium,
    Memory,
    NameLookup,
    NeighboursFacts,
    OneWay,
    OtherBand,
    OthersUse,
    ProbeMethod,
    Program,
    ProximityFacts,
    Reason,
    Route,
    RoutesByFamily,
    Spread,
    TrafficFacts,
    Train,
    Transfer,
    Tunnel,
    Unavailable,
    VpnFacts,
    WifiLink,
    WifiSource,
)
from amif_netcheck.model.finding import Finding
from amif_netcheck.model.report import ProbeError
from amif_netcheck.platforms.radio import percent_of
from amif_netcheck.run.checklist import IDS
from amif_netcheck.run.judge import judge_all

NO_ROUTE = Unavailable(reason=Reason.NOT_PRESENT, detail="no route")
SILENT = Unavailable(reason=Reason.TIMEOUT)


def route(carriage: Carriage = Carriage.DIRECT, interface: str = "eth0") -> Route:
    kind = LinkKind.TUN if carriage is Carriage.TUNNEL else LinkKind.HARDWARE
    return Route(source="192.168.1.20", interface=interface, link_kind=kind, carriage=carriage)


DIRECT = route()
TUNNELLED = route(Carriage.TUNNEL, "wg0")


def ways(ipv4: Route | Unavailable = DIRECT, ipv6: Route | Unavailable = NO_ROUTE) -> RoutesByFamily:
    return RoutesByFamily(ipv4=ipv4, ipv6=ipv6)


def vpn(
    internet: RoutesByFamily | None = None,
    meeting: RoutesByFamily | Unavailable = NOT_REQUESTED,
    *tunnels: Tunnel,
    host: str = "",
) -> Facts:
    return Facts(
        vpn=VpnFacts(meeting=meeting, internet=internet or ways(), tunnels=tunnels, meeting_host=host)
    )


ABSENT = Unavailable(reason=Reason.NOT_PRESENT)


def cable(rate: int | Unavailable = 1000, duplex: Duplex | Unavailable = Duplex.FULL) -> EthernetLink:
    return EthernetLink(rate_mbit_s=rate, duplex=duplex)


def wifi(
    signal: float | Unavailable = -55.0,
    band: Band | Unavailable = Band.GHZ_5,
    *others: OtherBand,
    ssid: str = "Mairie",
) -> WifiLink:
    return WifiLink(
        source=WifiSource.NL80211,
        signal_dbm=signal,
        signal_pct=signal if isinstance(signal, Unavailable) else percent_of(signal),
        band=band,
        ssid=ssid,
        other_bands=others,
    )


def near(
    link: EthernetLink | WifiLink | None = None,
    *,
    medium: Medium | None = None,
    computer: Computer | Unavailable = Computer.PHYSICAL,
) -> Facts:
    """By default a sound cable; `medium` is that of `link` unless given."""
    link = link or cable()
    wireless = isinstance(link, WifiLink)
    return Facts(
        proximity=ProximityFacts(
            interface="wlan0" if wireless else "eth0",
            medium=medium or (Medium.WIFI if wireless else Medium.ETHERNET),
            computer=computer,
            ethernet=link if isinstance(link, EthernetLink) else ABSENT,
            wifi=link if isinstance(link, WifiLink) else ABSENT,
        )
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


NO_BATTERY = Unavailable(reason=Reason.NOT_PRESENT, detail="no battery")


def apps(
    cpu: float | Unavailable = 5.0,
    *programs: Program,
    available_pct: float = 60.0,
    stalled: float | Unavailable = 0.0,
    battery: Battery | Unavailable = NO_BATTERY,
    **states: bool | Unavailable,
) -> Facts:
    """`states` are `power_saver`, `restart_pending`, `installing` and `slowed_by_heat`; false unless given."""
    return Facts(
        apps=AppsFacts(
            window_s=2.5,
            cores=4,
            cpu_pct=cpu,
            own_cpu_pct=1.0,
            memory=Memory(
                total_mb=8000, available_mb=80 * available_pct, swap_used_mb=0.0, stalled_pct=stalled
            ),
            battery=battery,
            slowed_by_heat=states.get("slowed_by_heat", False),
            power_saver=states.get("power_saver", False),
            restart_pending=states.get("restart_pending", False),
            installing=states.get("installing", False),
            programs=programs,
        )
    )


def others_use(down: float = 0.0, up: float = 0.0, uncertain: float = 0.0) -> OthersUse:
    return OthersUse(
        window_s=3.0,
        down_mbit_s=down,
        up_mbit_s=up,
        uncertain_down_mbit_s=uncertain,
        uncertain_up_mbit_s=uncertain,
        own_down_mbit_s=0.1,
        own_up_mbit_s=0.1,
    )


def neighbours(
    *kinds: DeviceKind,
    others: OthersUse | Unavailable = NOT_REQUESTED,
    table: Unavailable | None = None,
    mdns: Unavailable | None = None,
    ssdp: Unavailable | None = None,
) -> NeighboursFacts:
    """Devices of these kinds, none of which we know by product."""
    some = Answers(devices=len(kinds))
    return NeighboursFacts(
        interface="eth0",
        devices=tuple(Device(kind=kind) for kind in kinds),
        total=len(kinds),
        table=table or some,
        mdns=mdns or some,
        ssdp=ssdp or some,
        others=others,
    )


def loss_of(pct: float, run: float = 1.0) -> Loss:
    return Loss(pct=pct, low_pct=pct, high_pct=pct, mean_run=run, worst_200_ms_pct=pct, worst_15_s_pct=pct)


def _one_way(lost: Loss) -> OneWay:
    return OneWay(loss=lost, jitter_ms=1.0, variation_ms=2.0)


def train(
    rtt: float = 20.0,
    jitter: float = 1.0,
    loss: float | Unavailable = 0.0,
    burst: float | Unavailable = 0.0,
    sent: int = 250,
    *,
    variation: float = 1.0,
    run: float = 1.0,
    ways: tuple[Loss, Loss] | None = None,
) -> Train:
    return Train(
        method=ProbeMethod.STUN,
        server="stun.example.org",
        address="203.0.113.7",
        interval_ms=20,
        late_after_ms=1000,
        sent=sent,
        received=sent - round(sent * min(loss, 100) / 100) if not isinstance(loss, Unavailable) else sent,
        rtt_ms=Spread(min=rtt, median=rtt, p95=rtt + variation, max=rtt + 2 * variation),
        jitter_ms=jitter,
        loss_pct=loss,
        longest_loss_ms=burst,
        loss=NOT_REQUESTED if isinstance(loss, Unavailable) else loss_of(loss, run),
        ways=BothWays(up=_one_way(ways[0]), down=_one_way(ways[1])) if ways else NOT_REQUESTED,
    )


def transfer(
    mbit_s: float = 50.0, loaded_p95: float | None = None, *, gateway_p95: float | None = None
) -> Transfer:
    """A transfer whose round trips under load have a median of half their 95th percentile."""

    def busy(p95: float | None) -> Loaded | Unavailable:
        return SILENT if p95 is None else Loaded(median=p95 / 2, p95=p95, probes=100)

    return Transfer(
        engine=Engine.AMIF,
        server="test.example.org",
        mbit_s=mbit_s,
        low_mbit_s=mbit_s,
        high_mbit_s=mbit_s,
        p10_mbit_s=mbit_s,
        at_least=False,
        confidence=Confidence.HIGH,
        ended=Ended.STABLE,
        bytes=10_000_000,
        duration_s=3.0,
        loaded_rtt_ms=busy(loaded_p95),
        gateway_loaded_rtt_ms=busy(gateway_p95),
    )


def call_way(lost: float = 0.0, run: float = 1.0, burst: float = 0.0, video: float = 1.5) -> CallWay:
    return CallWay(
        audio=loss_of(lost, run),
        audio_packets=500,
        longest_loss_ms=burst,
        variation_ms=2.0,
        video=loss_of(lost, run),
        video_mbit_s=video,
    )


def call(up: CallWay | Unavailable | None = None, down: CallWay | Unavailable | None = None) -> Call:
    return Call(
        server="test.example.org",
        duration_s=10.0,
        asked_video_mbit_s=1.5,
        up=up or call_way(),
        down=down or call_way(),
    )


def link(
    internet: Train | Unavailable,
    gateway: Train | Unavailable = SILENT,
    *,
    resolved: int = 1,
    download: Transfer | Unavailable = NOT_REQUESTED,
    upload: Transfer | Unavailable = NOT_REQUESTED,
    played: Call | Unavailable = NOT_REQUESTED,
) -> Facts:
    return Facts(
        link=LinkFacts(
            internet=internet,
            gateway=gateway,
            names=NameLookup(asked=1, resolved=resolved),
            download=download,
            upload=upload,
            call=played,
        )
    )


def judged(check: str, facts: Facts) -> list[Finding]:
    """What a check says of facts, given what the others say of them."""
    errors: list[ProbeError] = []
    findings = judge_all(facts, IDS, errors)[check]
    assert errors == []
    return findings


LIMITS = tuple(
    dict.fromkeys(
        value
        for module in (limits, limits_sound)
        for value in vars(module).values()
        if isinstance(value, Limit)
    )
)
"""Every limit that there is, whether or not a finding is held against it."""
