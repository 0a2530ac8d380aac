"""The call that is played with our own test point: which rates of the picture are tried, and what is told of them."""

from __future__ import annotations

import json
import socket
import statistics
import threading
import time
from typing import Any

from amif_netcheck.measure import call, results
from amif_netcheck.measure.ledger import Ledger
from amif_netcheck.measure.media import MediaPlan
from amif_netcheck.measure.servers import SelectedServer
from amif_netcheck.measure.web import Web
from amif_netcheck.model.facts import Call, Play, Reason, Transfer, Unavailable

RUNGS_BIT_S = (1_500_000, 1_000_000, 750_000, 500_000, 300_000, 150_000)
"""From what one camera of 640x360 sends at its best in a browser (1.7 Mbit/s, docs/link.md) down to a picture of a stamp's size."""
_RUNG_SHARE = 0.75
"""Of what the line carries: OpenTok's pre-call test asks for the same margin (precall figures, docs/link.md)."""
_PLAY_S = 10.0
_SHORTEST_PLAY_S = 2.5
_AROUND_A_PLAY_S = 2.4
"""Announcing, waiting for what is late, fetching the result."""
_ANNOUNCING_S = 3.0
_ANNOUNCE_AGAIN_S, _RESULT_AGAIN_S = 0.6, 1.5
"""A result is some 20 kB: asked for too soon again, it would keep a thin line from bringing the first."""
_RESULT_BYTES = 4 * 1024 * 1024
_LATE_NS = 250_000_000
_MOST_LOST = 0.1
"""Of the picture's packets: beyond that a browser's sender slows down (libwebrtc, `send_side_bandwidth_estimation.cc`)."""
_TRIES = 2


class CallStage:
    """Plays by `until` (`time.monotonic`), in a check that began at `began` (`time.monotonic`)."""

    def __init__(
        self,
        web: Web,
        selected: SelectedServer,
        ledger: Ledger,
        *,
        began: float,
        until: float,
        stop: threading.Event,
    ) -> None:
        self._web, self._selected, self._ledger = web, selected, ledger
        self._began, self._until, self._stop = began, until, stop
        self._plays: list[Play] = []
        self._best: tuple[call.CallCapture, MediaPlan] | None = None

    def run(self, download: Transfer | Unavailable, upload: Transfer | Unavailable) -> Call | Unavailable:
        """Try the rate that these suggest, then the next higher one while calls stay in time, or else a lower one."""
        seconds = self._seconds(_TRIES)
        if seconds < _SHORTEST_PLAY_S:
            seconds = self._seconds(1)
        if seconds < _SHORTEST_PLAY_S:
            return Unavailable(reason=Reason.TIMEOUT, detail="no time left for a call")
        failure: Unavailable | None = None
        rung = _first_rung(download, upload)
        for _try in range(_TRIES):
            left = self._until - time.monotonic() - _AROUND_A_PLAY_S
            if left < _SHORTEST_PLAY_S:
                break
            plan = MediaPlan(video_bit_s=rung, seconds=min(seconds, left))
            capture = self._play(plan)
            if isinstance(capture, Unavailable):
                failure = capture
                break
            rung = self._after(capture, plan)
        if self._best is None:
            return failure or Unavailable(reason=Reason.TIMEOUT, detail="no time left for a call")
        capture, plan = self._best
        return results.played(
            self._web.base.host, capture, plan.video_bit_s, plan.seconds, plays=tuple(self._plays)
        )

    def _seconds(self, tries: int) -> float:
        """For each of so many plays."""
        left = self._until - time.monotonic() - tries * _AROUND_A_PLAY_S
        return min(_PLAY_S, left) / tries

    def _after(self, capture: call.CallCapture, plan: MediaPlan) -> int:
        """The rung to try after this one."""
        kept = self._best
        if in_time(capture):
            if kept is None or plan.video_bit_s >= kept[1].video_bit_s:
                self._best = capture, plan
            higher = [rung for rung in RUNGS_BIT_S if rung > plan.video_bit_s]
            return higher[-1] if higher else plan.video_bit_s
        if kept is None or not in_time(kept[0]):
            self._best = capture, plan
        return _rung_below(min(plan.video_bit_s - 1, int(_RUNG_SHARE * _arrived_bit_s(capture, plan))))

    def _play(self, plan: MediaPlan) -> call.CallCapture | Unavailable:
        # The test point sends to the address that asked: both conversations have to go the same way.
        control = _CallControl(self._web.by_address(self._selected.address), self._until, self._stop)
        began_s = time.monotonic() - self._began
        with socket.socket(self._selected.sock.family, socket.SOCK_DGRAM) as sock:
            sock.connect(self._selected.sock.getpeername())
            capture = call.play(
                control.start,
                control.result,
                sock,
                plan,
                ledger=self._ledger,
                until=min(self._until, time.monotonic() + plan.seconds + _AROUND_A_PLAY_S),
                stop=self._stop,
            )
        if isinstance(capture, call.CallCapture):
            self._plays.append(results.play(capture, plan, began_s))
        return capture


