"""Every file that can be read, every file that is refused, and tables that are safe to open."""

from __future__ import annotations

import csv
import io
import struct
import zipfile
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qbsync.domain.errors import UnreadableFile
from qbsync.domain.intake import SourceFile
from qbsync.proforge.archives import ENTRIES_MAX
from qbsync.proforge.tables import FILE_BYTES_MAX, Cell, read_tables, write_csv, write_xlsx
from tests.proforge.support import source, workbook

TABLE = [
    ["Name", "Städte"],
    ["Peña & Sons", "Zürich"],
    ["O'Brien", 'a "quoted" one'],
    ["two\nlines", "a,b;c\td"],
]


def delimited(delimiter: str, newline: str = "\r\n") -> str:
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=delimiter, lineterminator="\r\n")
    for row in TABLE:
        writer.writerow(row)
    return newline.join(stream.getvalue().split("\r\n"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("newline", ["\r\n", "\n", "\r"])
def test_text_is_read_in_every_usual_encoding_and_form(encoding: str, delimiter: str, newline: str) -> None:
    (table,) = read_tables(source(delimited(delimiter, newline).encode(encoding)))
    assert [list(table.headings), *[list(row.cells) for row in table.rows]] == TABLE
    assert [row.number for row in table.rows] == [2, 3, 4]


def test_excels_own_hint_of_the_delimiter_is_heeded() -> None:
    (table,) = read_tables(source('sep=;\r\na;b\r\n"1,2,3";4\r\n'))
    assert (table.headings, table.rows[0]) == (("a", "b"), (2, ("1,2,3", "4")))


def test_rows_keep_the_numbers_that_excel_shows() -> None:
    (table,) = read_tables(source("\r\na,b\r\n,\r\n1,2\r\n\r\n3,4\r\n"))
    assert (table.heading_row, [row.number for row in table.rows]) == (2, [4, 6])
    data = workbook({"S": [[], ["a", "b"], [], [1, 2], [None, None], [3, 4]]})
    (table,) = read_tables(source(data, "s.xlsx"))
    assert (table.heading_row, [row.number for row in table.rows]) == (2, [4, 6])


def test_cells_of_a_workbook_keep_their_kind_and_are_exact() -> None:
    data = workbook({"S": [["t", "n", "sum", "d", "b", "none"], ["x", 7, 0.1 + 0.2, date(2026, 9, 26), True, None]]})
    (table,) = read_tables(source(data, "s.xlsx"))
    assert table.rows[0].cells == ("x", Decimal(7), Decimal("0.3"), date(2026, 9, 26), True, None)


def test_hidden_sheets_are_not_read_and_blank_ones_are_left_out() -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook({"A": [["a"], [1]], "B": [["b"], [2]], "C": []})))
    book["B"].sheet_state = "hidden"
    stream = io.BytesIO()
    book.save(stream)
    assert [table.sheet for table in read_tables(source(stream.getvalue(), "s.xlsx"))] == ["A"]


def test_a_formula_counts_with_its_stored_result_and_a_missing_one_is_no_blank() -> None:
    data = workbook({"S": [["a", "b"], ["=1/0", "=1+1"]]})
    stored = rezipped(
        data,
        lambda name, xml: xml.replace(b"<f>1+1</f><v></v>", b"<f>1+1</f><v>2</v>").replace(
            b"<f>1+1</f><v />", b"<f>1+1</f><v>2</v>"
        ),
    )
    (table,) = read_tables(source(stored, "s.xlsx"))
    assert table.rows[0].cells == ("#NOT CALCULATED!", Decimal(2))


def test_an_error_cell_is_no_blank() -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook({"S": [["a", "b"], ["x", 1]]})))
    book["S"]["B2"].value = "#DIV/0!"
    book["S"]["B2"].data_type = "e"
    stream = io.BytesIO()
    book.save(stream)
    (table,) = read_tables(source(stream.getvalue(), "s.xlsx"))
    assert table.rows[0].cells == ("x", "#DIV/0!")


def rezipped(data: bytes, change: object, extra: dict[str, bytes] | None = None) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)) if callable(change) else old.read(name))
        for name, content in (extra or {}).items():
            new.writestr(name, content)
    return stream.getvalue()


GOOD = workbook({"S": [["a", "b"], [1, 2]]})


