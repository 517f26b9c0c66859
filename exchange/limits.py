"""Every bound on what another node may send, in one frozen place; units are in the names.

* A limit is checked before the bytes are parsed, never after.
* Every manifest that is allowed fits into a record that is allowed, and every such record into one answer:
  a node can therefore never publish what its peers must refuse for its size alone.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

_KIB = 1024
_MIB = 1024 * _KIB
_GIB = 1024 * _MIB

# keyid (64), the longest signature of a known scheme (ML-DSA-65) in base64 (4412), field names, quotes and commas,
# rounded up
_SIGNATURE_ENTRY_BYTES = 5 * _KIB
_ENVELOPE_FRAME_BYTES = 1 * _KIB

# Bounds that are part of a document's form: whoever writes one keeps them, whoever reads one demands them.
MAX_TEXT_CHARACTERS = 4000
MAX_RECEIPT_ENTRIES = 2048
MAX_RECOMPUTED = 16
MAX_NOTICE_LANGUAGES = 16
MAX_NOTICE_EVIDENCE = 16
MAX_TYPOLOGY_LANGUAGES = 16
MAX_TYPOLOGY_TITLE_CHARACTERS = 200
MAX_TYPOLOGY_LINES = 20  # warning signs in one language; measures in one language; sources
MAX_TYPOLOGY_LINE_CHARACTERS = 300
MAX_TYPOLOGY_FACETS = 16
MAX_TYPOLOGY_CODES = 16  # of one facet


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds for one synchronisation; the defaults are those of protocol 1.0.

    Raises:
        ValueError: a limit is not a positive whole number, or an inner document could not fit its outer one.
    """

    max_hello_bytes: int = 16 * _KIB
    max_checkpoint_bytes: int = 8 * _KIB
    max_checkpoints_bytes: int = 1 * _MIB
    max_add_checkpoint_bytes: int = 12 * _KIB
    max_signatures: int = 32
    max_membership_bytes: int = 4 * _MIB
    max_record_bytes: int = 2 * _MIB
    max_records_per_request: int = 256
    max_records_response_bytes: int = 64 * _MIB
    max_manifest_bytes: int = 1 * _MIB
    max_json_depth: int = 16
    max_parts: int = 64
    max_part_bytes: int = 2 * _GIB
    max_rows: int = 50_000_000
    max_columns: int = 64
    max_row_group_ratio: int = 1000
    max_uncompressed_bytes: int = 8 * _GIB
    clock_skew_s: int = 300

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if type(value) is not int or value < 1:
                raise ValueError(f"{field.name} is a positive whole number, not {value!r}")
        envelope_bytes = _base64_bytes(self.max_manifest_bytes) + _ENVELOPE_FRAME_BYTES
        envelope_bytes += self.max_signatures * _SIGNATURE_ENTRY_BYTES
        if envelope_bytes > self.max_record_bytes:
            raise ValueError("max_record_bytes cannot hold a signed manifest of max_manifest_bytes")
        if _base64_bytes(self.max_record_bytes) + _ENVELOPE_FRAME_BYTES > self.max_records_response_bytes:
            raise ValueError("max_records_response_bytes cannot hold one record of max_record_bytes")


def _base64_bytes(length: int) -> int:
    return (length + 2) // 3 * 4


DEFAULT = Limits()
