"""People judge computed scores: who may, what needs a second officer, how long it holds, and what leaves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from exchange.statement import Statement, StatementKind
from node.access import Actor, Role
from node.errors import Conflict, Denied, Invalid, NotFound, Unavailable
from node.ports.reviews import ReviewReason, ScoreOfPeriod, ScoreReview, Verdict
from node.services import indicators, reviews, statements, sync
from node.services.context import Context
from node.services.indicators import ASSESSMENT
from node.services.reviews import Opinion
from node.services.scores import steps
from node.services.statements import told
from node.services.views.assessment import assessment
from node.services.views.review_statistics import statistics
from node.services.views.reviews import Reviewed, beside_all, mark, reviewed, said
from node.services.views.tasks import tasks
from risk_models.composite.register import packaged
from tests.support import assessed_run
from tests.support.contexts_api import add_person
from tests.support.federation import APPROVER, RELEASER, Nodes, federation

ANALYST = Actor("olga", frozenset({Role.ANALYST}))
BOTH = Actor("olga", frozenset({Role.ANALYST, Role.RELEASER}))
KZ_2020 = ScoreOfPeriod(ASSESSMENT, "KZ", "2020")
HELD = Opinion(Verdict.HELD, reason=ReviewReason.LEGAL, text="A case is before the court")
COMPOSITE = packaged("member_risk_1")


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[Nodes]:
    """KZ has computed an assessment, also of KG; BY reads what KZ says."""
    with federation(tmp_path / "nodes", ("KZ", "BY")) as built:
        assessed_run.store(built["KZ"])
        add_person(built["KZ"], built.clock, "olga", Role.ANALYST)
        yield built


def computed_levels(ctx: Context, code: str = "KZ", year: str = "2020") -> tuple[str, ...]:
    """Give the levels that the computation leaves possible."""
    _, score, _ = reviews.scored(ctx, ScoreOfPeriod(ASSESSMENT, code, year))
    return score.levels


def another(ctx: Context, **changes: object) -> Opinion:
    """Give an opinion that a score is of a level which its computation does not leave possible."""
    order = [level.name for level in COMPOSITE.result.levels]
    level = next(name for name in order if name not in computed_levels(ctx))
    opinion = Opinion(
        Verdict.OVERRIDDEN, level, ReviewReason.NEW_INTELLIGENCE, "Channels have moved", "memorandum 4"
    )
    return replace(opinion, **changes)


def said_of(nodes: Nodes, of: ScoreOfPeriod = KZ_2020) -> Reviewed:
    """Give what stands beside a score at KZ."""
    ctx = nodes["KZ"]
    _, score, _ = reviews.scored(ctx, of)
    return reviewed(ctx, said(ctx), of, score)


def made(nodes: Nodes, opinion: Opinion, of: ScoreOfPeriod = KZ_2020) -> ScoreReview:
    """Let the analyst say it."""
    return reviews.review(nodes["KZ"], ANALYST, of, opinion, now=nodes.clock.now())


def test_a_score_is_computed_then_reviewed_then_accepted(nodes: Nodes) -> None:
    """The newest review counts; each is in the audit log with its verdict."""
    assert said_of(nodes).state == "computed"
    made(nodes, Opinion(Verdict.REVIEWED))
    assert said_of(nodes).state == "reviewed"
    made(nodes, Opinion(Verdict.ACCEPTED, text="Agrees with what is known"))

    assert said_of(nodes).state == "accepted"
    events = [entry.event for entry in nodes["KZ"].audit.entries()]
    told_of = [one.details["verdict"] for one in events if one.kind == "score.reviewed"]
    assert told_of == ["reviewed", "accepted"]


def test_another_level_waits_for_a_second_officer_and_is_shown_beside_the_computed_one(nodes: Nodes) -> None:
    """Neither the score nor the digest of its computation changes by it."""
    ctx = nodes["KZ"]
    before = assessment(ctx, {}, nodes.clock.now())
    waiting = made(nodes, another(ctx))

    assert (waiting.state, waiting.needs_second, said_of(nodes).state) == ("waiting", True, "computed")
    assert said_of(nodes).waiting == waiting
    agreed = reviews.approve(ctx, APPROVER, waiting.number, now=nodes.clock.now())
    beside = beside_all(ctx, assessment(ctx, {}, nodes.clock.now()))["KZ"]
    assert (beside.state, beside.review, beside.waiting) == ("overridden", agreed, None)
    assert agreed.computed == computed_levels(ctx)
    after = assessment(ctx, {}, nodes.clock.now())
    assert (after.scores, after.run) == (before.scores, before.run)


def test_a_level_that_the_figures_leave_possible_needs_nobody_else(nodes: Nodes) -> None:
    """Where the computed score spans several; to say what was computed is no override."""
    ctx = nodes["KZ"]
    levels = computed_levels(ctx)
    opinion = another(ctx, assessed=levels[0])
    if len(levels) == 1:
        with pytest.raises(Invalid, match="other level"):
            made(nodes, opinion)
    else:
        assert made(nodes, opinion).state == "in_force"


def test_steps_are_counted_from_the_levels_that_are_possible() -> None:
    """Above, below, within; none where there is no level to count from."""
    assert steps(COMPOSITE, ("medium",), "very high") == 2
    assert steps(COMPOSITE, ("medium", "high"), "low") == -1
    assert steps(COMPOSITE, ("medium", "high"), "high") == 0
    assert steps(COMPOSITE, (), "high") is None


def test_who_is_not_assessable_can_be_assessed_by_two_people(nodes: Nodes) -> None:
    """There is no step to count, so the second officer is always needed."""
    ctx = nodes["KZ"]
    assert computed_levels(ctx, "KG") == ()

    opinion = another(ctx, assessed="high")
    waiting = made(nodes, opinion, replace(KZ_2020, area="KG"))

    assert (waiting.state, waiting.computed) == ("waiting", ())


@pytest.mark.parametrize(
    "changes",
    [
        {"assessed": ""},
        {"assessed": "enormous"},
        {"reason": None},
        {"text": "  "},
        {"text": "x" * 1001},
        {"text": "Account KZ86125KZT5004100100 shows it"},
        {"evidence": ""},
        {"evidence": "x" * 201},
        {"evidence": "letter of ivanov@mail.example"},
        {"periods": 0},
        {"periods": 3},
    ],
)
def test_an_override_that_lacks_something_or_names_somebody_is_refused(
    nodes: Nodes, changes: dict[str, object]
) -> None:
    """Nothing of it is kept."""
    with pytest.raises(Invalid):
        made(nodes, another(nodes["KZ"], **changes))

    assert nodes["KZ"].reviews.all() == []


@pytest.mark.parametrize("opinion", [replace(HELD, reason=None), replace(HELD, text="")])
def test_a_hold_needs_a_reason_and_words(nodes: Nodes, opinion: Opinion) -> None:
    """And no evidence."""
    with pytest.raises(Invalid):
        made(nodes, opinion)

    assert made(nodes, HELD).state == "in_force"
    assert said_of(nodes).state == "held"


def test_only_another_level_is_shared(nodes: Nodes) -> None:
    """What one accepts or holds stays inside."""
    with pytest.raises(Invalid):
        made(nodes, replace(HELD, is_shared=True))


def test_each_step_is_of_its_role_and_the_second_officer_is_another_person(nodes: Nodes) -> None:
    """An analyst judges, a releaser agrees and replies; nobody agrees with herself."""
    ctx, now = nodes["KZ"], nodes.clock.now()
    opinion = another(ctx)
    with pytest.raises(Denied):
        reviews.review(ctx, APPROVER, KZ_2020, opinion, now=now)
    waiting = reviews.review(ctx, BOTH, KZ_2020, opinion, now=now)

    for refused in (ANALYST, BOTH):
        with pytest.raises(Denied):
            reviews.approve(ctx, refused, waiting.number, now=now)
    with pytest.raises(Denied):
        reviews.end(ctx, Actor("timur", frozenset({Role.OPERATOR})), waiting.number, reason="no", now=now)
    with pytest.raises(Denied):
        reviews.reply(ctx, ANALYST, KZ_2020, "Words", language="en", now=now)
    reviews.approve(ctx, RELEASER, waiting.number, now=now)


def test_what_waits_is_decided_once(nodes: Nodes) -> None:
    """Agreed to or refused; while it waits, no other review of the score is taken."""
    ctx, now = nodes["KZ"], nodes.clock.now()
    waiting = made(nodes, another(ctx))
    with pytest.raises(Conflict):
        made(nodes, Opinion(Verdict.ACCEPTED))

    reviews.end(ctx, APPROVER, waiting.number, reason="Not shown by the memorandum", now=now)
    with pytest.raises(Conflict):
        reviews.approve(ctx, APPROVER, waiting.number, now=now)
    with pytest.raises(Conflict):
        reviews.end(ctx, ANALYST, waiting.number, reason="again", now=now)
    with pytest.raises(NotFound):
        reviews.approve(ctx, APPROVER, 77, now=now)
    assert said_of(nodes).state == "computed"


def test_what_waits_is_a_task_of_the_officers_who_can_decide(nodes: Nodes) -> None:
    """Of a releaser who did not make it, and of nobody else; it is gone once somebody has decided."""
    ctx, clock = nodes["KZ"], nodes.clock

    def waits_for(actor: Actor) -> list[tuple[str, str, str]]:
        found = tasks(ctx, actor, clock.now())
        return [(one.path, one.subject, one.by) for one in found if one.kind == "override"]

    waiting = made(nodes, another(ctx))
    assert waits_for(APPROVER) == [("/assessment/KZ#reviews", "KZ", "olga")]
    assert waits_for(ANALYST) == waits_for(BOTH) == []
    reviews.approve(ctx, APPROVER, waiting.number, now=clock.now())
    assert waits_for(APPROVER) == []


def test_what_stands_is_ended_before_something_else_is_decided(nodes: Nodes) -> None:
    """No single person hides what two have agreed to by looking or by accepting; a look is kept and changes nothing."""
    ctx, clock = nodes["KZ"], nodes.clock
    waiting = made(nodes, another(ctx))
    reviews.approve(ctx, APPROVER, waiting.number, now=clock.now())

    made(nodes, Opinion(Verdict.REVIEWED))
    assert said_of(nodes).state == "overridden"
    for opinion in (Opinion(Verdict.ACCEPTED), HELD, another(ctx)):
        with pytest.raises(Conflict):
            made(nodes, opinion)
    reviews.end(ctx, ANALYST, waiting.number, reason="Settled", now=clock.now())
    made(nodes, Opinion(Verdict.ACCEPTED))
    assert said_of(nodes).state == "accepted"


def test_a_peers_judgement_does_not_outlast_the_period_after_its_own(nodes: Nodes) -> None:
    """Whatever it says of itself."""
    kz, by = nodes["KZ"], nodes["BY"]
    for year, last in (("2018", "2099"), ("2019", "2020"), ("2020", "2020")):
        statement = Statement(StatementKind.ASSESSED, ASSESSMENT, "KZ", year, (), "high", "legal", last)
        statements.tell(by, ANALYST, statement, {"en": year}, now=nodes.clock.now())
    sync.sync_peer(kz, "BY", holder="test", now=nodes.clock.now())

    assert [one.texts["en"] for one in said_of(nodes).judged] == ["2020", "2019"]
    assert [one.texts["en"] for one in said_of(nodes, replace(KZ_2020, time_period="2019")).judged] == [
        "2019"
    ]


def test_it_holds_for_its_periods_and_no_longer(nodes: Nodes) -> None:
    """One year, or the next one, too; earlier years are not touched."""
    year_before = replace(KZ_2020, time_period="2019")
    made(nodes, HELD, year_before)
    assert (said_of(nodes, year_before).state, said_of(nodes).state) == ("held", "computed")

    reviews.end(nodes["KZ"], ANALYST, 1, reason="Held for longer", now=nodes.clock.now())
    made(nodes, replace(HELD, periods=2), year_before)
    assert (said_of(nodes, year_before).state, said_of(nodes).state) == ("held", "held")
    assert not said_of(nodes).is_outdated


def test_figures_that_change_are_to_be_reviewed_again(nodes: Nodes) -> None:
    """Who accepted others has not accepted these; a hold stays, and says that it is of other figures."""
    made(nodes, Opinion(Verdict.ACCEPTED))
    (accepted,) = nodes["KZ"].reviews.all()
    ctx = nodes["KZ"]
    _, score, _ = reviews.scored(ctx, KZ_2020)
    changed = replace(score, levels=("very high",))

    assert reviewed(ctx, said(ctx), KZ_2020, score).state == "accepted"
    found = reviewed(ctx, said(ctx), KZ_2020, changed)
    assert (found.state, found.review, found.is_outdated) == ("computed", accepted, True)

    made(nodes, HELD)
    found = reviewed(ctx, said(ctx), KZ_2020, changed)
    assert (found.state, found.is_outdated) == ("held", True)


def test_a_score_that_is_not_there_is_not_reviewed(nodes: Nodes) -> None:
    """No such year, member or model; and none before the first computation."""
    for of in (
        replace(KZ_2020, time_period="1999"),
        replace(KZ_2020, area="ZZ"),
        replace(KZ_2020, model_id=indicators.CROSS_BORDER),
    ):
        with pytest.raises(NotFound):
            made(nodes, HELD, of)
    with pytest.raises(NotFound):
        reviews.review(nodes["BY"], ANALYST, KZ_2020, HELD, now=nodes.clock.now())


def test_what_is_shared_is_read_by_peers_beside_their_own_score_until_it_ends(nodes: Nodes) -> None:
    """Level, reason and words, signed by the member's log; nothing of it before the second officer agreed."""
    kz, by, clock = nodes["KZ"], nodes["BY"], nodes.clock
    waiting = made(nodes, another(kz, is_shared=True))
    assert told(kz) == ()
    reviews.approve(kz, APPROVER, waiting.number, now=clock.now())
    sync.sync_peer(by, "KZ", holder="test", now=clock.now())

    (heard,) = told(by)
    assert (heard.originator, heard.statement.area, heard.statement.assessed) == (
        "KZ",
        "KZ",
        waiting.assessed,
    )
    assert (heard.statement.computed, heard.statement.reason) == (waiting.computed, "new_intelligence")
    assert "Channels have moved" in heard.texts.values()
    assessed_run.store(by)
    _, score, _ = reviews.scored(by, KZ_2020)
    assert reviewed(by, said(by), KZ_2020, score).judged == (heard,)
    assert said_of(nodes).judged == ()

    reviews.end(kz, ANALYST, waiting.number, reason="The memorandum was withdrawn", now=clock.now())
    sync.sync_peer(by, "KZ", holder="test", now=clock.now())
    assert told(by) == ()


