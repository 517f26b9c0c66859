"""AT1 to AT12: each lets one release pass and catches one that was made to leak by hand, under its own id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from risk_models.disclosure.attacks.absence import absence
from risk_models.disclosure.attacks.attackers import (
    counterpart_with_mirror,
    reader_of_statuses,
    reporting_entity,
)
from risk_models.disclosure.attacks.derived import Figures, derived_figures
from risk_models.disclosure.attacks.digests import Sealed, digests
from risk_models.disclosure.attacks.exposed import Budget, Exposed
from risk_models.disclosure.attacks.insiders import own_contributions
from risk_models.disclosure.attacks.ranks import ranks
from risk_models.disclosure.attacks.singletons import single_contributors
from risk_models.disclosure.attacks.statuses import Alarm, statuses
from risk_models.disclosure.attacks.suite import Inside, Shown, Unions, run
from risk_models.disclosure.attacks.unions import (
    elimination,
    intervals,
    judging,
    over_audiences,
    over_rollups,
    over_vintages,
)
from risk_models.disclosure.ledger.joined import joined
from risk_models.disclosure.ledger.released import Released
from risk_models.disclosure.linear.attack import Attacker, Need, outsider
from risk_models.disclosure.linear.system import System
from risk_models.disclosure.report import Attack

BUDGET = Budget()
DIGEST = "sha256:" + "5f" * 32
DIMENSIONS = ("REF_AREA", "METHOD", "MEASURE")
COLUMNS = (*DIMENSIONS, "OBS_VALUE", "OBS_STATUS")
# the two-recipient table of methodology 3.6: r1, r2 by c1, c2, c3, with margins
TWO_ROWS = [[2, 9, 14], [11, 8, 16]]
# methodology 0.5, FX4: countries A to D by typologies K1 to K4
FX4 = [[400, 100, 50, 10], [150, 200, 30, 40], [60, 40, 100, 5], [20, 5, 10, 2]]
# sdcTable's test table (BM-24); the withheld cells hold one of the tables that agree with what is shown
BM_24 = [[34, 47, 60, 89], [95, 124, 0, 31], [92, 185, 59, 0], [800, 906, 651, 770]]


def grid(rows: Sequence[Sequence[int]]) -> System:
    """A table with its margins: cells row by row, then row totals, column totals, the total of all."""
    high, wide = len(rows), len(rows[0])
    inner = [value for row in rows for value in row]
    sums = [sum(row) for row in rows] + [sum(column) for column in zip(*rows, strict=True)]
    right, below, corner = high * wide, high * wide + high, high * wide + high + wide
    lines = [{line * wide + place: 1 for place in range(wide)} | {right + line: -1} for line in range(high)]
    lines += [{line * wide + place: 1 for line in range(high)} | {below + place: -1} for place in range(wide)]
    lines += [{right + line: 1 for line in range(high)} | {corner: -1}]
    lines += [{below + place: 1 for place in range(wide)} | {corner: -1}]
    return System.of([*inner, *sums, sum(inner)], lines)


def exposed(
    system: System, hidden: Sequence[int], *needs: Need, attackers: Sequence[Attacker] = ()
) -> Exposed:
    """A system with some cells hidden, before an outsider and others."""
    mask = np.zeros(system.cells, bool)
    mask[list(hidden)] = True
    return Exposed(system, mask, needs, (outsider(system.cells), *attackers))


def line(values: Sequence[int], hidden: Sequence[int], *needs: Need) -> Exposed:
    """Parts and, after them, their shown whole."""
    equation = dict.fromkeys(range(len(values)), 1) | {len(values): -1}
    return exposed(System.of([*values, sum(values)], [equation]), hidden, *needs)


def told(attacks: tuple[Attack, ...]) -> list[tuple[str, str]]:
    """The id and the outcome of each result."""
    return [(attack.id, attack.outcome) for attack in attacks]


def test_at1_elimination() -> None:
    """The published table gives its one cell away; the rectangle of the worked example gives none."""
    leaky = exposed(grid(BM_24), [0, 1, 2, 4, 6, 9, 11, 13, 15], *[Need(cell) for cell in (0, 1, 2)])
    safe = exposed(grid(FX4), [9, 11, 13, 15], Need(15, width=3))

    assert elimination(safe) == (Attack("AT1", "passed", "elimination", 1),)
    assert elimination(leaky) == (Attack("AT1", "failed", "elimination", 1),)


def test_at1_counts_a_protected_cell_that_is_shown() -> None:
    """A primary cell that nobody hid needs no equation to be read."""
    assert told(elimination(line([1, 5, 6], [1, 2], Need(0)))) == [("AT1", "failed")]


def test_at2_intervals_with_prior_knowledge() -> None:
    """The worked example leaves 0 to 7 around 2: enough for a width of 7, too little for one of 8."""
    safe = exposed(grid(FX4), [9, 11, 13, 15], Need(15, lower=2, upper=5, width=7))
    leaky = replace(safe, needs=(Need(15, width=8),))

    assert told(intervals(safe, BUDGET)) == [("AT2", "passed")]
    assert told(intervals(leaky, BUDGET)) == [("AT2", "failed")]


def test_at2_a_counterpart_with_its_mirror() -> None:
    """Whoever knows a cover cell to one unit knows the primary to one unit: 40 plus or minus 2 % is 39 to 41."""
    nobody = exposed(grid(FX4), [9, 11, 13, 15], Need(15, width=3))
    peer = counterpart_with_mirror(nobody.attackers[0], nobody.system, "C", {9: 40}, 2)
    wide = counterpart_with_mirror(nobody.attackers[0], nobody.system, "C", {9: 40}, 20)

    assert told(intervals(replace(nobody, attackers=(*nobody.attackers, peer)), BUDGET)) == [
        ("AT2", "failed")
    ]
    assert told(intervals(replace(nobody, attackers=(*nobody.attackers, wide)), BUDGET)) == [
        ("AT2", "passed")
    ]


def test_at3_recipients_who_collude() -> None:
    """Methodology 3.6: each of two patterns is safe and both together are not; nested patterns are."""
    system = grid(TWO_ROWS)
    keys = tuple((f"{cell:02}",) for cell in range(system.cells))
    first, second, less = np.ones((3, system.cells), bool)
    first[[0, 1, 3, 4]] = second[[0, 2, 3, 5]] = less[[0, 1, 2, 3, 4, 5]] = False
    release = Released("v1", "FLOW", keys, system, first, needs=(Need(0, width=3),))
    judge = judging(BUDGET)

    def union(view: np.ndarray) -> Exposed:
        return Exposed.of(joined([replace(release, views={"P2": view})]))

    assert told(over_audiences(union(less), judge)) == [("AT3", "passed")]
    assert told(over_audiences(union(second), judge)) == [("AT3", "failed")]
    assert told(over_audiences(None, judge)) == [("AT3", "not_applicable")]


def test_at4_vintages() -> None:
    """Copying the former pattern is safe; showing a cell that covered another in the former vintage is not."""
    before = vintage("v1", [2, 7, 5], shown=[2, 3])
    judge = judging(BUDGET)
    same = Exposed.of(joined([before, vintage("v2", [2, 7, 6], shown=[2, 3])]))
    other = Exposed.of(joined([before, vintage("v2", [2, 7, 6], shown=[1, 2])]))

    assert over_vintages(same, 1, 2, judge) == (
        Attack("AT4", "passed", "union_over_vintages", 1),
        Attack("AT4", "not_run", "older_than_the_window", 2),
    )
    assert told(over_vintages(other, 1, 0, judge)) == [("AT4", "failed")]
    assert told(over_vintages(None, 0, 0, judge)) == [("AT4", "not_applicable")]


@pytest.mark.parametrize(("old", "outcome"), [([True, True], "failed"), ([False, True], "passed")])
def test_at5_recodes(old: list[bool], outcome: str) -> None:
    """The old code K is the sum of the new a and b: who has K and b has a."""
    former = Released("v1", "FLOW", (("K",), ("L",)), System.of([9, 5], []), np.array(old))
    later = vintage("v2", [2, 7, 5], shown=[1, 2])
    bridges = [{(0, 0): 1, (1, 0): -1, (1, 1): -1}, {(0, 1): 1, (1, 2): -1}]
    recodes = Exposed.of(joined([former, later], bridges=bridges))

    assert told(over_rollups(recodes, recodes, judging(BUDGET))) == [("AT5", outcome)]


def test_at5_without_recodes_is_run_on_the_widest_union() -> None:
    """A hierarchy is enough: a total of all that is one hidden part and shown ones."""
    widest = line([2, 7], [0], Need(0))

    assert over_rollups(None, widest, judging(BUDGET)) == (Attack("AT5", "failed", "rollups", 2),)


# SDC Handbook: 110 000 with 52 000 and 50 000 is safe at 10 %; 100 000 with 50 000 and 49 000 is not
@pytest.mark.parametrize(("parts", "outcome"), [((52, 50, 8), "passed"), ((50, 49, 1), "failed")])
def test_at6_the_rest_without_one_entity(parts: tuple[int, ...], outcome: str) -> None:
    """The second largest contributor takes its part away and looks at the largest."""
    release = line([sum(parts), 500], [], Need(1))
    insiders = {f"bank {number}": {0: part} for number, part in enumerate(parts)}

    assert told(own_contributions(replace(release, needs=()), insiders, {0: 10}, BUDGET)) == [
        ("AT6", outcome)
    ]


def test_at6_an_entity_that_knows_the_cover() -> None:
    """Three reports hide behind seven: safe, unless all seven are one bank's."""
    release = line([3, 7, 20], [0, 1], Need(0))

    assert told(own_contributions(release, {"bank": {1: 4}}, {}, BUDGET)) == [("AT6", "passed")]
    assert told(own_contributions(release, {"bank": {1: 7}}, {}, BUDGET)) == [("AT6", "failed")]
    assert told(own_contributions(release, {}, {}, BUDGET)) == [("AT6", "not_applicable")]


