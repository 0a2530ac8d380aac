"""Layouts of real Macs: interfaces and routes as they stand with and without VPNs, telephones, docks and virtual machines.

Which interfaces and routes each product leaves is from public reports: WireGuard's application (sshuttle/sshuttle#864), wg-quick
(WireGuard/wireguard-tools#8), Tailscale (kellyjonbrazil/jc#581, tailscale's own documents), GlobalProtect and IKEv2
(GeiserX/VPN-Bypass#26, #99), openfortivpn (adrienverge/openfortivpn#378), Cloudflare WARP (sshuttle/sshuttle#1036), openconnect
(sshuttle/sshuttle#188), iPhone sharing (sshuttle/sshuttle#864), virtual machines
(glpi-project/glpi-agent resources/macos/ifconfig). The blocks are those of `macs`.
"""

from __future__ import annotations

from tests.recorded.macs import (
    TO_A_POINT,
    Mac,
    apples_routes,
    apples_tunnels,
    block,
    bridge,
    cable,
    dead_ends,
    home,
    loopback,
    netstat_of,
    thunderbolt_ports,
    tunnel,
    wifi,
)

_USB_REALTEK = """+-o USB 10/100/1000 LAN@02100000  <class IOUSBHostDevice, id 0x100001a2b, registered, matched, active, busy 0 (35 ms), retain 37>
  | {
  |   "idProduct" = 33107
  |   "idVendor" = 3034
  |   "USB Product Name" = "USB 10/100/1000 LAN"
  | }
  |
  +-o IOUSBHostInterface@0  <class IOUSBHostInterface, id 0x100001a3c, registered, matched, active, busy 0 (21 ms), retain 9>
    | {
    |   "bInterfaceClass" = 255
    | }
    |
    +-o AppleUSBRealtek8153  <class IOUserNetworkEthernet, id 0x100001a41, registered, matched, active, busy 0 (0 ms), retain 12>
      +-o en7  <class IOEthernetInterface, id 0x100001a45, registered, matched, active, busy 0 (0 ms), retain 11>
          {
            "BSD Name" = "en7"
            "IOInterfaceType" = 6
          }
"""
_USB_IPHONE = """+-o iPhone@01100000  <class IOUSBHostDevice, id 0x100000f01, registered, matched, active, busy 0 (60 ms), retain 51>
  | {
  |   "idVendor" = 1452
  |   "idProduct" = 4776
  |   "SupportsIPhoneOS" = Yes
  | }
  |
  +-o AppleUSBEthernetHost  <class AppleUSBEthernetHost, id 0x100000f22, registered, matched, active, busy 0 (0 ms), retain 9>
    +-o en8  <class IOEthernetInterface, id 0x100000f25, registered, matched, active, busy 0 (0 ms), retain 11>
        {
          "BSD Name" = "en8"
        }
"""
_USB_ANDROID = """+-o Pixel@01200000  <class IOUSBHostDevice, id 0x100000e01, registered, matched, active, busy 0 (60 ms), retain 51>
  | {
  |   "idVendor" = 6353
  |   "idProduct" = 20203
  | }
  |
  +-o AppleUSBNCMData  <class AppleUSBNCMData, id 0x100000e22, registered, matched, active, busy 0 (0 ms), retain 9>
    +-o en9  <class IOEthernetInterface, id 0x100000e25, registered, matched, active, busy 0 (0 ms), retain 11>
        {
          "BSD Name" = "en9"
        }
"""
"""By the shape of ioreg(8)'s trees (macOS 14, sebhildebrandt/systeminformation#895); classes are configd's."""

_BASE = loopback() + dead_ends()
SERVICES = "Available network connection services in the current set (*=enabled):\n"


def service(
    name: str,
    kind: str,
    *,
    status: str = "Connected",
    identifier: str = "9B33EDB3-0000-4000-8000-0123456789AB",
) -> str:
    """A line of `scutil --nc list`, by the format of configd's scutil.tproj/nc.c."""
    display = f"VPN ({kind.partition(':')[2]})" if kind.startswith("VPN:") else kind
    return f'* ({status + ")":<15} {identifier} {display:<18} "{name}"                      [{kind}]\n'


