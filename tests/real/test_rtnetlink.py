"""Our reader of the kernel's tables against another's, pyroute2's, on the same tables."""

from __future__ import annotations

import json
import sys

import pytest

from tests.lab.house import House
from tests.real.support import Network

_BOTH = """
import json
from pyroute2 import IPRoute
from amif_netcheck.platforms.linux import rtnetlink

def kind(link):
    return (link.get("attrs", {}).get("IFLA_LINKINFO") or {}).get("attrs", {}).get("IFLA_INFO_KIND")

dump = rtnetlink.dump()
ours = {
    "links": [[each["index"], each["ifi_type"], each["flags"], kind(each)]
              + [each["attrs"].get(f"IFLA_{name}") for name in ("IFNAME", "ADDRESS", "OPERSTATE", "MASTER", "LINK")]
              for each in dump.links],
    "addresses": [[each["index"], each["prefixlen"], each["attrs"].get("IFA_ADDRESS"), each["attrs"].get("IFA_LOCAL")]
                  for each in dump.addresses],
    "routes": [[each[name] for name in ("family", "dst_len", "table", "proto", "type")]
               + [each["attrs"].get(f"RTA_{name}") for name in ("OIF", "GATEWAY", "PRIORITY", "TABLE")]
               for each in dump.routes],
    "rules": [[each["family"], each["tos"], each["flags"]]
              + [each["attrs"].get(f"FRA_{name}") for name in ("FWMARK", "IP_PROTO", "SPORT_RANGE", "DPORT_RANGE")]
              for each in dump.rules if each["family"] in (2, 10)],
    "neighbours": [[each["ifindex"], each["state"], each["attrs"].get("NDA_DST"), each["attrs"].get("NDA_LLADDR")]
                   for link in dump.links for each in rtnetlink.neighbours(link["index"])],
}
with IPRoute() as kernel:
    def nested(message, *names):
        for name in names:
            message = message.get_attr(name) if message is not None else None
        return message
    def ports(message, name):
        known = message.get_attr(name)
        return known and [int(port) for port in known.split(":")]
    theirs = {
        "links": [[each["index"], each["ifi_type"], each["flags"], nested(each, "IFLA_LINKINFO", "IFLA_INFO_KIND")]
                  + [each.get_attr(f"IFLA_{name}") for name in ("IFNAME", "ADDRESS", "OPERSTATE", "MASTER", "LINK")]
                  for each in kernel.get_links()],
        "addresses": [[each["index"], each["prefixlen"], each.get_attr("IFA_ADDRESS"), each.get_attr("IFA_LOCAL")]
                      for each in kernel.get_addr()],
        "routes": [[each[name] for name in ("family", "dst_len", "table", "proto", "type")]
                   + [each.get_attr(f"RTA_{name}") for name in ("OIF", "GATEWAY", "PRIORITY", "TABLE")]
                   for each in kernel.get_routes()],
        "rules": [[each["family"], each["tos"], each["flags"], each.get_attr("FRA_FWMARK"), each.get_attr("FRA_IP_PROTO"),
                   ports(each, "FRA_SPORT_RANGE"), ports(each, "FRA_DPORT_RANGE")]
                  for family in (2, 10) for each in kernel.get_rules(family=family)],
        "neighbours": [[each["ifindex"], each["state"], each.get_attr("NDA_DST"), each.get_attr("NDA_LLADDR")]
                       for each in kernel.get_neighbours()],
    }
print(json.dumps([ours, theirs]))
"""


@pytest.mark.real("/dev/net/tun")
def test_two_readers_see_the_same_tables(network: Network) -> None:
    home = House(network).home
    home.ip_batch(
        "tuntap add tun0 mode tun",
        "address add 10.8.0.2 peer 10.8.0.1/32 dev tun0",
        "link set tun0 up",
        "link add br0 type bridge",
        "tuntap add tap0 mode tap",
        "link set tap0 master br0",
        "route add 198.51.100.0/24 dev tun0 table 51820 metric 7",
        "route add blackhole 203.0.113.0/24",
        "rule add not fwmark 51820 table 51820",
        "rule add ipproto udp sport 40000 dport 3000-6000 table 9",
        "neigh add 192.168.1.77 lladdr 00:11:22:33:44:77 dev eth0 nud permanent",
    )
    ours, theirs = json.loads(home.run(sys.executable, "-c", _BOTH))
    for table, entries in theirs.items():
        assert sorted(map(str, ours[table])) == sorted(map(str, entries)), table
        assert entries
