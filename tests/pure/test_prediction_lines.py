"""Lines that others fill, that stall, are thin or far: what the model of the call makes of a rate, a queue and a hole."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence

import pytest
from msgspec import structs

from amif_netcheck.checks import link as link_check
from amif_netcheck.model import transits
from amif_netcheck.model.facts import (
    Call,
    Confidence,
    Facts,
    ForetoldPicture,
    ForetoldWay,
    LinkFacts,
    Loaded,
    Media,
    Play,
    Reason,
    Record,
    Stretch,
    Train,
    Transfer,
    Unavailable,
)
from amif_netcheck.prediction import picture, rates
from amif_netcheck.prediction.foretell import foretell, foretold_again
from tests.builders import SILENT, call, train, transfer
from tests.pure.test_prediction import facts, way


def loaded(mbit_s: float, p95: float, fifths: Sequence[int] = (), median: float | None = None) -> Transfer:
    """A transfer that filled a queue, or did not; a steady rate unless a median says otherwise."""
    return structs.replace(
        transfer(mbit_s),
        confidence=Confidence.HIGH,
        fifths_kbit_s=tuple(fifths),
        loaded_rtt_ms=Loaded(median=p95 if median is None else median, p95=p95, probes=100),
    )


def up(link: LinkFacts) -> tuple[ForetoldWay, ForetoldPicture]:
    made = way(foretell(link))
    assert isinstance(made.picture, ForetoldPicture)
    return made, made.picture


def with_upload(upload: Transfer, rest: Sequence[transits.Transit] = (0.0,) * 400) -> LinkFacts:
    return structs.replace(facts(rest, ways=True), upload=upload)


@pytest.mark.parametrize(("mbit_s", "real"), [(0.25, 147), (0.3, 170), (0.5, 349), (0.6, 428), (1.42, 1146)])
def test_a_thin_line_carries_what_real_calls_got_over_it(mbit_s: float, real: float) -> None:
    _, shown = up(with_upload(loaded(mbit_s, 130.0)))
    assert shown.kbit_s.value == pytest.approx(real, rel=0.2)


def test_nothing_is_promised_that_no_transfer_got_through() -> None:
    """A short queue: the transfer held nothing back, and 0.55 Mbit/s is all there was."""
    _, shown = up(with_upload(loaded(0.55, 40.0)))
    assert shown.kbit_s.value < 500
    at_least = structs.replace(loaded(0.55, 40.0), at_least=True)
    assert up(with_upload(at_least))[1].kbit_s.value == 1700


def beside(mbit_s: float, queue_ms: float) -> LinkFacts:
    """Somebody's queue, which grows and shrinks slowly, and gets no longer by a transfer of ours."""
    rest = [queue_ms * abs(at % 100 - 50) / 50 for at in range(400)]
    link = with_upload(loaded(mbit_s, 30.0 + queue_ms), rest)
    assert isinstance(link.internet, Train)
    spread = structs.replace(link.internet.rtt_ms, p95=30.0 + queue_ms)
    return structs.replace(link, internet=structs.replace(link.internet, rtt_ms=spread))


@pytest.mark.parametrize(
    ("mbit_s", "queue_ms", "real"),
    [(0.59, 100.0, 45), (0.64, 77.0, 54), (1.17, 129.0, 108), (2.5, 31.0, 418), (5.2, 76.0, 575)],
)
def test_beside_somebodys_transfer_a_thin_line_leaves_little(
    mbit_s: float, queue_ms: float, real: float
) -> None:
    made, shown = up(beside(mbit_s, queue_ms))
    assert real / 2 <= shown.kbit_s.value <= 2 * real
    assert made.sound.delay_ms.value >= 15 + queue_ms, "half the round trip, and the whole queue"
    assert up(beside(2 * mbit_s, queue_ms))[1].kbit_s.value > shown.kbit_s.value
    assert up(beside(mbit_s, 2 * queue_ms))[1].kbit_s.value < shown.kbit_s.value


def played_call(video_mbit_s: float, waits: Sequence[transits.Transit]) -> Call:
    """One play, whose sound waited so long on either way."""
    frames = 2 * len(waits) * 3 // 10
    media = Media(
        audio=transits.written(waits),
        frames=transits.written([0.0] * frames),
        frame_losses=transits.written([0.0] * frames),
    )
    seconds = len(waits) / 50
    play = Play(began_s=20.0, seconds=seconds, video_mbit_s=video_mbit_s, up=media, down=media)
    return structs.replace(call(), plays=(play,))


