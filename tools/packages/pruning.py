"""What stays out of a package: files of the dependencies that nothing of the program imports or reads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from typing import NamedTuple

from tools.packages.project import PackagingError


class Rule(NamedTuple):
    """Paths that stay out, relative and with slashes (`*` stands for slashes too), and those of them that stay."""

    pattern: str
    why: str
    but: tuple[str, ...] = ()

    def matches(self, path: str) -> bool:
        """Is this path meant?"""
        return fnmatchcase(path, self.pattern) and not any(fnmatchcase(path, kept) for kept in self.but)


EVERYWHERE = (
    Rule("bin/*", "starters of the dependencies"),
    Rule("*/tests/*", "their tests"),
    Rule("*/test/*", "their tests"),
    Rule("*.pyi", "types, for programmers"),
    Rule("*/py.typed", "types, for programmers"),
    Rule("*.pxd", "declarations for Cython"),
    Rule("*/.gitignore", "for programmers"),
    Rule("*.dist-info/*", "what installers note", but=("*/METADATA", "*/licenses/*", "*/LICEN[SC]E*", "*/COPYING*")),
    Rule("cffi/*", "builds bindings; sounddevice's are built"),
    Rule("pycparser/*", "needed by cffi alone"),
    Rule("numpy/_core/include/*", "for C programs"),
    Rule("numpy/f2py/*", "for Fortran"),
    Rule("numpy/random/*", "no random numbers here"),
    Rule("numpy/polynomial/*", "no polynomials here"),
    Rule("numpy/testing/*", "for tests"),
    Rule("numpy/typing/*", "types, for programmers"),
    Rule("numpy/_core/_*_tests.*", "for tests"),
    Rule("numpy/_core/_simd.*", "for tests"),
    Rule("pygments/lexers/*", "languages that no traceback is written in",
         but=("*/__init__.py", "*/_mapping.py", "*/python.py", "*/special.py")),
    Rule("textual/demo/*", "shows Textual"),
    Rule("textual/tree-sitter/*", "colours for an editor of source text"),
)  # fmt: skip

PORTAUDIO = "_sounddevice_data/portaudio-binaries/*"


def kept(paths: Iterable[str], rules: Sequence[Rule], *, all_needed: bool = True) -> list[str]:
    """The paths that no rule names, sorted.

    Raises:
        PackagingError: a rule names nothing any more, although `all_needed`; a dependency may have renamed what it meant.
    """
    paths = sorted(paths)
    idle = [rule.pattern for rule in rules if not any(rule.matches(path) for path in paths)]
    if idle and all_needed:
        raise PackagingError(f"no file is meant by: {', '.join(idle)}")
    return [path for path in paths if not any(rule.matches(path) for rule in rules)]
