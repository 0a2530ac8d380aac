"""Addresses in the lab: all private, or reserved for documentation."""

HOME, HOME_IPV6 = "192.168.1.20", "2001:db8:1::20"
TV, TV_IPV6 = "192.168.1.30", "2001:db8:1::30"
BOX, BOX_IPV6 = "192.168.1.1", "2001:db8:1::1"
BOX_OUTSIDE = "192.0.2.2"
AWAY, AWAY_IPV6 = "198.51.100.7", "2001:db8:2::7"
"""The main server on the Internet."""
OTHERS = ("198.51.100.8", "203.0.113.9", "203.0.113.50")
OTHERS_IPV6 = ("2001:db8:2::8", "2001:db8:3::9", "2001:db8:50::50")
STUN = f"{AWAY}:3478"
