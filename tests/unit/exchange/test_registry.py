"""The registry's files, read as a node reads them: python-tuf's client over a folder."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tuf.api.exceptions import (
    DownloadHTTPError,
    ExpiredMetadataError,
    LengthOrHashMismatchError,
    RepositoryError,
    UnsignedMetadataError,
)
from tuf.api.metadata import Metadata, Root  # type: ignore[attr-defined] # it does not mark its re-exports
from tuf.ngclient import FetcherInterface, Updater

from exchange import registry
from exchange.errors import Misconfigured
from exchange.limits import DEFAULT
from exchange.membership_document import TARGET_PATH, encode, parse
from tests.support.peer_simulator import a_membership, a_signer

GOVERNANCE = [a_signer(f"governor {number}") for number in (1, 2, 3)]
KEEPER = a_signer("keeper")
# the client compares with the real clock, which it alone reads
NOW = datetime.now(UTC)
FIRST = encode(a_membership("KZ", "RU"))
SECOND = encode(a_membership("BY", "KZ", "RU"))


class Folder(FetcherInterface):
    """Serves a mapping of files under `https://registry/`, as a static web server would."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = dict(files)

    def _fetch(self, url: str) -> Iterator[bytes]:
        name = url.removeprefix("https://registry/")
        if name not in self.files:
            raise DownloadHTTPError(f"no {name}", 404)
        return iter([self.files[name]])


@pytest.fixture
def files() -> dict[str, bytes]:
    """A registry just founded: two of three governors decide."""
    return registry.found(FIRST, governance=GOVERNANCE, threshold=2, keeper=KEEPER, now=NOW)


def read(files: Mapping[str, bytes], folder: Path, root: bytes) -> bytes:
    """Return the membership that a node with this cache folder and trusted root accepts."""
    (folder / "targets").mkdir(parents=True, exist_ok=True)
    updater = Updater(
        metadata_dir=str(folder),
        metadata_base_url="https://registry/",
        target_dir=str(folder / "targets"),
        target_base_url="https://registry/",
        fetcher=Folder(files),
        bootstrap=root,
    )
    updater.refresh()
    target = updater.get_targetinfo(TARGET_PATH)
    assert target is not None
    return Path(updater.download_target(target)).read_bytes()


def version_held(folder: Path, role: str) -> int:
    """Return the version of a role in a node's cache."""
    version: int = json.loads((folder / f"{role}.json").read_bytes())["signed"]["version"]
    return version


def test_the_files_of_a_new_registry_are_those_of_tuf(files: dict[str, bytes]) -> None:
    """Named as TUF's consistent snapshots name them, and in the order to write them: timestamp last."""
    names = [name for name in files if not name.endswith(TARGET_PATH)]

    assert names == ["1.root.json", "1.targets.json", "1.snapshot.json", "timestamp.json"]


def test_a_node_reads_the_membership(files: dict[str, bytes], tmp_path: Path) -> None:
    """From a root that was handed to it."""
    assert parse(read(files, tmp_path, files["1.root.json"]), DEFAULT) == a_membership("KZ", "RU")


def test_a_revised_membership_reaches_a_node(files: dict[str, bytes], tmp_path: Path) -> None:
    """Old files stay, new ones are added, only the timestamp is replaced."""
    read(files, tmp_path, files["1.root.json"])
    changed = registry.revise(files, SECOND, governance=GOVERNANCE[1:], keeper=KEEPER, now=NOW)

    assert set(changed) & set(files) == {"timestamp.json"}
    assert read(files | changed, tmp_path, files["1.root.json"]) == SECOND