def waits(far_ms: float) -> list[transits.Transit]:
    """Of a call in a queue that grows and shrinks slowly."""
    return [far_ms * abs(at % 160 - 80) / 80 for at in range(200)]


def test_a_played_call_tells_of_somebody_who_fills_the_queue_again_and_again() -> None:
    """A transfer of ours pushes through all the same; a call that watches the delay gives way."""
    line = with_upload(loaded(2.5, 600.0))
    alone, met, far = (
        up(structs.replace(line, call=played_call(1.5, steps)))
        for steps in ([0.0] * 200, waits(40), waits(120))
    )
    assert alone[1].kbit_s.value == 1700
    assert 300 < met[1].kbit_s.value < 1700
    assert far[1].kbit_s.value < 300
    assert 15 + 120 <= far[0].sound.delay_ms.value <= 15 + 120 + 120, "theirs, not the one our transfer made"


@pytest.mark.parametrize(
    ("mbit_s", "steps"),
    [
        (2.2, waits(40)),  # the call is most of what it carries
        (4.0, [0.0] * 60 + [max(0.0, 1100.0 - 20 * at) for at in range(140)]),  # it stood still once
        (4.0, [0.0, 30.0] * 100),  # it jumps
    ],
)
def test_other_waits_of_a_played_call_are_nobodys(mbit_s: float, steps: Sequence[transits.Transit]) -> None:
    line = with_upload(loaded(mbit_s, 600.0))
    _, shown = up(structs.replace(line, call=played_call(1.5, steps)))
    assert shown.kbit_s.value >= 0.9 * up(line)[1].kbit_s.value


def test_a_cell_is_nobody_else_also_where_the_box_is_silent() -> None:
    rest = [float(at % 5) if at % 6 else 20.0 for at in range(400)]
    line = with_upload(loaded(4.0, 600.0), rest)
    silent = structs.replace(line, gateway=SILENT, call=played_call(1.5, waits(60)))
    assert up(silent)[1].kbit_s.value == 1700


def test_beside_others_a_delay_that_was_not_measured_is_no_short_queue() -> None:
    known = beside(1.0, 300.0)
    assert not isinstance(known.upload, Unavailable)
    untold = structs.replace(known, upload=structs.replace(known.upload, loaded_rtt_ms=SILENT))
    assert up(untold)[1].kbit_s.value == pytest.approx(up(known)[1].kbit_s.value, rel=0.2)


def test_a_longer_queue_of_somebodys_never_makes_an_earlier_sound() -> None:
    delays = [up(beside(3.0, ms))[0].sound.delay_ms.value for ms in (30, 80, 200)]
    assert delays == sorted(delays)


def test_a_sender_that_overshoots_far_away_into_a_short_queue_stands_still() -> None:
    def frozen(rtt_ms: float, queue_ms: float) -> float:
        link = facts([rtt_ms - 30.0] * 400)
        return up(structs.replace(link, upload=loaded(0.6, rtt_ms + queue_ms)))[1].frozen_pct.value

    assert frozen(310.0, 55.0) > 8, "11.5 % in the real call"
    assert frozen(310.0, 300.0) < 2
    assert frozen(60.0, 55.0) < 2


def test_in_a_hole_a_transfer_stands_still_and_the_rate_is_that_of_the_rest() -> None:
    stood = loaded(6.0, 400.0, (11000,) * 8 + (0,) * 6 + (11500,) * 6, median=200.0)
    hole: list[transits.Transit] = [0.0] * 150 + [None] * 40 + [0.0] * 210
    rest = train().rtt_ms
    whole, broken = (rates.carried(stood, 30.0, rest, [], broken=each) for each in (False, True))
    assert min(broken.fifths) > 0
    assert broken.mean > whole.mean
    assert up(with_upload(stood, hole))[1].kbit_s.value == 1700


def test_a_frame_that_lost_a_packet_counts_by_what_arrived_of_it() -> None:
    """A line of nine tenths of the picture's rate, whose queue is full: nearly every frame misses one packet of five."""
    frames = [float(min(200, 10 * at)) for at in range(20)] + [
        200.0 if at % 4 == 0 else None for at in range(100)
    ]
    losses = [0.0] * 20 + [0.0 if at % 4 == 0 else 0.7 for at in range(100)]
    media = Media(
        audio="0*200",
        frames=transits.written(frames),
        frame_losses=" ".join(f"{round(each)}" for each in losses),
    )
    waited = rates._while_it_waited(media, 1.5, 1360.0, 45.0)[6:-2]
    assert min(waited) > 1000
    assert max(waited) < 1700


