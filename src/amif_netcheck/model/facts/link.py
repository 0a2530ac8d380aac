"""The link: at rest, busy, and as a call uses it."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

from amif_netcheck.model.facts.base import NOT_REQUESTED, Address, Fact, Host, Unavailable


class Spread(Struct, frozen=True, kw_only=True):
    """Round-trip times in milliseconds."""

    min: float
    median: float
    p95: float
    max: float
    p99: float | Unavailable = NOT_REQUESTED


class ProbeMethod(Enum):
    """What was sent to provoke an answer."""

    STUN = "stun"  # binding requests over UDP, RFC 8489
    ICMP = "icmp"  # echo requests, RFC 792 and 4443
    DNS = "dns"  # a question that the box answers by itself, over UDP
    TCP = "tcp"  # connection attempts: they tell the round trip, never the loss
    AMIF = "amif"  # echo requests to `amif-netcheck serve`, over UDP: they tell which way a packet was lost


class Loss(Fact, frozen=True, kw_only=True):
    """What got lost of a sequence of packets at a steady pace.

    `low_pct` and `high_pct` bound the true share with 95 % confidence (Wilson). `mean_run` is the mean length of runs of
    lost packets, 0 when nothing was lost. The worst windows are the highest loss in any 200 ms and in any 15 s, as
    Microsoft Teams asks for; of a shorter sequence, in all of it.
    """

    pct: float
    low_pct: float
    high_pct: float
    mean_run: float
    worst_200_ms_pct: float
    worst_15_s_pct: float


class OneWay(Struct, frozen=True, kw_only=True):
    """One direction of the line, which only our own test point can tell.

    `jitter_ms` and `variation_ms` as of a train, of the delay one way; only its differences are known.
    """

    loss: Loss
    jitter_ms: float
    variation_ms: float


class BothWays(Fact, frozen=True, kw_only=True):
    """`up` from this computer, `down` to it."""

    up: OneWay
    down: OneWay


class Train(Fact, frozen=True, kw_only=True):
    """A train of requests at the pace of a voice call, and what came back.

    `jitter_ms` is the mean absolute difference of consecutive round-trip times, which RFC 3550's running estimate
    (`rfc3550_jitter_ms`, its last value) tends to on a steady line; `variation_ms` is the 95th percentile over the
    minimum (RFC 5481). An answer later than `late_after_ms` counts as lost (RFC 7680, section 2.4, asks to state it).
    `longest_loss_ms` is the longest run of lost requests times the interval.
    """

    method: ProbeMethod
    server: Host
    address: Address
    interval_ms: float
    late_after_ms: float
    sent: int
    received: int
    rtt_ms: Spread
    jitter_ms: float
    loss_pct: float | Unavailable
    longest_loss_ms: float | Unavailable
    late: int = 0  # answers that came after `late_after_ms`
    rejected: int = 0  # datagrams that were no answer to anything we sent
    rfc3550_jitter_ms: float | Unavailable = NOT_REQUESTED
    variation_ms: float | Unavailable = NOT_REQUESTED
    loss: Loss | Unavailable = NOT_REQUESTED
    ways: BothWays | Unavailable = NOT_REQUESTED
    reordered: int = 0  # answers that came after the answer to a later request


class Stretch(Fact, frozen=True, kw_only=True):
    """A train as it was sent, packet by packet: texts of `model.transits`, from `began_s` after the check began.

    `round_trip` are round trips. `up` and `down`, of our own test point alone, are times one way above the least of the
    stretch; both hold one entry for each request, `down` "." for those that did not reach the server.
    """

    began_s: float
    interval_ms: float
    round_trip: str
    up: str = ""
    down: str = ""


class Record(Fact, frozen=True, kw_only=True):
    """Every request of the trains to the Internet, in stretches: at rest, then beside the transfers."""

    rest: Stretch
    loaded: Stretch | Unavailable = NOT_REQUESTED


class NameLookup(Fact, frozen=True, kw_only=True):
    """How many of the server names asked for could be turned into an address."""

    asked: int
    resolved: int


class Engine(Enum):
    """Who moved the bytes of a throughput test, and in which server's language."""

    AMIF = "amif-netcheck"  # our own engine against our own test point
    LIBRESPEED = "librespeed"  # our own engine, garbage.php and empty.php
    CLOUDFLARE = "cloudflare"  # our own engine, __down and __up
    SPEEDTEST_CLI = "speedtest-cli"  # the library, against speedtest.net
    SPEEDTEST_MINI = "speedtest-cli mini"  # the library, against a private "mini" server


class Confidence(Enum):
    """How far a rate can be trusted, in the sense of draft-ietf-ippm-responsiveness."""

    HIGH = "high"  # steady: the 95 % interval of the mean is within 5 %
    MEDIUM = "medium"  # enough half-seconds, but the rate went on changing
    LOW = "low"  # too short to tell


class Ended(Enum):
    """Why a transfer was stopped."""

    ENOUGH = "enough"  # more than any meeting needs is proven
    STABLE = "stable"
    TIME = "time"
    BYTES = "bytes"  # as many as it was allowed


class Loaded(Fact, frozen=True, kw_only=True):
    """Round trips while the line was kept busy, in milliseconds, over `probes` answers."""

    median: float
    p95: float
    probes: int


