"""Momentum, confidence, card and the three layers of an explanation."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from risk_models.card import FIELDS
from risk_models.composite import parse, run
from risk_models.composite.bounds import RankInterval
from risk_models.composite.card import card_of, card_text
from risk_models.composite.coherence import influences, pairs
from risk_models.composite.confidence import confidence
from risk_models.composite.explanation import explanation
from risk_models.composite.momentum import momentum
from risk_models.composite.register import packaged, register
from risk_models.composite.shapley import explain
from risk_models.errors import InvalidInput
from schemas.interval import Interval
from tests.support.composites import composite, table

MEAN = '[[groups]]\nid = "g"\ninputs = { a = 1, b = 1 }\n[[steps]]\ndo = "aggregate"\n'


def test_a_change_is_divided_into_method_revision_and_data() -> None:
    """By hand: (4+8)/2 = 6; weights 3 to 1 give 5; a revised to 6 gives 6.5; now b is 12 gives 7.5."""
    earlier = composite(MEAN, columns="ab")
    current = composite(MEAN.replace("a = 1", "a = 3"), columns="ab")
    (found,) = momentum(
        earlier,
        current,
        "g",
        published=table(a=[4], b=[8]),
        revised=table(a=[6], b=[8]),
        now=table(a=[6], b=[12]),
    )

    assert (found.before, found.now) == (6, Decimal("7.5"))
    assert (found.method, found.revision, found.data) == (-1, Decimal("1.5"), 1)


def test_a_unit_that_was_not_there_has_no_momentum() -> None:
    """Nothing is compared with nothing."""
    model = composite(MEAN, columns="ab")
    then, now = table(a=[4], b=[8]), table(unit=["u1", "u2"], a=[4, 5], b=[8, 5])

    assert [one.unit for one in momentum(model, model, "g", published=then, revised=then, now=now)] == ["u1"]


@pytest.mark.parametrize(
    ("bounds", "ranks", "covered", "expected"),
    [
        ((50, 50), (1, 1), "0.95", "A"),
        ((50, 50), (1, 2), "0.95", "B"),
        ((50, 50), (2, 4), "1", "C"),
        ((50, 50), (1, 4), "1", "D"),
        ((50, 50), (1, 1), "0.8", "B"),
        ((50, 50), (1, 1), "0.5", "C"),
        ((50, 50), (1, 1), "0.49", "D"),
        ((40, 60), (1, 1), "1", "C"),
    ],
)
def test_confidence_is_the_worst_of_three_grades(
    bounds: tuple[int, int], ranks: tuple[int, int], covered: str, expected: str
) -> None:
    """G10: interval, ranks possible (1 A, 2 B, 3 C), coverage (0.9 A, 0.75 B, 0.5 C)."""
    interval = Interval(Decimal(bounds[0]), Decimal(bounds[1]))

    assert confidence(interval, RankInterval(*ranks), Decimal(covered)) == expected


@pytest.mark.parametrize("model", register(), ids=lambda model: model.id)
def test_every_packaged_composite_has_a_whole_card(model: object) -> None:
    """No field is left out, and none is made up."""
    assert model.card.missing == ()  # type: ignore[attr-defined]
    assert set(FIELDS) <= set(card_of(model))  # type: ignore[arg-type]


def test_a_card_says_what_the_specification_says() -> None:
    """Weights, steps and levels are read off; what nobody wrote is shown as missing."""
    text = card_text(packaged("country_risk_1"), "en")

    assert "- risk: threat 0.4, vulnerability 0.4, consequence 0.2" in text
    assert "- aggregate (method geometric, least_weight 2/3)" in text
    assert "- name low, up_to 25" in text
    assert "not stated" in card_text(composite(MEAN, columns="ab"), "ru")
    with pytest.raises(ValueError, match="none of"):
        card_text(packaged("country_risk_1"), "fr")


def test_a_score_is_told_in_every_language_with_what_moved_it() -> None:
    """Level, rank, grade, contributions, momentum; the names that the specification gives."""
    labels = 'labels = { ru = "первый", kk = "бірінші", en = "the first" }'
    model = composite(MEAN, indicators=f'[[indicators]]\nid = "a"\n{labels}\n[[indicators]]\nid = "b"\n')
    given = table(a=[4, 0, 0], b=[8, 2, 2])
    (moved, *_) = momentum(model, model, "g", published=given, revised=given, now=given)
    found = explanation(model, given, "u1", "g", moved=moved)

    assert found.sentences(model, "en") == (
        "u1: 6.",
        "Rank 1 of 3.",
        "Confidence grade A.",
        "Against the median (1) most of the difference comes from: b +3, the first +2.",
        "Since last time 0: method 0, revision 0, data 0.",
    )
    assert "первый +2" in found.sentences(model, "ru")[3]
    assert "бірінші +2" in found.sentences(model, "kk")[3]

    wide = replace(found, interval=Interval(Decimal("22.2"), Decimal("49.6")))
    assert wide.sentences(model, "en")[0] == "u1: 22.2\u201349.6."
    assert wide.sentences(model, "ru")[0] == "u1: 22,2\u201349,6."
    around = replace(found, interval=Interval(Decimal("-1.5"), Decimal(2)))
    assert around.sentences(model, "kk")[0] == "u1: -1,5 … 2."
    assert replace(found, interval=Interval(Decimal(3), None)).sentences(model, "en")[0] == "u1: ≥\u00a03."


def test_the_trace_holds_every_column_after_every_step() -> None:
    """The third layer: from the cells read to the score."""
    model = composite(f'[[steps]]\ndo = "linear"\nadd = 1\n{MEAN}', columns="ab")
    found = explanation(model, table(a=[4], b=[8]), "u1", "g").to_document()

    assert found["trace"] == {
        "table": {"a": "4", "b": "8"},
        "linear": {"a": "5", "b": "9"},
        "aggregate": {"a": "5", "b": "9", "g": "7"},
    }


def test_one_period_of_a_panel_is_explained() -> None:
    """Against the units of the same period."""
    panel = '[table]\nperiod = "year"\n[[indicators]]\nid = "a"\n[[indicators]]\nid = "b"\n'
    model = composite(MEAN, indicators=panel)
    given = table(unit=["A", "B", "A"], year=[1, 1, 2], a=[4, 0, 9], b=[8, 2, 9])

    assert explanation(model, given, "A", "g", period="1").explained.baseline == Decimal("3.5")
    with pytest.raises(InvalidInput, match="no row of B in 2"):
        explanation(model, given, "B", "g", period="2")


def test_a_group_that_a_later_step_changed_is_one_input() -> None:
    """Turned controls are explained as they entered, not as they were computed."""
    steps = (
        '[[groups]]\nid = "controls"\ninputs = ["a", "b"]\n[[groups]]\nid = "top"\ninputs = ["controls", "c"]\n'
        '[[steps]]\ndo = "aggregate"\ninto = ["controls"]\n'
        '[[steps]]\ndo = "linear"\nof = ["controls"]\nmultiply = -1\nadd = 100\n'
        '[[steps]]\ndo = "aggregate"\nname = "last"\ninto = ["top"]\n'
    )
    model = composite(steps, columns="abc")
    found = explain(model, run(model, table(a=[20, 40], b=[40, 60], c=[10, 30])).frame, 0, "top")

    assert [(one.name, one.value, one.points, one.parts) for one in found.contributions] == [
        ("controls", 70, 5, ()),
        ("c", 10, -5, ()),
    ]


@pytest.mark.parametrize(("unit", "score", "why"), [("u9", "g", "no row of u9"), ("u1", "h", "u1 has no h")])
def test_what_is_not_there_cannot_be_explained(unit: str, score: str, why: str) -> None:
    """The refusal says what is missing."""
    with pytest.raises(InvalidInput, match=why):
        explanation(composite(MEAN, columns="ab"), table(a=[1], b=[2]), unit, score)


def test_a_missing_input_adds_nothing() -> None:
    """The other inputs stand for it: by hand, a is 1 and its median 1.5; a unit without a score is refused."""
    model = composite(MEAN.replace('"aggregate"', '"aggregate"\nleast_weight = 0'), columns="ab")
    given = table(a=[1, 2, None], b=[None, 2, None])

    found = explanation(model, given, "u1", "g").explained

    assert [(one.name, one.points) for one in found.contributions] == [("a", Decimal("-0.5"))]
    assert (found.baseline, found.value) == (Decimal("1.5"), 1)
    with pytest.raises(InvalidInput, match="it is missing"):
        explain(model, run(model, given).frame, 2, "g")


def test_thirteen_inputs_are_too_many_for_all_subsets() -> None:
    """Twelve can be explained exactly; more are refused, not sampled."""
    names = [f"i{place}" for place in range(13)]
    model = parse(
        'id = "m"\nversion = "1"\n'
        + "".join(f'[[indicators]]\nid = "{name}"\n' for name in names)
        + f'[[groups]]\nid = "g"\ninputs = {names}\n[[steps]]\ndo = "aggregate"\n'
    )

    with pytest.raises(InvalidInput, match="13 inputs; at most 12"):
        explain(model, run(model, table(**{name: [1] for name in names})).frame, 0, "g")


def test_inputs_that_say_the_same_are_found() -> None:
    """By hand: b is twice a, c falls as a rises; the mean of a, b and c goes with a and against c."""
    model = composite(
        '[[groups]]\nid = "g"\ninputs = ["a", "b", "c"]\n[[steps]]\ndo = "aggregate"\n', columns="abc"
    )
    frame = run(model, table(a=[1, 2, 3], b=[2, 4, 6], c=[3, 2, 1])).frame
    found = {(one.one, one.other): one for one in pairs(model, frame)}
    effects = {one.input: one for one in influences(model, frame)}

    assert found["a", "b"].is_redundant
    assert round(found["a", "c"].correlation or 0, 20) == -1
    assert round(effects["a"].effect or 0, 20) == 1
    assert [name for name, one in effects.items() if one.pulls_against] == ["c"]


def test_too_few_rows_have_no_correlation() -> None:
    """Two points always lie on a line."""
    model = composite(MEAN, columns="ab")

    assert [one.correlation for one in pairs(model, run(model, table(a=[1, 2], b=[2, 4])).frame)] == [None]
