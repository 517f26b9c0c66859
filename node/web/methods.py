"""What each indicator says, in a sentence and a formula, for the people who read the figure.

Invariants: the formula is the one the model computes (methodology, section 2); the words never accuse: an
asymmetry is a question to both sides.
"""

from __future__ import annotations

from dataclasses import dataclass

from node.web.language import N_

MINUS = "\u2212"


@dataclass(frozen=True, slots=True)
class Method:
    """How to read an indicator. `unit`: share, money, ratio or number. `formula` is mathematics."""

    formula: str
    reading: str
    caution: str
    unit: str


METHODS = {
    "A5": Method(
        formula="c = nₛ₊₁ / nₛ",
        reading=N_(
            "What part of one stage of the chain, from report to confiscation, reaches the next stage."
        ),
        caution=N_(
            "The stages are of one period, so cases that take longer than it belong to different years."
        ),
        unit="share",
    ),
    "B1": Method(
        formula="s = wᵢⱼ / Σⱼ wᵢⱼ",
        reading=N_("What part of all flows of this member in this direction goes through this corridor."),
        caution=N_("It counts what was reported. A large share may mean good reporting."),
        unit="share",
    ),
    "B5": Method(
        formula=f"D = (a {MINUS} b) / ((a + b) / 2)",
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
        formula=f"g = Mᵢⱼ / β {MINUS} Xⱼᵢ",
        reading=N_(
            "What the importer declared, less freight and insurance, minus what the exporter declared."
        ),
        caution=N_("Re-export, timing and classification explain many gaps. Check these before asking."),
        unit="money",
    ),
    "B9": Method(
        formula="H = Σⱼ sᵢⱼ²",
        reading=N_(
            "How concentrated a member's corridors are: 1 is a single partner, near 0 many equal ones."
        ),
        caution=N_("One dominant partner or a wide network may both be risky."),
        unit="number",
    ),
    "D1": Method(
        formula="g = xₜ / xₜ₋₁",
        reading=N_("How many times as many as in the period before."),
        caution=N_("A large growth of small numbers may be chance; the p-value says how easily."),
        unit="ratio",
    ),
}
BY_FACET = {
    ("B5", "V_DECL"): Method(
        formula="D = ln(vₐ / (κ · v_b))",
        reading=N_(
            "The logarithm of what one end declares over what the other does: 0 they agree, 0.7 twice."
        ),
        caution=N_("Re-export, timing and classification explain many gaps. Check these before asking."),
        unit="number",
    ),
    ("B6", "SHARE"): Method(
        formula=f"|Mᵢⱼ / β {MINUS} Xⱼᵢ| / (Mᵢⱼ / β + Xⱼᵢ)",
        reading=N_(
            "How large the gap between the importer's and the exporter's declarations is beside their sum."
        ),
        caution=N_("Re-export, timing and classification explain many gaps. Check these before asking."),
        unit="share",
    ),
}
UNKNOWN = Method(formula="", reading="", caution="", unit="number")


def method(indicator: str, facet: str = "") -> Method:
    """Give how to read an indicator; one this version does not describe is shown as a bare number."""
    last = facet.rpartition("/")[2]
    return BY_FACET.get((indicator, last)) or METHODS.get(indicator, UNKNOWN)