def test_at7_single_contributors() -> None:
    """Two cells of one contributor each tell each other; a third in the sum covers both."""
    pair = line([4, 6, 30], [0, 1], Need(0), Need(1))
    three = line([4, 6, 30], [0, 1, 2], Need(0), Need(1))
    alone = {0: "bank one", 1: "bank two"}

    assert single_contributors(three, alone, BUDGET) == (Attack("AT7", "passed", "single_contributors", 2),)
    assert told(single_contributors(pair, alone, BUDGET)) == [("AT7", "failed")]
    assert told(single_contributors(pair, {}, BUDGET)) == [("AT7", "not_applicable")]


def test_at8_derived_figures() -> None:
    """A value beside a withheld count, a figure from another bundle, a figure nobody can recompute."""
    release = line([40, 3, 9], [1, 2], Need(1))
    own = Figures(({"INPUTS": "b1,b2"}, {"INPUTS": ""}), frozenset({"b1", "b2"}), "d", "d")

    assert derived_figures(release, [], own) == (Attack("AT8", "passed", "value_beside_its_count", 2),)
    assert told(derived_figures(release, [(2, 1)], None)) == [("AT8", "passed")]
    assert told(derived_figures(release, [(0, 1)], None)) == [("AT8", "failed")]
    assert told(derived_figures(release, [], replace(own, released=frozenset({"b1"})))) == [("AT8", "failed")]
    assert told(derived_figures(release, [], replace(own, recomputed="e"))) == [("AT8", "failed")]
    assert told(derived_figures(release, [])) == [("AT8", "not_applicable")]


