"""Records to cells, against counting by hand and against the definition, record by record."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from risk_models.engine import Engine, ParquetFiles
from risk_models.errors import InvalidInput, UnusableRecords
from risk_models.typologies.compilation import BEHIND, COMPILED, SINGLES, Cells, comparing, compiling
from risk_models.typologies.embedded import Embedded
from risk_models.typologies.facets import FACETS, KEY
from risk_models.typologies.ports import ClusterTable, Records
from schemas.registry import codelist
from tests.support.flow_records import flow_records

Key = tuple[str, ...]
COUNTS = tuple(name for name in COMPILED.names if name not in KEY)


def compiled(records: Records, limits: Engine | None = None) -> Cells:
    """Compile in this process."""
    with compiling(records, Embedded(limits or Engine())) as compilation:
        return compilation.cells()


def cell(cells: pa.Table, **named: str) -> dict[str, Any]:
    """Give the one cell of a key; what is not named is Kyrgyz outflows of 2016 to all, and whole facets."""
    key = {
        "TIME_PERIOD": "2016",
        "REF_AREA": "KG",
        "COUNTERPART_AREA": "W1",
        "FLOW_DIRECTION": "OUT",
        **dict.fromkeys(FACETS, "_T"),
        **named,
    }
    (found,) = [row for row in cells.to_pylist() if all(row[name] == key[name] for name in KEY)]
    return {name: found[name] for name in found if name not in KEY}


def keys_of(record: dict[str, Any]) -> list[Key]:
    """Give every cell that a record belongs to, as the definition says."""
    keys = set()
    for area in (record["COUNTERPART_AREA"], "W1"):
        block = (f"{record['END_DATE'].year:04}", record["REF_AREA"], area, record["FLOW_DIRECTION"])
        keys.add((*block, "_T", "_T", "_T", "_T"))
        for place, facet in enumerate(FACETS):
            code = record[facet] or ("_U" if facet == "ENTITY_TYPE" else "_X")
            for above in (code, *(parent.id for parent in codelist(f"CL_{facet}").ancestors(code))):
                facets = ["_T"] * len(FACETS)
                facets[place] = above
                keys.add((*block, *facets))
    return sorted(keys)


def counted(rows: list[dict[str, Any]]) -> tuple[int | None, ...]:
    """Count the records of one cell."""
    amounts = Counter[str]()
    for row in rows:
        amounts[row["REPORTING_ENTITY"]] += row["AMOUNT"]
    stated = [row["N_TXN"] for row in rows if row["N_TXN"] is not None]
    distinct = [len({row[name] for row in rows}) for name in ("REPORT_ID", "SUBJECT_ID")]
    largest = [*sorted(amounts.values(), reverse=True), 0]
    transactions = sum(stated) if len(stated) == len(rows) else None
    return (*distinct, len(amounts), transactions, sum(amounts.values()), *largest[:2])


def test_every_cell_is_counted_from_its_own_records() -> None:
    """Each of the cells of 120 records equals what the definition gives, counted record by record in Python."""
    records = flow_records(120)
    members: dict[Key, list[dict[str, Any]]] = defaultdict(list)
    for record in records.to_pylist():
        for key in keys_of(record):
            members[key].append(record)
    expected = [(*key, *counted(members[key])) for key in sorted(members)]

    cells = compiled(records).table

    assert cells.schema.equals(COMPILED)
    assert [tuple(row.values()) for row in cells.to_pylist()] == expected


def test_a_subject_seen_twice_is_counted_once_in_every_margin() -> None:
    """One subject in two reports of two entities to two counterparts: distinct counts do not add up."""
    records = flow_records(
        0,
        [
            {"REPORT_ID": "r1", "REPORTING_ENTITY": "e1", "METHOD": "TM01A", "AMOUNT": 70},
            {"REPORT_ID": "r2", "REPORTING_ENTITY": "e2", "METHOD": "TM01B", "COUNTERPART_AREA": "UZ"},
        ],
    )

    cells = compiled(records).table

    expected = {"N_STR": 2, "N_SUBJ": 1, "N_ENT": 2, "N_TXN": 4, "V_TXN": 170, "TOP1": 100, "TOP2": 70}
    assert cell(cells) == cell(cells, METHOD="TM01") == cell(cells, METHOD="TM_CASH") == expected
    assert cell(cells, METHOD="TM01A") == cell(cells, COUNTERPART_AREA="RU")
    assert cell(cells, METHOD="TM01A")["TOP2"] == 0


def test_a_cell_of_two_cuts_stands_once() -> None:
    """No key is repeated, and keys are in canonical order."""
    table = compiled(flow_records(120)).table
    keys = list(zip(*(table[name].to_pylist() for name in KEY), strict=True))

    assert keys == sorted(set(keys))


def test_what_a_record_leaves_open_has_a_code_of_its_own() -> None:
    """A facet that is not stated is _X, an entity of unstated type _U; the whole holds it as well."""
    cells = compiled(flow_records(0, [{}])).table

    for facet in FACETS:
        code = "_U" if facet == "ENTITY_TYPE" else "_X"
        assert cell(cells, **{facet: code}) == cell(cells)


def test_an_unknown_number_of_transactions_makes_each_sum_over_it_unknown() -> None:
    """3 and not stated is not 3; a cell without the record keeps its number."""
    cells = compiled(flow_records(0, [{"N_TXN": 3}, {"N_TXN": None, "COUNTERPART_AREA": "UZ"}])).table

    assert cell(cells)["N_TXN"] is None
    assert cell(cells, COUNTERPART_AREA="RU")["N_TXN"] == 3


@pytest.mark.parametrize("area", ["_O", "W1"])
def test_no_record_may_claim_a_margin(area: str) -> None:
    """The remainder and the total are made of other cells."""
    with pytest.raises(UnusableRecords, match="reserved counterpart"):
        compiled(flow_records(0, [{"COUNTERPART_AREA": area}]))


@pytest.mark.parametrize(
    "row",
    [{"SUBJECT_ID": None}, {"REPORT_ID": None}, {"AMOUNT": None}, {"METHOD": "none"}, {"END_DATE": None}],
)
def test_a_record_that_no_check_accepts_is_refused_not_dropped(row: dict[str, Any]) -> None:
    """Records that would silently be missing from cells are counted in the refusal."""
    with pytest.raises(UnusableRecords, match="not as the check accepts") as refusal:
        compiled(flow_records(3, [row]))

    assert refusal.value.detail.startswith("1 ")


def test_a_sum_beyond_64_bits_is_no_cell() -> None:
    """Overflow in a margin is refused, though every single record fits."""
    rows = [{"AMOUNT": 2**62}, {"AMOUNT": 2**62, "COUNTERPART_AREA": "UZ"}]

    with pytest.raises(UnusableRecords, match="cannot be aggregated"):
        compiled(flow_records(0, rows))


def test_no_records_have_no_cells() -> None:
    """An empty table compiles to empty tables of the same schemas."""
    cells = compiled(flow_records(0))

    assert (cells.table.num_rows, cells.singles.num_rows) == (0, 0)
    assert cells.singles.schema.equals(SINGLES)


def test_records_in_files_give_the_same_cells_and_leave_no_spill(tmp_path: Path) -> None:
    """Two Parquet files read backwards on one thread, spilling to a folder: same cells, and an empty folder."""
    records, spill = flow_records(120), tmp_path / "spill"
    spill.mkdir()
    paths = [tmp_path / "one.parquet", tmp_path / "two.parquet"]
    pq.write_table(records.slice(50), paths[0])
    pq.write_table(records.slice(0, 50), paths[1])

    cells = compiled(ParquetFiles(tuple(map(str, paths))), Engine(threads=1, spill=str(spill)))

    assert cells.table.equals(compiled(records).table)
    assert list(spill.iterdir()) == []


def test_a_file_that_is_none_is_refused_without_its_content(tmp_path: Path) -> None:
    """What the engine says of a broken file may quote it and is not passed on."""
    path = tmp_path / "secret.parquet"
    path.write_bytes(b"PAR1 someone PAR1")

    with pytest.raises(UnusableRecords, match="cannot be read") as refusal:
        compiled(ParquetFiles((str(path),)))

    assert "someone" not in str(refusal.value)


def test_a_table_of_a_cluster_is_for_the_cluster() -> None:
    """The engine in this process says so."""
    with pytest.raises(UnusableRecords, match="on a cluster"):
        compiled(ClusterTable("flows"))


def test_cells_of_one_contributor_are_told_by_a_number() -> None:
    """Cells of the same entity or subject have the same number, which is never the identifier."""
    records = flow_records(
        0,
        [
            {"REPORTING_ENTITY": "e1", "SUBJECT_ID": "s1", "COUNTERPART_AREA": "RU"},
            {"REPORTING_ENTITY": "e1", "SUBJECT_ID": "s2", "COUNTERPART_AREA": "UZ"},
            {"REPORTING_ENTITY": "e2", "SUBJECT_ID": "s2", "COUNTERPART_AREA": "UZ"},
        ],
    )

    singles = compiled(records).singles

    russia, uzbekistan = (cell(singles, COUNTERPART_AREA=area) for area in ("RU", "UZ"))
    assert russia == {"ENTITY": 1, "SUBJECT": 1}
    assert uzbekistan == {"ENTITY": None, "SUBJECT": 2}
    assert "W1" not in singles["COUNTERPART_AREA"].to_pylist()


def test_what_is_left_without_one_entity_can_be_counted() -> None:
    """Taking an entity's own away leaves what compiling without its records gives, cell by cell."""
    records = flow_records(120)
    with compiling(records, Embedded()) as asked:
        table = asked.cells().table
        behind = asked.behind(table)
    identifiers = sorted(set(records["REPORTING_ENTITY"].to_pylist()))
    rest = [row for row in records.to_pylist() if row["REPORTING_ENTITY"] != identifiers[0]]
    left = {
        tuple(row[name] for name in KEY): row for row in compiled(flow_records(0, rest)).table.to_pylist()
    }

    whole = {tuple(row[name] for name in KEY): row for row in table.to_pylist()}
    own = [row for row in behind.to_pylist() if row["ENTITY"] == 1]

    assert behind.schema.equals(BEHIND)
    assert own
    for row in own:
        key = tuple(row[name] for name in KEY)
        without = left.get(key, dict.fromkeys(COUNTS, 0))
        assert whole[key]["N_STR"] - row["N_STR_ALONE"] == without["N_STR"]
        assert whole[key]["N_SUBJ"] - row["N_SUBJ_ALONE"] == without["N_SUBJ"]
        assert whole[key]["V_TXN"] - row["V_TXN"] == without["V_TXN"]


