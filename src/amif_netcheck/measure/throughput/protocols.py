"""The protocols of HTTP speed-test servers: which one a server speaks, and what to ask it for."""

from __future__ import annotations

import http.client
import queue
import threading
import time
import urllib.parse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from amif_netcheck.measure.stages import guarded
from amif_netcheck.measure.throughput.sampling import INTERRUPTED
from amif_netcheck.measure.web import HttpResponse, Web, why
from amif_netcheck.model.address import Base, base_of
from amif_netcheck.model.facts import Engine, Reason, Unavailable

_LIBRESPEED_FOLDERS = ("", "backend/")
_MIB = 1024 * 1024
_MOST_REDIRECTS = 3
_TRIAL_BYTES = 1000
_POLL_S = 0.1
_SECOND_QUESTION_S = 1.0
_REDIRECTS = {301, 302, 303, 307, 308}

_Ask = Callable[[str], HttpResponse]


class _TestPoint(msgspec.Struct):
    """What we read of how a test point of our own describes itself."""

    name: Literal["amif-netcheck"]
    udp_port: Annotated[int, Meta(gt=0, lt=65536)]
    call: bool = False


@dataclass(frozen=True)
class SpeedTestProtocol:
    """How one server is asked for bytes and given bytes. Pages are relative to `web`'s base."""

    engine: Engine
    web: Web
    folder: str = ""
    udp_port: int = 0
    plays_calls: bool = False

    def download_page(self, size: int) -> str:
        """The page that answers with about `size` bytes."""
        if self.engine is Engine.CLOUDFLARE:
            return f"__down?bytes={size}"
        return f"{self.folder}garbage.php?ckSize={max(1, min(1024, size // _MIB))}"

    @property
    def upload_page(self) -> str:
        """The page that swallows what is posted to it."""
        return "__up" if self.engine is Engine.CLOUDFLARE else f"{self.folder}empty.php"


@dataclass(frozen=True)
class Mini:
    """A private "mini" server: speedtest-cli's own language."""

    web: Web


def recognise(web: Web, *, until: float, stop: threading.Event) -> SpeedTestProtocol | Mini | Unavailable:
    """Ask a server what it speaks; by `until` (`time.monotonic`). Follows it from http to https, never to another host.

    `BLOCKED`: it refused, sent us elsewhere, or put a page for people in the place of data; `TIMEOUT`: it was silent;
    `UNSUPPORTED`: it is alive but speaks none of these languages.
    """
    moved = 0
    while True:
        try:
            answer = _try_all(web, partial(web.ask, until=until, stop=stop))
        except OSError as error:
            return why(error)
        if not isinstance(answer, Base):
            return answer
        moved += 1
        less_safe = web.base.scheme == "https" and answer.scheme == "http"
        if moved > _MOST_REDIRECTS or answer.host != web.base.host or less_safe:
            return Unavailable(reason=Reason.BLOCKED, detail="the server sends us elsewhere")
        web = web.at(answer)


def nearest(
    candidates: Sequence[SpeedTestProtocol], *, until: float, stop: threading.Event
) -> SpeedTestProtocol | Unavailable:
    """Of servers that should speak their protocol, the first to answer in it; by `until` (`time.monotonic`).

    `TIMEOUT`: none answered in time. `BLOCKED`: all refused, or answered something else; the first's reason.
    """
    answers: queue.SimpleQueue[tuple[SpeedTestProtocol, Unavailable | None]] = queue.SimpleQueue()

    def ask(candidate: SpeedTestProtocol) -> None:
        answers.put(
            (candidate, guarded("asking a speed server", partial(_first_fault, candidate, until, stop)))
        )

    for candidate in candidates:
        threading.Thread(target=ask, args=(candidate,), daemon=True).start()
    faults: list[Unavailable] = []
    while len(faults) < len(candidates):
        if stop.is_set():
            return INTERRUPTED
        left = until - time.monotonic()
        if left <= 0:
            return Unavailable(reason=Reason.TIMEOUT, detail="no answer in time")
        try:
            candidate, fault = answers.get(timeout=min(_POLL_S, left))
        except queue.Empty:
            continue
        fault = fault or _second_fault(candidate, min(until, time.monotonic() + _SECOND_QUESTION_S), stop)
        if fault is None:
            return candidate
        faults.append(fault)
    return faults[0]


