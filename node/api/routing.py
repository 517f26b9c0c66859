"""Routes as a table: what is asked, who may ask it, and which function answers.

* `rule` has no default: a route is public because somebody wrote None, never because somebody forgot.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Depends

from node.api.session import Needs


@dataclass(frozen=True, slots=True)
class Entry:
    """One route. `rule` None is for strangers too; `more` goes to the framework as it is."""

    method: str
    path: str
    answer: Callable[..., Any]
    rule: Needs | None
    summary: str
    status: int = 200
    more: tuple[tuple[str, Any], ...] = ()


def family(tag: str, entries: Iterable[Entry]) -> APIRouter:
    """Give the router of entries that belong together."""
    router = APIRouter(tags=[tag])
    for entry in entries:
        router.add_api_route(
            entry.path,
            entry.answer,
            methods=[entry.method],
            dependencies=[] if entry.rule is None else [Depends(entry.rule)],
            summary=entry.summary,
            status_code=entry.status,
            **dict(entry.more),
        )
    return router
