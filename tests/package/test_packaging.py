"""The pieces of the packagers that need no tool and no other system."""

from __future__ import annotations

import importlib.util
import io
import os
import struct
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tools.package_linux import deb
from tools.package_windows import runtime, setup, tree, user_path
from tools.packages import archives, bytecode, icon, project
from tools.packages.project import PackagingError
from tools.packages.pruning import EVERYWHERE, Rule, kept

import amif_netcheck


@pytest.mark.parametrize(
    ("version", "numbers"),
    [
        ("0.2.0", (0, 2, 0, 0)),
        ("1.2", (1, 2, 0, 0)),
        ("0.2.0rc1", (0, 2, 0, 0)),
        ("0.2.0.dev3+g1", (0, 2, 0, 0)),
        ("1.2.3.4.5", (1, 2, 3, 4)),
    ],
)
def test_a_version_has_four_numbers_for_windows(version: str, numbers: tuple[int, ...]) -> None:
    assert project.four_numbers(version) == numbers


@pytest.mark.parametrize(
    ("ours", "debians"),
    [("0.2.0", "0.2.0"), ("0.2.0rc1", "0.2.0~rc1"), ("0.2.0.dev3", "0.2.0~dev3"), ("1.0b2", "1.0~b2")],
)
def test_what_comes_before_a_release_does_so_for_debian_too(ours: str, debians: str) -> None:
    assert deb.version(ours) == debians


def test_the_version_is_the_programs() -> None:
    assert project.version() == amif_netcheck.__version__


def test_a_source_without_a_version_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "src" / "amif_netcheck").mkdir(parents=True)
    (tmp_path / "src" / "amif_netcheck" / "__init__.py").write_text("")
    with pytest.raises(PackagingError, match="names no version"):
        project.version(tmp_path)


def test_the_moment_is_the_named_one_and_no_zip_archive_is_before_1980(tmp_path: Path) -> None:
    assert project.moment({"SOURCE_DATE_EPOCH": "1700000000"}) == 1_700_000_000
    assert project.moment({"SOURCE_DATE_EPOCH": "0"}) == project.EARLIEST
    assert project.moment({}, tmp_path) == project.EARLIEST


def test_a_tool_that_fails_says_its_last_words() -> None:
    with pytest.raises(PackagingError, match=r"(?s)failed \(3\).*so it is"):
        project.run(sys.executable, "-c", "import sys; sys.exit(print('so it is') or 3)")
    with pytest.raises(PackagingError, match="no such tool"):
        project.run("no such tool")


def test_a_rule_that_names_nothing_any_more_is_said() -> None:
    rules = (Rule("a/*", "why", but=("a/kept",)), Rule("gone/*", "why"))
    with pytest.raises(PackagingError, match="gone"):
        kept(["a/x"], rules)
    assert kept(["b", "a/x", "a/kept"], rules, all_needed=False) == ["a/kept", "b"]


@pytest.mark.parametrize(
    ("path", "stays"),
    [
        ("numpy/fft/_pocketfft.py", True),
        ("numpy/random/mtrand.pyd", False),
        ("numpy/_core/_multiarray_umath.cp311-win_amd64.pyd", True),
        ("numpy/_core/_rational_tests.cp311-win_amd64.pyd", False),
        ("numpy-2.4.6.dist-info/METADATA", True),
        ("numpy-2.4.6.dist-info/licenses/LICENSE.txt", True),
        ("numpy-2.4.6.dist-info/RECORD", False),
        ("pygments/lexers/python.py", True),
        ("pygments/lexers/scheme.py", False),
        ("textual/widgets/_label.py", True),
        ("amif_netcheck/locales/fr/LC_MESSAGES/amif_netcheck.mo", True),
        ("aiooui/oui.data", True),
    ],
)
def test_what_stays_out_is_what_nothing_imports(path: str, stays: bool) -> None:
    assert (path in kept([path], EVERYWHERE, all_needed=False)) is stays


