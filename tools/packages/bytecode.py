"""Compile Python files ahead, so that the same source is the same bytes wherever and whenever it is compiled.

Run by itself, with nothing else loaded: `python -I -S -B bytecode.py`, which reads one line of JSON a file
(`[source, target, name]`) from standard input. What marshal writes depends on which other strings live in the process.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path


def compile_all(files: Iterable[tuple[Path, Path, str]]) -> None:
    """Compile each source into a target; `name` is what tracebacks call it.

    The result is never compared with its source when it is loaded (PEP 552, unchecked), as there is none beside it.

    Raises:
        subprocess.CalledProcessError: one of them is no Python; the compiler has said which.
    """
    lines = "".join(json.dumps([str(source), str(target), name]) + "\n" for source, target, name in files)
    subprocess.run(  # noqa: S603
        [sys.executable, "-I", "-S", "-B", __file__],
        input=lines,
        text=True,
        encoding="utf-8",
        check=True,
        env={"PYTHONHASHSEED": "0"},
    )


def _main() -> None:
    import py_compile  # noqa: PLC0415 - the process that compiles, not the one that asks

    mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
    for line in sys.stdin:
        source, target, name = json.loads(line)
        py_compile.compile(source, target, name, doraise=True, invalidation_mode=mode, quiet=1)


if __name__ == "__main__":
    _main()
