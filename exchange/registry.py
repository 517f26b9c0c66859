"""The registry's publishing side: a TUF repository whose one target is the membership.

* Root and targets are signed by k of n governance keys, so that nobody alone decides who is a member.
* Snapshot and timestamp are signed by the keeper's key on a running node; it can delay, but change nothing.
* Versions only grow. A file with a version or a digest in its name never changes; `timestamp.json` alone
  does, and is written last.
* Reading is python-tuf's `ngclient.Updater` over these files, starting from a root delivered by hand.

Source: The Update Framework specification 1.0, with consistent snapshots.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn

from securesystemslib.signer import Key, Signature
from securesystemslib.signer import Signer as TufSigner
from tuf.api.metadata import (
    TOP_LEVEL_ROLE_NAMES,
    Metadata,
    MetaFile,
    Root,
    Snapshot,
    TargetFile,
    Targets,
    Timestamp,
)
from tuf.api.serialization import DeserializationError

from exchange.errors import Misconfigured
from exchange.keys import Signer
from exchange.membership_document import TARGET_PATH

TIMESTAMP_FILE = "timestamp.json"
ROOT_LIFE = timedelta(days=365)
TARGETS_LIFE = timedelta(days=365)
SNAPSHOT_LIFE = timedelta(days=30)
TIMESTAMP_LIFE = timedelta(days=30)
_TARGETS_META = "targets.json"
_GOVERNED = (Root.type, Targets.type)


def found(
    membership: bytes, *, governance: Sequence[Signer], threshold: int, keeper: Signer, now: datetime
) -> dict[str, bytes]:
    """Return the first files of a registry by name, in the order in which to write them.

    Args:
        membership: the bytes of `membership_document.encode`.
        governance: all n signers of root and targets.
        threshold: k, how many of them are needed.
        keeper: signer of snapshot and timestamp.
        now: the moment the lives of the documents are counted from, UTC.

    Raises:
        Misconfigured: `registry_threshold_unmet` when k is below 1 or more than the distinct governance keys.
    """
    distinct = {signer.public_key.keyid for signer in governance}
    if not 1 <= threshold <= len(distinct) or len(distinct) != len(governance):
        raise _unmet(
            f"{threshold} of {len(governance)} governance signers with {len(distinct)} distinct keys"
        )
    root = Root(version=1, expires=_expires(now, ROOT_LIFE), consistent_snapshot=True)
    for role in TOP_LEVEL_ROLE_NAMES:
        signers = governance if role in _GOVERNED else (keeper,)
        for signer in signers:
            root.add_key(signer.public_key.to_sslib(), role)
        root.roles[role].threshold = threshold if role in _GOVERNED else 1
    return {
        "1.root.json": _signed(root, governance, root),
        **_publish(root, (1, 1), membership, (governance, keeper), now),
    }


def revise(
    files: Mapping[str, bytes],
    membership: bytes,
    *,
    governance: Sequence[Signer],
    keeper: Signer,
    now: datetime,
) -> dict[str, bytes]:
    """Return the files that a changed membership adds to or replaces in `files`, in the order to write them.

    Raises:
        Misconfigured: `registry_threshold_unmet` when too few of the governance keys sign, or
            `registry_unreadable`.
    """
    root, snapshot = _current(files)
    versions = (_targets_version(snapshot) + 1, snapshot.version + 1)
    return _publish(root, versions, membership, (governance, keeper), now)


def renew(files: Mapping[str, bytes], *, keeper: Signer, now: datetime) -> dict[str, bytes]:
    """Return a new snapshot and timestamp with full lives over unchanged content, in the order to write them.

    Raises:
        Misconfigured: `registry_threshold_unmet` when the keeper is not the one the root names, or
            `registry_unreadable`.
    """
    root, snapshot = _current(files)
    return _consistent(root, (_targets_version(snapshot), snapshot.version + 1), keeper, now)


def _publish(
    root: Root,
    versions: tuple[int, int],
    membership: bytes,
    signers: tuple[Sequence[Signer], Signer],
    now: datetime,
) -> dict[str, bytes]:
    """Return target, targets, snapshot and timestamp, each naming the one before; `versions` as below."""
    governance, keeper = signers
    target = TargetFile.from_data(TARGET_PATH, membership, ["sha256"])
    targets = Targets(versions[0], expires=_expires(now, TARGETS_LIFE), targets={TARGET_PATH: target})
    return {
        f"{target.hashes['sha256']}.{TARGET_PATH}": membership,
        f"{versions[0]}.targets.json": _signed(targets, governance, root),
        **_consistent(root, versions, keeper, now),
    }


def _consistent(root: Root, versions: tuple[int, int], keeper: Signer, now: datetime) -> dict[str, bytes]:
    """Return snapshot and timestamp; `versions`: of targets, and of these two."""
    targets_version, version = versions
    meta = {_TARGETS_META: MetaFile(targets_version)}
    snapshot = Snapshot(version, expires=_expires(now, SNAPSHOT_LIFE), meta=meta)
    timestamp = Timestamp(version, expires=_expires(now, TIMESTAMP_LIFE), snapshot_meta=MetaFile(version))
    return {
        f"{version}.snapshot.json": _signed(snapshot, (keeper,), root),
        TIMESTAMP_FILE: _signed(timestamp, (keeper,), root),
    }


def _current(files: Mapping[str, bytes]) -> tuple[Root, Snapshot]:
    """Return the newest root and the snapshot that the timestamp names.

    Our own files are read here, not a peer's: they are checked for being there and readable, nothing more.
    """
    try:
        newest = max(int(name.partition(".")[0]) for name in files if name.endswith(".root.json"))
        root = Metadata[Root].from_bytes(files[f"{newest}.root.json"]).signed
        timestamp = Metadata[Timestamp].from_bytes(files[TIMESTAMP_FILE]).signed
        snapshot = (
            Metadata[Snapshot].from_bytes(files[f"{timestamp.snapshot_meta.version}.snapshot.json"]).signed
        )
    except (KeyError, ValueError, DeserializationError) as error:
        raise Misconfigured(
            "registry_unreadable",
            title="The registry's own files cannot be read",
            detail=f"{type(error).__name__}: {error}",
            hint="Restore the registry folder from a mirror; every node keeps one.",
        ) from error
    return root, snapshot


def _targets_version(snapshot: Snapshot) -> int:
    return snapshot.meta[_TARGETS_META].version


def _signed(role: Any, signers: Sequence[Signer], root: Root) -> bytes:
    """Return the signed document, once the threshold that `root` sets for its role is met."""
    document = Metadata(role)
    for signer in signers:
        document.sign(_Delegate(signer), append=True)
    result = root.get_verification_result(role.type, document.signed_bytes, document.signatures)
    if not result.verified:
        raise _unmet(f"{role.type}: {len(result.signed)} of {result.threshold} keys of the root signed")
    return document.to_bytes()


def _expires(now: datetime, life: timedelta) -> datetime:
    return now.astimezone(UTC).replace(microsecond=0) + life


def _unmet(detail: str) -> Misconfigured:
    return Misconfigured(
        "registry_threshold_unmet",
        title="The registry is not signed by enough of its keys",
        detail=detail,
        hint="Collect the signers that the root names for this role.",
    )


class _Delegate(TufSigner):
    """Lets python-tuf sign with whatever keeps our keys, a card included."""

    def __init__(self, signer: Signer) -> None:
        self._signer = signer

    @property
    def public_key(self) -> Key:
        return self._signer.public_key.to_sslib()

    @classmethod
    def from_priv_key_uri(cls, priv_key_uri: str, public_key: Key, secrets_handler: Any = None) -> NoReturn:
        """Refuse: this signer is given its key, it never finds one by address."""
        raise NotImplementedError(priv_key_uri)

    def sign(self, payload: bytes) -> Signature:
        return self._signer.sign(payload)
