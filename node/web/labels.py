"""Names of codes in the reader's language, from the code lists and, for our own codes, from words.py."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from node.ports.work import Said
from node.services.results import Result
from node.services.views.facets import Selection
from node.web.language import Language
from node.web.words import word
from risk_models.card import Text
from risk_models.composite.register import packaged
from risk_models.indicators.catalogue import sentences
from risk_models.typologies.detection import rules
from schemas import registry
from schemas.errors import SchemaError

FACET_LISTS = (
    "CL_FLOW_KIND",
    "CL_PRODUCT",
    "CL_CHANNEL",
    "CL_METHOD",
    "CL_PREDICATE",
    "CL_ENTITY_TYPE",
    "CL_FLOW_DIRECTION",
    "CL_CRIME_TYPE",
    "CL_MEASURE",
)
ASSESSED_BY = ("member_risk_1", "corridor_risk_1", "typology_threat_1", "sector_threat_1")
PLACEHOLDERS = frozenset({"_Z", "_X", "_T", ""})
# the heading of a chart says these
SAID_IN_TITLES = frozenset({"MEASURE", "TIME_PERIOD"})
MISSING = "\u2013"
# Codes that say nothing unless it is said of what.
NOT_KNOWN = frozenset({"_X", "_U", "_O"})


@dataclass(frozen=True, slots=True)
class Labels:
    """Looks codes up; a code nobody knows is shown as it is."""

    language: Language

    def code(self, codelist: str, code: str) -> str:
        """Give a code's label."""
        try:
            return registry.codelist(codelist).label(code, self.language.code)
        except SchemaError:
            return code

    def area(self, code: str) -> str:
        """Give the name of a state or territory."""
        return self.code("CL_AREA", code)

    def areas(self, codes: Iterable[str]) -> dict[str, str]:
        """Give the names of states and territories by their codes."""
        return {code: self.area(code) for code in codes}

    def of_dimension(self, dimension: str, code: str) -> str:
        """Give the label of a dimension's value."""
        codelist = registry.concept_codelist(dimension)
        return self.code(codelist, code) if codelist else code

    def column(self, dimension: str) -> str:
        """Give the name of a column."""
        return registry.concept_labels(dimension).get(self.language.code, dimension)

    def dataflow(self, dataflow_id: str) -> str:
        """Give the name of a dataflow."""
        try:
            return registry.dataflow(dataflow_id).labels[self.language.code]
        except SchemaError:
            return dataflow_id

    def typology(self, definition_id: str) -> str:
        """Give the name of a typology that rules find."""
        names = {one.id: one.labels for one in rules()}
        return names[definition_id][self.language.code] if definition_id in names else definition_id

    def indicator(self, indicator: str) -> str:
        """Give the name of an indicator."""
        return self.code("CL_INDICATOR", indicator)

    def name_of_indicator(self, indicator: str) -> str:
        """Give the name of an indicator that a model computes, "" for one that has none."""
        name = self.indicator(indicator)
        return "" if name == indicator else name

    def told(self, part: str) -> str:
        """Give what a function's docstring says to readers, sentence by sentence in their language."""
        return " ".join(self.language.gettext(one) for one in sentences(part)).replace("`", "")

    def text(self, text: Text) -> str:
        """Give a text of a model card: as it is written in this language, or translated from English."""
        english = text["en"]
        return text.get(self.language.code) or self.language.gettext(english)

    def assessed(self, name: str) -> str:
        """Give the name of an input, a group or a level of an assessment, of the first that has it."""
        called = (packaged(one).called(name, self.language.code) for one in ASSESSED_BY)
        return next((text for text in called if text != name), name)

    def facet(self, facet: str) -> str:
        """Give the parts of a facet in words, without those that stand for a whole or do not apply."""
        named = ""
        measures = registry.codelist("CL_MEASURE")
        previous = ""
        parts = facet.split("/")
        cuts, flows = _cuts(parts), {flow.id for flow in registry.dataflows()}
        is_after_flow = False
        for place, part in enumerate(parts):
            is_of_cut = part in NOT_KNOWN and place < len(cuts)
            if part in PLACEHOLDERS and not is_of_cut:
                continue
            joint = " → " if part in measures and previous in measures else ", "
            said = f"{self.column(cuts[place])}: " if is_of_cut else ""
            named += (joint if named else "") + said + (self._suffix if is_after_flow else self._part)(part)
            previous, is_after_flow = part, is_after_flow or part in flows
        return named

    def choice(self, selection: Selection) -> str:
        """Give what is chosen in words: every dimension that is not at its whole."""
        chosen = [
            f"{self.column(name)}: {self.of_dimension(name, code)}"
            for name, code in selection.address.items()
            if code not in PLACEHOLDERS and name not in SAID_IN_TITLES
        ]
        return "; ".join(chosen)

    def corridor(self, result: Result) -> str:
        """Give the areas a result speaks of."""
        if result.counterpart_area in PLACEHOLDERS:
            return self.area(result.ref_area)
        return " → ".join(self.area(code) for code in result.flow)

    def subject(self, result: Result) -> str:
        """Give what a result counts; the direction is in the arrow of `corridor`."""
        return self.facet("/".join(part for part in result.facets if part != result.direction))

    def rating(self, item: str, value: int) -> str:
        """Give the code and the label of a FATF rating by its numeric value."""
        scale = "effectiveness" if item.startswith("IO") else "technical"
        for code in registry.codelist("CL_FATF_RATING").where("scale", scale):
            if code.attributes.get("numeric") == str(value):
                return f"{code.id} · {code.labels[self.language.code]}"
        return str(value)

    def word(self, group: str, code: str) -> str:
        """Give the words for one of the house's own codes."""
        return self.language.gettext(word(group, code))

    def said(self, said: Said) -> str:
        """Give what a job did, as a sentence with its facts; of a fact nobody told a dash."""
        named = {"member": self.area(str(said.facts["member"]))} if "member" in said.facts else {}
        return self.word("said", said.code).format_map(defaultdict(lambda: MISSING, {**said.facts, **named}))

    def _suffix(self, part: str) -> str:
        """What stands after the dataflow says which of an indicator's figures it is: a word of ours, or a dimension."""
        said = self.word("facet", part)
        if said != part:
            return said
        column = self.column(part)
        return column if column != part else self._part(part)

    def _part(self, part: str) -> str:
        for codelist in FACET_LISTS:
            if part in registry.codelist(codelist):
                return self.code(codelist, part)
        if part in {flow.id for flow in registry.dataflows()}:
            return self.dataflow(part)
        assessed = self.assessed(part)
        if assessed != part:
            return assessed
        return self.word("facet", part)


def _cuts(parts: list[str]) -> tuple[str, ...]:
    """Give the cuts that the first parts of a facet are codes of: those of the flows compiled from records."""
    for flow in registry.dataflows():
        if flow.is_record_level and len(parts) > len(flow.cuts):
            lists = [registry.codelist(registry.concept_codelist(name) or "") for name in flow.cuts]
            if all(part in codes for part, codes in zip(parts, lists, strict=False)):
                return flow.cuts
    return ()
