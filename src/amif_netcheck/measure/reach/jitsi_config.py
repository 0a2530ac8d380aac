"""What a Jitsi Meet's `config.js` tells of its signalling. It is a script: a few assignments are looked for, nothing is run."""

from __future__ import annotations

import re
import urllib.parse
from dataclasses import dataclass

from amif_netcheck.model.address import Base, url_port

_DOMAIN = re.compile(r"[\w.-]{1,253}", re.ASCII)
# What is never closed reaches to the end, so that each text is read once, whatever a stranger's server sends.
_COMMENT = re.compile(r"""(?<![:'"`/\\])(?://[^\n]*|/\*.*?(?:\*/|\Z))""", re.DOTALL)
_ASSIGNED = re.compile(
    r"""(?<![\w$])(websocket|bosh|domain|preferBosh)["']?[ \t]*[:=](?!=)\s{0,20}([^,;\n]{0,500})"""
)
_LITERAL = re.compile(r"""'([^'\n]*)'|"([^"\n]*)"|`([^`\n]*)`""")
_LEFT_OPEN = re.compile(r"\$\{[^}]*(?:\}|\Z)|<!--.*?(?:-->|\Z)")
"""What the browser or the server puts in: empty for a meeting that belongs to no tenant."""
_ADDRESS = re.compile(r"(?:(?:wss?|https?):)?//(?!.*//)|/(?!/)")
_PLAIN_SCHEMES = {"ws", "http"}


@dataclass(frozen=True)
class JitsiConfig:
    """Addresses of the XMPP server over WebSocket and BOSH, and its domain; empty where none is named."""

    websocket: str = ""
    bosh: str = ""
    domain: str = ""


def read(script: str) -> JitsiConfig:
    """The last assignments count, as in a browser. A WebSocket that the page is told to leave aside is none."""
    known: dict[str, str] = {}
    for name, value in _ASSIGNED.findall(_COMMENT.sub("", script)):
        known[name] = value.strip() if name == "preferBosh" else _text(value)
    addresses = {name: known.get(name, "") for name in ("websocket", "bosh")}
    named = {name: value if _ADDRESS.match(value) else "" for name, value in addresses.items()}
    if named["bosh"] and known.get("preferBosh", "").startswith("true"):
        named["websocket"] = ""
    domain = known.get("domain", "")
    return JitsiConfig(**named, domain=domain if _DOMAIN.fullmatch(domain) else "")


def page_of(address: str, base: Base) -> str | None:
    """The page of an address, if the server at `base` has it; None where it is elsewhere, or cannot be read."""
    try:
        parts = urllib.parse.urlsplit(address)
        at, port = parts.hostname or base.host, url_port(parts)
    except ValueError:
        return None
    usual = 80 if (parts.scheme or base.scheme) in _PLAIN_SCHEMES else 443
    port = base.port if not parts.hostname else usual if port is None else port
    page = urllib.parse.quote(parts.path.lstrip("/"), safe="/%:@!$&'()*+,;=~")
    query = urllib.parse.quote(parts.query, safe="/%:@!$&'()*+,;=~?")
    if not page or (_plain(at), port) != (_plain(base.host), base.port):
        return None
    return f"{page}?{query}" if query else page


def _text(expression: str) -> str:
    """The literal parts of an expression, one behind the other."""
    literals = _LITERAL.findall(expression)
    return _LEFT_OPEN.sub("", "".join("".join(literal) for literal in literals)).strip()


def _plain(host: str) -> str:
    return host.casefold().removesuffix(".")
