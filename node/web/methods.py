"""How to read a figure: what only people can write of an indicator, beside the definition of its function.

Invariants: the formula is the one that the function's own docstring defines; the words never accuse: an asymmetry is a
question to both sides.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

from node.web.language import N_
from risk_models.indicators.catalogue import described


@dataclass(frozen=True, slots=True)
class Method:
    """How to read an indicator.

    `unit`: share, money, ratio, probability, number, or measure: that of what the indicator is computed of. function:
    what computes it; "" for the first that the catalogue has. formula: its definition, given by `method`.
    """

    reading: str
    caution: str
    unit: str
    function: str = ""
    formula: str = ""


OUT_OF_LINE = N_(
    "An alarm says that a series is out of line, not why: a change of reporting rules or of software looks the same."
)
METHODS = {
    "A5": Method(
        reading=N_(
            "What part of one stage of the chain, from report to confiscation, reaches the next stage."
        ),
        caution=N_(
            "The stages are of one period, so cases that take longer than it belong to different years."
        ),
        unit="share",
    ),
    "B1": Method(
        reading=N_("What part of all flows of this member in this direction goes through this corridor."),
        caution=N_("It counts what was reported. A large share may mean good reporting."),
        unit="share",
    ),
    "B5": Method(
        reading=N_(
            "How far the two ends of one corridor differ: 0 they see the same, 2 only the sender sees it, "
            "minus 2 only the receiver does."
        ),
        caution=N_(
            "For suspicious reports a difference is a gap in detection, never an error of either side."
        ),
        unit="number",
    ),
    "B6": Method(
        reading=N_(
            "What the importer declared, less freight and insurance, minus what the exporter declared."
        ),
        caution=N_("Re-export, timing and classification explain many gaps. Check these before asking."),
        unit="money",
    ),
    "B9": Method(
        reading=N_(
            "How concentrated a member's corridors are: 1 is a single partner, near 0 many equal ones."
        ),
        caution=N_("One dominant partner or a wide network may both be risky."),
        unit="number",
    ),
    "D1": Method(
        reading=N_("How many times as many as in the period before."),
        caution=N_("A large growth of small numbers may be chance; the p-value says how easily."),
        unit="ratio",
    ),
    "E1": Method(
        reading=N_(
            "How far the last period is from the middle of those before it, in deviations that "
            "outliers cannot move."
        ),
        caution=OUT_OF_LINE,
        unit="number",
    ),
    "E2": Method(
        reading=N_("What is left of a period when its usual season and trend are taken out."),
        caution=OUT_OF_LINE,
        unit="number",
    ),
    "E3": Method(
        reading=N_("Whether the level drifts upwards though no single period stands out."),
        caution=OUT_OF_LINE,
        unit="number",
    ),
    "E4": Method(
        reading=N_("Whether small excesses over what is expected add up."),
        caution=OUT_OF_LINE,
        unit="number",
    ),
    "E5": Method(
        reading=N_("How likely a count this large or larger is at the level of the periods before."),
        caution=OUT_OF_LINE,
        unit="probability",
    ),
    "E6": Method(
        reading=N_(
            "Whether a period is above what the same months of past years, with their trend, lead "
            "one to expect."
        ),
        caution=OUT_OF_LINE,
        unit="probability",
    ),
    "E7": Method(
        reading=N_(
            "Whether a period is above the few before it; the nearest are left out so that the "
            "start of a rise does not hide it."
        ),
        caution=OUT_OF_LINE,
        unit="number",
    ),
    "E9": Method(
        reading=N_(
            "Whether the level rose for good: how much the ranks before and after the most "
            "telling moment differ."
        ),
        caution=OUT_OF_LINE,
        unit="number",
    ),
    "E13": Method(
        reading=N_(
            "How serious it is what detectors of different families say together: from 0 (nothing) to 3."
        ),
        caution=OUT_OF_LINE,
        unit="number",
    ),
    "E15": Method(
        reading=N_(
            "Whether a series rises steadily: the middle growth a period, and whether chance could do it."
        ),
        caution=OUT_OF_LINE,
        unit="measure",
    ),
    "E16": Method(
        reading=N_(
            "How far the growth over the same period of last year, less what all corridors share, is "
            "beyond earlier growths."
        ),
        caution=OUT_OF_LINE,
        unit="number",
    ),
    "E17": Method(
        reading=N_(
            "By how much the whole period moved: the middle growth of all corridors (0.1 is plus 10.5 %); "
            "single series are judged without it."
        ),
        caution=N_("Prices, exchange rates and rules move all corridors. It is no warning of any of them."),
        unit="number",
    ),
    "E18": Method(
        reading=N_("How much more (with a minus: less) than growth as usual would have given."),
        caution=OUT_OF_LINE,
        unit="measure",
    ),
}
BY_FACET = {
    ("B5", "V_DECL"): Method(
        reading=N_(
            "The logarithm of what one end declares over what the other does: 0 they agree, 0.7 twice."
        ),
        caution=N_("Re-export, timing and classification explain many gaps. Check these before asking."),
        unit="number",
        function="mirror_log_ratio",
    ),
    ("B6", "SHARE"): Method(
        reading=N_(
            "How large the gap between the importer's and the exporter's declarations is beside their sum."
        ),
        caution=N_("Re-export, timing and classification explain many gaps. Check these before asking."),
        unit="share",
    ),
}
UNKNOWN = Method(reading="", caution="", unit="number")


def method(indicator: str, facet: str = "") -> Method:
    """Give how to read an indicator; one this version does not describe is shown as a bare number."""
    last = facet.rpartition("/")[2]
    found = BY_FACET.get((indicator, last)) or METHODS.get(indicator, UNKNOWN)
    found = replace(found, formula=_formula(indicator, found.function))
    if found.unit != "measure":
        return found
    is_money = any(part.startswith("V_") for part in facet.split("/"))
    return replace(found, unit="money" if is_money else "number")


@cache
def _formula(indicator: str, function: str) -> str:
    functions = [one for one in described() if one.indicator == indicator and function in {"", one.name}]
    return functions[0].parts.get("Definition", "") if functions else ""


def steps_of(formula: str) -> list[str]:
    """Give the parts of a definition, each for a line of its own: split at semicolons outside brackets."""
    lines, depth, start = [], 0, 0
    for place, character in enumerate(formula):
        depth += (character in "([") - (character in ")]")
        if character == ";" and depth == 0:
            lines.append(formula[start : place + 1])
            start = place + 1
    return [line.strip() for line in (*lines, formula[start:]) if line.strip()]
