"""Uploads while they are worked on: what the node does with a file, for whoever waits, or left and came back.

Invariants: it is a notice board and no store: a node that stops forgets the board and keeps every acknowledged
submission; a form that is sent again while its file is worked on begins no second work; a person sees their own uploads
alone; what the board holds is bounded.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from threading import Lock

from node.access import Actor
from node.errors import Invalid, NodeError, Unavailable
from node.ports.submissions import Submission

MOST_KEPT = 256
LONGEST_TICKET = 64
SHOWN_FOR = timedelta(hours=8)


class Stage(StrEnum):
    """What is done with a file, in this order; the last two are ends."""

    READING = "reading"  # finding out how it is written
    CHECKING = "checking"  # every cell
    LOOKING = "looking"  # texts that may name somebody, transactions that fit a typology
    KEEPING = "keeping"
    DONE = "done"
    REFUSED = "refused"


ENDS = frozenset({Stage.DONE, Stage.REFUSED})
Tell = Callable[[Stage], None]


@dataclass(frozen=True, slots=True)
class Upload:
    """One upload. submission_id: 0 until it is done. refusal: what a refused one was refused for, in words."""

    login: str
    ticket: str
    file_name: str
    octets: int
    began_at: datetime
    stage: Stage = Stage.READING
    submission_id: int = 0
    refusal: NodeError | None = None

    @property
    def is_over(self) -> bool:
        """True if nothing more is done with it."""
        return self.stage in ENDS

    def is_same(self, other: Upload) -> bool:
        """True if both are of the same file, as far as a name and a length tell."""
        return (self.file_name, self.octets) == (other.file_name, other.octets)


class UploadBoard:
    """The uploads of one process, the oldest that is over forgotten first."""

    def __init__(self) -> None:
        self._uploads: OrderedDict[tuple[str, str], Upload] = OrderedDict()
        self._lock = Lock()

    def begin(self, upload: Upload) -> Upload | None:
        """Note an upload, or give the one with its ticket that is worked on; one that is over begins anew.

        Another file under the same ticket takes its place: whoever went back in the browser meant that one.
        """
        key = (upload.login, upload.ticket)
        with self._lock:
            earlier = self._uploads.get(key)
            if earlier is not None and not earlier.is_over and earlier.is_same(upload):
                return earlier
            self._uploads[key] = upload
            self._uploads.move_to_end(key)
            over = [one for one, held in self._uploads.items() if held.is_over]
            for one in over[: max(0, len(self._uploads) - MOST_KEPT)]:
                del self._uploads[one]
        return None

    def change(
        self, login: str, ticket: str, stage: Stage, submission_id: int = 0, refusal: NodeError | None = None
    ) -> None:
        """Note how far an upload is."""
        with self._lock:
            held = self._uploads.get((login, ticket))
            if held is not None:
                changed = replace(held, stage=stage, submission_id=submission_id, refusal=refusal)
                self._uploads[login, ticket] = changed

    def find(self, login: str, ticket: str) -> Upload | None:
        """Give a person's upload, or None."""
        with self._lock:
            return self._uploads.get((login, ticket))

    def unfinished(self, login: str, now: datetime) -> tuple[Upload, ...]:
        """Give a person's uploads that are worked on, or were refused not long ago, the newest first."""
        with self._lock:
            held = [one for one in self._uploads.values() if one.login == login]
        shown = (one for one in held if one.stage is not Stage.DONE and now - one.began_at < SHOWN_FOR)
        return tuple(sorted(shown, key=lambda one: one.began_at, reverse=True))


def quiet(_: Stage) -> None:
    """Tell nobody."""


def upload_once(
    board: UploadBoard, actor: Actor, begun: Upload, work: Callable[[Tell], Submission]
) -> Upload:
    """Do an upload that can be left and returned to; the same form sent twice is worked on once.

    Args:
        board: where it is noted.
        actor: who sends it.
        begun: the upload as it begins; its ticket was made by whoever shows the form, or by the caller.
        work: takes the file in and tells how far it is.

    Raises:
        Invalid: the ticket cannot be one. What `work` raises, which is noted for whoever comes back.
    """
    ticket = begun.ticket
    if not (ticket.isascii() and ticket.isalnum() and len(ticket) <= LONGEST_TICKET):
        raise Invalid(
            "This upload has no proper ticket",
            detail=f"A ticket is 1 to {LONGEST_TICKET} letters and digits",
            hint="Open the upload page again, and send the file from there.",
        )
    earlier = board.begin(begun)
    if earlier is not None:
        return earlier
    try:
        taken = work(lambda stage: board.change(actor.login, ticket, stage))
    except Exception as error:
        reason = error if isinstance(error, NodeError) else Unavailable("The file could not be taken in")
        board.change(actor.login, ticket, Stage.REFUSED, refusal=reason)
        raise
    board.change(actor.login, ticket, Stage.DONE, taken.submission_id)
    return replace(begun, stage=Stage.DONE, submission_id=taken.submission_id)
