"""A desk's own certificate signs the launcher, the uninstaller and the setup. The certificate is made here, for a minute."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from tools.package_windows import launcher, setup
from tools.package_windows.__main__ import signed
from tools.packages.project import PackagingError

from tests.package.conftest import needs

SIGN = Path(launcher.__file__).with_name("sign.sh")
pytestmark = pytest.mark.real


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A certificate for programs in a .p12 with a password; the .pem of it is returned."""
    needs("openssl", "osslsigncode")
    key, pem, packed = tmp_path / "key.pem", tmp_path / "certificate.pem", tmp_path / "certificate.p12"
    words = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=Mairie d'Essai",
    ]
    subprocess.run(
        [*words, "-addext", "extendedKeyUsage=codeSigning", "-keyout", key, "-out", pem],
        check=True,
        capture_output=True,
    )
    subprocess.run(
        [
            "openssl",
            "pkcs12",
            "-export",
            "-inkey",
            key,
            "-in",
            pem,
            "-out",
            packed,
            "-passout",
            "pass:à l'abri",
        ],
        check=True,
    )
    monkeypatch.setenv("CERTIFICATE_FILE", str(packed))
    monkeypatch.setenv("CERTIFICATE_PASSWORD", "à l'abri")
    monkeypatch.setenv("TIMESTAMP_SERVER", "")  # none of the Internet's
    return pem


def verified(program: Path, certificate: Path) -> bool:
    words = ["osslsigncode", "verify", "-CAfile", str(certificate), "-in", str(program)]
    return subprocess.run(words, capture_output=True, check=False).returncode == 0


def test_launcher_and_setup_and_uninstaller_are_signed(certificate: Path, tmp_path: Path) -> None:
    needs("makensis", "x86_64-w64-mingw32-gcc")
    work, folder = tmp_path / "work", tmp_path / "folder"
    work.mkdir()
    (folder / "lib").mkdir(parents=True)
    program = launcher.build(folder / "amif-netcheck.exe", "1.2.3", work)
    assert not verified(program, certificate)
    signed(program, str(SIGN))
    assert verified(program, certificate)

    seen = tmp_path / "uninstaller"
    watched = tmp_path / "sign and keep"
    watched.write_text(f'#!/bin/sh\nset -eu\n"{SIGN}" "$1"\ncp "$1" "{seen}"\n')
    watched.chmod(0o755)
    target = tmp_path / "setup.exe"
    setup.build(
        target, folder, version="1.2.3", icon=work / "icon.ico", work=work, sign=f"'{watched}'", quick=True
    )
    assert verified(seen, certificate), "NSIS has the uninstaller signed before it packs it"
    assert not verified(target, certificate)
    signed(target, str(SIGN))
    assert verified(target, certificate)


def test_a_signature_that_fails_fails_the_package(
    certificate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CERTIFICATE_PASSWORD", "wrong")
    program = tmp_path / "amif-netcheck.exe"
    program.write_bytes(b"MZ")
    with pytest.raises(PackagingError):
        signed(program, str(SIGN))
