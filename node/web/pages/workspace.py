"""The workspace: a file on its way from an analyst to the log."""

from __future__ import annotations

from collections.abc import Callable

from starlette.responses import Response

from node.access import Action
from node.errors import Damaged, Invalid, NodeError, NotFound, Unavailable
from node.ports.ledger import Bundle
from node.ports.records import ProposalState
from node.ports.submissions import Submission
from node.services import annotated, exceptions, interpret, questions, release, submit
from node.services.interpret import BEFORE_APPROVAL
from node.services.questions import Question
from node.services.views.file_table import FileTable, file_table
from node.services.views.submissions import submission, submissions
from node.web.interpretation import correction, interpretation
from node.web.language import N_
from node.web.refusals import status_of
from node.web.report import content, report
from node.web.surface import Page, Surface, go
from node.web.visit import Visit
from schemas import registry

MOST_PAGE_DIGITS = 6
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def workspace_page(surface: Surface, visit: Visit) -> Response:
    """Every submission, newest first, and retractions that wait for a second officer."""
    waiting = tuple(one for one in surface.ctx.records.proposals() if one.state is ProposalState.WAITING)
    pages = submissions(surface.ctx, visit.actor)
    uploads = surface.ctx.uploads.unfinished(visit.actor.login, visit.now)
    return surface.show(visit, "workspace.html", pages=pages, waiting=waiting, uploads=uploads)


def submission_page(surface: Surface, visit: Visit, error: NodeError | None = None) -> Response:
    """One submission: its report, and what this person may do with it."""
    view = submission(surface.ctx, visit.actor, visit.number("submission"))
    one = view.submission
    table, unreadable = _table(surface, visit, one)
    return surface.show(
        visit,
        "submission.html",
        status=status_of(error) if error else 200,
        view=view,
        table=table,
        unreadable=unreadable,
        report=report(one, visit.language),
        hits=content(one, visit.language),
        reading=interpretation(one, visit.language, surface.ctx.member),
        may_correct=visit.may(Action.SUBMIT) and one.state in BEFORE_APPROVAL,
        is_asked=Question.READING in questions.open_questions(one),
        may_except=may_ask(visit, one),
        dimensions=registry.dataflow(one.dataflow_id).cells.dimensions,
        reason=visit.text("reason"),
        failed=visit.request.url.path.rpartition("/")[2] if error else "",
        error=error,
    )


def report_workbook(surface: Surface, visit: Visit) -> Response:
    """The person's own file as a workbook, each finding at its cell."""
    number = visit.number("submission")
    content = annotated.annotated(
        surface.ctx, visit.actor, number, language=visit.language.code, now=visit.now
    )
    headers = {
        "Content-Disposition": f'attachment; filename="{number}-findings.xlsx"',
        "Cache-Control": "no-store",
    }
    return Response(content, media_type=WORKBOOK, headers=headers)


def _table(surface: Surface, visit: Visit, one: Submission) -> tuple[FileTable | None, NodeError | None]:
    """Give the rows around what was found, or why they cannot be shown; who may not read the file sees neither."""
    if not (one.violations and visit.may(Action.READ_FILE)):
        return None, None
    asked = visit.query
    rule, field, page = asked.get("rule", ""), asked.get("field", ""), page_number(visit)
    try:
        return file_table(surface.ctx, visit.actor, one, rule=rule, field=field, page=page), None
    except (Damaged, NotFound, Invalid, Unavailable) as error:
        return None, error


def page_number(visit: Visit) -> int:
    """Give the page that the address asks for, from 1; raises NotFound for anything that is none."""
    text = visit.query.get("page", "1")
    if not (text.isascii() and text.isdigit() and len(text) <= MOST_PAGE_DIGITS):
        raise NotFound(N_("There is no such page"))
    return int(text)


def may_ask(visit: Visit, one: Submission) -> bool:
    """Say whether this person may ask for exceptions to what a submission would release."""
    is_theirs = one.submitted_by == visit.account.login
    return visit.may(Action.MAKE_EXCEPTION) and not is_theirs and exceptions.may_be_asked(one)


def read_again(surface: Surface, visit: Visit) -> Response:
    """Read the file again as the person says."""
    number = visit.number("submission")
    interpret.correct(surface.ctx, visit.actor, number, correction(visit), now=visit.now)
    return go(f"/workspace/{number}?done=reading")


def _with_reason(name: str, use_case: Callable[..., Submission]) -> Callable[[Surface, Visit], Response]:
    """Give the page's act for a step that is taken with a reason."""

    def act(surface: Surface, visit: Visit) -> Response:
        number = visit.number("submission")
        use_case(surface.ctx, visit.actor, number, reason=visit.text("reason"), now=visit.now)
        return go(f"/workspace/{number}?done={name}")

    return act


def _with_signature(
    name: str, use_case: Callable[..., Submission | Bundle]
) -> Callable[[Surface, Visit], Response]:
    """Give the page's act for a step that is signed: the password opens the officer's key."""

    def act(surface: Surface, visit: Visit) -> Response:
        number = visit.number("submission")
        use_case(surface.ctx, visit.actor, number, password=visit.text("password"), now=visit.now)
        return go(f"/workspace/{number}?done={name}")

    return act


PAGES = (
    Page("/workspace", "GET", Action.READ_SUBMISSIONS, workspace_page),
    Page("/workspace/{submission}", "GET", Action.READ_SUBMISSIONS, submission_page),
    Page("/workspace/{submission}/findings.xlsx", "GET", Action.READ_FILE, report_workbook),
    Page("/workspace/{submission}/reading", "POST", Action.SUBMIT, read_again, submission_page),
    *(
        Page(
            f"/workspace/{{submission}}/{name}", "POST", action, _with_reason(name, use_case), submission_page
        )
        for name, action, use_case in (
            ("leave_out", Action.SUBMIT, questions.leave_out),
            ("confirm_warnings", Action.SUBMIT, questions.confirm_warnings),
            ("clear_content", Action.CLEAR_CONTENT, questions.clear_content),
            ("withdraw", Action.SUBMIT, submit.withdraw),
            ("send_back", Action.APPROVE, release.send_back),
        )
    ),
    *(
        Page(
            f"/workspace/{{submission}}/{name}",
            "POST",
            action,
            _with_signature(name, use_case),
            submission_page,
        )
        for name, action, use_case in (
            ("approve", Action.APPROVE, release.approve),
            ("release", Action.RELEASE, release.release),
        )
    ),
)
