"""macOS's tools and libraries, recorded: what each writes or answers."""

from __future__ import annotations

from collections.abc import Callable

from amif_netcheck.model.facts import Reason, Unavailable

SLOW = Unavailable(reason=Reason.TIMEOUT, detail="too slow")


class FakeTools:
    """See `Tools`. By the words of the command after the path, as they are typed; `ps` stands for its long line."""

    def __init__(self, **written: str | Unavailable) -> None:
        self.written = written
        self.asked: list[str] = []

    def output(self, *command: str, seconds: float) -> str | Unavailable:
        assert command[0].startswith("/")
        name = command[0].rpartition("/")[2]
        asked = "ps" if name == "ps" else " ".join((name, *command[1:]))
        self.asked.append(asked)
        key = asked.replace(" -g", "").replace(" ", "_")
        return self.written.get(key, Unavailable(reason=Reason.NOT_PRESENT, detail=f"{name}: no such file"))


class FakeKernel:
    """See `MacKernel`."""

    def __init__(
        self, statistics: bytes = b"", page: int = 0, responsible: dict[int, int] | None = None
    ) -> None:
        self.statistics, self.page = statistics, page
        self.by_pid = responsible or {}

    def vm_statistics(self) -> bytes:
        return self.statistics

    def page_size(self) -> int:
        return self.page

    def responsible(self, pid: int) -> int:
        return self.by_pid.get(pid, 0)


class FakeObjects:
    """See `AppleObjects`; None: the system has no such thing."""

    def __init__(
        self,
        *,
        status: int | None = None,
        low: bool | None = None,
        heat: int | None = None,
        applications: tuple[int, ...] = (),
        on_quit: Callable[[int], bool] = lambda _pid: True,
    ) -> None:
        self.status, self.low, self.heat, self.applications = status, low, heat, applications
        self.on_quit = on_quit
        self.media: list[str] = []
        self.asked_to_quit: list[int] = []

    def authorization(self, media: str) -> int:
        self.media.append(media)
        return _or_error(self.status)

    def low_power(self) -> bool:
        return bool(_or_error(self.low))

    def thermal_state(self) -> int:
        return _or_error(self.heat)

    def is_application(self, pid: int) -> bool:
        return pid in self.applications

    def quit(self, pid: int) -> bool:
        self.asked_to_quit.append(pid)
        return self.on_quit(pid)


def _or_error(value: int | None) -> int:
    if value is None:
        raise OSError("no class")
    return value


def ps(*lines: tuple[int, int, int, str, str, int, str]) -> str:
    """Lines of `ps -o pid=,ppid=,uid=,stat=,time=,rss=,comm=`."""
    return "".join(
        f"{pid:5} {parent:5} {user:5} {state:4} {time:>9} {rss:6} {path}\n"
        for pid, parent, user, state, time, rss, path in lines
    )
