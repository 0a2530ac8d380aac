"""The configuration of a test point."""

from __future__ import annotations

from dataclasses import dataclass, field

MB = 1_000_000


@dataclass(frozen=True)
class ServeLimits:
    """How much is given away. A *test* is one transfer over HTTP (a test of a line uses several at once) or one call.

    `client_mb` and `client_s` are what one client (an IPv4 address, or an IPv6 network of 64 bits) may use in any hour;
    ten transfers of one second are ten seconds.
    """

    tests: int = 128
    client_tests: int = 32
    test_s: float = 30.0
    test_mb: int = 8_000
    client_mb: int = 20_000
    client_s: float = 3_600.0
    client_packets_s: int = 4_000
    connections: int = 512
    client_connections: int = 128
    client_requests_s: int = 2_000


@dataclass(frozen=True)
class ServeTimeouts:
    """How long a connection waits.

    For a whole head; for the next request to begin; for the next bytes to move, either way; for its last answer to be read.
    """

    head_s: float = 10.0
    idle_s: float = 20.0
    stall_s: float = 10.0
    goodbye_s: float = 1.0


@dataclass(frozen=True)
class ServeConfig:
    """One test point. `host` is an address or a name; `port` is the same for TCP and UDP, 0 for any free one."""

    host: str
    port: int
    token: str = ""
    tls_cert: str = ""
    tls_key: str = ""
    limits: ServeLimits = field(default_factory=ServeLimits)
    timeouts: ServeTimeouts = field(default_factory=ServeTimeouts)
    log_addresses: bool = False

    @property
    def tls(self) -> bool:
        """Is it HTTPS?"""
        return bool(self.tls_cert)
