"""Linux: netlink, /sys, /proc, D-Bus and the sound server."""
