"""What the federation knows: overview, corridors, members, exchange, and the way to every number's source."""

from __future__ import annotations

from starlette.responses import Response

from exchange.typology_wording import METHOD
from node.access import Action
from node.services.views.assessment import assessment
from node.services.views.corridor import corridor
from node.services.views.corridors import corridors
from node.services.views.coverage import coverage
from node.services.views.details import details
from node.services.views.exchange import exchange_status
from node.services.views.figures import indicator_figure
from node.services.views.member import member
from node.services.views.momentum import momenta
from node.services.views.overview import overview
from node.services.views.register import naming
from node.services.views.reviews import beside_all
from node.services.views.since import last_visit
from node.services.views.standing import roll
from node.services.views.typologies import typologies, typology
from node.services.views.warnings import warning, warnings
from node.web.surface import Page, Surface, go
from node.web.visit import Visit


def overview_page(surface: Surface, visit: Visit) -> Response:
    """One page for the head of a unit."""
    began = visit.person.session.created_at if visit.person else visit.now
    before = last_visit(surface.ctx, visit.account.login, began)
    view = overview(surface.ctx, visit.actor, visit.now, last_visit=before)
    return surface.show(visit, "overview.html", view=view)


def corridors_page(surface: Surface, visit: Visit) -> Response:
    """The matrix; what is chosen stands in the address."""
    view = corridors(surface.ctx, dataflow=visit.query.get("dataflow", ""), wanted=visit.query, now=visit.now)
    return surface.show(visit, "corridors.html", view=view)


def corridor_page(surface: Surface, visit: Visit) -> Response:
    """One corridor from both ends."""
    path = visit.request.path_params
    view = corridor(
        surface.ctx,
        path["area"],
        path["counterpart"],
        dataflow=visit.query.get("dataflow", ""),
        wanted=visit.query,
        now=visit.now,
    )
    return surface.show(visit, "corridor.html", view=view)


def typologies_page(surface: Surface, visit: Visit) -> Response:
    """All typologies by member; what is chosen stands in the address."""
    view = typologies(
        surface.ctx, dataflow=visit.query.get("dataflow", ""), wanted=visit.query, now=visit.now
    )
    return surface.show(visit, "typologies.html", view=view)


def typology_page(surface: Surface, visit: Visit) -> Response:
    """One typology: trend, specialisation, spread."""
    view = typology(
        surface.ctx,
        visit.request.path_params["code"],
        dataflow=visit.query.get("dataflow", ""),
        wanted=visit.query,
        now=visit.now,
    )
    described = naming(surface.ctx, METHOD, view.code)
    return surface.show(visit, "typology.html", view=view, described=described)


def own_member(surface: Surface, visit: Visit) -> Response:
    """Begin with the node's own member, in the choice and language that were asked for."""
    return go(surface.renderer.address(f"/members/{surface.ctx.member}", **visit.query))


def member_page(surface: Surface, visit: Visit) -> Response:
    """What one member shared and what follows from it."""
    view = member(
        surface.ctx, visit.request.path_params["code"], visit.now, facet=visit.query.get("facet", "")
    )
    return surface.show(visit, "member.html", view=view, members=roll(surface.ctx, visit.now).members)


def coverage_page(surface: Surface, visit: Visit) -> Response:
    """What was released for which period; what is chosen stands in the address."""
    return surface.show(visit, "coverage.html", view=coverage(surface.ctx, visit.query, visit.now))


def exchange_page(surface: Surface, visit: Visit) -> Response:
    """How the exchange with each peer stands."""
    return surface.show(visit, "exchange.html", view=exchange_status(surface.ctx, visit.now))


def figure_page(surface: Surface, visit: Visit) -> Response:
    """One computed figure with its formula and its inputs."""
    return surface.show(visit, "figure.html", view=indicator_figure(surface.ctx, visit.query, visit.now))


def warnings_page(surface: Surface, visit: Visit) -> Response:
    """The series that alarm, the most serious first; what is chosen stands in the address."""
    return surface.show(visit, "warnings.html", view=warnings(surface.ctx, visit.query, visit.now))


def warning_page(surface: Surface, visit: Visit) -> Response:
    """One series with its alarms and what each detector says."""
    return surface.show(visit, "warning.html", view=warning(surface.ctx, visit.query, visit.now))


def details_page(surface: Surface, visit: Visit) -> Response:
    """Every corridor, typology or sector with its score; kind and year stand in the address."""
    return surface.show(visit, "details.html", view=details(surface.ctx, visit.query, visit.now))


def assessment_page(surface: Surface, visit: Visit) -> Response:
    """Every member with its level; the year stands in the address."""
    view = assessment(surface.ctx, visit.query, visit.now)
    return surface.show(visit, "assessment.html", view=view, reviews=beside_all(surface.ctx, view))


def momentum_page(surface: Surface, visit: Visit) -> Response:
    """What moved the scores since an earlier computation, which stands in the address."""
    return surface.show(visit, "momentum.html", view=momenta(surface.ctx, visit.query, visit.now))


PAGES = (
    Page("/", "GET", Action.READ_DASHBOARD, overview_page),
    Page("/corridors", "GET", Action.READ_DASHBOARD, corridors_page),
    Page("/corridors/{area}/{counterpart}", "GET", Action.READ_DASHBOARD, corridor_page),
    Page("/typologies", "GET", Action.READ_DASHBOARD, typologies_page),
    Page("/typologies/{code}", "GET", Action.READ_DASHBOARD, typology_page),
    Page("/members", "GET", Action.READ_DASHBOARD, own_member),
    Page("/members/{code}", "GET", Action.READ_DASHBOARD, member_page),
    Page("/warnings", "GET", Action.READ_DASHBOARD, warnings_page),
    Page("/warnings/series", "GET", Action.READ_DASHBOARD, warning_page),
    Page("/coverage", "GET", Action.READ_DASHBOARD, coverage_page),
    Page("/assessment", "GET", Action.READ_DASHBOARD, assessment_page),
    Page("/assessment/details", "GET", Action.READ_DASHBOARD, details_page),
    Page("/assessment/momentum", "GET", Action.READ_DASHBOARD, momentum_page),
    Page("/exchange", "GET", Action.READ_EXCHANGE, exchange_page),
    Page("/figure", "GET", Action.READ_DASHBOARD, figure_page),
)
