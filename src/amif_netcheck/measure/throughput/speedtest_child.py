"""speedtest-cli in a process of its own: asked by a line of JSON on standard input, it answers in lines of JSON.

Never imported by the program: the library wraps and may close file descriptor 1, reads the environment when it is
imported, and a transfer that stalls can't be cancelled. Whoever started this process kills it instead; it also ends when
its standard input does.

The line is `{"do": "find", "mini": URL or null, "bytes": N}` or
`{"do": "down" or "up", "server": …, "config": …, "seconds": S, "bytes": N}`, with the proxies to use: `"proxies": {"http":
URL, "https": URL}`, each only where there is one.
"""

from __future__ import annotations

import contextlib
import io
import re
import sys
import threading
import urllib.request
from collections.abc import Callable
from typing import Any

import speedtest

from amif_netcheck.children import inside

_TICK_S = 0.02
_MINI_CONFIG: dict[str, Any] = {
    "client": {"ip": "", "lat": "0", "lon": "0", "isp": ""},
    "ignore_servers": [],
    "sizes": {
        "upload": [524288, 1048576, 7340032],
        "download": [350, 500, 750, 1000, 1500, 2000, 2500, 3000, 3500, 4000],
    },
    "counts": {"upload": 17, "download": 4},
    "threads": {"upload": 4, "download": 4},
    "length": {"upload": 10, "download": 10},
    "upload_max": 51,
}
"""What speedtest.net's configuration usually says; of a client it says nothing."""
_LONGEST_LISTS = 4 * 1024 * 1024
"""Unpacked; the list of all 10,000 servers had 2 MB."""
_ADDRESS = re.compile(r"\S*(://|\d+\.\d+\.\d+\.\d+)\S*")
"""Of servers and people: nothing that a report should hold."""
_ADDRESS_SPACE = 1536 * 1024 * 1024
"""An answer that unpacks to more than fits in here ends this process, not the computer's memory."""


def _name_of_the_library() -> str:
    """In place of its own user agent, which tells the system, its kernel and its Python."""
    return f"Mozilla/5.0 speedtest-cli/{speedtest.__version__}"


speedtest.build_user_agent = _name_of_the_library


class _Configured(speedtest.Speedtest):  # type: ignore[misc]
    """The library with a configuration it is given, so that it does not ask speedtest.net for one."""

    def __init__(self, config: dict[str, Any]) -> None:
        self._given = _MINI_CONFIG | config
        super().__init__(secure=True)

    def get_config(self) -> dict[str, Any]:
        self.config.update(self._given)
        self.lat_lon = (0.0, 0.0)
        return self._given


def _find(mini: str | None, most: int) -> None:
    """Which server is to be used, and how; tells each step, with the bytes that came so far."""
    steps = _Steps(most)
    speedtest.printer, speedtest.get_response_stream = steps.note, steps.reading
    if mini is None:
        tester = speedtest.Speedtest(secure=True)
        best = tester.get_best_server()
    else:
        tester = _Configured(_MINI_CONFIG)
        best = tester.get_best_server(tester.set_mini_server(mini))
    keys = ("sizes", "counts", "threads", "length", "upload_max")
    inside.write_line(server=best, config={key: tester.config[key] for key in keys})


class _Steps:
    """The library says nothing of a search before its end: its own notes and what it reads tell that it goes on."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._count = 0
        self._came = 0
        self._unpacked = 0
        self._stream_of = speedtest.get_response_stream

    def note(self, *_: object, **__: object) -> None:
        """In the place of the library's `printer`, which it calls with every request, also where it prints nothing."""
        self._count += 1
        inside.write_line(step=self._count, bytes=self._came)

    def reading(self, response: Any) -> Any:
        """In the place of the library's function that unpacks an answer, so that none is read for ever."""
        response.read = _telling(response.read, self._has_come)
        stream = self._stream_of(response)
        if stream is not response:
            stream.read = _telling(stream.read, self._was_unpacked)
        return stream

    def _has_come(self, count: int) -> None:
        self._came += count
        self.note()
        if self._came > self._most:
            raise ValueError("too long an answer")

    def _was_unpacked(self, count: int) -> None:
        self._unpacked += count
        if self._unpacked > _LONGEST_LISTS:
            raise ValueError("too long an answer")


