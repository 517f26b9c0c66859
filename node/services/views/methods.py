"""Methods: every indicator as its functions describe it, which model computes it, and what it found here.

Invariants: the descriptions are those of the functions and nothing is added; an indicator that only a model defines has
the words of its specification; thresholds are those of the specification that this node computes with; a family that
has no indicator is not offered.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from node.errors import NotFound
from node.ports.work import IndicatorRun
from node.services import results as computed
from node.services.context import Context
from node.services.indicators import shown
from node.services.results import Result
from node.services.rows import among, having
from risk_models.indicators.catalogue import Described, described
from risk_models.specification import Indicator, ModelSpec
from risk_models.specification_card import Reasoned, by_reason, parameters

SHOWN_AT_MOST = 12
_ORDER = ("TIME_PERIOD", "REF_AREA", "COUNTERPART_AREA", "FACET")


@dataclass(frozen=True, slots=True)
class MethodLine:
    """One indicator of the list: the functions that describe it, and the model that computes it here ("" if none).

    stated: what the model's specification says of it, None if none computes it. One of both there always is.
    """

    indicator: str
    functions: tuple[Described, ...]
    model_id: str
    stated: Indicator | None

    @property
    def family(self) -> str:
        """The letter before the number."""
        return self.indicator[0]


@dataclass(frozen=True, slots=True)
class Methods:
    """The list, of one family or of all (`family` ""). families: all there are; computed: how many indicators are."""

    lines: tuple[MethodLine, ...]
    families: tuple[str, ...]
    family: str
    found: int
    computed: int


@dataclass(frozen=True, slots=True)
class MethodPage:
    """One indicator in full.

    model, run: what computes it and its newest computation, if any. parameters: those it hangs on, by their reasons.
    figures: how many values it has there; signals: how many of its figures signal; newest: the first values, the newest
    period first, or, where there is none, the figures that say why. before, after: its neighbours in the list.
    """

    line: MethodLine
    model: ModelSpec[Any] | None
    run: IndicatorRun | None
    parameters: tuple[Reasoned, ...]
    figures: int
    signals: int
    newest: tuple[Result, ...]
    before: str
    after: str


def methods(ctx: Context, family: str = "") -> Methods:
    """Give the indicators of a family, or of all families if there is no such one."""
    lines = _lines(ctx)
    families = tuple(dict.fromkeys(line.family for line in lines))
    chosen = family if family in families else ""
    return Methods(
        lines=tuple(line for line in lines if chosen in {"", line.family}),
        families=families,
        family=chosen,
        found=len(lines),
        computed=sum(bool(line.model_id) for line in lines),
    )


def method_page(ctx: Context, indicator: str) -> MethodPage:
    """Give one indicator; raises NotFound."""
    lines = _lines(ctx)
    names = [line.indicator for line in lines]
    if indicator not in names:
        raise NotFound(
            "There is no such indicator", detail=indicator[:32], hint="Choose one in the list of methods."
        )
    place = names.index(indicator)
    line = lines[place]
    spec = next((one for one in ctx.models if one.id == line.model_id), None)
    figures, signals, newest = _found(ctx, line)
    return MethodPage(
        line=line,
        model=spec,
        run=shown(ctx, spec.id) if spec else None,
        parameters=by_reason(parameters(spec, indicator)) if spec else (),
        figures=figures,
        signals=signals,
        newest=newest,
        before=names[place - 1] if place else "",
        after=names[place + 1] if place + 1 < len(names) else "",
    )


def _lines(ctx: Context) -> tuple[MethodLine, ...]:
    """What functions describe and what models compute, by family and number."""
    functions: dict[str, list[Described]] = {}
    for entry in described():
        functions.setdefault(entry.indicator, []).append(entry)
    stated = {one.id: (model.id, one) for model in ctx.models for one in model.indicators}
    return tuple(
        MethodLine(name, tuple(functions.get(name, ())), *stated.get(name, ("", None)))
        for name in sorted({*functions, *stated}, key=lambda name: (name[0], int(name[1:])))
    )


def _found(ctx: Context, line: MethodLine) -> tuple[int, int, tuple[Result, ...]]:
    """How many values there are, how many figures signal, and the newest."""
    results = computed.table(ctx, line.model_id) if line.model_id else None
    if results is None:
        return 0, 0, ()
    found = having(results, "INDICATOR", line.indicator)
    valued = having(found, "STATUS", computed.OK)
    signals = among(found, "SIGNAL", tuple(computed.SIGNALS)).num_rows
    return valued.num_rows, signals, _newest(valued if valued.num_rows else found)


def _newest(found: pa.Table) -> tuple[Result, ...]:
    """Only the rows that are shown are read in full: an indicator may have thousands."""
    ordered = found.sort_by([(_ORDER[0], "descending"), *((name, "ascending") for name in _ORDER[1:])])
    return tuple(computed.result(row) for row in ordered.slice(0, SHOWN_AT_MOST).to_pylist())