class Transfer(Fact, frozen=True, kw_only=True):
    """A rate in one direction: application bytes, 10^6 bit/s, the ramp at the start left out.

    `low_mbit_s` and `high_mbit_s` bound the mean with 95 % confidence (batch means); `p10_mbit_s` is the 10th percentile
    of one-second windows: what a meeting can rely on. `at_least`: stopped early, the line may carry more.
    `bytes` and `duration_s` are of the whole transfer, ramp included, which began `began_s` after the check;
    `fifths_kbit_s` is its rate in each fifth of a second. `weakness`: what is known against this engine's figures.
    """

    engine: Engine
    server: Host
    mbit_s: float
    low_mbit_s: float
    high_mbit_s: float | Unavailable
    p10_mbit_s: float
    at_least: bool
    confidence: Confidence
    ended: Ended
    bytes: int
    duration_s: float
    loaded_rtt_ms: Loaded | Unavailable
    gateway_loaded_rtt_ms: Loaded | Unavailable
    via_proxy: bool = False
    weakness: str = ""
    began_s: float | Unavailable = NOT_REQUESTED
    fifths_kbit_s: tuple[int, ...] = ()


class Attempt(Struct, frozen=True, kw_only=True):
    """A way to measure rates that did not work, and why."""

    engine: str
    server: Host
    direction: str
    why: Unavailable


class CallWay(Fact, frozen=True, kw_only=True):
    """What a call would have received in one direction.

    `variation_ms`: of the sound that arrived, the 95th percentile of its transit over the minimum.
    """

    audio: Loss
    audio_packets: int
    longest_loss_ms: float
    variation_ms: float | Unavailable
    video: Loss
    video_mbit_s: float


class Media(Fact, frozen=True, kw_only=True):
    """One way of a played call, packet by packet: texts of `model.transits`, times above the least of the same text.

    `audio` are packets of 20 ms. `frames` are frames of the picture, thirty a second: when the last packet of each came, or
    "-" when one was lost; `frame_losses`, in the same form, how many packets each frame lost.
    """

    audio: str
    frames: str
    frame_losses: str


class Play(Struct, frozen=True, kw_only=True):
    """A stretch of the call at one rate of the picture, `began_s` after the check began."""

    began_s: float
    seconds: float
    video_mbit_s: float
    up: Media | Unavailable
    down: Media


class Call(Fact, frozen=True, kw_only=True):
    """A call played with our own test point: sound at 50 packets a second and video at `video_mbit_s`, both ways at once.

    `up` is what the test point received: unavailable when it could not be asked afterwards. `plays` are all rates that were
    tried, in order; the rest is of the richest that stayed in time, or else of the last.
    """

    server: Host
    duration_s: float
    asked_video_mbit_s: float
    up: CallWay | Unavailable
    down: CallWay | Unavailable
    plays: tuple[Play, ...] = ()


class PacedUpload(Fact, frozen=True, kw_only=True):
    """A small upload over TCP at a call's pace beside the train at rest, from `began_s` after the check began.

    `acked_bytes` were confirmed by the other side; `resent_bytes` had to be sent once more, as the way up had lost them. What
    the way down loses are confirmations, which the next ones make good.
    """

    server: Host
    began_s: float
    seconds: float
    acked_bytes: int
    resent_bytes: int


class Span(Struct, frozen=True, kw_only=True):
    """A figure that is foretold, and the bounds between which it is in three of four real calls."""

    value: float
    low: float
    high: float


class ForetoldSound(Struct, frozen=True, kw_only=True):
    """One way's sound: how much of it the receiver makes up, and how late it is: half the round trip and the buffer.

    `late_pct`: of what is made up, so much arrived, too late to be played.
    """

    made_up_pct: Span
    delay_ms: Span
    late_pct: float = 0.0


class ForetoldPicture(Fact, frozen=True, kw_only=True):
    """One way's picture of 640x360 at best: its rate, height, frames, and how much of the time it stands still.

    Where no rates were measured and losses or cuts spoil it, it is one of 300 kbit/s, and the bounds of `kbit_s` say so.
    """

    kbit_s: Span
    height: int
    frames_per_s: Span
    frozen_pct: Span


class ForetoldWay(Fact, frozen=True, kw_only=True):
    """One way of a call; of the picture nothing is foretold where no rates were measured, unless losses or cuts spoil it."""

    sound: ForetoldSound
    picture: ForetoldPicture | Unavailable


class Basis(Enum):
    """What a prediction was played on."""

    CALL = "call"  # packets of which each way was seen, a played call's among them
    TRAINS = "trains"  # round trips alone: which way is which was not seen


class Foretold(Fact, frozen=True, kw_only=True):
    """What a call would be, by the model of `prediction`: `up` is what the others get, `down` what this person gets."""

    basis: Basis
    up: ForetoldWay | Unavailable
    down: ForetoldWay | Unavailable


class LinkFacts(Fact, frozen=True, kw_only=True):
    """The line: at rest to the box (`gateway`) and to a server on the Internet (`internet`); busy; and as a call uses it."""

    gateway: Train | Unavailable
    internet: Train | Unavailable
    names: NameLookup | Unavailable = NOT_REQUESTED
    download: Transfer | Unavailable = NOT_REQUESTED
    upload: Transfer | Unavailable = NOT_REQUESTED
    call: Call | Unavailable = NOT_REQUESTED
    paced_upload: PacedUpload | Unavailable = NOT_REQUESTED
    record: Record | Unavailable = NOT_REQUESTED
    foretold: Foretold | Unavailable = NOT_REQUESTED
    attempts: tuple[Attempt, ...] = ()
