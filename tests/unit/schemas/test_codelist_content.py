"""The content of the code lists: complete, and as their sources have them.

Expected values come from the FATF Recommendations, ISO 3166 and 4217, and the texts the lists name as sources.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest

from schemas.codelist import MAX_LEVELS
from schemas.registry import LANGUAGES, OTHER_LANGUAGES, codelist, codelist_ids

SIGNATORIES = {"BY", "KZ", "KG", "RU", "TJ", "UZ"}  # Bishkek, 13 October 2023
COUNCIL_OF_FIUS = {"AM", "BY", "KZ", "KG", "RU", "TJ", "UZ"}
EAG = {"BY", "KZ", "KG", "RU", "TJ", "TM", "UZ"}  # of the states listed; China and India are not
# In the order of the FATF glossary, one word of each.
OFFENCES = (
    *("racketeering", "terrorism", "migrant", "sexual", "narcotic", "arms", "stolen", "bribery", "fraud"),
    *("currency", "products", "environmental", "murder", "kidnapping", "robbery", "smuggling", "tax"),
    *("extortion", "forgery", "piracy", "insider"),
)
TOTALS = {
    *(
        "CL_ASSET",
        "CL_CHANNEL",
        "CL_CRIME_TYPE",
        "CL_ENTITY_TYPE",
        "CL_INITIATIVE",
        "CL_METHOD",
        "CL_ML_KIND",
    ),
    *("CL_OUTCOME", "CL_PERSON_TYPE", "CL_PREDICATE", "CL_PRODUCT", "CL_RECIPIENT", "CL_REPORT_TYPE"),
    *("CL_REFUSAL_REASON", "CL_REQUEST_KIND", "CL_REQUEST_ORIGIN", "CL_SANCTION", "CL_STAGE"),
}


def test_every_code_is_named_in_three_languages() -> None:
    """Nothing in any list is left without a name, and no list is empty."""
    counted = Counter(lang for name in codelist_ids() for code in codelist(name) for lang in code.labels)
    codes = sum(len(codelist(name)) for name in codelist_ids())

    assert codes > 900
    assert {lang: counted[lang] for lang in LANGUAGES} == dict.fromkeys(LANGUAGES, codes)
    assert all(len(codelist(name)) for name in codelist_ids())


def test_every_list_says_who_keeps_it_and_since_when() -> None:
    """Agency, version and validity; the list in use is open-ended."""
    for name in codelist_ids():
        codes = codelist(name)
        assert codes.agency in {"IRAC", "SDMX"}, name
        assert codes.version.split(".")[0].isdigit(), name
        assert codes.valid_from is not None, name
        assert codes.valid_to is None, name


def test_the_cuts_of_statistics_have_a_total() -> None:
    """Where a cut is not given, the figure is of the whole."""
    assert {name for name in codelist_ids() if "_T" in codelist(name)} == TOTALS


def test_special_codes_mean_the_same_in_every_list_that_is_ours() -> None:
    """`_T`, `_U` and `_X` have one label each; areas and products say more closely what they mean."""
    for special in ("_T", "_U", "_X"):
        labels = {
            tuple(codelist(name).code(special).labels[lang] for lang in LANGUAGES)
            for name in codelist_ids()
            if codelist(name).agency == "IRAC" and special in codelist(name) and name != "CL_PRODUCT"
        }
        assert len(labels) == 1, special


def test_no_hierarchy_is_deeper_than_four_levels_and_methods_have_three() -> None:
    """The limit of the contract, and the depth in use."""
    deepest = {
        name: max(1 + len(codelist(name).ancestors(code)) for code in codelist(name).ids)
        for name in codelist_ids()
    }

    assert max(deepest.values()) <= MAX_LEVELS
    assert deepest["CL_METHOD"] == 3
    assert deepest["CL_ENTITY_TYPE"] == 3
    assert deepest["CL_PREDICATE"] == 2


def test_the_predicate_offences_stand_in_the_order_of_the_fatf() -> None:
    """Twenty-one designated categories; the regional ones lie under them and point to the others they touch."""
    offences = codelist("CL_PREDICATE")
    top = [code for code in offences.children(None) if not code.id.startswith("_")]

    assert [code.id for code in top] == [f"DCO{number:02}" for number in range(1, 22)]
    for code, word in zip(top, OFFENCES, strict=True):
        assert word in code.labels["en"].casefold(), code.id
    regional = [code for code in offences if code.parent is not None]
    assert {code.id for code in regional} == {"DCO09A", "DCO09B", "DCO09C", "DCO17A", "DCO17B"}
    for code in regional:
        others = [other for other in code.attributes.get("also", "").split(";") if other]
        assert all(other in offences and other != code.parent for other in others), code.id


def test_the_methods_keep_their_twenty_six_numbers() -> None:
    """TM01 to TM26 and TM99 lie in groups; no number is left out of them but `other`."""
    methods = codelist("CL_METHOD")
    numbered = [f"TM{number:02}" for number in (*range(1, 27), 99)]

    assert set(numbered) < set(methods.ids)
    assert [code for code in numbered if methods.code(code).parent is None] == ["TM99"]
    assert methods.label("TM02", "en") == "Structuring"
    assert methods.label("TM26", "en") == "Identity fraud and deepfakes"


def test_entities_are_thirteen_activities_six_professions_and_five_services() -> None:
    """The glossary of the FATF counts them; what people call an entity lies beside them, marked as such."""
    entities = codelist("CL_ENTITY_TYPE")
    kinds = {code.id: code.attributes.get("kind") for code in entities}

    assert [code.id for code in entities.children(None) if code.id[0] != "_"] == [
        "FI",
        "DNFBP",
        "VASP",
        "OTHER",
    ]
    activities = [code for code, kind in kinds.items() if kind == "activity"]
    assert [code for code in activities if code.startswith("FI") and len(code) == 4] == [
        f"FI{number:02}" for number in range(1, 14)
    ]
    assert [code for code in activities if code.startswith("DN")] == [f"DN{letter}" for letter in "abcdef"]
    assert [code for code in activities if code.startswith("VA")] == [f"VA{number}" for number in range(1, 6)]
    assert {kind for code, kind in kinds.items() if code.startswith("ENT_")} == {"entity"}
    assert sum(code.startswith("ENT_") for code in kinds) == 23


def test_members_have_a_status_with_a_source() -> None:
    """Who signed, who is in the Council of FIUs and who in the EAG, and how sure that is."""
    members, areas = codelist("CL_MEMBER"), codelist("CL_AREA")

    for code in members:
        assert code.labels == areas.code(code.id).labels, code.id
        assert code.attributes["status"] in codelist("CL_MEMBER_STATUS"), code.id
        assert code.attributes["source"].startswith("http"), code.id
        assert code.attributes["verified"] in {"yes", "no"}, code.id
    assert {code.id for code in members if code.valid_from == dt.date(2023, 10, 13)} == SIGNATORIES
    assert {code.id for code in members.where("chfiu", "yes")} == COUNCIL_OF_FIUS
    assert {code.id for code in members.where("eag", "yes")} == EAG
    assert {code.id for code in members.where("status", "in_force")} == {"BY", "KG", "RU"}
    assert [code.id for code in members.where("status", "unconfirmed")] == ["AM"]
    assert members.code("AM").attributes["verified"] == "no"


def test_every_cis_state_has_a_financial_intelligence_unit() -> None:
    """Its name in its own language where that is known, and a mark where a name could not be verified."""
    units, areas = codelist("CL_FIU"), codelist("CL_AREA")
    local = {"AM": "hy", "AZ": "az", "BY": "be", "KG": "ky", "MD": "ro", "TJ": "tg", "UZ": "uz"}

    assert {code.attributes["area"] for code in units} == {code.id for code in areas.where("member", "cis")}
    for code in units:
        assert code.id == f"FIU_{code.attributes['area']}"
        assert code.attributes["verified"] in {"yes", "no"}
        assert set(code.attributes.get("verified_labels", "en").split("|")) <= set(LANGUAGES)
    assert {
        code.attributes["area"]: lang for code in units for lang in code.labels if lang not in LANGUAGES
    } == local
    assert {code.id for code in units.where("verified", "yes")} == {"FIU_BY", "FIU_KZ", "FIU_RU"}


def test_areas_are_named_in_the_languages_of_the_members() -> None:
    """Eleven languages for each of ISO's entries and for the world; three for codes of ours."""
    areas = codelist("CL_AREA")

    for code in areas:
        expected = {*LANGUAGES} if code.id in {"_O", "_X", "_Z"} else {*LANGUAGES, *OTHER_LANGUAGES}
        assert set(code.labels) == expected, code.id
    assert areas.label("KZ", "uz") == "Qozog\u02bbiston"
    assert areas.label("AM", "hy") == "Հայաստան"


