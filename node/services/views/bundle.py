"""One bundle: what was signed, by whom, and what it is made of."""

from __future__ import annotations

from dataclasses import dataclass

from exchange.manifest import Manifest, Part
from node.errors import NotFound, Unavailable
from node.ports.ledger import Bundle
from node.services.context import Context


@dataclass(frozen=True, slots=True)
class HeldPart:
    """A part of the manifest and whether its bytes are in the store."""

    part: Part
    is_held: bool


@dataclass(frozen=True, slots=True)
class BundlePage:
    """A bundle with its manifest as signed. `threshold` is what the registry asks of its originator today."""

    bundle: Bundle
    manifest: Manifest
    parts: tuple[HeldPart, ...]
    threshold: int | None
    listed_keys: frozenset[str]


def bundle(ctx: Context, digest: str) -> BundlePage:
    """Give one bundle.

    Raises:
        NotFound: no bundle has this digest. Damaged: the manifest's bytes changed on the disk.
    """
    held = ctx.ledger.bundle(digest)
    if held is None:
        raise NotFound("There is no bundle with this digest", hint="Open it from the page of its member.")
    manifest = Manifest.from_bytes(ctx.objects.get(held.manifest), ctx.limits)
    parts = tuple(HeldPart(part, ctx.objects.has(part.digest)) for part in manifest.parts)
    threshold, listed = _registered(ctx, held.originator)
    return BundlePage(held, manifest, parts, threshold, listed)


def _registered(ctx: Context, code: str) -> tuple[int | None, frozenset[str]]:
    try:
        members = {member.code: member for member in ctx.directory.membership().members}
    except Unavailable:
        return None, frozenset()
    if code not in members:
        return None, frozenset()
    return members[code].release_threshold, frozenset(members[code].release_keys)
