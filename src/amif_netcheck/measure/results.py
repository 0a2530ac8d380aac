"""From what was seen to facts: trains, transfers, calls. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from amif_netcheck.measure import call, echo, train_statistics
from amif_netcheck.measure.throughput.sampling import TransferSamples
from amif_netcheck.measure.train import LATE_AFTER_S, Samples
from amif_netcheck.model.facts import (
    BothWays,
    Call,
    CallWay,
    Ended,
    Engine,
    Loaded,
    OneWay,
    ProbeMethod,
    Reason,
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
        late_after_ms=LATE_AFTER_S * 1000,
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


def transfer(
    moved: TransferSamples, internet: Samples | None, gateway: Samples | None, *, upload: bool
) -> Transfer:
    """The facts of a transfer, with the round trips of the requests that left while it was steady.

    The requests' own bytes crossed the line too: on a thin one they are a good part of what it carries.
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
    )


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


def played(server: str, capture: call.CallCapture, asked_video_bit_s: int, seconds: float) -> Call:
    """The facts of a played call: of each way what is known of it."""
    return Call(
        server=server,
        duration_s=seconds,
        asked_video_mbit_s=asked_video_bit_s / 1e6,
        up=capture.up if isinstance(capture.up, Unavailable) else _call_way(capture.up, seconds),
        down=_call_way(capture.down, seconds),
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