def test_the_redenomination_of_the_belarusian_rouble_is_dated() -> None:
    """BYR (974) to 30 June 2016, BYN (933) from 1 July 2016; BYR had no minor unit."""
    old, new = (codelist("CL_CURRENCY").code(code) for code in ("BYR", "BYN"))

    assert (old.attributes["num"], old.attributes["minor_digits"]) == ("974", "0")
    assert (old.valid_from, old.valid_to) == (dt.date(2000, 1, 1), dt.date(2016, 6, 30))
    assert (new.attributes["num"], new.attributes["minor_digits"]) == ("933", "2")
    assert (new.valid_from, new.valid_to) == (dt.date(2016, 7, 1), None)


def test_the_old_russian_rouble_is_not_the_new_one() -> None:
    """RUR (810) ended in 1998; 810 still stands in account numbers and is no key of anything here."""
    old = codelist("CL_CURRENCY").code("RUR")

    assert (old.attributes["num"], old.valid_to) == ("810", dt.date(1998, 12, 31))
    assert codelist("CL_CURRENCY").code("RUB").attributes["num"] == "643"
    assert codelist("CL_CURRENCY").named("810") is None


def test_minor_units_are_those_of_the_standard() -> None:
    """None of the yen, three of the dinar, four of the unidad de fomento, not defined for gold."""
    digits = {code.id: code.attributes.get("minor_digits") for code in codelist("CL_CURRENCY")}

    assert [digits[code] for code in ("JPY", "KWD", "CLF", "XAU", "KZT", "IRR", "UZS")] == [
        *("0", "3", "4", None, "2", "2", "2"),
    ]