def test_at9_statuses() -> None:
    """Two small cells that add up to two are one each, to those who know that small means one or two."""
    pair, more = line([1, 1, 30], [0, 1], Need(0), Need(1)), line([1, 2, 30], [0, 1], Need(0), Need(1))

    def reader(release: Exposed) -> list[Attacker]:
        return [reader_of_statuses(release.attackers[0], release.system, {0: 3, 1: 3}, {})]

    assert told(statuses(more, reader(more), {}, BUDGET)) == [("AT9", "passed")]
    assert told(statuses(pair, reader(pair), {}, BUDGET)) == [("AT9", "failed")]


@pytest.mark.parametrize(
    ("interval", "outcome"),
    [((0, 9), "passed"), ((0, None), "passed"), ((1, 2), "failed"), ((2, 9), "failed"), ((0, 1), "failed")],
)
def test_at9_shipped_intervals(interval: tuple[int, int | None], outcome: str) -> None:
    """An interval holds the truth, 2, and leaves open what the need asks: two below it, three in all."""
    release = line([2, 7, 30], [0, 1], Need(0, lower=2, width=3))

    assert told(statuses(release, [], {0: interval}, BUDGET)) == [("AT9", outcome)]


def test_at9_alarms() -> None:
    """On withheld cells an alarm is possible, and no size is given."""
    release = line([2, 7, 30], [0, 1], Need(0))
    quiet = [Alarm(True, "possible", False), Alarm(False, "certain", True)]  # noqa: FBT003

    assert told(statuses(release, [], {}, BUDGET, quiet)) == [("AT9", "passed")]
    for loud in (replace(quiet[0], signal="certain"), replace(quiet[0], has_magnitude=True)):
        assert told(statuses(release, [], {}, BUDGET, [loud])) == [("AT9", "failed")]


