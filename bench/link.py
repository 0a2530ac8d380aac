"""The link measurement beside the truth of an emulated line and beside other tools: `python -m bench.link`, as root.

All tools measure the same line (`tests/lab`) in one run, senders with CUBIC, one after the other; irtt also beside iperf3. Every figure is of that
run; "-" stands where a tool does not measure a thing. The whole takes about eight minutes; `--section NAME` takes a part.
Exits with 1 when a limit is not held.

The truth of delay, jitter, rate and queue is what the line is set to: the lab's own way through namespaces adds up to a
millisecond, which irtt shows. Of jitter it is the mean of what the line's own arithmetic does to packets every 20 ms. Of
loss it is what the line has counted, and what it is set to; its losses are the same in every run of the bench.
"""

from __future__ import annotations

import argparse
import math
import os
import signal
import sys
import time
from collections.abc import Callable
from random import Random
from typing import Any

from tests.lab.addresses import AWAY
from tests.lab.cable import straight
from tests.lab.namespaces import wait_for
from tests.lab.services import transfer
from tests.lab.settings import Settings
from tests.lab.way import Way

from amif_netcheck.measure import train_statistics
from bench.link_tools import PORT, URL, URL_WITHOUT_CALLS, Place, Trips, network, number, piece, place, serve

GOODPUT = 1448 / 1500
"""Of a packet of TCP with timestamps over IPv4, what is payload."""

RTTS_MS = (5, 24, 100)
RTT_WITHIN_MS, RTT_WITHIN = 1.5, 0.03
JITTERS_MS = ((3, 0), (10, 0), (8, 15))
JITTER_WITHIN_MS, JITTER_WITHIN = 0.5, 0.1
LOSSES = (0.02, 0.05)
TRAINS, FEWEST_TRAINS, REQUESTS = 20, 19, 250
RATES_MBIT_S = (2, 10, 20, 50, 100)
RATE_WITHIN, RATE_NOISE = 0.03, 0.005
"""Two tools that are both closer to the truth than the noise are equally close."""
DELAY_MS, QUEUE_MS = 10, 100
P95_WITHIN = 0.05
FULL_S, CALL_S, QUICK_S = 20, 30, 5
BYTES_SHARE = 1 / 3
UNSHAPED_TIMES = 3
QUIET_S = 0.3
MEMORY_MB = 120
_RATES = ("link.download.mbit_s", "link.upload.mbit_s")

_COLUMNS = (36, 9, 10, 9, 9, 14, 22, 4)
_HEADS = ("what", "truth", "ours", "iperf3", "irtt", "speedtest-cli", "limit", "ok")


class Table:
    """Printed row by row."""

    def __init__(self) -> None:
        self.held = True
        self._print(_HEADS)

    def row(
        self,
        what: str,
        ours: float | str | None,
        limit: str,
        *,
        ok: bool,
        truth: float | str | None = None,
        iperf3: float | None = None,
        irtt: float | None = None,
        cli: float | None = None,
    ) -> None:
        """One figure, `ok` when it keeps its limit."""
        self.held &= ok
        self._print((what, *map(_word, (truth, ours, iperf3, irtt, cli)), limit, "yes" if ok else "NO"))

    def _print(self, cells: tuple[str, ...]) -> None:
        first, *others = (cell.rjust(width) for cell, width in zip(cells, _COLUMNS, strict=True))
        print(first.strip().ljust(_COLUMNS[0]), *others, flush=True)


def _word(value: float | str | None) -> str:
    if value is None:
        return "-"
    return value if isinstance(value, str) else f"{value:.2f}"


# --- at rest --------------------------------------------------------------------------------------


def idle(table: Table) -> None:
    """Round trips and their jitter."""
    with place() as here:
        for rtt in RTTS_MS:
            here.house.line.set(up=f"delay={rtt / 2}", down=f"delay={rtt / 2}")
            seen, beside = _at_rest(here)
            median, within = seen["rtt_ms"]["median"], max(RTT_WITHIN_MS, RTT_WITHIN * rtt)
            table.row(
                f"idle RTT p50 at {rtt} ms, ms",
                median,
                f"+-{within:.1f}",
                ok=abs(median - rtt) <= within,
                truth=rtt,
                irtt=beside.median,
            )
        for up, down in JITTERS_MS:
            here.house.line.set(up=f"delay=30,jitter={up}", down=f"delay=30,jitter={down}")
            seen, beside = _at_rest(here)
            truth, jitter = _jitter_ms(up, down), seen["jitter_ms"]
            within = JITTER_WITHIN_MS + JITTER_WITHIN * truth
            table.row(
                f"jitter, +-{up} ms up, +-{down} ms down, ms",
                jitter,
                f"+-{within:.1f}",
                ok=abs(jitter - truth) <= within,
                truth=truth,
                irtt=beside.jitter,
            )


