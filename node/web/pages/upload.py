"""A file on its way in: the form, the dry run, the upload, and how far it is.

Invariants: a dry run keeps nothing; what was chosen comes back with every answer; an upload goes on when
its sender leaves.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from starlette.datastructures import UploadFile
from starlette.responses import Response

from node.access import Action
from node.errors import Invalid, NodeError, NotFound, Unavailable
from node.ports.reading import Recipe
from node.ports.submissions import Submission, SubmissionState, UploadMode
from node.services import corrections, interpret, submit
from node.services.uploads import Stage, Tell, Upload, upload_once
from node.services.views.file_table import FileTable, file_table
from node.web.interpretation import ENCODINGS, interpretation
from node.web.language import N_
from node.web.refusals import status_of
from node.web.report import content, report
from node.web.surface import Page, Surface, go
from node.web.visit import Visit
from schemas import registry

COPY_BYTES = 1024 * 1024
UPLOAD_PATH = "/workspace/upload"
CHECK_ONLY = "check"
TICKET_BYTES = 16
MOST_NUMBER_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Tried:
    """What a dry run found: the submission that the file would become, and its rows around what was found."""

    found: Submission
    table: FileTable | None


def upload_page(
    surface: Surface, visit: Visit, error: NodeError | None = None, tried: Tried | None = None
) -> Response:
    """The upload form, with what was typed when it comes back with an error or after a dry run."""
    flows = tuple(flow for flow in registry.dataflows() if flow.is_uploaded)
    known = {flow.id for flow in flows}
    typed = visit.text("dataflow") or visit.query.get("dataflow", "")
    return surface.show(
        visit,
        "upload.html",
        status=status_of(error) if error else 200,
        flows=flows,
        dataflow=typed if typed in known else "",
        mode=visit.text("mode") or visit.query.get("mode", "") or UploadMode.APPEND.value,
        modes=[mode.value for mode in UploadMode],
        max_bytes=surface.max_upload_bytes,
        encodings=ENCODINGS,
        sheet=visit.text("sheet"),
        encoding=visit.text("encoding"),
        ticket=surface.ctx.random(TICKET_BYTES).hex(),
        corrects=_corrected(surface, visit),
        stages=[stage.value for stage in Stage],
        tried=tried,
        report=report(tried.found, visit.language) if tried else None,
        hits=content(tried.found, visit.language) if tried else (),
        reading=interpretation(tried.found, visit.language, surface.ctx.member) if tried else None,
        error=error,
    )


def upload(surface: Surface, visit: Visit) -> Response:
    """Take a file in, or only check it; the submission's own page is the receipt."""
    file = visit.file("file")
    if file is None:
        raise Invalid(N_("No file was chosen"), hint=N_("Choose a CSV, XLSX or Parquet file."))
    mode = _mode(visit.text("mode"))
    with _kept(file) as path:
        if visit.text("act") == CHECK_ONLY:
            return upload_page(surface, visit, tried=_tried(surface, visit, file, path, mode))
        done = _uploaded(surface, visit, file, path, mode)
    if not done.is_over:
        return go(f"/workspace/uploads/{done.ticket}")
    return go(f"/workspace/{done.submission_id}?done=uploaded")


def progress_page(surface: Surface, visit: Visit) -> Response:
    """How far an upload is, for whoever sent its form twice, or left and came back."""
    found = surface.ctx.uploads.find(visit.actor.login, str(visit.request.path_params["ticket"]))
    if found is None:
        raise NotFound(N_("There is no such page"))
    if found.stage is Stage.DONE:
        return go(f"/workspace/{found.submission_id}?done=uploaded")
    return surface.show(visit, "uploading.html", one=found, stages=[stage.value for stage in Stage])


def _uploaded(surface: Surface, visit: Visit, file: UploadFile, path: Path, mode: UploadMode) -> Upload:
    name = file.filename or ""

    def work(tell: Tell) -> Submission:
        taken = submit.upload(
            surface.ctx,
            visit.actor,
            path,
            file_name=name,
            dataflow_id=visit.text("dataflow"),
            mode=mode,
            now=visit.now,
            recipe=_by_hand(surface, visit, path, name),
            tell=tell,
        )
        earlier = _corrected(surface, visit)
        if earlier is not None:
            corrections.corrects(surface.ctx, visit.actor, earlier.submission_id, taken, now=visit.now)
        return taken

    ticket = visit.text("ticket") or surface.ctx.random(TICKET_BYTES).hex()
    begun = Upload(visit.actor.login, ticket, Path(name).name[:200], path.stat().st_size, visit.now)
    return upload_once(surface.ctx.uploads, visit.actor, begun, work)


def _corrected(surface: Surface, visit: Visit) -> Submission | None:
    """Give the submission that the form is to correct, if its number is one of a submission with open questions."""
    text = visit.text("corrects") or visit.query.get("corrects", "")
    if not (text.isascii() and text.isdigit() and len(text) <= MOST_NUMBER_DIGITS):
        return None
    try:
        found = surface.ctx.submissions.get(int(text))
    except NotFound:
        return None
    return found if found.state is SubmissionState.FAULTY else None


def _tried(surface: Surface, visit: Visit, file: UploadFile, path: Path, mode: UploadMode) -> Tried:
    found = submit.try_out(
        surface.ctx,
        visit.actor,
        path,
        file_name=file.filename or "",
        dataflow_id=visit.text("dataflow"),
        mode=mode,
        now=visit.now,
        recipe=_by_hand(surface, visit, path, file.filename or ""),
    )
    table = file_table(surface.ctx, visit.actor, found, path=path) if found.violations else None
    return Tried(found, table)


def _by_hand(surface: Surface, visit: Visit, path: Path, name: str) -> Recipe | None:
    sheet, encoding = visit.text("sheet").strip(), visit.text("encoding")
    if encoding not in {"", *ENCODINGS}:
        raise Invalid(N_("This form cannot be read"), hint=N_("Open the page again and repeat."))
    return interpret.by_hand(surface.ctx, path, name, visit.text("dataflow"), sheet=sheet, encoding=encoding)


def _mode(text: str) -> UploadMode:
    """Give the mode; it is never guessed."""
    if text not in set(UploadMode):
        raise Invalid(
            N_("Say what the file means for what was released before"),
            hint=N_("Choose one of the three modes."),
        )
    return UploadMode(text)


@contextmanager
def _kept(file: UploadFile) -> Iterator[Path]:
    """Copy the received file to where it is read; it is gone again when the block ends."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "upload"
        _copy(file, path)
        yield path


def _copy(file: UploadFile, path: Path) -> None:
    try:
        with path.open("wb") as target:
            shutil.copyfileobj(file.file, target, COPY_BYTES)
    except OSError as error:
        raise Unavailable(
            N_("The file could not be received"),
            detail=str(error.strerror),
            hint=N_("Nothing was kept. Free some disk space."),
        ) from error


PAGES = (
    Page(UPLOAD_PATH, "GET", Action.SUBMIT, upload_page),
    Page(UPLOAD_PATH, "POST", Action.SUBMIT, upload, upload_page, is_upload=True),
    Page("/workspace/uploads/{ticket}", "GET", Action.SUBMIT, progress_page),
)
