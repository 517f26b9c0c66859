"""Notes of a log, verified by the key that the registry names for it, or by one that was its key before.

* A former key counts for the trees that were there when it was replaced, and for no larger one: who stole it can
  repeat what was said, and say nothing new.

Protocol: docs/protocol.md, "Membership" and "Checkpoint".
"""

from __future__ import annotations

from exchange import checkpoint
from exchange.checkpoint import Checkpoint
from exchange.errors import Refused
from exchange.keys import PublicKey
from exchange.limits import Limits
from exchange.membership import LogKey

_UNSIGNED = "checkpoint_unsigned"


def said(note: bytes, log_key: LogKey, limits: Limits) -> Checkpoint:
    """Return the checkpoint that the log's key has signed, or a former one within what it counts for.

    Raises:
        Refused: `checkpoint_former_key`, or a name of `checkpoint.verify`.
    """
    return _verified(note, log_key, limits)[0]


def alone(note: bytes, log_key: LogKey, limits: Limits) -> str:
    """Return the note with the signature lines of the key that counts alone, verified; raises as `said`."""
    _, key = _verified(note, log_key, limits)
    return checkpoint.only(note, name=log_key.origin, public_key=key, limits=limits)


def require_signed(note: bytes, log_key: LogKey, limits: Limits) -> None:
    """Raise unless a key of the log, present or former, has signed the note, whatever its size: for evidence.

    Raises:
        Refused: a name of `checkpoint.verify`.
    """
    try:
        said(note, log_key, limits)
    except Refused as error:
        if error.name != "checkpoint_former_key":
            raise


def counts(note: bytes, log_key: LogKey, limits: Limits) -> bool:
    """Say whether a note that was verified when it came still binds the log: a replaced key may have been stolen."""
    try:
        said(note, log_key, limits)
    except Refused:
        return False
    return True


def _verified(note: bytes, log_key: LogKey, limits: Limits) -> tuple[Checkpoint, PublicKey]:
    try:
        claimed = checkpoint.verify(note, origin=log_key.origin, public_key=log_key.key, limits=limits)
    except Refused as error:
        if error.name != _UNSIGNED:
            raise
        return _by_former(note, log_key, limits, error)
    return claimed, log_key.key


def _by_former(
    note: bytes, log_key: LogKey, limits: Limits, unsigned: Refused
) -> tuple[Checkpoint, PublicKey]:
    for former in reversed(log_key.former):
        try:
            claimed = checkpoint.verify(note, origin=log_key.origin, public_key=former.key, limits=limits)
        except Refused as error:
            if error.name != _UNSIGNED:
                raise
            continue
        if claimed.size > former.entries:
            raise Refused(
                "checkpoint_former_key",
                title="A checkpoint cannot be accepted",
                detail=f"a key that counts for {former.entries} entries has signed {claimed.size}",
                hint="The member replaced this key: somebody still uses it. Tell the member by a second channel.",
            )
        return claimed, former.key
    raise unsigned
