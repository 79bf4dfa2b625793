"""A small PDF, written by hand: lines of text in one typeface, as many pages as they need."""

from collections.abc import Sequence
from typing import Final

LINES_PER_PAGE: Final = 50
TOP, LEFT, LEADING, SIZE = 780, 50, 14, 10
FONT: Final = b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >>"
PAGES_AT, FONT_AT, FIRST_PAGE_AT = 2, 3, 4  # object 1 is the catalog; a page and its text follow each other


def write_pdf(lines: Sequence[str]) -> bytes:
    """A4 upright. Characters that the typeface lacks become question marks."""
    groups = [lines[start : start + LINES_PER_PAGE] for start in range(0, len(lines) or 1, LINES_PER_PAGE)]
    page_ids = [FIRST_PAGE_AT + 2 * place for place in range(len(groups))]
    kids = b" ".join(b"%d 0 R" % key for key in page_ids)
    objects = [
        b"<< /Type /Catalog /Pages %d 0 R >>" % PAGES_AT,
        b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, len(groups)),
        FONT,
    ]
    for key, group in zip(page_ids, groups, strict=True):
        text = _text(group)
        objects.append(
            b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 595 842] "
            b"/Resources << /Font << /F1 %d 0 R >> >> /Contents %d 0 R >>" % (PAGES_AT, FONT_AT, key + 1)
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text))
    return _file(objects)


def _text(lines: Sequence[str]) -> bytes:
    shown = b"\n".join(b"(%s) Tj T*" % _escaped(line) for line in lines)
    return b"BT /F1 %d Tf %d TL %d %d Td\n%s\nET" % (SIZE, LEADING, LEFT, TOP, shown)


def _escaped(line: str) -> bytes:
    plain = "".join(mark if mark.isprintable() else " " for mark in line).encode("cp1252", errors="replace")
    return plain.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")


def _file(objects: Sequence[bytes]) -> bytes:
    """The objects, where each begins, and where that table begins."""
    parts, offsets = [b"%PDF-1.4\n"], []
    for number, content in enumerate(objects, start=1):
        offsets.append(sum(map(len, parts)))
        parts.append(b"%d 0 obj\n%s\nendobj\n" % (number, content))
    table_at = sum(map(len, parts))
    rows = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    parts.append(b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, rows))
    parts.append(b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table_at))
    return b"".join(parts)
