"""What goes over the wire as JSON: the only pydantic models of the API.

* A model is made from a value of the services by its `of`, and never the other way round.
* Unknown fields in a request are refused: a misspelt one must not be silently without effect.
* Moments are ISO 8601 in UTC; digests are written "sha256:" and 64 hexadecimal digits.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field

from node.access import ALLOWED
from node.audit import AuditEntry
from node.ports.accounts import Account, Session
from node.ports.ledger import Bundle
from node.ports.submissions import Submission
from node.services import gate
from node.services.sync import SyncOutcome
from node.services.verify import VerifyReport
from node.services.views.submissions import Step
from schemas.messages import message

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


class SubmissionLine(Written):
    """One submission in a list."""

    submission_id: int
    dataflow: str
    mode: str
    file_name: str
    file_digest: str
    file_bytes: int
    state: str
    submitted_by: str
    submitted_at: datetime
    rows: int
    rows_refused: int
    violation_totals: dict[str, int]
    leave_out_reason: str | None
    warnings_reason: str | None
    content_cleared_by: str | None
    content_cleared_at: datetime | None
    content_reason: str | None
    approved_by: str | None
    approved_at: datetime | None
    manifest_digest: str | None
    released_by: str | None
    released_at: datetime | None

    @classmethod
    def of(cls, submission: Submission, **more: Any) -> Self:
        """Describe a submission."""
        named = set(cls.model_fields) - {"dataflow", *more}
        return cls(
            dataflow=submission.dataflow_id, **{name: getattr(submission, name) for name in named}, **more
        )


class ViolationLine(Written):
    """One rule broken at one place of the file; `row` is the row as a spreadsheet shows it."""

    rule: str
    severity: str
    row: int | None
    column: str | None
    value: str | None
    params: dict[str, Any]
    message: str


class HitLine(Written):
    """Text the content gate found, masked; `clearable` is false for what may never leave."""

    rule: str
    row: int | None
    column: str
    excerpt: str
    clearable: bool
    message: str

    @classmethod
    def of(cls, hit: Mapping[str, Any], language: str) -> Self:
        """Describe a kept hit; its fingerprint stays inside."""
        (said,) = gate.violations([dict(hit)])
        shown = {name: hit[name] for name in ("rule", "row", "column", "excerpt", "clearable")}
        return cls(**shown, message=message(said, language))


class ChangeLine(Written):
    """One cell that a release would change: gone, changed or new."""

    change: str
    dimensions: dict[str, str | None]
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


class DifferenceWhole(Written):
    """What a release would change against the bundles it supersedes; the counts are never cut."""

    submission_id: int
    counts: dict[str, int]
    supersedes: list[str]
    changes: list[ChangeLine]
    changes_complete: bool


class StepLine(Written):
    """What can be done next; `obstacle` is empty when this person may do it."""

    name: str
    obstacle: str

    @classmethod
    def of(cls, step: Step) -> Self:
        """Describe a step."""
        return cls(name=step.name, obstacle=step.obstacle)


class SubmissionWhole(SubmissionLine):
    """One submission with what is wrong in the file. `violations` is cut; the totals are not."""

    recipe: dict[str, Any]
    violations: list[ViolationLine]
    violations_complete: bool
    open_questions: list[str]
    content_hits: list[HitLine]
    steps: list[StepLine]


class CheckedFile(Written):
    """What a dry run found; nothing was kept. `violations` is cut; the totals are not."""

    dataflow: str
    recipe: dict[str, Any]
    rows: int
    rows_refused: int
    is_clean: bool
    is_fatal: bool
    violation_totals: dict[str, int]
    violations: list[ViolationLine]
    violations_complete: bool


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
