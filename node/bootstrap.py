"""The composition root: settings in, a node with all its ports out. The only place that builds adapters."""

from __future__ import annotations

import os
import secrets
import socket
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from exchange.limits import DEFAULT
from node.adapters import clock
from node.adapters.annotated_workbook import AnnotatedWorkbook
from node.adapters.arranged import FolderArranged
from node.adapters.exports import ExportFiles
from node.adapters.keyring import FolderKeyring
from node.adapters.objects import FolderObjects
from node.adapters.passwords import ArgonPasswords
from node.adapters.reading import FileReader
from node.adapters.record_engine import FolderEngine
from node.adapters.registry_mirror import FolderRegistry
from node.adapters.signers import variables_of
from node.adapters.spark_engine import SparkEngine
from node.adapters.sqlite import stores
from node.adapters.sqlite.database import Database
from node.adapters.staging_records import FolderStager
from node.adapters.templates import DefinitionFiles
from node.adapters.waiting_keys import WaitingKeys
from node.errors import NotFound
from node.services.context import Context
from node.settings import Settings
from risk_models.model import register
from risk_models.typologies.ports import RecordEngine


@dataclass(frozen=True, slots=True)
class Places:
    """Where a node keeps what: one folder to back up."""

    data: Path

    @property
    def database(self) -> Path:
        """Rows."""
        return self.data / "node.db"

    @property
    def objects(self) -> Path:
        """Files, parts, envelopes: immutable, named by digest."""
        return self.data / "objects"

    @property
    def arranged(self) -> Path:
        """Cells as pages read them: made from the objects, and made again when it is gone."""
        return self.data / "arranged"

    @property
    def keys(self) -> Path:
        """Private keys."""
        return self.data / "keys"

    @property
    def registry(self) -> Path:
        """The mirror of the registry."""
        return self.data / "registry"

    @property
    def staging(self) -> Path:
        """Files while they arrive."""
        return self.data / "staging"


@dataclass(frozen=True, slots=True)
class Node:
    """A node that is open: its context for use cases, and what only entry points need."""

    settings: Settings
    context: Context
    registry: FolderRegistry
    keyring: FolderKeyring
    waiting: WaitingKeys
    places: Places
    database: Database
    process_name: str

    def now(self) -> datetime:
        """Give the present moment in UTC."""
        return clock.now()

    def close(self) -> None:
        """Close what was opened."""
        self.database.close()


def open_keyring(settings: Settings, folder: Path | None = None) -> FolderKeyring:
    """Open the node's keys, in its own folder or in one that is being made; variables that hold keys are read here."""
    addresses = _key_addresses(settings)
    named = variables_of(addresses.values())
    return FolderKeyring(
        folder or Places(settings.data_folder).keys,
        passphrase_of(settings),
        addresses=addresses,
        environment={name: value for name, value in os.environ.items() if name in named},
    )


def open_waiting(settings: Settings) -> WaitingKeys:
    """Open the keys that wait until the registry names them."""
    keys = Places(settings.data_folder).keys
    return WaitingKeys(keys, passphrase_of(settings), addresses=_key_addresses(settings))


def _key_addresses(settings: Settings) -> dict[str, str]:
    return {
        "log": settings.log_signer,
        "witness": settings.witness_signer,
        "governance": settings.governance_signer,
        "keeper": settings.keeper_signer,
    }


def passphrase_of(settings: Settings) -> str | None:
    """Give what the node's own keys are encrypted under, or None."""
    return settings.key_passphrase.get_secret_value() if settings.key_passphrase else None


def open_node(settings: Settings) -> Node:
    """Open the node that the settings describe, its database brought to this version's form.

    Raises:
        NotFound: the node was never created. Unavailable: the database is of a newer version, or cannot be used.
    """
    places = Places(settings.data_folder)
    if not places.database.is_file():
        raise NotFound(
            f"There is no node in {places.data}",
            hint="Create it with 'irac init', or set IRAC_DATA_FOLDER to where it is.",
        )
    database = Database(places.database)
    database.migrate()
    keyring = open_keyring(settings)
    waiting = open_waiting(settings)
    registry = FolderRegistry(
        places.registry, own_code=settings.member, keyring=keyring, waiting=waiting, limits=DEFAULT
    )
    context = Context(
        member=settings.member,
        **stores(database),
        objects=FolderObjects(places.objects),
        arranged=FolderArranged(places.arranged),
        keyring=keyring,
        passwords=ArgonPasswords(),
        reader=FileReader(),
        stager=FolderStager(places.staging),
        engine=record_engine(settings, places),
        definitions=DefinitionFiles(),
        annotations=AnnotatedWorkbook(),
        exports=ExportFiles(),
        directory=registry,
        models=register(),
        limits=DEFAULT,
        random=secrets.token_bytes,
        sync_interval_s=settings.sync_interval_s,
    )
    return Node(settings, context, registry, keyring, waiting, places, database, _process_name())


def web_hosts(settings: Settings) -> frozenset[str]:
    """Give the host names that the web port answers to."""
    public = settings.web_url.partition("://")[2].partition("/")[0].rpartition(":")
    return frozenset({public[0] or public[2], settings.web_host, "localhost", "127.0.0.1"})


def record_engine(settings: Settings, places: Places) -> RecordEngine:
    """Give what compiles records: the cluster that the operator names, else this process."""
    if settings.spark_remote is not None:
        return SparkEngine(settings.spark_remote.get_secret_value())
    return FolderEngine(places.staging)


def _process_name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"
