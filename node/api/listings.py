"""Lists that grow, answered in pages: one way for all of them, with a cheap answer while nothing has changed.

* Whether anything changed is asked before the list is read: an unchanged list costs neither a query nor a body.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from fastapi import Depends
from starlette.requests import Request
from starlette.responses import Response

from node.api.cursors import USUAL_LIMIT, Cursor, Key, PageSize, page
from node.api.dependencies import REVALIDATE, Wiring, etag_of_state, is_current, not_modified, wiring
from node.api.models import Written
from node.api.routing import Entry
from node.api.session import Needs

Held = TypeVar("Held")
Shown = TypeVar("Shown", bound=Written)


@dataclass(frozen=True, slots=True)
class Listing:
    """One request for a page of a list."""

    request: Request
    wired: Wiring
    cursor: str | None
    limit: int

    def answer(
        self,
        of: str,
        entries: Callable[[], Sequence[Held]],
        line: Callable[[Held], Shown],
        key: Callable[[Held], Key],
        kinds: Sequence[type],
    ) -> Response:
        """Give the page as an array of lines, the next one in the header Link; 304 while nothing has changed.

        Args:
            of: the list's name, which its cursors carry.
            entries: gives the whole list in ascending order of `key`.
            line: describes an entry.
            key: names the place of an entry; its parts are of the types `kinds`.
            kinds: str or int, part by part.
        """
        etag = etag_of_state(self.wired, self.request)
        if is_current(self.request, etag):
            return not_modified(etag)
        found, link = page(
            self.request, of, entries(), key, kinds=kinds, cursor=self.cursor, limit=self.limit
        )
        lines = [line(entry).model_dump(mode="json") for entry in found]
        headers = {"ETag": etag, "Cache-Control": REVALIDATE, **link}
        return Response(
            json.dumps(lines, ensure_ascii=False).encode(), headers=headers, media_type="application/json"
        )


async def listing(
    request: Request,
    cursor: Cursor = None,
    limit: PageSize = USUAL_LIMIT,
    wired: Wiring = Depends(wiring),
) -> Listing:
    """Give the request for a page."""
    return Listing(request, wired, cursor, limit)


def list_entry(
    path: str, answer: Callable[..., Response], rule: Needs, summary: str, model: type[Written]
) -> Entry:
    """Give the route of a list, with what it holds and how it goes on."""
    headers = {
        "Link": {"description": 'The next page, rel="next" (RFC 8288)', "schema": {"type": "string"}},
        "ETag": {"description": "For If-None-Match", "schema": {"type": "string"}},
    }
    responses = {200: {"headers": headers}}
    described = (("response_model", list[model]), ("responses", responses))  # type: ignore[valid-type]
    return Entry("GET", path, answer, rule, summary, more=described)
