"""The models this node knows: those it computes, and the composites that come with it, each with its card.

Invariants: a card is generated from the specification and from what stands beside it; nothing here computes a figure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from node.errors import NotFound
from node.ports.work import IndicatorRun
from node.services.context import Context
from node.services.indicators import shown
from risk_models import specification_card
from risk_models.card import Card
from risk_models.composite import Composite
from risk_models.composite import card as composite_card
from risk_models.composite import register as composites
from risk_models.specification import ModelSpec


@dataclass(frozen=True, slots=True)
class Model:
    """A model with its card.

    specification: of a model of cells, or of a composite. document: the whole card as plain values. run: the newest
    computation shown, None for a composite, which is run over tables and not by the node's own schedule.
    """

    specification: ModelSpec[Any] | Composite
    document: dict[str, Any]
    run: IndicatorRun | None = None

    @property
    def card(self) -> Card:
        """What people wrote."""
        return self.specification.card

    @property
    def is_composite(self) -> bool:
        """True for a composite."""
        return isinstance(self.specification, Composite)

    @property
    def parameters(self) -> tuple[specification_card.Reasoned, ...]:
        """Every parameter by its reason; a composite has weights and steps instead."""
        given = self.specification
        if isinstance(given, Composite):
            return ()
        return specification_card.by_reason(specification_card.parameters(given))


def computed(ctx: Context) -> tuple[Model, ...]:
    """Give the models that this node computes over the exchange."""
    return tuple(_of_cells(ctx, spec) for spec in ctx.models)


def packaged() -> tuple[Model, ...]:
    """Give the composites that come with the software."""
    return tuple(_composite(one) for one in composites.register())


def model(ctx: Context, model_id: str) -> Model:
    """Give one model; raises NotFound."""
    for spec in ctx.models:
        if spec.id == model_id:
            return _of_cells(ctx, spec)
    for one in composites.register():
        if one.id == model_id:
            return _composite(one)
    known = [*(spec.id for spec in ctx.models), *(one.id for one in composites.register())]
    raise NotFound("There is no such model", detail=model_id[:64], hint=f"One of: {', '.join(known)}.")


def _of_cells(ctx: Context, spec: ModelSpec[Any]) -> Model:
    return Model(spec, specification_card.card_of(spec), shown(ctx, spec.id))


def _composite(one: Composite) -> Model:
    return Model(one, composite_card.card_of(one))
