"""What every use case works with: this member's identity, its ports, and its limits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from exchange.limits import Limits
from node.ports.accounts import AccountStore
from node.ports.annotated import AnnotationWriter
from node.ports.arranged import ArrangedStore
from node.ports.compiled import CompiledIndex
from node.ports.exports import ExportWriter
from node.ports.ledger import Ledger
from node.ports.maintenance import MaintenanceStore
from node.ports.objects import ObjectStore
from node.ports.outside import Keyring, PasswordKeeper, PeerDirectory
from node.ports.peers import PeerStore
from node.ports.reading import RecordStager, TableReader
from node.ports.records import RecordStore
from node.ports.reruns import RerunStore
from node.ports.reviews import ReviewStore
from node.ports.signals import SignalStore
from node.ports.submissions import SubmissionStore
from node.ports.templates import DefinitionWriter
from node.ports.typologies import TypologyStore
from node.ports.witness import EvidenceStore, WitnessStore
from node.ports.work import AuditLog, IndicatorStore, JobStore, StateVersion
from node.services.recent_tables import RecentTables
from node.services.remembered import LastFew
from node.services.uploads import UploadBoard
from risk_models.specification import ModelSpec
from risk_models.typologies.ports import RecordEngine


@dataclass(frozen=True, slots=True)
class Context:
    """The ports of one node.

    random: gives n unpredictable bytes (tests give a counter). previews: what officers look at, never what they sign.
    rows_shown: rows of files that somebody leafs through. uploads: what is done with files right now.
    """

    member: str
    accounts: AccountStore
    submissions: SubmissionStore
    ledger: Ledger
    peers: PeerStore
    indicators: IndicatorStore
    reruns: RerunStore
    reviews: ReviewStore
    audit: AuditLog
    jobs: JobStore
    records: RecordStore
    typologies: TypologyStore
    witness: WitnessStore
    evidence: EvidenceStore
    maintenance: MaintenanceStore
    compiled: CompiledIndex
    signals: SignalStore
    state: StateVersion
    objects: ObjectStore
    arranged: ArrangedStore
    keyring: Keyring
    passwords: PasswordKeeper
    reader: TableReader
    stager: RecordStager
    engine: RecordEngine
    definitions: DefinitionWriter
    annotations: AnnotationWriter
    exports: ExportWriter
    directory: PeerDirectory
    models: tuple[ModelSpec[Any], ...]
    limits: Limits
    random: Callable[[int], bytes]
    sync_interval_s: int
    previews: LastFew = field(default_factory=LastFew, compare=False)
    tables: RecentTables = field(default_factory=RecentTables, compare=False)
    rows_shown: LastFew = field(default_factory=LastFew, compare=False)
    uploads: UploadBoard = field(default_factory=UploadBoard, compare=False)
