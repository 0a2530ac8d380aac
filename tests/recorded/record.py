"""Record this machine's (or a namespace's) netlink answers: `python -m tests.recorded.record > tests/data/linux/NAME.json`."""

from __future__ import annotations

import sys

import msgspec

from amif_netcheck.platforms.linux import netlink

if __name__ == "__main__":
    recording = {
        "dump": netlink.dump(),
        "tcp_sockets": netlink.tcp_sockets(),
        "neighbours": netlink.neighbours()[1],
    }
    sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(recording, order="sorted"), indent=1))
