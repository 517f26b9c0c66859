"""The language an answer is written in: the one asked for, else the person's own."""

from __future__ import annotations

from fastapi import Depends

from node.api.session import SignedIn, current
from node.errors import Invalid
from schemas.registry import LANGUAGES


def reading_language(person: SignedIn, asked: str | None) -> str:
    """Give the language; raises Invalid for one the node does not speak."""
    if asked is None:
        return person.account.language
    if asked not in LANGUAGES:
        raise Invalid("The node does not speak this language", hint="One of: " + ", ".join(LANGUAGES))
    return asked


async def own_language(person: SignedIn = Depends(current)) -> str:
    """Give the language of the person signed in."""
    return person.account.language
