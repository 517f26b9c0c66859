"""Properties of a mapping: nothing is lost, nothing counted twice, bounds hold, order does not matter."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import Any

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from risk_models.crosswalk import apply
from schemas.codelist import Codelist
from schemas.hierarchy import nearest_broader, upwards
from schemas.mapping import CodeMap, MapEntry, Relation
from schemas.mapping_check import check_map
from tests.support.builders_maps import PARENTS, a_list, a_map

SHARED = a_list()
TARGETS = [code for code in PARENTS if code not in {"_T", "_X"}]
ARTICLES = [str(number) for number in range(1, 8)]
Row = tuple[str, str, int]
# Every example opens an engine.
few = settings(max_examples=40)


@st.composite
def weights(draw: st.DrawFn, count: int) -> list[Fraction]:
    """Exact weights that add up to 1."""
    parts = draw(st.lists(st.integers(1, 50), min_size=count, max_size=count))
    return [Fraction(part, sum(parts)) for part in parts]


@st.composite
def lines_of(draw: st.DrawFn, article: str) -> list[MapEntry]:
    """Lines of one article that contradict nothing among themselves."""
    # Exact matches would overlap one another at random; broad does the same to a value.
    relation = draw(st.sampled_from([one for one in Relation if one is not Relation.EXACT]))
    if relation is Relation.NONE:
        return [MapEntry(article, relation)]
    if relation is not Relation.NARROW:
        return [MapEntry(article, relation, draw(st.sampled_from(TARGETS)))]
    drawn = draw(st.lists(st.sampled_from(TARGETS), min_size=1, max_size=4, unique=True))
    targets = [code for code in drawn if not any(code in upwards(SHARED, other)[1:] for other in drawn)]
    if nearest_broader(SHARED, targets) is None or draw(st.booleans()):
        given_weights = draw(weights(len(targets)))
        return [
            MapEntry(article, relation, code, weight)
            for code, weight in zip(targets, given_weights, strict=True)
        ]
    return [MapEntry(article, relation, code) for code in targets]


@st.composite
def maps(draw: st.DrawFn) -> CodeMap:
    """A map without faults that leaves some articles out."""
    articles = draw(st.lists(st.sampled_from(ARTICLES), min_size=1, unique=True))
    drawn = a_map(entries=tuple(entry for article in articles for entry in draw(lines_of(article))))
    assert check_map(drawn, SHARED) == ()
    return drawn


rows = st.lists(
    st.tuples(st.sampled_from(["2023", "2024"]), st.sampled_from(ARTICLES), st.integers(0, 10**15)),
    max_size=25,
)


def table_of(given_rows: list[Row]) -> pa.Table:
    """Give the rows as a table."""
    years, articles, values = zip(*given_rows, strict=True) if given_rows else ((), (), ())
    return pa.table(
        {
            "TIME_PERIOD": pa.array(years, pa.string()),
            "ARTICLE": pa.array(articles, pa.string()),
            "OBS_VALUE": pa.array(values, pa.int64()),
        }
    )


def cells_of(code_map: CodeMap, given_rows: list[Row]) -> dict[tuple[str, str], dict[str, Any]]:
    """Give the mapped cells by period and shared code."""
    table = apply(table_of(given_rows), "ARTICLE", code_map, SHARED).table
    return {(row["TIME_PERIOD"], row["ARTICLE"]): row for row in table.to_pylist()}


@few
@given(maps(), rows)
def test_the_top_level_adds_up_to_the_input(code_map: CodeMap, given_rows: list[Row]) -> None:
    """Exactly, in every period, with the remainder."""
    cells = cells_of(code_map, given_rows)
    expected: Counter[str] = Counter()
    for year, _, value in given_rows:
        expected[year] += value

    found: Counter[str] = Counter()
    for (year, code), cell in cells.items():
        if SHARED.code(code).parent in {None, "_T"} and code != "_T":
            found[year] += cell["OBS_VALUE"]
    assert +found == +expected


@few
@given(maps(), rows)
def test_a_point_lies_within_its_bounds_and_children_within_their_parent(
    code_map: CodeMap, given_rows: list[Row]
) -> None:
    """No child's least value is above its parent's greatest; children together never have a greater point."""
    cells = cells_of(code_map, given_rows)
    children: Counter[tuple[str, str]] = Counter()
    for (year, code), cell in cells.items():
        value, lower, upper = cell["OBS_VALUE"], cell["OBS_LOWER"], cell["OBS_UPPER"]
        assert 0 <= lower <= upper
        assert (value is None) == (cell["OBS_STATUS"] == "L")
        assert value is None or lower <= value <= upper
        assert cell["OBS_STATUS"] != "A" or lower == value == upper
        parent = PARENTS[code]
        if parent is not None:
            assert lower <= cells[year, parent]["OBS_LOWER"]
            assert upper <= cells[year, parent]["OBS_UPPER"]
            children[year, parent] += value or 0
    assert all(value <= cells[key]["OBS_VALUE"] for key, value in children.items() if cells[key]["OBS_VALUE"])


@few
@given(maps(), rows)
def test_bounds_are_those_of_the_definition(code_map: CodeMap, given_rows: list[Row]) -> None:
    """Computed once more, code by code, from the table of relations."""
    expected: dict[tuple[str, str], tuple[int, int]] = {}
    for year, article, value in given_rows:
        for code, is_whole in _reached(code_map, SHARED, article).items():
            lower, upper = expected.get((year, code), (0, 0))
            expected[year, code] = (lower + (value if is_whole else 0), upper + value)

    cells = cells_of(code_map, given_rows)

    assert {key: (cell["OBS_LOWER"], cell["OBS_UPPER"]) for key, cell in cells.items()} == expected


@few
@given(maps(), rows, st.randoms(use_true_random=False))
def test_order_and_cutting_of_rows_do_not_matter(
    code_map: CodeMap, given_rows: list[Row], random: Any
) -> None:
    """Shuffled, and with every value cut into two rows, the result is the same table."""
    cut = [
        (year, code, part) for year, code, value in given_rows for part in (value // 3, value - value // 3)
    ]
    random.shuffle(cut)

    assert cells_of(code_map, cut) == cells_of(code_map, given_rows)


def _reached(code_map: CodeMap, shared: Codelist, article: str) -> dict[str, bool]:
    """Give the codes an article's quantity reaches, and whether as a whole."""
    entries = [
        entry
        for entry in code_map.by_national.get(article, ())
        if entry.relation not in {Relation.NONE, Relation.RELATED}
    ]
    if not entries:
        return {"_X": True}
    if entries[0].relation is not Relation.NARROW:
        return dict.fromkeys(upwards(shared, entries[0].shared or ""), True)
    chains = [set(upwards(shared, entry.shared or "")) - {entry.shared} for entry in entries]
    whole = set.intersection(*chains)
    every = {code for entry in entries for code in upwards(shared, entry.shared or "")}
    return {code: code in whole for code in every}
