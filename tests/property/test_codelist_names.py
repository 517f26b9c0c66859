"""Names of codes under every spelling: an exact name finds its code, a slip never finds another one's."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from schemas.codelist import Code
from schemas.registry import codelist, codelist_ids

CODES = [(name, code) for name in codelist_ids() for code in codelist(name)]
STATES = [code for code in codelist("CL_AREA") if code.attributes.get("member") == "cis"]


@st.composite
def a_written_label(draw: st.DrawFn) -> tuple[str, str, str]:
    """A label of some code in some language, in another case and with other spaces around it."""
    codelist_id, code = draw(st.sampled_from(CODES))
    label = code.labels[draw(st.sampled_from(sorted(code.labels)))]
    written = draw(st.sampled_from([str.lower, str.upper, str.title, str]))(label).replace("\u0451", "\u0435")
    blank = st.sampled_from(["", " ", "\u00a0", "\t", "\n"])
    return (
        codelist_id,
        code.id,
        draw(blank) + written.replace(" ", draw(st.sampled_from([" ", "  ", "\u00a0"]))) + draw(blank),
    )


@given(a_written_label())
def test_a_label_in_any_case_and_spacing_names_its_code_or_none(written: tuple[str, str, str]) -> None:
    """Never another code; none only where a capital has no small letter of its own, or two codes share the name."""
    codelist_id, code_id, text = written
    named = codelist(codelist_id).named(text)

    assert named in {code_id, None}
    if text.casefold().strip() == text.casefold().upper().casefold().strip() and "\u0130" not in text:
        assert named == code_id


@st.composite
def a_slip(draw: st.DrawFn) -> tuple[Code, str]:
    """A name of a CIS state in Russian, Kazakh or English with one letter left out, doubled or exchanged."""
    code = draw(st.sampled_from(STATES))
    name = code.labels[draw(st.sampled_from(["ru", "kk", "en"]))]
    place = draw(st.integers(1, len(name) - 2))
    slip = draw(st.sampled_from(["left out", "doubled", "exchanged"]))
    if slip == "left out":
        return code, name[:place] + name[place + 1 :]
    if slip == "doubled":
        return code, name[: place + 1] + name[place:]
    return code, name[:place] + name[place + 1] + name[place] + name[place + 2 :]


@given(a_slip())
def test_one_slip_in_the_name_of_a_member_suggests_that_member_or_none(slip: tuple[Code, str]) -> None:
    """Another state is never suggested for it."""
    code, text = slip

    assert codelist("CL_AREA").suggestion(text) in {code.id, None}
    assert codelist("CL_AREA").named(text) in {code.id, None}


@given(st.sampled_from(codelist_ids()), st.text(max_size=100))
def test_any_text_is_answered_with_a_code_of_the_list_or_none(codelist_id: str, text: str) -> None:
    """Nothing a file can hold makes the question fail, and what is named is suggested too."""
    codes = codelist(codelist_id)
    named, suggested = codes.named(text), codes.suggestion(text)

    assert named is None or named in codes
    assert suggested is None or suggested in codes
    assert named is None or suggested in {named, None}
