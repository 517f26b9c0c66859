"""The strict reader: every fault is named with its place."""

from __future__ import annotations

import re
from collections.abc import Callable

import pyarrow as pa
import pytest

from risk_models.composite import Composite, parse, run
from risk_models.composite.aggregation import FRONTIER
from risk_models.composite.bounds import bounded
from risk_models.composite.explanation import explanation
from risk_models.composite.imputation import METHODS as IMPUTATIONS
from risk_models.composite.means import MEANS
from risk_models.composite.moments import TIES
from risk_models.composite.normalisation import METHODS as NORMALISATIONS
from risk_models.composite.outranking import OUTRANKINGS
from risk_models.composite.reading import MOST_BYTES, STEPS
from risk_models.composite.register import packaged, register
from risk_models.composite.sensitivity import sensitivity
from risk_models.composite.totals import TOTALS
from risk_models.composite.treatment import TRANSFORMS
from risk_models.composite.weighting import NAMED
from risk_models.errors import InvalidInput, InvalidSpecification
from schemas.registry import LANGUAGES
from tests.arch.source import ROOT
from tests.support.composites import column, composite, rounded, rows_by, table

PLAIN = 'id = "m"\nversion = "1.0.0"\n[[indicators]]\nid = "x"\n'


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ('card = "x"', "indicators[0].card: no such field here"),
        ("[sensitivity]\nruns = 5", "sensitivity.runs: no such field here"),
        ('colour = "red"', "indicators[0].colour: no such field here"),
        ("goalposts = [0.1, 1]", "indicators[0].goalposts[0]: 0.1 is no number; write"),
        ("goalposts = [1, 1]", "indicators[0].goalposts: the lower goalpost comes first"),
        ('goalposts = ["p101", 1]', "indicators[0].goalposts[0]: a percentile"),
        ('direction = "up"', "indicators[0].direction: 'up' is none of higher, lower"),
        ('[[groups]]\nid = "g"\ninputs = ["y"]', "groups.g: there is no y here"),
        ('[[groups]]\nid = "x"\ninputs = ["x"]', "groups: x stands twice"),
        ('[[groups]]\nid = "g"\ninputs = { x = -1 }', "groups[0].inputs: weights are not negative"),
        ('[[groups]]\nid = "g"\ninputs = ["g"]', "groups.g: it feeds itself: g"),
        ('[[groups]]\nid = "g"\ninputs = ["x"]\nweights = "none"', "groups.g.weights: 'none' is none of given"),
        ('[[groups]]\nid = "g"\ninputs = ["x"]\npairwise = [[1, 2]]', "groups[0].pairwise: 1 rows of as many"),
        ('[[steps]]\ndo = "dance"', "steps[0].do: 'dance' is none of denominate"),
        ('[[steps]]\ndo = "normalise"\nmethod = "magic"', "steps[0].method: 'magic' is none of none"),
        ('[[steps]]\ndo = "normalise"\nwithin = ["region"]', "steps.normalise.within: there is no region here"),
        ('[[steps]]\ndo = "log"\nbase = 1', "steps[0].base: a number above 1"),
        ('[[steps]]\ndo = "clip"\npercentiles = [9, 1]', "steps[0].percentiles: two numbers from 0 to 100"),
        ('[[steps]]\ndo = "bands"\nbreaks = [2, 1]\nscores = [1, 2, 3]', "steps[0].breaks: the breaks do not rise"),
        ('[[steps]]\ndo = "impute"\nmethod = "value"', "steps[0].value: needed with method"),
        ('[[steps]]\ndo = "compare"', "steps[0]: one of `lag`, `unit`, `period` and `mirror` is needed"),
        ('[[steps]]\ndo = "log"\nname = "a"\n[[steps]]\ndo = "log"\nname = "a"', "steps[1].name: two steps"),
        ("[weights.w.g]\nx = 1", "weights.w.g: no such group"),
        ('[result]\nscores = ["y"]', "result.scores: there is no y here"),
        ('[[result.levels]]\nname = "a"\nbelow = 1\nup_to = 2', "result.levels[0]: one of `below` and `up_to`"),
        ('[table]\nlong = ["a"]', "table.long: two names are needed"),
        ('[[sensitivity.factors]]\nid = "f"\nstep = "s"\nchoices = [{}]', "sensitivity.factors[0].choices: 2 to 100"),
    ],
)  # fmt: skip
def test_a_fault_is_refused_with_its_place(more: str, place: str) -> None:
    """What stands there, and what may stand there."""
    with pytest.raises(InvalidSpecification) as refusal:
        parse(PLAIN + more)

    assert refusal.value.detail.startswith(place)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "id =",
        'id = "m"',
        'version = "1"',
        "[" * 10_000,
        "x" * (MOST_BYTES + 1),
        'id = "1"\nversion = "1"',
    ],
)
def test_what_is_no_specification_is_refused(text: str) -> None:
    """No traceback for broken, empty, deep or endless text."""
    with pytest.raises(InvalidSpecification):
        parse(text)


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        (["1", "two"], "column x, row 2: 'two' is no number"),
        (["1", "1e99"], "column x, row 2: '1e99' is no number"),
        (["1", "inf"], "column x, row 2: 'inf' is no number"),
    ],
)
def test_a_cell_that_is_no_number_is_refused_with_its_row(cells: list[str], why: str) -> None:
    """A typing error is not a missing value."""
    with pytest.raises(InvalidInput) as refusal:
        run(composite(""), table(x=cells))

    assert why in refusal.value.detail


