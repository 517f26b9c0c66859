"""DSSE envelopes: what is signed is `pae(payload_type, payload)`, never the JSON around it.

* A threshold counts distinct public keys. One officer known under two keyids is still one officer, and one
  keyid twice in an envelope is no envelope.
* Signatures of unknown keys are ignored, so that keys can rotate; a wrong one of a known key never counts.
* `verify` decides and explains; `require` raises. A payload is data only after `require`.

Format: Dead Simple Signing Envelope 1.0 (protocol.md and envelope.md of secure-systems-lab/dsse), with the
keyid required. securesystemslib encodes; the counting is ours, because its own goes by keyid.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from securesystemslib.dsse import Envelope

from exchange.errors import Misconfigured, Refused
from exchange.jsondoc import Fields, parse_json
from exchange.keys import PublicKey, Signature, Signer
from exchange.limits import Limits
from schemas.canonical import canonical_json

PAYLOAD_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "release": "application/vnd.irac.release+json;v=1",
        "attestation": "application/vnd.irac.attestation+json;v=1",
    }
)


@dataclass(frozen=True, slots=True)
class VerificationResult:
    """Who signed one envelope and who did not, in keyids, sorted; each public key appears once in `signed`.

    signed: known keys with a valid signature. unsigned: known keys without one (absent or wrong).
    wrong: keyids of known keys whose signature does not verify. repeated: keyids that name a public key
    already counted. unknown: keyids in the envelope that nobody asked about.
    """

    payload_type: str
    payload: bytes
    threshold: int
    signed: tuple[str, ...]
    unsigned: tuple[str, ...]
    wrong: tuple[str, ...]
    repeated: tuple[str, ...]
    unknown: tuple[str, ...]

    @property
    def missing(self) -> int:
        """How many more distinct keys have to sign."""
        return max(0, self.threshold - len(self.signed))

    @property
    def is_verified(self) -> bool:
        """Whether the threshold is met."""
        return self.missing == 0


def pae(payload_type: str, payload: bytes) -> bytes:
    """Return DSSE's pre-authentication encoding, the bytes each officer signs."""
    return Envelope(payload, payload_type, {}).pae()


def sign(payload_type: str, payload: bytes, signer: Signer) -> Signature:
    """Return one officer's signature, to be kept until enough are collected for `assemble`."""
    return signer.sign(pae(payload_type, payload))


def assemble(payload_type: str, payload: bytes, signatures: Sequence[Signature]) -> bytes:
    """Return the envelope as canonical JSON, signatures sorted by keyid: who signed first leaves no trace.

    Raises:
        Misconfigured: `officer_signed_twice` when two signatures carry one keyid.
    """
    by_keyid = {signature.keyid: signature for signature in sorted(signatures, key=lambda one: one.keyid)}
    if len(by_keyid) != len(signatures):
        raise Misconfigured(
            "officer_signed_twice",
            title="One key signed twice",
            detail=f"{len(signatures)} signatures were collected from {len(by_keyid)} keys",
            hint="Collect each officer's signature once.",
        )
    return canonical_json(Envelope(payload, payload_type, by_keyid).to_dict())


def parse(data: bytes, limits: Limits) -> Envelope:
    """Return the envelope in `data`, its payload not yet verified; unknown fields are ignored, as DSSE asks.

    Raises:
        Refused: `envelope_malformed`, `signature_repeated`, `too_many_signatures`, or a name of `parse_json`.
    """
    document = parse_json(data, max_bytes=limits.max_record_bytes, max_depth=limits.max_json_depth)
    envelope = Fields(document, "envelope")
    envelope.text("payloadType")
    envelope.text("payload")
    signatures = envelope.list_of_fields("signatures")
    if len(signatures) > limits.max_signatures:
        raise _refused("too_many_signatures", f"{len(signatures)}, at most {limits.max_signatures} are read")
    keyids = [signature.text("keyid") for signature in signatures]
    if len(set(keyids)) != len(keyids):
        raise _refused("signature_repeated", "one keyid appears twice")
    for signature in signatures:
        signature.text("sig")
    try:
        return Envelope.from_dict(document)
    except ValueError:
        raise _refused("envelope_malformed", "the payload or a signature is not base64") from None


def verify(data: bytes, keys: Mapping[str, PublicKey], threshold: int, limits: Limits) -> VerificationResult:
    """Return who of `keys` (by keyid) signed the envelope in `data`.

    Raises:
        Refused: the envelope cannot be parsed; see `parse`.
        ValueError: the threshold is below 1.
    """
    if threshold < 1:
        raise ValueError(f"a threshold is at least 1, not {threshold}")
    envelope = parse(data, limits)
    message = envelope.pae()
    signed: dict[bytes, str] = {}
    wrong, repeated, unknown = [], [], []
    for keyid, signature in sorted(envelope.signatures.items()):
        key = keys.get(keyid)
        if key is None:
            unknown.append(keyid)
        elif not key.is_signed_by(bytes.fromhex(signature.signature), message):
            wrong.append(keyid)
        elif key.raw in signed:
            repeated.append(keyid)
        else:
            signed[key.raw] = keyid
    return VerificationResult(
        payload_type=envelope.payload_type,
        payload=envelope.payload,
        threshold=threshold,
        signed=tuple(sorted(signed.values())),
        unsigned=tuple(sorted(keyid for keyid, key in keys.items() if key.raw not in signed)),
        wrong=tuple(wrong),
        repeated=tuple(repeated),
        unknown=tuple(unknown),
    )


def require(
    data: bytes, keys: Mapping[str, PublicKey], threshold: int, limits: Limits, *, payload_type: str
) -> VerificationResult:
    """Return the result of `verify` when it meets the threshold and the payload is of the type expected.

    Raises:
        Refused: `payload_type_unexpected`, `threshold_not_met`, or the envelope cannot be parsed.
    """
    result = verify(data, keys, threshold, limits)
    # the type is signed too: without this check a signed attestation could be passed off as a release
    if result.payload_type != payload_type:
        raise _refused("payload_type_unexpected", f"{result.payload_type!r} instead of {payload_type!r}")
    if not result.is_verified:
        raise Refused(
            "threshold_not_met",
            title="Too few valid signatures",
            detail=f"{len(result.signed)} of {threshold} required keys signed; of the other signatures "
            f"{len(result.wrong)} are wrong, {len(result.repeated)} repeat a key, "
            f"{len(result.unknown)} are of keys not asked about",
            context={"signed": result.signed, "wrong": result.wrong, "unknown": result.unknown},
        )
    return result


def _refused(name: str, detail: str) -> Refused:
    return Refused(name, title="A signed envelope cannot be accepted", detail=detail)
