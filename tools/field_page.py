"""Make docs/field.md, the table of real programs that were tried, from tests/data/field/*.toml.

Run by contributors after adding a case; the tests fail while the page is behind, or while a case names no test.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

import msgspec

ROOT = Path(__file__).resolve().parent.parent
CASES = ROOT / "tests" / "data" / "field"
PAGE = ROOT / "docs" / "field.md"
_HEAD = """# Tried on real programs

What real VPNs, proxies, filters, downloads and invitations did to the program, and what it says of them. Each line is a test:
the programs are started by it where Debian has them, or what they showed was recorded. `tools/field_page.py` makes this page.
"""
_TITLES = {
    "invitations": "Invitations",
    "vpn": "VPN",
    "firewall": "Firewalls, proxies and names",
    "traffic": "Traffic and devices",
    "terminals": "Terminals and crowded computers",
    "rates": "Rates",
}


class Case(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One thing that was tried. `says`: codes of findings, or `code/variant`, or plain words; `test`: its pytest node, `file::function`."""

    program: str
    scene: str
    truth: str
    says: str | list[str]
    test: str

    @property
    def row(self) -> str:
        """Its line of the table."""
        says = self.says if isinstance(self.says, str) else ", ".join(f"`{code}`" for code in self.says)
        cells = (self.program, self.scene, self.truth, says, f"`{self.test.rpartition('/')[2]}`")
        return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def cases(path: Path) -> list[Case]:
    """All cases in a file.

    Raises:
        msgspec.ValidationError: a case lacks something.
    """
    return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8"))["case"], list[Case])


def page() -> str:
    """The page as it should be."""
    parts = [_HEAD]
    for name, title in _TITLES.items():
        path = CASES / f"{name}.toml"
        if path.exists():
            rows = "\n".join(case.row for case in cases(path))
            parts.append(
                f"## {title}\n\n| program | scene | truth | said | test |\n| --- | --- | --- | --- | --- |\n{rows}\n"
            )
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
