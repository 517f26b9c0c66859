"""The dataflows: what is counted, by which cuts, and what may be said of a figure."""

from __future__ import annotations

import pyarrow as pa
import pytest

from risk_models.figures import COLUMNS
from schemas.arrow import arrow_schema
from schemas.check import check
from schemas.registry import LANGUAGES, codelist, dataflow, dataflows, structure
from schemas.structure import Dataflow

FLOWS = (
    *(
        "SUSPICIOUS_FLOW",
        "DETECTED_FLOW",
        "DECLARED_FLOW",
        "CONTEXT",
        "FATF_RATING",
        "R33_A",
        "R33_B",
        "R33_C",
        "R33_D",
    ),
    *("TYPOLOGY_CELL", "ASSESSMENT", "TYPOLOGY", "INDICATOR", "RECOMMENDATION"),
)
STATISTICS = ("DECLARED_FLOW", "CONTEXT", "R33_A", "R33_B", "R33_C", "R33_D", "TYPOLOGY_CELL")
REGISTERS = ("ASSESSMENT", "TYPOLOGY", "RECOMMENDATION")
# The table of the common measures of Recommendation 33 (R33-A1 to R33-D9): measure, unit, required cuts.
R33 = {
    "R33_A": {
        "N_STR": ("report", {"CRIME_TYPE", "ENTITY_TYPE"}),
        "N_DISS": ("report", {"CRIME_TYPE", "RECIPIENT"}),
        "N_PKG": ("dissemination", {"INITIATIVE"}),
        "N_THR": ("report", {"REPORT_TYPE"}),
        "D_DISS_MED": ("day", set()),
        "D_DISS_P90": ("day", set()),
    },
    "R33_B": {
        **{name: ("case", {"CRIME_TYPE", "PREDICATE", "ML_KIND"}) for name in ("N_INV", "N_PROS", "N_CONV")},
        **{
            name: ("person", {"CRIME_TYPE", "PREDICATE", "ML_KIND"}) for name in ("P_INV", "P_PROS", "P_CONV")
        },
        "N_SANC": ("person", {"PERSON_TYPE", "SANCTION"}),
    },
    "R33_C": {
        **{
            name: ("order", {"ASSET", "PREDICATE", "CRIME_TYPE", "REQUEST_ORIGIN"})
            for name in ("N_FROZ", "N_SEIZ", "N_CONF")
        },
        **{
            name: ("USD", {"ASSET", "PREDICATE", "CRIME_TYPE", "REQUEST_ORIGIN"})
            for name in ("V_FROZ", "V_SEIZ", "V_CONF")
        },
        "N_SHARED": ("order", {"COUNTERPART_AREA"}),
        "V_SHARED": ("USD", {"COUNTERPART_AREA"}),
        "S_FROZ": ("USD", {"ASSET"}),
    },
    "R33_D": {
        **{
            name: ("request", {"COUNTERPART_AREA", "REQUEST_KIND", "OUTCOME"})
            for name in ("N_REQ_IN", "N_REQ_OUT")
        },
        "N_ANS": ("request", {"COUNTERPART_AREA", "REQUEST_KIND"}),
        "N_SPONT_IN": ("disclosure", {"COUNTERPART_AREA"}),
        "N_SPONT_OUT": ("disclosure", {"COUNTERPART_AREA"}),
        "D_ANS_MED": ("day", {"COUNTERPART_AREA", "REQUEST_KIND"}),
        "D_ANS_P90": ("day", {"COUNTERPART_AREA", "REQUEST_KIND"}),
    },
}
STR = {"TIME_PERIOD": "2024", "REF_AREA": "KZ", "CRIME_TYPE": "ML", "MEASURE": "N_STR", "OBS_VALUE": "7"}
LEVEL = {
    "TIME_PERIOD": "2024",
    "REF_AREA": "KZ",
    "RISK_COMPONENT": "THREAT",
    "LEVEL": "3",
    "LEVEL_LOWER": "2",
    "LEVEL_UPPER": "4",
    "EVIDENCE_GRADE": "MIXED",
    "CONFIDENCE": "MEDIUM",
    "RATIONALE": "Synthetic.",
    "LANGUAGE": "en",
}


