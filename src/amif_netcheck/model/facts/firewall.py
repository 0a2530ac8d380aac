"""What the network lets through, and what it puts in the way: firewalls, proxies, captive portals, inspection, names."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

from msgspec import Struct

from amif_netcheck.model.facts.base import NOT_REQUESTED, Address, Fact, Host, Unavailable, private


class Outcome(Enum):
    """How asking a place ended, after every repetition."""

    ANSWERED = "answered"  # a connection, or an answer to a datagram
    REFUSED = "refused"  # "nothing listens here", said by the other side or in its name
    FORBIDDEN = "forbidden"  # this computer or one on the way says that it may not pass
    UNREACHABLE = "unreachable"  # a computer on the way says that it can't be passed on
    SILENT = "silent"  # nothing came back in time
    CUT = "cut"  # the connection was accepted and then broken off
    LARGE_LOST = "large_lost"  # small packets pass, large ones vanish: a path MTU black hole (RFC 2923)
    SUNK = "sunk"  # its name leads to this computer itself or to no address, where nothing answers
    PROXY_DEAD = "proxy_dead"  # the proxy does not answer, or speaks no HTTP
    PROXY_NO_NAME = "proxy_no_name"  # there is no address for the proxy's name
    PROXY_FAILED = "proxy_failed"  # the proxy answers that it can't reach it (HTTP status 5xx)
    PROXY_PASSWORD = "proxy_password"  # the proxy wants to know who asks (HTTP status 407)  # noqa: S105
    PROXY_REFUSED = "proxy_refused"  # the proxy answers, and does not let it through
    NO_NAME = "no_name"  # there is no address for the name
    NAME_FAILED = "name_failed"  # the name servers answer that they can't find out (SERVFAIL)
    NAMES_SILENT = "names_silent"  # the name servers did not say in time whether there is one
    NO_ROUTE = "no_route"  # this computer has no way to addresses of that kind
    NO_RELAY = "no_relay"  # the connection stands, and what answers there is no relay (STUN)
    NOT_ADMITTED = "not_admitted"  # it answers, and does not know the credentials it was given
    NO_ROOM = "no_room"  # it answers, and has no room for us: a relay that is full, a server of another kind
    UNTRUSTED = (
        "untrusted"  # it answers within TLS, and nobody vouches for its certificate: it was told nothing
    )
    NO_WEBSOCKET = "no_websocket"  # the server answers and knows us, and no WebSocket to it comes through


class Role(Enum):
    """Why a place was asked."""

    MEETING = "meeting"
    STUN = "stun"  # a test server that answers over UDP
    TEST_POINT = "test_point"  # the one given by --speed-server
    PUBLIC = "public"  # a well-known web server, to compare
    MEDIA = "media"  # where sound and picture of the meeting may go


class AccessMethod(Enum):
    """Which way a place was asked."""

    IPV4 = "ipv4"
    IPV6 = "ipv6"
    PROXY = "proxy"
    NOTHING = "nothing"  # it never came to that


class Reach(Struct, frozen=True, kw_only=True):
    """One way to a place, and how it ended. `passing_bytes`: where large packets vanish, a size of IP packets that passes."""

    by: AccessMethod
    outcome: Outcome
    address: Address = ""
    passing_bytes: int = 0


class Trust(Enum):
    """Who vouches for a certificate."""

    PUBLIC = "public"  # an authority that browsers bring along (Mozilla's list)
    SYSTEM = "system"  # only an authority that somebody added to this computer
    NONE = "none"


class Flaw(Enum):
    """What is wrong with a certificate that nobody vouches for."""

    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    OTHER_NAME = "other_name"
    UNKNOWN_AUTHORITY = "unknown_authority"
    OTHER = "other"


class Certificate(Fact, frozen=True, kw_only=True):
    """What a web server shows to prove who it is. `product` is the inspection product that signed, empty if unknown."""

    trust: Trust
    flaw: Flaw | None = None
    issuer: Annotated[str, private("authority")] = ""
    product: str = ""


class Place(Struct, frozen=True, kw_only=True):
    """A server that was asked at a port, by every way there is.

    `certificate` is what the first way shows that opened, a proxy before the others; `direct_certificate` what is shown
    without that proxy.
    """

    role: Role
    server: Host
    port: int
    reach: tuple[Reach, ...]
    certificate: Certificate | Unavailable = NOT_REQUESTED
    direct_certificate: Certificate | Unavailable = NOT_REQUESTED


class Page(Enum):
    """What came in answer to asking for a page that is known by heart."""

    AS_EXPECTED = "as_expected"
    REPLACED = "replaced"  # another page
    MOVED = "moved"  # sent on to another page or server
    REFUSED = "refused"  # an error in place of a page, or the same page over TLS alone


class Portal(Fact, frozen=True, kw_only=True):
    """The answer to that question over HTTP without encryption, which a captive portal answers in its own way.

    `clock_ahead_s` is how much this computer's clock is ahead of the server's, from the answer's date.
    """

    server: Host
    page: Page
    status: int
    moved_to: Host = ""
    clock_ahead_s: float | Unavailable = NOT_REQUESTED


class ProxySource(Enum):
    """Who says that there is a proxy."""

    ENVIRONMENT = "environment"
    SYSTEM = "system"
    GNOME = "gnome"
    KDE = "kde"
    WINDOWS = "windows"


class ProxyKind(Enum):
    """How it is chosen."""

    MANUAL = "manual"
    SCRIPT = "script"  # a PAC file; it is named, never executed
    AUTOMATIC = "automatic"  # by WPAD


class Proxy(Struct, frozen=True, kw_only=True):
    """A proxy that is set up on this computer. `server` is its host, or its script's; empty when it is searched for.

    `spoken`: one that we can ask to let us through. Scripts, automatic search and other protocols (SOCKS) are left to browsers.
    `reached`: how a connection to the proxy itself ended. `exempts_meeting`: the exceptions name the meeting's server.
    """

    source: ProxySource
    kind: ProxyKind
    server: Host = ""
    port: int = 0
    spoken: bool = True
    reached: Outcome | None = None
    exempts_meeting: bool = False


class MeetingAddress(Enum):
    """What kind of address the meeting's name leads to."""

    PUBLIC = "public"
    INSIDE = "inside"  # an address for use inside a network (RFC 1918, 4193)
    SINKHOLE = "sinkhole"  # this computer itself, or none: how filters make a name lead nowhere


