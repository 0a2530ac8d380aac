"""Notes as PDF, read in a child: what is written in them, and files that ask for too much."""

from __future__ import annotations

import zlib
from datetime import datetime
from pathlib import Path

import pytest

from amif_netcheck.children import pdf
from amif_netcheck.meeting import selection

NOW = datetime(2026, 11, 29, 10).astimezone()
LINES = ("Le jeudi 3 décembre 2026 de 9h à 10h30", "En visioconférence")
LINK = "https://visio.numerique.gouv.fr/abc-defg-hij"


def document(stream: bytes, *, link: str = "", compressed: bool = True) -> bytes:
    """A PDF of one page (ISO 32000-1): its content, and a link over it."""
    body = zlib.compress(stream, 9) if compressed else stream
    filter_ = b"/Filter /FlateDecode " if compressed else b""
    annotation = (
        f"/Annots [<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A << /S /URI /URI ({link}) >> >>]"
        if link
        else ""
    )
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> " + annotation.encode() + b" >>",
        b"<< " + filter_ + b"/Length %d >>\nstream\n" % len(body) + body + b"\nendstream",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    made, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(made))
        made += b"%d 0 obj\n" % number + content + b"\nendobj\n"
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    table += b"".join(b"%010d 00000 n \n" % place for place in places)
    return (
        made
        + table
        + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(made))
    )


def page(*lines: str) -> bytes:
    shown = (b"(" + line.encode("cp1252") + b") Tj 0 -14 Td" for line in lines)
    return b"BT /F1 12 Tf 72 770 Td " + b" ".join(shown) + b" ET"


def test_a_note_as_pdf_tells_day_hours_and_link(tmp_path: Path) -> None:
    note = tmp_path / "Note préparatoire.pdf"
    note.write_bytes(document(page(*LINES), link=LINK))
    meeting = selection.select(str(note), "", None, NOW, pdf.text_of)
    assert (meeting.host, meeting.source) == ("visio.numerique.gouv.fr", note.name)
    starts, ends = meeting.appointment.starts, meeting.appointment.ends
    assert starts is not None
    assert ends is not None
    assert f"{starts:%d/%m/%Y %H:%M}-{ends:%H:%M}" == "03/12/2026 09:00-10:30"


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.4\n",
        b"%PDF-1.7\n" + b"x" * 1000,
        document(page(*LINES))[:200],
        document(b"\xff" * 100, compressed=False),
    ],
)
def test_a_broken_pdf_has_no_text(content: bytes) -> None:
    assert LINES[0] not in pdf.text_of(content)


def test_a_small_file_that_swells_costs_neither_the_time_nor_the_memory() -> None:
    bomb = document(b"(" + b"A" * 300_000_000 + b") Tj")
    assert len(bomb) < 1_000_000
    assert pdf.text_of(bomb) == ""


def test_pages_that_lead_round_in_circles_end() -> None:
    circle = document(page(*LINES)).replace(b"/Kids [3 0 R]", b"/Kids [2 0 R]")
    assert isinstance(pdf.text_of(circle), str)
