"""How figures come about, for people's own tools: the indicators as their functions describe them, the models' cards.

* Descriptions are in English, the language they are written in; names are in all languages.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path

from node.access import Action
from node.api.dependencies import context
from node.api.routing import Entry, family
from node.api.session import require
from node.services import models as register
from node.services.context import Context
from node.services.models import Model
from node.services.views import methods as views
from risk_models.indicators.catalogue import Described

Name = Annotated[str, Path(max_length=64)]


def routes() -> APIRouter:
    """Give the routes."""
    rule = require(Action.READ_DASHBOARD)
    return family(
        "methods",
        (
            Entry("GET", "/methods", methods, rule, "The indicators and what they say", more=_shown(_LIST)),
            Entry("GET", "/methods/{indicator}", method, rule, "An indicator in full", more=_shown(_METHOD)),
            Entry("GET", "/models", models, rule, "The register of models", more=_shown(_REGISTER)),
            Entry("GET", "/models/{model}", card, rule, "A model's card"),
        ),
    )


def methods(*, ctx: Context = Depends(context)) -> dict[str, Any]:
    """Give every indicator with its sentence and the model that computes it here, null if none does."""
    lines = views.methods(ctx).lines
    return {
        "methods": [
            {
                "id": line.indicator,
                "family": line.family,
                "says": [one.sentence for one in line.functions] or _stated(line),
                "model": line.model_id or None,
            }
            for line in lines
        ]
    }


def method(*, indicator: Name, ctx: Context = Depends(context)) -> dict[str, Any]:
    """Give definition, unit, direction, minimum, treatment of withheld cells, source, example, and the thresholds."""
    page = views.method_page(ctx, indicator)
    return {
        "id": page.line.indicator,
        "family": page.line.family,
        "functions": [_function(one) for one in page.line.functions],
        "model": None if page.model is None else {"id": page.model.id, "digest": page.model.digest},
        "parameters": {one.name: one.value for _, given in page.parameters for one in given},
        "figures": page.figures,
        "signals": page.signals,
    }


def models(*, ctx: Context = Depends(context)) -> dict[str, Any]:
    """Give the models that this node computes, and the composites that come with the software."""
    return {
        "computed": [_line(one) for one in register.computed(ctx)],
        "packaged": [_line(one) for one in register.packaged()],
    }


def card(*, model: Name, ctx: Context = Depends(context)) -> dict[str, Any]:
    """Give the card: what people wrote, and what the specification says."""
    return register.model(ctx, model).document


def _function(one: Described) -> dict[str, str]:
    return {
        "name": one.name,
        "says": one.sentence,
        **{part.lower(): text for part, text in one.parts.items()},
    }


def _stated(line: views.MethodLine) -> list[str]:
    """Give what the specification says of an indicator that only a model defines."""
    return [] if line.stated is None else [line.stated.readings["en"]]


def _line(one: Model) -> dict[str, Any]:
    spec = one.specification
    labels: Mapping[str, str] = spec.labels
    return {"id": spec.id, "version": spec.version, "digest": spec.digest, "labels": dict(labels)}


def _shown(example: Any) -> tuple[tuple[str, Any], ...]:
    """Give what the description shows as an answer."""
    return (("responses", {200: {"content": {"application/json": {"example": example}}}}),)


_SAYS = "A corridor's share of all flows that its reporter sends (or receives) in one direction."
_DIGEST = "sha256:" + "fa" * 32
_LIST = {"methods": [{"id": "B1", "family": "B", "says": [_SAYS], "model": "cross_border_1"}]}
_METHOD = {
    "id": "B1",
    "family": "B",
    "functions": [
        {
            "name": "corr_share",
            "says": _SAYS,
            "definition": "w_ij / sum_j w_ij.",
            "unit": "share, 0 to 1.",
            "direction": "higher is more exposed.",
        }
    ],
    "model": {"id": "cross_border_1", "digest": _DIGEST},
    "parameters": {"corridor_measures": "N_STR, V_TXN, V_DECL"},
    "figures": 120,
    "signals": 0,
}
_LABELS = {"ru": "Трансграничный риск", "kk": "Трансшекаралық тәуекел", "en": "Cross-border risk"}
_REGISTER = {
    "computed": [{"id": "cross_border_1", "version": "1.0.0", "digest": _DIGEST, "labels": _LABELS}],
    "packaged": [],
}
