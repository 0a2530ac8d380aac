"""What is served at which path: the pages of the speed tests that people already use, and our own."""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Protocol

from amif_netcheck import __version__
from amif_netcheck.measure.media import LONGEST_S
from amif_netcheck.serve.calls import Calls, granted_plan
from amif_netcheck.serve.config import MB, ServeConfig
from amif_netcheck.serve.requests import BadRequestError, Request, Response, as_json, flat_json_object

_MIB = 1 << 20
_LIBRESPEED_MIB, _LIBRESPEED_MOST_MIB = 4, 1024
_BUSY_RETRY_S = 5
_JSON_BYTES = 4096
_HOST = re.compile(r"[A-Za-z0-9.:_\[\]-]{1,260}")
_PHOTO_BYTES = {
    350: 245_388,
    500: 505_544,
    750: 1_118_012,
    1000: 1_986_284,
    1500: 4_468_241,
    2000: 7_907_740,
    2500: 12_407_926,
    3000: 17_816_816,
    3500: 24_262_167,
    4000: 31_625_365,
}
_PHOTO = re.compile(r"/speedtest/random(\d{3,4})x\1\.jpg")
_CALL = re.compile(r"/amif/call/([0-9a-f]{16})")
_HOME = b"""<!doctype html><title>amif-netcheck</title>
<p>A test point of amif-netcheck.</p>
<script>var settings = { upload_extension: "php" };</script>
"""
"""`upload_extension` is what speedtest-cli looks for on the page of a "mini" server."""

NOT_FOUND = Response(HTTPStatus.NOT_FOUND, b"Not Found\n")


class ServedRequest(Protocol):
    """One request under way, as a route sees it."""

    request: Request
    address: str

    def take_all(self) -> int:
        """Receive the body as a test and throw it away; returns its length."""

    def take(self, most: int) -> bytes:
        """Receive a short body."""


def busy(retry_s: int) -> Response:
    """Beyond the limits: ask again after so many seconds."""
    return Response(
        HTTPStatus.TOO_MANY_REQUESTS, b"Too many tests\n", more=(("Retry-After", str(retry_s)),), close=True
    )


class Routes:
    """Finds the answer to a request."""

    def __init__(self, config: ServeConfig, calls: Calls, port: int) -> None:
        self._config, self._calls, self._port = config, calls, port
        self._gets: Mapping[str, Callable[[ServedRequest], Response]] = {
            "/": lambda _: Response(body=_HOME, kind="text/html; charset=utf-8"),
            "/garbage.php": self._garbage,
            "/empty.php": lambda _: Response(),
            "/getIP.php": lambda served: as_json({"processedString": served.address, "rawIspInfo": ""}),
            "/__down": lambda served: self._noise(served.request.number("bytes", 0)),
            "/speedtest/upload.php": lambda _: Response(body=b"size=500"),
            "/speedtest/latency.txt": lambda _: Response(body=b"test=test\n"),
            "/.well-known/nq": self._network_quality,
            "/nq/small": lambda _: self._noise(1),
            "/nq/large": lambda _: self._noise(config.limits.test_mb * MB),
            "/.well-known/amif-netcheck": lambda _: self._ourselves(),
        }
        self._posts: Mapping[str, Callable[[ServedRequest], Response]] = {
            "/empty.php": lambda served: self._sink(served, ""),
            "/__up": lambda served: self._sink(served, "OK\n"),
            "/speedtest/upload.php": lambda served: self._sink(served, "size={size}"),
            "/nq/upload": lambda served: self._sink(served, ""),
            "/amif/call": self._announce,
        }

    def answer(self, served: ServedRequest) -> Response:
        """The answer to a request.

        Raises:
            BadRequestError: a parameter makes no sense.
        """
        path = self._below_token(served.request.path)
        if path is None:
            return NOT_FOUND
        method = served.request.method
        if method == "OPTIONS":
            return Response(HTTPStatus.NO_CONTENT)
        if method not in {"GET", "HEAD", "POST"}:
            return Response(HTTPStatus.METHOD_NOT_ALLOWED, b"Method Not Allowed\n", close=True)
        path = path.removeprefix("/backend") or "/"
        return self._post(path, served) if method == "POST" else self._get(path, served)

    def _get(self, path: str, served: ServedRequest) -> Response:
        if path in self._gets:
            return self._gets[path](served)
        if (photo := _PHOTO.fullmatch(path)) and int(photo[1]) in _PHOTO_BYTES:
            return self._noise(_PHOTO_BYTES[int(photo[1])])
        if call := _CALL.fullmatch(path):
            result = self._calls.result(call[1], served.address)
            return as_json(result) if result is not None else NOT_FOUND
        return NOT_FOUND

    def _post(self, path: str, served: ServedRequest) -> Response:
        return self._posts[path](served) if path in self._posts else NOT_FOUND

    def _below_token(self, path: str) -> str | None:
        """The path without the token; None when the token is not right."""
        if not self._config.token:
            return path
        first, _, rest = path.removeprefix("/").partition("/")
        right = hmac.compare_digest(first.encode(), self._config.token.encode())
        return f"/{rest}" if right else None

    def _noise(self, size: int) -> Response:
        return Response(noise=min(size, self._config.limits.test_mb * MB))

    def _garbage(self, served: ServedRequest) -> Response:
        chunks = served.request.number("ckSize", _LIBRESPEED_MIB)
        return self._noise(min(max(chunks, 1), _LIBRESPEED_MOST_MIB) * _MIB)

    def _sink(self, served: ServedRequest, confirmation: str) -> Response:
        return Response(body=confirmation.format(size=served.take_all()).encode())

    def _network_quality(self, served: ServedRequest) -> Response:
        host = served.request.fields.get("host", "")
        if not _HOST.fullmatch(host):
            raise BadRequestError(HTTPStatus.BAD_REQUEST)
        token = f"/{self._config.token}" if self._config.token else ""
        base = f"{'https' if self._config.tls else 'http'}://{host}{token}/nq"
        urls = {
            "small_https_download_url": f"{base}/small",
            "large_https_download_url": f"{base}/large",
            "https_upload_url": f"{base}/upload",
        }
        return as_json({"version": 1, "urls": urls})

    def _ourselves(self) -> Response:
        return as_json(
            {
                "name": "amif-netcheck",
                "version": __version__,
                "udp_port": self._port,
                "call": True,
                "max_call_s": LONGEST_S,
                "max_test_s": self._config.limits.test_s,
                "max_mb": self._config.limits.test_mb,
            }
        )

    def _announce(self, served: ServedRequest) -> Response:
        try:
            plan = granted_plan(flat_json_object(served.take(_JSON_BYTES)))
        except TypeError:
            raise BadRequestError(HTTPStatus.BAD_REQUEST) from None
        token = self._calls.announce(plan, served.address)
        if token is None:
            return busy(_BUSY_RETRY_S)
        granted = {"audio_pps": plan.audio_pps, "video_bit_s": plan.video_bit_s, "seconds": plan.seconds}
        return as_json({"token": token, "udp_port": self._port, **granted})
