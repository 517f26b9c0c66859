"""The register's rules at one node: what is kept, who takes which step, and from which version."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from exchange.limits import MAX_TYPOLOGY_LINES
from node.access import Actor, Role
from node.errors import Conflict, Denied, Invalid, NotFound
from node.ports.typologies import EntryStatus
from node.services import typologies
from node.services.typology_draft import Draft, choosable, described
from node.services.views.tasks import tasks
from node.web.words import WORDS
from risk_models.disclosure.content import Kind
from tests.support.builders import NOON
from tests.support.described import AUTHOR, DRAFT, EN, OFFICER, REVIEWER, RU, shared, titled
from tests.support.described import described as propose
from tests.support.described import reviewed as review
from tests.support.federation import Nodes, federation

TODAY = NOON.date()
PARAGRAPHS = ("Первый.", "", "Второй.")
BOTH = Actor("boris", frozenset({Role.SUBMITTER, Role.RELEASER}))
STRANGER = Actor("inspector", frozenset({Role.AUDITOR}))


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nodes]:
    """KZ with two peers; each test describes typologies of its own."""
    with federation(tmp_path_factory.mktemp("register")) as built:
        yield built


def faults(draft: Draft) -> set[tuple[str, str]]:
    """Give where a draft is at fault, and how."""
    with pytest.raises(Invalid) as caught:
        described(draft, TODAY)
    return {(one.where, one.code) for one in caught.value.faults}


def spoken(**changes: Any) -> Draft:
    """Give the draft with the Russian text changed."""
    return replace(DRAFT, texts={"ru": replace(RU, **changes)})


def test_what_was_typed_is_kept_as_it_was_typed() -> None:
    """Spaces around a text, empty lines and the line ends of a browser are no part of it."""
    typed = spoken(
        title="  Заголовок ",
        description="\r\n".join(PARAGRAPHS) + "\r",
        warning_signs=("", " признак "),
    )

    found = described(typed, TODAY)

    assert found.texts["ru"].title == "Заголовок"
    assert found.texts["ru"].description == "\n".join(PARAGRAPHS)
    assert found.texts["ru"].warning_signs == ("признак",)
    assert "PREDICATE" not in found.codes
    assert described(Draft.of(found), TODAY) == found


@pytest.mark.parametrize(
    ("draft", "expected"),
    [
        (Draft(), {("codes.METHOD", "missing"), ("original", "missing")}),
        (replace(DRAFT, original="kk"), {("texts.kk.title", "original_missing")}),
        (replace(DRAFT, original="fr"), {("original", "missing")}),
        (replace(DRAFT, texts={"ru": RU, "fr": EN}), {("texts.fr", "unknown_language")}),
        (spoken(title=""), {("texts.ru.title", "missing")}),
        (spoken(title="я" * 201), {("texts.ru.title", "too_long")}),
        (spoken(description=" "), {("texts.ru.description", "missing")}),
        (spoken(description="x\x07y"), {("texts.ru.description", "control_characters")}),
        (spoken(title="x\ny"), {("texts.ru.title", "control_characters")}),
        (spoken(measures=("x",) * (MAX_TYPOLOGY_LINES + 1)), {("texts.ru.measures", "too_many")}),
        (spoken(warning_signs=("я" * 301,)), {("texts.ru.warning_signs", "too_long")}),
        (
            spoken(description="Писать на ivan.petrov@example.org"),
            {("texts.ru.description", "content_email")},
        ),
        (
            spoken(measures=("Позвонить по тел. +7 701 123 45 67",)),
            {("texts.ru.measures", "content_phone")},
        ),
        (replace(DRAFT, sources=("x" * 301,)), {("sources", "too_long")}),
        (replace(DRAFT, codes={"METHOD": ("TM98",)}), {("codes.METHOD", "unknown_code")}),
        (replace(DRAFT, codes={"METHOD": ("_T",)}), {("codes.METHOD", "unknown_code")}),
        (
            replace(DRAFT, codes={"METHOD": ("TM15",), "WEATHER": ("RAIN",)}),
            {("codes.WEATHER", "unknown_facet")},
        ),
        (
            replace(DRAFT, codes={"METHOD": tuple(code.id for code in choosable("METHOD", TODAY))}),
            {("codes.METHOD", "too_many")},
        ),
    ],
)
def test_every_fault_is_found_at_its_field(draft: Draft, expected: set[tuple[str, str]]) -> None:
    """A person corrects what is named, and everything that is wrong is named."""
    assert faults(draft) == expected


def test_all_faults_are_found_at_once() -> None:
    """Nobody sends a form five times to learn of five mistakes."""
    draft = Draft({"METHOD": ("TM98",)}, "ru", {"ru": replace(RU, title="", measures=("я" * 301,))})

    assert len(faults(draft)) == 3


def test_totals_and_remainders_are_no_choice() -> None:
    """A typology is of a method, not of all of them; no new technology is said by naming none."""
    assert not {"_T", "_O", "_U", "_X"} & {code.id for code in choosable("METHOD", TODAY)}
    assert "NONE" not in {code.id for code in choosable("NEW_TECH", TODAY)}


def test_an_entry_has_its_id_from_the_beginning(nodes: Nodes) -> None:
    """The member's code, the year, a number; proposed by its author."""
    first, second = propose(nodes, "BY"), propose(nodes, "BY", titled("Другая"))

    assert (first.typology, second.typology) == ("BY-2026-001", "BY-2026-002")
    assert (first.status, first.newest.author, first.newest.number) == (EntryStatus.PROPOSED, "aigerim", 1)
    assert nodes["BY"].audit.entries()[-1].event.kind == "typology.proposed"
    assert nodes["BY"].audit.entries()[-1].event.subject == "BY-2026-002"


