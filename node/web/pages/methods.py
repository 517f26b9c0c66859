"""How every figure comes about: the indicators with their definitions, and the models with their cards."""

from __future__ import annotations

from starlette.responses import Response

from node.access import Action
from node.services import models
from node.services.views.methods import method_page, methods
from node.web.surface import Page, Surface
from node.web.visit import Visit


def methods_page(surface: Surface, visit: Visit) -> Response:
    """Every indicator in a sentence; the family stands in the address."""
    return surface.show(
        visit, "methods.html", view=methods(surface.ctx, family=visit.query.get("family", ""))
    )


def one_method(surface: Surface, visit: Visit) -> Response:
    """One indicator in full."""
    return surface.show(
        visit, "method.html", view=method_page(surface.ctx, visit.request.path_params["indicator"])
    )


def models_page(surface: Surface, visit: Visit) -> Response:
    """The register of models."""
    return surface.show(
        visit, "models.html", computed=models.computed(surface.ctx), packaged=models.packaged()
    )


def model_page(surface: Surface, visit: Visit) -> Response:
    """The card of one model."""
    return surface.show(
        visit, "model.html", view=models.model(surface.ctx, visit.request.path_params["model_id"])
    )


PAGES = (
    Page("/methods", "GET", Action.READ_DASHBOARD, methods_page),
    Page("/methods/models", "GET", Action.READ_DASHBOARD, models_page),
    Page("/methods/models/{model_id}", "GET", Action.READ_DASHBOARD, model_page),
    Page("/methods/{indicator}", "GET", Action.READ_DASHBOARD, one_method),
)
