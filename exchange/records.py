"""Records: what the entries of a log commit to, and how entitled peers receive them.

* The log's entry is `SHA-256(salt || envelope)`: every peer can follow the whole tree, and without the salt
  nobody can test a guess at what an entry says or for whom it is.
* A record is handed out with its index, its salt and the envelope's own bytes; nothing is ever re-encoded.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from hashlib import sha256
from typing import Any

from exchange.envelope import PAYLOAD_TYPES
from exchange.errors import Refused
from exchange.jsondoc import Fields, parse_json
from exchange.limits import Limits
from schemas.canonical import canonical_json

SALT_BYTES = 32
COMMITMENT_BYTES = 32


class RecordKind(Enum):
    """What a record does; the value is the word used on the wire and in the interface."""

    RELEASE = "release"
    ATTESTATION = "attestation"
    RETRACTION = "retraction"
    RECEIPT = "receipt"
    NOTICE = "notice"
    TYPOLOGY = "typology"

    @property
    def payload_type(self) -> str:
        """The DSSE payload type of this kind."""
        return PAYLOAD_TYPES[self.value]

    @classmethod
    def of(cls, payload_type: str) -> RecordKind | None:
        """Return the kind of a payload type, or None for one that this version does not know."""
        return next((kind for kind in cls if kind.payload_type == payload_type), None)


def commitment(salt: bytes, envelope: bytes) -> bytes:
    """Return SHA-256(salt || envelope), the 32 bytes that are the log's entry.

    Raises:
        ValueError: the salt is not 32 bytes; with salts of one length only, no two pairs share their bytes.
    """
    if len(salt) != SALT_BYTES:
        raise ValueError(f"a salt is {SALT_BYTES} bytes, not {len(salt)}")
    return sha256(salt + envelope).digest()


@dataclass(frozen=True, slots=True)
class Record:
    """The record at `index` of its originator's log, as handed to the audience.

    Raises:
        ValueError: the index is negative or the salt not 32 bytes.
    """

    index: int
    salt: bytes
    envelope: bytes

    def __post_init__(self) -> None:
        if self.index < 0 or len(self.salt) != SALT_BYTES:
            raise ValueError(f"no record has index {self.index} and a salt of {len(self.salt)} bytes")

    @property
    def commitment(self) -> bytes:
        """The entry that stands at `index` in the log if this record is genuine."""
        return commitment(self.salt, self.envelope)


def encode_records(records: Sequence[Record]) -> bytes:
    """Return `{"records": [{"index", "salt", "envelope"}]}`, bytes in base64, in ascending order of index.

    Raises:
        ValueError: one index appears twice.
    """
    ordered = sorted(records, key=lambda record: record.index)
    if len({record.index for record in ordered}) != len(ordered):
        raise ValueError("one index appears twice")
    return canonical_json({"records": [_record_document(record) for record in ordered]})


def decode_records(data: bytes, limits: Limits, *, start: int, end: int) -> tuple[Record, ...]:
    """Return the records of an answer about the entries from `start` up to but without `end`.

    Indices may be missing, because not every record is for us; they ascend, and none lies outside the range.
    Whether a record is the one in the log is the caller's next check: `Record.commitment` equals the entry.

    Raises:
        Refused: `record_malformed`, `record_too_large`, `record_not_asked_for`, or a name of `parse_json`.
    """
    document = parse_json(data, max_bytes=limits.max_records_response_bytes, max_depth=limits.max_json_depth)
    entries = Fields(document, "answer").list_of_fields("records")
    if len(entries) > limits.max_records_per_request:
        raise _refused("record_not_asked_for", f"{len(entries)} records in one answer")
    records = []
    lowest = start
    for entry in entries:
        record = Record(entry.integer("index"), _salt(entry), _bytes(entry, "envelope"))
        if not lowest <= record.index < end:
            raise _refused(
                "record_not_asked_for", f"index {record.index}, {lowest} to {end - 1} could follow"
            )
        if len(record.envelope) > limits.max_record_bytes:
            raise _refused("record_too_large", f"record {record.index} has {len(record.envelope)} bytes")
        records.append(record)
        lowest = record.index + 1
    return tuple(records)


def _record_document(record: Record) -> dict[str, Any]:
    return {
        "index": record.index,
        "salt": base64.b64encode(record.salt).decode("ascii"),
        "envelope": base64.b64encode(record.envelope).decode("ascii"),
    }


def _bytes(entry: Fields, key: str) -> bytes:
    try:
        return base64.b64decode(entry.text(key).encode("utf-8"), validate=True)
    except ValueError:
        raise _refused("record_malformed", f"{entry.where}.{key} is not base64") from None


def _salt(entry: Fields) -> bytes:
    salt = _bytes(entry, "salt")
    if len(salt) != SALT_BYTES:
        raise _refused("record_malformed", f"{entry.where}.salt is {len(salt)} bytes instead of {SALT_BYTES}")
    return salt


def _refused(name: str, detail: str) -> Refused:
    return Refused(name, title="An answer with records cannot be accepted", detail=detail)
