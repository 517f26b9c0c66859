"""Bytes that nodes of each protocol version have sent: every later version reads them, and writes them the same.

A file here is never made anew, only added to: its digest stands below. A new version of the protocol gets a folder of
its own beside the old ones.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from exchange import PROTOCOL_VERSION, checkpoint, cosignature, envelope, gossip, hello, membership_document
from exchange.attestation import Attestation
from exchange.envelope import PAYLOAD_TYPES
from exchange.limits import DEFAULT
from exchange.manifest import Manifest
from exchange.membership import WitnessKey, log_origin, witness_name
from exchange.merkle import Frontier, leaf_digest
from exchange.notice import Notice
from exchange.receipt import Receipt
from exchange.records import decode_records, encode_records
from exchange.retraction import Retraction
from exchange.typology import Typology
from exchange.witnessing import Submission
from tests.support.peer_simulator import FEDERATION, a_signer

WIRE = Path(__file__).parent / "wire"
SUMS = {
    "1.0": {
        "add_checkpoint.txt": "9c64cb7f675358873b1609ed519b9a6cd75f69c71a5ec552914b1376f503c559",
        "attestation.json": "05fcd17d06322dac1ac8625cfa926dea6ed63ed84cf98841b1a10b738da3780c",
        "checkpoint.txt": "093d5829042a3788c9062c17fb56092a5e7a742391a15d6f1fe08190ea75e805",
        "checkpoints.json": "4795e0556e080a5149470502c22b9f031eb6a5646d8fc4fdb1247c79fc4ab15c",
        "cosigned.txt": "17e249a1dbafda210be39478bddf7fedd4a356d8cdcf9f0e2812f84b6cb4b0d0",
        "envelope.json": "073421abe60ceb8f54c365c0a3f4cf5b4a8a69fb076212c020b50e80a2b3ca8c",
        "hello.json": "826bb8cfb8ef09618436df20fc79f79ea09d1d74184c72841d553d929bed64db",
        "manifest.json": "974aa4ea8c012d22aea8b718749492e889263a44d2d7b4748673a414ae01c2df",
        "membership.json": "8000e9f16cc23136f6b7258c8976692d4acb7f03df573ddd1d12e45de953269a",
        "notice.json": "16d999b077b9b7b4a6df447f018d4d92d026134059adb52b0141d6722820b82f",
        "receipt.json": "a831958bbae1e149e8d2a43b91ba926a290931406c5cb1733ae989f0a33b38fb",
        "records.json": "6eb187fdbeb27b70c41a5858c7a891c4f06ee1556673551c9cab5116ceaf27db",
        "retraction.json": "c92b9b5bec23df62d6b1cdfaaeff95d00102c0a86a4ff33fe2ea4bd3ee6b90a9",
    },
    "1.1": {
        "hello.json": "da888f7defa4cfe572f42c7157ec03636a00980157132eac157d9b0d7ba6ae95",
        "membership.json": "4bf636db1b3e378457ec092ea1e65a99ce2d95e0394d37dcd373ba0a41c77bc3",
        "typology.json": "7ea846f9ac1ff7e319f1f2560fd5b755abc5dc9d4089e92ced93df6a6410741c",
    },
}
READ_AND_WRITTEN: dict[str, Callable[[bytes], bytes]] = {
    "add_checkpoint.txt": lambda sent: Submission.from_bytes(sent, DEFAULT).to_bytes(),
    "attestation.json": lambda sent: Attestation.from_bytes(sent, DEFAULT).to_bytes(),
    "checkpoints.json": lambda sent: gossip.encode_checkpoints(gossip.decode_checkpoints(sent, DEFAULT)),
    "hello.json": lambda sent: hello.parse(sent, DEFAULT).to_bytes(),
    "manifest.json": lambda sent: Manifest.from_bytes(sent, DEFAULT).to_bytes(),
    "membership.json": lambda sent: membership_document.encode(membership_document.parse(sent, DEFAULT)),
    "notice.json": lambda sent: Notice.from_bytes(sent, DEFAULT).to_bytes(),
    "receipt.json": lambda sent: Receipt.from_bytes(sent, DEFAULT).to_bytes(),
    "records.json": lambda sent: encode_records(decode_records(sent, DEFAULT, start=0, end=256)),
    "retraction.json": lambda sent: Retraction.from_bytes(sent, DEFAULT).to_bytes(),
    "typology.json": lambda sent: Typology.from_bytes(sent, DEFAULT).to_bytes(),
}
DOCUMENTS = [(version, name) for version, sums in SUMS.items() for name in sums if name in READ_AND_WRITTEN]


def sent(name: str, version: str = "1.0") -> bytes:
    """Give the bytes of one document."""
    return (WIRE / version / name).read_bytes()


def test_what_was_sent_is_never_made_anew() -> None:
    """Every file has the digest it was added with, and every file is listed."""
    found = {
        folder.name: {file.name: sha256(file.read_bytes()).hexdigest() for file in folder.iterdir()}
        for folder in WIRE.iterdir()
    }

    assert found == SUMS
    assert PROTOCOL_VERSION in SUMS
    assert {name for _, name in DOCUMENTS} == set(READ_AND_WRITTEN)


@pytest.mark.parametrize(("version", "name"), DOCUMENTS)
def test_a_document_is_read_and_written_the_same(version: str, name: str) -> None:
    """Byte for byte: what was signed stays what was signed."""
    assert READ_AND_WRITTEN[name](sent(name, version)) == sent(name, version)


def test_a_release_of_that_time_still_verifies() -> None:
    """Two officers signed it, and the log's entry commits to it."""
    officers = [a_signer(f"RU officer {number}").public_key for number in (1, 2)]
    keys = {key.keyid: key for key in officers}

    result = envelope.require(sent("envelope.json"), keys, 2, DEFAULT, payload_type=PAYLOAD_TYPES["release"])
    (record,) = decode_records(sent("records.json"), DEFAULT, start=0, end=256)
    claimed = checkpoint.verify(
        sent("checkpoint.txt"),
        origin=log_origin(FEDERATION, "RU"),
        public_key=a_signer("RU log").public_key,
        limits=DEFAULT,
    )

    assert result.payload == sent("manifest.json")
    assert record.envelope == sent("envelope.json")
    assert claimed.root == Frontier.empty().extend([leaf_digest(record.commitment)]).root()


def test_a_cosignature_of_that_time_still_verifies() -> None:
    """By the witness key of the member, and dated as it was."""
    witness = WitnessKey(witness_name(FEDERATION, "KZ"), a_signer("KZ witness").public_key)

    (found,) = cosignature.cosignatures(sent("cosigned.txt"), {"KZ": witness}, DEFAULT)

    assert dt.datetime.fromtimestamp(found.at, dt.UTC) == dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
