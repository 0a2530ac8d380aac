"""The emulated line is what it says: judged by ping, irtt and iperf3, and by its own counters."""

from __future__ import annotations

import math
from itertools import groupby, pairwise
from statistics import mean, median, quantiles

import pytest

from tests.lab.addresses import AWAY, AWAY_IPV6
from tests.lab.house import House
from tests.lab.namespaces import Namespace, wait_for
from tests.lab.services import PROMPT, irtt, transfer
from tests.lab.way import Counters
from tests.real.support import Network

pytestmark = [
    pytest.mark.real("/dev/net/tun", "nft", "ping"),
    pytest.mark.timeout(120),
    pytest.mark.xdist_group("busy"),
]

needs_irtt = pytest.mark.real("irtt")
needs_iperf3 = pytest.mark.real("iperf3")

GOODPUT = 1448 / 1500
"""Of a packet of TCP with timestamps over IPv4, what is payload."""
OVERHEAD_MS = 1.0
"""What the ways through namespaces and the line's process may add to one round trip."""
Z_999 = 3.29


def ping_ms(inside: Namespace, address: str, count: int = 20) -> list[float]:
    said = inside.run(*PROMPT, "ping", "-c", str(count), "-i", "0.05", address)
    return [float(line.split("time=")[1].split()[0]) for line in said.splitlines() if "time=" in line]


def connections(inside: Namespace, number: int) -> list[str]:
    """What the kernel says of each connection, once there are so many."""

    def established() -> list[str]:
        return inside.run("ss", "-tinHO", "state", "established").splitlines()

    wait_for(lambda: len(established()) == number, 10, f"{number} connections")
    return established()


def binomial_bounds(number: int, share: float) -> tuple[float, float]:
    """Where 99.9 % of the counts of an event lie."""
    width = Z_999 * math.sqrt(number * share * (1 - share)) + 1
    return number * share - width, number * share + width


def whole(counters: Counters) -> bool:
    """Nothing is under way, and nothing is missing."""
    return counters.entered == counters.sent + counters.lost + counters.dropped


# --- delay, jitter ----------------------------------------------------------------------------------


@needs_irtt
@pytest.mark.alone
@pytest.mark.parametrize(("up", "down"), [(0, 0), (2.5, 7), (50, 20), (150, 300)])
def test_the_delay_is_what_ping_and_irtt_measure(network: Network, up: float, down: float) -> None:
    house = House(network, f"up:delay={up}", f"down:delay={down}")
    for address in (AWAY, AWAY_IPV6):
        assert up + down <= median(ping_ms(house.home, address)) <= up + down + OVERHEAD_MS
    probes = irtt(network, house.home, house.internet, interval_ms=10, seconds=1)()
    assert up <= median(probes.ups) <= up + OVERHEAD_MS
    assert down <= median(probes.downs) <= down + OVERHEAD_MS
    assert min(probes.round_trips) >= up + down
    assert set(probes.lost) == {"false"}


@needs_irtt
@pytest.mark.alone
def test_jitter_stays_in_its_bounds_and_packets_in_order(network: Network) -> None:
    house = House(network, "up:delay=40,jitter=15", "down:delay=20,jitter=30")
    probes = irtt(network, house.home, house.internet, interval_ms=5, seconds=3)()
    assert probes.out_of_order == 0
    assert set(probes.lost) == {"false"}
    for delays, low, high in ((probes.ups, 25, 55), (probes.downs, 0, 50)):
        assert low <= min(delays) < low + 8
        # Who overtakes waits, so the longest delays are frequent; a busy machine is late with a few.
        assert high - 2 < quantiles(delays, n=100)[97] < high + OVERHEAD_MS


# --- rate, queue ------------------------------------------------------------------------------------


