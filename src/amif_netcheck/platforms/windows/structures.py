"""How Windows lays out its network tables in memory, for x64 and ARM64 (netioapi.h, iprtrmib.h, tcpmib.h, udpmib.h).

Fields bear the names of the headers, in lower case. All types have a fixed width, so that the same bytes are read alike on
any system.
"""

from __future__ import annotations

from ctypes import Structure, c_int32, c_int64, c_uint8, c_uint16, c_uint32, c_uint64

_NAME = c_uint16 * 257  # IF_MAX_STRING_SIZE and a zero
_HARDWARE_ADDRESS = c_uint8 * 32  # IF_MAX_PHYS_ADDRESS_LENGTH


class SockaddrInet(Structure):
    """SOCKADDR_INET: the fields of SOCKADDR_IN6; an IPv4 address is where `flowinfo` is."""

    _fields_ = (
        ("family", c_uint16),
        ("port", c_uint16),
        ("flowinfo", c_uint8 * 4),
        ("address", c_uint8 * 16),
        ("scope_id", c_uint32),
    )


class IfRow2(Structure):
    """MIB_IF_ROW2."""

    _fields_ = (
        ("luid", c_uint64),
        ("index", c_uint32),
        ("guid", c_uint8 * 16),
        ("alias", _NAME),
        ("description", _NAME),
        ("physical_address_length", c_uint32),
        ("physical_address", _HARDWARE_ADDRESS),
        ("permanent_physical_address", _HARDWARE_ADDRESS),
        ("mtu", c_uint32),
        ("type", c_uint32),
        ("tunnel_type", c_uint32),
        ("media_type", c_uint32),
        ("physical_medium_type", c_uint32),
        ("access_type", c_uint32),
        ("direction_type", c_uint32),
        ("flags", c_uint8),
        ("oper_status", c_uint32),
        ("admin_status", c_uint32),
        ("media_connect_state", c_uint32),
        ("network_guid", c_uint8 * 16),
        ("connection_type", c_uint32),
        ("transmit_link_speed", c_uint64),
        ("receive_link_speed", c_uint64),
        ("in_octets", c_uint64),
        ("in_rest", c_uint64 * 8),
        ("out_octets", c_uint64),
        ("out_rest", c_uint64 * 8),
    )


class UnicastAddressRow(Structure):
    """MIB_UNICASTIPADDRESS_ROW."""

    _fields_ = (
        ("address", SockaddrInet),
        ("luid", c_uint64),
        ("index", c_uint32),
        ("prefix_origin", c_uint32),
        ("suffix_origin", c_uint32),
        ("valid_lifetime", c_uint32),
        ("preferred_lifetime", c_uint32),
        ("on_link_prefix_length", c_uint8),
        ("skip_as_source", c_uint8),
        ("dad_state", c_uint32),
        ("scope_id", c_uint32),
        ("creation_time", c_int64),
    )


class ForwardRow2(Structure):
    """MIB_IPFORWARD_ROW2."""

    _fields_ = (
        ("luid", c_uint64),
        ("index", c_uint32),
        ("destination", SockaddrInet),
        ("prefix_length", c_uint8),
        ("next_hop", SockaddrInet),
        ("site_prefix_length", c_uint8),
        ("valid_lifetime", c_uint32),
        ("preferred_lifetime", c_uint32),
        ("metric", c_uint32),
        ("protocol", c_uint32),
        ("loopback", c_uint8),
        ("autoconfigure_address", c_uint8),
        ("publish", c_uint8),
        ("immortal", c_uint8),
        ("age", c_uint32),
        ("origin", c_uint32),
    )


class IpInterfaceRow(Structure):
    """MIB_IPINTERFACE_ROW: an interface as one IP family sees it."""

    _fields_ = (
        ("family", c_uint16),
        ("luid", c_uint64),
        ("index", c_uint32),
        ("max_reassembly_size", c_uint32),
        ("identifier", c_uint64),
        ("advertisement_intervals", c_uint32 * 2),
        ("switches", c_uint8 * 9),
        ("router_discovery", c_uint32),
        ("times", c_uint32 * 6),
        ("zone_indices", c_uint32 * 16),
        ("site_prefix_length", c_uint32),
        ("metric", c_uint32),
        ("nl_mtu", c_uint32),
        ("connected", c_uint8),
        ("supports", c_uint8 * 3),
        ("reachable_time", c_uint32),
        ("offloads", c_uint8 * 2),
        ("disable_default_routes", c_uint8),
    )


class IfStackRow(Structure):
    """MIB_IFSTACK_ROW: one interface is layered over another."""

    _fields_ = (("higher", c_uint32), ("lower", c_uint32))


class NeighbourRow2(Structure):
    """MIB_IPNET_ROW2."""

    _fields_ = (
        ("address", SockaddrInet),
        ("index", c_uint32),
        ("luid", c_uint64),
        ("physical_address", _HARDWARE_ADDRESS),
        ("physical_address_length", c_uint32),
        ("state", c_uint32),
        ("flags", c_uint8),
        ("reachability_ms", c_uint32),
    )


class TcpRow(Structure):
    """MIB_TCPROW_OWNER_PID. Ports are in network order, in the lower half of their field."""

    _fields_ = (
        ("state", c_uint32),
        ("local_address", c_uint8 * 4),
        ("local_port", c_uint8 * 4),
        ("remote_address", c_uint8 * 4),
        ("remote_port", c_uint8 * 4),
        ("pid", c_uint32),
    )


class Tcp6Row(Structure):
    """MIB_TCP6ROW_OWNER_PID."""

    _fields_ = (
        ("local_address", c_uint8 * 16),
        ("local_scope", c_uint32),
        ("local_port", c_uint8 * 4),
        ("remote_address", c_uint8 * 16),
        ("remote_scope", c_uint32),
        ("remote_port", c_uint8 * 4),
        ("state", c_uint32),
        ("pid", c_uint32),
    )


class UdpRow(Structure):
    """MIB_UDPROW_OWNER_PID."""

    _fields_ = (("local_address", c_uint8 * 4), ("local_port", c_uint8 * 4), ("pid", c_uint32))


class Udp6Row(Structure):
    """MIB_UDP6ROW_OWNER_PID."""

    _fields_ = (
        ("local_address", c_uint8 * 16),
        ("local_scope", c_uint32),
        ("local_port", c_uint8 * 4),
        ("pid", c_uint32),
    )


class ConnectivityHint(Structure):
    """NL_NETWORK_CONNECTIVITY_HINT (nldef.h)."""

    _fields_ = (
        ("level", c_int32),
        ("cost", c_int32),
        ("approaching_data_limit", c_uint8),
        ("over_data_limit", c_uint8),
        ("roaming", c_uint8),
    )
