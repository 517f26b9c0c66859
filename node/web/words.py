"""Words for codes that no code list names: states, roles, steps, rungs of the ladder, events.

Invariants: every code a page can show has a word here or a label in a code list; a code without one is shown
as it is, never left out.
"""

from __future__ import annotations

from collections.abc import Mapping

from node.web.disclosure_words import DISCLOSURE
from node.web.language import N_

WORDS: Mapping[str, Mapping[str, str]] = {
    "role": {
        "submitter": N_("submitter"),
        "reviewer": N_("content reviewer"),
        "releaser": N_("releasing officer"),
        "analyst": N_("analyst"),
        "operator": N_("operator"),
        "auditor": N_("auditor"),
    },
    "state": {
        "faulty": N_("questions are open"),
        "submitted": N_("waits for approval"),
        "approved": N_("waits for release"),
        "released": N_("released"),
        "withdrawn": N_("withdrawn"),
    },
    "next": {
        "faulty": N_("Correct the file and upload it again, or answer what is open and say why."),
        "submitted": N_("A releasing officer who did not submit it approves it with their password."),
        "approved": N_("A third person, again a releasing officer, releases it with their password."),
        "released": N_("The bundle is in this member's log. Peers fetch it at their next synchronisation."),
        "withdrawn": N_("Nothing of it was released. The file and this record stay."),
    },
    "step": {
        "leave_out": N_("Leave the refused rows out"),
        "confirm_warnings": N_("Confirm the warnings"),
        "clear_content": N_("Clear the text"),
        "approve": N_("Approve"),
        "release": N_("Release"),
    },
    "obstacle": {
        "role": N_("This step needs the role of {role}."),
        "submitter": N_("You submitted this file; somebody else must take this step."),
        "approver": N_("You approved this file; a third person must release it."),
    },
    "change": {"gone": N_("gone"), "changed": N_("changed"), "new": N_("new")},
    "mode": {
        "append": N_("New figures only"),
        "replace": N_("Replace what was released before"),
        "delete": N_("Take these figures out of what was released before"),
    },
    "kind": {
        "exact": N_("exact value"),
        "zero": N_("zero"),
        "withheld": N_("withheld"),
        "missing": N_("not collected"),
        "not_shared": N_("not shared"),
    },
    "status": {
        "exact": N_("exact value"),
        "provisional": N_("provisional, will be revised"),
        "estimated": N_("estimated by the member"),
        "prim_small": N_("withheld: too few subjects, reporting entities or reports"),
        "prim_dom1": N_("withheld: one reporting entity dominates"),
        "prim_dom2": N_("withheld: two reporting entities dominate"),
        "prim_other": N_("withheld: one reporting entity could work out another's value"),
        "secondary": N_("withheld to protect another withheld figure"),
        "secondary_recv": N_("withheld by a receiver"),
        "internal": N_("for computation only, not displayed"),
        "embargo": N_("not displayed before its date"),
        "missing": N_("exists but was not collected"),
        "impossible": N_("cannot exist"),
        "low_rel": N_("of low reliability"),
        "imputed": N_("estimated by the receiver"),
        "break": N_("break in the series"),
    },
    **DISCLOSURE,
    "standing": {
        "fresh": N_("fresh"),
        "late": N_("late"),
        "frozen": N_("frozen"),
        "quarantined": N_("quarantined"),
        "never": N_("not yet synchronised"),
    },
    "standing_reason": {
        "fresh": N_("The last synchronisation succeeded within two intervals."),
        "late": N_("No successful synchronisation for more than two intervals."),
        "frozen": N_(
            "No successful synchronisation for more than a day. Its figures are shown as they were then."
        ),
        "quarantined": N_("What arrived contradicts what was signed. Nothing of it was accepted."),
        "never": N_("No synchronisation has succeeded yet."),
    },
    "failure": {
        "retry": N_("The peer's node did not answer."),
        "wait": N_("The peer is not ready; this passes by itself."),
        "operator": N_("Something must be put right at this node."),
        "alarm": N_("Signed statements contradict each other. The evidence is kept."),
    },
    "failure_action": {
        "": N_("Nothing to do."),
        "retry": N_("The node tries again by itself. If it lasts, the operator calls the peer's operator."),
        "wait": N_("Nothing to do; the node tries again by itself."),
        "operator": N_("The operator of this node follows the hint below."),
        "alarm": N_(
            "The operator calls the peer over another channel and compares fingerprints. Do not restart."
        ),
    },
    "verdict": {
        "agree": N_("same figures"),
        "differs": N_("computed from other bundles"),
        "divergence": N_("other figures from the same bundles"),
        "unknown": N_("nothing attested yet"),
    },
    "signal": {
        "certain": N_("certain signal"),
        "possible": N_("possible signal"),
        "no": N_("no signal"),
        "": N_("not tested"),
    },
    "result_status": {
        "ok": N_("computed"),
        "insufficient": N_("too few observations"),
        "undefined": N_("not defined here"),
    },
    "grade": {
        "A": N_("A: exact"),
        "B": N_("B: interval within 10 per cent of its middle"),
        "C": N_("C: interval within 50 per cent of its middle"),
        "D": N_("D: wider, or too few observations"),
    },
    "direction": {"OUT": N_("sent"), "IN": N_("received")},
    "facet": {"SHARE": N_("as a share"), "NORM": N_("against an even spread")},
    "outcome": {"done": N_("succeeded"), "failed": N_("failed"), "crashed": N_("stopped by a fault")},
    "refusal": {
        "denied": N_("You may not do this"),
        "not_signed_in": N_("You are not signed in"),
        "invalid": N_("This cannot be used as it is"),
        "too_large": N_("This is too large"),
        "not_found": N_("There is no such page"),
        "conflict": N_("Something changed in between"),
        "damaged": N_("Stored data are damaged"),
        "unavailable": N_("The node cannot do this now"),
        "node_error": N_("The node refused this"),
    },
    "advice": {
        "denied": N_("Ask a colleague who holds one of the roles below, or the operator to change yours."),
        "not_signed_in": N_("Sign in and repeat; nothing was changed."),
        "invalid": N_("Correct what is named below and send it again; nothing was changed."),
        "too_large": N_("Split the file by period, or save it as Parquet, and upload the parts."),
        "not_found": N_("The address may be mistyped or out of date. Start from the overview."),
        "conflict": N_("Open the page again to see what happened; nothing was changed."),
        "damaged": N_("Do not sign anything. Tell the operator: the store must be restored from a copy."),
        "unavailable": N_("Tell the operator what is named below, and try again later; nothing was lost."),
        "node_error": N_("Nothing was changed."),
    },
    "event": {
        "account.created": N_("account created"),
        "account.locked": N_("account locked"),
        "account.password_changed": N_("password changed"),
        "session.opened": N_("signed in"),
        "session.closed": N_("signed out"),
        "session.refused": N_("sign-in refused"),
        "submission.received": N_("file received"),
        "submission.rows_left_out": N_("refused rows left out"),
        "submission.warnings_confirmed": N_("warnings confirmed"),
        "submission.content_cleared": N_("text cleared by a reviewer"),
        "submission.approved": N_("submission approved"),
        "submission.sent_back": N_("approval undone"),
        "submission.withdrawn": N_("submission withdrawn"),
        "submission.reading_corrected": N_("reading of a file corrected"),
        "exception.asked": N_("exception to the rules asked for"),
        "exception.agreed": N_("exception to the rules agreed to"),
        "exception.ended": N_("exception to the rules ended"),
        "bundle.released": N_("bundle released"),
        "indicators.attested": N_("indicators attested"),
        "peer.synchronised": N_("peer synchronised"),
        "peer.alarm": N_("alarm about a peer"),
        "registry.changed": N_("registry changed"),
        "release_key.created": N_("release key created"),
    },
    "done": {
        "uploaded": N_("The file was received. This page is its receipt."),
        "reading": N_("The file was read again this way."),
        "leave_out": N_("The refused rows stay out; the reason is kept."),
        "confirm_warnings": N_("The warnings are confirmed; the reason is kept."),
        "clear_content": N_("The text is cleared; the reason is kept."),
        "approve": N_("Approved and signed."),
        "release": N_("Released. Peers fetch it at their next synchronisation."),
        "send_back": N_("The approval was undone."),
        "withdraw": N_("Withdrawn."),
        "exception_asked": N_("The exception is recorded."),
        "exception_agreed": N_("The exception is in force. What leaves is prepared with it."),
        "exception_ended": N_("The exception has ended."),
        "language": N_("Your language was changed."),
        "password": N_("Your password was changed."),
    },
}


def word(group: str, code: str) -> str:
    """Give the English words for a code, to be translated where they are shown; the code itself if none."""
    return WORDS[group].get(code, code)