@pytest.mark.parametrize(
    "leak",
    [
        {"certificate": {"cells": [{"key": "KG", "digest": DIGEST}]}},
        {"certificate": {DIGEST: 1}},
        {"certificate": {"audit": {"digest": "5f" * 32}}},
        {"ingest": {"file": "XUFAKSlrbGqjPOSRFWHHZ7MBjQuF8xwd2rUDd1Yd9x0="}},
        {"parts": [{"digest": DIGEST, "logical_digest": DIGEST, "rows": 1, "schema_digest": DIGEST}]},
    ],
)
def test_at10_digests(leak: Mapping[str, object]) -> None:
    """Digests of whole parts may leave; one of a cell, of the audit or of the source file may not."""
    manifest = {
        "parts": [{"digest": DIGEST, "logical_digest": DIGEST, "rows": 3}],
        "supersedes": [DIGEST],
        "certificate": {"rules": ["remainder_counts_each_report_of_withheld_once_so_it_is_no_sum"]},
        "ingest": {"recipe": DIGEST},
    }
    sealed = Sealed(manifest, (cells({"KG": 4}),), 32)

    assert told(digests(sealed)) == [("AT10", "passed")]
    assert told(digests(replace(sealed, manifest={**manifest, **leak}))) == [("AT10", "failed")]


def test_at10_salt_and_columns() -> None:
    """The log's entry is salted, and no column of a table holds a digest, as text or as bytes."""
    sealed = Sealed({"parts": [{"digest": DIGEST}]}, (cells({"KG": 4}),), 32)
    digest_column = cells({"KG": 4}).append_column("X", pa.array(["5f" * 8]))
    bytes_column = cells({"KG": 4}).append_column("X", pa.array([b"1"]))

    assert told(digests(replace(sealed, salt_bytes=8))) == [("AT10", "failed")]
    assert told(digests(replace(sealed, tables=(digest_column,)))) == [("AT10", "failed")]
    assert told(digests(replace(sealed, tables=(bytes_column,)))) == [("AT10", "failed")]
    assert told(digests(None)) == [("AT10", "not_run")]


