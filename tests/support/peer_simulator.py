"""A whole peer in memory: keys, log, records and parts, served through the port that synchronisation reads.

* Every document can be changed by a test before it is served: the simulator never checks what it says.
* It signs with real keys of fixed seeds, so that a failing test fails the same way again.
* Requests are counted, so that a test can say what was not asked for.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Sequence
from hashlib import sha256
from typing import Any

import pyarrow as pa
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from exchange import bundle, checkpoint, envelope, hello, publisher, tiles
from exchange.attestation import Attestation
from exchange.checkpoint import Checkpoint
from exchange.envelope import PAYLOAD_TYPES
from exchange.errors import Unreachable
from exchange.keys import KeySigner
from exchange.limits import DEFAULT
from exchange.manifest import Handling, Manifest
from exchange.membership import (
    FormerLogKey,
    LogKey,
    Member,
    Membership,
    MemberStatus,
    StatusChange,
    Transport,
    WitnessKey,
    fingerprint_of,
    log_origin,
    witness_name,
)
from exchange.merkle import Frontier, leaf_digest
from exchange.notice import Notice, NoticeKind
from exchange.receipt import Receipt, ReceiptEntry
from exchange.records import Record, commitment, encode_records
from exchange.retraction import Retraction, RetractionReason
from schemas.arrow import arrow_schema
from schemas.canonical import canonical_json
from schemas.digest import sha256_hex
from schemas.registry import dataflow
from schemas.release import Certificate, ReleasedTable

NOW = dt.datetime(2026, 11, 23, 12, 0, tzinfo=dt.UTC)
FEDERATION = "test"
CHUNK_BYTES = 1000


def a_signer(name: str) -> KeySigner:
    """Return the key that always belongs to `name`."""
    return KeySigner.from_seed(sha256(name.encode()).digest())


def a_certificate(name: str) -> str:
    """Return the PEM of a self-signed certificate of `name`."""
    key = Ed25519PrivateKey.from_private_bytes(sha256(f"{name} transport".encode()).digest())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOW - dt.timedelta(days=1))
        .not_valid_after(NOW + dt.timedelta(days=365))
        .sign(key, None)
    )
    return certificate.public_bytes(Encoding.PEM).decode("ascii")


def a_member(code: str, **changes: Any) -> Member:
    """Return an active member with a node and three release keys, two of which must sign."""
    certificate = a_certificate(code)
    officers = [a_signer(f"{code} officer {number}").public_key for number in (1, 2, 3)]
    member = Member(
        code=code,
        names={"ru": code, "kk": code, "en": code},
        history=(StatusChange(MemberStatus.ACTIVE, dt.date(2026, 1, 1), "Agreement, article 1"),),
        address=f"https://{code.lower()}.example:8443",
        release_keys={key.keyid: key for key in officers},
        release_threshold=2,
        log_key=LogKey(log_origin(FEDERATION, code), a_signer(f"{code} log").public_key),
        witness_key=WitnessKey(witness_name(FEDERATION, code), a_signer(f"{code} witness").public_key),
        transport=Transport(fingerprint_of(certificate), certificate),
    )
    return dataclasses.replace(member, **changes)


def a_membership(*codes: str) -> Membership:
    """Return a membership of active members."""
    return Membership(FEDERATION, tuple(a_member(code) for code in codes))


def declared_flows(reporter: str, values: Sequence[int], *, period: str = "2016") -> ReleasedTable:
    """Return released cells of DECLARED_FLOW: exports of `reporter` to KG, one product a value, US cents."""
    rows = [
        {
            "TIME_PERIOD": period,
            "REF_AREA": reporter,
            "COUNTERPART_AREA": "KG",
            "FLOW_DIRECTION": "OUT",
            "FLOW_KIND": "TRADE",
            "PRODUCT": f"HS{number:02d}",
            "MEASURE": "V_DECL",
            "OBS_VALUE": value,
            "OBS_LOWER": value,
            "OBS_UPPER": value,
            "OBS_STATUS": "A",
            "CONF_STATUS": "F",
        }
        for number, value in enumerate(values, start=1)
    ]
    table = pa.Table.from_pylist(rows, schema=arrow_schema(dataflow("DECLARED_FLOW").cells))
    certificate = Certificate(
        rules=["open"], counts={"A": len(rows)}, relations=[], audit={"result": "passed"}
    )
    return ReleasedTable("DECLARED_FLOW", table, certificate)


def a_header(originator: str, **changes: Any) -> bundle.Header:
    """Return what a member says about a release beside the cells."""
    header = bundle.Header(
        originator=originator,
        audience=("BY", "KZ"),
        vintage=1,
        handling=Handling("AGG", "risk assessment"),
        ingest={"format": "csv", "rows_refused": "none"},
        created_at=NOW - dt.timedelta(hours=1),
    )
    return dataclasses.replace(header, **changes)


def packed(values: Sequence[int], **header: Any) -> bundle.Bundle:
    """Return a bundle of RU that is not published."""
    return bundle.pack(declared_flows("RU", values), a_header("RU", **header))


def altered(change: Callable[[dict[str, Any]], object]) -> bytes:
    """Return the bytes of a manifest of RU after `change` was applied to its JSON."""
    document = json.loads(packed([7]).manifest.to_bytes())
    change(document)
    return canonical_json(document)


class PeerSimulator:
    """One peer. `served`: the records we may have, by index. `entries_of_log`: all of it. `parts`: by digest.

    `streams` replaces what is sent of one part, by a function of the offset. `fails_at` is a call that fails.
    """

    def __init__(self, code: str = "RU") -> None:
        self.member = a_member(code)
        self.officers = [a_signer(f"{code} officer {number}") for number in (1, 2, 3)]
        self.log_signer = a_signer(f"{code} log")
        self.head = publisher.first_head(log_origin(FEDERATION, code), self.log_signer)
        self.entries_of_log: list[bytes] = []
        self.served: dict[int, Record] = {}
        self.parts: dict[str, bytes] = {}
        self.streams: dict[str, Callable[[int], Iterator[bytes]]] = {}
        self.hello_document = hello.Hello(code, self.head.origin, NOW)
        self.note: bytes | None = None
        self.requests: Counter[str] = Counter()
        self.fails_at: str | None = None

    # what the peer does of its own

    def release(self, values: Sequence[int] = (100, 200, 300), **header: Any) -> Manifest:
        """Pack, sign by two officers, and publish released cells; return the manifest."""
        packed = bundle.pack(declared_flows(self.member.code, values), a_header(self.member.code, **header))
        self.parts.update(packed.parts)
        self.publish_manifest(packed.manifest)
        return packed.manifest

    def publish_manifest(
        self, manifest: Manifest | bytes, *, signers: Sequence[KeySigner] | None = None
    ) -> int:
        """Sign any manifest bytes by two officers, or by `signers`, and publish them; return the index."""
        payload = manifest.to_bytes() if isinstance(manifest, Manifest) else manifest
        return self.publish(self.sign("release", payload, signers or self.officers[:2]))

    def attest(self, *, signer: KeySigner | None = None, **changes: Any) -> Attestation:
        """Publish an indicator run signed by the log key, or by `signer`."""
        attestation = Attestation(
            model_id="cross-border",
            model_version="1",
            spec_digest=sha256_hex(b"specification"),
            view_id="view",
            inputs=(),
            result_digest=sha256_hex(b"result"),
            run_at=NOW - dt.timedelta(minutes=1),
        )
        attestation = dataclasses.replace(attestation, **changes)
        self.publish(self.sign("attestation", attestation.to_bytes(), [signer or self.log_signer]))
        return attestation

    def retract(
        self, manifest: Manifest, *, signers: Sequence[KeySigner] | None = None, **changes: Any
    ) -> Retraction:
        """Publish a retraction of a release, signed by two officers or by `signers`."""
        retraction = Retraction(
            originator=self.member.code,
            bundle=manifest.digest,
            reason=RetractionReason.ERROR,
            text="wrong product",
            audience=manifest.audience,
            created_at=NOW - dt.timedelta(minutes=1),
        )
        retraction = dataclasses.replace(retraction, **changes)
        self.publish(self.sign("retraction", retraction.to_bytes(), signers or self.officers[:2]))
        return retraction

    def answer(self, *entries: ReceiptEntry, signer: KeySigner | None = None, **changes: Any) -> Receipt:
        """Publish a receipt to KZ about its records, signed by the log key or by `signer`."""
        receipt = Receipt(self.member.code, "KZ", NOW - dt.timedelta(minutes=1), entries)
        receipt = dataclasses.replace(receipt, **changes)
        self.publish(self.sign("receipt", receipt.to_bytes(), [signer or self.log_signer]))
        return receipt

    def tell(self, *, signer: KeySigner | None = None, **changes: Any) -> Notice:
        """Publish a notice to KZ and BY, signed by the log key or by `signer`."""
        notice = Notice(
            originator=self.member.code,
            audience=("BY", "KZ"),
            kind=NoticeKind.TEXT,
            texts={"en": "works until noon"},
            created_at=NOW - dt.timedelta(minutes=1),
        )
        notice = dataclasses.replace(notice, **changes)
        self.publish(self.sign("notice", notice.to_bytes(), [signer or self.log_signer]))
        return notice

    @staticmethod
    def sign(kind: str, payload: bytes, signers: Sequence[KeySigner]) -> bytes:
        """Return an envelope over any payload, signed by whoever is given."""
        payload_type = PAYLOAD_TYPES[kind]
        return envelope.assemble(
            payload_type, payload, [envelope.sign(payload_type, payload, signer) for signer in signers]
        )

    def publish(self, envelope_bytes: bytes) -> int:
        """Append any envelope to the log and serve it; return its index."""
        index = self.head.size
        salt = sha256(f"{self.member.code} salt {index}".encode()).digest()
        self.append(commitment(salt, envelope_bytes))
        self.served[index] = Record(index, salt, envelope_bytes)
        return index

    def append(self, *entries: bytes) -> None:
        """Append entries whose records nobody is given."""
        publication = publisher.next_publication(
            self.head, entries, self.log_signer, limits=DEFAULT, former=self.log_key.former
        )
        self.entries_of_log.extend(entries)
        self.head = publication.head

    @property
    def log_key(self) -> LogKey:
        """What the registry says of the peer's log."""
        assert self.member.log_key is not None
        return self.member.log_key

    def replace_log_key(self) -> KeySigner:
        """Let the registry name another key, the one in use counting for what there is; gives the one that was."""
        old, self.log_signer = self.log_signer, a_signer(f"{self.member.code} next log")
        former = (*self.log_key.former, FormerLogKey(old.public_key, self.head.size))
        log_key = LogKey(self.log_key.origin, self.log_signer.public_key, former)
        self.member = dataclasses.replace(self.member, log_key=log_key)
        return old

    # what a lying peer does

    def rewrite(self, entries: Sequence[bytes]) -> None:
        """Sign another history: these entries from the beginning, whatever was said before."""
        self.entries_of_log = list(entries)
        frontier = Frontier.empty().extend(leaf_digest(entry) for entry in entries)
        claim = Checkpoint(self.head.origin, frontier.size, frontier.root())
        self.head = publisher.LogHead(self.head.origin, frontier, checkpoint.sign(claim, self.log_signer))

    # PeerChannel

    def hello(self) -> bytes:
        """Serve the hello document as the test left it."""
        self._count("hello")
        return self.hello_document.to_bytes()

    def checkpoint(self, etag: str | None) -> tuple[bytes | None, str | None]:
        """Serve the head's checkpoint, or the note a test put in its place."""
        self._count("checkpoint")
        note = self.head.checkpoint.encode() if self.note is None else self.note
        current = sha256(note).hexdigest()
        return (None, etag) if etag == current else (note, current)

    def entries(self, path: str) -> bytes:
        """Serve the log's entries as they are now."""
        self._count("entries")
        wanted = tiles.Bundle.from_path(path)
        return tiles.encode_bundle(self.entries_of_log[wanted.start : wanted.end])

    def records(self, start: int, end: int) -> bytes:
        """Serve what is in `served`."""
        self._count("records")
        return encode_records([self.served[index] for index in range(start, end) if index in self.served])

    def part(self, digest: str, offset: int) -> Generator[bytes, None, None]:
        """Serve a part in chunks, or what a test streams instead."""
        self._count("part")
        if digest in self.streams:
            yield from self.streams[digest](offset)
            return
        if digest not in self.parts:
            raise Unreachable("peer_unreachable", title="The part is not there", detail=digest)
        content = self.parts[digest]
        for at in range(offset, len(content), CHUNK_BYTES):
            yield content[at : at + CHUNK_BYTES]

    def _count(self, request: str) -> None:
        self.requests[request] += 1
        if request == self.fails_at:
            raise Unreachable("peer_unreachable", title="The peer does not answer", detail=self.member.code)
