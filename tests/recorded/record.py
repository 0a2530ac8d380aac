"""Record this machine's (or a namespace's) netlink answers.

`python -m tests.recorded.record > tests/data/linux/NAME.json` as the parsers see them; with `--raw` as the kernel wrote them,
with two connections of our own.
"""

from __future__ import annotations

import socket
import sys
import time

import msgspec

from amif_netcheck.platforms.linux import inet_diag, rtnetlink
from amif_netcheck.platforms.linux.netlink import ROUTE, SOCK_DIAG, NetlinkSocket

_GET = {"links": (18, 16), "addresses": (22, 8), "routes": (26, 12), "neighbours": (30, 12)}
"""linux/rtnetlink.h: the question, and the length of its header."""


def connected(family: socket.AddressFamily, sent: int, answered: int) -> tuple[list[socket.socket], int, int]:
    """A connection within this machine that has carried so many bytes; its sockets, and the ports of its two ends."""
    with socket.create_server(("" if family == socket.AF_INET6 else "127.0.0.1", 0), family=family,
                              dualstack_ipv6=family == socket.AF_INET6) as server:  # fmt: skip
        client = socket.create_connection(("127.0.0.1", server.getsockname()[1]))
        other, _ = server.accept()
    client.sendall(bytes(sent))
    other.recv(sent, socket.MSG_WAITALL)
    other.sendall(bytes(answered))
    client.recv(answered, socket.MSG_WAITALL)
    return [client, other], client.getsockname()[1], other.getsockname()[1]


def raw() -> dict[str, object]:
    ipv4, client, server = connected(socket.AF_INET, 3000, 10)
    ipv6, client6, server6 = connected(socket.AF_INET6, 10, 500)
    until = time.monotonic() + 5
    tables: dict[str, object] = {"ports": (client, server, client6, server6)}
    with NetlinkSocket(ROUTE, until) as kernel:
        for table, (question, length) in _GET.items():
            tables[table] = [answer.hex() for answer in kernel.dump(question, bytes(length))]
    with NetlinkSocket(SOCK_DIAG, until) as kernel:
        tables["tcp_sockets"] = [
            answer.hex()
            for family in (socket.AF_INET, socket.AF_INET6)
            for answer in kernel.dump(*inet_diag.question(family))
        ]
    for sock in (*ipv4, *ipv6):
        sock.close()
    return tables


if __name__ == "__main__":
    if "--raw" in sys.argv:
        recording = raw()
    else:
        dump = rtnetlink.dump()
        neighbours = [entry for link in dump.links for entry in rtnetlink.neighbours(link["index"])]
        recording = {"dump": dump, "neighbours": neighbours}
    sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(recording, order="sorted"), indent=1))
