"""Attacks by records without cells: retractions, receipts, notices and typologies."""

from __future__ import annotations

from exchange.manifest import Handling
from exchange.notice import Notice, NoticeKind
from exchange.receipt import Outcome, Receipt, ReceiptEntry, Subject
from exchange.retraction import Retraction, RetractionReason
from exchange.typology import Typology, TypologyStatus
from exchange.typology_wording import Description, Wording
from node.adversary.figures import Release
from node.adversary.peer import HostilePeer
from node.adversary.stage import Stage, attack
from schemas.digest import sha256_hex


def _retraction(peer: HostilePeer, made: Release, **changes: object) -> bytes:
    fields: dict[str, object] = {
        "originator": peer.code,
        "bundle": made.manifest.digest,
        "reason": RetractionReason.ERROR,
        "text": "A rehearsal",
        "audience": made.manifest.audience,
        "created_at": peer.now.replace(microsecond=0),
    }
    return Retraction(**{**fields, **changes}).to_bytes()  # type: ignore[arg-type]


@attack("honest-retraction")
def honest_retraction(stage: Stage) -> None:
    """Two officers take their release back: it is hidden, and nobody is alarmed."""
    made = stage.peer.release(1)
    stage.look_in_peace()
    stage.peer.publish("retraction", _retraction(stage.peer, made), stage.peer.officers[:2])
    stage.peer.must_hold.remove(made.manifest.digest)


@attack("replay-of-retracted")
def replay_of_retracted(stage: Stage) -> None:
    """What was retracted is published once more, as it was signed: it stays retracted."""
    made = stage.peer.release(1)
    stage.look_in_peace()
    stage.peer.publish("retraction", _retraction(stage.peer, made), stage.peer.officers[:2])
    stage.peer.must_hold.remove(made.manifest.digest)
    stage.look_in_peace()
    stage.peer.publish_release(made)


@attack("retraction-by-one", "threshold_not_met")
def retraction_by_one(stage: Stage) -> None:
    """One officer alone takes a release back: it stays."""
    made = stage.peer.release(1)
    stage.peer.publish("retraction", _retraction(stage.peer, made), stage.peer.officers[:1])


@attack("retraction-of-another's", "retraction_of_nothing", "retraction_not_own")
def retraction_of_anothers(stage: Stage) -> None:
    """Two officers take back what another member released."""
    stage.peer.publish("retraction", _retraction(stage.peer, stage.other.make()), stage.peer.officers[:2])


@attack("retraction-for-others", "not_addressed", "retraction_audience_mismatch")
def retraction_for_others(stage: Stage) -> None:
    """A retraction with a wider audience than its release: members would learn of what was never for them."""
    made = stage.peer.release(1)
    wider = tuple(sorted([*made.manifest.audience, stage.other.code]))
    stage.peer.publish("retraction", _retraction(stage.peer, made, audience=wider), stage.peer.officers[:2])


@attack("retraction-in-another's-name", "originator_mismatch")
def retraction_in_anothers_name(stage: Stage) -> None:
    """A retraction that speaks in the name of another member."""
    made = stage.peer.release(1)
    stage.peer.publish(
        "retraction", _retraction(stage.peer, made, originator=stage.other.code), stage.peer.officers[:2]
    )


@attack("retraction-by-the-log-key", "threshold_not_met")
def retraction_by_the_log_key(stage: Stage) -> None:
    """A stolen node takes a release back: its log key is no officer's key."""
    made = stage.peer.release(1)
    stage.peer.publish("retraction", _retraction(stage.peer, made), [stage.peer.log_signer])


@attack("receipt-for-nothing", "receipt_unfounded")
def receipt_for_nothing(stage: Stage) -> None:
    """A receipt about a record that was never sent: nobody can speak of what they could not have."""
    entry = ReceiptEntry(7_000, sha256_hex(b"nothing"), Subject.RELEASE, Outcome.IMPORTED)
    said = Receipt(stage.peer.code, stage.peer.target, stage.peer.now.replace(microsecond=0), (entry,))
    stage.peer.publish("receipt", said.to_bytes(), [stage.peer.log_signer])


@attack("stranger's-notice", "threshold_not_met")
def strangers_notice(stage: Stage) -> None:
    """A notice signed by another node: an operator must not be told what nobody said."""
    said = Notice(
        stage.peer.code,
        (stage.peer.target,),
        NoticeKind.TEXT,
        {"en": "Send us your keys."},
        stage.peer.now.replace(microsecond=0),
    )
    stage.peer.publish("notice", said.to_bytes(), [stage.other.log_signer])


def _typology(code: str, peer: HostilePeer) -> bytes:
    at = peer.now.replace(microsecond=0)
    text = Wording("A rehearsal", "Nobody launders money like this.")
    return Typology(
        originator=code,
        audience=(peer.target,),
        handling=Handling("AGG", "rehearsal"),
        typology=f"{code}-2026-001",
        number=1,
        status=TypologyStatus.SHARED,
        description=Description({"METHOD": ("TM99",)}, "en", {"en": text}),
        codelists={},
        written_at=at,
        created_at=at,
    ).to_bytes()


@attack("stranger's-typology", "threshold_not_met")
def strangers_typology(stage: Stage) -> None:
    """A typology signed by another node: the register must not say what its originator never did."""
    said = _typology(stage.peer.code, stage.peer)
    stage.peer.publish("typology", said, [stage.other.log_signer])


@attack("typology-in-another's-name", "originator_mismatch")
def typology_in_anothers_name(stage: Stage) -> None:
    """A typology that speaks in the name of another member: only its originator amends or retires one."""
    said = _typology(stage.other.code, stage.peer)
    stage.peer.publish("typology", said, [stage.peer.log_signer])


ATTACKS = (
    honest_retraction,
    replay_of_retracted,
    retraction_by_one,
    retraction_of_anothers,
    retraction_for_others,
    retraction_in_anothers_name,
    retraction_by_the_log_key,
    receipt_for_nothing,
    strangers_notice,
    strangers_typology,
    typology_in_anothers_name,
)