def test_who_wrote_it_does_not_review_it(nodes: Nodes) -> None:
    """Four eyes, also for a person with both roles; a colleague's comma does not make it a colleague's."""
    ctx, clock = nodes["KZ"], nodes.clock
    entry = typologies.propose(ctx, BOTH, DRAFT, now=clock.now())
    with pytest.raises(Denied):
        typologies.review(ctx, BOTH, entry.typology, number=1, now=clock.now())
    typologies.edit(
        ctx, AUTHOR, entry.typology, titled("Иначе"), based_on=1, change="заголовок", now=clock.now()
    )
    with pytest.raises(Denied):
        typologies.review(ctx, BOTH, entry.typology, number=2, now=clock.now())

    reviewed = typologies.review(ctx, OFFICER, entry.typology, number=2, now=clock.now())
    assert (reviewed.status, reviewed.reviewed_by) == (EntryStatus.REVIEWED, "daria")


@pytest.mark.parametrize(
    "step",
    [
        lambda ctx, typology, now: typologies.propose(ctx, STRANGER, DRAFT, now=now),
        lambda ctx, typology, now: typologies.edit(
            ctx, STRANGER, typology, titled("x"), based_on=1, change="x", now=now
        ),
        lambda ctx, typology, now: typologies.review(ctx, AUTHOR, typology, number=1, now=now),
        lambda ctx, typology, now: typologies.share(
            ctx, AUTHOR, typology, number=1, audience=["RU"], now=now
        ),
        lambda ctx, typology, now: typologies.retire(ctx, AUTHOR, typology, reason="x", now=now),
    ],
)
def test_a_step_is_denied_without_its_role(nodes: Nodes, step: Any) -> None:
    """And nothing changes."""
    entry = propose(nodes, "KZ")

    with pytest.raises(Denied):
        step(nodes["KZ"], entry.typology, nodes.clock.now())

    assert nodes["KZ"].typologies.entry(entry.typology) == entry


def test_an_edit_of_an_older_version_is_refused(nodes: Nodes) -> None:
    """It names the newest, whose author hears nothing of being overwritten."""
    ctx, clock = nodes["KZ"], nodes.clock
    typology = propose(nodes, "KZ").typology
    typologies.edit(ctx, AUTHOR, typology, titled("Два"), based_on=1, change="заголовок", now=clock.now())

    with pytest.raises(Conflict) as caught:
        typologies.edit(ctx, AUTHOR, typology, titled("Три"), based_on=1, change="тоже", now=clock.now())

    assert caught.value.context == {"newest": 2}
    assert [one.description.texts["ru"].title for one in ctx.typologies.entry(typology).versions] == [
        RU.title,
        "Два",
    ]


def test_a_version_that_says_the_same_is_none(nodes: Nodes) -> None:
    """Nobody reviews what did not change."""
    typology = propose(nodes, "KZ").typology

    with pytest.raises(Conflict):
        typologies.edit(
            nodes["KZ"], AUTHOR, typology, DRAFT, based_on=1, change="ничего", now=nodes.clock.now()
        )


def test_a_review_stands_for_the_version_that_was_read(nodes: Nodes) -> None:
    """Not for one that somebody saved meanwhile."""
    ctx, clock = nodes["KZ"], nodes.clock
    typology = propose(nodes, "KZ").typology
    typologies.edit(ctx, AUTHOR, typology, titled("Два"), based_on=1, change="заголовок", now=clock.now())

    with pytest.raises(Conflict):
        typologies.review(ctx, REVIEWER, typology, number=1, now=clock.now())


def test_only_a_reviewed_version_is_shared_and_once(nodes: Nodes) -> None:
    """By an officer who did not write it."""
    ctx, clock = nodes["KZ"], nodes.clock
    typology = propose(nodes, "KZ").typology
    with pytest.raises(Conflict):
        typologies.share(ctx, OFFICER, typology, number=1, audience=["RU"], now=clock.now())
    typologies.review(ctx, REVIEWER, typology, number=1, now=clock.now())
    typologies.share(ctx, OFFICER, typology, number=1, audience=["RU"], now=clock.now())
    with pytest.raises(Conflict):
        typologies.share(ctx, OFFICER, typology, number=1, audience=["RU"], now=clock.now())


