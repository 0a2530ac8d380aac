"""VPN programs of Debian, each started as its own manual says, between a participant and a VPN server; nothing is routed yet."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from tests.lab.addresses import HOME
from tests.lab.namespaces import Namespace, wait_for
from tests.real.tunnels import VPN_SERVER, Tunnel, certificate, working

MINE, THEIRS = "10.7.0.2", "10.7.0.1"
_MEETINGS = "203.0.113.0/24"
_OWN_RUN = 'mount -t tmpfs none /run && mkdir /run/softether && exec "$@"'
"""`ip netns exec` has given the command mounts of its own; some programs have fixed places in /run."""
_SOFTETHER = Path("/usr/libexec/softether")


def _with_own_run(*words: str) -> tuple[str, ...]:
    return "sh", "-c", _OWN_RUN, "sh", *words


def _with_address(side: Namespace, interface: str, address: str) -> None:
    wait_for(lambda: side.succeeds("ip", "link", "show", interface), 10, f"{interface} in {side.label}")
    side.ip("address", "add", f"{address}/24", "dev", interface)
    side.ip("link", "set", interface, "up")


def tinc(home: Namespace, away: Namespace, folder: Path) -> Tunnel:
    """A TUN whose packets tinc routes by the subnets of its hosts."""
    subnets = {"home": (f"{MINE}/32",), "away": (f"{THEIRS}/32", _MEETINGS)}
    hosts = {}
    for side in (home, away):
        place = folder / side.label
        (place / "hosts").mkdir(parents=True)
        key = side.run("openssl", "genrsa", "-traditional", "2048")
        (place / "rsa_key.priv").write_text(key)
        public = side.run("openssl", "rsa", "-RSAPublicKey_out", text=key)
        lines = [f"Subnet = {subnet}" for subnet in subnets[side.label]]
        hosts[side.label] = "\n".join([*lines, f"Address = {VPN_SERVER}", public])
    for side, address in ((away, THEIRS), (home, MINE)):
        place = folder / side.label
        for name, host in hosts.items():
            (place / "hosts" / name).write_text(host)
        other = "ConnectTo = away\n" if side is home else ""
        (place / "tinc.conf").write_text(
            f"Name = {side.label}\nInterface = mairie\nDeviceType = tun\n{other}"
        )
        side.start("tincd", "-c", str(place), "-D", f"--pidfile={place}/pid")
        _with_address(side, "mairie", address)
    return working(Tunnel(home, away, "mairie", "tinc", THEIRS))


def fastd(home: Namespace, away: Namespace, folder: Path) -> Tunnel:
    """A TAP: Ethernet through UDP."""
    keys: dict[str, str] = {}
    for side in (home, away):
        secret = side.run("fastd", "--generate-key", "--machine-readable").strip()
        config = f'interface "mesh-vpn"; mode tap; method "null"; mtu 1400; secret "{secret}";\n'
        (folder / f"{side.label}.conf").write_text(config)
        show = ("fastd", "--config", str(folder / f"{side.label}.conf"), "--show-key", "--machine-readable")
        keys[side.label] = side.run(*show).strip()
    peers = {
        "away": f'bind {VPN_SERVER}:4500; peer "home" {{ key "{keys["home"]}"; }}\n',
        "home": f'peer "away" {{ key "{keys["away"]}"; remote {VPN_SERVER}:4500; }}\n',
    }
    for side, address in ((away, THEIRS), (home, MINE)):
        config_file = folder / f"{side.label}.conf"
        config_file.write_text(config_file.read_text() + peers[side.label])
        side.start("fastd", "--config", str(config_file))
        _with_address(side, "mesh-vpn", address)
    return working(Tunnel(home, away, "mesh-vpn", "fastd", THEIRS))


def nebula(home: Namespace, away: Namespace, folder: Path) -> Tunnel:
    """A TUN; the server's certificate lets it route the meeting's network, and the participant's end makes the route."""
    authority = ("-ca-crt", str(folder / "ca.crt"), "-ca-key", str(folder / "ca.key"))
    home.run("nebula-cert", "ca", "-name", "ca", "-out-crt", authority[1], "-out-key", authority[3])
    everybody = "[{port: any, proto: any, host: any}]"
    for side, address, more in ((away, THEIRS, ("-subnets", _MEETINGS)), (home, MINE, ())):
        certificate, key = (str(folder / f"{side.label}.{kind}") for kind in ("crt", "key"))
        files = ("-out-crt", certificate, "-out-key", key)
        side.run(
            "nebula-cert", "sign", *authority, "-name", side.label, "-ip", f"{address}/24", *files, *more
        )
        is_lighthouse, others = ("true", "") if side is away else ("false", f'"{THEIRS}"')
        routes = f"{{route: {_MEETINGS}, via: {THEIRS}}}" if side is home else ""
        config = f"""
            pki: {{ca: {authority[1]}, cert: {certificate}, key: {key}}}
            static_host_map: {{"{THEIRS}": ["{VPN_SERVER}:4242"]}}
            lighthouse: {{am_lighthouse: {is_lighthouse}, hosts: [{others}]}}
            listen: {{host: 0.0.0.0, port: 4242}}
            tun: {{dev: nebula1, unsafe_routes: [{routes}]}}
            firewall: {{outbound: {everybody}, inbound: {everybody}}}
        """
        config_file = folder / f"{side.label}.yml"
        config_file.write_text(config)
        side.start("nebula", "-config", str(config_file))
    wait_for(lambda: MINE in home.ip("address", "show"), 10, "nebula's address")
    return working(Tunnel(home, away, "nebula1", "Nebula", THEIRS))