def test_a_picture_that_waits_for_the_sound_does_not_stand_still_in_a_stall() -> None:
    weather = picture.Weather([400.0 if at % 150 < 10 else 0.0 for at in range(1050)], 0.0, 1.0, 30.0)
    alone, waiting = (
        picture.show(weather, 6.0, settled_after=300, held_at_least_ms=held) for held in (0.0, 420.0)
    )
    assert alone.frozen > 0.05
    assert waiting.frozen == 0
    assert waiting.held_ms == alone.held_ms, "that for which the sound waits"


@pytest.mark.parametrize("at_rest", [0.0, 2.0])
def test_what_was_lost_beside_a_transfer_alone_has_no_place(at_rest: float) -> None:
    """That the box lost as little at rest as the Internet does not put at home what was lost later."""
    hole = transits.written([30.0] * 100 + [None] * 25 + [30.0] * 100)
    quiet = facts([0.0] * 400, ways=True)
    assert isinstance(quiet.record, Record)
    record = structs.replace(quiet.record, loaded=Stretch(began_s=9, interval_ms=20, round_trip=hole))
    both = train(loss=at_rest)
    found = link_check.check(
        foretold_again(Facts(link=structs.replace(quiet, internet=both, gateway=both, record=record)))
    )
    (loss,) = [finding for finding in found if finding.code == "link.loss"]
    assert (loss.params["place"], loss.variant) == ("unknown", "")


def lossy(every: int, rest: Sequence[float]) -> list[transits.Transit]:
    return [None if at % every == 0 else each for at, each in enumerate(rest)]


def test_without_rates_a_picture_that_losses_alone_spoil_is_told_at_any_rate() -> None:
    far = foretell(structs.replace(facts(lossy(12, [370.0] * 400)), upload=SILENT, download=SILENT))
    shown = way(far).picture
    assert isinstance(shown, ForetoldPicture)
    assert shown.frozen_pct.value > 10, "two thirds in the real call"
    assert (shown.kbit_s.low, shown.kbit_s.high) == (0, 1700)
    near = foretell(structs.replace(facts(lossy(50, [0.0] * 400)), upload=SILENT, download=SILENT))
    assert not isinstance(way(near).picture, ForetoldPicture)


@pytest.mark.parametrize("length", [20, 45, 90])
def test_holes_make_up_their_share_of_the_time_wherever_a_call_begins(length: int) -> None:
    hole: list[transits.Transit] = [0.0] * 1000 + [None] * length
    made, shown = up(with_upload(loaded(8.0, 30.0), hole))
    share = 100 * length / len(hole)
    assert made.sound.made_up_pct.value == pytest.approx(share, rel=0.25)
    assert shown.frozen_pct.value == pytest.approx(share, rel=0.6)


def test_a_short_hole_more_makes_no_long_one_disappear() -> None:
    def made_up(*lengths: int) -> float:
        steps: list[transits.Transit] = [0.0] * 800
        for length in lengths:
            steps += [None] * length + [0.0] * 800
        return up(with_upload(loaded(8.0, 30.0), steps))[0].sound.made_up_pct.value

    assert made_up(250) > 10
    assert made_up(8, 250) > 7
    assert made_up(250, 8) > 7


def test_a_thin_line_that_loses_much_leaves_less_than_either_alone() -> None:
    def kbit_s(mbit_s: float, every: int) -> float:
        return up(with_upload(loaded(mbit_s, 200.0), lossy(every, [0.0] * 400)))[1].kbit_s.value

    thin, losing, both = kbit_s(0.33, 10_000), kbit_s(8.0, 8), kbit_s(0.33, 8)
    assert both < 80 < min(thin, losing), "33 kbit/s in the real call"


def test_a_short_queue_is_seen_to_be_full_on_a_line_that_varies() -> None:
    link = structs.replace(facts([160.0] * 400), upload=loaded(1.6, 213.0, median=197.0))
    assert isinstance(link.internet, Train)
    spread = structs.replace(link.internet.rtt_ms, p95=193.0)
    _, shown = up(structs.replace(link, internet=structs.replace(link.internet, rtt_ms=spread)))
    assert shown.frozen_pct.value > 4, "23 % in the real call"


def stretch(steps: Sequence[transits.Transit], began_s: float) -> Stretch:
    return Stretch(began_s=began_s, interval_ms=20, round_trip=transits.written(steps))


def beside_a_transfer(steps: Sequence[transits.Transit], fifths: Sequence[int], mbit_s: float) -> LinkFacts:
    """A line that is quiet at rest, and what it did beside a download that began with the requests."""
    link = facts([0.0] * 400)
    assert isinstance(link.record, Record)
    record = structs.replace(link.record, loaded=stretch(steps, 9.0))
    download = structs.replace(loaded(mbit_s, 60.0, fifths), began_s=9.0, duration_s=len(fifths) / 5)
    return structs.replace(link, record=record, download=download)


