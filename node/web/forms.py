"""What a browser sends: bounded, parsed, and proven to come from our own form.

Invariants: nobody's form is read before they are signed in (the sign-in form aside, which is small); no more
bytes are kept than the bound; a form without the session's token changes nothing.
"""

from __future__ import annotations

import hmac
from collections.abc import AsyncIterator

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message

from node.errors import Denied, TooLarge, Unavailable
from node.web.language import N_

TOKEN_FIELD = "form_token"  # noqa: S105 - the name of a field
# a typology in three languages, each as long as it may be, in letters of two bytes
MAX_FORM_BYTES = 256 * 1024
# the reading of a file is corrected column by column, and each spelling is a field of its own
MAX_FIELDS = 512
# A browser shows the answer only once it has sent everything, so an over-long file is read and thrown away,
# but not for ever.
DRAINED_AT_MOST = 8 * 1024**3


async def read_form(request: Request, *, max_bytes: int) -> FormData:
    """Read and parse the form of a request.

    Raises:
        TooLarge: the body is over `max_bytes`; nothing of it is kept.
        Unavailable: there is no room on the disk for what arrives.
        HTTPException: the body is not a form.
    """
    announced = request.headers.get("content-length", "")
    if announced.isascii() and announced.isdigit() and int(announced) > max_bytes:
        await _drain(request.stream())
        raise _too_large(max_bytes)
    counted = _Counted(request, max_bytes)
    try:
        form = await Request(request.scope, counted.receive).form(max_files=1, max_fields=MAX_FIELDS)
    except HTTPException:
        if not counted.is_over:
            raise
        form = FormData()
    except OSError as error:
        raise Unavailable(
            N_("The file could not be received"),
            detail=str(error.strerror),
            hint=N_("Nothing was kept. Free some disk space."),
        ) from error
    if counted.is_over:
        await form.close()
        await _drain(request.stream())
        raise _too_large(max_bytes)
    return form


def require_token(form: FormData, expected: str) -> None:
    """Raise Denied unless the form carries the session's token (compared in constant time)."""
    given = form.get(TOKEN_FIELD)
    if not isinstance(given, str) or not hmac.compare_digest(given.encode(), expected.encode()):
        raise Denied(
            N_("This form has expired"),
            detail="It was opened in another session, or its token was missing",
            hint=N_("Open the page again and repeat; nothing was changed."),
        )


def require_same_site(request: Request) -> None:
    """Raise Denied when the browser itself says that another site sent this (Fetch Metadata)."""
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise Denied(
            N_("Another site sent this request"), hint=N_("Open this node's own page and repeat there.")
        )


class _Counted:
    """Receives a body up to a bound; beyond it the body looks finished and `is_over` is set."""

    def __init__(self, request: Request, max_bytes: int) -> None:
        self._request = request
        self._left = max_bytes
        self.is_over = False

    async def receive(self) -> Message:
        message = await self._request.receive()
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            self.is_over = True
            return {"type": "http.request", "body": b"", "more_body": False}
        return message


async def _drain(stream: AsyncIterator[bytes]) -> None:
    seen = 0
    async for chunk in stream:
        seen += len(chunk)
        if seen > DRAINED_AT_MOST:
            return


def _too_large(max_bytes: int) -> TooLarge:
    if max_bytes <= MAX_FORM_BYTES:
        return TooLarge(
            N_("The form is too large"),
            detail=f"At most {max_bytes // 1024} KiB are taken here; nothing was kept",
            hint=N_("Shorten the texts, and send it again."),
        )
    mebibytes = max_bytes // 1024**2
    return TooLarge(
        N_("The file is too large"),
        detail=f"At most {mebibytes} MiB can be uploaded here; nothing was kept",
        hint=N_("Split the file by period, or save it as Parquet, and upload the parts."),
    )