def test_a_renewed_registry_says_the_same_for_longer(files: dict[str, bytes], tmp_path: Path) -> None:
    """The keeper alone can do it."""
    changed = registry.renew(files, keeper=KEEPER, now=NOW + timedelta(days=20))
    expires = json.loads(changed["timestamp.json"])["signed"]["expires"]

    assert sorted(changed) == ["2.snapshot.json", "timestamp.json"]
    assert expires == (NOW + timedelta(days=50)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert read(files | changed, tmp_path, files["1.root.json"]) == FIRST


def test_a_tampered_membership_is_refused(files: dict[str, bytes], tmp_path: Path) -> None:
    """One byte of the target, length unchanged."""
    name = next(name for name in files if name.endswith(TARGET_PATH))
    files[name] = files[name].replace(b'"release_threshold":2', b'"release_threshold":1', 1)

    with pytest.raises(LengthOrHashMismatchError):
        read(files, tmp_path, files["1.root.json"])
    assert not (tmp_path / "targets" / TARGET_PATH).exists()


def test_a_registry_rolled_back_is_refused(files: dict[str, bytes], tmp_path: Path) -> None:
    """A mirror that shows yesterday's files; the node keeps what it has."""
    changed = registry.revise(files, SECOND, governance=GOVERNANCE, keeper=KEEPER, now=NOW)
    read(files | changed, tmp_path, files["1.root.json"])

    with pytest.raises(RepositoryError, match="version"):
        read(files, tmp_path, files["1.root.json"])
    assert version_held(tmp_path, "timestamp") == 2


def test_an_expired_timestamp_is_refused(tmp_path: Path) -> None:
    """A mirror frozen for a month and a day."""
    long_ago = NOW - registry.TIMESTAMP_LIFE - timedelta(days=1)
    files = registry.found(FIRST, governance=GOVERNANCE, threshold=2, keeper=KEEPER, now=long_ago)

    with pytest.raises(ExpiredMetadataError):
        read(files, tmp_path, files["1.root.json"])


def test_a_root_without_its_threshold_is_refused(files: dict[str, bytes], tmp_path: Path) -> None:
    """One governor alone writes a second root that needs one signature only."""
    root = Metadata[Root].from_bytes(files["1.root.json"])
    root.signed.version = 2
    root.signed.roles["root"].threshold = 1
    root.sign(GOVERNANCE[0].to_sslib())
    files["2.root.json"] = root.to_bytes()

    with pytest.raises(UnsignedMetadataError):
        read(files, tmp_path, files["1.root.json"])
    assert not (tmp_path / "timestamp.json").exists()


def test_a_membership_signed_by_the_keeper_alone_is_refused(files: dict[str, bytes], tmp_path: Path) -> None:
    """The online key cannot make a member."""
    root = Metadata[Root].from_bytes(files["1.root.json"])
    for role in ("root", "targets"):
        for governor in GOVERNANCE:
            root.signed.revoke_key(governor.keyid, role)
        root.signed.add_key(KEEPER.public_key.to_sslib(), role)
        root.signed.roles[role].threshold = 1
    root.sign(KEEPER.to_sslib())
    forged = {"1.root.json": root.to_bytes()} | {n: c for n, c in files.items() if n != "1.root.json"}
    changed = registry.revise(forged, SECOND, governance=[KEEPER], keeper=KEEPER, now=NOW)

    with pytest.raises(UnsignedMetadataError):
        read(files | changed, tmp_path, files["1.root.json"])


@pytest.mark.parametrize(
    ("governance", "threshold"),
    [(GOVERNANCE, 0), (GOVERNANCE, 4), ([GOVERNANCE[0], GOVERNANCE[0]], 1), ([], 1)],
    ids=["none needed", "more than there are", "one twice", "nobody"],
)
def test_a_registry_that_nobody_or_anybody_governs_is_not_founded(
    governance: list[registry.Signer], threshold: int
) -> None:
    """K of n, with n different keys."""
    with pytest.raises(Misconfigured) as caught:
        registry.found(FIRST, governance=governance, threshold=threshold, keeper=KEEPER, now=NOW)

    assert caught.value.name == "registry_threshold_unmet"


def test_a_revision_needs_the_threshold(files: dict[str, bytes]) -> None:
    """Found out when it is signed, not by every member afterwards."""
    with pytest.raises(Misconfigured, match="1 of 2"):
        registry.revise(files, SECOND, governance=GOVERNANCE[:1], keeper=KEEPER, now=NOW)


def test_another_keeper_cannot_renew(files: dict[str, bytes]) -> None:
    """The root names who may."""
    with pytest.raises(Misconfigured) as caught:
        registry.renew(files, keeper=GOVERNANCE[0], now=NOW)

    assert caught.value.name == "registry_threshold_unmet"


@pytest.mark.parametrize("lost", ["1.root.json", "1.snapshot.json", "timestamp.json"])
def test_a_damaged_registry_is_not_continued(files: dict[str, bytes], lost: str) -> None:
    """A file missing, or not readable."""
    for damaged in ({n: c for n, c in files.items() if n != lost}, files | {lost: b"{}"}):
        with pytest.raises(Misconfigured) as caught:
            registry.renew(damaged, keeper=KEEPER, now=NOW)
        assert caught.value.name == "registry_unreadable"


def test_one_set_of_arguments_gives_one_set_of_files(files: dict[str, bytes]) -> None:
    """No clock is read and nothing is drawn at random."""
    assert files == registry.found(FIRST, governance=GOVERNANCE, threshold=2, keeper=KEEPER, now=NOW)
