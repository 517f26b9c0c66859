"""Bringing the registry's files up to date from one source, by python-tuf's own client.

Invariants: what is returned was accepted by the client whole, after every check of its workflow (signatures,
versions that only grow, expiry by this machine's clock), or nothing is; the folder served to peers is not
touched here.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from tuf.api.exceptions import (
    BadVersionNumberError,
    DownloadError,
    DownloadHTTPError,
    ExpiredMetadataError,
    RepositoryError,
)
from tuf.ngclient import Updater, UpdaterConfig
from tuf.ngclient.fetcher import FetcherInterface

from exchange.errors import Misconfigured, NotYet, Refused, Unreachable
from exchange.membership_document import TARGET_PATH
from exchange.registry import TIMESTAMP_FILE
from node.adapters.registry_trust import FIRST_ROOT, verified

_BASE = "registry:/"
_CONFIG = UpdaterConfig(
    max_root_rotations=64,
    root_max_length=512 * 1024,
    timestamp_max_length=16 * 1024,
    snapshot_max_length=64 * 1024,
    targets_max_length=256 * 1024,
)
_MISSING = 404


def pull(read: Callable[[str], bytes | None], held: Mapping[str, bytes]) -> dict[str, bytes]:
    """Give the files by name that `read` adds to those held, in the order in which to write them.

    read: gives a file of the source by its name, None when it has none. held: the files of the mirror as
    `verified` names them, at least the trusted FIRST_ROOT.

    Raises:
        Refused: `registry_refused`, the source's files are not what the trusted root demands.
        NotYet: `registry_behind`, the source knows less than we do.
        Misconfigured: `registry_expired`, its documents are too old to be trusted.
        Unreachable: `registry_incomplete`, a file is missing; or what `read` raises.
    """
    fetcher = _Fetcher(read)
    with tempfile.TemporaryDirectory() as work:
        metadata = Path(work)
        _seed(metadata, held)
        try:
            client = Updater(str(metadata), _BASE, work, _BASE, fetcher, _CONFIG, bootstrap=held[FIRST_ROOT])
            client.refresh()
            _download_membership(client)
        except BadVersionNumberError as error:
            raise NotYet(
                "registry_behind", title="The source's registry is older than ours", detail=str(error)
            ) from error
        except ExpiredMetadataError as error:
            raise Misconfigured(
                "registry_expired",
                title="The registry is too old to be trusted",
                detail=str(error),
                hint="Its keeper's node renews it: refresh it, or ask the keeper; check this node's clock.",
            ) from error
        except RepositoryError as error:
            raise Refused(
                "registry_refused", title="The registry's files are not what was signed", detail=str(error)
            ) from error
        except DownloadError as error:
            raise Unreachable(
                "registry_incomplete", title="A file of the registry is missing", detail=str(error)
            ) from error
        # the client keeps the timestamp it has when the one that came says nothing new
        latest = {**held, **fetcher.received, TIMESTAMP_FILE: (metadata / TIMESTAMP_FILE).read_bytes()}
    trusted = verified(latest.get)
    return {name: latest[name] for name in trusted.files if held.get(name) != latest[name]}


def _download_membership(client: Updater) -> None:
    target = client.get_targetinfo(TARGET_PATH)
    if target is None:
        raise RepositoryError("it has no membership")
    if client.find_cached_target(target) is None:
        client.download_target(target)


def _seed(metadata: Path, held: Mapping[str, bytes]) -> None:
    """Lay the held files where the client looks for what it accepted before: versions may then only grow."""
    roots = metadata / "root_history"
    roots.mkdir()
    for name, content in held.items():
        version, _, role = name.partition(".")
        if role == "root.json":
            (roots / name).write_bytes(content)
        elif role in {"snapshot.json", "targets.json"} and version.isdigit():
            (metadata / role).write_bytes(content)
        elif name == TIMESTAMP_FILE:
            (metadata / name).write_bytes(content)
        elif role == TARGET_PATH:
            (metadata / role).write_bytes(content)


class _Fetcher(FetcherInterface):
    """Lets the client read through a function; remembers what came."""

    def __init__(self, read: Callable[[str], bytes | None]) -> None:
        self._read = read
        self.received: dict[str, bytes] = {}

    def _fetch(self, url: str) -> Iterator[bytes]:
        # a generator, so that the named failures of a peer's channel reach the caller as they are
        name = url.removeprefix(_BASE)
        content = self._read(name)
        if content is None:
            raise DownloadHTTPError(f"there is no {name}", _MISSING)
        self.received[name] = content
        yield content
