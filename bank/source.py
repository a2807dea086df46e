"""A statement file as text: plain or gzip, bounded in size, with its byte-order mark, whatever the bytes are."""

import codecs
import gzip
import io
import zlib
from pathlib import Path
from typing import BinaryIO, Final

from ledger.faults import SluiceError

PACKED_BYTES: Final = 64 * 2**20
UNPACKED_BYTES: Final = 256 * 2**20

_CHUNK = 2**20
_GZIP = b"\x1f\x8b"
_KINDS = {
    b"PK\x03\x04": "a workbook or a ZIP archive",
    b"%PDF": "a PDF",
    b"\xd0\xcf\x11\xe0": "an old workbook",
    b"SQLite format 3\x00": "a database",
}
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


def read_text(source: Path | BinaryIO, encoding: str) -> io.TextIOWrapper:
    """The statement as text whose line ends are untouched.

    Gzip is known by its first bytes, not by the name. A byte-order mark wins over `encoding`. Bytes that are not text
    in the encoding become lone surrogates, so that they cost their line only. Raises SluiceError: file_unreadable,
    file_too_large, file_kind, gzip_damaged.
    """
    data = _unpacked(_packed(source))
    for magic, kind in _KINDS.items():
        if data.startswith(magic):
            sentence = f"The file is {kind}, not a statement in text; export the statement as CSV and import that."
            raise SluiceError("file_kind", sentence, "file")
    for mark, marked in _MARKS:
        if data.startswith(mark):
            return _as_text(data[len(mark) :], marked)
    return _as_text(data, encoding)


def _as_text(data: bytes, encoding: str) -> io.TextIOWrapper:
    errors = "replace" if encoding.startswith("utf-16") else "surrogateescape"
    return io.TextIOWrapper(io.BytesIO(data), encoding=encoding, errors=errors, newline="")


def _packed(source: Path | BinaryIO) -> bytes:
    try:
        if isinstance(source, Path):
            with source.open("rb") as stream:
                data = stream.read(UNPACKED_BYTES + 1)
        else:
            data = source.read(UNPACKED_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "the file is closed or broken"
        sentence = f"The statement cannot be read ({reason}); give a file that exists and may be read."
        raise SluiceError("file_unreadable", sentence, "file") from error
    limit = PACKED_BYTES if data.startswith(_GZIP) else UNPACKED_BYTES
    if len(data) > limit:
        raise _too_large(limit)
    return data


def _unpacked(data: bytes) -> bytes:
    if not data.startswith(_GZIP):
        return data
    parts, size = [], 0
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as stream:
            while part := stream.read(_CHUNK):
                size += len(part)
                if size > UNPACKED_BYTES:
                    raise _too_large(UNPACKED_BYTES)
                parts.append(part)
    except (OSError, EOFError, zlib.error) as error:
        sentence = "The compressed file is cut off or damaged; fetch it again, or give it unpacked."
        raise SluiceError("gzip_damaged", sentence, "file") from error
    return b"".join(parts)


def _too_large(limit: int) -> SluiceError:
    sentence = f"The statement has more than {limit // 2**20} MiB; split it by account or by month."
    return SluiceError("file_too_large", sentence, "file")