def test_a_stall_beside_a_transfer_is_one_at_rest_too() -> None:
    """The line holds everything back for 0.56 s, then all arrives at once."""
    held = [30.0 + max(0.0, 560 - 20 * (at - 60)) if at >= 60 else 30.0 for at in range(160)]
    made = way(foretell(beside_a_transfer(held, [14000] * 16, 14.0)))
    assert made.sound.delay_ms.value > 300, "590 ms in the real call"
    assert made.sound.made_up_pct.value < 7


def test_a_stall_beside_a_transfer_makes_those_at_rest_no_rarer() -> None:
    def steps(stalls: int, every: int) -> list[float]:
        return [max(0.0, 500.0 - 20 * (at % every)) if at < stalls * every else 0.0 for at in range(400)]

    calm = [30.0] * 400
    stalled = [30.0 + wait for wait in ([0.0] * 50 + steps(1, 400))[:400]]
    alone, both = (
        way(foretell(at_rest(steps(4, 100), beside))).sound.delay_ms.value for beside in (calm, stalled)
    )
    assert alone > 300
    assert both >= alone


def at_rest(rest: Sequence[float], beside: Sequence[float]) -> LinkFacts:
    """What a line did at rest, and beside a download."""
    link = beside_a_transfer(beside, [14000] * 40, 14.0)
    quiet = facts(rest)
    assert isinstance(link.record, Record)
    assert isinstance(quiet.record, Record)
    return structs.replace(link, record=structs.replace(link.record, rest=quiet.record.rest))


@pytest.mark.parametrize("mbit_s", [0.3, 14.0])
def test_a_queue_of_ones_own_is_no_stall(mbit_s: float) -> None:
    """A burst makes it, and it stays; on a thin line it is long at once."""
    jump = 60 + 8 * 64 / mbit_s
    queue = [30.0 if at < 20 else 30 + jump - 5 * (at % 8) for at in range(160)]
    quiet, busy = (
        way(foretell(beside_a_transfer(steps, [round(mbit_s * 1000)] * 16, mbit_s))).sound.delay_ms.value
        for steps in ([30.0] * 160, queue)
    )
    assert busy == quiet


def test_what_does_not_fit_beside_a_transfer_that_goes_on_is_no_hole() -> None:
    """A queue of four packets: our own download leaves no room for requests."""
    full: list[transits.Transit] = [30.0] * 40 + [None] * 40 + [30.0] * 40
    going_on, standing = (
        way(foretell(beside_a_transfer(full, fifths, 0.26))).sound.made_up_pct.value
        for fifths in ([260] * 12, [260] * 4 + [0] * 4 + [260] * 4)
    )
    assert going_on == 0
    assert standing > 2


@pytest.mark.parametrize("lost_way", ["up", "down"])
def test_of_one_way_only_its_own_transfer_tells_that_the_line_went_on(lost_way: str) -> None:
    lost: list[transits.Transit] = [0.0] * 40 + [None] * 40 + [0.0] * 40
    quiet = facts([0.0] * 400, ways=True)
    assert isinstance(quiet.record, Record)
    ways = {"up": "0*120", "down": "0*120", lost_way: transits.written(lost)}
    record = structs.replace(
        quiet.record,
        loaded=Stretch(began_s=9.0, interval_ms=20, round_trip=transits.written(lost), **ways),
    )
    download = structs.replace(loaded(8.0, 60.0, [8000] * 12), began_s=9.0, duration_s=2.4)
    made = foretell(structs.replace(quiet, record=record, download=download))
    is_hole = way(made, lost_way).sound.made_up_pct.value > 2
    assert is_hole == (lost_way == "up")


def test_a_strangers_record_takes_no_time() -> None:
    text = "0 600000 " * 2000
    link = beside_a_transfer([30.0], [14000] * 16, 14.0)
    assert isinstance(link.record, Record)
    hostile = structs.replace(link.record, loaded=Stretch(began_s=9.0, interval_ms=20, round_trip=text))
    began = time.process_time()
    foretell(structs.replace(link, record=hostile))
    media = Media(audio="0*10000", frames="600000*10000", frame_losses="0*10000")
    rates._while_it_waited(media, 1.5, 1360.0, 45.0)
    assert time.process_time() - began < 5


