"""Public speed servers over HTTPS, each by its name, on a day when the first of them fail: `public_speed.py CERT KEY`.

www.speedtest.net never answers, speed.cloudflare.com refuses, one LibreSpeed server never answers, one is busy, one works.
"""

from __future__ import annotations

import http.server
import os
import ssl
import sys
import threading

WORKS, IS_BUSY = "ams.speedtest.clouvider.net", "fra.speedtest.clouvider.net"
REFUSES = "speed.cloudflare.com"
HANG = ("www.speedtest.net", "lon.speedtest.clouvider.net")
ALL = (WORKS, IS_BUSY, REFUSES, *HANG)
_MIB = os.urandom(1 << 20)


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if not self._refused():
            page, _, query = self.path.partition("?")
            if page == "/backend/garbage.php":
                self._garbage(int(query.partition("ckSize=")[2]))
            else:
                self._empty(200 if page == "/backend/empty.php" else 404)

    def do_POST(self) -> None:
        if not self._refused():
            left = int(self.headers["Content-Length"])
            while left and (piece := self.rfile.read1(min(left, 1 << 16))):
                left -= len(piece)
            self._empty(200)

    def _refused(self) -> bool:
        host = self.headers["Host"]
        if host in HANG:
            threading.Event().wait()
        status = {REFUSES: 403, IS_BUSY: 429}.get(host)
        if status is not None:
            self._empty(status)
        return status is not None

    def _empty(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _garbage(self, mebibytes: int) -> None:
        """In chunks, as PHP sends it."""
        self.send_response(200)
        self.send_header("Content-Type", "application/octet-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for _ in range(mebibytes):
            self.wfile.write(b"%x\r\n%b\r\n" % (len(_MIB), _MIB))
        self.wfile.write(b"0\r\n\r\n")


def main(cert: str, key: str) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(cert, key)
    server = http.server.ThreadingHTTPServer(("", 443), _Handler)
    server.daemon_threads = True
    server.socket = tls.wrap_socket(server.socket, server_side=True)
    server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
