"""Files people bring: what kind each is, by its first bytes.

Invariants: nothing of a file is parsed before its size is known to be allowed; every cell comes out as text
or null, uninterpreted; the row of an error is the one the person sees in Excel (the header is row 1).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from node.adapters.durable import named_refusals
from node.adapters.reading_csv import read_csv
from node.adapters.reading_limits import DEFAULT_READING_LIMITS, ReadingLimits
from node.adapters.reading_parquet import read_parquet
from node.adapters.reading_xlsx import read_xlsx
from node.errors import Invalid, TooLarge
from node.ports.outside import ReadTable

_OLE_WORKBOOK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LONGEST_MAGIC = len(_OLE_WORKBOOK)
_PROPER_FORMAT = "Save it as .xlsx (Excel workbook) or as CSV, then upload that file."
_REFUSED_SUFFIXES = {
    ".xls": "an old Excel workbook (.xls)",
    ".xlsm": "an Excel workbook with macros (.xlsm)",
    ".xlsb": "a binary Excel workbook (.xlsb)",
    ".ods": "an OpenDocument workbook (.ods)",
}
_BINARY_SUFFIXES = {".xlsx": b"PK", ".parquet": b"PAR1"}


class FileReader:
    """The TableReader port."""

    def __init__(self, limits: ReadingLimits = DEFAULT_READING_LIMITS) -> None:
        self._limits = limits

    def read(self, path: Path, file_name: str) -> ReadTable:
        """Read one file; raises Invalid or TooLarge, and Unavailable when the disk does not give it."""
        suffix = Path(file_name).suffix.lower()
        if suffix in _REFUSED_SUFFIXES:
            raise Invalid(
                "This kind of file is not read",
                detail=f"{file_name} is {_REFUSED_SUFFIXES[suffix]}.",
                hint=_PROPER_FORMAT,
            )
        with named_refusals(path):
            size = path.stat().st_size
            with path.open("rb") as handle:
                start = handle.read(_LONGEST_MAGIC)
        self._check_size(size, file_name)
        _check_suffix(suffix, start, file_name)
        return _reader_of(start, file_name)(path, self._limits)

    def _check_size(self, size: int, file_name: str) -> None:
        if size == 0:
            raise Invalid(
                "The file is empty",
                detail=f"{file_name} has no bytes.",
                hint="Save it again in the program it came from, then upload it.",
            )
        if size > self._limits.max_file_bytes:
            raise TooLarge(
                "The file is too large",
                detail=f"{file_name} has {size} bytes, at most {self._limits.max_file_bytes} are read.",
                hint="Split it by period, or save it as Parquet.",
            )


def _check_suffix(suffix: str, start: bytes, file_name: str) -> None:
    magic = _BINARY_SUFFIXES.get(suffix)
    if magic is not None and not start.startswith((magic, _OLE_WORKBOOK)):
        raise Invalid(
            "The file is not what its name says",
            detail=f"{file_name} does not begin as a {suffix} file does.",
            hint="It may be damaged or renamed: save it again in the program it came from.",
        )


def _reader_of(start: bytes, file_name: str) -> Callable[[Path, ReadingLimits], ReadTable]:
    if start.startswith(_OLE_WORKBOOK):
        # the same container holds old workbooks and new ones with a password
        raise Invalid(
            "The workbook has a password, or is an old one",
            detail=f"{file_name} is an .xls workbook or is encrypted.",
            hint="Remove the password in Excel and save the file as .xlsx.",
        )
    if start.startswith(b"PARE"):
        raise Invalid(
            "The file is encrypted",
            detail=f"{file_name} is an encrypted Parquet file.",
            hint="Write it without encryption.",
        )
    if start.startswith(b"PAR1"):
        return read_parquet
    return read_xlsx if start.startswith(b"PK") else read_csv
