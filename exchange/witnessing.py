"""One request to a witness: "you saw so much of this log; here is more of it, and the proof that it only grew".

* A request is read within its limits before anything of it is believed, and has one spelling.
* The answer is decided against what the witness has seen; the caller stores it by compare-and-swap on that, and
  cosigns only then: a slower request can never take a witness back.
* A tree that grows by more than is fetched at once is not witnessed: one signature must not put a log out of
  reach for ever.

Source: c2sp.org/tlog-witness, add-checkpoint.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass

from exchange import log_notes
from exchange.checkpoint import Checkpoint
from exchange.errors import Refused
from exchange.limits import Limits
from exchange.membership import LogKey
from exchange.merkle import DIGEST_BYTES, EMPTY_ROOT, verify_consistency
from exchange.witness import MAX_NEW_ENTRIES, View

MAX_PROOF_LINES = 63
_OLD_SIZE = re.compile(r"old (0|[1-9][0-9]{0,18})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Submission:
    """What a log asks a witness: its size when it was seen last, the consistency proof, and the new checkpoint."""

    old_size: int
    proof: tuple[bytes, ...]
    note: bytes

    def to_bytes(self) -> bytes:
        """Return the body of a request."""
        lines = [f"old {self.old_size}", *(base64.b64encode(digest).decode("ascii") for digest in self.proof)]
        return ("\n".join(lines) + "\n\n").encode("ascii") + self.note

    @classmethod
    def from_bytes(cls, body: bytes, limits: Limits) -> Submission:
        """Return what `to_bytes` wrote down.

        Raises:
            Refused: `witness_request_malformed`.
        """
        if len(body) > limits.max_add_checkpoint_bytes:
            raise _malformed(f"{len(body)} bytes, at most {limits.max_add_checkpoint_bytes} are read")
        head, separator, note = body.partition(b"\n\n")
        try:
            first, *proof = head.decode("ascii").split("\n")
        except UnicodeDecodeError:
            raise _malformed("old size and proof are not ASCII") from None
        old = _OLD_SIZE.fullmatch(first)
        if not separator or old is None:
            raise _malformed("not an old size, a proof, an empty line and a checkpoint")
        if len(proof) > MAX_PROOF_LINES:
            raise _malformed(f"a proof of {len(proof)} lines, at most {MAX_PROOF_LINES} are read")
        return cls(int(old[1]), tuple(_digest(line) for line in proof), note)


def judge(submission: Submission, view: View, log_key: LogKey, limits: Limits) -> Checkpoint:
    """Return the checkpoint to store in place of `view`, and to cosign.

    Raises:
        Refused: a name of `log_notes.said`; `witness_request_malformed` when the old size is larger than the
            new one; `witness_size_conflict`, whose context holds the `size` of the view; `log_equivocated`,
            `witness_proof_wrong`, `log_growth_over_limit`, whose context holds both notes.
    """
    claimed = log_notes.said(submission.note, log_key, limits)
    if submission.old_size > claimed.size:
        raise _malformed(f"the old size {submission.old_size} is larger than the new one, {claimed.size}")
    if submission.old_size != view.size:
        raise size_conflict(view.size)
    if claimed.size == view.size and view.note and claimed.root != view.root:
        raise _contradiction(
            "log_equivocated", f"two roots are signed for {view.size} entries", view, submission
        )
    if claimed.size - view.size > MAX_NEW_ENTRIES:
        detail = f"{claimed.size - view.size} new entries, at most {MAX_NEW_ENTRIES} are witnessed at once"
        raise _contradiction("log_growth_over_limit", detail, view, submission)
    if not _only_grew(view, claimed, submission.proof):
        detail = f"the proof does not lead from {view.size} to {claimed.size} entries"
        raise _contradiction("witness_proof_wrong", detail, view, submission)
    return claimed


def size_conflict(size: int) -> Refused:
    """Return the refusal that tells how much this witness has seen."""
    return Refused(
        "witness_size_conflict",
        title="This witness has seen another size of the log",
        detail=f"It has seen {size} entries",
        hint="Prove the growth from that size.",
        context={"size": size},
    )


def _only_grew(view: View, claimed: Checkpoint, proof: Sequence[bytes]) -> bool:
    if view.size == 0:
        # every tree begins with the empty one, so that nothing is proved; an empty tree has one root
        return not proof and (claimed.size > 0 or claimed.root == EMPTY_ROOT)
    return verify_consistency(view.size, view.root, claimed.size, claimed.root, proof)


def _digest(line: str) -> bytes:
    try:
        digest = base64.b64decode(line, validate=True)
    except ValueError:
        raise _malformed("a line of the proof is not base64") from None
    if len(digest) != DIGEST_BYTES or base64.b64encode(digest).decode("ascii") != line:
        raise _malformed(f"a line of the proof is not {DIGEST_BYTES} bytes in their one spelling")
    return digest


def _contradiction(name: str, detail: str, view: View, submission: Submission) -> Refused:
    return Refused(
        name,
        title="The checkpoint cannot be witnessed",
        detail=detail,
        hint="Nothing is cosigned. Compare the log with its own backup, and show both checkpoints to the members.",
        context={"held": view.note, "received": submission.note},
    )


def _malformed(detail: str) -> Refused:
    return Refused(
        "witness_request_malformed", title="The request to the witness cannot be read", detail=detail
    )