@needs_iperf3
@pytest.mark.parametrize("mbit_s", [2, 20, 100])
@pytest.mark.parametrize(("direction", "more"), [("up", ()), ("down", ("--reverse",))])
def test_the_rate_is_what_iperf3_measures(
    network: Network, mbit_s: int, direction: str, more: tuple[str, ...]
) -> None:
    queue = max(15_000, int(mbit_s * 1e6 / 8 * 0.06))
    house = House(
        network, f"up:rate={mbit_s}e6,delay=5,queue={queue}", f"down:rate={mbit_s}e6,delay=5,queue={queue}"
    )
    running = transfer(network, house.home, house.internet, AWAY, "--omit", "1", *more, port=5201, seconds=3)
    truth = running.finished(30)["end"]["sum_received"]["bits_per_second"]
    assert truth == pytest.approx(mbit_s * 1e6 * GOODPUT, rel=0.05)
    wait_for(lambda: whole(getattr(house.line, direction).counters), 10, "an empty line")
    # Nothing is missing that was not counted: the devices themselves lost nothing.
    for side, device in ((house.box, "wan0"), (house.internet, "eth0")):
        assert side.run("cat", f"/sys/class/net/{device}/statistics/tx_dropped").strip() == "0"


@needs_irtt
@needs_iperf3
@pytest.mark.alone
@pytest.mark.parametrize("direction", ["up", "down"])
def test_under_load_the_queue_is_the_delay(network: Network, direction: str) -> None:
    house = House(network, "up:rate=8e6,queue=100000,delay=10", "down:rate=8e6,queue=100000,delay=10")
    full_ms = 100_000 * 8 / 8e6 * 1000
    state = getattr(house.line, direction)
    house.stream("home", direction)
    wait_for(
        lambda: getattr(house.line, direction).counters.dropped > state.counters.dropped, 15, "a full queue"
    )
    probes = irtt(network, house.home, house.internet, interval_ms=10, seconds=5)()
    busy, idle = (probes.ups, probes.downs) if direction == "up" else (probes.downs, probes.ups)
    # CUBIC leaves the queue at most by a third, and fills it again.
    assert 10 + 0.85 * full_ms < quantiles(busy, n=20)[-1] < 10 + full_ms + 2
    assert median(idle) < 10 + 6  # acknowledgements alone


@needs_iperf3
def test_everybody_sends_with_cubic(network: Network) -> None:
    house = House(network, "up:rate=5e6,queue=50000", "down:rate=5e6,queue=50000")
    house.stream("home", "up")
    house.stream("tv", "down", streams=2)
    for member, number in ((house.home, 2), (house.tv, 3), (house.internet, 5)):
        assert all(" cubic " in each for each in connections(member, number))


# --- losses -----------------------------------------------------------------------------------------


@needs_irtt
def test_losses_are_as_many_as_set_each_way(network: Network) -> None:
    house = House(network, "up:loss=0.1,delay=3", "down:loss=0.03,delay=3")
    probes = irtt(network, house.home, house.internet, interval_ms=2, seconds=4)()
    sent = len(probes.lost)
    lost_up, lost_down = probes.lost.count("true_up"), probes.lost.count("true_down")
    assert sent > 1000
    untold = probes.lost.count("true")  # which way, irtt can't tell after a late answer on a busy machine
    assert untold <= 2
    for lost, number, share, counters in (
        (lost_up, sent, 0.1, house.line.up.counters),
        (lost_down, sent - lost_up, 0.03, house.line.down.counters),
    ):
        low, high = binomial_bounds(number, share)
        assert low - untold <= lost <= high
        assert 0 <= counters.lost - lost <= 4 + untold  # irtt's greetings get lost too
        assert whole(counters)


@needs_irtt
def test_losses_come_in_runs_as_long_as_set(network: Network) -> None:
    house = House(network, "up:loss=0.08,burst=6,delay=3", "down:delay=3")
    probes = irtt(network, house.home, house.internet, interval_ms=2, seconds=5)()
    runs = [len(list(run)) for lost, run in groupby(each != "false" for each in probes.lost) if lost]
    assert len(runs) > 20
    # The spread of a run is as large as its mean.
    assert sum(runs) / len(runs) == pytest.approx(6, abs=Z_999 * 6 / math.sqrt(len(runs)))
    counters = house.line.up.counters
    assert abs(counters.lost - sum(runs)) <= 4
    assert abs(counters.loss_runs - len(runs)) <= 2