def test_a_key_of_two_facets_is_of_no_cell() -> None:
    """What was never compiled cannot be asked about."""
    with compiling(flow_records(3), Embedded()) as asked:
        key = asked.cells().table.slice(0, 1).to_pylist()[0] | {"METHOD": "TM01", "CHANNEL": "CASH"}
        with pytest.raises(InvalidInput, match="no cell"):
            asked.behind(pa.Table.from_pylist([key]))


def test_a_block_without_records_has_nobody_behind_it() -> None:
    """A key that is asked for without records has no rows."""
    with compiling(flow_records(3), Embedded()) as asked:
        key = asked.cells().table.slice(0, 1).to_pylist()[0] | {"COUNTERPART_AREA": "MD"}

        assert asked.behind(pa.Table.from_pylist([key])).num_rows == 0


def test_only_records_that_changed_are_compared() -> None:
    """One record added, one with another amount: two reports changed in the whole, one in each of their cells."""
    kept = flow_records(40)
    rows = [{"REPORT_ID": "x", "SUBJECT_ID": "y", "AMOUNT": 5}]
    earlier = flow_records(0, [*kept.to_pylist(), *rows])
    added = {"REPORT_ID": "z", "SUBJECT_ID": "y", "REPORTING_ENTITY": "e9", "COUNTERPART_AREA": "MD"}
    later = flow_records(0, [added, rows[0] | {"AMOUNT": 8}, *kept.to_pylist()])

    with comparing(earlier, later, Embedded()) as changes:
        table = changes.cells().table

    whole = cell(table)
    assert (whole["N_STR"], whole["N_SUBJ"], whole["N_ENT"], whole["V_TXN"]) == (2, 1, 2, 113)
    assert cell(table, COUNTERPART_AREA="MD")["N_STR"] == 1
    assert set(table["COUNTERPART_AREA"].to_pylist()) == {"RU", "MD", "W1"}


def test_a_change_that_no_cell_shows_is_none() -> None:
    """Another day of the same year, another order, and _X for nothing: nothing changed."""
    earlier = flow_records(20, [{"END_DATE": dt.date(2016, 1, 1)}])
    later = flow_records(
        0, [{"END_DATE": dt.date(2016, 7, 1), "METHOD": "_X"}, *flow_records(20).to_pylist()]
    )

    with comparing(earlier, later, Embedded()) as changes:
        assert changes.cells().table.num_rows == 0