def test_a_table_without_a_column_or_with_a_unit_twice_is_refused() -> None:
    """The refusal says what there is."""
    with pytest.raises(InvalidInput, match="column x: it must stand in the table once; there are unit, y"):
        run(composite(""), table(y=[1]))
    with pytest.raises(InvalidInput, match="row 2: A stands twice"):
        run(composite(""), table(unit=["A", "A"], x=[1, 2]))


def test_missing_is_what_the_specification_says() -> None:
    """Empty and NA always; words of the table and of the indicator, compared as numbers where they are numbers."""
    indicators = '[table]\nmissing = [".."]\n[[indicators]]\nid = "x"\nmissing = ["0"]\n'
    model = composite("", indicators=indicators)

    assert rounded(column(run(model, table(x=[1, None, "NA", "..", "0", "0.0", ""])))) == [1, *[None] * 6]


def test_a_decimal_comma_is_read_where_the_table_is_said_to_have_it() -> None:
    """Elsewhere it is refused: 1,234 may be a thousand."""
    commas = composite("", indicators='[table]\ndecimal = "comma"\n[[indicators]]\nid = "x"\n')

    assert rounded(column(run(commas, table(x=["0,25", "3"])))) == [0.25, 3]
    with pytest.raises(InvalidInput, match="'0,25' is no number"):
        run(composite(""), table(x=["0,25"]))


def test_codes_stand_for_numbers() -> None:
    """Ratings of mutual evaluations become scores."""
    model = composite("", indicators='[[indicators]]\nid = "x"\ncodes = { C = 3, LC = 2, PC = 1, NC = 0 }\n')

    assert rounded(column(run(model, table(x=["C", "PC", "NC", "LC"])))) == [3, 1, 0, 2]


def test_a_float_is_the_shortest_decimal_that_gives_it_back() -> None:
    """0.1 is a tenth, and not its binary neighbour."""
    given = pa.table({"unit": ["a", "b"], "x": pa.array([0.1, float("nan")])})

    assert column(run(composite(""), given)) == [column(run(composite(""), table(x=["0.1"])))[0], None]


def test_a_long_table_is_read_like_a_wide_one() -> None:
    """One row a value: unit, year, indicator, value."""
    model = composite(
        "",
        indicators='[table]\nperiod = "year"\nlong = ["what", "value"]\n'
        '[[indicators]]\nid = "x"\n[[indicators]]\nid = "y"\n',
    )
    given = table(unit=["A", "A", "A"], year=[1, 1, 2], what=["x", "y", "x"], value=[5, 6, 7])
    outcome = run(model, given)

    assert rounded(column(outcome)) == [5, 7]
    assert rounded(column(outcome, "y")) == [6, None]


def test_ranks_and_levels_compare_what_is_published() -> None:
    """Nine digits decide; equal scores share the better place; without a score there is no rank."""
    model = composite("", more='[[result.levels]]\nname = "low"\nbelow = 1\n[[result.levels]]\nname = "high"')
    rows = rows_by(run(model, table(x=["1", "0.9999999999", "0.5", None])))

    assert [rows[f"u{one}"]["x_RANK"] for one in range(1, 5)] == ["1", "1", "3", None]
    assert [rows[f"u{one}"]["x_LEVEL"] for one in range(1, 5)] == ["high", "high", "low", None]