def _telling(read: Callable[[int], bytes], tell: Callable[[int], None]) -> Callable[[int], bytes]:
    def telling(size: int) -> bytes:
        piece = read(size)
        tell(len(piece))
        return piece

    return telling


def _transfer(
    direction: str, server: dict[str, Any], config: dict[str, Any], seconds: float, most: int
) -> None:
    """Move bytes for a while, telling all the while how many."""
    counted: list[list[int]] = []
    _count_into(counted)
    tester = _Configured(config)
    tester.config["length"] = {"download": seconds, "upload": seconds}
    tester._best.update(server)  # noqa: SLF001 - there is no other way to skip the choice
    over = threading.Event()
    teller = threading.Thread(target=_tell, args=(counted, over), daemon=True)
    teller.start()
    if direction == "down":
        tester.download()
    else:
        _shorten_uploads(tester.config, most)
        tester.upload(pre_allocate=False)
    over.set()
    teller.join()
    inside.write_line(done=True)


def _count_into(counted: list[list[int]]) -> None:
    """The library tells its bytes only at the end: the lists that it counts them in are kept as it makes them."""

    class Downloader(speedtest.HTTPDownloader):  # type: ignore[misc]
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            counted.append(self.result)

    class UploaderData(speedtest.HTTPUploaderData):  # type: ignore[misc]
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            counted.append(self.total)

        def read(self, n: int = 10240) -> bytes:
            chunk: bytes = super().read(n)
            if not chunk:
                self._data = io.BytesIO()  # the library keeps every upload that is over in memory
            return chunk

    speedtest.HTTPDownloader, speedtest.HTTPUploaderData = Downloader, UploaderData


def _tell(counted: list[list[int]], over: threading.Event) -> None:
    read: list[int] = []
    total = 0
    is_last = False
    while not is_last:
        is_last = over.wait(_TICK_S)
        read += [0] * (len(counted) - len(read))
        for index, sizes in enumerate(counted[: len(read)]):
            end = len(sizes)
            total += sum(sizes[read[index] : end])
            read[index] = end
        inside.write_line(bytes=total)


def _shorten_uploads(config: dict[str, Any], most: int) -> None:
    """No more uploads than may be sent."""
    kept, total = [], 0
    for size in config["sizes"]["upload"]:
        for _ in range(config["counts"]["upload"]):
            if total < most:
                kept.append(size)
                total += size
    config["sizes"]["upload"], config["counts"]["upload"], config["upload_max"] = kept, 1, len(kept)


def _go_through(proxies: dict[str, str]) -> None:
    """Use these proxies: the parent has read the environment. The library finds its `ProxyHandler` as a global name."""
    speedtest.ProxyHandler = lambda: urllib.request.ProxyHandler(proxies)


def _limit_memory() -> None:
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - not on Windows

    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (_ADDRESS_SPACE, _ADDRESS_SPACE))


def main() -> None:
    """Do what the command line asks for; what goes wrong is said in one line."""
    request = inside.request()
    inside.end_with_parent()
    _limit_memory()
    _go_through(request["proxies"])
    try:
        if request["do"] == "find":
            _find(request["mini"], request["bytes"])
        else:
            _transfer(
                request["do"], request["server"], request["config"], request["seconds"], request["bytes"]
            )
    except Exception as error:  # noqa: BLE001 - the library raises whatever its own libraries do
        inside.write_line(error=_ADDRESS.sub("…", f"{type(error).__name__}: {error}")[:200])
    inside.exit_now()


if __name__ == "__main__":
    main()