def iodine(home: Namespace, away: Namespace, folder: Path) -> Tunnel:
    """A TUN through questions to a name server."""
    del folder
    server = ("iodined", "-f", "-c", "-P", "x", "-l", VPN_SERVER)
    away.start(*server, f"{THEIRS}/27", "t.example", listens=("udp", 53))
    home.start("iodine", "-f", "-P", "x", "-r", "-T", "NULL", "-m", "700", VPN_SERVER, "t.example")
    wait_for(lambda: MINE in home.ip("address", "show"), 10, "iodine's address")
    return working(Tunnel(home, away, "dns0", "iodine", THEIRS))


def openssh(home: Namespace, away: Namespace, folder: Path) -> Tunnel:
    """`ssh -w`: a TUN at both ends."""
    for key in ("host", "me"):
        home.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / key))
    config = f"""
        ListenAddress {VPN_SERVER}
        HostKey {folder}/host
        PermitTunnel yes
        PermitRootLogin prohibit-password
        AuthorizedKeysFile {folder}/me.pub
        StrictModes no
        UsePAM no
        PidFile none
    """
    (folder / "sshd_config").write_text(config)
    listens = ("tcp", 22)
    server = ("/usr/sbin/sshd", "-D", "-e", "-f", str(folder / "sshd_config"))
    away.start(
        "sh", "-c", 'mount -t tmpfs none /run && mkdir /run/sshd && exec "$@"', "sh", *server, listens=listens
    )
    trusting = ("-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null")
    identity = ("-F", "none", "-i", str(folder / "me"))
    home.start("ssh", *identity, *trusting, "-N", "-w", "7:7", f"root@{VPN_SERVER}")
    for side, address in ((away, THEIRS), (home, MINE)):
        _with_address(side, "tun7", address)
    return working(Tunnel(home, away, "tun7", "OpenSSH", THEIRS))


def openconnect(home: Namespace, away: Namespace, folder: Path) -> Tunnel:
    """openconnect to ocserv, as Cisco's client."""
    certificate(away, folder)
    password = folder / "passwd"
    away.run("ocpasswd", "-c", str(password), "me", text="x\nx\n")
    config = f"""
auth = "plain[passwd={password}]"
listen-host = {VPN_SERVER}
tcp-port = 4443
udp-port = 4443
run-as-user = root
run-as-group = root
socket-file = {folder}/ocserv
server-cert = {folder}/{away.name}.crt
server-key = {folder}/{away.name}.key
isolate-workers = false
device = vpns
ipv4-network = 10.7.0.0/24
ping-leases = false
"""
    (folder / "ocserv.conf").write_text(config)
    away.start("ocserv", "-f", "-c", str(folder / "ocserv.conf"), listens=("tcp", 4443))
    public = f"openssl x509 -in {folder}/{away.name}.crt -noout -pubkey | openssl pkey -pubin -outform der"
    pin = away.run("sh", "-c", f"{public} | openssl dgst -sha256 -binary | base64").strip()
    script = (
        "#!/bin/sh\n"
        '[ "$reason" = connect ] || exit 0\n'
        'ip address add "$INTERNAL_IP4_ADDRESS/32" dev "$TUNDEV" && ip link set "$TUNDEV" up &&\n'
        f'ip route add {THEIRS}/32 dev "$TUNDEV" proto kernel\n'
    )
    (folder / "script").write_text(script)
    (folder / "script").chmod(0o755)
    client = f"openconnect --servercert pin-sha256:{pin} --user me --passwd-on-stdin --script {folder}/script"
    home.start("sh", "-c", f"echo x | exec {client} --interface vpn7 https://{VPN_SERVER}:4443")
    wait_for(
        lambda: home.succeeds("ip", "route", "get", THEIRS, "oif", "vpn7"), 10, "openconnect's interface"
    )
    return working(Tunnel(home, away, "vpn7", "OpenConnect", THEIRS))


