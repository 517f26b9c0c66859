"""The figures of the effectiveness models, from all that was observed."""

from __future__ import annotations

from collections.abc import Iterator

from risk_models.effectiveness.chains import chain_figures, recovery_figures
from risk_models.effectiveness.parameters import EffectivenessParameters
from risk_models.effectiveness.reporting import reporting_figures, request_figures
from risk_models.figures import Figure
from risk_models.observations import Observations


def effectiveness_figures(seen: Observations, parameters: EffectivenessParameters) -> Iterator[Figure]:
    """Yield chains beside the region's, recovered value, reports beside exposure, and requests from abroad."""
    yield from chain_figures(seen, parameters)
    yield from recovery_figures(seen, parameters)
    yield from reporting_figures(seen, parameters)
    yield from request_figures(seen, parameters)
