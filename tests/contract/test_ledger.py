"""What every Ledger promises: one commit point, compare-and-swap, nothing half-done."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from node.adapters.sqlite import Stores
from node.errors import Conflict
from node.ports.ledger import HeldAttestation, live
from node.ports.submissions import SubmissionState
from schemas.digest import sha256_hex
from tests.support.builders import (
    NOON,
    a_bundle,
    a_head,
    a_publication,
    a_record,
    a_submission,
    an_attestation,
    an_event,
)


def test_before_the_first_commit_there_is_no_head(rows: Stores) -> None:
    """None says that a log must be begun."""
    assert rows["ledger"].head() is None
    assert rows["ledger"].commitments(0, 10) == []
    assert rows["ledger"].bundles() == []


def test_a_publication_is_whole_after_reopening(reopen: Callable[[], Stores]) -> None:
    """Head, records, bundle, attestation, submission and event are one commit."""
    approved = reopen()["submissions"].add(a_submission(state=SubmissionState.APPROVED), an_event())
    released = replace(approved, state=SubmissionState.RELEASED, released_by="carla", released_at=NOON)
    publication = a_publication(
        bundle=a_bundle(), submission=released, attestation=HeldAttestation("KZ", 0, an_attestation())
    )
    reopen()["ledger"].publish(publication)

    rows = reopen()
    assert rows["ledger"].head() == publication.head
    assert rows["ledger"].records(0, 1) == [a_record(0)]
    assert rows["ledger"].commitments(0, 1) == [a_record(0).commitment]
    assert rows["ledger"].bundle(a_bundle().digest) == a_bundle()
    assert rows["ledger"].attestations() == [HeldAttestation("KZ", 0, an_attestation())]
    assert rows["submissions"].get(approved.submission_id) == replace(released, revision=1)
    assert rows["audit"].entries()[-1].event == publication.event


def test_a_log_grows_one_publication_after_another(rows: Stores) -> None:
    """Ranges are half-open, as in the protocol."""
    records = [a_record(index) for index in range(3)]
    for count in range(3):
        rows["ledger"].publish(a_publication(*records[:count]))

    assert rows["ledger"].head() == a_head(*records)
    assert rows["ledger"].records(1, 3) == records[1:]
    assert rows["ledger"].records(1, 1) == []
    assert rows["ledger"].commitments(0, 99) == [record.commitment for record in records]


def test_a_publication_on_another_head_changes_nothing(rows: Stores) -> None:
    """The second of two publications that leave the same head is refused whole."""
    rows["ledger"].publish(a_publication())
    head = rows["ledger"].head()

    with pytest.raises(Conflict):
        rows["ledger"].publish(a_publication(bundle=a_bundle()))

    assert rows["ledger"].head() == head
    assert rows["ledger"].bundles() == []
    assert len(rows["audit"].entries()) == 1


def test_a_publication_on_an_invented_head_is_refused(rows: Stores) -> None:
    """Leaving a head that was never stored is a conflict, also on an empty log."""
    with pytest.raises(Conflict):
        rows["ledger"].publish(a_publication(a_record(0)))

    assert rows["ledger"].head() is None


def test_of_two_processes_that_publish_at_once_one_does(reopen: Callable[[], Stores]) -> None:
    """No two histories are ever stored."""
    doors = [reopen()["ledger"] for _ in range(4)]

    def publish(number: int) -> bool:
        publication = a_publication(event=an_event(subject=f"process {number}"))
        try:
            doors[number].publish(publication)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(publish, range(4))) == [False, False, False, True]

    assert reopen()["ledger"].head() == a_head(a_record(0))
    assert len(reopen()["audit"].entries()) == 1


def test_a_submission_that_is_not_approved_stops_the_publication(rows: Stores) -> None:
    """The log does not grow by what nobody approved."""
    submitted = rows["submissions"].add(a_submission(), an_event())
    released = replace(submitted, state=SubmissionState.RELEASED)

    with pytest.raises(Conflict):
        rows["ledger"].publish(a_publication(bundle=a_bundle(), submission=released))

    assert rows["ledger"].head() is None
    assert rows["ledger"].bundles() == []
    assert rows["submissions"].get(submitted.submission_id) == submitted


def test_a_bundle_is_published_once(rows: Stores) -> None:
    """The same manifest cannot stand in the log twice."""
    rows["ledger"].publish(a_publication(bundle=a_bundle()))

    with pytest.raises(Conflict):
        rows["ledger"].publish(a_publication(a_record(0), bundle=a_bundle(log_index=1)))

    assert rows["ledger"].head() == a_head(a_record(0))


@pytest.mark.parametrize("records", [(), (a_record(1),), (a_record(0), a_record(1))])
def test_records_that_do_not_fill_the_growth_are_a_mistake(rows: Stores, records: tuple[object, ...]) -> None:
    """A hole in the log could never be served."""
    with pytest.raises(ValueError, match="indices"):
        rows["ledger"].publish(a_publication(records=records))

    assert rows["ledger"].head() is None


def test_a_superseded_bundle_stays_and_is_not_live(rows: Stores) -> None:
    """Revisions never overwrite."""
    old, new = a_bundle("old"), a_bundle("new", log_index=1, supersedes=(a_bundle("old").digest,))
    rows["ledger"].publish(a_publication(bundle=old))
    rows["ledger"].publish(a_publication(a_record(0), bundle=new))

    assert rows["ledger"].bundles() == [replace(old, superseded_by=new.digest), new]
    assert rows["ledger"].bundles(live_only=True) == [new]
    assert live(rows["ledger"].bundles()) == [new]


def test_bundles_come_by_originator_and_place_in_its_log(rows: Stores) -> None:
    """Order is the originators' own."""
    rows["ledger"].publish(a_publication(bundle=a_bundle("first")))
    rows["ledger"].publish(a_publication(a_record(0), bundle=a_bundle("second", log_index=1)))

    assert [bundle.log_index for bundle in rows["ledger"].bundles()] == [0, 1]
    assert rows["ledger"].bundles(originator="RU") == []
    assert rows["ledger"].bundle(sha256_hex(b"unknown")) is None


def test_a_part_is_for_the_audience_of_every_own_release_with_it(rows: Stores) -> None:
    """Superseded releases included: a peer may be behind."""
    shared = (sha256_hex(b"shared part"),)
    old = a_bundle("old", parts=shared, audience=("RU",))
    new = a_bundle("new", parts=shared, audience=("KG",), log_index=1, supersedes=(old.digest,))
    rows["ledger"].publish(a_publication(bundle=old))
    rows["ledger"].publish(a_publication(a_record(0), bundle=new))

    assert rows["ledger"].audience_of_part(shared[0]) == {"RU", "KG"}
    assert rows["ledger"].audience_of_part(sha256_hex(b"unknown")) == frozenset()
