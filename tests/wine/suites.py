"""Which tests run on Windows' Python in CI: those whose outcome may depend on the system, as far as minutes allow."""

from __future__ import annotations

CHOSEN = {
    "tests/pure": "all: structures, parsers, rules; a second of Wine's for a second of Linux'",
    "tests/recorded": "all: what recorded computers answer",
    "tests/program/test_children.py": "processes: how they start, are told things, are killed, end with us",
    "tests/program/test_sound_child.py": "numpy in a child that reads standard input",
    "tests/program/test_streams.py": "pipes that break, encodings of what is redirected",
    "tests/program/test_command_line.py": "exit codes, output files, errors in one line",
    "tests/program/test_settings.py": "folders, files that can't be read",
    "tests/program/test_log.py": "folders, files that are open and renamed",
    "tests/program/test_replay.py": "standard input",
    "tests/program/test_meetings.py": "paths as they are typed, local time",
    "tests/program/test_weight.py": "what is loaded for a short command",
    "tests/program/test_trains.py": "UDP: refusals, silence, pace",
    "tests/program/test_proximity.py": "the echo of the box",
    "tests/program/test_serve_datagrams.py": "UDP on the server's side",
    "tests/tui/test_startup.py": "the first picture, and how it ends",
    "tests/tui/test_watch_and_diagnostics.py": "reports saved in the person's folders",
    "tests/tui/test_pictures.py": "what is drawn is what the pages show",
}
"""By path, with the reason. `python -m tests.wine tests/tui` runs others."""
BESIDE = ("tests/pure", "tests/recorded/test_calls.py")
"""Of these, what only computes: CI runs it beside the tests on Linux, in the time of the processor that they leave."""
TIMED = ("tests/pure/test_background_calls.py", "tests/pure/test_dns.py")
"""Of that again, what waits by the clock: with the others, afterwards."""
LEFT_OUT = {
    "tests/program/test_streams.py::test_texts_arrive_in_the_streams_own_encoding": (
        "a hundred processes, in an encoding that is asked for and so the same everywhere"
    ),
}
"""Of them, with the reason."""