def test_what_is_not_shared_leaves_in_no_notice(nodes: Nodes) -> None:
    """Neither an override nor its end."""
    kz = nodes["KZ"]
    waiting = made(nodes, another(kz))
    reviews.approve(kz, APPROVER, waiting.number, now=nodes.clock.now())
    reviews.end(kz, ANALYST, waiting.number, reason="Settled", now=nodes.clock.now())

    assert kz.records.notices() == []


def test_without_a_registry_nothing_is_shared_and_nothing_kept(
    nodes: Nodes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What peers cannot be told of does not come into force here either."""

    def none(*_: object) -> object:
        raise Unavailable("There is no valid registry")

    monkeypatch.setattr("node.services.reviews.peer_codes", none)
    with pytest.raises(Unavailable):
        made(nodes, another(nodes["KZ"], is_shared=True))

    assert nodes["KZ"].reviews.all() == []


def test_a_member_replies_to_its_own_score_and_every_member_reads_it(nodes: Nodes) -> None:
    """To another's it does not; the words pass the content gate."""
    kz, by, clock = nodes["KZ"], nodes["BY"], nodes.clock
    with pytest.raises(Denied):
        reviews.reply(kz, APPROVER, replace(KZ_2020, area="BY"), "Words", language="en", now=clock.now())
    for wrong in ("", "x" * 1001, "Ask +7 701 123 45 67"):
        with pytest.raises(Invalid):
            reviews.reply(kz, APPROVER, KZ_2020, wrong, language="en", now=clock.now())

    reviews.reply(kz, APPROVER, KZ_2020, "The ratings of 2017 are replaced", language="en", now=clock.now())
    sync.sync_peer(by, "KZ", holder="test", now=clock.now())

    for ctx in (kz, by):
        (heard,) = told(ctx)
        assert (heard.originator, dict(heard.texts)) == ("KZ", {"en": "The ratings of 2017 are replaced"})
    assert [one.texts for one in said_of(nodes).comments] == [{"en": "The ratings of 2017 are replaced"}]


def test_departures_are_counted_by_member_and_direction(nodes: Nodes) -> None:
    """What was refused or waits is no override; what ended early did not last."""
    ctx, clock = nodes["KZ"], nodes.clock
    made(nodes, Opinion(Verdict.REVIEWED))
    made(nodes, Opinion(Verdict.ACCEPTED))
    refused = made(nodes, another(ctx))
    reviews.end(ctx, APPROVER, refused.number, reason="No", now=clock.now())
    ended = made(nodes, another(ctx))
    reviews.approve(ctx, APPROVER, ended.number, now=clock.now())
    reviews.end(ctx, ANALYST, ended.number, reason="Settled", now=clock.now())
    stands = made(nodes, another(ctx))
    reviews.approve(ctx, APPROVER, stands.number, now=clock.now())
    of_before = ScoreOfPeriod(ASSESSMENT, "KZ", "2019")
    lasted = made(nodes, another(ctx, assessed="very high"), of_before)
    reviews.approve(ctx, APPROVER, lasted.number, now=clock.now())
    waits = made(nodes, another(ctx, assessed="high"), replace(KZ_2020, area="KG"))

    found = statistics(ctx)

    assert [row.area for row in found.rows] == [None, "KZ"]
    whole = found.rows[0]
    assert (whole.accepted, whole.held, whole.overridden, whole.decided) == (1, 0, 3, 4)
    assert (whole.standing, whole.expired, whole.ended) == (1, 1, 1)
    assert whole.up + whole.down + whole.within == 3
    assert whole.down >= 1 or whole.up >= 1
    assert whole.share == pytest.approx(0.75)
    assert found.waiting == (waits,)


def test_the_mark_changes_with_anything_that_is_said(nodes: Nodes) -> None:
    """So that a page kept by a browser is not shown when somebody has said something."""
    ctx = nodes["KZ"]
    before = mark(said(ctx))
    assert mark(said(ctx)) == before
    made(nodes, HELD)
    after = mark(said(ctx))
    reviews.reply(ctx, APPROVER, KZ_2020, "Words", language="en", now=nodes.clock.now())

    assert len({before, after, mark(said(ctx))}) == 3
