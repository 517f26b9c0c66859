"""A federation in one process: real adapters on a folder, real protocol code, and a channel without a network.

Used where a test is about use cases, not about TLS or processes; tests/e2e has those.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from exchange.limits import DEFAULT
from exchange.membership import (
    LogKey,
    Member,
    Membership,
    MemberStatus,
    StatusChange,
    Transport,
    WitnessKey,
    fingerprint_of,
    log_origin,
    witness_name,
)
from exchange.policy import Policy
from exchange.ports import PeerChannel
from exchange.registry.definitions import Definition
from exchange.schemes import ED25519
from node.access import Actor, Role
from node.adapters.annotated_workbook import AnnotatedWorkbook
from node.adapters.arranged import FolderArranged
from node.adapters.exports import ExportFiles
from node.adapters.keyring import FolderKeyring
from node.adapters.objects import FolderObjects
from node.adapters.reading import FileReader
from node.adapters.record_engine import FolderEngine
from node.adapters.sqlite import stores
from node.adapters.sqlite.database import Database
from node.adapters.staging_records import FolderStager
from node.adapters.templates import DefinitionFiles
from node.api import witnessing
from node.ports.accounts import Account
from node.ports.ledger import Bundle
from node.ports.outside import RegistryStanding
from node.ports.submissions import UploadMode
from node.ports.work import Said
from node.services import gossip, log_tree, publishing, release, submit
from node.services.context import Context
from risk_models.model import register

START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
PASSWORD = "a long enough password"
SUBMITTER = Actor("aigerim", frozenset({Role.SUBMITTER}))
APPROVER = Actor("boris", frozenset({Role.RELEASER}))
RELEASER = Actor("daria", frozenset({Role.RELEASER}))
OFFICERS = (APPROVER, RELEASER)


@dataclass
class Clock:
    """A clock that moves only when told to."""

    at: datetime = START

    def now(self) -> datetime:
        """Give the moment and let a second pass, so that no two events share one."""
        self.at += timedelta(seconds=1)
        return self.at


class ClearPasswords:
    """Passwords compared as they are: argon2 is tested in its own contract suite and is slow on purpose."""

    def digest(self, password: str) -> str:
        """Give what is stored."""
        return f"clear:{password}"

    def matches(self, digest: str, password: str) -> bool:
        """Compare."""
        return digest == f"clear:{password}"


@dataclass
class Nodes:
    """All nodes of the federation, by code; `cut` names the peers that cannot be reached."""

    membership: Membership
    contexts: dict[str, Context] = field(default_factory=dict)
    cut: set[str] = field(default_factory=set)
    clock: Clock = field(default_factory=Clock)

    def __getitem__(self, code: str) -> Context:
        return self.contexts[code]


@dataclass
class LocalDirectory:
    """The directory of one member: the membership as it is, and channels to the other contexts."""

    own: str
    nodes: Nodes
    signed: Mapping[str, tuple[Definition, ...]] = field(default_factory=dict)
    ends: Mapping[str, datetime] = field(default_factory=dict)

    def membership(self) -> Membership:
        """Give the membership."""
        return self.nodes.membership

    def standing(self) -> RegistryStanding:
        """Give how the registry stands: what a test says of it."""
        return RegistryStanding(dict.fromkeys(self.ends, 1), self.ends, self.signed)

    def channel(self, member: Member) -> PeerChannel:
        """Open a channel to another context."""
        return LocalChannel(self.own, member.code, self.nodes)

    def refresh(self, now: datetime) -> Said:
        """Nothing to refresh."""
        return Said("unchanged")


@dataclass
class LocalChannel:
    """What a peer would serve to us, asked of its use cases directly."""

    own: str
    peer: str
    nodes: Nodes
    requests: list[str] = field(default_factory=list)

    def hello(self) -> bytes:
        """Greet."""
        return publishing.hello(self._context("hello"), self.nodes.clock.now())

    def checkpoint(self, etag: str | None) -> tuple[bytes | None, str | None]:
        """Give the checkpoint; its digest is its tag."""
        note = publishing.checkpoint(self._context("checkpoint"))
        tag = str(hash(note))
        return (None, etag) if tag == etag else (note, tag)

    def entries(self, path: str) -> bytes:
        """Give an entry bundle."""
        return publishing.entries(self._context(path), path)

    def tile(self, path: str) -> bytes:
        """Give a tile."""
        return log_tree.tile(self._context(path), path)

    def checkpoints(self, etag: str | None) -> tuple[bytes | None, str | None]:
        """Give what the peer has seen; its digest is its tag."""
        content = gossip.checkpoints(self._context("checkpoints"))
        tag = str(hash(content))
        return (None, etag) if tag == etag else (content, tag)

    def add_checkpoint(self, body: bytes) -> tuple[int, bytes]:
        """Ask the peer to witness, as its port would be asked."""
        ctx = self._context("add-checkpoint")
        answer = witnessing.add_checkpoint(ctx, self.own, body, self.nodes.clock.now())
        return answer.status_code, bytes(answer.body)

    def records(self, start: int, end: int) -> bytes:
        """Give the records addressed to us."""
        return publishing.records_for(self._context("records"), self.own, start, end)

    def part(self, digest: str, offset: int) -> Iterator[bytes]:
        """Give a part's bytes in two chunks."""
        content = publishing.part_for(self._context("part"), self.own, digest).read_bytes()[offset:]
        middle = max(1, len(content) // 2)
        yield content[:middle]
        if content[middle:]:
            yield content[middle:]

    def close(self) -> None:
        """Nothing to close."""

    def _context(self, what: str) -> Context:
        from exchange.errors import Unreachable  # noqa: PLC0415

        self.requests.append(what)
        if self.peer in self.nodes.cut:
            raise Unreachable("peer_down", title="The peer does not answer", detail=f"{self.peer} is cut off")
        return self.nodes[self.peer]


@contextmanager
def federation(
    folder: Path, codes: Sequence[str] = ("KZ", "RU", "BY"), schemes: Sequence[str] = (ED25519.name,)
) -> Iterator[Nodes]:
    """Build one context a member under `folder`, with two officers each, who sign with every one of `schemes`."""
    keyrings = {code: FolderKeyring(folder / code / "keys") for code in codes}
    members = tuple(_member(code, keyrings[code], schemes) for code in codes)
    policy = Policy(release_schemes=tuple(sorted(schemes)))
    nodes = Nodes(Membership(federation="test", members=members, policy=policy))
    databases = []
    for place, code in enumerate(codes):
        database = Database(folder / code / "node.db")
        database.migrate()
        databases.append(database)
        nodes.contexts[code] = _context(folder / code, code, database, keyrings[code], nodes, seed=place)
        for person in (SUBMITTER, *OFFICERS):
            nodes[code].accounts.add(_account(person, keyrings[code]))
    try:
        yield nodes
    finally:
        for database in databases:
            database.close()


def _context(
    folder: Path, code: str, database: Database, keyring: FolderKeyring, nodes: Nodes, *, seed: int
) -> Context:
    counter = iter(range(seed * 1_000_000, (seed + 1) * 1_000_000))
    return Context(
        member=code,
        **stores(database),
        objects=FolderObjects(folder / "objects"),
        arranged=FolderArranged(folder / "arranged"),
        keyring=keyring,
        passwords=ClearPasswords(),
        reader=FileReader(),
        stager=FolderStager(folder / "staging"),
        engine=FolderEngine(folder / "staging"),
        definitions=DefinitionFiles(),
        annotations=AnnotatedWorkbook(),
        exports=ExportFiles(),
        directory=LocalDirectory(code, nodes),
        models=register(),
        limits=DEFAULT,
        random=lambda count: (next(counter) % 256**count).to_bytes(count, "big"),
        sync_interval_s=60,
    )


def _account(person: Actor, keyring: FolderKeyring) -> Account:
    is_officer = Role.RELEASER in person.roles
    return Account(
        login=person.login,
        display_name=person.login.title(),
        roles=person.roles,
        password_digest=ClearPasswords().digest(PASSWORD),
        language="en",
        is_active=True,
        release_keyid=keyring.release_publics(person.login)[0].keyid if is_officer else None,
    )


def _member(code: str, keyring: FolderKeyring, schemes: Sequence[str]) -> Member:
    keyring.create_node_keys(member=code, host_names=["127.0.0.1"], years=1, now=START)
    for officer in OFFICERS:
        for scheme in schemes:
            keyring.create_release_key(officer.login, PASSWORD, scheme)
    keys = [key for officer in OFFICERS for key in keyring.release_publics(officer.login)]
    certificate = keyring.transport_certificate()
    return Member(
        code=code,
        names={"en": code},
        history=(StatusChange(MemberStatus.ACTIVE, date(2026, 1, 1), "test"),),
        address="https://127.0.0.1:1",
        release_keys={key.keyid: key for key in keys},
        log_key=LogKey(log_origin("test", code), keyring.log_signer().public_key),
        witness_key=WitnessKey(witness_name("test", code), keyring.witness_signer().public_key),
        transport=Transport(fingerprint_of(certificate), certificate),
    )


def release_rows(
    nodes: Nodes,
    code: str,
    dataflow: str,
    rows: list[dict[str, str]],
    folder: Path,
    *,
    mode: UploadMode = UploadMode.APPEND,
) -> Bundle:
    """Take rows through upload, approval and release by three people."""
    ctx, clock = nodes[code], nodes.clock
    file = write_csv(folder / f"{dataflow.lower()}-{clock.now():%H%M%S}.csv", rows)
    submission = submit.upload(
        ctx, SUBMITTER, file, file_name=file.name, dataflow_id=dataflow, mode=mode, now=clock.now()
    )
    number = submission.submission_id
    release.approve(ctx, APPROVER, number, password=PASSWORD, now=clock.now())
    return release.release(ctx, RELEASER, number, password=PASSWORD, now=clock.now())


def write_csv(path: Path, rows: list[dict[str, str]]) -> Path:
    """Write rows as a file an analyst could have made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def trade(ref_area: str, counterpart: str, direction: str, value: str, year: str = "2012") -> dict[str, str]:
    """Give one row of declared trade."""
    return {
        "TIME_PERIOD": year,
        "REF_AREA": ref_area,
        "COUNTERPART_AREA": counterpart,
        "FLOW_DIRECTION": direction,
        "FLOW_KIND": "TRADE",
        "PRODUCT": "HS27",
        "CURRENCY": "USD",
        "OBS_VALUE": value,
    }
