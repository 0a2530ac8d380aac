"""From what was seen to facts: trains, transfers, calls. Pure."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence

from amif_netcheck.measure import call, echo, train_statistics
from amif_netcheck.measure.media import MediaPlan
from amif_netcheck.measure.throughput.sampling import TransferSamples
from amif_netcheck.measure.train import LATE_AFTER_S, Samples
from amif_netcheck.model import transits
from amif_netcheck.model.facts import (
    BothWays,
    Call,
    CallWay,
    Ended,
    Engine,
    Loaded,
    Media,
    OneWay,
    Play,
    ProbeMethod,
    Reason,
    Stretch,
    Train,
    Transfer,
    Unavailable,
)

_HIDDEN = Unavailable(reason=Reason.UNSUPPORTED, detail="TCP repeats what is lost")
_ONE_WAY_ONLY = Unavailable(reason=Reason.UNSUPPORTED, detail="only our own test point tells the ways apart")
_TOO_SHORT = Unavailable(reason=Reason.TIMEOUT, detail="too short to bound")
_NOT_PROBED = Unavailable(reason=Reason.NOT_PRESENT, detail="nothing answered probes meanwhile")
_NOTHING_ARRIVED = Unavailable(reason=Reason.TIMEOUT, detail="no packet of the call's sound arrived")
_WEAKNESSES = dict.fromkeys((Engine.SPEEDTEST_CLI, Engine.SPEEDTEST_MINI), "may under-read above 400 Mbit/s")
"""See docs/link.md."""
FIFTH_S = 0.2
_FEWEST_LOADED = 20
"""Fewer answers under load say nothing of its 95th percentile."""


def train(
    method: ProbeMethod,
    host: str,
    address: str,
    samples: Samples,
    *,
    interval_s: float,
    stamps: Mapping[int, echo.Stamps] | None = None,
    late_after_s: float = LATE_AFTER_S,
) -> Train | Unavailable:
    """The facts of a train; one without a single answer measured nothing, whatever the cause."""
    answered = [rtt for rtt in samples.rtt_ns if rtt is not None]
    if not answered:
        return Unavailable(reason=Reason.TIMEOUT, detail=f"{len(samples.rtt_ns)} requests, no answer in time")
    sees_loss = method is not ProbeMethod.TCP
    lost = [rtt is None for rtt in samples.rtt_ns]
    spread = train_statistics.spread_ms(answered)
    return Train(
        method=method,
        server=host,
        address=address,
        interval_ms=interval_s * 1000,
        late_after_ms=late_after_s * 1000,
        sent=len(lost),
        received=len(answered),
        rtt_ms=spread,
        jitter_ms=train_statistics.jitter_ms(answered),
        rfc3550_jitter_ms=train_statistics.rfc3550_jitter_ms(answered),
        variation_ms=spread.p95 - spread.min,
        loss_pct=train_statistics.loss_pct(len(lost), len(answered)) if sees_loss else _HIDDEN,
        longest_loss_ms=train_statistics.longest_loss(samples.rtt_ns) * interval_s * 1000
        if sees_loss
        else _HIDDEN,
        loss=train_statistics.loss(lost, interval_s) if sees_loss else _HIDDEN,
        ways=_ways(samples, stamps, interval_s) if stamps else _ONE_WAY_ONLY,
        late=samples.late,
        rejected=samples.rejected,
        reordered=samples.reordered,
    )


def _ways(samples: Samples, stamps: Mapping[int, echo.Stamps], interval_s: float) -> BothWays | Unavailable:
    up, down = echo.lost_by_way(samples.sequences, stamps)
    if not up or not down:
        return _ONE_WAY_ONLY
    delays = echo.delays_by_way(stamps)
    return BothWays(
        up=_one_way(up, delays.up_ns, interval_s), down=_one_way(down, delays.down_ns, interval_s)
    )


def _one_way(lost: Sequence[bool], delays_ns: Sequence[int], interval_s: float) -> OneWay:
    return OneWay(
        loss=train_statistics.loss(lost, interval_s),
        jitter_ms=train_statistics.jitter_ms(delays_ns),
        variation_ms=_p95_over_least_ms(sorted(delays_ns)),
    )


def stretch(samples: Samples, stamps: Mapping[int, echo.Stamps] | None, began_ns: int) -> Stretch | None:
    """A train packet by packet, for a check that began at `began_ns`; None where nothing was sent."""
    if not samples.sent_ns:
        return None
    sent = samples.sent_ns
    up, down = echo.transits_by_way(samples.sequences, stamps) if stamps else ([], [])
    return Stretch(
        began_s=round((sent[0] - began_ns) / 1e9, 3),
        interval_ms=round((sent[-1] - sent[0]) / 1e6 / max(1, len(sent) - 1), 3),
        round_trip=transits.written(_ms(samples.answered_ns)),
        up=transits.written(_above_the_least(up)),
        down=transits.written(_above_the_least(down)),
    )


def _ms(values_ns: Iterable[int | None]) -> list[transits.Transit]:
    return [None if value is None else value / train_statistics.NS_PER_MS for value in values_ns]


def _above_the_least(values_ns: Sequence[float | None]) -> list[transits.Transit]:
    """In ms above the least of them; None and NaN stay."""
    least = min((value for value in values_ns if value is not None and not math.isnan(value)), default=0.0)
    return [None if value is None else (value - least) / train_statistics.NS_PER_MS for value in values_ns]


def transfer(
    moved: TransferSamples,
    internet: Samples | None,
    gateway: Samples | None,
    *,
    upload: bool,
    began_ns: int = 0,
) -> Transfer:
    """The facts of a transfer, with the round trips of the requests that left while it was steady.

    `began_ns`: when the check began. The requests' own bytes crossed the line too: on a thin one they are a good part of what it carries.
    """
    rate, beside = moved.rate, _beside_mbit_s(moved, internet, upload=upload)
    return Transfer(
        engine=moved.engine,
        server=moved.server,
        mbit_s=rate.mbit_s + beside,
        low_mbit_s=rate.low + beside,
        high_mbit_s=rate.high + beside if math.isfinite(rate.high) else _TOO_SHORT,
        p10_mbit_s=rate.p10 + beside,
        at_least=moved.ended in {Ended.ENOUGH, Ended.BYTES},
        confidence=rate.confidence,
        ended=moved.ended,
        bytes=moved.total_bytes,
        duration_s=moved.duration_s,
        loaded_rtt_ms=_loaded(moved, internet),
        gateway_loaded_rtt_ms=_loaded(moved, gateway),
        via_proxy=moved.via_proxy,
        weakness=_WEAKNESSES.get(moved.engine, ""),
        began_s=round((moved.began_ns - began_ns) / 1e9, 3),
        fifths_kbit_s=_fifths_kbit_s(moved.curve),
    )


def _fifths_kbit_s(curve: Sequence[tuple[float, int]]) -> tuple[int, ...]:
    """The rate in each fifth of a second from the first point on, bytes between two points spread evenly; kbit/s."""
    rates = []
    for number in range(int(curve[-1][0] / FIFTH_S) if curve else 0):
        moved = _bytes_at(curve, (number + 1) * FIFTH_S) - _bytes_at(curve, number * FIFTH_S)
        rates.append(round(moved * 8 / 1e3 / FIFTH_S))
    return tuple(rates)


def _bytes_at(curve: Sequence[tuple[float, int]], at_s: float) -> float:
    after = bisect_left(curve, (at_s, 0))
    if after == 0:
        return float(curve[0][1])
    if after == len(curve):
        return float(curve[-1][1])
    (left_s, left), (right_s, right) = curve[after - 1], curve[after]
    return left + (right - left) * (at_s - left_s) / max(1e-9, right_s - left_s)


def _beside_mbit_s(moved: TransferSamples, samples: Samples | None, *, upload: bool) -> float:
    if samples is None:
        return 0.0
    answered = len(samples.between(moved.steady_ns, moved.ended_ns))
    size = samples.request_bytes if upload else samples.answer_bytes
    return answered * size * 8e3 / max(1, moved.ended_ns - moved.steady_ns)


def _loaded(moved: TransferSamples, samples: Samples | None) -> Loaded | Unavailable:
    round_trips = samples.between(moved.steady_ns, moved.ended_ns) if samples is not None else []
    if len(round_trips) < _FEWEST_LOADED:
        return _NOT_PROBED
    spread = train_statistics.spread_ms(round_trips)
    return Loaded(median=spread.median, p95=spread.p95, probes=len(round_trips))


def played(
    server: str,
    capture: call.CallCapture,
    asked_video_bit_s: int,
    seconds: float,
    plays: tuple[Play, ...] = (),
) -> Call:
    """The facts of a played call: of each way what is known of it."""
    return Call(
        server=server,
        duration_s=seconds,
        asked_video_mbit_s=asked_video_bit_s / 1e6,
        up=capture.up if isinstance(capture.up, Unavailable) else _call_way(capture.up, seconds),
        down=_call_way(capture.down, seconds),
        plays=plays,
    )


def play(capture: call.CallCapture, plan: MediaPlan, began_s: float) -> Play:
    """A stretch of a call packet by packet."""
    return Play(
        began_s=round(began_s, 3),
        seconds=round(plan.seconds, 3),
        video_mbit_s=plan.video_bit_s / 1e6,
        up=capture.up if isinstance(capture.up, Unavailable) else _media(capture.up, plan),
        down=_media(capture.down, plan),
    )


def _media(way: call.MediaCapture, plan: MediaPlan) -> Media:
    frames: dict[int, list[int | None]] = {}
    for sequence, transit in enumerate(way.video.transit_ns):
        frames.setdefault(plan.frame(sequence), []).append(transit)
    last: list[float | None] = []
    lost: list[float] = []
    for number in range(max(frames, default=-1) + 1):  # a thin picture has frames without a packet
        packets = frames.get(number, [])
        lost.append(sum(transit is None for transit in packets))
        arrived = [transit for transit in packets if transit is not None]
        last.append(math.nan if not packets else None if len(arrived) < len(packets) else max(arrived))
    return Media(
        audio=transits.written(_above_the_least(way.audio.transit_ns)),
        frames=transits.written(_above_the_least(last)),
        frame_losses=transits.written(lost),
    )


def _call_way(way: call.MediaCapture, seconds: float) -> CallWay | Unavailable:
    transits, interval_s = way.audio.transit_ns, way.audio.interval_ms / 1000
    if not transits:
        return Unavailable(reason=Reason.TIMEOUT, detail="no packet of the call's sound is known of")
    arrived = sorted(transit for transit in transits if transit is not None)
    video = [transit is None for transit in way.video.transit_ns] or [False]
    return CallWay(
        audio=train_statistics.loss([transit is None for transit in transits], interval_s),
        audio_packets=len(transits),
        longest_loss_ms=train_statistics.longest_loss(transits) * interval_s * 1000,
        variation_ms=_p95_over_least_ms(arrived) if arrived else _NOTHING_ARRIVED,
        video=train_statistics.loss(video, way.video.interval_ms / 1000 or interval_s),
        video_mbit_s=way.video.bytes * 8 / 1e6 / seconds,
    )


def _p95_over_least_ms(ordered_ns: Sequence[int]) -> float:
    return (ordered_ns[int(0.95 * (len(ordered_ns) - 1))] - ordered_ns[0]) / train_statistics.NS_PER_MS
