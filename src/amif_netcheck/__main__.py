"""The way in: answers `--version` without loading the program, hands everything else to the command line."""

import sys

from amif_netcheck import __version__


def main() -> int:
    """Run amif-netcheck on `sys.argv`; returns the exit code (see `amif_netcheck.cli.main.ExitCode`)."""
    if sys.argv[1:] == ["--version"] and sys.stdout is not None:
        try:
            sys.stdout.write(f"amif-netcheck {__version__}\n")
            sys.stdout.flush()
        except OSError:
            pass  # said below, as for everything else that can't be printed
        else:
            return 0
    if sys.argv[1:2] == ["--child"]:
        from amif_netcheck.children import programs

        if child := programs.asked_for(sys.argv[1:]):
            programs.be(child)
            return 0
    try:
        from amif_netcheck.cli import main as cli  # heavy, and --version must not pay for it

        return cli.main(sys.argv[1:])
    except KeyboardInterrupt:  # while loading
        return 130


if __name__ == "__main__":
    raise SystemExit(main())
