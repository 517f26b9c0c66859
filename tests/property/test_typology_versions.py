"""Whatever people do to an entry in whatever order: versions only grow, and what was said is what is read."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import hypothesis.strategies as st
from hypothesis import given, settings

from exchange.limits import DEFAULT
from exchange.typology import Typology
from exchange.typology_wording import Description, Wording
from node.access import Actor, Role
from node.errors import NodeError
from node.ports.typologies import EntryStatus, OwnEntry
from node.services import typologies
from node.services.context import Context
from node.services.views.register_entry import differences
from tests.support.described import AUTHOR, DRAFT, a_typology, titled
from tests.support.federation import federation

PEOPLE = [Actor(login, frozenset({Role.SUBMITTER, Role.RELEASER})) for login in ("anna", "boris", "daria")]
STEPS = ("edit", "review", "share", "retire")
LETTERS = st.characters(exclude_categories=("Cs", "Cc", "Cf", "Zl", "Zp"))
LINE = st.text(LETTERS, min_size=1, max_size=30).filter(str.strip)
WORDING = st.builds(
    Wording, title=LINE, description=LINE, warning_signs=st.lists(LINE, max_size=3).map(tuple)
)
CODES = st.sets(st.from_regex(r"[A-Z0-9_]{1,8}", fullmatch=True), min_size=1, max_size=4).map(
    lambda found: tuple(sorted(found))
)


@st.composite
def descriptions(draw: st.DrawFn) -> Description:
    """Give a description of any facets and languages."""
    texts = draw(
        st.dictionaries(st.from_regex(r"[a-z]{2,3}", fullmatch=True), WORDING, min_size=1, max_size=3)
    )
    codes = draw(st.dictionaries(st.sampled_from(["CHANNEL", "NEXT_FACET"]), CODES)) | {"METHOD": draw(CODES)}
    return Description(
        codes, draw(st.sampled_from(sorted(texts))), texts, tuple(draw(st.lists(LINE, max_size=3)))
    )


@given(descriptions())
def test_what_is_signed_is_what_is_read(description: Description) -> None:
    """Byte for byte and field for field."""
    said = a_typology(description=description)

    read = Typology.from_bytes(said.to_bytes(), DEFAULT)

    assert (read, read.to_bytes()) == (said, said.to_bytes())


@given(descriptions(), descriptions())
def test_a_difference_is_empty_exactly_between_equals(before: Description, after: Description) -> None:
    """And it is the same from the other side, with what went and what came exchanged."""
    known = [
        one for one in (before, after) if "NEXT_FACET" in one.codes
    ]  # a facet this version does not show
    if not known:
        assert (differences(before, after) == ()) is (before == after)
    there, back = differences(before, after), differences(after, before)
    assert [(one.field, one.removed, one.added) for one in there] == [
        (one.field, one.added, one.removed) for one in back
    ]


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(STEPS), st.sampled_from(PEOPLE), st.integers(1, 4), LINE), max_size=12)
)
def test_in_whatever_order_steps_are_taken_the_rules_hold(
    steps: list[tuple[str, Actor, int, str]],
) -> None:
    """Nothing said is altered, nobody reviews their own words, nothing unreviewed is shared, the retired stays."""
    with tempfile.TemporaryDirectory() as place, federation(Path(place), codes=("KZ", "RU")) as nodes:
        ctx, clock = nodes["KZ"], nodes.clock
        entry = typologies.propose(ctx, AUTHOR, DRAFT, now=clock.now())
        for step, person, number, words in steps:
            before = ctx.typologies.entry(entry.typology)
            try:
                _take(ctx, step, person, entry.typology, number=number, words=words, now=clock.now)
            except NodeError:
                assert ctx.typologies.entry(entry.typology) == before
                continue
            _check(before, ctx.typologies.entry(entry.typology))


def _take(
    ctx: Context,
    step: str,
    person: Actor,
    typology: str,
    *,
    number: int,
    words: str,
    now: Callable[[], datetime],
) -> None:
    if step == "edit":
        typologies.edit(ctx, person, typology, titled(words), based_on=number, change="x", now=now())
    elif step == "review":
        typologies.review(ctx, person, typology, number=number, now=now())
    elif step == "share":
        typologies.share(ctx, person, typology, number=number, audience=["RU"], now=now())
    else:
        typologies.retire(ctx, person, typology, reason=words, now=now())


def _check(before: OwnEntry, after: OwnEntry) -> None:
    assert before.retirement is None
    said = [(one.number, one.description, one.author, one.written_at) for one in before.versions]
    assert [(one.number, one.description, one.author, one.written_at) for one in after.versions][
        : len(said)
    ] == said
    assert [one.number for one in after.versions] == list(range(1, len(after.versions) + 1))
    for one in after.versions:
        assert one.reviewed_by is None or one.reviewed_by != one.author
        assert one.shared_by != one.author
        assert one.shared_at is None or one.reviewed_at is not None
    assert (after.status is EntryStatus.RETIRED) is (after.retirement is not None)
    assert len(after.told) - len(before.told) in {0, 1}