def test_a_numeric_code_is_a_currency_and_a_state_at_once_and_never_a_key() -> None:
    """KZT and Kazakhstan are both 398, RUB and Russia 643; BYN is 933 and Belarus 112."""
    areas = {code.attributes.get("num"): code.id for code in codelist("CL_AREA")}
    currencies = {code.attributes["num"]: code.id for code in codelist("CL_CURRENCY")}

    assert (areas["398"], currencies["398"]) == ("KZ", "KZT")
    assert (areas["643"], currencies["643"]) == ("RU", "RUB")
    assert currencies["933"] == "BYN"
    assert "933" not in areas
    for number in {*areas, *currencies} - {None}:
        for name in ("CL_AREA", "CL_CURRENCY"):
            assert number not in codelist(name)
            assert codelist(name).named(number or "") is None
            assert codelist(name).suggestion(number or "") is None


def test_the_unit_of_every_measure_is_a_unit_of_count() -> None:
    """The two lists speak of units in the same words, and so do stocks and flows."""
    units = {code.attributes["unit"] for code in codelist("CL_UNIT_COUNT")}
    kinds = {code.attributes["stock_flow"] for code in codelist("CL_STOCK_FLOW")}

    for measure in codelist("CL_MEASURE"):
        assert measure.attributes["unit"] in units, measure.id
        assert measure.attributes.get("stock_flow", "flow") in kinds, measure.id
    assert {code.id for code in codelist("CL_MEASURE").where("stock_flow", "stock")} == {"S_FROZ", "POP"}


def test_cases_and_persons_are_measured_apart() -> None:
    """Investigations, prosecutions and convictions each have one measure of cases and one of persons."""
    measures = codelist("CL_MEASURE")

    for stage in ("INV", "PROS", "CONV"):
        assert measures.code(f"N_{stage}").attributes["unit"] == "case"
        assert measures.code(f"P_{stage}").attributes["unit"] == "person"


