"""By how much this computer's clock is off, as a page's date tells it; a cache on the way says how long it has kept the page."""

from __future__ import annotations

import threading
import time
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from amif_netcheck.measure.ledger import Ledger
from amif_netcheck.measure.names import Names
from amif_netcheck.measure.reach.portal import KnownPage, check_page
from amif_netcheck.model.facts import Page, Portal


@pytest.mark.parametrize(
    ("age", "ahead_s"),
    [("", 3600), ("3600", 0), ("0", 3600), ("x", 3600)],
    ids=["none", "kept", "new", "odd"],
)
def test_a_page_that_was_kept_is_no_wrong_clock(age: str, ahead_s: float) -> None:
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response_only(200)
            self.send_header("Date", formatdate(time.time() - 3600, usegmt=True))
            if age:
                self.send_header("Age", age)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        page = KnownPage(f"http://127.0.0.1:{server.server_port}/ok.txt", "ok")
        seen = check_page(page, Names(), Ledger(), until=time.monotonic() + 10, stop=threading.Event())
        server.shutdown()
    assert isinstance(seen, Portal)
    assert seen.page is Page.AS_EXPECTED
    assert seen.clock_ahead_s == pytest.approx(ahead_s, abs=10)