def test_only_packages_of_nothing_but_modules_lie_in_the_archive() -> None:
    app = dict.fromkeys(
        ("rich/a.pyc", "rich/b/c.pyc", "six.pyc", "psutil/a.pyc", "psutil/_x.pyd", "tzdata/Paris"), b""
    )
    zipped, files = tree.split(app)
    assert set(zipped) == {"rich/a.pyc", "rich/b/c.pyc", "six.pyc", "tzdata/Paris"}
    assert set(files) == {"psutil/a.pyc", "psutil/_x.pyd"}


OURS = r"C:\Users\Élodie Préfet\AppData\Local\Programs\amif-netcheck"


@pytest.mark.parametrize(
    ("path", "with_ours"),
    [
        ("", OURS),
        (r"C:\a", rf"C:\a;{OURS}"),
        ("C:\\a;", f"C:\\a;{OURS};"),
        (f"C:\\a;{OURS}", f"C:\\a;{OURS}"),
        (f"{OURS.upper()}\\;C:\\a", f"{OURS.upper()}\\;C:\\a"),
        (f'"{OURS}"', f'"{OURS}"'),
        (r'"C:\a;b"', rf'"C:\a;b";{OURS}'),
    ],
)
def test_our_folder_is_on_the_path_once(path: str, with_ours: str) -> None:
    assert user_path.with_folder(path, OURS) == with_ours


def test_an_entry_with_a_variable_may_be_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROGRAMS_OF_MINE", r"C:\Programmes")
    assert user_path.without_folder(r"%PROGRAMS_OF_MINE%\amif;C:\a", r"c:\programmes\amif") == r"C:\a"


def test_a_folder_with_a_semicolon_is_quoted_and_found_again() -> None:
    path = user_path.with_folder("x", r"C:\a;b")
    assert path == r'x;"C:\a;b"'
    assert user_path.without_folder(path, r"C:\a;b") == "x"


_ENTRIES = st.lists(st.text(alphabet="aé%\\ :", max_size=8), max_size=8).map(";".join)


@given(_ENTRIES)
def test_what_is_put_on_the_path_is_taken_off_and_leaves_all_else(path: str) -> None:
    changed = user_path.with_folder(path, OURS)
    assert user_path.with_folder(changed, OURS) == changed
    assert user_path.without_folder(changed, OURS) == path


@given(st.text(alphabet='a;"\\ ', max_size=30))
def test_the_entries_of_any_path_are_all_of_it(path: str) -> None:
    assert ";".join(user_path.entries(path)) == path


def test_all_that_the_setup_installs_it_removes_and_then_the_folders() -> None:
    paths = ["amif-netcheck.exe", "lib/app/numpy/a.pyd", "lib/app/b.txt", "lib/runtime/python.exe"]
    install = setup.install_list(paths, Path("/made"))
    remove = setup.removal_list(paths)
    assert install.splitlines() == [
        'SetOutPath "$INSTDIR"',
        'File "/made/amif-netcheck.exe"',
        'SetOutPath "$INSTDIR\\lib\\app"',
        'File "/made/lib/app/b.txt"',
        'SetOutPath "$INSTDIR\\lib\\app\\numpy"',
        'File "/made/lib/app/numpy/a.pyd"',
        'SetOutPath "$INSTDIR\\lib\\runtime"',
        'File "/made/lib/runtime/python.exe"',
    ]
    deleted = [line for line in remove.splitlines() if line.startswith("Delete")]
    assert sorted(deleted) == sorted(f'Delete "$INSTDIR\\{path}"'.replace("/", "\\") for path in paths)
    folders = [line for line in remove.splitlines() if line.startswith("RMDir")]
    assert folders == [
        'RMDir "$INSTDIR\\lib\\app\\numpy"',
        'RMDir "$INSTDIR\\lib\\app"',
        'RMDir "$INSTDIR\\lib\\runtime"',
        'RMDir "$INSTDIR\\lib"',
        'RMDir "$INSTDIR"',
    ]
    assert "/r" not in remove, "nobody else's files are removed"