def in_time(capture: call.CallCapture) -> bool:
    """Did both ways bring the picture without a growing queue and without the losses at which a sender slows down?"""
    return all(_way_in_time(way) for way in (capture.up, capture.down) if not isinstance(way, Unavailable))


def _way_in_time(way: call.MediaCapture) -> bool:
    arrived = [transit for transit in way.video.transit_ns if transit is not None]
    if not arrived or len(arrived) < (1 - _MOST_LOST) * len(way.video.transit_ns):
        return False
    late = arrived[len(arrived) // 2 :]
    return statistics.median(late) - min(arrived) < _LATE_NS


def _arrived_bit_s(capture: call.CallCapture, plan: MediaPlan) -> float:
    ways = [way for way in (capture.up, capture.down) if not isinstance(way, Unavailable)]
    return min(way.video.bytes * 8 / plan.seconds for way in ways)


def _first_rung(*ways: Transfer | Unavailable) -> int:
    """The richest picture that fits both ways; a middling one when nothing is known."""
    known = [way.mbit_s * 1e6 * _RUNG_SHARE for way in ways if isinstance(way, Transfer)]
    return _rung_below(min(known, default=RUNGS_BIT_S[len(RUNGS_BIT_S) // 2]))


def _rung_below(bit_s: float) -> int:
    return next((rung for rung in RUNGS_BIT_S if rung <= bit_s), RUNGS_BIT_S[-1])


class _CallControl:
    """The two requests over HTTP that a call begins and ends with."""

    def __init__(self, web: Web, until: float, stop: threading.Event) -> None:
        self._web = web
        self._until = until
        self._stop = stop
        self._token = ""

    def start(self, request: dict[str, Any]) -> object:
        until = min(self._until, time.monotonic() + _ANNOUNCING_S)
        answer = self._ask("amif/call", until, again_s=_ANNOUNCE_AGAIN_S, post=json.dumps(request).encode())
        self._token = str(answer.get("token", ""))
        return answer

    def result(self) -> dict[str, Any]:
        return self._ask(f"amif/call/{self._token}", self._until, again_s=_RESULT_AGAIN_S)

    def _ask(self, page: str, until: float, *, again_s: float, post: bytes | None = None) -> dict[str, Any]:
        answer = self._web.ask(
            page, until=until, stop=self._stop, again_s=again_s, limit=_RESULT_BYTES, post=post
        )
        if answer.status != 200:  # noqa: PLR2004 - OK
            raise OSError(f"the test point answers {answer.status}")
        try:
            value = json.loads(answer.body)
        except (ValueError, RecursionError) as error:
            raise OSError("the test point answers with no JSON") from error
        if not isinstance(value, dict):
            raise OSError("the test point answers with no JSON object")
        return value
