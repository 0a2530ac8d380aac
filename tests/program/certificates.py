"""Certificates that nobody has signed."""

from __future__ import annotations

import ssl
import subprocess
from pathlib import Path

from tests.systems import needs_program


def certificate(folder: Path, name: str, *others: str) -> tuple[ssl.SSLContext, Path]:
    """A self-signed certificate for `name` and `others`: a server's side of TLS, and the file that makes who trusts it trust."""
    needs_program("openssl")
    key, cert = folder / "key.pem", folder / "cert.pem"
    subjects = f"subjectAltName={','.join(f'DNS:{each}' for each in (name, *others))}"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    more = ["-days", "2", "-subj", f"/CN={name}", "-addext", subjects, "-keyout", str(key), "-out", str(cert)]
    subprocess.run([*command, *more], capture_output=True, check=True, timeout=20)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    return context, cert