def test_a_zip_is_the_same_bytes_whatever_the_order_and_the_time_zone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, zone, paths in (("one", "UTC", ("b", "a")), ("two", "Asia/Tokyo", ("a", "b"))):
        monkeypatch.setenv("TZ", zone)
        members = {path: path.encode() * 1000 for path in paths}
        archives.zip_of(tmp_path / name, members, moment=1_700_000_000, pack=True, programs={"a"})
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    with zipfile.ZipFile(tmp_path / "one") as archive:
        assert [(info.filename, info.date_time, info.external_attr >> 16) for info in archive.infolist()] == [
            ("a", (2023, 11, 14, 22, 13, 20), 0o100755),
            ("b", (2023, 11, 14, 22, 13, 20), 0o100644),
        ]


def test_the_hash_beside_a_file_is_what_sha256sum_checks(tmp_path: Path) -> None:
    (tmp_path / "été.zip").write_bytes(b"content")
    with pytest.raises(UnicodeEncodeError):  # names of packages are plain
        archives.write_hash(tmp_path / "été.zip")
    (tmp_path / "it.zip").write_bytes(b"content")
    beside = archives.write_hash(tmp_path / "it.zip")
    assert beside.read_bytes().startswith(
        b"ed7002b439e9ac845f22357d822bac1444730fbdb6016d3ec9432297b9ec9f73  it.zip"
    )


SOURCE = (
    "import os\n\ndef words(name='x', *, other={'a', 'b'}):\n    return {'one', 'two', name} | {os.sep}\n"
)


def test_compiled_modules_are_the_same_bytes_wherever_and_whenever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    for number, folder in enumerate(("here", "there and elsewhere")):
        monkeypatch.setenv("PYTHONHASHSEED", str(number))
        source = tmp_path / folder / "module.py"
        source.parent.mkdir()
        source.write_text(SOURCE)
        os.utime(source, (number, number))
        bytecode.compile_all([(source, source.with_suffix(".pyc"), "lib/module.py")])
        made.append(source.with_suffix(".pyc").read_bytes())
    assert made[0] == made[1]
    assert made[0][:4] == importlib.util.MAGIC_NUMBER
    assert int.from_bytes(made[0][4:8], "little") == 1, "by its hash, and never compared (PEP 552)"
    assert b"here" not in made[0]


def test_a_source_that_does_not_compile_is_no_package(tmp_path: Path) -> None:
    (tmp_path / "bad.py").write_text("def (")
    with pytest.raises(subprocess.CalledProcessError):
        bytecode.compile_all([(tmp_path / "bad.py", tmp_path / "bad.pyc", "bad.py")])


def _dll(version: str) -> bytes:
    """As a DLL's resources name its version: UTF-16, padded to four bytes."""
    return b"MZ" + "ProductVersion\0\0".encode("utf-16-le") + f"{version}\0".encode("utf-16-le")


def _embeddable(folder: Path, *, version: str, magic: bytes = importlib.util.MAGIC_NUMBER) -> Path:
    """The layout of python.org's archive, by hand: `python3XX.zip` of compiled modules, programs, a `._pth` file."""
    name = "python" + "".join(version.split(".")[:2])
    library = io.BytesIO()
    with zipfile.ZipFile(library, "w") as archive:
        archive.writestr("os.pyc", magic + bytes(12))
        archive.writestr("unittest/mock.pyc", magic + bytes(12))
    path = folder / "embed.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{name}.zip", library.getvalue())
        archive.writestr(f"{name}.dll", _dll(version))
        archive.writestr(f"{name}._pth", f"{name}.zip\r\n.\r\n")
        for other in (
            "python.exe",
            "pythonw.exe",
            "_ssl.pyd",
            "winsound.pyd",
            "sqlite3.dll",
            "vcruntime140.dll",
            "LICENSE.txt",
            "python.cat",
        ):
            archive.writestr(other, b"")
    return path


RUNNING = "{}.{}.7".format(*sys.version_info)


