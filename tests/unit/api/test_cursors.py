"""Cursors: opaque, of one list, and never a reason to fail."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from node.access import Role
from node.api.cursors import Key, page, read, written
from node.audit import AuditEvent
from node.errors import Invalid
from tests.support.contexts_api import Client, add_person, surface
from tests.support.federation import START, federation

KEYS = st.lists(st.one_of(st.integers(-(2**53), 2**53), st.text(max_size=20)), min_size=1, max_size=3).map(
    tuple
)


def a_request(query: bytes = b"live_only=true") -> Request:
    """Give a request for a list."""
    scope = {"type": "http", "method": "GET", "path": "/list", "query_string": query, "headers": []}
    return Request({**scope, "server": ("node.test", 80), "scheme": "http"})


@given(key=KEYS)
def test_a_cursor_gives_back_the_key_it_was_made_of(key: Key) -> None:
    """Whatever texts and numbers it has."""
    assert read("list", written("list", key), [type(part) for part in key]) == key


@given(cursor=st.text(max_size=300))
def test_garbage_is_refused_and_nothing_worse(cursor: str) -> None:
    """Any text at all."""
    with pytest.raises(Invalid):
        read("list", cursor, [int])


@given(key=KEYS, place=st.integers(0, 500), letter=st.sampled_from("AZaz09-_=.!"))
def test_a_garbled_cursor_is_refused(key: Key, place: int, letter: str) -> None:
    """One letter is enough, unless it is the same."""
    whole = written("list", key)
    at = place % len(whole)
    garbled = whole[:at] + letter + whole[at + 1 :]
    kinds = [type(part) for part in key]

    try:
        found = read("list", garbled, kinds)
    except Invalid:
        return
    assert found == key  # the last letter of base64 has bits that mean nothing


def test_a_cursor_of_another_list_or_of_other_parts_is_refused() -> None:
    """Nor is one whose check is right and whose content is not a key."""
    for of, kinds in (("other", [int]), ("list", [str]), ("list", [int, int])):
        with pytest.raises(Invalid):
            read(of, written("list", (5,)), kinds)
    with pytest.raises(Invalid):
        read("list", written("list", (True,)), [int])
    with pytest.raises(Invalid):
        read("list", base64.urlsafe_b64encode(json.dumps([5]).encode()).decode(), [int])


@given(entries=st.sets(st.integers(0, 1000), max_size=40), limit=st.integers(1, 10))
def test_pages_together_are_the_list(entries: set[int], limit: int) -> None:
    """Every entry once, in order, however large a page is."""
    ordered, found, cursor, pages = sorted(entries), [], None, 0
    while pages <= len(entries):
        given_here, link = page(
            a_request(), "list", ordered, lambda one: (one,), kinds=(int,), cursor=cursor, limit=limit
        )
        found += list(given_here)
        pages += 1
        if not link:
            break
        cursor = link["Link"].partition("cursor=")[2].partition(">")[0]
    assert found == ordered


def test_entries_added_meanwhile_move_nothing() -> None:
    """The newest first: what came before the page that was read is not given again."""
    key = lambda one: (-one,)  # noqa: E731 - as the routes write it
    first, link = page(a_request(), "list", [5, 4, 3], key, kinds=(int,), cursor=None, limit=2)
    cursor = link["Link"].partition("cursor=")[2].partition(">")[0]

    rest, _ = page(a_request(), "list", [7, 6, 5, 4, 3], key, kinds=(int,), cursor=cursor, limit=2)

    assert (list(first), list(rest)) == ([5, 4], [3])
    assert "live_only=true" in link["Link"]


# --- over HTTP


def _next(client: Client, path: str) -> str | None:
    link = client.get(path).headers.get("link", "")
    return link.partition("<")[2].partition(">")[0] or None


def test_the_audit_chain_is_read_page_by_page(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Newest first and whole, also when something happens between two pages; unchanged pages cost nothing."""
    folder = tmp_path_factory.mktemp("audit")
    with federation(folder, codes=("KZ",)) as nodes:
        ctx = nodes["KZ"]
        add_person(ctx, nodes.clock, "aida", Role.AUDITOR)
        for number in range(7):
            ctx.audit.append(AuditEvent("test.event", "aida", str(number), START))
        aida = surface(ctx, nodes.clock, folder).signed_in("aida")
        expected = [entry.sequence for entry in ctx.audit.entries(newest_first=True)]

        found: list[int] = []
        path: str | None = "/api/v1/audit?limit=3"
        while path is not None:
            found += [entry["sequence"] for entry in aida.get(path).json()]
            path = _next(aida, path)
            ctx.audit.append(AuditEvent("test.between", "aida", "x", START))

        assert found == expected
        again = aida.get("/api/v1/audit?limit=3")
        unchanged = {"If-None-Match": again.headers["etag"]}
        assert aida.get("/api/v1/audit?limit=3", headers=unchanged).status_code == 304
        ctx.audit.append(AuditEvent("test.after", "aida", "x", START))
        assert aida.get("/api/v1/audit?limit=3", headers=unchanged).status_code == 200
        for cursor in ("x", "%00", "A" * 400, "null", "eyJ"):
            assert aida.get(f"/api/v1/audit?cursor={cursor}").status_code == 422