def test_jitter_is_no_queue() -> None:
    """Frames of a played call that arrive as late as requests do at rest waited nowhere: they tell nothing of the rate."""
    frames = " ".join(str(at * 17 % 49) for at in range(300))
    media = Media(audio="0*500", frames=frames, frame_losses="0*300")
    shaky = rates._while_it_waited(media, 0.5, 17_000.0, 45.0 + 46.0)
    assert min(shaky) == 17_000
    assert min(rates._while_it_waited(media, 0.5, 17_000.0, 45.0)) < 1000


def test_a_line_of_less_than_sound_and_the_least_picture_stays_full() -> None:
    """98 kbit/s: 1.3 s late, and a picture that stood still for four fifths of the time. Of 116, a call makes do."""
    starved, still = up(with_upload(loaded(0.098, 400.0)))
    assert starved.sound.delay_ms.value > 1000 / 2
    assert still.frozen_pct.value > 50
    made_do, moving = up(with_upload(loaded(0.116, 400.0)))
    assert made_do.sound.delay_ms.value < 300
    assert moving.frozen_pct.value < 5


@pytest.mark.parametrize(
    "first", [740.0, 663.0], ids=["falling at once", "after one that came before the rest"]
)
def test_a_transfer_whose_confirmations_stood_still_tells_nothing_of_its_rate(first: float) -> None:
    """The way up held everything back for half a second beside the download, which stood still as well."""
    falling = (750.0 - 20 * at for at in range(32))
    trips: list[transits.Transit] = [*[110.0] * 20, first, *falling, *[110.0] * 150]
    one_way: list[transits.Transit] = [0.0] * len(trips)
    stood = loaded(8.9, 220.0, (8600, 8600, 0, 0, 4400, 8900, 8900, 8900, 8900, 8900), median=160.0)
    link = structs.replace(facts([0.0] * 400, ways=True), download=stood)
    assert isinstance(link.record, Record)
    beside = Stretch(
        began_s=9,
        interval_ms=20,
        round_trip=transits.written(trips),
        up=transits.written(one_way),
        down=transits.written(one_way),
    )
    held = structs.replace(link, record=structs.replace(link.record, loaded=beside))
    late, calm = (way(foretell(each), "down").sound.delay_ms.value for each in (link, held))
    assert late > calm + 50
    assert calm < 80


@pytest.mark.parametrize("lost_on_the_way_down", [0, 2])
def test_a_hole_that_also_lost_what_was_on_its_way_back_breaks_both_ways(lost_on_the_way_down: int) -> None:
    """Nothing comes back of what never arrived, so that most of a hole is seen on the way up alone."""
    around, arrived = [30.0] * 400, [math.nan] * lost_on_the_way_down
    lost_up = [None] * (50 - lost_on_the_way_down)
    rest = Stretch(
        began_s=0.2,
        interval_ms=20,
        round_trip=transits.written([*around, *[None] * 50, *around]),
        up=transits.written([*around, *arrived, *lost_up, *around]),
        down=transits.written([*around, *[None] * lost_on_the_way_down, *[math.nan] * len(lost_up), *around]),
    )
    made = foretell(structs.replace(facts([0.0] * 400), record=Record(rest=rest)))
    up_made, down_made = (way(made, name).sound.made_up_pct.value for name in ("up", "down"))
    assert up_made > 4
    assert (down_made > 4) is bool(lost_on_the_way_down)


def over_a_cell(box_ms: float | None, *, wait_ms: float = 30.0) -> float:
    """The delay up where at rest one packet of nine waits `wait_ms`, the others 0, 2 or 4; the way to the box waits `box_ms` now and then."""
    rest = [wait_ms if at % 9 == 0 else float(2 * (at % 3)) for at in range(400)]
    line = structs.replace(facts(rest, ways=True), upload=loaded(1.2, 400.0))
    near: Train | Unavailable = Unavailable(reason=Reason.NOT_PRESENT)
    if box_ms is not None:
        near = train(2.0, variation=box_ms)
    return way(foretell(structs.replace(line, gateway=near))).sound.delay_ms.value


def test_over_a_radio_cell_the_delay_is_drawn_to_what_is_usual_there() -> None:
    assert over_a_cell(0.5) > 1.2 * over_a_cell(30.0), "a quiet check says little of the call"
    assert over_a_cell(0.5, wait_ms=1500.0) < 0.7 * over_a_cell(1500.0, wait_ms=1500.0)
    assert over_a_cell(30.0) == over_a_cell(None), "Wi-Fi waits alike, and what is near is not known"
    assert over_a_cell(0.5) <= over_a_cell(0.5, wait_ms=200.0) <= over_a_cell(0.5, wait_ms=1500.0)
