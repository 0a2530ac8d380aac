"""Record what sound servers answer about made-up devices: `python -m tests.recorded.record_sound` (as root on Debian)."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

from amif_netcheck.children import Child
from tests.real.sound_server import SoundServer, tone

DATA = Path(__file__).resolve().parents[1] / "data" / "linux"

if __name__ == "__main__":
    for kind in ("pulseaudio", "pipewire"):
        with SoundServer(kind) as server, tempfile.TemporaryDirectory() as folder:
            server.headset(chosen=False)
            server.laptop()
            server.play(tone(Path(folder) / "t.wav", "sine", "440"), "laptop")
            server.record("laptop_mic")
            os.environ.update(server.environment)
            child = Child("amif_netcheck.platforms.linux.pulse_child", {}, longest_line=1 << 20)
            child.wait(10)
            said = child.last("sound")
            child.kill()
        assert said is not None
        answer = said["sound"]
        (DATA / f"sound-{kind}.json").write_text(
            json.dumps(answer, indent=1, sort_keys=True) + "\n", encoding="utf-8"
        )