def _at_rest(here: Place) -> tuple[Any, Trips]:
    """Ours, then irtt's: a line that keeps packets in order makes those of one wait for those of the other."""
    seen = here.ours("--speed-engine", "none", "--stun", f"{AWAY}:{PORT}").fact("link.internet")
    return seen, here.irtt(5)()


def _jitter_ms(up: float, down: float, packets: int = 20_000) -> float:
    """What the line does to packets every 20 ms, by its own arithmetic."""
    ways = [
        Way(Settings(delay=30, jitter=jitter), Random(f"truth {name}"))
        for name, jitter in (("up", up), ("down", down))
    ]
    trips_ns = []
    for index in range(packets):
        at = index * 0.02
        now = at
        for way in ways:
            way.enter([b"x"], now)
            now = way.next_at
            way.arrived(now)
        trips_ns.append(int((now - at) * 1e9))
    return train_statistics.jitter_ms(trips_ns)


def loss(table: Table) -> None:
    """Trains over a line that loses packets at random on the way up."""
    for share in LOSSES:
        with place(f"up:loss={share},delay=10", "down:delay=10") as here:
            counted_right = around_counted = around_set = requests = lost = 0
            for _ in range(TRAINS):
                before = here.house.line.up.counters
                seen = piece(here.network, here.house.home, "train", AWAY, str(PORT), str(REQUESTS))
                after = here.house.line.up.counters
                here_lost = after.lost - before.lost
                truth = 100 * here_lost / (after.entered - before.entered)
                counted_right += seen["lost"] == here_lost and seen["sent"] == after.entered - before.entered
                around_counted += seen["low_pct"] <= truth <= seen["high_pct"]
                around_set += seen["low_pct"] <= 100 * share <= seen["high_pct"]
                requests, lost = requests + seen["sent"], lost + seen["lost"]
            pct = 100 * share
            for what, number, least in (
                ("lost as counted by the line", counted_right, TRAINS),
                ("that is in the interval", around_counted, FEWEST_TRAINS),
                ("the setting is in the interval", around_set, FEWEST_TRAINS),
            ):
                table.row(
                    f"{pct:.0f} %: {what}",
                    f"{number}/{TRAINS}",
                    f">= {least} of {TRAINS}",
                    ok=number >= least,
                )
            low, high = train_statistics.wilson_pct(lost, requests)
            table.row(
                f"{pct:.0f} %: loss in all trains, %",
                100 * lost / requests,
                f"{low:.2f} to {high:.2f} holds it",
                ok=low <= pct <= high,
                truth=pct,
            )


# --- busy -----------------------------------------------------------------------------------------


def rates(table: Table) -> None:
    """Goodput, round trips meanwhile, and what they cost."""
    longest, carried_ours, carried_cli = 0.0, 0, 0
    for mbit_s in RATES_MBIT_S:
        queue = int(mbit_s * 1e6 / 8 * QUEUE_MS / 1000)
        each = f"rate={mbit_s}e6,queue={queue},delay={DELAY_MS}"
        with place(f"up:{each}", f"down:{each}") as here:
            begun = here.bytes_carried()
            run = here.loaded()
            longest = max(longest, run.duration_s)
            carried_ours = here.bytes_carried() - begun
            reference = {way: here.iperf3(way, irtt_s=3) for way in ("down", "up")}
            begun = here.bytes_carried()
            cli = here.speedtest_cli()
            carried_cli = here.bytes_carried() - begun
        for way, name in (("down", "download"), ("up", "upload")):
            ours = number(run, f"link.{name}.mbit_s")
            _rate_row(table, mbit_s, way, ours=ours, iperf3=reference[way][0], cli=cli[way])
        for way, name in (("down", "download"), ("up", "upload")):
            p95, truth = number(run, f"link.{name}.loaded_rtt_ms.p95"), 2 * DELAY_MS + QUEUE_MS
            beside = reference[way][1]
            table.row(
                f"{mbit_s} Mbit/s {way}, RTT p95 meanwhile, ms",
                p95,
                f"+-{P95_WITHIN * truth:.1f}",
                ok=p95 is not None and abs(p95 - truth) <= P95_WITHIN * truth,
                truth=truth,
                irtt=beside.p95 if beside else None,
            )
    share = carried_ours / carried_cli
    table.row(
        f"over the line at {RATES_MBIT_S[-1]} Mbit/s, MB",
        carried_ours / 1e6,
        f"<= {BYTES_SHARE:.2f} of it ({share:.2f})",
        ok=share <= BYTES_SHARE,
        cli=carried_cli / 1e6,
    )
    table.row("longest of these runs, s", longest, f"<= {FULL_S}", ok=longest <= FULL_S)


