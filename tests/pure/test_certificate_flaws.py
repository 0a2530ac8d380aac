"""What is wrong with a certificate, by the codes of OpenSSL, of Windows (winerror.h) and of macOS (SecBase.h)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amif_netcheck.measure.reach.handshakes import flaw_of
from amif_netcheck.model.facts import Flaw

EXPIRED, NOT_YET, OTHER_NAME, SELF_SIGNED, UNKNOWN_ISSUER = 10, 9, 62, 18, 20
CERT_E_EXPIRED, CERT_E_CN_NO_MATCH, CERT_E_UNTRUSTEDROOT, CERT_E_CHAINING = (
    0x800B0101,
    0x800B010F,
    0x800B0109,
    0x800B010A,
)
SEC_EXPIRED, SEC_NOT_YET, SEC_OTHER_NAME, SEC_NOT_TRUSTED = -67818, -67819, -67602, -67843


@pytest.mark.parametrize(
    ("public", "system", "flaw"),
    [
        (UNKNOWN_ISSUER, UNKNOWN_ISSUER, Flaw.UNKNOWN_AUTHORITY),
        (UNKNOWN_ISSUER, EXPIRED, Flaw.EXPIRED),
        (UNKNOWN_ISSUER, CERT_E_EXPIRED, Flaw.EXPIRED),
        (UNKNOWN_ISSUER, CERT_E_CN_NO_MATCH, Flaw.OTHER_NAME),
        (UNKNOWN_ISSUER, CERT_E_UNTRUSTEDROOT, Flaw.UNKNOWN_AUTHORITY),
        (EXPIRED, CERT_E_CHAINING, Flaw.EXPIRED),
        (NOT_YET, CERT_E_EXPIRED, Flaw.NOT_YET_VALID),
        (UNKNOWN_ISSUER, SEC_EXPIRED, Flaw.EXPIRED),
        (UNKNOWN_ISSUER, SEC_NOT_YET, Flaw.NOT_YET_VALID),
        (UNKNOWN_ISSUER, SEC_OTHER_NAME, Flaw.OTHER_NAME),
        (OTHER_NAME, SEC_NOT_TRUSTED, Flaw.OTHER_NAME),
        (SELF_SIGNED, 0x80092013, Flaw.UNKNOWN_AUTHORITY),  # CRYPT_E_REVOCATION_OFFLINE
        (EXPIRED, 0, Flaw.EXPIRED),
        (99, 98, Flaw.OTHER),
    ],
)
def test_what_is_wrong_is_told_alike(public: int, system: int, flaw: Flaw) -> None:
    assert flaw_of(public, system) is flaw


@given(st.integers(-70_000, 70_000), st.integers(0, 2**32 - 1))
def test_every_pair_of_codes_is_some_flaw(public: int, system: int) -> None:
    assert isinstance(flaw_of(public, system), Flaw)
