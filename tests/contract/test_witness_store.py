"""What every WitnessStore and EvidenceStore promises."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from exchange.witness import View
from node.adapters.sqlite import Stores
from node.ports.witness import Evidence, Hearsay, HeldCosignature, HeldView
from tests.support.builders import NOON

Reopen = Callable[[], Stores]
NOTHING = HeldView()


def held(size: int, at: int = 100, root: int = 1) -> HeldView:
    """Give a view of so many entries, cosigned at that moment."""
    return HeldView(View(size, bytes([root]) * 32, f"note of {size}".encode()), at)


def found(pair: str = "sha256:pair", **changes: object) -> Evidence:
    """Give a contradiction of KG."""
    return replace(
        Evidence(pair, "KG", "log_equivocated", "two roots", b"held", b"received", "RU", NOON), **changes
    )


def test_of_a_new_log_nothing_is_known(rows: Stores) -> None:
    """The empty view, never cosigned."""
    assert rows["witness"].held("KG") == NOTHING
    assert rows["witness"].views() == {}
    assert rows["witness"].hearsay() == []
    assert rows["witness"].cosignatures() == []
    assert rows["witness"].etag("KG") is None
    assert rows["evidence"].all() == []


def test_a_view_advances_from_the_one_it_leaves(reopen: Reopen) -> None:
    """And is there after reopening."""
    assert reopen()["witness"].advance("KG", NOTHING, held(3))
    assert reopen()["witness"].advance("KG", held(3), held(5, at=101))

    assert reopen()["witness"].held("KG") == held(5, at=101)
    assert reopen()["witness"].views() == {"KG": held(5).view}


@pytest.mark.parametrize("leaving", [NOTHING, held(2), held(3, root=2), held(3, at=99)])
def test_a_view_that_was_left_already_is_not_left_again(rows: Stores, leaving: HeldView) -> None:
    """Of another size, root or moment: nothing changes."""
    rows["witness"].advance("KG", NOTHING, held(3))

    assert not rows["witness"].advance("KG", leaving, held(9))
    assert rows["witness"].held("KG") == held(3)


def test_a_slower_request_never_takes_a_witness_back(reopen: Reopen) -> None:
    """The race that c2sp.org/tlog-witness describes: one of them wins, and the larger is never replaced."""
    doors = [reopen() for _ in range(6)]
    doors[0]["witness"].advance("KG", NOTHING, held(3))

    with ThreadPoolExecutor(6) as pool:
        won = list(
            pool.map(
                lambda at: doors[at]["witness"].advance("KG", held(3), held(4 + at, at=100 + at)), range(6)
            )
        )

    assert won.count(True) == 1
    assert reopen()["witness"].held("KG").view.size == 4 + won.index(True)


def test_a_smaller_view_or_an_earlier_moment_is_a_mistake(rows: Stores) -> None:
    """Even where nothing is stored yet."""
    for wrong in (held(2), held(3, at=99)):
        with pytest.raises(ValueError, match="smaller"):
            rows["witness"].advance("KG", held(3), wrong)


def test_what_an_operator_decides_goes_back_and_keeps_the_moment(rows: Stores) -> None:
    """Cosignatures never go back in time, whatever was decided."""
    rows["witness"].advance("KG", NOTHING, held(9))
    assert rows["witness"].go_back("KG", held(3).view, leaving=held(9))

    assert rows["witness"].held("KG") == held(3)


def test_nobody_goes_back_on_what_another_request_has_stored(rows: Stores) -> None:
    """It was cosigned since: forgetting it would let this witness sign two histories."""
    rows["witness"].advance("KG", NOTHING, held(4))

    assert not rows["witness"].go_back("KG", held(2).view, leaving=held(3))
    assert rows["witness"].held("KG") == held(4)


def test_a_peer_says_one_thing_of_a_log(rows: Stores) -> None:
    """The newest; of other logs and by other peers it is kept apart."""
    first = Hearsay("KG", "RU", held(3).view, NOON)
    rows["witness"].hear(first)
    rows["witness"].hear(replace(first, reporter="BY"))
    rows["witness"].hear(replace(first, code="UZ"))
    newest = replace(first, view=held(4).view, is_checked=True, heard_at=NOON + timedelta(seconds=1))
    rows["witness"].hear(newest)

    assert rows["witness"].hearsay("KG") == [replace(first, reporter="BY"), newest]
    assert [said.code for said in rows["witness"].hearsay()] == ["KG", "KG", "UZ"]


def test_a_tag_belongs_to_one_peer(rows: Stores) -> None:
    """And can be forgotten."""
    rows["witness"].put_etag("RU", '"one"')
    rows["witness"].put_etag("BY", '"two"')
    rows["witness"].put_etag("RU", None)

    assert (rows["witness"].etag("RU"), rows["witness"].etag("BY")) == (None, '"two"')


def test_the_cosignature_of_a_smaller_tree_does_not_replace_one(rows: Stores) -> None:
    """Two answers may arrive in the other order."""
    rows["witness"].keep_cosignature(HeldCosignature("RU", 5, "line 5"))
    rows["witness"].keep_cosignature(HeldCosignature("RU", 4, "line 4"))
    rows["witness"].keep_cosignature(HeldCosignature("BY", 4, "line"))

    assert rows["witness"].cosignatures() == [
        HeldCosignature("BY", 4, "line"),
        HeldCosignature("RU", 5, "line 5"),
    ]


def test_digests_of_the_tree_are_kept_by_height(rows: Stores) -> None:
    """Once: a complete subtree never changes."""
    rows["witness"].keep_nodes(8, {0: b"a" * 32, 1: b"b" * 32})
    rows["witness"].keep_nodes(8, {1: b"x" * 32, 2: b"c" * 32})
    rows["witness"].keep_nodes(16, {0: b"d" * 32})
    rows["witness"].keep_nodes(16, {})

    assert rows["witness"].nodes(8, 1, 3) == {1: b"b" * 32, 2: b"c" * 32}
    assert rows["witness"].nodes(16, 0, 9) == {0: b"d" * 32}


def test_a_contradiction_is_kept_once_and_for_ever(reopen: Reopen) -> None:
    """Newest first; the same pair again is nothing new."""
    assert reopen()["evidence"].keep(found(), at_most=100)
    assert not reopen()["evidence"].keep(found(detail="again"), at_most=100)
    assert reopen()["evidence"].keep(found("sha256:other", code="RU"), at_most=100)

    kept = reopen()["evidence"].all()
    assert [one.pair for one in kept] == ["sha256:other", "sha256:pair"]
    assert reopen()["evidence"].all("KG") == [found(evidence_id=1)]


def test_of_one_member_so_much_is_kept_and_no_more(rows: Stores) -> None:
    """A key can sign without end; what is kept of others, and of another kind, is not touched."""
    assert [rows["evidence"].keep(found(f"sha256:{at}"), at_most=3) for at in range(5)] == [True] * 3 + [
        False
    ] * 2
    assert rows["evidence"].keep(found("sha256:x", code="RU"), at_most=3)
    assert rows["evidence"].keep(found("sha256:y", error="log_rolled_back"), at_most=3)


def test_what_was_told_and_decided_is_noted(rows: Stores) -> None:
    """An operator decides once; another decision changes nothing."""
    rows["evidence"].keep(found(), at_most=9)
    rows["evidence"].mark_told(1, NOON)

    assert rows["evidence"].settle(1, "restored from a copy", NOON)
    assert not rows["evidence"].settle(1, "something else", NOON)
    assert not rows["evidence"].settle(7, "no such", NOON)
    assert rows["evidence"].all() == [
        found(evidence_id=1, told_at=NOON, settled_at=NOON, settled_reason="restored from a copy")
    ]