def totals(structure_id: str, *rows: dict[str, str | None]) -> dict[str, int]:
    """What a check counts, by rule."""
    names = sorted({name for row in rows for name in row})
    table = pa.table({name: pa.array([row.get(name) for row in rows], pa.string()) for name in names})
    return dict(check(table, structure(structure_id), reporter="KZ", first_row=2).totals)


def test_the_dataflows_are_those_that_members_agreed_on() -> None:
    """Thirteen are in the index: the twelve subjects, of which context has two."""
    assert tuple(flow.id for flow in dataflows()) == FLOWS


@pytest.mark.parametrize("flow", dataflows(), ids=lambda flow: flow.id)
def test_every_dataflow_is_explained_in_every_language(flow: Dataflow) -> None:
    """A label, a sentence, and a paragraph on unit, period, compiler and source."""
    for texts in (flow.labels, flow.descriptions, flow.documentation):
        assert set(texts) == set(LANGUAGES)
    assert all(len(flow.documentation[lang]) > len(flow.descriptions[lang]) for lang in LANGUAGES)


@pytest.mark.parametrize("flow", dataflows(), ids=lambda flow: flow.id)
def test_what_is_released_has_a_period_a_state_and_a_key_that_is_never_empty(flow: Dataflow) -> None:
    """Cells are literal, their dimensions are required, and only uploads have defaults."""
    assert flow.cells.literal
    assert {"TIME_PERIOD", "REF_AREA"} <= set(flow.cells.dimensions)
    assert all(column.required for column in flow.cells.columns if column.role == "dimension")
    assert all(column.default is None for column in flow.cells.columns)
    assert flow.is_uploaded == (flow.id != "INDICATOR")


def test_no_identifier_is_among_the_cells_of_any_dataflow() -> None:
    """What names a person, a case or an institution has no column in what may leave."""
    kinds = {column.kind for flow in dataflows() for column in flow.cells.columns}

    assert kinds == {"period", "code", "amount", "text"}


@pytest.mark.parametrize("flow_id", R33)
def test_the_measures_of_recommendation_33_have_their_units_and_cuts(flow_id: str) -> None:
    """Every measure of the common table is there with its unit, and may be given by each of its cuts."""
    flow, units = dataflow(flow_id), codelist("CL_MEASURE")

    assert (
        set(flow.upload.column("MEASURE").only) == set(flow.cells.column("MEASURE").only) == set(R33[flow_id])
    )
    for measure, (unit, cuts) in R33[flow_id].items():
        assert units.code(measure).attributes["unit"] == unit, measure
        for cut in cuts:
            split = flow.split_measures(cut)
            assert split is None or measure in split, (measure, cut)


@pytest.mark.parametrize("flow_id", STATISTICS)
def test_every_row_of_statistics_may_say_what_it_is(flow_id: str) -> None:
    """Unit of count, stock or flow, status, definition, compiler, source and gaps are optional columns."""
    upload = dataflow(flow_id).upload
    said = (
        *("OBS_STATUS", "UNIT_COUNT", "STOCK_FLOW"),
        *("DEFINITION", "COMPILER", "SOURCE_SYSTEM", "KNOWN_GAPS"),
    )

    assert not any(upload.column(name).required for name in said)
    assert upload.column("OBS_STATUS").default == "A"
    assert set(said[3:]) <= set(dataflow(flow_id).cells.column_ids)


@pytest.mark.parametrize("flow_id", STATISTICS)
def test_a_cut_that_is_not_given_is_the_whole(flow_id: str) -> None:
    """The small file stays a small file: every dimension with a default takes a code of its list."""
    flow = dataflow(flow_id)

    for name in flow.cuts:
        column = flow.upload.column(name)
        assert column.default in {"_T", "_Z"}
        assert column.default in codelist(column.codelist or "")


