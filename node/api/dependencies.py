"""What routes are given: the context, the moment, and the conditional answer.

* `now` is asked once a request, so that everything one request does happens at one moment.
* An ETag names what an answer was made from, never a time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from node.services.context import Context
from schemas.digest import sha256_hex

# kept by the caller alone, and asked for again each time: what a person may see can change at any moment
REVALIDATE = "private, no-cache"


@dataclass(frozen=True, slots=True)
class Wiring:
    """What the composition root gives the API. `holder` names this process for leases, `process` only this one."""

    ctx: Context
    now: Callable[[], datetime]
    staging: Path
    holder: str
    process: str


async def wiring(request: Request) -> Wiring:
    """Give the wiring of this application."""
    given: Wiring = request.app.state.wiring
    return given


async def context(request: Request) -> Context:
    """Give the context of this node."""
    given: Wiring = request.app.state.wiring
    return given.ctx


async def moment(request: Request) -> datetime:
    """Give the moment of this request."""
    given: Wiring = request.app.state.wiring
    return given.now()


def etag_of(*made_from: str) -> str:
    """Give the ETag of an answer that depends on these texts alone."""
    return f'"{sha256_hex(chr(0).join(made_from).encode()).removeprefix("sha256:")[:32]}"'


def etag_of_state(wired: Wiring, request: Request, *more: str) -> str:
    """Give the ETag of an answer that follows from what is stored and from the question alone.

    It changes with every commit to the stores, and with the process: cheap to make, and never too old.
    """
    return etag_of(wired.process, str(wired.ctx.state.version()), str(request.url), *more)


def is_current(request: Request, etag: str) -> bool:
    """Say whether the caller holds this very answer (If-None-Match, RFC 9110, 13.1.2: weak comparison)."""
    held = request.headers.get("if-none-match", "")
    tags = {tag.strip().removeprefix("W/") for tag in held.split(",")}
    return etag in tags or "*" in tags


def not_modified(etag: str, cache_control: str = REVALIDATE) -> Response:
    """Give the answer without a body for a caller whose copy is current."""
    return Response(status_code=304, headers={"ETag": etag, "Cache-Control": cache_control})
