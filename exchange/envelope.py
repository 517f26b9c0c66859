"""DSSE envelopes: what is signed is `pae(payload_type, payload)`, never the JSON around it.

* A threshold counts distinct public keys, and is met within each scheme demanded: an officer's keys of two schemes
  are never two officers. One officer known under two keyids is still one officer, and one keyid twice in an envelope
  is no envelope.
* Signatures of unknown keys are ignored, so that keys can rotate; a wrong one of a known key never counts, and one
  under a scheme that this version does not know is not verified.
* `verify` decides and explains; `require` raises. A payload is data only after `require`.

Format: Dead Simple Signing Envelope 1.0 (protocol.md and envelope.md of secure-systems-lab/dsse), with the
keyid required. securesystemslib encodes; the counting is ours, because its own goes by keyid.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from securesystemslib.dsse import Envelope

from exchange.errors import Misconfigured, NotYet, Refused
from exchange.jsondoc import Fields, parse_json
from exchange.keys import PublicKey, Signature, Signer
from exchange.limits import Limits
from exchange.schemes import ED25519, KNOWN
from schemas.canonical import canonical_json

PAYLOAD_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "release": "application/vnd.irac.release+json;v=1",
        "attestation": "application/vnd.irac.attestation+json;v=1",
        "retraction": "application/vnd.irac.retraction+json;v=1",
        "receipt": "application/vnd.irac.receipt+json;v=1",
        "notice": "application/vnd.irac.notice+json;v=1",
        "typology": "application/vnd.irac.typology+json;v=1",
    }
)


@dataclass(frozen=True, slots=True)
class VerificationResult:
    """Who signed one envelope and who did not, in keyids, sorted; each public key appears once in `signed`.

    counted: for each scheme demanded, the keys of it in `signed`. signed: known keys with a valid signature, of
    whatever scheme. unsigned: known keys without one (absent, wrong or not verified). wrong: keyids of known keys
    whose signature does not verify. unverified: keyids of known keys of a scheme that this version does not know.
    repeated: keyids that name a public key already counted. unknown: keyids in the envelope that nobody asked about.
    """

    payload_type: str
    payload: bytes
    threshold: int
    counted: Mapping[str, tuple[str, ...]]
    signed: tuple[str, ...]
    unsigned: tuple[str, ...]
    wrong: tuple[str, ...]
    unverified: tuple[str, ...]
    repeated: tuple[str, ...]
    unknown: tuple[str, ...]

    @property
    def missing(self) -> int:
        """How many more signatures are needed, over all schemes demanded."""
        return sum(max(0, self.threshold - len(keyids)) for keyids in self.counted.values())

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


def verify(
    data: bytes,
    keys: Mapping[str, PublicKey],
    threshold: int,
    limits: Limits,
    *,
    schemes: Collection[str] = (ED25519.name,),
) -> VerificationResult:
    """Return who of `keys` (by keyid) signed the envelope in `data`; the threshold holds within each of `schemes`.

    Raises:
        Refused: the envelope cannot be parsed; see `parse`.
        ValueError: the threshold is below 1, or no scheme is demanded.
    """
    if threshold < 1 or not schemes:
        raise ValueError(
            f"a threshold is at least 1 within at least one scheme, not {threshold} in {schemes}"
        )
    envelope = parse(data, limits)
    message = envelope.pae()
    signed: dict[PublicKey, str] = {}
    wrong, unverified, repeated, unknown = [], [], [], []
    for keyid, signature in sorted(envelope.signatures.items()):
        key = keys.get(keyid)
        if key is None:
            unknown.append(keyid)
        elif key.scheme.name not in KNOWN:
            unverified.append(keyid)
        elif not key.is_signed_by(bytes.fromhex(signature.signature), message):
            wrong.append(keyid)
        elif key in signed:
            repeated.append(keyid)
        else:
            signed[key] = keyid
    return VerificationResult(
        payload_type=envelope.payload_type,
        payload=envelope.payload,
        threshold=threshold,
        counted={name: _of_scheme(name, signed) for name in sorted(schemes)},
        signed=tuple(sorted(signed.values())),
        unsigned=tuple(sorted(keyid for keyid, key in keys.items() if key not in signed)),
        wrong=tuple(wrong),
        unverified=tuple(unverified),
        repeated=tuple(repeated),
        unknown=tuple(unknown),
    )


def _of_scheme(scheme: str, signed: Mapping[PublicKey, str]) -> tuple[str, ...]:
    return tuple(sorted(keyid for key, keyid in signed.items() if key.scheme.name == scheme))


def require(
    data: bytes,
    keys: Mapping[str, PublicKey],
    threshold: int,
    limits: Limits,
    *,
    payload_type: str,
    schemes: Collection[str] = (ED25519.name,),
) -> VerificationResult:
    """Return the result of `verify` when it meets the threshold and the payload is of the type expected.

    Raises:
        Refused: `payload_type_unexpected`, `threshold_not_met`, or the envelope cannot be parsed.
        NotYet: `scheme_unknown` when a scheme is demanded that this version does not know: a newer one can tell.
    """
    result = verify(data, keys, threshold, limits, schemes=schemes)
    # the type is signed too: without this check a signed attestation could be passed off as a release
    if result.payload_type != payload_type:
        raise _refused("payload_type_unexpected", f"{result.payload_type!r} instead of {payload_type!r}")
    _require_known(schemes)
    if not result.is_verified:
        counts = ", ".join(
            f"{len(keyids)} of {threshold} required keys signed with {name}"
            for name, keyids in result.counted.items()
        )
        raise Refused(
            "threshold_not_met",
            title="Too few valid signatures",
            detail=f"{counts}; of the other signatures {len(result.wrong)} are wrong, {len(result.repeated)} "
            f"repeat a key, {len(result.unverified)} are of a scheme not known here, {len(result.unknown)} are "
            "of keys not asked about",
            context={"signed": result.signed, "wrong": result.wrong, "unknown": result.unknown},
        )
    return result


def _require_known(schemes: Collection[str]) -> None:
    beyond = sorted(set(schemes) - set(KNOWN))
    if beyond:
        raise NotYet(
            "scheme_unknown",
            title="A scheme of signatures is demanded that this node does not know",
            detail=f"the policy of the federation demands {', '.join(beyond)[:100]}",
            hint="Upgrade this node; what it cannot verify waits until then.",
        )


def _refused(name: str, detail: str) -> Refused:
    return Refused(name, title="A signed envelope cannot be accepted", detail=detail)