@pytest.mark.parametrize("flow_id", REGISTERS)
def test_a_register_releases_what_is_uploaded(flow_id: str) -> None:
    """Its cells have the columns of its upload, in their order."""
    flow = dataflow(flow_id)

    assert flow.disclosure == "register"
    assert flow.cells.column_ids == flow.upload.column_ids
    assert flow.cells.dimensions == flow.upload.dimensions
    assert any(column.kind == "text" for column in flow.cells.columns)


def test_the_indicators_have_the_columns_that_a_model_run_gives() -> None:
    """Structure and results agree column by column."""
    assert dataflow("INDICATOR").cells.column_ids == COLUMNS


def test_sentences_of_a_register_are_text() -> None:
    """What the content gate looks through; the number of a typology has a fixed form beside that."""
    cells = dataflow("TYPOLOGY").cells

    assert {cells.column(name).kind for name in ("TITLE", "DESCRIPTION", "RED_FLAGS")} == {"text"}
    assert cells.column("TYPOLOGY_ID").pattern
    assert arrow_schema(cells).field("DESCRIPTION").type == pa.string()


def test_the_four_things_an_empty_or_zero_figure_can_mean_are_written_apart() -> None:
    """0, not available (L), not applicable (M) and suppressed (Q) are all accepted, and differ."""
    rows: list[dict[str, str | None]] = [
        {**STR, "TIME_PERIOD": "2020", "OBS_VALUE": "0", "OBS_STATUS": None},
        {**STR, "TIME_PERIOD": "2021", "OBS_VALUE": None, "OBS_STATUS": "L"},
        {**STR, "TIME_PERIOD": "2022", "OBS_VALUE": None, "OBS_STATUS": "M"},
        {**STR, "TIME_PERIOD": "2023", "OBS_VALUE": None, "OBS_STATUS": "Q"},
    ]

    assert totals("R33_A_UPLOAD", *rows) == {}


@pytest.mark.parametrize(
    ("change", "rules"),
    [
        ({"OBS_VALUE": None}, {"value.required": 1}),
        ({"OBS_VALUE": None, "OBS_STATUS": "P"}, {"value.required": 1}),
        ({"OBS_STATUS": "L"}, {"value.status": 1}),
        ({"OBS_STATUS": "F"}, {"code.not_allowed": 1}),
        ({"OBS_STATUS": "E", "UNIT_COUNT": "REPORT", "STOCK_FLOW": "FLOW", "DEFINITION": "2.1"}, {}),
        ({"UNIT_COUNT": "CASE"}, {"codes.disagree": 1}),
        ({"STOCK_FLOW": "STOCK"}, {"codes.disagree": 1}),
        ({"DEFINITION": "see the letter"}, {"text.pattern": 1}),
        ({"ENTITY_TYPE": "FI01"}, {}),
        ({"RECIPIENT": "LEA"}, {"combination.not_allowed": 1}),
        ({"MEASURE": "N_THR", "CRIME_TYPE": "_T", "REPORT_TYPE": "WIRE"}, {}),
        ({"MEASURE": "N_THR", "CRIME_TYPE": "ML"}, {"combination.not_allowed": 1}),
    ],
    ids=str,
)
def test_a_row_of_reports_is_judged_by_its_status_its_unit_and_its_cuts(
    change: dict[str, str | None], rules: dict[str, int]
) -> None:
    """Each planted contradiction is one finding, and a sound row has none."""
    assert totals("R33_A_UPLOAD", {**STR, **change}) == rules


def test_property_shared_names_its_counterpart_and_nothing_else_does() -> None:
    """The counterpart belongs to what was returned or shared."""
    row = {**STR, "MEASURE": "V_SHARED", "COUNTERPART_AREA": "RU"}

    assert totals("R33_C_UPLOAD", row) == {}
    assert totals("R33_C_UPLOAD", {**row, "MEASURE": "V_CONF"}) == {"combination.not_allowed": 1}