def test_the_embeddable_python_is_taken_without_what_nothing_imports(tmp_path: Path) -> None:
    it = runtime.read(_embeddable(tmp_path, version=RUNNING), tmp_path)
    assert it.version == RUNNING
    assert set(it.files) == {f"{it.name}.dll", "python.exe", "_ssl.pyd", "vcruntime140.dll", "LICENSE.txt"}
    assert set(it.library) == {"os.pyc"}
    assert it.search_path("..\\app.zip") == f"{it.name}.zip\r\n.\r\n..\\app.zip\r\n".encode()


@pytest.mark.parametrize(
    ("version", "magic"), [("3.9.1", importlib.util.MAGIC_NUMBER), (RUNNING, b"\x01\x02\r\n")]
)
def test_a_python_that_this_one_does_not_compile_for_is_refused(
    tmp_path: Path, version: str, magic: bytes
) -> None:
    with pytest.raises(PackagingError, match="compiled for"):
        runtime.read(_embeddable(tmp_path, version=version, magic=magic), tmp_path)


@pytest.mark.parametrize("content", [b"", b"PK\x05\x06" + bytes(18), b"not a zip"])
def test_what_is_no_python_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "it.zip").write_bytes(content)
    with pytest.raises(PackagingError):
        runtime.read(tmp_path / "it.zip", tmp_path)
    with pytest.raises(PackagingError, match="neither"):
        runtime.read(tmp_path, tmp_path)


def _png_size(content: bytes) -> tuple[int, int, int]:
    """Width, height, and the bytes of its rows when unpacked."""
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", content[16:24])
    at, packed = 8, b""
    while at < len(content):
        length, kind = struct.unpack(">I4s", content[at : at + 8])
        body = content[at + 8 : at + 8 + length]
        assert zlib.crc32(kind + body) == struct.unpack(">I", content[at + 8 + length : at + 12 + length])[0]
        packed += body if kind == b"IDAT" else b""
        at += 12 + length
    return width, height, len(zlib.decompress(packed))


def test_the_icon_has_all_sizes_that_windows_shows() -> None:
    content = icon.ico()
    count = struct.unpack("<HHH", content[:6])[2]
    end = 6 + 16 * count
    sizes = []
    for index in range(count):
        width, _, _, _, _, bits, length, at = struct.unpack(
            "<BBBBHHII", content[6 + 16 * index : 22 + 16 * index]
        )
        assert at == end
        assert bits == 32
        picture = content[at : at + length]
        if width == 0:
            assert _png_size(picture)[:2] == (256, 256)
        else:
            assert struct.unpack("<Iii", picture[:12]) == (40, width, 2 * width)
            assert length == 40 + 4 * width * width + (width + 31) // 32 * 4 * width
        sizes.append(width or 256)
        end += length
    assert end == len(content)
    assert tuple(sizes) == icon.ICO_SIZES


def test_the_icon_is_clear_at_its_corners_and_says_ready_where_it_has_room() -> None:
    raw = icon.pixels(64)
    assert raw[:4] == bytes(4)
    inside = raw[4 * (64 * 46 + 33) :][:4]  # left of the tick, within its disc
    assert inside[3] == 255
    assert inside[1] > inside[0]
    assert inside[1] > inside[2]
    assert _png_size(icon.png(48)) == (48, 48, 48 * (4 * 48 + 1))


def test_the_c_library_that_is_needed_is_the_newest_that_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.so").write_bytes(b"\x7fELF GLIBC_2.4\0GLIBC_2.17\0")
    (tmp_path / "b.so").write_bytes(b"\x7fELF GLIBC_2.9\0GLIBC_2.3.4\0")
    (tmp_path / "notes.txt").write_bytes(b"GLIBC_2.99")
    assert deb.glibc(tmp_path) == "2.17"
    (tmp_path / "a.so").unlink()
    (tmp_path / "b.so").unlink()
    with pytest.raises(PackagingError):
        deb.glibc(tmp_path)
