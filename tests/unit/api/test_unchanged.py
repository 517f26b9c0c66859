"""What has not changed is answered before anything is asked of the application, and for no moment longer."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from node.api.unchanged import HOLDS_S, MOST_NOTED, Unchanged

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
PATH = "/api/v1/bundles"


@dataclass
class Answering:
    """An application that counts what it was asked, behind the middleware; its stores and its clock are told."""

    asked: list[str] = field(default_factory=list)
    version: int = 1
    at: datetime = START
    expires_at: datetime = START + timedelta(hours=8)
    is_known: bool = True

    def __post_init__(self) -> None:
        self.app = Unchanged(
            self._answer, version=lambda: self.version, now=lambda: self.at, prefix="/api/v1"
        )

    def get(self, path: str = PATH, *, token: str = "a", holds: str = "", **more: str) -> httpx.Response:
        """Ask."""
        headers = {"Authorization": f"Bearer {token}", **({"If-None-Match": holds} if holds else {}), **more}
        return asyncio.run(self._ask(path, headers))

    async def _ask(self, path: str, headers: dict[str, str]) -> httpx.Response:
        transport = httpx.ASGITransport(self.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://node.test") as client:
            return await client.get(path, headers=headers)

    async def _answer(self, scope: Any, _receive: Any, send: Any) -> None:
        self.asked.append(scope["path"])
        if self.is_known:
            session = SimpleNamespace(expires_at=self.expires_at)
            scope.setdefault("state", {})["person"] = SimpleNamespace(session=session)
        headers = [(b"etag", b'"%d"' % self.version), (b"cache-control", b"private"), (b"x-rows", b"1")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"[]"})


def test_the_same_request_with_the_tag_is_answered_without_the_application() -> None:
    """With the tag and the word to caches, and without a body."""
    node = Answering()
    first = node.get()

    again = node.get(holds=f'"x", W/{first.headers["etag"]}')

    assert (again.status_code, again.content) == (304, b"")
    assert (again.headers["etag"], again.headers["cache-control"]) == ('"1"', "private")
    assert "x-rows" not in again.headers
    assert node.asked == [PATH]


@pytest.mark.parametrize(
    "other",
    [
        {"path": f"{PATH}?live_only=false"},
        {"path": "/api/v1/evidence"},
        {"token": "b"},
        {"Cookie": "irac_session=c"},
        {"Accept": "text/csv"},
        {"holds": '"2"'},
        {"holds": ""},
    ],
)
def test_any_other_request_reaches_the_application(other: dict[str, str]) -> None:
    """Another address, another person, another form, another tag or none."""
    node = Answering()
    node.get()

    answer = node.get(**{"holds": '"1"', **other})  # type: ignore[arg-type]

    assert answer.status_code == 200
    assert len(node.asked) == 2


def test_a_commit_ends_it() -> None:
    """Whoever committed: a closed session and a role taken away are commits as well."""
    node = Answering()
    node.get()
    node.version = 2

    assert node.get(holds='"1"').status_code == 200


def test_it_holds_for_seconds_and_no_longer_than_the_session() -> None:
    """What stands outside of the stores may have changed; who has expired is nobody."""
    for later, expires in ((HOLDS_S, 3600), (1, 1)):
        node = Answering(expires_at=START + timedelta(seconds=expires))
        node.get()
        node.at = START + timedelta(seconds=later)

        assert node.get(holds='"1"').status_code == 200


def test_answers_to_strangers_and_pages_are_not_noted() -> None:
    """Only what a signed-in person was told, and only of the API."""
    stranger = Answering(is_known=False)
    stranger.get()
    page = Answering()
    page.get("/corridors")

    assert stranger.get(holds='"1"').status_code == 200
    assert page.get("/corridors", holds='"1"').status_code == 200


def test_a_bounded_number_is_noted() -> None:
    """The oldest goes first."""
    node = Answering()
    for number in range(MOST_NOTED + 1):
        node.get(f"{PATH}?limit={number}")

    assert node.get(f"{PATH}?limit=0", holds='"1"').status_code == 200
    assert node.get(f"{PATH}?limit={MOST_NOTED}", holds='"1"').status_code == 304
