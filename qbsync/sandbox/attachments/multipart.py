"""The parts of an upload: metadata and content, paired by the number at the end of their names."""

import logging
import re
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from qbsync.sandbox.company import faults
from qbsync.sandbox.company.faults import RefusalError

UPLOAD_BYTES_MAX: Final = 100 * 1024 * 1024
PARTS_MAX: Final = 1000
PART_NAME: Final = re.compile(r"file_(metadata|content)_([0-9]{1,5})")
UNCHANGED: Final = {"", "binary", "8bit", "7bit"}

# A malformed body is answered with a fault; the parser need not print about it as well.
logging.getLogger("python_multipart").setLevel(logging.CRITICAL)


@dataclass(kw_only=True)
class Part:
    """One part of the body, as sent."""

    headers: dict[str, str] = field(default_factory=dict)
    pieces: list[bytes] = field(default_factory=list)
    name: str = ""
    file_name: str | None = None
    widened: bool = False  # every line end of the content was lengthened before it was parsed

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "").split(";")[0].strip().lower()

    def content(self) -> bytes:
        """The bytes that are meant, whatever they were written in for the way. Refused when they cannot be read."""
        raw = b"".join(self.pieces)
        if self.widened:
            raw = raw.replace(b"\r\n", b"\n")
        encoding = self.headers.get("content-transfer-encoding", "").strip().lower()
        if encoding in UNCHANGED:
            return raw
        try:
            if encoding == "base64":
                return b64decode(b"".join(raw.split()), validate=True)
        except ValueError:
            pass
        raise faults.unknown_property(self.name)


Pair = dict[str, Part]  # "metadata" and "content"


def read_parts(content_type: str, body: bytes) -> Mapping[str, Pair]:
    """Number → its parts, in the order of the numbers. Refuses the whole upload for its form."""
    if len(body) > UPLOAD_BYTES_MAX:
        raise RefusalError("6030", f"Upload size exceeded : {len(body)} bytes, at most {UPLOAD_BYTES_MAX}")
    media_type, options = parse_options_header(content_type)
    if media_type != b"multipart/form-data" or not options.get(b"boundary"):
        raise RefusalError("1050", "Invalid content type, use multipart/form-data with a boundary")
    pairs: dict[str, Pair] = {}
    for part in _Reader(options[b"boundary"]).read(body):
        found = PART_NAME.fullmatch(part.name)
        if found is None:
            raise faults.unknown_property(part.name)
        kind, number = found.groups()
        if kind in pairs.setdefault(number, {}):
            raise RefusalError("2600", f"Conflicting elements : {part.name} is there twice", part.name)
        pairs[number][kind] = part
    return dict(sorted(pairs.items(), key=lambda pair: int(pair[0])))


class _Reader:
    """Collects the parts while the parser walks over the body."""

    def __init__(self, boundary: bytes) -> None:
        self.boundary = boundary
        self.widened = False
        self.parts: list[Part] = []
        self.ended = False
        self._header = b""
        self._value = b""

    def read(self, body: bytes) -> list[Part]:
        mark = b"--" + self.boundary
        if mark + b"\n" in body and mark + b"\r\n" not in body:
            # A client that is in use ends its lines with a bare LF, which the parser would not have.
            body, self.widened = body.replace(b"\n", b"\r\n"), True
        try:
            parser = MultipartParser(
                self.boundary,
                {
                    "on_part_begin": self._begin,
                    "on_header_field": self._name,
                    "on_header_value": self._more,
                    "on_header_end": self._keep_header,
                    "on_headers_finished": self._finish_headers,
                    "on_part_data": self._data,
                    "on_end": self._end,
                },
            )
            parser.write(body)
            parser.finalize()
        except FormParserError:
            self.ended = False
        if not self.ended or not self.parts:
            raise faults.unknown_property("body")
        return self.parts

    def _begin(self) -> None:
        if len(self.parts) == PARTS_MAX:
            raise FormParserError(f"more than {PARTS_MAX} parts")
        self.parts.append(Part(widened=self.widened))

    def _name(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _more(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _keep_header(self) -> None:
        name = self._header.decode("latin-1").lower()
        self.parts[-1].headers[name] = self._value.decode("latin-1")
        self._header = self._value = b""

    def _finish_headers(self) -> None:
        part = self.parts[-1]
        _, options = parse_options_header(part.headers.get("content-disposition", ""))
        part.name = _text(options.get(b"name", b""))
        part.file_name = _text(options[b"filename"]) if options.get(b"filename") else None

    def _data(self, data: bytes, start: int, end: int) -> None:
        self.parts[-1].pieces.append(data[start:end])

    def _end(self) -> None:
        self.ended = True


def _text(raw: bytes) -> str:
    """A parameter of a header: UTF-8, or what it is when it is not."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")
