"""The program starts on Windows' Python, and says what it says elsewhere."""

from __future__ import annotations

from amif_netcheck import __version__
from tests.wine.windows_python import WindowsPython, kill


def test_it_says_its_version(windows: WindowsPython) -> None:
    run = windows.run("--version")
    assert (run.code, run.stdout, run.stderr) == (0, f"amif-netcheck {__version__}\n", "")


def test_it_is_windows_that_runs_it(windows: WindowsPython) -> None:
    run = windows.python(
        "-c", "import sys, amif_netcheck; print(sys.platform, sys.version, amif_netcheck.__file__)"
    )
    assert run.stdout.startswith("win32 3.11.9 ")
    assert r"\src\amif_netcheck" in run.stdout


def test_a_key_that_a_test_writes_is_read_by_windows(own_windows: WindowsPython) -> None:
    own_windows.prefix.registry('[HKEY_CURRENT_USER\\Software\\amif-test]\n"word"="préfète"')
    script = (
        "import winreg; key = winreg.OpenKey(winreg.HKEY_CURRENT_USER, r'Software\\amif-test');"
        "print(ascii(winreg.QueryValueEx(key, 'word')[0]))"
    )
    assert own_windows.python("-c", script).stdout == "'pr\\xe9f\\xe8te'\n"


def test_english_windows_is_spoken_to_in_english(windows: WindowsPython) -> None:
    """Wine's is English, where no locale of Linux says otherwise; who types French gets that."""
    assert windows.run("list").stdout.startswith(windows.run("list", "--lang", "en").stdout[:40])
    assert windows.run("list", environment={"LANG": "fr_FR.UTF-8", "LC_ALL": ""}).stdout.startswith(
        windows.run("list", "--lang", "fr").stdout[:40]
    )


def test_what_is_redirected_is_utf_8(windows: WindowsPython) -> None:
    run = windows.run("demo", "everything-wrong", "--plain", "--lang", "fr")
    assert "\u202f%" in run.stdout
    assert "?" not in run.stdout.replace("?\n", "")


def test_a_child_is_told_apart_from_a_run(windows: WindowsPython) -> None:
    """What a packed program starts itself with."""
    process = windows.start("-m", "amif_netcheck", "--child", "amif_netcheck.sound.child")
    try:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b'{"do": "list"}\n')
        process.stdin.flush()
        assert process.stdout.readline().startswith((b'{"devices": ', b'{"error": '))
        assert process.wait(60) == 0
    finally:
        kill(process)
