"""Which way of a line loses, told by what a real system's TCP had to send again over an emulated one."""

from __future__ import annotations

import json
import sys

import pytest

from tests.lab.addresses import AWAY
from tests.lab.house import House
from tests.real.support import Network

pytestmark = pytest.mark.real("/dev/net/tun", "nft")

PORT = 8443
SCRIPT = """
import json, sys, threading, time
import msgspec
from amif_netcheck import platforms
from amif_netcheck.measure import paced_upload
from amif_netcheck.measure.ledger import Ledger
from amif_netcheck.measure.names import Names
from amif_netcheck.measure.throughput.protocols import SpeedTestProtocol
from amif_netcheck.measure.web import Web
from amif_netcheck.model.address import base_of
from amif_netcheck.model.facts import Engine

protocol = SpeedTestProtocol(Engine.LIBRESPEED, Web(base_of(sys.argv[1]), Names()))
system, now = platforms.current(), time.monotonic()
told = paced_upload.measure(
    protocol, system.acked_bytes, system.resent_bytes, Ledger(), began=now, until=now + 8, stop=threading.Event()
)
print(json.dumps(msgspec.to_builtins(told)))
"""


@pytest.mark.parametrize(
    ("loses", "low", "high"),
    [("a2b:loss=0.15", 0.07, 0.26), ("b2a:loss=0.15", 0.0, 0.05), ("a2b:jitter=10 b2a:jitter=10", 0.0, 0.03)],
    ids=["the way up", "the way down", "jitter alone"],
)
def test_what_the_way_up_loses_is_sent_again_and_nothing_else(
    network: Network, loses: str, low: float, high: float
) -> None:
    """15 % of single packets, of 300 and more: four standard deviations either way."""
    ways = {"a2b": "a2b:rate=1e7,delay=15", "b2a": "b2a:rate=1e7,delay=15"}
    place = House(network, *ways.values())
    serve = (sys.executable, "-m", "amif_netcheck", "serve", "--host", AWAY, "--port", str(PORT))
    place.internet.start(*serve, listens=("tcp", PORT))
    place.line.set(loses)
    told = json.loads(place.home.run(sys.executable, "-c", SCRIPT, f"http://{AWAY}:{PORT}/"))
    assert told["seconds"] > 4, told
    assert low <= told["resent_bytes"] / (told["acked_bytes"] + told["resent_bytes"]) <= high, told
