"""A real NetworkManager in a namespace: with a system bus, configuration and state of its own, it knows no other network."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Self

from tests.lab.addresses import BOX, HOME
from tests.lab.namespaces import Namespace, end, wait_for
from tests.real.tunnels import VPN_SERVER, certificate

NEEDED = ("NetworkManager", "nmcli", "dbus-daemon")
NEEDED_FOR_OPENVPN = (*NEEDED, "network-manager-openvpn", "openvpn", "openssl", "ping", "/dev/net/tun")

_START_S = 30
_PORT = 4500
_BUS = """
<busconfig>
  <type>system</type>
  <listen>unix:path={socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/>
    <deny own="*"/>
    <deny send_type="method_call"/>
    <allow send_type="signal"/>
    <allow send_requested_reply="true" send_type="method_return"/>
    <allow send_requested_reply="true" send_type="error"/>
    <allow receive_type="method_call"/>
    <allow receive_type="method_return"/>
    <allow receive_type="error"/>
    <allow receive_type="signal"/>
    <allow send_destination="org.freedesktop.DBus"/>
  </policy>
  <include>/usr/share/dbus-1/system.d/org.freedesktop.NetworkManager.conf</include>
  <include ignore_missing="yes">/usr/share/dbus-1/system.d/nm-openvpn-service.conf</include>
</busconfig>
"""
_SETTINGS = """
[main]
plugins=keyfile
no-auto-default=*
dns=none
rc-manager=unmanaged
systemd-resolved=false
hostname-mode=none
firewall-backend=none
[connectivity]
enabled=false
"""
_START = """
set -e
mount --bind "$1/run" /run
mount --bind "$1/etc" /etc/NetworkManager
mount --bind "$1/state" /var/lib/NetworkManager
mount -o remount,ro /sys  # no udev has to know a device first
exec NetworkManager --debug --log-level=INFO
"""


class NetworkManager:
    """NetworkManager and its bus, for all that is in the namespace `inside`; a context manager."""

    def __init__(self, inside: Namespace) -> None:
        self.inside = inside
        self.folder = Path(tempfile.mkdtemp(prefix="amif-"))  # a socket's path is short
        self._socket = self.folder / "run/dbus/system_bus_socket"
        self._with_bus = ("env", f"DBUS_SYSTEM_BUS_ADDRESS=unix:path={self._socket}")
        self._processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        self.folder.chmod(0o755)  # other users may speak with it
        for name in ("run/dbus", "etc/system-connections", "state"):
            (self.folder / name).mkdir(parents=True)
        bus, settings = self.folder / "bus.conf", self.folder / "etc/NetworkManager.conf"
        bus.write_text(_BUS.format(socket=self._socket))
        settings.write_text(_SETTINGS)
        try:
            self._start("dbus-daemon", f"--config-file={bus}", "--nofork", "--nopidfile")
            wait_for(self._socket.exists, _START_S, "the bus")
            self._start("unshare", "--mount", "sh", "-c", _START, "sh", str(self.folder))
            wait_for(lambda: self.succeeds("general"), _START_S, "NetworkManager")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_error: object) -> None:
        for process in reversed(self._processes):
            end(process)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _start(self, *command: str) -> None:
        self._processes.append(self.inside.start(*command))

    def control(self, *words: str) -> str:
        """What `nmcli` says."""
        return self.inside.run(*self._with_bus, "nmcli", "--terse", *words)

    def succeeds(self, *words: str) -> bool:
        """Does `nmcli` succeed with this?"""
        return self.inside.succeeds(*self._with_bus, "nmcli", "--terse", *words)

    def connection(self, name: str, *words: str) -> None:
        """A profile, as `nmcli connection add` makes it; it is used."""
        self.control("connection", "add", "connection.id", name, "connection.autoconnect", "no", *words)
        self.control("connection", "up", name)

    def cable(self) -> None:
        """The line that tunnels go over, held by NetworkManager as at home; as `participant_and_vpn_server` made it."""
        addresses = ("ipv4.addresses", f"{HOME}/24", "ipv4.gateway", BOX)
        self.connection("Cable", "type", "ethernet", "ifname", "eth0", "ipv4.method", "manual", *addresses)

    def openvpn(self, name: str, away: Namespace, folder: Path) -> str:
        """A VPN as a user sets it up and switches it on, and its server in `away`; the tunnel's interface."""
        prints = {side: certificate(side, folder) for side in (self.inside, away)}
        files = {
            side: (str(folder / f"{side.name}.crt"), str(folder / f"{side.name}.key")) for side in prints
        }
        certificate_file, key = files[away]
        away.start(
            *("openvpn", "--dev", "tun9", "--dev-type", "tun", "--topology", "subnet"),
            *("--server", "10.9.0.0", "255.255.255.0", "--local", VPN_SERVER, "--port", str(_PORT)),
            *("--cert", certificate_file, "--key", key, "--dh", "none"),
            *("--peer-fingerprint", prints[self.inside]),
            listens=("udp", _PORT),
        )
        data = {
            "connection-type": "tls",
            "remote": f"{VPN_SERVER}:{_PORT}:udp",
            "ca": certificate_file,
            **dict(zip(("cert", "key"), files[self.inside], strict=True)),
            "cert-pass-flags": "4",  # the key has no password
        }
        text = ", ".join(f"{key} = {value}" for key, value in data.items())
        self.connection(name, "type", "vpn", "vpn-type", "openvpn", "vpn.data", text)
        (found,) = (each for each in self.interfaces() if each.startswith("tun"))
        return found

    def interfaces(self) -> dict[str, str]:
        """What NetworkManager calls the state of each."""
        lines = self.control("-f", "DEVICE,STATE", "device").splitlines()
        return {name: state for name, _, state in (line.partition(":") for line in lines)}

    def fixes(self, interface: str, *words: str) -> list[Any]:
        """What `fix_inside` tells."""
        script = str(Path(__file__).with_name("fix_inside.py"))
        said = self.inside.run(*self._with_bus, sys.executable, script, interface, *words)
        return list(json.loads(said))