def _first_fault(candidate: SpeedTestProtocol, until: float, stop: threading.Event) -> Unavailable | None:
    """Does it answer a question that costs next to nothing?"""
    ask = partial(candidate.web.ask, until=until, stop=stop)
    if candidate.engine is Engine.CLOUDFLARE:
        return _fault(ask, f"__down?bytes={_TRIAL_BYTES}", _is_trial)
    return _fault(ask, f"{candidate.folder}empty.php", _is_empty)


def _second_fault(candidate: SpeedTestProtocol, until: float, stop: threading.Event) -> Unavailable | None:
    """Does LibreSpeed's garbage come, of which only the beginning is read?"""
    if candidate.engine is Engine.CLOUDFLARE:
        return None
    ask = partial(candidate.web.ask, until=until, stop=stop)
    return _fault(ask, f"{candidate.folder}garbage.php?ckSize=1", _is_garbage)


def _fault(ask: _Ask, page: str, is_right: Callable[[HttpResponse], bool]) -> Unavailable | None:
    try:
        answer = ask(page)
    except OSError as error:
        return why(error)
    if is_right(answer):
        return None
    fault = _unusable(answer)
    if fault.reason is Reason.UNSUPPORTED and answer.status != http.client.OK:
        return Unavailable(reason=Reason.BLOCKED, detail=f"the server answers {answer.status}")
    return fault


def _is_trial(answer: HttpResponse) -> bool:
    return answer.status == http.client.OK and len(answer.body) == _TRIAL_BYTES and not answer.is_page


def _is_empty(answer: HttpResponse) -> bool:
    return answer.status == http.client.OK and not answer.body


def _is_garbage(answer: HttpResponse) -> bool:
    return answer.status == http.client.OK and bool(answer.body) and not answer.is_page


def _try_all(web: Web, ask: _Ask) -> SpeedTestProtocol | Mini | Base | Unavailable:
    first = ask(".well-known/amif-netcheck")
    if first.status in _REDIRECTS:
        return _redirect(web.base, first)
    protocol: SpeedTestProtocol | Mini | None = _own(first, web)
    for attempt in (_librespeed, _cloudflare, _mini):
        protocol = protocol or attempt(web, ask)
    return protocol or _unusable(ask(""))


def _own(answer: HttpResponse, web: Web) -> SpeedTestProtocol | None:
    if answer.status != http.client.OK:
        return None
    try:
        described = msgspec.json.decode(answer.body, type=_TestPoint)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return SpeedTestProtocol(Engine.AMIF, web, udp_port=described.udp_port, plays_calls=described.call)


def _librespeed(web: Web, ask: _Ask) -> SpeedTestProtocol | None:
    """Its empty page is empty, and its garbage is none for people to read."""
    for folder in _LIBRESPEED_FOLDERS:
        if _is_empty(ask(f"{folder}empty.php")) and _is_garbage(ask(f"{folder}garbage.php?ckSize=1")):
            return SpeedTestProtocol(Engine.LIBRESPEED, web, folder)
    return None


def _cloudflare(web: Web, ask: _Ask) -> SpeedTestProtocol | None:
    return (
        SpeedTestProtocol(Engine.CLOUDFLARE, web) if _is_trial(ask(f"__down?bytes={_TRIAL_BYTES}")) else None
    )


def _mini(web: Web, ask: _Ask) -> Mini | None:
    answer = ask("speedtest/latency.txt")
    return Mini(web) if answer.body.strip() == b"test=test" else None


def _redirect(base: Base, answer: HttpResponse) -> Base | Unavailable:
    where = next((value for key, value in answer.headers.items() if key.lower() == "location"), "")
    try:
        return base_of(urllib.parse.urljoin(base.url, where.replace(".well-known/amif-netcheck", "")))
    except ValueError:
        return Unavailable(reason=Reason.BLOCKED, detail="the server sends us elsewhere")


def _unusable(answer: HttpResponse) -> Unavailable:
    if answer.is_page and answer.status == http.client.OK:
        return Unavailable(reason=Reason.BLOCKED, detail="a web page comes in the place of data")
    if answer.status == http.client.PROXY_AUTHENTICATION_REQUIRED:
        return Unavailable(reason=Reason.BLOCKED, detail="the proxy wants a password (407)")
    if answer.status == http.client.TOO_MANY_REQUESTS:
        return Unavailable(reason=Reason.BLOCKED, detail="the server is busy (429)")
    if answer.status >= http.client.INTERNAL_SERVER_ERROR:
        return Unavailable(reason=Reason.BLOCKED, detail=f"the server failed ({answer.status})")
    return Unavailable(reason=Reason.UNSUPPORTED, detail="no speed test that we know lives at this address")
