"""The charts of the connection: what of its facts is drawn, and in which words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from itertools import groupby
from xml.etree import ElementTree as ET

from amif_netcheck.advice.language import N_, Language
from amif_netcheck.model import transits
from amif_netcheck.model.facts import (
    Call,
    CallWay,
    Foretold,
    ForetoldPicture,
    LinkFacts,
    Loaded,
    Record,
    Stretch,
    Train,
    Transfer,
    Unavailable,
)
from amif_netcheck.model.report import Report
from amif_netcheck.output.page import charts
from amif_netcheck.output.page.charts import (
    DelaySpan,
    Mark,
    Part,
    Period,
    RateBar,
    Series,
    Shares,
    Track,
    Words,
)
from amif_netcheck.output.page.measured import LIMITS
from amif_netcheck.output.reference import levels

_WAYS = (
    ("download", N_("Download"), "link.download_mbit_s"),
    ("upload", N_("Upload"), "link.upload_mbit_s"),
)
_LOADED = {"download": N_("During a download"), "upload": N_("During an upload")}
_AT_REST = {"gateway": N_("To your box"), "internet": N_("To the Internet")}
_TEN = 10
_MS_PER_S = 1000
_KBIT_PER_MBIT = 1000
_PER_SECOND = 5
"""Rates that are known of each second."""


def of_report(report: Report, language: Language) -> Iterator[ET.Element]:
    """All that can be drawn of what was measured; nothing of what was not."""
    link = report.facts.link
    if isinstance(link, Unavailable):
        return
    if isinstance(link.foretold, Foretold):
        yield from _foretold(link.foretold, language)
    if isinstance(link.record, Record):
        yield from _recorded(link.record, link, language)
    yield from _delay(link, language)
    yield from _rates(link, language)
    yield from _courses(link, language)
    if isinstance(link.call, Call):
        yield from _played(link.call, language)


def plain_number(language: Language) -> Callable[[float], str]:
    """How the values along an axis are written."""
    return lambda value: language.number(value, decimals=0 if value >= _TEN else 1 if value >= 1 else 2)


def _foretold(foretold: Foretold, language: Language) -> Iterator[ET.Element]:
    """What a call would be, each way: of the sound what is made up, of the picture how long it stands still."""
    text, share = language.text, partial(language.quantity, unit="pct")
    rows = []
    for way, voice, pictures in (
        (foretold.up, N_("Your voice to the others"), N_("Your picture to the others")),
        (foretold.down, N_("The others’ voices to you"), N_("The others’ pictures to you")),
    ):
        if isinstance(way, Unavailable):
            continue
        sound, picture = way.sound, way.picture
        words = text("{share} missing, {delay} late").format(
            share=share(sound.made_up_pct.value), delay=language.quantity(sound.delay_ms.value, "ms")
        )
        rows.append(_of_whole(text(voice), sound.made_up_pct.value, words))
        if isinstance(picture, ForetoldPicture):
            words = text("{height} lines, still {share} of the time").format(
                height=picture.height, share=share(picture.frozen_pct.value)
            )
            rows.append(_of_whole(text(pictures), picture.frozen_pct.value, words))
    if rows:
        said = " ".join(text("{what}: {words}.").format(what=row.label, words=row.words) for row in rows)
        yield charts.shares(Words("foretold", text("What the call will be, each way"), said), rows)


def _of_whole(label: str, bad_pct: float, words: str) -> Shares:
    bad = min(max(bad_pct, 0.0), 100.0) / 100
    return Shares(label, (Part(1 - bad, "good"), Part(bad, "bad")), words)


def _recorded(record: Record, link: LinkFacts, language: Language) -> Iterator[ET.Element]:
    """Every request, and what else went on meanwhile."""
    text = language.text
    tracks = []
    for stretch in (record.rest, record.loaded):
        if isinstance(stretch, Stretch):
            with suppress(ValueError, OverflowError):  # of a report that somebody else wrote
                delays = transits.read(stretch.round_trip)
                tracks.append(Track(stretch.began_s, stretch.interval_ms / _MS_PER_S, delays))
    periods = []
    for name, label, _ in _WAYS:
        transfer = getattr(link, name)
        if isinstance(transfer, Transfer) and not isinstance(transfer.began_s, Unavailable):
            periods.append(Period(text(label), transfer.began_s, transfer.began_s + transfer.duration_s))
    if any(track.delays for track in tracks):
        lost = sum(delay is None for track in tracks for delay in track.delays)
        sent = sum(len(track.delays) for track in tracks)
        said = language.plural("{count} request was sent.", "{count} requests were sent.", sent).format(
            count=sent
        )
        without = language.plural("{count} had no answer", "{count} had no answer", lost).format(count=lost)
        hole = text("the longest hole took {duration}.").format(
            duration=language.quantity(_longest_hole_s(tracks), "s")
        )
        title = text("Every request to the Internet, and the holes where no answer came")
        unanswered = text("{one}; {other}").format(one=without, other=hole)
        words = Words("record", title, f"{said} {unanswered}")
        yield charts.delays(words, tracks, plain_number(language), "ms", periods)


def _longest_hole_s(tracks: Sequence[Track]) -> float:
    return max(
        (
            sum(1 for _ in run) * track.interval_s
            for track in tracks
            for missing, run in groupby(track.delays, lambda delay: delay is None)
            if missing
        ),
        default=0.0,
    )


def _courses(link: LinkFacts, language: Language) -> Iterator[ET.Element]:
    """Rates over the time of the check."""
    text, rate = language.text, partial(language.quantity, unit="mbit_s")
    series, said = [], []
    for name, label, _ in _WAYS:
        transfer = getattr(link, name)
        if not isinstance(transfer, Transfer) or not transfer.fifths_kbit_s:
            continue
        began = 0.0 if isinstance(transfer.began_s, Unavailable) else transfer.began_s
        values = [kbit_s / _KBIT_PER_MBIT for kbit_s in transfer.fifths_kbit_s]
        points = tuple((began + (place + 0.5) / _PER_SECOND, value) for place, value in enumerate(values))
        series.append(Series(text(label), points))
        said.append(
            text("{way}: from {least} to {most}.").format(
                way=text(label), least=rate(min(values)), most=rate(max(values))
            )
        )
    if series:
        words = Words("courses", text("Rates over time"), " ".join(said))
        yield charts.courses(words, series, plain_number(language), "Mbit/s")


def _delay(link: LinkFacts, language: Language) -> Iterator[ET.Element]:
    """At rest and under load, on one scale."""
    text, ms = language.text, partial(language.quantity, unit="ms")
    rows, said = [], []
    for name, label in _AT_REST.items():
        train = getattr(link, name)
        if isinstance(train, Train):
            rtt = train.rtt_ms
            beside = text("{median}, at most {most}").format(median=ms(rtt.median), most=ms(rtt.max))
            rows.append(DelaySpan(text(label), rtt.min, rtt.median, rtt.max, beside))
            said.append(
                text("{where}: from {least} to {most}, half of the answers within {median}.").format(
                    where=text(label), least=ms(rtt.min), most=ms(rtt.max), median=ms(rtt.median)
                )
            )
    for name, label in _LOADED.items():
        transfer = getattr(link, name)
        if isinstance(transfer, Transfer) and isinstance(transfer.loaded_rtt_ms, Loaded):
            loaded = transfer.loaded_rtt_ms
            beside = text("{median}, 95% within {most}").format(median=ms(loaded.median), most=ms(loaded.p95))
            rows.append(
                DelaySpan(text(label), min(loaded.median, loaded.p95), loaded.median, loaded.p95, beside)
            )
            said.append(
                text("{where}: half of the answers within {median}, 95% within {most}.").format(
                    where=text(label), median=ms(loaded.median), most=ms(loaded.p95)
                )
            )
    if rows:
        words = Words(
            "delay", text("Delay of the answers, at rest and while the line is busy"), " ".join(said)
        )
        yield charts.spans(words, rows, plain_number(language), "ms")


def _rates(link: LinkFacts, language: Language) -> Iterator[ET.Element]:
    text, rate = language.text, partial(language.quantity, unit="mbit_s")
    rows, said = [], []
    for name, label, limit in _WAYS:
        transfer = getattr(link, name)
        if not isinstance(transfer, Transfer):
            continue
        value = rate(transfer.mbit_s)
        if transfer.at_least:
            value = text("{rate} or more").format(rate=value)
        limits = _marks(limit, language)
        rows.append(
            RateBar(text(label), transfer.mbit_s, min(transfer.p10_mbit_s, transfer.mbit_s), value, limits)
        )
        said.append(
            text("{way}: {rate}, of which {sure} can be counted on (limits: {limits}).").format(
                way=text(label),
                rate=value,
                sure=rate(transfer.p10_mbit_s),
                limits=language.sequence([mark.words for mark in limits]) or "—",
            )
        )
    if rows:
        said.append(
            text("The dashed lines are the limits; each step along the axis is ten times the one before.")
        )
        words = Words("rates", text("Rates, and what of them can be counted on"), " ".join(said))
        yield charts.bars(words, rows, plain_number(language), "Mbit/s")


def _marks(name: str, language: Language) -> tuple[Mark, ...]:
    limit = LIMITS.get(name)
    if limit is None:
        return ()
    return tuple(
        Mark(threshold.value, f"{language.text(words)} {language.quantity(threshold.value, limit.unit)}")
        for words, threshold in levels(limit)
    )


def _played(call: Call, language: Language) -> Iterator[ET.Element]:
    """What arrived of the call that was played."""
    text = language.text
    rows = []
    for way, sound, picture in (
        (call.up, N_("Your voice to the others"), N_("Your picture to the others")),
        (call.down, N_("The others’ voices to you"), N_("The others’ pictures to you")),
    ):
        if isinstance(way, CallWay):
            rows += [
                _arrived(text(sound), way.audio.pct, language),
                _arrived(text(picture), way.video.pct, language),
            ]
    if rows:
        said = " ".join(text("{what}: {words}.").format(what=row.label, words=row.words) for row in rows)
        yield charts.shares(Words("played", text("What arrived of the call that was played"), said), rows)


def _arrived(label: str, lost_pct: float, language: Language) -> Shares:
    words = language.text("{share} lost").format(share=language.quantity(lost_pct, "pct"))
    return _of_whole(label, lost_pct, words)
