"""What goes over the wire as JSON: the only pydantic models of the API.

* A model is made from a value of the services by its `of`, and never the other way round.
* Unknown fields in a request are refused: a misspelt one must not be silently without effect.
* Moments are ISO 8601 in UTC; digests are written "sha256:" and 64 hexadecimal digits.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field

from node.access import ALLOWED
from node.audit import AuditEntry
from node.ports.accounts import Account, Session
from node.ports.ledger import Bundle
from node.services.sync import SyncOutcome
from node.services.verify import VerifyReport

Password = Annotated[str, Field(min_length=1, max_length=1024)]
Reason = Annotated[str, Field(min_length=1, max_length=500)]


class Sent(BaseModel):
    """A request body."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Credentials(Sent):
    """Who wants to sign in."""

    login: Annotated[str, Field(min_length=1, max_length=64)]
    password: Password


class PasswordChange(Sent):
    """A change of one's own password."""

    old: Password
    new: Password


class LanguageChoice(Sent):
    """The language a person reads in."""

    language: Annotated[str, Field(min_length=2, max_length=2)]


class Stated(Sent):
    """A reason, kept with the step it explains."""

    reason: Reason


class Signature(Sent):
    """The officer's own password, which opens the release key for one signature."""

    password: Password


class SentRecipe(Sent):
    """How a file is to be read: the whole recipe, as a submission shows it, with what is to be corrected."""

    recipe: dict[str, Any]


class Peer(Sent):
    """A member to synchronise with."""

    peer: Annotated[str, Field(pattern="^[A-Z]{2}$")]


class Written(BaseModel):
    """A response body."""

    model_config = ConfigDict(frozen=True)


class OpenedSession(Written):
    """A new session. `token` goes into the header `Authorization: Bearer <token>`; it is told only once."""

    token: str
    login: str
    expires_at: datetime


class Me(Written):
    """The person signed in, and what their roles let them do."""

    member: str
    login: str
    display_name: str
    roles: list[str]
    actions: list[str]
    language: str
    release_keyid: str | None
    session_expires_at: datetime
    form_token: str

    @classmethod
    def of(cls, member: str, account: Account, session: Session) -> Self:
        """Describe an account with its session."""
        return cls(
            member=member,
            login=account.login,
            display_name=account.display_name,
            roles=sorted(account.roles),
            actions=sorted(action for action, roles in ALLOWED.items() if roles & account.roles),
            language=account.language,
            release_keyid=account.release_keyid,
            session_expires_at=session.expires_at,
            form_token=session.form_token,
        )


class BundleLine(Written):
    """One bundle in a list."""

    digest: str
    originator: str
    log_index: int
    dataflow: str
    first_period: str
    last_period: str
    vintage: int
    audience: list[str]
    supersedes: list[str]
    superseded_by: str | None
    retracted_by: str | None
    signed_by: list[str]
    released_at: datetime
    committed_at: datetime
    cells: dict[str, int]

    @classmethod
    def of(cls, bundle: Bundle, **more: Any) -> Self:
        """Describe a bundle."""
        named = set(cls.model_fields) - {"dataflow", *more}
        return cls(dataflow=bundle.dataflow_id, **{name: getattr(bundle, name) for name in named}, **more)


class SyncReport(Written):
    """How one cycle with a peer went; `failure` is the stable name of what stopped it."""

    peer: str
    imported: int
    attested: int
    retracted: int
    receipts: int
    notices: int
    typologies: int
    refused: int
    failure: str | None
    detail: str

    @classmethod
    def of(cls, outcome: SyncOutcome) -> Self:
        """Describe an outcome."""
        return cls(
            peer=outcome.code,
            imported=outcome.imported,
            attested=outcome.attested,
            retracted=outcome.retracted,
            receipts=outcome.receipts,
            notices=outcome.notices,
            typologies=outcome.typologies,
            refused=outcome.refused,
            failure=outcome.failure,
            detail=outcome.detail,
        )


class FindingLine(Written):
    """Something that is not as it was signed or computed."""

    where: str
    what: str


class Verification(Written):
    """How many things of each kind were checked, and what was wrong with which."""

    is_intact: bool
    checked: dict[str, int]
    findings: list[FindingLine]

    @classmethod
    def of(cls, report: VerifyReport) -> Self:
        """Describe a report."""
        findings = [FindingLine(where=finding.where, what=finding.what) for finding in report.findings]
        return cls(is_intact=not findings, checked=dict(report.checked), findings=findings)


class AuditLine(Written):
    """One entry of the audit chain."""

    sequence: int
    kind: str
    actor: str
    subject: str
    at: datetime
    details: dict[str, Any]
    previous: str
    digest: str

    @classmethod
    def of(cls, entry: AuditEntry) -> Self:
        """Describe an entry."""
        event = entry.event
        return cls(
            sequence=entry.sequence,
            kind=event.kind,
            actor=event.actor,
            subject=event.subject,
            at=event.at,
            details=dict(event.details),
            previous=entry.previous,
            digest=entry.digest,
        )
