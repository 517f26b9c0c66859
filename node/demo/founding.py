"""The demo's founding: every node is created and carded the way an operator does it, then they found together."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from node import ceremonies
from node.access import Role
from node.bootstrap import open_node
from node.demo.federation import FEDERATION, DemoNode, Federation
from node.services import accounts
from node.settings import Settings, read_settings
from schemas.digest import sha256_hex

SOURCE = "Demonstration on one machine; no act of any state"


def found(federation: Federation, say: Callable[[str], None]) -> None:
    """Create the nodes with their people, found the federation by a majority, and let every node join."""
    cards = [_create(federation, node) for node in federation.nodes]
    registry = federation.folder / "registry"
    folders = [Path(node.folder) for node in federation.nodes]
    line = ceremonies.found(
        registry,
        federation=FEDERATION,
        threshold=len(folders) // 2 + 1,
        cards=cards,
        governance=folders,
        keeper=folders[0],
        source=SOURCE,
    )
    say(line)
    fingerprint = sha256_hex((registry / ceremonies.ROOT_FILE).read_bytes())
    for node in federation.nodes:
        ceremonies.join(_settings(node), registry, fingerprint)


def _settings(node: DemoNode) -> Settings:
    return read_settings(node.settings())


def _create(federation: Federation, node: DemoNode) -> Path:
    settings = _settings(node)
    ceremonies.create_node(settings)
    opened = open_node(settings)
    try:
        for person in node.people:
            accounts.create_account(
                opened.context,
                None,
                login=person.login,
                display_name=person.name,
                roles=frozenset(Role(role) for role in person.roles),
                password=person.password,
                language=settings.language,
                now=opened.now(),
            )
    finally:
        opened.close()
    card = federation.folder / f"{node.code}.card.json"
    ceremonies.write_card(settings, FEDERATION, card)
    return card
