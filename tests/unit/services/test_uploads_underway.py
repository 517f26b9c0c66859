"""Uploads that can be left and returned to: stages in order, one work a form, refusals kept for who comes back."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from node.errors import Conflict, Invalid
from node.ports.submissions import Submission, UploadMode
from node.services import submit, uploads
from node.services.uploads import Stage, Tell, Upload, UploadBoard, upload_once
from tests.support.federation import START, SUBMITTER, Nodes, federation, trade, write_csv


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[Nodes]:
    """One member."""
    with federation(tmp_path / "nodes", ["KZ"]) as built:
        yield built


def begun(ticket: str = "a1", name: str = "a.csv", login: str = SUBMITTER.login, minutes: int = 0) -> Upload:
    """Give an upload that begins."""
    return Upload(login, ticket, name, 10, START + timedelta(minutes=minutes))


def test_a_file_passes_the_stages_in_order(nodes: Nodes, tmp_path: Path) -> None:
    """Reading, checking, looking, keeping; then it is done and names its submission."""
    ctx, told = nodes["KZ"], []
    path = write_csv(tmp_path / "a.csv", [trade("KZ", "RU", "OUT", "1")])

    def work(tell: Tell) -> Submission:
        def noted(stage: Stage) -> None:
            tell(stage)
            told.append(ctx.uploads.find(SUBMITTER.login, "a1").stage)  # type: ignore[union-attr]

        return submit.upload(
            ctx, SUBMITTER, path, file_name="a.csv", dataflow_id="DECLARED_FLOW", mode=UploadMode.APPEND,
            now=nodes.clock.now(), tell=noted,
        )  # fmt: skip

    done = upload_once(ctx.uploads, SUBMITTER, begun(), work)

    assert told == [Stage.READING, Stage.CHECKING, Stage.LOOKING, Stage.KEEPING]
    assert (done.stage, done.submission_id) == (Stage.DONE, 1)
    assert ctx.uploads.find(SUBMITTER.login, "a1") == done
    assert ctx.uploads.unfinished(SUBMITTER.login, nodes.clock.now()) == ()


def test_a_form_sent_twice_is_worked_on_once() -> None:
    """The second sender is given the upload as it stands, while the first is still at work."""
    board, started, may_end = UploadBoard(), threading.Event(), threading.Event()

    def slow(_: Tell) -> Submission:
        started.set()
        assert may_end.wait(5)
        raise Conflict("ended")

    def first() -> None:
        with pytest.raises(Conflict):
            upload_once(board, SUBMITTER, begun(), slow)

    thread = threading.Thread(target=first)
    thread.start()
    assert started.wait(5)
    second = upload_once(board, SUBMITTER, begun(), lambda _: pytest.fail("worked on twice"))
    may_end.set()
    thread.join()

    assert not second.is_over


def test_another_file_under_the_ticket_of_a_page_gone_back_to_is_worked_on() -> None:
    """Nobody is shown the receipt of another file than the one that was sent."""
    board = UploadBoard()
    board.begin(begun())

    assert board.begin(begun(name="b.csv")) is None
    assert board.begin(begun(name="b.csv")) is not None


def test_a_refusal_is_kept_for_whoever_comes_back() -> None:
    """Its reason stands on the board for some hours; the same form may be sent again."""
    board = UploadBoard()

    def refused(_: Tell) -> Submission:
        raise Invalid("The file is empty")

    for _ in range(2):
        with pytest.raises(Invalid):
            upload_once(board, SUBMITTER, begun(), refused)
    (one,) = board.unfinished(SUBMITTER.login, START)

    assert (one.stage, one.refusal.title if one.refusal else "") == (Stage.REFUSED, "The file is empty")
    assert board.unfinished(SUBMITTER.login, START + uploads.SHOWN_FOR) == ()


def test_a_fault_is_noted_without_its_traceback_and_goes_on_to_the_log() -> None:
    """Who comes back reads that the file was not taken in, not what a library said."""
    board = UploadBoard()

    def broken(_: Tell) -> Submission:
        raise ZeroDivisionError("secret path")

    with pytest.raises(ZeroDivisionError):
        upload_once(board, SUBMITTER, begun(), broken)
    found = board.find(SUBMITTER.login, "a1")

    assert found is not None
    assert "secret" not in str(found.refusal)


def test_nobody_sees_the_uploads_of_another() -> None:
    """A ticket that was guessed opens nothing."""
    board = UploadBoard()
    board.begin(begun())

    assert board.find("timur", "a1") is None
    assert board.unfinished("timur", START) == ()


def test_the_board_is_bounded_and_forgets_the_oldest_that_is_over() -> None:
    """What is worked on stays."""
    board = UploadBoard()
    board.begin(begun("running"))
    for place in range(uploads.MOST_KEPT + 5):
        board.begin(begun(f"t{place}"))
        board.change(SUBMITTER.login, f"t{place}", Stage.DONE, place)

    assert board.find(SUBMITTER.login, "running") is not None
    assert board.find(SUBMITTER.login, "t0") is None


@pytest.mark.parametrize("ticket", ["", "../x", "a b", "я", "a" * 65])
def test_a_ticket_is_letters_and_digits(ticket: str) -> None:
    """It stands in an address."""
    with pytest.raises(Invalid, match="ticket"):
        upload_once(UploadBoard(), SUBMITTER, begun(ticket), lambda _: pytest.fail("worked on"))


def test_a_dry_run_gives_the_submission_that_would_be_and_keeps_nothing(nodes: Nodes, tmp_path: Path) -> None:
    """No row, no object, no event."""
    ctx = nodes["KZ"]
    path = write_csv(tmp_path / "a.csv", [trade("KZ", "RU", "OUT", "x"), trade("KZ", "BY", "OUT", "1")])
    before = list(ctx.objects.digests())

    found = submit.try_out(
        ctx, SUBMITTER, path, file_name="a.csv", dataflow_id="DECLARED_FLOW", mode=UploadMode.APPEND,
        now=nodes.clock.now(),
    )  # fmt: skip

    assert (found.rows, found.rows_refused, found.submission_id) == (2, 1, 0)
    assert ctx.submissions.all() == []
    assert list(ctx.objects.digests()) == before
