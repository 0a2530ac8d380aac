"""Who signed a certificate: the issuer's names out of X.509's DER, which Python reads only of certificates that are valid."""

from __future__ import annotations

from collections.abc import Iterator

_COMMON_NAME = bytes((0x55, 0x04, 0x03))
_ORGANISATION = bytes((0x55, 0x04, 0x0A))
_SEQUENCE, _SET, _OID, _VERSION = 0x30, 0x31, 0x06, 0xA0
_BMP_STRING, _LATIN_STRING = 0x1E, 0x14
_ISSUER_FIELD = 2
"""RFC 5280, section 4.1: after an optional version come serial number, signature algorithm, issuer."""
_LONGEST = 120


def issuer(der: bytes) -> tuple[str, str]:
    """(organisation, common name) of the issuer; empty where it has none, or where this is no certificate."""
    try:
        body = _content(_content(der, _SEQUENCE), _SEQUENCE)
        fields = [field for field in _elements(body) if field[0] != _VERSION]
        kind, names = fields[_ISSUER_FIELD]
        return (_name(names, _ORGANISATION), _name(names, _COMMON_NAME)) if kind == _SEQUENCE else ("", "")
    except (ValueError, IndexError):
        return "", ""


def _name(names: bytes, wanted: bytes) -> str:
    for kind, relative in _elements(names):
        if kind != _SET:
            continue
        for _, pair in _elements(relative):
            (oid_kind, oid), (text_kind, text) = list(_elements(pair))[:2]
            if oid_kind == _OID and oid == wanted:
                encoding = {_BMP_STRING: "utf-16-be", _LATIN_STRING: "latin-1"}.get(text_kind, "utf-8")
                return text.decode(encoding, errors="replace")[:_LONGEST]
    return ""


def _content(data: bytes, kind: int) -> bytes:
    """The content of the first element, which has to be of this kind."""
    tag, content = next(_elements(data), (None, b""))
    if tag != kind:
        raise ValueError("not the element that belongs here")
    return content


def _elements(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Tag and content of the elements of DER, one after the other (X.690, definite lengths)."""
    at = 0
    while at < len(data):
        kind, length, begin = data[at], data[at + 1], at + 2
        if length & 0x80:
            size = length & 0x7F
            length = int.from_bytes(data[begin : begin + size], "big")
            begin += size
            if not size or size > 4:  # noqa: PLR2004 - no certificate has 4 GB
                raise ValueError("no definite length")
        if begin + length > len(data):
            raise ValueError("cut short")
        yield kind, data[begin : begin + length]
        at = begin + length
