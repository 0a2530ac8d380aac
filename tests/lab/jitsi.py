"""What brings the participants of a Jitsi Meet together: a real Prosody, over WebSocket and BOSH."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.lab.namespaces import Namespace

PORT = 5280


def prosody(inside: Namespace, folder: Path, host: str) -> subprocess.Popen[bytes]:
    """It speaks plain HTTP on this computer alone, as behind Jitsi's nginx; its log is `folder`/log."""
    folder.mkdir()
    config = folder / "prosody.cfg.lua"
    config.write_text(
        f"""
run_as_root = true
pidfile = "{folder}/pid"
data_path = "{folder}"
log = {{ {{ levels = {{ min = "debug" }}, to = "file", filename = "{folder}/log" }} }}
modules_enabled = {{ "bosh", "websocket", "disco", "saslauth" }}
modules_disabled = {{ "s2s", "posix" }}
c2s_ports = {{ }}
http_ports = {{ {PORT} }}
http_interfaces = {{ "127.0.0.1" }}
https_ports = {{ }}
http_default_host = "{host}"
consider_bosh_secure = true
consider_websocket_secure = true
VirtualHost "{host}"
    authentication = "anonymous"
"""
    )
    return inside.start("prosody", "-F", "--config", str(config), listens=("tcp", PORT))
