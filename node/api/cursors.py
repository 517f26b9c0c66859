"""Pages of lists that grow: a bounded number of entries, and an opaque cursor for what comes after them.

* A cursor holds the key of the last entry that was given, so that entries added meanwhile move nothing.
* It carries the name of its list and a check over both: one that was garbled, cut, or made for another list is
  refused, never guessed at. It is no secret and gives no right: who may read the list is decided at each request.
* The next page is named in the header `Link` with rel="next" (RFC 8288); without that header it was the last.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from typing import Annotated, TypeVar
from urllib.parse import urlencode

from fastapi import Query
from starlette.requests import Request

from node.errors import Invalid
from schemas.digest import sha256_hex

USUAL_LIMIT = 1000
MOST_LIMIT = 10_000
LONGEST = 300
_CHECK = 16
_PREFIX = "sha256:"

Key = tuple[str | int, ...]
Entry = TypeVar("Entry")
Cursor = Annotated[
    str | None, Query(max_length=LONGEST, description="Where to go on: the cursor of the Link header")
]
PageSize = Annotated[int, Query(ge=1, le=MOST_LIMIT, description="Entries at most")]


def written(of: str, key: Key) -> str:
    """Give the cursor after the entry with this key of a list."""
    payload = json.dumps(key, separators=(",", ":"), ensure_ascii=True)
    return base64.urlsafe_b64encode(f"{_check(of, payload)}{payload}".encode()).rstrip(b"=").decode()


def read(of: str, cursor: str, kinds: Sequence[type]) -> Key:
    """Give the key that `written` put into a cursor of this list.

    Args:
        of: the name of the list.
        cursor: what came in.
        kinds: the types of the key's parts.

    Raises:
        Invalid: it is no cursor of this list.
    """
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode(
            "ascii"
        )
        check, payload = text[:_CHECK], text[_CHECK:]
        key = json.loads(payload) if check == _check(of, payload) else None
    except (binascii.Error, ValueError) as error:
        raise _no_cursor() from error
    if not isinstance(key, list) or [type(part) for part in key] != list(kinds):
        raise _no_cursor()
    return tuple(key)


def page(
    request: Request,
    of: str,
    entries: Sequence[Entry],
    key: Callable[[Entry], Key],
    *,
    kinds: Sequence[type],
    cursor: str | None,
    limit: int,
) -> tuple[Sequence[Entry], dict[str, str]]:
    """Give the entries after the cursor, `limit` at most, and the header that names the page after them.

    entries: the whole list in ascending order of `key`; a list of the newest first has negative numbers as keys.
    """
    after = None if cursor is None else read(of, cursor, kinds)
    rest = entries if after is None else [entry for entry in entries if key(entry) > after]
    given = rest[:limit]
    if len(given) == len(rest):
        return given, {}
    return given, next_page(request, written(of, key(given[-1])))


def next_page(request: Request, cursor: str) -> dict[str, str]:
    """Give the header that names the next page: the same question with another cursor."""
    query = urlencode({**dict(request.query_params), "cursor": cursor})
    return {"Link": f'<{request.url.path}?{query}>; rel="next"'}


def _check(of: str, payload: str) -> str:
    return sha256_hex(f"{of}\n{payload}".encode()).removeprefix(_PREFIX)[:_CHECK]


def _no_cursor() -> Invalid:
    return Invalid(
        "This is no cursor of this list",
        hint="Take it from the Link header of the page before, or leave it out to begin again.",
    )