def _rate_row(
    table: Table, mbit_s: float, way: str, *, ours: float | None, iperf3: float, cli: float
) -> None:
    truth = mbit_s * GOODPUT
    off = abs(ours - truth) / truth if ours is not None else math.inf
    cli_off = abs(cli - truth) / truth
    table.row(
        f"{mbit_s} Mbit/s {way}, Mbit/s",
        ours,
        f"{100 * RATE_WITHIN:.0f} %, cli's {100 * cli_off:.1f} % ({100 * off:.1f})",
        ok=off <= RATE_WITHIN and off <= max(cli_off, RATE_NOISE),
        truth=truth,
        iperf3=iperf3,
        cli=cli,
    )


def unshaped(table: Table) -> None:
    """As fast as this computer can: a cable without a line."""
    with network() as made:
        home, away = straight(made)
        serve(away)
        ours, cli = (piece(made, home, what, URL)["down"] for what in ("unshaped", "speedtest_cli"))
        running = transfer(made, home, away, AWAY, "--reverse", port=5201, seconds=3, streams=4)
        reference = running.finished(30)["end"]["sum_received"]["bits_per_second"] / 1e6
    table.row(
        "on a bare cable, down, Mbit/s",
        ours,
        f">= {UNSHAPED_TIMES} times cli's ({ours / cli:.1f})",
        ok=ours >= UNSHAPED_TIMES * cli,
        iperf3=reference,
        cli=cli,
    )


# --- the run --------------------------------------------------------------------------------------


def runs(table: Table) -> None:
    """How long whole runs take, and how much memory."""
    each = f"rate=100e6,queue=1250000,delay={DELAY_MS}"
    stun = ("--stun", f"{AWAY}:{PORT}")
    own, without = (("--speed-engine", "http", "--speed-server", url) for url in (URL, URL_WITHOUT_CALLS))
    child = ("--speed-engine", "speedtest-cli", "--speed-server", URL)
    with place(f"up:{each}", f"down:{each}") as here:
        for what, arguments, most_s, measured in (
            ("full run", without, FULL_S, _RATES),
            ("full run with speedtest-cli", child, FULL_S, _RATES),
            ("full run with a call", own, CALL_S, (*_RATES, "link.call.duration_s")),
            ("quick run", ("--quick",), QUICK_S, ("link.internet.jitter_ms",)),
        ):
            run, memory_mb = here.whole(*arguments, *stun)
            whole = all(number(run, path) is not None for path in measured)
            table.row(
                f"{what}, s" if whole else f"{what} (not all measured), s",
                run.duration_s,
                f"<= {most_s}",
                ok=whole and run.duration_s <= most_s,
            )
            table.row(
                f"{what}, memory, MB", memory_mb, f"< {MEMORY_MB}", ok=whole and 0 < memory_mb < MEMORY_MB
            )


def cancel(table: Table) -> None:
    """Ctrl-C in the middle of a transfer."""
    each = f"rate=20e6,queue=250000,delay={DELAY_MS}"
    for way, begun in (("down", 2_000_000), ("up", 3_000_000)):
        with place(f"up:{each}", f"down:{each}") as here:
            arguments = ("--only", "link", "--speed-engine", "http", "--speed-server", URL)
            process = here.network.start_cli(here.house.home, *arguments)
            line = here.house.line
            wait_for(lambda: getattr(line, way).counters.bytes_sent > begun, 30, f"a transfer {way}")  # noqa: B023
            process.send_signal(signal.SIGINT)
            quiet_s = _quiet_after_s(here)
            process.wait(10)
        table.row(
            f"from Ctrl-C ({way}) to the last packet, s", quiet_s, f"<= {QUIET_S}", ok=quiet_s <= QUIET_S
        )


def _quiet_after_s(here: Place, watched_s: float = 2.0) -> float:
    """When the last packet entered the line, either way, from now on."""
    began, last, entered = time.monotonic(), 0.0, here.bytes_entered()
    while (now := time.monotonic() - began) < watched_s:
        if (total := here.bytes_entered()) != entered:
            last, entered = now, total
        time.sleep(0.005)
    return last


SECTIONS: dict[str, Callable[[Table], None]] = {
    each.__name__: each for each in (idle, loss, rates, unshaped, runs, cancel)
}


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.link", description=__doc__)
    parser.add_argument("--section", action="append", choices=SECTIONS, help="a part (may be repeated)")
    wanted = parser.parse_args().section or list(SECTIONS)
    if os.geteuid():
        parser.error("root is needed, to make network namespaces")
    table = Table()
    for name in wanted:
        SECTIONS[name](table)
    return 0 if table.held else 1


if __name__ == "__main__":
    sys.exit(main())