@pytest.mark.parametrize(
    ("change", "rules"),
    [
        ({}, {}),
        ({"LEVEL_LOWER": None, "LEVEL_UPPER": None}, {}),
        ({"LEVEL_LOWER": "4"}, {"codes.order": 1}),
        ({"LEVEL_UPPER": "1"}, {"codes.order": 2}),
        ({"LEVEL": "5"}, {"code.unknown": 1}),
    ],
    ids=str,
)
def test_the_bounds_of_a_level_enclose_it(change: dict[str, str | None], rules: dict[str, int]) -> None:
    """Lower, level and upper are in the order of the scale."""
    assert totals("ASSESSMENT_UPLOAD", {**LEVEL, **change}) == rules


def test_parts_and_totals_are_compared_where_they_add_up() -> None:
    """More by entity than in total is refused; recipients of one report may be several."""
    by_entity = [
        {**STR, "ENTITY_TYPE": "_T", "OBS_VALUE": "10"},
        {**STR, "ENTITY_TYPE": "FI", "OBS_VALUE": "8"},
        {**STR, "ENTITY_TYPE": "VASP", "OBS_VALUE": "5"},
    ]
    by_recipient = [
        {**STR, "MEASURE": "N_DISS", "RECIPIENT": "_T", "OBS_VALUE": "10"},
        {**STR, "MEASURE": "N_DISS", "RECIPIENT": "LEA", "OBS_VALUE": "9"},
        {**STR, "MEASURE": "N_DISS", "RECIPIENT": "TAX_CUSTOMS", "OBS_VALUE": "4"},
    ]

    assert totals("R33_A_UPLOAD", *by_entity) == {"balance.exceeds_total": 1}
    assert totals("R33_A_UPLOAD", *by_recipient) == {}


def test_persons_are_at_least_cases_and_reports_disseminated_at_most_received() -> None:
    """The pairs of measures that include one another are declared."""
    cases = [{**STR, "MEASURE": "N_CONV", "OBS_VALUE": "9"}, {**STR, "MEASURE": "P_CONV", "OBS_VALUE": "8"}]
    passed = [STR, {**STR, "MEASURE": "N_DISS", "OBS_VALUE": "8"}]

    assert totals("R33_B_UPLOAD", *cases) == {"measures.order": 1}
    assert totals("R33_A_UPLOAD", *passed) == {"measures.order": 1}


def test_the_stock_of_frozen_property_follows_from_what_was_frozen_and_confiscated() -> None:
    """100 + 50 - 30 is 120 and not 200."""
    rows = [
        {**STR, "TIME_PERIOD": "2023", "MEASURE": "S_FROZ", "OBS_VALUE": "100"},
        {**STR, "MEASURE": "V_FROZ", "OBS_VALUE": "50"},
        {**STR, "MEASURE": "V_CONF", "OBS_VALUE": "30"},
    ]

    assert totals("R33_C_UPLOAD", *rows, {**STR, "MEASURE": "S_FROZ", "OBS_VALUE": "120"}) == {}
    assert totals("R33_C_UPLOAD", *rows, {**STR, "MEASURE": "S_FROZ", "OBS_VALUE": "200"}) == {
        "stock.flow": 1
    }


@pytest.mark.parametrize("flow_id", ["SUSPICIOUS_FLOW", "DETECTED_FLOW"])
def test_what_a_record_does_not_state_is_never_the_whole(flow_id: str) -> None:
    """An empty method is "not stated", which is a part of all methods; a whole mistaken for it relates nothing."""
    flow = dataflow(flow_id)

    assert {flow.whole(cut) for cut in flow.cuts} == {"_T"}
    assert flow.whole("COUNTERPART_AREA") == "W1"
