"""Reading a composite specification: TOML in, `Composite` out, every refusal with its place.

Invariants: nothing is guessed and nothing is ignored; names of inputs, columns and attributes are checked before any
table is read; the largest specification is stated here.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from risk_models.card import Card, read_card
from risk_models.composite.aggregation import Aggregate, check_weights, read_settings
from risk_models.composite.fields import Section, number, refused
from risk_models.composite.imputation import Impute
from risk_models.composite.moments import TIES
from risk_models.composite.naming import check_names
from risk_models.composite.normalisation import Normalise, read_goalposts
from risk_models.composite.screening import Screen
from risk_models.composite.specification import (
    Composite,
    Factor,
    Group,
    Indicator,
    Level,
    ResultShape,
    Step,
    TableShape,
)
from risk_models.composite.timing import Compare
from risk_models.composite.totals import Total
from risk_models.composite.transforms import Bands, Clip, Denominate, Linear, Log, Power, Round
from risk_models.composite.treatment import Treat
from risk_models.exact import working
from schemas.canonical import canonical_json
from schemas.digest import sha256_hex

MOST_BYTES = 1 << 20
MOST_INDICATORS = 2000
MOST_STEPS = 200
STEPS: Mapping[str, Callable[[str, Section], Step]] = {
    "denominate": Denominate.read,
    "impute": Impute.read,
    "screen": Screen.read,
    "treat": Treat.read,
    "log": Log.read,
    "power": Power.read,
    "linear": Linear.read,
    "clip": Clip.read,
    "round": Round.read,
    "bands": Bands.read,
    "compare": Compare.read,
    "normalise": Normalise.read,
    "total": Total.read,
    "aggregate": Aggregate.read,
}


def parse(text: str) -> Composite:
    """Read a specification.

    Raises:
        InvalidSpecification: no TOML, too long, or a field that is absent, unknown or not what it must be.
    """
    if len(text) > MOST_BYTES:
        raise refused("file", f"longer than {MOST_BYTES} characters")
    try:
        document = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as reason:
        raise refused("file", f"no TOML: {reason}") from None
    return parse_document(document)


def parse_document(document: Mapping[str, Any]) -> Composite:
    """Read a specification that is already a document.

    Raises:
        InvalidSpecification: a field is absent, unknown or not what it must be.
    """
    section = Section("", dict(document))
    try:
        with working():
            found = _composite(section, document)
        section.close()
        check_names(found)
    except (TypeError, ValueError, RecursionError) as reason:
        raise refused("file", f"{type(reason).__name__}: {reason}") from None
    return found


def _composite(section: Section, document: Mapping[str, Any]) -> Composite:
    table = _table(section.section("table"))
    indicators = tuple(
        _indicator(one) for one in section.sections("indicators", needed=True, most=MOST_INDICATORS)
    )
    groups = tuple(_group(one) for one in section.sections("groups", most=MOST_INDICATORS))
    sets = _weight_sets(section.section("weights"), groups)
    return Composite(
        id=section.id(),
        version=section.text("version"),
        digest=sha256_hex(canonical_json(document)),
        table=table,
        indicators=indicators,
        groups=groups,
        steps=_steps(section.sections("steps", most=MOST_STEPS), sets),
        weight_sets=sets,
        result=_result(section.section("result"), table, indicators, groups),
        factors=_factors(section.section("sensitivity")),
        labels=_labels(section),
        card=_card(section),
        document=document,
    )


def _table(section: Section) -> TableShape:
    shape = TableShape(
        unit=_unit(section),
        period=section.maybe(section.text, "period"),
        attributes=section.ids("attributes", ()),
        missing=section.ids("missing", ()),
        pairs=section.maybe(section.named_pair, "long"),
        has_commas=section.choice("decimal", ("point", "comma"), "point") == "comma",
    )
    section.close()
    return shape


def _unit(section: Section) -> tuple[str, ...]:
    """One column, or a list of columns that name a pair together."""
    if isinstance(section.raw("unit", "unit"), str):
        return (section.text("unit", "unit"),)
    return section.ids("unit")


def _indicator(section: Section) -> Indicator:
    name = section.id()
    codes = section.section("codes")
    direction = section.choice("direction", ("higher", "lower"), "higher")
    found = Indicator(
        id=name,
        column=section.text("column", name),
        bounds=section.maybe(section.named_pair, "bounds"),
        direction=1 if direction == "higher" else -1,
        scale=section.choice("scale", ("linear", "log"), "linear"),  # type: ignore[arg-type]
        goalposts=read_goalposts(section),
        target=section.maybe(section.decimal, "target"),
        denominator=section.maybe(section.text, "denominator"),
        codes={code: codes.decimal(code) for code in codes.names()},
        missing=section.ids("missing", ()),
        labels=_labels(section),
    )
    section.close()
    return found


def _group(section: Section) -> Group:
    name = section.id()
    settings = read_settings(section)
    found = Group(
        id=name,
        inputs=_inputs(section, may_be_negative=settings.get("method") in ("sum", "product")),
        settings=settings,
        caps=section.ids("caps", ()),
        pairwise=tuple(
            tuple(number(section.at("pairwise"), one) for one in row) for row in section.raw("pairwise", [])
        ),
        labels=_labels(section),
    )
    if found.pairwise and any(len(row) != len(found.inputs) for row in (found.pairwise, *found.pairwise)):
        raise refused(section.at("pairwise"), f"{len(found.inputs)} rows of as many judgements are needed")
    if any(judgement <= 0 for row in found.pairwise for judgement in row):
        raise refused(section.at("pairwise"), "a judgement is a number above zero")
    section.close()
    return found


def _inputs(section: Section, *, may_be_negative: bool) -> dict[str, Any]:
    """A list of names, which weigh the same, or a table of weights by name: of a sum or a product, of any sign."""
    given = section.raw("inputs")
    if isinstance(given, list):
        return dict.fromkeys(section.ids("inputs"), number("", 1))
    weights = section.section("inputs")
    found = {name: weights.decimal(name) for name in weights.names()}
    is_negative = any(weight < 0 for weight in found.values()) and not may_be_negative
    if is_negative or not any(found.values()):
        raise refused(section.at("inputs"), "weights are not negative, and one of them is above zero")
    return found


def _weight_sets(section: Section, groups: Iterable[Group]) -> dict[str, dict[str, dict[str, Any]]]:
    by_id = {group.id: group for group in groups}
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for name in section.names():
        of_set = section.section(name)
        found[name] = {}
        for group in of_set.names():
            weights = of_set.section(group)
            if group not in by_id:
                raise refused(weights.place, "no such group")
            for unknown in set(weights.names()) - set(by_id[group].inputs):
                raise refused(weights.at(unknown), f"no input of {group}")
            found[name][group] = {one: weights.decimal(one) for one in weights.names()}
    return found


def _steps(sections: tuple[Section, ...], sets: Mapping[str, Any]) -> tuple[Step, ...]:
    steps: list[Step] = []
    for section in sections:
        kind = section.choice("do", tuple(STEPS))
        earlier = {step.name for step in steps}
        name = section.text("name", kind if kind not in earlier else f"{kind}_{len(steps) + 1}")
        if name in earlier:
            raise refused(section.at("name"), f"two steps are called {name}")
        step = STEPS[kind](name, section)
        if isinstance(step, Aggregate):
            check_weights(section.at("weights"), step.manner.weights, sets)
        section.close()
        steps.append(step)
    return tuple(steps)


def _result(
    section: Section, table: TableShape, indicators: tuple[Indicator, ...], groups: tuple[Group, ...]
) -> ResultShape:
    used = {name for group in groups for name in (*group.inputs, *group.caps)}
    tops = tuple(group.id for group in groups if group.id not in used)
    shape = ResultShape(
        scores=section.ids("scores", tops or tuple(one.id for one in indicators)),
        is_descending=section.choice("rank", ("descending", "ascending"), "descending") == "descending",
        ties=section.choice("ties", TIES, "min"),  # type: ignore[arg-type]
        within=section.ids("within", (table.period,) if table.period else ()),
        levels=tuple(_level(one) for one in section.sections("levels", most=100)),
    )
    section.close()
    return shape


def _level(section: Section) -> Level:
    name = section.text("name")
    below, up_to = section.maybe(section.decimal, "below"), section.maybe(section.decimal, "up_to")
    if below is not None and up_to is not None:
        raise refused(section.place, "one of `below` and `up_to`, or neither for the last level")
    labels = _labels(section)
    section.close()
    return Level(name, up_to if below is None else below, is_included=below is None, labels=labels)


def _labels(section: Section) -> dict[str, str]:
    labels = section.section("labels")
    return {language: labels.text(language) for language in labels.names()}


def _card(section: Section) -> Card:
    section.section("card")
    return read_card(section.raw("card", {}))


def _factors(section: Section) -> tuple[Factor, ...]:
    found = tuple(_factor(one) for one in section.sections("factors", most=12))
    section.close()
    return found


def _factor(section: Section) -> Factor:
    name = section.id()
    places = [place for place in ("step", "group", "indicator") if place in section]
    if len(places) > 1:
        raise refused(section.place, "a factor varies one step, one group, one indicator or the cells")
    place = places[0] if places else "cells"
    choices = tuple(section.raw("choices", [] if places else [{"end": "lower"}, {"end": "upper"}]))
    if not 2 <= len(choices) <= 100 or not all(isinstance(one, dict) for one in choices):  # noqa: PLR2004 - a choice
        raise refused(section.at("choices"), "2 to 100 tables of fields are needed")
    target = section.text(place) if places else ""
    section.close()
    return Factor(name, place, target, choices)  # type: ignore[arg-type]
