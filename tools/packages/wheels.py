"""The packages of the lock file, and our own wheel, unpacked for a system that need not be this one."""

from __future__ import annotations

from pathlib import Path

from tools.packages.project import ROOT, uv


def install(
    target: Path,
    *,
    platform: str,
    python: str,
    work: Path,
    instead: tuple[str, ...] = (),
) -> None:
    """Put our wheel and all that it needs at run time into `target`.

    Everything but our own is taken by the hashes of the lock file; nothing is built, so no code of theirs runs here.

    Args:
        target: a folder, made here.
        platform: as uv names it, such as `x86_64-pc-windows-msvc`.
        python: the minor version, such as `3.11`.
        work: a folder for what is needed on the way.
        instead: requirements with their hashes, of packages that are not to be those of the lock file.
    """
    names = [line.partition("==")[0] for line in instead]
    left_out = [word for name in names for word in ("--no-emit-package", name)]
    listed = work / "requirements.txt"
    uv(
        "export", "--quiet", "--frozen", "--no-dev", "--no-emit-project", *left_out, "--output-file", listed,
        folder=ROOT,
    )  # fmt: skip
    with listed.open("a", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in instead)
    common: list[str | Path] = [
        "--quiet",
        "--target",
        target,
        "--python-platform",
        platform,
        "--python-version",
        python,
    ]
    common += ["--only-binary", ":all:", "--no-deps", "--link-mode", "copy"]
    uv("pip", "install", *common, "--require-hashes", "--requirements", listed)
    uv("pip", "install", *common, own_wheel(work))


def own_wheel(folder: Path) -> Path:
    """Our wheel, built from this source."""
    wheels = folder / "wheel"
    uv("build", "--quiet", "--wheel", "--out-dir", wheels, ROOT)
    return next(wheels.glob("*.whl"))
