"""The row stores over one SQLite file.

Invariants: every commit of a port is one transaction, audit event included; writers begin with BEGIN
IMMEDIATE, so two of them wait for each other and neither fails half-way; a change of state names the state it
leaves.
"""

from __future__ import annotations

from typing import TypedDict

from node.adapters.sqlite.accounts import SqliteAccounts
from node.adapters.sqlite.audit import SqliteAuditLog
from node.adapters.sqlite.compiled import SqliteCompiled
from node.adapters.sqlite.database import Database
from node.adapters.sqlite.evidence import SqliteEvidence
from node.adapters.sqlite.ledger import SqliteLedger
from node.adapters.sqlite.maintenance import SqliteMaintenance
from node.adapters.sqlite.peers import SqlitePeers
from node.adapters.sqlite.records import SqliteRecords
from node.adapters.sqlite.reruns import SqliteReruns
from node.adapters.sqlite.reviews import SqliteReviews
from node.adapters.sqlite.signals import SqliteSignals
from node.adapters.sqlite.submissions import SqliteSubmissions
from node.adapters.sqlite.typologies import SqliteTypologies
from node.adapters.sqlite.witness import SqliteWitness
from node.adapters.sqlite.work import SqliteIndicators, SqliteJobs


class Stores(TypedDict):
    """The row stores of one node, under the names a Context has for them."""

    accounts: SqliteAccounts
    submissions: SqliteSubmissions
    ledger: SqliteLedger
    peers: SqlitePeers
    indicators: SqliteIndicators
    reruns: SqliteReruns
    reviews: SqliteReviews
    audit: SqliteAuditLog
    jobs: SqliteJobs
    records: SqliteRecords
    typologies: SqliteTypologies
    witness: SqliteWitness
    evidence: SqliteEvidence
    maintenance: SqliteMaintenance
    compiled: SqliteCompiled
    signals: SqliteSignals
    state: Database


def stores(database: Database) -> Stores:
    """Give every row store over one migrated database."""
    return Stores(
        accounts=SqliteAccounts(database),
        submissions=SqliteSubmissions(database),
        ledger=SqliteLedger(database),
        peers=SqlitePeers(database),
        indicators=SqliteIndicators(database),
        reruns=SqliteReruns(database),
        reviews=SqliteReviews(database),
        audit=SqliteAuditLog(database),
        jobs=SqliteJobs(database),
        records=SqliteRecords(database),
        typologies=SqliteTypologies(database),
        witness=SqliteWitness(database),
        evidence=SqliteEvidence(database),
        maintenance=SqliteMaintenance(database),
        compiled=SqliteCompiled(database),
        signals=SqliteSignals(database),
        state=database,
    )
