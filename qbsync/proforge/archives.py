"""Looks into an XLSX or ODS file before it is read: refuses zip bombs, finds cells that hold an error."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from qbsync.domain.errors import UnreadableFile

UNPACKED_BYTES_MAX = 250 * 1024 * 1024
RATIO_MAX = 200  # unpacked to packed; office files stay under 50
RATIO_FREE_BYTES = 10 * 1024 * 1024  # an archive that unpacks to less may be as dense as it likes
ENTRIES_MAX = 2_000
CELLS_MAX = 20_000_000  # of the rectangle that a sheet spans, since all of it is held in memory

UNCALCULATED = "#NOT CALCULATED!"  # stands where a formula has no stored result

_SHEET_DATA = re.compile(rb"<(?:\w+:)?sheetData\b")
_REFERENCE = re.compile(rb"\br=[\"']([A-Z]{0,3})([1-9][0-9]{0,6})[\"']")
_SUSPECT = re.compile(
    rb"\bt=[\"']e[\"']|</(?:\w+:)?f>\s*(?:<(?:\w+:)?v>\s*</|<(?:\w+:)?v\s*/>|</(?:\w+:)?c>)|<(?:\w+:)?f[^>]*/>"
)
_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*[^/>])>(.*?)</(?:\w+:)?c>", re.DOTALL)
_FORMULA = re.compile(rb"<(?:\w+:)?f\b")
_VALUE = re.compile(rb"<(?:\w+:)?v>([^<]*)</|<(?:\w+:)?t[ >]")
_REPEATED = re.compile(rb"number-columns-repeated=[\"']([0-9]{4,})[\"'][^>]*office:value-type")

SheetFaults = dict[tuple[int, int], str]  # (row, column), both from 0 → what stands there


def open_archive(name: str, data: bytes) -> zipfile.ZipFile:
    """The archive, once its directory has been found harmless. Raises UnreadableFile."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, EOFError, NotImplementedError, OSError) as fault:
        raise damaged(name) from fault
    if len(entries) > ENTRIES_MAX:
        raise refused(name, f"it holds {len(entries):,} parts")
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > UNPACKED_BYTES_MAX:
        raise refused(name, f"it unpacks to {unpacked // 1024 // 1024:,} MB")
    if unpacked > RATIO_FREE_BYTES and unpacked > RATIO_MAX * len(data):
        raise refused(name, f"it unpacks to {unpacked // len(data):,} times its size")
    if not all(_tells_its_size(entry, data) for entry in entries):
        raise damaged(name)
    return archive


def _tells_its_size(entry: zipfile.ZipInfo, data: bytes) -> bool:
    """Whether a part unpacks to no more than the directory says: other readers do not stop there."""
    if entry.flag_bits & 1 or entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return False
    head = data[entry.header_offset : entry.header_offset + 30]
    if len(head) < 30:
        return False
    start = entry.header_offset + 30 + int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little")
    packed = data[start : start + entry.compress_size]
    if entry.compress_type == zipfile.ZIP_STORED:
        return len(packed) == entry.file_size
    try:
        return len(zlib.decompressobj(-15).decompress(packed, entry.file_size + 1)) == entry.file_size
    except zlib.error:
        return False


def damaged(name: str) -> UnreadableFile:
    return UnreadableFile(
        name,
        "This is not a readable Excel or OpenDocument file.",
        "Open it in Excel, save it as .xlsx and try again.",
    )


def refused(name: str, what: str) -> UnreadableFile:
    return UnreadableFile(
        name,
        f"The file was refused because {what}.",
        "Export it from ProForge again, or split it into smaller files.",
    )


def part(name: str, archive: zipfile.ZipFile, path: str) -> bytes:
    """One unpacked part. Never more than its directory entry promised, so the limits above hold."""
    try:
        with archive.open(path) as stream:
            return stream.read(archive.getinfo(path).file_size + 1)
    except (
        KeyError,
        RuntimeError,
        OSError,
        EOFError,
        zipfile.BadZipFile,
        zlib.error,
        NotImplementedError,
    ) as fault:
        raise damaged(name) from fault


def check_spreadsheet_xml(name: str, archive: zipfile.ZipFile) -> dict[str, SheetFaults]:
    """Refuse sheets that span too much; give the faulty cells of each sheet, by the sheet's name."""
    faults: dict[str, SheetFaults] = {}
    for path in archive.namelist():
        xml = part(name, archive, path)
        if _SHEET_DATA.search(xml):
            _check_span(name, xml)
            if _SUSPECT.search(xml):
                faults[path] = _faulty_cells(xml)
    return {title: faults[path] for title, path in _sheet_paths(name, archive) if path in faults} if faults else {}


def check_document_xml(name: str, archive: zipfile.ZipFile) -> None:
    """Refuse an OpenDocument sheet whose one filled cell is repeated across thousands of columns."""
    repeats = (int(count) for count in _REPEATED.findall(part(name, archive, "content.xml")))
    if max(repeats, default=0) > 1000:
        raise refused(name, "one of its cells is repeated over thousands of columns")


def _check_span(name: str, xml: bytes) -> None:
    references = set(_REFERENCE.findall(xml))
    if not references:
        return
    rows = max(int(row) for _, row in references)
    columns = max(_column_number(letters) for letters, _ in references)
    if rows * max(columns, 1) > CELLS_MAX:
        raise refused(name, f"a sheet spans {rows:,} rows and {columns:,} columns")


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _faulty_cells(xml: bytes) -> SheetFaults:
    faults: SheetFaults = {}
    for attributes, content in _CELL.findall(xml):
        reference = _REFERENCE.search(b" " + attributes)
        if reference is None:
            continue
        position = (int(reference[2]) - 1, _column_number(reference[1]) - 1)
        value = _VALUE.search(content)
        if re.search(rb"\bt=[\"']e[\"']", attributes):
            faults[position] = (value[1] or b"").decode("utf-8", "replace") if value else "#ERROR!"
        elif _FORMULA.search(content) and (value is None or (value[1] == b"" and b't="str"' not in attributes)):
            faults[position] = UNCALCULATED
    return faults


def _sheet_paths(name: str, archive: zipfile.ZipFile) -> list[tuple[str, str]]:
    """The name of each sheet and the part that holds it."""
    try:
        book = fromstring(part(name, archive, "xl/workbook.xml"))
        links = fromstring(part(name, archive, "xl/_rels/workbook.xml.rels"))
    except (ParseError, DefusedXmlException) as fault:
        raise damaged(name) from fault
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    found = []
    for sheet in book.iter():
        if sheet.tag.endswith("}sheet"):
            relation = next((value for key, value in sheet.attrib.items() if key.endswith("}id")), "")
            found.append((sheet.get("name", ""), _part_path(targets.get(relation, ""))))
    return found


def _part_path(target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