class NameServer(Struct, frozen=True, kw_only=True):
    """A name server that is set up on this computer, asked by itself."""

    address: Address
    outcome: Outcome


class Resolver(Fact, frozen=True, kw_only=True):
    """The names. `invents`: a name that can't exist (RFC 6761, `.invalid`) was given an address.

    `servers`: in the system's order, which asks the next one only when one stays silent for seconds.
    """

    invents: bool | Unavailable
    slowest_s: float | Unavailable
    meeting: MeetingAddress | Unavailable = NOT_REQUESTED
    servers: tuple[NameServer, ...] | Unavailable = NOT_REQUESTED


class MediaWay(Enum):
    """How sound and picture go: straight to the service or by its relay (TURN), over what."""

    UDP = "udp"
    TCP = "tcp"
    TLS = "tls"
    TURN_UDP = "turn-udp"
    TURN_TCP = "turn-tcp"
    TURN_TLS = "turn-tls"


class WithoutUdp(Enum):
    """What the service itself says of sound and picture over TCP; unknown where it says nothing."""

    WORKS = "works"
    WORSE = "worse"
    UNKNOWN = "unknown"


class PortRange(Struct, frozen=True, kw_only=True):
    """Ports of the service, the first and the last."""

    first: int
    last: int


class MediaRung(Struct, frozen=True, kw_only=True):
    """One way. Without `ports` it may be any. `places`: where it was asked, one port of each range.

    `named`: the profile says at which host; else the meeting's own was asked, and the service's may be another.
    `allocating`: it was asked with the service's own credentials, for a place on the relay that was given back at once;
    `told`: the service itself named relays there, and the credentials for them.
    """

    way: MediaWay
    ports: tuple[PortRange, ...] = ()
    named: bool = False
    allocating: bool = False
    told: bool = False
    places: tuple[Place, ...] | Unavailable


class MediaLadder(Fact, frozen=True, kw_only=True):
    """All ways of the meeting's service, which is known by this name in the profiles, in the order in which it tries them."""

    service: str
    without_udp: WithoutUdp
    rungs: tuple[MediaRung, ...]


class SignallingProtocol(Enum):
    """What the server that brings the participants together speaks: LiveKit's messages, or XMPP as Jitsi Meet has it."""

    LIVEKIT = "livekit"
    XMPP = "xmpp"


class Signalling(Fact, frozen=True, kw_only=True):
    """The server that brings the participants together. `version` is LiveKit's, which is entered with the settings' token."""

    server: Host
    port: int
    outcome: Outcome
    protocol: SignallingProtocol = SignallingProtocol.LIVEKIT
    version: str = ""


class FirewallFacts(Fact, frozen=True, kw_only=True):
    """What passes, place by place. `sending_forbidden`: this computer itself lets no datagram out."""

    udp: tuple[Place, ...] | Unavailable
    web: tuple[Place, ...] | Unavailable
    portal: Portal | Unavailable
    proxies: tuple[Proxy, ...] | Unavailable
    resolver: Resolver | Unavailable
    sending_forbidden: bool | Unavailable = NOT_REQUESTED
    meeting_host: Host = ""
    ladder: MediaLadder | Unavailable = NOT_REQUESTED
    signalling: Signalling | Unavailable = NOT_REQUESTED
