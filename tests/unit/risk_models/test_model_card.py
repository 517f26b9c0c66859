"""Model cards: one form for every kind of model, read strictly, with a reason for every parameter."""

from __future__ import annotations

from typing import Any

import pytest

from risk_models.card import FIELDS, Card, only_english, packaged_beside, read_card
from risk_models.card_writing import as_text
from risk_models.composite.register import register as composites
from risk_models.errors import InvalidSpecification
from risk_models.model import register
from risk_models.specification import ModelSpec
from risk_models.specification_card import card_of, parameters

MODELS = [pytest.param(spec, id=spec.id) for spec in register()]


@pytest.mark.parametrize("spec", MODELS)
def test_every_field_of_a_model_s_card_is_filled_in(spec: ModelSpec[Any]) -> None:
    """As for composites: nothing is left unsaid."""
    assert spec.card.missing == ()


@pytest.mark.parametrize("spec", MODELS)
def test_every_parameter_has_its_reason_and_every_reason_its_parameter(spec: ModelSpec[Any]) -> None:
    """And names indicators of the model."""
    given = parameters(spec)
    names = {part for one in given for part in (one.name.split(".")[0], one.name.split(".")[-1])}
    ids = {one.id for one in spec.indicators}

    assert [one.name for one in given if one.note is None] == []
    assert sorted(set(spec.card.notes) - names) == []
    assert sorted({one for note in spec.card.notes.values() for one in note.indicators} - ids) == []


def test_the_parameters_of_one_indicator_are_those_it_hangs_on() -> None:
    """A window is of the change point, a ratio of the trade gap."""
    cross, warning = (
        next(spec for spec in register() if spec.id == name) for name in ("cross_border_1", "early_warning_1")
    )

    assert [(one.name, one.value) for one in parameters(cross, "B6")] == [("beta", "1.06")]
    assert ("lengths.M.window", "24") in [(one.name, one.value) for one in parameters(warning, "E9")]
    assert "farrington.z" not in [one.name for one in parameters(warning, "E9")]


def test_a_card_beside_a_specification_moves_no_digest() -> None:
    """What is said later is not in the specification; a model without anything beside it has an empty one."""
    assert packaged_beside("cross_border_1").fields["validation"]
    assert packaged_beside("nobody") == Card()


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ({"aim": "x"}, "aim: no such field"),
        ({"purpose": ""}, "purpose: a text is needed"),
        ({"purpose": {"ru": "Ж", "en": "a"}}, "purpose: a text is needed"),
        ({"purpose": {"ru": "Ж", "kk": " ", "en": "a"}}, "purpose: a text is needed"),
        ({"limits": "one"}, "limits: a list of texts is needed"),
        ({"benchmarks": "BM-01"}, "benchmarks: a list of words is needed"),
        ({"risk": "small"}, "risk: 'small' is none of minimum, medium, high"),
        ({"owner": 1}, "owner: 1 is none of a word"),
        ({"parameters": "x"}, "parameters: a table of parameters is needed"),
        ({"parameters": {"beta": {"reason": "x"}}}, "parameters.beta: a `reason` and `of`"),
    ],
)
def test_a_card_that_is_not_of_the_form_is_refused_with_its_place(written: dict[str, Any], why: str) -> None:
    """Unknown, empty, half translated, of another kind."""
    with pytest.raises(InvalidSpecification) as refusal:
        read_card(written)

    assert why in (refusal.value.detail or "")


def test_a_field_is_said_once() -> None:
    """What stands beside a specification does not contradict it."""
    with pytest.raises(InvalidSpecification, match="card"):
        read_card({"purpose": "one"}).beside(read_card({"purpose": "another"}))


def test_what_is_written_in_english_alone_is_left_to_the_catalogues() -> None:
    """Texts in every language, words and codes are not."""
    card = read_card(
        {
            "purpose": {"ru": "Ж", "kk": "Ң", "en": "a"},
            "inputs": "cells",
            "limits": ["few", "old"],
            "risk": "medium",
            "parameters": {"beta": {"reason": "usual", "of": ["B6"]}},
        }
    )

    assert list(only_english(card)) == ["cells", "few", "old", "usual"]
    assert card.missing[:2] == ("out_of_scope", "autonomy")


@pytest.mark.parametrize("language", ["ru", "kk", "en"])
def test_a_card_is_written_as_text(language: str) -> None:
    """Under the model's name in the language; every field has a heading."""
    for spec in register():
        text = as_text(card_of(spec), language)
        assert text.startswith(f"# {spec.labels[language]}\n")
        assert all(f"\n## {name}\n" in text for name in FIELDS)
        assert "not stated" not in text
        assert spec.card.fields["purpose"][language] in text


def test_composites_and_models_of_cells_have_the_same_fields() -> None:
    """One form."""
    of_cells = {*card_of(register()[0])}

    assert set(FIELDS) <= of_cells
    assert all(set(one.card.fields) == set(FIELDS) for one in composites())
