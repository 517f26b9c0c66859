"""AT10: a digest of a small number is that number: ten guesses find it.

Invariants: the only digests that leave are those of whole parts and of bundles, and the log's entry of a bundle is
salted; a digest anywhere else is found by its form, whatever the field is called. Source: methodology 3.6.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.types

from risk_models.disclosure.attacks.exposed import outcome
from risk_models.disclosure.report import Attack

# 64 bits and more in base 16, 128 and more in base 32 or 64, whatever stands before them. A text of one case
# without a digit is a word.
DIGEST = re.compile(
    r"(?:[a-z0-9]+[:-])?(?:[0-9a-fA-F]{16,}|(?=.*\d)[A-Z2-7]{26,}=*|(?=.*[A-Z])(?=.*[a-z])(?=.*\d)[\w+/-]{22,}={0,2})",
    re.ASCII,
)
# the digest of the recipe that a file was read by is salted by itself
WHOLE = re.compile(r"parts\[\]\.(digest|logical_digest)|supersedes\[\]|codelists\..+|ingest\.recipe")
LEAST_SALT = 16
BYTES = (pyarrow.types.is_binary, pyarrow.types.is_large_binary, pyarrow.types.is_fixed_size_binary)


@dataclass(frozen=True, slots=True)
class Sealed:
    """What leaves: the manifest as plain JSON values, the tables of its parts, and the salt of the log's entry.

    public: paths of the manifest (`certificate.audit.definitions[]`) with digests of documents that everyone has.
    """

    manifest: Mapping[str, Any]
    tables: tuple[pa.Table, ...]
    salt_bytes: int
    public: frozenset[str] = frozenset()


def digests(sealed: Sealed | None) -> tuple[Attack, ...]:
    """AT10: no digest but of whole parts and bundles. `count`: fields and columns looked at."""
    if sealed is None:
        return (Attack("AT10", "not_run", "nothing_sealed_yet"),)
    if sealed.salt_bytes < LEAST_SALT:
        return outcome("AT10", "salt_of_the_log_entry", 1, 0)
    leaves = list(_leaves(sealed.manifest, ""))
    stray = sum(
        bool(DIGEST.fullmatch(text)) and not WHOLE.fullmatch(path) and path not in sealed.public
        for path, text in leaves
    )
    columns = [column for table in sealed.tables for column in table.columns]
    stray += sum(_holds_digests(column) for column in columns)
    stray += _digests_of_parts(leaves) > 2 * len(sealed.manifest.get("parts", ()))
    return outcome("AT10", "digests_of_whole_parts_only", stray, len(leaves) + len(columns))


def _leaves(value: object, path: str) -> Iterator[tuple[str, str]]:
    """Give every text below, keys of objects included, with its path; list places are not told apart."""
    if isinstance(value, Mapping):
        for name, below in value.items():
            yield f"{path}.<name>".lstrip("."), str(name)
            yield from _leaves(below, f"{path}.{name}".lstrip("."))
    elif isinstance(value, list | tuple):
        for below in value:
            yield from _leaves(below, f"{path}[]")
    elif isinstance(value, str):
        yield path, value


def _digests_of_parts(leaves: list[tuple[str, str]]) -> int:
    return sum(path.startswith("parts[].") and bool(DIGEST.fullmatch(text)) for path, text in leaves)


def _holds_digests(column: pa.ChunkedArray[Any]) -> bool:
    """True if a text of the column is one; bytes have no place in a table of cells at all."""
    kind = column.type
    if pyarrow.types.is_dictionary(kind):
        kind = kind.value_type
    if any(is_bytes(kind) for is_bytes in BYTES):
        return True
    if not (pyarrow.types.is_string(kind) or pyarrow.types.is_large_string(kind)):
        return False
    return any(text is not None and DIGEST.fullmatch(text) for text in column.unique().to_pylist())