# --- while it runs ----------------------------------------------------------------------------------


def test_a_cut_stops_everything_until_it_is_mended(network: Network) -> None:
    house = House(network, "up:delay=5,loss=0", "down:delay=5")
    assert house.home.succeeds("ping", "-c", "1", "-W", "1", AWAY)
    house.line.cut()
    assert not house.home.succeeds("ping", "-c", "3", "-i", "0.1", "-W", "1", AWAY)
    assert house.line.up.counters.lost == 3
    house.line.mend()
    assert house.home.succeeds("ping", "-c", "1", "-W", "1", AWAY)
    assert house.line.up.settings.delay == 5


@needs_irtt
def test_a_change_holds_at_once_and_for_all_that_follow(network: Network) -> None:
    house = House(network, "up:delay=10", "down:delay=10")
    train = irtt(network, house.home, house.internet, interval_ms=10, seconds=2)
    wait_for(lambda: house.line.up.counters.sent > 80, 10, "half of the train")
    house.line.set(up="delay=60")
    trips = train().round_trips
    fast = [trip < 70 for trip in trips]  # nothing is ever early
    changed = len(fast) - fast[::-1].index(True)
    assert changed > 60
    assert len(fast) - changed > 60
    assert sum(fast) > 0.9 * changed
    assert median(trips[:changed]) == pytest.approx(20, abs=2 * OVERHEAD_MS)
    assert median(trips[changed:]) == pytest.approx(70, abs=2 * OVERHEAD_MS)


@needs_irtt
@pytest.mark.alone
def test_events_come_when_and_as_long_as_they_should(network: Network) -> None:
    house = House(network, "up:delay=5", "down:delay=5")
    house.line.schedule([{"every": 1, "for": 0.3, "on": ["a2b:loss=1"], "off": ["a2b:loss=0"]}])
    probes = irtt(network, house.home, house.internet, interval_ms=5, seconds=5)()
    holes = [
        [at for at, _ in run]
        for lost, run in groupby(zip(probes.sent_at, probes.lost, strict=True), lambda each: each[1])
        if lost != "false"
    ]
    whole_ones = holes[1:-1]  # the train may begin and end in the middle of one
    assert len(whole_ones) >= 2
    for hole in whole_ones:
        assert hole[-1] - hole[0] == pytest.approx(0.3, abs=0.05)
    for hole, following in pairwise(whole_ones):
        assert following[0] - hole[0] == pytest.approx(1, abs=0.05)
    house.line.schedule([])
    assert house.line.up.settings.loss == 0


@needs_iperf3
def test_a_change_of_rate_is_what_iperf3_sees(network: Network) -> None:
    house = House(network, "down:rate=20e6,queue=60000,delay=5", "up:delay=5")
    running = transfer(
        network, house.home, house.internet, AWAY, "--reverse", "--interval", "0.5", port=5201, seconds=6
    )
    wait_for(lambda: house.line.down.counters.bytes_sent > 20e6 / 8 * 2, 20, "two seconds' worth")
    house.line.set(down="rate=4e6")
    rates = [each["sum"]["bits_per_second"] for each in running.finished(30)["intervals"]]
    # Over seconds: what waits for a repeated packet is counted when that comes.
    assert mean(rates[1:4]) == pytest.approx(20e6 * GOODPUT, rel=0.1)
    assert mean(rates[-4:]) == pytest.approx(4e6 * GOODPUT, rel=0.1)


def test_what_no_line_can_do_is_refused_and_changes_nothing(network: Network) -> None:
    house = House(network, "up:delay=5")
    for wrong in ("up:delay=-1", "up:delay=7 down:speed=3", "sideways:delay=3"):
        with pytest.raises(ValueError, match="ValueError"):
            house.line.set(wrong)
    assert house.line.up.settings.delay == 5