@pytest.mark.parametrize("audience", [[], ["KZ"], ["RU", "XX"]])
def test_an_audience_is_members_that_are_named(nodes: Nodes, audience: list[str]) -> None:
    """Nobody, oneself and strangers are refused at the field."""
    typology = review(nodes, "KZ").typology

    with pytest.raises(Invalid) as caught:
        typologies.share(nodes["KZ"], OFFICER, typology, number=1, audience=audience, now=nodes.clock.now())

    assert {one.where for one in caught.value.faults} == {"audience"}


def test_who_had_a_version_receives_the_next(nodes: Nodes) -> None:
    """Nobody is left with what does not stand; members may be added."""
    ctx, clock = nodes["KZ"], nodes.clock
    typology = shared(nodes, "KZ", "RU").typology
    typologies.edit(ctx, AUTHOR, typology, titled("Два"), based_on=1, change="заголовок", now=clock.now())
    typologies.review(ctx, REVIEWER, typology, number=2, now=clock.now())

    entry = typologies.share(ctx, OFFICER, typology, number=2, audience=["BY"], now=clock.now())

    assert entry.told[-1].typology.audience == entry.audience == ("BY", "RU")


def test_what_nobody_has_is_retired_without_a_record(nodes: Nodes) -> None:
    """The log says nothing of what was never said in it."""
    ctx, clock = nodes["KZ"], nodes.clock
    typology = propose(nodes, "KZ").typology
    before = ctx.ledger.head()

    entry = typologies.retire(ctx, OFFICER, typology, reason="Описана дважды", now=clock.now())

    assert (entry.status, ctx.ledger.head()) == (EntryStatus.RETIRED, before)
    with pytest.raises(Conflict):
        typologies.edit(ctx, AUTHOR, typology, titled("x"), based_on=1, change="x", now=clock.now())


@pytest.mark.parametrize("reason", ["", " ", "x" * 301, "Спросите ivan.petrov@example.org"])
def test_a_reason_that_leaves_is_one_line_that_names_nobody(nodes: Nodes, reason: str) -> None:
    """It goes to all who have the typology."""
    typology = shared(nodes, "KZ", "RU").typology

    with pytest.raises(Invalid) as caught:
        typologies.retire(nodes["KZ"], OFFICER, typology, reason=reason, now=nodes.clock.now())

    assert {one.where for one in caught.value.faults} == {"reason"}


def test_there_is_no_step_of_what_is_not_ones_own(nodes: Nodes) -> None:
    """Another member's typology is its originator's alone."""
    with pytest.raises(NotFound):
        typologies.retire(nodes["KZ"], OFFICER, "RU-2026-001", reason="x", now=nodes.clock.now())


def test_every_step_is_in_the_audit_log(nodes: Nodes) -> None:
    """Who, which typology, which version, for whom."""
    ctx = nodes["RU"]
    typology = shared(nodes, "RU", "BY", "KZ").typology
    typologies.retire(ctx, OFFICER, typology, reason="Способ не встречается", now=nodes.clock.now())

    found = [one.event for one in ctx.audit.entries() if one.event.subject == typology]
    assert [(one.kind, one.actor) for one in found] == [
        ("typology.proposed", "aigerim"),
        ("typology.reviewed", "boris"),
        ("typology.shared", "daria"),
        ("typology.retired", "daria"),
    ]
    assert found[2].details == {"version": 1, "audience": "BY, KZ"}


def test_nothing_is_kept_of_a_draft_with_faults(nodes: Nodes) -> None:
    """What may name somebody is not even stored."""
    before = len(nodes["KZ"].typologies.entries())

    with pytest.raises(Invalid):
        typologies.propose(nodes["KZ"], AUTHOR, spoken(title=""), now=nodes.clock.now())

    assert len(nodes["KZ"].typologies.entries()) == before


def test_what_waits_stands_with_who_may_take_the_step(tmp_path: Path) -> None:
    """Review with another officer than the author, then sharing; nothing waits of what is shared."""
    with federation(tmp_path, codes=("KZ", "RU")) as built:
        ctx, clock = built["KZ"], built.clock

        def waiting(person: Actor) -> list[str]:
            return [one.kind for one in tasks(ctx, person, clock.now()) if one.kind.endswith("_typology")]

        typology = typologies.propose(ctx, BOTH, DRAFT, now=clock.now()).typology
        assert (waiting(BOTH), waiting(OFFICER), waiting(AUTHOR)) == ([], ["review_typology"], [])
        typologies.review(ctx, OFFICER, typology, number=1, now=clock.now())
        assert (waiting(BOTH), waiting(OFFICER)) == ([], ["share_typology"])
        typologies.share(ctx, OFFICER, typology, number=1, audience=["RU"], now=clock.now())
        assert waiting(OFFICER) == []


def test_every_finding_of_the_gate_has_words() -> None:
    """Whatever it finds in a text, a person is told what to take out."""
    told = {f"content_{kind.value}" for kind in Kind if kind is not Kind.IDENTIFIER_COLUMN}

    assert told <= set(WORDS["fault"])
    assert {one for one in WORDS["fault"] if one.startswith("content_")} == told