def test_the_reasons_for_refusal_are_closed_and_leave_out_what_is_no_reason() -> None:
    """A fiscal matter and bank secrecy as such are no reasons (INR.40); there is no `other` to hide them in."""
    reasons = codelist("CL_REFUSAL_REASON")
    text = " ".join(f"{code.id} {code.labels['en']}" for code in reasons).casefold()

    assert "NATIONAL_PROHIBITION" in reasons
    assert not {"OTHER", "_O", "_X"} & set(reasons.ids)
    assert not any(word in text for word in ("fiscal", "tax", "bank", "financial secrecy"))


def test_markings_show_their_national_counterparts_and_stand_from_open_to_closed() -> None:
    """ДСП and ҚПҮ are shown beside a marking; they are not equated with it."""
    markings = codelist("CL_MARKING")

    assert markings.ids == ("OPEN", "AGG", "FIU_ONLY", "NATIONAL")
    assert markings.code("NATIONAL").attributes == {"equivalent_ru": "ДСП", "equivalent_kk": "ҚПҮ"}


@pytest.mark.parametrize(
    ("codelist_id", "ids"),
    [
        ("CL_CRIME_TYPE", "ML TF PF _T"),
        ("CL_RECIPIENT", "FIU LEA SUPERVISOR TAX_CUSTOMS PROSECUTOR_COURT FOREIGN_FIU _T _O"),
        ("CL_ASSET", "CASH BANK_BALANCE REAL_ESTATE VEHICLE SECURITY VIRTUAL_ASSET OTHER _T"),
        ("CL_OUTCOME", "ACK INTERIM PARTIAL FULL NEGATIVE REFUSED PENDING GRANTED _T"),
        ("CL_REPORT_TYPE", "STR THRESHOLD CASH WIRE OTHER _T"),
        ("CL_ML_KIND", "SELF THIRD_PARTY STAND_ALONE FOREIGN_PREDICATE _T"),
        ("CL_INITIATIVE", "SPONTANEOUS ON_REQUEST _T"),
        ("CL_REQUEST_ORIGIN", "DOMESTIC FOREIGN_REQUEST _T"),
        ("CL_REQUEST_KIND", "MLA EXTRADITION FIU SUPERVISORY _T"),
        ("CL_PERSON_TYPE", "NATURAL LEGAL _T"),
        ("CL_STAGE", "PLACEMENT LAYERING INTEGRATION RAISE MOVE STORE USE _T"),
        ("CL_BASIS", "STATISTICS CASE EXPERT"),
        ("CL_EVIDENCE_GRADE", "DATA EXPERT MIXED"),
        ("CL_RISK_COMPONENT", "THREAT VULNERABILITY CONSEQUENCE"),
        ("CL_RISK_LEVEL", "1 2 3 4"),
        ("CL_TREND", "NEW RISING STABLE FALLING"),
        ("CL_CONFIDENCE", "LOW MEDIUM HIGH"),
        ("CL_TYPOLOGY_STATUS", "PROPOSED REVIEWED SHARED RETIRED"),
        ("CL_LANGUAGE", "ru kk en be ky tg uz hy az tk ro"),
        (
            "CL_MEMBER_STATUS",
            "signed ratified in_force applies_provisionally observer invited unconfirmed withdrawn",
        ),
    ],
)
def test_a_closed_list_has_exactly_its_codes(codelist_id: str, ids: str) -> None:
    """Other parts of the node, and of other members' nodes, name these codes."""
    assert codelist(codelist_id).ids == tuple(ids.split())


def test_all_chapters_of_the_harmonised_system_are_there() -> None:
    """01 to 97 under the total; 77 is reserved by the system itself."""
    products = codelist("CL_PRODUCT")
    chapters = {code.id for code in products if code.id.startswith("HS")}

    assert chapters >= {f"HS{number:02}" for number in range(1, 98)} - {"HS77"}
    assert {products.code(code).parent for code in chapters} == {"_T"}
