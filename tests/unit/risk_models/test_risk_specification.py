"""The packaged model specification and its card."""

from __future__ import annotations

from decimal import Decimal
from importlib import resources

import pytest

from risk_models.errors import InvalidSpecification
from risk_models.model import register, run
from risk_models.specification import load_spec, parse_spec
from schemas.digest import is_digest
from schemas.registry import LANGUAGES, codelist


def packaged_text(name: str) -> str:
    """The packaged file of a model."""
    return (resources.files("risk_models") / "models" / f"{name}.toml").read_text(encoding="utf-8")


@pytest.fixture
def text() -> str:
    """The packaged file."""
    return packaged_text("cross_border_1")


def test_the_model_has_the_parameters_of_the_methodology() -> None:
    """Beta 1.06, five per cent, 95 % limits, minimum sums of ten and twenty."""
    parameters = load_spec().parameters

    assert (parameters.beta, parameters.significance) == (Decimal("1.06"), Decimal("0.05"))
    assert str(parameters.z).startswith("1.959963984540054235524594430520551527955550077")
    assert (parameters.min_mirror_reports, parameters.min_growth_reports) == (10, 10)
    assert parameters.min_funnel_cases == 20
    assert [measure for _, measure in parameters.stages] == [
        "N_STR",
        "N_DISS",
        "N_INV",
        "N_PROS",
        "N_CONV",
        "N_CONF",
    ]


def test_every_indicator_is_named_and_read_in_every_language() -> None:
    """Each code of the list of indicators is of one model, with a label, a reading, a unit and a direction."""
    indicators = [indicator for spec in register() for indicator in spec.indicators]

    assert sorted(one.id for one in indicators) == sorted(codelist("CL_INDICATOR").ids)
    for indicator in indicators:
        assert set(indicator.labels) == set(indicator.readings) == set(LANGUAGES)
        assert all(reading.endswith(".") for reading in indicator.readings.values())
        assert indicator.direction in {"higher", "lower", "ambiguous"}
        assert indicator.unit


@pytest.mark.parametrize("name", [spec.id for spec in register()])
def test_the_card_says_what_the_model_is_not_for(name: str) -> None:
    """Purpose in every language, out-of-scope uses, limits, and the low class of autonomy."""
    card = load_spec(name).card

    assert card.missing == ()
    assert card.fields["autonomy"] == "low"
    assert set(card.fields["purpose"]) == set(LANGUAGES)
    assert {"en": "naming persons or firms"} in card.fields["out_of_scope"]
    assert len(card.fields["limits"]) >= 3


@pytest.mark.parametrize(
    ("name", "digest"),
    [
        ("cross_border_1", "sha256:fa38519ce15e2e6a2e10399417094c194ff753474e43f2c74948788c1fb9df12"),
        ("early_warning_1", "sha256:1110375331acaca4932e3d477785540fb9937224db99eaec7724db441b67fd9a"),
        ("assessment_1", "sha256:7e4857f7132b078a66bd44ab6c105332954b22bc995378f1e09438aacc39b4ec"),
        ("effectiveness_1", "sha256:e411ad903bfcad1e64e4437b3f4f2975f0ef8766eb9297e8993649de0ac6cdd3"),
        ("detail_assessment_1", "sha256:2c54e46b845e5b20ccd655c021cf8cd25a31b563708ab2a0ec7f2f64e06ec966"),
    ],
)
def test_a_released_version_is_never_edited(name: str, digest: str) -> None:
    """The digest over the content of each specification is pinned here: a change is a new version beside it."""
    assert load_spec(name).digest == digest


def test_the_digest_is_of_the_content_and_not_of_comments(text: str) -> None:
    """A comment changes nothing; a parameter changes the digest."""
    spec = parse_spec(text)

    assert is_digest(spec.digest)
    assert parse_spec(f"# a remark\n{text}").digest == spec.digest
    assert parse_spec(text.replace('"1.06"', '"1.10"')).digest != spec.digest


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('beta = "1.06"', ""),
        ('beta = "1.06"', 'beta = "much"'),
        ('beta = "1.06"', "beta = 1.06"),
        ('id = "D1"', 'id = "Z9"'),
        ('"R33_C"]', '"R33_Z"]'),
        ('en = "Trade gap"\n', ""),
        ("[card]", "[card"),
    ],
)
def test_a_specification_that_contradicts_itself_is_refused(text: str, old: str, new: str) -> None:
    """Absent, wrong, floating, unknown, untranslated, unreadable: one error of this package."""
    assert old in text

    with pytest.raises(InvalidSpecification):
        parse_spec(text.replace(old, new))


def test_an_unknown_model_or_indicator_is_an_error() -> None:
    """Neither is guessed."""
    with pytest.raises(InvalidSpecification, match="no model"):
        load_spec("cross_border_0")
    with pytest.raises(InvalidSpecification, match="does not compute"):
        load_spec().indicator("C2")
    assert load_spec().indicator("B6").labels["en"] == "Trade gap"


def test_a_model_that_nothing_computes_is_refused(text: str) -> None:
    """A specification alone computes nothing; the error names the models there are."""
    spec = parse_spec(text.replace('id = "cross_border_1"', 'id = "cross_border_9"'))

    with pytest.raises(InvalidSpecification, match="early_warning_1"):
        run(spec, [])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('significance = "0.05"', "significance = 0.05"),
        ("least_total = 5", 'least_total = "5"'),
        ('kind = "amounts"', 'kind = "shares"'),
        ('cuts = ["METHOD"]', 'cuts = ["PRODUCT"]'),
        ("judged = 3", "last = 3"),
        ('dataflow = "DETECTED_FLOW"', 'dataflow = "DETECTED"'),
    ],
)
def test_a_warning_specification_that_contradicts_itself_is_refused(old: str, new: str) -> None:
    """A float, a text for a count, an unknown kind, a foreign dimension, a missing length, an unknown dataflow."""
    file = resources.files("risk_models") / "models" / "early_warning_1.toml"
    text = file.read_text(encoding="utf-8")
    assert old in text

    with pytest.raises(InvalidSpecification):
        parse_spec(text.replace(old, new))
