"""How to read the figures of the tier-1 model: what only people can write, beside the definitions of its functions.

Invariants: a figure whose facet names one of several forms of an indicator has words of its own, never its code.
"""

from __future__ import annotations

from node.web.language import N_

DETECTION = N_("Reports measure detection as well as threat; regimes of reporting differ between members.")
# by indicator: what a figure says, and its unit
READINGS = {
    "A1": (
        N_(
            "How many reports there are for 100 000 inhabitants; it says as much about detection as about threat."
        ),
        "number",
    ),
    "A2": (N_("How many reports there are for a billion dollars of gross domestic product."), "number"),
    "A3": (N_("How many reports a million cashless payments give."), "number"),
    "A4": (
        N_("How much money one report is about; a fall while reports rise is how droppers look."),
        "money",
    ),
    "B2": (N_("How many times a flow is what the sizes of its two ends explain."), "ratio"),
    "B3": (N_("What part of a flow comes back."), "share"),
    "B4": (N_("Which way a flow goes: one is only there, minus one only back."), "number"),
    "B10": (
        N_("How surprising the number of reports is of a corridor that had hardly any before."),
        "number",
    ),
    "C1": (N_("How much a member sends and receives, and with how many others."), "measure"),
    "C4": (N_("What part of a member's flows passes through."), "share"),
    "D2": (N_("How surprising the number of reports is of what hardly occurred before."), "number"),
    "D3": (N_("How many times a typology's share is larger with a member than in the region."), "ratio"),
    "D4": (N_("How concentrated a member's reports are: one is all in one place."), "number"),
    "D8": (N_("What part of a member's profile moved since the period before."), "share"),
    "D9": (
        N_("How alike the profiles of two members are: one is the same mix, zero nothing in common."),
        "number",
    ),
    "F1": (N_("What part of reports has a virtual-asset channel."), "share"),
    "F2": (N_("What part of virtual-asset reports is peer to peer."), "share"),
    "F3": (N_("In what part of reports there is a dropper."), "share"),
    "F6": (N_("What part of reports has a gambling channel."), "share"),
    "F8": (N_("In what part of reports there is a shell or a “technical” company."), "share"),
    "F9": (N_("In what part of reports professional enablers take part."), "share"),
    "F11": (N_("In what part of reports there is hawala or another informal transfer of value."), "share"),
}
# by indicator and the last part of its facet
BY_FORM = {
    ("C1", "PARTNERS_OUT"): (N_("To how many members this one sends."), "number"),
    ("C1", "PARTNERS_IN"): (N_("From how many members this one receives."), "number"),
    ("C2", "SINK"): (N_("What part of what moves on and on ends up with this member."), "share"),
    ("C2", "SOURCE"): (N_("What part of what moves on and on comes from this member."), "share"),
    ("C6", "SENDER"): (
        N_("Whether chance could give this corridor its share among the sender's corridors."),
        "probability",
    ),
    ("C6", "RECEIVER"): (
        N_("Whether chance could give this corridor its share among the receiver's corridors."),
        "probability",
    ),
    ("C6", "HUB"): (N_("What part of the region's flows touch this member."), "share"),
    ("D3", "SYMMETRIC"): (
        N_("The specialisation from minus one to one: zero is the region's mix."),
        "number",
    ),
    ("D4", "SHANNON"): (N_("How spread a member's reports are, in natural units of entropy."), "number"),
    ("D4", "EVENNESS"): (N_("How evenly a member's reports are spread: one is quite evenly."), "number"),
    ("D4", "HILL_1"): (
        N_("How many equal parts would be as spread as a member's reports, by their entropy."),
        "number",
    ),
    ("D4", "HILL_2"): (
        N_("How many equal parts would be as spread as a member's reports, by their concentration."),
        "number",
    ),
    ("D8", "JENSEN_SHANNON"): (
        N_("How far a member's profile is from that of the period before: zero is the same."),
        "number",
    ),
    ("D9", "KRUGMAN"): (
        N_("How different the profiles of two members are: zero is the same mix, two nothing in common."),
        "number",
    ),
}
