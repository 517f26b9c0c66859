"""How a new file is read: found out from its bytes, and from what people said of earlier files like it.

Invariants: only a reading that a person stands for is followed, and none of a file that was withdrawn; a code that
this member's maps give another meaning today is not taken over; which submission was followed is part of the recipe,
so everybody who looks at the file sees it, and a replay asks nothing of earlier files.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from node.ports.reading import RECIPE_VERSION, Precedent, Recipe
from node.ports.submissions import Submission, SubmissionState
from node.services import maps
from node.services.context import Context
from schemas.structure import Dataflow, DataStructure

MOST_PRECEDENTS = 20


def detected(
    ctx: Context,
    path: Path,
    file_name: str,
    dataflow: Dataflow,
    *,
    sheet: str | None = None,
    encoding: str | None = None,
) -> Recipe:
    """Find out how a file is read, where a person may name its sheet or encoding.

    Raises:
        Invalid, TooLarge: the file cannot be read (so). Unavailable: the disk fails.
    """
    like = precedents(ctx, dataflow)
    return ctx.reader.detect(path, file_name, dataflow.upload, sheet=sheet, encoding=encoding, like=like)


def precedents(ctx: Context, dataflow: Dataflow) -> tuple[Precedent, ...]:
    """Give how people said that columns of this dataflow's files are read, the newest file first."""
    followed = [one for one in ctx.submissions.all() if _is_precedent(one, dataflow)]
    return tuple(_precedent(ctx, one, dataflow.upload) for one in followed[:MOST_PRECEDENTS])


def _is_precedent(one: Submission, dataflow: Dataflow) -> bool:
    return (
        one.dataflow_id == dataflow.id
        and one.state is not SubmissionState.WITHDRAWN
        and one.recipe.get("version") == RECIPE_VERSION
        and bool(one.recipe.get("confirmed"))
    )


def _precedent(ctx: Context, one: Submission, upload: DataStructure) -> Precedent:
    lists = {column.id: column.codelist or "" for column in upload.columns}
    return Precedent(
        one.submission_id,
        tuple(
            replace(column, codes=_still_meant(ctx, column.codes, lists.get(column.concept, "")))
            for column in Recipe.from_document(one.recipe).columns
        ),
    )


def _still_meant(ctx: Context, codes: Mapping[str, str], shared_list: str) -> dict[str, str]:
    """Give the codes that no map of this member contradicts today."""
    today = [
        maps.carried_whole(one.id)
        for one in maps.listing()
        if one.area == ctx.member and one.shared_list == shared_list
    ]
    return {
        text: code for text, code in codes.items() if all(known.get(text, code) == code for known in today)
    }
