"""Statistics of Recommendation 33 for tests: what becomes of reports in four members, after FX4 of the methodology.

A's chain, everybody's reports and population are those of FX4, and the chains add up to FX4's region; how the later
stages are shared among the three others is ours.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.support.assessed import Cell

PERIOD = "2020"
MEMBERS = ("AM", "BY", "KG", "KZ")
STAGES = (
    ("R33_A", "N_STR"), ("R33_A", "N_DISS"), ("R33_B", "N_INV"), ("R33_B", "N_PROS"), ("R33_B", "N_CONV"),
    ("R33_C", "N_CONF"),
)  # fmt: skip
CHAINS = {
    "AM": (560, 140, 56, 14, 10, 4),
    "BY": (420, 130, 60, 20, 15, 8),
    "KG": (205, 70, 35, 11, 9, 5),
    "KZ": (37, 20, 9, 3, 2, 1),
}
POPULATION = {"AM": 40_000_000, "BY": 20_000_000, "KG": 10_000_000, "KZ": 2_000_000}
OF_AM = {("R33_D", "N_REQ_IN"): 24, ("R33_C", "V_FROZ"): 220, ("R33_C", "V_CONF"): 110}
_WHOLES = {
    "R33_A": dict.fromkeys(("CRIME_TYPE", "REPORT_TYPE", "ENTITY_TYPE", "RECIPIENT", "INITIATIVE"), "_T"),
    "R33_B": dict.fromkeys(("CRIME_TYPE", "PREDICATE", "ML_KIND", "PERSON_TYPE", "SANCTION"), "_T"),
    "R33_C": {"COUNTERPART_AREA": "_Z"}
    | dict.fromkeys(("CRIME_TYPE", "PREDICATE", "ASSET", "REQUEST_ORIGIN"), "_T"),
    "R33_D": dict.fromkeys(
        ("COUNTERPART_AREA", "CRIME_TYPE", "REQUEST_KIND", "OUTCOME", "REFUSAL_REASON"), "_T"
    ),
    "CONTEXT": {},
}


def cell(flow: str, area: str, measure: str, period: str = PERIOD) -> Cell:
    """What names a total of a member."""
    return flow, area, {**_WHOLES[flow], "TIME_PERIOD": period, "MEASURE": measure}


def given() -> Iterator[tuple[Cell, int]]:
    """Every cell with its value."""
    for area in MEMBERS:
        for (flow, measure), value in zip(STAGES, CHAINS[area], strict=True):
            yield cell(flow, area, measure), value
        yield cell("CONTEXT", area, "POP"), POPULATION[area]
    for (flow, measure), value in OF_AM.items():
        yield cell(flow, "AM", measure), value