def test_every_period_has_its_own_ranks() -> None:
    """Unless the specification says otherwise."""
    model = composite("", indicators='[table]\nperiod = "year"\n[[indicators]]\nid = "x"\n')
    outcome = run(model, table(unit=["A", "B", "A", "B"], year=[1, 1, 2, 2], x=[1, 2, 4, 3]))

    assert outcome.results.column("x_RANK").to_pylist() == ["2", "1", "1", "2"]


def test_the_digest_changes_with_the_specification_and_the_results_only() -> None:
    """Not with comments, and not with the order of a file's tables."""
    plain, commented = composite(""), composite("# a comment")
    given = table(x=[1, 2])

    assert run(plain, given).digest == run(commented, given).digest
    assert run(plain, given).digest != run(plain, table(x=[1, 3])).digest
    assert run(plain, given).digest != run(composite('[result]\nrank = "ascending"'), given).digest


def test_every_step_can_be_looked_at() -> None:
    """The table as read, and what each step left behind."""
    outcome = run(
        composite('[[steps]]\ndo = "log"\n[[steps]]\ndo = "normalise"\nmethod = "minmax"'), table(x=[1, 10])
    )

    assert list(outcome.steps) == ["table", "log", "normalise"]
    assert outcome.steps["log"].column("x").to_pylist() == ["0", "2.30258509"]


def test_every_packaged_composite_has_its_name_card_and_file() -> None:
    """Named and explained in every language; out-of-scope uses, risk and autonomy stated."""
    assert {"country_risk_1", "technology_achievement_2001"} <= {one.id for one in register()}
    for one in register():
        assert packaged(one.id) == one
        assert set(one.labels) == set(one.card.fields["purpose"]) == set(LANGUAGES)
        assert one.card.fields["autonomy"] == "low"
        assert one.card.fields["risk"] in {"minimum", "medium"}
        assert one.card.missing == ()


def test_an_unknown_composite_is_refused_with_the_known_ones() -> None:
    """A model of cells is none."""
    with pytest.raises(InvalidSpecification, match="'cross_border_1' is none of asem_connectivity_2018"):
        packaged("cross_border_1")


def _documented() -> str:
    return (ROOT / "docs" / "composites.md").read_text(encoding="utf-8")


def test_the_examples_of_the_guide_are_specifications() -> None:
    """What a reader copies can be read, and the first is the packaged one."""
    blocks = re.findall(r"```toml\n(.*?)```", _documented(), re.DOTALL)
    first = parse(blocks[0])

    assert len(blocks) == 3
    assert [group.inputs for group in first.groups] == [group.inputs for group in packaged(first.id).groups]
    assert parse(f'id = "pairs"\nversion = "1"\n{blocks[1]}').result.scores == ("quotient",)
    assert len(parse(f'id = "m"\nversion = "1"\n[[indicators]]\nid = "x"\n{blocks[2]}').factors) == 1


def test_every_step_and_method_is_in_the_guide() -> None:
    """A statistician finds each word that a specification may use."""
    words = {
        *STEPS,
        *NORMALISATIONS,
        *MEANS,
        *OUTRANKINGS,
        *NAMED,
        *IMPUTATIONS,
        *TRANSFORMS,
        *TOTALS,
        *TIES,
        FRONTIER,
    }

    assert sorted(word for word in words if not re.search(rf"`(unit_)?{word}`", _documented())) == []


@pytest.mark.parametrize(
    "asked",
    [
        run,
        bounded,
        lambda model, given: sensitivity(model, given, "g"),
        lambda model, given: explanation(model, given, "u1", "g"),
    ],
)
def test_a_score_that_no_step_computes_is_refused(asked: Callable[[Composite, pa.Table], object]) -> None:
    """A group without a step that aggregates it is a fault of the specification, told by name."""
    factor = '[[sensitivity.factors]]\nid = "f"\nindicator = "x"\nchoices = [{}, { direction = "lower" }]\n'
    model = composite('[[groups]]\nid = "g"\ninputs = ["x"]\n', more=factor)

    with pytest.raises(InvalidInput, match="column g: the column is not there yet; there are x"):
        asked(model, table(x=[1]))
