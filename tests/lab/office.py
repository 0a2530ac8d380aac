"""An office behind a box that filters: real names (dnsmasq), web servers with certificates (nginx), STUN servers (coturn).

    home 192.168.1.20 ── lan0  box 192.168.1.1  wan0 ── eth0  internet 198.51.100.7, 198.51.100.8, 203.0.113.9, …

IPv6 goes the same way. No address is translated.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.lab.addresses import AWAY, AWAY_IPV6, BOX, BOX_IPV6, HOME, HOME_IPV6, OTHERS, OTHERS_IPV6
from tests.lab.namespaces import Network
from tests.lab.services import coturn

PAGE, TEXT = "http://page.example/ok.txt", "all is well"
LOGIN_PORT = 8080
_ADDRESSES = (AWAY, *OTHERS)
_ADDRESSES_IPV6 = (AWAY_IPV6, *OTHERS_IPV6)


class Authority:
    """One that signs certificates, with OpenSSL."""

    def __init__(self, folder: Path, organisation: str) -> None:
        folder.mkdir()
        self._folder = folder
        self.file = folder / "authority.pem"
        subject = f"/O={organisation}/CN={organisation} Root"
        self._make(
            "req", "-x509", *_KEY, "-days", "9", "-subj", subject, "-keyout", self._key, "-out", self.file
        )

    @property
    def _key(self) -> Path:
        return self._folder / "authority.key"

    def sign(self, name: str, *, days: int = 9) -> tuple[Path, Path]:
        """A certificate for a host name and its key; with negative days it has expired."""
        key, asked, made = (self._folder / f"{name}.{kind}" for kind in ("key", "csr", "pem"))
        extension = self._folder / f"{name}.ext"
        extension.write_text(f"subjectAltName=DNS:{name}\n")
        self._make("req", *_KEY, "-subj", f"/CN={name}", "-keyout", key, "-out", asked)
        signing = ("-CA", self.file, "-CAkey", self._key, "-CAcreateserial", "-extfile", extension)
        self._make("x509", "-req", "-in", asked, *signing, "-days", str(days), "-out", made)
        return made, key

    def _make(self, *words: object) -> None:
        command = ["openssl", *(str(word) for word in words)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
        assert done.returncode == 0, done.stderr


_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


class Office:
    """The office on `network`; `rules` are what its box holds back."""

    def __init__(self, network: Network, folder: Path) -> None:
        self._folder = folder
        self.home, self.box, self.internet = (
            network.namespace(label) for label in ("home", "box", "internet")
        )
        network.pair(self.home, "eth0", self.box, "lan0")
        network.pair(self.box, "wan0", self.internet, "eth0")
        self.home.ip_batch(
            f"address add {HOME}/24 dev eth0",
            f"address add {HOME_IPV6}/64 dev eth0 nodad",
            f"route add default via {BOX}",
            f"route add default via {BOX_IPV6}",
        )
        self.box.sysctl("net.ipv4.ip_forward", "1")
        self.box.sysctl("net.ipv4.icmp_ratelimit", "0")  # it says no to each packet, not to a few a second
        self.box.sysctl("net.ipv6.conf.all.forwarding", "1")
        self.box.ip_batch(
            f"address add {BOX}/24 dev lan0",
            f"address add {BOX_IPV6}/64 dev lan0 nodad",
            "address add 192.0.2.1/24 dev wan0",
            "address add 2001:db8:9::1/64 dev wan0 nodad",
            "route add default via 192.0.2.7",
            "route add default via 2001:db8:9::7",
        )
        self.internet.ip_batch(
            "address add 192.0.2.7/24 dev eth0",
            "address add 2001:db8:9::7/64 dev eth0 nodad",
            *(f"address add {address}/32 dev lo" for address in _ADDRESSES),
            *(f"address add {address}/128 dev lo nodad" for address in _ADDRESSES_IPV6),
            "route add 192.168.1.0/24 via 192.0.2.1",
            "route add 2001:db8:1::/64 via 2001:db8:9::1",
        )
        self.stun = [coturn(self.internet, address) for address in (AWAY, OTHERS[0])]

    def rules(self, *rules: str, nat: tuple[str, ...] = ()) -> None:
        """What the box does with packets from home: rules of nftables for its `forward` and `prerouting` hooks."""
        lines = [
            "add table inet office",
            "delete table inet office",
            "add table inet office",
            "add chain inet office through { type filter hook forward priority 0; }",
            "add chain inet office turned { type nat hook prerouting priority -100; }",
            *(f'add rule inet office through iifname "lan0" {rule}' for rule in rules),
            *(f'add rule inet office turned iifname "lan0" {rule}' for rule in nat),
        ]
        self.box.run("nft", "-f", "-", text="\n".join(lines) + "\n")

    def names(self, known: dict[str, tuple[str, ...]], *more: str) -> subprocess.Popen[bytes]:
        """A name server on the box that knows these names and no others."""
        self.home.etc("resolv.conf", f"nameserver {BOX}\n")
        self.home.etc("hosts", "127.0.0.1 localhost\n")
        self.home.etc("nsswitch.conf", "hosts: files dns\n")
        told = [f"--address=/{name}/{each}" for name, addresses in known.items() for each in addresses]
        return self.box.start(
            *("dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--user=root", "--pid-file="),
            *("--no-resolv", "--no-hosts", "--local=/invalid/", "--local=/example/", "--bind-interfaces"),
            *(f"--listen-address={BOX}", *told, *more),
            listens=("udp", 53),
        )

    def web(self, sites: dict[str, tuple[str, tuple[Path, Path]]]) -> subprocess.Popen[bytes]:
        """Web servers on the Internet: name -> address and certificate; and the page over plain HTTP on all of them."""
        servers = [
            f"""server {{
                listen {address}:443 ssl; {_also_by_ipv6(address)}
                server_name {name}; ssl_certificate {made}; ssl_certificate_key {key};
                location / {{ return 200 "hello"; }}
            }}"""
            for name, (address, (made, key)) in sites.items()
        ]
        page = f'server {{ listen 80; location /ok.txt {{ return 200 "{TEXT}\\n"; }} }}'
        return self._nginx("web", "internet", [page, *servers], 443)

    def front(
        self,
        name: str,
        certificate: tuple[Path, Path],
        port: int,
        behind: int,
        *,
        websockets: bool,
        pages: Path | None = None,
    ) -> subprocess.Popen[bytes]:
        """A web server that ends TLS before a service on a port of its own computer, and may pass WebSockets on.

        Scripts (`….js`) are files of the folder `pages`, where there is one.
        """
        made, key = certificate
        files = f"location ~ [.]js$ {{ root {pages}; default_type text/javascript; }}" if pages else ""
        upgrade = 'proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade";'
        server = f"""server {{
            listen {port} ssl; server_name {name}; ssl_certificate {made}; ssl_certificate_key {key};
            {files}
            location / {{ proxy_set_header Host {name}; proxy_pass http://127.0.0.1:{behind}; proxy_http_version 1.1; {upgrade if websockets else ""} }}
        }}"""
        return self._nginx("front", "internet", [server], port)

    def login_page(self, answer: str) -> subprocess.Popen[bytes]:
        """What the box shows in place of the Internet, on LOGIN_PORT: the `return` directive of nginx."""
        server = (
            f"server {{ listen {LOGIN_PORT}; default_type text/html; location / {{ return {answer}; }} }}"
        )
        return self._nginx("login", "box", [server], LOGIN_PORT)

    def squid(self, *lines: str) -> subprocess.Popen[bytes]:
        """A proxy on the box, on port 3128, with its rules."""
        folder = self._folder / f"squid-{len(list(self._folder.iterdir()))}"
        folder.mkdir(mode=0o777)
        folder.chmod(0o777)
        config = folder / "squid.conf"
        config.write_text(
            "\n".join(
                [
                    *lines,
                    f"http_port {BOX}:3128",
                    "visible_hostname proxy.example",
                    "access_log none",
                    "cache deny all",
                    f"cache_log {folder}/cache.log",
                    "pinger_enable off",
                    "max_filedescriptors 1024",
                    "pid_filename none",
                    "dns_nameservers 192.168.1.1",
                    "shutdown_lifetime 0 seconds",
                    "cache_effective_user proxy",
                    f"coredump_dir {folder}",
                ]
            )
            + "\n"
        )
        return self.box.start("squid", "-N", "-f", str(config), listens=("tcp", 3128))

    def _nginx(self, name: str, where: str, servers: list[str], port: int) -> subprocess.Popen[bytes]:
        folder = self._folder / f"{name}-{len(list(self._folder.iterdir()))}"
        folder.mkdir()
        temporary = " ".join(
            f"{kind}_temp_path {folder}/{kind};"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        config = folder / "nginx.conf"
        config.write_text(
            f"daemon off; master_process off; pid {folder}/pid; error_log stderr; events {{}}\n"
            f"http {{ access_log off; server_tokens off; {temporary} {' '.join(servers)} }}\n"
        )
        inside = self.internet if where == "internet" else self.box
        return inside.start(
            "nginx", "-p", str(folder), "-c", str(config), "-e", "stderr", listens=("tcp", port)
        )


def _also_by_ipv6(address: str) -> str:
    """The web server at AWAY has an IPv6 address too."""
    return f"listen [{AWAY_IPV6}]:443 ssl;" if address == AWAY else ""