def bomb() -> bytes:
    return rezipped(GOOD, None, {"xl/media/image1.bin": bytes(60 * 1024 * 1024)})


def huge_bomb() -> bytes:
    return rezipped(GOOD, None, {f"xl/{number}.bin": bytes(30 * 1024 * 1024) for number in range(9)})


def crowd() -> bytes:
    return rezipped(GOOD, None, {f"xl/{number}.xml": b"" for number in range(ENTRIES_MAX)})


def wide_sheet() -> bytes:
    cell = b'<c r="XFD1048576"><v>1</v></c></row></sheetData>'
    return rezipped(GOOD, lambda name, xml: xml.replace(b"</row></sheetData>", cell))


def lying_directory() -> bytes:
    """A workbook whose directory says that its first part unpacks to one byte."""
    data = bytearray(GOOD)
    entry = data.index(b"PK\x01\x02")
    struct.pack_into("<I", data, entry + 24, 1)
    return bytes(data)


def locked() -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512) + "EncryptedPackage".encode("utf-16-le") + bytes(512)


REFUSED = [
    ("empty.csv", b"", "The file is empty."),
    ("blank.csv", b"\xef\xbb\xbf\r\n , \r\n", "The file is empty."),
    ("blank.xlsx", workbook({"S": []}), "The file is empty."),
    ("headings.csv", b"Code,Description\r\n", "The file has headings and no rows."),
    ("headings.xlsx", workbook({"S": [["Code"]], "T": [["x"]]}), "The file has headings and no rows."),
    ("large.csv", b"a,b\n" * (FILE_BYTES_MAX // 4 + 1), "The file has 25.0 MB; the limit is 25 MB."),
    (
        "picture.csv",
        b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4,
        "This is not a text file that can be read.",
    ),
    ("random.csv", bytes(range(1, 32)) * 40, "This is not a text file that can be read."),
    (
        "quote.csv",
        b'a,b\n1,"2\n3,4\n',
        "A quotation mark after row 1 is never closed or stands in the wrong place.",
    ),
    ("text.xlsx", b"a,b\n1,2\n", "This is not an Excel or OpenDocument file, although its name says so."),
    ("cut.xlsx", GOOD[: len(GOOD) // 2], "This is not a readable Excel or OpenDocument file."),
    ("zip.xlsx", rezipped(GOOD, None)[:30] + b"PK", "This is not a readable Excel or OpenDocument file."),
    (
        "old.xls",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        "This is not a readable Excel or OpenDocument file.",
    ),
    ("locked.xlsx", locked(), "The file is protected by a password."),
    ("bomb.xlsx", bomb(), "The file was refused because it unpacks to "),
    ("huge.xlsx", huge_bomb(), "The file was refused because it unpacks to 270 MB."),
    ("crowd.xlsx", crowd(), "The file was refused because it holds 2,0"),
    (
        "wide.xlsx",
        wide_sheet(),
        "The file was refused because a sheet spans 1,048,576 rows and 16,384 columns.",
    ),
    ("lying.xlsx", lying_directory(), "This is not a readable Excel or OpenDocument file."),
]


@pytest.mark.parametrize(("name", "data", "problem"), REFUSED, ids=[name for name, _, _ in REFUSED])
def test_a_file_that_cannot_be_read_is_refused_in_one_clear_sentence(name: str, data: bytes, problem: str) -> None:
    with pytest.raises(UnreadableFile) as refused:
        read_tables(SourceFile(name=name, data=data))
    assert refused.value.problem.startswith(problem)
    assert refused.value.remedy.endswith(".")
    assert str(refused.value).startswith(f"{name}: ")


def read_or_refused(name: str, data: bytes) -> None:
    """Nothing but UnreadableFile may come out of a bad file."""
    try:
        tables = read_tables(SourceFile(name=name, data=data))
    except UnreadableFile:
        return
    for table in tables:
        numbers = [row.number for row in table.rows]
        assert numbers == sorted(set(numbers))  # as Excel counts them
        assert all(any(cell is not None for cell in row.cells) for row in table.rows)  # none is blank


@settings(max_examples=200, deadline=None)
@given(
    st.binary(max_size=400),
    st.sampled_from(["f.csv", "f.xlsx", "f.ods"]),
    st.sampled_from([b"", b"PK\x03\x04", b"a,b\n"]),
)
def test_any_bytes_are_read_or_refused(data: bytes, name: str, start: bytes) -> None:
    read_or_refused(name, start + data)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(GOOD) - 1), st.integers(0, 255))
def test_a_workbook_with_any_one_byte_changed_is_read_or_refused(place: int, byte: int) -> None:
    read_or_refused("f.xlsx", GOOD[:place] + bytes([byte]) + GOOD[place + 1 :])


BROKEN_XML = [
    (b'r="A1"', b'r="A0"'),
    (b'r="A1"', b'r="ZZZZ9999999"'),
    (b'r="1"', b'r="4294967295"'),
    (b"<v>1</v>", b"<v>NaN</v>"),
    (b"<v>1</v>", b"<v>1e999</v>"),
    (b"</sheetData>", b""),
]


@pytest.mark.parametrize(("whole", "broken"), BROKEN_XML)
def test_a_workbook_that_would_end_its_reader_is_read_or_refused(whole: bytes, broken: bytes) -> None:
    read_or_refused("f.xlsx", rezipped(GOOD, lambda name, xml: xml.replace(whole, broken)))


def test_an_opendocument_sheet_is_read() -> None:
    names = "urn:oasis:names:tc:opendocument:xmlns:"
    cells = "".join(
        f'<table:table-cell office:value-type="{kind}" {value}><text:p>{text}</text:p></table:table-cell>'
        for kind, value, text in (("string", "", "Zoë"), ("float", 'office:value="7.5"', "7.5"))
    )
    content = (
        f'<office:document-content xmlns:office="{names}office:1.0" xmlns:table="{names}table:1.0" '
        f'xmlns:text="{names}text:1.0"><office:body><office:spreadsheet><table:table table:name="S">'
        f"<table:table-row>{cells}</table:table-row><table:table-row>{cells}</table:table-row>"
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", '<manifest:manifest xmlns:manifest="m"/>')
        archive.writestr("content.xml", content)
    (table,) = read_tables(source(stream.getvalue(), "s.ods"))
    assert (table.sheet, table.rows[0].cells) == ("S", ("Zoë", Decimal("7.5")))


FORMULAS = ["=1+1", "+1 555", "-x", "@SUM(A1)", '=HYPERLINK("http://x","y")', "'=1", "''+1"]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_text_that_looks_like_a_formula_is_written_inert_and_reads_back(text: str) -> None:
    headings: list[str] = ["Text", "n"]
    rows: list[list[Cell]] = [[text, Decimal("-12.00")]]
    written = write_csv(headings, rows)
    (cells,) = list(csv.reader(io.StringIO(written.decode("utf-8-sig"))))[1:]
    assert cells == [f"'{text}", "-12.00"]
    (table,) = read_tables(source(written))
    assert table.rows[0].cells == (text, "-12.00")
    book = write_xlsx({"S": (headings, rows)})
    cell = openpyxl.load_workbook(io.BytesIO(book))["S"]["A2"]
    assert (cell.value, cell.data_type) == (text, "s")
    (table,) = read_tables(source(book, "s.xlsx"))
    assert table.rows[0].cells == (text, Decimal(-12))


def test_writing_the_same_twice_gives_the_same_bytes() -> None:
    sheets: dict[str, tuple[list[str], list[list[Cell | int]]]] = {
        "A": (["a"], [["ä", 1], [None, date(2026, 1, 2)]]),
        "B": (["b"], [[True]]),
    }
    assert write_xlsx(sheets) == write_xlsx(sheets)
    assert write_csv(["a"], [["ä"]]) == "\ufeffa\r\nä\r\n".encode()


plain = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=20).filter(str.strip)


@settings(max_examples=40, deadline=None)
@given(st.lists(plain, min_size=2, max_size=5))
def test_any_text_reads_back_from_both_kinds_of_file(texts: list[str]) -> None:
    headings = [f"h{number}" for number in range(len(texts))]
    for name, data in (
        ("f.csv", write_csv(headings, [texts])),
        ("f.xlsx", write_xlsx({"S": (headings, [texts])})),
    ):
        (table,) = read_tables(source(data, name))
        assert [str(cell) for cell in table.rows[0].cells] == texts
