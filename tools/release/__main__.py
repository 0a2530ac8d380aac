"""Steps of the release workflow: `python -m tools.release check v0.2.0`, and others (`--help`)."""

from __future__ import annotations

import argparse
import sys
import urllib.request
from pathlib import Path

from tools.packages import archives, project
from tools.packages.project import PackagingError
from tools.release import pieces

_INDEX = "https://www.python.org/ftp/python/"
_ANSWER_S = 60


def main() -> int:
    """Do one step; returns an exit code."""
    options = argparse.ArgumentParser(prog="python -m tools.release", description=__doc__)
    steps = options.add_subparsers(dest="step", required=True)
    step = steps.add_parser(
        "check", help="does the tag name this version, and does the changelog tell of it?"
    )
    step.add_argument("tag")
    steps.add_parser("notes", help="print what the changelog tells of this version")
    step = steps.add_parser("locked", help="print a package of uv.lock as a requirement with its hashes")
    step.add_argument("name")
    step = steps.add_parser("newest-python", help="print the newest version of a series that python.org has")
    step.add_argument("series")
    step = steps.add_parser("winget", help="write the manifests for winget")
    step.add_argument("setup", type=Path)
    step.add_argument("url", help="where the setup can be downloaded")
    step.add_argument("into", type=Path)
    chosen = options.parse_args()
    try:
        sys.stdout.write(_done(chosen))
    except (PackagingError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _done(chosen: argparse.Namespace) -> str:
    """Do it; returns what to print."""
    version = project.version()
    changelog = (project.ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    match chosen.step:
        case "check":
            pieces.check(chosen.tag, version, changelog)
            return f"{version}\n"
        case "notes":
            return pieces.notes(version, changelog)
        case "locked":
            return pieces.locked(chosen.name, (project.ROOT / "uv.lock").read_text(encoding="utf-8")) + "\n"
        case "newest-python":
            with urllib.request.urlopen(_INDEX, timeout=_ANSWER_S) as answer:
                return pieces.newest_python(chosen.series, answer.read().decode()) + "\n"
        case _:
            chosen.into.mkdir(parents=True, exist_ok=True)
            for name, text in pieces.winget(version, chosen.url, archives.sha256(chosen.setup)).items():
                (chosen.into / name).write_text(text, encoding="utf-8", newline="\n")
            return f"{chosen.into}\n"


if __name__ == "__main__":
    raise SystemExit(main())