def test_at11_ranks() -> None:
    """No column ranks, and the rows do not stand in the order of values."""
    table = cells({"KG": 9, "KZ": 12, "RU": 4})

    assert told(ranks(table, DIMENSIONS, COLUMNS)) == [("AT11", "passed")]
    assert told(ranks(table.append_column("OBS_RANK", pa.array([2, 1, 3])), DIMENSIONS, COLUMNS)) == [
        ("AT11", "failed")
    ]
    assert told(ranks(table.sort_by("OBS_VALUE"), DIMENSIONS, COLUMNS)) == [("AT11", "failed")]


def test_at12_absence() -> None:
    """A withheld cell keeps its row; one that is left out, doubled or added tells something."""
    table = cells({"KG": None, "KZ": 12, "RU": 4})
    dense = [("KG", "_T", "N_STR"), ("KZ", "_T", "N_STR"), ("RU", "_T", "N_STR")]

    assert absence(table, DIMENSIONS, dense) == (Attack("AT12", "passed", "every_key_has_a_row", 3),)
    assert told(absence(table.slice(1), DIMENSIONS, dense)) == [("AT12", "failed")]
    assert told(absence(pa.concat_tables([table, table]), DIMENSIONS, dense)) == [("AT12", "failed")]
    assert told(absence(table, DIMENSIONS, dense[1:])) == [("AT12", "failed")]
    assert told(absence(table, DIMENSIONS, None)) == [("AT12", "not_run")]


def test_attackers_beyond_the_budget_are_counted_and_the_outsider_never_is() -> None:
    """A budget of nothing still tries one attacker, and says how many it did not."""
    release = line([2, 7, 30], [0, 1], Need(0))
    entities = [reporting_entity(release.attackers[0], release.system, name, {1: 3}) for name in "xyz"]
    release = replace(release, attackers=(*release.attackers, *entities))

    assert intervals(release, Budget(cells=0)) == (
        Attack("AT2", "passed", "intervals_with_prior_knowledge", 1),
        Attack("AT2", "not_run", "beyond_budget", 3),
    )


def test_the_whole_suite_tells_of_every_attack_in_order() -> None:
    """A release without a past, without contributions and not yet sealed: twelve results, none of them silent."""
    release = line([2, 7, 30], [0, 1], Need(0, width=3))
    table = cells({"KG": None, "KZ": None, "RU": 30})
    shown = Shown(table, DIMENSIONS, COLUMNS, {0: (0, 9), 1: (0, 9)}, dense=None)

    results = run(release, Unions(), Inside(), readers=[], shown=shown, budget=BUDGET)

    assert [attack.id for attack in results] == [f"AT{number}" for number in range(1, 13)]
    assert [attack.outcome for attack in results] == [
        "passed", "passed", "not_applicable", "not_applicable", "passed", "not_applicable", "not_applicable",
        "not_applicable", "passed", "not_run", "passed", "not_run",
    ]  # fmt: skip


def vintage(release: str, values: list[int], *, shown: list[int]) -> Released:
    """Three parts and their whole; the first part is protected."""
    system = System.of([*values, sum(values)], [{0: 1, 1: 1, 2: 1, 3: -1}])
    marks = np.isin(np.arange(4), shown)
    return Released(
        release, "FLOW", (("a",), ("b",), ("c",), ("T",)), system, marks, needs=(Need(0, width=3),)
    )


def cells(values: Mapping[str, int | None]) -> pa.Table:
    """A released table of one measure by area."""
    return pa.table(
        {
            "REF_AREA": list(values),
            "METHOD": ["_T"] * len(values),
            "MEASURE": ["N_STR"] * len(values),
            "OBS_VALUE": pa.array(values.values(), pa.int64()),
            "OBS_STATUS": ["Q" if value is None else "A" for value in values.values()],
        }
    )
