"""Typologies for tests: drafts in words that name nobody, and an entry taken through its steps."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from exchange.manifest import Handling
from exchange.typology import Typology, TypologyStatus
from exchange.typology_wording import Description, Wording
from node.access import Actor, Role
from node.ports.typologies import HeldTypology, OwnEntry
from node.services import typologies
from node.services.typology_draft import Draft, DraftWording
from schemas.digest import sha256_hex
from tests.support.builders import NOON
from tests.support.federation import APPROVER, RELEASER, Nodes

AUTHOR = Actor("aigerim", frozenset({Role.SUBMITTER}))
REVIEWER, OFFICER = APPROVER, RELEASER
RU = DraftWording(
    "Обналичивание через дропперов",
    "Похищенные деньги приходят на счета подставных лиц, там снимаются наличными.",
    ("Счёт открыт недавно, поступлений много",),
    ("Смотреть на устройство, которым управляют счётом",),
)
EN = DraftWording("Cash-out through mules", "Stolen money comes to accounts of mules and is drawn in cash.")
DRAFT = Draft(
    codes={"METHOD": ("TM03B",), "PREDICATE": (), "CHANNEL": ("CARD",), "STAGE": ("PLACEMENT",)},
    original="ru",
    texts={"ru": RU, "en": EN},
    sources=("EAG, a public report",),
)


def titled(title: str, **changes: Any) -> Draft:
    """Give the draft with another Russian title."""
    return replace(DRAFT, texts={**DRAFT.texts, "ru": replace(RU, title=title)}, **changes)


def described(nodes: Nodes, code: str, draft: Draft = DRAFT) -> OwnEntry:
    """Propose a typology at a member."""
    return typologies.propose(nodes[code], AUTHOR, draft, now=nodes.clock.now())


def reviewed(nodes: Nodes, code: str, draft: Draft = DRAFT) -> OwnEntry:
    """Propose a typology and have it reviewed."""
    entry = described(nodes, code, draft)
    typologies.review(nodes[code], REVIEWER, entry.typology, number=1, now=nodes.clock.now())
    return nodes[code].typologies.entry(entry.typology)


def shared(nodes: Nodes, code: str, *audience: str, draft: Draft = DRAFT) -> OwnEntry:
    """Take a typology to the members named."""
    entry = reviewed(nodes, code, draft)
    return typologies.share(
        nodes[code], OFFICER, entry.typology, number=1, audience=audience, now=nodes.clock.now()
    )


def fill_register(nodes: Nodes, *, title: str) -> None:
    """KZ proposes one in a second version, with markup for a title; RU shares one with both others."""
    own = described(nodes, "KZ")
    typologies.edit(
        nodes["KZ"], AUTHOR, own.typology, titled(title), based_on=1, change=title, now=nodes.clock.now()
    )
    shared(nodes, "RU", "BY", "KZ")


def a_typology(typology: str = "KG-2026-001", **changes: Any) -> Typology:
    """Give a typology as its originator signs it."""
    values: dict[str, Any] = {
        "originator": typology.partition("-")[0],
        "audience": ("KZ", "RU"),
        "handling": Handling("AGG", "ml_tf_risk_assessment"),
        "typology": typology,
        "number": 1,
        "status": TypologyStatus.SHARED,
        "description": Description(
            {"METHOD": ("TM15",)},
            "ru",
            {"ru": Wording("Ставки без игры", "Деньги вносятся на счёт игрока и почти сразу выводятся.")},
        ),
        "codelists": {"CL_METHOD": "1.0.0"},
        "written_at": NOON,
        "created_at": NOON,
    }
    return Typology(**{**values, **changes})


def held(said: Typology, index: int = 1) -> HeldTypology:
    """Give the row of a record."""
    return HeldTypology(
        said.originator, index, sha256_hex(said.to_bytes()), said, sha256_hex(b"envelope"), NOON
    )