WIFI_ALONE = Mac(_BASE + wifi() + apples_tunnels(), netstat_of(home(), apples_routes()))
MINI_WITHOUT_A_CABLE = Mac(
    _BASE + cable("en0", 8, plugged=False) + wifi("en1", 14) + apples_tunnels(2),
    netstat_of(home("en1"), apples_routes(2)),
)
MINI_WITH_BOTH = Mac(
    _BASE + cable("en0", 8) + wifi("en1", 14, "192.168.1.21"),
    netstat_of([*home("en0", 8), *home("en1", 14, scoped=True)]),
)
DOCK = Mac(
    _BASE
    + wifi(connected=False)
    + cable("en7", 18, usb=True)
    + thunderbolt_ports()
    + bridge("bridge0", 13, ("en1", "en2", "en3"), active=False),
    netstat_of(home("en7", 18)),
    outputs={"ioreg -r -c IOUSBHostDevice": _USB_REALTEK},
)
THUNDERBOLT_DOCK = Mac(
    _BASE + wifi(connected=False) + cable("en5", 18, media="autoselect (2500Base-T <full-duplex>)"),
    netstat_of(home("en5", 18)),
)
IPHONE_BY_CABLE = Mac(
    _BASE
    + wifi(connected=False)
    + cable("en8", 19, "172.20.10.2", usb=True, extended="EXPENSIVE", media="autoselect <full-duplex>"),
    netstat_of(
        [
            "default            172.20.10.1        UGScg               en8",
            "172.20.10/28       link#19            UCS                 en8      !",
        ]
    ),
    outputs={"ioreg -r -c IOUSBHostDevice": _USB_IPHONE},
)
ANDROID_BY_CABLE = Mac(
    _BASE
    + wifi(connected=False)
    + cable("en9", 19, "192.168.42.129", usb=True, media="autoselect <full-duplex>"),
    netstat_of(["default            192.168.42.1       UGScg               en9"]),
    outputs={"ioreg -r -c IOUSBHostDevice": _USB_REALTEK + _USB_ANDROID},
)
IPHONE_BY_WIFI = Mac(
    _BASE + wifi(ipv4="172.20.10.4", extended="EXPENSIVE"),
    netstat_of(["default            172.20.10.1        UGScg               en0"]),
)
IPHONE_BY_BLUETOOTH = Mac(
    _BASE
    + block("en6", 18, "UP,BROADCAST,SMART,RUNNING,SIMPLEX,MULTICAST", "ether a4:83:e7:00:00:06", "inet 172.20.10.5 netmask 0xfffffff0 broadcast 172.20.10.15",
            "media: autoselect", "status: active", kind="Bluetooth PAN", family=(6, 2, 2), functional="wired", extended="EXPENSIVE"),
    netstat_of(["default            172.20.10.1        UGScg               en6"]),
)  # fmt: skip
LOW_DATA_MODE = Mac(_BASE + wifi(constrained=True), netstat_of(home()))
THUNDERBOLT_BRIDGE = Mac(
    _BASE + wifi(connected=False) + thunderbolt_ports(active="en2")
    + bridge("bridge0", 13, ("en1", "en2", "en3"), "inet 192.168.1.40 netmask 0xffffff00 broadcast 192.168.1.255"),
    netstat_of(home("bridge0", 13)),
)  # fmt: skip
PRIVATE_RELAY = Mac(_BASE + wifi() + apples_tunnels(6), netstat_of(home(), apples_routes(6)))
TAILSCALE = Mac(
    _BASE + wifi() + apples_tunnels(3) + tunnel("utun3", 25, "inet 100.87.112.117 --> 100.87.112.117 netmask 0xffffffff", "inet6 fd7a:115c:a1e0::1901:7075 prefixlen 48 ", agent="Tailscale"),
    netstat_of(
        [*home(), "default            link#25            UCSIg             utun3", "100.64/10          link#25            UCS               utun3",
         "100.87.112.117     100.87.112.117     UH                utun3", "100.100.100.100/32 link#25            UCS               utun3"],
        apples_routes(3),
    ),
    outputs={"scutil --nc list": SERVICES + service("Tailscale", "VPN:io.tailscale.ipn.macsys")},
)  # fmt: skip
TAILSCALE_EXIT_NODE = Mac(
    TAILSCALE.ifconfig,
    netstat_of(
        [
            "default            link#25            UCSg              utun3",
            *home(scoped=True),
            "100.87.112.117     100.87.112.117     UH                utun3",
        ]
    ),
    outputs=TAILSCALE.outputs,
)
WIREGUARD = Mac(
    _BASE + wifi() + apples_tunnels(2) + tunnel("utun2", 24, "inet 10.6.0.2 --> 10.6.0.2 netmask 0xffffffff", agent="mairie"),
    netstat_of(
        ["default            link#24            UCSg              utun2", *home(scoped=True), "8.8.8.8            link#24            UHW3Ig            utun2     11",
         "10.6.0.2           10.6.0.2           UH                utun2"],
        ["default                                 link#24                         UCSg                utun2", *apples_routes(2)],
    ),
    outputs={"scutil --nc list": SERVICES + service("autre", "VPN:com.wireguard.macos", status="Disconnected", identifier="F866AE22-0000-4000-8000-0123456789AB") + service("mairie", "VPN:com.wireguard.macos")},
)  # fmt: skip
OPENVPN_BY_HALVES = Mac(
    _BASE + wifi() + tunnel("utun4", 26, "inet 10.8.0.6 --> 10.8.0.5 netmask 0xffffffff", is_vpn=False),
    netstat_of(["0/1                10.8.0.5           UGSc              utun4", *home(), "10.8.0.5           10.8.0.6           UH                utun4",
                "128.0/1            10.8.0.5           UGSc              utun4", "203.0.113.9/32     192.168.1.1        UGSc                en0"]),
)  # fmt: skip
ANYCONNECT_SPLIT = Mac(
    _BASE + wifi() + tunnel("utun4", 26, "inet 10.20.4.7 --> 10.20.4.7 netmask 0xffffc000", is_vpn=False, effective=""),
    netstat_of([*home(), "10                 10.20.4.7          UGSc              utun4", "198.51.100/24      10.20.4.7          UGSc              utun4",
                "10.20.4.7          10.20.4.7          UH                utun4", "203.0.113.20/32    192.168.1.1        UGSc                en0"]),
)  # fmt: skip
GLOBALPROTECT = Mac(
    _BASE + wifi() + tunnel("utun4", 26, "inet 10.20.30.40 --> 10.20.30.40 netmask 0xffffffff", agent="GlobalProtect"),
    netstat_of(["default            10.20.30.1         UGScg             utun4", *home(scoped=True), "10.20.30.40        10.20.30.40        UHr               utun4",
                "10.20/16           link#26            UCS               utun4"]),
    outputs={"scutil --nc list": SERVICES + service("GlobalProtect", "VPN:com.paloaltonetworks.GlobalProtect.client")},
)  # fmt: skip
GLOBALPROTECT_WITH_ITS_OWN_DRIVER = Mac(
    _BASE
    + wifi()
    + block("gpd0", 26, TO_A_POINT, "inet 10.20.30.40 --> 10.20.30.40 netmask 0xffffffff", mtu=1400),
    netstat_of(["default            10.20.30.40        UGSc               gpd0", *home(scoped=True)]),
)
FORTICLIENT = Mac(
    _BASE
    + wifi()
    + block(
        "ppp0",
        26,
        TO_A_POINT,
        "inet 10.212.134.200 --> 169.254.2.1 netmask 0xffffff00",
        mtu=1354,
        family=(0x17, 6, 0),
    ),
    netstat_of(
        [
            "default            ppp0               USc                ppp0",
            *home(scoped=True),
            "203.0.113.30/32    192.168.1.1        UGSc                en0",
        ]
    ),
)
IKEV2 = Mac(
    _BASE + wifi() + tunnel("ipsec0", 26, "inet 10.99.0.5 --> 10.99.0.5 netmask 0xff000000", family=(1, 18, 0)),
    netstat_of(["default            link#26            UCSg             ipsec0", *home(scoped=True), "203.0.113.40/32    192.168.1.1        UGHS                en0"]),
    outputs={"scutil --nc list": SERVICES + service("Mairie IKEv2", "IPSec"),
             "scutil --nc status": "Connected\nExtended Status <dictionary> {\n  IPv4 : <dictionary> {\n    InterfaceName : ipsec0\n  }\n  Status : 2\n}\n"},
)  # fmt: skip
COMPANION_LINKS = Mac(
    _BASE
    + wifi()
    + block(
        "ipsec1",
        27,
        TO_A_POINT,
        "inet6 fe80::5:6:7:8%ipsec1 prefixlen 64 scopeid 0x1b ",
        kind="Companion Link Wi-Fi",
        family=(1, 18, 3),
    ),
    netstat_of(home()),
)
TELEPHONE_IN_DEVELOPMENT = Mac(
    _BASE
    + wifi()
    + block("utun5", 28, TO_A_POINT, "inet6 fd71:6d6a:1f2e::2 prefixlen 64 ", mtu=16000, family=(1, 17, 0)),
    netstat_of(
        home(),
        ["fd71:6d6a:1f2e::/64                     fd71:6d6a:1f2e::2               UGcI                utun5"],
    ),
)
ZEROTIER = Mac(
    _BASE + wifi()
    + block("feth1234", 30, "UP,BROADCAST,RUNNING,SIMPLEX,MULTICAST", "ether 32:11:22:33:44:55", "inet 10.147.20.5 netmask 0xffffff00 broadcast 10.147.20.255",
            "media: autoselect", "status: active", mtu=2800, kind="Ethernet", family=(6, 2, 0), functional="wired")
    + block("feth6234", 31, "UP,BROADCAST,RUNNING,SIMPLEX,MULTICAST", "ether 66:65:74:68:30:01", "media: autoselect", "status: active", kind="Ethernet", family=(6, 2, 0)),
    netstat_of([*home(), "10.147.20/24       link#30            UCS            feth1234      !"]),
)  # fmt: skip
VIRTUAL_MACHINES = Mac(
    _BASE + wifi()
    + block("vmenet0", 30, "UP,BROADCAST,RUNNING,PROMISC,SIMPLEX,MULTICAST", "ether 5e:52:30:00:00:01", "media: autoselect", "status: active", kind="Ethernet", family=(6, 2, 9))
    + bridge("bridge100", 31, ("vmenet0",), "inet 192.168.64.1 netmask 0xffffff00 broadcast 192.168.64.255", "inet6 fd4b:52c1:7b2a::1 prefixlen 64 ")
    + block("vnic0", 32, "UP,BROADCAST,RUNNING,SIMPLEX,MULTICAST", "ether 00:1c:42:00:00:08", "inet 10.211.55.2 netmask 0xffffff00 broadcast 10.211.55.255", "media: autoselect", "status: active", family=(6, 2, 0)),
    netstat_of([*home(), "10.211.55/24       link#32            UC                vnic0      !", "192.168.64         link#31            UC            bridge100      !"]),
)  # fmt: skip
SHARING_ITS_CABLE = Mac(
    _BASE
    + cable("en0", 8)
    + bridge("bridge100", 31, ("ap1",), "inet 192.168.2.1 netmask 0xffffff00 broadcast 192.168.2.255"),
    netstat_of([*home("en0", 8), "192.168.2          link#31            UC            bridge100      !"]),
)
IPV6_ALONE = Mac(
    _BASE + wifi(ipv4="", ipv6="2001:db8:1:2::20"),
    netstat_of([], ["default                                 fe80::1%en0                     UGcg                  en0", "2001:db8:1:2::/64                       link#14                         UC                    en0",
                    "fe80::%en0/64                           link#14                         UCI                   en0"]),
)  # fmt: skip
IPV6_WITH_CLAT = Mac(
    _BASE
    + block("en0", 14, "UP,BROADCAST,SMART,RUNNING,SIMPLEX,MULTICAST", "ether a4:83:e7:00:00:01", "inet6 fe80::1c2a:22ff:fe00:1%en0 prefixlen 64 secured scopeid 0xe ",
            "inet6 2001:db8:1:2::20 prefixlen 64 autoconf secured ", "inet 192.0.0.2 netmask 0xffffffff broadcast 192.0.0.2", "inet6 2001:db8:1:2::c1a7 prefixlen 64 clat46 ",
            "nat64 prefix 64:ff9b:: prefixlen 96", "media: autoselect", "status: active", kind="Wi-Fi", family=(6, 2, 3), functional="wifi"),
    netstat_of(["default            192.0.0.1          UGScg               en0"], ["default                                 fe80::1%en0                     UGcg                  en0"]),
)  # fmt: skip
PPPOE = Mac(
    _BASE
    + cable("en0", 8, "")
    + block(
        "ppp0",
        26,
        TO_A_POINT,
        "inet 198.51.100.7 --> 198.51.100.1 netmask 0xffffff00",
        mtu=1492,
        family=(0x17, 6, 0),
        effective="en0",
    ),
    netstat_of(
        [
            "default            198.51.100.1       UGSc                ppp0",
            "198.51.100.1       198.51.100.7       UH                  ppp0",
        ]
    ),
)
L2TP = Mac(
    _BASE + wifi() + block("ppp0", 26, TO_A_POINT, "inet 10.30.0.7 --> 10.30.0.1 netmask 0xff000000", mtu=1280, family=(0x17, 6, 0), extended="IS_VPN", effective="en0"),
    netstat_of(["default            10.30.0.1          UGScg               ppp0", *home(scoped=True)]),
    outputs={"scutil --nc list": SERVICES + service("Bureau", "PPP:L2TP"),
             "scutil --nc status": "Connected\nExtended Status <dictionary> {\n  IPv4 : <dictionary> {\n    InterfaceName : ppp0\n    Router : 10.30.0.1\n  }\n  PPP : <dictionary> {\n    Status : 8\n  }\n  Status : 2\n}\n"},
)  # fmt: skip
VLAN = Mac(
    _BASE + cable("en0", 8, "") + block("vlan0", 26, "UP,BROADCAST,SMART,RUNNING,SIMPLEX,MULTICAST", "ether 00:e0:4c:00:00:02", "inet 192.168.1.50 netmask 0xffffff00 broadcast 192.168.1.255",
                                        "vlan: 10 parent interface: en0", "media: autoselect (1000baseT <full-duplex>)", "status: active", family=(0x87, 5, 0)),
    netstat_of(home("vlan0", 26)),
)  # fmt: skip
BOND = Mac(
    _BASE + cable("en0", 8, "") + cable("en5", 9, "", plugged=False)
    + block("bond0", 26, "UP,BROADCAST,SMART,RUNNING,SIMPLEX,MULTICAST", "ether 00:e0:4c:00:00:02", "inet 192.168.1.60 netmask 0xffffff00 broadcast 192.168.1.255",
            "bond mode: lacp", "bond interfaces: en0 en5", "media: autoselect (1000baseT <full-duplex>)", "status: active", family=(0x88, 14, 0)),
    netstat_of(home("bond0", 26)),
)  # fmt: skip
GUEST = Mac(
    _BASE + cable("en0", 8, "192.168.64.7"),
    netstat_of(["default            192.168.64.1       UGScg               en0"]),
    model=b"VirtualMac2,1\0",
    virtual=True,
)
NO_NETWORK = Mac(_BASE + wifi(connected=False), netstat_of([]))
IPV6_FORBIDDEN = Mac(
    _BASE + wifi(ipv6="2001:db8:1:2::20") + tunnel("utun4", 26, "inet 10.8.0.6 --> 10.8.0.6 netmask 0xffffffff", agent="Proton VPN"),
    netstat_of(["default            link#26            UCSg              utun4", *home(scoped=True)],
               ["::/1                                    ::1                             UGRSc                 lo0", "8000::/1                                ::1                             UGRSc                 lo0"]),
)  # fmt: skip
IPV4_BLACKHOLE = Mac(
    _BASE + wifi(), netstat_of(["default            127.0.0.1          UGSBc               en0"])
)
TUNNEL_OVER_THE_SECOND = Mac(
    _BASE
    + cable("en0", 8, "192.168.7.30")
    + wifi("en1", 14, "192.168.1.21")
    + tunnel("utun4", 26, "inet 10.8.0.6 --> 10.8.0.6 netmask 0xffffffff", agent="Bureau", effective="en1"),
    netstat_of(
        [
            "default            link#26            UCSg              utun4",
            "default            192.168.7.1        UGScIg              en0",
            *home("en1", 14, scoped=True),
        ]
    ),
)
VPN_BY_IPV6 = Mac(
    _BASE + wifi() + tunnel("utun4", 26, "inet6 fd00:1:2::5 prefixlen 64 ", effective="en0"),
    netstat_of(home()),
)
CLOUDFLARE_WARP = Mac(
    _BASE
    + wifi()
    + tunnel("utun6", 26, "inet 172.16.0.2 --> 172.16.0.2 netmask 0xffffffff", is_vpn=False, effective=""),
    netstat_of(
        [
            *home(),
            "1                  utun6              Uc                  utun6",
            "2/7                utun6              Uc                  utun6",
            "4/6                utun6              Uc                  utun6",
            "8/5                utun6              Uc                  utun6",
            "128/2              utun6              Uc                  utun6",
            "192.0.0/16         utun6              Uc                  utun6",
            "172.16.0.2         172.16.0.2         UH                  utun6",
        ]
    ),
)
OPENCONNECT = Mac(
    _BASE + wifi() + tunnel("utun4", 26, "inet 10.0.1.224 --> 10.0.1.224 netmask 0xffffffff", is_vpn=False),
    netstat_of(
        [
            "default            10.0.1.224         USc               utun4",
            *home(scoped=True),
            "203.0.113.50/32    192.168.1.1        UGSc                en0",
        ]
    ),
)
