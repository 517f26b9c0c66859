"""The methods pages: every indicator and every model, in three languages, as their functions and cards say it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from babel import Locale
from babel.support import Translations

from node.web.labels import Labels
from node.web.language import Language
from node.web.methods import method, steps_of
from risk_models.composite.register import register as composites
from risk_models.indicators.catalogue import described
from risk_models.model import register
from tests.unit.web.conftest import Pages
from tests.unit.web.test_web_pages import Markup

STATED = {one.id for spec in register() for one in spec.indicators}
INDICATORS = sorted({one.indicator for one in described()} | STATED)
MODELS = [*(spec.id for spec in register()), *(one.id for one in composites())]


def opened(pages: Pages, path: str, language: str = "en") -> str:
    """Give a page as an analyst sees it, checked to be well-formed."""
    answer = pages.as_person("head", language).get(path)
    assert answer.status_code == 200, path
    assert Markup(answer.text).faults == [], path
    assert answer.text.count("<h1>") == 1
    assert answer.text.count("<table") == answer.text.count("<caption")
    return answer.text


@pytest.mark.parametrize("language", ["ru", "kk", "en"])
def test_the_lists_open_in_every_language(pages: Pages, language: str) -> None:
    """Methods and models, whole and by family."""
    for path in ("/methods", "/methods?family=B", "/methods/models"):
        opened(pages, path, language)


def test_every_indicator_and_every_model_has_its_page(pages: Pages) -> None:
    """None is left out, whether a model computes it or not."""
    listed = opened(pages, "/methods")
    for indicator in INDICATORS:
        assert f'href="/methods/{indicator}"' in listed
        opened(pages, f"/methods/{indicator}")
    register_page = opened(pages, "/methods/models")
    for model in MODELS:
        assert f'href="/methods/models/{model}"' in register_page
        opened(pages, f"/methods/models/{model}", "kk")


def test_a_family_stands_in_the_address_and_an_unknown_one_hides_nothing(pages: Pages) -> None:
    """Of family B only B's are shown; of a family that does not exist all are."""
    of_b = opened(pages, "/methods?family=B")

    assert 'href="/methods/B5"' in of_b
    assert 'href="/methods/A5"' not in of_b
    assert 'href="/methods/A5"' in opened(pages, "/methods?family=Z")


def test_a_method_says_what_its_function_and_its_specification_say(
    pages: Pages, visible: Callable[[str], str]
) -> None:
    """Definition, threshold with its reason, digest of the specification, and the figures it gave here."""
    text = visible(opened(pages, "/methods/B6"))

    assert "gap = M_ij / beta - X_ji" in text
    assert "beta 1.06 Imports are valued with freight and insurance" in text
    assert next(spec.digest for spec in register() if spec.id == "cross_border_1") in text
    assert "min_growth_reports" not in text
    assert "figures in the newest computation" in text


def test_an_indicator_that_only_its_model_defines_has_its_words(
    pages: Pages, visible: Callable[[str], str]
) -> None:
    """No figure of a page leads nowhere."""
    only = sorted(STATED - {one.indicator for one in described()})
    text = visible(opened(pages, f"/methods/{only[0]}"))

    assert "This indicator is defined by its model" in text


def test_an_indicator_that_no_model_computes_says_so(pages: Pages, visible: Callable[[str], str]) -> None:
    """It is described all the same."""
    text = visible(opened(pages, "/methods/B8"))

    assert "No model of this node computes this indicator" in text
    assert "Walker" in text


class Loud(Translations):
    """Translates by shouting."""

    def ugettext(self, message: str) -> str:
        """Give the message in capitals."""
        return message.upper()


def test_docstrings_and_cards_are_told_in_the_reader_s_language() -> None:
    """Sentence by sentence; a text that is written in the language needs no translation."""
    labels = Labels(Language("kk", Locale.parse("kk"), Loud()))

    assert labels.told("as `D8`. No flow: no figure.") == "AS D8. NO FLOW: NO FIGURE."
    assert labels.text({"en": "one"}) == "ONE"
    assert labels.text({"ru": "Ж", "kk": "Ң", "en": "one"}) == "Ң"


def test_a_card_says_what_the_model_is_not_for(pages: Pages, visible: Callable[[str], str]) -> None:
    """Class, reasons, parameters; a composite has weights and steps."""
    cells = visible(opened(pages, "/methods/models/early_warning_1"))
    composite = visible(opened(pages, "/methods/models/country_risk_1"))

    assert "naming persons or firms" in cells
    assert "medium risk; low autonomy" in cells
    assert "lengths.M.window 24" in cells
    assert "Threat 0.4, Vulnerability 0.4, Consequence 0.2" in composite
    assert "not stated" not in cells + composite


@pytest.mark.parametrize("path", ["/methods/Z9", "/methods/models/none"])
def test_what_does_not_exist_is_refused_with_a_way_on(pages: Pages, path: str) -> None:
    """A page, not a fault."""
    answer = pages.as_person("head").get(path)

    assert answer.status_code == 404


def test_a_figure_leads_to_its_method(pages: Pages) -> None:
    """Tables of figures name the indicator with a link."""
    assert 'href="/methods/B6"' in opened(pages, "/corridors/KZ/BY?dataflow=DECLARED_FLOW")


def test_a_formula_is_the_one_of_its_function() -> None:
    """For declared values another function computes B5; what nobody describes has none."""
    assert method("B5").formula.startswith("D = (a - b)")
    assert method("B5", "TRADE/_T/OUT/V_DECL").formula.startswith("ln(v_a")
    assert method("Z9").formula == ""


def test_a_definition_is_split_at_semicolons_outside_brackets() -> None:
    """Each part has a line of its own."""
    assert steps_of("x = f(a; b); y = x") == ["x = f(a; b);", "y = x"]
