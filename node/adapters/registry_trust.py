"""The registry's files on disk, verified anew from the trusted root at every load.

Invariants: whatever is read here was signed as the chain of roots demands, by keys that begin with the root
delivered by hand; expiry is told, not hidden: old documents are still true, but no reason to trust today.

Source: The Update Framework specification 1.0, sections 5.3 to 5.7, without the network.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import (
    Metadata,
    Root,
    Snapshot,
    Targets,
    Timestamp,
)
from tuf.api.serialization import DeserializationError

from exchange.membership_document import TARGET_PATH
from exchange.registry import TIMESTAMP_FILE
from node.errors import Damaged

FIRST_ROOT = "1.root.json"
_Role = TypeVar("_Role", Root, Timestamp, Snapshot, Targets)


@dataclass(frozen=True, slots=True)
class Trusted:
    """What the files say. `files`: their names, in the order in which to write them.

    expires_at: the earliest end of the four documents. keeper_expires_at: that of the two the keeper renews.
    keeper_keyids: whose signature renews them.
    """

    membership: bytes
    versions: dict[str, int]
    expires_at: datetime
    keeper_expires_at: datetime
    keeper_keyids: frozenset[str]
    files: tuple[str, ...]


def verified(read: Callable[[str], bytes | None]) -> Trusted:
    """Verify the files that `read` gives by name, beginning with FIRST_ROOT, which is trusted as it is.

    Raises Damaged when a file is missing or is not what was signed.
    """
    try:
        return _verified(read)
    except (RepositoryError, DeserializationError, KeyError, TypeError, ValueError) as error:
        raise Damaged(
            "The registry's files cannot be trusted",
            detail=f"{type(error).__name__}: {str(error)[:300]}",
            hint="Take the registry's files from a member you trust, and join again.",
        ) from error


def _verified(read: Callable[[str], bytes | None]) -> Trusted:
    root, names = _newest_root(read)
    timestamp = _signed(root, Timestamp, _needed(read, TIMESTAMP_FILE))
    snapshot_name = f"{timestamp.snapshot_meta.version}.snapshot.json"
    content = _needed(read, snapshot_name)
    timestamp.snapshot_meta.verify_length_and_hashes(content)
    snapshot = _signed(root, Snapshot, content)
    meta = snapshot.meta["targets.json"]
    targets_name = f"{meta.version}.targets.json"
    content = _needed(read, targets_name)
    meta.verify_length_and_hashes(content)
    targets = _signed(root, Targets, content)
    if (snapshot.version, targets.version) != (timestamp.snapshot_meta.version, meta.version):
        raise ValueError("a document is of another version than the one that names it")
    target = targets.targets[TARGET_PATH]
    target_name = f"{target.hashes['sha256']}.{TARGET_PATH}"
    membership = _needed(read, target_name)
    target.verify_length_and_hashes(membership)
    documents = {"root": root, "targets": targets, "snapshot": snapshot, "timestamp": timestamp}
    return Trusted(
        membership=membership,
        versions={name: document.version for name, document in documents.items()},
        expires_at=min(document.expires for document in documents.values()),
        keeper_expires_at=min(snapshot.expires, timestamp.expires),
        keeper_keyids=frozenset(root.roles[Timestamp.type].keyids),
        files=(*names, target_name, targets_name, snapshot_name, TIMESTAMP_FILE),
    )


def _newest_root(read: Callable[[str], bytes | None]) -> tuple[Root, list[str]]:
    """Follow the chain of roots: each is signed as the one before demands, and as it demands itself."""
    names = [FIRST_ROOT]
    document = Metadata[Root].from_bytes(_needed(read, FIRST_ROOT))
    root = document.signed
    root.verify_delegate(Root.type, document.signed_bytes, document.signatures)
    while (content := read(f"{root.version + 1}.root.json")) is not None:
        document = Metadata[Root].from_bytes(content)
        root.verify_delegate(Root.type, document.signed_bytes, document.signatures)
        document.signed.verify_delegate(Root.type, document.signed_bytes, document.signatures)
        if document.signed.version != root.version + 1:
            raise ValueError(f"{root.version + 1}.root.json has version {document.signed.version}")
        root = document.signed
        names.append(f"{root.version}.root.json")
    return root, names


def _signed(root: Root, kind: type[_Role], content: bytes) -> _Role:
    document = Metadata[_Role].from_bytes(content)
    if not isinstance(document.signed, kind):
        raise TypeError(f"a {document.signed.type} stands in the place of a {kind.type}")
    root.verify_delegate(kind.type, document.signed_bytes, document.signatures)
    return document.signed


def _needed(read: Callable[[str], bytes | None], name: str) -> bytes:
    content = read(name)
    if content is None:
        raise KeyError(name)
    return content
