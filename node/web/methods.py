"""How to read a figure: what only people can write of an indicator, beside the definition of its function.

Invariants: the formula is the one that the function's own docstring defines; the words never accuse: an asymmetry is a
question to both sides.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

from node.web.language import N_
from node.web.methods_tier_one import BY_FORM, DETECTION, READINGS
from risk_models.assessment.details import CODES
from risk_models.indicators.catalogue import described
from risk_models.model import register


@dataclass(frozen=True, slots=True)
class Method:
    """How to read an indicator.

    `unit`: share, money, ratio, probability, number, or measure: that of what the indicator is computed of. function:
    what computes it; "" for the first that the catalogue has. formula: its definition, given by `method` where the
    catalogue has one.
    """

    reading: str
    caution: str
    unit: str
    function: str = ""
    formula: str = ""


OUT_OF_LINE = N_(
    "An alarm says that a series is out of line, not why: a change of reporting rules or of software looks the same."
)
NO_VERDICT = N_("A score says what to look at first. It accuses nobody and triggers nothing by itself.")
AT_MIDDLE = N_("Computed at the middle of the intervals: it explains a score and bounds nothing.")
OF_A_CHAIN = N_("A weak stage is a question to the whole chain and no grade of one authority.")
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
    "A6": Method(
        reading=N_("What part of all reports reaches the last stage of the chain."),
        caution=N_(
            "The stages are of one period, so cases that take longer than it belong to different years."
        ),
        unit="share",
    ),
    "A7": Method(
        reading=N_(
            "How far fewer cases pass this stage than with all members together: below zero fewer, by so many "
            "standard deviations."
        ),
        caution=OF_A_CHAIN,
        unit="number",
    ),
    "A9": Method(
        reading=N_("How many times as many reports there are as all members together file for this size."),
        caution=DETECTION,
        unit="ratio",
    ),
    "A10": Method(
        reading=N_("How many requests from abroad come to a hundred disseminations."),
        caution=N_("Many requests may mean trust in the answers as well as risk."),
        unit="number",
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
        function="ewma_counts",
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
        function="pettitt",
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
        formula="z = (g - mean) / sd; g = ln x - ln x₁ - c",
        reading=N_(
            "How far the growth over the same period of last year, less what all corridors share, is "
            "beyond earlier growths."
        ),
        caution=OUT_OF_LINE,
        unit="number",
    ),
    "E17": Method(
        formula="c = median (ln x - ln x₁)",
        reading=N_(
            "By how much the whole period moved: the middle growth of all corridors (0.1 is plus 10.5 %); "
            "single series are judged without it."
        ),
        caution=N_("Prices, exchange rates and rules move all corridors. It is no warning of any of them."),
        unit="number",
    ),
    "E18": Method(
        formula="x - x̂",
        reading=N_("How much more (with a minus: less) than growth as usual would have given."),
        caution=OUT_OF_LINE,
        unit="measure",
    ),
    "G0": Method(
        formula="n = 100 · min(1, max(0, (x - a) / (b - a)))",
        reading=N_(
            "Where an input stands between its two fixed goalposts: 0 is the lower one, 100 the upper one."
        ),
        caution=N_("Goalposts are fixed in the specification, so that no member moves when another changes."),
        unit="number",
    ),
    "G1": Method(
        formula="T = Σ wᵢ nᵢ",
        reading=N_("How strongly a threat bears on a member, from 0 to 100."),
        caution=NO_VERDICT,
        unit="number",
    ),
    "G2": Method(
        formula="V = ½ I + ½ (100 - C), C ≤ n₁",
        reading=N_(
            "How vulnerable a member is: inherent vulnerability and gaps of control in equal parts; "
            "controls reach no further than the law."
        ),
        caution=NO_VERDICT,
        unit="number",
    ),
    "G3": Method(
        formula="C = Σ wᵢ nᵢ",
        reading=N_("How grave the consequences are, from 0 to 100; here the evidence is the weakest."),
        caution=NO_VERDICT,
        unit="number",
    ),
    "G4": Method(
        formula="R = 100 · Π (X / 100)ʷ",
        reading=N_("Threat, vulnerability and consequence together, as a geometric mean: from 0 to 100."),
        caution=NO_VERDICT,
        unit="number",
    ),
    "G5": Method(
        formula="1 + |{j : lⱼ > uᵢ}| … |{j : uⱼ ≥ lᵢ}|",
        reading=N_(
            "Which ranks are possible among the members assessed, when withheld values may be anything "
            "within their bounds."
        ),
        caution=NO_VERDICT,
        unit="number",
    ),
    "G6": Method(
        formula="w ∈ {0, 1/10, …, 1}³, Σ w = 1",
        reading=N_("Under what share of all possible weights a member takes this rank."),
        caution=AT_MIDDLE,
        unit="share",
    ),
    "G7": Method(
        formula="Sᵀ = E[Var(Y | X-ₐ)] / Var(Y)",
        reading=N_(
            "How often another level or another rank would come out, had the method been chosen otherwise."
        ),
        caution=N_("Every combination of the choices was computed; none was drawn by lot."),
        unit="number",
    ),
    "G8": Method(
        formula="φᵢ = Σ |S|! (n - |S| - 1)! / n! · (v(S + i) - v(S))",
        reading=N_(
            "How many points an input added or took away, against the median of the members in the same year."
        ),
        caution=AT_MIDDLE,
        unit="number",
    ),
    "G9": Method(
        formula="Δ = Rₜ - Rₜ₋₁",
        reading=N_(
            "How much the score changed since the year before, by the same method and on the data of now."
        ),
        caution=NO_VERDICT,
        unit="number",
    ),
    "G10": Method(
        formula="max(A, B, C, D)",
        reading=N_(
            "How far the score may be relied on, from 1 (A) to 4 (D): the worst of the interval, the ranks, "
            "completeness and age of the data."
        ),
        caution=NO_VERDICT,
        unit="number",
    ),
}
# Corridors, typologies and sectors are read as members are, but for what their axes are made of.
METHODS |= {code: METHODS[of_members] for of_members, code in CODES.items()} | {
    "G12": replace(METHODS["G1"], reading=N_("How strong the threat is, from 0 to 100.")),
    "G13": replace(
        METHODS["G2"],
        formula="V = ½ V₁ + ½ V₂",
        reading=N_("How weak controls are at both ends of the corridor, from 0 to 100."),
    ),
    "G14": replace(
        METHODS["G3"],
        reading=N_("How large the value is beside the economies of both ends, from 0 to 100."),
    ),
    "G16": replace(
        METHODS["G5"],
        reading=N_(
            "Which ranks are possible among units of the same kind, when withheld values may be anything "
            "within their bounds."
        ),
    ),
    "G17": replace(
        METHODS["G8"],
        reading=N_(
            "How many points an input added or took away, against the median of units of the same kind in "
            "the same year."
        ),
    ),
}
AS_READ = Method(
    formula="x",
    reading=N_("The input as it was read, before it is compared with the goalposts."),
    caution=N_("The facet names the year of the cells it was computed from."),
    unit="share",
)
BY_FACET = {
    ("G0", "VALUE"): AS_READ,
    ("G11", "VALUE"): AS_READ,
    ("A6", "V_CONF"): Method(
        reading=N_("What part of the frozen property is confiscated."),
        caution=N_("What is frozen in one year may be confiscated in another."),
        unit="share",
        function="value_recovery",
    ),
    ("A7", "MISSING"): Method(
        reading=N_(
            "How many more cases would pass this stage if as many passed as with all members together."
        ),
        caution=OF_A_CHAIN,
        unit="number",
    ),
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
METHODS |= {name: Method(said, DETECTION, unit) for name, (said, unit) in READINGS.items()}
BY_FACET |= {place: Method(said, DETECTION, unit) for place, (said, unit) in BY_FORM.items()}
UNKNOWN = Method(reading="", caution="", unit="number")


def method(indicator: str, facet: str = "") -> Method:
    """Give how to read an indicator; one this version does not describe is shown as a bare number."""
    last = facet.rpartition("/")[2]
    found = BY_FACET.get((indicator, last)) or METHODS.get(indicator, UNKNOWN)
    found = replace(found, formula=found.formula or _formula(indicator, found.function))
    if found.unit != "measure":
        return found
    is_money = any(part.startswith("V_") for part in facet.split("/"))
    return replace(found, unit="money" if is_money else "number")


@cache
def page_of(indicator: str) -> str:
    """Give the page that says how an indicator is computed: its own, or the card of the model that computes it."""
    if indicator in {one.indicator for one in described()}:
        return f"/methods/{indicator}"
    models = [one.id for one in register() if indicator in {line.id for line in one.indicators}]
    return f"/methods/models/{models[0]}" if models else "/methods"


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
