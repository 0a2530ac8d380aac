"""Put what the program says today between the marks `<!-- shows: ARGUMENTS -->` and `<!-- end -->` of the README.

Run by contributors after changing a text or a rule; the tests fail while the README is behind.
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from amif_netcheck.cli import main as cli

README = Path(__file__).resolve().parent.parent / "README.md"
_PICTURE = re.compile(r"(<!-- shows: (?P<arguments>[^\n]*) -->\n).*?(<!-- end -->)", re.DOTALL)


def output(arguments: str) -> str:
    """What `amif-netcheck ARGUMENTS` writes to a file, whatever the settings of this computer."""
    with tempfile.TemporaryDirectory() as folder:
        settings, written = Path(folder, "settings.toml"), Path(folder, "output")
        settings.touch()
        cli.main([*arguments.split(), "--config", str(settings), "-o", str(written)])
        return written.read_text(encoding="utf-8")


def drawn(text: str) -> str:
    """The same README with every picture made anew."""

    def draw(match: re.Match[str]) -> str:
        return f"{match[1]}```\n{output(match['arguments'])}```\n{match[3]}"

    return _PICTURE.sub(draw, text)


if __name__ == "__main__":
    README.write_text(drawn(README.read_text(encoding="utf-8")), encoding="utf-8")
