"""An office with its services, for tests of what its box lets through, and the program run in it.

No certificate can be had that the public's authorities signed, so an authority of the test's own takes their place: in the
program's process `certifi` is told where it is; nothing else of the program is changed. The system's authorities come from
`SSL_CERT_FILE`, as an administrator would set it.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from tests.lab.addresses import AWAY, AWAY_IPV6, OTHERS, OTHERS_IPV6
from tests.lab.office import PAGE, TEXT, Authority, Office
from tests.real.support import Network, Run, finished

NEEDED = ("nft", "nginx", "dnsmasq", "turnserver", "openssl")
NO_UDP = ("meta l4proto udp udp dport != 53 drop",)
NOTHING_PASSES = ("ip daddr != 192.168.1.1 drop", "meta nfproto ipv6 drop")
TWO_STUN = ("one.example:3478", "two.example:3478")
_PROGRAM = (
    "import certifi, sys; public = sys.argv.pop(1); certifi.where = lambda: public;"
    "from amif_netcheck.__main__ import main; sys.exit(main())"
)


@dataclass(frozen=True)
class Street:
    """The office with its services, shared by the tests of this file; each begins with a box that lets all through."""

    network: Network
    office: Office
    folder: Path
    public_authority: Authority
    system: Path
    web: subprocess.Popen[bytes]

    def check(
        self,
        *arguments: str,
        stun: tuple[str, ...] = TWO_STUN,
        web: tuple[str, ...] = ("one.example:443", "two.example:443"),
        only: str = "firewall",
        proxy: str = "",
        private: bool = True,
        settings: str = "",
        more: dict[str, str] | None = None,
    ) -> Run:
        """Run the program at home for its report; `settings` are more of them."""
        file = self.folder / "settings.toml"
        file.write_text(
            f"[link]\nstun = {list(stun)}\n[firewall]\npage = '{PAGE}'\npage_text = '{TEXT}'\nweb = {list(web)}\n{settings}"
        )
        environment = self.network.environment() | {"SSL_CERT_FILE": str(self.system)} | (more or {})
        if proxy:
            environment |= {"https_proxy": proxy, "http_proxy": proxy}
        options = (
            "--only",
            only,
            "--config",
            str(file),
            "--json",
            *(["--include-private"] if private else []),
        )
        started = time.monotonic()
        command = (sys.executable, "-c", _PROGRAM, str(self.public_authority.file), *options, *arguments)
        return finished(self.network.start(self.office.home, *command, environment=environment), started)


@contextmanager
def built(folder: Path) -> Iterator[Street]:
    """The office with all its services, until the end of the block."""
    (folder / "network").mkdir()
    with Network(folder / "network") as network:
        office = Office(network, folder)
        public = Authority(folder / "public", "Public Trust")
        inspecting = Authority(folder / "inspecting", "Zscaler Inc.")
        nobody = Authority(folder / "nobody", "Nobody")
        own = Authority(folder / "own", "Mairie")
        blocking = Authority(folder / "blocking", "Fortinet")
        system = folder / "system.pem"
        trusted = (public, inspecting, own)
        system.write_text("".join(authority.file.read_text() for authority in trusted))
        office.names(
            {
                **dict.fromkeys(("meet.example", "six.example"), (AWAY, AWAY_IPV6)),
                **dict.fromkeys(("one.example", "expired.example", "nobody.example"), (AWAY,)),
                **dict.fromkeys(("page.example", "alone.example"), (AWAY,)),
                **dict.fromkeys(("two.example", "inspected.example", "inspected-too.example"), (OTHERS[0],)),
                "blocked.example": (OTHERS[0],),
                "stun-a.example": (AWAY, AWAY_IPV6),
                "stun-b.example": (OTHERS[0], OTHERS_IPV6[0]),
                "turn.example": (OTHERS[2],),
                "sunk.example": ("0.0.0.0",),
                "inside.example": ("192.168.1.1",),
            }
        )
        signed = {name: (AWAY, public.sign(name)) for name in ("meet.example", "one.example")}
        signed["two.example"] = (OTHERS[0], public.sign("two.example"))
        signed["alone.example"] = (AWAY, own.sign("alone.example"))
        signed["blocked.example"] = (OTHERS[0], blocking.sign("blocked.example"))
        for name in ("inspected.example", "inspected-too.example"):
            signed[name] = (OTHERS[0], inspecting.sign(name))
        signed["expired.example"] = (AWAY, public.sign("expired.example", days=-1))
        signed["nobody.example"] = (AWAY, nobody.sign("nobody.example"))
        web = office.web(signed)
        yield Street(network, office, folder, public, system, web)


class Told(Protocol):
    """A finished run, here or elsewhere."""

    def fact(self, path: str) -> Any:
        """A fact by its path below `facts`."""


def place(run: Told, kind: str, server: str, port: int) -> Any:
    """One place of the facts."""
    return next(
        each for each in run.fact(f"firewall.{kind}") if (each["server"], each["port"]) == (server, port)
    )


def outcomes(run: Told, kind: str, server: str, port: int) -> dict[str, str]:
    return {each["by"]: each["outcome"] for each in place(run, kind, server, port)["reach"]}


def firewall(run: Run) -> dict[str, str]:
    assert run.stderr == ""
    return run.codes("firewall")