def softether(home: Namespace, away: Namespace, folder: Path) -> Tunnel:
    """SoftEther's client (a TAP) to its server, which bridges its hub to a TAP of its own."""
    for program in ("vpnserver", "vpnclient", "vpncmd"):  # they keep their settings beside themselves
        shutil.copytree(_SOFTETHER / program, folder / program)
    command = str(folder / "vpncmd" / "vpncmd")
    for side, program, port in ((away, "vpnserver", 5555), (home, "vpnclient", 9931)):
        daemon = str(folder / program / program)
        side.start(*_with_own_run(daemon, "execsvc"))
        wait_for(lambda side=side, port=port: side.run("ss", "-Hlnt", f"sport = :{port}"), 10, program)  # type: ignore[misc]
    server = "HubCreate h /PASSWORD:x\nBridgeCreate h /DEVICE:srv /TAP:yes\nHub h\n"
    user = "UserCreate me /GROUP:none /REALNAME:none /NOTE:none\nUserPasswordSet me /PASSWORD:x\n"
    account = f"AccountCreate h /SERVER:{VPN_SERVER}:5555 /HUB:h /USERNAME:me /NICNAME:vpn\n"
    client = f"NicCreate vpn\n{account}AccountPasswordSet h /PASSWORD:x /TYPE:standard\nAccountConnect h\n"
    orders = ((away, ("127.0.0.1:5555", "/SERVER"), server + user), (home, ("127.0.0.1", "/CLIENT"), client))
    for side, target, script in orders:
        (folder / "script").write_text(script)
        side.run(*_with_own_run(command, *target, f"/IN:{folder}/script"))
    _with_address(away, "tap_srv", THEIRS)
    _with_address(home, "vpn_vpn", MINE)
    return working(Tunnel(home, away, "vpn_vpn", "SoftEther VPN", THEIRS))


def strongswan(home: Namespace, away: Namespace, folder: Path) -> Tunnel:
    """strongSwan with IPsec in user space (kernel-libipsec): a TUN, and routes in a table of its own. It routes the meeting."""
    peers = {
        "away": ("pools = p", "local_ts", f"pools {{ p {{ addrs = {MINE}/32 }} }}"),
        "home": (f"local_addrs = {HOME}\n remote_addrs = {VPN_SERVER}\n vips = 0.0.0.0", "remote_ts", ""),
    }
    for side, other in ((away, "home"), (home, "away")):
        control = folder / f"{side.label}.vici"
        more, selector, pools = peers[side.label]
        daemon = f"""charon {{
            plugins {{
                vici {{ socket = unix://{control} }}
                kernel-libipsec {{ load = yes }}
                kernel-netlink {{ fwmark = !0x42 }}
                socket-default {{ fwmark = 0x42 }}
                bypass-lan {{ load = no }}
                resolve {{ load = no }}
                stroke {{ load = no }}
            }}
        }}"""
        (folder / f"{side.label}.conf").write_text(daemon)
        start = "start_action = start" if side is home else ""
        settings = f"""
connections {{ office {{
 version = 2
 encap = yes
 {more}
 local {{ auth = psk
  id = {side.label}
 }}
 remote {{ auth = psk
  id = {other}
 }}
 children {{ net {{
  esp_proposals = aes128-sha256
  {selector} = {_MEETINGS}
  {start}
 }} }}
}} }}
{pools}
secrets {{ ike-1 {{ secret = "x" }} }}
"""
        (folder / f"{side.label}.swanctl").write_text(settings)
        charon = ("env", f"STRONGSWAN_CONF={folder}/{side.label}.conf", "/usr/lib/ipsec/charon")
        side.start(*_with_own_run(*charon))
        wait_for(control.exists, 10, "charon's control socket")
        file, uri = f"{folder}/{side.label}.swanctl", f"unix://{control}"
        side.run("swanctl", "--load-all", "--file", file, "--uri", uri)
    wait_for(lambda: "ipsec0" in home.ip("route", "get", "203.0.113.50"), 10, "strongSwan's route")
    return Tunnel(home, away, "ipsec0", "strongSwan", "203.0.113.50")


PROGRAMS: dict[str, tuple[Callable[[Namespace, Namespace, Path], Tunnel], tuple[str, ...]]] = {
    "tinc": (tinc, ("tincd", "openssl")),
    "fastd": (fastd, ("fastd",)),
    "nebula": (nebula, ("nebula", "nebula-cert")),
    "iodine": (iodine, ("iodine", "iodined")),
    "openssh": (openssh, ("ssh", "ssh-keygen", "/usr/sbin/sshd")),
    "openconnect": (openconnect, ("openconnect", "ocserv", "ocpasswd", "openssl")),
    "softether": (softether, ("vpnserver", "vpnclient", "vpncmd")),
    "strongswan": (strongswan, ("strongSwan with kernel-libipsec", "swanctl")),
}
"""How each is started, and what has to be installed."""

ROUTES_ITSELF = {"nebula", "strongswan"}
